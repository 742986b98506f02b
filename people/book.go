// Package people keeps the ways in which alerts reach somebody.
package people

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

// Store is what the book needs of storage.
type Store interface {
	Ways(ctx context.Context) ([]desk.Way, error)
	Way(ctx context.Context, id int64) (desk.Way, error)
	ChangeWay(ctx context.Context, id int64, act desk.Act, change func(*desk.Way, *desk.Out) error) (desk.Way, error)
	DeleteWay(ctx context.Context, id int64, act desk.Act) error
	SetWayResult(ctx context.Context, id int64, at time.Time, problem string) error
}

// Try sends a test message by a way, and fails as a real one would; alert.Mailman.Try does.
type Try func(ctx context.Context, w desk.Way) error

// Book is the address book of the desk.
type Book struct {
	store Store
	specs map[string]desk.Spec
	try   Try
}

// New makes a book of the kinds of ways that there are, by Spec.Kind.
func New(s Store, specs map[string]desk.Spec, try Try) *Book {
	return &Book{store: s, specs: specs, try: try}
}

// Kinds are the kinds of ways that there are, for forms; ascending by title.
func (b *Book) Kinds() []desk.Spec {
	all := make([]desk.Spec, 0, len(b.specs))
	for _, s := range b.specs {
		all = append(all, s)
	}
	slices.SortFunc(all, func(x, y desk.Spec) int { return cmp.Compare(x.Title, y.Title) })
	return all
}

// List gives all ways with their secrets masked. For leads.
func (b *Book) List(ctx context.Context) ([]desk.Way, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return nil, err
	}
	ways, err := b.store.Ways(ctx)
	for i := range ways {
		ways[i] = b.masked(ways[i])
	}
	return ways, err
}

// One is one way with its secrets masked. For leads.
func (b *Book) One(ctx context.Context, id int64) (desk.Way, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Way{}, err
	}
	w, err := b.store.Way(ctx, id)
	return b.masked(w), err
}

// Save makes (ID 0) or changes a way. A secret that comes back masked stays as it is. A Version other than the stored one is
// desk.ErrConflict; 0 is not checked. For admins.
func (b *Book) Save(ctx context.Context, w desk.Way) (desk.Way, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return desk.Way{}, err
	}
	w.Name = strings.TrimSpace(w.Name)
	saved, err := b.store.ChangeWay(ctx, w.ID, desk.ActOf(ctx, "way.save", ""), func(n *desk.Way, out *desk.Out) error {
		if w.Version != 0 && w.Version != n.Version {
			return desk.ErrConflict
		}
		set, err := b.settings(w, *n)
		if err != nil {
			return err
		}
		n.Name, n.Kind, n.Settings, n.MinLevel, n.BrandID, n.UserID, n.Lang, n.Paused = w.Name, w.Kind, set, w.MinLevel, w.BrandID, w.UserID, w.Lang, w.Paused
		out.Say = desk.Say("The way {way} was saved.", "way", w.Name)
		return nil
	})
	return b.masked(saved), err
}

// settings checks a way and gives its settings with the secrets that were kept.
func (b *Book) settings(w, was desk.Way) (desk.Settings, error) {
	spec, ok := b.specs[w.Kind]
	switch {
	case !ok:
		return nil, desk.Wrong("kind", "Choose how messages are sent.")
	case w.Name == "" || utf8.RuneCountInString(w.Name) > 100:
		return nil, desk.Wrong("name", "Give a name of at most {n} characters.", "n", 100)
	case w.MinLevel < desk.Normal || w.MinLevel > desk.Severe:
		return nil, desk.Wrong("min_level", "Choose a level from 0 to 4.")
	}
	set := make(desk.Settings, len(spec.Fields))
	for _, f := range spec.Fields {
		v := strings.TrimSpace(w.Settings[f.Name])
		if f.Kind == "secret" && v == mask && was.Kind == w.Kind {
			v = was.Settings[f.Name]
		}
		if v == "" {
			v = f.Default
		}
		if err := check(f, v); err != nil {
			return nil, err
		}
		if v != "" {
			set[f.Name] = v
		}
	}
	return set, nil
}

// Delete removes a way. For admins.
func (b *Book) Delete(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return err
	}
	return b.store.DeleteWay(ctx, id, desk.ActOf(ctx, "way.delete", ""))
}

// problemTest is what a way shows when a test did not arrive; the English sentence is the key of its translation.
const problemTest = "The test message could not be sent. Check the settings of this way."

// Test sends a test message and keeps the result with the way. A failure comes as an *desk.Invalid that says what to do,
// wrapping its cause for the log. For leads.
func (b *Book) Test(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	w, err := b.store.Way(ctx, id)
	if err != nil {
		return err
	}
	cause := b.try(ctx, w)
	problem := ""
	if cause != nil {
		problem = problemTest
	}
	if err := b.store.SetWayResult(ctx, id, time.Now().UTC(), problem); err != nil || cause == nil {
		return err
	}
	reason := desk.ProblemOf(cause) // what the connector says is better than what we can
	if reason.IsZero() {
		reason = desk.Say(problemTest)
	}
	return errors.Join(&desk.Invalid{Field: "settings", Reason: reason}, cause)
}
