package incident

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
	"breakwater/store"
)

// calm says that twenty an hour are usual.
type calm struct{ fail error }

func (c calm) Forecast(ctx context.Context, a desk.Ask) ([]desk.Band, error) { return c.Usual(ctx, a) }

func (c calm) Usual(_ context.Context, a desk.Ask) ([]desk.Band, error) {
	return []desk.Band{{At: a.From, Low: 10, Expected: 20, High: 30}}, c.fail
}

func (c calm) Words(context.Context, desk.Ask, int) ([]desk.Share, error) {
	return []desk.Share{{Name: "dragged", Count: 9, Ratio: 12}}, c.fail
}

type desks struct {
	*Register
	db      *store.DB
	monitor desk.Monitor
	lead    context.Context
	helper  context.Context // a responder
	viewer  context.Context
}

func newDesks(t *testing.T, u Usual) *desks {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	t.Cleanup(func() { db.Close() })
	d := &desks{Register: New(db, u, slog.New(slog.DiscardHandler)), db: db}
	as := func(id int, name string, r desk.Role) context.Context {
		return desk.WithActor(ctx, desk.Actor{Who: fmt.Sprint("user:", id), Name: name, Role: r})
	}
	d.lead, d.helper, d.viewer = as(1, "Lea", desk.Lead), as(2, "Ron", desk.Responder), as(3, "Vi", desk.Viewer)
	act := desk.Act{Who: "desk", Do: "test"}
	brand, err := db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, out.Say = "Aurora", desk.Say("made")
		return nil
	})
	check(t, err)
	d.monitor = d.addMonitor(t, brand.ID, "brand")
	return d
}

