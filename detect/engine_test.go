package detect

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// radio is a desk with one monitor that has heard three weeks of ordinary talk.
type radio struct {
	db      *store.DB
	engine  *Engine
	monitor desk.Monitor
	n       int // mentions so far

	mu    sync.Mutex
	heard []desk.Signal
}

func newRadio(t testing.TB, days int, change func(*desk.Monitor)) *radio {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	t.Cleanup(func() { db.Close() })
	r := &radio{db: db}
	act := desk.Act{Who: "desk", Do: "test"}
	brand, err := db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Aurora", "Europe/Warsaw", desk.Say("made")
		return nil
	})
	check(t, err)
	r.monitor, err = db.ChangeMonitor(ctx, 0, act, func(m *desk.Monitor, out *desk.Out) error {
		m.BrandID, m.Name, m.Sensitivity, out.Say = brand.ID, "Aurora", "balanced", desk.Say("made")
		if change != nil {
			change(m)
		}
		return nil
	})
	check(t, err)
	r.engine = New(db, func(_ context.Context, s []desk.Signal) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.heard = append(r.heard, s...)
		return nil
	}, slog.New(slog.DiscardHandler))

	dice := rand.New(rand.NewPCG(5, 1))
	var past []desk.Mention
	for at := time.Now().AddDate(0, 0, -days); at.Before(time.Now().Add(-time.Minute)); at = at.Add(time.Duration((4 + 8*dice.Float64()) * float64(time.Minute))) {
		mood := desk.Neutral
		if dice.Float64() < 0.15 {
			mood = desk.Negative
		}
		past = append(past, r.mention(at, mood, "the flight to Gdańsk was on time and the coffee was fine"))
	}
	r.append(t, past)
	return r
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *radio) mention(at time.Time, mood desk.Mood, text string) desk.Mention {
	r.n++
	return desk.Mention{
		Ref: desk.Ref{Network: []string{"mastodon", "bluesky"}[r.n%2], NativeID: fmt.Sprint(r.n)}, Kind: desk.KindPost, Lang: "en",
		Text: text, Author: desk.Author{NativeID: fmt.Sprint(r.n), Handle: fmt.Sprint("person", r.n), Followers: 50}, Published: at.UTC(),
		Mood: mood, Sentiment: 0.8 * float64(mood), Monitors: []int64{r.monitor.ID},
	}
}

func (r *radio) append(t testing.TB, ms []desk.Mention) {
	t.Helper()
	for some := range slices.Chunk(ms, 1000) {
		_, err := r.db.Append(t.Context(), []desk.Batch{{SourceID: 1, Mentions: some}})
		check(t, err)
	}
}

// storm is n angry mentions over the last two minutes.
func (r *radio) storm(n int) []desk.Mention {
	var ms []desk.Mention
	for i := range n {
		at := time.Now().Add(-2 * time.Minute * time.Duration(n-i) / time.Duration(n))
		ms = append(ms, r.mention(at, desk.Negative, "they dragged a passenger off the plane, shame on #aurora"))
	}
	return ms
}

// run starts the engine for the length of the test.
func (r *radio) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.engine.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		check(t, <-done)
	})
}

// wait gives the first signal of a detector.
func (r *radio) wait(t *testing.T, detector string) desk.Signal {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		r.mu.Lock()
		i := slices.IndexFunc(r.heard, func(s desk.Signal) bool { return s.Detector == detector })
		if i >= 0 {
			defer r.mu.Unlock()
			return r.heard[i]
		}
		all := len(r.heard)
		r.mu.Unlock()
		if time.Now().After(end) {
			t.Fatalf("waited 20 seconds for a signal of %s; %d others came", detector, all)
		}
	}
}

func TestEngineTellsOfAStorm(t *testing.T) {
	t.Parallel()
	r := newRadio(t, 21, nil)
	r.run(t)
	r.engine.Touched([]int64{r.monitor.ID, 404})
	r.append(t, r.storm(120))
	began := time.Now()
	r.engine.Touched([]int64{r.monitor.ID})
	s := r.wait(t, "surge")
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the signal took %s, want seconds", took)
	}
	e := s.Evidence
	if s.MonitorID != r.monitor.ID || s.Strength < 1 || s.Level < desk.Issue || s.Trigger == 0 {
		t.Errorf("signal = %+v", s)
	}
	if why := s.Why.English(); !strings.Contains(why, "mentions of Aurora in") || strings.Contains(why, "{") {
		t.Errorf("why = %q", why)
	}
	if e.Observed < 120 || e.Expected > 20 || e.High < e.Expected || e.People < 100 || len(e.Networks) != 2 || len(e.Mentions) != maxExamples ||
		e.Phase != desk.Rising || e.Rule.IsZero() || time.Since(e.Since) > 30*time.Minute {
		t.Errorf("evidence = %+v", e)
	}
	if len(e.Words) == 0 || !slices.ContainsFunc(e.Words, func(w desk.Share) bool { return w.Name == "dragged" && w.Ratio > 3 }) ||
		slices.ContainsFunc(e.Words, func(w desk.Share) bool { return w.Name == "the" || w.Name == "coffee" }) {
		t.Errorf("words = %+v, want those of the storm", e.Words)
	}
	if len(e.Voices) == 0 {
		t.Error("no voices")
	}
	r.wait(t, "mood")
}

