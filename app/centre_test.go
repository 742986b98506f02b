package app

import (
	"errors"
	"log/slog"
	"testing"

	"breakwater/desk"
	"breakwater/store"
)

// A brand's copies never get the pages of another brand, whatever addresses are stored.
func TestCopiesHaveTheirOwnBrandsPages(t *testing.T) {
	t.Parallel()
	c := Config{Data: t.TempDir(), PublicURL: "https://desk.example", Log: slog.New(slog.DiscardHandler)}
	db, err := store.Open(t.Context(), store.Config{Path: c.Data, Log: c.Log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &stages{db: db}
	newCentre(s, c)
	act := desk.Act{Who: "desk", Do: "test"}
	var brands []int64
	for _, name := range []string{"Aurora", "Borealis"} {
		b, err := db.ChangeBrand(t.Context(), 0, act, func(b *desk.Brand, out *desk.Out) error {
			b.Name, b.Zone, out.Say = name, "UTC", desk.Say("x")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ChangeChannel(t.Context(), 0, act, func(ch *desk.Channel, out *desk.Out) error {
			ch.BrandID, ch.Kind, ch.Name, ch.Settings, out.Say = b.ID, desk.CentreKind, name, desk.Settings{"path": "help"}, desk.Say("x")
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		brands = append(brands, b.ID)
	}
	if e, err := s.edition(t.Context(), brands[0]); err != nil || len(e.Files) == 0 {
		t.Errorf("who had the address first: %d files, %v", len(e.Files), err)
	}
	var wrong *desk.Invalid
	if e, err := s.edition(t.Context(), brands[1]); !errors.As(err, &wrong) {
		t.Errorf("the other one: %d files, %v", len(e.Files), err)
	}
}
