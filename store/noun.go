package store

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"breakwater/desk"
)

// noun says how one of the desk's nouns is kept: as JSON with a version, beside it the columns that rows are found by.
type noun[T any] struct {
	table   string
	word    string // in the journal: "monitor:12"
	id      func(*T) *int64
	version func(*T) *int
	columns []string       // beside id, version and body
	values  func(*T) []any // of columns
	hide    func(*T) secret
	reveal  func(*T, secret)
	brand   func(*T) int64                // where no column says it
	taken   error                         // what a second one with the same unique column is answered with
	beside  func(*tx, *T, desk.Act) error // what else is written in the transaction of a change
}

// secret is what a noun's JSON must not show; it is sealed as a whole.
type secret struct {
	Settings desk.Settings `json:"settings,omitempty"`
	Password string        `json:"password,omitempty"`
	PIN      string        `json:"pin,omitempty"`
	Factors  *desk.Factors `json:"factors,omitempty"`
	Key      string        `json:"key,omitempty"`
}

// row is how a noun is written into its body. What the journal hashes is this, so that an auditor can compare the table with
// the journal without any key.
type row[T any] struct {
	Noun   T      `json:"noun"`
	Sealed string `json:"sealed,omitempty"` // base64, or the plain JSON without a Sealer
}

// errStale says that somebody else changed the noun between load and save.
var errStale = errors.New("changed meanwhile")

// triesToChange is how often a change is run again when others are faster; after it the caller is told of the conflict.
const triesToChange = 10

func (n *noun[T]) on(id int64) string { return fmt.Sprintf("%s:%d", n.word, id) }

func (n *noun[T]) pack(db *DB, v T) (string, error) {
	r := row[T]{Noun: v}
	if n.hide != nil {
		plain, err := toJSON(n.hide(&r.Noun))
		if err != nil {
			return "", err
		}
		if r.Sealed, err = db.sealed(plain, n.on(*n.id(&v))); err != nil {
			return "", err
		}
	}
	return toJSON(r)
}

func (n *noun[T]) unpack(db *DB, id int64, body string) (T, error) {
	var r row[T]
	if err := decode(body, &r); err != nil {
		return r.Noun, fmt.Errorf("read %s: %w", n.on(id), err)
	}
	if n.reveal == nil {
		return r.Noun, nil
	}
	plain, err := db.unsealed(r.Sealed, n.on(id))
	if err != nil {
		return r.Noun, fmt.Errorf("unseal %s: %w", n.on(id), err)
	}
	var s secret
	if err := decode(plain, &s); err != nil {
		return r.Noun, fmt.Errorf("read %s: %w", n.on(id), err)
	}
	n.reveal(&r.Noun, s)
	return r.Noun, nil
}

func (db *DB) sealed(plain, aad string) (string, error) {
	if db.seal == nil {
		return plain, nil
	}
	b, err := db.seal.Seal([]byte(plain), aad)
	return base64.StdEncoding.EncodeToString(b), err
}

func (db *DB) unsealed(sealed, aad string) (string, error) {
	if db.seal == nil || sealed == "" {
		return sealed, nil
	}
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", err
	}
	plain, err := db.seal.Open(b, aad)
	return string(plain), err
}

// decode reads JSON; numbers in free-form values keep their digits.
func decode(text string, v any) error {
	if text == "" {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return d.Decode(v)
}

// bodyRow is a row of a noun's table.
type bodyRow struct {
	id   int64
	body string
}

func scanBody(s scanner) (r bodyRow, err error) {
	err = s.Scan(&r.id, &r.body)
	return r, err
}

// list reads the nouns that answer the conditions.
func list[T any](ctx context.Context, db *DB, n *noun[T], w *where, tail string) ([]T, error) {
	n.within(ctx, w)
	rows, err := selectAll(db.reader(ctx), scanBody, "SELECT id, body FROM "+n.table+w.String()+tail, w.args...)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", n.table, err)
	}
	out := make([]T, 0, len(rows))
	for _, r := range rows {
		v, err := n.unpack(db, r.id, r.body)
		if err != nil {
			return nil, err
		}
		if n.brand == nil || n.seen(db.reader(ctx), &v) == nil {
			out = append(out, v)
		}
	}
	return out, nil
}

// load reads one noun, with its row as it is kept.
func load[T any](a asker, db *DB, n *noun[T], id int64) (v T, body string, err error) {
	r, err := selectOne(a, scanBody, "SELECT id, body FROM "+n.table+" WHERE id = ?", id)
	if err != nil {
		return v, "", fmt.Errorf("%s: %w", n.on(id), err)
	}
	if v, err = n.unpack(db, id, r.body); err != nil {
		return v, "", err
	}
	if err := n.seen(a, &v); err != nil {
		var none T
		return none, "", err
	}
	return v, r.body, nil
}

