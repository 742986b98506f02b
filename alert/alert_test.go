package alert

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
	"breakwater/store"
)

// start is when these stories begin.
var start = time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }

// office is a desk with one brand, one monitor, one source and a way for the team that hears of everything from level 2 on.
type office struct {
	db      *store.DB
	router  *Router
	monitor desk.Monitor
	source  desk.Source
	team    desk.Way
	opened  []desk.Alert // what incidents were opened from
	ana     context.Context
}

func newOffice(t *testing.T) *office {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	t.Cleanup(func() { db.Close() })
	o := &office{db: db, ana: desk.WithActor(ctx, desk.Actor{Who: "user:1", UserID: 7, Name: "Ana", Role: desk.Responder})}
	act := desk.Act{Who: "desk", Name: "Breakwater", Do: "test"}
	brand, err := db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Aurora", "Europe/Warsaw", desk.Say("made")
		return nil
	})
	check(t, err)
	o.monitor, err = db.ChangeMonitor(ctx, 0, act, func(m *desk.Monitor, out *desk.Out) error {
		m.BrandID, m.Name, out.Say = brand.ID, "Aurora Airlines", desk.Say("made")
		return nil
	})
	check(t, err)
	o.source, err = db.ChangeSource(ctx, 0, act, func(s *desk.Source, out *desk.Out) error {
		s.BrandID, s.Name, s.Kind, out.Say = brand.ID, "News feed", "feed", desk.Say("made")
		return nil
	})
	check(t, err)
	o.team, err = db.ChangeWay(ctx, 0, act, func(w *desk.Way, out *desk.Out) error {
		w.Name, w.Kind, w.MinLevel, w.Lang, out.Say = "Team", "email", desk.Issue, "en", desk.Say("made")
		return nil
	})
	check(t, err)
	open := func(_ context.Context, a desk.Alert) (int64, error) {
		o.opened = append(o.opened, a)
		return 77, nil
	}
	o.router = NewRouter(db, open, slog.New(slog.DiscardHandler))
	return o
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (o *office) signal(detector string, level desk.Level, observed float64) desk.Signal {
	return desk.Signal{
		Detector: detector, MonitorID: o.monitor.ID, Strength: 1.5, Level: level, At: start,
		Why:      desk.Say("{n} mentions of {monitor} in {minutes} minutes.", "n", int(observed), "monitor", o.monitor.Name, "minutes", 15),
		Evidence: desk.Evidence{Observed: observed, Window: 15, Since: start},
	}
}

func (o *office) take(t *testing.T, now time.Time, s ...desk.Signal) {
	t.Helper()
	check(t, o.router.take(t.Context(), s, now))
}

func (o *office) alerts(t *testing.T) []desk.Alert {
	t.Helper()
	all, err := o.db.Alerts(t.Context(), desk.AlertFilter{})
	check(t, err)
	slices.Reverse(all)
	return all
}

// messages are the keys of the messages that wait, oldest first.
func (o *office) messages(t *testing.T) []string {
	t.Helper()
	jobs, err := o.db.Jobs(t.Context(), false, desk.Paging{})
	check(t, err)
	var keys []string
	for _, j := range jobs {
		if j.Kind == JobKind {
			keys = append(keys, j.Key)
		}
	}
	slices.Reverse(keys)
	return keys
}

