package plan

import (
	"context"
	"slices"
	"time"

	"breakwater/desk"
)

// ReadyStore is what readiness needs of storage.
type ReadyStore interface {
	Sources(ctx context.Context) ([]desk.Source, error)
	Ways(ctx context.Context) ([]desk.Way, error)
	Channels(ctx context.Context, brandID int64) ([]desk.Channel, error)
	LastDrill(ctx context.Context, brandID int64) (time.Time, error)
}

// States of an item of readiness.
const (
	Good = "good"
	Soon = "soon" // to be done before it is missed
	Bad  = "bad"  // would be missed tonight
)

// Need is one thing that has to be ready before a crisis, and the page that mends it.
type Need struct {
	Name  string    `json:"name"` // sources, team, plan, contacts, book, channels, roles, deputies, drill, policies, meetings, library, rehearsal, heartbeat
	State string    `json:"state"`
	Say   desk.Text `json:"say"`  // why it is in that state
	Path  string    `json:"path"` // of the console
}

// firstSteps are what a new desk needs before it can act, in the order in which it is told: ears, people, a plan with their names, a
// way to wake them, and somewhere to speak.
var firstSteps = []string{"sources", "team", "plan", "contacts", "channels"}

// First reports whether the desk cannot act without it; the others keep a team ready.
func (n Need) First() bool { return slices.Contains(firstSteps, n.Name) }

// Ready tells how ready a team is (PLN-5).
type Ready struct {
	Board    *Board
	Policies *Policies
	Meetings *Meetings
	Store    ReadyStore
	// Contacts counts a brand's contacts and those that need a look; nil: they are left out.
	Contacts func(ctx context.Context, brandID int64, now time.Time) (desk.ContactCounts, error)
	// Beside gives the needs that other stages know; nil: there are none.
	Beside func(ctx context.Context, brandID int64, now time.Time) ([]Need, error)
}

// When something is told to be due. A drill twice a year is what practitioners advise; credentials want a fortnight for whoever
// has to renew them.
const (
	planWarning = 30 * 24 * time.Hour
	keyWarning  = 14 * 24 * time.Hour
	drillAge    = 182 * 24 * time.Hour
	meetingSpan = 120 * 24 * time.Hour
)

// Look gives each item for a brand, in the order in which they matter. For viewers.
func (r *Ready) Look(ctx context.Context, brandID int64, now time.Time) ([]Need, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	current, draft, err := r.Board.newest(ctx, brandID)
	if err != nil {
		return nil, err
	}
	users, err := r.Board.People(ctx)
	if err != nil {
		return nil, err
	}
	edit := "/plans"
	if draft.ID != 0 {
		edit = "/plans/" + decimal(draft.ID) + "/edit"
	}
	var items []Need
	for _, look := range []func(context.Context, int64, *desk.Plan, time.Time) (Need, error){
		r.sources,
		known(teamItem(users)), known(planItem(&current, edit, now)),
		r.contacts, r.book, r.channels,
		known(roleItem(&current, users)), known(deputyItem(&current, users)),
		r.drill, r.policies, r.meetings, r.library,
	} {
		item, err := look(ctx, brandID, &current, now)
		if err != nil {
			return nil, err
		}
		if item.Name == "" {
			continue
		}
		items = append(items, item)
	}
	if r.Beside == nil {
		return items, nil
	}
	more, err := r.Beside(ctx, brandID, now)
	return append(items, more...), err
}

// known is an item that needs no look-up.
func known(n Need) func(context.Context, int64, *desk.Plan, time.Time) (Need, error) {
	return func(context.Context, int64, *desk.Plan, time.Time) (Need, error) { return n, nil }
}

// sources are what the desk hears by.
func (r *Ready) sources(ctx context.Context, brandID int64, _ *desk.Plan, _ time.Time) (Need, error) {
	all, err := r.Store.Sources(ctx)
	live, deaf, heard := 0, 0, false
	for _, s := range all {
		switch {
		case s.Paused || s.BrandID != 0 && s.BrandID != brandID:
			continue
		case !s.Health.Well():
			deaf++
		}
		live++
		heard = heard || !s.Health.Heard.IsZero()
	}
	switch {
	case live == 0:
		return Need{"sources", Bad, desk.Say("No source is connected yet, so nothing can be heard."), "/sources/new"}, err
	case deaf == live:
		return Need{"sources", Bad, desk.Say("{n} sources are not heard right now", "n", deaf), "/sources"}, err
	case deaf > 0:
		return Need{"sources", Soon, desk.Say("{n} sources are not heard right now", "n", deaf), "/sources"}, err
	}
	if !heard {
		return Need{"sources", Soon, desk.Say("{n} sources are connected; none has brought anything yet.", "n", live), "/sources"}, err
	}
	return Need{"sources", Good, desk.Say("All {n} sources listen well", "n", live), "/sources"}, err
}

