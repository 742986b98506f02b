package topic

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"breakwater/desk"
)

// Store is what topics need of storage.
type Store interface {
	Monitors(ctx context.Context, brandID int64) ([]desk.Monitor, error)
	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
	TopicStates(ctx context.Context, take func(desk.TopicState) error) error
	SaveTopics(ctx context.Context, states []desk.TopicState, topics []desk.Topic) error
	Topics(ctx context.Context, f desk.TopicFilter) ([]desk.Topic, error)
	Setting(ctx context.Context, name string) (string, error)
	SetSetting(ctx context.Context, name, value string) error
	// Scope narrows a question to what the asking person sees; desk.ErrNotFound for what they do not.
	Scope(ctx context.Context, brandID int64, monitors []int64) (int64, []int64, error)
}

const (
	// savedSetting names up to when (unix seconds) everything that came is in the saved states.
	savedSetting = "topics.saved"
	// saveEvery spaces saves: what came since the last one is read again from the mentions after a crash.
	saveEvery = 3 * time.Minute
	// saveAtOnce is how many states one transaction takes.
	saveAtOnce = 200
	// closeEvery spaces the looks at topics that nobody speaks about any more.
	closeEvery = 10 * time.Second
	// learnFrom is how much of the past is read where nothing is saved, and learnMost how many mentions of it.
	learnFrom = 14 * 24 * time.Hour
	learnMost = 50_000
	// anewMost is the same for one monitor whose query changed, and anewAfter how long its stored mentions are given to be matched.
	anewMost  = 10_000
	anewAfter = time.Minute
	// pastFor is how long topics that ended are kept in mind for the mentions that belonged to them.
	pastFor = 30 * 24 * time.Hour
	// pastMost is how many of them of one monitor.
	pastMost = 50
)

// Watch finds topics in what the desk hears: it feeds a Tracker, saves what was learned and goes on from there after a
// restart. Its methods may be used concurrently.
type Watch struct {
	store Store
	log   *slog.Logger
	wake  chan struct{}

	inbox    sync.Mutex // guards what follows, up to the blank line
	heard    []desk.Mention
	gone     []desk.Ref
	goneBy   []desk.Ref
	relearn  map[int64]time.Time // monitors to be learned anew, and when
	reloaded bool                // the monitors are to be read anew

	mu       sync.Mutex // guards the rest
	tracker  *Tracker
	monitors map[int64]desk.Monitor
	past     map[int64][]desk.Topic // ended lately, by monitor
	ended    []desk.Topic           // not saved yet
	upTo     time.Time              // arrival of the newest mention added
	loaded   time.Time              // up to when mentions were read from the store; what is handed over may be among them
	reader   reader
}

// NewWatch makes a watch over nothing; Run loads what was learned.
func NewWatch(s Store, log *slog.Logger) *Watch {
	return &Watch{
		store: s, log: log, wake: make(chan struct{}, 1), relearn: make(map[int64]time.Time), reloaded: true,
		tracker: New(0), monitors: make(map[int64]desk.Monitor), past: make(map[int64][]desk.Topic),
	}
}

// Take hands over what was kept. Only mentions that are new (with an id) count; texts of what is gone are forgotten. It never
// waits.
func (w *Watch) Take(batches []desk.Batch) {
	w.inbox.Lock()
	for _, b := range batches {
		for i := range b.Mentions {
			if m := &b.Mentions[i]; m.ID != 0 && len(m.Monitors) > 0 {
				w.heard = append(w.heard, *m)
			}
		}
		w.gone, w.goneBy = append(w.gone, b.Gone...), append(w.goneBy, b.GoneBy...)
	}
	w.inbox.Unlock()
	w.nudge()
}

// Changed says that a monitor was made, changed or deleted.
func (w *Watch) Changed(monitorID int64) {
	w.inbox.Lock()
	w.reloaded = true
	w.relearn[monitorID] = time.Now().Add(anewAfter)
	w.inbox.Unlock()
	w.nudge()
}

