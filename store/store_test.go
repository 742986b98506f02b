package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"breakwater/internal/needs"
	"breakwater/internal/seal"
	"breakwater/store"
	"breakwater/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Bed {
		dir := t.TempDir()
		return bed(t, store.Config{Path: dir}, "sqlite", filepath.Join(dir, store.File))
	})
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Bed {
		dsn := needs.Postgres(t)
		return bed(t, store.Config{DSN: dsn}, "pgx", dsn)
	})
}

func bed(t *testing.T, c store.Config, driver, dsn string) storetest.Bed {
	t.Helper()
	db := open(t, c)
	raw, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	return storetest.Bed{DB: db, Raw: raw}
}

func open(t testing.TB, c store.Config) *store.DB {
	t.Helper()
	key := make([]byte, seal.KeySize)
	var err error
	if c.Seal, err = seal.New(key); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
