package web

import (
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/radar"
)

func radarStories() []story {
	return []story{
		{"radar/radar", "storm", func(t teller) page { return t.radar() }},
		{"radar/radar", "empty", func(t teller) page {
			f := t.frame(desk.Lead)
			f.Brands, f.Waiting = f.Brands[:1], 0
			now := storyNow()
			return &radarPage{Frame: f, Span: "24h", Spans: spanNames(), Figures: figures(t.speak, radar.Numbers{}, desk.ConversationCounts{}, storyNow()), Chart: chart{From: now.Add(-24 * time.Hour), To: now, Step: time.Hour}, Checked: now}
		}},
		{"radar/radar", "calm", func(t teller) page {
			p := t.radar()
			p.Waiting, p.Alerts, p.More, p.Topics = 0, nil, 0, nil
			p.Ears = radar.Ears{Total: 6, Well: 6}
			p.Chart = t.storm(0)
			p.Figures = figures(t.speak, radar.Numbers{Mentions: 31, Known: true, Usual: desk.Band{Low: 18, High: 47}, Negative: .16, UsualShare: .2, ShareKnown: true, People: 28}, desk.ConversationCounts{}, storyNow())
			return p
		}},
		{"radar/radar", "deaf", func(t teller) page {
			p := t.radar()
			p.Deaf = make([]desk.Source, 2)
			now := storyNow()
			p.Chart.Gaps = []desk.Gap{{From: now.Add(-9 * time.Hour), To: now.Add(-6 * time.Hour)}}
			p.OpenRoom = &desk.Incident{ID: 7, Level: desk.Crisis, State: desk.IncidentOpen}
			return p
		}},
		{"radar/radar", "drill", func(t teller) page {
			p := t.radar()
			p.OpenRoom = &desk.Incident{ID: 7, Level: desk.Severe, DrillID: 1, State: desk.IncidentOpen}
			return p
		}},
		{"radar/radar", "hostile", func(t teller) page {
			p := t.radar()
			p.Newest = []mentionView{t.hostile()}
			p.Alerts[0].Examples = []mentionView{t.hostile()}
			p.Alerts[0].Monitor = long()
			p.Topics = topicViews([]desk.Topic{{ID: 1, Name: long(), Terms: []string{long()}, Count: 1 << 40, Negative: 1 << 40, Hour: 1 << 30, Usual: 0.1, Trend: "peaking"}, {Name: "<script>", Terms: nil, Few: true, Trend: "falling", Networks: []desk.Share{{Name: "<b>net"}}}})
			sample := t.hostile()
			p.Topics[1].Sample = &sample
			p.Words = shareViews([]desk.Share{{Name: long(), Count: 1 << 40}, {Name: "<script>", Count: 3, Ratio: 1e9}}, asIs, searchPath)
			p.Brand.Name = strings.Repeat("Long Brand & Sons ", 9)
			p.Brands[0] = p.Brand
			p.Figures = figures(t.speak, radar.Numbers{Mentions: 123456789, Known: true, Usual: desk.Band{Low: 1e6, High: 2.5e6}, Negative: 1, People: 98765432, Alerts: 140}, desk.ConversationCounts{Waiting: 9876543, Late: 1234567}, storyNow())
			return p
		}},
		{"error/error", "oops", func(t teller) page {
			p := &errorPage{Frame: t.frame(desk.Viewer), Ref: "k3xq7m2p", Help: "/help#roles"}
			p.Status, p.Title, p.Advice, _ = explain(desk.ErrForbidden)
			return p
		}},
	}
}

func spanNames() []string {
	var all []string
	for _, s := range spans {
		all = append(all, s.name)
	}
	return all
}

func (t teller) radar() *radarPage {
	p := &radarPage{Frame: t.frame(desk.Lead), Span: "24h", Spans: spanNames(), Chart: t.storm(120), Checked: storyNow(),
		Figures: figures(t.speak, radar.Numbers{Mentions: 412, Known: true, Usual: desk.Band{Low: 22, High: 78}, Negative: .71, UsualShare: .18, ShareKnown: true, People: 377, Alerts: 2}, desk.ConversationCounts{Waiting: 38, Late: 4, Oldest: storyNow().Add(-time.Hour)}, storyNow()),
		Alerts:  []alertView{t.card(0, desk.Crisis), t.card(1, desk.Issue)}, More: 3,
		Topics:   t.topics(),
		Words:    shareViews(t.words(), asIs, searchPath),
		Networks: shareViews([]desk.Share{{Name: "mastodon", Count: 1280, Ratio: 4.2}, {Name: "bluesky", Count: 640, Ratio: 3}, {Name: "feed", Count: 210}}, networkName, networkPath),
		Voices:   voiceViews(t.voices(3)), Media: voiceViews(t.voices(2)), Newest: t.mentions(6), Ears: radar.Ears{Total: 6, Well: 6}}
	a := p.Alerts[0]
	p.Chart.Marks = []mark{{a.Opened, a.Level, "/alerts/41", t.speak.Text(a.Sentence())}}
	return p
}
