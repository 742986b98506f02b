package web

import (
	"time"

	"breakwater/approve"
	"breakwater/desk"
	"breakwater/reply"
)

func inboxStories() []story {
	return []story{
		{"inbox/inbox", "empty", func(t teller) page { return t.inbox(desk.Responder, 0) }},
		{"inbox/inbox", "many", func(t teller) page { return t.inbox(desk.Lead, 12) }},
		{"inbox/inbox", "viewer", func(t teller) page {
			p := t.inbox(desk.Viewer, 3)
			p.Thread = t.thread()
			return p
		}},
		{"inbox/inbox", "open", func(t teller) page {
			p := t.inbox(desk.Responder, 6)
			p.Thread = t.thread()
			p.Rows[0].Open = true
			return p
		}},
		{"inbox/inbox", "conflict", func(t teller) page {
			p := t.inbox(desk.Responder, 2)
			p.Thread = t.thread()
			p.Thread.Owner, p.Thread.Busy = t.person(1), true
			p.Thread.Conflict = desk.Say("{name} is writing to them right now. Nothing was sent.", "name", t.person(1))
			return p
		}},
		{"inbox/inbox", "heard", func(t teller) page {
			p := t.inbox(desk.Lead, 2)
			p.Thread = t.thread()
			p.Thread.Asked, p.Thread.Text = true, "We apologize for any inconvenience. Actually, you are wrong."
			p.Thread.Findings = foundThings(reply.Hear(reply.Spoken{Lang: "en", Text: p.Thread.Text, Theirs: "My kettle burned and nobody answers the hotline", Near: 0.8}))
			p.Thread.State = desk.ConversationSending
			p.Undo, p.Ahead = newUndo(reply.Leaving{ConversationID: 1, Name: long(), Until: time.Now().Add(9 * time.Second)}, time.Now()), 2
			return p
		}},
		{"inbox/inbox", "warned", func(t teller) page {
			p := t.inbox(desk.Responder, 6)
			p.Thread = t.thread()
			p.Thread.Channels = append(p.Thread.Channels, desk.Channel{ID: 6, Kind: "bluesky", Name: long(), Account: "@borealis.example"})
			p.Thread.Channel, p.Thread.Text = 6, t.pick("אנחנו מצטערים. האמת היא שאתם טועים.", "很抱歉，其實是您弄錯了。", "We are so sorry, we failed you. Actually, you are wrong.")
			heard := reply.Hear(reply.Spoken{Lang: t.script, Text: "Actually, you are wrong. We apologize for any inconvenience.", Theirs: "My kettle burned and nobody answers the hotline", Near: 0.82, Of: desk.Message{Text: long() + "<i>"}})
			heard = append([]desk.Finding{{Check: reply.CheckAccount, Weight: desk.FindingWarn, Say: desk.Say("Your last answer went out as {last}, for {before}. This one goes out as {now}, for {brand}.", "last", "@acme.example", "before", "Acme", "now", "@borealis.example", "brand", "Borealis"),
				Fix: desk.Say("Send it only if this is who should speak.")}}, heard...)
			p.Thread.Warned = &warnedView{foundThings(heard), "account copied deaf"}
			p.Rows[0].Open = true
			return p
		}},
		{"inbox/inbox", "folded", func(t teller) page {
			p := t.inbox(desk.Responder, 2)
			p.Thread = t.thread()
			p.Thread.Channels[0].Kind, p.Thread.Messages = "mastodon", []desk.Message{{ID: 4, Kind: desk.MessageIn, Title: long() + "<i>", Text: "x"}, {ID: 6, Kind: desk.MessageNote}}
			return p
		}},
		{"inbox/inbox", "handed", func(t teller) page {
			p := t.inbox(desk.Responder, 3)
			p.View, p.Counts.Handed = "handed", 1
			p.Thread = t.thread()
			p.Thread.State, p.Thread.Ticket.State, p.Thread.Ticket.Problem = desk.ConversationHanded, desk.TicketSent, desk.Text{}
			p.Rows[0].Conversation, p.Rows[0].Open = p.Thread.Conversation, true
			return p
		}},
		{"inbox/inbox", "signing", func(t teller) page {
			p := t.inbox(desk.Lead, 2)
			p.Thread = t.thread()
			p.Thread.State = desk.ConversationSigning
			p.Thread.Signing = &desk.Statement{ID: 4, Variants: []desk.Variant{{ID: "v1", Lang: "en", Text: long() + "\n<script>alert(1)</script>"}}}
			p.Thread.Channels, p.Thread.Problem = nil, desk.Say("The network refused the post.")
			return p
		}},
		{"inbox/inbox", "sign changed", func(t teller) page {
			p := t.inbox(desk.Lead, 2)
			p.Thread = t.thread()
			p.Thread.State = desk.ConversationSigning
			p.Thread.Signing = &desk.Statement{ID: 4, Variants: []desk.Variant{{ID: "v1", Lang: "en", Text: long()}}}
			p.Thread.Stale, p.Thread.Signed = true, t.pick("האמת היא שאתם טועים.", "其實是您弄錯了。", "Actually, you are wrong.")
			p.Thread.SignWarned = &warnedView{foundThings(reply.Hear(reply.Spoken{Lang: "en", Text: "Actually, you are wrong.", Theirs: "My kettle burned and nobody answers the hotline"})), "deaf argues"}
			said := &p.Thread.Said[1]
			said.Written, said.Changer = t.pick("אנחנו בודקים את זה עכשיו.", "我們現在正在查。", "We look into it now."), long()
			said.Changes = approve.Diff(said.Written, said.Text)
			p.Problems = []*desk.Invalid{desk.Wrong("sign_text", "Write an answer.")}
			return p
		}},
		{"inbox/inbox", "sitting", func(t teller) page {
			p := t.inbox(desk.Responder, 4)
			p.Claim, p.Left, p.Sitting = 3, 1200, &desk.Claim{ID: 3, Number: 1, Text: long(), Correction: t.pick("הקומקום בטוח.", "水壺是安全的。", "The kettle is safe."), Lang: "en"}
			p.Thread = t.thread()
			p.Thread.Linked, p.Thread.Text = true, "https://desk.example/tell/1?c=1-abc"
			p.open(1)
			return p
		}},
		{"inbox/copied", "none", func(t teller) page { return &copiedPage{Frame: t.frame(desk.Viewer)} }},
		{"inbox/copied", "many", func(t teller) page {
			p := &copiedPage{Frame: t.frame(desk.Lead), Room: &desk.Incident{ID: 3, Title: long()}, Given: newGiven(desk.AnswerCounts{Answers: 40, Copied: 12}, 3), Pager: pagerView{Next: "/inbox/copied?before=3"}}
			for i := range 4 {
				p.Copied = append(p.Copied, reply.Copied{PostID: int64(9 - i), ConversationID: 3, At: storyNow().Add(-time.Hour), By: t.person(i), Text: long() + " <b>", Alike: 0.6 + float64(i)/10, Lang: t.script})
			}
			p.Copied[0].Despite = reply.Checks
			return p
		}},
		{"inbox/policy", "usual", func(t teller) page {
			p := newReplyPolicyPage(desk.UsualReplyPolicy(1, "Europe/Stockholm"), nil)
			p.Frame = t.frame(desk.Viewer)
			return p
		}},
		{"inbox/policy", "many", func(t teller) page {
			policy := desk.UsualReplyPolicy(1, "Asia/Jerusalem")
			policy.Juniors, policy.Sign, policy.FormText = desk.IDs{2}, desk.Crisis, long()
			policy.Hours.Days = []desk.Day{{Weekday: 1, From: 540, To: 720}, {Weekday: 1, From: 780, To: 1440}, {Weekday: 5, From: 540, To: 840}}
			policy.Rules = []desk.ReplyRule{{If: desk.Condition{Words: []string{long(), "<i>"}, Vias: []string{desk.ViaMail}}, Label: "refund", UserID: 1, Within: 30}}
			p := newReplyPolicyPage(policy, []desk.User{{ID: 1, Name: t.person(0)}, {ID: 2, Name: long()}})
			p.Frame = t.frame(desk.Lead)
			p.Problems = []*desk.Invalid{desk.Wrong("hours", "Give each day a beginning and an end after it.")}
			return p
		}},
		{"access/tell", "form", func(t teller) page {
			return &tellPage{Form: desk.Brand{ID: 1, Name: long()}, Above: "<b>", Text: "<script>", Mail: "x", Frame: Frame{Problems: []*desk.Invalid{desk.Wrong("mail", "Enter one mail address, like ana@example.org.")}}}
		}},
		{"access/tell", "taken", func(t teller) page { return &tellPage{Form: desk.Brand{ID: 1, Name: "Acme"}, Taken: true} }},
	}
}

