package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ReplyPolicy is how a brand answers people: what needs an answer, by when, what the desk does by itself, and whose words are signed.
type ReplyPolicy struct {
	ID       int64       `json:"id,string"`
	BrandID  int64       `json:"brand_id,string"`
	Needs    []Condition `json:"needs"`     // mentions that need an answer: those that meet one of these
	Rules    []ReplyRule `json:"rules"`     // what is done with what comes in, in this order
	Clocks   []Clock     `json:"clocks"`    // by level, 0 … 4
	Hours    Hours       `json:"hours"`     // in which clocks run
	Voices   int         `json:"voices"`    // followers from which somebody is a voice that many hear
	Sign     Level       `json:"sign"`      // from this level on a lead signs every answer; 0 never
	Juniors  IDs         `json:"juniors"`   // people whose answers a lead always signs
	Address  string      `json:"address"`   // that answers by mail come back to
	Form     bool        `json:"form"`      // the public form is open
	FormText string      `json:"form_text"` // above it
	Version  int         `json:"version"`
}

// Clock is how long somebody waits at the most, in minutes of Hours; 0 is no clock.
type Clock struct {
	First int `json:"first"` // for the first answer
	Next  int `json:"next"`  // for each after it
}

// Hours are when people work. Without days they always do.
type Hours struct {
	Zone     string    `json:"zone"` // of the times; empty is UTC
	Days     []Day     `json:"days"`
	Holidays []Holiday `json:"holidays,omitempty"` // on which nobody works, in the zone
}

// Day is the hours of one day of the week.
type Day struct {
	Weekday time.Weekday `json:"weekday"` // 0 Sunday … 6 Saturday
	From    int          `json:"from"`    // minutes after midnight
	To      int          `json:"to"`      // 1440 is midnight
}

// Condition is met by a message that meets every part of it. Empty parts do not restrict.
type Condition struct {
	Networks  []string `json:"networks,omitempty"`
	Vias      []string `json:"vias,omitempty"`
	Words     []string `json:"words,omitempty"` // one of them
	Cues      []string `json:"cues,omitempty"`  // one of them
	Langs     []string `json:"langs,omitempty"`
	Mood      string   `json:"mood,omitempty"`      // negative, neutral, positive
	Followers int      `json:"followers,omitempty"` // at least
	Question  bool     `json:"question,omitempty"`
}

// ReplyRule is what the desk does with a message that meets a condition.
type ReplyRule struct {
	If     Condition `json:"if"`
	Label  string    `json:"label,omitempty"`
	UserID int64     `json:"user_id,string"` // who gets it; 0 nobody
	Snooze int       `json:"snooze"`         // minutes; 0 not
	Within int       `json:"within"`         // minutes for the first answer; 0: as the clock says
	Danger bool      `json:"danger"`         // it is shown among those in danger
	Leave  string    `json:"leave"`          // it gets no answer, for this reason
}

// ReclockKind is the kind of the jobs of ReclockJob.
const ReclockKind = "conversation.clocks"

// ReclockJob has the clocks of all who wait for a brand set anew: the level of a crisis or the policy changed. why tells one change from
// the next.
func ReclockJob(brandID int64, why string) Job {
	return Job{Kind: ReclockKind, Key: why, Payload: strconv.FormatInt(brandID, 10)}
}

// DangerCues are the types of crisis cue that say that somebody may be hurt.
var DangerCues = []string{"safety_injury", "violence_threat", "food_illness"}

// UsualReplyPolicy is how a brand answers that has not said otherwise: questions, danger, and unhappy people whom many hear. Clocks are
// those of practice: in a watch an answer within an hour, in a crisis within half of one.
func UsualReplyPolicy(brandID int64, zone string) ReplyPolicy {
	return ReplyPolicy{
		BrandID: brandID,
		Needs:   []Condition{{Question: true}, {Cues: slices.Clone(DangerCues)}, {Mood: "negative", Followers: 5000}},
		Clocks:  []Clock{{240, 480}, {60, 240}, {30, 120}, {30, 60}, {15, 30}},
		Hours:   Hours{Zone: zone}, Voices: 5000, Form: true,
	}
}

