package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"breakwater/desk"
)

func (c *Console) alertRoutes() []route {
	return []route{
		{"GET /alerts", desk.Viewer, c.alertList},
		{"GET /alerts/{id}", desk.Viewer, c.alertShow},
		{"POST /alerts/{id}/see", desk.Responder, c.alertSee},
		{"POST /alerts/{id}/decide", desk.Responder, c.alertDecide},
		{"POST /alerts/{id}/mute", desk.Responder, c.alertMute},
		{"POST /alerts/{id}/end", desk.Responder, c.alertEnd},
	}
}

// alertsPage is the list of alerts, newest first.
type alertsPage struct {
	Frame
	Live   bool // only those that wait for a decision
	Alerts []alertView
	Pager  pagerView
}

const alertsShown = 20

func (c *Console) alertList(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	q := r.URL.Query()
	p := &alertsPage{Live: q.Get("live") != ""}
	f := desk.AlertFilter{BrandID: v.brand.ID, Live: p.Live, Paging: desk.Paging{Before: number(q.Get("before")), Limit: alertsShown + 1}}
	got, err := c.Alerts.List(ctx, f)
	if err != nil {
		return err
	}
	got, p.Pager = pieceOf(r, got, alertsShown, func(a desk.Alert) int64 { return a.ID })
	for _, a := range got {
		name, err := c.subject(ctx, a)
		if err != nil {
			return err
		}
		p.Alerts = append(p.Alerts, alertView{Alert: a, Zone: zone(v.brand), Monitor: name})
	}
	return c.render(w, r, "alerts/alerts", p)
}

// subject names what an alert is about: the monitor, or the source that fell silent.
func (c *Console) subject(ctx context.Context, a desk.Alert) (string, error) {
	var name string
	var err error
	switch {
	case a.MonitorID != 0:
		var m desk.Monitor
		m, err = c.Monitors.One(ctx, a.MonitorID)
		name = m.Name
	case a.SourceID != 0:
		var s desk.Source
		s, err = c.Sources.One(ctx, a.SourceID)
		name = s.Name
	}
	if errors.Is(err, desk.ErrNotFound) {
		return "", nil // deleted since
	}
	return name, err
}

// alertCard is an alert with its small chart and three examples.
func (c *Console) alertCard(ctx context.Context, v *visit, a desk.Alert, back string) (alertView, error) {
	card := alertView{Alert: a, Zone: zone(v.brand), Back: back, CanDecide: v.actor.Role >= desk.Responder && (a.Live() || a.Decision == desk.DecisionWatch && a.State == desk.AlertDecided)}
	if card.CanDecide {
		if err := c.offerStart(ctx, v, &card); err != nil {
			return card, err
		}
	}
	var err error
	if card.Monitor, err = c.subject(ctx, a); err != nil {
		return card, err
	}
	if a.MonitorID != 0 {
		now := present()
		from := a.Opened.Add(-3 * time.Hour)
		if now.Sub(from) > 24*time.Hour {
			now = from.Add(24 * time.Hour)
		}
		got, err := c.Radar.Chart(ctx, desk.Ask{Monitors: []int64{a.MonitorID}, From: from, To: now, Step: 10 * time.Minute})
		if err != nil {
			return card, err
		}
		card.Points = whole(got.Points, from.Truncate(10*time.Minute), now, 10*time.Minute)
	}
	if len(a.Signals) > 0 {
		card.Examples, err = c.mentionsByID(ctx, v, a.Signals[0].Evidence.Mentions, 3)
	}
	return card, err
}

// offerStart puts onto a card the scenarios that a crisis can start on, the most likely chosen.
func (c *Console) offerStart(ctx context.Context, v *visit, card *alertView) (err error) {
	card.Scenarios, err = c.suggested(ctx, v, card.Alert)
	if err == nil && len(card.Scenarios) > 0 && card.Scenarios[0].Points() {
		card.Scenario, card.StartsOn = card.Scenarios[0].ID, card.Scenarios[0].Name
	}
	return err
}

