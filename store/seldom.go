package store

import (
	"sync"
	"time"
)

// seldomEvery is how long the log is silent about one thing that strangers can repeat as often as they like.
const seldomEvery = time.Hour

// seldom tells when something is to be logged that may happen very often. The zero value is ready.
type seldom struct {
	mu   sync.Mutex
	last map[int64]time.Time // guarded by mu: by what it is about, when it was due last
}

// due reports whether what an id names was not due for an hour.
func (s *seldom) due(id int64, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if was, ok := s.last[id]; ok && now.Sub(was) < seldomEvery {
		return false
	}
	if s.last == nil {
		s.last = map[int64]time.Time{}
	}
	s.last[id] = now
	return true
}
