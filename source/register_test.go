package source

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

// kinds are two connectors as a desk has them: one that polls, one to which others come.
func kinds() Kinds {
	return Kinds{
		"poll": {
			Spec: desk.Spec{Kind: "poll", Title: "Polled", Fields: []desk.Field{
				{Name: "url", Kind: "url", Required: true},
				{Name: "token", Kind: "secret"},
				{Name: "what", Kind: "choice", Choices: []string{"all", "some"}, Default: "all"},
				{Name: "limit", Kind: "number"},
			}},
			Open: func(s desk.Source) (Source, error) {
				if strings.Contains(s.Settings["url"], "bad") {
					return nil, desk.Wrong("url", "Not this one.")
				}
				return &pulls{do: func(context.Context, int, string) (desk.Batch, error) {
					if s.Settings["token"] != "t0k3n" {
						return desk.Batch{}, desk.ErrDenied
					}
					return desk.Batch{Mentions: make([]desk.Mention, 3)}, nil
				}}, nil
			},
		},
		"push": {Spec: desk.Spec{Kind: "push", Title: "Pushed", Push: true, Fields: []desk.Field{{Name: "secret", Kind: "secret", Required: true}}}},
	}
}

func as(t *testing.T, r desk.Role) context.Context {
	return desk.WithActor(t.Context(), desk.Actor{Who: "user:1", Name: "Ana", Role: r})
}

func polled() desk.Source {
	return desk.Source{Kind: "poll", Name: "Harbour", Settings: desk.Settings{"url": "https://feed.example/a", "token": "t0k3n"}}
}

func TestASourceIsSavedWithItsSecretHidden(t *testing.T) {
	t.Parallel()
	changed := 0
	r := &Register{Store: newShelf(), Kinds: kinds(), Changed: func() { changed++ }}
	ctx := as(t, desk.Lead)
	saved, err := r.Save(ctx, polled())
	if err != nil {
		t.Fatal(err)
	}
	want := desk.Settings{"url": "https://feed.example/a", "token": Mask, "what": "all"}
	if diff := cmp.Diff(want, saved.Settings); diff != "" {
		t.Errorf("settings shown (-want +got):\n%s", diff)
	}
	saved.Name = "Harbour news"
	if saved, err = r.Save(ctx, saved); err != nil {
		t.Fatal(err)
	}
	stored, _ := r.Store.Source(ctx, saved.ID)
	if stored.Settings["token"] != "t0k3n" || stored.Name != "Harbour news" {
		t.Errorf("sending the mask back stored %v", stored)
	}
	saved.Settings["url"] = "https://elsewhere.example/"
	if _, err = r.Save(ctx, saved); !names(err, "token") {
		t.Errorf("a kept secret was let go to another address: %v", err)
	}
	if list, _ := r.List(as(t, desk.Viewer)); len(list) != 1 || list[0].Settings["token"] != Mask {
		t.Errorf("list shows %v", list)
	}
	if changed != 2 {
		t.Errorf("the poller was nudged %d times by two changes", changed)
	}
}

// A password within an address would be read by everybody who may see sources.
func TestAPasswordInAnAddressIsASecret(t *testing.T) {
	t.Parallel()
	all := kinds()
	poll := all["poll"]
	poll.Spec.Fields = append(poll.Spec.Fields, desk.Field{Name: "user"}, desk.Field{Name: "password", Kind: "secret"})
	all["poll"] = poll
	shelf := newShelf()
	r := &Register{Store: shelf, Kinds: all}
	s := polled()
	s.Settings["url"] = "https://ana:open%20sesame@feed.example/a?x=1"
	saved, err := r.Save(as(t, desk.Lead), s)
	if err != nil {
		t.Fatal(err)
	}
	want := desk.Settings{"url": "https://feed.example/a?x=1", "user": "ana", "password": Mask, "token": Mask, "what": "all"}
	if diff := cmp.Diff(want, saved.Settings); diff != "" {
		t.Errorf("settings shown (-want +got):\n%s", diff)
	}
	if kept, err := shelf.Source(t.Context(), saved.ID); err != nil || kept.Settings["password"] != "open sesame" {
		t.Errorf("the password kept is %q, %v", kept.Settings["password"], err)
	}
}

