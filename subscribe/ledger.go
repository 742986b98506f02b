package subscribe

import (
	"context"
	"errors"
	"sync"

	"breakwater/desk"
)

// ledger notes what becomes of letters, many in one transaction: whoever comes while one is being written is in the next. News of one
// conversation are kept in their order.
type ledger struct {
	desk  *Desk
	m     *desk.Mailing
	epoch int64
	news  chan entry
	notes *notebook

	mu      sync.Mutex // guards what follows
	stopped bool       // no letter may go any more
	failed  error      // the store's, or the notebook's
}

// entry is a mark on its way; done is told whether the letter may go, nil: nobody waits.
type entry struct {
	desk.Mark
	done chan bool
}

// mostMarks in one transaction: more keep the others from the store for too long.
const mostMarks = 64

func newLedger(d *Desk, m *desk.Mailing, epoch int64, notes *notebook) *ledger {
	return &ledger{desk: d, m: m, epoch: epoch, notes: notes, news: make(chan entry, mostMarks)}
}

// run writes until news is closed. What came is written even when ctx has ended.
func (l *ledger) run(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for first := range l.news {
		batch := []entry{first}
	more:
		for len(batch) < mostMarks {
			select {
			case e, ok := <-l.news:
				if !ok {
					break more
				}
				batch = append(batch, e)
			default:
				break more
			}
		}
		l.write(ctx, batch)
	}
}

func (l *ledger) write(ctx context.Context, batch []entry) {
	news := make([]desk.Mark, len(batch))
	for i, e := range batch {
		news[i] = e.Mark
	}
	may, stopped, err := l.desk.store.MarkDeliveries(ctx, l.m, l.epoch, l.desk.Timing.Lease, news, func(h []desk.Hold) bool { return l.desk.Around.Held(l.m, h) })
	l.mu.Lock()
	l.stopped, l.failed = l.stopped || stopped, errors.Join(l.failed, err)
	l.mu.Unlock()
	for i, e := range batch {
		if e.done != nil {
			e.done <- err == nil && may[i]
		}
	}
}

// may asks whether the end of a letter may be written; from the moment of a yes it counts as under way.
func (l *ledger) may(id int64) bool {
	if !l.jot(desk.Mark{SubscriberID: id, State: desk.DeliveryDue}) {
		return false
	}
	done := make(chan bool, 1)
	trying := desk.Mark{SubscriberID: id, State: desk.DeliveryTrying}
	l.news <- entry{trying, done}
	if !<-done {
		return false
	}
	if !l.jot(trying) {
		l.news <- entry{desk.Mark{SubscriberID: id, State: desk.DeliveryDue}, nil} // it surely does not go
		return false
	}
	return true
}

// jot reports whether a letter may go on.
func (l *ledger) jot(m desk.Mark) bool {
	err := l.notes.jot(m)
	if err != nil {
		l.fail(err)
	}
	return err == nil
}

func (l *ledger) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = errors.Join(l.failed, err)
}

// note tells what became of a letter. It does not wait.
func (l *ledger) note(m desk.Mark) {
	l.jot(m)
	l.news <- entry{m, nil}
}

// over reports whether nothing more may go.
func (l *ledger) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stopped || l.failed != nil
}

func (l *ledger) problem() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// sync waits until everything that was noted is written. Nothing may be under way.
func (l *ledger) sync() {
	done := make(chan bool, 1)
	l.news <- entry{desk.Mark{}, done}
	if <-done && l.problem() == nil {
		if err := l.notes.clear(); err != nil {
			l.fail(err)
		}
	}
}
