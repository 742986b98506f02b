package app

import (
	"context"
	"errors"

	"breakwater/desk"
	"breakwater/publish"
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
	q.Jobs, q.Open = s.db, s.counter
	for _, k := range s.kinds {
		if k.Service {
			q.Services = append(q.Services, k.Spec.Kind)
		}
	}
	s.outbox.Spoke = func(p desk.Post) { s.flow.Spoken.Add(p) }
	return q
}

// counter is the way to customer service that a channel is.
func (s *stages) counter(ctx context.Context, ch desk.Channel) (reply.Counter, error) {
	m, err := s.channels.Open(ctx, ch)
	if err != nil {
		return nil, err
	}
	c, ok := m.(reply.Counter)
	if !ok {
		return nil, desk.Wrong("channel", "Choose by which way customer service gets it. An admin adds such ways to the channels.")
	}
	return counter{c}, nil
}

// counter says in the queue's words what a way to customer service does not know.
type counter struct{ reply.Counter }

// Take hands a conversation over.
func (c counter) Take(ctx context.Context, t desk.TicketLetter) (desk.TicketReceipt, error) {
	r, err := c.Counter.Take(ctx, t)
	if errors.Is(err, publish.ErrUnsure) || errors.Is(err, publish.ErrBlind) {
		err = &reply.Unsure{Err: err}
	}
	return r, err
}
