package publish_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/connector/all"
	"breakwater/connector/connectortest"
	"breakwater/connector/sandbox"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/needs"
	"breakwater/publish"
	"breakwater/store"
)

// crashSettings has a child speak with the mouth of a real kind of channel: its name and its settings, in JSON.
const crashSettings = "BREAKWATER_CRASH_SETTINGS"

// realKind is a kind of channel with where its tests speak to.
type realKind struct {
	Kind string
	Set  desk.Settings
	Slow bool // a real server, which may take its time
}

// realQuiet is when "it is not there" is believed of a kind.
func realQuiet(told string) time.Duration {
	if strings.Contains(told, `"Slow":true`) {
		return 10 * time.Second
	}
	return 2 * time.Second
}

// realMouths opens the mouths of a real kind; die is told when it keeps a line of its own.
func realMouths(db *store.DB, told string, die func(string)) (func(context.Context, desk.Channel) (publish.Mouth, error), error) {
	var real realKind
	if err := json.Unmarshal([]byte(told), &real); err != nil {
		return nil, err
	}
	env := connector.Env{
		Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()}), Log: slog.New(slog.DiscardHandler),
		Lines: keptLines{db, die}, ByHand: &publish.Hands{Store: db}, Says: db.Says,
	}
	for _, k := range all.Kinds(sandbox.New()) {
		if c, speaks := k.ChannelOf(nil); speaks && c.Spec.Kind == real.Kind {
			return func(_ context.Context, c desk.Channel) (publish.Mouth, error) {
				env := env
				env.Channel = c
				return k.Channel(real.Set, env)
			}, nil
		}
	}
	return nil, fmt.Errorf("no kind %s speaks", real.Kind)
}

// keptLines steps when a channel has kept a line of its own.
type keptLines struct {
	*store.DB
	step func(string)
}

func (k keptLines) KeepChannelLine(ctx context.Context, channel int64, key string, l desk.Line) error {
	err := k.DB.KeepChannelLine(ctx, channel, key, l)
	k.step("kept")
	return err
}

// stepsOnWire steps when a receiver has a request that says something, and has not answered.
func stepsOnWire(ctx context.Context, step func(string)) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error { step("wrote"); return nil }})
}

// taking is a receiver that acts on what says something also when its sender is dead by then.
func taking(t *testing.T, h http.Handler, says func(*http.Request) bool) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !says(r) {
			h.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		w.WriteHeader(http.StatusEarlyHints)
		r = r.Clone(context.WithoutCancel(r.Context()))
		r.Body = io.NopCloser(bytes.NewReader(body))
		got := httptest.NewRecorder()
		h.ServeHTTP(got, r)
		for name, values := range got.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(got.Code)
		_, _ = w.Write(got.Body.Bytes())
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// to passes requests on to a real server.
func to(t *testing.T, server string) http.Handler {
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(u) }, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
}

// asks reads JSON and says how often a text occurs in it.
func asks(t *testing.T, address, text string) int {
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", address, res.Status, err)
	}
	return strings.Count(string(body), text)
}

// receiver is a place that a real kind speaks to.
type receiver struct {
	realKind
	steps [][]string                                     // at which a desk dies, one after the other
	count func(t *testing.T, d *deskAt, text string) int // how often it has a text
}

var (
	everyStep = [][]string{{"claimed"}, {"saying"}, {"wrote"}, {"said"}, {"written"}, {"said", "asked"}, {"wrote", "wrote"}}
	// fewSteps are for real servers that take their time; with BREAKWATER_LONG all steps are.
	fewSteps   = [][]string{{"wrote"}, {"said"}}
	quietSteps = [][]string{{"claimed"}, {"saying"}, {"said"}, {"written"}} // of places without HTTP
)

func slowSteps() [][]string {
	if needs.Long() {
		return everyStep
	}
	return fewSteps
}

