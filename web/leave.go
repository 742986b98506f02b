package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"breakwater/desk"
)

func (c *Console) leaveRoutes() []route {
	return []route{
		{"GET /people/{id}/leave", desk.Admin, c.leaveShow},
		{"POST /people/{id}/leave", desk.Admin, c.leaveDo},
	}
}

// leavePage shows what hangs on somebody before they leave, and what became of it afterwards.
type leavePage struct {
	Frame
	User   desk.User
	Gone   bool
	Ends   []tieView
	Given  []tieView // to be handed over; afterwards: handed over, or nobody's
	People []choice  // who may take something
	Loose  int       // nobody's, afterwards
}

// tieView is one thing that hangs on somebody.
type tieView struct {
	desk.Tie
	Brand, Heir, Path string // Heir: who has it afterwards
}

// HeirID is who takes it, as the form knows them.
func (v tieView) HeirID() string { return itoa(v.Tie.Heir) }

// Field is the name of the thing in the form.
func (v tieView) Field() string { return "heir." + v.On }

// Title is the thing's name as people read it.
func (v tieView) Title() desk.Text {
	if v.Kind == desk.TieGrants {
		return word("role", v.Name)
	}
	return own(v.Name)
}

// tiePath is the page of what somebody's tie is to.
func tiePath(on string) string {
	thing, _, _ := strings.Cut(on, "/")
	kind, id, _ := strings.Cut(thing, ":")
	switch kind {
	case "schedule":
		return "/oncall/schedules/" + id
	case "escalation-policy":
		return "/oncall/policies/" + id
	case "plan":
		return "/plans/" + id
	case "statement":
		return "/statements/" + id
	case "incident":
		return "/incidents/" + id
	case "conversation":
		return "/inbox/" + id
	case "contact":
		return "/contacts/" + id
	}
	return ""
}

func (p *leavePage) sort(ties []desk.Tie, brands []desk.Brand, people []desk.User) {
	names := make(map[int64]string)
	for _, u := range people {
		names[u.ID] = u.Name
	}
	for _, t := range ties {
		v := tieView{Tie: t, Path: tiePath(t.On), Heir: names[t.Heir]}
		for _, b := range brands {
			if b.ID == t.BrandID {
				v.Brand = b.Name
			}
		}
		if t.Ends {
			p.Ends = append(p.Ends, v)
			continue
		}
		if p.Given = append(p.Given, v); t.Heir == 0 {
			p.Loose++
		}
	}
}

func (c *Console) leavePage(r *http.Request) (*leavePage, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	u, err := c.Gate.User(ctx, id)
	if err != nil {
		return nil, err
	}
	people, err := c.Gate.Users(ctx)
	if err != nil {
		return nil, err
	}
	p := &leavePage{Frame: Frame{Area: "people"}, User: u, People: personChoices(staying(people, id))}
	ties, err := c.left(r, u)
	if p.Gone = ties != nil; err == nil && !p.Gone {
		ties, err = c.Gate.Leaving(ctx, id)
	}
	p.sort(ties, visitOf(r).brands, people)
	return p, err
}

// staying are the people who may take something over from somebody.
func staying(people []desk.User, but int64) (all []desk.User) {
	for _, u := range people {
		if u.ID != but && !u.Disabled {
			all = append(all, u)
		}
	}
	return all
}

// left is what became of what hung on somebody who has left, as the journal tells it; nil for who has not.
func (c *Console) left(r *http.Request, u desk.User) ([]desk.Tie, error) {
	if !u.Disabled {
		return nil, nil
	}
	last, err := c.Journal.List(r.Context(), desk.EntryFilter{Do: "user.leave", On: "user:" + itoa(u.ID), Paging: desk.Paging{Limit: 1}})
	if err != nil || len(last) == 0 {
		return nil, err
	}
	ties := []desk.Tie{}
	return ties, json.Unmarshal([]byte(last[0].Detail), &ties)
}

func (c *Console) leaveShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.leavePage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "people/leave", p)
}

// leaveDo lets somebody go; what became of everything is on the page that follows.
func (c *Console) leaveDo(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	heirs := make(map[string]int64)
	for name := range r.PostForm {
		if on, ok := strings.CutPrefix(name, "heir."); ok {
			heirs[on] = number(r.PostForm.Get(name))
		}
	}
	if _, err := c.Gate.Leave(r.Context(), id, heirs, 0, strings.TrimSpace(r.PostFormValue("why"))); err != nil {
		p, perr := c.leavePage(r)
		if perr != nil {
			return perr
		}
		for i, v := range p.Given {
			p.Given[i].Tie.Heir = heirs[v.On]
		}
		return c.again(w, r, "people/leave", p, err)
	}
	return seeOther(w, r, "/people/"+itoa(id)+"/leave", "left")
}
