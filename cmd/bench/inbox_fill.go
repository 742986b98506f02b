package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"time"

	"breakwater/desk"
	"breakwater/internal/seal"
	"breakwater/reply"
	"breakwater/store"
)

// inboxBatch is how many people write at once, and how many are answered in one transaction, while the inbox is filled.
const inboxBatch = 500

// inboxBench is an inbox of many people, and a browser that works in it.
type inboxBench struct {
	db      *store.DB
	brand   int64
	source  int64 // of the sandbox: nobody real is answered there
	write   *poster
	common  string // a word that many say
	browser *http.Client
	desk    *latencyDesk

	people   []inboxPerson
	waits    []inboxPerson
	sent     int // of waits
	messages int
	states   map[string]int
}

// inboxPerson is somebody who wrote.
type inboxPerson struct {
	id, last int64
	place    string // in the list of those who wait
}

// fillInbox makes the conversations in a new data folder.
func fillInbox(ctx context.Context, dir, dsn string, n int) (b *inboxBench, err error) {
	box, err := seal.File(filepath.Join(dir, "secret.key"))
	if err != nil {
		return nil, err
	}
	b = &inboxBench{write: newPoster(1), states: map[string]int{}}
	if b.db, err = store.Open(ctx, store.Config{Path: dir, DSN: dsn, Seal: box, Log: slog.New(slog.DiscardHandler)}); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.db.Close()) }()
	if err := b.house(ctx); err != nil {
		return nil, err
	}
	if err := b.receive(ctx, n); err != nil {
		return nil, err
	}
	if err := b.work(ctx, n); err != nil {
		return nil, err
	}
	return b, b.know(ctx, n)
}

// house is the brand, what it listens for and where it speaks.
func (b *inboxBench) house(ctx context.Context) error {
	said := desk.Say("{brand} was added.", "brand", "Acme")
	brand, err := b.db.ChangeBrand(ctx, 0, desk.ActOf(ctx, "brand.save", ""), func(x *desk.Brand, out *desk.Out) error {
		x.Name, x.Zone, out.Say = "Acme", "Europe/Stockholm", said
		return nil
	})
	if err != nil {
		return err
	}
	b.brand = brand.ID
	if _, err := b.db.ChangeMonitor(ctx, 0, desk.ActOf(ctx, "monitor.save", ""), func(m *desk.Monitor, out *desk.Out) error {
		m.BrandID, m.Kind, m.Name, m.Query, out.Say = brand.ID, "brand", "Acme", "harbour", said
		return nil
	}); err != nil {
		return err
	}
	source, err := b.db.ChangeSource(ctx, 0, desk.ActOf(ctx, "source.save", ""), func(s *desk.Source, out *desk.Out) error {
		s.BrandID, s.Kind, s.Name, out.Say = brand.ID, desk.Sandbox, "Practice", said
		return nil
	})
	if err != nil {
		return err
	}
	b.source = source.ID
	_, err = b.db.ChangeChannel(ctx, 0, desk.ActOf(ctx, "channel.save", ""), func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, c.Lang, c.Settings, out.Say = brand.ID, desk.Sandbox, "Practice", "en", desk.Settings{"limit": "500"}, said
		return nil
	})
	return err
}

// receive has n people write, most of them once, some again and again.
func (b *inboxBench) receive(ctx context.Context, n int) error {
	rnd := rand.New(rand.NewPCG(7, 7))
	start := time.Now().UTC().Add(-5 * 24 * time.Hour)
	var all []desk.Incoming
	for i := range n {
		who := fmt.Sprintf("person%d", i)
		network, via := "bluesky", desk.ViaNamed
		switch k := rnd.IntN(20); {
		case k < 6:
			network, via = "mastodon", desk.ViaReply
		case k < 9:
			network, via = "x", desk.ViaMention
		case k < 12:
			network, via = "email", desk.ViaMail
		}
		followers := rnd.IntN(900)
		if rnd.IntN(25) == 0 {
			followers = 5000 + rnd.IntN(100_000)
		}
		at := start.Add(time.Duration(i) * 5 * 24 * time.Hour / time.Duration(n))
		for k := range 1 + min(rnd.IntN(4)*rnd.IntN(3), 5) {
			one := desk.Incoming{BrandID: b.brand, SourceID: b.source, Private: network == "email", Message: desk.Message{Ref: desk.Ref{Network: network, NativeID: fmt.Sprintf("post-%d-%d", i, k)},
				Via: via, At: at.Add(time.Duration(k) * time.Hour), Text: b.write.write(rnd.IntN(2)*4, 80+rnd.IntN(300)) + "?", Lang: "en",
				Author: desk.Author{NativeID: who, Handle: who, Name: "Person " + fmt.Sprint(i), Followers: followers}}}
			if network == "email" && k > 0 {
				one.To = fmt.Sprintf("post-%d-0", i)
			}
			if rnd.IntN(30) == 0 {
				one.Cues = []string{"safety_injury"}
			}
			all = append(all, one)
			b.messages++
		}
		if len(all) >= inboxBatch || i == n-1 {
			if err := b.db.Receive(ctx, all); err != nil {
				return err
			}
			all = all[:0]
		}
	}
	b.common = b.write.words[0][0]
	return nil
}

