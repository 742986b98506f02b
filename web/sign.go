package web

import (
	"errors"
	"net/http"

	"breakwater/approve"
	"breakwater/desk"
	"breakwater/internal/say"
)

// signRoutes need no sign-in: the link itself names its person, and the PIN proves them.
func (c *Console) signRoutes() []route {
	return []route{
		{"GET /sign/{link}", 0, c.signShow},
		{"POST /sign/{link}", 0, c.signDecide},
	}
}

// signPage is the page for a phone: the words, and two big buttons.
type signPage struct {
	Frame
	Asked   approve.Asked
	Changes []approve.Change
	Link    string
	Spent   bool
	Signed  string // approved or sent_back
	Why     string
}

// Role is whose signature is asked for.
func (p *signPage) Role() desk.Text { return desk.Say(p.Asked.Seat.Role) }

func (c *Console) signShow(w http.ResponseWriter, r *http.Request) error {
	a, err := c.Words.ByLink(r.Context(), r.PathValue("link"))
	return c.signAnswer(w, r, a, "", err)
}

func (c *Console) signDecide(w http.ResponseWriter, r *http.Request) error {
	link, pin := r.PathValue("link"), r.PostFormValue("pin")
	if r.PostFormValue("decision") == desk.SentBack {
		a, err := c.Words.SendBackByLink(r.Context(), link, pin, r.PostFormValue("why"))
		return c.signAnswer(w, r, a, desk.SentBack, err)
	}
	a, err := c.Words.SignByLink(r.Context(), link, pin)
	return c.signAnswer(w, r, a, desk.Approved, err)
}

// signAnswer shows the page in the person's language.
func (c *Console) signAnswer(w http.ResponseWriter, r *http.Request, a approve.Asked, did string, err error) error {
	if a.User.Lang != "" {
		visitOf(r).speak = say.For(a.User.Lang, "")
	}
	p := &signPage{Frame: Frame{Area: "access"}, Asked: a, Link: r.PathValue("link"), Why: r.PostFormValue("why")}
	if a.Now != nil && a.Before != nil {
		p.Changes = approve.Changes(a.Before.Words, a.Now.Words)
	}
	switch {
	case errors.Is(err, approve.ErrSpent):
		p.Spent = true
		return c.renderAs(w, r, http.StatusGone, "statements/sign", p)
	case err != nil:
		return c.again(w, r, "statements/sign", p, err)
	}
	p.Signed = did
	return c.render(w, r, "statements/sign", p)
}
