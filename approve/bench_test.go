package approve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"breakwater/access"
	"breakwater/desk"
	"breakwater/store"
)

// bench is a gate over a real store, with people and a plan.
type bench struct {
	*Gate
	t       *testing.T
	db      *store.DB
	access  *access.Gate
	brand   int64
	people  map[string]desk.User
	plan    desk.Plan
	mu      sync.Mutex
	letters []desk.Mail
	to      []string
}

const goodPIN = "273918"

func newBench(t *testing.T) *bench {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: quiet})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	b := &bench{Gate: New(db, []byte("key"), "https://desk.example", quiet), t: t, db: db, access: access.New(db, quiet), people: make(map[string]desk.User)}
	for name, role := range map[string]desk.Role{"Ada": desk.Responder, "Lea": desk.Lead, "Leo": desk.Lead, "Liv": desk.Lead, "Jo": desk.Responder, "Dan": desk.Responder, "Vi": desk.Viewer, "Root": desk.Admin} {
		u, err := b.access.AddUser(t.Context(), desk.User{Name: name, Email: strings.ToLower(name) + "@example.org", Role: role, Lang: "en"}, "harbour wall in winter")
		must(t, err)
		b.people[name] = u
		if name == "Lea" || name == "Leo" || name == "Jo" {
			must(t, b.access.SetPIN(b.as(name), "harbour wall in winter", goodPIN))
		}
	}
	brand, err := db.ChangeBrand(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(n *desk.Brand, out *desk.Out) error {
		n.Name, out.Say = "Acme", desk.Say("made")
		return nil
	})
	must(t, err)
	b.brand = brand.ID
	b.plan = desk.Plan{Levels: []desk.LevelRule{{Level: desk.Crisis, Approvers: []string{"Crisis lead", "Legal"}, Within: 10}},
		Roles: []desk.PlanRole{{Name: "Crisis lead", UserID: b.people["Lea"].ID}, {Name: "Legal", UserID: b.people["Jo"].ID, DeputyID: b.people["Dan"].ID}}}
	b.Plan = func(context.Context, int64) (desk.Plan, error) { return b.plan, nil }
	b.PIN = b.access.CheckPIN
	b.Post = func(_ context.Context, to desk.User, l desk.Mail) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.letters, b.to = append(b.letters, l), append(b.to, to.Name)
		return nil
	}
	return b
}

func (b *bench) as(name string) context.Context {
	return desk.WithActor(b.t.Context(), access.ActorOf(b.people[name], "192.0.2.1"))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func words(texts ...string) desk.Words {
	w := desk.Words{Title: "The yoghurt", Kind: "holding", Level: desk.Crisis, Messages: []desk.KeyMessage{{Text: "We know."}}}
	for i, text := range texts {
		w.Variants = append(w.Variants, desk.Variant{ID: fmt.Sprint("v", i+1), Kind: "mastodon", Lang: "en", Text: text})
	}
	return w
}

// inReview is a statement by Ada that waits for Lea and Jo.
func (b *bench) inReview() desk.Statement {
	b.t.Helper()
	s, err := b.Begin(b.as("Ada"), Draft{BrandID: b.brand, Words: words("We know. Next update by 17:00.")})
	must(b.t, err)
	s, err = b.Submit(b.as("Ada"), s.ID, s.Version)
	must(b.t, err)
	return s
}

// deliver runs what is due, and gives to whom letters went.
func (b *bench) run() []string {
	b.t.Helper()
	b.to, b.letters = nil, nil
	for range 3 { // what is decided in one round is brought in the next
		must(b.t, b.Gate.round(b.t.Context()))
	}
	slices.Sort(b.to)
	return b.to
}

// linkTo is the link in the letter to somebody.
func (b *bench) linkTo(name string) string {
	b.t.Helper()
	for i, to := range b.to {
		if _, link, ok := strings.Cut(b.letters[i].Link, "/sign/"); ok && to == name {
			return link
		}
	}
	b.t.Fatalf("no letter with a link to %s among those to %v", name, b.to)
	return ""
}

func field(err error) string {
	var wrong *desk.Invalid
	if errors.As(err, &wrong) {
		return wrong.Field
	}
	return fmt.Sprint(err)
}
