package bluesky

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/connector"
	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/source"
)

func TestFirehoseContract(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, Kind, func(t *testing.T) connectortest.Network {
		j := &jet{t: t, story: true}
		for i := range 6 {
			j.post(i)
		}
		return connectortest.Network{
			Handler:  j,
			Settings: func(base string) desk.Settings { return desk.Settings{"hosts": base} },
			First:    6,
			Post:     func() { j.post(100) },
			Stream:   true,
		}
	})
}

// ear pulls as the poller does.
type ear struct {
	t       *testing.T
	s       source.Source
	cursor  string
	batches []desk.Batch
}

func listen(t *testing.T, kind connector.Kind, set desk.Settings) *ear {
	t.Helper()
	s, err := kind.Source(set, env())
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := s.(source.Closer); ok {
		t.Cleanup(func() { c.Close() })
	}
	return &ear{t: t, s: s}
}

func env() connector.Env {
	return connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()}), Log: slog.New(slog.DiscardHandler)}
}

// pull pulls once; a stream that has nothing to say is left alone after a while.
func (e *ear) pull() error {
	ctx, cancel := context.WithTimeout(e.t.Context(), time.Second)
	defer cancel()
	b, err := e.s.Pull(ctx, e.cursor)
	if err != nil && ctx.Err() == nil {
		return err
	}
	if b.Cursor != "" {
		e.cursor = b.Cursor
	}
	e.batches = append(e.batches, b)
	return nil
}

// until pulls until done says so.
func (e *ear) until(what string, done func() bool) {
	e.t.Helper()
	for began := time.Now(); !done(); {
		if time.Since(began) > 10*time.Second {
			e.t.Fatalf("waited 10 s for %s (heard %v)", what, e.texts())
		}
		if err := e.pull(); err != nil {
			e.t.Fatalf("waiting for %s: %v (heard %v)", what, err, e.texts())
		}
	}
}

// trouble pulls until that fails.
func (e *ear) trouble() error {
	e.t.Helper()
	for began := time.Now(); time.Since(began) < 10*time.Second; {
		if err := e.pull(); err != nil {
			return err
		}
	}
	e.t.Fatal("waited 10 s for an error")
	return nil
}

func (e *ear) mentions() (all []desk.Mention) {
	for _, b := range e.batches {
		all = append(all, b.Mentions...)
	}
	return all
}

func (e *ear) gone() (posts, accounts []string) {
	for _, b := range e.batches {
		for _, r := range b.Gone {
			posts = append(posts, r.NativeID)
		}
		for _, r := range b.GoneBy {
			accounts = append(accounts, r.NativeID)
		}
	}
	return posts, accounts
}

func (e *ear) rejects() (n int) {
	for _, b := range e.batches {
		n += len(b.Rejects)
	}
	return n
}

func (e *ear) lost() bool {
	return slices.ContainsFunc(e.batches, func(b desk.Batch) bool { return b.Lost })
}

func (e *ear) texts() []string {
	var out []string
	for _, m := range e.mentions() {
		out = append(out, m.Text)
	}
	return out
}

func (e *ear) heard(text string) func() bool {
	return func() bool { return slices.Contains(e.texts(), text) }
}

// connected lets the source open its stream.
func (e *ear) connected(j *jet) {
	e.t.Helper()
	e.until("the stream", func() bool { return j.listeners() > 0 })
}

func TestFirehose(t *testing.T) {
	t.Parallel()
	j := &jet{t: t}
	e := listen(t, Kind, desk.Settings{"hosts": j.serve()})
	e.connected(j)
	j.commit("create", "did:plc:ana", "3a", "a kettle")
	j.commit("update", "did:plc:ana", "3a", "a mended kettle")
	j.commit("delete", "did:plc:bo", "3b", "")
	j.account("did:plc:cy", false, "deactivated") // may come back
	j.account("did:plc:cy", true, "")
	j.account("did:plc:di", false, "deleted")
	j.tell("identity", "did:plc:ana", map[string]any{"identity": map[string]any{"did": "did:plc:ana", "handle": "ana.example"}})
	j.tell("weather", "did:plc:ana", nil) // a kind of next year
	j.commit("create", "did:plc:ana", "3z", "the end")
	e.until("the end", e.heard("the end"))

	if diff := cmp.Diff([]string{"a kettle", "a mended kettle", "the end"}, e.texts()); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
	if first, second := e.mentions()[0], e.mentions()[1]; first.Ref != second.Ref || !first.Edited.IsZero() || second.Edited.IsZero() {
		t.Errorf("%v is not an edit of %v", second, first)
	}
	posts, accounts := e.gone()
	if diff := cmp.Diff([][]string{{"at://did:plc:bo/app.bsky.feed.post/3b"}, {"did:plc:di"}}, [][]string{posts, accounts}); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
	if e.rejects() != 0 {
		t.Errorf("%d rejects", e.rejects())
	}
}

// Nothing is lost or doubled when the connection is cut again and again, also in the middle of things.
func TestFirehoseCut(t *testing.T) {
	t.Parallel()
	j := &jet{t: t}
	e := listen(t, Kind, desk.Settings{"hosts": j.serve()})
	e.connected(j)
	n := 0
	for range 5 {
		for range 50 {
			j.post(n)
			n++
		}
		e.until("something", func() bool { return len(e.mentions()) > n-50 })
		j.cut()
		j.post(n) // nobody hears it
		n++
	}
	e.until("everything", func() bool { return len(e.mentions()) >= n })
	seen := map[string]bool{}
	for _, text := range e.texts() {
		if seen[text] {
			t.Errorf("%s came twice", text)
		}
		seen[text] = true
	}
	if len(seen) != n {
		t.Errorf("heard %d posts, want %d", len(seen), n)
	}
	if e.lost() {
		t.Error("a server that went on where we were is said to have lost something")
	}
}

// A server moves a cursor that is older than what it has silently to what it has.
func TestFirehoseThatForgot(t *testing.T) {
	t.Parallel()
	j := &jet{t: t}
	e := listen(t, Kind, desk.Settings{"hosts": j.serve()})
	e.connected(j)
	j.post(0)
	e.until("something", func() bool { return len(e.mentions()) == 1 })
	j.mu.Lock()
	j.events, j.skew = nil, 2*time.Minute
	j.mu.Unlock()
	j.cut()
	j.post(1)
	e.until("what came later", func() bool { return len(e.mentions()) == 2 })
	if !e.lost() {
		t.Error("what the server forgot was not missed")
	}
}

// A server that is away is replaced by the next; their clocks differ, and the same events have other times there.
func TestFirehoseGoesToAnotherHost(t *testing.T) {
	t.Parallel()
	one, two := &jet{t: t}, &jet{t: t, skew: -700 * time.Millisecond}
	e := listen(t, Kind, desk.Settings{"hosts": one.serve() + "\n" + two.serve()})
	e.connected(one)
	both := func(i int) { one.post(i); two.post(i) }
	both(0)
	both(1)
	e.until("the first", e.heard("post 1"))
	one.set(func() { one.down = true })
	one.cut()
	two.post(2)
	e.until("what came while the first host was away", e.heard("post 2"))
	two.post(3)
	e.until("what came then", e.heard("post 3"))
	if diff := cmp.Diff([]string{"post 0", "post 1", "post 2", "post 3"}, e.texts()); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
	cursor, err := strconv.ParseInt(two.cursors[0], 10, 64)
	if back := time.Since(time.UnixMicro(cursor)); err != nil || back < rewind || back > rewind+10*time.Second {
		t.Errorf("the other host was asked for what came since %v ago, want %v and a little", back, rewind)
	}
	two.set(func() { two.down = true })
	two.cut()
	var retry *desk.Retry
	if err := e.trouble(); !errors.As(err, &retry) {
		t.Errorf("with all hosts away got %v, want to try again", err)
	}
}

