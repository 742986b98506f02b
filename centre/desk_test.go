package centre_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"breakwater/centre"
	"breakwater/desk"
	"breakwater/store"
)

// room is a crisis centre on a store of its own, with a brand, its channel and a crisis. Words are signed and go out at once.
type room struct {
	*centre.Desk
	t        *testing.T
	db       *store.DB
	broken   *brokenStore // what the centre reads: db, but for what a test breaks
	site     *centre.Site
	builder  *centre.Builder
	brand    desk.Brand
	channel  desk.Channel
	incident desk.Incident
	lead     context.Context
}

func newRoom(t *testing.T) *room {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	r := &room{t: t, db: db, site: new(centre.Site), lead: desk.WithActor(t.Context(), desk.Actor{Who: "user:1", UserID: 1, Name: "Ana", Role: desk.Lead})}
	r.broken = &brokenStore{DB: db}
	r.Desk = centre.New(r.broken, "https://desk.example", slog.New(slog.DiscardHandler))
	r.builder = centre.NewBuilder(r.Desk, r.site, t.TempDir(), slog.New(slog.DiscardHandler))
	r.Words = centre.Words{Begin: r.begin, Submit: r.submit, File: r.file, Publish: r.publish, Retract: r.retract}
	act := desk.Act{Who: "desk", Do: "test"}
	r.brand, err = db.ChangeBrand(t.Context(), 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Aurora", "Europe/Warsaw", desk.Say("x")
		return nil
	})
	r.must(err)
	r.channel, err = db.ChangeChannel(t.Context(), 0, act, func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, c.Settings, out.Say = r.brand.ID, desk.CentreKind, "Crisis centre", desk.Settings{"path": "aurora"}, desk.Say("x")
		return nil
	})
	r.must(err)
	r.incident, err = db.ChangeIncident(t.Context(), 0, act, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.Title, i.State, i.Level, out.Say = r.brand.ID, "Burning kettle", desk.IncidentOpen, desk.Crisis, desk.Say("x")
		return nil
	})
	r.must(err)
	return r
}

func (r *room) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) begin(ctx context.Context, brandID, incidentID, replaces int64, w desk.Words) (desk.Statement, error) {
	return r.db.ChangeStatement(ctx, 0, desk.ActOf(ctx, "statement.begin", ""), func(s *desk.Statement, out *desk.Out) error {
		s.BrandID, s.IncidentID, s.Replaces, out.Say = brandID, incidentID, replaces, desk.Say("x")
		return s.Rewrite(w, "user:1", time.Now())
	})
}

func (r *room) submit(ctx context.Context, id int64, _ int) (desk.Statement, error) {
	return r.db.ChangeStatement(ctx, id, desk.ActOf(ctx, "statement.submit", ""), func(s *desk.Statement, out *desk.Out) error {
		s.State, out.Say = desk.StatementReview, desk.Say("x")
		return nil
	})
}

func (r *room) sign(id int64) {
	r.t.Helper()
	_, err := r.db.ChangeStatement(r.lead, id, desk.ActOf(r.lead, "statement.sign", ""), func(s *desk.Statement, out *desk.Out) error {
		s.State, out.Say = desk.StatementApproved, desk.Say("x")
		return nil
	})
	r.must(err)
}

func (r *room) file(ctx context.Context, id, incident int64) error {
	_, err := r.db.ChangeStatement(ctx, id, desk.ActOf(ctx, "statement.file", ""), func(s *desk.Statement, out *desk.Out) error {
		s.IncidentID, out.Say = incident, desk.Say("x")
		return nil
	})
	return err
}

// brokenStore cannot read everything.
type brokenStore struct {
	*store.DB
	promises, pages int64 // a brand's, of which these cannot be read
}

var errBroken = errors.New("the disk cannot be read")

func (b *brokenStore) Promises(ctx context.Context, brandID, incidentID int64, state string, from time.Time, n int) ([]desk.Promise, error) {
	if brandID == b.promises {
		return nil, errBroken
	}
	return b.DB.Promises(ctx, brandID, incidentID, state, from, n)
}

func (b *brokenStore) Centres(ctx context.Context, brandID, incidentID int64, p desk.Paging) ([]desk.Centre, error) {
	if brandID == b.pages {
		return nil, errBroken
	}
	return b.DB.Centres(ctx, brandID, incidentID, p)
}

