package web

import (
	"context"
	"net/http"
	"slices"

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
	Wrong  []centre.Trouble
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
	if p.Wrong, err = c.Centre.Troubles(ctx, v.brand.ID); err != nil {
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
	Contacts  int // for the press, that it shows once it is signed
	Files     int
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
	p.Contacts, p.Files = p.Ready.Contacts, p.Ready.Files
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