func TestOneSituationOneAlert(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.take(t, at(0), o.signal("surge", desk.Watch, 100))
	o.take(t, at(1), o.signal("surge", desk.Watch, 110)) // no news
	o.take(t, at(2), o.signal("surge", desk.Watch, 160), o.signal("mood", desk.Issue, 40))
	o.take(t, at(3), o.signal("mood", desk.Issue, 45)) // no news
	o.take(t, at(4), o.signal("mood", desk.Crisis, 50))
	all := o.alerts(t)
	if len(all) != 1 {
		t.Fatalf("%d alerts, want one: %+v", len(all), all)
	}
	a := all[0]
	if a.Level != desk.Crisis || a.State != desk.AlertOpen || len(a.Signals) != 2 || a.Signals[0].Detector != "mood" || !a.Opened.Equal(at(0)) {
		t.Errorf("alert = %+v, want open at crisis, mood before surge", a)
	}
	want := []string{key(a.ID, o.team.ID, desk.Issue, ""), key(a.ID, o.team.ID, desk.Crisis, "")}
	if diff := cmp.Diff(want, o.messages(t)); diff != "" {
		t.Errorf("messages (-want +got): one for each level that the team hears of\n%s", diff)
	}
	entries, err := o.db.Journal(t.Context(), desk.EntryFilter{Do: "alert."})
	check(t, err)
	if len(entries) != 3 {
		t.Errorf("%d journal entries, want three: opened, rose to 2, rose to 3", len(entries))
	}
}

func TestAfterDecisionAndEnd(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		before func(o *office, t *testing.T, id int64) // what people do after the alert at level 2
		now    time.Time
		level  desk.Level
		want   int // alerts afterwards
		live   bool
	}{
		{"routine, goes on", decide("routine", ""), time.Now().Add(time.Minute), desk.Issue, 1, false},
		{"routine, gets worse", decide("routine", ""), time.Now().Add(time.Minute), desk.Crisis, 2, true},
		{"routine, goes on the next day", decide("routine", ""), time.Now().Add(13 * time.Hour), desk.Issue, 2, true},
		{"watch, goes on", decide("watch", ""), time.Now().Add(time.Minute), desk.Issue, 1, false},
		{"not useful, goes on", decide("not_useful", "our own campaign"), time.Now().Add(20 * time.Hour), desk.Issue, 1, false},
		{"ended by hand, goes on", (*office).endByHand, time.Now().Add(time.Minute), desk.Issue, 1, false},
		{"ended by hand, gets worse", (*office).endByHand, time.Now().Add(time.Minute), desk.Crisis, 2, true},
		{"muted and ended, goes on", (*office).muteAndEnd, time.Now().Add(time.Hour), desk.Issue, 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.take(t, time.Now(), o.signal("surge", desk.Issue, 100))
			tt.before(o, t, o.alerts(t)[0].ID)
			o.take(t, tt.now, o.signal("surge", tt.level, 120))
			all := o.alerts(t)
			last := all[len(all)-1]
			if len(all) != tt.want || last.Live() != tt.live {
				t.Errorf("%d alerts, the last %s; want %d, live %v", len(all), last.State, tt.want, tt.live)
			}
			rose := slices.DeleteFunc(o.messages(t), func(key string) bool { return !strings.Contains(key, "/level:") })
			if len(rose) != tt.want {
				t.Errorf("messages %v, want one for each alert", rose)
			}
		})
	}
}

func decide(decision, why string) func(*office, *testing.T, int64) {
	return func(o *office, t *testing.T, id int64) {
		_, err := o.router.Decide(o.ana, id, desk.Decision{Is: decision, Why: why})
		check(t, err)
	}
}

func (o *office) endByHand(t *testing.T, id int64) {
	_, err := o.router.End(o.ana, id, "over")
	check(t, err)
}

func (o *office) muteAndEnd(t *testing.T, id int64) {
	_, err := o.router.Mute(o.ana, id, time.Now().Add(24*time.Hour), "known since yesterday")
	check(t, err)
	_, err = o.router.end(o.ana, id, theDesk("alert.end", time.Now()), time.Time{}, desk.Say("over"))
	check(t, err)
}

