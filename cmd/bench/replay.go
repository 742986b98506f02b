package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"breakwater/desk"
	"breakwater/detect"
	"breakwater/store"
)

// benchReplay measures the time machine: how long a year of one monitor takes to be run over with other settings, the first time,
// and when a setting is moved and looked at again.
func benchReplay(args []string) (err error) {
	fs := flag.NewFlagSet("replay", flag.ContinueOnError)
	days := fs.Int("days", 365, "days of the past")
	moves := fs.Int("moves", 20, "times that a setting is moved")
	if err := fs.Parse(args); err != nil {
		return err
	}
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "breakwater-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	m, mentions, rows, err := yearOfRollups(ctx, dir)
	if err != nil {
		return err
	}
	var cold, cpu []time.Duration
	var engine *detect.Engine
	var db *store.DB
	for range 3 { // each time as after a restart: nothing kept
		if db != nil {
			db.Close()
		}
		if db, err = store.Open(ctx, store.Config{Path: dir, Log: slog.New(slog.DiscardHandler)}); err != nil {
			return err
		}
		engine = detect.New(db, nil, slog.New(slog.DiscardHandler))
		began, used := time.Now(), processorTime()
		if _, err := engine.Try(ctx, m, *days); err != nil {
			return err
		}
		cold, cpu = append(cold, time.Since(began)), append(cpu, processorTime()-used)
	}
	defer db.Close()
	var moved []time.Duration
	var last detect.Hindsight
	for i := range *moves {
		m.Sensitivity = []string{"low", "balanced", "high"}[i%3]
		m.Rules = []desk.Rule{{Measure: "negative", Over: 60, AtLeast: float64(10 + i), Level: desk.Issue}}
		began := time.Now()
		if last, err = engine.Try(ctx, m, *days); err != nil {
			return err
		}
		moved = append(moved, time.Since(began))
	}
	slices.Sort(cold)
	slices.Sort(cpu)
	slices.Sort(moved)
	fmt.Printf("%d days of one monitor: %d mentions in %d roll-ups of a minute, %d buckets of five minutes\n", *days, mentions, rows, *days*288)
	fmt.Printf("first look      %8.0f ms (median of three; %.0f ms of processor time)\n", ms(cold[1]), ms(cpu[1]))
	fmt.Printf("setting moved   %8.1f ms (median of %d); slowest %.1f ms; the last one would have told %d alerts in %d messages\n", ms(moved[len(moved)/2]), len(moved), ms(moved[len(moved)-1]), last.Tried.Count, last.Tried.Messages)
	fmt.Printf("mentions=%d first_ms=%.0f first_cpu_ms=%.0f moved_ms=%.1f\n", mentions, ms(cold[1]), ms(cpu[1]), ms(moved[len(moved)/2]))
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// yearOfRollups makes a desk whose one monitor heard about a million mentions in 400 days, on two networks. Only the roll-ups are
// written, as a million mentions would have left them.
func yearOfRollups(ctx context.Context, dir string) (m desk.Monitor, mentions, rows int, err error) {
	db, err := store.Open(ctx, store.Config{Path: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return m, 0, 0, err
	}
	act := desk.Act{Who: "desk", Name: "bench", Do: "bench", At: time.Now()}
	b, err := db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Aurora", "UTC", desk.Say("made")
		return nil
	})
	if err == nil {
		m, err = db.ChangeMonitor(ctx, 0, act, func(m *desk.Monitor, out *desk.Out) error {
			m.BrandID, m.Name, m.Sensitivity, out.Say = b.ID, "Aurora", "balanced", desk.Say("made")
			return nil
		})
	}
	if err = firstOf(err, db.Close()); err != nil {
		return m, 0, 0, err
	}
	raw, err := sql.Open("sqlite", filepath.Join(dir, store.File))
	if err != nil {
		return m, 0, 0, err
	}
	defer raw.Close()
	end := time.Now().UTC().Truncate(time.Minute)
	from := end.AddDate(0, 0, -400).Unix()
	for _, network := range []string{"mastodon", "bluesky"} {
		_, err := raw.ExecContext(ctx, `WITH RECURSIVE minute(at, r, q) AS (SELECT ?, abs(random() % 100), abs(random() % 100)
			UNION ALL SELECT at + 60, abs(random() % 100), abs(random() % 100) FROM minute WHERE at < ?)
			INSERT INTO rollups (scope, span, start, network, lang, n, negative, positive, copies, reach)
			SELECT ?, 60, at, ?, 'en', CASE WHEN r < 75 THEN 1 WHEN r < 92 THEN 2 ELSE 3 END, q < 15, q > 80, q % 7 = 0, 500 FROM minute WHERE r >= 42`,
			from, end.Unix(), m.ID, network)
		if err != nil {
			return m, 0, 0, fmt.Errorf("write roll-ups: %w", err)
		}
	}
	err = raw.QueryRowContext(ctx, "SELECT COALESCE(SUM(n), 0), COUNT(*) FROM rollups WHERE scope = ? AND span = 60", m.ID).Scan(&mentions, &rows)
	return m, mentions, rows, err
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
