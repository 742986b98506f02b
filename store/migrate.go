package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date: the shared migrations and the engine's own, in one order of numbers.
func migrate(ctx context.Context, d goose.Dialect, db *sql.DB, engine string) error {
	p, err := goose.NewProvider(d, db, layered{"migrations/shared", "migrations/" + engine},
		goose.WithLogger(log.New(io.Discard, "", 0)))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// layered shows several embedded folders as one.
type layered []string

// Open opens name in the first folder that has it.
func (l layered) Open(name string) (fs.File, error) {
	for _, dir := range l {
		f, err := migrations.Open(dir + "/" + name)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Glob finds names in all folders.
func (l layered) Glob(pattern string) (names []string, err error) {
	for _, dir := range l {
		sub, err := fs.Sub(migrations, dir)
		if err != nil {
			return nil, err
		}
		found, err := fs.Glob(sub, pattern)
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	return names, nil
}
