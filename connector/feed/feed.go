// Package feed hears news sites and blogs by RSS, Atom and JSON Feed, and Google Alerts by their Atom feeds.
package feed

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/source"
)

// Kind is the feed connector.
var Kind = connector.Kind{
	Spec: desk.Spec{
		Kind:  "feed",
		Title: "RSS, Atom or JSON feed",
		Help:  "Hears news sites, blogs and Google Alerts. Most sites name their feed in the page; the address of the page helps to find it.",
		Fields: []desk.Field{
			{Name: "url", Label: "Feed address", Kind: "url", Required: true},
			{Name: "every", Label: "Minutes between two looks", Help: "From 1 to 60. Leave it empty to go by what the feed asks for.", Kind: "number"},
			{Name: "user", Label: "User name", Help: "Only for feeds that ask for one."},
			{Name: "password", Label: "Password", Kind: "secret"},
		},
	},
	Source: newSource,
	Check:  check,
}

// firstPage is the most items that a new source brings of the past.
const firstPage = 100

const accept = "application/rss+xml, application/atom+xml, application/feed+json, application/json;q=0.9, " +
	"application/xml;q=0.9, text/xml;q=0.8, */*;q=0.5"

type feed struct {
	env            connector.Env
	address        *url.URL      // without user and password
	user, password string        // basic authentication; empty: none
	every          time.Duration // by hand; 0: as the feed asks
	wait           time.Duration // as the feed asked at the last look
}

func newSource(set desk.Settings, env connector.Env) (source.Source, error) { return open(set, env) }

func open(set desk.Settings, env connector.Env) (*feed, error) {
	u, err := url.Parse(strings.TrimSpace(set["url"]))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, desk.Wrong("url", "Give the address of a feed. It begins with https:// or http://.")
	}
	f := &feed{env: env, address: u, user: set["user"], password: set["password"], wait: usually}
	if u.User != nil && f.user == "" {
		f.user = u.User.Username()
		f.password, _ = u.User.Password()
	}
	u.User = nil
	if minutes := strings.TrimSpace(set["every"]); minutes != "" {
		n, err := strconv.Atoi(minutes)
		if err != nil || n < 1 || n > 60 {
			return nil, desk.Wrong("every", "Give a number of minutes from 1 to 60.")
		}
		f.every = time.Duration(n) * time.Minute
	}
	return f, nil
}

// Pull looks at the feed once.
func (f *feed) Pull(ctx context.Context, saved string) (desk.Batch, error) {
	c := openCursor(saved, f.address.String())
	a, err := f.get(ctx, &c)
	if err != nil {
		return desk.Batch{}, failure(err)
	}
	c.moved(a.Moved, f.address)
	if a.NotModified() || c.Body == mark(string(a.Body)) {
		return desk.Batch{SourceID: f.env.SourceID, Cursor: c.String(), Wait: f.pause()}, nil
	}
	if len(a.Body) > fetch.Large {
		done, err := f.env.Fetch.Turn(ctx)
		if err != nil {
			return desk.Batch{}, err
		}
		defer done()
	}
	return f.read(a, c)
}

// failure says what a failed look means. By 410 a publisher asks readers not to come back; 404 may be a mishap.
func failure(err error) error {
	var status *fetch.Status
	if !errors.As(err, &status) || status.Code != http.StatusGone {
		return connector.Failure(err)
	}
	say := desk.Say("{host} says that this feed is gone for good (error 410). Enter its new address, or remove the source. We ask again once a day.", "host", status.Host)
	return &desk.Problem{Say: say, Err: fmt.Errorf("%w: %w", desk.ErrGone, err)}
}

// read makes a batch of what an answer brings that the cursor does not know.
func (f *feed) read(a fetch.Answer, c cursor) (desk.Batch, error) {
	parsed, err := decode(a.Body, a.Header.Get("Content-Type"))
	if err != nil {
		return desk.Batch{}, err
	}
	now, before := time.Now(), c.seen()
	d := newDocument(parsed, a.URL, now)
	items := d.news(before, c.Body == "" && len(before) == 0)
	f.wait = pace(parsed, a.Header, now)
	if len(before) > 0 && len(items) > len(parsed.Items)/2 {
		f.wait = atLeast // half of it was new: looking later, we might miss some
	}
	c.ETag, c.Modified, c.Body = a.Header.Get("ETag"), a.Header.Get("Last-Modified"), mark(string(a.Body))
	c.remember(d.marks, before)
	b := desk.Batch{SourceID: f.env.SourceID, Cursor: c.String(), Wait: f.pause(), Lost: apart(d.marks, before)}
	for _, n := range items {
		b.Mentions, b.Rejects = n.add(b.Mentions, b.Rejects, f.env.SourceID)
	}
	return b, nil
}

// apart reports whether a feed has nothing in it that it had before: what came between has left it again.
func apart(now, before []seenItem) bool {
	have := make(map[itemKey]bool, len(before))
	for _, it := range before {
		have[it.key] = true
	}
	return len(before) > 0 && len(now) > 0 && !slices.ContainsFunc(now, func(it seenItem) bool { return have[it.key] })
}

func (f *feed) pause() time.Duration {
	if f.every > 0 {
		return f.every
	}
	return f.wait
}

// get asks where the feed is now. When it is gone from where it had moved to, the address in the settings is asked again.
func (f *feed) get(ctx context.Context, c *cursor) (fetch.Answer, error) {
	moved, err := url.Parse(c.URL)
	if c.URL == "" || err != nil {
		return f.ask(ctx, f.address, *c)
	}
	a, err := f.ask(ctx, moved, *c)
	var status *fetch.Status
	var astray *fetch.Astray
	if errors.As(err, &status) && (status.Gone() || status.Denied()) || errors.As(err, &astray) {
		*c = cursor{Of: c.Of, Seen: c.Seen}
		return f.ask(ctx, f.address, *c)
	}
	return a, err
}

func (f *feed) ask(ctx context.Context, u *url.URL, c cursor) (fetch.Answer, error) {
	header := http.Header{"Accept": {accept}}
	if f.user+f.password != "" && u.Host == f.address.Host {
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(f.user+":"+f.password)))
	}
	return f.env.Fetch.Do(ctx, fetch.Request{URL: u.String(), Header: header, ETag: c.ETag, Modified: c.Modified})
}

// moved notes where the feed moved for good; never from https to http, and not back and forth.
func (c *cursor) moved(to string, from *url.URL) {
	u, err := url.Parse(to)
	if to == "" || err != nil || from.Scheme == "https" && u.Scheme != "https" {
		return
	}
	c.URL = to
	if to == from.String() {
		c.URL = ""
	}
}
