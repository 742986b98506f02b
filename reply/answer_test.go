package reply_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/reply"
	"breakwater/store"
)

// held reports whether an answer was held back because somebody else was there first.
func held(err error) bool {
	var busy *reply.Busy
	var moved *reply.Moved
	return errors.As(err, &busy) || errors.As(err, &moved)
}

func TestAnAnswerGoesOutAfterTheTimeToUndoIt(t *testing.T) {
	t.Parallel()
	b := open(t, 50*time.Millisecond)
	b.send(t)
	c := b.wrote(t, "eva", nil)
	before := time.Now()
	now, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: "Please unplug it.", Seen: c.Last})
	if err != nil || now.State != desk.ConversationSending || now.AssigneeID != bo || now.Since.IsZero() {
		t.Fatalf("on its way it is %+v, %v", now, err)
	}
	done := b.until(t, c.ID, desk.ConversationAnswered)
	if time.Since(before) < b.Delay || b.town.to("eva") != 1 || done.Answers != 1 || !done.Since.IsZero() {
		t.Errorf("said %d times to Eva after %s: %+v", b.town.to("eva"), time.Since(before), done)
	}
	again := b.wrote(t, "eva", nil)
	if _, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: "As I said.", Seen: now.Last}); !held(err) {
		t.Errorf("an answer to words of before was sent: %v", err)
	}
	if again.ID != c.ID || again.State != desk.ConversationWaiting {
		t.Errorf("she waits as %+v", again)
	}
}

// rivals answer one conversation at once, each from a desk of its own, and none may win twice.
func rivals(t *testing.T, desks []*bed, id int64, answer func(i int, q *bed) error) (won int) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { errs[i] = answer(i, desks[i%len(desks)]) })
	}
	wg.Wait()
	for i, err := range errs {
		if err == nil {
			won++
		} else if !held(err) {
			t.Errorf("rival %d: %v", i, err)
		}
	}
	posts, err := desks[0].db.PostsTo(t.Context(), id)
	if err != nil || len(posts) != won {
		t.Errorf("%d answers, %d posts, %v", won, len(posts), err)
	}
	return won
}

func contest(t *testing.T, desks ...*bed) {
	t.Helper()
	b := desks[0]
	for _, round := range []struct {
		name string
		who  func(i int) context.Context
		seen bool
	}{
		{"two people", func(i int) context.Context { return as(t, int64(bo+i%2)) }, true},
		{"one person in two browsers", func(int) context.Context { return as(t, bo) }, true},
		{"programs that did not look", func(i int) context.Context { return program(t, int64(i%2)+1) }, false},
	} {
		c := b.wrote(t, "rival of "+round.name, nil)
		a := reply.Answer{Text: "Please unplug it."}
		if round.seen {
			a.Seen = c.Last
		}
		if won := rivals(t, desks, c.ID, func(i int, q *bed) error { _, err := q.Answer(round.who(i), c.ID, a); return err }); won != 1 {
			t.Errorf("%s: %d answered one person", round.name, won)
		}
		b.until(t, c.ID, desk.ConversationAnswered)
		if _, err := b.Answer(round.who(0), c.ID, a); !held(err) {
			t.Errorf("%s: answered again, unasked: %v", round.name, err)
		}
		if n := b.town.to("rival of " + round.name); n != 1 {
			t.Errorf("%s: said %d times", round.name, n)
		}
	}
}

func TestNobodyIsAnsweredTwice(t *testing.T) {
	t.Parallel()
	b := open(t, time.Millisecond)
	b.send(t)
	contest(t, b)
}

func TestNobodyIsAnsweredTwiceByTwoProcesses(t *testing.T) {
	t.Parallel()
	dsn, n := needs.Postgres(t), &town{}
	first := over(t, store.Config{DSN: dsn}, n, time.Millisecond)
	first.furnish(t)
	second := over(t, store.Config{DSN: dsn}, n, time.Millisecond)
	second.brand = first.brand
	first.send(t)
	second.send(t)
	contest(t, first, second)
}

func TestNobodyIsAnsweredToWordsThatTheyChanged(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	alone := func(in *desk.Incoming) { in.Private, in.Via = true, desk.ViaDirect }
	before := b.wrote(t, "eva", alone)
	b.heard-- // the same message again
	now := b.wrote(t, "eva", func(in *desk.Incoming) {
		alone(in)
		in.Text, in.Edited = "My kettle is fine again, sorry!", in.At.Add(time.Second)
	})
	if _, err := b.Answer(as(t, bo), before.ID, reply.Answer{Text: "Please unplug it.", Seen: before.Seen()}); !held(err) || now.Seen() == before.Seen() {
		t.Errorf("an answer to the old words: %v", err)
	}
	if _, err := b.Answer(as(t, bo), before.ID, reply.Answer{Text: "Good to hear.", Seen: now.Seen()}); err != nil {
		t.Errorf("an answer to the new words: %v", err)
	}
}

