package detect

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/store"
)

// childEnv tells a child process of these tests which desk to watch: "path" or "postgres://…".
const childEnv = "BREAKWATER_DETECT_TEST_WATCH"

// The day that is watched, after five days that are only learned from.
var (
	theDay  = time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	itsPast = theDay.AddDate(0, 0, -5)
	itsEnd  = theDay.Add(24*time.Hour + closeAfter)
)

func openAt(t testing.TB, where string) *store.DB {
	t.Helper()
	c := store.Config{Path: where, Log: slog.New(slog.DiscardHandler)}
	if strings.HasPrefix(where, "postgres://") {
		c = store.Config{DSN: where, Log: slog.New(slog.DiscardHandler)}
	}
	db, err := store.Open(context.Background(), c)
	check(t, err)
	return db
}

// fill makes a desk with two monitors that hear the same: ordinary days, on the last of them a storm, a source that brings what it
// missed, and an hour that nobody could hear.
func fill(t *testing.T, db *store.DB) (monitors [2]int64) {
	t.Helper()
	act := desk.Act{Who: "desk", Do: "test"}
	brand, err := db.ChangeBrand(t.Context(), 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Aurora", "UTC", desk.Say("made")
		return nil
	})
	check(t, err)
	for i := range monitors {
		m, err := db.ChangeMonitor(t.Context(), 0, act, func(m *desk.Monitor, out *desk.Out) error {
			m.BrandID, m.Name, m.Sensitivity, out.Say = brand.ID, "Aurora", "balanced", desk.Say("made")
			return nil
		})
		check(t, err)
		monitors[i] = m.ID
	}
	r := rand.New(rand.NewPCG(3, 1))
	var all []desk.Mention
	say := func(said, came time.Time, mood desk.Mood) {
		n := fmt.Sprint(len(all))
		all = append(all, desk.Mention{
			Ref: desk.Ref{Network: "mastodon", NativeID: n}, Kind: desk.KindPost, Lang: "en", Text: "words " + n, Mood: mood,
			Author: desk.Author{NativeID: n, Handle: "p" + n, Followers: 9}, Published: said, Arrived: came, Monitors: monitors[:],
		})
	}
	quiet := theDay.Add(15 * time.Hour)
	for at := itsPast; at.Before(theDay.AddDate(0, 0, 1)); at = at.Add(time.Duration((1 + 6*r.Float64()) * float64(time.Minute))) {
		if at.Sub(quiet) < time.Hour && at.After(quiet) {
			continue
		}
		say(at, at.Add(time.Duration(r.IntN(200))*time.Second), desk.Mood(-r.IntN(6)/5))
	}
	for i := range 400 {
		at := theDay.Add(9*time.Hour + time.Duration(i)*11*time.Second)
		say(at, at, desk.Mood(-min(1, r.IntN(5))))
		back := theDay.Add(20*time.Hour + time.Duration(i)*time.Second)
		say(back.Add(-5*time.Hour), back, desk.Negative)
	}
	for some := range slices.Chunk(all, 1000) {
		_, err := db.Append(t.Context(), []desk.Batch{{SourceID: 1, Mentions: some}})
		check(t, err)
	}
	for _, h := range []desk.Health{
		{State: desk.HealthOK, Answered: quiet}, {State: desk.HealthFailing}, {State: desk.HealthOK, Answered: quiet.Add(time.Hour)},
	} {
		check(t, db.SetHealth(t.Context(), 1, h))
	}
	return monitors
}

// liveTopics is a topic that is found half an hour after it began, and ends.
func liveTopics(_ int64, from, to time.Time) []desk.TopicHeard {
	found, ended := theDay.Add(9*time.Hour+30*time.Minute), theDay.Add(14*time.Hour)
	if to.After(ended) || to.Before(found.Add(-30*time.Minute)) {
		return nil
	}
	n := from.Minute() / 5
	return []desk.TopicHeard{{Topic: "5", Name: "a passenger", Count: n, Negative: n / 2}}
}

// watchDay watches a monitor from where its ledger stands to the end of the day, looking at it every few minutes.
func watchDay(ctx context.Context, db *store.DB, monitorID int64, looked func(time.Time)) error {
	e := New(db, func(context.Context, []desk.Signal) error { return nil }, slog.New(slog.DiscardHandler))
	e.Topics = liveTopics
	at := theDay.Add(closeAfter)
	if l, err := db.Learned(ctx, monitorID); err == nil {
		at = l.At.Add(closeAfter)
	}
	for ; !at.After(itsEnd); at = at.Add(7 * time.Minute) {
		if err := e.look(ctx, monitorID, false, at); err != nil {
			return err
		}
		e.save(ctx)
		looked(at)
	}
	if err := e.look(ctx, monitorID, false, itsEnd); err != nil {
		return err
	}
	e.save(ctx)
	return nil
}

