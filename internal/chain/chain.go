// Package chain is a log whose every line seals the one before it: how a line's hash is made, and what was done to a log that does
// not fit its hashes any more.
package chain

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

// Line is one entry as its row has it: what is hashed is the stored text itself, never something written anew. At is in
// microseconds UTC; Say is JSON.
type Line struct {
	Seq      int64  `json:"seq"`
	At       int64  `json:"at"`
	Who      string `json:"who"`
	Name     string `json:"name"`
	Act      string `json:"act"`
	Thing    string `json:"thing"`
	Incident int64  `json:"incident"`
	Say      string `json:"say"`
	Why      string `json:"why"`
	Address  string `json:"address"`
	Before   string `json:"before"`
	After    string `json:"after"`
	Detail   string `json:"detail"`
	Prev     string `json:"prev"`
	Hash     string `json:"hash"`
}

// Fields are the names of what is hashed after the previous hash, in order, as JSON has them.
var Fields = [...]string{"seq", "at", "who", "name", "act", "thing", "incident", "say", "why", "address", "before", "after", "detail"}

// Sum is the line's hash in hexadecimal: SHA-256 over the previous hash and the Fields, each led by its length in bytes as a
// big-endian number of eight bytes, so that nothing can be moved from one field to the next.
func (l *Line) Sum() string { return l.sumAt(l.Seq) }

// sumAt is the hash that the line would have under another number.
func (l *Line) sumAt(seq int64) string {
	size := len(l.Prev) + len(l.Who) + len(l.Name) + len(l.Act) + len(l.Thing) + len(l.Say) + len(l.Why) + len(l.Address) +
		len(l.Before) + len(l.After) + len(l.Detail)
	b := make([]byte, 0, size+14*8+60)
	field := func(s string) {
		b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	field(l.Prev)
	field(strconv.FormatInt(seq, 10))
	field(strconv.FormatInt(l.At, 10))
	for _, s := range [...]string{l.Who, l.Name, l.Act, l.Thing, strconv.FormatInt(l.Incident, 10), l.Say, l.Why, l.Address, l.Before, l.After, l.Detail} {
		field(s)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
