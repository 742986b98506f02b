package main

import (
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"text/tabwriter"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/app"
	"breakwater/desk"
)

const (
	inboxWarm = 10  // of each question, that do not count
	inboxRuns = 120 // that do, in each of the two rounds
	inboxRate = 40  // mentions a second that come in meanwhile, in the second round; one in five of them needs an answer
)

// benchInbox measures what somebody waits for who works in an inbox of many conversations: the list page after page, filtered, a
// conversation opened, an answer sent. It asks the console of a running desk by HTTP as a browser does, signed in, and reads every page to
// its end; first while nothing happens, then while mentions come in. Beside each question the same browser asks for a page that has
// nothing on it but what every page has.
func benchInbox(args []string) (err error) {
	fs := flag.NewFlagSet("inbox", flag.ContinueOnError)
	n := fs.Int("conversations", 10_000, "people who wrote")
	runs := fs.Int("runs", inboxRuns, "of each question in each round")
	dsn := fs.String("dsn", "", "an empty PostgreSQL database to use instead")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "breakwater-bench-inbox-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	began := time.Now()
	b, err := fillInbox(ctx, dir, *dsn, *n)
	if err != nil {
		return fmt.Errorf("make the conversations: %w", err)
	}
	fmt.Printf("%d conversations with %d messages in %d states, made in %.0f s\n", *n, b.messages, len(b.states), time.Since(began).Seconds())
	c := app.Config{Data: dir, DSN: *dsn, Log: slog.New(slog.DiscardHandler)}
	const email, password = "ana@example.org", "calm before the storm"
	if _, err := app.AddUser(ctx, c, desk.User{Email: email, Name: "Ana", Role: desk.Admin}, password); err != nil {
		return err
	}
	d, err := startDesk(ctx, dir, *dsn)
	if err != nil {
		return err
	}
	defer func() {
		stop()
		<-d.ended
	}()
	if b.browser, err = signedIn(d.url, email, password); err != nil {
		return err
	}
	b.desk = d
	return b.measure(ctx, *runs)
}

// signedIn is a browser with a session.
func signedIn(base, email, password string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.PostForm(base+"/sign-in", url.Values{"email": {email}, "password": {password}})
	if err != nil {
		return nil, err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		return nil, fmt.Errorf("signing in gives %s", res.Status)
	}
	return c, nil
}

// get reads a page as a browser does: compressed, to its end.
func (b *inboxBench) get(path string) (io.Reader, error) {
	return b.do(http.MethodGet, path, nil, http.StatusOK)
}

