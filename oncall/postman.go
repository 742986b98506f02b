package oncall

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

// PostStore is what sending needs of storage.
type PostStore interface {
	Now(ctx context.Context) (time.Time, error)
	Called(ctx context.Context, now time.Time) ([]int64, error)
	WaitingCalls(ctx context.Context, userID int64, now time.Time, n int) ([]desk.Call, error)
	PostponeCalls(ctx context.Context, calls []int64, until time.Time) error
	WriteLetters(ctx context.Context, calls []int64, letters []desk.Letter) error
	ClaimLetters(ctx context.Context, lines, n int, lease time.Duration) ([][]desk.Letter, error)
	EndLetters(ctx context.Context, done []desk.Letter) error
	RetryLetter(ctx context.Context, l desk.Letter, wait time.Duration) error
	Letters(ctx context.Context, userID int64, p desk.Paging) ([]desk.Letter, error)
	EscalationsByID(ctx context.Context, ids []int64) ([]desk.Escalation, error)
	Reach(ctx context.Context, userID int64) (desk.Reach, error)
	Ways(ctx context.Context) ([]desk.Way, error)
	SetWayResult(ctx context.Context, id int64, at time.Time, problem string) error
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
}

// Postman puts calls into letters, as few as a person wants, and brings them. A call is put into one letter for each way that its
// person has, in the transaction that forgets the call. A letter has a Key that is the same at every try; letters to one way go
// out in the order in which they were written, and one that cannot go out holds those behind it up, but no other way.
type Postman struct {
	Store PostStore
	// Carry brings a letter about escalations, newest last. Its errors are those of alert.Sender.
	Carry func(ctx context.Context, l desk.Letter, about []desk.Escalation) (receipt string, err error)
	Log   *slog.Logger

	Turns Turns // of Run

	awake chan struct{}
	under sync.WaitGroup // lines that are being brought
	slots chan struct{}  // one for each of them
}

// ErrNobody is the error of carrying a letter whose reader is gone: it is told to nobody.
var ErrNobody = errors.New("nobody reads this any more")

// NewPostman makes a postman who works for an escalator: he looks at once when there are calls.
func NewPostman(s PostStore, e *Escalator, log *slog.Logger) *Postman {
	p := &Postman{Store: s, Log: log, awake: make(chan struct{}, 1), slots: make(chan struct{}, lines)}
	e.wake = p.wake
	return p
}

func (p *Postman) wake() {
	select {
	case p.awake <- struct{}{}:
	default:
	}
}

const (
	gatherAtOnce = 50_000           // calls of a person
	lines        = 64               // ways that are written to at once, those that do not answer among them
	inLine       = 16               // letters of a way taken at once
	letterLease  = 3 * time.Minute  // longer than those take
	sendTimeout  = 10 * time.Second // of one try
	giveUp       = 6 * time.Hour    // old news calls nobody
	patience     = 60               // tries that a letter has at least: eleven minutes
)

// Key is what receivers tell a letter by.
func Key(l desk.Letter) string { return "letter:" + strconv.FormatInt(l.ID, 10) }

// Run writes and brings letters until ctx ends, and waits for those on their way.
func (p *Postman) Run(ctx context.Context) error {
	defer p.under.Wait()
	failed := func(err error) { p.Log.Error("letters could not be brought", "error", err) }
	return rounds.Run(ctx, pollEvery, p.awake, func(ctx context.Context) (int, error) { return p.begin(ctx, failed) }, failed)
}

// Round writes and brings what is due now, and gives how much that was.
func (p *Postman) Round(ctx context.Context) (int, error) {
	var mu sync.Mutex
	var failed error
	n, err := p.begin(ctx, func(err error) {
		mu.Lock()
		defer mu.Unlock()
		failed = errors.Join(failed, err)
	})
	p.under.Wait()
	return n, errors.Join(err, failed)
}

// begin writes what is due now and begins to bring it, ways beside each other, the letters of one way one after another: a way that
// does not answer holds up no other. failed hears of the desk's own errors on the way. It gives how many were written and begun.
func (p *Postman) begin(ctx context.Context, failed func(error)) (int, error) {
	written, err := p.gather(ctx)
	if err != nil {
		err = fmt.Errorf("write letters: %w", err)
	}
	due, cerr := p.Store.ClaimLetters(ctx, cap(p.slots)-len(p.slots), inLine, letterLease)
	if cerr != nil {
		return written, errors.Join(err, fmt.Errorf("claim letters: %w", cerr))
	}
	for _, line := range due {
		written += len(line)
		p.slots <- struct{}{} // never waits: nobody else takes one
		p.under.Go(func() {
			defer p.wake() // more may wait in the line, or for a slot
			defer func() { <-p.slots }()
			if err := p.bringLine(ctx, line); err != nil && ctx.Err() == nil {
				failed(err)
			}
		})
	}
	if err == nil {
		p.Turns.Turn()
	}
	return written, err
}

