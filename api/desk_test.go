package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

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

// testDesk is a desk behind the API, on a real store, with a token for each role.
type testDesk struct {
	t     *testing.T
	s     *server
	db    *store.DB
	gate  *access.Gate
	h     http.Handler
	token map[desk.Role]string
	brand desk.Brand
}

func newTestDesk(t *testing.T) *testDesk {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	hub := journal.NewHub()
	db.OnJournal(hub.Entry)
	engine := detect.New(db, nil, quiet())
	rooms := incident.New(db, engine, quiet())
	ways := map[string]desk.Spec{"note": {Kind: "note", Title: "Note", Fields: []desk.Field{{Name: "to", Label: "To", Required: true}, {Name: "key", Label: "Key", Kind: "secret"}}}}
	box, err := seal.File(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	d := &testDesk{t: t, db: db, gate: access.New(db, quiet()), token: map[desk.Role]string{}}
	monitors := match.NewMonitors(db, nil, quiet())
	callLinks := oncall.Links{Key: []byte("key")}
	escalator := oncall.NewEscalator(db, callLinks, quiet())
	board, policies, committee := &plan.Board{Store: db, Log: quiet()}, &plan.Policies{Store: db}, &plan.Meetings{Store: db}
	d.s = &server{beat: heartbeat, Stages: Stages{
		Gate: d.gate, Keys: access.NewKeys(box, db, quiet()), Brands: db, Monitors: monitors, Lexicon: enrich.NewLexicon(db, enrich.NewCueList(), quiet()), Occasions: &occasion.Calendar{Store: db}, Roster: &oncall.Roster{Store: db, Links: callLinks}, Escalator: escalator, Postman: oncall.NewPostman(db, escalator, quiet()), Heart: &oncall.Heart{Store: db, Log: quiet()}, Preflight: &preflight.Desk{Store: db}, Topics: topic.NewWatch(db, quiet()), Radar: radar.New(db, engine), Alerts: alert.NewRouter(db, rooms.OpenFrom, quiet()), Rooms: rooms, Assess: assess.New(db, engine, "Communications lead", enrich.CueNames()),
		Plans: board, Policies: policies, Committee: committee, Ready: &plan.Ready{Board: board, Policies: policies, Meetings: committee, Store: db},
		Book: people.New(db, ways, func(context.Context, desk.Way) error { return nil }), Detect: engine,
		Staff:    testStaff(db),
		Letters:  subscribe.New(db, []byte("key"), nil, nil, slog.New(slog.DiscardHandler)),
		Copies:   noCopies(db),
		Centre:   centre.New(db, "http://desk.example", slog.New(slog.DiscardHandler)),
		Queue:    &reply.Queue{Store: db, Log: quiet()},
		Contacts: people.NewDirectory(db, []byte("key"), "http://desk.example", slog.New(slog.DiscardHandler)),
		Channels: publish.NewChannels(db, nil, slog.New(slog.DiscardHandler)), Hands: &publish.Hands{Store: db},
		Lessons: enrich.NewLearner(db, &enrich.Enricher{Sentiment: enrich.NewOpenMoods()}, quiet()),
		Outside: enrich.NewOutside(db, fetch.New(fetch.Config{}), func(string) *fetch.Client { return fetch.New(fetch.Config{}) }, quiet()),
		Outbox:  publish.New(db, noMouth, quiet()),
		Journal: &journal.Log{Store: db}, Live: hub, Sources: &source.Register{Store: db, Kinds: testKinds}, Feeds: testFeeds{},
		Cookie: "desk", Version: "1.2.3", Log: quiet(),
	}}
	d.s.Centre.Picture = preflight.Clean
	d.s.Words = approve.New(db, []byte("key"), "http://desk.example", quiet())
	d.s.Words.Plan, d.s.Words.PIN = board.Current, d.gate.CheckPIN
	if d.h, err = d.s.handler(); err != nil {
		t.Fatal(err)
	}
	for role := desk.Viewer; role <= desk.Admin; role++ {
		_, secret, err := d.gate.AddToken(t.Context(), role.String(), role, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		d.token[role] = secret.Reveal()
	}
	d.brand, err = db.ChangeBrand(t.Context(), 0, desk.ActOf(t.Context(), "brand.save", ""), func(b *desk.Brand, out *desk.Out) error {
		b.Name, out.Say = "Kavelund", desk.Say("The brand {name} was saved.", "name", "Kavelund")
		return b.Check()
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// testKinds are a kind of source that counts lines and one that asks nobody.
var testKinds = source.Kinds{"file": {
	Spec: desk.Spec{Kind: "file", Title: "File", Push: true},
	Import: func(_ context.Context, _ source.Keeper, _ desk.Source, r io.Reader, _ func(source.Report)) (source.Report, error) {
		b, err := io.ReadAll(r)
		if bytes.HasPrefix(b, []byte("PK")) {
			return source.Report{}, desk.Wrong("file", "This is a spreadsheet or an archive. Save it as CSV first.")
		}
		return source.Report{Rows: bytes.Count(b, []byte("\n")), Rejects: []desk.Reject{}}, err
	},
}, "quiet": {
	Spec:  desk.Spec{Kind: "quiet", Title: "Quiet", Fields: []desk.Field{{Name: "url", Label: "Address", Kind: "url", Required: true}, {Name: "key", Label: "Key", Kind: "secret"}}},
	Open:  func(desk.Source) (source.Source, error) { return nil, nil },
	Check: func(context.Context, desk.Source) (desk.Text, error) { return desk.Say("It answers."), nil },
}}

// testFeeds are lists with one address a line.
type testFeeds struct{}

func (testFeeds) Read(r io.Reader) ([]desk.Source, error) {
	b, err := io.ReadAll(r)
	var list []desk.Source
	for _, line := range bytes.Fields(b) {
		list = append(list, desk.Source{Kind: "quiet", Name: string(line), Settings: desk.Settings{"url": string(line)}})
	}
	return list, err
}

func (testFeeds) Write(w io.Writer, list []desk.Source) error {
	for _, s := range list {
		if _, err := io.WriteString(w, s.Settings["url"]+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func (testFeeds) Address(s desk.Source) string { return s.Settings["url"] }

// ask sends a request as somebody with that role; in is JSON, a string or nil.
func (d *testDesk) ask(role desk.Role, method, path string, in any) *httptest.ResponseRecorder {
	d.t.Helper()
	var body io.Reader
	switch in := in.(type) {
	case nil:
	case string:
		body = bytes.NewReader([]byte(in))
	default:
		b, err := json.Marshal(in)
		if err != nil {
			d.t.Fatal(err)
		}
		body = bytes.NewReader(b)
	}
	r := httptest.NewRequest(method, prefix+path, body).WithContext(d.t.Context())
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if role != everyone {
		r.Header.Set("Authorization", "Bearer "+d.token[role])
	}
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	d.asDescribed(method, path, w)
	return w
}

// asDescribed checks an answer against what the API says of itself.
func (d *testDesk) asDescribed(method, path string, w *httptest.ResponseRecorder) {
	d.t.Helper()
	path, _, _ = strings.Cut(path, "?")
	kind := w.Header().Get("Content-Type")
	for _, op := range d.s.operations() {
		if op.Method != method || !regexp.MustCompile("^"+regexp.MustCompile(`\{\w+\}`).ReplaceAllString(op.Path, "[^/]+")+"$").MatchString(path) || strings.Contains(op.Path, "{") && d.literal(method, path) {
			continue
		}
		item := d.s.doc.Paths[op.Path]
		described := map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete}[method]
		answer := described.Responses[strconv.Itoa(w.Code)]
		if answer == nil {
			d.t.Errorf("%s answers %d, which is not described", op.ID, w.Code)
			return
		}
		if w.Body.Len() == 0 || !strings.Contains(kind, "json") {
			return
		}
		var v any
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || answer.Content[kind] == nil {
			d.t.Errorf("%s answers %d as %s, %v: %s", op.ID, w.Code, kind, err, w.Body)
			return
		}
		res := &huma.ValidateResult{}
		huma.Validate(d.s.doc.Components.Schemas, answer.Content[kind].Schema, huma.NewPathBuffer([]byte{}, 0), huma.ModeReadFromServer, v, res)
		for _, err := range res.Errors {
			d.t.Errorf("%s answers %d otherwise than described: %v in %.300s", op.ID, w.Code, err, w.Body)
		}
		return
	}
}

// literal reports whether a path is an operation's without any parameter.
func (d *testDesk) literal(method, path string) bool {
	return slices.ContainsFunc(d.s.operations(), func(op operation) bool { return op.Method == method && op.Path == path })
}

// must asks and reads the answer, which has to be that status.
func must[T any](d *testDesk, role desk.Role, method, path string, in any, status int) T {
	d.t.Helper()
	w := d.ask(role, method, path, in)
	var out T
	if w.Code != status {
		d.t.Fatalf("%s %s as %s = %d %s, want %d", method, path, role, w.Code, w.Body, status)
	}
	if w.Code != http.StatusNoContent {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			d.t.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
		}
	}
	return out
}

// noMouth is of a desk without networks.
func noMouth(context.Context, desk.Channel) (publish.Mouth, error) { return nil, desk.ErrNotFound }

func testStaff(db *store.DB) *staff.Briefings {
	b := staff.New(db, []byte("key"), "http://desk.example", slog.New(slog.DiscardHandler))
	b.Plan = (&plan.Board{Store: db}).Current
	b.Speak = func(lang string, t desk.Text) string { return say.For(lang, "").Text(t) }
	return b
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
