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
	found  map[int]desk.Evidence // by minutes
	tide   float64               // of the other monitors
	before []desk.Mention        // of the week before, to tell which words are new
}

// prove fills in what a signal shows for itself: what its own posts show, where its sentence is about some, and else what the window
// shows. What the detector counted itself stays.
func (p *prover) prove(ctx context.Context, s *desk.Signal) {
	ev := &s.Evidence
	minutes := p.provable(min(max(ev.Window, 5), len(p.Minutes)))
	got, ok := p.found[minutes]
	if !ok {
		got = p.gather(ctx, minutes)
		p.found[minutes] = got
	}
	ev.Gaps, ev.Sources, ev.Deaf = got.Gaps, got.Sources, got.Deaf
	ev.Doubling, ev.Phase = p.growth()
	posts, whole, narrow := p.about(ctx, s)
	seen, people := p.sum(minutes), got.People
	if narrow {
		show(ev, posts, whole)
		ev.Words = rising(posts, pastOf(p.before), shownWords)
		seen, people = Minute{Count: int32(len(posts)), Negative: int32(len(posts)), Copies: int32(ev.Copies)}, ev.People //nolint:gosec // at most topicRead
	} else {
		posts = since(p.Posts, p.back(minutes))
		p.showAll(ev, got, minutes)
		if s.Detector == "mood" {
			ev.Words = rising(negative(posts), pastOf(p.before), shownWords)
		}
	}
	if len(ev.Mentions) == 0 {
		ev.Mentions = examples(posts, s.Detector)
	}
	if ev.Since.IsZero() || s.Detector == "topic" && len(posts) > 0 {
		ev.Since = began(posts)
	}
	p.look(s, seen, people)
	ev.Doubts = doubted{signal: *s, seen: seen, posts: posts, networks: ev.Networks}.doubts()
	if s.Trigger == 0 && len(ev.Mentions) > 0 {
		s.Trigger = slices.Max(ev.Mentions) // ids ascend by time: the newest of what it shows
	}
}

// showAll puts into an evidence what the last so many minutes show. Where its window is longer, people and copies are not told: they
// would not be those of its sentence.
func (p *prover) showAll(ev *desk.Evidence, got desk.Evidence, minutes int) {
	ev.Networks, ev.Voices, ev.Words = got.Networks, got.Voices, got.Words
	ev.Copies = int(p.sum(ev.Window).Copies)
	if minutes < min(ev.Window, len(p.Minutes)) {
		return
	}
	if ev.People == 0 {
		ev.People = got.People
	}
	if got.Crowd != nil && got.Crowd.People == ev.People {
		ev.Crowd = got.Crowd
	}
}

// since are those of some posts that were published from a time on.
func since(posts []desk.Mention, from time.Time) []desk.Mention {
	return slices.DeleteFunc(slices.Clone(posts), func(m desk.Mention) bool { return m.Published.Before(from) })
}

// negative are those that others wrote and that are negative.
func negative(posts []desk.Mention) []desk.Mention {
	return slices.DeleteFunc(slices.Clone(posts), func(m desk.Mention) bool { return m.Own || m.Mood >= 0 })
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
	var errs [6]error
	ev.Networks, errs[0] = p.store.Breakdown(ctx, a, "network")
	ev.Voices, errs[1] = p.store.Voices(ctx, a, maxVoices)
	ev.People, errs[2] = p.store.People(ctx, a)
	ev.Words, errs[3] = p.words(ctx, a)
	errs[4] = p.coverage(ctx, a, &ev)
	var crowd desk.Crowd
	if crowd, errs[5] = p.store.Crowd(ctx, a); errs[5] == nil && crowd.Posts > 0 {
		ev.Crowd = crowd.Counted()
	}
	if err := errors.Join(errs[:]...); err != nil && ctx.Err() == nil {
		p.log.Warn("evidence is incomplete", "monitor", p.Monitor.ID, "error", err)
	}
	return ev
}

// words are those that rise, and on the way the posts that they rise against.
func (p *prover) words(ctx context.Context, a desk.Ask) ([]desk.Share, error) {
	f := desk.Filter{Monitors: a.Monitors, From: a.From, To: a.To, Listed: true, Limit: sampled}
	now, err := p.store.Mentions(ctx, f)
	if err != nil || len(now.Mentions) == 0 {
		return nil, err
	}
	before, err := p.Engine.before(ctx, f)
	if len(before) > len(p.before) {
		p.before = before
	}
	return rising(now.Mentions, pastOf(before), shownWords), err
}

// coverage tells which sources of the brand did not hear meanwhile, and why.
func (p *prover) coverage(ctx context.Context, a desk.Ask, ev *desk.Evidence) error {
	sources, err := p.store.Sources(ctx)
	if err != nil {
		return err
	}
	ours := make(map[int64]bool)
	for _, s := range sources {
		if !s.Paused && (s.BrandID == 0 || s.BrandID == p.Monitor.BrandID) {
			ours[s.ID] = true
		}
	}
	gaps, err := p.store.Gaps(ctx, nil, a.From, a.To)
	deaf := make(map[int64]bool)
	for _, g := range gaps {
		if !ours[g.SourceID] || !g.Filled.IsZero() {
			continue
		}
		deaf[g.SourceID] = true
		if len(ev.Gaps) < maxGaps && !slices.ContainsFunc(ev.Gaps, func(t desk.Text) bool { return t.English() == g.Reason.English() }) {
			ev.Gaps = append(ev.Gaps, g.Reason)
		}
	}
	ev.Sources, ev.Deaf = len(ours), len(deaf)
	return err
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
