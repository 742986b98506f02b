package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// KeepBlob keeps bytes under their SHA-256 (hex), which it returns; the same bytes are kept once. What they are for is written
// by the act that refers to them.
func (db *DB) KeepBlob(ctx context.Context, body []byte) (hash string, err error) {
	sum := sha256.Sum256(body)
	hash = hex.EncodeToString(sum[:])
	err = db.write(ctx, true, func(t *tx) error {
		return t.exec("INSERT INTO blobs (hash, size, kept, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", hash, len(body), stamp(time.Now()), body)
	})
	return hash, err
}

// Blob gives the bytes of a hash. desk.ErrNotFound.
func (db *DB) Blob(ctx context.Context, hash string) ([]byte, error) {
	return selectOne(db.reader(ctx), value[[]byte], "SELECT body FROM blobs WHERE hash = ?", hash)
}
