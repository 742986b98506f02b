package reply_test

import (
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

func TestThePrivateLinkLeadsBack(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	c := b.wrote(t, "eva", nil)
	link, err := b.PrivateLink(as(t, bo), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, key, _ := strings.Cut(link, "?c=")
	tell := func(mail, link string) {
		t.Helper()
		if err := b.Tell(t.Context(), reply.Told{BrandID: b.brand, Mail: mail, Text: "My number is 0700.", Lang: "en", Link: link}); err != nil {
			t.Fatal(err)
		}
	}
	tell("eva@home.example", key)
	public := b.now(t, c.ID)
	private := b.now(t, public.PrivateID)
	if !private.Private || private.PublicID != c.ID || private.Person.Handle != "eva@home.example" {
		t.Fatalf("public %+v, private %+v", public, private)
	}
	tell("mallory@else.example", key[:len(key)-1]+"x") // somebody who guesses
	tell("dan@home.example", "")
	for _, f := range []desk.ConversationFilter{{Network: "form", Person: "mallory@else.example"}, {Network: "form", Person: "dan@home.example"}} {
		rows, err := b.db.Conversations(t.Context(), f)
		if err != nil || len(rows) != 1 || rows[0].PublicID != 0 {
			t.Errorf("%s: %+v, %v", f.Person, rows, err)
		}
	}
	b.policy(t, func(p *desk.ReplyPolicy) { p.Form = false })
	if _, err := b.PrivateLink(as(t, bo), c.ID); err == nil {
		t.Error("a link leads to a closed form")
	}
}