func TestEndsByItself(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.take(t, at(0), o.signal("surge", desk.Issue, 100))
	o.take(t, at(30), o.signal("surge", desk.Issue, 100))
	look := func(now time.Time, want string) {
		t.Helper()
		check(t, o.router.look(t.Context(), now))
		if got := o.alerts(t)[0].State; got != want {
			t.Errorf("state at %s = %s, want %s", now.Format("15:04"), got, want)
		}
	}
	look(at(89), desk.AlertOpen)
	look(at(90), desk.AlertEnded)

	o.take(t, at(120), o.signal("surge", desk.Issue, 100)) // it begins again: the same alert
	if all := o.alerts(t); len(all) != 1 || all[0].State != desk.AlertOpen || all[0].Relapses != 1 {
		t.Errorf("after a relapse: %+v, want the one alert, open, with a relapse", all)
	}
	id := o.alerts(t)[0].ID
	want := []string{key(id, o.team.ID, desk.Issue, ""), key(id, o.team.ID, desk.Issue, over), key(id, o.team.ID, desk.Issue, "again:1")}
	if diff := cmp.Diff(want, o.messages(t)); diff != "" {
		t.Errorf("messages (-want +got): it began, it is over, it begins again\n%s", diff)
	}

	again := NewRouter(o.db, nil, slog.New(slog.DiscardHandler)) // a restart knows what is unfinished
	check(t, again.recall(t.Context()))
	if n := len(again.unfinished()); n != 1 {
		t.Errorf("%d unfinished alerts after a restart, want one", n)
	}
}

// An acknowledgement and a mute are of the alert as it was: one that got worse, or that began again, is to be looked at anew.
func TestAcknowledgedBefore(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		level desk.Level
		end   bool
	}{{"got worse", desk.Crisis, false}, {"began again", desk.Issue, true}} {
		o := newOffice(t)
		now := time.Now()
		o.take(t, now, o.signal("surge", desk.Issue, 100))
		id := o.alerts(t)[0].ID
		_, err := o.router.See(o.ana, id)
		check(t, err)
		_, err = o.router.Mute(o.ana, id, now.Add(2*time.Hour), "We know of it")
		check(t, err)
		if tt.end {
			_, err = o.router.end(t.Context(), id, theDesk("alert.end", now), time.Time{}, desk.Say("over"))
			check(t, err)
			now = now.Add(3 * time.Hour) // not muted any more
		}
		o.take(t, now.Add(time.Minute), o.signal("surge", tt.level, 200))
		a := o.alerts(t)[0]
		if a.State != desk.AlertOpen || a.SeenBy != "" || a.SeenUser != 0 || !a.MutedUntil.IsZero() {
			t.Errorf("%s: it is %s, seen by %q, muted until %s", tt.name, a.State, a.SeenBy, a.MutedUntil)
		}
		if a, err = o.router.See(o.ana, id); err != nil || a.SeenUser != 7 {
			t.Errorf("%s: seen again: %+v, %v", tt.name, a.SeenUser, err)
		}
	}
}

