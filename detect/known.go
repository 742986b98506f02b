package detect

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"breakwater/desk"
)

// relearn is how often what is usual is learned anew.
const relearn = time.Hour

// subject is what something is usual for: one monitor, or with a monitor of ID 0 a whole brand, where each mention counts once
// (brand 0: all brands).
type subject struct {
	monitor desk.Monitor
	brand   int64
}

func of(m desk.Monitor) subject { return subject{m, m.BrandID} }

// name tells subjects apart.
func (s subject) name() string { return fmt.Sprint(s.brand, "/", s.monitor.ID) }

// ask selects the subject's roll-ups.
func (s subject) ask(from, to time.Time, step time.Duration) desk.Ask {
	a := desk.Ask{BrandID: s.brand, From: from, To: to, Step: step}
	if s.monitor.ID != 0 {
		a.BrandID, a.Monitors = 0, []int64{s.monitor.ID}
	}
	return a
}

// known keeps what was learned about each subject.
type known struct {
	store Store
	once  singleflight.Group

	mu  sync.Mutex // guards all
	all map[string]learned
}

type learned struct {
	usual *Usual // nil: too little is known
	at    time.Time
}

// keeps is how long it is used before it is learned anew. That too little is known may change soon: a history is imported.
func (l learned) keeps() time.Duration {
	if l.usual == nil {
		return 20 * time.Second
	}
	return relearn
}

func newKnown(s Store) *known { return &known{store: s, all: make(map[string]learned)} }

// usual is what is usual for a subject; nil while too little is known.
func (k *known) usual(ctx context.Context, s subject, now time.Time) (*Usual, error) {
	name := s.name()
	k.mu.Lock()
	l, ok := k.all[name]
	k.mu.Unlock()
	if ok && now.Sub(l.at) < l.keeps() {
		return l.usual, nil
	}
	v, err, _ := k.once.Do(name, func() (any, error) {
		u, err := k.learn(context.WithoutCancel(ctx), s, now)
		if err == nil {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.all[name] = learned{u, now}
		}
		return u, err
	})
	u, _ := v.(*Usual)
	return u, err
}

func (k *known) forget(s subject) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.all, s.name())
}

// learn reads a subject's past and learns from it.
func (k *known) learn(ctx context.Context, s subject, now time.Time) (*Usual, error) {
	h, err := k.history(ctx, s, now)
	if err != nil {
		return nil, err
	}
	u := learn(h)
	if u == nil || s.monitor.ID == 0 {
		return u, nil
	}
	return u, k.backgrounds(ctx, u, s.monitor, now)
}

// history reads the hours of a subject's past.
func (k *known) history(ctx context.Context, s subject, now time.Time) (history, error) {
	h := history{zone: k.zone(ctx, s.brand)}
	end := now.Truncate(time.Hour)
	h.start = end.AddDate(0, 0, -learnDays)
	gaps, err := k.store.Gaps(ctx, nil, h.start, end)
	if err != nil {
		return h, err
	}
	if h.hours, err = k.steps(ctx, s.ask(h.start, end, time.Hour)); err != nil {
		return h, err
	}
	deafen(&h, gaps, end)
	return h, nil
}

// zone is the time zone of a brand; UTC where there is none.
func (k *known) zone(ctx context.Context, brandID int64) *time.Location {
	if b, err := k.store.Brand(ctx, brandID); err == nil {
		if zone, err := time.LoadLocation(b.Zone); err == nil {
			return zone
		}
	}
	return time.UTC
}

func (k *known) steps(ctx context.Context, a desk.Ask) ([]step, error) {
	points, err := k.store.Series(ctx, a)
	if err != nil {
		return nil, err
	}
	steps := make([]step, a.To.Sub(a.From)/a.Step)
	for _, p := range points {
		if i := int(p.At.Sub(a.From) / a.Step); i >= 0 && i < len(steps) {
			steps[i] = step{count: float64(p.Count), negative: float64(p.Negative), copies: float64(p.Copies)}
		}
	}
	return steps, nil
}

// deafen marks the hours in which a source did not hear for ten minutes and more, and little came: one deaf source of many
// does not make an hour worthless, but an hour without data is no calm hour.
func deafen(h *history, gaps []desk.Gap, end time.Time) {
	usual := mean(h.hours)
	for _, g := range gaps {
		to := g.To
		if to.IsZero() || to.After(end) {
			to = end
		}
		if !g.Filled.IsZero() || to.Sub(g.From) < 10*time.Minute {
			continue
		}
		first := max(0, int(g.From.Sub(h.start)/time.Hour))
		for i := first; i < len(h.hours) && h.start.Add(time.Duration(i)*time.Hour).Before(to); i++ {
			if h.hours[i].count < usual/2 {
				h.hours[i].deaf = true
			}
		}
	}
}

