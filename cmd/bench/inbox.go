package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"breakwater/connector/sandbox"
	"breakwater/desk"
	"breakwater/publish"
	"breakwater/reply"
	"breakwater/store"
)

const (
	inboxRuns  = 200 // of each question that count
	inboxBatch = 500
)

// benchInbox measures what people do in an inbox of many conversations: list, filter, open, send.
func benchInbox(args []string) error {
	fs := flag.NewFlagSet("inbox", flag.ContinueOnError)
	n := fs.Int("conversations", 10_000, "people who wrote")
	dsn := fs.String("dsn", "", "an empty PostgreSQL database to use instead")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "breakwater-bench-inbox-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{Path: filepath.Join(dir, "data"), DSN: *dsn})
	if err != nil {
		return err
	}
	defer db.Close()
	b := &inboxBench{db: db}
	if err := b.fill(ctx, *n); err != nil {
		return fmt.Errorf("make the conversations: %w", err)
	}
	return b.measure(ctx, *n)
}

type inboxBench struct {
	db    *store.DB
	q     *reply.Queue
	brand int64
}

func (b *inboxBench) fill(ctx context.Context, n int) error {
	quiet := slog.New(slog.DiscardHandler)
	brand, err := b.db.ChangeBrand(ctx, 0, desk.ActOf(ctx, "brand.save", ""), func(x *desk.Brand, out *desk.Out) error {
		x.Name, x.Zone, out.Say = "Acme", "UTC", desk.Say("{brand} was added.", "brand", "Acme")
		return nil
	})
	if err != nil {
		return err
	}
	b.brand = brand.ID
	_, err = b.db.ChangeChannel(ctx, 0, desk.ActOf(ctx, "channel.save", ""), func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, c.Lang, out.Say = brand.ID, "sandbox", "Practice", "en", desk.Say("{brand} was added.", "brand", "Practice")
		return nil
	})
	if err != nil {
		return err
	}
	sand := sandbox.New()
	outbox := publish.New(b.db, func(context.Context, desk.Channel) (publish.Mouth, error) { return sand.Mouth(), nil }, quiet)
	b.q = &reply.Queue{Store: b.db, Answers: outbox, Delay: time.Hour, Log: quiet}
	write, at := newPoster(1), time.Now().UTC().Add(-10*time.Hour)
	var all []desk.Incoming
	for i := range n {
		who := fmt.Sprintf("person-%d", i)
		one := desk.Incoming{BrandID: brand.ID, Message: desk.Message{Ref: desk.Ref{Network: []string{"bluesky", "mastodon", "x"}[i%3], NativeID: fmt.Sprintf("post-%d", i)},
			Via: desk.ViaNamed, At: at.Add(time.Duration(i) * time.Second), Text: write.write(i%2*4, 200), Lang: "en", Author: desk.Author{NativeID: who, Handle: who, Name: who, Followers: i}}}
		if i%20 == 0 {
			one.Cues = []string{"safety_injury"}
		}
		if all = append(all, one); len(all) == inboxBatch || i == n-1 {
			if err := b.db.Receive(ctx, all); err != nil {
				return err
			}
			all = all[:0]
		}
	}
	return nil
}

func (b *inboxBench) measure(ctx context.Context, n int) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintf(out, "%d conversations\tp50\tp95\n", n)
	p95 := map[string]float64{}
	var place desk.ConversationPlace
	page := func(f desk.ConversationFilter) error {
		f.BrandID, f.Limit = b.brand, 40
		rows, err := b.q.List(ctx, f)
		if err == nil && len(rows) == 0 {
			err = fmt.Errorf("nobody in %+v", f)
		}
		if err == nil {
			_, err = b.q.Counts(ctx, b.brand)
		}
		if f.Longest && len(rows) == 40 {
			place = desk.ConversationPlace{At: rows[39].Since, ID: rows[39].ID}
		}
		return err
	}
	for _, one := range []struct {
		name string
		do   func(i int) error
	}{
		{"list", func(i int) error { // page after page, from the longest waiting on
			if i%100 == 0 {
				place = desk.ConversationPlace{}
			}
			return page(desk.ConversationFilter{Waits: true, Longest: true, After: place})
		}},
		{"filter", func(i int) error {
			f := desk.ConversationFilter{Waits: true, Longest: true}
			switch i % 4 {
			case 0:
				f.Danger = true
			case 1:
				f.Network = "mastodon"
			case 2:
				f.Text = fmt.Sprintf("person-%d", i*37%n)
			default:
				f.Voice = true
			}
			return page(f)
		}},
		{"open", func(i int) error {
			id := int64(i*53%n + 1)
			_, err := b.q.One(ctx, id, 0)
			if err == nil {
				_, err = b.q.History(ctx, id)
			}
			return err
		}},
		{"send", func(i int) error {
			_, err := b.q.Answer(ctx, int64(i*41%n+1), reply.Answer{Text: fmt.Sprintf("We look into what you wrote, person %d.", i)})
			return err
		}},
	} {
		took := make([]time.Duration, inboxRuns)
		for i := range took {
			began := time.Now()
			if err := one.do(i); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			took[i] = time.Since(began)
		}
		p95[one.name] = float64(percentile(took, 0.95).Microseconds()) / 1000
		fmt.Fprintf(out, "%s\t%s\t%s\n", one.name, percentile(took, 0.5).Round(10*time.Microsecond), percentile(took, 0.95).Round(10*time.Microsecond))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	fmt.Printf("conversations=%d list_p95_ms=%.2f filter_p95_ms=%.2f open_p95_ms=%.2f send_p95_ms=%.2f\n", n, p95["list"], p95["filter"], p95["open"], p95["send"])
	return nil
}