func TestWhatIsWrongWithASource(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		edit   func(*desk.Source)
		fields []string
	}{
		{"no name", func(s *desk.Source) { s.Name = "  " }, []string{"name"}},
		{"unknown kind", func(s *desk.Source) { s.Kind = "fax" }, []string{"kind"}},
		{"everything", func(s *desk.Source) {
			s.Settings = desk.Settings{"url": "ftp://x", "what": "none", "limit": "ten", "colour": "red"}
		}, []string{"url", "what", "limit", "colour"}},
		{"missing", func(s *desk.Source) { s.Settings = nil }, []string{"url"}},
		{"script", func(s *desk.Source) { s.Settings["url"] = "javascript:alert(1)" }, []string{"url"}},
		{"the connector minds", func(s *desk.Source) { s.Settings["url"] = "https://bad.example" }, []string{"url"}},
		{"silence", func(s *desk.Source) { s.SilentAfter = -2 }, []string{"silent_after"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			shelf := newShelf()
			s := polled()
			tt.edit(&s)
			_, err := (&Register{Store: shelf, Kinds: kinds()}).Save(as(t, desk.Lead), s)
			for _, f := range tt.fields {
				if !names(err, f) {
					t.Errorf("%+v: %v, want the field %s named", s, err, f)
				}
			}
			if len(shelf.sources) != 0 {
				t.Errorf("%+v was saved", s)
			}
		})
	}
}

// names reports whether err says that a field is wrong.
func names(err error, field string) bool {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			if names(e, field) {
				return true
			}
		}
		return false
	}
	var wrong *desk.Invalid
	return errors.As(err, &wrong) && wrong.Field == field
}

func TestTheSigningSecretIsShownOnce(t *testing.T) {
	t.Parallel()
	r := &Register{Store: newShelf(), Kinds: kinds()}
	ctx := as(t, desk.Lead)
	saved, err := r.Save(ctx, desk.Source{Kind: "push", Name: "Shop"})
	if err != nil || !strings.HasPrefix(saved.Settings["secret"], "whsec_") || len(saved.Settings["secret"]) < 40 {
		t.Fatalf("a new push source answered %v, %v; want its secret", saved.Settings, err)
	}
	if again, _ := r.One(ctx, saved.ID); again.Settings["secret"] != Mask {
		t.Errorf("the second look shows %q", again.Settings["secret"])
	}
}

func TestWhoMayDoWhatWithSources(t *testing.T) {
	t.Parallel()
	r := &Register{Store: newShelf(), Kinds: kinds()}
	saved, err := r.Save(as(t, desk.Lead), polled())
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []desk.Role{0, desk.Viewer, desk.Responder} {
		ctx := as(t, role)
		_, save := r.Save(ctx, saved)
		_, pause := r.Pause(ctx, saved.ID, true, "")
		_, test := r.Test(ctx, saved)
		for what, err := range map[string]error{"save": save, "pause": pause, "test": test, "delete": r.Delete(ctx, saved.ID, "")} {
			if !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("role %d may %s: %v", role, what, err)
			}
		}
	}
	if _, err := r.List(as(t, 0)); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("somebody without a role may list: %v", err)
	}
}

func TestTwoPeopleChangeOneSource(t *testing.T) {
	t.Parallel()
	r := &Register{Store: newShelf(), Kinds: kinds()}
	ctx := as(t, desk.Lead)
	first, err := r.Save(ctx, polled())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Save(ctx, first); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Save(ctx, first); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("a change over a newer one: %v, want %v", err, desk.ErrConflict)
	}
	if _, err := r.Pause(ctx, first.ID, true, "too loud"); err != nil {
		t.Fatal(err)
	}
	entries := len(r.Store.(*shelf).entries)
	if _, err := r.Pause(ctx, first.ID, true, ""); err != nil || len(r.Store.(*shelf).entries) != entries {
		t.Errorf("pausing twice is one act: %v, %d entries", err, len(r.Store.(*shelf).entries)-entries)
	}
	if err := r.Delete(ctx, 99, ""); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("deleting what is not there: %v", err)
	}
	if _, err := r.Gaps(ctx, nil, time.Time{}, time.Now()); err != nil {
		t.Error(err)
	}
}

func TestTryingASource(t *testing.T) {
	t.Parallel()
	r := &Register{Store: newShelf(), Kinds: kinds()}
	ctx := as(t, desk.Lead)
	found, err := r.Test(ctx, polled())
	if err != nil || found.English() != "It answers, with 3 mentions for a start." {
		t.Errorf("good settings: %q, %v", found.English(), err)
	}
	bad := polled()
	bad.Settings["token"] = "wrong"
	if _, err = r.Test(ctx, bad); !names(err, "settings") || strings.Contains(err.Error(), "wrong") {
		t.Errorf("bad credentials: %v, want a sentence about the settings", err)
	}
	r.Kinds["poll"] = Kind{Spec: r.Kinds["poll"].Spec, Check: func(context.Context, desk.Source) (desk.Text, error) { panic("ouch") }}
	if _, err = r.Test(ctx, polled()); !names(err, "settings") {
		t.Errorf("a panicking check: %v", err)
	}
	if specs := r.Specs(); len(specs) != 1 || specs[0].Kind != "push" {
		t.Errorf("kinds to choose from: %v", specs)
	}
}