// inbox is a list of so many who wrote.
func (t teller) inbox(role desk.Role, n int) *inboxPage {
	now := storyNow()
	p := &inboxPage{Frame: t.frame(role), View: "waiting", Query: "view=waiting", Now: now, Snoozes: snoozes, Labels: []string{"refund", long()},
		People: []desk.User{{ID: 1, Name: t.person(0)}, {ID: 2, Name: long()}}, Counts: desk.ConversationCounts{Waiting: n, Late: n / 3, Mine: 2, Danger: 1}}
	if n > 0 {
		p.Counts.Oldest, p.Next = now.Add(-5*time.Hour), "/inbox?after=x"
	}
	p.Views = inboxViews(&p.Counts, p.View)
	if role >= desk.Lead {
		p.Given = newGiven(desk.AnswerCounts{Answers: 40, Copied: 12}, 0)
	}
	for i := range n {
		c := t.conversation(i)
		p.Rows = append(p.Rows, inboxRow{Talk: reply.Talk{Conversation: c, Text: t.pick("הקומקום שלי נשרף. זה בטוח?", "我的水壺燒起來了，安全嗎？", "My kettle burned. Is it safe?")}, Late: i%3 == 0})
	}
	if n > 2 {
		p.Rows[1].Text, p.Rows[1].Person.Name, p.Rows[1].Labels = long(), long(), []string{long(), "<i>"}
		p.Rows[2].Writing, p.Rows[2].Present = &desk.Draft{Name: t.person(2)}, []attendee{{Name: t.person(2)}}
		p.Rows[2].Person = desk.Author{}
	}
	return p
}

