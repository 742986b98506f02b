package mirror

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
)

// of is an edition of files with these bodies.
func of(files map[string]string) Edition {
	e := Edition{Files: map[string]File{}}
	for name, body := range files {
		e.Files[name] = File{Type: "text/html", Body: []byte(body)}
	}
	return e
}

func names(all []Step) (out []string) {
	for _, s := range all {
		if s.Gone {
			s.Name = "-" + s.Name
		}
		out = append(out, s.Name)
	}
	return out
}

// What is led to comes before what leads there, and what is gone goes when nothing leads to it any more; what is there already stays.
func TestOrderOfSteps(t *testing.T) {
	t.Parallel()
	e := of(map[string]string{"index.html": "1", "he.html": "1", "feed.xml": "1", "banner.html": "1", "summary.json": "1", "media/a.jpg": "1", "kettle/index.html": "1", "kettle/zh-Hant.html": "1",
		"kettle/update-1.html": "1", "kettle/update-1.he.html": "1", "kettle/notice.html": "1", "kettle/next.ics": "1"})
	has := e.hashes()
	has["old/index.html"], has["media/b.jpg"], has["kettle/notice.html"] = "x", "x", unknown
	delete(has, "kettle/index.html")
	if got, want := names(steps(has, e)), []string{"kettle/notice.html", "kettle/index.html", "-media/b.jpg", "-old/index.html"}; !slices.Equal(got, want) {
		t.Errorf("steps %v, want %v", got, want)
	}
	want := []string{"media/a.jpg", "kettle/next.ics", "kettle/notice.html", "kettle/update-1.he.html", "kettle/update-1.html", "kettle/index.html", "kettle/zh-Hant.html", "banner.html", "feed.xml", "summary.json", "he.html", "index.html"}
	if got := names(steps(nil, e)); !slices.Equal(got, want) {
		t.Errorf("steps %v, want %v", got, want)
	}
	if nameOf(e.hashes()) == nameOf(has) {
		t.Error("two editions have one name")
	}
}

// oneCarrier is a store with one copy.
type oneCarrier struct {
	Store
	kept    map[string]string
	version *int
}

func (o oneCarrier) Carrier(context.Context, int64) (desk.Carrier, error) {
	return desk.Carrier{ID: 1, Version: *o.version}, nil
}

func (o oneCarrier) CarrierFiles(context.Context, int64) (map[string]string, error) {
	return o.kept, nil
}

// An edition without any file is a fault of ours: it takes nothing off the web.
func TestAnEmptyEditionTakesNothing(t *testing.T) {
	t.Parallel()
	touched := false
	kind := Kind{Spec: desk.Spec{Kind: "x"}, Open: func(desk.Settings) (Place, error) { touched = true; return nil, errHeld }}
	around := Around{Edition: func(context.Context, int64) (Edition, error) { return Edition{}, nil }, Held: func(context.Context, int64) (bool, error) { return false, nil }}
	d := New(oneCarrier{kept: map[string]string{"index.html": "1"}}, []Kind{kind}, around, slog.New(slog.DiscardHandler))
	if _, err := d.once(t.Context(), &desk.Carrier{ID: 1, Kind: "x"}); !errors.Is(err, errNothing) || touched {
		t.Errorf("touched %v, %v", touched, err)
	}
}

// A push is waited for by a hold from its first yes until it is told of the hold, and ends when people change or pause the copy.
func TestMayOfAPush(t *testing.T) {
	t.Parallel()
	held, version := false, 1
	d := New(oneCarrier{version: &version}, nil, Around{Held: func(context.Context, int64) (bool, error) { return held, nil }}, slog.New(slog.DiscardHandler))
	c := &desk.Carrier{ID: 1, BrandID: 7, Version: 1}
	under := func(want int) {
		t.Helper()
		if d.under[7] != want {
			t.Errorf("%d pushes are waited for, want %d", d.under[7], want)
		}
	}
	may, end := d.may(t.Context(), c, false)
	under(0) // its server may be down
	if err := may(); err != nil {
		t.Error(err)
	}
	under(1)
	held = true
	if err := may(); !errors.Is(err, errHeld) {
		t.Errorf("under a hold: %v", err)
	}
	under(0)
	end()
	under(0)
	may, end = d.may(t.Context(), c, true)
	if err := may(); err != nil {
		t.Errorf("what a hold lets through: %v", err)
	}
	under(0)
	held, version = false, 2
	if err := may(); !errors.Is(err, errChanged) {
		t.Errorf("after it was paused: %v", err)
	}
	end()
	under(0)
}

// Nobody is alarmed about a copy that never was: whoever sets it up looks at it.
func TestNoAlarmAtSetUp(t *testing.T) {
	t.Parallel()
	for _, good := range []time.Time{{}, time.Unix(1, 0)} {
		told := 0
		d := New(settled{}, nil, Around{Alarm: func(context.Context, int64, string, desk.Text) { told++ }}, slog.New(slog.DiscardHandler))
		c := &desk.Carrier{ID: 1, CarrierState: desk.CarrierState{Good: good}}
		for range 4 {
			if err := d.settle(t.Context(), c, desk.Job{}, &Stranger{Shown: "SHA256:x"}); err != nil {
				t.Fatal(err)
			}
		}
		if (told > 0) == good.IsZero() {
			t.Errorf("whole at %v: %d alarms", good, told)
		}
	}
}

// settled is a store that takes what a push came to.
type settled struct{ Store }

func (settled) SetCarrierState(context.Context, desk.Carrier) error     { return nil }
func (settled) FailJob(context.Context, int64, time.Time, string) error { return nil }
