package source

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var errDown = errors.New("connection refused")

func TestPollingMovesTheCursorAndKeepsThePace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, desk.Source{}, func(_ context.Context, n int, cursor string) (desk.Batch, error) {
			want := ""
			if n > 1 {
				want = strconv.Itoa(n - 1)
			}
			if cursor != want {
				t.Errorf("pull %d got cursor %q, want %q", n, cursor, want)
			}
			return desk.Batch{Mentions: []desk.Mention{mention(strconv.Itoa(n), time.Now())}, Cursor: strconv.Itoa(n), Wait: time.Minute}, nil
		})
		b.after(150 * time.Second)
		if got := b.source.count(); got != 3 {
			t.Errorf("pulled %d times in 150 s at one a minute, want 3", got)
		}
		if diff := cmp.Diff([]string{"1:ok"}, b.states); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		if b.kept[0].SourceID != 1 || b.kept[0].Mentions[0].SourceID != 1 {
			t.Errorf("the batch does not say where it is from: %+v", b.kept[0])
		}
		if len(b.signals()) != 0 {
			t.Errorf("told of trouble that is none: %v", b.signals())
		}
	})
}

func TestEmptyAnswersDoNotSpin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, desk.Source{}, func(context.Context, int, string) (desk.Batch, error) { return desk.Batch{}, nil })
		b.after(time.Minute)
		if got := b.source.count(); got > 62 {
			t.Errorf("asked %d times in a minute a source that has nothing", got)
		}
		if b.saves > 8 {
			t.Errorf("saved health %d times in a minute in which nothing changed", b.saves)
		}
	})
}

// What an account was told long before the desk heard it opens nothing; what comes afterwards does.
func TestOldPrivateWordsOfANewSource(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, desk.Source{}, func(_ context.Context, n int, _ string) (desk.Batch, error) {
			alone := func(age time.Duration) desk.Incoming {
				return desk.Incoming{Message: desk.Message{Via: desk.ViaDirect, At: time.Now().Add(-age)}}
			}
			return desk.Batch{Incoming: []desk.Incoming{alone(72 * time.Hour), alone(time.Minute)}, Cursor: fmt.Sprint(n), Wait: time.Minute}, nil
		})
		b.after(90 * time.Second)
		for i, want := range []bool{true, false} {
			if got := b.kept[i].Incoming; got[0].Late != want || got[1].Late {
				t.Errorf("batch %d: late %v and %v; want %v and false", i, got[0].Late, got[1].Late, want)
			}
		}
	})
}

func TestAnOutageIsToldOnceEndedAndFilled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		back := began.Add(time.Hour)
		b := run(t, desk.Source{}, func(_ context.Context, n int, _ string) (desk.Batch, error) {
			switch now := time.Now(); {
			case now.Before(began.Add(30 * time.Second)):
				return desk.Batch{Wait: 10 * time.Second}, nil
			case now.Before(back):
				return desk.Batch{}, errDown
			default:
				m := []desk.Mention{mention("old", now.Add(-30*time.Minute)), mention("fresh", now.Add(-time.Minute))}
				alone := desk.Incoming{Message: desk.Message{Via: desk.ViaDirect, At: now.Add(-30 * time.Minute)}}
				return desk.Batch{Mentions: m, Incoming: []desk.Incoming{alone}, Cursor: fmt.Sprint(n), Wait: time.Minute}, nil
			}
		})
		b.after(31 * time.Second)
		if got := b.signals(); len(got) != 0 {
			t.Fatalf("told of a blip: %v", got)
		}
		b.after(20 * time.Second)
		if got := b.signals(); len(got) != 1 || got[0].Strength < 1 || got[0].SourceID != 1 || got[0].Detector != "silence" {
			t.Fatalf("20 s into an outage people were told %+v, want one signal", got)
		}
		b.after(time.Until(back) + 10*time.Minute)
		got := b.signals()
		if len(got) != 2 || got[1].Strength != 0 {
			t.Fatalf("after an outage people were told %+v, want trouble and its end", got)
		}
		if diff := cmp.Diff([]string{"1:ok", "1:failing", "1:ok"}, b.states); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		if len(b.gaps) != 1 || b.gaps[0].To.IsZero() || b.gaps[0].Filled.IsZero() {
			t.Errorf("gaps %+v, want one, closed and filled", b.gaps)
		}
		first := b.kept[slices.IndexFunc(b.kept, func(b desk.Batch) bool { return len(b.Mentions) > 0 })]
		if !first.Mentions[0].Late || first.Mentions[1].Late {
			t.Errorf("late: old %v, fresh %v; want true, false", first.Mentions[0].Late, first.Mentions[1].Late)
		}
		if first.Incoming[0].Late {
			t.Error("who wrote to us alone during an outage is old news")
		}
		if last := b.kept[len(b.kept)-1]; last.Mentions[0].Late {
			t.Error("marked as late after everything was caught up")
		}
		if tries := b.source.count(); tries > 60 {
			t.Errorf("asked %d times in an hour of outage", tries)
		}
	})
}

