package web

import (
	"time"

	"breakwater/desk"
	"breakwater/detect"
	"breakwater/match"
	"breakwater/source"
)

func setUpStories() []story {
	return []story{
		{"monitors/monitors", "empty", func(t teller) page { return &monitorsPage{Frame: t.frame(desk.Lead)} }},
		{"monitors/monitors", "many", func(t teller) page {
			p := &monitorsPage{Frame: t.frame(desk.Lead), Pager: pagerView{Next: "/monitors?page=2"}}
			for i := range 50 {
				m := t.monitor()
				m.ID, m.Kind, m.Paused = int64(i+1), desk.MonitorKinds[i%6], i%7 == 3
				p.Monitors = append(p.Monitors, monitorRow{Monitor: m, Week: 4200 / (i + 1), Spark: t.sum(t.storm(20), 28)})
			}
			p.Monitors[1].Name, p.Monitors[1].Query = long(), long()
			return p
		}},
		{"monitors/monitor", "new", func(t teller) page {
			p := newMonitorPage(desk.Monitor{Kind: "brand", Sensitivity: "balanced"})
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"monitors/monitor", "full", func(t teller) page { return t.monitorPage() }},
		{"monitors/monitor", "viewer", func(t teller) page {
			p := t.monitorPage()
			p.Who.Role = desk.Viewer
			return p
		}},
		{"monitors/monitor", "wrong", func(t teller) page {
			p := t.monitorPage()
			p.Monitor.Query = `acme AND (sick OR`
			p.Preview = preview{Query: p.Monitor.Query, Asked: true}.pointing(&match.SyntaxError{At: 9, Text: desk.Say("The closing bracket for this one is missing. Add a ) where the group ends.")})
			p.Problems = []*desk.Invalid{desk.Wrong("query", "The closing bracket for this one is missing. Add a ) where the group ends."), desk.Wrong("name", "This is too long."), desk.Wrong("rule0", "Give a number above zero.")}
			return p
		}},
		{"sources/sources", "empty", func(t teller) page {
			return &sourcesPage{Frame: t.frame(desk.Lead), Feeds: true, FileKind: "file", MaxFile: 64}
		}},
		{"sources/sources", "many", func(t teller) page { return t.sources() }},
		{"sources/sources", "imported", func(t teller) page {
			p := t.sources()
			p.Report = &source.Report{Rows: 4712, New: 4200, Known: 12, Rejected: 2, Rejects: []desk.Reject{
				{Line: 17, Reason: desk.Say("This is too long."), Sample: "<b>;" + long()}, {Line: 4711, Reason: desk.Say("This is too long.")}}}
			p.ReportOf, p.Files = long()+".csv", []choice{{"3", own(t.brand())}}
			p.Listed = &listReport{Added: 3, Known: 9, Failed: []leftOut{{"<i>", desk.Say("Give the address of a feed. It begins with https:// or http://.")}, {t.brand(), desk.Say("Give the address of a feed. It begins with https:// or http://.")}}}
			p.Problem = desk.Say("Choose a file.")
			return p
		}},
		{"sources/source", "kinds", func(t teller) page {
			return &sourcePage{Frame: t.frame(desk.Lead), Specs: []desk.Spec{storySpec(), storyHook()}}
		}},
		{"sources/source", "new", func(t teller) page {
			p := &sourcePage{Frame: t.frame(desk.Lead), Spec: storySpec(), Source: sourceView{Source: desk.Source{Kind: "mastodon"}, Zone: time.UTC}, Owners: []choice{{"0", desk.Say("All brands")}}}
			p.Problems = []*desk.Invalid{desk.Wrong("url", "This is too long."), desk.Wrong("name", "This is too long.")}
			p.Failed = desk.Say("It did not answer in time.")
			p.Inputs = specInputs(p.Spec, nil, p.Wrong)
			return p
		}},
		{"sources/source", "full", func(t teller) page {
			s := t.source(3)
			p := &sourcePage{Frame: t.frame(desk.Lead), Spec: storySpec(), Source: s, Found: desk.Say("It answers, with {n} mentions for a start.", "n", 20), Owners: []choice{{"0", desk.Say("All brands")}},
				Gaps: t.gaps(), Address: "https://desk.example.org/in/3", Secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}
			p.Inputs = specInputs(p.Spec, desk.Settings{"url": "https://example.org/" + long(), "token": "***", "words": "a\nb"}, p.Wrong)
			return p
		}},
	}
}

func (t teller) enginePage(e desk.Engine) *enginePage {
	f := t.frame(desk.Admin)
	f.Area = "people"
	return &enginePage{Frame: f, Engine: e, Kinds: named("engine", desk.EngineClassifier, desk.EngineChat), Below: int(100 * e.Below)}
}

func storySpec() desk.Spec {
	return desk.Spec{Kind: "mastodon", Title: "Mastodon", Help: "One sentence.", Fields: []desk.Field{
		{Name: "url", Label: "Name", Kind: "url", Required: true, Help: "One sentence."}, {Name: "token", Label: "Password", Kind: "secret", Required: true},
		{Name: "words", Label: "Words", Kind: "lines"}, {Name: "deep", Label: "Mood", Kind: "bool"}, {Name: "how", Label: "Kind", Kind: "choice", Choices: []string{"poll", "stream"}}, {Name: "n", Label: "Time", Kind: "number"}}}
}

func storyHook() desk.Spec {
	return desk.Spec{Kind: "webhook", Title: "Webhook", Help: "One sentence.", Push: true}
}

func (t teller) monitor() desk.Monitor {
	return desk.Monitor{ID: 1, BrandID: 1, Kind: "brand", Name: t.brand(), Query: `"acme dairy" OR acmedairy OR #acme OR ` + t.brand(), Sensitivity: "balanced", Version: 2,
		Rules: []desk.Rule{{Measure: "negative_share", Over: 60, AtLeast: .4, Floor: 30, Level: desk.Issue}, {Measure: "mentions", Over: 30, AtLeast: 500, Level: desk.Crisis}, {Measure: "people", Over: 30, AtLeast: 50, Level: desk.Watch}}}
}

func (t teller) monitorPage() *monitorPage {
	p := newMonitorPage(t.monitor())
	p.Frame = t.frame(desk.Lead)
	p.Chart = t.storm(30)
	now := storyNow()
	p.Machine = t.machine()
	p.Monitor.Taught = .15
	for i := range 3 {
		a := t.alert(i, desk.Watch)
		a.Because, a.Why, a.DecidedBy, a.DecidedAt = desk.Becauses[i+1], t.said(i), t.person(i), now.AddDate(0, 0, -3*i)
		p.Useless = append(p.Useless, a)
	}
	for i := range p.Machine.Rules {
		p.Rules[i].Fired = &p.Machine.Rules[i]
	}
	p.Preview = preview{Query: p.Monitor.Query, Asked: true, Say: desk.Say("{n} mentions in the last 28 days, {week} of them in the last 7 days.", "n", 4711, "week", 1204), Spark: t.sum(t.storm(20), 28), Mentions: t.mentions(4)}
	return p
}

func (t teller) source(i int) sourceView {
	now := storyNow()
	states := []string{desk.HealthOK, desk.HealthLimited, desk.HealthFailing, desk.HealthDenied, desk.HealthBroken, desk.HealthSilent, desk.HealthNew, desk.HealthPaused}
	s := desk.Source{ID: int64(i + 1), Kind: "mastodon", Name: t.brand() + " " + itoa(int64(i)), SilentAfter: 120, Paused: i%8 == 7,
		Health: desk.Health{State: states[i%8], Since: now.Add(-3 * time.Hour), Heard: now.Add(-time.Hour), Tried: now.Add(-time.Minute), Next: now.Add(4 * time.Minute), Mentions: 123456, Rejects: int64(i % 3), Failures: i % 4}}
	if i%8 > 0 {
		s.Health.Problem = desk.Say("It did not answer in time.")
	}
	return sourceView{s, "Mastodon", time.UTC}
}

func (t teller) gaps() []gapView {
	now := storyNow()
	return []gapView{
		{desk.Gap{From: now.Add(-2 * time.Hour), Reason: desk.Say("It did not answer in time.")}, t.brand(), time.UTC},
		{desk.Gap{From: now.Add(-50 * time.Hour), To: now.Add(-49 * time.Hour), Filled: now.Add(-48 * time.Hour), Reason: desk.Say("It did not answer in time.")}, long(), time.UTC},
	}
}

func (t teller) sources() *sourcesPage {
	p := &sourcesPage{Frame: t.frame(desk.Lead), Feeds: true, FileKind: "file", MaxFile: 64, Gaps: t.gaps(), Unheard: 5, Pager: pagerView{Next: "/sources?page=2"}}
	for i := range 16 {
		p.Sources = append(p.Sources, t.source(i))
	}
	p.Sources[1].Name = long()
	p.Deaf = make([]desk.Source, 5)
	return p
}

func peopleStories() []story {
	return []story{
		{"people/people", "empty", func(t teller) page { return &peoplePage{Frame: t.frame(desk.Lead)} }},
		{"people/people", "many", func(t teller) page {
			p := &peoplePage{Frame: t.frame(desk.Admin), Kinds: map[string]string{"email": "Mail"}, Pager: pagerView{Next: "/people?page=2"}}
			for i := range 50 {
				p.Users = append(p.Users, desk.User{ID: int64(i + 1), Name: t.person(i), Email: "person" + itoa(int64(i)) + "@example.org", Role: desk.Role(i%4 + 1), Lang: "he", Disabled: i%9 == 5, Created: storyNow()})
			}
			p.Users[3].Name, p.Users[3].Email = long(), long()+"@example.org"
			p.Ways = []desk.Way{{ID: 1, Name: t.person(0), Kind: "email", MinLevel: desk.Watch, LastOK: storyNow()}, {ID: 2, Name: long(), Kind: "email", MinLevel: desk.Crisis, Paused: true, Problem: "It did not answer in time."}}
			return p
		}},
		{"people/person", "new", func(t teller) page {
			p := newPersonPage(desk.User{Role: desk.Responder})
			p.Frame = t.frame(desk.Admin)
			return p
		}},
		{"people/person", "wrong", func(t teller) page {
			p := newPersonPage(desk.User{ID: 4, Name: long(), Email: "<b>", Role: desk.Admin, Disabled: true})
			p.Frame = t.frame(desk.Admin)
			p.Problems = []*desk.Invalid{desk.Wrong("email", "This is too long."), desk.Wrong("role", "This is too long."), desk.Wrong("password", "This is too long.")}
			return p
		}},
		{"people/way", "kinds", func(t teller) page {
			return &wayPage{Frame: t.frame(desk.Admin), Kinds: []desk.Spec{storySpec(), storyHook()}}
		}},
		{"people/way", "full", func(t teller) page {
			p := &wayPage{Frame: t.frame(desk.Admin), Way: desk.Way{ID: 2, Kind: "mastodon", Name: t.person(0), MinLevel: desk.Issue, Lang: "pl", Problem: "It did not answer in time."}, Spec: storySpec(), Levels: levels(desk.Normal), Langs: langChoices()[1:], Whose: []choice{{"0", desk.Say("A team: it hears of every alert")}, {"1", own(t.person(0))}}, Failed: desk.Say("It did not answer in time.")}
			p.Inputs = specInputs(p.Spec, nil, p.Wrong)
			return p
		}},
		{"people/engine", "none", func(t teller) page {
			return t.enginePage(desk.Engine{Kind: desk.EngineClassifier, Below: .6, Calls: 2000, Timeout: 20})
		}},
		{"people/engine", "saved", func(t teller) page {
			p := t.enginePage(desk.Engine{ID: 1, Kind: desk.EngineClassifier, Name: long(), Address: "https://models.example.org/predict", Key: "***", Below: .6, Calls: 2000, Timeout: 20, Version: 2, Labels: "LABEL_0 negative\nLABEL_1 neutral"})
			p.Host, p.Found = "models.example.org", desk.Say("It answers after {ms} ms: the sentence that we tried is negative, as it should be.", "ms", 214)
			return p
		}},
		{"people/engine", "sending", func(t teller) page {
			p := t.enginePage(desk.Engine{ID: 1, Kind: desk.EngineChat, Name: "Judge", Address: "https://models.example.org:8443/v1/chat/completions", Model: "small", Allowed: "models.example.org:8443", Below: .6, Burst: true, Private: true, Calls: 2000, Tokens: 500000, Timeout: 20, Version: 3})
			p.Host = p.Engine.Allowed
			p.State = desk.EngineState{On: true, Waiting: 37, Read: 12840, Changed: 1240, Calls: 1733, Tokens: 402118, LastOK: storyNow(), Again: storyNow().Add(time.Minute), Problem: desk.Say("It asks us to slow down.")}
			return p
		}},
		{"people/engine", "wrong", func(t teller) page {
			p := t.enginePage(desk.Engine{ID: 1, Kind: desk.EngineChat, Name: long(), Address: "ftp://" + long(), Labels: "<b>", Below: 2, Calls: -1, Tokens: -1, Timeout: -1})
			for _, field := range []string{"name", "address", "key", "model", "labels", "below", "calls", "tokens", "timeout"} {
				p.Problems = append(p.Problems, desk.Wrong(field, "This is too long."))
			}
			return p
		}},
		{"people/brand", "wrong", func(t teller) page {
			p := newBrandPage(desk.Brand{ID: 1, Name: t.brand(), Zone: "Asia/Taipei", Retention: 400, Accounts: []string{"mastodon:acme@example.social", long()}})
			f := t.frame(desk.Admin)
			f.Area, f.Problems = p.Area, []*desk.Invalid{desk.Wrong("accounts", "Write each account as network:handle, like mastodon:acme@example.social.")}
			p.Frame = f
			return p
		}},
		{"me/me", "full", func(t teller) page {
			now := storyNow()
			return &mePage{Frame: t.frame(desk.Admin), User: desk.User{ID: 1, Name: t.person(0), Email: "ana@example.org", Role: desk.Admin}, Langs: langChoices(), Themes: named("theme", "", "light", "dark"), Reach: desk.Reach{Zone: "Europe/Stockholm", From: "22:00", Until: "07:00", Through: desk.Crisis, Cap: 6}, Levels: levels(desk.Normal), Caps: caps, PushKey: "BPx", Devices: []desk.Way{{ID: 4, Name: t.person(0) + ", Android", LastOK: now}}, Lives: lives, Roles: named("role", "viewer", "admin"),
				Sessions: []sessionView{{desk.Session{Agent: "Mozilla/5.0 " + long(), From: "2001:db8::1", Seen: now}, "ab", true}, {desk.Session{Agent: "curl", From: "192.0.2.1", Seen: now.Add(-time.Hour)}, "cd", false}},
				Tokens:   []desk.Token{{ID: 3, Name: long(), Role: desk.Lead, Created: now, Expires: now.Add(90 * 24 * time.Hour)}, {ID: 4, Name: "<b>", Role: desk.Lead, BrandID: 1, Only: []desk.Right{desk.MaySee, desk.MayPublish}, UserID: 1, Created: now, Used: now, Expires: now.Add(-time.Hour)}},
				Owners:   map[int64]string{1: t.person(0)}, BrandNames: map[int64]string{1: long()}, Where: []choice{{"0", desk.Say("In every brand")}, {"1", own(long())}}, Rights: desk.Rights[1:], Secret: "bw_" + long()}
		}},
		{"me/me", "viewer", func(t teller) page {
			return &mePage{Frame: t.frame(desk.Viewer), User: desk.User{ID: 1, Name: t.person(0), Email: "ana@example.org", Role: desk.Viewer}, Reach: desk.DefaultReach(1), Levels: levels(desk.Normal), Caps: caps, Langs: langChoices(), Themes: named("theme", "", "light", "dark")}
		}},
		{"help/help", "all", func(t teller) page {
			p := newHelpPage()
			p.Frame = t.frame(desk.Viewer)
			return p
		}},
	}
}

// machine is a past of 28 days with three times that the settings would have spoken.
func (t teller) machine() *timeMachine {
	now := storyNow()
	got := detect.Hindsight{Days: 28, Heard: 28, From: now.AddDate(0, 0, -28), To: now, Points: t.sum(t.storm(60), 28),
		Tried:  detect.Outcome{Sensitivity: "high", Count: 3, Messages: 7, Weekly: .75, Found: 1, Useless: 1},
		Now:    detect.Outcome{Sensitivity: "balanced", Count: 1, Messages: 2, Weekly: .25, Found: 1},
		Others: []detect.Sensitive{{Sensitivity: "low", Alerts: 1, Messages: 2, Weekly: .25}, {Sensitivity: "balanced", Alerts: 1, Messages: 2, Weekly: .25}, {Sensitivity: "high", Alerts: 3, Messages: 7, Weekly: .75}},
		Missed: []detect.Missed{{IncidentID: 5, Title: t.said(1), Opened: now.AddDate(0, 0, -19)}},
		Rules:  []detect.Fired{{Known: true, Times: []time.Time{now.Add(-50 * time.Hour), now.Add(-300 * time.Hour), now.Add(-400 * time.Hour)}}, {Known: true}, {}},
	}
	for i := range 3 {
		got.Points[i].At = got.From.AddDate(0, 0, i)
		got.Tried.Alerts = append(got.Tried.Alerts, detect.Would{At: now.AddDate(0, 0, 5*i-20), Until: now.AddDate(0, 0, 5*i-20), Level: desk.Level(i + 1), By: []string{"surge", "mood", "threshold"}[i], Observed: 412 / float64(i+1), Expected: 49,
			AlertID: int64(41 * (i % 2)), IncidentID: int64(7 * (i / 2)), Decision: []string{"", desk.DecisionNotUseful, desk.DecisionCrisis}[i], Earlier: []int{0, -4, 190}[i]})
		if i > 0 {
			got.Tried.Alerts[i].Decided = now
		}
	}
	for i := range got.Points {
		got.Points[i].At = got.From.AddDate(0, 0, i)
	}
	return newTimeMachine(got, t.speak, time.UTC)
}
