package web

import (
	"time"

	"breakwater/assess"
	"breakwater/desk"
)

func assessStories() []story {
	return []story{
		{"assess/facts", "empty", func(t teller) page {
			p := t.facts(nil)
			p.Frame = t.room0(desk.Viewer)
			return p
		}},
		{"assess/facts", "many", func(t teller) page { return t.facts(t.ledger()) }},
		{"assess/facts", "wrong", func(t teller) page {
			all := t.ledger()
			all[1].Text, all[1].Source = t.hostile().Text+long(), long()
			p := t.facts(all)
			p.Problems = []*desk.Invalid{desk.Wrong("text", "Write the fact in at most {n} characters.", "n", 1000), desk.Wrong("why", "Say in a few words why it is withdrawn.")}
			p.Facts[1].Form = p.refused(all[1], time.UTC)
			return p
		}},
	}
}

// room0 is the frame of a page of the room.
func (t teller) room0(role desk.Role) Frame {
	f := t.frame(role)
	f.Area, f.OpenRoom = "room", &desk.Incident{ID: 7, Level: desk.Crisis, State: desk.IncidentOpen}
	return f
}

// ledger are facts in every state.
func (t teller) ledger() []desk.Fact {
	now := storyNow()
	f := func(n int, state, text, source string) desk.Fact {
		return desk.Fact{ID: int64(n), IncidentID: 7, Number: n, Text: text, State: state, Source: source, At: now.Add(-time.Duration(90-9*n) * time.Minute), Version: 1}
	}
	all := []desk.Fact{
		f(1, desk.FactConfirmed, t.pick("בשש צנצנות נמצאו שברי זכוכית", "六罐中發現玻璃碎片", "Splinters of glass were found in six jars"), t.pick("מעבדה", "化驗室", "Plant laboratory")),
		f(2, desk.FactUnconfirmed, t.pick("ילד אחד טופל בבית חולים", "一名兒童送醫", "One child was treated in hospital"), t.person(2)),
		f(3, desk.FactWithdrawn, t.pick("רק קו 3 נפגע", "只有三號線受影響", "Only line 3 is affected"), ""),
	}
	all[0].CheckedBy, all[0].CheckedAt, all[0].Link = t.person(1), now.Add(-20*time.Minute), "https://example.org/report"
	all[2].Why = t.pick("גם קו 4", "四號線也有", "Line 4 too")
	return all
}

func (t teller) facts(all []desk.Fact) *factsPage {
	p := &factsPage{Frame: t.room0(desk.Lead), Nav: assessNav{t.incident(), "facts"}}
	p.Fresh = p.form(desk.Fact{State: desk.FactUnconfirmed, At: storyNow()}, time.UTC)
	var s situation
	s.take(all)
	p.Counts = s.Counts
	for i, f := range all {
		e := assess.Cited{Fact: f}
		if i == 2 {
			e.Citing = []desk.Citing{{Statement: desk.Statement{ID: 1, Title: t.said(0)}, Post: desk.Post{ID: 4, State: desk.PostSent}, Channel: "Mastodon"},
				{Statement: desk.Statement{ID: 1, Title: t.said(0)}, Post: desk.Post{ID: 5, State: desk.PostWaiting}, Channel: "Bluesky"}, {Statement: desk.Statement{ID: 2, Title: long()}}}
		}
		p.Facts = append(p.Facts, factView{e, time.UTC, p.form(f, time.UTC)})
	}
	return p
}
