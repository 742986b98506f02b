package web

import (
	"net/http"

	"breakwater/desk"
)

func (c *Console) removalRoutes() []route {
	return []route{
		{"GET /removals", desk.Viewer, c.removalList},
		{"POST /removals", desk.Responder, c.removalBegin},
		{"GET /removals/{id}", desk.Viewer, c.removalShow},
		{"POST /removals/{id}/decide", desk.Lead, c.removalDecide},
	}
}

// removalsPage lists the sheets about our own posts, and begins one.
type removalsPage struct {
	Frame
	Removals []desk.Removal
	Pager    pagerView
	Text     string
	Link     string
	Mention  int64
	Post     int64
}

const removalsShown = 25

func (c *Console) removalList(w http.ResponseWriter, r *http.Request) error {
	p, err := c.removalsPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "statements/removals", p)
}

func (c *Console) removalsPage(r *http.Request) (*removalsPage, error) {
	q := r.URL.Query()
	p := &removalsPage{Frame: Frame{Area: "statements"}, Mention: number(q.Get("mention")), Post: number(q.Get("post"))}
	got, err := c.Words.Removals(r.Context(), visitOf(r).brand.ID, desk.Paging{Before: number(q.Get("before")), Limit: removalsShown + 1})
	if err != nil {
		return nil, err
	}
	p.Removals, p.Pager = pieceOf(r, got, removalsShown, func(x desk.Removal) int64 { return x.ID })
	if p.Mention != 0 {
		m, err := c.Radar.One(r.Context(), p.Mention)
		if err != nil {
			return nil, err
		}
		p.Text, p.Link = m.Text, m.URL
	}
	return p, nil
}

func (c *Console) removalBegin(w http.ResponseWriter, r *http.Request) error {
	sheet := desk.Removal{BrandID: visitOf(r).brand.ID, PostID: number(r.PostFormValue("post")), MentionID: number(r.PostFormValue("mention")),
		IncidentID: number(r.PostFormValue("incident")), Text: r.PostFormValue("text"), Link: r.PostFormValue("link"), Network: r.PostFormValue("network")}
	got, err := c.Words.Weigh(r.Context(), sheet)
	if err != nil {
		p, perr := c.removalsPage(r)
		if perr != nil {
			return perr
		}
		p.Text, p.Link = sheet.Text, sheet.Link
		return c.again(w, r, "statements/removals", p, err)
	}
	return seeOther(w, r, "/removals/"+itoa(got.ID), "")
}

// removalPage is the sheet: what is known, what each choice leads to, and what was decided.
type removalPage struct {
	Frame
	Sheet   desk.Removal
	Options []optionView
	Why     string
}

// optionView is one thing that can be done, with what speaks for it and what it costs.
type optionView struct {
	Value      string
	Name       desk.Text
	For, Costs desk.Text
}

func (c *Console) removalShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.removalPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "statements/removal", p)
}

func (c *Console) removalPage(r *http.Request) (*removalPage, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	sheet, err := c.Words.Removal(r.Context(), id)
	return newRemovalPage(sheet), err
}

func newRemovalPage(sheet desk.Removal) *removalPage {
	p := &removalPage{Frame: Frame{Area: "statements"}, Sheet: sheet, Options: []optionView{
		{desk.RemovalKeep, desk.Say("Keep it, and answer beneath"), desk.Say("Everybody can see what was said and how we answer. Nobody can say that we hide."), desk.Say("It goes on hurting those it hurts, and goes on being shared.")},
		{desk.RemovalAmend, desk.Say("Keep it, and correct it in place"), desk.Say("The correction travels with the post wherever the network shows changes."), desk.Say("Who saw the first words may take it for a cover-up. Say in the text what was changed.")},
		{desk.RemovalDelete, desk.Say("Delete it, and say so at once"), desk.Say("It stops hurting, and stops being shared from here. Right for what is unlawful, dangerous, or names somebody."), desk.Say("Screenshots stay, and now they prove that we deleted. Without a word from us the deletion is the story.")},
	}}
	return p
}

// Limits is what deleting does not do at the network.
func (p *removalPage) Limits() desk.Text {
	switch p.Sheet.Network {
	case "mastodon":
		return desk.Say("Mastodon asks other servers to delete. They need not, and those that were away keep it.")
	case "bluesky":
		return desk.Say("Bluesky takes it from the repository. Relays, archives and search engines may keep it.")
	case "email":
		return desk.Say("What was mailed cannot be called back.")
	case "wordpress":
		return desk.Say("It leaves the site. Feeds that were read, caches and archives keep it.")
	}
	return desk.Say("What others copied stays where they put it.")
}

// Speaks is what the numbers speak for.
func (p *removalPage) Speaks() desk.Text {
	if p.Sheet.Spread.Kept() {
		return desk.Say("The words live on elsewhere whatever we do: they were copied, or seen by too many. Reckon with screenshots.")
	}
	return desk.Say("Few have passed it on so far as this desk hears. That can change within minutes, and screenshots are not heard at all.")
}

func (c *Console) removalDecide(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Words.Decide(r.Context(), id, r.PostFormValue("choice"), r.PostFormValue("why")); err != nil {
		if len(invalids(err)) == 0 {
			return err
		}
		p, perr := c.removalPage(r)
		if perr != nil {
			return perr
		}
		p.Why = r.PostFormValue("why")
		return c.again(w, r, "statements/removal", p, err)
	}
	return seeOther(w, r, "/removals/"+itoa(id), "decided")
}
