package web

import (
	"net/http"
	"strconv"

	"breakwater/desk"
	"breakwater/plan"
)

// namesPage puts people into the plan's roles: what no plan that comes with a program can know.
type namesPage struct {
	Frame
	Plan     desk.Plan // the draft, or what a draft would begin as
	People   []choice
	Open     int    // roles that nobody has
	Rest     Rest   // who takes them
	Accounts int    // people who can have a role
	Waits    string // address of what a waiting draft changes beside names
}

// Rest is who takes the roles that nobody has.
type Rest struct{ User, Deputy string }

// Next is the edition that publishing makes.
func (p *namesPage) Next() int {
	if p.Plan.Draft() && p.Plan.ID != 0 {
		return p.Plan.Edition
	}
	return p.Plan.Edition + 1
}

// newNamesPage offers to give the open roles to the one who looks, and to the only other person as deputy.
func newNamesPage(one desk.Plan, people []desk.User, me int64) *namesPage {
	p := &namesPage{Plan: one, People: personChoices(people), Accounts: len(people), Rest: Rest{"0", "0"}}
	for _, u := range people {
		switch {
		case u.ID == me:
			p.Rest.User = itoa(u.ID)
		case len(people) == 2:
			p.Rest.Deputy = itoa(u.ID)
		}
	}
	for _, r := range one.Roles {
		if r.UserID == 0 {
			p.Open++
		}
	}
	return p
}

// personChoices are people to choose from, nobody first.
func personChoices(people []desk.User) []choice {
	all := []choice{{"0", desk.Say("nobody yet")}}
	for _, u := range people {
		all = append(all, choice{itoa(u.ID), own(u.Name)})
	}
	return all
}

func (c *Console) nameShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.namesPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "plans/names", p)
}

func (c *Console) namesPage(r *http.Request) (*namesPage, error) {
	ctx, v := r.Context(), visitOf(r)
	current, err := c.Plans.Current(ctx, v.brand.ID)
	if err != nil {
		return nil, err
	}
	one, waits := ours(current, r), ""
	one.Version = 0
	if draft, ok, err := c.Plans.Waiting(ctx, v.brand.ID); err != nil {
		return nil, err
	} else if ok {
		one, waits = draft, "/plans/compare?was="+itoa(current.ID)+"&now="+itoa(draft.ID)
	}
	people, err := c.Plans.People(ctx)
	if err != nil {
		return nil, err
	}
	p := newNamesPage(one, people, v.user.ID)
	p.Waits = waits
	return p, nil
}

// nameSave keeps the names in the draft, and makes it the plan when asked to. What a draft still lacks is told where it is mended.
func (c *Console) nameSave(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	if err := r.ParseForm(); err != nil {
		return err
	}
	f := form{r.PostForm}
	draft, err := c.Plans.Name(ctx, v.brand.ID, v.speak.Tag(), f.number("version"), f.names())
	if err != nil {
		return err
	}
	edit := "/plans/" + itoa(draft.ID) + "/edit"
	if f.text("publish") == "" {
		return seeOther(w, r, edit, "saved")
	}
	if _, err = c.Plans.Publish(ctx, draft.ID, draft.Version, ""); invalids(err) != nil {
		return seeOther(w, r, edit, "saved") // it says what is missing
	} else if err != nil {
		return err
	}
	return seeOther(w, r, "/readiness", "published")
}

// names reads who has which role; those whom nobody was chosen for go to whoever takes the rest.
func (f form) names() (all []plan.Named) {
	for i := range min(f.number("role.n"), maxRows) {
		at := "role." + strconv.Itoa(i) + "."
		n := plan.Named{Role: f.text(at + "name"), UserID: number(f.text(at + "user")), DeputyID: number(f.text(at + "deputy"))}
		if n.UserID == 0 {
			n.UserID = number(f.text("rest.user"))
		}
		if deputy := number(f.text("rest.deputy")); n.DeputyID == 0 && deputy != n.UserID {
			n.DeputyID = deputy
		}
		all = append(all, n)
	}
	return all
}
