package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
	"breakwater/internal/say"
	"breakwater/radar"
)

func (c *Console) radarRoutes() []route {
	return []route{
		{"GET /{$}", desk.Viewer, c.radarShow},
		{"POST /brand", desk.Viewer, c.brandChoose},
	}
}

// radarPage is the first page: is anything unusual right now?
type radarPage struct {
	Frame
	Span     string // 6h, 24h, 7d, 28d
	Spans    []string
	Figures  []figure
	Chart    chart
	Alerts   []alertView
	More     int // live alerts beyond those shown
	Topics   []topicView
	Words    []shareView
	Networks []shareView
	Voices   []voiceView
	Media    []voiceView
	WhoLast  bool // Voices and Media are of the last mostHeard alone, which is less than Span
	Newest   []mentionView
	Ears     radar.Ears
	Checked  time.Time
	Monitors int // none yet: teach
	NoPlan   bool
}

// spans are what the chart can show, each with a step that leaves about a hundred columns.
var spans = []span{
	{"2h", 2 * time.Hour, time.Minute}, {"6h", 6 * time.Hour, 5 * time.Minute}, {"24h", 24 * time.Hour, 15 * time.Minute}, {"7d", 7 * 24 * time.Hour, 2 * time.Hour}, {"28d", 28 * 24 * time.Hour, 6 * time.Hour},
}

// mostHeard is how far back the radar reads every post to find who speaks; its chart looks further.
const mostHeard = 24 * time.Hour

type span struct {
	name string
	long time.Duration
	step time.Duration
}

func spanNamed(name string) (span, bool) {
	for _, s := range spans {
		if name == s.name {
			return s, true
		}
	}
	return span{}, false
}

// fitting is the shortest span that shows something that began so long ago with the calm before it.
func fitting(ago time.Duration) span {
	for _, s := range spans {
		if ago < s.long*2/3 {
			return s
		}
	}
	return spans[len(spans)-1]
}

// spanOf is the span that was asked for; else a day, or the hours of the storm that runs.
func (c *Console) spanOf(r *http.Request) (span, error) {
	if s, ok := spanNamed(r.URL.Query().Get("span")); ok {
		return s, nil
	}
	day, _ := spanNamed("24h")
	live, err := c.Alerts.List(r.Context(), desk.AlertFilter{BrandID: visitOf(r).brand.ID, Live: true, Paging: desk.Paging{Limit: 20}})
	since := time.Time{}
	for _, a := range live {
		for _, s := range a.Signals {
			if at := s.Evidence.Since; s.MonitorID != 0 && a.Level >= desk.Issue && !at.IsZero() && (since.IsZero() || at.Before(since)) {
				since = at
			}
		}
	}
	if s := fitting(time.Since(since)); !since.IsZero() && s.long < day.long {
		return s, err
	}
	return day, err
}

func (c *Console) radarShow(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	shown, err := c.spanOf(r)
	if err != nil {
		return err
	}
	p := &radarPage{Span: shown.name, Checked: time.Now()}
	for _, s := range spans {
		p.Spans = append(p.Spans, s.name)
	}
	now := present()
	hour := desk.Ask{BrandID: v.brand.ID, From: now.Add(-time.Hour), To: now}
	day := desk.Ask{BrandID: v.brand.ID, From: now.Add(-shown.long), To: now, Step: shown.step, By: "network"}
	who := day
	who.From, p.WhoLast = now.Add(-min(shown.long, mostHeard)), shown.long > mostHeard
	var rest errgroup.Group // what reads most, beside the others
	rest.Go(func() error { return c.radarWho(ctx, p, day, who) })
	rest.Go(func() error {
		words, err := c.Radar.Words(ctx, hour, 10)
		p.Words = shareViews(words, asIs, searchPath)
		return err
	})
	err = all(
		func() error { return c.radarChart(ctx, v, p, day) },
		func() (err error) { p.Alerts, p.More, err = c.liveAlerts(ctx, v, r.URL.RequestURI()); return },
		func() (err error) { p.Topics, err = c.liveTopics(ctx, v); return },
		func() error {
			page, err := c.Radar.Mentions(ctx, desk.Filter{BrandID: v.brand.ID, Listed: true, Limit: 6})
			p.Newest = mentionViews(page.Mentions, zone(v.brand))
			return err
		},
		func() error {
			current, err := c.Plans.Current(ctx, v.brand.ID)
			p.NoPlan = current.ID == 0
			return err
		},
		func() (err error) { p.Ears, err = c.Radar.Ears(ctx, v.brand.ID); return },
		func() error {
			n, err := c.Radar.Numbers(ctx, v.brand.ID)
			if err != nil {
				return err
			}
			inbox, err := c.Queue.Counts(ctx, v.brand.ID)
			p.Figures = figures(v.speak, n, inbox, p.Checked)
			return err
		},
		rest.Wait,
	)
	if err != nil {
		return err
	}
	return c.render(w, r, "radar/radar", p)
}

