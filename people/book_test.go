package people

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
	"breakwater/store"
)

var specs = map[string]desk.Spec{
	"hook": {Kind: "hook", Title: "Webhook", Fields: []desk.Field{
		{Name: "url", Kind: "url", Required: true}, {Name: "secret", Kind: "secret"},
		{Name: "format", Kind: "choice", Choices: []string{"json", "form"}, Default: "json"},
	}},
	"email": {Kind: "email", Title: "E-mail", Fields: []desk.Field{
		{Name: "to", Required: true}, {Name: "port", Kind: "number"}, {Name: "tls", Kind: "bool"}, {Name: "notes", Kind: "lines"},
	}},
}

func newBook(t *testing.T, try Try) (b *Book, db *store.DB, admin, lead context.Context) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	admin = desk.WithActor(t.Context(), desk.Actor{Who: "user:1", Name: "Ana", Role: desk.Admin})
	lead = desk.WithActor(t.Context(), desk.Actor{Who: "user:2", Name: "Lea", Role: desk.Lead})
	return New(db, specs, try), db, admin, lead
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSecretsStayHere(t *testing.T) {
	t.Parallel()
	b, db, admin, lead := newBook(t, nil)
	w, err := b.Save(admin, desk.Way{Name: " Team ", Kind: "hook", Settings: desk.Settings{"url": "https://chat.example/x", "secret": "s3cret", "other": "dropped"}})
	must(t, err)
	want := desk.Settings{"url": "https://chat.example/x", "secret": mask, "format": "json"}
	if diff := cmp.Diff(want, w.Settings); diff != "" || w.Name != "Team" {
		t.Errorf("saved %q (-want +got):\n%s", w.Name, diff)
	}
	all, err := b.List(lead)
	must(t, err)
	one, err := b.One(lead, w.ID)
	must(t, err)
	if all[0].Settings["secret"] != mask || one.Settings["secret"] != mask {
		t.Errorf("a secret is shown: %v, %v", all[0].Settings, one.Settings)
	}
	one.Settings["url"] = "https://chat.example/y" // the form comes back with the mask
	_, err = b.Save(admin, one)
	must(t, err)
	kept, err := db.Way(t.Context(), w.ID)
	must(t, err)
	if kept.Settings["secret"] != "s3cret" || kept.Settings["url"] != "https://chat.example/y" {
		t.Errorf("kept %v, want the old secret and the new address", kept.Settings)
	}
	if _, err := b.Save(admin, one); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("saving an old version = %v, want a conflict", err)
	}
	must(t, b.Delete(admin, w.ID))
	if _, err := b.One(lead, w.ID); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("after the deletion One = %v, want not found", err)
	}
}

func TestSaveChecks(t *testing.T) {
	t.Parallel()
	b, _, admin, lead := newBook(t, nil)
	hook := func(set desk.Settings) desk.Way { return desk.Way{Name: "x", Kind: "hook", Settings: set} }
	mail := func(name, value string) desk.Way {
		return desk.Way{Name: "x", Kind: "email", Settings: desk.Settings{"to": "ana@example.org", name: value}}
	}
	for _, tt := range []struct {
		name  string
		w     desk.Way
		field string
	}{
		{"no kind", desk.Way{Name: "x"}, "kind"},
		{"no name", desk.Way{Kind: "hook"}, "name"},
		{"no level", desk.Way{Name: "x", Kind: "hook", MinLevel: 5}, "min_level"},
		{"nothing", hook(nil), "url"},
		{"blank", hook(desk.Settings{"url": "  "}), "url"},
		{"no address", hook(desk.Settings{"url": "chat.example"}), "url"},
		{"a file", hook(desk.Settings{"url": "file:///etc/passwd"}), "url"},
		{"no choice", hook(desk.Settings{"url": "https://x.example", "format": "xml"}), "format"},
		{"no number", mail("port", "smtp"), "port"},
		{"neither", mail("tls", "maybe"), "tls"},
		{"a header in an address", mail("to", "ana@example.org\r\nBcc: eve@example.org"), "to"},
		{"lines", mail("notes", "one\ntwo"), ""},
		{"right", hook(desk.Settings{"url": "http://127.0.0.1:9/x"}), ""},
	} {
		_, err := b.Save(admin, tt.w)
		var invalid *desk.Invalid
		errors.As(err, &invalid)
		if (invalid == nil) != (tt.field == "") || invalid != nil && invalid.Field != tt.field {
			t.Errorf("%s: Save = %v, want Invalid on %q", tt.name, err, tt.field)
		}
	}
	if _, err := b.Save(lead, hook(desk.Settings{"url": "https://x.example"})); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a lead's Save = %v, want forbidden", err)
	}
	if got := b.Kinds(); len(got) != 2 || got[0].Kind != "email" {
		t.Errorf("kinds = %+v, want e-mail before webhook", got)
	}
}

func TestTest(t *testing.T) {
	t.Parallel()
	var fail error
	var sent []desk.Way
	b, db, admin, lead := newBook(t, func(_ context.Context, w desk.Way) error {
		sent = append(sent, w)
		return fail
	})
	w, err := b.Save(admin, desk.Way{Name: "x", Kind: "hook", Settings: desk.Settings{"url": "https://x.example", "secret": "s3cret"}})
	must(t, err)
	must(t, b.Test(lead, w.ID))
	if len(sent) != 1 || sent[0].Settings["secret"] != "s3cret" {
		t.Errorf("sent by %+v, want the real settings", sent)
	}
	fail = errors.New("401 from https://x.example/?token=s3cret")
	err = b.Test(lead, w.ID)
	var invalid *desk.Invalid
	if !errors.As(err, &invalid) || !errors.Is(err, fail) {
		t.Errorf("Test = %v, want an Invalid beside its cause", err)
	}
	kept, err := db.Way(t.Context(), w.ID)
	must(t, err)
	if kept.Problem != problemTest || kept.LastOK.IsZero() {
		t.Errorf("way = %+v, want the problem and the last success", kept)
	}
	viewer := desk.WithActor(t.Context(), desk.Actor{Role: desk.Viewer})
	if err := b.Test(viewer, w.ID); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a viewer's Test = %v, want forbidden", err)
	}
}
