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
		{"assess/claims", "empty", func(t teller) page {
			return &claimsPage{Frame: t.room0(desk.Responder), Nav: assessNav{t.incident(), "claims"}, Fresh: newClaimForm(desk.Claim{Lang: "en"}, nil)}
		}},
		{"assess/claims", "many", func(t teller) page {
			p := &claimsPage{Frame: t.room0(desk.Lead), Nav: assessNav{t.incident(), "claims"}, Claims: t.claims(), Fresh: newClaimForm(desk.Claim{Lang: "he", Text: t.said(1)}, nil)}
			return p
		}},
		{"assess/claim", "spread", func(t teller) page { return t.claim(desk.Lead) }},
		{"assess/claim", "wrong", func(t teller) page {
			p := t.claim(desk.Lead)
			p.Problems = []*desk.Invalid{desk.Wrong("evidence", "A verdict says what shows it."), desk.Wrong("links", "A link begins with https:// or http://.")}
			p.Form.Text, p.Form.Links = long(), []string{"javascript:alert(1)"}
			p.Track.Text = t.hostile().Text
			return p
		}},
		{"assess/claim", "viewer", func(t teller) page {
			p := t.claim(desk.Viewer)
			p.Similar, p.Makers, p.Track.Spread, p.Networks = nil, nil, desk.Spread{}, nil
			return p
		}},
		{"assess/advice", "open", func(t teller) page {
			p := newAdvicePage(t.counsel(desk.Appraisal{}))
			p.Frame = t.room0(desk.Lead)
			return p
		}},
		{"assess/advice", "full", func(t teller) page {
			a := desk.Appraisal{Danger: desk.Yes, True: desk.Yes, Cause: desk.CauseTechnical, Knew: desk.Yes, Before: desk.Yes, Standing: desk.StandingBad,
				Category: "product", Side: "internal", Affected: []string{"customers", "families"}, Teams: []string{"Legal", long()}, By: t.person(1), At: storyNow(), Version: 2}
			p := newAdvicePage(t.counsel(a))
			p.Frame = t.room0(desk.Lead)
			return p
		}},
		{"assess/advice", "viewer", func(t teller) page {
			p := newAdvicePage(t.counsel(desk.Appraisal{True: desk.No, Version: 1}))
			p.Frame = t.room0(desk.Viewer)
			return p
		}},
		{"assess/evidence", "empty", func(t teller) page {
			p := newEvidencePage(t.incident(), nil)
			p.Frame = t.room0(desk.Viewer)
			return p
		}},
		{"assess/evidence", "many", func(t teller) page {
			p := newEvidencePage(t.incident(), t.exhibits())
			p.Frame = t.room0(desk.Lead)
			return p
		}},
		{"assess/evidence", "wrong", func(t teller) page {
			p := newEvidencePage(t.incident(), t.exhibits())
			p.Frame = t.room0(desk.Lead)
			p.Problems = []*desk.Invalid{desk.Wrong("until", "Choose a day within the next ten years.")}
			return p
		}},
		{"assess/brief", "executive", func(t teller) page { return t.brief(assess.Executive) }},
		{"assess/brief", "full", func(t teller) page { return t.brief(assess.Tactical) }},
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

// claims are claims with every verdict.
func (t teller) claims() []desk.Claim {
	var all []desk.Claim
	for i, v := range desk.ClaimVerdicts {
		c := desk.Claim{ID: int64(i + 1), IncidentID: 7, Number: i + 1, Text: t.said(i), Lang: "en", Verdict: v, Version: 1}
		if c.Decided() {
			c.Correction, c.Evidence, c.CheckedBy, c.CheckedAt = t.said(i+1), t.said(i+2), t.person(i), storyNow().Add(-time.Hour)
			c.Links = []string{"https://example.org/laboratory/report-2026-03.pdf"}
		}
		all = append(all, c)
	}
	return all
}

