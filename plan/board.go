// Package plan keeps the crisis communication plans: editions that run, in files and compared, and what starts from them: tasks with
// owners and clocks, drafts from the library. Beside them: policies that staff confirm, meetings, and how ready the team is.
package plan

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// Store is what plans need of storage.
type Store interface {
	Plans(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Plan, error)
	Plan(ctx context.Context, id int64) (desk.Plan, error)
	ChangePlan(ctx context.Context, id int64, act desk.Act, change func(*desk.Plan, *desk.Out) error) (desk.Plan, error)
	DeletePlan(ctx context.Context, id int64, act desk.Act) error
	Users(ctx context.Context) ([]desk.User, error)
	Monitors(ctx context.Context, brandID int64) ([]desk.Monitor, error)
	DraftStore
}

// Board keeps the plans of the brands, and starts them.
type Board struct {
	Store Store
	Log   *slog.Logger
	// LongKinds are the kinds of channel that have room for a page.
	LongKinds []string
	// Promised is told of an incident that a plan started and of the time by which its level asks for the next update; nil: nobody.
	// It may be told again of the same incident.
	Promised func(ctx context.Context, i desk.Incident, by time.Time) error
}

// Current is the plan that a brand runs by: its newest published edition, or the one that comes with the program (ID 0), in
// English.
func (b *Board) Current(ctx context.Context, brandID int64) (desk.Plan, error) {
	current, _, err := b.newest(ctx, brandID)
	return current, err
}

// newest are the plan that the brand runs by and its draft; a draft of ID 0 is none.
func (b *Board) newest(ctx context.Context, brandID int64) (current, draft desk.Plan, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return current, draft, err
	}
	all, err := b.Store.Plans(ctx, brandID, desk.Paging{Limit: 2}) // at most one is a draft, and it is the newest
	if err != nil {
		return current, draft, err
	}
	for _, p := range slices.Backward(all) {
		if p.Draft() {
			draft = p
		} else {
			current = p
		}
	}
	if current.ID == 0 {
		current = Default("en")
		current.BrandID = brandID
	}
	return current, draft, nil
}

// Waiting is the draft that is being written for a brand; ok is false when there is none.
func (b *Board) Waiting(ctx context.Context, brandID int64) (draft desk.Plan, ok bool, err error) {
	_, draft, err = b.newest(ctx, brandID)
	return draft, draft.ID != 0, err
}

// Editions gives a piece of a brand's plans, newest first, the draft among them.
func (b *Board) Editions(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Plan, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return b.Store.Plans(ctx, brandID, p)
}

// Edition is one plan. desk.ErrNotFound.
func (b *Board) Edition(ctx context.Context, id int64) (desk.Plan, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Plan{}, err
	}
	return b.Store.Plan(ctx, id)
}

// Draft is the brand's draft; without one it is begun, as a copy of the current edition, or of the plan that comes with the
// program in the language given. For leads.
func (b *Board) Draft(ctx context.Context, brandID int64, lang string) (desk.Plan, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Plan{}, err
	}
	current, draft, err := b.newest(ctx, brandID)
	if err != nil || draft.ID != 0 {
		return draft, err
	}
	if current.ID == 0 {
		current = Default(lang)
	}
	return b.begin(ctx, brandID, current.Edition+1, current)
}

// reviewAfter is how long a plan is good for: twice a year somebody looks through it.
const reviewAfter = 182 * 24 * time.Hour

func (b *Board) begin(ctx context.Context, brandID int64, edition int, from desk.Plan) (desk.Plan, error) {
	act := desk.ActOf(ctx, "plan.begin", "")
	return b.Store.ChangePlan(ctx, 0, act, func(p *desk.Plan, out *desk.Out) error {
		id, version := p.ID, p.Version
		*p = from
		p.ID, p.Version, p.BrandID, p.Edition, p.Note, p.By, p.Published = id, version, brandID, edition, "", act.Name, time.Time{}
		p.Review = act.At.Add(reviewAfter).Truncate(24 * time.Hour)
		out.Say = desk.Say("{name} began edition {edition} of the plan.", "name", act.Name, "edition", edition)
		return nil
	})
}

