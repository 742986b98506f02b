package topic

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// List gives topics, live ones before those that ended, strongest first. Of several monitors of a brand that found the same,
// the one with most mentions stands for all, unless monitors are asked for.
func (w *Watch) List(ctx context.Context, f desk.TopicFilter) ([]desk.Topic, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	var err error
	if f.BrandID, f.Monitors, err = w.store.Scope(ctx, f.BrandID, f.Monitors); err != nil {
		return nil, err
	}
	all := w.live(f)
	if !f.Live {
		kept, err := w.store.Topics(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, d := range kept {
			if slices.ContainsFunc(all, func(o desk.Topic) bool { return o.ID == d.ID }) {
				continue
			}
			if d.Ended.IsZero() { // it gave way to a stronger one, or was learned anew
				d.Ended = d.Last
			}
			all = append(all, d)
		}
	}
	if len(f.Monitors) == 0 {
		all = once(all)
	}
	n := f.Limit
	if n <= 0 {
		n = 50
	}
	all = all[:min(len(all), n)]
	for i := range all {
		all[i].Keys = nil // nobody outside can read them
	}
	return all, nil
}

// live are the live topics that a filter asks for, strongest first.
func (w *Watch) live(f desk.TopicFilter) []desk.Topic {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []desk.Topic
	for _, id := range w.tracker.Monitors() {
		if len(f.Monitors) > 0 && !slices.Contains(f.Monitors, id) || f.BrandID != 0 && w.monitors[id].BrandID != f.BrandID {
			continue
		}
		for _, d := range w.tracker.Live(id) {
			if f.ID != 0 && d.ID != f.ID || !f.From.IsZero() && d.Last.Before(f.From) || !f.To.IsZero() && !d.Since.Before(f.To) {
				continue
			}
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b desk.Topic) int { return rank(b, a) })
	return all
}

// once leaves out topics that a stronger one of another monitor has a key or a phrase in common with, as when two monitors of a
// brand hear the same.
func once(all []desk.Topic) []desk.Topic {
	kept := all[:0]
	for _, d := range all {
		same := func(o desk.Topic) bool {
			return o.MonitorID != d.MonitorID && (slices.ContainsFunc(d.Keys, func(k uint32) bool { return slices.Contains(o.Keys, k) }) ||
				slices.ContainsFunc(d.Terms, func(t string) bool {
					return slices.ContainsFunc(o.Terms, func(u string) bool { return strings.EqualFold(t, u) })
				}))
		}
		if i := slices.IndexFunc(kept, same); i < 0 {
			kept = append(kept, d)
		} else if d.Count > kept[i].Count && d.Ended.IsZero() == kept[i].Ended.IsZero() {
			kept[i] = d
		}
	}
	return kept
}

// One is a topic with its Points of the last day while it lives. desk.ErrNotFound.
func (w *Watch) One(ctx context.Context, id int64) (desk.Topic, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Topic{}, err
	}
	if live := w.live(desk.TopicFilter{ID: id}); len(live) > 0 {
		d := live[0]
		w.mu.Lock()
		defer w.mu.Unlock()
		d.Points, d.Keys = w.tracker.Points(nil, d.MonitorID, id), nil
		return w.seen(ctx, d)
	}
	kept, err := w.store.Topics(ctx, desk.TopicFilter{ID: id, Limit: 1})
	if err != nil {
		return desk.Topic{}, err
	}
	if len(kept) == 0 {
		return desk.Topic{}, desk.ErrNotFound
	}
	if kept[0].Keys = nil; kept[0].Ended.IsZero() {
		kept[0].Ended = kept[0].Last
	}
	return w.seen(ctx, kept[0])
}

// seen is a topic, unless the asking person must not know of its brand.
func (w *Watch) seen(ctx context.Context, d desk.Topic) (desk.Topic, error) {
	if _, _, err := w.store.Scope(ctx, 0, []int64{d.MonitorID}); err != nil {
		return desk.Topic{}, err
	}
	return d, nil
}

// Tell fills the Topics of mentions: those that live and those that ended in the last month.
func (w *Watch) Tell(mentions []desk.Mention) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range mentions {
		m := &mentions[i]
		m.Topics = nil
		for _, id := range m.Monitors {
			m.Topics = w.named(m.Topics, m, id)
		}
	}
}

// named appends the topics of one monitor that a mention belongs to. The caller holds w.mu.
func (w *Watch) named(dst []desk.TopicName, m *desk.Mention, monitor int64) []desk.TopicName {
	o := w.tracker.monitors[monitor]
	past := w.past[monitor]
	if (o == nil || len(o.live) == 0) && len(past) == 0 {
		return dst
	}
	w.reader.read(m, m.Fold)
	add := func(d desk.TopicName) {
		if !slices.ContainsFunc(dst, func(n desk.TopicName) bool { return n.Name == d.Name }) {
			dst = append(dst, d)
		}
	}
	if o != nil {
		for _, l := range o.live {
			if m.Published.Unix() >= l.since && l.hasTerm(w.reader.terms) {
				add(desk.TopicName{ID: l.id, Name: l.name})
			}
		}
	}
	for _, d := range past {
		if m.Published.Before(d.Since) || m.Published.After(d.Ended) {
			continue
		}
		if slices.ContainsFunc(w.reader.terms, func(x term) bool { return slices.Contains(d.Keys, x.tag) }) {
			add(desk.TopicName{ID: d.ID, Name: d.Name})
		}
	}
	return dst
}

// Heard gives what arrived in [from, to) of each live topic of a monitor: minutes of the last hour, whole steps of the last day.
func (w *Watch) Heard(monitor int64, from, to time.Time) []desk.TopicHeard {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tracker.Heard(monitor, from, to)
}

// Heard gives what arrived in [from, to) of each live topic of a monitor, oldest topic first: in minutes where the span lies in
// the last hour, else in the whole steps of the last day that lie in it.
func (t *Tracker) Heard(monitor int64, from, to time.Time) []desk.TopicHeard {
	o := t.monitors[monitor]
	if o == nil || len(o.live) == 0 {
		return nil
	}
	all := make([]desk.TopicHeard, 0, len(o.live))
	for _, l := range o.live {
		n, negative := l.between(from.Unix(), to.Unix())
		all = append(all, desk.TopicHeard{Topic: strconv.FormatInt(l.id, 10), Name: l.name, Count: n, Negative: negative})
	}
	return all
}

// between counts what arrived in [from, to), unix seconds.
func (l *live) between(from, to int64) (n, negative int) {
	if at := from / 60; at > l.upTo-keptMinutes {
		for ; at*60 < to && at <= l.upTo; at++ {
			n, negative = n+int(l.minutes[at%keptMinutes].n), negative+int(l.minutes[at%keptMinutes].negative)
		}
		return n, negative
	}
	for b := from / step; b*step < to; b++ {
		c := l.at(b)
		n, negative = n+int(c.n), negative+int(c.negative)
	}
	return n, negative
}
