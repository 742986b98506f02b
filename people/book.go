// Package people keeps the ways in which alerts reach somebody.
package people

import (
	"context"
	"time"

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
func (b *Book) Kinds() []desk.Spec { return nil }

// List gives all ways with their secrets masked. For leads.
func (b *Book) List(ctx context.Context) ([]desk.Way, error) { return nil, nil }

// One is one way with its secrets masked. For leads.
func (b *Book) One(ctx context.Context, id int64) (desk.Way, error) { return desk.Way{}, nil }

// Save makes (ID 0) or changes a way. A secret that comes back masked stays as it is. For admins.
func (b *Book) Save(ctx context.Context, w desk.Way) (desk.Way, error) { return desk.Way{}, nil }

// Delete removes a way. For admins.
func (b *Book) Delete(ctx context.Context, id int64) error { return nil }

// Test sends a test message and keeps the result with the way. For leads.
func (b *Book) Test(ctx context.Context, id int64) error { return nil }