// A server that has come loose from the network keeps the stream open and answers pings: that is not calm.
func TestFirehoseLeavesAStalledHost(t *testing.T) {
	t.Parallel()
	a, b := &jet{t: t}, &jet{t: t}
	e := listen(t, Kind, desk.Settings{"hosts": a.serve() + "\n" + b.serve()})
	e.connected(a)
	a.post(1)
	e.until("a post", e.heard("post 1"))
	e.s.(*firehose).still = 200 * time.Millisecond
	a.set(func() { a.mute = true })
	b.post(1)
	b.post(2) // while we hang on the line of the other
	e.until("the post that the other host has", e.heard("post 2"))
	b.set(func() { b.mute = true })
	err := e.trouble()
	var retry *desk.Retry
	if !errors.As(err, &retry) || !strings.Contains(desk.ProblemOf(err).English(), "nothing comes from it") {
		t.Errorf("nothing from any host: %v", err)
	}
	a.set(func() { a.mute = false })
	a.post(3)
	for !e.heard("post 3")() { // the mute one may be asked once more
		_ = e.pull()
	}
}

// On a small network of one's own nobody may have said anything yet. What is said between two dials is heard.
func TestFirehoseOfASilentNetwork(t *testing.T) {
	t.Parallel()
	j := &jet{t: t, mute: true}
	e := listen(t, Kind, desk.Settings{"hosts": j.serve()})
	e.s.(*firehose).still = 100 * time.Millisecond
	e.until("a third stream", func() bool { return j.came() > 2 })
	j.post(1) // to nobody
	j.set(func() { j.mute = false })
	e.until("the first post", e.heard("post 1"))
}

func TestFirehoseGarbage(t *testing.T) {
	t.Parallel()
	for name, garbage := range map[string]string{
		"not JSON":         "\x00\xff<html>",
		"other JSON":       `{"hello":"world"}`,
		"from far ahead":   `{"did":"did:plc:a","time_us":9000000000000000000,"kind":"identity"}`,
		"deep":             strings.Repeat(`[`, 100_000),
		"a wrong number":   `{"did":"did:plc:a","time_us":"now","kind":"commit"}`,
		"an empty message": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := &jet{t: t, garbage: []byte(garbage)}
			e := listen(t, Kind, desk.Settings{"hosts": j.serve()})
			err := e.trouble()
			if !errors.Is(err, desk.ErrBroken) || desk.ProblemOf(err).IsZero() {
				t.Fatalf("got %v, want a broken source with a sentence", err)
			}
			if again := e.trouble(); !errors.Is(again, desk.ErrBroken) {
				t.Errorf("the second time got %v, want the same", again)
			}
			j.set(func() { j.garbage = nil })
			e.until("another stream", func() bool { return j.came() > 2 })
			j.post(1)
			e.until("a post after the trouble", e.heard("post 1"))
		})
	}
}

func TestFirehoseToleratesSomeGarbage(t *testing.T) {
	t.Parallel()
	j := &jet{t: t}
	e := listen(t, Kind, desk.Settings{"hosts": j.serve()})
	e.connected(j)
	j.raw("garbage before anything else")
	for i := range 100 {
		j.raw("\xff")
		j.post(i)
	}
	j.tell("commit", "did:plc:ana", map[string]any{"commit": map[string]any{"operation": "create", "collection": posts, "rkey": "3x", "record": map[string]any{"text": 5}}})
	j.commit("create", "did:plc:ana", "3z", "the end")
	e.until("the end", e.heard("the end"))
	if len(e.mentions()) != 101 || e.rejects() != 102 {
		t.Errorf("%d mentions and %d rejects, want 101 and 102", len(e.mentions()), e.rejects())
	}
}