// whole puts the steps without mentions back into a series.
func whole(points []desk.Point, from, to time.Time, step time.Duration) []desk.Point {
	var full []desk.Point
	for at := from; at.Before(to); at = at.Add(step) {
		p := desk.Point{At: at}
		for _, q := range points {
			if !q.At.Before(at) && q.At.Before(at.Add(step)) {
				p.Count += q.Count
				p.Negative += q.Negative
			}
		}
		full = append(full, p)
	}
	return full
}

// mentionsByID reads examples; one that retention took away is left out.
func (c *Console) mentionsByID(ctx context.Context, v *visit, ids []int64, limit int) ([]mentionView, error) {
	var all []desk.Mention
	for _, id := range ids[:min(len(ids), limit)] {
		m, err := c.Radar.One(ctx, id)
		switch {
		case errors.Is(err, desk.ErrNotFound):
		case err != nil:
			return nil, err
		default:
			all = append(all, m)
		}
	}
	return mentionViews(all, zone(v.brand)), nil
}

// alertPage shows one alert with all that speaks for it, and takes the decision.
type alertPage struct {
	Frame
	Alert    alertView
	Signals  []signalView
	Chart    chart
	Topics   []topicView // that its monitors spoke about while it moved
	Timeline []entryView
	Mutes    []choice
	Becauses []choice
	Spans    []choice // of the chart
	Span     string
	Coverage desk.Text // warns when not all sources heard
	Mend     mend
}

// mend is what to do about the reason why an alert was not useful.
type mend struct {
	Path  string
	Label desk.Text
}

// mendOf offers the way that makes the reason go away.
func mendOf(a desk.Alert) mend {
	switch {
	case a.Because == desk.BecauseCampaign:
		q := url.Values{"from": {a.Opened.UTC().Format(time.RFC3339)}}
		if len(a.Signals) > 0 {
			var words []string
			for _, w := range a.Signals[0].Evidence.Words[:min(len(a.Signals[0].Evidence.Words), 3)] {
				words = append(words, w.Name)
			}
			q.Set("words", strings.Join(words, " "))
		}
		return mend{"/occasions/new?" + q.Encode(), desk.Say("Enter the campaign as an occasion")}
	case a.Because == desk.BecauseNotUs && a.MonitorID != 0:
		return mend{"/monitors/" + itoa(a.MonitorID), desk.Say("Narrow the query of the monitor")}
	case (a.Because == desk.BecauseSmall || a.Because == desk.BecauseJoke || a.Because == desk.BecauseOther) && a.MonitorID != 0:
		return mend{"/monitors/" + itoa(a.MonitorID) + "#taught", desk.Say("See what the monitor learned from it")}
	}
	return mend{}
}

func (c *Console) alertShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	p, err := c.alertPage(r, id)
	if err != nil {
		return err
	}
	return c.render(w, r, "alerts/alert", p)
}