func (w *Watch) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run follows what is heard until ctx ends, and then saves.
func (w *Watch) Run(ctx context.Context) error {
	if err := w.load(ctx); err != nil && ctx.Err() == nil {
		w.log.Error("topics of before could not be read", "error", err)
	}
	tick := time.NewTicker(closeEvery)
	defer tick.Stop()
	saved := time.Now()
	for {
		w.round(ctx)
		if time.Since(saved) >= saveEvery {
			w.save(ctx)
			saved = time.Now()
		}
		select {
		case <-ctx.Done():
			w.add()
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			w.save(last)
			return nil
		case <-w.wake:
		case <-tick.C:
		}
	}
}

// round takes in what was heard and does what is due.
func (w *Watch) round(ctx context.Context) {
	w.inbox.Lock()
	reload := w.reloaded
	w.reloaded = false
	var due []int64
	for id, at := range w.relearn {
		if !time.Now().Before(at) {
			due = append(due, id)
			delete(w.relearn, id)
		}
	}
	w.inbox.Unlock()
	if reload {
		w.reload(ctx)
	}
	w.add()
	slices.Sort(due)
	for _, id := range due {
		if err := w.anew(ctx, id); err != nil && ctx.Err() == nil {
			w.log.Error("topics of a monitor could not be learned anew", "monitor", id, "error", err)
		}
	}
	w.mu.Lock()
	w.tracker.Close(time.Now())
	w.bury()
	w.mu.Unlock()
}

// add counts what was heard.
func (w *Watch) add() {
	w.inbox.Lock()
	heard, gone, by := w.heard, w.gone, w.goneBy
	w.heard, w.gone, w.goneBy = nil, nil, nil
	w.inbox.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tracker.Wipe(gone, by)
	}()
	const atOnce = 2000 // then others may ask
	for len(heard) > 0 {
		n := min(len(heard), atOnce)
		w.mu.Lock()
		for i := range heard[:n] {
			w.count(&heard[i], !heard[i].Arrived.After(w.loaded))
		}
		w.bury()
		w.mu.Unlock()
		heard = heard[n:]
	}
}

// count adds a mention; one that may have been added before is looked for first. The caller holds w.mu.
func (w *Watch) count(m *desk.Mention, maybe bool) {
	if maybe {
		m.Monitors = slices.DeleteFunc(slices.Clone(m.Monitors), func(id int64) bool { return w.tracker.Knows(id, m.ID) })
	}
	w.tracker.Add(m)
	if m.Arrived.After(w.upTo) {
		w.upTo = m.Arrived
	}
}

// bury takes over the topics that ended. The caller holds w.mu.
func (w *Watch) bury() {
	for _, d := range w.tracker.Ended() {
		w.ended = append(w.ended, d)
		past := append(w.past[d.MonitorID], d)
		w.past[d.MonitorID] = past[max(0, len(past)-pastMost):]
	}
}

// reload reads which monitors there are, forgets those that are gone and those whose query did not change need not be learned.
func (w *Watch) reload(ctx context.Context) {
	all, err := w.store.Monitors(ctx, 0)
	if err != nil {
		if ctx.Err() == nil {
			w.log.Error("monitors could not be read", "error", err)
		}
		return
	}
	now := make(map[int64]desk.Monitor, len(all))
	for _, m := range all {
		now[m.ID] = m
	}
	var settled []int64
	w.mu.Lock()
	for id, was := range w.monitors {
		m, there := now[id]
		if !there {
			w.tracker.Forget(id)
			delete(w.past, id)
		}
		if !there || m.Query == was.Query {
			settled = append(settled, id)
		}
	}
	w.monitors = now
	w.mu.Unlock()
	w.inbox.Lock()
	defer w.inbox.Unlock()
	for _, id := range settled {
		delete(w.relearn, id)
	}
}

// anew learns a monitor from its stored mentions.
func (w *Watch) anew(ctx context.Context, id int64) error {
	mentions, err := w.newest(ctx, desk.Filter{Monitors: []int64{id}, From: time.Now().Add(-learnFrom)}, anewMost, nil)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tracker.Forget(id)
	for i := range mentions {
		mentions[i].Monitors = desk.IDs{id}
		w.tracker.Add(&mentions[i])
	}
	w.tracker.Ended() // of the past; they were kept when they ended
	return nil
}

