package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"time"
)

// KeepBlob keeps bytes under their SHA-256 (hex), which it returns; the same bytes are kept once. What they are for is written
// by the act that refers to them.
func (db *DB) KeepBlob(ctx context.Context, body []byte) (hash string, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		hash, err = t.keepBlob(body)
		return err
	})
	return hash, err
}

// keepBlob keeps bytes, or has those that are there be as new: somebody is about to refer to them.
func (t *tx) keepBlob(body []byte) (hash string, err error) {
	sum := sha256.Sum256(body)
	hash = hex.EncodeToString(sum[:])
	return hash, t.exec("INSERT INTO blobs (hash, size, kept, body) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET kept = excluded.kept", hash, len(body), stamp(time.Now()), body)
}

// Blob gives the bytes of a hash. desk.ErrNotFound.
func (db *DB) Blob(ctx context.Context, hash string) ([]byte, error) {
	return selectOne(db.reader(ctx), value[[]byte], "SELECT body FROM blobs WHERE hash = ?", hash)
}

// namesBlobs are the tables whose bodies name bytes by their hash: texts of ours, what was done by hand, the public pages, and what there
// is for the press. Evidence names its own in exhibit_blobs.
var namesBlobs = []string{"statements", "posts", "by_hand", "centres", "presses"}

// hashInBody is how a body names bytes.
var hashInBody = regexp.MustCompile(`"[0-9a-f]{64}"`)

// PurgeBlobs removes the bytes that were kept before a time, also for the last time, and that nothing refers to any more. It reads every
// body that may name some once, so once a day is often enough. n is how many were removed.
func (db *DB) PurgeBlobs(ctx context.Context, before time.Time) (n int, err error) {
	const loose = "SELECT hash FROM blobs WHERE kept < ? AND NOT EXISTS (SELECT 1 FROM exhibit_blobs WHERE exhibit_blobs.hash = blobs.hash)"
	all, err := selectAll(db.reader(ctx), value[string], loose, stamp(before))
	if err != nil || len(all) == 0 {
		return 0, err
	}
	needed := make(map[string]bool)
	for _, table := range append([]string{"statement_versions"}, namesBlobs...) { // people may go back to an earlier version
		err := each(db.reader(ctx), func(s scanner) error {
			var body string
			err := s.Scan(&body)
			for _, h := range hashInBody.FindAllString(body, -1) {
				needed[strings.Trim(h, `"`)] = true
			}
			return err
		}, "SELECT body FROM "+table)
		if err != nil {
			return 0, err
		}
	}
	for _, hash := range slices.DeleteFunc(all, func(h string) bool { return needed[h] }) {
		var gone bool
		err := db.write(ctx, false, func(t *tx) (err error) {
			gone, err = t.dropBlob(hash, before)
			return err
		})
		if err != nil {
			return n, err
		}
		if gone {
			n++
		}
	}
	return n, nil
}

// dropBlob deletes bytes that were kept last before a time, unless something refers to them.
func (t *tx) dropBlob(hash string, before time.Time) (gone bool, err error) {
	query, args := "SELECT (SELECT COUNT(*) FROM exhibit_blobs WHERE hash = ?)", []any{hash}
	for _, table := range namesBlobs {
		query, args = query+" + (SELECT COUNT(*) FROM "+table+" WHERE body LIKE ?)", append(args, `%"`+hash+`"%`)
	}
	if needed, err := selectOne(t, value[int], query, args...); err != nil || needed > 0 {
		return false, err
	}
	n, err := t.execN("DELETE FROM blobs WHERE hash = ? AND kept < ?", hash, stamp(before))
	return n > 0, err
}
