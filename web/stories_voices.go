package web

import (
	"time"

	"breakwater/desk"
)

func voiceStories() []story {
	return []story{
		{"voices/voices", "empty", func(t teller) page { return t.voicesPage(nil) }},
		{"voices/voices", "many", func(t teller) page {
			p := t.voicesPage(t.voices(18))
			p.Crowd = crowdView{t.crowd(), time.UTC}
			p.Pager = pagerView{Next: "/voices?page=2"}
			return p
		}},
		{"voices/voices", "hostile", func(t teller) page {
			all := t.voices(2)
			all[0].Author.Name, all[0].By = `<script>alert(1)</script>`, []desk.Share{{Name: long(), Count: 1}}
			p := t.voicesPage(all)
			p.Crowd = crowdView{t.crowd(), time.UTC}
			p.Crowd.Copied[0].Text, p.Room, p.Spans = `"><img src=x onerror=alert(1)>`+long(), 7, nil
			return p
		}},
	}
}

func (t teller) voicesPage(all []desk.Voice) *voicesPage {
	p := &voicesPage{Frame: t.frame(desk.Responder), Kinds: voiceKinds(), Ranks: voiceRanks, Span: "24h", Crowd: crowdView{Zone: time.UTC}, Voices: voiceViews(all)}
	for _, s := range spans {
		p.Spans = append(p.Spans, choice{s.name, word("span", s.name)})
	}
	return p
}
