package desk

import (
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ContactKinds are what a contact can be to us. Staff are told by briefings; the others stand outside.
var ContactKinds = []string{ContactStaff, "agency", "lawyer", "insurer", "press", "authority", "supplier", "partner", "other"}

// ContactStaff are our own people.
const ContactStaff = "staff"

// ReachKinds are the ways to reach a contact.
var ReachKinds = []string{ReachPhone, ReachMobile, ReachEmail, ReachMessenger}

// Kinds of ways to reach a contact.
const (
	ReachPhone     = "phone"
	ReachMobile    = "mobile"
	ReachEmail     = "email"
	ReachMessenger = "messenger" // Value is "signal: +46…", or an address of the web
)

// ContactWay is one way to reach a contact.
type ContactWay struct {
	Kind  string `json:"kind"`           // one of ReachKinds
	Value string `json:"value"`          // as people dial or write it
	Note  string `json:"note,omitempty"` // when and for what: "at night only"
}

// Contact is a person or a department that can be reached in a crisis (ALT-1), with the ways to do so. It need not be a user.
type Contact struct {
	ID         int64        `json:"id,string"`
	BrandID    int64        `json:"brand_id,string"` // 0: of all brands
	Kind       string       `json:"kind"`            // one of ContactKinds
	Group      bool         `json:"group"`           // a department or a desk, not a person
	Name       string       `json:"name"`
	Department string       `json:"department,omitempty"`
	Title      string       `json:"title,omitempty"` // "head of quality"
	Firm       string       `json:"firm,omitempty"`  // where an outside contact works
	UserID     int64        `json:"user_id,string"`  // the account of the same person; 0 none
	Roles      []string     `json:"roles,omitempty"` // of the plan, by name
	Deputies   IDs          `json:"deputies,omitempty"`
	Lang       string       `json:"lang,omitempty"` // language that they read; empty not known
	Zone       string       `json:"zone,omitempty"` // time zone, IANA; empty the brand's
	Hours      string       `json:"hours,omitempty"`
	Ways       []ContactWay `json:"ways"` // preferred first
	Notes      string       `json:"notes,omitempty"`
	UID        string       `json:"uid,omitempty"` // in the address book that it was imported from
	Added      time.Time    `json:"added"`
	Checked    time.Time    `json:"checked,omitzero"`  // somebody last said that the ways are right
	How        string       `json:"how,omitempty"`     // how it was said: CheckedLink, CheckedCall
	Asked      time.Time    `json:"asked,omitzero"`    // they were last asked by mail
	Asks       int          `json:"asks,omitempty"`    // how often they were asked since Checked
	Round      int          `json:"round,omitempty"`   // of asking: a link holds for one
	Problem    string       `json:"problem,omitempty"` // why the last mail did not arrive; the sentence is the key of its translation
	Pending    *Proposal    `json:"pending,omitempty"` // a correction that waits for a lead
	Version    int          `json:"version"`
}

// How the ways of a contact were checked.
const (
	CheckedLink = "link" // by themselves, with the link of a message
	CheckedCall = "call" // somebody of the desk tried
)

// Proposal is a correction of a contact's ways that somebody made who may not decide it.
type Proposal struct {
	By    string       `json:"by"`
	At    time.Time    `json:"at"`
	Ways  []ContactWay `json:"ways"`
	Hours string       `json:"hours,omitempty"`
}

// ContactRules is how often contacts are asked whether their ways are still right.
type ContactRules struct {
	ID      int64 `json:"id,string"`
	Days    int   `json:"days"` // between two checks; 0: nobody is asked
	Version int   `json:"version"`
}

// ContactDays is the cadence of a desk that has not chosen one: a quarter.
const ContactDays = 90

// Check answers an *Invalid for what is wrong with the rules.
func (r *ContactRules) Check() error {
	if r.Days < 0 || r.Days > 730 {
		return Wrong("days", "Choose a number of days up to {n}; 0 asks nobody.", "n", 730)
	}
	return nil
}

// Every is the time between two checks; 0: nobody is asked.
func (r *ContactRules) Every() time.Duration { return time.Duration(r.Days) * 24 * time.Hour }

// States of a contact, by which lists are filtered.
const (
	ContactStale       = "stale"       // nobody said for too long that the ways are right
	ContactUnreachable = "unreachable" // the last mail did not arrive, or there is no way at all
	ContactPending     = "pending"     // a correction waits
)

// ContactStates are the states in the order of choosing.
var ContactStates = []string{ContactStale, ContactUnreachable, ContactPending}

// ContactFilter selects contacts, by name.
type ContactFilter struct {
	BrandID    int64     // those of the brand, and of all brands; 0 all
	Find       string    // words that stand in the name, department, firm, title or a way
	Kind       string    // empty all
	Department string    // empty all
	State      string    // one of ContactStates; empty all
	Before     time.Time // what was last checked before is stale
	Skip       int
	Limit      int // 1 … 200; 0 is 50
}

// ContactCounts are how many contacts there are, and how many need a look.
type ContactCounts struct {
	All, Stale, Unreachable, Pending int
}

const (
	maxContactName = 200
	maxWays        = 20
	maxReach       = 300
	maxDeputies    = 10
	maxNotes       = 5000
)

// Check tidies the contact and answers an *Invalid for what is wrong with it.
func (c *Contact) Check() error {
	for _, s := range []*string{&c.Name, &c.Department, &c.Title, &c.Firm, &c.Hours, &c.Zone, &c.Lang} {
		*s = strings.Join(strings.Fields(*s), " ")
	}
	c.Notes, c.Roles = strings.TrimSpace(c.Notes), tidyLines(c.Roles)
	if c.Kind == "" {
		c.Kind = ContactStaff
	}
	if c.Name == "" || utf8.RuneCountInString(c.Name) > maxContactName {
		return Wrong("name", "Give a name of at most {n} characters.", "n", maxContactName)
	}
	if !slices.Contains(ContactKinds, c.Kind) {
		return Wrong("kind", "Choose one of the kinds.")
	}
	for field, s := range map[string]string{"department": c.Department, "title": c.Title, "firm": c.Firm, "hours": c.Hours, "lang": c.Lang} {
		if utf8.RuneCountInString(s) > maxContactName {
			return Wrong(field, "This is too long.")
		}
	}
	switch {
	case utf8.RuneCountInString(c.Notes) > maxNotes:
		return Wrong("notes", "This is too long.")
	case len(c.Deputies) > maxDeputies || slices.Contains(c.Deputies, c.ID) && c.ID != 0:
		return Wrong("deputies", "Choose at most {n} others as deputies.", "n", maxDeputies)
	case len(c.Roles) > maxWays:
		return Wrong("roles", "This is too long.")
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
		return Wrong("zone", "Choose a time zone such as Europe/Stockholm.")
	}
	var err error
	c.Ways, err = CheckWays(c.Ways)
	return err
}

// CheckWays tidies ways to reach somebody; an empty one is left out. *Invalid of "ways".
func CheckWays(ways []ContactWay) ([]ContactWay, error) {
	out := []ContactWay{}
	for _, w := range ways {
		w.Value, w.Note = strings.Join(strings.Fields(w.Value), " "), strings.Join(strings.Fields(w.Note), " ")
		if w.Value == "" {
			continue
		}
		if err := w.check(); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(out, func(o ContactWay) bool { return o.Kind == w.Kind && o.Value == w.Value }) {
			out = append(out, w)
		}
	}
	if len(out) > maxWays {
		return nil, Wrong("ways", "Give at most {n} ways.", "n", maxWays)
	}
	return out, nil
}

func (w *ContactWay) check() error {
	switch {
	case !slices.Contains(ReachKinds, w.Kind):
		return Wrong("ways", "Choose phone, mobile, e-mail or messenger for “{value}”.", "value", w.Value)
	case utf8.RuneCountInString(w.Value) > maxReach || utf8.RuneCountInString(w.Note) > maxReach || strings.ContainsFunc(w.Value+w.Note, unicode.IsControl):
		return Wrong("ways", "This is too long.")
	case w.Kind == ReachEmail && !isAddress(w.Value):
		return Wrong("ways", "“{value}” is no mail address. Write it like ana@example.org.", "value", w.Value)
	case (w.Kind == ReachPhone || w.Kind == ReachMobile) && !isNumber(w.Value):
		return Wrong("ways", "“{value}” is no phone number. Write it with the country, like +46 70 123 45 67.", "value", w.Value)
	}
	return nil
}

// isAddress reports whether s is one bare mail address.
func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && a.Name == "" && !strings.ContainsAny(s, " \"<>")
}

