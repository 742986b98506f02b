package reply_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"breakwater/approve"
	"breakwater/desk"
	"breakwater/reply"
)

// asked is a conversation with Eva in which an answer of Cy's waits for a signature, with the hash that the lead sees.
func (b *bed) asked(t *testing.T) (desk.Conversation, string) {
	t.Helper()
	b.policy(t, func(p *desk.ReplyPolicy) { p.Juniors = desk.IDs{cy} })
	c := b.wrote(t, "eva", nil)
	if _, err := b.Answer(as(t, cy), c.ID, reply.Answer{Text: "Eva, please unplug it.", Seen: c.Last}); err != nil {
		t.Fatal(err)
	}
	one, err := b.One(as(t, ana), c.ID, 0)
	if err != nil || one.Hash == "" {
		t.Fatalf("the lead sees %+v, %v", one, err)
	}
	return one.Conversation, one.Hash
}

func TestNothingGoesOutThatTheSignerDidNotSee(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	c, hash := b.asked(t)
	gate := b.Words.(*approve.Gate)
	s, err := b.db.Statement(t.Context(), c.StatementID)
	if err != nil {
		t.Fatal(err)
	}
	other := s.Words()
	other.Variants[0].Text = "Pay me first."
	var wrong *desk.Invalid
	if _, err := gate.Write(as(t, cy), s.ID, 0, other); !errors.As(err, &wrong) {
		t.Errorf("who is answered one by one is written to elsewhere: %v", err)
	}
	if _, err := gate.Submit(as(t, cy), s.ID, 0); !errors.As(err, &wrong) {
		t.Errorf("and sent to other signatures: %v", err)
	}
	// However other words came to be approved: what the lead saw does not let them out.
	if _, err := b.db.ChangeStatement(t.Context(), s.ID, desk.Act{Who: "user:3", Do: "statement.write"}, func(s *desk.Statement, out *desk.Out) error {
		out.Say = desk.Say("x")
		return errors.Join(s.Rewrite(other, "user:3", time.Now()), s.ToReview(nil, time.Now()))
	}); err != nil {
		t.Fatal(err)
	}
	if now, err := b.Sign(as(t, ana), c.ID, hash, ""); !errors.Is(err, desk.ErrConflict) || now.State == desk.ConversationSending {
		t.Errorf("signed unseen it is %s, %v", now.State, err)
	}
	one, err := b.One(as(t, ana), c.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if now, err := b.Sign(as(t, ana), c.ID, one.Hash, ""); err != nil || now.State != desk.ConversationSending {
		t.Fatalf("seen and let out it is %s, %v", now.State, err)
	}
	if one, err = b.One(as(t, ana), c.ID, 0); err != nil || one.Messages[len(one.Messages)-1].Text != "Pay me first." {
		t.Errorf("the thread shows what did not go out: %+v, %v", one.Messages, err)
	}
}

func TestWhoWritesWhileAnAnswerIsSignedIsSeen(t *testing.T) {
	t.Parallel()
	b := open(t, time.Millisecond)
	c, hash := b.asked(t)
	more := b.wrote(t, "eva", nil)
	now, err := b.Sign(as(t, ana), c.ID, hash, "")
	if err != nil || now.Last != more.Last || !now.Touched.Equal(more.Touched) {
		t.Fatalf("her newest message is %d, signed it is %d, touched %s and before %s, %v", more.Last, now.Last, now.Touched, more.Touched, err)
	}
	b.send(t)
	b.until(t, c.ID, desk.ConversationWaiting)
	if _, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: "Is it well now?", Seen: c.Last}); !held(err) {
		t.Errorf("who did not see her newest words answers: %v", err)
	}
}

func TestAnAnswerIsSignedHoweverManyMessagesCameSince(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	c, hash := b.asked(t)
	all := make([]desk.Incoming, 130)
	for i := range all {
		all[i] = desk.Incoming{BrandID: b.brand, Message: desk.Message{Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint("storm-", i)}, Via: desk.ViaNamed,
			At: time.Now().UTC(), Text: "Hello?", Author: desk.Author{NativeID: "eva", Handle: "eva"}}}
	}
	if err := b.db.Receive(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	if now, err := b.Sign(as(t, ana), c.ID, hash, ""); err != nil || now.State != desk.ConversationSending {
		t.Errorf("behind %d messages it is %s, %v", len(all), now.State, err)
	}
}

func TestWordsThatComeBackAreADraftOrSaidToBeInTheThread(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	c := b.wrote(t, "dan", nil)
	answer := func(ctx context.Context) {
		t.Helper()
		if _, err := b.Answer(ctx, c.ID, reply.Answer{Text: "Dan, unplug it."}); err != nil {
			t.Fatal(err)
		}
	}
	answer(as(t, bo))
	if _, err := b.Write(as(t, cy), c.ID, "Dear Dan", false); err != nil {
		t.Fatal(err)
	}
	now, err := b.Undo(as(t, bo), c.ID)
	if err != nil || now.State != desk.ConversationWaiting || now.Problem.IsZero() || b.now(t, c.ID).Problem.IsZero() {
		t.Errorf("undone while somebody else writes it is %+v, %v", now, err)
	}
	if d, err := b.db.Draft(t.Context(), c.ID); err != nil || d.Text != "Dear Dan" {
		t.Errorf("who writes there lost their words: %+v, %v", d, err)
	}
	all, err := b.db.Journal(t.Context(), desk.EntryFilter{Paging: desk.Paging{Limit: 20}})
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]int{}
	for _, e := range all {
		said[e.Say.English()]++
	}
	if undone := "bo took an answer back before it went out."; said[undone] != 1 || said[now.Problem.English()] != 1 {
		t.Errorf("the journal says %v", said)
	}

	signed, hash := b.asked(t)
	if _, err := b.Assign(as(t, ana), signed.ID, bo); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SendBack(as(t, ana), signed.ID, hash, "Too short.", ""); err != nil {
		t.Fatal(err)
	}
	if d, err := b.db.Draft(t.Context(), signed.ID); err != nil || d.UserID != cy || d.Name != "cy" {
		t.Errorf("sent back they are the draft of %q (%d), %v", d.Name, d.UserID, err)
	}
}
