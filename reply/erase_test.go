package reply_test

import (
	"errors"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

// Leads erase who wrote to us alone; not who wrote in public, and not while an answer is on its way.
func TestSomebodyIsErasedAtTheirWish(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	public := b.wrote(t, "eva", nil)
	private := b.wrote(t, "dan", func(in *desk.Incoming) { in.Private, in.Via = true, desk.ViaDirect })
	if _, err := b.Erase(as(t, bo), private.ID); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a responder erases: %v", err)
	}
	wrong := new(desk.Invalid)
	if _, err := b.Erase(as(t, ana), public.ID); !errors.As(err, &wrong) {
		t.Errorf("what is public is erased: %v", err)
	}
	if _, err := b.Answer(as(t, bo), private.ID, reply.Answer{Text: "Unplug it."}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Erase(as(t, ana), private.ID); !errors.As(err, &wrong) {
		t.Errorf("while an answer is on its way: %v", err)
	}
	if _, err := b.Undo(as(t, bo), private.ID); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Erase(as(t, ana), private.ID); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := b.db.Conversation(t.Context(), private.ID); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
	last, err := b.db.Journal(t.Context(), desk.EntryFilter{Paging: desk.Paging{Limit: 1}})
	if err != nil || last[0].Say.English() != "ana erased somebody who had written to us alone. Conversations: 1" {
		t.Errorf("the journal says %q, %v", last[0].Say.English(), err)
	}
}