// Edit changes a draft. A version other than the stored one is desk.ErrConflict; 0 is not checked. What the draft may not hold
// (texts too long, two of one id) is refused as *desk.Invalid; what it still lacks is told by Lacks. For leads.
func (b *Board) Edit(ctx context.Context, id int64, version int, change func(*desk.Plan) error) (desk.Plan, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Plan{}, err
	}
	act := desk.ActOf(ctx, "plan.edit", "")
	return b.Store.ChangePlan(ctx, id, act, func(p *desk.Plan, out *desk.Out) error {
		switch {
		case !p.Draft():
			return desk.ErrInvalidTransition
		case version != 0 && version != p.Version:
			return desk.ErrConflict
		}
		was := *p
		if err := change(p); err != nil {
			return err
		}
		p.ID, p.BrandID, p.Edition, p.Published, p.Version, p.By = was.ID, was.BrandID, was.Edition, was.Published, was.Version, act.Name
		out.Say = desk.Say("{name} edited the draft of the plan.", "name", act.Name)
		return bounded(p)
	})
}

// Save replaces a draft as a whole, by its ID and Version. For leads.
func (b *Board) Save(ctx context.Context, p desk.Plan) (desk.Plan, error) {
	return b.Edit(ctx, p.ID, p.Version, func(now *desk.Plan) error {
		*now = p
		return nil
	})
}

// Publish makes a draft the plan that the brand runs by. It must be whole: Lacks comes as *desk.Invalid, one for each. note says
// what changed. For leads.
func (b *Board) Publish(ctx context.Context, id int64, version int, note string) (desk.Plan, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Plan{}, err
	}
	act := desk.ActOf(ctx, "plan.publish", note)
	return b.Store.ChangePlan(ctx, id, act, func(p *desk.Plan, out *desk.Out) error {
		switch {
		case !p.Draft():
			return desk.ErrInvalidTransition
		case version != 0 && version != p.Version:
			return desk.ErrConflict
		}
		if err := errors.Join(append([]error{bounded(p)}, asErrors(Lacks(p))...)...); err != nil {
			return err
		}
		p.Note, p.Published, p.By = strings.TrimSpace(note), act.At, act.Name
		if !p.Review.After(act.At) {
			p.Review = act.At.Add(reviewAfter).Truncate(24 * time.Hour)
		}
		out.Say = desk.Say("{name} published edition {edition} of the plan.", "name", act.Name, "edition", p.Edition)
		return nil
	})
}

func asErrors(all []*desk.Invalid) (errs []error) {
	for _, e := range all {
		errs = append(errs, e)
	}
	return errs
}

// Discard throws a draft away. For leads.
func (b *Board) Discard(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	p, err := b.Store.Plan(ctx, id)
	if err != nil {
		return err
	}
	if !p.Draft() {
		return desk.ErrInvalidTransition
	}
	return b.Store.DeletePlan(ctx, id, desk.ActOf(ctx, "plan.discard", ""))
}

// Import makes a file the brand's draft, in the place of one that waits. Persons are found by their mail addresses; who has no
// account stays by the address alone. Errors of the file are *desk.Invalid of the field "file", each naming line and field. For
// leads.
func (b *Board) Import(ctx context.Context, brandID int64, r io.Reader) (desk.Plan, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Plan{}, err
	}
	read, err := Read(r)
	if err != nil {
		return desk.Plan{}, err
	}
	if err := b.seat(ctx, &read); err != nil {
		return desk.Plan{}, err
	}
	current, draft, err := b.newest(ctx, brandID)
	if err != nil {
		return draft, err
	}
	if draft.ID == 0 {
		if draft, err = b.begin(ctx, brandID, current.Edition+1, read); err != nil {
			return draft, err
		}
	}
	return b.Edit(ctx, draft.ID, draft.Version, func(p *desk.Plan) error {
		*p = read
		return nil
	})
}

