package assess

import (
	"context"
	"sync"
	"time"

	"breakwater/desk"
)

// PictureStore is what the picture of an incident needs of storage.
type PictureStore interface {
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
	Series(ctx context.Context, a desk.Ask) ([]desk.Point, error)
	Breakdown(ctx context.Context, a desk.Ask, by string) ([]desk.Share, error)
	Voices(ctx context.Context, a desk.Ask, limit int) ([]desk.Voice, error)
	People(ctx context.Context, a desk.Ask) (int, error)
}

// Usual knows what is usual for monitors; detect.Engine does.
type Usual interface {
	// Usual is the band of a.Monitors (or of the brand's) together. It is empty while too little is known.
	Usual(ctx context.Context, a desk.Ask) ([]desk.Band, error)
	// UsualShare is the usual share of negative mentions, 0 … 1; ok is false while too little is known.
	UsualShare(ctx context.Context, a desk.Ask) (share float64, ok bool, err error)
}

// Picture is the size of an incident in numbers. What could not be read in time is named in Missing and left at zero.
type Picture struct {
	At         time.Time    `json:"at"`
	Total      int          `json:"total"`    // mentions since it began
	People     int          `json:"people"`   // distinct, since it began
	Negative   float64      `json:"negative"` // share since it began, 0 … 1
	Reach      int64        `json:"reach"`    // followers of all authors, added up
	Hour       int          `json:"hour"`     // mentions of the last hour
	HourPeople int          `json:"hour_people"`
	Expected   float64      `json:"expected"` // usual for that hour; 0 not known
	UsualShare float64      `json:"usual_share"`
	ShareKnown bool         `json:"share_known"`
	Doubling   int          `json:"doubling"` // minutes in which the volume doubles; negative: halves; 0 no clear change
	Phase      string       `json:"phase"`
	Networks   []desk.Share `json:"networks"`
	Voices     []desk.Voice `json:"voices"` // people, by reach
	Media      []desk.Voice `json:"media"`
	Cues       []desk.Share `json:"cues"` // types of crisis that mentions are about; counted up to a page
	Missing    []string     `json:"missing,omitempty"`
}

// Painter looks at an incident.
type Painter struct {
	Store PictureStore
	Usual Usual
	Cues  []string // types of crisis cue to count
}

const (
	patience = 3 * time.Second // that one part may take: better a brief without its voices than no brief
	listened = 200             // voices
	cuesRead = 200             // mentions of each type that are counted; more is “very many” anyway
)

// Picture gathers the numbers of an incident as they are now, or were at its end.
func (p *Painter) Picture(ctx context.Context, i desk.Incident) Picture {
	to := time.Now().UTC()
	if i.State == desk.IncidentClosed {
		to = i.Closed
	}
	g := gatherer{pic: Picture{At: to, Phase: desk.Steady}}
	to = to.Truncate(time.Minute).Add(time.Minute)
	since := desk.Ask{BrandID: i.BrandID, Monitors: i.Monitors, From: i.Began, To: to}
	hour, recent := since, since
	hour.From, hour.Step = to.Add(-time.Hour), time.Hour
	recent.From, recent.Step = to.Add(-3*time.Hour), time.Minute

	gather(ctx, &g, "total", func(ctx context.Context) ([]desk.Point, error) { return p.Store.Series(ctx, since) }, (*Picture).sum)
	gather(ctx, &g, "growth", func(ctx context.Context) ([]desk.Point, error) { return p.Store.Series(ctx, recent) },
		func(pic *Picture, points []desk.Point) { pic.grow(points, recent, hour.From) })
	gather(ctx, &g, "people", func(ctx context.Context) (int, error) { return p.Store.People(ctx, since) }, func(pic *Picture, n int) { pic.People = n })
	gather(ctx, &g, "hour", func(ctx context.Context) (int, error) { return p.Store.People(ctx, hour) }, func(pic *Picture, n int) { pic.HourPeople = n })
	gather(ctx, &g, "networks", func(ctx context.Context) ([]desk.Share, error) { return p.Store.Breakdown(ctx, since, "network") },
		func(pic *Picture, s []desk.Share) { pic.Networks = s })
	gather(ctx, &g, "voices", func(ctx context.Context) ([]desk.Voice, error) { return p.Store.Voices(ctx, since, listened) }, (*Picture).hear)
	gather(ctx, &g, "expected", func(ctx context.Context) ([]desk.Band, error) { return p.Usual.Usual(ctx, hour) },
		func(pic *Picture, b []desk.Band) {
			if len(b) > 0 {
				pic.Expected = b[0].Expected
			}
		})
	gather(ctx, &g, "usual mood", func(ctx context.Context) (float64, error) {
		share, ok, err := p.Usual.UsualShare(ctx, since)
		if !ok {
			share = -1
		}
		return share, err
	}, func(pic *Picture, share float64) { pic.UsualShare, pic.ShareKnown = max(share, 0), share >= 0 })
	gather(ctx, &g, "cues", func(ctx context.Context) ([]desk.Share, error) { return p.cues(ctx, since) },
		func(pic *Picture, s []desk.Share) { pic.Cues = s })
	g.wait.Wait()
	return g.pic
}

// cues counts the mentions of each type.
func (p *Painter) cues(ctx context.Context, a desk.Ask) (all []desk.Share, err error) {
	for _, c := range p.Cues {
		f := desk.Filter{BrandID: a.BrandID, Monitors: a.Monitors, From: a.From, To: a.To, Cue: c, Limit: cuesRead}
		got, err := p.Store.Mentions(ctx, f)
		if err != nil {
			return nil, err
		}
		if n := len(got.Mentions); n > 0 {
			all = append(all, desk.Share{Name: c, Count: n})
		}
	}
	return all, nil
}

func (p *Picture) sum(points []desk.Point) {
	negative := 0
	for _, x := range points {
		p.Total, p.Reach, negative = p.Total+x.Count, p.Reach+x.Reach, negative+x.Negative
	}
	if p.Total > 0 {
		p.Negative = float64(negative) / float64(p.Total)
	}
}

// grow counts what came since the hour and tells how it grows.
func (p *Picture) grow(points []desk.Point, a desk.Ask, hour time.Time) {
	counts := make([]float64, int(a.To.Sub(a.From)/a.Step))
	for _, x := range points {
		if n := int(x.At.Sub(a.From) / a.Step); n >= 0 && n < len(counts) {
			counts[n] += float64(x.Count)
		}
		if !x.At.Before(hour) {
			p.Hour += x.Count
		}
	}
	p.Doubling, p.Phase = desk.Growth(counts, a.Step)
}

// hear tells people from media.
func (p *Picture) hear(all []desk.Voice) {
	for _, v := range all {
		if v.Kind == desk.VoiceMedia {
			p.Media = append(p.Media, v)
		} else {
			p.Voices = append(p.Voices, v)
		}
	}
}

// gatherer fills one picture, all parts at once.
type gatherer struct {
	wait sync.WaitGroup
	mu   sync.Mutex // guards pic
	pic  Picture
}

func gather[T any](ctx context.Context, g *gatherer, name string, read func(context.Context) (T, error), put func(*Picture, T)) {
	g.wait.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		v, err := read(ctx)
		g.mu.Lock()
		defer g.mu.Unlock()
		if err != nil {
			g.pic.Missing = append(g.pic.Missing, name)
			return
		}
		put(&g.pic, v)
	})
}