// all runs what a page needs, one after the other, and gathers what went wrong.
func all(parts ...func() error) error {
	var errs []error
	for _, f := range parts {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}

func (c *Console) radarChart(ctx context.Context, v *visit, p *radarPage, a desk.Ask) error {
	got, err := c.Radar.Chart(ctx, a)
	if err != nil {
		return err
	}
	p.Chart = chartOf(got, zone(v.brand))
	alerts, err := c.Alerts.List(ctx, desk.AlertFilter{BrandID: v.brand.ID, Paging: desk.Paging{Limit: 100}})
	for _, a := range alerts {
		if a.Opened.After(got.From) && a.SourceID == 0 {
			p.Chart.Marks = append(p.Chart.Marks, mark{a.Opened, a.Level, "/alerts/" + itoa(a.ID), v.speak.Text(alertView{Alert: a}.Sentence())})
		}
	}
	return err
}

func chartOf(got radar.Chart, z *time.Location) chart {
	return chart{From: got.From, To: got.To, Step: time.Duration(got.Step) * time.Minute, Zone: z, Points: got.Points, Band: got.Band, Gaps: got.Gaps, Forecast: got.Forecast}
}

func (c *Console) radarWho(ctx context.Context, p *radarPage, where, who desk.Ask) error {
	networks, err := c.Radar.Breakdown(ctx, where, "network")
	if err != nil {
		return err
	}
	p.Networks = shareViews(networks, networkName, networkPath)
	voices, err := c.Radar.Voices(ctx, who, 6)
	if err != nil {
		return err
	}
	p.Voices = voiceViews(voices)
	media, err := c.Radar.Media(ctx, who, 6)
	p.Media = voiceViews(media)
	return err
}

// liveAlerts are the cards of the radar: the five that matter most.
func (c *Console) liveAlerts(ctx context.Context, v *visit, back string) (cards []alertView, more int, err error) {
	live, err := c.Alerts.List(ctx, desk.AlertFilter{BrandID: v.brand.ID, Live: true, Paging: desk.Paging{Limit: 200}})
	if err != nil {
		return nil, 0, err
	}
	const shown = 5
	if len(live) > shown {
		live, more = live[:shown], len(live)-shown
	}
	for _, a := range live {
		card, err := c.alertCard(ctx, v, a, back)
		if err != nil {
			return nil, 0, err
		}
		cards = append(cards, card)
	}
	return cards, more, nil
}

// figures are the four numbers on top, each with what is usual, or what it means.
func figures(speak *say.Printer, n radar.Numbers, inbox desk.ConversationCounts, now time.Time) []figure {
	all := []figure{
		{Name: speak.T("Mentions in the last hour"), Value: speak.Number(float64(n.Mentions)), Path: "/mentions"},
		{Name: speak.T("Negative share"), Value: speak.Percent(finite(n.Negative)), Path: "/mentions?mood=negative"},
		{Name: speak.T("Different people"), Value: speak.Number(float64(n.People)), Path: "/mentions"},
		{Name: speak.T("People waiting for an answer"), Value: speak.Number(float64(inbox.Waiting)), Path: "/inbox", High: inbox.Late > 0},
	}
	learning := speak.T("still learning what is usual")
	all[0].Usual, all[1].Usual = learning, learning
	if n.Known {
		all[0].Usual = speak.T("usual {low} to {high}", "low", roundInt(n.Usual.Low), "high", roundInt(n.Usual.High))
		all[0].Gauge = gauge(float64(n.Mentions), n.Usual.Low, n.Usual.High)
		all[0].High = float64(n.Mentions) > n.Usual.High
	}
	if n.ShareKnown {
		all[1].Usual = speak.T("usual {share}", "share", speak.Percent(n.UsualShare))
		all[1].Gauge = gauge(n.Negative, n.UsualShare*.6, n.UsualShare*1.5)
		all[1].High = n.Negative > n.UsualShare*1.5 && n.Mentions >= 10
	}
	if n.Mentions > 0 && n.People > 0 {
		all[2].Usual = speak.T("{n} mentions each", "n", math.Round(10*float64(n.Mentions)/float64(n.People))/10)
	}
	switch {
	case inbox.Waiting == 0:
		all[3].Usual = speak.T("nobody waits")
	case inbox.Late > 0:
		all[3].Usual = speak.T("{n} beyond their time", "n", inbox.Late)
	default:
		all[3].Usual = speak.T("the longest: {ago}", "ago", speak.Ago(inbox.Oldest, now))
	}
	return all
}

// present is the end of a question that wants the newest, too: roll-ups are by the minute, and the present one counts.
func present() time.Time { return time.Now().UTC().Truncate(time.Minute).Add(time.Minute) }

func roundInt(x float64) int { return int(finite(x) + .5) }

// brandChoose remembers which brand the person looks at.
func (c *Console) brandChoose(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PostFormValue("brand"), 10, 64)
	if err != nil {
		return desk.ErrNotFound
	}
	c.setCookie(w, brandCookie, itoa(id), 365*24*time.Hour)
	return seeOther(w, r, "/", "")
}
