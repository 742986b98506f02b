package web

import (
	"time"

	"breakwater/desk"
	"breakwater/incident"
	"breakwater/plan"
)

func mentionStories() []story {
	return []story{
		{"mentions/mentions", "empty", func(t teller) page {
			p := t.mentionsPage(0)
			p.Search.Text, p.Find, p.Monitors = "zzz", "zzz", nil
			return p
		}},
		{"mentions/mentions", "many", func(t teller) page {
			p := t.mentionsPage(30)
			p.Search = search{Text: "acme", Mood: "negative", Network: "mastodon"}
			p.Pager = pagerView{First: "/mentions", Next: "/mentions?before=12"}
			p.Fresh = "/mentions?since=12"
			return p
		}},
		{"mentions/mentions", "hostile", func(t teller) page {
			p := t.mentionsPage(2)
			p.Mentions[0] = t.hostile()
			p.Search.Text = `"><script>alert(1)</script>`
			p.Monitors = append(p.Monitors, choice{"9", own(long())})
			return p
		}},
		{"mentions/mentions", "folded", func(t teller) page {
			p := t.mentionsPage(3)
			p.Search.Fold, p.Folded = "12", &p.Mentions[2]
			return p
		}},
		{"mentions/mention", "one", func(t teller) page {
			return t.mentionPage(mentionView{Mention: t.mention(0), Zone: time.UTC, Whole: true})
		}},
		{"mentions/mention", "hostile", func(t teller) page {
			m := t.hostile()
			m.Whole = true
			return t.mentionPage(m)
		}},
		{"mentions/mention", "corrected", func(t teller) page {
			m := t.mention(1)
			m.CorrectedBy, m.Mood = t.person(1), desk.Negative
			return t.mentionPage(mentionView{Mention: m, Zone: time.UTC, Whole: true})
		}},
		{"mentions/mention", "outside", func(t teller) page {
			m := t.mention(1)
			m.ReadBy, m.Confidence = long(), .83
			return t.mentionPage(mentionView{Mention: m, Zone: time.UTC, Whole: true})
		}},
		{"mentions/corrections", "empty", func(t teller) page { return &correctionsPage{Frame: t.learning(desk.Viewer)} }},
		{"mentions/corrections", "many", func(t teller) page {
			p := &correctionsPage{Frame: t.learning(desk.Responder), Pager: pagerView{First: "/mentions/corrections", Next: "/mentions/corrections?before=12"},
				Unsure: t.mentions(3), Moods: named("mood", "negative", "neutral", "positive"), Lesson: desk.Lesson{BrandID: 1, Learned: storyNow().Add(-time.Hour), Taught: 214, Mark: "x", Read: 12840, Differ: 1240}}
			for i, v := range t.mentions(12) {
				k := correctionView{desk.Correction{ID: int64(40 - i), At: storyNow().Add(-time.Duration(i) * time.Hour), Name: t.person(i), Was: desk.Mood(i%3 - 1), Shared: i == 4, Mention: v.Mention}, v, "/mentions/corrections"}
				k.Mention.Mood, k.Mention.CorrectedBy = desk.Mood((i+i%2)%3-1), k.Name
				p.Corrections = append(p.Corrections, k)
			}
			p.Corrections[2].Mention.Text = t.hostile().Text + long()
			return p
		}},
		{"mentions/mention", "gone", func(t teller) page {
			m := t.mention(0)
			m.Deleted, m.Text, m.Author, m.Title = storyNow(), "", desk.Author{Followers: -1}, ""
			m.CorrectedBy = t.person(1)
			return t.mentionPage(mentionView{Mention: m, Zone: time.UTC, Whole: true})
		}},
	}
}

// learning is the frame of the pages about corrections.
func (t teller) learning(role desk.Role) Frame {
	f := t.frame(role)
	f.Area = "mentions"
	return f
}

func (t teller) mentionsPage(n int) *mentionsPage {
	p := &mentionsPage{Frame: t.frame(desk.Responder), Mentions: t.mentions(n), Whens: whens, Moods: named("mood", "negative", "neutral", "positive"),
		Kinds: named("kind", desk.KindPost, desk.KindReply), Cues: named("cue", cueTypes...),
		Monitors: []choice{{"1", own(t.brand())}}, Networks: []choice{{"mastodon", own("Mastodon")}}, Langs: []choice{{"he", own(langName("he"))}}}
	for i := range p.Mentions {
		p.Mentions[i].Back = "/mentions"
	}
	return p
}

func (t teller) mentionPage(m mentionView) *mentionPage {
	m.Arrived, m.Engagement = storyNow(), desk.Engagement{Likes: 1204, Reposts: 310, Replies: 88}
	return &mentionPage{Frame: t.frame(desk.Responder), Mention: m, Out: outside(m.URL), Monitors: []choice{{"1", own(t.brand())}},
		Like: t.mentions(2), Thread: t.entries(2), Moods: named("mood", "negative", "neutral", "positive"),
		Cues: append(cueViews(m.Mention), cueView{Name: "boycott", Title: word("cue", "boycott"), By: t.person(2), Not: true}), Offered: named("cue", cueTypes...)}
}