// isNumber reports whether s can be dialled: at least three digits, and nothing that phones do not know. An extension may follow.
func isNumber(s string) bool {
	if i := strings.IndexFunc(s, func(r rune) bool { return r == 'x' || r == ';' || r == ',' }); i > 0 {
		s = s[:i]
	}
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" -./()*#\u00a0\u2011", r):
		default:
			return false
		}
	}
	return digits >= 3
}

// Link is the address that opens the way with one tap: tel: or mailto:, or that of the messenger; empty when there is none.
func (w ContactWay) Link() string {
	switch w.Kind {
	case ReachEmail:
		return "mailto:" + url.PathEscape(w.Value)
	case ReachPhone, ReachMobile:
		return "tel:" + dial(w.Value)
	}
	if isLink(w.Value) {
		return w.Value
	}
	return ""
}

// dial is a number as a telephone takes it (RFC 3966); pauses before an extension stay.
func dial(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || strings.ContainsRune("+*#,;", r) {
			return r
		}
		return -1
	}, number)
}

// Email is the first mail address of the contact, empty without one.
func (c *Contact) Email() string {
	for _, w := range c.Ways {
		if w.Kind == ReachEmail {
			return w.Value
		}
	}
	return ""
}

// Since is when the ways were last known to be right: they were checked, or entered.
func (c *Contact) Since() time.Time {
	if c.Checked.After(c.Added) {
		return c.Checked
	}
	return c.Added
}

// Confirm notes that the ways are right. Links that were sent before are spent.
func (c *Contact) Confirm(how string, at time.Time) {
	c.Checked, c.How, c.Asks, c.Problem = at, how, 0, ""
	c.Round++
}

// Unreachable reports whether the last mail did not arrive, or there is no way at all.
func (c *Contact) Unreachable() bool { return c.Problem != "" || len(c.Ways) == 0 }