const (
	maxReplyRules = 50
	maxConditions = 50
)

// Check tidies the policy and answers an *Invalid for what is wrong with it.
func (p *ReplyPolicy) Check() error {
	for len(p.Clocks) <= int(Severe) {
		p.Clocks = append(p.Clocks, Clock{})
	}
	p.Address, p.FormText = strings.TrimSpace(p.Address), strings.TrimSpace(p.FormText)
	switch {
	case len(p.Needs) > maxConditions:
		return Wrong("needs", "Give at most {n} conditions.", "n", maxConditions)
	case len(p.Rules) > maxReplyRules:
		return Wrong("rules", "Give at most {n} rules.", "n", maxReplyRules)
	case len(p.Clocks) > int(Severe)+1:
		return Wrong("clocks", "Give a clock for each level from 0 to 4.")
	case slices.ContainsFunc(p.Clocks, func(c Clock) bool { return c.First < 0 || c.Next < 0 || c.First > 100_000 || c.Next > 100_000 }):
		return Wrong("clocks", "Choose a number of minutes; 0 is no clock.")
	case p.Voices < 0:
		return Wrong("voices", "Enter a whole number.")
	case p.Sign < Normal || p.Sign > Severe:
		return Wrong("sign", "Choose a level from 0 to 4.")
	case utf8.RuneCountInString(p.FormText) > 2000:
		return Wrong("form_text", "This is too long.")
	case p.Address != "" && (strings.Count(p.Address, "@") != 1 || strings.ContainsAny(p.Address, " <>,;\r\n")):
		return Wrong("address", "Enter one mail address, like ana@example.org.")
	}
	for _, r := range p.Rules {
		if r.Snooze < 0 || r.Within < 0 || utf8.RuneCountInString(r.Label) > maxLabel {
			return Wrong("rules", "A rule says what to look for and what to do.")
		}
	}
	return p.Hours.check()
}

func (h *Hours) check() error {
	if _, err := time.LoadLocation(h.Zone); err != nil || h.Zone == "Local" {
		return Wrong("zone", "Choose a time zone by its name, such as Europe/Warsaw.")
	}
	for _, d := range h.Days {
		if d.Weekday < time.Sunday || d.Weekday > time.Saturday || d.From < 0 || d.To > 24*60 || d.From >= d.To {
			return Wrong("hours", "Give each day a beginning and an end after it.")
		}
	}
	var err error
	h.Holidays, err = tidyHolidays(h.Holidays)
	return err
}

// Due is when an answer is due to somebody who wrote at a time, at a level; first says that we never answered them. Zero without a clock.
func (p *ReplyPolicy) Due(level Level, wrote time.Time, first bool) time.Time {
	if int(level) >= len(p.Clocks) || level < 0 {
		return time.Time{}
	}
	minutes := p.Clocks[level].Next
	if first {
		minutes = p.Clocks[level].First
	}
	if minutes <= 0 {
		return time.Time{}
	}
	return p.Hours.After(wrote, time.Duration(minutes)*time.Minute)
}

// After is the time at which so much of working time has gone by.
func (h *Hours) After(from time.Time, work time.Duration) time.Time {
	if len(h.Days) == 0 {
		return from.Add(work).UTC()
	}
	zone, err := time.LoadLocation(h.Zone)
	if err != nil {
		zone = time.UTC
	}
	local := from.In(zone)
	year, month, day := local.Date()
	for ahead := range 366 { // a week holds some work; the bound is for hours that are all in the past today
		date := time.Date(year, month, day+ahead, 12, 0, 0, 0, zone)
		for _, d := range h.day(date) {
			closes := minuteOf(date, d.To)
			opens := latest(minuteOf(date, d.From), from) // hours that overlap run once
			from = latest(from, closes)
			if left := closes.Sub(opens); left <= 0 {
				continue
			} else if left >= work {
				return opens.Add(work).UTC()
			} else {
				work -= left
			}
		}
	}
	return from.Add(work).UTC()
}

// minuteOf is so many minutes on the clock of a day, also on days on which the clock is changed.
func minuteOf(day time.Time, minutes int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, minutes, 0, 0, day.Location())
}

