package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"math"
	"net/url"
	"strings"
	"time"

	"breakwater/desk"
)

// topicView is a topic as a row of a list.
type topicView struct {
	desk.Topic
	Sample *mentionView // one of its posts, none when all are gone
	Bar    template.HTML
}

// Path leads to its mentions.
func (v topicView) Path() string {
	q := url.Values{"monitor": {itoa(v.MonitorID)}, "all": {"1"}}
	if len(v.Terms) > 0 {
		q.Set("q", quoted(v.Terms[0]))
	}
	return "/mentions?" + q.Encode()
}

// link leads somewhere by a name that somebody else made.
type link struct{ Name, Path string }

// About are the topics that a mention belongs to.
func (m mentionView) About() []link {
	var all []link
	for _, d := range m.Topics {
		first, _, _ := strings.Cut(d.Name, " · ")
		all = append(all, link{d.Name, searchPath(first)})
	}
	return all
}

// Times is how many times usual the last hour was; 0 when nothing is known of it or it is not more.
func (v topicView) Times() float64 {
	if v.Usual <= 0 || float64(v.Hour) <= 2*v.Usual || v.Usual < 0.05 {
		return 0
	}
	return math.Min(math.Round(float64(v.Hour)/v.Usual), 999)
}

// topicsShown is how many topics a page has room for.
const topicsShown = 6

// liveTopics are the live topics of a brand, each with one of its posts.
func (c *Console) liveTopics(ctx context.Context, v *visit) ([]topicView, error) {
	if c.Topics == nil {
		return nil, nil
	}
	all, err := c.Topics.List(ctx, desk.TopicFilter{BrandID: v.brand.ID, Live: true, Limit: topicsShown})
	if err != nil {
		return nil, err
	}
	return c.sampled(ctx, v, all)
}

// alertTopics are what the monitors of an alert spoke about while it moved.
func (c *Console) alertTopics(ctx context.Context, v *visit, a desk.Alert) ([]topicView, error) {
	monitors := a.Monitors()
	if c.Topics == nil || len(monitors) == 0 {
		return nil, nil
	}
	all, err := c.Topics.List(ctx, desk.TopicFilter{Monitors: monitors, From: a.Opened.Add(-time.Hour), To: a.Ended, Limit: topicsShown})
	if err != nil {
		return nil, err
	}
	return c.sampled(ctx, v, all)
}

// sampled adds to each topic its most telling post that is still there.
func (c *Console) sampled(ctx context.Context, v *visit, all []desk.Topic) ([]topicView, error) {
	views := topicViews(all)
	for i := range views {
		for _, id := range views[i].Mentions {
			m, err := c.Radar.One(ctx, id)
			if err != nil && !errors.Is(err, desk.ErrNotFound) {
				return nil, err
			}
			if err == nil && m.Deleted.IsZero() {
				views[i].Sample = &mentionView{Mention: m, Zone: zone(v.brand)}
				break
			}
		}
	}
	return views, nil
}

func topicViews(all []desk.Topic) []topicView {
	views := make([]topicView, len(all))
	for i, d := range all {
		views[i] = topicView{Topic: d, Bar: moodBar(d.Negative, d.Positive, d.Count)}
	}
	return views
}

// moodBar shows which part of a whole is negative, from the start, and which is positive, from the end.
func moodBar(negative, positive, whole int) template.HTML {
	at := func(n int) float64 { return math.Round(min(float64(n)/math.Max(1, float64(whole)), 1)*1000) / 10 }
	return template.HTML(fmt.Sprintf(`<svg class="bar moods" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><path class="track" d="M0 3H100"/><path class="bad" d="M0 3H%g"/><path class="good" d="M%g 3H100"/></svg>`,
		at(negative), 100-at(positive)))
}