// receivers are the places, each made when its test runs.
var receivers = map[string]func(t *testing.T) receiver{
	"Mastodon":   func(t *testing.T) receiver { return mastodonAt(t, &connectortest.Mastodon{T: t}) },
	"GoToSocial": func(t *testing.T) receiver { return mastodonAt(t, &connectortest.Mastodon{T: t, GoToSocial: true}) },
	"Bluesky": func(t *testing.T) receiver {
		network := needs.Bluesky(t)
		us := network.Account(t, "harbour")
		base := taking(t, to(t, network.PDS), func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "putRecord") })
		return receiver{realKind{"bluesky", desk.Settings{"service": base, "identifier": us.Handle, "password": us.AppPassword(t)}, true}, slowSteps(),
			func(t *testing.T, _ *deskAt, text string) int {
				return asks(t, network.PDS+"/xrpc/com.atproto.repo.listRecords?limit=100&collection=app.bsky.feed.post&repo="+us.Handle, text)
			}}
	},
	"WordPress": func(t *testing.T) receiver {
		site := needs.WordPress(t)
		base := taking(t, to(t, site.URL), func(r *http.Request) bool {
			return r.Method == http.MethodPost && r.URL.Query().Get("rest_route") == "/wp/v2/posts"
		})
		return receiver{realKind{"wordpress", desk.Settings{"url": base, "user": site.User, "password": site.Password}, true}, slowSteps(),
			func(t *testing.T, _ *deskAt, text string) int {
				return asks(t, site.URL+"/?rest_route=/wp/v2/posts&per_page=100&_fields=content", text)
			}}
	},
	"e-mail list": func(t *testing.T) receiver {
		server := needs.Mail(t)
		host, port, _ := strings.Cut(server.Addr, ":")
		set := desk.Settings{"list": "ana@b.example", "from": "Harbour <desk@a.example>", "host": host, "port": port, "security": "none"}
		return receiver{realKind{"email", set, true}, quietSteps, func(t *testing.T, _ *deskAt, text string) (n int) {
			for end := time.Now().Add(20 * time.Second); n == 0 && time.Now().Before(end); {
				for _, l := range server.Received(t, 1) {
					n += min(strings.Count(string(l.Raw), text), 1) // a mail has it as text and as HTML
				}
			}
			return n
		}}
	},
	"webhook": func(t *testing.T) receiver {
		var mu sync.Mutex // guards what follows
		ids, got := map[string]bool{}, ""
		h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { // takes an id once, as is asked of receivers
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			if id := r.Header.Get("Webhook-Id"); !ids[id] {
				ids[id], got = true, got+string(body)
			}
		})
		base := taking(t, h, func(*http.Request) bool { return true })
		set := desk.Settings{"url": base, "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "once": "true"}
		return receiver{realKind{"hook", set, false}, everyStep, func(_ *testing.T, _ *deskAt, text string) int {
			mu.Lock()
			defer mu.Unlock()
			return strings.Count(got, text)
		}}
	},
	"checklist": func(*testing.T) receiver {
		return receiver{realKind{"checklist", desk.Settings{"where": "The sign at the door"}, false}, quietSteps, func(t *testing.T, d *deskAt, text string) (n int) {
			tasks, err := d.db.ByHandTasks(t.Context(), 0, true, desk.Paging{})
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range tasks {
				n += strings.Count(b.Text, text)
			}
			return n
		}}
	},
	"sandbox": func(*testing.T) receiver {
		return receiver{realKind{"sandbox", desk.Settings{}, false}, append([][]string{{"kept"}}, quietSteps...), func(t *testing.T, d *deskAt, text string) (n int) {
			posts, err := d.db.Posts(t.Context(), desk.PostFilter{})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range posts {
				lines, err := d.db.ChannelLines(t.Context(), d.channels[0].ID, p.Key)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range lines {
					n += strings.Count(l.Say.Say, text)
				}
			}
			return n
		}}
	},
}

func mastodonAt(t *testing.T, m *connectortest.Mastodon) receiver {
	base := taking(t, m, func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == "/api/v1/statuses" })
	return receiver{realKind{"mastodon", desk.Settings{"server": base, "token": connectortest.Secret}, false}, everyStep, func(_ *testing.T, _ *deskAt, text string) (n int) {
		for _, st := range m.Statuses() {
			n += strings.Count(st.Text, text)
		}
		return n
	}}
}

// A desk that dies at any step of the send path says every post exactly once in every real kind of channel, counted where it is
// received.
func TestExactlyOnceInEveryKindOfChannel(t *testing.T) {
	t.Parallel()
	for name, open := range receivers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := open(t)
			told, err := json.Marshal(r.realKind)
			if err != nil {
				t.Fatal(err)
			}
			for i, steps := range r.steps {
				t.Run(strings.Join(steps, ", "), func(t *testing.T) {
					t.Parallel()
					text := fmt.Sprintf("Recall number %d of the kettle.", i+1)
					d := newDesk(t, 1)
					p := d.schedule(t, d.approved(t, text, func(s *desk.Statement) { s.Variants[0].Title = "Recall" }), time.Time{})[0]
					for k, step := range append(steps, "") {
						if died := d.child(t, "", step, crashSettings+"="+string(told)); k == 0 && !died {
							t.Errorf("the desk did not come to the step %s", step)
						}
					}
					got := d.post(t, p.ID)
					if n := r.count(t, d, text); n != 1 || !got.Published() {
						t.Errorf("it is there %d times, the desk says %s (%s)", n, got.State, got.Problem.English())
					}
				})
			}
		})
	}
}