// conversation is with somebody who waits.
func (t teller) conversation(i int) desk.Conversation {
	now := storyNow()
	return desk.Conversation{
		ID: int64(i + 1), BrandID: 1, Network: []string{"bluesky", "mastodon", "email"}[i%3], Via: desk.ViaNamed, Person: desk.Author{NativeID: "x", Handle: "ana.example", Name: t.person(i), Followers: 1200},
		Lang: t.script, State: desk.ConversationWaiting, Danger: i%4 == 0, Voice: i%5 == 0, Mood: desk.Mood(i%3 - 1), First: now.Add(-3 * time.Hour), Since: now.Add(-3 * time.Hour), Due: now.Add(-time.Hour),
		Touched: now.Add(-2 * time.Hour), Heard: 2, Last: 5, Private: i%6 == 5, Version: 1,
	}
}

// thread is one conversation with all that it can have.
func (t teller) thread() *threadView {
	now := storyNow()
	c := t.conversation(0)
	c.Labels, c.Claims, c.PublicID = []string{"refund", long()}, desk.IDs{3}, 9
	c.Ticket = &desk.Ticket{Ref: "AB-12", Link: "https://help.example.org/AB-12", To: "Service desk", At: now, By: t.person(2), Why: long() + "<i>", State: desk.TicketFailed, Back: now,
		Problem: desk.Say("It is not known whether customer service has it. Look there before it is handed over again.")}
	v := &threadView{Thread: reply.Thread{Conversation: c, Advice: reply.Advise(&c), More: 3, Channels: []desk.Channel{{ID: 1, Kind: "bluesky", Name: "Acme on Bluesky", Account: "@acme.example"}}, Counters: []desk.Channel{{ID: 7, Name: "Help desk"}, {ID: 8, Name: long()}}},
		Late: true, Channel: 1, Tones: named("tone", desk.Tones...), Lang: "en", Present: []attendee{{Name: t.person(3)}}}
	v.Said = []saidView{
		{Message: desk.Message{ID: 4, Kind: desk.MessageIn, At: now.Add(-3 * time.Hour), Author: c.Person, Title: "<b>", Text: long() + " <script>", URL: "https://example.org/1", Lang: t.script, Cues: []string{"safety_injury"}, Quoted: t.pick("ביום שני Aurora כתבו:\n> נתקו אותו מהחשמל.", "Aurora 於週一寫道：\n> 請拔掉插頭。", "On Monday Aurora wrote:\n> Please unplug it. "+long()+"<i>"), Files: []desk.Attached{{Name: long() + ".jpg", Type: "image/jpeg"}, {Type: "<b>"}}}},
		{Message: desk.Message{ID: 5, Kind: desk.MessageOut, At: now.Add(-2 * time.Hour), Author: desk.Author{Name: t.person(1)}, Text: t.pick("אנחנו בודקים.", "我們正在查。", "We look into it."), PostID: 2}, Past: reply.PastWarnings(reply.Checks), Sent: &reply.Sent{State: desk.PostVerified, Link: "https://example.org/2"}},
		{Message: desk.Message{ID: 6, Kind: desk.MessageNote, At: now.Add(-time.Hour), Author: desk.Author{Name: t.person(1)}, Text: "Called the shop."}},
		{Message: desk.Message{ID: 7, Kind: desk.MessageIn, At: now, Deleted: now}},
	}
	v.History = []reply.Talk{{Conversation: t.conversation(1), Text: long()}}
	v.Ingredients = []reply.Ingredient{{Name: "F1", Text: long(), FactID: 1, Source: "Plant manager <b>"}, {Name: "C2", Text: "x"}}
	v.Claims = []desk.Claim{{ID: 3, Number: 1, Text: long()}}
	return v
}
