package reply_test

import (
	"fmt"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

// What one transaction does not hand over of somebody who leaves, the desk does afterwards.
func TestAllThatSomebodyHadIsHandedOver(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	b.Jobs = b.db
	b.policy(t, func(p *desk.ReplyPolicy) { p.Rules = []desk.ReplyRule{{UserID: cy}} })
	const many = 250
	var all []desk.Incoming
	for i := range many {
		who := fmt.Sprint("person", i)
		all = append(all, desk.Incoming{BrandID: b.brand, Message: desk.Message{Ref: desk.Ref{Network: "mastodon", NativeID: who}, Via: desk.ViaNamed, At: time.Now().UTC(), Text: "?", Author: desk.Author{NativeID: who, Handle: who}}})
	}
	if err := b.db.Receive(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	u, err := b.db.User(t.Context(), cy)
	if err != nil {
		t.Fatal(err)
	}
	over := desk.Handover{User: u, At: time.Now(), Names: map[int64]string{bo: "bo"}, Rest: bo}
	if _, err := b.db.Leave(t.Context(), over, desk.Act{Who: "user:1", Do: "user.leave"}, nil); err != nil {
		t.Fatal(err)
	}
	if n, err := reply.Handovers(b.Queue, t.Context()); n != 1 || err != nil {
		t.Fatalf("%d jobs, %v", n, err)
	}
	if n, err := b.Counts(as(t, bo), b.brand); err != nil || n.Mine != many {
		t.Errorf("Bo has %d of %d, %v", n.Mine, many, err)
	}
	if n, err := reply.Handovers(b.Queue, t.Context()); n != 0 || err != nil {
		t.Errorf("afterwards there are %d jobs, %v", n, err)
	}
}