// teamItem is who has an account: a desk of one has nobody who stands in.
func teamItem(users []desk.User) Need {
	if len(users) < 2 {
		return Need{"team", Bad, desk.Say("Only one person has an account here, so nobody can stand in."), "/people/several"}
	}
	return Need{"team", Good, desk.Say("{n} people have an account.", "n", len(users)), "/people"}
}

// naming is the page that puts names into the plan.
const naming = "/plans/names"

func planItem(p *desk.Plan, path string, now time.Time) Need {
	switch {
	case p.ID == 0:
		return Need{"plan", Bad, desk.Say("You run by the plan that comes with the program: nobody's name stands in it."), naming}
	case !p.Review.IsZero() && now.After(p.Review):
		return Need{"plan", Bad, desk.Say("Edition {edition} should have been looked through by {date}.", "edition", p.Edition, "date", p.Review), path}
	case !p.Review.IsZero() && p.Review.Sub(now) < planWarning:
		return Need{"plan", Soon, desk.Say("Edition {edition} is to be looked through by {date}.", "edition", p.Edition, "date", p.Review), path}
	}
	return Need{"plan", Good, desk.Say("Edition {edition} is in force.", "edition", p.Edition), "/plans"}
}

func roleItem(p *desk.Plan, users []desk.User) Need {
	seats, empty := seatsOf(p, users), 0
	for _, role := range p.Roles {
		if seats[role.Name].id == 0 {
			empty++
		}
	}
	if empty > 0 {
		return Need{"roles", Bad, desk.Say("{n} roles of the plan have nobody who can take them.", "n", empty), naming}
	}
	return Need{"roles", Good, desk.Say("Every role has somebody."), "/plans#roles"}
}

func deputyItem(p *desk.Plan, users []desk.User) Need {
	seats, alone := seatsOf(p, users), 0
	for _, role := range p.Roles {
		if s := seats[role.Name]; s.id != 0 && (s.deputy == "" || role.UserID == role.DeputyID) {
			alone++
		}
	}
	switch {
	case alone > 0:
		return Need{"deputies", Soon, desk.Say("{n} roles have no deputy.", "n", alone), naming}
	case len(p.Roles) == 0 || seats[p.Roles[0].Name].id == 0:
		return Need{"deputies", Bad, desk.Say("Nobody stands in for anybody yet."), naming}
	}
	return Need{"deputies", Good, desk.Say("Every role has a deputy."), "/plans#roles"}
}

// contacts are the ways in which people are alerted: tried, and working.
func (r *Ready) contacts(ctx context.Context, brandID int64, _ *desk.Plan, _ time.Time) (Need, error) {
	ways, err := r.Store.Ways(ctx)
	if err != nil {
		return Need{}, err
	}
	live, untried, broken := 0, 0, 0
	for _, w := range ways {
		switch {
		case w.Paused || w.BrandID != 0 && w.BrandID != brandID:
			continue
		case w.Problem != "":
			broken++
		case w.LastOK.IsZero():
			untried++
		}
		live++
	}
	item := Need{Name: "contacts", State: Bad, Path: "/people#ways"}
	switch {
	case live == 0:
		item.Say, item.Path = desk.Say("Nobody is told when an alert opens."), "/ways/new"
	case broken > 0:
		item.Say = desk.Say("{n} ways of alerting do not work.", "n", broken)
	case untried > 0:
		item.State, item.Say = Soon, desk.Say("{n} ways of alerting were never tried.", "n", untried)
	default:
		item.State, item.Say = Good, desk.Say("{n} ways of alerting work.", "n", live)
	}
	return item, nil
}

// book is whom we would call: entered, checked, and reachable.
func (r *Ready) book(ctx context.Context, brandID int64, _ *desk.Plan, now time.Time) (Need, error) {
	item := Need{Name: "book", State: Soon, Path: "/contacts"}
	if r.Contacts == nil {
		return Need{}, nil
	}
	n, err := r.Contacts(ctx, brandID, now)
	switch {
	case n.All == 0:
		item.Say = desk.Say("Nobody stands in the contacts: the lawyer, the agency, the authority, colleagues.")
	case n.Unreachable > 0:
		item.State, item.Path, item.Say = Bad, "/contacts?state=unreachable", desk.Say("{n} contacts cannot be reached.", "n", n.Unreachable)
	case n.Stale > 0:
		item.Path, item.Say = "/contacts?state=stale", desk.Say("{n} contacts were not checked for too long.", "n", n.Stale)
	case n.Pending > 0:
		item.Path, item.Say = "/contacts?state=pending", desk.Say("{n} corrections of contacts wait.", "n", n.Pending)
	default:
		item.State, item.Say = Good, desk.Say("{n} contacts are checked.", "n", n.All)
	}
	return item, err
}

