package incident

import (
	"context"
	"slices"
	"sync"
	"time"

	"breakwater/desk"
)

// Room is what everybody looks at during an incident.
type Room struct {
	Incident desk.Incident `json:"incident"`
	From     time.Time     `json:"from"` // of Volume and Band: some hours before it began
	To       time.Time     `json:"to"`   // now, or the end of a closed incident
	Step     int           `json:"step"` // minutes of a point

	Volume []desk.Point `json:"volume"` // by network
	Band   []desk.Band  `json:"band"`   // what is usual; empty while too little is known
	Gaps   []desk.Gap   `json:"gaps"`   // when we did not hear
	// Forecast is what is to be expected next, in steps after To; empty when it is over, and where what is usual is.
	Forecast []desk.Band `json:"forecast,omitempty"`

	Hour     int     `json:"hour"`              // mentions in the last hour
	Expected float64 `json:"expected"`          // usual for it; 0 not known
	Doubling int     `json:"doubling,omitzero"` // minutes in which the volume doubles; negative: halves; 0 no clear change
	Phase    string  `json:"phase"`             // rising, peaking, falling, steady

	// Since it began:
	Total    int            `json:"total"`
	Negative float64        `json:"negative"` // share, 0 … 1
	People   int            `json:"people"`   // distinct
	Crowd    desk.Crowd     `json:"crowd"`    // how many of them speak in their own words
	Reach    int64          `json:"reach"`    // followers of all authors, added up
	Networks []desk.Share   `json:"networks"`
	Moods    []desk.Share   `json:"moods"`
	Words    []desk.Share   `json:"words"`    // rising most
	Topics   []desk.Topic   `json:"topics"`   // that were spoken about, found by themselves
	Voices   []desk.Voice   `json:"voices"`   // people of greatest reach
	Repeated []desk.Voice   `json:"repeated"` // whose words others repost or copy most since it began, people and media
	Media    []desk.Voice   `json:"media"`    // newspapers, stations and the like
	Mentions []desk.Mention `json:"mentions"` // newest
	// Answers are those that people got in this crisis, and how many of them were copied.
	Answers desk.AnswerCounts `json:"answers"`

	Missing []string `json:"missing,omitempty"` // parts that could not be read in time: volume, band, gaps, hour, growth, total, people …
}

const (
	lead      = 6 * time.Hour   // of the chart before it began, at the most: what calm looked like
	leadLeast = time.Hour       // and at the least: otherwise as long as it has lasted, so that a storm of minutes is no single column
	ahead     = 6 * time.Hour   // of the chart after now, at the most
	patience  = 3 * time.Second // that one part may take: better a room without its words than no room
	maxPoints = 300
	atMost    = 10 // voices, media, words shown
	listened  = 200
	latest    = 20 // mentions shown
)

var steps = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 24 * time.Hour}

// Room gathers what the room shows. A part that cannot be read in time is left out and named in Missing.
func (r *Register) Room(ctx context.Context, id int64) (Room, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return Room{}, err
	}
	i, err := r.store.Incident(ctx, id)
	if err != nil {
		return Room{}, err
	}
	g := gatherer{Register: r, room: frame(i, time.Now().UTC())}
	g.all(ctx)
	return g.room, ctx.Err()
}

// frame is the room of an incident with its time span and nothing in it.
func frame(i desk.Incident, now time.Time) Room {
	to := now
	if i.State == desk.IncidentClosed {
		to = i.Closed
	}
	to = to.Truncate(time.Minute).Add(time.Minute)
	from := i.Began.Add(-max(leadLeast, min(lead, to.Sub(i.Began))))
	step := steps[len(steps)-1]
	for _, s := range steps {
		if to.Sub(from)/s <= maxPoints {
			step = s
			break
		}
	}
	return Room{Incident: i, From: from.Truncate(step), To: to, Step: int(step / time.Minute), Phase: desk.Steady}
}

// gatherer fills one room, all parts at once.
type gatherer struct {
	*Register
	wait sync.WaitGroup
	mu   sync.Mutex // guards room
	room Room
}

// part reads one part and puts it into the room; one that fails or takes too long is missing.
func part[T any](ctx context.Context, g *gatherer, name string, read func(context.Context) (T, error), put func(*Room, T)) {
	g.wait.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		v, err := read(ctx)
		g.mu.Lock()
		defer g.mu.Unlock()
		if err != nil {
			g.log.Warn("part of the room is missing", "incident", g.room.Incident.ID, "part", name, "error", err)
			g.room.Missing = append(g.room.Missing, name)
			return
		}
		put(&g.room, v)
	})
}

func (g *gatherer) all(ctx context.Context) {
	i, to := g.room.Incident, g.room.To
	chart := desk.Ask{BrandID: i.BrandID, Monitors: i.Monitors, From: g.room.From, To: to, Step: time.Duration(g.room.Step) * time.Minute}
	since, hour, recent := chart, chart, chart
	since.From, since.Step = i.Began, 0
	hour.From, hour.Step = to.Add(-time.Hour), time.Hour
	recent.From, recent.Step = to.Add(-3*time.Hour), time.Minute

	g.series(ctx, chart, since, hour, recent)
	g.lists(ctx, since)
	g.wait.Wait()
}

