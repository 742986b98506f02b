package web

import (
	"time"

	"breakwater/desk"
	"breakwater/preflight"
	"breakwater/publish"
)

// post is the i-th thing that we say.
func (t teller) post(i int, state string) desk.Post {
	now := storyNow()
	text := t.pick("הצנצנת החדשה שלנו מגיעה לחנויות ביום חמישי. #צנצנת", "新罐裝本週四上市！#新罐裝", "Our new jar reaches the shops on Thursday. #NewJar")
	return desk.Post{ID: int64(40 + i), BrandID: 1, ChannelID: int64(1 + i%3), StatementID: 5, VariantID: "a", Key: "k", Lang: t.speak.Tag(), Text: text, Hash: "9f2c4be1a7d05512c0ffee",
		Due: now.Add(time.Duration(i-2) * 5 * time.Hour), State: state, By: t.person(i), Version: 1}
}

func (t teller) channelsOf() []desk.Channel {
	return []desk.Channel{{ID: 1, BrandID: 1, Kind: "mastodon", Name: "Mastodon"}, {ID: 2, BrandID: 1, Kind: "bluesky", Name: "Bluesky"}, {ID: 3, BrandID: 1, Kind: "wordpress", Name: t.pick("הבלוג", "部落格", "Blog")}}
}

// hold is a hold of everything, pressed by somebody on duty.
func (t teller) hold() desk.Hold {
	now := storyNow()
	return desk.Hold{ID: 3, By: t.person(1), Why: t.speak.Text((&Frame{}).StopReasons()[2]), At: now.Add(-22 * time.Minute), Answered: now.Add(-22*time.Minute + 180*time.Millisecond), Held: 7,
		Flying:  []desk.Flight{{PostID: 41, Channel: "Mastodon", State: desk.PostSent}, {PostID: 42, Channel: "Bluesky", State: desk.PostUnknown}},
		Letters: []desk.HeldLetters{{MailingID: 3, Title: t.pick("הקומקומים מוחזרים", "水壺召回", "Kettles recalled"), Gone: 12_480, Left: 37_502, Unsure: 2}, {MailingID: 4, Title: long(), Left: 12}},
		Outlets: []desk.Outlet{
			{ChannelID: 1, Name: "Mastodon", State: desk.OutletConfirmed, Stopped: 2, Checked: now, Taken: []desk.Taken{
				{ID: "1", Due: now.Add(time.Hour), Text: t.post(1, "").Text, Raw: []byte(`{"id":"1","params":{"visibility":"private","in_reply_to_id":"115"}}`)},
				{ID: "2", Due: now, Text: long(), Unsure: true, Decided: desk.TakenDraft, DecidedBy: t.person(2), StatementID: 5},
			}},
			{ChannelID: 4, Name: "Postiz", State: desk.OutletWaiting, Problem: desk.Say("It asks us to come back later.")},
			{ChannelID: 5, Name: long(), State: desk.OutletUnknown, Problem: desk.Say("It does not answer. Stop it by hand, and look.")},
		}, Version: 2}
}

// heldFrame is a frame with a hold on.
func (t teller) heldFrame(role desk.Role) Frame {
	f := t.frame(role)
	f.Holds, f.Held, f.Area = []desk.Hold{t.hold()}, 7, "calendar"
	return f
}