func roomStories() []story {
	return []story{
		{"incidents/list", "empty", func(t teller) page { return &incidentsPage{Frame: t.frame(desk.Lead)} }},
		{"incidents/list", "many", func(t teller) page {
			p := &incidentsPage{Frame: t.frame(desk.Viewer), Pager: pagerView{Next: "/incidents?before=3"}}
			for i := range 12 {
				in := t.incident()
				in.ID, in.Level = int64(20-i), desk.Level(i%5)
				if i > 1 {
					in.State, in.Closed, in.Outcome = desk.IncidentClosed, storyNow(), t.said(1)
				}
				p.Incidents = append(p.Incidents, in)
			}
			p.Incidents[0].Title = long()
			return p
		}},
		{"incidents/declare", "new", func(t teller) page {
			return t.declare(&declarePage{Frame: t.frame(desk.Lead), Levels: levelChoices(desk.Issue)})
		}},
		{"incidents/declare", "wrong", func(t teller) page {
			f := t.frame(desk.Lead)
			f.Problems = []*desk.Invalid{desk.Wrong("title", "Say in a few words what is happening.")}
			return t.declare(&declarePage{Frame: f, Levels: levelChoices(desk.Crisis), Alert: 41, Known: t.said(0)})
		}},
		{"incidents/room", "storm", func(t teller) page { return t.room(desk.Lead, t.incident()) }},
		{"incidents/room", "viewer", func(t teller) page { return t.room(desk.Viewer, t.incident()) }},
		{"incidents/room", "quiet", func(t teller) page {
			in := t.incident()
			in.Steps, in.Known, in.Lead, in.Level = nil, "", "", desk.Watch
			v := &visit{speak: t.speak}
			now := storyNow()
			p := newRoomPage(v, incident.Room{Incident: in, From: now.Add(-6 * time.Hour), To: now, Step: 10, Phase: "steady"}, now)
			p.Frame = t.frame(desk.Responder)
			return p
		}},
		{"incidents/room", "closed", func(t teller) page {
			in := t.incident()
			in.State, in.Closed, in.Outcome = desk.IncidentClosed, storyNow(), t.said(2)
			return t.room(desk.Lead, in)
		}},
		{"incidents/room", "hostile", func(t teller) page {
			in := t.incident()
			in.Title, in.Known, in.Lead, in.DrillID = `<script>alert(1)</script> `+long(), t.hostile().Text, long(), 3
			p := t.room(desk.Lead, in)
			p.Mentions = []mentionView{t.hostile()}
			p.OpenRoom = &in
			p.Problems = []*desk.Invalid{desk.Wrong("why", "Say in a few words why the level changes."), desk.Wrong("note", "Write something.")}
			p.Room.Missing = []string{"words"}
			return p
		}},
	}
}

// declare offers the scenarios of a plan on the form, one of them suggested.
func (t teller) declare(p *declarePage) *declarePage {
	one := plan.Default(t.speak.Tag())
	p.Scenarios = plan.Suggest(&one, map[string]int{"food_illness": 3}, nil)
	p.Scenario = p.Scenarios[0].ID
	return p
}

func (t teller) incident() desk.Incident {
	now := storyNow()
	i := desk.Incident{ID: 7, BrandID: 1, Title: t.said(0), State: desk.IncidentOpen, Level: desk.Crisis, Known: t.said(1), Lead: t.person(0),
		Began: now.Add(-70 * time.Minute), Opened: now.Add(-16 * time.Minute), Version: 3}
	p := plan.Default(t.speak.Tag())
	i.Scenario = p.Scenarios[2].ID
	for k := range p.Roles {
		p.Roles[k].UserID, p.Roles[k].DeputyID = int64(k%2+1), 3
	}
	plan.Raise(&p, &i, t.users(), i.Opened)
	for k := range 2 {
		i.Steps[k].DoneBy, i.Steps[k].DoneAt = t.person(k), now.Add(-time.Duration(10-k)*time.Minute)
	}
	return i
}

func (t teller) room(role desk.Role, in desk.Incident) *roomPage {
	c := t.storm(120)
	now := storyNow()
	v := &visit{speak: t.speak, brand: desk.Brand{ID: 1, Zone: "UTC"}}
	var mentions []desk.Mention
	for i := range 5 {
		mentions = append(mentions, t.mention(i))
	}
	room := incident.Room{Incident: in, From: c.From, To: c.To, Step: 10, Volume: c.Points, Band: c.Band, Hour: 412, Expected: 49, Total: 1893, Answers: desk.AnswerCounts{Answers: 40, Copied: 12}, Doubling: 11, Phase: "rising",
		Negative: .71, People: 1544, Reach: 4200000, Networks: []desk.Share{{Name: "mastodon", Count: 1280}, {Name: "bluesky", Count: 613}},
		Moods: []desk.Share{{Name: "negative", Count: 1344}, {Name: "neutral", Count: 420}, {Name: "positive", Count: 129}}, Words: t.words(), Voices: t.voices(3), Media: t.voices(1), Crowd: t.crowd(), Mentions: mentions}
	p := newRoomPage(v, room, now)
	p.Topics = t.topics()
	p.Topics[2].Ended = now
	p.Frame = t.frame(role)
	one := plan.Default(t.speak.Tag())
	p.Scenario, _ = one.Scenario(in.Scenario)
	p.OpenRoom = &desk.Incident{ID: 7, Level: desk.Crisis, State: desk.IncidentOpen}
	p.Assessed = situation{Incident: in, Zone: time.UTC}
	p.Assessed.take(t.ledger())
	p.Assessed.Claims = t.claims()[:3]
	p.Timeline, p.Older = t.entries(9), "/incidents/7?before=3"
	return p
}