// Export writes a plan as the file that Import reads. For viewers.
func (b *Board) Export(ctx context.Context, p desk.Plan, w io.Writer) error {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return err
	}
	users, err := b.Store.Users(ctx)
	if err != nil {
		return err
	}
	p.Roles = slices.Clone(p.Roles)
	for i := range p.Roles {
		r := &p.Roles[i]
		r.Person, r.Deputy = cmp.Or(mailOf(users, r.UserID), r.Person), cmp.Or(mailOf(users, r.DeputyID), r.Deputy)
	}
	return Write(w, p)
}

func mailOf(users []desk.User, id int64) string {
	for _, u := range users {
		if u.ID == id {
			return u.Email
		}
	}
	return ""
}

// seat finds the accounts of the persons that a file names.
func (b *Board) seat(ctx context.Context, p *desk.Plan) error {
	users, err := b.Store.Users(ctx)
	if err != nil {
		return err
	}
	find := func(mail *string) int64 {
		for _, u := range users {
			if *mail != "" && strings.EqualFold(u.Email, strings.TrimSpace(*mail)) && !u.Disabled {
				*mail = ""
				return u.ID
			}
		}
		return 0
	}
	for i := range p.Roles {
		r := &p.Roles[i]
		r.UserID, r.DeputyID = find(&r.Person), find(&r.Deputy)
	}
	return nil
}

// Compare tells what the second of two editions says differently. desk.ErrNotFound. ID 0 is the plan that comes with the program.
func (b *Board) Compare(ctx context.Context, was, now int64) ([]Difference, error) {
	users, err := b.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	var two [2]desk.Plan
	for i, id := range []int64{was, now} {
		if two[i] = Default("en"); id == 0 {
			continue
		}
		if two[i], err = b.Edition(ctx, id); err != nil {
			return nil, err
		}
	}
	return Compare(&two[0], &two[1], func(id int64) string {
		for _, u := range users {
			if u.ID == id {
				return u.Name
			}
		}
		return decimal(id)
	}), nil
}

// People are who can have a role: all who may sign in. For viewers.
func (b *Board) People(ctx context.Context) ([]desk.User, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	users, err := b.Store.Users(ctx)
	return slices.DeleteFunc(users, func(u desk.User) bool { return u.Disabled }), err
}

// Person is somebody who can have a role or a task; 0 is nobody. *desk.Invalid for who cannot. For viewers.
func (b *Board) Person(ctx context.Context, id int64) (desk.User, error) {
	all, err := b.People(ctx)
	if err != nil || id == 0 {
		return desk.User{}, err
	}
	for _, u := range all {
		if u.ID == id {
			return u, nil
		}
	}
	return desk.User{}, desk.Wrong("owner", "Choose somebody who may sign in.")
}

// RenameRole calls a role of a plan otherwise, wherever the plan names it.
func RenameRole(p *desk.Plan, was, now string) {
	q := reworded(desk.Plan{Levels: p.Levels, Roles: p.Roles, Tasks: p.Tasks, Scenarios: p.Scenarios, Duties: p.Duties}, func(s string) string { return s })
	swap := func(s *string) {
		if *s == was {
			*s = now
		}
	}
	each := func(all []string) {
		for i := range all {
			swap(&all[i])
		}
	}
	for i := range q.Levels {
		swap(&q.Levels[i].Decides)
		each(q.Levels[i].Approvers)
	}
	for i := range q.Roles {
		swap(&q.Roles[i].Name)
	}
	for i := range q.Tasks {
		swap(&q.Tasks[i].Role)
	}
	for _, s := range q.Scenarios {
		for i := range s.Tasks {
			swap(&s.Tasks[i].Role)
		}
	}
	for i := range q.Duties {
		swap(&q.Duties[i].Accountable)
		each(q.Duties[i].Responsible)
		each(q.Duties[i].Consulted)
		each(q.Duties[i].Informed)
	}
	p.Levels, p.Roles, p.Tasks, p.Scenarios, p.Duties = q.Levels, q.Roles, q.Tasks, q.Scenarios, q.Duties
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }
