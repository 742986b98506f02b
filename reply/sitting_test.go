package reply_test

import (
	"fmt"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

func TestASittingAnswersEverybodyOnce(t *testing.T) {
	t.Parallel()
	b := open(t, time.Millisecond)
	b.send(t)
	say := desk.Say("x")
	act := desk.Act{Who: "desk", Do: "x"}
	room, err := b.db.ChangeIncident(t.Context(), 0, act, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.Title, i.State, i.Opened, out.Say = b.brand, "Glass", desk.IncidentOpen, time.Now().UTC(), say
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	claim, err := b.db.ChangeClaim(t.Context(), 0, act, func(c *desk.Claim, out *desk.Out) error {
		c.BrandID, c.IncidentID, c.Text, out.Say = b.brand, room.ID, "There is glass in the milk.", say
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var batch desk.Batch
	for i, who := range []string{"eva", "dan", "eva", "own", "fay"} { // Eva said it twice
		m := desk.Mention{Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint("claim-", i)}, Kind: desk.KindPost, Text: fmt.Sprint("There is glass in it, number ", i), Lang: "en", Own: who == "own",
			Author: desk.Author{NativeID: who, Handle: who}, Published: time.Now().UTC().Add(time.Duration(i-60) * time.Minute)}
		m.Fold = m.Key().Fold()
		batch.Mentions = append(batch.Mentions, m)
	}
	batch.SourceID = 1
	if _, err := b.db.Append(t.Context(), []desk.Batch{batch}); err != nil {
		t.Fatal(err)
	}
	var mentions []int64
	for i := range batch.Mentions {
		m, err := b.db.MentionByRef(t.Context(), batch.Mentions[i].Ref)
		if err != nil {
			t.Fatal(err)
		}
		mentions = append(mentions, m.ID)
	}
	if err := b.db.LinkClaim(t.Context(), claim.ID, mentions, true, false, act, desk.Out{Say: say, IncidentID: room.ID}); err != nil {
		t.Fatal(err)
	}
	other, err := b.db.ChangeBrand(t.Context(), 0, act, func(x *desk.Brand, out *desk.Out) error {
		x.Name, out.Say = "Other", say
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fay := batch.Mentions[4] // she is in the inbox of another brand, which keeps nobody else from being taken up
	if err := b.db.Receive(t.Context(), []desk.Incoming{{BrandID: other.ID, Message: desk.Message{Ref: fay.Ref, Via: desk.ViaNamed, At: fay.Published, Text: fay.Text, Author: fay.Author}}}); err != nil {
		t.Fatal(err)
	}
	b.Sitting = 1                               // the next one goes on where one ended
	for sitting, want := range []int{1, 1, 0} { // our own is never taken up
		n, left, err := b.Sit(as(t, bo), claim.ID)
		if err != nil || n != want || sitting == 0 && left == 0 || sitting == 2 && left != 0 {
			t.Errorf("sitting %d takes up %d people, %d are left, %v", sitting+1, n, left, err)
		}
	}
	waiting := desk.ConversationFilter{BrandID: b.brand, ClaimID: claim.ID, Waits: true, Longest: true}
	for left := 2; left > 0; left-- { // one by one
		rows, err := b.List(as(t, bo), waiting)
		if err != nil || len(rows) != left {
			t.Fatalf("%d are left, %v", len(rows), err)
		}
		if _, err := b.Answer(as(t, bo), rows[0].ID, reply.Answer{Text: "There is none, " + rows[0].Person.Handle + ".", Seen: rows[0].Last}); err != nil {
			t.Fatal(err)
		}
		b.until(t, rows[0].ID, desk.ConversationAnswered)
	}
	if n, _, err := b.Sit(as(t, bo), claim.ID); err != nil || n != 0 {
		t.Errorf("another sitting takes up %d people, %v", n, err)
	}
	if rows, err := b.List(as(t, bo), waiting); err != nil || len(rows) != 0 || b.town.to("eva") != 1 || b.town.to("dan") != 1 || b.town.to("own") != 0 {
		t.Errorf("%d wait; Eva was answered %d times, Dan %d, %v", len(rows), b.town.to("eva"), b.town.to("dan"), err)
	}
}