func (t teller) claim(role desk.Role) *claimPage {
	now := storyNow()
	track := assess.Track{Claim: t.claims()[2], Spread: desk.Spread{Mentions: 318, People: 290, Reach: 1_830_000, First: now.Add(-5 * time.Hour), Last: now.Add(-4 * time.Minute),
		Networks: []desk.Share{{Name: "mastodon", Count: 201}, {Name: "bluesky", Count: 117}}}}
	for i := range 20 {
		track.Spread.Points = append(track.Spread.Points, desk.Point{At: now.Add(-time.Duration(20-i) * 15 * time.Minute).Truncate(5 * time.Minute), Count: 3 + i*i/4})
	}
	var similar []assess.Similar
	for i := range 3 {
		m := t.mention(i)
		track.Makers = append(track.Makers, assess.LinkMention{Link: desk.Link{MentionID: m.ID, Makes: true, Who: t.person(i)}, Mention: m})
		similar = append(similar, assess.Similar{Mention: m, Likeness: .9 - float64(i)/5, Why: desk.Say("Shares “{words}” with the claim.", "words", "glass jar")})
	}
	track.Apart = track.Makers[:1]
	p := newClaimPage(t.incident(), track, t.ledger(), similar, time.UTC)
	p.Frame = t.room0(role)
	return p
}

func (t teller) counsel(a desk.Appraisal) assess.Counsel {
	pic := assess.Picture{At: storyNow(), Total: 1893, People: 1544, Negative: .71, Reach: 4_200_000, Hour: 412, HourPeople: 377, Expected: 49, UsualShare: .18, ShareKnown: true,
		Doubling: 11, Phase: desk.Rising, Networks: []desk.Share{{Name: "mastodon", Count: 1280}, {Name: "bluesky", Count: 613}}, Voices: t.voices(3), Media: t.voices(1),
		Cues: []desk.Share{{Name: "safety_injury", Count: 200}}}
	in := t.incident()
	a.IncidentID = in.ID
	return assess.Counsel{Incident: in, Appraisal: a, Advice: assess.Advise(a), Level: assess.Suggest(pic, a), Picture: pic,
		Guess: assess.Guess{Category: "product", Side: "internal", Affected: []string{"customers"}, Teams: []string{"Legal"}, Why: desk.Say("{n} mentions speak of it more than of anything else.", "n", 200)}}
}

func (t teller) brief(length string) *briefPage {
	b := assess.Brief{Counsel: t.counsel(desk.Appraisal{Category: "product", Affected: []string{"customers", "families"}}), Brand: desk.Brand{Name: t.brand(), Zone: "Europe/Stockholm"}, At: storyNow(),
		Facts: t.ledger(), Claims: t.claims()}
	for _, e := range t.entries(6) {
		b.Entries = append(b.Entries, e.Entry)
	}
	return &briefPage{Frame: t.room0(desk.Lead), Nav: assessNav{t.incident(), "brief"}, Doc: b.Doc(length, t.speak.Tag()), Length: length, Lengths: named("length", assess.Lengths...), Prints: length == assess.Tactical}
}

// exhibits are posts that were kept: one whole, one that is being fetched, one with problems and hostile words.
func (t teller) exhibits() []desk.Exhibit {
	now := storyNow()
	var all []desk.Exhibit
	for i := range 3 {
		m := t.mention(i)
		e := desk.Exhibit{ID: int64(i + 1), IncidentID: 7, Number: i + 1, MentionID: m.ID, Ref: m.Ref, Author: m.Author.Handle, Origin: i == 0, Why: t.said(i), Published: m.Published, Taken: now, By: t.person(i),
			Until: now.Add(desk.KeptFor), Hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Pending: i == 1,
			Files: []desk.ExhibitFile{{Name: "post.json"}, {Name: "rendering.html"}, {Name: "media-1.jpg"}}}
		all = append(all, e)
	}
	all[2].Author, all[2].Why = long(), t.hostile().Text
	all[2].Problems = []desk.Text{desk.Say("{host} could not be reached.", "host", "example.social")}
	return all
}
