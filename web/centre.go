package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"breakwater/centre"
	"breakwater/desk"
)

func (c *Console) centreRoutes() []route {
	return []route{
		{"GET /centre", desk.Viewer, c.centreList},
		{"GET /centre/new", desk.Responder, c.centreNew},
		{"GET /centre/{id}", desk.Viewer, c.centreShow},
		{"POST /centre/{id}", desk.Responder, c.centreSave},
		{"POST /centre/{id}/ask", desk.Responder, c.centreAsk},
		{"POST /centre/{id}/publish", desk.Lead, c.centrePublish},
		{"POST /centre/{id}/withdraw", desk.Lead, c.centreWithdraw},
		{"POST /centre/{id}/delete", desk.Lead, c.centreDelete},
		{"GET /centre/{id}/preview/{file...}", desk.Viewer, c.centrePreview},
	}
}

// centresPage lists the pages of the brand's crisis centre.
type centresPage struct {
	Frame
	Pages  []centreView
	Pager  pagerView
	None   bool       // the brand has no crisis centre yet
	Front  string     // address of the brand's front
	Copies []copyView // on other servers
}

// centreView is a page as lists show it.
type centreView struct {
	desk.Centre
	Link string // public address; empty while nobody can see it
	Room string // title of its incident
}

const centresShown = 30

func (c *Console) centreList(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	all, err := c.Centre.List(ctx, v.brand.ID, number(r.URL.Query().Get("incident")), desk.Paging{Before: number(r.URL.Query().Get("before")), Limit: centresShown + 1})
	if err != nil {
		return err
	}
	p := &centresPage{Frame: Frame{Area: "centre"}}
	h, found, err := c.Centre.Home(ctx, v.brand.ID)
	if err != nil {
		return err
	}
	if p.None = !found; found {
		p.Front = h.URL + "/"
	}
	if p.Copies, err = c.copyViews(r); err != nil {
		return err
	}
	all, p.Pager = pieceOf(r, all, centresShown, func(x desk.Centre) int64 { return x.ID })
	for _, one := range all {
		p.Pages = append(p.Pages, centreView{Centre: one, Link: linkOf(h, &one)})
	}
	return c.render(w, r, "centre/centres", p)
}

// linkOf is the public address of a page, empty while nobody can see it.
func linkOf(h centre.Home, one *desk.Centre) string {
	if one.Stage == desk.CentreDark || h.URL == "" {
		return ""
	}
	return h.URL + "/" + one.Slug + "/"
}

// centrePage prepares a page, has it signed, and puts it up or takes it down.
type centrePage struct {
	Frame
	Page      desk.Centre
	Link      string
	Texts     []centreColumn
	Ready     centre.Ready
	Scenarios []choice
	Levels    []choice
	Level     string
	Rooms     []choice // open incidents that a dark page can become the page of
	Langs     []choice
	None      bool // the brand has no crisis centre yet
	Updates   []centreUpdateView
}

// centreColumn is one language of a page as it is written.
type centreColumn struct {
	desk.CentreText
	Asked []desk.CentreQuestion // with empty ones to fill in
	Told  []centreRumourRow
}

// centreRumourRow is a claim that the page may show as checked.
type centreRumourRow struct {
	desk.CentreRumour
	Name  string // C2
	Shown bool
}

// centreUpdateView is an update of a page as the desk sees it.
type centreUpdateView struct {
	desk.CentreUpdate
	Title string
	Langs []string
	Gone  bool
}

// Do, Help and Press as a text area has them: a line each.
func (t centreColumn) Lines(of string) string {
	return strings.Join(map[string][]string{"do": t.Do, "help": t.Help, "press": t.Press}[of], "\n")
}

func (c *Console) centreNew(w http.ResponseWriter, r *http.Request) error {
	v, q := visitOf(r), r.URL.Query()
	page := desk.Centre{BrandID: v.brand.ID, Scenario: q.Get("scenario"), IncidentID: number(q.Get("incident")), State: desk.CentreStates[0], Stage: desk.CentreDark}
	draft, err := c.Centre.Draft(r.Context(), page, v.speak.Tag())
	if err != nil {
		return err
	}
	p, err := c.centrePage(r, draft)
	if err != nil {
		return err
	}
	return c.render(w, r, "centre/centre", p)
}

func (c *Console) centreShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	one, err := c.Centre.One(r.Context(), id)
	if err != nil {
		return err
	}
	p, err := c.centrePage(r, one)
	if err != nil {
		return err
	}
	return c.render(w, r, "centre/centre", p)
}

