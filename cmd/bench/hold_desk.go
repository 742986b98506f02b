package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"time"

	"breakwater/desk"
	"breakwater/publish"
	"breakwater/store"
)

// holdTiming is a desk in a hurry: a round of the bench takes seconds. What it rests on is what the usual one rests on: Quiet and
// Wire are longer than anything is on its way in the bench's networks, and Bound is longer than Patience and Send.
var holdTiming = publish.Timing{
	Start: time.Second, Send: 3 * time.Second, Lease: 4500 * time.Millisecond, Quiet: 1500 * time.Millisecond,
	Patience: 3 * time.Second, Bound: 7 * time.Second, Wire: 1500 * time.Millisecond, Place: time.Second,
	TooLate: time.Hour, GiveUp: time.Hour, Tick: 20 * time.Millisecond,
}

// holdMouth says posts to the bench's network. It has no more abilities than the channel's network.
type holdMouth struct {
	client  *http.Client
	base    string
	channel int
}

func (m holdMouth) url(key string) string {
	return fmt.Sprintf("http://%s/%d/posts/%s", m.base, m.channel, key)
}

// Send says a post. No answer is no news.
func (m holdMouth) Send(ctx context.Context, p publish.Letter) (publish.Receipt, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url(p.Key), bytes.NewReader([]byte(p.Text)))
	if err != nil {
		return publish.Receipt{}, err
	}
	req.GetBody = nil // Go must not send it again by itself
	res, err := m.client.Do(req)
	if err != nil {
		return publish.Receipt{}, errors.Join(publish.ErrUnsure, err)
	}
	res.Body.Close()
	return publish.Receipt{NativeID: p.Key}, nil
}

type holdFinder struct{ holdMouth }

// Find asks whether the network has the post.
func (m holdFinder) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.url(p.Key), nil)
	if err != nil {
		return publish.Receipt{}, err
	}
	res, err := m.client.Do(req)
	if err != nil {
		return publish.Receipt{}, err
	}
	res.Body.Close()
	if res.StatusCode == http.StatusNotFound {
		return publish.Receipt{}, desk.ErrNotFound
	}
	return publish.Receipt{NativeID: p.Key}, nil
}

type holdOnceMouth struct{ holdMouth }

// KeepsKeys says that the network never forgets one.
func (holdOnceMouth) KeepsKeys(desk.Post) time.Duration { return 24 * time.Hour }

// holdOrder is what the bench asks of a desk, one JSON object a line; each gets one line back.
type holdOrder struct {
	Do    string
	N     int
	Due   time.Time
	Hold  int64
	Known map[string]bool // keys that the network has, for the posts that only a person can look for
}

// holdAnswer is what a desk answers.
type holdAnswer struct {
	Err   string
	Hold  desk.Hold
	Posts []desk.Post
	Took  time.Duration
}

// holdDesk is a desk of the bench.
type holdDesk struct {
	db  *store.DB
	out *publish.Outbox
}

