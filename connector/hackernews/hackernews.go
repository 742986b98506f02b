// Package hackernews hears stories and comments on Hacker News by its public search (hn.algolia.com/api, read November 2026).
package hackernews

import (
	"context"
	"encoding/json"
	"errors"
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

// Kind is the Hacker News connector.
var Kind = connector.Kind{
	Spec: desk.Spec{
		Kind:  "hackernews",
		Title: "Hacker News",
		Help:  "Hears stories and comments that hold the words you give. It needs no account.",
		Fields: []desk.Field{
			{Name: "query", Label: "Words to look for", Help: "All of them must occur. Put a phrase in quotes.", Required: true},
			{Name: "server", Label: "Search server", Help: "Only for a mirror of your own.", Kind: "url", Default: "https://hn.algolia.com"},
		},
	},
	Source: newSource,
	Check:  check,
}

// The search answers at most 1,000 results and allows about 10,000 calls an hour and address: one a minute and source leaves
// room for many sources. What is written is in the index within seconds; overlap is for the days when it takes minutes.
const (
	every     = time.Minute
	overlap   = 15 * time.Minute
	pageSize  = 200
	firstPage = 50
	maxPages  = 50 // in one pull: 10,000 mentions, the worst day of a brand
)

type search struct {
	env    connector.Env
	server *url.URL
	query  string
}

func newSource(set desk.Settings, env connector.Env) (source.Source, error) { return open(set, env) }

func open(set desk.Settings, env connector.Env) (*search, error) {
	query := strings.TrimSpace(set["query"])
	if query == "" {
		return nil, desk.Wrong("query", "Give at least one word to look for.")
	}
	address := strings.TrimSpace(set["server"])
	if address == "" {
		address = "https://hn.algolia.com"
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, desk.Wrong("server", "Give the address of a server. It begins with https:// or http://.")
	}
	return &search{env: env, server: u, query: query}, nil
}

// cursor is how far we heard: the newest second, and what was in the overlap before it.
type cursor struct {
	At   int64    `json:"at"` // seconds since 1970
	Seen []string `json:"seen"`
}

// Pull asks for what was written since the cursor, the overlap included.
func (s *search) Pull(ctx context.Context, saved string) (desk.Batch, error) {
	var c cursor
	if json.Unmarshal([]byte(saved), &c) != nil {
		c = cursor{}
	}
	hits, err := s.since(ctx, c)
	if err != nil {
		return desk.Batch{}, connector.Failure(err)
	}
	b := desk.Batch{SourceID: s.env.SourceID, Wait: every}
	for _, h := range slices.Backward(hits) { // oldest first
		if slices.Contains(c.Seen, h.ID) {
			continue
		}
		if m, ok := h.mention(s.env.SourceID); ok {
			b.Mentions = append(b.Mentions, m)
		}
	}
	b.Cursor = c.after(hits, time.Now()).String()
	return b, nil
}

// since gives the hits from the cursor's overlap on, newest first, each once. A new source gets one small page.
func (s *search) since(ctx context.Context, c cursor) ([]hit, error) {
	if c.At == 0 {
		a, err := s.ask(ctx, firstPage, "created_at_i>0")
		return a.hits, err
	}
	var all []hit
	have := map[string]bool{}
	from := "created_at_i>=" + strconv.FormatInt(c.At-int64(overlap.Seconds()), 10)
	filter := from
	for range maxPages {
		a, err := s.ask(ctx, pageSize, filter)
		if err != nil {
			return nil, err
		}
		fresh := 0
		for _, h := range a.hits {
			if !have[h.ID] {
				have[h.ID] = true
				all = append(all, h)
				fresh++
			}
		}
		if len(a.hits) < pageSize || fresh == 0 {
			break
		}
		filter = from + ",created_at_i<=" + strconv.FormatInt(a.hits[len(a.hits)-1].At, 10)
	}
	return all, nil
}

// after is the cursor once hits are kept. A time ahead of now, which a strange answer might have, does not move it on.
func (c cursor) after(hits []hit, now time.Time) cursor {
	next := cursor{At: c.At}
	for _, h := range hits {
		next.At = max(next.At, min(h.At, now.Unix()))
	}
	if next.At == 0 {
		next.At = now.Unix() // nothing was ever written about it: from here on
	}
	for _, h := range hits {
		if h.At >= next.At-int64(overlap.Seconds()) {
			next.Seen = append(next.Seen, h.ID)
		}
	}
	return next
}

func (c cursor) String() string {
	b, _ := json.Marshal(c) // numbers and strings only: cannot fail
	return string(b)
}

type answer struct {
	hits  []hit
	total int
}

func (s *search) ask(ctx context.Context, size int, filter string) (answer, error) {
	u := *s.server
	u.Path = strings.TrimSuffix(u.Path, "/") + "/api/v1/search_by_date"
	u.RawQuery = url.Values{
		"query": {s.query}, "tags": {"(story,comment)"}, "numericFilters": {filter}, "hitsPerPage": {strconv.Itoa(size)},
		"typoTolerance": {"false"}, "advancedSyntax": {"true"},
	}.Encode()
	var out struct {
		Hits  *[]hit `json:"hits"`
		Total int    `json:"nbHits"`
	}
	_, err := s.env.Fetch.GetJSON(ctx, u.String(), http.Header{}, &out)
	if err == nil && out.Hits == nil {
		err = &fetch.Garbled{Host: u.Host, Err: errors.New("no hits in the answer")}
	}
	if err != nil {
		return answer{}, err
	}
	return answer{hits: *out.Hits, total: out.Total}, nil
}

func check(ctx context.Context, set desk.Settings, env connector.Env) (desk.Text, error) {
	s, err := open(set, env)
	if err != nil {
		return desk.Text{}, err
	}
	a, err := s.ask(ctx, 1, "created_at_i>0")
	if err != nil {
		return desk.Text{}, connector.Failure(err)
	}
	return desk.Say("This works: {n} stories and comments so far hold these words.", "n", a.total), nil
}
