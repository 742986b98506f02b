package web

import (
	"time"

	"breakwater/access"
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
		{"access/signin", "passkeys", func(teller) page { return &signInPage{Next: "/", Keys: true} }},
		{"access/signin", "single sign-on", func(teller) page { return &signInPage{Next: "/", Keys: true, Door: access.Door{On: true}} }},
		{"access/signin", "single sign-on only", func(teller) page {
			return &signInPage{Frame: Frame{Problems: []*desk.Invalid{desk.Wrong("sso", "The sign-in provider did not let you in.")}}, Next: "/", Keys: true, Door: access.Door{On: true, Only: true, Label: long()}}
		}},
		{"people/sso", "empty", func(t teller) page {
			p := newSSOPage(desk.SSO{Scopes: "email profile", Role: desk.Viewer, Groups: "groups"}, nil)
			p.Frame, p.Address = t.frame(desk.Admin), "https://desk.example.org/sign-in/sso/back"
			return p
		}},
		{"people/sso", "wrong", func(t teller) page {
			p := newSSOPage(desk.SSO{On: true, Only: true, Issuer: "https://login.example.org/" + long(), Client: "desk", Key: "x", Label: long(), Groups: "groups", Role: desk.Viewer,
				Rules: []desk.GroupRule{{Group: long(), Role: desk.Lead, BrandID: 1}, {Group: "<b>"}}}, []desk.Brand{{ID: 1, Name: long()}})
			p.Frame, p.Address, p.Found = t.frame(desk.Admin), "https://desk.example.org/sign-in/sso/back", desk.Say("The provider answers. Save, then try the button on the sign-in page in another browser.")
			p.Glass = []desk.User{{ID: 1, Name: t.person(0), Second: true}, {ID: 2, Name: long()}}
			p.Problems = []*desk.Invalid{desk.Wrong("only", "Nobody could get in when the provider is down. Make an admin's account with a second factor a break-glass account first."),
				desk.Wrong("issuer", "No OpenID provider answers at this address."), desk.Wrong("groups", "Write each group with a role.")}
			return p
		}},
		{"people/keys", "idle", func(t teller) page { return &keysPage{Frame: t.frame(desk.Admin), State: access.KeyState{Sealed: 41}} }},
		{"people/keys", "changing", func(t teller) page {
			p := &keysPage{Frame: t.frame(desk.Admin), State: access.KeyState{Changing: true, Sealed: 4100, Left: 1200}}
			p.Problems = []*desk.Invalid{desk.Wrong("key", "The key is being changed already. Wait until that is done.")}
			return p
		}},
		{"people/leave", "before", func(t teller) page { return t.leavePage(false) }},
		{"people/leave", "after", func(t teller) page { return t.leavePage(true) }},
		{"people/leave", "nothing", func(t teller) page {
			return &leavePage{Frame: t.frame(desk.Admin), User: desk.User{ID: 3, Name: long()}}
		}},
		{"access/second", "door", func(teller) page { return &secondPage{Next: "/", Door: true, Codes: true, Keys: true, Recovery: true} }},
		{"access/second", "wrong", func(teller) page {
			return &secondPage{Frame: Frame{Problems: []*desk.Invalid{desk.Wrong("code", "This code is not right, or was used already. Wait for the next one.")}}, Next: "/", Door: true, Codes: true, Wait: 65 * time.Second}
		}},
		{"access/second", "before an act", func(t teller) page {
			return &secondPage{Frame: t.frame(desk.Lead), Next: "/", Codes: true, Keys: true}
		}},
		{"access/second", "none", func(t teller) page { return &secondPage{Frame: t.frame(desk.Lead), Next: "/", None: true} }},
		{"me/second", "empty", func(t teller) page {
			p := &factorsPage{Frame: t.frame(desk.Lead), User: desk.User{Name: t.person(0)}, Keys: true, Typed: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"}
			p.QR, p.Side, _ = picture("otpauth://totp/Breakwater:ana@example.org?secret=JBSWY3DPEHPK3PXP&issuer=Breakwater")
			return p
		}},
		{"me/second", "on", func(t teller) page {
			u := desk.User{Name: t.person(0), Second: true, Factors: desk.Factors{TOTP: "x", Recovery: []string{"a", "b"}}}
			p := &factorsPage{Frame: t.frame(desk.Lead), User: u, Keys: true, Recovery: []string{"ABCDE-FGHJK", "LMNPQ-RSTUV", "WXYZ2-34567"}}
			p.Passkeys = []passkeyView{{desk.Passkey{Name: long(), Created: storyNow(), Used: storyNow()}, "ab"}, {desk.Passkey{Name: t.person(1), Created: storyNow()}, "cd"}}
			return p
		}},
		{"me/second", "wrong", func(t teller) page {
			p := &factorsPage{Frame: t.frame(desk.Lead), User: desk.User{Name: long()}, Typed: "JBSW"}
			p.Problems = []*desk.Invalid{desk.Wrong("code", "This code is not right. Is the clock of your phone right?"), desk.Wrong("second_password", "This is not your present password.")}
			p.QR, p.Side, _ = picture("otpauth://totp/Breakwater:ana@example.org?secret=JBSWY3DPEHPK3PXP&issuer=Breakwater")
			return p
		}},
		{"people/rights", "as a viewer", func(t teller) page {
			p := newRightsPage(desk.House{Minutes: 15, Prove: []desk.Right{desk.MayPublish}})
			p.Frame = t.frame(desk.Viewer)
			return p
		}},
		{"people/rights", "wrong", func(t teller) page {
			p := newRightsPage(desk.House{Prove: []desk.Right{desk.MayPublish, desk.MayApprove, desk.MayRelease}})
			p.Frame = t.frame(desk.Admin)
			p.Names = map[int64]string{1: long(), 2: t.brand()}
			p.Users = []desk.User{{ID: 1, Name: t.person(0), Role: desk.Admin, Second: true}, {ID: 2, Name: long(), Role: desk.Lead, Grants: []desk.Grant{{BrandID: 1, Role: desk.Lead}, {BrandID: 2, ChannelID: 3, Role: desk.Lead, Only: []desk.Right{desk.MayPublish}}}}}
			p.Problems = []*desk.Invalid{desk.Wrong("minutes", "Choose between {least} and {most} minutes.", "least", 1, "most", 720)}
			return p
		}},
		{"access/setup", "empty", func(teller) page { return &setUpPage{ZoneName: "UTC", Zones: zones} }},
		{"access/setup", "wrong", func(teller) page {
			return &setUpPage{Frame: Frame{Problems: []*desk.Invalid{
				desk.Wrong("token", "This is not the one-time token that the program printed."), desk.Wrong("words", "Write at least one word to listen for."), desk.Wrong("password", "This password is too long."),
			}}, Token: long(), Name: "<b>", Email: "x@", BrandName: long(), ZoneName: "Mars/Olympus", Zones: zones, Words: long()}
		}},
	}
}

