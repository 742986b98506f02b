package publish_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/publish"
)

func TestScheduledPostsGoOutOnceAndAreReadBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 3)
	d.Origin = func(context.Context, int64) string { return "wordpress" }
	d.run(t)
	s := d.approved(t, "We are open again.", func(s *desk.Statement) { s.IncidentID = 5 })
	ps := d.schedule(t, s, time.Time{})
	if len(ps) != 3 || ps[0].ChannelID != d.channels[2].ID || ps[1].ChannelID != d.channels[0].ID {
		t.Fatalf("the order of posts is %+v: where it started comes first", ps)
	}
	for _, p := range ps {
		got := d.state(t, p.ID, desk.PostVerified)
		if got.Copy != desk.CopySame || got.Link == "" || got.Words() != got.Hash || got.Attempts != 1 {
			t.Errorf("verified post %+v", got)
		}
	}
	if began := d.town.began(); len(began) != 3 || began[0] != ps[0].Key {
		t.Errorf("sends began %v, first of all %s", began, ps[0].Key)
	}
	if again := d.schedule(t, s, time.Time{}); len(again) != 3 || again[0].ID != ps[0].ID {
		t.Errorf("scheduled twice: %+v", again)
	}
	if now, err := d.db.Statement(t.Context(), s.ID); err != nil || now.State != desk.StatementPublished {
		t.Errorf("the statement is %s, %v", now.State, err)
	}
}

