package app

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"breakwater/access"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/seal"
	"breakwater/journal"
	"breakwater/store"
)

// keyFile is the key that seals secrets, in the data folder.
const keyFile = "secret.key"

// ErrNoDesk says that a data folder holds no desk.
var ErrNoDesk = errors.New("there is no desk in this folder")

// openStore opens the store of a data folder, and the key with it.
func openStore(ctx context.Context, c Config) (*store.DB, error) {
	box, err := seal.File(filepath.Join(c.Data, keyFile))
	if err != nil {
		return nil, fmt.Errorf("open the key that seals secrets: %w", err)
	}
	return store.Open(ctx, store.Config{Path: c.Data, DSN: c.DSN, Seal: box, Log: c.Log})
}

// within opens the store of a desk that exists, for one piece of work beside a running desk or without one.
func within(ctx context.Context, c Config, do func(*store.DB) error) (err error) {
	if c.DSN == "" {
		if _, err := os.Stat(filepath.Join(c.Data, store.File)); err != nil {
			return fmt.Errorf("%s: %w", c.Data, ErrNoDesk)
		}
	}
	db, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return do(db)
}

// Users are the people of a desk, read from its data folder.
func Users(ctx context.Context, c Config) (users []desk.User, err error) {
	err = within(ctx, c, func(db *store.DB) error {
		users, err = access.New(db, c.Log).Users(ctx)
		return err
	})
	return users, err
}

// AddUser makes an account in a data folder, for who is locked out.
func AddUser(ctx context.Context, c Config, u desk.User, password string) (added desk.User, err error) {
	err = within(ctx, c, func(db *store.DB) error {
		added, err = access.New(db, c.Log).AddUser(ctx, u, password)
		return err
	})
	return added, err
}

// AddToken makes a key to the API in a data folder: the first one, for programs that set a desk up, or with an e-mail address one of
// that person's, with which a program does what they may. desk.ErrNotFound when nobody has the address.
func AddToken(ctx context.Context, c Config, of, name string, role desk.Role) (secret desk.Secret, err error) {
	err = within(ctx, c, func(db *store.DB) error {
		gate := access.New(db, c.Log)
		if of == "" {
			_, secret, err = gate.AddToken(ctx, name, role, time.Time{})
			return err
		}
		u, err := db.UserByEmail(ctx, strings.ToLower(strings.TrimSpace(of)))
		if err != nil {
			return err
		}
		_, secret, err = gate.AddTokenOf(ctx, u.ID, name, role, time.Time{})
		return err
	})
	return secret, err
}

// SetPIN gives somebody the PIN that they sign with in a data folder; they must know their password. desk.ErrNotFound when nobody has
// this e-mail address.
func SetPIN(ctx context.Context, c Config, email, password, pin string) error {
	return within(ctx, c, func(db *store.DB) error {
		u, err := db.UserByEmail(ctx, strings.ToLower(strings.TrimSpace(email)))
		if err != nil {
			return err
		}
		return access.New(db, c.Log).SetPIN(desk.WithActor(ctx, access.ActorOf(u, "")), password, pin)
	})
}

// SetPassword gives somebody a new password in a data folder, for who is locked out; their sessions end, and they may sign in
// again if they were disabled. desk.ErrNotFound when nobody has this e-mail address.
func SetPassword(ctx context.Context, c Config, email, password string) error {
	return within(ctx, c, func(db *store.DB) error {
		gate := access.New(db, c.Log)
		u, err := db.UserByEmail(ctx, strings.ToLower(strings.TrimSpace(email)))
		if err != nil {
			return err
		}
		if err := gate.ResetPassword(ctx, u.ID, password); err != nil || !u.Disabled {
			return err
		}
		u.Disabled, u.Version = false, 0
		_, err = gate.SaveUser(ctx, u)
		return err
	})
}

// BreakGlass makes somebody's account in a data folder an admin's break-glass account, with a new password and a new second factor, for
// when single sign-on lets nobody in. desk.ErrNotFound when nobody has this e-mail address.
func BreakGlass(ctx context.Context, c Config, email, password string) (made access.Glass, err error) {
	err = within(ctx, c, func(db *store.DB) error {
		u, err := db.UserByEmail(ctx, strings.ToLower(strings.TrimSpace(email)))
		if err != nil {
			return err
		}
		made, err = access.New(db, c.Log).BreakGlass(ctx, u.ID, password)
		return err
	})
	return made, err
}

// Check opens a data folder, verifies the journal and tells with say what it finds. It gives the number of problems.
func Check(ctx context.Context, c Config, say func(ok bool, what string)) (problems int, err error) {
	tell := func(ok bool, format string, args ...any) {
		if !ok {
			problems++
		}
		say(ok, fmt.Sprintf(format, args...))
	}
	if err := new(fetch.Config).Allow(c.AllowPrivate...); err != nil {
		tell(false, "allowed private networks: %v", err)
	}
	err = within(ctx, c, func(db *store.DB) error {
		tell(true, "the data folder opens")
		heads, err := journalHeads(c.Data, c.Log)
		if err != nil {
			return err
		}
		v, err := (&journal.Log{Store: db, Heads: heads}).Verify(ctx)
		if err != nil {
			return err
		}
		tell(v.Intact, "the journal: %d entries that fit %s", v.Entries, v.Problem)
		users, err := db.Users(ctx)
		if err != nil {
			return err
		}
		tell(slices.ContainsFunc(users, func(u desk.User) bool { return u.Role == desk.Admin && !u.Disabled }), "%d people; at least one admin can sign in", len(users))
		return checkWork(ctx, db, tell)
	})
	return problems, err
}

