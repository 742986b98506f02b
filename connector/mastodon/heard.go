package mastodon

import (
	"encoding/json"
	"fmt"
	"time"
)

// heard is a timeline and how far we are in it.
//
// We ask for what is newer than Base and remember what we saw after it. Recent overlaps every poll with the ones before: a
// post that reached the server late (its id tells when it was written, not when it came), an edit and a deletion are noticed
// while their post is among the recent ones, also where nothing is streamed.
type heard struct {
	timeline
	mark
	due     time.Time // of the next poll
	trusted bool      // the stream has proved that it delivers this timeline
}

// mark is how far we are, as the cursor keeps it.
type mark struct {
	Base   string `json:"base,omitempty"`   // everything up to here was handed over; empty: the timeline's beginning
	Recent []seen `json:"recent,omitempty"` // after Base, in the order in which they were handed over
}

// seen is an entry that was handed over.
type seen struct {
	ID     string `json:"id"`
	Status string `json:"status,omitempty"` // its status, where that has another id
	Edited string `json:"edited,omitempty"` // as it was then
	Other  bool   `json:"other,omitempty"`  // nothing for us
	At     int64  `json:"at"`               // when it was handed over, Unix seconds
}

func (s seen) status() string {
	if s.Status != "" {
		return s.Status
	}
	return s.ID
}

// recentMost and recentFor bound the overlap: half a page, so that a poll of a quiet timeline stays one call, and long
// enough for the edits that people make (most come within minutes).
const (
	recentMost = pageSize / 2
	recentFor  = time.Hour
)

// note remembers that an entry was handed over at now.
func (m *mark) note(it item, now time.Time) {
	if m.Base != "" && !newer(it.id, m.Base) {
		return // a latecomer; asking for everything since it would fetch too much again
	}
	s := seen{ID: it.id, Other: it.status == nil, At: now.Unix()}
	if it.status != nil {
		s.Edited = it.status.EditedAt
		if it.status.ID != it.id {
			s.Status = it.status.ID
		}
	}
	for i, r := range m.Recent {
		if r.ID == it.id {
			m.Recent[i].Edited = s.Edited
			return
		}
	}
	m.Recent = append(m.Recent, s)
	for len(m.Recent) > recentMost || len(m.Recent) > 0 && now.Sub(time.Unix(m.Recent[0].At, 0)) > recentFor {
		if newer(m.Recent[0].ID, m.Base) {
			m.Base = m.Recent[0].ID
		}
		m.Recent = m.Recent[1:]
	}
}

// forget drops a deleted status.
func (m *mark) forget(status string) {
	for i, s := range m.Recent {
		if !s.Other && s.status() == status {
			m.Recent = append(m.Recent[:i:i], m.Recent[i+1:]...)
			return
		}
	}
}

// newer compares ids. They are opaque, but all servers make ids that grow: numbers (Mastodon), ULIDs (GoToSocial), flakes
// (Pleroma). A longer one is a greater number; of equal length, the letters decide. A mistake costs a repeated call, no post.
func newer(a, b string) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// cursor is what the store keeps for us.
type cursor struct {
	Heard map[string]mark `json:"heard"` // by the timelines' names
}

func (c cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings, numbers and maps of them
	}
	return string(b)
}

func parseCursor(s string) (cursor, error) {
	var c cursor
	if s == "" {
		return c, nil
	}
	if err := json.Unmarshal([]byte(s), &c); err != nil {
		return c, fmt.Errorf("cursor: %w", err)
	}
	return c, nil
}

// known remembers which version of a status was handed over last, so that the same does not go out again because it is on
// two timelines or came by stream and by poll. It holds the newest few thousand; an older repeat is harmless in the store.
type known struct {
	version map[string]string // status id: edited at
	ring    []string
	next    int
}

const knownMost = 8192

func newKnown() *known {
	return &known{version: make(map[string]string), ring: make([]string, knownMost)}
}

// add reports whether this version of the status is new to us, and remembers it.
func (k *known) add(id, edited string) bool {
	v, ok := k.version[id]
	if ok && v == edited {
		return false
	}
	k.version[id] = edited
	if !ok {
		delete(k.version, k.ring[k.next])
		k.ring[k.next] = id
		k.next = (k.next + 1) % len(k.ring)
	}
	return true
}

func (k *known) has(id string) bool { _, ok := k.version[id]; return ok }