// day are the hours of a date in their order.
func (h *Hours) day(date time.Time) (all []Day) {
	day := date.Format(time.DateOnly)
	if slices.ContainsFunc(h.Holidays, func(off Holiday) bool { return off.Day == day }) {
		return nil
	}
	for _, d := range h.Days {
		if d.Weekday == date.Weekday() {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b Day) int { return a.From - b.From })
	return all
}

// Asks reports whether a message needs an answer: whatever is addressed to us does, a mention when it meets a condition.
func (p *ReplyPolicy) Asks(m *Message) bool {
	return m.Via != ViaMention || slices.ContainsFunc(p.Needs, func(c Condition) bool { return c.Met(m) })
}

// Met reports whether a message meets the condition. An empty condition is met by everything.
func (c *Condition) Met(m *Message) bool {
	in := func(list []string, v string) bool { return len(list) == 0 || slices.Contains(list, v) }
	switch {
	case !in(c.Networks, m.Network), !in(c.Vias, m.Via), !in(c.Langs, m.Lang):
		return false
	case c.Mood != "" && c.Mood != m.Mood.String():
		return false
	case m.Author.Followers < c.Followers && c.Followers > 0:
		return false
	case c.Question && !strings.ContainsAny(m.Text, "?？؟"):
		return false
	case len(c.Cues) > 0 && !slices.ContainsFunc(c.Cues, func(q string) bool { return slices.Contains(m.Cues, q) }):
		return false
	}
	if len(c.Words) == 0 {
		return true
	}
	text := strings.ToLower(m.Title + "\n" + m.Text)
	return slices.ContainsFunc(c.Words, func(w string) bool { return strings.Contains(text, strings.ToLower(w)) })
}

func (p *ReplyPolicy) dangerous(m *Message) bool {
	return slices.ContainsFunc(DangerCues, func(q string) bool { return slices.Contains(m.Cues, q) })
}

// endangered reports whether somebody may be hurt by what a message or a rule says of it.
func (p *ReplyPolicy) endangered(m *Message) bool {
	return p.dangerous(m) || slices.ContainsFunc(p.Rules, func(r ReplyRule) bool { return r.Danger && r.If.Met(m) })
}

func (p *ReplyPolicy) voice(m *Message) bool {
	return m.Author.Media || p.Voices > 0 && m.Author.Followers >= p.Voices
}

// Apply does to a conversation what the rules say of a message that came in. names are those who may answer for
// the brand, by id: nobody else is given anything. Leaving and putting off are for a
// message that waits alone: what they asked before it goes on waiting. Somebody in danger is neither left nor put off, whatever the order.
func (p *ReplyPolicy) Apply(c *Conversation, m *Message, names map[int64]string) {
	var met []*ReplyRule
	for i := range p.Rules {
		if r := &p.Rules[i]; r.If.Met(m) {
			met = append(met, r)
			p.mark(c, m, r, names)
		}
	}
	if c.Free() != nil || c.Danger || !c.Since.Equal(m.At) {
		return
	}
	for _, r := range met {
		if r.Leave != "" {
			_ = c.Leave(r.Leave) // free, and for a reason
			return
		}
		if r.Snooze > 0 {
			_ = c.Snooze(m.At.Add(time.Duration(r.Snooze)*time.Minute), m.At)
		}
	}
}

// mark does what a rule says that ends no wait.
func (p *ReplyPolicy) mark(c *Conversation, m *Message, r *ReplyRule, names map[int64]string) {
	if r.Label != "" {
		_ = c.Label([]string{r.Label}, nil) // a policy's labels were checked
	}
	if name, may := names[r.UserID]; may && r.UserID != 0 && c.AssigneeID == 0 {
		c.AssigneeID, c.Assignee = r.UserID, name
	}
	c.Danger = c.Danger || r.Danger
	if r.Within > 0 {
		c.sooner(p.Hours.After(m.At, time.Duration(r.Within)*time.Minute))
	}
}

// NeedsSign reports whether a lead signs an answer that somebody writes at a level.
func (p *ReplyPolicy) NeedsSign(userID int64, level Level) bool {
	return p.Sign > 0 && level >= p.Sign || userID != 0 && slices.Contains(p.Juniors, userID)
}
