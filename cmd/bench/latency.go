package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"golang.org/x/sync/errgroup"

	"breakwater/app"
	"breakwater/desk"
)

const (
	latencySecret = "whsec_" // followed by the key
	latencyBatch  = 100      // background posts of one request
	latencySize   = 300      // bytes of a background post
)

// benchLatency measures the seconds from the moment that a post which tips is sent to the moment that its alert is on the radar:
// through the webhook's door, matching, the store, detection, routing, the event stream, and back over the API, on a desk that
// hears a background of posts meanwhile.
func benchLatency(args []string) (err error) {
	fs := flag.NewFlagSet("latency", flag.ContinueOnError)
	rate := fs.Int("rate", 2000, "background posts a second")
	tips := fs.Int("tips", 60, "posts that tip; each of a brand of its own")
	over := fs.Duration("over", 30*time.Second, "time over which they are spread")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *tips > 2*len(warnings) { // said again of another brand, they would be copies
		return fmt.Errorf("there are words for at most %d tips", 2*len(warnings))
	}
	dir, err := os.MkdirTemp("", "breakwater-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	d, err := startDesk(ctx, dir, "")
	if err != nil {
		return err
	}
	defer func() {
		stop()
		<-d.ended
	}()
	if err := d.furnish(*tips); err != nil {
		return err
	}
	took, early, heard, err := d.measure(ctx, *rate, *tips, *over)
	if err != nil {
		return err
	}
	slices.Sort(took)
	at := func(q float64) float64 { return took[min(len(took)-1, int(q*float64(len(took))))].Seconds() }
	fmt.Printf("%d of %d posts that tip made an alert, %d situations were told of before theirs; %.0f background posts a second were kept meanwhile (asked for %d)\n", len(took), *tips, early, heard, *rate)
	fmt.Printf("post sent → alert in the event stream and live over the API: fastest %.2f s, half %.2f s, 9 of 10 %.2f s, slowest %.2f s\n", took[0].Seconds(), at(.5), at(.9), took[len(took)-1].Seconds())
	fmt.Printf("tips=%d missed=%d background_per_second=%.0f p50_s=%.2f p99_s=%.2f\n", *tips, *tips-early-len(took), heard, at(.5), at(.99))
	return nil
}

// latencyDesk is a desk that serves, as its clients see it.
type latencyDesk struct {
	url, token string
	hook       *standardwebhooks.Webhook
	source     int64
	ended      chan struct{}
}

// startDesk serves a desk in this process, over PostgreSQL where dsn names a database, and waits until it answers.
func startDesk(ctx context.Context, dir, dsn string) (*latencyDesk, error) {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := ln.Addr().String()
	ln.Close()
	c := app.Config{Listen: address, Data: dir, DSN: dsn, Log: slog.New(slog.DiscardHandler), Out: io.Discard}
	d := &latencyDesk{url: "http://" + address, ended: make(chan struct{})}
	failed := make(chan error, 1)
	go func() {
		defer close(d.ended)
		failed <- app.Serve(ctx, c)
	}()
	for range 200 {
		select {
		case err := <-failed:
			return nil, fmt.Errorf("the desk ended: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
		if d.call(http.MethodGet, "/version", nil, nil) == nil {
			secret, err := app.AddToken(ctx, c, "", "bench", desk.Admin)
			d.token = secret.Reveal()
			return d, err
		}
	}
	return nil, errors.New("the desk does not answer")
}

// call asks the API.
func (d *latencyDesk) call(method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, d.url+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if d.token != "" {
		req.Header.Set("Authorization", "Bearer "+d.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s %s", method, path, resp.Status, b)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(b, out)
}

// word is what only the n-th brand's posts say.
func word(n int) string { return fmt.Sprintf("quernstone%03d", n) }

// furnish makes a brand that everybody speaks of, and one for each tip: half of them tip a threshold, half are tipped by the third
// person who warns of something grave.
func (d *latencyDesk) furnish(tips int) error {
	key := base64.StdEncoding.EncodeToString([]byte("latency bench signing key"))
	var err error
	if d.hook, err = standardwebhooks.NewWebhook(latencySecret + key); err != nil {
		return err
	}
	var src desk.Source
	if err := d.call(http.MethodPost, "/sources", map[string]any{"kind": "webhook", "name": "Bench", "settings": map[string]string{"secret": latencySecret + key}}, &src); err != nil {
		return err
	}
	d.source = src.ID
	for i := -1; i < tips; i++ {
		name, query := "harbour", "harbour"
		if i >= 0 {
			name, query = word(i), word(i)
		}
		var b desk.Brand
		if err := d.call(http.MethodPost, "/brands", map[string]any{"name": name}, &b); err != nil {
			return err
		}
		in := map[string]any{"brand_id": fmt.Sprint(b.ID), "name": name, "query": query}
		if i >= 0 && i%2 == 0 {
			in["rules"] = []desk.Rule{{Measure: "mentions", Over: 60, AtLeast: 3, Level: desk.Issue}}
		}
		if err := d.call(http.MethodPost, "/monitors", in, nil); err != nil {
			return err
		}
	}
	return nil
}

// send posts to the webhook's door and returns when it is durable.
func (d *latencyDesk) send(posts []map[string]any) error {
	body, err := json.Marshal(posts)
	if err != nil {
		return err
	}
	now, id := time.Now(), fmt.Sprintf("msg_%d", rand.Uint64())
	signature, err := d.hook.Sign(id, now, body)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/in/%d", d.url, d.source), bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", fmt.Sprint(now.Unix()))
	req.Header.Set("webhook-signature", signature)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusAccepted {
		err = fmt.Errorf("the door answers %s: %s", resp.Status, b)
	}
	return err
}

// tip is the k-th post about the n-th brand.
func tip(n, k int) map[string]any {
	text := fmt.Sprintf("%s again, number %d of it", word(n), k)
	if n%2 == 1 {
		text = fmt.Sprintf(warnings[n/2][k-1], word(n))
	}
	return map[string]any{"id": fmt.Sprintf("tip-%d-%d", n, k), "text": text, "published": time.Now().UTC().Format(time.RFC3339Nano),
		"author": map[string]any{"handle": fmt.Sprintf("person%d.%d", n, k), "followers": 120}}
}

// measure lets posts tip while the background goes on, and gives how long each took, how many were told of before
// their post was sent, because two posts were enough, and how many background posts a second came in.
func (d *latencyDesk) measure(ctx context.Context, rate, tips int, over time.Duration) (took []time.Duration, early int, perSecond float64, err error) {
	for n := range tips { // two of three are there
		if err := d.send([]map[string]any{tip(n, 1), tip(n, 2)}); err != nil {
			return nil, 0, 0, err
		}
	}
	seen, err := d.follow(ctx)
	if err != nil {
		return nil, 0, 0, err
	}
	loading, done := context.WithCancel(ctx)
	defer done()
	var kept atomic.Int64
	load, loading := errgroup.WithContext(loading)
	const senders = 4
	for s := range senders {
		load.Go(func() error { return d.background(loading, s, float64(rate)/senders, &kept) })
	}
	time.Sleep(4 * time.Second) // the background is under way
	began, before := time.Now(), kept.Load()
	sent := make([]time.Time, tips)
	var mu sync.Mutex // guards sent
	var g errgroup.Group
	for n := range tips {
		g.Go(func() error {
			time.Sleep(time.Duration(rand.Float64() * float64(over)))
			mu.Lock()
			sent[n] = time.Now()
			mu.Unlock()
			return d.send([]map[string]any{tip(n, 3)})
		})
	}
	late := time.After(over + 12*time.Second)
	arrived := make(map[string]bool)
	for len(arrived) < tips {
		select {
		case s := <-seen:
			var n int
			if _, err := fmt.Sscanf(s.monitor, "quernstone%d", &n); err != nil || arrived[s.monitor] || n >= tips {
				continue
			}
			arrived[s.monitor] = true
			mu.Lock()
			if sent[n].IsZero() {
				early++
			} else {
				took = append(took, s.at.Sub(sent[n]))
			}
			mu.Unlock()
			continue
		case <-late:
		case <-loading.Done():
		}
		break
	}
	perSecond = float64(kept.Load()-before) / time.Since(began).Seconds()
	done()
	err = errors.Join(g.Wait(), load.Wait())
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	if len(took) == 0 && err == nil {
		err = errors.New("no post made an alert")
	}
	return took, early, perSecond, err
}

// background sends posts at a rate until ctx ends.
func (d *latencyDesk) background(ctx context.Context, sender int, rate float64, kept *atomic.Int64) error {
	p := newPoster(uint64(900 + sender))
	p.seq = (sender + 1) * 100_000_000
	tick := time.NewTicker(time.Duration(float64(time.Second) * latencyBatch / rate))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		posts := make([]map[string]any, latencyBatch)
		for i := range posts {
			m := p.post(latencySize, time.Now().UTC())
			posts[i] = map[string]any{"id": m.NativeID, "network": m.Network, "text": "harbour " + m.Text, "published": m.Published.Format(time.RFC3339Nano),
				"author": map[string]any{"handle": m.Author.Handle, "followers": m.Author.Followers}}
		}
		if err := d.send(posts); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		kept.Add(latencyBatch)
	}
}

// sighting is an alert that is live over the API.
type sighting struct {
	monitor string // its name
	at      time.Time
}

// follow reads the event stream as the radar does, and asks for every alert that is opened.
func (d *latencyDesk) follow(ctx context.Context) (<-chan sighting, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+"/api/v1/events", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("the event stream answers %s", resp.Status)
	}
	seen := make(chan sighting, 1000)
	go func() {
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data:")
			var e desk.Entry
			if !ok || json.Unmarshal([]byte(data), &e) != nil || e.Do != "alert.open" {
				continue
			}
			id, _ := strings.CutPrefix(e.On, "alert:")
			go func() {
				var a desk.Alert
				if d.call(http.MethodGet, "/alerts/"+id, nil, &a) == nil && a.Live() {
					name, _ := a.Title.With["monitor"].(string)
					seen <- sighting{name, time.Now()}
				}
			}()
		}
	}()
	return seen, nil
}