// gather puts the calls that may be told now into letters, person by person. What fails for one holds up nobody else.
func (p *Postman) gather(ctx context.Context) (int, error) {
	now, err := p.Store.Now(ctx)
	if err != nil {
		return 0, err
	}
	people, err := p.Store.Called(ctx, now)
	if err != nil || len(people) == 0 {
		return 0, err
	}
	ways, err := p.Store.Ways(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	var failed error
	for _, user := range people {
		calls, err := p.Store.WaitingCalls(ctx, user, now, gatherAtOnce)
		if err != nil || len(calls) == 0 {
			failed = errors.Join(failed, err)
			continue
		}
		wrote, err := p.write(ctx, calls, ways, now)
		if err != nil && !errors.Is(err, desk.ErrConflict) { // another desk was faster
			failed = errors.Join(failed, fmt.Errorf("for person %d: %w", user, err))
		}
		n += wrote
	}
	return n, failed
}

// write puts the calls of one person into letters, or has them wait.
func (p *Postman) write(ctx context.Context, calls []desk.Call, ways []desk.Way, now time.Time) (int, error) {
	user := calls[0].UserID
	reach, err := p.Store.Reach(ctx, user)
	if err != nil {
		return 0, err
	}
	if reach.Cap == desk.Uncapped {
		return p.each(ctx, calls, ways, reach, now)
	}
	sent, err := p.Store.Letters(ctx, user, desk.Paging{Limit: 200})
	if err != nil {
		return 0, err
	}
	l := letterOf(calls, now)
	if at := When(reach, sent, calls, now); at.After(now) {
		return 0, p.Store.PostponeCalls(ctx, callIDs(calls), at)
	}
	return 1, p.Store.WriteLetters(ctx, callIDs(calls), copies(l, ways))
}

// each gives every call a letter of its own.
func (p *Postman) each(ctx context.Context, calls []desk.Call, ways []desk.Way, reach desk.Reach, now time.Time) (int, error) {
	var letters []desk.Letter
	var put, wait []int64
	until := now
	for i := range calls {
		l := letterOf(calls[i:i+1], now)
		if at := quietUntil(reach, l.Level, now); at.After(now) {
			wait, until = append(wait, calls[i].ID), at
			continue
		}
		put, letters = append(put, calls[i].ID), append(letters, copies(l, ways)...)
	}
	if len(wait) > 0 {
		if err := p.Store.PostponeCalls(ctx, wait, until); err != nil {
			return 0, err
		}
	}
	return len(put), p.Store.WriteLetters(ctx, put, letters)
}

// letterOf is what calls of one person make together.
func letterOf(calls []desk.Call, now time.Time) desk.Letter {
	l := desk.Letter{UserID: calls[0].UserID, Asked: calls[0].Made, Made: now}
	for _, c := range calls {
		l.Level = max(l.Level, c.Level)
		if c.Made.Before(l.Asked) {
			l.Asked = c.Made
		}
		l.Calls = append(l.Calls, c.Key)
		l.Escalations = append(l.Escalations, c.EscalationID)
	}
	slices.Sort(l.Escalations)
	l.Escalations = slices.Compact(l.Escalations)
	return l
}

// copies are a letter for each way that its person has at this level; without any, to the address of their account.
func copies(l desk.Letter, ways []desk.Way) (all []desk.Letter) {
	for _, w := range ways {
		if w.UserID == l.UserID && !w.Paused && w.MinLevel <= l.Level {
			l.WayID = w.ID
			all = append(all, l)
		}
	}
	if len(all) == 0 {
		all = append(all, l)
	}
	return all
}

func callIDs(calls []desk.Call) (ids []int64) {
	for _, c := range calls {
		ids = append(ids, c.ID)
	}
	return ids
}

// bringLine sends the letters of one way until one fails, and writes down together what became of those before it. Should the desk
// be killed in between, they are sent once more, under the same keys.
func (p *Postman) bringLine(ctx context.Context, line []desk.Letter) error {
	var done []desk.Letter
	var failed error
	for _, l := range line {
		end, cause, err := p.deliver(ctx, l)
		if err != nil {
			return errors.Join(err, p.Store.EndLetters(ctx, done))
		}
		if cause != nil {
			failed = cause
			break
		}
		done = append(done, end)
	}
	if err := p.Store.EndLetters(ctx, done); err != nil {
		return err
	}
	if n := len(done); n > 0 && done[n-1].State == desk.LetterSent {
		if err := p.noteWay(ctx, done[n-1], done[n-1].Sent, ""); err != nil {
			return err
		}
	}
	if failed == nil || ctx.Err() != nil {
		return nil // the desk stops; the letter goes out after the start
	}
	return p.failed(ctx, line[len(done)], failed)
}

// deliver tries one letter, and gives what became of it. cause is the other side's failure, err the desk's own.
func (p *Postman) deliver(ctx context.Context, l desk.Letter) (end desk.Letter, cause, err error) {
	about, err := p.Store.EscalationsByID(ctx, l.Escalations)
	if err != nil {
		return l, nil, err
	}
	if !slices.ContainsFunc(about, needed) {
		l.State = desk.LetterVain
		return l, nil, nil
	}
	trying, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	receipt, cause := p.Carry(trying, l, about)
	switch {
	case errors.Is(cause, ErrNobody):
		l.State = desk.LetterVain
		return l, nil, nil
	case cause != nil:
		return l, cause, nil
	}
	l.Tries++
	l.State, l.Receipt, l.Problem = desk.LetterSent, receipt, ""
	l.Sent, err = p.Store.Now(ctx)
	return l, nil, err
}

// needed reports whether somebody must still hear of an escalation.
func needed(e desk.Escalation) bool { return e.Live() || e.State == desk.EscalationSpent }

// failed decides whether a letter is tried again. One that is not goes to the address of its person's account instead, and is a line
// in the journal: somebody was not told as they wanted to be.
func (p *Postman) failed(ctx context.Context, l desk.Letter, cause error) error {
	now, err := p.Store.Now(ctx)
	if err != nil {
		return err
	}
	l.Tries++
	wait, problem := retry(l.Tries, cause)
	l.Problem = problem.Say
	if l.Tries&(l.Tries-1) == 0 { // the first, second, fourth …: a way that is down for hours is told now and then
		p.Log.Warn("a letter did not go out", "letter", l.ID, "way", l.WayID, "tries", l.Tries, "error", cause)
	}
	// Tries are counted as well, because a clock that was set forward makes no letter old.
	if wait > 0 && (now.Sub(l.Made) < giveUp || l.Tries < patience) {
		return errors.Join(p.Store.RetryLetter(ctx, l, wait), p.noteWay(ctx, l, now, problem.Say))
	}
	if err := p.instead(ctx, l); err != nil {
		return err
	}
	l.State = desk.LetterFailed
	out := desk.Out{Say: desk.Say("A message did not reach {name}. The next step will.", "name", "#"+strconv.FormatInt(l.UserID, 10))}
	_, err = p.Store.Record(ctx, theDesk("escalation.unsent", now), "user:"+strconv.FormatInt(l.UserID, 10), out)
	return errors.Join(err, p.Store.RetryLetter(ctx, l, 0), p.noteWay(ctx, l, now, problem.Say))
}

// instead writes a letter that its way did not take once more, to the address of its person's account, unless another way has it.
func (p *Postman) instead(ctx context.Context, l desk.Letter) error {
	if l.WayID == 0 {
		return nil
	}
	all, err := p.Store.Letters(ctx, l.UserID, desk.Paging{Limit: 200})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(o desk.Letter) bool {
		return o.ID != l.ID && o.State != desk.LetterFailed && slices.Equal(o.Calls, l.Calls)
	}) {
		return nil
	}
	next := desk.Letter{UserID: l.UserID, Level: l.Level, Escalations: l.Escalations, Calls: l.Calls, State: desk.LetterDue, Asked: l.Asked, Made: l.Made}
	return p.Store.WriteLetters(ctx, nil, []desk.Letter{next})
}

