package web

import (
	"time"

	"breakwater/desk"
	"breakwater/journal"
)

func doorStories() []story {
	return []story{
		{"access/signin", "empty", func(teller) page { return &signInPage{Next: "/"} }},
		{"access/signin", "wrong", func(teller) page {
			return &signInPage{Frame: Frame{Problems: []*desk.Invalid{desk.Wrong("password", "E-mail or password is not right.")}}, Email: "ana@example.org", Next: "/"}
		}},
		{"access/signin", "wait", func(teller) page { return &signInPage{Wait: 65 * time.Second} }},
		{"access/setup", "empty", func(teller) page { return &setUpPage{ZoneName: "UTC", Zones: zones} }},
		{"access/setup", "wrong", func(teller) page {
			return &setUpPage{Frame: Frame{Problems: []*desk.Invalid{
				desk.Wrong("token", "This is not the one-time token that the program printed."), desk.Wrong("words", "Write at least one word to listen for."), desk.Wrong("password", "This password is too long."),
			}}, Token: long(), Name: "<b>", Email: "x@", BrandName: long(), ZoneName: "Mars/Olympus", Zones: zones, Words: long()}
		}},
	}
}

func alertStories() []story {
	return []story{
		{"alerts/alerts", "empty", func(t teller) page { return &alertsPage{Frame: t.frame(desk.Viewer)} }},
		{"alerts/alerts", "many", func(t teller) page {
			p := &alertsPage{Frame: t.frame(desk.Responder), Pager: pagerView{First: "/alerts", Next: "/alerts?before=22"}}
			for i := range 12 {
				a := t.alert(i, desk.Level(i%5))
				a.State = []string{desk.AlertOpen, desk.AlertSeen, desk.AlertDecided, desk.AlertEnded}[i%4]
				if a.State != desk.AlertOpen {
					a.SeenBy = t.person(i)
				}
				if a.State == desk.AlertDecided {
					a.Decision, a.DecidedBy = desk.DecisionRoutine, t.person(i)
				}
				p.Alerts = append(p.Alerts, alertView{Alert: a, Zone: time.UTC, Monitor: t.brand()})
			}
			return p
		}},
		{"alerts/alert", "open", func(t teller) page { return t.alertPage() }},
		{"alerts/alert", "decided", func(t teller) page {
			p := t.alertPage()
			now := storyNow()
			p.Alert.State, p.Alert.Decision, p.Alert.DecidedBy, p.Alert.DecidedAt = desk.AlertDecided, desk.DecisionNotUseful, t.person(1), now
			p.Alert.Because = desk.BecauseCampaign
			p.Mend = mendOf(p.Alert.Alert)
			p.Alert.SeenBy, p.Alert.SeenAt, p.Alert.Why, p.Alert.CanDecide, p.Alert.MutedUntil = t.person(1), now, t.said(1), false, now.Add(4*time.Hour)
			return p
		}},
		{"alerts/alert", "wrong", func(t teller) page {
			p := t.alertPage()
			p.Problems = []*desk.Invalid{desk.Wrong("why", "Say why this alert was not useful, so that the desk can learn from it.")}
			p.Signals[0].Mentions = []mentionView{t.hostile()}
			p.Signals[0].Monitor = long()
			return p
		}},
	}
}

func (t teller) alertPage() *alertPage {
	p := &alertPage{Frame: t.frame(desk.Lead), Alert: t.card(0, desk.Crisis), Chart: t.storm(120), Timeline: t.entries(4), Mutes: mutes,
		Becauses: named("because", desk.Becauses...), Span: "6h", Doubts: t.doubts(), Topics: t.topics()}
	for _, s := range spans[:4] {
		p.Spans = append(p.Spans, choice{s.name, word("span", s.name)})
	}
	p.Coverage = signalView{Signal: t.alert(1, desk.Crisis).Signals[0]}.Coverage()
	for i := range 2 {
		s := t.alert(i, desk.Crisis).Signals[0]
		sv := signalView{Signal: s, Networks: shareViews(s.Evidence.Networks, networkName, networkPath), Words: shareViews(s.Evidence.Words, asIs, searchPath), Cues: shareViews(s.Evidence.Words, asIs, searchPath), Voices: voiceViews(s.Evidence.Voices)}
		if i == 0 {
			sv.Mentions = t.mentions(3)
		}
		p.Signals = append(p.Signals, sv)
	}
	return p
}

func (t teller) entries(n int) []entryView {
	all := make([]desk.Entry, n)
	for i := range all {
		all[i] = desk.Entry{Seq: int64(900 - i), At: storyNow().Add(-time.Duration(i*9) * time.Minute), Who: "user:1", Name: t.person(i), Hash: "ab12",
			Do: []string{"alert.see", "incident.note", "incident.level", "alert.open"}[i%4], On: []string{"alert:41", "incident:7", "incident:7", "alert:41"}[i%4],
			Say: []desk.Text{desk.Say("{name} signed in.", "name", t.person(i)), desk.Say("Noted."), desk.Say("Level changed."), desk.Say("{name} signed in.", "name", t.person(i))}[i%4]}
		if i%4 == 1 {
			all[i].Why = t.said(i)
		}
	}
	return entryViews(all, time.UTC)
}

func journalStories() []story {
	return []story{
		{"journal/journal", "empty", func(t teller) page { return &journalPage{Frame: t.frame(desk.Viewer), Areas: areas} }},
		{"journal/journal", "many", func(t teller) page {
			return &journalPage{Frame: t.frame(desk.Lead), Areas: areas, Entries: t.entries(50), Pager: pagerView{Next: "/journal?before=850"}, Verdict: &journal.Verdict{Entries: 4711, Intact: true, Head: long()}}
		}},
		{"journal/journal", "broken", func(t teller) page {
			return &journalPage{Frame: t.frame(desk.Lead), Areas: areas, Entries: t.entries(3), Verdict: &journal.Verdict{Entries: 12, Last: 12}}
		}},
	}
}
