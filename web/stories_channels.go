package web

import (
	"time"

	"breakwater/desk"
	"breakwater/publish"
)

func channelStories() []story {
	return []story{
		{"channels/channels", "empty", func(t teller) page { return &channelsPage{Frame: t.frame(desk.Admin)} }},
		{"channels/channels", "many", func(t teller) page { return t.channels() }},
		{"channels/channels", "viewer", func(t teller) page {
			p := t.channels()
			p.Who.Role = desk.Viewer
			for i := range p.Open {
				p.Open[i].May = false
			}
			return p
		}},
		{"channels/channel", "kinds", func(t teller) page {
			return &channelPage{Frame: t.frame(desk.Admin), Specs: []desk.Spec{storySpec(), storyHook()}}
		}},
		{"channels/channel", "wrong", func(t teller) page {
			p := t.channelPage(desk.Channel{Kind: "mastodon"})
			p.Problems = []*desk.Invalid{desk.Wrong("url", "Enter a whole address, like https://example.org/feed."), desk.Wrong("name", "Give the channel a name.")}
			p.Failed = desk.Say("It refuses our credentials. Enter new ones in its settings.")
			p.Inputs = specInputs(p.Spec, nil, p.Wrong)
			return p
		}},
		{"channels/channel", "full", func(t teller) page {
			p := t.channelPage(t.channel(2))
			p.Found = &publish.About{Account: "@" + long()}
			return p
		}},
	}
}

func (t teller) channel(i int) desk.Channel {
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	states := []string{desk.HealthOK, desk.HealthFailing, desk.HealthDenied, desk.HealthNew, desk.HealthOK}
	c := desk.Channel{ID: int64(i + 1), BrandID: 1, Kind: "mastodon", Name: t.brand(), Account: "@brand@example.social", Order: i + 1, State: states[i%len(states)], Checked: at,
		Settings: desk.Settings{"url": "https://example.org/" + long(), "token": desk.Mask, "words": "a\nb"}, Limits: desk.Limits{Text: 500, PerLink: 23, Media: 4, MediaSize: 16 << 20, Alt: 1500}, Version: 3}
	switch c.State {
	case desk.HealthFailing:
		c.Problem = desk.Say("It does not answer, or answers with an error. It is tried again by itself.")
	case desk.HealthDenied:
		c.Problem, c.Name = desk.Say("It refuses our credentials. Enter new ones in its settings."), long()
	}
	if i == 4 {
		c.Expires = at
	}
	c.Paused = i == 6
	return c
}

func (t teller) channelPage(c desk.Channel) *channelPage {
	p := &channelPage{Frame: t.frame(desk.Admin), Spec: storySpec(), Channel: channelView{c, "Mastodon", time.UTC}, Langs: langChoices()[1:]}
	p.Inputs = specInputs(p.Spec, c.Settings, p.Wrong)
	p.Limits = limitFigures(t.speak, c.Limits)
	return p
}

func (t teller) channels() *channelsPage {
	p := &channelsPage{Frame: t.frame(desk.Admin), Ill: 3}
	for i := range 8 {
		p.Channels = append(p.Channels, channelView{t.channel(i), "Mastodon", time.UTC})
	}
	stop := t.channel(1)
	stop.Mute, stop.Account = true, ""
	p.Outlets = []channelView{{stop, "Webhook", time.UTC}}
	p.Counters = []channelView{{stop, "Customer service (webhook)", time.UTC}}
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	task := desk.ByHand{ID: 7, Channel: t.brand(), Do: desk.ByHandSay, Where: "PBX > announcements > night\n+48 22 000 00 00", Who: "Ana", Lang: "he", Title: "שלום", Text: t.brand() + "\n" + long(), Made: at, NeedsPhoto: true}
	p.Open = []byHandView{{task, time.UTC, desk.Say("Add a photo that shows the words in their place."), true}}
	task.ID, task.Do = 8, desk.ByHandRemove
	p.Open = append(p.Open, byHandView{ByHand: task, Zone: time.UTC, May: true})
	task.ID, task.Do, task.DoneAt, task.DoneBy, task.Note, task.Photo = 9, desk.ByHandChange, at, "<b>Ana", long(), desk.Media{Hash: "x", Type: "image/png"}
	p.Ticked = []byHandView{{ByHand: task, Zone: time.UTC}}
	return p
}
