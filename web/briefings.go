package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/staff"
)

func (c *Console) briefingRoutes() []route {
	return []route{
		{"GET /briefings", desk.Viewer, c.briefingList},
		{"GET /briefings/new", desk.Responder, c.briefingNew},
		{"GET /briefings/{id}", desk.Viewer, c.briefingShow},
		{"POST /briefings/{id}", desk.Responder, c.briefingSave},
		{"POST /briefings/{id}/publish", desk.Lead, c.briefingPublish},
		{"POST /briefings/{id}/remind", desk.Lead, c.briefingRemind},
		{"POST /briefings/{id}/release", desk.Lead, c.briefingRelease},
		{"POST /briefings/{id}/end", desk.Lead, c.briefingEnd},
		{"POST /rumours/{id}", desk.Lead, c.rumourAnswer},
		{"GET /staff/{link}", 0, c.staffShow},
		{"GET /staff/{link}/card", 0, c.staffCard},
		{"POST /staff/{link}/read", 0, c.staffRead},
		{"POST /staff/{link}/ask", 0, c.staffAsk},
		{"POST /staff/{link}/share/{share}", 0, c.staffShare},
		{"GET /staff/{link}/go/{share}", 0, c.staffGo},
	}
}

// briefingsPage lists what our own people were told.
type briefingsPage struct {
	Frame
	Briefings []desk.Briefing
	Pager     pagerView
}

const briefingsShown = 30

func (c *Console) briefingList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	all, err := c.Staff.List(r.Context(), visitOf(r).brand.ID, number(q.Get("incident")), desk.Paging{Before: number(q.Get("before")), Limit: briefingsShown + 1})
	if err != nil {
		return err
	}
	p := &briefingsPage{Frame: Frame{Area: "room"}}
	p.Briefings, p.Pager = pieceOf(r, all, briefingsShown, func(b desk.Briefing) int64 { return b.ID })
	return c.render(w, r, "briefings/briefings", p)
}

// briefingPage writes a briefing, says who has read it, and answers what was asked.
type briefingPage struct {
	Frame
	Briefing        desk.Briefing
	Texts           []desk.BriefingText // with an empty one for another language
	Shares          []desk.Sharing      // with an empty one
	Langs, Networks []choice
	Groups          []roleBox
	Readers         []staff.Recipient
	Pager           pagerView
	Told, Read      int
	Sharing         bool // the messages to share are given out
	Counts          []desk.ShareCount
	Rumours         []rumourView
	Note            string
}

// rumourView is a question with what an answer may name.
type rumourView struct {
	desk.Rumour
	Claims, Facts []choice
}

// Changed reports whether the texts are others than those that went out.
func (p *briefingPage) Changed() bool {
	e := p.Briefing.Current()
	return !slices.Equal(e.Texts, p.Briefing.Texts) || !slices.Equal(e.Shares, p.Briefing.Shares)
}

func newBriefingPage(b desk.Briefing, departments []string) *briefingPage {
	p := &briefingPage{Frame: Frame{Area: "room"}, Briefing: b, Langs: langChoices()[1:], Networks: named("sharenet", desk.ShareNetworks...)}
	p.Texts = append(slices.Clone(b.Texts), desk.BriefingText{})
	p.Shares = append(slices.Clone(b.Shares), desk.Sharing{})
	for _, d := range departments {
		p.Groups = append(p.Groups, roleBox{d, slices.Contains(b.Groups, d)})
	}
	for _, g := range b.Groups {
		if !slices.Contains(departments, g) {
			p.Groups = append(p.Groups, roleBox{g, true})
		}
	}
	return p
}

func (c *Console) briefingNew(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	b := c.Staff.Blank(v.brand.ID, v.speak.Tag())
	if incident := number(r.URL.Query().Get("incident")); incident != 0 {
		var err error
		if b, err = c.Staff.Draft(ctx, incident, v.speak.Tag()); err != nil {
			return err
		}
	}
	departments, err := c.Contacts.Departments(ctx, b.BrandID, desk.ContactStaff)
	if err != nil {
		return err
	}
	return c.render(w, r, "briefings/briefing", newBriefingPage(b, departments))
}

func (c *Console) briefingShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	b, err := c.Staff.One(r.Context(), id)
	if err != nil {
		return err
	}
	p, err := c.briefingPage(r, b)
	if err != nil {
		return err
	}
	return c.render(w, r, "briefings/briefing", p)
}

const readersShown = 100

