package feed

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
)

// remember is how many items we know again after they left the feed. Feeds served by several machines go back and forth by
// some minutes; 2,000 short marks are 32 KB.
const remember = 2000

// cursor is what we know of a feed between two looks.
type cursor struct {
	Of       string `json:"of,omitempty"`       // mark of the address in the settings: another address, another feed
	URL      string `json:"url,omitempty"`      // where the feed moved for good
	ETag     string `json:"etag,omitempty"`     // of the last answer
	Modified string `json:"modified,omitempty"` // Last-Modified of the last answer
	Body     string `json:"body,omitempty"`     // mark of the last answer's body, for servers that know neither
	Seen     string `json:"seen,omitempty"`     // marks of items, newest first
}

// openCursor reads a saved cursor for the feed at address. One that cannot be read or is of another address starts anew.
func openCursor(saved, address string) cursor {
	var c cursor
	if json.Unmarshal([]byte(saved), &c) != nil || c.Of != mark(address) {
		return cursor{Of: mark(address)}
	}
	return c
}

func (c cursor) String() string {
	b, _ := json.Marshal(c) // strings only: cannot fail
	return string(b)
}

func mark(s string) string {
	h := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(h[:9])
}

// One item is remembered by who it is and what it said: 8 + 4 bytes.
const (
	keySize  = 8
	itemSize = keySize + 4
)

// itemKey tells an item again: by its id, or by link and title where it has none.
type itemKey [keySize]byte

type seenItem struct {
	key  itemKey
	said [4]byte // of its content, to notice edits
}

func keyOf(parts ...string) (k itemKey) {
	sum := hash(parts)
	copy(k[:], sum[:])
	return k
}

func saidOf(parts ...string) (s [4]byte) {
	sum := hash(parts)
	copy(s[:], sum[:])
	return s
}

func hash(parts []string) [sha256.Size]byte {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// seen opens the marks; what cannot be read is nothing.
func (c cursor) seen() []seenItem {
	raw, err := base64.RawURLEncoding.DecodeString(c.Seen)
	if err != nil {
		return nil
	}
	var items []seenItem
	for piece := range slices.Chunk(raw, itemSize) {
		if len(piece) == itemSize {
			items = append(items, seenItem{key: itemKey(piece[:keySize]), said: [4]byte(piece[keySize:])})
		}
	}
	return items
}

// remember notes the items of the feed as it is now, and then those that left it last.
func (c *cursor) remember(now, before []seenItem) {
	have := make(map[itemKey]bool, len(now))
	var raw []byte
	for i, it := range append(slices.Clip(now), before...) {
		if have[it.key] || i >= len(now) && len(raw) >= remember*itemSize {
			continue
		}
		have[it.key] = true
		raw = append(append(raw, it.key[:]...), it.said[:]...)
	}
	c.Seen = base64.RawURLEncoding.EncodeToString(raw)
}
