// Package feed hears news sites and blogs by RSS, Atom and JSON Feed, and Google Alerts by their Atom feeds.
package feed

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

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
		return desk.Batch{}, connector.Failure(err)
	}
	c.moved(a.Moved, f.address)
	b := desk.Batch{SourceID: f.env.SourceID, Wait: f.pause(), Cursor: c.String()}
	if a.NotModified() || c.Body == mark(string(a.Body)) {
		return b, nil
	}
	if len(a.Body) > fetch.Large {
		done, err := f.env.Fetch.Turn(ctx)
		if err != nil {
			return desk.Batch{}, err
		}
		defer done()
	}
	parsed, err := decode(a.Body, a.Header.Get("Content-Type"))
	if err != nil {
		return desk.Batch{}, err
	}
	now := time.Now()
	f.wait = pace(parsed, a.Header, now)
	before := c.seen()
	d := newDocument(parsed, a.URL, now)
	items := d.news(before, c.Body == "" && len(before) == 0)
	for _, n := range items {
		b.Mentions, b.Rejects = n.add(b.Mentions, b.Rejects, f.env.SourceID)
	}
	if len(before) > 0 && len(items) > len(parsed.Items)/2 {
		f.wait = atLeast // half of it was new: looking later, we might miss some
	}
	c.ETag, c.Modified, c.Body = a.Header.Get("ETag"), a.Header.Get("Last-Modified"), mark(string(a.Body))
	c.remember(d.marks(), before)
	b.Cursor, b.Wait = c.String(), f.pause()
	return b, nil
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

// news is an item that is new or says something else than before.
type news struct {
	doc    *document
	item   *gofeed.Item
	edited bool
	old    bool // brought with the first look, without a date
}

// news finds what came since the items before were seen. The first look brings the newest page.
func (d *document) news(before []seenItem, first bool) []news {
	known := make(map[itemKey][4]byte, len(before))
	for _, s := range before {
		known[s.key] = s.said
	}
	var out []news
	for i, mark := range d.marks() {
		said, seen := known[mark.key]
		if seen && said == mark.said {
			continue
		}
		known[mark.key] = mark.said // the same item twice in one feed is one
		it := d.feed.Items[i]
		out = append(out, news{doc: d, item: it, edited: seen, old: first && !dated(it)})
	}
	if first && len(out) > firstPage {
		slices.SortStableFunc(out, func(a, b news) int { return d.published(b.item).Compare(d.published(a.item)) })
		out = out[:firstPage]
	}
	return out
}

// marks are the marks of all items, in their order.
func (d *document) marks() []seenItem {
	out := make([]seenItem, len(d.feed.Items))
	for i, it := range d.feed.Items {
		out[i] = seenItem{key: d.key(it), said: saidOf(it.Title, it.Content, it.Description, d.link(it))}
	}
	return out
}

func (n news) add(mentions []desk.Mention, rejects []desk.Reject, source int64) ([]desk.Mention, []desk.Reject) {
	m, ok := n.doc.mention(n.item)
	if !ok {
		return mentions, append(rejects, desk.Reject{Reason: desk.Say("An article without a title and without a text."), Sample: cut(m.URL, 200)})
	}
	m.SourceID, m.Late = source, n.old
	if n.edited {
		m.Edited = n.doc.now.UTC()
		if u := n.item.UpdatedParsed; u != nil && u.After(m.Published) {
			m.Edited = desk.Clamp(*u, n.doc.now)
		}
	}
	return append(mentions, m), rejects
}

// check reads the feed once and says what is in it; for a web page, which feeds it offers.
func check(ctx context.Context, set desk.Settings, env connector.Env) (desk.Text, error) {
	f, err := open(set, env)
	if err != nil {
		return desk.Text{}, err
	}
	a, err := f.ask(ctx, f.address, cursor{})
	if err != nil {
		return desk.Text{}, connector.Failure(err)
	}
	parsed, err := decode(a.Body, a.Header.Get("Content-Type"))
	if errors.Is(err, errPage) {
		return desk.Text{}, offers(ctx, env.Fetch, f.address.String(), err)
	}
	if err != nil {
		return desk.Text{}, err
	}
	d := newDocument(parsed, a.URL, time.Now())
	return desk.Say("This works: {title} with {n} articles.", "title", orElse(parsed.Title, d.home), "n", len(parsed.Items)), nil
}

func offers(ctx context.Context, c *fetch.Client, address string, page error) error {
	found, err := Discover(ctx, c, address)
	if err != nil || len(found) == 0 {
		return page
	}
	return desk.Wrong("url", "This is a web page, not a feed. It offers this feed: {address}", "address", found[0].URL)
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