// checkWork looks at what should be happening: sources hear, messages leave.
func checkWork(ctx context.Context, db *store.DB, tell func(ok bool, format string, args ...any)) error {
	sources, err := db.Sources(ctx)
	if err != nil {
		return err
	}
	for _, s := range sources {
		if !s.Paused && !s.Health.Well() {
			tell(false, "source %d %s is %s: %s", s.ID, s.Name, s.Health.State, s.Health.Problem.English())
		}
	}
	tell(true, "%d sources", len(sources))
	dead, err := db.Jobs(ctx, true, desk.Paging{Limit: 200})
	if err != nil {
		return err
	}
	for _, j := range dead {
		tell(false, "%s %d was given up after %d tries: %s", j.Kind, j.ID, j.Attempts, j.Problem)
	}
	return nil
}

// Backup writes database and key of a data folder to a new file while the desk goes on. The file can do all that the desk can:
// it is readable by its owner only.
func Backup(ctx context.Context, c Config, to string) (err error) {
	if c.DSN != "" {
		return errors.New("back up PostgreSQL with its own tools (pg_dump), and keep " + keyFile + " of the data folder with it")
	}
	if _, err := os.Stat(to); err == nil {
		return fmt.Errorf("%s: %w", to, os.ErrExist)
	}
	copied := to + ".part.db"
	defer os.Remove(copied)
	if err := copyWithKey(ctx, c, copied); err != nil {
		return err
	}
	part := to + ".part"
	defer os.Remove(part)
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w := tar.NewWriter(f)
	err = errors.Join(pack(w, store.File, copied), pack(w, keyFile, filepath.Join(c.Data, keyFile)))
	if path := filepath.Join(c.Data, journal.KeyFile); err == nil && exists(path) {
		err = pack(w, journal.KeyFile, path)
	}
	err = errors.Join(err, w.Close(), f.Sync())
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", to, err)
	}
	return os.Rename(part, to)
}

// copyWithKey copies the database at a time when its key did not change: a copy that is sealed with a key of before would be worth
// nothing with the key of now.
func copyWithKey(ctx context.Context, c Config, to string) error {
	for {
		before, err := os.ReadFile(filepath.Join(c.Data, keyFile))
		if err != nil {
			return err
		}
		if err := within(ctx, c, func(db *store.DB) error { return db.Backup(ctx, to) }); err != nil {
			return err
		}
		now, err := os.ReadFile(filepath.Join(c.Data, keyFile))
		if err != nil || bytes.Equal(before, now) {
			return err
		}
		if err := os.Remove(to); err != nil {
			return err
		}
	}
}

func pack(w *tar.Writer, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: name, Size: info.Size(), Mode: 0o600, ModTime: info.ModTime()}); err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

// Restore puts a backup into a data folder whose desk is stopped. A folder that holds a desk is refused unless replace is set;
// then that desk is lost. Nothing is touched before the whole backup was read and its journal verified.
func Restore(ctx context.Context, c Config, from string, replace bool) error {
	if c.DSN != "" {
		return errors.New("restore PostgreSQL with its own tools (pg_restore)")
	}
	unlock, err := lockFolder(c.Data)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(c.Data, store.File)); err == nil && !replace {
		return fmt.Errorf("%s holds a desk already: %w", c.Data, os.ErrExist)
	}
	fresh, err := os.MkdirTemp(c.Data, "restore-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	if err := unpack(from, fresh); err != nil {
		return fmt.Errorf("read %s: %w", from, err)
	}
	restored := c
	restored.Data = fresh
	if err := verified(ctx, restored); err != nil {
		return fmt.Errorf("the backup %s is no good: %w", from, err)
	}
	return swap(fresh, c.Data)
}

// verified opens a desk and checks its journal.
func verified(ctx context.Context, c Config) error {
	return within(ctx, c, func(db *store.DB) error { return db.VerifyJournal(ctx, nil) })
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// unpack reads the files of a backup, and nothing else, into a folder. The key of the journal may be missing: older backups have
// none.
func unpack(from, dir string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	r := tar.NewReader(f)
	missing := []string{store.File, keyFile}
	wanted := append(slices.Clone(missing), journal.KeyFile)
	for len(wanted) > 0 {
		h, err := r.Next()
		if errors.Is(err, io.EOF) && len(missing) == 0 {
			return nil
		}
		if errors.Is(err, io.EOF) || errors.Is(err, tar.ErrHeader) {
			return fmt.Errorf("it is not a whole backup: %s is missing", strings.Join(missing, " and "))
		}
		if err != nil {
			return err
		}
		i := slices.Index(wanted, h.Name)
		if i < 0 {
			continue
		}
		wanted = slices.Delete(wanted, i, i+1)
		missing = slices.DeleteFunc(missing, func(name string) bool { return name == h.Name })
		if err := write(filepath.Join(dir, h.Name), r); err != nil {
			return err
		}
	}
	return nil
}

func write(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}

// swap moves the restored files in. The old database's log and search index go first: they must never be read with another
// database.
func swap(fresh, data string) error {
	for _, name := range []string{store.IndexFile + "-wal", store.IndexFile + "-shm", store.IndexFile, store.File + "-wal", store.File + "-shm", store.File} {
		if err := os.Remove(filepath.Join(data, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := forgetHeads(data); err != nil {
		return err
	}
	if exists(filepath.Join(fresh, journal.KeyFile)) {
		if err := os.Rename(filepath.Join(fresh, journal.KeyFile), filepath.Join(data, journal.KeyFile)); err != nil {
			return err
		}
	}
	for _, name := range []string{keyFile, store.File, store.IndexFile} {
		if err := os.Rename(filepath.Join(fresh, name), filepath.Join(data, name)); err != nil {
			return err
		}
	}
	return nil
}