func TestWhoTypesFirstHoldsOthersBack(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	c := b.wrote(t, "eva", nil)
	if _, err := b.Write(as(t, bo), c.ID, "Please", false); err != nil {
		t.Fatal(err)
	}
	var busy *reply.Busy
	if _, err := b.Write(as(t, cy), c.ID, "Hello", false); !errors.As(err, &busy) || busy.Draft.Name != "bo" || busy.Draft.Text != "Please" {
		t.Errorf("the second to type: %v", err)
	}
	for name, ctx := range map[string]context.Context{"cy": as(t, cy), "a program": program(t, bo)} {
		if _, err := b.Answer(ctx, c.ID, reply.Answer{Text: "Unplug it.", Seen: c.Last}); !errors.As(err, &busy) {
			t.Errorf("%s answered meanwhile: %v", name, err)
		}
	}
	rows, err := b.List(as(t, cy), desk.ConversationFilter{BrandID: b.brand})
	if err != nil || len(rows) != 1 || rows[0].Writing == nil || rows[0].Writing.Name != "bo" {
		t.Errorf("the list shows %+v, %v", rows, err)
	}
	if d, err := b.Write(as(t, cy), c.ID, "Hello", true); err != nil || d.UserID != cy {
		t.Errorf("taken over: %+v, %v", d, err)
	}
	if _, err := b.Answer(as(t, cy), c.ID, reply.Answer{Text: "Unplug it.", Seen: c.Last}); err != nil {
		t.Errorf("who has the draft cannot answer: %v", err)
	}
	if d, err := b.db.Draft(t.Context(), c.ID); err != nil || d.UserID != 0 {
		t.Errorf("the draft is still there: %+v, %v", d, err)
	}
	other := b.wrote(t, "dan", nil)
	if _, err := b.Write(program(t, 5), other.ID, "Dear Dan", false); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Write(program(t, 6), other.ID, "Hi", false); !errors.As(err, &busy) {
		t.Errorf("two programs write to one person: %v", err)
	}
}

func TestAnAnswerIsUndoneAlsoByAnotherProcess(t *testing.T) {
	t.Parallel()
	dir, n := t.TempDir(), &town{}
	b := over(t, store.Config{Path: dir}, n, time.Hour)
	b.furnish(t)
	c := b.wrote(t, "eva", nil)
	if _, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: "Please unplug it.", Seen: c.Last}); err != nil {
		t.Fatal(err)
	}
	if err := b.db.Close(); err != nil {
		t.Fatal(err)
	}
	next := over(t, store.Config{Path: dir}, n, time.Hour)
	next.send(t)
	now, err := next.Undo(as(t, bo), c.ID)
	if err != nil || now.State != desk.ConversationWaiting || !now.Since.Equal(c.Since) || !now.Due.Equal(c.Due) {
		t.Fatalf("undone it is %+v, %v", now, err)
	}
	if d, err := next.db.Draft(t.Context(), c.ID); err != nil || d.Text != "Please unplug it." || d.UserID != bo {
		t.Errorf("its words are %+v, %v", d, err)
	}
	if _, err := next.Undo(as(t, bo), c.ID); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("undone twice: %v", err)
	}
	next.Delay = time.Millisecond
	if _, err := next.Answer(as(t, bo), c.ID, reply.Answer{Text: "Please unplug it at once.", Seen: now.Last}); err != nil {
		t.Fatal(err)
	}
	next.until(t, c.ID, desk.ConversationAnswered)
	if _, err := next.Undo(as(t, bo), c.ID); !errors.Is(err, desk.ErrInvalidTransition) || n.to("eva") != 1 {
		t.Errorf("undone when it was out: %v; said %d times", err, n.to("eva"))
	}
}

func TestAHoldStopsAnswersThatCanStillBeUndone(t *testing.T) {
	t.Parallel()
	b := open(t, time.Second)
	var ids []int64
	for i := range 3 {
		c := b.wrote(t, fmt.Sprint("person", i), nil)
		if _, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: "Please unplug it.", Seen: c.Last}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	if _, err := b.out.Press(as(t, bo), desk.Hold{BrandID: b.brand}, "a fire"); err != nil {
		t.Fatal(err)
	}
	b.send(t)
	for _, id := range ids {
		for c := b.now(t, id); c.Problem.IsZero() && c.State == desk.ConversationSending; c = b.now(t, id) {
			posts, err := b.db.PostsTo(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if posts[0].State == desk.PostHeld {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	late := b.wrote(t, "late", nil)
	var wrong *desk.Invalid
	if _, err := b.Answer(as(t, bo), late.ID, reply.Answer{Text: "Please unplug it.", Seen: late.Last}); !errors.As(err, &wrong) {
		t.Errorf("an answer begun under a hold: %v", err)
	}
	if n, err := b.Counts(as(t, bo), b.brand); err != nil || n.Waiting != 4 {
		t.Errorf("%d people wait, %v: a held answer has reached nobody", n.Waiting, err)
	}
	if c, err := b.Undo(as(t, bo), ids[0]); err != nil || c.State != desk.ConversationWaiting {
		t.Errorf("a held answer is undone: %+v, %v", c, err)
	}
	b.town.mu.Lock()
	defer b.town.mu.Unlock()
	if len(b.town.said) != 0 {
		t.Errorf("%d answers went out under a hold", len(b.town.said))
	}
}

func second[T any](_ T, err error) error { return err }
