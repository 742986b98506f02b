package app

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/oncall"
	"breakwater/plan"
)

// How long each loop may go without a turn before it counts as stuck: some ten times what its longest turn takes.
const (
	detectStill  = 5 * time.Minute
	timersStill  = time.Minute
	lettersStill = 10 * time.Minute
)

// newHeart puts together what must work for the desk to be alive.
func newHeart(s *stages, c Config) *oncall.Heart {
	return &oncall.Heart{
		Store: s.db, Log: c.Log,
		Organs: []oncall.Organ{
			{Name: desk.PartStore, Try: func(ctx context.Context) error {
				return s.db.SetSetting(ctx, "heart", time.Now().UTC().Format(time.RFC3339))
			}},
			{Name: desk.PartWriter, Try: s.flow.Probe},
			{Name: desk.PartDetectors, Try: func(context.Context) error { return s.engine.Turned(detectStill) }},
			{Name: desk.PartTimers, Try: func(context.Context) error { return s.escalator.Turns.Within(timersStill) }},
			{Name: desk.PartMessages, Try: func(context.Context) error { return s.postman.Turns.Within(lettersStill) }},
		},
		Beat: func(ctx context.Context, url string) error {
			_, err := s.fetch.Do(ctx, fetch.Request{URL: url, MaxBody: 64 << 10})
			return err
		},
	}
}

// beside are the needs of readiness that other stages know: whether everybody was reached lately, and whether somebody outside would
// notice that the desk fell silent.
func (s *stages) beside(ctx context.Context, brandID int64, now time.Time) ([]plan.Need, error) {
	tried, err := s.rehearsed(ctx, brandID, now)
	if err != nil {
		return nil, err
	}
	heart, err := s.heartNeed(ctx, now)
	return []plan.Need{tried, heart}, err
}

// rehearsalAge is how long a rehearsal of everybody's ways counts: people change their telephones.
const rehearsalAge = 90 * 24 * time.Hour

func (s *stages) rehearsed(ctx context.Context, brandID int64, now time.Time) (plan.Need, error) {
	need := plan.Need{Name: "rehearsal", State: plan.Soon, Path: "/oncall/rehearsal"}
	last, err := s.escalator.LastRehearsal(ctx, brandID)
	if errors.Is(err, desk.ErrNotFound) {
		need.Say = desk.Say("It was never rehearsed whether messages reach everybody.")
		return need, nil
	}
	if err != nil {
		return need, err
	}
	missing := len(last.Missing())
	switch {
	case now.Sub(last.Began) > rehearsalAge:
		need.Say = desk.Say("It was last rehearsed on {date} whether messages reach everybody.", "date", last.Began)
	case missing > 0:
		need.Say = desk.Say("{n} people did not answer the last rehearsal.", "n", missing)
	default:
		need.State, need.Say = plan.Good, desk.Say("Everybody answered the rehearsal of {date}.", "date", last.Began)
	}
	return need, nil
}

func (s *stages) heartNeed(ctx context.Context, now time.Time) (plan.Need, error) {
	need := plan.Need{Name: "heartbeat", State: plan.Bad, Path: "/oncall/rehearsal#heart"}
	set, there, err := s.heart.Setting(ctx)
	if err != nil {
		return need, err
	}
	pulse := s.heart.Now()
	late := now.Sub(pulse.Beat) > 3*time.Duration(set.Every)*time.Second
	switch {
	case len(pulse.Stuck()) > 0:
		need.Say = desk.Say("{n} parts of the desk do not work.", "n", len(pulse.Stuck()))
	case !there:
		need.State, need.Say = plan.Soon, desk.Say("Nobody outside would notice if the desk itself fell silent.")
	case pulse.Problem != "" && late:
		need.Say = desk.Say("The address outside could not be reached.")
	default:
		need.State, need.Say = plan.Good, desk.Say("Somebody outside hears every {n} seconds that the desk works.", "n", set.Every)
	}
	return need, nil
}

var (
	partWell = prometheus.NewDesc("breakwater_part_well", "1 while a part of the desk works, 0 while it does not: store, writer, detectors, timers, messages.", []string{"part"}, nil)
	beatAge  = prometheus.NewDesc("breakwater_heartbeat_age_seconds", "Seconds since the desk's heartbeat was last heard outside.", nil, nil)
)

// heartHealth tells how the desk is at each scrape.
type heartHealth struct{ now func() desk.Pulse }

// Describe implements prometheus.Collector.
func (h heartHealth) Describe(ch chan<- *prometheus.Desc) { ch <- partWell; ch <- beatAge }

// Collect implements prometheus.Collector.
func (h heartHealth) Collect(ch chan<- prometheus.Metric) {
	p := h.now()
	for _, one := range p.Parts {
		well := 0.0
		if one.Well {
			well = 1
		}
		ch <- prometheus.MustNewConstMetric(partWell, prometheus.GaugeValue, well, one.Name)
	}
	if !p.Beat.IsZero() {
		ch <- prometheus.MustNewConstMetric(beatAge, prometheus.GaugeValue, time.Since(p.Beat).Seconds())
	}
}