// channels are where we speak: their credentials must live longer than the next crisis.
func (r *Ready) channels(ctx context.Context, brandID int64, _ *desk.Plan, now time.Time) (Need, error) {
	all, err := r.Store.Channels(ctx, brandID)
	if err != nil {
		return Need{}, err
	}
	item := Need{Name: "channels", State: Bad, Path: "/channels"}
	soonest := desk.Channel{}
	live := 0
	for _, c := range all {
		if c.Paused {
			continue
		}
		live++
		if c.State == desk.HealthDenied || c.State == desk.HealthFailing || c.State == desk.HealthBroken || !c.Expires.IsZero() && !c.Expires.After(now) {
			item.Say = desk.Say("{channel} cannot be published to: its credentials or its address need a look.", "channel", c.Name)
			return item, nil
		}
		if !c.Expires.IsZero() && (soonest.Expires.IsZero() || c.Expires.Before(soonest.Expires)) {
			soonest = c
		}
	}
	switch {
	case live == 0:
		item.Say, item.Path = desk.Say("There is no channel to publish to."), "/channels/new"
	case !soonest.Expires.IsZero() && soonest.Expires.Sub(now) < keyWarning:
		item.State, item.Say = Soon, desk.Say("The credentials of {channel} end on {date}.", "channel", soonest.Name, "date", soonest.Expires)
	default:
		item.State, item.Say = Good, desk.Say("{n} channels can be published to.", "n", live)
	}
	return item, nil
}

func (r *Ready) drill(ctx context.Context, brandID int64, _ *desk.Plan, now time.Time) (Need, error) {
	last, err := r.Store.LastDrill(ctx, brandID)
	item := Need{Name: "drill", State: Soon, Path: "/help#rehearse"}
	switch {
	case last.IsZero():
		item.Say = desk.Say("No crisis was ever rehearsed.")
	case now.Sub(last) > drillAge:
		item.Say = desk.Say("The last rehearsal was on {date}.", "date", last)
	default:
		item.State, item.Say = Good, desk.Say("The last rehearsal was on {date}.", "date", last)
	}
	return item, err
}

func (r *Ready) policies(ctx context.Context, brandID int64, _ *desk.Plan, now time.Time) (Need, error) {
	item := Need{Name: "policies", State: Soon, Path: "/policies"}
	known, unread, old := 0, 0, ""
	err := r.Policies.each(ctx, brandID, func(p desk.Policy, who []Reader) {
		known++
		for _, one := range who {
			if one.At.IsZero() {
				unread++
			}
		}
		if !p.Review.IsZero() && now.After(p.Review) {
			old = p.Name
		}
	})
	switch {
	case known == 0:
		item.Say = desk.Say("There is no policy for staff yet: who may say what, and where.")
	case unread > 0:
		item.Say = desk.Say("{n} confirmations of policies are missing.", "n", unread)
	case old != "":
		item.Say = desk.Say("{policy} should have been looked through by now.", "policy", old)
	default:
		item.State, item.Say = Good, desk.Say("Everybody has read every policy.")
	}
	return item, err
}

func (r *Ready) meetings(ctx context.Context, brandID int64, _ *desk.Plan, now time.Time) (Need, error) {
	dates, err := r.Meetings.Dates(ctx, brandID, now, now.Add(meetingSpan))
	if err != nil || len(dates) == 0 {
		return Need{"meetings", Soon, desk.Say("The crisis committee has no date to meet."), "/committee"}, err
	}
	return Need{"meetings", Good, desk.Say("The crisis committee meets next on {date}.", "date", dates[0].Begins), "/committee"}, nil
}

// library looks whether there is a holding statement for every language that a channel speaks.
func (r *Ready) library(ctx context.Context, brandID int64, p *desk.Plan, _ time.Time) (Need, error) {
	item := Need{Name: "library", State: Good, Say: desk.Say("There is a holding statement for every channel."), Path: "/plans#library"}
	all, err := r.Store.Channels(ctx, brandID)
	for _, c := range all {
		if c.Lang != "" && !c.Paused && !speaks(p, c.Kind, c.Lang) {
			item.State, item.Say = Soon, desk.Say("The library has no holding statement in the language of {channel}.", "channel", c.Name)
		}
	}
	return item, err
}

func speaks(p *desk.Plan, kind, lang string) bool {
	for _, m := range p.Library {
		if m.Kind != "holding" {
			continue
		}
		if _, ok := m.For(kind, lang, true); ok {
			return true
		}
	}
	return false
}
