package app_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"breakwater/app"
	"breakwater/desk"
)

// What somebody writes to an account that a source hears for all brands is for the brand whose account or address it names; what names none
// is counted at its source, never lost in silence. Its time is one that it can have had.
func TestPrivateWordsFindTheirBrand(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h := newHouse(t, false)
	act := desk.Act{Who: "desk", Name: "test", Do: "test", At: time.Now()}
	borealis, err := h.db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Accounts, out.Say = "Borealis", []string{"mastodon:borealis@own.example"}, desk.Say("added")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.db.ChangeReplyPolicy(ctx, 0, act, func(p *desk.ReplyPolicy, out *desk.Out) error {
		*p, out.Say = desk.ReplyPolicy{ID: p.ID, BrandID: borealis.ID, Address: "Care@borealis.example"}, desk.Say("saved")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.db.ChangeChannel(ctx, 0, act, func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, c.Account, out.Say = borealis.ID, "mailbox", "Post", "post@borealis.example", desk.Say("added")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	hearing, err := app.LoadHearing(ctx, h.db, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h.Hear(hearing)
	alone := func(network, via, id string, at time.Time, names ...string) desk.Incoming {
		return desk.Incoming{Private: true, Names: names, Message: desk.Message{
			Ref: desk.Ref{Network: network, NativeID: id}, Via: via, At: at, Text: "Where is my parcel?", Author: desk.Author{NativeID: id, Handle: id},
		}}
	}
	now := time.Now()
	if _, err := h.Keep(ctx, desk.Batch{SourceID: h.source, Incoming: []desk.Incoming{
		alone("mastodon", desk.ViaDirect, "dm", now.AddDate(8000, 0, 0), "somebody@else.example", "borealis@own.example"),
		alone("mastodon", desk.ViaDirect, "old", time.Time{}, "borealis@own.example"),
		alone("email", desk.ViaMail, "mail", now, "care@borealis.example"),
		alone("email", desk.ViaMail, "post", now, "post@borealis.example"),
		alone("email", desk.ViaMail, "lost", now, "info@elsewhere.example"),
	}}); err != nil {
		t.Fatal(err)
	}
	for id, network := range map[string]string{"dm": "mastodon", "old": "mastodon", "mail": "email", "post": "email"} {
		talk, err := h.db.ConversationOf(ctx, desk.Ref{Network: network, NativeID: id})
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		c, err := h.db.Conversation(ctx, talk)
		if err != nil || c.BrandID != borealis.ID {
			t.Errorf("%s is of brand %d, %v; want %d", id, c.BrandID, err, borealis.ID)
		}
		if c.Since.Before(now.Add(-time.Minute)) || c.Since.After(now.Add(time.Hour)) || c.Touched.After(now.Add(time.Hour)) {
			t.Errorf("%s waits since %s", id, c.Since)
		}
	}
	s, err := h.db.Source(ctx, h.source)
	if err != nil || s.Health.Rejects != 1 {
		t.Errorf("the source counts %d that nobody has, %v; want 1", s.Health.Rejects, err)
	}
}