func (p *Postman) noteWay(ctx context.Context, l desk.Letter, now time.Time, problem string) error {
	if l.WayID == 0 {
		return nil
	}
	err := p.Store.SetWayResult(ctx, l.WayID, now, problem)
	if errors.Is(err, desk.ErrNotFound) {
		return nil // it was deleted meanwhile
	}
	return err
}

// What a failure says to people; the English sentence is the key of its translation.
var (
	problemDenied  = desk.Say("The other side refuses our credentials. Renew them in the settings of this way.")
	problemLater   = desk.Say("Messages do not get through at the moment. They are tried again.")
	problemRefused = desk.Say("The other side refused a message. Check the settings of this way.")
)

// retry is how long to wait until the next try, 0 for never. In the first minute and a half it is asked every few seconds, because
// somebody waits to be called; then the other side is down for longer and gets some peace.
func retry(tries int, cause error) (time.Duration, desk.Text) {
	wait := min(time.Second<<min(tries-1, 2), 4*time.Second)
	switch {
	case tries > 60:
		wait = time.Minute
	case tries > 20:
		wait = 15 * time.Second
	}
	var later *desk.Retry
	switch {
	case errors.As(cause, &later):
		return max(wait, later.After), problemLater
	case errors.Is(cause, desk.ErrDenied):
		return 0, problemDenied
	case desk.InVain(cause):
		return 0, problemRefused
	}
	return wait, problemLater
}

// Told is a letter with the name of its way.
type Told struct {
	desk.Letter
	Way string `json:"way"` // empty: the address of the account
}

// About lists the letters that tell of an escalation, oldest first.
func (p *Postman) About(ctx context.Context, e desk.Escalation) ([]Told, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	ways, err := p.Store.Ways(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[int64]string, len(ways))
	for _, w := range ways {
		names[w.ID] = w.Name
	}
	var all []Told
	seen := make(map[int64]bool)
	for _, c := range e.Called {
		if seen[c.UserID] {
			continue
		}
		seen[c.UserID] = true
		sent, err := p.Store.Letters(ctx, c.UserID, desk.Paging{Limit: 200})
		if err != nil {
			return nil, err
		}
		for _, l := range sent {
			if slices.Contains(l.Escalations, e.ID) {
				all = append(all, Told{l, names[l.WayID]})
			}
		}
	}
	slices.SortFunc(all, func(a, b Told) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}