// serveHoldDesk runs a desk over a database until standard input ends or it is killed.
func serveHoldDesk(c store.Config, sole bool, bases []string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, c)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // each send is a connection that can be cut
	mouths := func(_ context.Context, c desk.Channel) (publish.Mouth, error) {
		m := holdMouth{client, bases[c.Order], c.Order}
		switch c.Order {
		case holdFinds, holdFinds2:
			return holdFinder{m}, nil
		case holdOnce:
			return holdOnceMouth{m}, nil
		}
		return m, nil
	}
	o := publish.New(db, mouths, slog.New(slog.DiscardHandler))
	o.Timing, o.Sole = holdTiming, sole
	d := &holdDesk{db, o}
	go func() {
		if err := o.Run(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "hold desk:", err)
			os.Exit(1)
		}
	}()
	fmt.Println(`{}`)
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	for {
		var order holdOrder
		if err := in.Decode(&order); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		a, err := d.do(ctx, order)
		if err != nil {
			a.Err = err.Error()
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
}

func (d *holdDesk) do(ctx context.Context, order holdOrder) (a holdAnswer, err error) {
	switch order.Do {
	case "plan":
		a.Posts, err = d.plan(ctx, order.N, order.Due)
	case "press":
		began := time.Now()
		a.Hold, err = d.out.Press(ctx, desk.Hold{}, "bench")
		a.Took = time.Since(began)
	case "release":
		err = d.release(ctx, order.Hold)
	case "settle":
		err = d.settle(ctx, order.Known)
	case "posts":
		a.Posts, err = d.posts(ctx, order.N)
	}
	return a, err
}

// plan makes the brand and its channels when there are none, and n posts that fall due in one moment.
func (d *holdDesk) plan(ctx context.Context, n int, due time.Time) (all []desk.Post, err error) {
	act := desk.Act{Who: "user:1", Name: "bench", Do: "bench.plan"}
	channels, err := d.db.Channels(ctx, 0)
	if err != nil {
		return nil, err
	}
	for i := len(channels); i < holdWays; i++ {
		c, err := d.db.ChangeChannel(ctx, 0, act, func(c *desk.Channel, out *desk.Out) error {
			c.BrandID, c.Kind, c.Name, c.Order, out.Say = 1, "bench", fmt.Sprint("channel ", i), i, desk.Say("x")
			return nil
		})
		if err != nil {
			return nil, err
		}
		channels = append(channels, c)
	}
	for i, c := range channels { // a channel's posts are of one statement: another one's would wait for it, and the race be thinner
		s, err := d.db.ChangeStatement(ctx, 0, act, func(s *desk.Statement, out *desk.Out) error {
			s.BrandID, s.Kind, s.Title, s.State, out.Say = 1, "ordinary", "x", desk.StatementApproved, desk.Say("x")
			for k := range n / holdWays {
				s.Variants = append(s.Variants, desk.Variant{ID: fmt.Sprint(k), ChannelID: c.ID, Lang: "en", Text: fmt.Sprintf("post %d in channel %d", k, i)})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		posts, err := d.out.Schedule(ctx, s.ID, due)
		if err != nil {
			return nil, err
		}
		all = append(all, posts...)
	}
	return all, nil
}

// release decides that all that is held goes out at once, and ends the hold.
func (d *holdDesk) release(ctx context.Context, hold int64) error {
	for {
		held, err := d.db.Posts(ctx, desk.PostFilter{HoldID: hold, States: []string{desk.PostHeld}, ByDue: true, Paging: desk.Paging{Limit: 2000}})
		if err != nil {
			return err
		}
		for _, p := range held {
			if p.Decided == "" {
				if _, err := d.out.Decide(ctx, p.ID, desk.DecideNow, time.Time{}); err != nil {
					return err
				}
			}
		}
		_, err = d.out.End(ctx, hold, "bench")
		var more *desk.Invalid
		if !errors.As(err, &more) {
			return err
		}
	}
}

// settle does what a person does about posts of which nobody can know: looks whether they are there; and about those that did not
// go out and waited for a look, because a hold came meanwhile: lets them out.
func (d *holdDesk) settle(ctx context.Context, known map[string]bool) error {
	held, err := d.db.Posts(ctx, desk.PostFilter{States: []string{desk.PostHeld}, ByDue: true, Paging: desk.Paging{Limit: 2000}})
	if err != nil {
		return err
	}
	for _, p := range held {
		if p.HoldID != 0 {
			continue
		}
		if _, err := d.out.Decide(ctx, p.ID, desk.DecideNow, time.Time{}); err != nil && !errors.Is(err, desk.ErrInvalidTransition) {
			return err
		}
	}
	open, err := d.db.Posts(ctx, desk.PostFilter{States: []string{desk.PostUnknown}, ByDue: true, Paging: desk.Paging{Limit: 2000}})
	if err != nil {
		return err
	}
	for _, p := range open {
		if !p.Next.IsZero() {
			continue
		}
		_, err := d.out.Settle(ctx, p.ID, known[p.Key], "")
		var early *desk.Invalid
		if err != nil && !errors.As(err, &early) && !errors.Is(err, desk.ErrInvalidTransition) {
			return err
		}
	}
	return nil
}

// posts gives the newest n posts.
func (d *holdDesk) posts(ctx context.Context, n int) (all []desk.Post, err error) {
	var before int64
	for len(all) < n {
		page, err := d.db.Posts(ctx, desk.PostFilter{Paging: desk.Paging{Before: before, Limit: 200}})
		if err != nil || len(page) == 0 {
			return all, err
		}
		all, before = append(all, page...), page[len(page)-1].ID
	}
	slices.Reverse(all)
	return all[len(all)-n:], nil
}
