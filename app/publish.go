package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/publish"
)

// newOutbox puts sending together.
func newOutbox(s *stages, c Config) *publish.Outbox {
	o := publish.New(s.db, s.channels.Open, c.Log)
	o.Drill = s.sand.Mouth()
	o.Sole = c.DSN == "" // the data folder is locked: no other process sends from it
	o.Origin = s.origin
	o.Plan = s.plans.Current
	o.Brands = s.db.Brands
	o.Bursts = s.bursts
	o.Alarm = s.alarm
	return o
}

// Posts from firstHour before an incident began to firstWords after it tell where it started.
const firstHour, firstWords = time.Hour, 10 * time.Minute

// origin is the network where an incident began: of the oldest posts that it was seen by, the one with the most.
func (s *stages) origin(ctx context.Context, incidentID int64) string {
	i, err := s.db.Incident(ctx, incidentID)
	if err != nil || i.Began.IsZero() {
		return ""
	}
	page, err := s.db.Mentions(ctx, desk.Filter{BrandID: i.BrandID, Monitors: i.Monitors, From: i.Began.Add(-firstHour), To: i.Began.Add(firstWords), Limit: 200})
	if err != nil {
		s.poller.Log.Warn("where an incident started could not be read", "incident", incidentID, "error", err)
		return ""
	}
	count := map[string]int{}
	for _, m := range page.Mentions {
		count[m.Network]++
	}
	networks := make([]string, 0, len(count))
	for n := range count {
		networks = append(networks, n)
	}
	slices.SortFunc(networks, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), strings.Compare(a, b)) })
	if len(networks) == 0 {
		return ""
	}
	return networks[0]
}

// A topic bursts when it is far from what is usual, is still growing, and people do not speak well of it: praise needs no hold.
const (
	burstScore    = 20.0
	burstMentions = 10
	burstNegative = 0.3
)

// bursts are the topics of a brand that burst at the moment.
func (s *stages) bursts(ctx context.Context, b desk.Brand) ([]desk.Topic, error) {
	all, err := s.topics.List(ctx, desk.TopicFilter{BrandID: b.ID, Live: true})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(t desk.Topic) bool {
		grows := t.Trend == desk.Rising || t.Trend == desk.Peaking
		return !grows || t.Score < burstScore || t.Hour < burstMentions || t.NegativeShare() < burstNegative
	}), nil
}

// alarm tells people that a post or a hold needs them.
func (s *stages) alarm(ctx context.Context, brandID int64, key string, what desk.Text) {
	s.raised(ctx, brandID, key, s.router.Raise(ctx, brandID, key, what))
}

// show shows what people are called for by an escalation of its own.
func (s *stages) show(ctx context.Context, brandID int64, key string, what desk.Text) {
	s.raised(ctx, brandID, key, s.router.Show(ctx, brandID, key, what))
}

func (s *stages) raised(ctx context.Context, brandID int64, key string, err error) {
	if err != nil && ctx.Err() == nil {
		s.poller.Log.Error("people could not be told", "brand", strconv.FormatInt(brandID, 10), "about", key, "error", err)
	}
}