// load reads what was saved and adds the mentions that came since.
func (w *Watch) load(ctx context.Context) error {
	saved, err := w.store.Setting(ctx, savedSetting)
	if err != nil {
		return err
	}
	at, _ := strconv.ParseInt(saved, 10, 64)
	past, err := w.store.Topics(ctx, desk.TopicFilter{From: time.Now().Add(-pastFor), Limit: 200})
	if err != nil {
		return err
	}
	err = w.store.TopicStates(ctx, func(s desk.TopicState) error {
		w.mu.Lock()
		err := w.tracker.Load(s.MonitorID, s.State)
		w.mu.Unlock()
		if errors.Is(err, ErrState) { // of an older version: learned again from the mentions
			w.inbox.Lock()
			w.relearn[s.MonitorID] = time.Now()
			w.inbox.Unlock()
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	w.mu.Lock()
	for _, d := range slices.Backward(past) {
		if !d.Ended.IsZero() {
			w.past[d.MonitorID] = append(w.past[d.MonitorID], d)
		}
	}
	w.mu.Unlock()
	return w.catchUp(ctx, at)
}

// catchUp adds the stored mentions that arrived after everything up to saved (unix seconds; 0: nothing was saved) was.
func (w *Watch) catchUp(ctx context.Context, saved int64) error {
	from, most := time.Now().Add(-learnFrom), learnMost
	fresh := func(*desk.Mention) bool { return true }
	if saved > 0 {
		mark := time.Unix(saved, 0).Add(-time.Minute) // commits overtake each other
		from = mark.Add(-lateBy * time.Second)
		fresh = func(m *desk.Mention) bool { return m.Arrived.After(mark) }
	}
	missed, err := w.newest(ctx, desk.Filter{From: from}, most, fresh)
	if err != nil {
		return fmt.Errorf("read the mentions since %s: %w", from.Format(time.RFC3339), err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range missed {
		w.count(&missed[i], saved > 0)
	}
	w.loaded = time.Now()
	w.bury()
	return nil
}

// newest reads the newest mentions that pass, at most so many, and gives them oldest first.
func (w *Watch) newest(ctx context.Context, f desk.Filter, most int, pass func(*desk.Mention) bool) ([]desk.Mention, error) {
	var all []desk.Mention
	f.Limit = 200
	for len(all) < most {
		page, err := w.store.Mentions(ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range page.Mentions {
			if m := &page.Mentions[i]; len(m.Monitors) > 0 && (pass == nil || pass(m)) {
				all = append(all, *m)
			}
		}
		if f.Before = page.Next; f.Before == 0 {
			break
		}
	}
	slices.Reverse(all)
	return all, nil
}

// save writes what changed since the last save.
func (w *Watch) save(ctx context.Context) {
	w.mu.Lock()
	dirty, upTo, topics := w.tracker.Dirty(), w.upTo, w.ended
	w.ended = nil
	for _, id := range w.tracker.Monitors() {
		topics = append(topics, w.tracker.Live(id)...)
	}
	w.mu.Unlock()
	for len(dirty) > 0 || len(topics) > 0 {
		some := dirty[:min(len(dirty), saveAtOnce)]
		if err := w.store.SaveTopics(ctx, w.states(some), topics); err != nil {
			w.log.Error("topics could not be saved", "error", err)
			w.unsaved(some, topics)
			return // what came since the last save that succeeded is read again after a restart
		}
		dirty, topics = dirty[len(some):], nil
	}
	if upTo.IsZero() {
		return
	}
	if err := w.store.SetSetting(ctx, savedSetting, strconv.FormatInt(upTo.Unix(), 10)); err != nil {
		w.log.Error("topics could not be saved", "error", err)
	}
}

// states writes what is known of some monitors.
func (w *Watch) states(ids []int64) []desk.TopicState {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]desk.TopicState, 0, len(ids))
	for _, id := range ids {
		if state := w.tracker.Save(id); state != nil {
			all = append(all, desk.TopicState{MonitorID: id, State: state})
		}
	}
	return all
}

// unsaved notes that some things have to be saved once more.
func (w *Watch) unsaved(ids []int64, topics []desk.Topic) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		w.tracker.soil(id)
	}
	for _, d := range topics {
		if !d.Ended.IsZero() {
			w.ended = append(w.ended, d)
		}
	}
}
