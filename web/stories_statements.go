package web

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/approve"
	"breakwater/desk"
)

func statementStories() []story {
	return []story{
		{"statements/statements", "empty", func(t teller) page { return &statementsPage{Frame: t.frame(desk.Responder)} }},
		{"statements/statements", "many", func(t teller) page {
			now := storyNow()
			p := &statementsPage{Frame: t.frame(desk.Lead), Pager: pagerView{Next: "/statements?before=3"}, Promises: promiseViews([]desk.Promise{
				{ID: 1, Text: t.pick("העדכון הבא", "下一次更新", "Next update"), Due: now.Add(-20 * time.Minute), State: desk.PromiseOpen, IncidentID: 1},
				{ID: 2, Text: long(), Due: now.Add(6 * time.Minute), State: desk.PromiseOpen}}, time.UTC, now)}
			for i, state := range []string{desk.StatementDraft, desk.StatementReview, desk.StatementApproved, desk.StatementPublished, desk.StatementCorrected, desk.StatementWithdrawn} {
				s := t.statement(state)
				s.ID, s.Level = int64(i+1), desk.Level(i%5)
				p.Statements = append(p.Statements, s)
			}
			p.Statements[0].Title, p.Statements[0].Back = long(), "<b>no</b>"
			p.Statements[3].Glass = t.glass()
			return p
		}},
		{"statements/statement", "new", func(t teller) page {
			return t.statementPage(desk.Responder, desk.Statement{Kind: "ordinary", State: desk.StatementDraft})
		}},
		{"statements/statement", "draft", func(t teller) page {
			s := t.statement(desk.StatementDraft)
			s.Back, s.Variants[1].Text = long(), "<script>alert(1)</script> "+strings.Repeat("a", 600)
			s.Variants[0].Media = []desk.Media{{Hash: "a", Name: "jar.png", Alt: ""}}
			p := t.statementPage(desk.Responder, s)
			p.Problems = []*desk.Invalid{desk.Wrong("facts", "There is no fact {fact} in this incident.", "fact", "F9")}
			return p
		}},
		{"statements/statement", "review", func(t teller) page {
			p := t.statementPage(desk.Lead, t.statement(desk.StatementReview))
			p.MaySign = true
			old := p.Statement.Words()
			old.Variants[0].Text = t.pick("אנחנו בודקים.", "我們正在調查。", "We are looking into it.")
			p.Changes = approve.Changes(old, p.Statement.Words())
			return p
		}},
		{"statements/statement", "glass", func(t teller) page {
			s := t.statement(desk.StatementReview)
			s.Glass = t.glass()
			s.Glass.Second = 0
			return t.statementPage(desk.Lead, s)
		}},
		{"statements/statement", "unreviewed", func(t teller) page {
			s := t.statement(desk.StatementApproved)
			s.Glass = t.glass()
			return t.statementPage(desk.Lead, s)
		}},
		{"statements/statement", "approved", func(t teller) page {
			p := t.statementPage(desk.Lead, t.statement(desk.StatementApproved))
			p.As = &accountsView{Brand: p.Brand, Colour: 2, Before: &desk.Brand{ID: 9, Name: long()}, Accounts: []accountView{
				{desk.Channel{Name: t.said(0), Account: "@acme.example.social"}, "Bluesky", 2}, {desk.Channel{Name: "@acme", Account: "@" + long(), Paused: true}, "Mastodon", 2},
				{desk.Channel{Name: t.pick("הקו הטלפוני", "電話熱線", "Phone line")}, "checklist", 2}}}
			p.Problems = []*desk.Invalid{desk.Wrong("as", "You published as {before} last. Confirm that this goes out as {brand}.", "before", "Acme", "brand", p.Brand.Name)}
			return p
		}},
		{"statements/statement", "published", func(t teller) page {
			s := t.statement(desk.StatementPublished)
			p := t.statementPage(desk.Viewer, s)
			p.Posts = []postView{{desk.Post{State: desk.PostVerified, Link: "https://example.org/@acme/1"}, "@acme"}}
			return p
		}},
		{"statements/removals", "empty", func(t teller) page { return &removalsPage{Frame: t.frame(desk.Responder)} }},
		{"statements/removals", "two", func(t teller) page {
			return &removalsPage{Frame: t.frame(desk.Viewer), Post: 3, Removals: []desk.Removal{t.sheet(desk.RemovalPending), t.sheet(desk.RemovalDelete)}}
		}},
		{"statements/removal", "pending", func(t teller) page { return t.removalPage(desk.Lead, t.sheet(desk.RemovalPending)) }},
		{"statements/removal", "viewer", func(t teller) page {
			s := t.sheet(desk.RemovalPending)
			s.Text, s.Network, s.Spread = long(), "email", desk.Carried{}
			return t.removalPage(desk.Viewer, s)
		}},
		{"statements/removal", "deleted", func(t teller) page {
			s := t.sheet(desk.RemovalDelete)
			s.Done = "deleted"
			return t.removalPage(desk.Lead, s)
		}},
		{"statements/removal", "asked", func(t teller) page {
			s := t.sheet(desk.RemovalDelete)
			s.Done, s.PostID = desk.DoneAsked, 3
			return t.removalPage(desk.Lead, s)
		}},
		{"statements/removal", "refused", func(t teller) page {
			s := t.sheet(desk.RemovalDelete)
			s.Done, s.Problem = "refused", desk.Say("The network did not delete it. Delete it there, and look at the link afterwards.")
			return t.removalPage(desk.Responder, s)
		}},
		{"incidents/since", "missed", func(t teller) page {
			now := storyNow()
			p := newSincePage(desk.Incident{ID: 1, Title: t.said(0), State: desk.IncidentOpen, Level: desk.Crisis, Lead: t.person(0)}, []desk.Entry{
				{Seq: 9, At: now, Name: t.person(1), Do: "incident.decision", Say: desk.Say("{name} recorded a decision.", "name", t.person(1)), Why: long()},
				{Seq: 8, At: now, Name: t.person(2), Do: "incident.note", Say: desk.Say("{name} wrote a note.", "name", t.person(2)), Why: t.said(1)}}, time.UTC)
			p.Frame = t.frame(desk.Viewer)
			return p
		}},
		{"statements/versions", "three", func(t teller) page {
			s := t.statement(desk.StatementDraft)
			v := func(n int, text string) desk.StatementVersion {
				w := s.Words()
				w.Variants[0].Text = text
				return desk.StatementVersion{StatementID: s.ID, Number: n, At: storyNow().Add(time.Duration(n) * time.Minute), Name: t.person(n), Words: w}
			}
			a, b := t.said(0), t.said(0)+" "+long()
			return &versionsPage{Frame: t.frame(desk.Viewer), Statement: s, Versions: versionViews([]desk.StatementVersion{v(3, b), v(2, a), v(1, a)})}
		}},
		{"statements/sign", "asked", func(t teller) page { return t.signPage(desk.StatementReview) }},
		{"statements/sign", "wrong", func(t teller) page {
			p := t.signPage(desk.StatementReview)
			p.Problems = []*desk.Invalid{desk.Wrong("pin", "This is not your PIN. Tries left: {left}.", "left", 3)}
			return p
		}},
		{"statements/sign", "spent", func(t teller) page {
			p := t.signPage(desk.StatementReview)
			p.Asked, p.Spent = approve.Asked{}, true
			return p
		}},
		{"statements/sign", "signed", func(t teller) page {
			p := t.signPage(desk.StatementApproved)
			p.Signed = desk.Approved
			return p
		}},
		{"statements/sign", "back", func(t teller) page {
			p := t.signPage(desk.StatementDraft)
			p.Signed = desk.SentBack
			return p
		}},
		{"statements/sign", "locked", func(t teller) page {
			p := t.signPage(desk.StatementReview)
			p.Asked.NoPIN = true
			return p
		}},
	}
}

