package match

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"breakwater/desk"
	"breakwater/store"
)

// What was not useful teaches the monitor's detectors a little, within bounds, in the journal, and can be taken back.
func TestTeach(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var told []int64
	s := NewMonitors(db, func(id int64) { told = append(told, id) }, slog.New(slog.DiscardHandler))
	lead := desk.WithActor(t.Context(), desk.Actor{Who: "user:1", Name: "Ana", Role: desk.Lead})
	m, err := s.Save(lead, desk.Monitor{BrandID: 1, Name: "Aurora", Query: "aurora"})
	if err != nil {
		t.Fatal(err)
	}
	alert := func(because, detector string) desk.Alert {
		return desk.Alert{Because: because, Why: "three posts", Signals: []desk.Signal{{Detector: detector, MonitorID: m.ID}, {Detector: "mood", MonitorID: m.ID * 0}}}
	}
	taught := func(want float64) {
		t.Helper()
		if got, err := s.One(lead, m.ID); err != nil || got.Taught != want {
			t.Errorf("taught %v, %v; want %v", got.Taught, err, want)
		}
	}
	for _, tt := range []struct {
		because, detector string
		want              float64
	}{
		{desk.BecauseSmall, "surge", 0.10}, {desk.BecauseJoke, "mood", 0.15}, {desk.BecauseCampaign, "surge", 0.15},
		{desk.BecauseNotUs, "surge", 0.15}, {desk.BecauseKnown, "surge", 0.15}, {desk.BecauseSmall, "threshold", 0.15},
	} {
		if err := s.Teach(lead, alert(tt.because, tt.detector)); err != nil {
			t.Error(err)
		}
		taught(tt.want)
	}
	for range 9 {
		if err := s.Teach(lead, alert(desk.BecauseSmall, "surge")); err != nil {
			t.Error(err)
		}
	}
	taught(desk.MaxTaught)
	m, _ = s.One(lead, m.ID)
	m.Sensitivity = "high"
	if _, err := s.Save(lead, m); err != nil { // a person's change of something else leaves it as it is
		t.Error(err)
	}
	taught(desk.MaxTaught)
	responder := desk.WithActor(t.Context(), desk.Actor{Who: "user:2", Role: desk.Responder})
	if err := s.Unteach(responder, m.ID); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a responder's Unteach = %v, want forbidden", err)
	}
	told = nil
	if err := s.Unteach(lead, m.ID); err != nil || len(told) != 1 {
		t.Errorf("Unteach = %v, told %v", err, told)
	}
	taught(0)
	entries, err := db.Journal(t.Context(), desk.EntryFilter{On: fmt.Sprint("monitor:", m.ID), Do: "monitor.teach"})
	if err != nil || len(entries) != 7 || entries[6].Say.English() != "Aurora learned: its detectors now ask for 10 % more before they speak." || entries[6].Why != "three posts" {
		t.Errorf("journal %+v, %v; want six lessons and one forgetting", entries, err)
	}
}