// briefingPage is the page of a briefing. What names people is for those who work with it.
func (c *Console) briefingPage(r *http.Request, b desk.Briefing) (*briefingPage, error) {
	ctx := r.Context()
	if visitOf(r).actor.Role < desk.Responder {
		return newBriefingPage(b, nil), nil
	}
	departments, err := c.Contacts.Departments(ctx, b.BrandID, desk.ContactStaff)
	if err != nil {
		return nil, err
	}
	p := newBriefingPage(b, departments)
	if b.ID == 0 {
		return p, nil
	}
	readers, err := c.Staff.Readers(ctx, b.ID)
	if err != nil {
		return nil, err
	}
	p.Told = len(readers)
	for _, one := range readers {
		if !one.Read.IsZero() {
			p.Read++
		}
	}
	p.Readers, p.Pager = slicePage(r, readers, readersShown)
	if p.Sharing, err = c.Staff.Sharing(ctx, &b); err != nil {
		return nil, err
	}
	if p.Counts, err = c.Staff.Shared(ctx, b.ID); err != nil {
		return nil, err
	}
	p.Rumours, err = c.rumourViews(ctx, b)
	return p, err
}

func (c *Console) rumourViews(ctx context.Context, b desk.Briefing) (views []rumourView, err error) {
	all, err := c.Staff.Rumours(ctx, 0, 0, b.ID, false, desk.Paging{Limit: 100})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	claims, err := c.Assess.Claims.List(ctx, b.IncidentID)
	if err != nil {
		return nil, err
	}
	facts, err := c.Assess.Facts.List(ctx, b.IncidentID)
	if err != nil {
		return nil, err
	}
	about, shown := []choice{{"0", desk.Say("none")}}, []choice{{"0", desk.Say("none")}}
	for _, one := range claims {
		about = append(about, choice{itoa(one.ID), own(one.Name() + ": " + one.Text)})
	}
	for _, f := range facts {
		if f.State == desk.FactConfirmed {
			shown = append(shown, choice{itoa(f.ID), own(f.Name() + ": " + f.Text)})
		}
	}
	for _, one := range all {
		views = append(views, rumourView{one, about, shown})
	}
	return views, nil
}

func (c *Console) briefingSave(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	in := desk.Briefing{BrandID: visitOf(r).brand.ID, IncidentID: number(r.PostFormValue("incident")), Version: int(number(r.PostFormValue("version")))}
	if r.PathValue("id") != "new" {
		id, err := pathID(r)
		if err != nil {
			return err
		}
		if in, err = c.Staff.One(r.Context(), id); err != nil {
			return err
		}
		in.Version = int(number(r.PostFormValue("version")))
	}
	in.Groups, in.Remind, in.Texts, in.Shares = r.PostForm["group"], int(number(r.PostFormValue("remind"))), textsOf(r), sharesOf(r)
	saved, err := c.Staff.Save(r.Context(), in)
	if err != nil {
		p, perr := c.briefingPage(r, in)
		if perr != nil {
			return perr
		}
		return c.again(w, r, "briefings/briefing", p, err)
	}
	return seeOther(w, r, "/briefings/"+itoa(saved.ID), "saved")
}

// at is the i-th value of a form's field that comes several times.
func at(r *http.Request, field string, i int) string {
	if all := r.PostForm[field]; i < len(all) {
		return all[i]
	}
	return ""
}

// textsOf reads the texts of a form; one without any words is left out.
func textsOf(r *http.Request) (texts []desk.BriefingText) {
	for i := range r.PostForm["text_lang"] {
		t := desk.BriefingText{Title: at(r, "title", i), Happened: at(r, "happened", i), Doing: at(r, "doing", i), MaySay: at(r, "may_say", i),
			MayNot: at(r, "may_not", i), Questions: at(r, "questions", i)}
		if t != (desk.BriefingText{}) {
			t.Lang = at(r, "text_lang", i)
			texts = append(texts, t)
		}
	}
	return texts
}

func sharesOf(r *http.Request) (shares []desk.Sharing) {
	for i := range r.PostForm["share_text"] {
		shares = append(shares, desk.Sharing{ID: at(r, "share_id", i), Network: at(r, "share_network", i), Lang: at(r, "share_lang", i), Text: at(r, "share_text", i), Link: at(r, "share_link", i)})
	}
	return shares
}

func (c *Console) briefingPublish(w http.ResponseWriter, r *http.Request) error {
	return c.briefingDo(w, r, "told", func(ctx context.Context, id int64) error {
		_, err := c.Staff.Publish(ctx, id, int(number(r.PostFormValue("version"))), r.PostFormValue("note"))
		return err
	})
}

