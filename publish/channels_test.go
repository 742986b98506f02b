package publish_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/publish"
	"breakwater/store"
)

// account is a mouth whose network answers as the test wants.
type account struct {
	about publish.About
	err   error
}

func (*account) Send(context.Context, publish.Letter) (publish.Receipt, error) {
	return publish.Receipt{}, nil
}
func (a *account) Inspect(context.Context) (publish.About, error) { return a.about, a.err }

func asRole(t *testing.T, r desk.Role) context.Context {
	return desk.WithActor(t.Context(), desk.Actor{Who: "user:1", Name: "Ana", Role: r})
}

func register(t *testing.T, a *account) *publish.Channels {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	spec := desk.Spec{Kind: "net", Fields: []desk.Field{{Name: "url", Kind: "url", Required: true}, {Name: "token", Kind: "secret", Required: true}}}
	return publish.NewChannels(db, []publish.Kind{{Spec: spec, Open: func(desk.Channel) (publish.Mouth, error) { return a, nil }}}, slog.New(slog.DiscardHandler))
}

// Credentials are an admin's; nobody sees them again, and they never go to another address than the one they were entered for.
func TestChannelSecrets(t *testing.T) {
	t.Parallel()
	r := register(t, &account{})
	in := desk.Channel{Kind: "net", Name: "Ours", BrandID: 1, Settings: desk.Settings{"url": "https://a.example", "token": "hunter2"}}
	if _, err := r.Save(asRole(t, desk.Lead), in); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("as a lead: %v", err)
	}
	admin := asRole(t, desk.Admin)
	saved, err := r.Save(admin, in)
	if err != nil || saved.Settings["token"] != desk.Mask || saved.Order != 1 || saved.State != desk.HealthNew {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	saved.Settings["url"] = "https://evil.example"
	var wrong *desk.Invalid
	if _, err := r.Save(admin, saved); !errors.As(err, &wrong) || wrong.Field != "token" {
		t.Errorf("another address: %v", err)
	}
	saved.Settings["url"], saved.Name = "https://a.example", "Still ours"
	if saved, err = r.Save(admin, saved); err != nil {
		t.Fatal(err)
	}
	if kept, err := r.Store.Channel(admin, saved.ID); err != nil || kept.Settings["token"] != "hunter2" || kept.Name != "Still ours" {
		t.Errorf("kept %+v, %v", kept, err)
	}
	saved.Version = 1
	if _, err := r.Save(admin, saved); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("an old version: %v", err)
	}
}

// A look notes who we are and what fits; refused and dying credentials are told once.
func TestChannelHealth(t *testing.T) {
	t.Parallel()
	a := &account{about: publish.About{Account: "@us", Limits: desk.Limits{Text: 500}, Expires: time.Now().Add(48 * time.Hour)}}
	r := register(t, a)
	var told []string
	r.Alarm = func(_ context.Context, _ int64, key string, _ desk.Text) {
		told = append(told, key[:len("channel-trouble")])
	}
	ch, err := r.Save(asRole(t, desk.Admin), desk.Channel{Kind: "net", Name: "Ours", BrandID: 1, Settings: desk.Settings{"url": "https://a.example", "token": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	lead := asRole(t, desk.Lead)
	if about, err := r.Check(lead, desk.Channel{ID: ch.ID}); err != nil || about.Account != "@us" {
		t.Fatalf("look: %+v, %v", about, err)
	}
	if got, err := r.One(lead, ch.ID); err != nil || got.State != desk.HealthOK || got.Limits.Text != 500 || got.Account != "@us" || got.Checked.IsZero() {
		t.Errorf("after a look: %+v, %v", got, err)
	}
	a.err = desk.ErrDenied
	for range 2 {
		var wrong *desk.Invalid
		if _, err := r.Check(lead, desk.Channel{ID: ch.ID}); !errors.As(err, &wrong) {
			t.Errorf("refused: %v", err)
		}
	}
	if got, err := r.One(lead, ch.ID); err != nil || got.State != desk.HealthDenied || got.Problem.IsZero() {
		t.Errorf("after a refusal: %+v, %v", got, err)
	}
	if len(told) == 0 || told[0] != "channel-expires"[:len("channel-expires")] {
		t.Errorf("told %q", told)
	}
	if n := len(told); n < 2 {
		t.Errorf("told %q, want the end of the credentials and the refusal", told)
	}
}

// What a channel cannot be beside the desk's others is refused, also against those of other brands, and never against itself.
func TestChannelBesideOthers(t *testing.T) {
	t.Parallel()
	r := register(t, &account{})
	r.Beside = func(ch desk.Channel, others []desk.Channel) error {
		for _, o := range others {
			if o.Settings["url"] == ch.Settings["url"] {
				return desk.Wrong("url", "taken")
			}
		}
		return nil
	}
	in := desk.Channel{Kind: "net", Name: "Ours", BrandID: 1, Settings: desk.Settings{"url": "https://a.example", "token": "x"}}
	saved, err := r.Save(asRole(t, desk.Admin), in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Save(asRole(t, desk.Admin), saved); err != nil {
		t.Errorf("the same as it was: %v", err)
	}
	in.BrandID = 2
	var wrong *desk.Invalid
	if _, err := r.Save(asRole(t, desk.Admin), in); !errors.As(err, &wrong) || wrong.Field != "url" {
		t.Errorf("another brand's address: %v", err)
	}
}