func (c *Console) alertPage(r *http.Request, id int64) (*alertPage, error) {
	ctx, v := r.Context(), visitOf(r)
	a, err := c.Alerts.One(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &alertPage{Mutes: mutes, Becauses: named("because", desk.Becauses...), Mend: mendOf(a)}
	if p.Alert, err = c.alertCard(ctx, v, a, ""); err != nil {
		return nil, err
	}
	for _, s := range a.Signals {
		sv := signalView{Signal: s, Networks: shareViews(s.Evidence.Networks, networkName, networkPath),
			Words: shareViews(s.Evidence.Words, asIs, searchPath), Cues: shareViews(s.Evidence.Cues, asIs, searchPath), Voices: voiceViews(s.Evidence.Voices)}
		if sv.Mentions, err = c.mentionsByID(ctx, v, s.Evidence.Mentions, 5); err != nil {
			return nil, err
		}
		if len(a.Monitors())+len(a.Sources()) > 1 {
			if sv.Monitor, err = c.subject(ctx, desk.Alert{MonitorID: s.MonitorID, SourceID: s.SourceID}); err != nil {
				return nil, err
			}
		}
		p.Signals = append(p.Signals, sv)
		if p.Coverage.IsZero() {
			p.Coverage = sv.Coverage()
		}
	}
	if a.MonitorID != 0 {
		if err := c.alertChart(r, p, a); err != nil {
			return nil, err
		}
	}
	if p.Topics, err = c.alertTopics(ctx, v, a); err != nil {
		return nil, err
	}
	entries, err := c.Journal.List(ctx, desk.EntryFilter{On: "alert:" + itoa(id), Paging: desk.Paging{Limit: 50}})
	p.Timeline = entryViews(entries, zone(v.brand))
	return p, err
}

// alertChart draws what the alert's monitors heard around it: from some time before it began to move, in steps that show the rise.
func (c *Console) alertChart(r *http.Request, p *alertPage, a desk.Alert) error {
	ctx, v := r.Context(), visitOf(r)
	since := a.Opened
	for _, s := range a.Signals {
		if at := s.Evidence.Since; !at.IsZero() && at.Before(since) {
			since = at
		}
	}
	now := present()
	to := now
	if !a.Ended.IsZero() && a.Ended.Add(time.Hour).Before(now) {
		to = a.Ended.Add(time.Hour).Truncate(time.Minute)
	}
	shown := fitting(to.Sub(since))
	p.Span = shown.name
	if q := r.URL.Query().Get("span"); q != "" {
		if s, ok := spanNamed(q); ok {
			shown, p.Span = s, s.name
		}
	}
	for _, s := range spans[:4] {
		p.Spans = append(p.Spans, choice{s.name, word("span", s.name)})
	}
	got, err := c.Radar.Chart(ctx, desk.Ask{Monitors: a.Monitors(), From: to.Add(-shown.long), To: to, Step: shown.step, By: "network"})
	if err != nil {
		return err
	}
	p.Chart = chartOf(got, zone(v.brand))
	p.Chart.Marks = []mark{{a.Opened, a.Level, "#alert-" + itoa(a.ID), v.speak.Text(p.Alert.Sentence())}}
	return nil
}

var mutes = []choice{{"1h", desk.Say("1 hour")}, {"4h", desk.Say("4 hours")}, {"24h", desk.Say("A day")}, {"168h", desk.Say("A week")}}

func (c *Console) alertSee(w http.ResponseWriter, r *http.Request) error {
	return c.alertDo(w, r, "seen", func(ctx context.Context, id int64) error { _, err := c.Alerts.See(ctx, id); return err })
}

func (c *Console) alertDecide(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	a, err := c.Alerts.Decide(ctx, id, desk.Decision{Is: r.PostFormValue("decision"), Because: r.PostFormValue("because"), Why: strings.TrimSpace(r.PostFormValue("why")), Scenario: r.PostFormValue("scenario")})
	if err != nil {
		return c.alertAgain(w, r, id, err)
	}
	if a.Decision == desk.DecisionCrisis && a.IncidentID != 0 {
		http.Redirect(w, r, "/incidents/"+itoa(a.IncidentID), http.StatusSeeOther)
		return nil
	}
	return seeOther(w, r, "/alerts/"+itoa(id), "decided")
}

func (c *Console) alertMute(w http.ResponseWriter, r *http.Request) error {
	return c.alertDo(w, r, "muted", func(ctx context.Context, id int64) error {
		until := time.Time{}
		if d, err := time.ParseDuration(r.PostFormValue("for")); err == nil && d > 0 {
			until = time.Now().UTC().Add(d)
		}
		_, err := c.Alerts.Mute(ctx, id, until, r.PostFormValue("why"))
		return err
	})
}

func (c *Console) alertEnd(w http.ResponseWriter, r *http.Request) error {
	return c.alertDo(w, r, "saved", func(ctx context.Context, id int64) error {
		_, err := c.Alerts.End(ctx, id, r.PostFormValue("why"))
		return err
	})
}

func (c *Console) alertDo(w http.ResponseWriter, r *http.Request, did string, do func(context.Context, int64) error) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := do(r.Context(), id); err != nil {
		return c.alertAgain(w, r, id, err)
	}
	return seeOther(w, r, "/alerts/"+itoa(id), did)
}

// alertAgain shows the alert with what was wrong with the form.
func (c *Console) alertAgain(w http.ResponseWriter, r *http.Request, id int64, err error) error {
	var wrong *desk.Invalid
	if !errors.As(err, &wrong) {
		return err
	}
	p, perr := c.alertPage(r, id)
	if perr != nil {
		return perr
	}
	return c.again(w, r, "alerts/alert", p, err)
}