// work is what people did in the days before: they took some on, answered some, left some, put some off.
func (b *inboxBench) work(ctx context.Context, n int) error {
	rnd, now := rand.New(rand.NewPCG(8, 8)), time.Now().UTC()
	act := desk.Act{Who: "user:1", Name: "Ana", Do: "conversation.save", At: now}
	for from := 1; from <= n; from += inboxBatch {
		err := b.db.Sending(ctx, func(l desk.Sending) error {
			for id := from; id < from+inboxBatch && id <= n; id++ {
				c, err := l.Conversation(int64(id))
				if err != nil {
					return err
				}
				out, err := b.done(&c, rnd, now)
				if err != nil {
					return err
				}
				b.states[c.State]++
				if out != nil {
					if err := l.KeepMessage(out); err != nil {
						return err
					}
					b.messages++
					c.Last, c.Touched = out.ID, out.At
				}
				if err := l.KeepConversation(&c, act, desk.Out{Say: desk.Say("A conversation is done.")}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// done is what became of one of them, with the answer that they got.
func (b *inboxBench) done(c *desk.Conversation, rnd *rand.Rand, now time.Time) (*desk.Message, error) {
	if rnd.IntN(2) == 0 {
		c.AssigneeID, c.Assignee = 1+rnd.Int64N(8), "Somebody"
	}
	if rnd.IntN(6) == 0 {
		if err := c.Label([]string{[]string{"shop", "glass", "refund"}[rnd.IntN(3)]}, nil); err != nil {
			return nil, err
		}
	}
	switch k := rnd.IntN(20); {
	case k < 7:
		c.State, c.Since, c.Due, c.Answers = desk.ConversationAnswered, time.Time{}, time.Time{}, 1
		if k < 2 {
			c.State = desk.ConversationDone
		}
		return &desk.Message{ConversationID: c.ID, Kind: desk.MessageOut, Via: c.Via, At: c.Touched.Add(time.Hour), Text: b.write.write(0, 180), Lang: "en", Author: desk.Author{Handle: "user:1", Name: "Ana"}}, nil
	case k == 7:
		return nil, c.Leave("Seen.")
	case k == 8:
		return nil, c.Snooze(now.Add(time.Duration(1+rnd.IntN(100))*time.Hour), now)
	}
	return nil, nil
}

// know remembers who is there, and who waits, the longest waiting first.
func (b *inboxBench) know(ctx context.Context, n int) error {
	f := desk.ConversationFilter{BrandID: b.brand, Limit: 200}
	for _, longest := range []bool{false, true} {
		f.Longest, f.Waits, f.After = longest, longest, desk.ConversationPlace{}
		for {
			rows, err := b.db.Conversations(ctx, f)
			if err != nil {
				return err
			}
			for i := range rows {
				p := inboxPerson{rows[i].ID, rows[i].Last, reply.Place(&rows[i], true)}
				if !longest {
					b.people = append(b.people, p)
				} else if rows[i].State == desk.ConversationWaiting {
					b.waits = append(b.waits, p)
				}
			}
			if len(rows) < f.Limit {
				break
			}
			last := &rows[len(rows)-1]
			f.After = desk.ConversationPlace{At: last.Touched, ID: last.ID}
			if longest {
				f.After.At = last.Since
			}
		}
	}
	if len(b.people) < n*9/10 { // somebody without an answer that is due is still there
		return fmt.Errorf("%d conversations of %d", len(b.people), n)
	}
	return nil
}
