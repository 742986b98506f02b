package mastodon

import (
	"context"
	"net/url"
	"slices"
	"time"

	"breakwater/desk"
)

// poll asks for the timelines that are due.
func (s *stream) poll(ctx context.Context, b *desk.Batch) error {
	for _, h := range s.timelines {
		if time.Now().Before(h.due) {
			continue
		}
		if err := s.pollOne(ctx, h, b); err != nil {
			return err
		}
		if size(*b) >= batchMost {
			return nil
		}
	}
	return nil
}

func (s *stream) pollOne(ctx context.Context, h *heard, b *desk.Batch) error {
	began := time.Now()
	items, whole, rejects, err := s.since(ctx, h)
	for _, r := range rejects {
		if s.known.add("unreadable "+r.Sample, "") { // it comes again with every poll until it is old
			b.Rejects = append(b.Rejects, r)
		}
	}
	if err != nil {
		return err
	}
	for _, it := range items {
		if it.status == nil {
			h.note(it, began)
			continue
		}
		age := began.Sub(when(it.status.CreatedAt))
		if !s.known.has(it.status.ID) && age > time.Second && age < began.Sub(s.opened) {
			h.trusted = false // posted while the stream was open, which said nothing
		}
		s.add(h, it, b)
	}
	if !whole {
		return nil // the rest of a long gap: due at once
	}
	s.missing(ctx, h, items, began, b)
	h.due = began.Add(s.pause(h))
	return nil
}

// pause is how long a timeline is left alone after a poll.
func (s *stream) pause(h *heard) time.Duration {
	pause := s.pace
	if h.trusted || time.Now().Before(s.spare) {
		pause = max(pause, relaxed)
	}
	if h.shape == results {
		pause = max(pause, 3*s.pace) // searching costs the server more, and its index is some seconds behind
	}
	return pause
}

// since gives what is newer than the timeline's Base, oldest first, and whether that is everything.
func (s *stream) since(ctx context.Context, h *heard) (items []item, whole bool, rejects []desk.Reject, err error) {
	if h.Base == "" || h.shape == results { // not every server pages a search upwards
		return s.downwards(ctx, h)
	}
	from := h.Base
	for range pagesMost {
		page, full, bad, err := s.page(ctx, h.timeline, url.Values{"min_id": {from}})
		rejects = append(rejects, bad...)
		if err != nil {
			return nil, false, rejects, err
		}
		slices.Reverse(page)
		items = append(items, page...)
		if !full || len(page) == 0 {
			return items, true, rejects, nil
		}
		from = page[len(page)-1].id
	}
	return items, false, rejects, nil
}

// downwards reads from the newest until it meets what we have. A new source takes one page of the past.
func (s *stream) downwards(ctx context.Context, h *heard) (items []item, whole bool, rejects []desk.Reject, err error) {
	paging := url.Values{}
	for range pagesMost {
		page, full, bad, err := s.page(ctx, h.timeline, paging)
		rejects = append(rejects, bad...)
		if err != nil {
			return nil, false, rejects, err
		}
		slices.Reverse(page)
		items = append(page, items...)
		if !full || len(page) == 0 || len(h.Recent) == 0 || h.met(page) {
			break
		}
		paging.Set("max_id", page[0].id)
	}
	return slices.DeleteFunc(items, func(it item) bool { return h.Base != "" && !newer(it.id, h.Base) }), true, rejects, nil
}

// met reports whether something of the page was seen before.
func (h *heard) met(page []item) bool {
	return slices.ContainsFunc(page, func(it item) bool {
		return slices.ContainsFunc(h.Recent, func(r seen) bool { return r.ID == it.id })
	})
}

// missing looks after recent entries that a poll should have shown again and did not: deleted while nobody told us. Those
// that came while it ran are left alone.
func (s *stream) missing(ctx context.Context, h *heard, items []item, began time.Time, b *desk.Batch) {
	if h.shape == results {
		return // a search may leave out what it likes
	}
	for _, r := range slices.Clone(h.Recent) {
		if r.Other || time.Unix(r.At, 0).After(began.Add(-2*time.Second)) || slices.ContainsFunc(items, func(it item) bool { return it.id == r.ID }) {
			continue
		}
		there, err := s.exists(ctx, r.status())
		if err != nil {
			continue // asked again at the next poll
		}
		if !there {
			s.gone(r.status(), b)
		}
		h.forget(r.status()) // still there, but hidden from this timeline: asking once is enough
	}
}