func (t teller) leavePage(gone bool) *leavePage {
	people := []desk.User{{ID: 1, Name: t.person(0)}, {ID: 2, Name: long()}}
	p := &leavePage{Frame: t.frame(desk.Admin), User: desk.User{ID: 3, Name: t.person(2)}, Gone: gone, People: personChoices(people)}
	p.sort([]desk.Tie{
		{Kind: desk.TieSession, On: "user:3", Name: "Mozilla/5.0 (" + long() + ")", Ends: true}, {Kind: desk.TieToken, On: "token:1", Name: "<b>", Ends: true}, {Kind: desk.TieGrants, On: "user:3", Name: "lead", BrandID: 1, Ends: true},
		{Kind: desk.TieLayer, On: "schedule:1/layer:0", Name: t.brand() + " · " + long(), BrandID: 1}, {Kind: desk.TieSignature, On: "statement:4/seat:0", Name: long(), Heir: 1},
		{Kind: desk.TieTask, On: "incident:7/step:a", Name: t.brand(), Heir: 2}, {Kind: desk.TiePromise, On: "promise:2", Name: "x"},
	}, []desk.Brand{{ID: 1, Name: long()}}, people)
	if !gone {
		p.Problems = []*desk.Invalid{desk.Wrong("leave", "Choose among people who may sign in.")}
	}
	return p
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
		Becauses: named("because", desk.Becauses...), Span: "6h", Topics: t.topics()}
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