func TestWhatAnErrorAsksFor(t *testing.T) {
	t.Parallel()
	said := desk.Say("The feed is gone.")
	tests := []struct {
		name    string
		err     error
		state   string
		problem string
		again   [2]time.Duration // the second try falls between
		told    bool             // at the first failure
	}{
		{"network trouble", errDown, desk.HealthFailing, "It does not answer, or answers with an error. It is tried again by itself.", [2]time.Duration{500 * time.Millisecond, 2 * time.Second}, false},
		{"rate limit", &desk.Retry{After: 15 * time.Minute, Limited: true, Err: errDown}, desk.HealthLimited, "It asks us to slow down. It is tried again by itself.", [2]time.Duration{15 * time.Minute, 16 * time.Minute}, true},
		{"busy", &desk.Retry{After: time.Minute, Err: errDown}, desk.HealthFailing, "It does not answer, or answers with an error. It is tried again by itself.", [2]time.Duration{time.Minute, 62 * time.Second}, false},
		{"absurd pause", &desk.Retry{After: 1e6 * time.Hour, Err: errDown}, desk.HealthFailing, "It does not answer, or answers with an error. It is tried again by itself.", [2]time.Duration{6 * time.Hour, 7 * time.Hour}, false},
		{"credentials", fmt.Errorf("401: %w", desk.ErrDenied), desk.HealthDenied, "It refuses our credentials. Enter new ones in its settings.", [2]time.Duration{30 * time.Minute, 31 * time.Minute}, true},
		{"cannot be read", fmt.Errorf("parse: %w", desk.ErrBroken), desk.HealthBroken, "It answers with something that cannot be read. Check its settings.", [2]time.Duration{5 * time.Minute, 6 * time.Minute}, true},
		{"gone for good", fmt.Errorf("410: %w", desk.ErrGone), desk.HealthBroken, "Its owner says that it is gone for good. We ask again once a day.", [2]time.Duration{24 * time.Hour, 25 * time.Hour}, true},
		{"its own words", &desk.Problem{Say: said, Err: desk.ErrBroken}, desk.HealthBroken, said.Say, [2]time.Duration{5 * time.Minute, 6 * time.Minute}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := run(t, desk.Source{}, func(context.Context, int, string) (desk.Batch, error) { return desk.Batch{}, tt.err })
				b.after(100 * time.Millisecond)
				h := b.sourceHealth()
				if h.State != tt.state || h.Problem.English() != tt.problem {
					t.Errorf("%v: %s %q, want %s %q", tt.err, h.State, h.Problem.English(), tt.state, tt.problem)
				}
				if told := len(b.signals()) > 0; told != tt.told {
					t.Errorf("%v: people told at once: %v, want %v", tt.err, told, tt.told)
				}
				b.after(tt.again[1])
				gap := b.source.asked[1] - b.source.asked[0]
				if gap < tt.again[0] || gap > tt.again[1] {
					t.Errorf("%v: tried again after %s, want %s to %s", tt.err, gap, tt.again[0], tt.again[1])
				}
			})
		})
	}
}

func (b *bench) sourceHealth() desk.Health { return b.shelf.source(1).Health }

func TestNewCredentialsAreTriedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var good bool
		b := run(t, desk.Source{}, func(context.Context, int, string) (desk.Batch, error) {
			if !good {
				return desk.Batch{}, desk.ErrDenied
			}
			return desk.Batch{Wait: time.Minute}, nil
		})
		b.after(10 * time.Second)
		good = true
		b.change(1, func(s *desk.Source) { s.Settings = desk.Settings{"token": "new"} })
		b.poller.Changed()
		b.after(time.Second)
		if diff := cmp.Diff([]string{"1:denied", "1:ok"}, b.states); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
	})
}

func TestAPanicBreaksOneSourceOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, desk.Source{}, func(_ context.Context, n int, _ string) (desk.Batch, error) {
			if n == 1 {
				panic("index out of range")
			}
			return desk.Batch{Wait: time.Minute}, nil
		})
		b.after(time.Second)
		if h := b.sourceHealth(); h.State != desk.HealthBroken {
			t.Errorf("after a panic the source is %s", h.State)
		}
		b.after(10 * time.Minute)
		if h := b.sourceHealth(); h.State != desk.HealthOK {
			t.Errorf("after the panic has passed the source is %s", h.State)
		}
	})
}

func TestSilenceIsNoticedAndEnds(t *testing.T) {
	t.Parallel()
	for _, stream := range []bool{false, true} {
		t.Run(fmt.Sprintf("stream %v", stream), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				speak := make(chan struct{}, 1)
				b := run(t, desk.Source{SilentAfter: 30}, func(ctx context.Context, n int, _ string) (desk.Batch, error) {
					if n == 1 {
						return desk.Batch{Mentions: []desk.Mention{mention("a", time.Now())}}, nil
					}
					wait := time.NewTimer(time.Minute)
					if stream {
						wait.Stop()
					}
					select {
					case <-speak:
						return desk.Batch{Mentions: []desk.Mention{mention("b", time.Now())}}, nil
					case <-wait.C:
						return desk.Batch{}, nil
					case <-ctx.Done():
						return desk.Batch{}, ctx.Err()
					}
				})
				b.after(29 * time.Minute)
				if h := b.sourceHealth(); h.State != desk.HealthOK {
					t.Fatalf("after 29 quiet minutes of 30: %s", h.State)
				}
				b.after(2 * time.Minute)
				if h := b.sourceHealth(); h.State != desk.HealthSilent {
					t.Fatalf("after 31 quiet minutes of 30: %s", h.State)
				}
				b.after(2 * time.Hour)
				if got := b.signals(); len(got) != 1 || got[0].Strength < 1 {
					t.Errorf("told %+v during one silence, want once", got)
				}
				speak <- struct{}{}
				b.after(time.Minute)
				if h := b.sourceHealth(); h.State != desk.HealthOK {
					t.Errorf("after it spoke again: %s", h.State)
				}
				if got := b.signals(); len(got) != 2 || got[1].Strength != 0 {
					t.Errorf("told %+v, want the end too", got)
				}
			})
		})
	}
}

func TestAStreamThatStandsIsWell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, desk.Source{}, func(ctx context.Context, n int, _ string) (desk.Batch, error) {
			if n == 1 {
				return desk.Batch{}, errDown
			}
			<-ctx.Done()
			return desk.Batch{}, ctx.Err()
		})
		b.after(time.Minute)
		if h := b.sourceHealth(); h.State != desk.HealthFailing {
			t.Errorf("a minute after a failure and without a word since: %s", h.State)
		}
		b.after(time.Minute)
		if h := b.sourceHealth(); h.State != desk.HealthOK || len(b.gaps) != 1 || b.gaps[0].Filled.IsZero() {
			t.Errorf("a stream that stands for two minutes: %s, gaps %+v", h.State, b.gaps)
		}
	})
}

func TestTimeWithoutADeskIsAGap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer := func(context.Context, int, string) (desk.Batch, error) { return desk.Batch{Wait: time.Minute}, nil }
		b := run(t, desk.Source{}, answer)
		b.after(time.Hour)
		b.stop()
		stopped := time.Now()
		time.Sleep(2 * time.Hour)
		b.start(t, desk.Spec{Kind: "x"})
		b.after(time.Minute)
		if len(b.gaps) != 1 {
			t.Fatalf("gaps after two hours without a desk: %+v, want one", b.gaps)
		}
		g := b.gaps[0]
		if g.From.Sub(stopped).Abs() > 2*time.Minute || g.To.Sub(g.From) < 110*time.Minute || g.Filled.IsZero() {
			t.Errorf("gap %+v, want two hours from %s, filled", g, stopped)
		}
		if len(b.signals()) != 1 || b.signals()[0].Strength != 0 {
			t.Errorf("a restart alarmed people: %+v", b.signals())
		}
	})
}

func TestAStoreInTroubleLosesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, desk.Source{}, func(_ context.Context, n int, _ string) (desk.Batch, error) {
			return desk.Batch{Mentions: []desk.Mention{mention(fmt.Sprint(n), time.Now())}, Cursor: fmt.Sprint(n), Wait: time.Minute}, nil
		})
		b.shelf.mu.Lock()
		b.refuse = errors.New("disk full")
		b.shelf.mu.Unlock()
		b.after(10 * time.Minute)
		if got := b.source.count(); got != 1 {
			t.Errorf("pulled %d times although the first batch could not be kept", got)
		}
		if h := b.sourceHealth(); h.State != desk.HealthFailing {
			t.Errorf("a source whose mentions cannot be kept is %s", h.State)
		}
		b.shelf.mu.Lock()
		b.refuse = nil
		b.shelf.mu.Unlock()
		b.after(10 * time.Minute)
		if len(b.kept) < 2 || b.kept[0].Mentions[0].NativeID != "1" || b.kept[1].Mentions[0].NativeID != "2" {
			t.Errorf("kept %+v, want 1, 2, …", b.kept)
		}
		if h := b.sourceHealth(); h.State != desk.HealthOK || b.gaps[0].Filled.IsZero() {
			t.Errorf("afterwards %s, gaps %+v", h.State, b.gaps)
		}
	})
}

// A source that has forgotten what came during an outage does not fill the gap, and no later answer does.
func TestWhatASourceForgotIsNotCaughtUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		b := run(t, desk.Source{}, func(_ context.Context, n int, _ string) (desk.Batch, error) {
			now := time.Now()
			at := now.Sub(began)
			if at > time.Minute && at < time.Hour || at > 3*time.Hour && at < 4*time.Hour {
				return desk.Batch{}, errDown
			}
			return desk.Batch{Mentions: []desk.Mention{mention(fmt.Sprint(n), now)}, Cursor: fmt.Sprint(n), Wait: 10 * time.Second,
				Lost: at >= time.Hour && at < 2*time.Hour}, nil
		})
		b.after(5 * time.Hour)
		if len(b.gaps) != 2 || !b.gaps[0].Lost || !b.gaps[0].Filled.IsZero() || b.gaps[1].Lost || b.gaps[1].Filled.IsZero() {
			t.Errorf("gaps %+v, want the first lost, the second filled", b.gaps)
		}
	})
}

func TestLoopsFollowTheList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, desk.Source{}, func(context.Context, int, string) (desk.Batch, error) { return desk.Batch{Wait: time.Second}, nil })
		b.after(10 * time.Second)
		b.change(1, func(s *desk.Source) { s.Paused = true })
		b.poller.Changed()
		b.after(time.Second)
		paused := b.source.count()
		b.after(10 * time.Minute)
		if h := b.sourceHealth(); h.State != desk.HealthPaused || b.source.count() != paused {
			t.Errorf("paused: %s, pulled %d times meanwhile", h.State, b.source.count()-paused)
		}
		b.change(1, func(s *desk.Source) { s.Paused = false })
		b.after(reread + time.Second) // nobody nudges
		if h := b.sourceHealth(); h.State != desk.HealthOK || b.source.count() == paused {
			t.Errorf("resumed: %s, pulled %d times since", h.State, b.source.count()-paused)
		}
		if err := b.DeleteSource(t.Context(), 1, desk.Act{}); err != nil {
			t.Fatal(err)
		}
		b.poller.Changed()
		b.after(time.Second)
		removed := b.source.count()
		b.after(time.Minute)
		if got := b.source.count(); got != removed {
			t.Errorf("pulled %d times after the source was removed", got-removed)
		}
	})
}

func TestThoseWhoComeToUs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := desk.Source{ID: 1, Kind: "x", Name: "Shop", SilentAfter: 30, Created: time.Now()}
		b := &bench{shelf: newShelf(src)}
		b.start(t, desk.Spec{Kind: "x", Push: true})
		b.after(20 * time.Minute)
		if h := b.sourceHealth(); h.State != "" {
			t.Errorf("before anybody came: %s, want new", h.State)
		}
		push := func() {
			b.shelf.mu.Lock()
			defer b.shelf.mu.Unlock()
			s := b.sources[1]
			s.Health.Heard = time.Now()
			b.sources[1] = s
		}
		push()
		b.after(time.Minute)
		if h := b.sourceHealth(); h.State != desk.HealthOK {
			t.Errorf("after the first: %s", h.State)
		}
		b.after(31 * time.Minute)
		if h := b.sourceHealth(); h.State != desk.HealthSilent || len(b.signals()) != 1 {
			t.Errorf("after half an hour without any: %s, told %v", h.State, b.signals())
		}
		push()
		b.after(time.Minute)
		if h := b.sourceHealth(); h.State != desk.HealthOK || len(b.signals()) != 2 {
			t.Errorf("after the next: %s, told %v", h.State, b.signals())
		}
	})
}
