package enrich

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"breakwater/desk"
)

// LessonStore is what learning needs of storage.
type LessonStore interface {
	Brands(ctx context.Context) ([]desk.Brand, error)
	Mention(ctx context.Context, id int64) (desk.Mention, error)
	BrandMentions(ctx context.Context, brandID int64, since time.Time, before int64, limit int) ([]desk.Mention, error)
	OnlyBrand(ctx context.Context, m *desk.Mention) (int64, error)
	Corrections(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Correction, error)
	CorrectionMark(ctx context.Context) (string, error)
	Uncorrect(ctx context.Context, reading desk.Mention, act desk.Act) error
	Lesson(ctx context.Context, brandID int64) (desk.Lesson, error)
	Reread(ctx context.Context, readings []desk.Mention, l desk.Lesson) (touched []int64, err error)
}

// Constants of learning.
const (
	// mostCorrections of a brand are learned from, the newest; learning from so many takes a second or two.
	mostCorrections = 4000
	// settle is how long is waited for more corrections before learning from them, and for what was heard before to be stored.
	settle = 2 * time.Second
	// lookAgain is how often it is looked whether another process, or the networks, changed what people corrected.
	lookAgain = time.Minute
	// rereadDays is how far back stored mentions are read again.
	rereadDays = 30
	// rereadPiece is how many at once. Between pieces it is waited for as long as one took, so that hearing goes first.
	rereadPiece = 200
	rereadRest  = 10 * time.Millisecond
)

// Learner teaches the desk what people corrected, brand by brand, and has stored mentions read again. A brand's lessons are
// made anew of all its corrections whenever these change, so a correction that is taken back leaves nothing behind.
type Learner struct {
	store  LessonStore
	enrich *Enricher
	log    *slog.Logger
	// Touched is told the monitors whose numbers changed; nil does nothing. It must not block.
	Touched func(monitors []int64)

	learning sync.Mutex    // held while lessons are made
	mark     string        // of the corrections that were learned from; guarded by learning
	nudged   chan struct{} // there may be something to learn
	shared   chan struct{} // mentions may answer other brands than before
}

// NewLearner makes a learner that has learned nothing yet: Load does.
func NewLearner(s LessonStore, e *Enricher, log *slog.Logger) *Learner {
	return &Learner{store: s, enrich: e, log: log, nudged: make(chan struct{}, 1), shared: make(chan struct{}, 1)}
}

// Corrected says that somebody corrected something, or took it back. It does not wait.
func (l *Learner) Corrected() { ring(l.nudged) }

// Rearranged says that stored mentions may answer other brands than before. It does not wait.
func (l *Learner) Rearranged() { ring(l.shared) }

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// Load learns what there is to learn, if anything changed since the last time.
func (l *Learner) Load(ctx context.Context) error {
	l.learning.Lock()
	defer l.learning.Unlock()
	mark, err := l.store.CorrectionMark(ctx)
	if err != nil || mark == l.mark {
		return err
	}
	brands, err := l.store.Brands(ctx)
	if err != nil {
		return err
	}
	for _, b := range brands {
		if err := l.learn(ctx, b.ID); err != nil {
			return fmt.Errorf("learn from the corrections of brand %d: %w", b.ID, err)
		}
	}
	l.mark = mark
	return nil
}

// learn makes a brand's lessons anew, unless its corrections are still the same.
func (l *Learner) learn(ctx context.Context, brandID int64) error {
	corrections, err := l.corrections(ctx, brandID)
	if err != nil {
		return err
	}
	was := l.enrich.Lessons.brand(brandID)
	if len(corrections) == 0 && was == nil || was != nil && was.list == listOf(corrections) {
		return l.plan(ctx, brandID, was)
	}
	began := time.Now()
	now, err := l.lessons(ctx, brandID, corrections)
	if err != nil {
		return err
	}
	l.enrich.Lessons.replace(brandID, now)
	l.log.Info("learned from corrections", "brand", brandID, "corrections", len(corrections), "took", time.Since(began).Round(time.Millisecond))
	return l.plan(ctx, brandID, now)
}

// lessons learns from corrections.
func (l *Learner) lessons(ctx context.Context, brandID int64, corrections []desk.Mention) (*lessons, error) {
	var nearby []desk.Mention
	for i := range corrections {
		some, err := l.nearby(ctx, brandID, &corrections[i])
		if err != nil {
			return nil, err
		}
		nearby = append(nearby, some...)
	}
	return lessonsOf(l.enrich.Sentiment, corrections, nearby), nil
}

