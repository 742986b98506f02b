package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/access"
	"breakwater/alert"
	"breakwater/approve"
	"breakwater/assess"
	"breakwater/centre"
	"breakwater/desk"
	"breakwater/detect"
	"breakwater/enrich"
	"breakwater/incident"
	"breakwater/internal/fetch"
	"breakwater/internal/htmlcheck"
	"breakwater/internal/say"
	"breakwater/internal/seal"
	"breakwater/journal"
	"breakwater/match"
	"breakwater/mirror"
	"breakwater/occasion"
	"breakwater/oncall"
	"breakwater/people"
	"breakwater/plan"
	"breakwater/preflight"
	"breakwater/publish"
	"breakwater/radar"
	"breakwater/reply"
	"breakwater/source"
	"breakwater/staff"
	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/subscribe"
	"breakwater/topic"
)

// house is a desk with a real store and real stages, and the console over it.
type house struct {
	t      *testing.T
	db     *store.DB
	c      *Console
	url    string
	dir    string              // of its database
	ids    map[desk.Role]int64 // of a person of each role
	alert  desk.Alert
	room   desk.Incident
	source desk.Source
}

const secretWords = "harbour wall in winter"

func open(t *testing.T) *house {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	dir := t.TempDir()
	db, err := store.Open(t.Context(), store.Config{Path: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	box, err := seal.File(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	engine := detect.New(db, func(context.Context, []desk.Signal) error { return nil }, quiet)
	rooms := incident.New(db, engine, quiet)
	plans := &plan.Board{Store: db, Log: quiet, LongKinds: []string{"wordpress", "email"}}
	rooms.Plan = plans.Start
	policies, committee := &plan.Policies{Store: db}, &plan.Meetings{Store: db}
	enriched := &enrich.Enricher{Sentiment: enrich.NewOpenMoods()}
	hub := journal.NewHub()
	t.Cleanup(hub.Close)
	db.OnJournal(hub.Entry)
	spec := desk.Spec{Kind: "news", Title: "RSS or Atom feed", Help: "x", Push: true, Fields: []desk.Field{{Name: "url", Label: "Feed address", Kind: "url", Required: true}, {Name: "token", Label: "Access token", Kind: "secret"}}}
	c, err := newConsole(Stages{
		Gate: access.New(db, quiet), Keys: access.NewKeys(box, db, quiet), Topics: topic.NewWatch(db, quiet), Radar: radar.New(db, engine), Alerts: alert.NewRouter(db, rooms.OpenFrom, quiet), Rooms: rooms, Assess: assess.New(db, engine, "Communications lead", enrich.CueNames()),
		Book: people.New(db, map[string]desk.Spec{"email": {Kind: "email", Title: "Mail"}}, func(context.Context, desk.Way) error { return nil }), Contacts: people.NewDirectory(db, []byte("key"), "http://desk.example", quiet), Journal: &journal.Log{Store: db}, Live: hub,
		Detect: engine, Sources: &source.Register{Store: db, Kinds: source.Kinds{"news": {Spec: spec}}}, Monitors: match.NewMonitors(db, nil, quiet), Lexicon: enrich.NewLexicon(db, enrich.NewCueList(), quiet), Occasions: &occasion.Calendar{Store: db}, Preflight: &preflight.Desk{Store: db}, Plans: plans, Policies: policies, Committee: committee, Ready: &plan.Ready{Board: plans, Policies: policies, Meetings: committee, Store: db}, Brands: db,
		Channels: publish.NewChannels(db, nil, slog.New(slog.DiscardHandler)), Hands: &publish.Hands{Store: db},
		Outbox:  publish.New(db, func(context.Context, desk.Channel) (publish.Mouth, error) { return nil, desk.ErrNotFound }, quiet),
		Lessons: enrich.NewLearner(db, enriched, quiet), Outside: enrich.NewOutside(db, fetch.New(fetch.Config{}), func(host string) *fetch.Client { return fetch.New(fetch.Config{AllowHosts: []string{host}}) }, quiet),
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	links := oncall.Links{Key: []byte("key")}
	c.Roster, c.Escalator = &oncall.Roster{Store: db, Links: links}, oncall.NewEscalator(db, links, quiet)
	c.Postman = oncall.NewPostman(db, c.Escalator, quiet)
	c.Heart = &oncall.Heart{Store: db, Log: quiet}
	c.Centre = centre.New(db, "http://desk.example", quiet)
	c.Centre.Picture = preflight.Clean
	c.Staff = staff.New(db, []byte("key"), "http://desk.example", quiet)
	c.Staff.Plan, c.Staff.Speak = plans.Current, func(lang string, t desk.Text) string { return say.For(lang, "").Text(t) }
	c.Copies = noCopies(db)
	c.Letters = subscribe.New(db, []byte("key"), nil, func(context.Context, desk.Settings) (subscribe.Conversation, error) { return nil, desk.ErrDenied }, quiet)
	c.Words = approve.New(db, []byte("key"), "http://desk.example", quiet)
	c.Words.PIN, c.Words.Plan = c.Gate.CheckPIN, plans.Current
	c.Queue = &reply.Queue{Store: db, Answers: c.Outbox, Words: c.Words, Log: quiet}
	s := httptest.NewServer(c.handler())
	t.Cleanup(s.Close)
	return &house{t: t, db: db, c: c, url: s.URL, dir: dir, ids: make(map[desk.Role]int64)}
}

// furnish makes people of every role, a brand, a monitor, a source, mentions, an alert and a room.
func (h *house) furnish() *house {
	h.t.Helper()
	ctx := h.t.Context()
	for role := desk.Viewer; role <= desk.Admin; role++ {
		u, err := h.c.Gate.AddUser(ctx, desk.User{Name: "Kim " + role.String(), Email: role.String() + "@example.org", Role: role, Lang: "en"}, secretWords)
		h.must(err)
		h.ids[role] = u.ID
	}
	b, err := h.db.ChangeBrand(ctx, 0, desk.ActOf(ctx, "brand.save", ""), func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Acme Dairy", "Europe/Stockholm", desk.Say("x")
		return nil
	})
	h.must(err)
	m, err := h.c.Monitors.Save(ctx, desk.Monitor{BrandID: b.ID, Kind: "brand", Name: "Acme", Query: "acme", Sensitivity: "balanced"})
	h.must(err)
	h.source, err = h.c.Sources.Save(ctx, desk.Source{Kind: "news", Name: "Gazette", Settings: desk.Settings{"url": "https://example.org/feed"}})
	h.must(err)
	h.hear(m.ID, "Acme made me sick <script>alert(1)</script>", "Acme again", "I like Acme")
	_, err = h.db.ChangeAlert(ctx, 0, desk.ActOf(ctx, "alert.open", ""), func(a *desk.Alert, out *desk.Out) error {
		why := desk.Say("Something moved.")
		a.BrandID, a.MonitorID, a.State, a.Level, a.Title, a.Opened, a.Updated = b.ID, m.ID, desk.AlertOpen, desk.Issue, why, time.Now().UTC(), time.Now().UTC()
		a.Signals = []desk.Signal{{Detector: "surge", MonitorID: m.ID, At: a.Opened, Strength: 2, Level: desk.Issue, Why: why}}
		out.Say, h.alert = why, *a
		return nil
	})
	h.must(err)
	h.room, err = h.c.Rooms.Open(ctx, incident.Opening{BrandID: b.ID, Title: "Sick children", Level: desk.Crisis})
	h.must(err)
	return h
}

// hear keeps posts of the last minutes.
func (h *house) hear(monitor int64, texts ...string) {
	h.t.Helper()
	b := desk.Batch{SourceID: h.source.ID}
	for i, text := range texts {
		m := desk.Mention{Ref: desk.Ref{Network: "news", NativeID: text}, SourceID: h.source.ID, Kind: desk.KindPost, Text: text, Lang: "en", Mood: desk.Mood(i%3 - 1),
			Author: desk.Author{Handle: "reader", Followers: 12}, Published: time.Now().UTC().Add(-time.Duration(i+1) * time.Minute), Monitors: []int64{monitor}}
		m.Fold = m.Key().Fold()
		b.Mentions = append(b.Mentions, m)
	}
	_, err := h.db.Append(h.t.Context(), []desk.Batch{b})
	h.must(err)
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// browser is somebody with cookies.
type browser struct {
	h      *house
	client *http.Client
}

func (h *house) browser() *browser {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	h.must(err)
	return &browser{h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// signedIn is somebody of a role who has signed in.
func (h *house) signedIn(role desk.Role) *browser {
	h.t.Helper()
	b := h.browser()
	if status, to, _ := b.post("/sign-in", url.Values{"email": {role.String() + "@example.org"}, "password": {secretWords}}); status != http.StatusSeeOther || to != "/" {
		h.t.Fatalf("sign-in as %s answered %d to %q", role, status, to)
	}
	return b
}

func (b *browser) get(path string) (status int, to string, p *htmlcheck.Page) {
	b.h.t.Helper()
	req, err := http.NewRequestWithContext(b.h.t.Context(), http.MethodGet, b.h.url+path, nil)
	b.h.must(err)
	return b.do(req)
}

func (b *browser) post(path string, form url.Values) (status int, to string, p *htmlcheck.Page) {
	b.h.t.Helper()
	req, err := http.NewRequestWithContext(b.h.t.Context(), http.MethodPost, b.h.url+path, strings.NewReader(form.Encode()))
	b.h.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(req)
}

func (b *browser) do(req *http.Request) (int, string, *htmlcheck.Page) {
	b.h.t.Helper()
	resp, err := b.client.Do(req)
	b.h.must(err)
	defer resp.Body.Close()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return resp.StatusCode, "", nil
	}
	p, err := htmlcheck.Parse(resp.Body)
	b.h.must(err)
	_, err = io.Copy(io.Discard, resp.Body)
	b.h.must(err)
	return resp.StatusCode, resp.Header.Get("Location"), p
}

// noPlace is a server for copies that nobody reaches.
type noPlace struct{}

func (noPlace) Push(context.Context, mirror.Change, func() error) (int, error) {
	return 0, desk.ErrDenied
}
func (noPlace) Test(context.Context) error { return desk.ErrDenied }

// noCopies sets up copies that are never brought anywhere.
func noCopies(db *store.DB) *mirror.Desk {
	kind := mirror.Kind{Spec: desk.Spec{Kind: storetest.CopyKind, Title: "E-mail"}, Open: func(desk.Settings) (mirror.Place, error) { return noPlace{}, nil }}
	edition := func(context.Context, int64) (mirror.Edition, error) { return mirror.Edition{}, nil }
	return mirror.New(db, []mirror.Kind{kind}, mirror.Around{Edition: edition}, slog.New(slog.DiscardHandler))
}
