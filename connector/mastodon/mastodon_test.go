package mastodon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/connector"
	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

func settings(base string, more ...string) desk.Settings {
	set := desk.Settings{"server": base, "token": connectortest.Secret, "mentions": "true", "hashtags": "#Kettle\nharbour"}
	for i := 0; i+1 < len(more); i += 2 {
		set[more[i]] = more[i+1]
	}
	return set
}

// fill posts n things of which the source of settings hears each once, whatever way.
func fill(tw *town, n int) {
	for i := range n {
		switch i % 3 {
		case 0:
			tw.say("ana", fmt.Sprintf("broken #kettle %d", i))
		case 1:
			tw.say("bo@far.example", fmt.Sprintf("@harbour what about the #kettle %d", i))
		default:
			tw.say("cy", fmt.Sprintf("@harbour hello %d", i))
		}
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	for name, shape := range map[string]func(*town){
		"Mastodon":   func(*town) {},
		"GoToSocial": func(tw *town) { tw.gotosocial = true },
		"no stream":  func(tw *town) { tw.deaf = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connectortest.Run(t, Kind, func(t *testing.T) connectortest.Network {
				tw := newTown(t)
				shape(tw)
				fill(tw, 7)
				return connectortest.Network{
					Handler:  tw,
					Settings: func(base string) desk.Settings { return settings(base) },
					First:    7,
					Post:     func() { tw.say("ana", "one more #kettle") },
					Stream:   true,
				}
			})
		})
	}
}

// ear pulls in the background of a test, as the poller does.
type ear struct {
	t       *testing.T
	s       *stream
	cursor  string
	batches []desk.Batch
}

func listen(t *testing.T, set desk.Settings) *ear {
	t.Helper()
	s, err := Kind.Source(set, env())
	if err != nil {
		t.Fatal(err)
	}
	e := &ear{t: t, s: s.(*stream)}
	e.s.pace = 50 * time.Millisecond
	t.Cleanup(func() { e.s.Close() })
	return e
}

func env() connector.Env {
	return connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()}), Log: slog.New(slog.DiscardHandler)}
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

func (e *ear) mentions() (all []desk.Mention) {
	for _, b := range e.batches {
		all = append(all, b.Mentions...)
	}
	return all
}

func (e *ear) gone() (all []desk.Ref) {
	for _, b := range e.batches {
		all = append(all, b.Gone...)
	}
	return all
}

func (e *ear) rejects() (n int) {
	for _, b := range e.batches {
		n += len(b.Rejects)
	}
	return n
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

func (e *ear) connected(tw *town, name string) func() bool {
	return func() bool { return tw.listening(name) }
}

func TestStreams(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	e := listen(t, settings(tw.serve()))
	e.s.pace = time.Hour // what comes now comes by stream
	e.until("the streams", e.connected(tw, "hashtag:harbour"))
	id := tw.say("ana", "a #kettle of #harbour")
	tw.say("bo@far.example", "@harbour listen")
	tw.say("cy", "nothing to do with us")
	tw.write(post{acct: "cy", html: "@harbour for you alone", visibility: "direct"})
	e.until("the mention", e.heard("@harbour listen"))
	tw.edit(id, "a mended #kettle of #harbour")
	e.until("the edit", e.heard("a mended #kettle of #harbour"))
	tw.delete(id, true)
	e.until("the deletion", func() bool { return len(e.gone()) > 0 })

	if diff := cmp.Diff([]string{"a #kettle of #harbour", "@harbour listen", "a mended #kettle of #harbour"}, e.texts()); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
	first, edited := e.mentions()[0], e.mentions()[2]
	if first.Ref != edited.Ref || edited.Edited.IsZero() || e.gone()[0] != first.Ref {
		t.Errorf("post %v, edit %v at %v, deletion %v are not of one", first.Ref, edited.Ref, edited.Edited, e.gone())
	}
}

// GoToSocial takes hashtag subscriptions and never streams into them; nothing may depend on it.
func TestPollsWhatIsNotStreamed(t *testing.T) {
	t.Parallel()
	for name, shape := range map[string]func(*town){
		"silent hashtag streams": func(tw *town) { tw.gotosocial = true },
		"no streaming at all":    func(tw *town) { tw.deaf = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tw := newTown(t)
			shape(tw)
			e := listen(t, settings(tw.serve()))
			e.until("the first polls", func() bool { return tw.count("/api/v1/timelines/tag/harbour") > 0 })
			id := tw.say("bo@far.example", "a #kettle")
			e.until("the post", e.heard("a #kettle"))
			tw.edit(id, "a #kettle, edited")
			e.until("the edit", e.heard("a #kettle, edited"))
			e.age()
			tw.delete(id, false)
			e.until("the deletion that nobody told", func() bool { return len(e.gone()) > 0 })
			if n := len(e.mentions()); n != 2 {
				t.Errorf("heard %d times, want the post and its edit: %v", n, e.texts())
			}
		})
	}
}

// age makes what was heard old enough to be looked after.
func (e *ear) age() {
	for _, h := range e.s.timelines {
		for i := range h.Recent {
			h.Recent[i].At -= 10
		}
	}
}

func TestDeletionAfterRestart(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	base := tw.serve()
	id := tw.say("ana", "old #kettle")
	e := listen(t, settings(base))
	e.until("the post", e.heard("old #kettle"))
	e.s.Close()
	for tw.listening("user") {
		time.Sleep(time.Millisecond) // until the server noticed
	}

	again := listen(t, settings(base)) // knows nothing, not even a cursor
	again.until("the streams", again.connected(tw, "hashtag:harbour"))
	tw.delete(id, true)
	again.until("the deletion", func() bool { return len(again.gone()) > 0 })
	if got, want := again.gone()[0], e.mentions()[0].Ref; got != want {
		t.Errorf("deleted %v, want %v", got, want)
	}
}

func TestCatchesUpAfterAGap(t *testing.T) {
	t.Parallel()
	for _, gotosocial := range []bool{false, true} {
		t.Run(fmt.Sprint("gotosocial ", gotosocial), func(t *testing.T) {
			t.Parallel()
			tw := newTown(t)
			tw.gotosocial = gotosocial
			base := tw.serve()
			fill(tw, 30)
			e := listen(t, settings(base))
			e.until("the beginning", func() bool { return len(e.mentions()) == 30 })
			e.s.Close()
			fill(tw, 500) // more than one batch
			again := listen(t, settings(base))
			again.cursor = e.cursor
			again.until("what was missed", func() bool { return len(again.mentions()) >= 500 })
			refs := map[desk.Ref]int{}
			for _, m := range append(e.mentions(), again.mentions()...) {
				refs[m.Ref]++
			}
			if len(refs) != 530 || slices.Max(slices.Collect(maps.Values(refs))) > 1 {
				t.Errorf("heard %d different mentions, want 530, each once", len(refs))
			}
		})
	}
}

func TestReconnects(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	e := listen(t, settings(tw.serve()))
	e.until("the streams", e.connected(tw, "hashtag:harbour"))
	tw.hangUp()
	tw.say("ana", "while we were away #kettle")
	e.until("what came by polling", e.heard("while we were away #kettle"))
	e.until("the streams again", func() bool { return tw.listening("hashtag:harbour") })
	tw.say("ana", "back #kettle")
	e.until("what came then", e.heard("back #kettle"))
	if n := len(e.mentions()); n != 2 {
		t.Errorf("heard %v, want each once", e.texts())
	}
}

// A server may announce a streaming host that is known only inside its own network.
func TestAnnouncedHostIsAway(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.away = true
	e := listen(t, settings(tw.serve()))
	e.until("the streams", e.connected(tw, "hashtag:harbour"))
}

func TestPublicAndSearch(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.gotosocial = true
	e := listen(t, settings(tw.serve(), "hashtags", "", "mentions", "false", "public", "local", "search", "Coffee Cup"))
	e.until("the stream", e.connected(tw, "public:local"))
	tw.say("ana", "local news")
	tw.say("bo@far.example", "a coffee cup from far")
	tw.say("bo@far.example", "far news")
	e.until("the search", e.heard("a coffee cup from far"))
	e.until("the local timeline", e.heard("local news"))
	if len(e.mentions()) != 2 {
		t.Errorf("heard %v", e.texts())
	}
}

func TestGarbageOnTheStream(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	e := listen(t, settings(tw.serve()))
	e.until("the streams", e.connected(tw, "hashtag:harbour"))
	tw.broadcast("\xff\xfe not JSON")
	tw.broadcast(`{"stream":["user"],"event":"update","payload":"{\"id\":"}`)
	tw.broadcast(`{"stream":["user"],"event":"filters_changed"}`)
	tw.broadcast(`{"error":"Not authorized","status":401}`)
	tw.say("ana", "still here #kettle")
	e.until("what is readable", e.heard("still here #kettle"))
	e.until("the rejects", func() bool { return e.rejects() == 2 })

	for range garbageMax {
		tw.broadcast("<html>")
	}
	var err error
	for err == nil {
		err = e.pull()
	}
	if !errors.Is(err, desk.ErrBroken) || desk.ProblemOf(err).IsZero() {
		t.Errorf("got %v, want a broken source with a sentence", err)
	}
	tw.say("ana", "polled #kettle")
	e.until("what polling finds", e.heard("polled #kettle"))
}

func TestUnreadablePostIsRejectedOnce(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.deaf, tw.garble = true, true
	tw.say("ana", "fine #kettle")
	e := listen(t, settings(tw.serve(), "hashtags", "kettle"))
	e.until("many polls", func() bool { return tw.count("/api/v1/timelines/tag/kettle") > 4 })
	if e.rejects() != 1 || len(e.mentions()) != 1 {
		t.Errorf("%d rejects and %v, want one of each", e.rejects(), e.texts())
	}
}

func TestLimited(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.setFault(func(w http.ResponseWriter, _ *http.Request) bool { // as GoToSocial does: an ISO time, no Retry-After
		w.Header().Set("X-RateLimit-Reset", time.Now().Add(90*time.Second).UTC().Format("2006-01-02T15:04:05.000Z"))
		fail(w, http.StatusTooManyRequests, "Too many requests")
		return true
	})
	e := listen(t, settings(tw.serve()))
	_, err := e.s.Pull(t.Context(), "")
	var retry *desk.Retry
	if !errors.As(err, &retry) || !retry.Limited || retry.After < 80*time.Second || retry.After > 90*time.Second {
		t.Errorf("got %v, want to be told to come again in 90 s", err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, field string
		set         []string
	}{
		{"no address", "server", []string{"server", "mastodon.social"}},
		{"nothing to hear", "hashtags", []string{"hashtags", "", "mentions", "false"}},
		{"two words are no hashtag", "hashtags", []string{"hashtags", "harbour coffee"}},
		{"a path is no hashtag", "hashtags", []string{"hashtags", "../../x"}},
		{"the same twice", "hashtags", []string{"hashtags", "a\n#A"}},
		{"too much", "hashtags", []string{"hashtags", strings.Join(many(MaxTimelines+1), "\n")}},
		{"another timeline", "public", []string{"public", "all"}},
		{"search without a token", "search", []string{"token", "", "search", "x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Kind.Source(settings("https://town.example", tt.set...), env())
			var invalid *desk.Invalid
			if !errors.As(err, &invalid) || invalid.Field != tt.field {
				t.Errorf("got %v, want something about %s", err, tt.field)
			}
		})
	}
}

func many(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint("tag", i)
	}
	return out
}

func TestCheck(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	base := tw.serve()
	said, err := Kind.Check(t.Context(), settings(base), env())
	if want := "Connected to town.example as @harbour@town.example."; err != nil || said.English() != want {
		t.Errorf("got %q, %v, want %q", said.English(), err, want)
	}
	said, err = Kind.Check(t.Context(), settings(base, "token", ""), env())
	if err != nil || !strings.Contains(said.English(), "4.7.0") {
		t.Errorf("got %q, %v, want the server's version", said.English(), err)
	}
	if _, err = Kind.Check(t.Context(), settings(base, "token", "wrong"), env()); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("got %v, want a refusal", err)
	}
}
