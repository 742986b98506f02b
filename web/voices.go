package web

import (
	"net/http"
	"net/url"
	"time"

	"breakwater/desk"
)

func (c *Console) voiceRoutes() []route {
	return []route{
		{"GET /voices", desk.Viewer, c.voiceList},
		{"POST /voices/{id}/kind", desk.Responder, c.voiceKind},
	}
}

// voicesPage is who speaks: how many in their own words, what is copied, and the voices with what they are.
type voicesPage struct {
	Frame
	Spans, Kinds []choice
	Span, Kind   string
	Ranks        []choice
	Rank         string // "" by reach, else desk.ByAmplification
	Room         int64  // the incident whose voices they are; 0 the brand's
	Title        string // of the incident
	Crowd        crowdView
	Voices       []voiceView
	Pager        pagerView
}

// crowdView is a crowd with the zone that its times are shown in.
type crowdView struct {
	desk.Crowd
	Zone *time.Location
}

const voicesShown = 50

func (c *Console) voiceList(w http.ResponseWriter, r *http.Request) error {
	q, v := r.URL.Query(), visitOf(r)
	p := &voicesPage{Frame: Frame{Area: "radar"}, Span: q.Get("span"), Kind: q.Get("kind"), Room: number(q.Get("room")), Kinds: voiceKinds(), Ranks: voiceRanks}
	if q.Get("rank") == desk.ByAmplification {
		p.Rank = desk.ByAmplification
	}
	now := present()
	a := desk.Ask{BrandID: v.brand.ID, To: now}
	if p.Room != 0 {
		i, err := c.Rooms.One(r.Context(), p.Room)
		if err != nil {
			return err
		}
		a, p.Title = i.Ask(now), i.Title
	} else {
		s, ok := spanNamed(p.Span)
		if !ok {
			s, _ = spanNamed("24h")
		}
		p.Span, a.From = s.name, now.Add(-s.long)
		for _, s := range spans {
			p.Spans = append(p.Spans, choice{s.name, word("span", s.name)})
		}
	}
	crowd, err := c.Radar.Crowd(r.Context(), a)
	if err != nil {
		return err
	}
	a.Rank = p.Rank
	all, err := c.Radar.Everybody(r.Context(), a, p.Kind)
	if err != nil {
		return err
	}
	p.Crowd = crowdView{crowd, zone(v.brand)}
	all, p.Pager = slicePage(r, all, voicesShown)
	p.Voices = voiceViews(all)
	return c.render(w, r, "voices/voices", p)
}

// Query is the address of the page with another span or kind.
func (p *voicesPage) Query(name, value string) string {
	q := url.Values{}
	if p.Room != 0 {
		q.Set("room", itoa(p.Room))
	} else {
		q.Set("span", p.Span)
	}
	q.Set("kind", p.Kind)
	q.Set("rank", p.Rank)
	q.Set(name, value)
	for _, k := range []string{"kind", "rank"} {
		if q.Get(k) == "" {
			q.Del(k)
		}
	}
	return "/voices?" + q.Encode()
}

// voiceRanks are the orders of voices.
var voiceRanks = []choice{{"", desk.Say("By reach")}, {desk.ByAmplification, desk.Say("By how often they are repeated")}}

// voiceKinds are the kinds as filter and as form have them; the first is no kind.
func voiceKinds() []choice { return named("voice", append([]string{""}, desk.VoiceKinds...)...) }

func (c *Console) voiceKind(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Radar.SetKind(r.Context(), visitOf(r).brand.ID, id, r.PostFormValue("kind")); err != nil {
		return err
	}
	return seeOther(w, r, "/voices", "saved")
}