// publish puts every variant on the board, as the outbox does.
func (r *room) publish(ctx context.Context, ids []int64) error {
	for _, id := range ids {
		s, err := r.db.Statement(ctx, id)
		if err != nil {
			return err
		}
		for _, a := range s.Aims([]desk.Channel{r.channel}) {
			if _, err := r.Put(ctx, r.channel, r.post(&s, a.Variant)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *room) post(s *desk.Statement, v desk.Variant) desk.Post {
	return desk.Post{BrandID: s.BrandID, ChannelID: r.channel.ID, StatementID: s.ID, VariantID: v.ID, IncidentID: s.IncidentID, Key: "key" + v.ID + s.Title, Lang: v.Lang, Title: v.Title, Text: v.Text}
}

func (r *room) retract(context.Context, int64, string) error { return nil }

// say has a statement signed and put out.
func (r *room) say(stands string, variants ...desk.Variant) desk.Statement {
	r.t.Helper()
	s, err := r.begin(r.lead, r.brand.ID, r.incident.ID, 0, desk.Words{Title: variants[0].Title, Kind: "update", Stands: stands, Variants: variants})
	r.must(err)
	r.sign(s.ID)
	r.must(r.publish(r.lead, []int64{s.ID}))
	return s
}

// get asks the site, built anew, for a path of the brand's home.
func (r *room) get(path string) (int, string) {
	r.t.Helper()
	r.must(r.builder.Build(r.t.Context()))
	w := httptest.NewRecorder()
	r.site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/c/aurora/"+path, nil))
	body, err := io.ReadAll(w.Result().Body)
	r.must(err)
	return w.Code, string(body)
}

func (r *room) shows(path string, want ...string) {
	r.t.Helper()
	code, body := r.get(path)
	for _, w := range want {
		if code != http.StatusOK || !strings.Contains(body, w) {
			r.t.Errorf("%s answers %d without %q", path, code, w)
		}
	}
}

func (r *room) hides(path string, not ...string) {
	r.t.Helper()
	_, body := r.get(path)
	for _, n := range not {
		if strings.Contains(body, n) {
			r.t.Errorf("%s shows %q", path, n)
		}
	}
}

var kettle = []desk.CentreText{
	{Lang: "en", Title: "Please stop using the kettle", About: "A handle came off.", Do: []string{"Stop using it."}, Help: []string{"Call +48 800 555 012"}, Questions: []desk.CentreQuestion{{Question: "Which one?", Answer: "1.7 litres."}}},
	{Lang: "he", Title: "הפסיקו להשתמש בקומקום", Do: []string{"להפסיק"}},
}

// A page is prepared in quiet times, signed, published in one act for a crisis, updated, corrected, and taken down; the public sees what
// was signed and nothing else.
func TestFromQuietTimesToTheEnd(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	page, err := r.Save(r.lead, desk.Centre{BrandID: r.brand.ID, Name: "Kettle", Draft: kettle})
	r.must(err)
	if page.Slug != "kettle" || page.Stage != desk.CentreDark || page.Draft[0].Questions[0].ID != "q1" {
		t.Errorf("prepared %+v", page)
	}
	if code, _ := r.get("kettle/"); code != http.StatusNotFound {
		t.Errorf("a dark page answers %d", code)
	}
	f, err := r.Preview(r.lead, page.ID, "he.html")
	if err != nil || !strings.Contains(string(f.Body), "הפסיקו") || !strings.Contains(string(f.Body), "noindex") || !strings.Contains(string(f.Body), `dir="rtl"`) {
		t.Errorf("preview: %v", err)
	}
	if _, err := r.Publish(r.lead, page.ID, r.incident.ID, nil); err == nil {
		t.Error("a page that nobody signed was published")
	}
	page, err = r.Ask(r.lead, page.ID, desk.Severe)
	r.must(err)
	if _, err := r.Publish(r.lead, page.ID, r.incident.ID, nil); err == nil {
		t.Error("a page that is being signed was published")
	}
	r.sign(page.Asked.StatementID)
	page.Draft[0].Do = []string{"Throw it away!"} // written after it was signed
	page, err = r.Save(r.lead, page)
	r.must(err)
	page, err = r.Publish(r.lead, page.ID, r.incident.ID, nil)
	r.must(err)
	r.shows("kettle/", "Please stop using the kettle", "Stop using it.", `href="tel:+48800555012"`, `href="he.html"`, `id="q1"`, "We are aware")
	r.hides("kettle/", "Throw it away", "noindex")
	r.shows("kettle/he.html", "הפסיקו להשתמש", `dir="rtl"`)
	r.shows("", "Please stop using the kettle", `href="kettle/"`)

	first := r.say("finding", desk.Variant{ID: "v1", Lang: "en", Title: "We test it", Text: "All kettles are tested."}, desk.Variant{ID: "v2", Lang: "he", Title: "בודקים", Text: "כל הקומקומים נבדקים."})
	r.say("acting", desk.Variant{ID: "v1", Lang: "en", Title: "New ones go out", Text: "Tomorrow."})
	r.shows("kettle/", "Finding out", "All kettles are tested.", "New ones go out", `href="update-1.html"`)
	r.shows("kettle/update-1.html", "All kettles are tested.", "There is a newer update.")
	r.shows("kettle/update-1.he.html", "כל הקומקומים נבדקים.")
	r.shows("kettle/he.html", "בודקים", "New ones go out") // what is not translated is shown as it is

	p := r.post(&first, first.Variants[0])
	shown, err := r.Shown(r.lead, r.channel, p)
	r.must(err)
	again, err := r.Put(r.lead, r.channel, p)
	if err != nil || again != shown {
		t.Errorf("put again: %+v, %v; want %+v", again, err, shown)
	}
	p.NativeID, p.Key, p.Text = shown.NativeID, "corrected", "All kettles of series 24K are tested."
	if _, err := r.Change(r.lead, r.channel, p); err != nil {
		t.Error(err)
	}
	r.shows("kettle/update-1.html", "All kettles of series 24K are tested.", "Corrected on")
	r.hides("kettle/", "All kettles are tested.")
	r.must(r.Take(r.lead, r.channel, p))
	r.must(r.Take(r.lead, r.channel, p))
	r.shows("kettle/update-1.html", "כל הקומקומים נבדקים.") // the other language stays
	if _, err := r.Shown(r.lead, r.channel, p); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("what was taken back is shown: %v", err)
	}

	if _, err := r.Withdraw(r.lead, page.ID, " "); err == nil {
		t.Error("taken down without a reason")
	}
	_, err = r.Withdraw(r.lead, page.ID, "It is over.")
	r.must(err)
	if code, body := r.get("kettle/"); code != http.StatusGone || strings.Contains(body, "kettle 1.7") || !strings.Contains(body, "This page was taken down") {
		t.Errorf("a page that was taken down answers %d: %s", code, body)
	}
	if code, _ := r.get("kettle/update-1.html"); code != http.StatusNotFound {
		t.Errorf("its updates answer %d", code)
	}
	var wrong *desk.Invalid
	if _, err := r.Put(r.lead, r.channel, r.post(&first, desk.Variant{ID: "v9", Lang: "en", Text: "x"})); !errors.As(err, &wrong) {
		t.Errorf("an update on a page that was taken down: %v", err)
	}
}

// Without a prepared page the first statement of a crisis makes one.
func TestAPageIsMadeByTheFirstWord(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.say("", desk.Variant{ID: "v1", Lang: "en", Title: "We know of it", Text: "We look into it."}, desk.Variant{ID: "v2", Lang: "pl", Title: "Wiemy", Text: "Sprawdzamy."})
	all, err := r.List(r.lead, r.brand.ID, r.incident.ID, desk.Paging{})
	if err != nil || len(all) != 1 || len(all[0].Updates) != 1 || len(all[0].Updates[0].Said) != 2 {
		t.Fatalf("pages %+v, %v", all, err)
	}
	r.shows(all[0].Slug+"/", "We know of it", "We look into it.")
	r.shows(all[0].Slug+"/pl.html", "Sprawdzamy.", "Wiemy o tym")
}

// What was sent to be signed is what goes public: words that somebody changed in the statement afterwards are not taken.
func TestOnlySignedWords(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	page, err := r.Save(r.lead, desk.Centre{BrandID: r.brand.ID, IncidentID: r.incident.ID, Draft: kettle[:1]})
	r.must(err)
	page, err = r.Ask(r.lead, page.ID, desk.Severe)
	r.must(err)
	_, err = r.db.ChangeStatement(r.lead, page.Asked.StatementID, desk.ActOf(r.lead, "x", ""), func(s *desk.Statement, out *desk.Out) error {
		s.State, s.Variants[0].Text, out.Say = desk.StatementApproved, "Buy our new kettle.", desk.Say("x")
		return nil
	})
	r.must(err)
	var wrong *desk.Invalid
	if _, err := r.Publish(r.lead, page.ID, 0, nil); !errors.As(err, &wrong) || wrong.Field != "centre" {
		t.Errorf("published: %v", err)
	}
	if code, _ := r.get(page.Slug + "/"); code != http.StatusNotFound {
		t.Errorf("the page answers %d", code)
	}
}