// newCentrePage is the page without what has to be looked up.
func newCentrePage(one desk.Centre) *centrePage {
	p := &centrePage{Frame: Frame{Area: "centre"}, Page: one, Langs: langChoices()[1:], Level: itoa(int64(desk.Crisis))}
	for l := desk.Normal; l <= desk.Severe; l++ {
		p.Levels = append(p.Levels, choice{itoa(int64(l)), desk.Say("{level} or lower", "level", l)})
	}
	for _, t := range one.Draft {
		if !slices.ContainsFunc(p.Langs, func(l choice) bool { return l.Value == t.Lang }) {
			p.Langs = append(p.Langs, choice{t.Lang, own(centre.LangName(t.Lang))})
		}
	}
	for _, t := range append(slices.Clone(one.Draft), desk.CentreText{}) {
		p.Texts = append(p.Texts, columnOf(one.Draft, t))
	}
	for _, u := range slices.Backward(one.Updates) {
		view := centreUpdateView{CentreUpdate: u, Gone: true}
		for _, s := range u.Said {
			view.Langs = append(view.Langs, s.Lang)
			if view.Title == "" {
				view.Title = s.Title
			}
			view.Gone = view.Gone && !s.Withdrawn.IsZero()
		}
		p.Updates = append(p.Updates, view)
	}
	return p
}

// freeRows is how many empty questions each language has to fill in.
const freeRows = 2

// columnOf lines a language's questions up with those of the first: the same question stands in the same row.
func columnOf(all []desk.CentreText, t desk.CentreText) centreColumn {
	col := centreColumn{CentreText: t}
	var ids []string
	for _, other := range all {
		for _, q := range other.Questions {
			if !slices.Contains(ids, q.ID) {
				ids = append(ids, q.ID)
			}
		}
	}
	for _, id := range ids {
		row := desk.CentreQuestion{ID: id}
		if i := slices.IndexFunc(t.Questions, func(q desk.CentreQuestion) bool { return q.ID == id }); i >= 0 {
			row = t.Questions[i]
		}
		col.Asked = append(col.Asked, row)
	}
	for n := range freeRows {
		col.Asked = append(col.Asked, desk.CentreQuestion{ID: fmt.Sprintf("q%d", freeNumber(ids)+n)})
	}
	return col
}

// freeNumber is the first number that no question has had.
func freeNumber(ids []string) int {
	n := 0
	for _, id := range ids {
		n = max(n, int(number(strings.TrimPrefix(id, "q"))))
	}
	return n + 1
}

func (c *Console) centrePage(r *http.Request, one desk.Centre) (*centrePage, error) {
	ctx, v := r.Context(), visitOf(r)
	p := newCentrePage(one)
	h, found, err := c.Centre.Home(ctx, one.BrandID)
	if err != nil {
		return nil, err
	}
	p.None, p.Link = !found, linkOf(h, &one)
	if p.Ready, err = c.Centre.Ready(ctx, &one); err != nil {
		return nil, err
	}
	plan, err := c.Plans.Current(ctx, one.BrandID)
	if err != nil {
		return nil, err
	}
	p.Scenarios = []choice{{"", desk.Say("any")}}
	for _, s := range plan.Scenarios {
		p.Scenarios = append(p.Scenarios, choice{s.ID, own(s.Name)})
	}
	rooms, err := c.Rooms.List(ctx, v.brand.ID, desk.Paging{Limit: 50})
	if err != nil {
		return nil, err
	}
	for _, i := range rooms {
		if i.State != desk.IncidentClosed && i.DrillID == 0 {
			p.Rooms = append(p.Rooms, choice{itoa(i.ID), own(i.Title)})
		}
	}
	if one.IncidentID == 0 {
		return p, nil
	}
	if i, err := c.Rooms.One(ctx, one.IncidentID); err == nil {
		p.Level = itoa(int64(max(i.Level, desk.Issue)))
	}
	return p, c.centreClaims(ctx, p)
}

// centreClaims offers the claims of the crisis that were decided, in every language; one that the page shows already stays with its words.
func (c *Console) centreClaims(ctx context.Context, p *centrePage) error {
	claims, err := c.Assess.Claims.List(ctx, p.Page.IncidentID)
	if err != nil {
		return err
	}
	for i := range p.Texts {
		t := &p.Texts[i]
		for _, cl := range claims {
			row := centreRumourRow{Name: cl.Name(), CentreRumour: desk.CentreRumour{ClaimID: cl.ID, Verdict: cl.Verdict, At: cl.CheckedAt}}
			if len(cl.Links) > 0 {
				row.Link = cl.Links[0]
			}
			at := slices.IndexFunc(t.Rumours, func(x desk.CentreRumour) bool { return x.ClaimID == cl.ID })
			switch {
			case at >= 0:
				row.Claim, row.Answer, row.Shown = t.Rumours[at].Claim, t.Rumours[at].Answer, true
			case !cl.Decided():
				continue
			case i == 0 && (t.Lang == cl.Lang || cl.Lang == ""):
				row.Claim, row.Answer = cl.Text, cl.Correction
			}
			t.Told = append(t.Told, row)
		}
	}
	return nil
}

