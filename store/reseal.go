package store

import (
	"context"
	"encoding/base64"
	"fmt"

	"breakwater/desk"
)

// Resealer is a Sealer whose key can change: what was sealed with a key before the current one is to be sealed anew.
type Resealer interface {
	Sealer
	// Current reports whether a value was sealed with the current key.
	Current(sealed []byte, aad string) bool
}

// sealedKind is a kind of row that keeps something sealed: a noun in its body, or a column by itself.
type sealedKind struct {
	table, column string
	on            func(id int64) string
	sealed        func(kept string) (string, error)         // what is sealed in the column
	with          func(kept, sealed string) (string, error) // the column with that in its place
	quiet         bool                                      // its rows change without the journal, as what people do about themselves
}

// sealedKinds are all of them.
var sealedKinds = []sealedKind{
	sealing(users), sealing(ways), sealing(sources), sealing(channels), sealing(engines), sealing(ssos), sealing(calendarKeys), sealing(conversations), sealing(carriers),
	{
		table: "subscribers", column: "address", on: addressOf, quiet: true,
		sealed: func(kept string) (string, error) { return kept, nil },
		with:   func(_, sealed string) (string, error) { return sealed, nil },
	},
}

func sealing[T any](n *noun[T]) sealedKind {
	s := sealedKind{table: n.table, column: "body", on: n.on}
	s.sealed = func(body string) (string, error) {
		var r row[T]
		err := decode(body, &r)
		return r.Sealed, err
	}
	s.with = func(body, sealed string) (string, error) {
		var r row[T]
		if err := decode(body, &r); err != nil {
			return "", err
		}
		r.Sealed = sealed
		return toJSON(r)
	}
	return s
}

// Sealed counts the rows that keep something sealed, and those of them that are not sealed with the current key.
func (db *DB) Sealed(ctx context.Context) (all, old int, err error) {
	err = db.sealedRows(ctx, func(_ sealedKind, _ bodyRow, current bool) (bool, error) {
		if all++; !current {
			old++
		}
		return true, nil
	})
	return all, old, err
}

// Reseal seals with the current key what is sealed with another, at most n rows, each in a transaction of its own with an entry in the
// journal where its changes have one, and gives how many it did. A row that somebody changes meanwhile is sealed with the current key by that.
func (db *DB) Reseal(ctx context.Context, act desk.Act, n int) (done int, err error) {
	err = db.sealedRows(ctx, func(one sealedKind, r bodyRow, current bool) (bool, error) {
		if current {
			return true, nil
		}
		changed, err := db.resealRow(ctx, act, one, r)
		if changed {
			done++
		}
		return done < n, err
	})
	return done, err
}

// sealedRows hands every row that keeps something sealed to each, until that says to stop.
func (db *DB) sealedRows(ctx context.Context, each func(n sealedKind, r bodyRow, current bool) (bool, error)) error {
	seal, ok := db.seal.(Resealer)
	if !ok {
		return nil
	}
	for _, n := range sealedKinds {
		for after := int64(0); ; {
			rows, err := selectAll(db.reader(ctx), scanBody, fmt.Sprintf("SELECT id, %s FROM %s WHERE id > ? ORDER BY id LIMIT %d", n.column, n.table, sealedAtOnce), after)
			if err != nil {
				return err
			}
			for _, r := range rows {
				after = r.id
				text, err := n.sealed(r.body)
				if err != nil {
					return err
				}
				b, err := base64.StdEncoding.DecodeString(text)
				if err != nil {
					return err
				}
				if more, err := each(n, r, text == "" || seal.Current(b, n.on(r.id))); err != nil || !more {
					return err
				}
			}
			if len(rows) < sealedAtOnce {
				break
			}
		}
	}
	return nil
}

// sealedAtOnce is how many rows are held in memory: conversations and subscribers may be a hundred thousand.
const sealedAtOnce = 500

func (db *DB) resealRow(ctx context.Context, act desk.Act, n sealedKind, r bodyRow) (changed bool, err error) {
	text, err := n.sealed(r.body)
	if err != nil {
		return false, err
	}
	plain, err := db.unsealed(text, n.on(r.id))
	if err != nil {
		return false, err
	}
	if text, err = db.sealed(plain, n.on(r.id)); err != nil {
		return false, err
	}
	body, err := n.with(r.body, text)
	if err != nil {
		return false, err
	}
	err = db.write(ctx, true, func(t *tx) error {
		rows, err := t.execN(fmt.Sprintf("UPDATE %s SET %[2]s = ? WHERE id = ? AND %[2]s = ?", n.table, n.column), body, r.id, r.body)
		if changed = rows == 1; err != nil || !changed || n.quiet {
			return err
		}
		return t.record(act, n.on(r.id), desk.Out{Say: desk.Say("A secret was sealed with the new key.")}, digest(r.body), digest(body))
	})
	return changed, err
}