// corrections are the mentions of one brand alone that people corrected, at most mostCorrections.
func (l *Learner) corrections(ctx context.Context, brandID int64) (all []desk.Mention, err error) {
	p := desk.Paging{Limit: 200}
	for len(all) < mostCorrections {
		page, err := l.store.Corrections(ctx, brandID, p)
		if err != nil {
			return nil, err
		}
		for _, c := range page {
			if !c.Shared {
				all = append(all, c.Mention)
			}
			p.Before = c.ID
		}
		if len(page) < p.Limit {
			break
		}
	}
	return all, nil
}

// nearby are the posts just before a corrected one, which whoever corrected it passed over.
func (l *Learner) nearby(ctx context.Context, brandID int64, m *desk.Mention) (some []desk.Mention, err error) {
	page, err := l.store.BrandMentions(ctx, brandID, time.Unix(0, 0), m.ID, 8*anchorsPerError)
	if err != nil {
		return nil, err
	}
	for _, n := range page {
		if n.CorrectedBy != "" || n.Lang != m.Lang || n.Own || n.IsCopy() {
			continue
		}
		only, err := l.store.OnlyBrand(ctx, &n)
		if err != nil {
			return nil, err
		}
		if only == brandID {
			some = append(some, n)
		}
		if len(some) == anchorsPerError {
			break
		}
	}
	return some, nil
}

// plan notes that a brand's stored mentions are to be read with its new lessons.
func (l *Learner) plan(ctx context.Context, brandID int64, now *lessons) error {
	was, err := l.store.Lesson(ctx, brandID)
	if err != nil {
		return err
	}
	mark := now.mark()
	if was.Mark == mark {
		return nil
	}
	next := desk.Lesson{BrandID: brandID, Mark: mark, Learned: time.Now().UTC(), From: time.Now().UTC().AddDate(0, 0, -rereadDays)}
	if now != nil {
		next.Taught = now.taught
	}
	_, err = l.store.Reread(ctx, nil, next)
	return err
}