func one[T any](ctx context.Context, db *DB, n *noun[T], id int64) (T, error) {
	v, _, err := load(db.reader(ctx), db, n, id)
	return v, err
}

// change loads a noun (id 0: makes one), runs f, and saves it with a journal entry and jobs. f runs outside of the
// transaction, so that it may ask the store; when somebody else was faster it runs again.
func change[T any](ctx context.Context, db *DB, n *noun[T], id int64, act desk.Act, f func(*T, *desk.Out) error) (T, error) {
	for range triesToChange {
		v, err := tryChange(ctx, db, n, id, act, f)
		if !errors.Is(err, errStale) {
			return v, err
		}
	}
	var zero T
	return zero, fmt.Errorf("%s: %w", n.on(id), desk.ErrConflict)
}

func tryChange[T any](ctx context.Context, db *DB, n *noun[T], id int64, act desk.Act, f func(*T, *desk.Out) error) (T, error) {
	var zero T
	v, before, err := zero, "", error(nil)
	if id != 0 {
		if v, before, err = load(db.reader(ctx), db, n, id); err != nil {
			return zero, err
		}
	} else if id, err = db.newID(ctx, n.table); err != nil {
		return zero, err
	}
	version := *n.version(&v)
	*n.id(&v) = id
	var out desk.Out
	if err := f(&v, &out); err != nil {
		return zero, err
	}
	if out.Skip {
		return v, nil
	}
	*n.id(&v), *n.version(&v) = id, version+1
	if err := n.permit(db.reader(ctx), &v); err != nil {
		return zero, err
	}
	body, err := n.pack(db, v)
	if err != nil {
		return zero, err
	}
	err = db.write(ctx, true, func(t *tx) error {
		if err := n.save(t, &v, version, body); err != nil {
			return err
		}
		if n.beside != nil {
			if err := n.beside(t, &v, act); err != nil {
				return err
			}
		}
		return t.record(act, n.on(id), out, digest(before), digest(body))
	})
	if err != nil {
		return zero, err
	}
	return v, nil
}

// saveIn saves a noun that was loaded in the same transaction at that version (0: a new one), and gives its new body.
func saveIn[T any](t *tx, n *noun[T], v *T, version int) (body string, err error) {
	if err := n.permit(t, v); err != nil {
		return "", err
	}
	*n.version(v) = version + 1
	if body, err = n.pack(t.db, *v); err != nil {
		return "", err
	}
	return body, n.save(t, v, version, body)
}

// save writes the row, which must still have the version that the change was made from; 0 is a new row.
func (n *noun[T]) save(t *tx, v *T, version int, body string) error {
	var cols []string
	args := []any{version + 1, body}
	if n.columns != nil {
		cols, args = n.columns, append(args, n.values(v)...)
	}
	id := *n.id(v)
	var query string
	if version == 0 {
		query = "INSERT INTO " + n.table + " (" + strings.Join(append([]string{"version", "body"}, cols...), ", ") + ", id) VALUES (" +
			marks(len(args)+1) + ")"
		args = append(args, id)
	} else {
		query = "UPDATE " + n.table + " SET " + strings.Join(append([]string{"version", "body"}, cols...), " = ?, ") +
			" = ? WHERE id = ? AND version = ?"
		args = append(args, id, version)
	}
	changed, err := t.execN(query, args...)
	if err != nil {
		if n.taken != nil && t.db.d.unique(err) {
			return n.taken
		}
		return fmt.Errorf("save %s: %w", n.on(id), err)
	}
	if changed == 0 {
		return errStale
	}
	return nil
}

// remove deletes a noun with a journal entry that says so.
func remove[T any](ctx context.Context, db *DB, n *noun[T], id int64, act desk.Act, say func(*T) desk.Text, also func(*tx, *T) error) error {
	return db.write(ctx, true, func(t *tx) error {
		v, before, err := load(t, db, n, id)
		if err != nil {
			return err
		}
		if err := n.permit(t, &v); err != nil {
			return err
		}
		if err := t.exec("DELETE FROM "+n.table+" WHERE id = ?", id); err != nil {
			return err
		}
		if also != nil {
			if err := also(t, &v); err != nil {
				return err
			}
		}
		return t.record(act, n.on(id), desk.Out{Say: say(&v)}, digest(before), "")
	})
}

// newID takes an id for a new noun. One that is then not used stays unused.
func (db *DB) newID(ctx context.Context, table string) (id int64, err error) {
	err = db.write(ctx, false, func(t *tx) error {
		id, err = t.nextID(table)
		return err
	})
	return id, err
}

// digest is the SHA-256 of a row, empty for none.
func digest(body string) string {
	if body == "" {
		return ""
	}
	h := sha256.Sum256([]byte(body))
	return hex.EncodeToString(h[:])
}
