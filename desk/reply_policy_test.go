package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
)

// week is Monday to Friday, from nine to five.
var week = []desk.Day{{Weekday: time.Monday, From: 540, To: 1020}, {Weekday: time.Tuesday, From: 540, To: 1020}, {Weekday: time.Wednesday, From: 540, To: 1020},
	{Weekday: time.Thursday, From: 540, To: 1020}, {Weekday: time.Friday, From: 540, To: 1020}}

func TestHours(t *testing.T) {
	t.Parallel()
	nights := []desk.Day{{Weekday: time.Saturday, From: 22 * 60, To: 24 * 60}, {Weekday: time.Sunday, From: 0, To: 6 * 60}}
	for _, c := range []struct {
		name, zone string
		days       []desk.Day
		off        []desk.Holiday
		from       string // in the zone
		work       time.Duration
		want       string // in the zone, with its offset
	}{
		{"always", "Europe/Stockholm", nil, nil, "2026-03-02 20:00", time.Hour, "2026-03-02T21:00:00+01:00"},
		{"within a day", "Europe/Stockholm", week, nil, "2026-03-02 10:00", time.Hour, "2026-03-02T11:00:00+01:00"},
		{"to the minute of closing", "Europe/Stockholm", week, nil, "2026-03-02 16:00", time.Hour, "2026-03-02T17:00:00+01:00"},
		{"over night", "Europe/Stockholm", week, nil, "2026-03-02 16:30", time.Hour, "2026-03-03T09:30:00+01:00"},
		{"before it opens", "Europe/Stockholm", week, nil, "2026-03-02 03:00", time.Hour, "2026-03-02T10:00:00+01:00"},
		{"after it closed", "Europe/Stockholm", week, nil, "2026-03-02 23:00", time.Hour, "2026-03-03T10:00:00+01:00"},
		{"over a weekend", "Europe/Stockholm", week, nil, "2026-03-06 16:30", time.Hour, "2026-03-09T09:30:00+01:00"},
		{"over a weekend on which the clock goes forward", "Europe/Stockholm", week, nil, "2026-03-27 16:30", time.Hour, "2026-03-30T09:30:00+02:00"},
		{"over a weekend on which the clock goes back", "Europe/Stockholm", week, nil, "2026-10-23 16:30", time.Hour, "2026-10-26T09:30:00+01:00"},
		{"the night that is an hour short", "Europe/Stockholm", nights, nil, "2026-03-28 23:00", 5 * time.Hour, "2026-03-29T05:00:00+02:00"},
		{"the night that is an hour long", "Europe/Stockholm", nights, nil, "2026-10-24 23:00", 5 * time.Hour, "2026-10-25T03:00:00+01:00"},
		{"always, over the short night", "Europe/Stockholm", nil, nil, "2026-03-29 01:30", time.Hour, "2026-03-29T03:30:00+02:00"},
		{"a Jerusalem spring", "Asia/Jerusalem", []desk.Day{{Weekday: time.Friday, From: 0, To: 720}}, nil, "2026-03-27 01:00", 2 * time.Hour, "2026-03-27T04:00:00+03:00"},
		{"another zone than the machine's", "Asia/Jakarta", week, nil, "2026-03-02 16:30", time.Hour, "2026-03-03T09:30:00+07:00"},
		{"several days", "Europe/Stockholm", week, nil, "2026-03-02 09:00", 20 * time.Hour, "2026-03-04T13:00:00+01:00"},
		{"a lunch break", "UTC", []desk.Day{{Weekday: time.Monday, From: 780, To: 1020}, {Weekday: time.Monday, From: 540, To: 720}}, nil, "2026-03-02 11:30", time.Hour, "2026-03-02T13:30:00Z"},
		{"hours that overlap count once", "UTC", []desk.Day{{Weekday: time.Monday, From: 540, To: 720}, {Weekday: time.Monday, From: 660, To: 780}}, nil, "2026-03-02 09:00", 4 * time.Hour, "2026-03-02T13:00:00Z"},
		{"a holiday", "Europe/Stockholm", week, []desk.Holiday{{Day: "2026-12-24"}, {Day: "2026-12-25"}}, "2026-12-23 16:30", time.Hour, "2026-12-28T09:30:00+01:00"},
		{"on a holiday", "Europe/Stockholm", week, []desk.Holiday{{Day: "2026-03-02"}}, "2026-03-02 10:00", time.Hour, "2026-03-03T10:00:00+01:00"},
		{"a holiday is the zone's day", "Asia/Jakarta", week, []desk.Holiday{{Day: "2026-03-03"}}, "2026-03-02 16:30", time.Hour, "2026-03-04T09:30:00+07:00"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		from, err := time.ParseInLocation("2006-01-02 15:04", c.from, zone)
		if err != nil {
			t.Fatal(err)
		}
		h := desk.Hours{Zone: c.zone, Days: c.days, Holidays: c.off}
		if got := h.After(from.UTC(), c.work).In(zone).Format(time.RFC3339); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	p := desk.ReplyPolicy{Clocks: []desk.Clock{{First: 240, Next: 480}, {First: 60}, {First: 30, Next: 120}, {First: 30, Next: 60}, {First: 15, Next: 30}}}
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		level       desk.Level
		first, next int // minutes; 0 is no clock
	}{{desk.Normal, 240, 480}, {desk.Watch, 60, 0}, {desk.Issue, 30, 120}, {desk.Crisis, 30, 60}, {desk.Severe, 15, 30}, {9, 0, 0}, {-1, 0, 0}} {
		for first, want := range map[bool]int{true: c.first, false: c.next} {
			got := p.Due(c.level, at, first)
			if want == 0 && !got.IsZero() || want != 0 && got.Sub(at) != time.Duration(want)*time.Minute {
				t.Errorf("level %d, first answer %v: due %s, want %d minutes", c.level, first, got, want)
			}
		}
	}
	if due := (&desk.ReplyPolicy{}).Due(desk.Normal, at, true); !due.IsZero() {
		t.Errorf("a policy without clocks wants an answer by %s", due)
	}
}

func TestCondition(t *testing.T) {
	t.Parallel()
	m := desk.Message{Ref: desk.Ref{Network: "x"}, Via: desk.ViaMention, Title: "Kettle", Text: "Is it safe?", Lang: "en", Mood: desk.Negative, Cues: []string{"food_illness"}, Author: desk.Author{Followers: 100}}
	for _, c := range []struct {
		name string
		c    desk.Condition
		met  bool
	}{
		{"nothing asked", desk.Condition{}, true},
		{"network", desk.Condition{Networks: []string{"mastodon", "x"}}, true},
		{"other network", desk.Condition{Networks: []string{"mastodon"}}, false},
		{"way", desk.Condition{Vias: []string{desk.ViaMail}}, false},
		{"word in the title", desk.Condition{Words: []string{"kettle"}}, true},
		{"no such word", desk.Condition{Words: []string{"iron", "lamp"}}, false},
		{"cue", desk.Condition{Cues: []string{"food_illness", "violence_threat"}}, true},
		{"other cue", desk.Condition{Cues: []string{"violence_threat"}}, false},
		{"language", desk.Condition{Langs: []string{"sv"}}, false},
		{"mood", desk.Condition{Mood: "negative"}, true},
		{"other mood", desk.Condition{Mood: "positive"}, false},
		{"as many followers", desk.Condition{Followers: 100}, true},
		{"too few", desk.Condition{Followers: 101}, false},
		{"a question", desk.Condition{Question: true}, true},
		{"all of it", desk.Condition{Networks: []string{"x"}, Words: []string{"safe"}, Question: true, Mood: "negative"}, true},
		{"but for one", desk.Condition{Networks: []string{"x"}, Words: []string{"iron"}, Question: true}, false},
	} {
		if got := c.c.Met(&m); got != c.met {
			t.Errorf("%s: met %v", c.name, got)
		}
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	names := map[int64]string{7: "Ana", 8: "Bo"}
	for _, c := range []struct {
		name  string
		rules []desk.ReplyRule
		was   func(*desk.Conversation)
		holds func(*desk.Conversation) bool
	}{
		{"gives it to somebody", []desk.ReplyRule{{UserID: 7}, {UserID: 8}}, nil, func(c *desk.Conversation) bool { return c.AssigneeID == 7 && c.Assignee == "Ana" }},
		{"not away from who has it", []desk.ReplyRule{{UserID: 7}}, func(c *desk.Conversation) { c.AssigneeID = 3 }, func(c *desk.Conversation) bool { return c.AssigneeID == 3 }},
		{"labels add up", []desk.ReplyRule{{Label: "shop"}, {Label: "glass"}, {Label: "shop"}}, nil, func(c *desk.Conversation) bool { return slices.Equal(c.Labels, []string{"glass", "shop"}) }},
		{"only what is met", []desk.ReplyRule{{If: desk.Condition{Langs: []string{"sv"}}, UserID: 7, Label: "x", Leave: "no"}}, nil, func(c *desk.Conversation) bool {
			return c.AssigneeID == 0 && c.Labels == nil && c.State == desk.ConversationWaiting
		}},
		{"puts off", []desk.ReplyRule{{Snooze: 30}}, nil, func(c *desk.Conversation) bool {
			return c.State == desk.ConversationSnoozed && c.Until.Equal(at.Add(30*time.Minute)) && !c.Since.IsZero()
		}},
		{"leaves", []desk.ReplyRule{{Leave: "a robot"}}, nil, func(c *desk.Conversation) bool {
			return c.State == desk.ConversationLeft && c.Why == "a robot" && c.Since.IsZero()
		}},
		{"never who is in danger", []desk.ReplyRule{{Danger: true}, {Leave: "a robot"}, {Snooze: 30}}, nil, func(c *desk.Conversation) bool { return c.State == desk.ConversationWaiting && c.Danger }},
		{"also when a later rule says so", []desk.ReplyRule{{Leave: "a robot"}, {Snooze: 30}, {Danger: true}}, nil, func(c *desk.Conversation) bool { return c.State == desk.ConversationWaiting && c.Danger }},
		{"leaves no older question", []desk.ReplyRule{{Leave: "thanks"}}, func(c *desk.Conversation) { c.Since = at.Add(-time.Hour) }, func(c *desk.Conversation) bool {
			return c.State == desk.ConversationWaiting && c.Since.Equal(at.Add(-time.Hour))
		}},
		{"puts no older question off", []desk.ReplyRule{{Snooze: 30}}, func(c *desk.Conversation) { c.Since = at.Add(-time.Hour) }, func(c *desk.Conversation) bool {
			return c.State == desk.ConversationWaiting && c.Until.IsZero()
		}},
		{"nor while an answer is on its way", []desk.ReplyRule{{Leave: "a robot"}}, func(c *desk.Conversation) { c.State = desk.ConversationSending }, func(c *desk.Conversation) bool { return c.State == desk.ConversationSending }},
		{"a sooner clock", []desk.ReplyRule{{Within: 5}}, nil, func(c *desk.Conversation) bool { return c.Due.Equal(at.Add(5 * time.Minute)) }},
		{"no later one", []desk.ReplyRule{{Within: 90}}, nil, func(c *desk.Conversation) bool { return c.Due.Equal(at.Add(time.Hour)) }},
	} {
		talk := &desk.Conversation{State: desk.ConversationWaiting, Since: at, Due: at.Add(time.Hour)}
		if c.was != nil {
			c.was(talk)
		}
		p := desk.ReplyPolicy{Rules: c.rules}
		if p.Apply(talk, &desk.Message{At: at, Lang: "en", Text: "Hello"}, names); !c.holds(talk) {
			t.Errorf("%s: %+v", c.name, talk)
		}
	}
}

func TestNeedsSign(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p     desk.ReplyPolicy
		user  int64
		level desk.Level
		want  bool
	}{
		{desk.ReplyPolicy{}, 1, desk.Severe, false},
		{desk.ReplyPolicy{Sign: desk.Crisis}, 1, desk.Issue, false},
		{desk.ReplyPolicy{Sign: desk.Crisis}, 1, desk.Crisis, true},
		{desk.ReplyPolicy{Juniors: desk.IDs{1}}, 1, desk.Normal, true},
		{desk.ReplyPolicy{Juniors: desk.IDs{1}}, 2, desk.Normal, false},
		{desk.ReplyPolicy{Juniors: desk.IDs{0}}, 0, desk.Normal, false},
	} {
		if got := c.p.NeedsSign(c.user, c.level); got != c.want {
			t.Errorf("%+v for person %d at level %d: %v", c.p, c.user, c.level, got)
		}
	}
}

func TestReplyPolicyCheck(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*desk.ReplyPolicy){
		"":         func(*desk.ReplyPolicy) {},
		"clocks":   func(p *desk.ReplyPolicy) { p.Clocks[0].First = -1 },
		"zone":     func(p *desk.ReplyPolicy) { p.Hours.Zone = "Mars/Olympus" },
		"hours":    func(p *desk.ReplyPolicy) { p.Hours.Days = []desk.Day{{Weekday: 1, From: 600, To: 600}} },
		"holidays": func(p *desk.ReplyPolicy) { p.Hours.Holidays = []desk.Holiday{{Day: "24 December"}} },
		"sign":     func(p *desk.ReplyPolicy) { p.Sign = 7 },
		"address":  func(p *desk.ReplyPolicy) { p.Address = "two@a@b" },
		"rules":    func(p *desk.ReplyPolicy) { p.Rules = []desk.ReplyRule{{Snooze: -1}} },
	} {
		p := desk.UsualReplyPolicy(1, "Europe/Warsaw")
		change(&p)
		err := p.Check()
		var wrong *desk.Invalid
		if field == "" && err != nil || field != "" && (!errors.As(err, &wrong) || wrong.Field != field) {
			t.Errorf("%q: %v", field, err)
		}
	}
}
