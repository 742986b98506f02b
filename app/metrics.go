package app

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"breakwater/desk"
)

// scrapeWithin is how long a scrape may ask the store.
const scrapeWithin = 3 * time.Second

// metrics are what /metrics shows. Names start with breakwater_ and stay what they are: dashboards depend on them.
type metrics struct {
	registry *prometheus.Registry
	mentions *prometheus.CounterVec
	commits  prometheus.Histogram
	alerts   *prometheus.CounterVec
	signals  *prometheus.CounterVec
	posts    *prometheus.CounterVec
	holds    *prometheus.CounterVec
}

func newMetrics(sources func(context.Context) ([]desk.Source, error)) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		mentions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breakwater_mentions_total", Help: "Mentions stored, by what became of them: new, known, edited, gone."}, []string{"outcome"}),
		commits:  prometheus.NewHistogram(prometheus.HistogramOpts{Name: "breakwater_commit_mentions", Help: "Mentions per transaction.", Buckets: prometheus.ExponentialBuckets(1, 4, 7)}),
		alerts:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breakwater_alerts_total", Help: "Alert entries of the journal, by what was done."}, []string{"act"}),
		signals:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breakwater_signals_total", Help: "Signals, by detector."}, []string{"detector"}),
	}
	m.posts = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breakwater_posts_total", Help: "Post entries of the journal, by what was done: claim, send, hold, fail, doubt, read …"}, []string{"act"})
	m.holds = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breakwater_holds_total", Help: "Hold entries of the journal, by what was done: press, answer, end, rehearse …"}, []string{"act"})
	m.registry.MustRegister(m.mentions, m.commits, m.alerts, m.signals, m.posts, m.holds, sourceHealth{sources},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// kept counts a commit.
func (m *metrics) kept(batches []desk.Batch, stored []desk.Stored) {
	var n int
	for i, s := range stored {
		n += len(batches[i].Mentions)
		m.mentions.WithLabelValues("new").Add(float64(s.New))
		m.mentions.WithLabelValues("known").Add(float64(s.Known))
		m.mentions.WithLabelValues("edited").Add(float64(s.Edited))
		m.mentions.WithLabelValues("gone").Add(float64(s.Gone))
	}
	m.commits.Observe(float64(n))
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: scrapeWithin})
}

// sourceHealth reads the sources' health at each scrape.
type sourceHealth struct {
	sources func(context.Context) ([]desk.Source, error)
}

var (
	sourceWell = prometheus.NewDesc("breakwater_source_well", "1 while the source hears, 0 while it does not.", []string{"source", "kind", "state"}, nil)
	sourceLag  = prometheus.NewDesc("breakwater_source_lag_seconds", "Seconds since the source last answered.", []string{"source", "kind"}, nil)
)

// Describe implements prometheus.Collector.
func (s sourceHealth) Describe(ch chan<- *prometheus.Desc) { ch <- sourceWell; ch <- sourceLag }

// Collect implements prometheus.Collector.
func (s sourceHealth) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeWithin)
	defer cancel()
	list, err := s.sources(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(sourceWell, err)
		return
	}
	for _, src := range list {
		if src.Paused {
			continue
		}
		id, well := strconv.FormatInt(src.ID, 10), 0.0
		if src.Health.Well() {
			well = 1
		}
		ch <- prometheus.MustNewConstMetric(sourceWell, prometheus.GaugeValue, well, id, src.Kind, src.Health.State)
		if !src.Health.Answered.IsZero() {
			ch <- prometheus.MustNewConstMetric(sourceLag, prometheus.GaugeValue, time.Since(src.Health.Answered).Seconds(), id, src.Kind)
		}
	}
}
