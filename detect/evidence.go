package detect

import (
	"context"
	"errors"
	"slices"
	"time"

	"breakwater/desk"
)

const (
	maxExamples = 5
	maxVoices   = 5
	shownWords  = 8
	growthOver  = 180 // minutes in which the phase is looked for
)

// prove fills in what a signal shows for itself. What cannot be read is left out: an alert is not held up by its decoration.
func (e *Engine) prove(ctx context.Context, w Window, s *desk.Signal) {
	ev := &s.Evidence
	a := desk.Ask{Monitors: []int64{w.Monitor.ID}, From: w.back(min(max(ev.Window, 5), len(w.Minutes))), To: w.back(0).Add(skew * time.Minute)}
	var errs [5]error
	ev.Networks, errs[0] = e.store.Breakdown(ctx, a, "network")
	ev.Voices, errs[1] = e.store.Voices(ctx, a, maxVoices)
	ev.People, errs[2] = e.store.People(ctx, a)
	ev.Words, errs[3] = e.Words(ctx, a, shownWords)
	var gaps []desk.Gap
	gaps, errs[4] = e.store.Gaps(ctx, nil, a.From, a.To)
	for _, g := range gaps[:min(len(gaps), 5)] {
		ev.Gaps = append(ev.Gaps, g.Reason)
	}
	if err := errors.Join(errs[:]...); err != nil && ctx.Err() == nil {
		e.log.Warn("evidence is incomplete", "monitor", w.Monitor.ID, "detector", s.Detector, "error", err)
	}
	ev.Copies = int(w.sum(ev.Window).Copies)
	ev.Doubling, ev.Phase = w.growth()
	if len(ev.Mentions) == 0 {
		ev.Mentions = examples(w.Posts, s.Detector)
	}
	if s.Trigger == 0 && len(ev.Mentions) > 0 {
		s.Trigger = slices.Max(ev.Mentions) // ids ascend by time: the newest of what it shows
	}
}

// growth is where the conversation stands, in steps of five minutes.
func (w Window) growth() (doubling int, phase string) {
	minutes := w.Minutes[max(0, len(w.Minutes)-growthOver):]
	counts := make([]float64, 0, growthOver/5)
	for len(minutes) >= 5 {
		n := int32(0)
		for _, m := range minutes[:5] {
			n += m.Count
		}
		counts = append(counts, float64(n))
		minutes = minutes[5:]
	}
	return desk.Growth(counts, fiveMinutes)
}

// examples are the posts that show best what moved: the newest, then those most followed, no copies and nothing of our own.
// For the mood only negative ones.
func examples(posts []desk.Mention, detector string) []int64 {
	var fit []desk.Mention
	for _, m := range posts {
		if m.Own || m.IsCopy() || !m.Deleted.IsZero() || detector == "mood" && m.Mood >= 0 {
			continue
		}
		fit = append(fit, m)
	}
	if len(fit) == 0 {
		return nil
	}
	ids := []int64{fit[0].ID}
	rest := fit[1:]
	slices.SortStableFunc(rest, func(a, b desk.Mention) int { return weight(b) - weight(a) })
	for _, m := range rest[:min(len(rest), maxExamples-1)] {
		ids = append(ids, m.ID)
	}
	return ids
}

// weight is how much a post says to somebody who sees few: followers, and whether it is negative.
func weight(m desk.Mention) int {
	w := max(0, m.Author.Followers)
	if m.Mood < 0 {
		w = 2*w + 1000
	}
	return w
}