// TestWatchUntilKilled is the child of TestReplay.
func TestWatchUntilKilled(t *testing.T) {
	where := os.Getenv(childEnv)
	if where == "" {
		return
	}
	var id int64
	var path string
	if _, err := fmt.Sscanf(where, "%d %s", &id, &path); err != nil {
		t.Fatal(err)
	}
	check(t, watchDay(context.Background(), openAt(t, path), id, func(at time.Time) { fmt.Println("looked", at.Unix()) }))
}

// A day that is replayed from the store gives the same verdicts, to the bit; and so does one in the middle of which the process was
// killed, several times.
func TestReplay(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return t.TempDir() },
		"postgres": func(t *testing.T) string { return needs.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where := where(t)
			db := openAt(t, where)
			monitors := fill(t, db)
			check(t, watchDay(t.Context(), db, monitors[0], func(time.Time) {}))
			check(t, db.Close())
			for _, looks := range []int{20, 3, 90, 1 << 30} {
				watchAndKill(t, fmt.Sprint(monitors[1], " ", where), looks)
			}
			db = openAt(t, where)
			defer db.Close()
			whole, err := db.Verdicts(t.Context(), monitors[0], theDay, itsEnd)
			check(t, err)
			killed, err := db.Verdicts(t.Context(), monitors[1], theDay, itsEnd)
			check(t, err)
			// The verdicts of two monitors that hear the same differ in nothing but whose they are.
			if diff := cmp.Diff(whole, killed, cmpopts.IgnoreFields(desk.Verdict{}, "MonitorID")); diff != "" {
				t.Errorf("verdicts of a process that was killed (-whole +killed):\n%s", diff)
			}
			checkDay(t, whole)
			e := New(db, nil, slog.New(slog.DiscardHandler))
			for _, from := range []time.Time{theDay, theDay.Add(13 * time.Hour)} {
				again, err := e.Replay(t.Context(), monitors[0], from, itsEnd)
				check(t, err)
				want := slices.DeleteFunc(slices.Clone(whole), func(v desk.Verdict) bool { return v.At.Before(from) })
				if diff := cmp.Diff(want, again); diff != "" {
					t.Errorf("verdicts replayed from %s (-then +replayed):\n%s", from, diff)
				}
			}
			if _, err := e.Replay(t.Context(), monitors[0], itsPast, theDay.Add(-time.Hour)); err == nil {
				t.Error("what was never judged is replayed")
			}
		})
	}
}

// checkDay looks whether the day is one worth replaying: the storm is told, the old news are not, the silent hour is left out.
func checkDay(t *testing.T, day []desk.Verdict) {
	t.Helper()
	var told, deaf, late, spoken int
	var mood, moodOfNight float64
	for _, v := range day {
		late += v.Heard.Late
		if v.Told {
			told++
		}
		if v.Deaf {
			deaf++
		}
		if len(v.Topics) > 0 && v.Topics[0].Score != 0 {
			spoken++
		}
		if v.At.Hour() == 20 || v.At.Hour() == 21 {
			moodOfNight = max(moodOfNight, v.Mood)
		} else if v.At.Hour() >= 9 {
			mood = max(mood, v.Mood)
		}
	}
	if len(day) < 200 || told != 1 || deaf < 8 || spoken < 20 || late != 400 || mood < 1.1 || moodOfNight > 1.1 {
		t.Errorf("%d verdicts, %d of them told, %d deaf, %d with topics, %d mentions late, mood of the storm %.2f, of old news %.2f", len(day), told, deaf, spoken, late, mood, moodOfNight)
	}
}

// watchAndKill starts a child and kills it after so many looks, unless it comes to the end of the day before.
func watchAndKill(t *testing.T, what string, looks int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestWatchUntilKilled$")
	cmd.Env = append(os.Environ(), childEnv+"="+what)
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	n, lines := 0, bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "looked ") {
			n++
		} else if text := lines.Text(); text != "PASS" {
			t.Errorf("the child says %q", text)
		}
		if n == looks {
			check(t, cmd.Process.Kill())
		}
	}
	if err := cmd.Wait(); (err == nil) == (n >= looks) && looks < 1<<30 {
		t.Fatalf("the child looked %d times of %d and ended with %v", n, looks, err)
	}
}