func holdStories() []story {
	return []story{
		{"hold/banners", "held", func(t teller) page { return &bannersPage{t.heldFrame(desk.Viewer)} }},
		{"hold/stop", "switch", func(t teller) page {
			return &stopPage{Frame: t.frame(desk.Responder), Channels: t.channelsOf(), Counts: map[string]int{desk.PostWaiting: 12}}
		}},
		{"hold/stop", "rehearsed", func(t teller) page {
			p := &stopPage{Frame: t.heldFrame(desk.Lead), Channels: t.channelsOf(), Counts: map[string]int{}, Took: "412ms"}
			p.Rehearsal = &publish.Rehearsal{Held: 2, Posts: []desk.Post{t.post(1, desk.PostWaiting), t.post(3, desk.PostWaiting)}, Outlets: t.hold().Outlets}
			return p
		}},
		{"hold/stop", "viewer", func(t teller) page { return &stopPage{Frame: t.frame(desk.Viewer), Counts: map[string]int{}} }},
		{"hold/holds", "empty", func(t teller) page { return &holdsPage{Frame: t.frame(desk.Viewer)} }},
		{"hold/holds", "many", func(t teller) page {
			over := t.hold()
			over.ID, over.Ended, over.EndedBy, over.Why = 2, storyNow().Add(-time.Hour), t.person(0), long()
			return &holdsPage{Frame: t.heldFrame(desk.Viewer), List: []desk.Hold{t.hold(), over, {ID: 1, By: "Ana", At: storyNow().AddDate(0, -1, 0), Ended: storyNow().AddDate(0, -1, 1)}}, Pager: pagerView{Next: "/holds?before=1"}}
		}},
		{"hold/hold", "triage", func(t teller) page {
			p := &holdPage{Frame: t.heldFrame(desk.Lead), Hold: t.hold(), Scope: desk.Say("Everything, everywhere"), Lost: 1, Undecided: 4, Passed: 2}
			var posts []desk.Post
			for i := range 6 {
				one := t.post(i, desk.PostHeld)
				one.HoldID = 3
				if i == 4 {
					one.Decided, one.DecidedBy = desk.DecideRelease, t.person(2)
				}
				if i == 5 {
					one.Decided, one.DecidedBy, one.Text = desk.DecideNow, t.person(2), long()
				}
				posts = append(posts, one)
			}
			p.Posts = postRows(posts, t.channelsOf(), p.Zone)
			p.Posts[1].Bursts = t.pick("צנצנת", "新罐", "jar")
			return p
		}},
		{"hold/hold", "elective", func(t teller) page {
			h := t.hold()
			h.Words, h.Outlets, h.Flying, h.By, h.Why = []string{"jar", "glass"}, nil, nil, "Breakwater", "glass · jar"
			p := &holdPage{Frame: t.frame(desk.Responder), Hold: h, Scope: desk.Say("Posts that say: {words}", "words", "jar, glass"), Undecided: 1}
			p.Holds, p.Held = []desk.Hold{h}, 1
			one := t.post(3, desk.PostHeld)
			one.HeldWhy = desk.Say("It says “{word}”, which bursts right now.", "word", "jar")
			p.Posts = postRows([]desk.Post{one}, t.channelsOf(), p.Zone)
			return p
		}},
		{"hold/hold", "over", func(t teller) page {
			h := t.hold()
			h.Ended, h.EndedBy, h.Reason = storyNow(), t.person(0), long()
			return &holdPage{Frame: t.frame(desk.Viewer), Hold: h, Scope: desk.Say("Everything in {channel}", "channel", "Mastodon")}
		}},
	}
}

