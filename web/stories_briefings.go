package web

import (
	"time"

	"breakwater/desk"
	"breakwater/staff"
)

func briefingStories() []story {
	return []story{
		{"briefings/briefings", "empty", func(t teller) page { return &briefingsPage{Frame: t.frame(desk.Responder)} }},
		{"briefings/briefings", "many", func(t teller) page {
			one := t.briefing()
			two := one
			two.ID, two.State, two.DrillID, two.Texts = 2, desk.BriefingEnded, 1, []desk.BriefingText{{Title: long()}}
			return &briefingsPage{Frame: t.frame(desk.Viewer), Briefings: []desk.Briefing{one, two}, Pager: pagerView{Next: "/briefings?before=2"}}
		}},
		{"briefings/briefing", "new", func(t teller) page {
			b := t.briefing()
			b.ID, b.Editions, b.State = 0, nil, ""
			p := newBriefingPage(b, []string{"Quality", long()})
			p.Frame = t.frame(desk.Responder)
			return p
		}},
		{"briefings/briefing", "sent", func(t teller) page {
			p := newBriefingPage(t.briefing(), []string{"Quality"})
			p.Frame, p.Told, p.Read, p.Counts = t.frame(desk.Lead), 3, 1, []desk.ShareCount{{ID: "s1", Opened: 4, Shared: 2}}
			p.Readers = []staff.Recipient{{Reader: desk.Reader{ContactID: 1, Problem: "No mail address: tell them yourself."}, Contact: t.contact(0)},
				{Reader: desk.Reader{ContactID: 2, Sent: storyNow(), Reminded: 1}, Contact: desk.Contact{Name: long()}}, {Reader: desk.Reader{ContactID: 3, Read: storyNow()}}}
			none := []choice{{"0", desk.Say("none")}}
			p.Rumours = []rumourView{{desk.Rumour{ID: 1, Text: long(), At: storyNow()}, none, none}, {desk.Rumour{ID: 2, Text: "<b>?", Answer: t.said(0), AnsweredBy: t.person(0), Private: true, At: storyNow()}, none, none}}
			p.Briefing.Texts[0].Happened += "!"
			return p
		}},
		{"briefings/briefing", "viewer", func(t teller) page {
			p := newBriefingPage(t.briefing(), nil)
			p.Frame = t.frame(desk.Viewer)
			return p
		}},
		{"staff/page", "new", func(t teller) page { return &staffPage{Page: t.staffPage(), Link: "x"} }},
		{"staff/page", "stopped", func(t teller) page {
			p := t.staffPage()
			p.Stopped, p.Read, p.Ended, p.Drill = true, storyNow(), true, true
			p.Edition.Note = long()
			return &staffPage{Page: p, Link: "x"}
		}},
		{"staff/page", "wrong", func(t teller) page {
			p := &staffPage{Page: t.staffPage(), Link: "x", Question: long()}
			p.Problems = []*desk.Invalid{desk.Wrong("question", "Ask in at most {n} characters.", "n", 1000)}
			return p
		}},
		{"staff/card", "card", func(t teller) page { return &staffPage{Page: t.staffPage(), Link: "x"} }},
		{"staff/share", "text", func(t teller) page {
			p := t.staffPage()
			return &staffPage{Page: p, Link: "x", Share: p.Shares[0], To: "x"}
		}},
		{"staff/share", "stopped", func(t teller) page { return &staffPage{Page: t.staffPage(), Link: "x"} }},
	}
}

func (t teller) briefing() desk.Briefing {
	text := desk.BriefingText{Lang: t.speak.Tag(), Title: t.pick("החזרת הצנצנת", "新罐回收", "The new jar is called back"), Happened: t.said(0) + "\n" + t.said(1), Doing: t.said(1), MaySay: t.said(2), MayNot: t.said(1), Questions: t.said(1)}
	share := desk.Sharing{ID: "s1", Network: "linkedin", Lang: t.speak.Tag(), Text: t.said(2), Link: "https://acme.example/jar"}
	b := desk.Briefing{ID: 1, BrandID: 1, IncidentID: 1, State: desk.BriefingSent, Groups: []string{"Quality"}, Texts: []desk.BriefingText{text}, Shares: []desk.Sharing{share}, Remind: 4, Version: 3}
	b.Editions = []desk.BriefingEdition{{Edition: 2, Texts: []desk.BriefingText{text}, Shares: []desk.Sharing{share}, People: 214, By: t.person(0), At: storyNow().Add(-time.Hour)}}
	return b
}

func (t teller) staffPage() staff.Page {
	b := t.briefing()
	return staff.Page{Name: t.person(1), Lang: t.speak.Tag(), Text: b.Texts[0], Edition: b.Editions[0], Shares: b.Shares,
		Asked: []staff.Answered{{Rumour: desk.Rumour{Text: t.said(1)}, Mine: true}, {Rumour: desk.Rumour{Text: long(), Answer: t.said(2)}, Verdict: desk.ClaimFalse, Fact: t.said(0)}}}
}
