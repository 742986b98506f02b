package app

import (
	"breakwater/desk"
	"breakwater/reply"
)

// newQueue puts the inbox together.
func newQueue(s *stages, c Config) *reply.Queue {
	q := &reply.Queue{Store: s.db, Answers: s.outbox, Words: s.words, URL: c.publicURL(), Delay: reply.UndoFor, Changed: s.hearAgain, Log: c.Log}
	q.Address = func(kind, handle, text string) string {
		for _, k := range s.kinds {
			if k.Spec.Kind == kind && k.Address != nil && handle != "" {
				return k.Address(handle, text)
			}
		}
		return text
	}
	s.outbox.Spoke = func(p desk.Post) { s.flow.Spoken.Add(p) }
	return q
}