func (t teller) glass() *desk.Glass {
	return &desk.Glass{First: 3, FirstName: t.person(0), Second: 4, SecondName: t.person(1), Why: t.pick("המפעל בוער", "工廠失火", "The plant is burning"), OpenedAt: storyNow(), ReviewDue: storyNow().Add(20 * time.Hour)}
}

// statement is a holding statement in two variants.
func (t teller) statement(state string) desk.Statement {
	text := t.pick("קיבלנו דיווחים על יוגורט. אנחנו בודקים עם המעבדה. העדכון הבא עד 17:00.", "我們收到關於優格的通報，正與實驗室查證。下一次更新不晚於 17:00。",
		"We have reports about our yoghurt and are checking them with the laboratory. Next update by 17:00.")
	now := storyNow()
	s := desk.Statement{ID: 12, BrandID: 1, IncidentID: 1, Kind: "holding", Title: t.pick("הודעה ראשונה", "第一份聲明", "First word about the yoghurt"), State: state, Level: desk.Crisis,
		Messages: []desk.KeyMessage{{Text: t.pick("אנחנו יודעים ובודקים", "我們知道，正在查證", "We know, and we are checking"), Facts: desk.IDs{1}}},
		Variants: []desk.Variant{{ID: "v1", Kind: "mastodon", Lang: t.speak.Tag(), Text: text, Facts: desk.IDs{1}}, {ID: "v2", Kind: "wordpress", Lang: t.speak.Tag(), Title: "Acme", Text: text + " " + t.said(0)}},
		Updated:  now, Version: 4, Round: 1}
	if state != desk.StatementDraft {
		s.Needs = []desk.Signature{{Role: "Crisis lead", UserID: 3, Verdict: desk.Approved, By: 3, ByName: t.person(0), At: now, How: desk.SignedLink},
			{Role: "Legal", UserID: 4, DeputyID: 5, Asked: desk.AskedPerson, Due: now.Add(6 * time.Minute)}, {Role: desk.SecondOpinion, Asked: desk.AskedLeads}, {Role: "Executive"}}
	}
	return s
}