func (b *inboxBench) do(method, path string, form url.Values, want int) (io.Reader, error) {
	req, err := http.NewRequest(method, b.desk.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := b.browser.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != want {
		err = fmt.Errorf("%s %s gives %s", method, path, res.Status)
	}
	return strings.NewReader(string(body)), err
}

// inboxQuestion is what somebody does again and again.
type inboxQuestion struct {
	name string
	do   func(i int) error
}

func (b *inboxBench) questions() []inboxQuestion {
	views := []string{"danger", "voices", "mine", "unassigned", "snoozed", "done", "all"}
	var after int // conversations that were looked at
	return []inboxQuestion{
		{"list", func(i int) error { // the longest waiting, from places all over the list
			at := b.waits[i*71%len(b.waits)]
			_, err := b.get("/inbox?view=waiting&after=" + at.place)
			return err
		}},
		{"filter", func(i int) error {
			path := "/inbox?view=" + views[i%len(views)]
			switch i % 4 {
			case 0:
				path += "&label=shop"
			case 1:
				path = "/inbox?view=waiting&q=" + url.QueryEscape(b.common) // said by many
			case 2:
				path = "/inbox?view=all&q=" + fmt.Sprintf("person%d", i*37%len(b.people))
			}
			_, err := b.get(path)
			return err
		}},
		{"open", func(i int) error {
			after++
			_, err := b.get(fmt.Sprintf("/inbox/%d?view=waiting", b.people[after*53%len(b.people)].id))
			return err
		}},
		{"send", func(i int) error {
			b.sent++ // everybody once
			if b.sent >= len(b.waits) {
				return errors.New("nobody waits any more: ask for more conversations, or fewer runs")
			}
			p := b.waits[b.sent]
			_, err := b.do(http.MethodPost, fmt.Sprintf("/inbox/%d/answer", p.id), url.Values{"seen": {fmt.Sprint(p.last)}, "despite": {"copied deaf"},
				"text": {fmt.Sprintf("Thank you for writing, person %d. Please leave the lamp unplugged; we look at number %d today and tell you here by five.", i, p.id)}}, http.StatusSeeOther)
			return err
		}},
	}
}

// measure asks every question in both rounds.
func (b *inboxBench) measure(ctx context.Context, runs int) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintf(out, "\tquiet p50\tquiet p95\tbusy p50\tbusy p95\n")
	p95 := map[string]float64{}
	took := map[string][2][]time.Duration{}
	questions := append(b.questions(), inboxQuestion{"page", func(int) error { _, err := b.get("/occasions"); return err }})
	var heard atomic.Int64
	for round := range 2 {
		end := func() error { return nil }
		if round == 1 {
			var err error
			if end, err = b.mentions(ctx, &heard); err != nil {
				return err
			}
		}
		if err := b.round(round, runs, questions, took); err != nil {
			return err
		}
		if err := end(); err != nil {
			return fmt.Errorf("mentions that come in: %w", err)
		}
	}
	for _, q := range questions {
		quiet, busy := took[q.name][0], took[q.name][1]
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", q.name, milli(quiet, .5), milli(quiet, .95), milli(busy, .5), milli(busy, .95))
		p95[q.name] = float64(percentile(quiet, 0.95).Microseconds()) / 1000
		p95["busy_"+q.name] = float64(percentile(busy, 0.95).Microseconds()) / 1000
	}
	if err := out.Flush(); err != nil {
		return err
	}
	fmt.Printf("list: 40 of the inbox from a place in the middle; filter: views, labels, words, names; open: a conversation with the list beside it; send: an answer, until the console says that it is on its way; page: a page with nothing on it. %d mentions came in during the busy round.\n", heard.Load())
	fmt.Printf("conversations=%d list_p95_ms=%.2f filter_p95_ms=%.2f open_p95_ms=%.2f send_p95_ms=%.2f page_p95_ms=%.2f list_ratio_to_page=%.2f busy_list_p95_ms=%.2f busy_filter_p95_ms=%.2f busy_open_p95_ms=%.2f busy_send_p95_ms=%.2f\n",
		len(b.people), p95["list"], p95["filter"], p95["open"], p95["send"], p95["page"], p95["list"]/p95["page"], p95["busy_list"], p95["busy_filter"], p95["busy_open"], p95["busy_send"])
	return nil
}

func milli(all []time.Duration, p float64) string {
	return fmt.Sprintf("%.1f ms", float64(percentile(all, p).Microseconds())/1000)
}

// round asks the questions in turn, so that what the machine does otherwise meets all of them.
func (b *inboxBench) round(round, runs int, questions []inboxQuestion, took map[string][2][]time.Duration) error {
	for i := range inboxWarm + runs {
		for _, q := range questions {
			began := time.Now()
			if err := q.do(i); err != nil {
				return fmt.Errorf("%s: %w", q.name, err)
			}
			if i >= inboxWarm {
				both := took[q.name]
				both[round] = append(both[round], time.Since(began))
				took[q.name] = both
			}
		}
	}
	return nil
}

// mentions has people go on writing about the brand until end is called.
func (b *inboxBench) mentions(ctx context.Context, heard *atomic.Int64) (end func() error, err error) {
	key := base64.StdEncoding.EncodeToString([]byte("inbox bench signing key"))
	if b.desk.hook, err = standardwebhooks.NewWebhook(latencySecret + key); err != nil {
		return nil, err
	}
	var src desk.Source
	err = b.desk.call(http.MethodPost, "/sources", map[string]any{"kind": "webhook", "name": "Bench", "brand_id": fmt.Sprint(b.brand), "settings": map[string]string{"secret": latencySecret + key}}, &src)
	if err != nil {
		return nil, err
	}
	b.desk.source = src.ID
	ctx, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		tick := time.NewTicker(time.Second / 4)
		defer tick.Stop()
		for n := 0; ; {
			select {
			case <-ctx.Done():
				done <- nil
				return
			case <-tick.C:
			}
			posts := make([]map[string]any, inboxRate/4)
			for i := range posts {
				n++
				text := fmt.Sprintf("harbour %s", b.write.write(0, 200))
				if n%5 == 0 {
					text += " Is it safe?"
				}
				posts[i] = map[string]any{"id": fmt.Sprintf("fresh-%d", n), "network": "mastodon", "text": text, "published": time.Now().UTC().Format(time.RFC3339Nano),
					"author": map[string]any{"id": fmt.Sprintf("fresh-%d", n), "handle": fmt.Sprintf("fresh%d", n), "followers": n}}
			}
			if err := b.desk.send(posts); err != nil && ctx.Err() == nil {
				done <- err
				return
			}
			heard.Add(int64(len(posts)))
		}
	}()
	return func() error { stop(); return <-done }, nil
}
