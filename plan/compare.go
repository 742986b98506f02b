package plan

import (
	"fmt"
	"slices"
	"strings"

	"breakwater/desk"
)

// What became of a line between two editions.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// Difference is one thing that two editions say differently.
type Difference struct {
	Part  desk.Text `json:"part"`           // "Roles"
	Item  string    `json:"item,omitempty"` // which of them: the plan's own name for it
	Field desk.Text `json:"field"`
	Is    string    `json:"is"` // added, removed, changed
	Was   string    `json:"was,omitempty"`
	Now   string    `json:"now,omitempty"`
}

// line is one thing that a plan says.
type line struct {
	part, item, field string
	name              string // of the item, for people
	value             string
}

func (l line) key() string { return l.part + "\x00" + l.item + "\x00" + l.field }

// Compare tells what another edition adds, removes and changes, in the order of the plan. person names an account.
func Compare(was, now *desk.Plan, person func(userID int64) string) []Difference {
	old, fresh := lines(was, person), lines(now, person)
	before := make(map[string]line, len(old))
	for _, l := range old {
		before[l.key()] = l
	}
	var all []Difference
	for _, l := range fresh {
		b, had := before[l.key()]
		delete(before, l.key())
		switch {
		case !had && l.value != "":
			all = append(all, l.difference(Added, "", l.value))
		case had && b.value != l.value:
			all = append(all, l.difference(changeOf(b.value, l.value), b.value, l.value))
		}
	}
	for _, l := range old {
		if _, gone := before[l.key()]; gone && l.value != "" {
			all = append(all, l.difference(Removed, l.value, ""))
		}
	}
	slices.SortStableFunc(all, func(a, b Difference) int {
		return slices.Index(parts, a.Part.Say) - slices.Index(parts, b.Part.Say)
	})
	return all
}

func changeOf(was, now string) string {
	switch {
	case was == "":
		return Added
	case now == "":
		return Removed
	}
	return Changed
}

func (l line) difference(is, was, now string) Difference {
	return Difference{Part: desk.Say(l.part), Item: l.name, Field: desk.Say(l.field), Is: is, Was: was, Now: now}
}

// parts are the parts of a plan in their order.
var parts = []string{"Plan", "Levels", "Roles", "Tasks", "Scenarios", "Who does what", "Channels", "Library"}

// said makes the lines of one item: pairs of field and value.
func said(part, item, name string, pairs ...string) (all []line) {
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, line{part, item, pairs[i], name, pairs[i+1]})
	}
	return all
}

// lines are all that a plan says.
func lines(p *desk.Plan, person func(int64) string) []line {
	list := func(s []string) string { return strings.Join(s, "\n") }
	all := said(parts[0], "", "", "Name", p.Name, "Language", p.Lang, "Review by", dayOf(p))
	for _, l := range p.Levels {
		all = append(all, said(parts[1], fmt.Sprint(int(l.Level)), fmt.Sprintf("%d %s", l.Level, l.Name), "Name", l.Name, "Signs", l.Signs, "Decides", l.Decides,
			"First word, minutes", minutes(l.Acknowledge), "Update every, minutes", minutes(l.Update), "Approved by", list(l.Approvers), "Each has, minutes", minutes(l.Within))...)
	}
	for _, r := range p.Roles {
		all = append(all, said(parts[2], r.Name, r.Name, "Duties", list(r.Duties), "Person", who(person, r.UserID, r.Person), "Deputy", who(person, r.DeputyID, r.Deputy))...)
	}
	for _, t := range p.Tasks {
		all = append(all, taskLines(parts[3], t.ID, "", t)...)
	}
	for _, s := range p.Scenarios {
		all = append(all, said(parts[4], s.ID, s.Name, "Name", s.Name, "Kind", s.Kind, "Signs", list(s.Signs), "Cues", list(s.Cues), "Monitors", list(s.Monitors),
			"Level", fmt.Sprint(int(s.Level)), "Drafts", list(s.Drafts), "Advice", s.Advice)...)
		for _, t := range s.Tasks {
			all = append(all, taskLines(parts[4], s.ID+"/"+t.ID, s.Name+": ", t)...)
		}
	}
	for _, d := range p.Duties {
		all = append(all, said(parts[5], d.Activity, d.Activity, "Accountable", d.Accountable, "Responsible", list(d.Responsible), "Consulted", list(d.Consulted), "Informed", list(d.Informed))...)
	}
	all = append(all, said(parts[6], "", "", "Order", list(p.Channels))...)
	for _, m := range p.Library {
		all = append(all, said(parts[7], m.ID, m.Name, "Name", m.Name, "Kind", m.Kind)...)
		for _, t := range m.Texts {
			all = append(all, said(parts[7], m.ID+"/"+t.Lang+"/"+t.Channel, strings.TrimSpace(m.Name+" · "+t.Lang+" "+t.Channel), "Title", t.Title, "Text", strings.TrimSpace(t.Text))...)
		}
	}
	return all
}

func taskLines(part, item, of string, t desk.PlanTask) []line {
	return said(part, item, of+t.ID, "What to do", t.Do, "Role", t.Role, "Due after, minutes", minutes(t.After), "From level", fmt.Sprint(int(t.From)))
}

func minutes(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func dayOf(p *desk.Plan) string {
	if p.Review.IsZero() {
		return ""
	}
	return p.Review.Format(day)
}

// who names a person by what the plan has: an account, or a mail address.
func who(person func(int64) string, id int64, mail string) string {
	if id != 0 {
		return person(id)
	}
	return mail
}
