package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"breakwater/desk"
	"breakwater/oncall"
	"breakwater/store"
)

// benchCalls measures what a storm does to people: alerts that open within a minute, each of which calls everybody.
//
// References: at most 6 messages to each person, and every alert named in one of them.
func benchCalls(args []string) error {
	fs := flag.NewFlagSet("calls", flag.ContinueOnError)
	n := fs.Int("alerts", 10_000, "that open within a minute of the desk's clock")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "breakwater-calls-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &callsBench{n: *n, told: map[int64]map[int64]bool{}, messages: map[int64]int{}, wall: time.Now().UTC()}
	clock := store.Clock{Wall: func() time.Time { return b.wall }, Since: func() time.Duration { return b.since }, Boot: "bench"}
	db, err := store.Open(context.Background(), store.Config{Path: dir, Clock: &clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer db.Close()
	began := time.Now()
	if err := b.run(context.Background(), db); err != nil {
		return err
	}
	most, named := 0, b.n
	for _, id := range b.people {
		most, named = max(most, b.messages[id]), min(named, len(b.told[id]))
	}
	fmt.Printf("%d alerts within a minute, %d people who are all called for each, %.0f s of work\n", b.n, len(b.people), time.Since(began).Seconds())
	fmt.Printf("%-46s %10s  reference\n%-46s %10d  6\n%-46s %10d  %d\n", "", "measured", "messages to a person at most", most, "alerts that each person was told of", named, b.n)
	fmt.Printf("alerts=%d people=%d messages_per_person_max=%d named=%d\n", b.n, len(b.people), most, named)
	if most > 6 || named < b.n {
		return errors.New("people drown, or were not told")
	}
	return nil
}

// callsBench is one run; its clock goes as fast as the work.
type callsBench struct {
	n      int
	people []int64
	wall   time.Time
	since  time.Duration

	mu       sync.Mutex // guards what follows
	messages map[int64]int
	told     map[int64]map[int64]bool
}

func (b *callsBench) run(ctx context.Context, db *store.DB) error {
	act, quiet := desk.Act{Who: "desk", Do: "bench"}, slog.New(slog.DiscardHandler)
	for i := range 5 {
		u, err := db.ChangeUser(ctx, 0, act, func(u *desk.User, out *desk.Out) error {
			u.Name, u.Email, u.Role, out.Say = fmt.Sprint("P", i), fmt.Sprint(i, "@example.org"), desk.Responder, desk.Say("x")
			return nil
		})
		if err != nil {
			return err
		}
		b.people = append(b.people, u.ID)
	}
	if _, err := db.ChangeEscalationPolicy(ctx, 0, act, func(p *desk.EscalationPolicy, out *desk.Out) error {
		p.Name, p.Stage, out.Say = "Bench", desk.StageAlert, desk.Say("x")
		p.Steps = []desk.EscalationStep{{To: []desk.Callee{{Kind: desk.CalleeEverybody}}, Wait: 3600}}
		return nil
	}); err != nil {
		return err
	}
	e := oncall.NewEscalator(db, oncall.Links{Key: []byte("bench")}, quiet)
	p := oncall.NewPostman(db, e, quiet)
	p.Carry = b.carry
	work := func(pass time.Duration) error {
		b.wall, b.since = b.wall.Add(pass), b.since+pass
		for {
			x, err := e.Round(ctx)
			if err != nil {
				return err
			}
			y, err := p.Round(ctx)
			if err != nil || x+y == 0 {
				return err
			}
		}
	}
	const batches = 60
	for k := range batches {
		var jobs []desk.Job
		for i := k * b.n / batches; i < (k+1)*b.n/batches; i++ {
			m := desk.Matter{About: fmt.Sprint("alert:", i+1), Stage: desk.StageAlert, BrandID: 1, Level: desk.Issue, Title: desk.Say("Unusually many mentions of {monitor}", "monitor", fmt.Sprint("M", i%7))}
			jobs = append(jobs, m.Job())
		}
		if _, err := db.Record(ctx, act, "bench:1", desk.Out{Say: desk.Say("x"), Jobs: jobs}); err != nil {
			return err
		}
		if err := work(time.Minute / batches); err != nil {
			return err
		}
	}
	return work(15 * time.Minute)
}

func (b *callsBench) carry(_ context.Context, l desk.Letter, about []desk.Escalation) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages[l.UserID]++
	if b.told[l.UserID] == nil {
		b.told[l.UserID] = map[int64]bool{}
	}
	for _, e := range about {
		b.told[l.UserID][e.ID] = true
	}
	return "ok", nil
}
