package assess

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"breakwater/desk"
	"breakwater/store"
)

// bench is a stage on a real store, with an incident and people of each role.
type bench struct {
	t                         *testing.T
	db                        *store.DB
	room                      desk.Incident
	monitor                   desk.Monitor
	viewer, responder, leader context.Context
}

func newBench(t *testing.T) *bench {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	t.Cleanup(func() { db.Close() })
	b := &bench{t: t, db: db}
	as := func(id int, name string, r desk.Role) context.Context {
		return desk.WithActor(t.Context(), desk.Actor{Who: fmt.Sprint("user:", id), Name: name, Role: r})
	}
	b.viewer, b.responder, b.leader = as(1, "Vi", desk.Viewer), as(2, "Ron", desk.Responder), as(3, "Lea", desk.Lead)
	act := desk.Act{Who: "desk", Do: "test"}
	brand, err := db.ChangeBrand(t.Context(), 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Kavelund", "Europe/Stockholm", desk.Say("made")
		return nil
	})
	check(t, err)
	b.monitor, err = db.ChangeMonitor(t.Context(), 0, act, func(m *desk.Monitor, out *desk.Out) error {
		m.BrandID, m.Kind, m.Name, out.Say = brand.ID, "brand", "Kavelund", desk.Say("made")
		return nil
	})
	check(t, err)
	b.room, err = db.ChangeIncident(t.Context(), 0, act, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.Title, i.State, i.Level, i.Opened, i.Began, out.Say = brand.ID, "Glass in jars", desk.IncidentOpen, desk.Crisis, noon, noon, desk.Say("opened")
		return nil
	})
	check(t, err)
	return b
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// field is the field that an error is about, or the error; empty for none.
func field(err error) string {
	var invalid *desk.Invalid
	switch {
	case err == nil:
		return ""
	case errors.As(err, &invalid):
		return invalid.Field
	}
	for _, known := range []error{desk.ErrForbidden, desk.ErrNotFound, desk.ErrConflict, desk.ErrInvalidTransition} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return err.Error()
}