// What one post tells does not wear off while nobody looked.
func TestVoiceWaits(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.take(t, at(0), o.signal("voice", desk.Issue, 500_000))
	check(t, o.router.look(t.Context(), at(300)))
	if got := o.alerts(t)[0].State; got != desk.AlertOpen {
		t.Errorf("state after five hours = %s, want open", got)
	}
	check(t, o.router.look(t.Context(), at(12*60)))
	if got := o.alerts(t)[0].State; got != desk.AlertEnded {
		t.Errorf("state after twelve hours = %s, want ended", got)
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	silent := desk.Signal{Detector: "silence", SourceID: o.source.ID, Strength: 1, Level: desk.Issue, Why: desk.Say("Nothing has come.")}
	check(t, o.router.Take(t.Context(), []desk.Signal{silent}))
	a := o.alerts(t)[0]
	if a.BrandID != o.source.BrandID || a.Title.With["source"] != "News feed" || a.MonitorID != 0 {
		t.Errorf("alert = %+v, want one about the source", a)
	}
	o.take(t, at(0), o.signal("surge", desk.Issue, 100)) // something else: its own alert
	over := desk.Signal{Detector: "silence", SourceID: o.source.ID, Why: desk.Say("It is heard again.")}
	check(t, o.router.Take(t.Context(), []desk.Signal{over}))
	all := o.alerts(t)
	if len(all) != 2 || all[0].State != desk.AlertEnded || all[1].State != desk.AlertOpen {
		t.Errorf("alerts = %+v, want the silence ended and the surge open", all)
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.take(t, at(0), o.signal("surge", desk.Issue, 100))
	id := o.alerts(t)[0].ID
	viewer := desk.WithActor(t.Context(), desk.Actor{Who: "user:2", Name: "Vi", Role: desk.Viewer})
	for _, try := range []func() error{
		func() error { _, err := o.router.See(viewer, id); return err },
		func() error { _, err := o.router.Decide(viewer, id, desk.Decision{Is: "watch", Why: ""}); return err },
		func() error { _, err := o.router.Mute(viewer, id, time.Now().Add(time.Hour), "x"); return err },
		func() error { _, err := o.router.End(viewer, id, "x"); return err },
	} {
		if err := try(); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("a viewer's change = %v, want forbidden", err)
		}
	}
	for range 2 { // seeing twice is no error
		a, err := o.router.See(o.ana, id)
		if err != nil || a.State != desk.AlertSeen || a.SeenBy != "Ana" {
			t.Fatalf("See = %+v, %v", a, err)
		}
	}
	var invalid *desk.Invalid
	if _, err := o.router.Decide(o.ana, id, desk.Decision{Is: "not_useful", Why: ""}); !errors.As(err, &invalid) || invalid.Field != "why" {
		t.Errorf("not useful without a reason = %v, want an Invalid on why", err)
	}
	if _, err := o.router.Decide(o.ana, id, desk.Decision{Is: "watch", Why: ""}); err != nil {
		t.Error(err)
	}
	a, err := o.router.Decide(o.ana, id, desk.Decision{Is: "crisis", Why: "it spreads"})
	if err != nil || a.IncidentID != 77 || a.DecidedBy != "Ana" || len(o.opened) != 1 {
		t.Errorf("crisis = %+v, %v; %d incidents opened", a, err, len(o.opened))
	}
	if _, err := o.router.Decide(o.ana, id, desk.Decision{Is: "crisis", Why: ""}); !errors.Is(err, desk.ErrInvalidTransition) || len(o.opened) != 1 {
		t.Errorf("crisis twice = %v, %d incidents opened; want an invalid transition and one", err, len(o.opened))
	}
	timeline, err := o.db.Journal(t.Context(), desk.EntryFilter{IncidentID: 77})
	check(t, err)
	if len(timeline) != 1 || timeline[0].Why != "it spreads" || timeline[0].Say.English() != "Ana decided: this is a crisis." {
		t.Errorf("timeline = %+v", timeline)
	}
}

func TestMuteNeedsEndAndReason(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.take(t, at(0), o.signal("surge", desk.Issue, 100))
	id := o.alerts(t)[0].ID
	for _, tt := range []struct {
		until time.Time
		why   string
		field string
	}{
		{time.Now().Add(-time.Hour), "x", "until"},
		{time.Now().Add(8 * 24 * time.Hour), "x", "until"},
		{time.Now().Add(time.Hour), "", "why"},
		{time.Now().Add(time.Hour), "known", ""},
		{time.Time{}, "", ""},
	} {
		_, err := o.router.Mute(o.ana, id, tt.until, tt.why)
		var invalid *desk.Invalid
		if errors.As(err, &invalid); (invalid == nil) != (tt.field == "") || invalid != nil && invalid.Field != tt.field {
			t.Errorf("Mute(%v, %q) = %v, want Invalid on %q", tt.until, tt.why, err, tt.field)
		}
	}
}

func TestWhoHears(t *testing.T) {
	t.Parallel()
	ways := []desk.Way{
		{ID: 1, Name: "all"}, {ID: 2, Name: "only crises", MinLevel: desk.Crisis}, {ID: 3, Name: "other brand", BrandID: 9},
		{ID: 4, Name: "our brand", BrandID: 5}, {ID: 5, Name: "paused", Paused: true},
	}
	var got []string
	for _, j := range messages(desk.Alert{ID: 12, BrandID: 5, Level: desk.Issue}, ways, start) {
		got = append(got, strings.TrimPrefix(j.Key, "alert:12/"))
	}
	if diff := cmp.Diff([]string{"way:1/level:2", "way:4/level:2"}, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}
