package occasion

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func newCalendar(t *testing.T) (*Calendar, desk.Brand) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b, err := db.ChangeBrand(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Aurora", "Europe/Warsaw", desk.Say("made")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return &Calendar{db}, b
}

func TestSave(t *testing.T) {
	t.Parallel()
	c, b := newCalendar(t)
	lead := desk.WithActor(t.Context(), desk.Actor{Who: "user:1", Name: "Ana", Role: desk.Lead})
	good := desk.Occasion{BrandID: b.ID, Kind: "launch", Name: " Jar ", From: now, To: now.Add(time.Hour), Words: []string{" #jar ", "", "#jar"}}
	saved, err := c.Save(lead, good)
	if err != nil || saved.Name != "Jar" || len(saved.Words) != 1 || saved.Words[0] != "#jar" {
		t.Fatalf("Save = %+v, %v", saved, err)
	}
	for name, spoil := range map[string]func(*desk.Occasion){
		"name": func(o *desk.Occasion) { o.Name = " " }, "kind": func(o *desk.Occasion) { o.Kind = "war" },
		"to": func(o *desk.Occasion) { o.To = o.From }, "words": func(o *desk.Occasion) { o.Words = []string{strings.Repeat("x", 101)} },
	} {
		bad := good
		spoil(&bad)
		var wrong *desk.Invalid
		if _, err := c.Save(lead, bad); !errors.As(err, &wrong) || wrong.Field != name {
			t.Errorf("Save with a wrong %s = %v", name, err)
		}
	}
	stale := saved
	stale.Version = 7
	if _, err := c.Save(lead, stale); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("Save of an old version = %v, want a conflict", err)
	}
	saved.BrandID = 99 // stays where it is
	if again, err := c.Save(lead, saved); err != nil || again.BrandID != b.ID || again.Version != 2 {
		t.Errorf("Save again = %+v, %v", again, err)
	}
	viewer := desk.WithActor(t.Context(), desk.Actor{Who: "user:2", Role: desk.Viewer})
	if _, err := c.Save(viewer, good); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a viewer's Save = %v, want forbidden", err)
	}
	if err := c.Delete(viewer, saved.ID); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a viewer's Delete = %v, want forbidden", err)
	}
	if err := c.Delete(lead, saved.ID); err != nil {
		t.Error(err)
	}
	if all, err := c.List(viewer, b.ID, time.Time{}, time.Time{}); err != nil || len(all) != 0 {
		t.Errorf("List = %v, %v; want none", all, err)
	}
}

func calendar(events ...string) *strings.Reader {
	return strings.NewReader("BEGIN:VCALENDAR\n" + strings.Join(events, "") + "END:VCALENDAR\n")
}

func event(uid, name, from, more string) string {
	return "BEGIN:VEVENT\nUID:" + uid + "\nSUMMARY:" + name + "\nDTSTART:" + from + "\n" + more + "END:VEVENT\n"
}

// A calendar is imported again after it changed: nothing is there twice, and what people added to it stays.
func TestImportAgain(t *testing.T) {
	t.Parallel()
	c, b := newCalendar(t)
	lead := desk.WithActor(t.Context(), desk.Actor{Who: "user:1", Name: "Ana", Role: desk.Lead})
	first := calendar(event("a", "Launch of the #jar", "20260610T080000", "DURATION:P1D\n"), event("b", "Weekly match", "20260606T180000", "RRULE:FREQ=WEEKLY;COUNT=3\n"),
		event("c", "Long ago", "20200101T000000", ""), event("d", "In ten years", "20360101T000000", ""))
	got, err := c.Import(lead, b.ID, first, now)
	if want := (Imported{Added: 4, Left: 2}); err != nil || got != want {
		t.Fatalf("Import = %+v, %v; want %+v", got, err, want)
	}
	all, err := c.List(lead, b.ID, now, time.Time{})
	if err != nil || len(all) != 4 || all[1].Kind != "launch" || all[1].Words[0] != "#jar" || all[0].Kind != "match" ||
		!all[1].From.Equal(time.Date(2026, 6, 10, 6, 0, 0, 0, time.UTC)) {
		t.Fatalf("occasions %+v, %v", all, err)
	}
	ours := all[1]
	ours.Kind, ours.Words = "campaign", []string{"jar"}
	if _, err := c.Save(lead, ours); err != nil {
		t.Fatal(err)
	}
	again := calendar(event("a", "Launch of the #jar, moved", "20260610T080000", "DURATION:P2D\n"), event("b", "Weekly match", "20260606T180000", "RRULE:FREQ=WEEKLY;COUNT=3\n"))
	got, err = c.Import(lead, b.ID, again, now)
	if want := (Imported{Changed: 1, Known: 3}); err != nil || got != want {
		t.Errorf("Import again = %+v, %v; want %+v", got, err, want)
	}
	o, err := c.One(lead, ours.ID)
	if err != nil || o.Name != "Launch of the #jar, moved" || o.Kind != "campaign" || strings.Join(o.Words, " ") != "jar #jar" {
		t.Errorf("occasion %+v, %v; want its new name with what people said of it", o, err)
	}
	var wrong *desk.Invalid
	if _, err := c.Import(lead, b.ID, strings.NewReader("hello"), now); !errors.As(err, &wrong) || wrong.Field != "file" {
		t.Errorf("Import of what is no calendar = %v", err)
	}
}