func (d *desks) addMonitor(t *testing.T, brandID int64, kind string) desk.Monitor {
	t.Helper()
	m, err := d.db.ChangeMonitor(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(m *desk.Monitor, out *desk.Out) error {
		m.BrandID, m.Kind, m.Name, out.Say = brandID, kind, "Aurora", desk.Say("made")
		return nil
	})
	check(t, err)
	return m
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// field is the field that an error is about, or the error.
func field(err error) string {
	var invalid *desk.Invalid
	switch {
	case err == nil:
		return ""
	case errors.As(err, &invalid):
		return invalid.Field
	}
	return err.Error()
}

func TestLife(t *testing.T) {
	t.Parallel()
	d := newDesks(t, calm{})
	i, err := d.Open(d.lead, Opening{BrandID: d.monitor.BrandID, Title: " Passenger\n dragged off ", Known: "Flight 3411"})
	check(t, err)
	if i.Title != "Passenger dragged off" || i.Level != desk.Crisis || i.State != desk.IncidentOpen || i.Lead != "Lea" || i.Began.IsZero() {
		t.Errorf("opened %+v", i)
	}
	id := i.ID
	for _, step := range []struct {
		name string
		do   func() error
		want string
	}{
		{"note", func() error { _, err := d.Note(d.helper, id, "The crew was called."); return err }, ""},
		{"empty note", func() error { _, err := d.Note(d.helper, id, " \n"); return err }, "note"},
		{"note of a viewer", func() error { _, err := d.Note(d.viewer, id, "x"); return err }, desk.ErrForbidden.Error()},
		{"describe", func() error {
			_, err := d.Describe(d.helper, id, i.Version, "Flight 3411", "He is a doctor.")
			return err
		}, ""},
		{"describe what changed meanwhile", func() error { _, err := d.Describe(d.helper, id, i.Version, "x", ""); return err }, desk.ErrConflict.Error()},
		{"level without a reason", func() error { _, err := d.SetLevel(d.lead, id, desk.Severe, " "); return err }, "why"},
		{"level of a responder", func() error { _, err := d.SetLevel(d.helper, id, desk.Severe, "x"); return err }, desk.ErrForbidden.Error()},
		{"level", func() error { _, err := d.SetLevel(d.lead, id, desk.Severe, "somebody is hurt"); return err }, ""},
		{"lead", func() error { _, err := d.Assign(d.helper, id, "Omar"); return err }, ""},
		{"close without outcome", func() error { _, err := d.Close(d.lead, id, ""); return err }, "outcome"},
		{"close", func() error { _, err := d.Close(d.lead, id, "settled"); return err }, ""},
		{"close twice", func() error { _, err := d.Close(d.lead, id, "again"); return err }, desk.ErrInvalidTransition.Error()},
		{"level of what is closed", func() error { _, err := d.SetLevel(d.lead, id, desk.Watch, "x"); return err }, desk.ErrInvalidTransition.Error()},
		{"reopen", func() error { _, err := d.Reopen(d.lead, id, "a second video"); return err }, ""},
	} {
		if err := step.do(); field(err) != step.want {
			t.Errorf("%s = %v, want %q", step.name, err, step.want)
		}
	}
	i, err = d.One(d.viewer, id)
	check(t, err)
	if i.State != desk.IncidentOpen || i.Level != desk.Severe || i.Lead != "Omar" || i.Known != "He is a doctor." {
		t.Errorf("at the end %+v", i)
	}
	entries, err := d.Timeline(d.viewer, id, desk.Paging{})
	check(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Say.English()+" "+e.Why)
	}
	want := []string{
		"Lea opened the incident again. a second video", "Lea closed the incident. settled", "Omar leads now. ",
		"Lea changed the level from 3 to 4. somebody is hurt", "Ron changed what is known. ", "Ron wrote a note. The crew was called.",
		"Lea opened the incident at level 3. ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	d := newDesks(t, calm{})
	for name, tt := range map[string]struct {
		ctx  context.Context
		o    Opening
		want string
	}{
		"no title":  {d.lead, Opening{}, "title"},
		"no level":  {d.lead, Opening{Title: "x", Level: 9}, "level"},
		"responder": {d.helper, Opening{Title: "x"}, desk.ErrForbidden.Error()},
	} {
		if _, err := d.Open(tt.ctx, tt.o); field(err) != tt.want {
			t.Errorf("%s: Open = %v, want %q", name, err, tt.want)
		}
	}
	whole, err := d.Open(d.lead, Opening{BrandID: d.monitor.BrandID, Title: "x"})
	if err != nil || len(whole.Monitors) != 0 {
		t.Errorf("monitors of the whole brand = %v, %v; want none, where each mention counts once", whole.Monitors, err)
	}
	d.addMonitor(t, d.monitor.BrandID, "competitor")
	ours, err := d.Open(d.lead, Opening{BrandID: d.monitor.BrandID, Title: "x"})
	if !slices.Equal(ours.Monitors, []int64{d.monitor.ID}) || err != nil {
		t.Errorf("monitors beside a competitor's = %v, %v; want ours", ours.Monitors, err)
	}
	all, err := d.List(d.viewer, d.monitor.BrandID, desk.Paging{})
	if err != nil || len(all) != 2 || all[0].ID != ours.ID {
		t.Errorf("List = %+v, %v", all, err)
	}
}

func TestOpenFrom(t *testing.T) {
	t.Parallel()
	d := newDesks(t, calm{})
	began := time.Now().Add(-20 * time.Minute).UTC().Truncate(time.Second)
	a := desk.Alert{
		ID: 12, BrandID: d.monitor.BrandID, MonitorID: d.monitor.ID, Level: desk.Severe, Opened: began.Add(5 * time.Minute),
		Title:   desk.Say("Many more mentions than usual: {monitor}", "monitor", "Aurora"),
		Signals: []desk.Signal{{Evidence: desk.Evidence{Since: began}}},
	}
	id, err := d.OpenFrom(d.helper, a)
	check(t, err)
	i, err := d.One(d.viewer, id)
	check(t, err)
	if i.Title != "Aurora" || i.Level != desk.Severe || i.AlertID != 12 || !i.Began.Equal(began) || len(i.Monitors) != 0 {
		t.Errorf("incident = %+v, want one about the whole brand", i)
	}
	byToken := desk.WithActor(t.Context(), desk.Actor{Who: "token:3", UserID: 1, Name: "Lea (script)", Person: "Lea", Role: desk.Responder})
	id, err = d.OpenFrom(byToken, a)
	check(t, err)
	if i, err = d.One(d.viewer, id); err != nil || i.Lead != "Lea" {
		t.Errorf("opened by a token, %q leads; want its owner: %v", i.Lead, err)
	}
	opened, err := d.db.ChangeAlert(t.Context(), 0, desk.Act{Who: "desk", Do: "alert.open"}, func(n *desk.Alert, out *desk.Out) error {
		n.BrandID, n.Title, n.State, out.Say = a.BrandID, a.Title, desk.AlertOpen, desk.Say("It moves.")
		return nil
	})
	check(t, err)
	id, err = d.OpenFrom(d.helper, opened)
	check(t, err)
	if told, err := d.Timeline(d.viewer, id, desk.Paging{}); err != nil || told[len(told)-1].Do != "alert.open" {
		t.Errorf("the timeline is %+v, %v; want it to begin with the alert", told, err)
	}
	if _, err := d.OpenFrom(d.viewer, a); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a viewer's = %v, want forbidden", err)
	}
}
