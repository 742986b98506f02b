package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

func (c *Console) mentionRoutes() []route {
	return []route{
		{"GET /mentions", desk.Viewer, c.mentionList},
		{"GET /mentions/{id}", desk.Viewer, c.mentionShow},
		{"POST /mentions/{id}/mood", desk.Responder, c.mentionCorrect},
	}
}

// mentionsPage explores what was heard.
type mentionsPage struct {
	Frame
	Search   search
	Mentions []mentionView
	Monitors []choice
	Networks []choice
	Langs    []choice
	Moods    []choice
	Kinds    []choice
	Cues     []choice
	Whens    []choice
	Pager    pagerView
	Folded   *mentionView // looking at those like this one
	Fresh    string       // address that tells what came since
}

// search is what the explorer's form asks for.
type search struct {
	Text, Monitor, Network, Lang, Mood, Kind, Cue, Author, When, From, To string
	Reach                                                                 string
	Fold                                                                  string
	All                                                                   bool // reposts and copies too
}

// Narrow reports whether anything but the words is asked for.
func (s search) Narrow() bool {
	s.Text = ""
	return s != search{}
}

// whens are how far back the explorer looks.
var whens = []choice{{"", desk.Say("Any time")}, {"1h", desk.Say("The last hour")}, {"24h", desk.Say("The last 24 hours")}, {"168h", desk.Say("The last 7 days")}, {"672h", desk.Say("The last 4 weeks")}}

func searchOf(q url.Values) search {
	return search{Text: strings.TrimSpace(q.Get("q")), Monitor: q.Get("monitor"), Network: q.Get("network"), Lang: q.Get("lang"), Mood: q.Get("mood"),
		Kind: q.Get("kind"), Cue: q.Get("cue"), Author: strings.TrimPrefix(strings.TrimSpace(q.Get("author")), "@"), When: q.Get("when"),
		From: q.Get("from"), To: q.Get("to"), Reach: q.Get("reach"), Fold: q.Get("fold"), All: q.Get("all") != ""}
}

// filter is the search as the store understands it.
func (s search) filter(brand desk.Brand, now time.Time) desk.Filter {
	f := desk.Filter{Text: s.Text, BrandID: brand.ID, Author: s.Author, Cue: s.Cue, MinReach: int(number(s.Reach)), Fold: number(s.Fold), Listed: !s.All && s.Fold == ""}
	if id := number(s.Monitor); id > 0 {
		f.Monitors = []int64{id}
	}
	if s.Network != "" {
		f.Networks = []string{s.Network}
	}
	if s.Lang != "" {
		f.Langs = []string{s.Lang}
	}
	if s.Kind != "" {
		f.Kinds = []string{s.Kind}
	}
	if m, ok := desk.ParseMood(s.Mood); ok {
		f.Moods = []desk.Mood{m}
	}
	if d, err := time.ParseDuration(s.When); err == nil && d > 0 {
		f.From = now.Add(-d)
	}
	z := zone(brand)
	if at, err := time.ParseInLocation(time.DateOnly, s.From, z); err == nil {
		f.From = at
	}
	if at, err := time.ParseInLocation(time.DateOnly, s.To, z); err == nil {
		f.To = at.AddDate(0, 0, 1)
	}
	return f
}

const (
	mentionsShown = 30
	offered       = 300 // monitors to choose from; ten thousand would be no choice
)

func (c *Console) mentionList(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	q := r.URL.Query()
	p := &mentionsPage{Search: searchOf(q), Moods: named("mood", "negative", "neutral", "positive"), Whens: whens,
		Kinds: named("kind", desk.KindPost, desk.KindReply, desk.KindRepost, desk.KindArticle, desk.KindComment),
		Cues:  named("cue", cueTypes...)}
	types, err := c.Lexicon.Types(ctx, v.brand.ID)
	if err != nil {
		return err
	}
	for _, t := range types {
		if t.Own {
			p.Cues = append(p.Cues, choice{t.Name, t.Title})
		}
	}
	p.Find = p.Search.Text
	f := p.Search.filter(v.brand, time.Now().UTC())
	f.Before, f.Limit = number(q.Get("before")), mentionsShown
	got, err := c.Radar.Mentions(ctx, f)
	if err != nil {
		return c.again(w, r, "mentions/mentions", p, err)
	}
	p.Mentions = mentionViews(got.Mentions, zone(v.brand))
	for i := range p.Mentions {
		p.Mentions[i].Back = r.URL.RequestURI()
	}
	if f.Before != 0 {
		p.Pager.First = with(r, "before", "")
	}
	if got.Next != 0 {
		p.Pager.Next = with(r, "before", itoa(got.Next))
	}
	if f.Fold != 0 && len(p.Mentions) > 0 {
		p.Folded = &p.Mentions[len(p.Mentions)-1]
	}
	if f.Before == 0 && len(p.Mentions) > 0 {
		p.Fresh = with(r, "since", itoa(p.Mentions[0].ID))
	}
	if err := c.facets(ctx, v, p); err != nil {
		return err
	}
	return c.render(w, r, "mentions/mentions", p)
}

