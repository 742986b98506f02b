package oncall

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// RosterStore is what schedules, policies and reaches need of storage.
type RosterStore interface {
	Schedules(ctx context.Context, brandID int64) ([]desk.Schedule, error)
	Schedule(ctx context.Context, id int64) (desk.Schedule, error)
	ChangeSchedule(ctx context.Context, id int64, act desk.Act, change func(*desk.Schedule, *desk.Out) error) (desk.Schedule, error)
	DeleteSchedule(ctx context.Context, id int64, act desk.Act) error
	EscalationPolicies(ctx context.Context, brandID int64) ([]desk.EscalationPolicy, error)
	EscalationPolicy(ctx context.Context, id int64) (desk.EscalationPolicy, error)
	ChangeEscalationPolicy(ctx context.Context, id int64, act desk.Act, change func(*desk.EscalationPolicy, *desk.Out) error) (desk.EscalationPolicy, error)
	DeleteEscalationPolicy(ctx context.Context, id int64, act desk.Act) error
	Reach(ctx context.Context, userID int64) (desk.Reach, error)
	ChangeReach(ctx context.Context, userID int64, act desk.Act, change func(*desk.Reach, *desk.Out) error) (desk.Reach, error)
	Users(ctx context.Context) ([]desk.User, error)
}

// Roster is where people see and change who is on call and who is called: everyone sees, leads change, and everybody takes over a
// shift or says how they want to be called themselves.
type Roster struct {
	Store RosterStore
	Links Links // of the calendars' addresses
}

// Schedules lists the schedules of a brand and of all brands.
func (r *Roster) Schedules(ctx context.Context, brandID int64) ([]desk.Schedule, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return r.Store.Schedules(ctx, brandID)
}

// Schedule is one schedule. desk.ErrNotFound.
func (r *Roster) Schedule(ctx context.Context, id int64) (desk.Schedule, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Schedule{}, err
	}
	return r.Store.Schedule(ctx, id)
}

// Save makes a schedule (ID 0) or changes one; its overrides and its calendar's address have their own methods and stay.
// *desk.Invalid; desk.ErrConflict when Version is not the stored one; desk.ErrForbidden below lead.
func (r *Roster) Save(ctx context.Context, s desk.Schedule) (desk.Schedule, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return s, err
	}
	if err := r.known(ctx, &s); err != nil {
		return s, err
	}
	return r.Store.ChangeSchedule(ctx, s.ID, desk.ActOf(ctx, "schedule.save", ""), func(now *desk.Schedule, out *desk.Out) error {
		if s.ID != 0 && s.Version != now.Version {
			return desk.ErrConflict
		}
		now.BrandID, now.Name, now.Zone, now.Layers, now.Holidays = s.BrandID, s.Name, s.Zone, slices.Clone(s.Layers), slices.Clone(s.Holidays)
		out.Say = desk.Say("The schedule {name} was saved.", "name", s.Name)
		return now.Check()
	})
}

// known checks a schedule, and that everybody in it works here.
func (r *Roster) known(ctx context.Context, s *desk.Schedule) error {
	if err := s.Check(); err != nil {
		return err
	}
	users, err := r.Store.Users(ctx)
	if err != nil {
		return err
	}
	for _, l := range s.Layers {
		for _, id := range l.People {
			if !works(users, id) {
				return desk.Wrong("layers", "Choose people who have an account that is not locked out.")
			}
		}
	}
	return nil
}

func works(users []desk.User, id int64) bool {
	return slices.ContainsFunc(users, func(u desk.User) bool { return u.ID == id && !u.Disabled })
}

// Delete removes a schedule. desk.ErrForbidden below lead.
func (r *Roster) Delete(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	return r.Store.DeleteSchedule(ctx, id, desk.ActOf(ctx, "schedule.delete", ""))
}

// Override puts somebody on call for a while. Responders take shifts over themselves; to put somebody else on call needs a lead.
func (r *Roster) Override(ctx context.Context, id int64, o desk.Override) (desk.Schedule, error) {
	least := desk.Lead
	if who := desk.ActorOf(ctx); o.UserID == who.UserID && o.UserID != 0 {
		least = desk.Responder
	}
	if err := desk.Need(ctx, least); err != nil {
		return desk.Schedule{}, err
	}
	users, err := r.Store.Users(ctx)
	if err != nil {
		return desk.Schedule{}, err
	}
	act := desk.ActOf(ctx, "schedule.override", o.Why)
	return r.Store.ChangeSchedule(ctx, id, act, func(s *desk.Schedule, out *desk.Out) error {
		o.Number = 1
		for _, other := range s.Overrides {
			o.Number = max(o.Number, other.Number+1)
		}
		if !works(users, o.UserID) {
			return desk.Wrong("user_id", "Choose people who have an account that is not locked out.")
		}
		s.Overrides = slices.DeleteFunc(append(s.Overrides, o), func(x desk.Override) bool { return act.At.Sub(x.To) > keepOverrides })
		out.Say = desk.Say("{name} is on call for {schedule} from {from} to {to}.", "name", nameOf(users, o.UserID), "schedule", s.Name, "from", o.From.UTC(), "to", o.To.UTC())
		return s.Check()
	})
}