func (g *gatherer) series(ctx context.Context, chart, since, hour, recent desk.Ask) {
	byNetwork := chart
	byNetwork.By = "network"
	part(ctx, g, "volume", func(ctx context.Context) ([]desk.Point, error) { return g.store.Series(ctx, byNetwork) },
		func(r *Room, p []desk.Point) { r.Volume = p })
	part(ctx, g, "band", func(ctx context.Context) ([]desk.Band, error) { return g.usual.Usual(ctx, chart) },
		func(r *Room, b []desk.Band) { r.Band = b })
	if next := chart; g.room.Incident.State != desk.IncidentClosed {
		next.From, next.To = chart.To, chart.To.Add(min(ahead, chart.To.Sub(chart.From)/3))
		part(ctx, g, "forecast", func(ctx context.Context) ([]desk.Band, error) { return g.usual.Forecast(ctx, next) },
			func(r *Room, b []desk.Band) { r.Forecast = b })
	}
	part(ctx, g, "gaps", func(ctx context.Context) ([]desk.Gap, error) { return g.store.Gaps(ctx, nil, chart.From, chart.To) },
		func(r *Room, p []desk.Gap) { r.Gaps = p })
	part(ctx, g, "expected", func(ctx context.Context) ([]desk.Band, error) { return g.usual.Usual(ctx, hour) },
		func(r *Room, b []desk.Band) {
			if len(b) > 0 {
				r.Expected = b[0].Expected
			}
		})
	part(ctx, g, "growth", func(ctx context.Context) ([]desk.Point, error) { return g.store.Series(ctx, recent) },
		func(r *Room, p []desk.Point) { r.Hour, r.Doubling, r.Phase = growth(p, recent, hour.From) })
	part(ctx, g, "total", func(ctx context.Context) ([]desk.Point, error) { return g.store.Series(ctx, since) },
		func(r *Room, points []desk.Point) {
			negative := 0
			for _, p := range points {
				r.Total, r.Reach, negative = r.Total+p.Count, r.Reach+p.Reach, negative+p.Negative
			}
			if r.Total > 0 {
				r.Negative = float64(negative) / float64(r.Total)
			}
		})
}

// growth counts what came since the hour and tells how it grows.
func growth(points []desk.Point, a desk.Ask, hour time.Time) (count, doubling int, phase string) {
	counts := make([]float64, int(a.To.Sub(a.From)/a.Step))
	for _, p := range points {
		if n := int(p.At.Sub(a.From) / a.Step); n >= 0 && n < len(counts) {
			counts[n] += float64(p.Count)
		}
		if !p.At.Before(hour) {
			count += p.Count
		}
	}
	doubling, phase = desk.Growth(counts, a.Step)
	return count, doubling, phase
}

func (g *gatherer) lists(ctx context.Context, since desk.Ask) {
	part(ctx, g, "crowd", func(ctx context.Context) (desk.Crowd, error) { return g.store.Crowd(ctx, since) },
		func(r *Room, c desk.Crowd) { r.Crowd, r.People = c, c.People })
	part(ctx, g, "networks", func(ctx context.Context) ([]desk.Share, error) { return g.store.Breakdown(ctx, since, "network") },
		func(r *Room, s []desk.Share) { r.Networks = s })
	part(ctx, g, "moods", func(ctx context.Context) ([]desk.Share, error) { return g.store.Breakdown(ctx, since, "mood") },
		func(r *Room, s []desk.Share) { r.Moods = s })
	part(ctx, g, "words", func(ctx context.Context) ([]desk.Share, error) { return g.usual.Words(ctx, since, atMost) },
		func(r *Room, s []desk.Share) { r.Words = s })
	if g.Topics != nil {
		part(ctx, g, "topics", func(ctx context.Context) ([]desk.Topic, error) {
			return g.Register.Topics(ctx, desk.TopicFilter{BrandID: since.BrandID, Monitors: since.Monitors, From: since.From, To: since.To, Limit: atMost})
		}, func(r *Room, all []desk.Topic) { r.Topics = all })
	}
	type bothWays struct{ reach, round []desk.Voice }
	part(ctx, g, "voices", func(ctx context.Context) (v bothWays, err error) {
		v.reach, v.round, err = g.store.VoicesBothWays(ctx, since, listened, atMost)
		return v, err
	}, func(r *Room, v bothWays) {
		r.Voices, r.Media = apart(v.reach)
		r.Repeated = repeated(v.round)
	})
	part(ctx, g, "answers", func(ctx context.Context) (desk.AnswerCounts, error) {
		return g.store.CountAnswers(ctx, desk.AnswerFilter{IncidentID: g.room.Incident.ID})
	}, func(r *Room, n desk.AnswerCounts) { r.Answers = n })
	newest := desk.Filter{BrandID: since.BrandID, Monitors: since.Monitors, From: since.From, To: since.To, Listed: true, Limit: latest}
	part(ctx, g, "mentions", func(ctx context.Context) (desk.Page, error) { return g.store.Mentions(ctx, newest) },
		func(r *Room, p desk.Page) { r.Mentions = p.Mentions })
}

// repeated are the voices that anybody repeats.
func repeated(all []desk.Voice) []desk.Voice {
	return slices.DeleteFunc(all, func(v desk.Voice) bool { return v.Amplified == 0 })
}

// apart tells people from media.
func apart(all []desk.Voice) (people, media []desk.Voice) {
	for _, v := range all {
		switch {
		case v.Kind == desk.VoiceMedia && len(media) < atMost:
			media = append(media, v)
		case v.Kind != desk.VoiceMedia && len(people) < atMost:
			people = append(people, v)
		}
	}
	return people, media
}