func postStories() []story {
	counts := map[string]int{desk.PostWaiting: 12, desk.PostHeld: 7, desk.PostFailed: 1}
	calendar := func(view string) func(teller) page {
		return func(t teller) page {
			p := &calendarPage{Frame: t.heldFrame(desk.Lead), View: view, Channels: t.channelsOf(), Counts: counts, Prev: "/calendar", Next: "/calendar"}
			z := p.Zone
			day := storyNow().In(z)
			day = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, z)
			from, to, _, _ := period(view, day)
			p.Title = t.speak.Day(from) + " – " + t.speak.Day(to.AddDate(0, 0, -1))
			if view == "month" {
				p.Title = t.speak.Month(day)
			}
			var posts []desk.Post
			for i := range 12 {
				posts = append(posts, t.post(i, []string{desk.PostVerified, desk.PostHeld, desk.PostWaiting, desk.PostFailed, desk.PostUnknown, desk.PostWaiting}[i%6]))
			}
			o := t.occasion()
			p.Days = calendarDays(view, from, to, day, day, marks{postRows(posts, p.Channels, z), []desk.Occasion{o}, []preflight.Day{{Date: day.AddDate(0, 0, 1), Name: t.pick("יום הזיכרון", "二二八和平紀念日", "Remembrance Day")}}, []desk.Hold{t.hold()}}, z)
			p.InReview = []desk.Statement{{ID: 9, Title: t.said(1), Needs: []desk.Signature{{Role: "Legal", Verdict: desk.Approved}, {Role: "PR lead"}}}}
			return p
		}
	}
	one := func(role desk.Role, change func(teller, *desk.Post)) func(teller) page {
		return func(t teller) page {
			post := t.post(1, desk.PostWaiting)
			change(t, &post)
			p := &postPage{Frame: t.frame(role), Statement: desk.Statement{ID: 5, Title: t.pick("הצנצנת החדשה", "新罐上市", "The new jar")}, Due: "2026-11-21T09:00"}
			p.Needs = []desk.Signature{{Role: "PR lead", ByName: t.person(0), Verdict: desk.Approved}}
			p.Post = postRows([]desk.Post{post}, t.channelsOf(), p.Zone)[0]
			p.Entries = entryViews([]desk.Entry{{Seq: 4, At: storyNow(), Do: "post.schedule", On: "post:41", Name: t.person(0), Say: desk.Say("A post is tried again.")}}, p.Zone)
			return p
		}
	}
	return []story{
		{"calendar/calendar", "week", calendar("week")},
		{"calendar/calendar", "month", calendar("month")},
		{"calendar/calendar", "agenda", calendar("agenda")},
		{"calendar/calendar", "empty", func(t teller) page {
			return &calendarPage{Frame: t.frame(desk.Viewer), View: "agenda", Counts: map[string]int{}, Title: "–"}
		}},
		{"calendar/posts", "queue", func(t teller) page {
			p := &postsPage{Frame: t.frame(desk.Lead), Show: "queue", Counts: counts, Pager: pagerView{Next: "/posts?before=3"}}
			var posts []desk.Post
			for i, state := range desk.PostStates {
				posts = append(posts, t.post(i, state))
			}
			posts[0].Text, posts[6].Problem = long(), desk.Say("The network refused the post.")
			p.Posts = postRows(posts, t.channelsOf(), p.Zone)
			p.InReview = []desk.Statement{{ID: 9, Title: t.said(1), Needs: []desk.Signature{{Role: "Legal", Verdict: desk.Approved}, {Role: "PR lead"}}}}
			return p
		}},
		{"calendar/posts", "empty", func(t teller) page {
			return &postsPage{Frame: t.frame(desk.Viewer), Show: "held", Counts: map[string]int{}}
		}},
		{"calendar/post", "waiting", one(desk.Lead, func(teller, *desk.Post) {})},
		{"calendar/post", "held", one(desk.Lead, func(_ teller, p *desk.Post) {
			p.State, p.HoldID, p.HeldWhy, p.Decided = desk.PostHeld, 3, desk.Say("It says “{word}”, which bursts right now.", "word", "jar"), desk.DecideNow
		})},
		{"calendar/post", "unknown", one(desk.Lead, func(_ teller, p *desk.Post) {
			p.State, p.Problem = desk.PostUnknown, desk.Say("The network did not answer.")
		})},
		{"calendar/post", "failed", one(desk.Lead, func(_ teller, p *desk.Post) {
			p.State, p.Problem = desk.PostFailed, desk.Say("The network refused the post.")
		})},
		{"calendar/post", "out", one(desk.Lead, func(_ teller, p *desk.Post) {
			p.State, p.Sent, p.Checked, p.Link, p.Copy, p.Text = desk.PostVerified, storyNow(), storyNow(), "https://social.example/@acme/1", desk.CopySame, long()
		})},
		{"calendar/post", "viewer", one(desk.Viewer, func(teller, *desk.Post) {})},
		{"calendar/matrix", "empty", func(t teller) page { return &matrixPage{Frame: t.frame(desk.Viewer)} }},
		{"calendar/matrix", "many", func(t teller) page {
			p := &matrixPage{Frame: t.frame(desk.Viewer), Matrix: publish.Matrix{Channels: t.channelsOf()}}
			states := []string{publish.CellCurrent, publish.CellOld, publish.CellMissing, publish.CellDiffers, publish.CellComing, publish.CellHeld, publish.CellUnknown, publish.CellFailed, publish.CellOver, publish.CellUnread, publish.CellNone, publish.CellCurrent}
			for i := range 4 {
				row := publish.Row{Statement: desk.Statement{ID: int64(9 - i), Title: t.said(i)}, Newest: i != 1}
				for k := range 3 {
					cell := publish.Cell{State: states[3*i+k]}
					if cell.State != publish.CellNone {
						post := t.post(k, desk.PostSent)
						cell.Post = &post
					}
					row.Cells = append(row.Cells, cell)
				}
				p.Matrix.Rows = append(p.Matrix.Rows, row)
			}
			return p
		}},
	}
}