// keepOverrides is how long overrides that are over are kept, so that fairness still counts them.
const keepOverrides = 400 * 24 * time.Hour

// Withdraw takes an override back. Responders their own, leads anybody's.
func (r *Roster) Withdraw(ctx context.Context, id int64, override int) (desk.Schedule, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Schedule{}, err
	}
	who := desk.ActorOf(ctx)
	return r.Store.ChangeSchedule(ctx, id, desk.ActOf(ctx, "schedule.withdraw", ""), func(s *desk.Schedule, out *desk.Out) error {
		i := slices.IndexFunc(s.Overrides, func(o desk.Override) bool { return o.Number == override })
		switch {
		case i < 0:
			return desk.ErrNotFound
		case s.Overrides[i].UserID != who.UserID && who.Role < desk.Lead:
			return desk.ErrForbidden
		}
		s.Overrides = slices.Delete(s.Overrides, i, i+1)
		out.Say = desk.Say("An override of {schedule} was taken back.", "schedule", s.Name)
		return nil
	})
}

// Policies lists the escalation policies of a brand and of all brands.
func (r *Roster) Policies(ctx context.Context, brandID int64) ([]desk.EscalationPolicy, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return r.Store.EscalationPolicies(ctx, brandID)
}

// Policy is one policy. desk.ErrNotFound.
func (r *Roster) Policy(ctx context.Context, id int64) (desk.EscalationPolicy, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.EscalationPolicy{}, err
	}
	return r.Store.EscalationPolicy(ctx, id)
}

// SavePolicy makes a policy (ID 0) or changes one. *desk.Invalid; desk.ErrConflict; desk.ErrForbidden below lead.
func (r *Roster) SavePolicy(ctx context.Context, p desk.EscalationPolicy) (desk.EscalationPolicy, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return p, err
	}
	if err := p.Check(); err != nil {
		return p, err
	}
	return r.Store.ChangeEscalationPolicy(ctx, p.ID, desk.ActOf(ctx, "escalation-policy.save", ""), func(now *desk.EscalationPolicy, out *desk.Out) error {
		if p.ID != 0 && p.Version != now.Version {
			return desk.ErrConflict
		}
		id, version := now.ID, now.Version
		*now = p
		now.ID, now.Version = id, version
		out.Say = desk.Say("The escalation policy {name} was saved.", "name", p.Name)
		return nil
	})
}

// DeletePolicy removes a policy; what runs goes on by it. desk.ErrForbidden below lead.
func (r *Roster) DeletePolicy(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	return r.Store.DeleteEscalationPolicy(ctx, id, desk.ActOf(ctx, "escalation-policy.delete", ""))
}

// Reach is how the acting person is called.
func (r *Roster) Reach(ctx context.Context) (desk.Reach, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Reach{}, err
	}
	return r.Store.Reach(ctx, desk.ActorOf(ctx).UserID)
}

// SaveReach changes how the acting person is called. *desk.Invalid.
func (r *Roster) SaveReach(ctx context.Context, wish desk.Reach) (desk.Reach, error) {
	who := desk.ActorOf(ctx)
	if err := desk.Need(ctx, desk.Viewer); err != nil || who.UserID == 0 {
		return wish, desk.ErrForbidden
	}
	if err := wish.Check(); err != nil {
		return wish, err
	}
	return r.Store.ChangeReach(ctx, who.UserID, desk.ActOf(ctx, "reach.save", ""), func(now *desk.Reach, out *desk.Out) error {
		now.Zone, now.From, now.Until, now.Through, now.Cap = wish.Zone, wish.From, wish.Until, wish.Through, wish.Cap
		out.Say = desk.Say("{name} changed how they are called.", "name", who.Name)
		return nil
	})
}

func nameOf(users []desk.User, id int64) string {
	for _, u := range users {
		if u.ID == id {
			return u.Name
		}
	}
	return "#" + strconv.FormatInt(id, 10)
}

// Person is somebody who may be on call, as everybody here may know them.
type Person struct {
	ID   int64     `json:"id,string"`
	Name string    `json:"name"`
	Role desk.Role `json:"role"`
	Gone bool      `json:"gone,omitempty"` // locked out
}

// People are all who work here, oldest first.
func (r *Roster) People(ctx context.Context) ([]Person, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	users, err := r.Store.Users(ctx)
	all := make([]Person, len(users))
	for i, u := range users {
		all[i] = Person{u.ID, u.Name, u.Role, u.Disabled}
	}
	return all, err
}

// Find gives the people whom lines name, by name or by mail address. *desk.Invalid of the field for a line that names nobody, or two.
func (r *Roster) Find(ctx context.Context, field string, lines []string) (ids []int64, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	users, err := r.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		var found []int64
		for _, u := range users {
			if !u.Disabled && (strings.EqualFold(u.Name, line) || strings.EqualFold(u.Email, line)) {
				found = append(found, u.ID)
			}
		}
		switch len(found) {
		case 0:
			return nil, desk.Wrong(field, "Nobody here is called {name}.", "name", line)
		case 1:
			ids = append(ids, found[0])
		default:
			return nil, desk.Wrong(field, "Several people are called {name}. Write the mail address instead.", "name", line)
		}
	}
	return ids, nil
}
