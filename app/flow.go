package app

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"breakwater/desk"
	"breakwater/enrich"
	"breakwater/internal/terms"
	"breakwater/match"
	"breakwater/store"
)

// What one write to the store gathers at the most, and how long the first batch of it waits for company. Two thousand mentions
// make a transaction of some 200 ms: a flood is committed several times a second, a lone mention at once. Half as many cost a
// fifth more each (measured), because the search index is written out once a transaction. So in a flood the first batch also waits
// for those that are being prepared.
const (
	gatherMentions = 2000
	gatherBytes    = 4 << 20 // of text
	gatherFor      = 10 * time.Millisecond
	gatherLong     = 150 * time.Millisecond // while others are being prepared
)

// Writer stores batches: Prepare does what many may do at once, Write the one transaction; Searchable waits until searches find
// what it kept. It is store.DB.
type Writer interface {
	Prepare(ctx context.Context, b desk.Batch) (*store.Prepared, error)
	Write(ctx context.Context, batches []*store.Prepared) ([]desk.Stored, error)
	Searchable(ctx context.Context) error
}

// scratches are lent to the goroutines that prepare batches.
var scratches = sync.Pool{New: func() any { return new(match.Scratch) }}

// Hearing is what the machine half currently listens for. It is replaced whole when a monitor, brand or source changes.
type Hearing struct {
	Monitors      *match.Set
	Own           match.Own
	KeepAll       map[int64]bool              // sources of which everything is kept
	Rewords       map[int64]bool              // sources that send new words under an id they gave, without calling it an edit
	BrandOf       map[int64]int64             // of the monitors
	Answers       map[int64]*desk.ReplyPolicy // by brand
	BrandOfSource map[int64]int64             // 0: for all
}

// only is the brand of all monitors given, 0 when they are of several.
func (h *Hearing) only(monitors []int64) (brand int64) {
	for i, id := range monitors {
		b := h.BrandOf[id]
		if i > 0 && b != brand {
			return 0
		}
		brand = b
	}
	return brand
}

// Flow takes what sources hand over and answers when it is durable. The order of work:
//
//	tidy → language → match → enrich      in the source's own goroutine
//	store (mentions, roll-ups, cursor)    one writer, many batches a transaction
//	detect, live screens                  told after the commit, when searches find what came
type Flow struct {
	Store  Writer
	Enrich *enrich.Enricher
	Kept   func(batches []desk.Batch, stored []desk.Stored) // after each commit, in their order; must not block

	// Spoken are the posts of ours that people may answer. May be nil.
	Spoken *Spoken

	hearing  atomic.Pointer[Hearing]
	learning sync.Mutex // held while hearing changes
	in       chan handed
	probe    chan chan struct{}
	news     chan written

	preparing atomic.Int64 // batches that will be handed in soon
}

// written is what one transaction kept.
type written struct {
	batches []desk.Batch
	stored  []desk.Stored
}

// handed is a batch on its way to the writer.
type handed struct {
	batch     desk.Batch
	unmatched int // that no monitor listens for
	prepared  *store.Prepared
	done      chan kept
}

// size is the bytes of its texts.
func (h *handed) size() (n int) {
	for i := range h.batch.Mentions {
		n += len(h.batch.Mentions[i].Text)
	}
	return n
}

type kept struct {
	stored desk.Stored
	err    error
}

// NewFlow makes a flow that keeps nothing until Hear is called.
func NewFlow(s Writer, e *enrich.Enricher) *Flow {
	f := &Flow{Store: s, Enrich: e, in: make(chan handed, 64), probe: make(chan chan struct{}), news: make(chan written, 1)}
	f.hearing.Store(&Hearing{})
	return f
}

// Hear replaces what is listened for, from the next batch on.
func (f *Flow) Hear(h *Hearing) { f.hearing.Store(h) }

// Relearn replaces what is listened for by what change makes of it. One change at a time: a slow one never undoes a later one.
func (f *Flow) Relearn(change func(now Hearing) (*Hearing, error)) error {
	f.learning.Lock()
	defer f.learning.Unlock()
	h, err := change(*f.hearing.Load())
	if err == nil {
		f.hearing.Store(h)
	}
	return err
}

// Keep takes one batch and returns when it is durable together with its cursor. The batch's mentions belong to the flow from
// then on. It implements source.Keeper.
func (f *Flow) Keep(ctx context.Context, b desk.Batch) (desk.Stored, error) {
	h, err := f.handIn(ctx, b)
	if err != nil {
		return desk.Stored{}, err
	}
	select {
	case k := <-h.done:
		k.stored.Unmatched += h.unmatched
		return k.stored, k.err
	case <-ctx.Done():
		return desk.Stored{}, ctx.Err()
	}
}

// handIn prepares a batch and leaves it to the writer.
func (f *Flow) handIn(ctx context.Context, b desk.Batch) (h handed, err error) {
	f.preparing.Add(1)
	defer f.preparing.Add(-1)
	given := len(b.Mentions)
	f.Prepare(&b, time.Now())
	p, err := f.Store.Prepare(ctx, b)
	if err != nil {
		return h, err
	}
	h = handed{batch: b, unmatched: given - len(b.Mentions) - len(b.Edits), prepared: p, done: make(chan kept, 1)}
	select {
	case f.in <- h:
		return h, nil
	case <-ctx.Done():
		return h, ctx.Err()
	}
}