// facets are what the selects offer: the brand's monitors, and what came in the last four weeks.
func (c *Console) facets(ctx context.Context, v *visit, p *mentionsPage) error {
	monitors, err := c.Monitors.List(ctx, v.brand.ID)
	if err != nil {
		return err
	}
	for i, m := range monitors {
		if id := itoa(m.ID); i < offered || id == p.Search.Monitor {
			p.Monitors = append(p.Monitors, choice{id, own(m.Name)})
		}
	}
	now := present()
	a := desk.Ask{BrandID: v.brand.ID, From: now.Add(-28 * 24 * time.Hour), To: now}
	networks, err := c.Radar.Breakdown(ctx, a, "network")
	if err != nil {
		return err
	}
	p.Networks = shareChoices(networks, p.Search.Network, networkName)
	langs, err := c.Radar.Breakdown(ctx, a, "lang")
	p.Langs = shareChoices(langs, p.Search.Lang, langName)
	return err
}

// shareChoices offers what there is, and what is chosen even when there is none of it now.
func shareChoices(all []desk.Share, chosen string, name func(string) string) []choice {
	var out []choice
	for _, s := range all {
		out = append(out, choice{s.Name, own(name(s.Name))})
	}
	if chosen != "" && !slices.ContainsFunc(out, func(c choice) bool { return c.Value == chosen }) {
		out = append(out, choice{chosen, own(name(chosen))})
	}
	return out
}

func named(group string, values ...string) []choice {
	all := make([]choice, len(values))
	for i, v := range values {
		all[i] = choice{v, word(group, v)}
	}
	return all
}

// mentionPage shows one mention with all that is known about it.
type mentionPage struct {
	Frame
	Mention  mentionView
	Out      string // its address at its network, empty when it is none that a browser should open
	Monitors []choice
	Like     []mentionView
	Thread   []entryView
	Moods    []choice
	Cues     []cueView
	Offered  []choice // types that a person can mark it with
}

func (c *Console) mentionShow(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	id, err := pathID(r)
	if err != nil {
		return err
	}
	m, err := c.Radar.One(ctx, id)
	if err != nil {
		return err
	}
	p := &mentionPage{Frame: Frame{Area: "mentions"}, Mention: mentionView{Mention: m, Zone: zone(v.brand), Whole: true}, Out: outside(m.URL),
		Moods: named("mood", "negative", "neutral", "positive"), Cues: cueViews(m)}
	types, err := c.Lexicon.Types(ctx, v.brand.ID)
	if err != nil {
		return err
	}
	for _, t := range types {
		if !slices.ContainsFunc(p.Cues, func(q cueView) bool { return q.Name == t.Name && !q.Not }) {
			p.Offered = append(p.Offered, choice{t.Name, t.Title})
		}
	}
	for _, mid := range m.Monitors {
		mon, err := c.Monitors.One(ctx, mid)
		if errors.Is(err, desk.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		p.Monitors = append(p.Monitors, choice{itoa(mid), own(mon.Name)})
	}
	if m.Like > 1 || m.IsCopy() {
		got, err := c.Radar.Mentions(ctx, desk.Filter{Fold: m.Fold, Limit: 6})
		if err != nil {
			return err
		}
		got.Mentions = slices.DeleteFunc(got.Mentions, func(o desk.Mention) bool { return o.ID == id })
		p.Like = mentionViews(got.Mentions, zone(v.brand))
	}
	entries, err := c.Journal.List(ctx, desk.EntryFilter{On: "mention:" + itoa(id), Paging: desk.Paging{Limit: 20}})
	if err != nil {
		return err
	}
	p.Thread = entryViews(entries, zone(v.brand))
	return c.render(w, r, "mentions/mention", p)
}

// outside is an address that a browser may open; strangers wrote it.
func outside(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return ""
	}
	return u.String()
}

func (c *Console) mentionCorrect(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	mood, ok := desk.ParseMood(r.PostFormValue("mood"))
	if !ok {
		return desk.Wrong("mood", "Choose negative, neutral or positive.")
	}
	if _, err := c.Radar.Correct(r.Context(), id, mood); err != nil {
		return err
	}
	return seeOther(w, r, "/mentions/"+itoa(id), "corrected")
}