func (t teller) statementPage(role desk.Role, s desk.Statement) *statementPage {
	p := &statementPage{Frame: t.frame(role), Statement: s, Kinds: named("statement", desk.StatementKinds...), Langs: spoken(), Levels: statementLevels(), Hash: "x"}
	p.Around = approve.Around{Facts: []desk.Fact{{ID: 1, Number: 1, State: desk.FactConfirmed, Text: t.said(0)}, {ID: 2, Number: 2, State: desk.FactUnconfirmed, Text: "<i>"}},
		Channels: []desk.Channel{{ID: 5, Kind: "mastodon", Name: "Acme", Account: "@acme@social.example", Limits: desk.Limits{Text: 500}}}, Promises: []desk.Promise{{Text: t.said(1), Due: storyNow().Add(time.Hour), State: desk.PromiseOpen}}}
	p.Targets = targets(p.Around.Channels)
	for i, n := range s.Needs {
		p.Seats = append(p.Seats, seatView{n, t.person(i), t.person(i + 1), i == 1})
	}
	measure := func(c desk.Channel, v desk.Variant) (used, limit int) {
		return utf8.RuneCountInString(v.Text), map[string]int{"mastodon": 500, "bluesky": 300}[c.Kind]
	}
	p.look(context.Background(), &Console{Stages: Stages{Words: &approve.Gate{Measure: measure}}})
	return p
}

func (t teller) signPage(state string) *signPage {
	s := t.statement(state)
	return &signPage{Link: "abc", Asked: approve.Asked{Statement: s, Seat: desk.Signature{Role: "Legal", Due: storyNow().Add(9 * time.Minute)}, User: desk.User{Name: t.person(1)}}}
}

func (t teller) sheet(state string) desk.Removal {
	r := desk.Removal{ID: 2, Network: "mastodon", Link: "https://example.org/@acme/9", Text: t.said(2), Opened: storyNow(), By: t.person(0), State: state, Spread: desk.Carried{Likes: 1200, Reposts: 340, Replies: 95, Copies: 12, Media: 1, Reach: 480000, At: storyNow()}}
	if state != desk.RemovalPending {
		r.Why, r.DecidedBy, r.Decided = t.said(1), t.person(1), storyNow()
	}
	return r
}

func (t teller) removalPage(role desk.Role, sheet desk.Removal) *removalPage {
	p := newRemovalPage(sheet)
	p.Frame = t.frame(role)
	return p
}