func TestEngineHearsOldNewsCalmly(t *testing.T) {
	t.Parallel()
	r := newRadio(t, 21, nil)
	var late []desk.Mention
	for i := range 2000 { // a source comes back and brings what it missed the day before
		late = append(late, r.mention(time.Now().Add(-time.Duration(7*60+i/3)*time.Minute), desk.Neutral, "old news"))
	}
	r.append(t, late)
	check(t, r.engine.look(t.Context(), r.monitor.ID, false, time.Now().UTC()))
	if len(r.heard) != 0 {
		t.Errorf("signals = %+v, want none for what is long past", r.heard)
	}
}

func TestEngineTellsOfVoiceCueAndThreshold(t *testing.T) {
	t.Parallel()
	r := newRadio(t, 21, func(m *desk.Monitor) {
		m.Rules = []desk.Rule{
			{Measure: "mentions", Over: 30, AtLeast: 10_000, Level: desk.Severe}, // not met
			{Measure: "people", Over: 60, AtLeast: 4, Level: desk.Issue},
		}
	})
	far := r.mention(time.Now(), desk.Negative, "never flying with them again")
	far.Author.Followers = 400_000
	ms := []desk.Mention{far}
	for range 4 {
		m := r.mention(time.Now(), desk.Negative, "my data was in the leak")
		m.Cues = []string{"data_breach"}
		ms = append(ms, m)
	}
	r.append(t, ms)
	check(t, r.engine.look(t.Context(), r.monitor.ID, false, time.Now().UTC()))
	want := map[string]string{
		"threshold": "people write about Aurora in 60 minutes: your threshold is 4.",
		"voice":     fmt.Sprintf("@%s, whom 400000 people follow, writes about Aurora, and not kindly.", far.Author.Handle),
		"cue":       "4 people write about leaked data or a break-in and Aurora.",
	}
	for detector, why := range want {
		i := slices.IndexFunc(r.heard, func(s desk.Signal) bool { return s.Detector == detector })
		if i < 0 {
			t.Errorf("no signal of %s", detector)
			continue
		}
		if got := r.heard[i].Why.English(); !strings.Contains(got, why) {
			t.Errorf("%s: why = %q, want %q", detector, got, why)
		}
	}
}

func TestUsual(t *testing.T) {
	t.Parallel()
	r := newRadio(t, 21, nil)
	ctx, to := t.Context(), time.Now().Truncate(time.Hour)
	bands, err := r.engine.Band(ctx, r.monitor.ID, to.Add(-24*time.Hour), to, time.Hour)
	check(t, err)
	if len(bands) != 24 {
		t.Fatalf("%d bands, want 24", len(bands))
	}
	for _, b := range bands { // one mention in about eight minutes, day and night
		if b.Expected < 4 || b.Expected > 12 || b.Low > b.Expected || b.High < b.Expected {
			t.Errorf("band = %+v", b)
		}
	}
	whole, err := r.engine.Usual(ctx, desk.Ask{BrandID: r.monitor.BrandID, From: to.Add(-24 * time.Hour), To: to})
	check(t, err)
	if len(whole) != 1 || whole[0].Expected < 130 || whole[0].Expected > 230 {
		t.Errorf("band of the brand's day = %+v, want about 180", whole)
	}
	share, ok, err := r.engine.UsualShare(ctx, desk.Ask{Monitors: []int64{r.monitor.ID}})
	if err != nil || !ok || share < 0.1 || share > 0.2 {
		t.Errorf("UsualShare = %v, %v, %v; want about 0.15", share, ok, err)
	}
	young := newRadio(t, 1, nil)
	bands, err = young.engine.Band(ctx, young.monitor.ID, to.Add(-time.Hour), to, time.Hour)
	if err != nil || bands != nil {
		t.Errorf("band after one day = %v, %v; want none", bands, err)
	}
}

func TestDetectorsThatJustBeganAreWell(t *testing.T) {
	t.Parallel()
	e := New(nil, nil, slog.New(slog.DiscardHandler))
	if err := e.Turned(time.Minute); err != nil {
		t.Errorf("asked before the first turn: %v", err)
	}
	if err := e.Turned(0); err == nil {
		t.Error("those that never begin are well for ever")
	}
}
