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
	maxGaps     = 5
	shownWords  = 8
	growthOver  = 180 // minutes in which the phase is looked for
)

// provable is how many mentions evidence is gathered from. In a busier window it is gathered from its newest minutes that hold
// no more: distinct people and voices are counted one by one, and nobody waits seconds for an alert's decoration.
const provable = 20_000

// prover gathers evidence for the signals of one window; those that look equally far back share it.
type prover struct {
	*Engine
	Window
	found map[int]desk.Evidence // by minutes
}

// prove fills in what a signal shows for itself.
func (p *prover) prove(ctx context.Context, s *desk.Signal) {
	ev := &s.Evidence
	minutes := p.provable(min(max(ev.Window, 5), len(p.Minutes)))
	got, ok := p.found[minutes]
	if !ok {
		got = p.gather(ctx, minutes)
		p.found[minutes] = got
	}
	ev.Networks, ev.Voices, ev.People, ev.Words, ev.Gaps = got.Networks, got.Voices, got.People, got.Words, got.Gaps
	ev.Copies = int(p.sum(ev.Window).Copies)
	ev.Doubling, ev.Phase = p.growth()
	if len(ev.Mentions) == 0 {
		ev.Mentions = examples(p.Posts, s.Detector)
	}
	if s.Trigger == 0 && len(ev.Mentions) > 0 {
		s.Trigger = slices.Max(ev.Mentions) // ids ascend by time: the newest of what it shows
	}
}

func (p *prover) provable(minutes int) int {
	for minutes > 1 && p.sum(minutes).Count > provable {
		minutes = minutes * 2 / 3
	}
	return minutes
}

// gather reads what evidence is made of. What cannot be read is left out: an alert is not held up by it.
func (p *prover) gather(ctx context.Context, minutes int) (ev desk.Evidence) {
	a := desk.Ask{Monitors: []int64{p.Monitor.ID}, From: p.back(minutes), To: p.back(0).Add(skew * time.Minute)}
	var errs [5]error
	ev.Networks, errs[0] = p.store.Breakdown(ctx, a, "network")
	ev.Voices, errs[1] = p.store.Voices(ctx, a, maxVoices)
	ev.People, errs[2] = p.store.People(ctx, a)
	ev.Words, errs[3] = p.Engine.Words(ctx, a, shownWords)
	var gaps []desk.Gap
	gaps, errs[4] = p.store.Gaps(ctx, nil, a.From, a.To)
	for _, g := range gaps[:min(len(gaps), maxGaps)] {
		ev.Gaps = append(ev.Gaps, g.Reason)
	}
	if err := errors.Join(errs[:]...); err != nil && ctx.Err() == nil {
		p.log.Warn("evidence is incomplete", "monitor", p.Monitor.ID, "error", err)
	}
	return ev
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
