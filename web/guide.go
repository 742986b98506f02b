package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"breakwater/desk"
	"breakwater/plan"
)

// guideCookie is there while somebody is led through the first steps of a desk.
const guideCookie = "desk_guide"

// guideView leads through what a new desk needs before it can act, on every page until it is there or the person wants to go on alone.
type guideView struct {
	Steps []plan.Need
	Next  *plan.Need // nil: all are there
}

// Done counts the steps that are behind.
func (g *guideView) Done() (n int) {
	for _, s := range g.Steps {
		if s.State != plan.Bad {
			n++
		}
	}
	return n
}

// Is reports whether a step is the next one.
func (g *guideView) Is(n plan.Need) bool { return g.Next != nil && g.Next.Name == n.Name }

func newGuide(items []plan.Need) *guideView {
	g := &guideView{}
	for _, i := range items {
		if i.First() {
			g.Steps = append(g.Steps, i)
		}
	}
	if i := slices.IndexFunc(g.Steps, func(n plan.Need) bool { return n.State == plan.Bad }); i >= 0 {
		g.Next = &g.Steps[i]
	}
	return g
}

// guide is what leads somebody who wants to be led; nil for all others.
func (c *Console) guide(ctx context.Context, r *http.Request, brandID int64) (*guideView, error) {
	if cookie(r, guideCookie) == "" || visitOf(r).actor.Role < desk.Lead || r.URL.Path == "/readiness" { // which says it all
		return nil, nil
	}
	items, err := c.Ready.Look(ctx, brandID, time.Now().UTC())
	if err != nil {
		return nil, err
	}
	return newGuide(items), nil
}

func (c *Console) beginGuide(w http.ResponseWriter) {
	c.setCookie(w, guideCookie, "1", 30*24*time.Hour)
}

// guideSet begins or ends to lead the person.
func (c *Console) guideSet(w http.ResponseWriter, r *http.Request) error {
	if r.PostFormValue("on") != "" {
		c.beginGuide(w)
	} else {
		c.setCookie(w, guideCookie, "", 0)
	}
	return seeOther(w, r, "/readiness", "")
}