// Prepare does all that needs no store, in place, and drops what nobody listens for, except that an edit goes on as one of
// something that may be stored.
func (f *Flow) Prepare(b *desk.Batch, now time.Time) {
	h := f.hearing.Load()
	scratch := scratches.Get().(*match.Scratch)
	defer scratches.Put(scratch)
	kept := b.Mentions[:0]
	var addressed []desk.Incoming
	for i := range b.Mentions {
		m := &b.Mentions[i]
		m.SourceID = b.SourceID
		m.Tidy(now)
		f.Enrich.Lang(m)
		m.Own = h.Own.Wrote(m)
		var folded *terms.Text
		if h.Monitors != nil {
			m.Monitors = h.Monitors.Match(nil, m, scratch)
			folded = scratch.Text()
		}
		if toUs := h.addressed(m, f.Spoken); len(m.Monitors) == 0 && !h.KeepAll[b.SourceID] && !toUs {
			if !m.Edited.IsZero() || h.Rewords[b.SourceID] { // it may have been about us until now
				f.Enrich.Reread(m, folded)
				f.learned(h, m)
				b.Edits = append(b.Edits, *m)
			}
			continue
		}
		f.Enrich.RestRead(m, folded)
		f.learned(h, m)
		if in, ok := h.incoming(m, now); ok {
			addressed = append(addressed, in)
		}
		kept = append(kept, *m)
	}
	for i := range b.Incoming {
		f.hear(h, &b.Incoming[i], b.SourceID, now)
	}
	b.Incoming = append(b.Incoming, addressed...)
	clear(b.Mentions[len(kept):])
	b.Mentions = kept
}

// learned reads a mention by what the people of its brand taught.
func (f *Flow) learned(h *Hearing, m *desk.Mention) {
	if f.Enrich.Lessons.Any() {
		f.Enrich.Learned(m, h.only(m.Monitors))
	}
}

// Run is the one writer. It returns when ctx ends, after the write under way.
func (f *Flow) Run(ctx context.Context) error {
	told := make(chan struct{})
	go func() {
		defer close(told)
		f.announce(ctx)
	}()
	defer func() { <-told }()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case first := <-f.in:
			f.write(ctx, f.gather(first))
		case asked := <-f.probe:
			close(asked)
		}
	}
}

// Probe fails when the one writer does not take its next turn before ctx ends.
func (f *Flow) Probe(ctx context.Context) error {
	asked := make(chan struct{})
	select {
	case f.probe <- asked:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-asked:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// gather waits a moment for more batches to share a transaction with first, and a longer one for those that are nearly ready.
func (f *Flow) gather(first handed) []handed {
	all := []handed{first}
	n, size := len(first.batch.Mentions), first.size()
	begun, wait := time.Now(), time.NewTimer(gatherFor)
	defer wait.Stop()
	for n < gatherMentions && size < gatherBytes {
		select {
		case h := <-f.in:
			all = append(all, h)
			n += len(h.batch.Mentions)
			size += h.size()
		case <-wait.C:
			if f.preparing.Load() == 0 || time.Since(begun) >= gatherLong {
				return all
			}
			wait.Reset(gatherFor)
		}
	}
	return all
}

// write stores the batches together. When that fails each is tried alone, so that one bad batch fails only its own source.
func (f *Flow) write(ctx context.Context, all []handed) {
	prepared := make([]*store.Prepared, len(all))
	for i, h := range all {
		prepared[i] = h.prepared
	}
	// A source that went away meanwhile does not undo the others' work, so the writer's own ctx counts.
	stored, err := f.Store.Write(ctx, prepared)
	if err == nil {
		for i, h := range all {
			h.done <- kept{stored: stored[i]}
		}
		f.tell(ctx, all, stored)
		return
	}
	if len(all) == 1 || errors.Is(err, context.Canceled) {
		for _, h := range all {
			h.done <- kept{err: err}
		}
		return
	}
	for _, h := range all {
		f.write(ctx, []handed{h})
	}
}

// tell leaves what was written to announce.
func (f *Flow) tell(ctx context.Context, all []handed, stored []desk.Stored) {
	if f.Kept == nil {
		return
	}
	batches := make([]desk.Batch, len(all))
	for i, h := range all {
		batches[i] = h.batch
	}
	select {
	case f.news <- written{batches, stored}:
	case <-ctx.Done():
	}
}

// announce says what was kept once searches find it, so that nobody who is told looks in vain; at the latest after a second,
// should the index have trouble.
func (f *Flow) announce(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case w := <-f.news:
			patience, cancel := context.WithTimeout(ctx, time.Second)
			_ = f.Store.Searchable(patience) // the store says what is wrong
			cancel()
			f.Kept(w.batches, w.stored)
		}
	}
}
