package hackernews

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/connector"
	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// index is a strict search server: it refuses what the real one does not know and answers in its shape.
type index struct {
	mu    sync.Mutex // guards items, newest last
	items []map[string]any
	asked int
}

func (x *index) add(id int, at int64, item map[string]any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	item["objectID"], item["created_at_i"] = strconv.Itoa(id), at
	item["created_at"] = time.Unix(at, 0).UTC().Format(time.RFC3339)
	x.items = append(x.items, item)
	slices.SortStableFunc(x.items, func(a, b map[string]any) int { return int(a["created_at_i"].(int64) - b["created_at_i"].(int64)) })
}

func comment(text string) map[string]any {
	return map[string]any{"author": "ana", "comment_text": text, "parent_id": 1, "story_title": "Nordlys", "title": nil, "points": nil, "_tags": []string{"comment"}}
}

var filterForm = regexp.MustCompile(`^created_at_i(>=|<=|>|<)(\d+)$`)

func (x *index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asked++
	q := r.URL.Query()
	size, err := strconv.Atoi(q.Get("hitsPerPage"))
	if r.URL.Path != "/api/v1/search_by_date" || err != nil || size < 1 || size > 1000 || q.Get("tags") != "(story,comment)" || q.Get("query") == "" {
		http.Error(w, `{"message":"bad request","status":400}`, http.StatusBadRequest)
		return
	}
	hits := []map[string]any{}
	for _, item := range slices.Backward(x.items) {
		ok, err := within(item["created_at_i"].(int64), q.Get("numericFilters"))
		if err != nil {
			http.Error(w, `{"message":"`+err.Error()+`","status":400}`, http.StatusBadRequest)
			return
		}
		if ok && len(hits) < size {
			hits = append(hits, item)
		}
	}
	if err := json.NewEncoder(w).Encode(map[string]any{"hits": hits, "nbHits": len(hits), "page": 0, "hitsPerPage": size}); err != nil {
		return
	}
}

func within(at int64, filters string) (bool, error) {
	for _, f := range strings.Split(filters, ",") {
		m := filterForm.FindStringSubmatch(f)
		if m == nil {
			return false, fmt.Errorf("invalid filter %s", f)
		}
		n, err := strconv.ParseInt(m[2], 10, 64)
		if err != nil {
			return false, err
		}
		if !map[string]bool{">=": at >= n, "<=": at <= n, ">": at > n, "<": at < n}[m[1]] {
			return false, nil
		}
	}
	return true, nil
}

func TestContract(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, Kind, func(*testing.T) connectortest.Network {
		x, now := &index{}, time.Now().Unix()
		for i := range 20 {
			x.add(100+i, now-3600+int64(i), comment("about nordlys"))
		}
		return connectortest.Network{
			Handler: x,
			Settings: func(base string) desk.Settings {
				return desk.Settings{"server": base + "/?key=" + connectortest.Secret, "query": "nordlys"}
			},
			First: 20,
			Post:  func() { x.add(500, now, comment("nordlys again")) },
		}
	})
}

func pull(t *testing.T, x *index, cursors ...string) (b desk.Batch) {
	t.Helper()
	s := httptest.NewServer(x)
	defer s.Close()
	env := connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()}), Log: slog.New(slog.DiscardHandler), SourceID: 7}
	src, err := Kind.Source(desk.Settings{"server": s.URL, "query": "nordlys"}, env)
	if err != nil {
		t.Fatal(err)
	}
	b, err = src.Pull(t.Context(), strings.Join(cursors, ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ids(b desk.Batch) (out []string) {
	for _, m := range b.Mentions {
		out = append(out, m.NativeID)
	}
	return out
}

func TestMentions(t *testing.T) {
	t.Parallel()
	x := &index{}
	x.add(1, 1795248000, map[string]any{"author": "ana", "title": "Fire at Nordlys &amp; Co", "url": "https://harbour.example/7", "points": 12,
		"num_comments": 3, "story_text": nil, "comment_text": nil, "parent_id": nil, "_tags": []string{"story", "author_ana"}})
	x.add(2, 1795248060, comment(`Boycott!<p>See <a href="https:&#x2F;&#x2F;b.example&#x2F;x" rel="nofollow">this</a>`))
	x.add(3, 1795248061, comment(""))
	got := pull(t, x).Mentions
	want := []desk.Mention{
		{
			Ref: desk.Ref{Network: "hackernews", NativeID: "1"}, SourceID: 7, Kind: desk.KindPost, URL: "https://news.ycombinator.com/item?id=1",
			Title: "Fire at Nordlys & Co", Author: desk.Author{NativeID: "ana", Handle: "ana", URL: "https://news.ycombinator.com/user?id=ana", Followers: -1},
			Published: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC), Links: []string{"https://harbour.example/7"}, Engagement: desk.Engagement{Likes: 12, Replies: 3},
		},
		{
			Ref: desk.Ref{Network: "hackernews", NativeID: "2"}, SourceID: 7, Kind: desk.KindComment, URL: "https://news.ycombinator.com/item?id=2",
			Text: "Boycott!\nSee this", Author: desk.Author{NativeID: "ana", Handle: "ana", URL: "https://news.ycombinator.com/user?id=ana", Followers: -1},
			Published: time.Date(2026, 11, 21, 8, 1, 0, 0, time.UTC), InReplyTo: "1", Links: []string{"https://b.example/x"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingIsMissed(t *testing.T) {
	t.Parallel()
	x, now := &index{}, time.Now().Unix()
	x.add(1, now-7200, comment("first"))
	first := pull(t, x)
	x.add(2, now-7300, comment("indexed late"))
	for i := range 1234 { // more than the search ever answers at once
		x.add(1000+i, now-7000+int64(i/3), comment("storm"))
	}
	second := pull(t, x, first.Cursor)
	got := ids(second)
	slices.Sort(got)
	if len(got) != 1235 || len(slices.Compact(got)) != 1235 || !slices.Contains(got, "2") || slices.Contains(got, "1") {
		t.Errorf("got %d mentions in %d calls", len(got), x.asked)
	}
	if third := pull(t, x, second.Cursor); len(third.Mentions) != 0 || third.Wait != every {
		t.Errorf("again: %v", ids(third))
	}
}

func TestStrangeTimesDoNotStopUs(t *testing.T) {
	t.Parallel()
	x, now := &index{}, time.Now().Unix()
	x.add(1, 253402300799, comment("year 9999"))
	first := pull(t, x)
	x.add(2, now-10, comment("today"))
	if got := ids(pull(t, x, first.Cursor)); !slices.Equal(got, []string{"2"}) {
		t.Errorf("got %v", got)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, set := range []desk.Settings{{}, {"query": " "}, {"query": "x", "server": "ftp://x"}, {"query": "x", "server": "x"}} {
		if _, err := open(set, connector.Env{}); err == nil {
			t.Errorf("%v was accepted", set)
		}
	}
	s, err := open(desk.Settings{"query": "x"}, connector.Env{})
	if diff := cmp.Diff(&url.URL{Scheme: "https", Host: "hn.algolia.com"}, s.server); err != nil || diff != "" {
		t.Error(err, diff)
	}
}