// backgrounds learns which cues and which far-reaching negative voices are nothing new here.
func (k *known) backgrounds(ctx context.Context, u *Usual, m desk.Monitor, now time.Time) error {
	u.Cues = make(map[string]float64)
	total := 0
	end := now.Add(-unlearned)
	for _, days := range []int{0, 1, 3, 6} {
		to := end.AddDate(0, 0, -days)
		p, err := k.store.Mentions(ctx, desk.Filter{Monitors: []int64{m.ID}, From: to.AddDate(0, 0, -1), To: to, Limit: sampled})
		if err != nil {
			return err
		}
		total += len(p.Mentions)
		for i := range p.Mentions {
			for _, c := range p.Mentions[i].CuesOf(m.BrandID) {
				u.Cues[c]++
			}
		}
	}
	u.Looked = total
	for c := range u.Cues {
		u.Cues[c] /= float64(max(total, 1))
	}
	reach := Window{Monitor: m}.knobs().reach
	p, err := k.store.Mentions(ctx, desk.Filter{
		Monitors: []int64{m.ID}, From: end.AddDate(0, 0, -7), To: end, MinReach: reach, Moods: []desk.Mood{desk.Negative}, Limit: 50,
	})
	if err != nil {
		return err
	}
	u.Voice = voiceBar(p.Mentions)
	return nil
}

// voiceBar is the number of followers that no more than one negative voice in two days reached; 0 when so many never came.
func voiceBar(week []desk.Mention) int {
	const aWeek = 4
	if len(week) < aWeek {
		return 0
	}
	var all []int
	for i := range week {
		all = append(all, week[i].Author.Followers)
	}
	slices.Sort(all)
	return all[len(all)-aWeek] + 1
}

// several is what is usual for each subject of an ask; ok is false when too little is known of one.
func (e *Engine) several(ctx context.Context, a desk.Ask) (all []*Usual, ok bool, err error) {
	subjects, err := e.subjects(ctx, a)
	if err != nil {
		return nil, false, err
	}
	now := time.Now().UTC()
	for _, s := range subjects {
		u, err := e.known.usual(ctx, s, now)
		if err != nil || u == nil {
			return nil, false, err
		}
		all = append(all, u)
	}
	return all, true, nil
}

func (e *Engine) subjects(ctx context.Context, a desk.Ask) ([]subject, error) {
	if len(a.Monitors) == 0 {
		return []subject{{brand: a.BrandID}}, nil
	}
	var all []subject
	for _, id := range a.Monitors {
		m, err := e.store.Monitor(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, of(m))
	}
	return all, nil
}

// maxBands bounds one answer.
const maxBands = 10_000

// Band is what is usual for a monitor in each step of [from, to). It is empty while too little is known.
func (e *Engine) Band(ctx context.Context, monitorID int64, from, to time.Time, step time.Duration) ([]desk.Band, error) {
	return e.Usual(ctx, desk.Ask{Monitors: []int64{monitorID}, From: from, To: to, Step: step})
}

// Usual is the band of a.Monitors, or of all of a.BrandID, together, for each step from a.From on. It is empty while too little
// is known of any of them. Networks are not told apart. Without a Step it is one band for all.
func (e *Engine) Usual(ctx context.Context, a desk.Ask) ([]desk.Band, error) {
	all, ok, err := e.several(ctx, a)
	if err != nil || !ok || !a.From.Before(a.To) {
		return nil, err
	}
	if a.Step <= 0 {
		a.Step = a.To.Sub(a.From)
	}
	var bands []desk.Band
	for t := a.From; t.Before(a.To) && len(bands) < maxBands; t = t.Add(a.Step) {
		bands = append(bands, together(all, t, t.Add(a.Step)))
	}
	return bands, nil
}

// UsualShare is the usual share of negative mentions of the same monitors, 0 … 1; ok is false while too little is known.
func (e *Engine) UsualShare(ctx context.Context, a desk.Ask) (share float64, ok bool, err error) {
	all, ok, err := e.several(ctx, a)
	if err != nil || !ok {
		return 0, false, err
	}
	share, ok = shared(all)
	return share, ok, nil
}