// centreOf reads the form.
func centreOf(r *http.Request, was desk.Centre) desk.Centre {
	f := r.PostForm
	was.Name, was.Slug, was.Scenario, was.NoIndex = f.Get("name"), f.Get("slug"), f.Get("scenario"), f.Get("no_index") != ""
	was.Version, was.Draft = int(number(f.Get("version"))), nil
	for i := range f["lang"] {
		t := desk.CentreText{Lang: at(r, "lang", i), Title: at(r, "title", i), About: at(r, "about", i), Do: strings.Split(at(r, "do", i), "\n"),
			Help: strings.Split(at(r, "help", i), "\n"), Press: strings.Split(at(r, "press", i), "\n")}
		n := itoa(int64(i))
		for j, id := range f["q_id-"+n] {
			t.Questions = append(t.Questions, desk.CentreQuestion{ID: id, Question: at(r, "q-"+n, j), Answer: at(r, "a-"+n, j)})
		}
		for j, id := range f["r_id-"+n] {
			if slices.Contains(f["r_show-"+n], id) {
				checked, _ := time.Parse(time.RFC3339, at(r, "r_at-"+n, j)) // ours; a broken one is none
				t.Rumours = append(t.Rumours, desk.CentreRumour{ClaimID: number(id), Claim: at(r, "r_claim-"+n, j), Answer: at(r, "r_answer-"+n, j), Verdict: at(r, "r_verdict-"+n, j), Link: at(r, "r_link-"+n, j), At: checked})
			}
		}
		if strings.TrimSpace(t.Title+t.About+strings.Join(t.Do, "")+strings.Join(t.Help, "")) != "" {
			was.Draft = append(was.Draft, t)
		}
	}
	return was
}

func (c *Console) centreSave(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	in := desk.Centre{BrandID: visitOf(r).brand.ID, IncidentID: number(r.PostFormValue("incident"))}
	if r.PathValue("id") != "new" {
		id, err := pathID(r)
		if err != nil {
			return err
		}
		if in, err = c.Centre.One(r.Context(), id); err != nil {
			return err
		}
	}
	in = centreOf(r, in)
	saved, err := c.Centre.Save(r.Context(), in)
	if err != nil {
		p, perr := c.centrePage(r, in)
		if perr != nil {
			return perr
		}
		return c.again(w, r, "centre/centre", p, err)
	}
	return seeOther(w, r, "/centre/"+itoa(saved.ID), "saved")
}

// centreDo does one thing with a page; what is wrong stands on the page.
func (c *Console) centreDo(w http.ResponseWriter, r *http.Request, did string, do func(ctx context.Context, id int64) error) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err = do(r.Context(), id); err == nil {
		return seeOther(w, r, "/centre/"+itoa(id), did)
	}
	one, oerr := c.Centre.One(r.Context(), id)
	if oerr != nil {
		return oerr
	}
	p, perr := c.centrePage(r, one)
	if perr != nil {
		return perr
	}
	return c.again(w, r, "centre/centre", p, err)
}

func (c *Console) centreAsk(w http.ResponseWriter, r *http.Request) error {
	return c.centreDo(w, r, "submitted", func(ctx context.Context, id int64) error {
		_, err := c.Centre.Ask(ctx, id, desk.Level(number(r.PostFormValue("level"))))
		return err
	})
}

func (c *Console) centrePublish(w http.ResponseWriter, r *http.Request) error {
	return c.centreDo(w, r, "letout", func(ctx context.Context, id int64) error {
		var with []int64
		for _, s := range r.PostForm["statement"] {
			with = append(with, number(s))
		}
		_, err := c.Centre.Publish(ctx, id, number(r.PostFormValue("incident")), with)
		return err
	})
}

func (c *Console) centreWithdraw(w http.ResponseWriter, r *http.Request) error {
	return c.centreDo(w, r, "takendown", func(ctx context.Context, id int64) error {
		_, err := c.Centre.Withdraw(ctx, id, r.PostFormValue("why"))
		return err
	})
}

func (c *Console) centreDelete(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Centre.Delete(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/centre", "deleted")
}

// centrePreview answers with a file of a page exactly as the public will get it, for a frame beside the editor.
func (c *Console) centrePreview(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	f, err := c.Centre.Preview(r.Context(), id, r.PathValue("file"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", centre.Policy("'self'"))
	_, err = w.Write(f.Body)
	return err
}