// Run learns whenever it is told of corrections, and has stored mentions read again meanwhile, until ctx ends.
func (l *Learner) Run(ctx context.Context) error {
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		if err := l.catchUp(ctx, settle); err != nil && ctx.Err() == nil {
			l.log.Error("corrections could not be learned from", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		case <-l.nudged:
			if err := pause(ctx, settle); err != nil {
				return err
			}
		case <-l.shared:
			if err := l.replan(ctx); err != nil && ctx.Err() == nil {
				l.log.Error("mentions could not be planned to be read again", "error", err)
			}
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// replan has the mentions of every brand that taught something read from the start, unless there is only one.
func (l *Learner) replan(ctx context.Context) error {
	if brands, err := l.store.Brands(ctx); err != nil || len(brands) < 2 {
		return err
	}
	return l.each(ctx, func(was desk.Lesson) error {
		if was.Mark == "" {
			return nil
		}
		was.Before, was.Done, was.Read, was.Differ = 0, false, 0, 0
		was.From = time.Now().UTC().AddDate(0, 0, -rereadDays)
		_, err := l.store.Reread(ctx, nil, was)
		return err
	})
}

// each hands what every brand taught to f.
func (l *Learner) each(ctx context.Context, f func(desk.Lesson) error) error {
	brands, err := l.store.Brands(ctx)
	if err != nil {
		return err
	}
	for _, b := range brands {
		was, err := l.store.Lesson(ctx, b.ID)
		if err != nil {
			return err
		}
		if err := f(was); err != nil {
			return err
		}
	}
	return nil
}

// CatchUp learns, then reads stored mentions until all are read or there is something new to learn.
func (l *Learner) CatchUp(ctx context.Context) error { return l.catchUp(ctx, 0) }

// catchUp waits, before it reads stored mentions, for those to be stored that were read with the lessons before.
func (l *Learner) catchUp(ctx context.Context, wait time.Duration) error {
	if err := l.Load(ctx); err != nil {
		return err
	}
	return l.each(ctx, func(now desk.Lesson) error {
		if !now.Done && !now.Learned.IsZero() && now.Before == 0 {
			if err := pause(ctx, wait); err != nil {
				return err
			}
		}
		for !now.Done && !now.Learned.IsZero() {
			began := time.Now()
			if err := l.reread(ctx, &now); err != nil {
				return err
			}
			if len(l.nudged)+len(l.shared) > 0 {
				return nil // what is left is found again
			}
			if err := pause(ctx, max(rereadRest, time.Since(began))); err != nil {
				return err
			}
		}
		return nil
	})
}

// reread reads the next piece of a brand's stored mentions with its lessons.
func (l *Learner) reread(ctx context.Context, now *desk.Lesson) error {
	l.learning.Lock()
	defer l.learning.Unlock()
	page, err := l.store.BrandMentions(ctx, now.BrandID, now.From, now.Before, rereadPiece)
	if err != nil {
		return err
	}
	b := l.enrich.Lessons.brand(now.BrandID)
	readings := page[:0]
	for _, m := range page {
		now.Before = m.ID
		if m.CorrectedBy != "" || m.ReadBy != "" {
			continue
		}
		only, err := l.store.OnlyBrand(ctx, &m)
		if err != nil {
			return err
		}
		plain := l.enrich.reading(m, nil)
		if only == now.BrandID {
			m = l.enrich.reading(m, b)
		} else {
			m = plain
		}
		now.Read++
		if m.Mood != plain.Mood {
			now.Differ++
		}
		readings = append(readings, m)
	}
	now.Done = len(page) < rereadPiece
	touched, err := l.store.Reread(ctx, readings, *now)
	if len(touched) > 0 && l.Touched != nil {
		l.Touched(touched)
	}
	return err
}

// reading is a mention with its mood read by the desk, with or without (nil) lessons.
func (e *Enricher) reading(m desk.Mention, b *lessons) desk.Mention {
	m.Sentiment, m.Confidence = e.Sentiment.Score(m.Lang, whole(&m))
	m.Mood = MoodOf(m.Sentiment)
	if b != nil {
		e.read(&m, b)
	}
	return m
}

// List is a piece of what people corrected of a brand's mentions, newest first.
func (l *Learner) List(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Correction, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return l.store.Corrections(ctx, brandID, p)
}

// Lesson is what a brand's corrections taught, and how far its stored mentions were read again.
func (l *Learner) Lesson(ctx context.Context, brandID int64) (desk.Lesson, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Lesson{}, err
	}
	return l.store.Lesson(ctx, brandID)
}

// Constants of what is offered to be told right.
const (
	unsureOf   = 400 // the newest mentions of a brand, of which
	unsureMost = 0.6 // those are offered that the desk is less sure of
)

// Unsure are newer mentions of one brand alone that the desk is least sure of, at most limit, the least sure first: a person's
// word on them teaches most. For responders.
func (l *Learner) Unsure(ctx context.Context, brandID int64, limit int) ([]desk.Mention, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return nil, err
	}
	all, err := l.store.BrandMentions(ctx, brandID, time.Unix(0, 0), 0, unsureOf)
	if err != nil {
		return nil, err
	}
	var some []desk.Mention
	for _, m := range all {
		if m.CorrectedBy != "" || m.ReadBy != "" || m.Own || m.IsCopy() || m.Confidence >= unsureMost || m.Text == "" {
			continue
		}
		only, err := l.store.OnlyBrand(ctx, &m)
		if err != nil {
			return nil, err
		}
		if only == brandID {
			some = append(some, m)
		}
	}
	slices.SortStableFunc(some, func(a, b desk.Mention) int { return cmp.Compare(a.Confidence, b.Confidence) })
	return some[:min(limit, len(some))], nil
}

// Undo takes back what a person said about the mood of a mention: the desk reads it, and all others, as if it had never been
// said. For responders; desk.ErrNotFound when nobody corrected it.
func (l *Learner) Undo(ctx context.Context, mentionID int64) (desk.Mention, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Mention{}, err
	}
	m, err := l.store.Mention(ctx, mentionID)
	if err != nil {
		return m, err
	}
	without, err := l.without(ctx, &m)
	if err != nil {
		return m, err
	}
	if err := l.store.Uncorrect(ctx, l.enrich.reading(m, without), desk.ActOf(ctx, "mention.uncorrect", "")); err != nil {
		return m, err
	}
	l.Corrected()
	return l.store.Mention(ctx, mentionID)
}

// without are the lessons of a mention's brand if nobody had corrected it.
func (l *Learner) without(ctx context.Context, m *desk.Mention) (*lessons, error) {
	brandID, err := l.store.OnlyBrand(ctx, m)
	if err != nil || brandID == 0 {
		return nil, err
	}
	all, err := l.corrections(ctx, brandID)
	if err != nil {
		return nil, err
	}
	rest := all[:0]
	for _, c := range all {
		if c.ID != m.ID {
			rest = append(rest, c)
		}
	}
	return l.lessons(ctx, brandID, rest)
}
