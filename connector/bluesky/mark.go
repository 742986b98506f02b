package bluesky

import (
	"encoding/json"
	"fmt"
	"time"
)

// rewind is how far before the last event we begin again. Servers number events by their own clocks, so after a change of
// server, or where two events share a microsecond, the last one alone does not say what is missing.
const rewind = 5 * time.Second

// mark says how far we are in the firehose: the time of the newest event, and what was heard in the rewind before it, so that
// nothing comes twice when that is sent again.
type mark struct {
	us     int64
	recent []heard // oldest first
	has    map[uint64]bool
}

type heard struct {
	us  int64
	key uint64
}

// recentMost bounds recent: the network posts and deletes some hundred times a second at its busiest. What is forgotten
// too early comes twice, and the store knows it.
const recentMost = 4096

// add notes an event; it is false for one that was heard before.
func (m *mark) add(us int64, key uint64) bool {
	if m.has[key] {
		return false
	}
	if m.has == nil {
		m.has = make(map[uint64]bool)
	}
	if len(m.recent) == 0 {
		m.us = 0 // a time by our own clock, which may go wrong
	}
	m.has[key] = true
	m.recent = append(m.recent, heard{us, key})
	m.us = max(m.us, us)
	from := 0
	for from < len(m.recent) && (len(m.recent)-from > recentMost || m.recent[from].us < m.us-rewind.Microseconds()) {
		delete(m.has, m.recent[from].key)
		from++
	}
	m.recent = append(m.recent[:0], m.recent[from:]...)
	return true
}

// start is the cursor to begin at, Unix microseconds; 0 is now.
func (m *mark) start() int64 {
	if m.us == 0 {
		return 0
	}
	return m.us - rewind.Microseconds()
}

// saved is a mark as the store keeps it.
type saved struct {
	TimeUS int64  `json:"time_us"`
	Recent string `json:"recent,omitempty"` // packed keys
}

func (m *mark) String() string {
	keys := make([]uint64, len(m.recent))
	for i, r := range m.recent {
		keys[i] = r.key
	}
	b, err := json.Marshal(saved{TimeUS: m.us, Recent: packKeys(keys)})
	if err != nil {
		panic(err) // a number and a string
	}
	return string(b)
}

func parseMark(s string) (mark, error) {
	var m mark
	if s == "" {
		return m, nil
	}
	var v saved
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return m, fmt.Errorf("cursor: %w", err)
	}
	keys, err := unpackKeys(v.Recent)
	if err != nil {
		return m, err
	}
	for _, key := range keys {
		m.add(v.TimeUS, key)
	}
	m.us = v.TimeUS
	return m, nil
}