// A post of a megabyte is not asked for, and one that comes all the same does not end everything.
func TestFirehoseHugeMessage(t *testing.T) {
	t.Parallel()
	j := &jet{t: t}
	e := listen(t, Kind, desk.Settings{"hosts": j.serve()})
	e.connected(j)
	j.raw(strings.Repeat("\u200d", fetch.MaxMessage/2))
	if err := e.trouble(); !errors.Is(err, desk.ErrBroken) {
		t.Errorf("got %v, want a broken source", err)
	}
	e.until("another stream", func() bool { return j.came() > 1 })
	j.post(1)
	e.until("the next post", e.heard("post 1"))
}

func TestMark(t *testing.T) {
	t.Parallel()
	var m mark
	for i := range 10_000 {
		us := int64(1_800_000_000_000_000 + i*1000)
		if !m.add(us, uint64(i)) {
			t.Fatalf("event %d was not new", i)
		}
		if m.add(us, uint64(i)) {
			t.Fatalf("event %d was new twice", i)
		}
	}
	if n := len(m.recent); n != recentMost || len(m.has) != n {
		t.Errorf("%d and %d events remembered, want %d", n, len(m.has), recentMost)
	}
	again, err := parseMark(m.String())
	if err != nil {
		t.Fatal(err)
	}
	if again.start() != m.start() || again.add(m.us, 9_999) || !again.add(m.us, 10_001) {
		t.Errorf("%s reads as %d events at %d", m.String(), len(again.recent), again.us)
	}
	for _, s := range []string{"7", "{", `{"time_us":1,"recent":"!"}`} {
		if _, err := parseMark(s); err == nil {
			t.Errorf("%q was taken for a cursor", s)
		}
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		setting string
		want    []string
	}{
		{"jet.example", []string{"https://jet.example"}},
		{" wss://a.example/subscribe \n\nws://b.example:6008", []string{"https://a.example", "http://b.example:6008"}},
		{"http://127.0.0.1:1", []string{"http://127.0.0.1:1"}},
		{"ftp://a.example", nil},
		{"wss://", nil},
	}
	for _, tt := range tests {
		got, err := hosts(tt.setting)
		if diff := cmp.Diff(tt.want, got); diff != "" || (tt.want == nil) != (err != nil) {
			t.Errorf("hosts(%q) is %v, %v", tt.setting, got, err)
		}
	}
	if got, err := hosts(""); err != nil || len(got) != 4 {
		t.Errorf("the default is %v, %v", got, err)
	}
}

// Whatever a server sends, a mention that comes of it is whole.
func FuzzTake(f *testing.F) {
	f.Add([]byte(`{"did":"did:plc:a","time_us":1732100000000000,"kind":"commit","commit":{"rev":"3","operation":"create","collection":"app.bsky.feed.post","rkey":"3k","record":{"text":"x","createdAt":"2024-11-20T11:00:00Z","embed":{"media":{"images":[{"alt":"a"}]},"record":{"record":{"uri":"at://a/app.bsky.feed.post/b"}}}}}}`))
	f.Add([]byte(`{"did":"did:plc:a","time_us":1,"kind":"account","account":{"active":false,"status":"deleted"}}`))
	f.Add([]byte(`{"did":"d","time_us":1,"kind":"commit","commit":null}`))
	f.Fuzz(func(t *testing.T, m []byte) {
		s := &firehose{log: slog.New(slog.DiscardHandler), hosts: []string{"https://jet.example"}, socket: &connection{host: "https://jet.example"}}
		var b desk.Batch
		if err := s.take(m, &b); err != nil {
			t.Fatal(err)
		}
		for _, m := range b.Mentions {
			if m.Published.IsZero() || m.Kind == "" || m.Author.NativeID == "" || !strings.HasPrefix(m.NativeID, "at://"+m.Author.NativeID+"/") {
				t.Errorf("half a mention: %+v", m)
			}
		}
	})
}