func TestWhatWasNotApprovedDoesNotGoOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	draft := d.approved(t, "Draft.", func(s *desk.Statement) { s.State = desk.StatementDraft })
	var wrong *desk.Invalid
	if _, err := d.Schedule(as(t, desk.Lead), draft.ID, time.Time{}); !errors.As(err, &wrong) {
		t.Errorf("a draft was scheduled: %v", err)
	}
	s := d.approved(t, "Approved.")
	if _, err := d.Schedule(as(t, desk.Responder), s.ID, time.Time{}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a responder scheduled: %v", err)
	}
	p := d.schedule(t, s, time.Time{})[0]
	if _, err := d.db.ChangeStatement(t.Context(), s.ID, act("statement.save"), func(s *desk.Statement, out *desk.Out) error {
		s.Variants[0].Text, out.Say = "Approved?", desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	d.run(t)
	if got := d.state(t, p.ID, desk.PostFailed); got.Problem.IsZero() || len(d.town.began()) != 0 {
		t.Errorf("changed words: %+v, sends %v", got, d.town.began())
	}
	if told := <-d.alarms; told.IsZero() {
		t.Error("nobody was told")
	}
}

// A post is not scheduled for, moved to, or released on a day that needs a second opinion before somebody gave it.
func TestTheDayNeedsASecondOpinion(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	usual := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)
	grave := usual.Add(24 * time.Hour)
	d.Check = func(_ context.Context, _ desk.Statement, _ desk.Variant, _ desk.Channel, due time.Time) []desk.Finding {
		if due.Equal(grave) {
			return []desk.Finding{{Check: "day", Weight: desk.FindingSecond, Say: desk.Say("A day of mourning.")}}
		}
		return nil
	}
	refused := func(what string, err error) {
		t.Helper()
		var wrong *desk.Invalid
		if !errors.As(err, &wrong) || wrong.Field != "second" {
			t.Errorf("%s: %v", what, err)
		}
	}
	s := d.approved(t, "We have a new flavour.")
	_, err := d.Schedule(as(t, desk.Lead), s.ID, grave)
	refused("scheduled", err)
	p := d.schedule(t, s, usual)[0]
	_, err = d.Move(as(t, desk.Lead), p.ID, grave)
	refused("moved", err)
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Decide(as(t, desk.Lead), p.ID, desk.DecideRelease, grave)
	refused("released", err)
	if now, err := d.db.Post(t.Context(), p.ID); err != nil || !now.Due.Equal(usual) || now.HoldID != h.ID {
		t.Errorf("after all that it is %+v, %v", now, err)
	}
	seconded := d.approved(t, "We have a new flavour, seen by two.", func(s *desk.Statement) {
		s.Needs = []desk.Signature{{Role: desk.SecondOpinion, Verdict: desk.Approved, Hash: s.Hash()}}
	})
	if _, err := d.End(as(t, desk.Lead), h.ID, "over"); err == nil {
		t.Error("a hold ended before its post was decided about")
	}
	if _, err := d.Decide(as(t, desk.Lead), p.ID, desk.DecideRelease, time.Time{}); err != nil {
		t.Errorf("released at its own time: %v", err)
	}
	if _, err := d.End(as(t, desk.Lead), h.ID, "over"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Schedule(as(t, desk.Lead), seconded.ID, grave); err != nil {
		t.Errorf("seen by two: %v", err)
	}
}

// Words that were signed while a fact held do not go out once it was withdrawn: a person looks at the post.
func TestWhatRestsOnAWithdrawnFactIsHeld(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	in, err := d.db.ChangeIncident(t.Context(), 0, act("incident.open"), func(i *desk.Incident, out *desk.Out) error {
		i.Title, i.State, out.Say = "Kettles", desk.IncidentOpen, desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	change := func(id int64, state string) desk.Fact {
		t.Helper()
		f, err := d.db.ChangeFact(t.Context(), in.ID, id, act("fact.save"), func(f *desk.Fact, _ *desk.Incident, _ []desk.Citing, out *desk.Out) error {
			f.Text, f.State, out.Say = "Only batch 7 is affected", state, desk.Say("x")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := change(0, desk.FactConfirmed)
	s := d.approved(t, "Only batch 7 is affected.", func(s *desk.Statement) { s.IncidentID, s.Variants[0].Facts = in.ID, desk.IDs{f.ID} })
	first := d.schedule(t, s, time.Time{})[0]
	d.run(t)
	d.state(t, first.ID, desk.PostVerified)
	change(f.ID, desk.FactWithdrawn)
	again := d.approved(t, "Only batch 7 is affected, we repeat.", func(s *desk.Statement) { s.IncidentID, s.Variants[0].Facts = in.ID, desk.IDs{f.ID} })
	p := d.schedule(t, again, time.Time{})[0]
	if got := d.state(t, p.ID, desk.PostHeld); got.HeldWhy.IsZero() || len(d.town.began()) != 1 {
		t.Errorf("a post on a withdrawn fact: %+v, sends %v", got, d.town.began())
	}
}

func TestNetworksThatSayNoOrLater(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.run(t)
	tries := 0
	d.town.with(func() {
		d.town.fail = func(publish.Letter) error {
			if tries++; tries == 1 {
				return &desk.Retry{After: time.Millisecond, Err: errors.New("429")}
			}
			return desk.ErrDenied
		}
	})
	p := d.schedule(t, d.approved(t, "x"), time.Time{})[0]
	waits := d.until(t, p.ID, "waiting after one try", func(p desk.Post) bool { return p.State == desk.PostWaiting && p.Attempts == 1 })
	if waits.Problem.IsZero() || !waits.Next.After(time.Now()) {
		t.Errorf("it waits %+v", waits)
	}
	if _, err := d.Move(as(t, desk.Lead), p.ID, time.Now().Add(20*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if got := d.state(t, p.ID, desk.PostFailed); got.Attempts != 2 {
		t.Errorf("refused: %+v", got)
	}
	d.town.with(func() { d.town.fail = nil })
	if _, err := d.Retry(as(t, desk.Lead), p.ID); err != nil {
		t.Fatal(err)
	}
	d.state(t, p.ID, desk.PostVerified)
}

func TestLostAnswersAreReadBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.town.fail = func(publish.Letter) error { return errLost }
	d.run(t)
	p := d.schedule(t, d.approved(t, "x"), time.Time{})[0]
	d.state(t, p.ID, desk.PostVerified)
	if began := d.town.began(); len(began) != 1 {
		t.Errorf("sent %d times", len(began))
	}
}

func TestUnsureSendsThatDidNotArriveAreSentAgainAfterAWhile(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	first := true
	d.town.fail = func(publish.Letter) error {
		if first {
			first = false
			return publish.ErrUnsure
		}
		return nil
	}
	d.run(t)
	p := d.schedule(t, d.approved(t, "x"), time.Time{})[0]
	got := d.state(t, p.ID, desk.PostVerified)
	if wait := got.Claimed.Sub(got.First); got.Attempts != 2 || wait < d.Timing.Quiet {
		t.Errorf("sent again after %s: %+v", wait, got)
	}
}

// blind is a mouth that cannot be asked.
type blind struct{ m mouth }

func (b blind) Send(ctx context.Context, p publish.Letter) (publish.Receipt, error) {
	return b.m.Send(ctx, p)
}

func TestWithoutAWayToAskNothingIsSentAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.Mouths = func(context.Context, desk.Channel) (publish.Mouth, error) { return blind{mouth{d.town, ""}}, nil }
	d.town.fail = func(publish.Letter) error { return publish.ErrUnsure }
	d.run(t)
	p := d.schedule(t, d.approved(t, "x"), time.Time{})[0]
	d.until(t, p.ID, "for a person", func(p desk.Post) bool { return p.State == desk.PostUnknown && p.Next.IsZero() })
	if told := <-d.alarms; told.IsZero() || len(d.town.began()) != 1 {
		t.Errorf("told %v, sends %v", told, d.town.began())
	}
	d.town.with(func() { d.town.fail = nil })
	d.until(t, p.ID, "long enough ago", func(p desk.Post) bool { return time.Since(p.Claimed) > d.Timing.Quiet })
	if _, err := d.Settle(as(t, desk.Lead), p.ID, false, ""); err != nil {
		t.Fatal(err)
	}
	d.until(t, p.ID, "sent, unread", func(p desk.Post) bool { return p.State == desk.PostSent && p.Copy == "" && p.Next.IsZero() })
}

// A network that does not show enough to say that it has nothing is no reason to send again.
func TestWhatNobodyCanFindOutIsForPeople(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.town.fail, d.town.deaf = func(publish.Letter) error { return publish.ErrUnsure }, publish.ErrBlind
	d.run(t)
	p := d.schedule(t, d.approved(t, "x"), time.Time{})[0]
	d.until(t, p.ID, "for a person", func(p desk.Post) bool { return p.State == desk.PostUnknown && p.Next.IsZero() })
	if told := <-d.alarms; told.IsZero() || len(d.town.began()) != 1 {
		t.Errorf("told %v, sends %v", told, d.town.began())
	}
}

// wordy is a network that knows no keys, and is asked by words alone. The first look at a post does not know yet which copies others
// have: they are looked for just now too.
type wordy struct {
	says func(ctx context.Context, nativeID string, but int64) (bool, error)

	mu     sync.Mutex // guards what follows
	sends  int
	copies []string
	looked map[int64]bool
}

// Send loses the first answer after the network has acted, and the second before.
func (w *wordy) Send(_ context.Context, p publish.Letter) (publish.Receipt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sends++; w.sends != 2 {
		w.copies = append(w.copies, p.Text)
	}
	if w.sends <= 2 {
		return publish.Receipt{}, publish.ErrUnsure
	}
	return publish.Receipt{NativeID: fmt.Sprint("n-", len(w.copies))}, nil
}

func (w *wordy) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	knows := w.looked[p.ID]
	w.looked[p.ID] = true
	for i, text := range w.copies {
		r := publish.Receipt{NativeID: fmt.Sprint("n-", i+1), ByWords: true}
		other, err := w.says(ctx, r.NativeID, p.ID)
		if err != nil {
			return r, err
		}
		if text == p.Text && !(knows && other) {
			return r, nil
		}
	}
	return publish.Receipt{}, desk.ErrNotFound
}

// Two posts with the same words, of which the network took one and lost both answers: one of them is that copy, the other one is
// sent again.
func TestTwoPostsDoNotTakeOneCopyForTheirs(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 2)
	w := &wordy{says: d.db.Says, looked: make(map[int64]bool)}
	d.Mouths = func(context.Context, desk.Channel) (publish.Mouth, error) { return w, nil }
	both := d.schedule(t, d.approved(t, "Office hours: 9 to 5."), time.Time{})
	d.run(t)
	published := func(p desk.Post) bool { return p.Published() }
	one, other := d.until(t, both[0].ID, "out", published), d.until(t, both[1].ID, "out", published)
	w.mu.Lock()
	defer w.mu.Unlock()
	if one.NativeID == other.NativeID || w.sends != 3 || len(w.copies) != 2 {
		t.Errorf("posts are %s and %s, %d sends made %d copies", one.NativeID, other.NativeID, w.sends, len(w.copies))
	}
}

func TestChangedAndMissingCopiesAreSeen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.run(t)
	p := d.state(t, d.schedule(t, d.approved(t, "x"), time.Time{})[0].ID, desk.PostVerified)
	d.town.with(func() {
		l := d.town.live[p.Key]
		l.Text = "y"
		d.town.live[p.Key] = l
	})
	if err := d.db.LookAgain(t.Context(), p, time.Now()); err != nil {
		t.Fatal(err)
	}
	p = d.until(t, p.ID, "different", func(p desk.Post) bool { return p.Copy == desk.CopyDiffers })
	if p.State != desk.PostSent || p.Problem.IsZero() {
		t.Errorf("a changed copy: %+v", p)
	}
	m, err := d.Matrix(as(t, desk.Viewer), d.brand, 0, desk.Paging{})
	if err != nil || len(m.Rows) != 1 || m.Rows[0].Cells[0].State != publish.CellDiffers {
		t.Errorf("matrix %+v, %v", m, err)
	}
	d.until(t, p.ID, "old enough to be missed", func(p desk.Post) bool { return time.Since(p.Sent) > d.Timing.Quiet })
	d.town.with(func() { delete(d.town.live, p.Key) })
	if err := d.db.LookAgain(t.Context(), p, time.Now()); err != nil {
		t.Fatal(err)
	}
	d.until(t, p.ID, "missing", func(p desk.Post) bool { return p.Copy == desk.CopyMissing })
}

func TestCorrectAndWithdraw(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 2)
	d.run(t)
	s := d.approved(t, "Open at 9.")
	old := d.schedule(t, s, time.Time{})
	for _, p := range old {
		d.state(t, p.ID, desk.PostVerified)
	}
	newer := d.schedule(t, d.approved(t, "Open at 10.", func(n *desk.Statement) { n.Replaces = s.ID }), time.Time{})
	for i, p := range newer {
		d.state(t, p.ID, desk.PostVerified)
		d.state(t, old[i].ID, desk.PostReplaced)
		if text, _ := d.town.said(old[i].Key); text != "Open at 10." {
			t.Errorf("live: %q", text)
		}
	}
	if began := d.town.began(); len(began) != 2 {
		t.Errorf("%d new posts were made, the old ones could be changed", len(began))
	}
	if was, err := d.db.Statement(t.Context(), s.ID); err != nil || was.State != desk.StatementCorrected {
		t.Errorf("the old statement is %s, %v", was.State, err)
	}
	if _, err := d.Withdraw(as(t, desk.Lead), newer[0].ID, "wrong day"); err != nil {
		t.Fatal(err)
	}
	d.state(t, newer[0].ID, desk.PostWithdrawn)
	if _, ok := d.town.said(old[0].Key); ok {
		t.Error("it is still live")
	}
}

func TestPostsOfADrillHaveOneMouth(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	sand := newTown()
	d.Drill = mouth{sand, "sandbox"}
	d.run(t)
	s := d.approved(t, "This is a drill.", func(s *desk.Statement) { s.DrillID = 9 })
	p := d.state(t, d.schedule(t, s, time.Time{})[0].ID, desk.PostVerified)
	if _, ok := sand.said(p.Key); !ok || len(d.town.began()) != 0 {
		t.Errorf("sandbox %v, real network %v", sand.began(), d.town.began())
	}
}

func TestWhatIsFarTooLateIsForPeople(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.Timing.TooLate = 20 * time.Millisecond
	p := d.schedule(t, d.approved(t, "x"), time.Time{})[0]
	d.until(t, p.ID, "late", func(p desk.Post) bool { return time.Since(p.Due) > d.Timing.TooLate })
	d.run(t)
	p = d.state(t, p.ID, desk.PostHeld)
	if p.HoldID != 0 || len(d.town.began()) != 0 {
		t.Errorf("%+v", p)
	}
	d.Timing.TooLate = time.Hour
	if _, err := d.Decide(as(t, desk.Lead), p.ID, desk.DecideNow, time.Time{}); err != nil {
		t.Fatal(err)
	}
	d.state(t, p.ID, desk.PostVerified)
}

func TestPausedChannelsDoNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 2)
	if _, err := d.db.ChangeChannel(t.Context(), d.channels[0].ID, act("channel.save"), func(c *desk.Channel, out *desk.Out) error {
		c.Paused, out.Say = true, desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	d.Timing.Place = time.Millisecond
	d.run(t)
	ps := d.schedule(t, d.approved(t, "x"), time.Time{})
	d.state(t, ps[1].ID, desk.PostVerified)
	if p := d.state(t, ps[0].ID, desk.PostWaiting); p.Attempts != 0 || slices.Contains(d.town.began(), p.Key) {
		t.Errorf("paused: %+v", p)
	}
}