func (c *Console) briefingRemind(w http.ResponseWriter, r *http.Request) error {
	return c.briefingDo(w, r, "reminded", func(ctx context.Context, id int64) error {
		_, err := c.Staff.Remind(ctx, id)
		return err
	})
}

func (c *Console) briefingRelease(w http.ResponseWriter, r *http.Request) error {
	return c.briefingDo(w, r, "saved", func(ctx context.Context, id int64) error {
		_, err := c.Staff.Release(ctx, id)
		return err
	})
}

func (c *Console) briefingEnd(w http.ResponseWriter, r *http.Request) error {
	return c.briefingDo(w, r, "saved", func(ctx context.Context, id int64) error {
		_, err := c.Staff.End(ctx, id)
		return err
	})
}

func (c *Console) briefingDo(w http.ResponseWriter, r *http.Request, did string, do func(context.Context, int64) error) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := do(r.Context(), id); err != nil {
		b, berr := c.Staff.One(r.Context(), id)
		if berr != nil {
			return err
		}
		p, perr := c.briefingPage(r, b)
		if perr != nil {
			return perr
		}
		p.Note = r.PostFormValue("note")
		return c.again(w, r, "briefings/briefing", p, err)
	}
	return seeOther(w, r, "/briefings/"+itoa(id), did)
}

func (c *Console) rumourAnswer(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	f := r.PostFormValue
	one, err := c.Staff.Answer(r.Context(), desk.Rumour{ID: id, Answer: f("answer"), Shown: f("shown"), ClaimID: number(f("claim")), FactID: number(f("fact")),
		Private: f("private") != "", Version: int(number(f("version")))})
	if err != nil {
		return err
	}
	return seeOther(w, r, "/briefings/"+itoa(one.BriefingID)+"#asked", "saved")
}

// staffPage is what one of our own people reads by their link, on whatever telephone they have.
type staffPage struct {
	Frame
	Page     staff.Page
	Link     string
	Now      time.Time
	Question string
	Share    desk.Sharing // on the page of one message
	To       string       // where its network takes it over
}

func (c *Console) staffShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.Staff.ByLink(r.Context(), r.PathValue("link"))
	return c.staffPage(w, r, "staff/page", p, err)
}

func (c *Console) staffCard(w http.ResponseWriter, r *http.Request) error {
	p, err := c.Staff.ByLink(r.Context(), r.PathValue("link"))
	return c.staffPage(w, r, "staff/card", p, err)
}

func (c *Console) staffRead(w http.ResponseWriter, r *http.Request) error {
	p, err := c.Staff.Read(r.Context(), r.PathValue("link"), int(number(r.PostFormValue("edition"))))
	return c.staffPage(w, r, "staff/page", p, err)
}

func (c *Console) staffAsk(w http.ResponseWriter, r *http.Request) error {
	p, err := c.Staff.Ask(r.Context(), r.PathValue("link"), r.PostFormValue("question"))
	return c.staffPage(w, r, "staff/page", p, err)
}

func (c *Console) staffShare(w http.ResponseWriter, r *http.Request) error {
	p, s, err := c.Staff.Share(r.Context(), r.PathValue("link"), r.PathValue("share"))
	if err != nil {
		return c.staffPage(w, r, "staff/page", p, err)
	}
	return c.staffWith(w, r, "staff/share", &staffPage{Page: p, Share: s, To: staff.ShareAddress(s)}, nil)
}

// staffGo leads to a network with a message. The hold is asked once more: it may have begun since the page was shown.
func (c *Console) staffGo(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodHead || strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch") {
		w.WriteHeader(http.StatusNoContent) // nobody opened it: it is not counted
		return nil
	}
	link := r.PathValue("link")
	to, err := c.Staff.Go(r.Context(), link, r.PathValue("share"))
	if err != nil {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	if to == "" {
		to = "/staff/" + link
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (c *Console) staffPage(w http.ResponseWriter, r *http.Request, name string, p staff.Page, err error) error {
	return c.staffWith(w, r, name, &staffPage{Page: p}, err)
}

func (c *Console) staffWith(w http.ResponseWriter, r *http.Request, name string, p *staffPage, err error) error {
	speakAs(r, p.Page.Lang)
	w.Header().Set("Referrer-Policy", "no-referrer")
	p.Area, p.Link, p.Now, p.Question = "access", r.PathValue("link"), present(), r.PostFormValue("question")
	if err != nil {
		return c.again(w, r, name, p, err)
	}
	if len(p.Problems) == 0 {
		p.Question = ""
	}
	return c.render(w, r, name, p)
}
