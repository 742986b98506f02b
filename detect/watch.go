package detect

import (
	"context"
	"errors"
	"slices"
	"time"

	"breakwater/desk"
)

const (
	// settingsFor is how long a monitor's own record is believed; Changed cuts it short.
	settingsFor = time.Minute
	// sampleEvery spaces the looks at the posts themselves, which cost more than the numbers; where they cost very much, as in
	// counting the people of a day of a million mentions, sampleRest times what the last one took.
	sampleEvery = 5 * time.Second
	sampleRest  = 20
	// tellEvery spaces what is handed on about one monitor while nothing gets worse.
	tellEvery = 10 * time.Second
	maxTop    = 20
	// learnEvery spaces how often a monitor is learned anew while a history comes in.
	learnEvery = 10 * time.Second
)

// watch is what the engine keeps in mind about one monitor.
type watch struct {
	monitor desk.Monitor
	brand   string
	loaded  time.Time       // of monitor
	expects []desk.Occasion // of the brand, on about now
	usual   *Usual
	ledger  *ledger
	judged  judged    // of the open bucket
	learned time.Time // when the ledger was last learned anew
	minutes minutes
	posts   []desk.Mention
	top     []desk.Mention
	people  map[int]int
	sampled time.Time
	took    time.Duration // by the last look at the posts
	cost    time.Duration // of the last look at all
	owed    bool          // posts came that were not looked at yet

	looked, signalled, toldAt time.Time
	told                      []desk.Signal // what was last handed on
}

// refresh brings everything up to date that is due.
func (w *watch) refresh(ctx context.Context, e *Engine, id int64, anew bool, now time.Time) error {
	if anew || now.Sub(w.loaded) >= settingsFor {
		m, err := e.store.Monitor(ctx, id)
		if err != nil {
			return err
		}
		b, err := e.store.Brand(ctx, m.BrandID)
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return err
		}
		w.monitor, w.brand, w.loaded = m, b.Name, now
		if w.expects, err = e.store.Occasions(ctx, m.BrandID, now.Add(-afterglow), now.Add(settingsFor)); err != nil {
			return err
		}
	}
	if w.monitor.Paused {
		return nil
	}
	if err := w.study(ctx, e, id, anew, now); err != nil {
		return err
	}
	usual, err := e.known.usual(ctx, of(w.monitor), now)
	if err != nil {
		return err
	}
	w.usual = usual
	if err := w.minutes.update(ctx, e.store, id, w.span(), now); err != nil {
		return err
	}
	if w.owed = !anew && now.Sub(w.sampled) < w.spacing(now); !w.owed {
		return w.sample(ctx, e.store, now)
	}
	return nil
}

// spacing is how long after a look at the posts the next one comes. Few posts cost little and are looked at with the numbers: on
// a quiet monitor each may be the one that tips.
func (w *watch) spacing(now time.Time) time.Duration {
	if w.window(now).sum(cueMinutes).Count <= sampled {
		return everyRound
	}
	return max(sampleEvery, sampleRest*w.took)
}

// study brings the ledger up to the last closed bucket, and judges what came since.
func (w *watch) study(ctx context.Context, e *Engine, id int64, anew bool, now time.Time) (err error) {
	k := keeper{e.store, e.Topics}
	var s saving
	if w.ledger == nil {
		if w.ledger, s, err = k.opened(ctx, id, now); err != nil {
			return err
		}
		e.unsaved.add(s)
	}
	if s, err = k.advance(ctx, id, w.ledger, now); err != nil {
		return err
	}
	e.unsaved.add(s)
	if anew || w.ledger.outgrown() && now.Sub(w.learned) >= learnEvery {
		if w.ledger, s, err = k.learn(ctx, id, now); err != nil {
			return err
		}
		w.learned = now
		e.unsaved.add(s)
		e.known.forget(of(w.monitor))
		e.known.forget(subject{brand: w.monitor.BrandID})
	}
	w.judged, err = k.open(ctx, id, w.ledger, now)
	return err
}

// span is how many minutes must be kept for the detectors and the monitor's rules.
func (w *watch) span() int {
	n := spanMinutes
	for _, r := range w.monitor.Rules {
		n = max(n, min(r.Over, 24*60))
	}
	return n
}

func (w *watch) window(now time.Time) Window {
	return Window{
		Monitor: w.monitor, Brand: w.brand, Now: now, Start: w.minutes.start, Minutes: w.minutes.all,
		Usual: w.usual, Posts: w.posts, Top: w.top, People: w.people,
		judged: w.judged, known: w.ledger != nil && w.ledger.known(),
	}
}

// sample reads posts and people, as far as the numbers say that there is something to find.
func (w *watch) sample(ctx context.Context, st Store, now time.Time) error {
	began := time.Now()
	w.sampled = now
	defer func() { w.took = time.Since(began) }()
	win := w.window(now)
	to := now.Add(skew * time.Minute)
	only := []int64{w.monitor.ID}
	w.posts, w.top, w.people = nil, nil, nil
	if win.sum(cueMinutes).Count > 0 {
		p, err := st.Mentions(ctx, desk.Filter{Monitors: only, From: now.Add(-cueMinutes * time.Minute), To: to, Limit: sampled})
		if err != nil {
			return err
		}
		w.posts = p.Mentions
	}
	if reach, minutes := w.farthest(); win.sum(minutes).Reach >= int64(reach) {
		p, err := st.Mentions(ctx, desk.Filter{Monitors: only, From: win.back(min(minutes, len(win.Minutes))), To: to, MinReach: reach, Limit: maxTop})
		if err != nil {
			return err
		}
		w.top = p.Mentions
	}
	for _, r := range w.monitor.Rules {
		if r.Measure != "people" || float64(win.sum(r.Over).Count) < r.AtLeast {
			continue // no more people than mentions
		}
		n, err := st.People(ctx, desk.Ask{Monitors: only, From: win.back(min(r.Over, len(win.Minutes))), To: to})
		if err != nil {
			return err
		}
		if w.people == nil {
			w.people = make(map[int]int)
		}
		w.people[r.Over] = n
	}
	return nil
}

// farthest is from which number of followers, and for how many minutes back, authors are of interest.
func (w *watch) farthest() (reach, minutes int) {
	reach, minutes = Window{Monitor: w.monitor, Usual: w.usual}.bar(), int(voiceFor/time.Minute)
	for _, r := range w.monitor.Rules {
		if r.Measure == "reach" && r.AtLeast > 0 {
			reach, minutes = min(reach, int(r.AtLeast)), max(minutes, r.Over)
		}
	}
	return reach, minutes
}

// worth reports whether signals are to be handed on now: they tell something new, or it is time again.
func (w *watch) worth(signals []desk.Signal, now time.Time) bool {
	if now.Sub(w.toldAt) >= tellEvery {
		return true
	}
	return slices.ContainsFunc(signals, func(s desk.Signal) bool {
		i := slices.IndexFunc(w.told, func(t desk.Signal) bool { return t.Detector == s.Detector })
		return i < 0 || s.Level > w.told[i].Level
	})
}
