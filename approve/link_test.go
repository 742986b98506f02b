package approve

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"breakwater/desk"
)

// A link signs once, for one person, one round and exactly its words.
func TestLinks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	b.run()
	link := b.linkTo("Lea")
	ctx := desk.WithActor(t.Context(), desk.Actor{From: "203.0.113.9"})
	a, err := b.ByLink(ctx, link)
	must(t, err)
	if a.User.Name != "Lea" || a.Statement.ID != s.ID || a.NoPIN {
		t.Fatalf("the link opens %+v", a)
	}
	for i := 0; i < len(link); i += 7 { // whatever is changed in it
		forged := []byte(link)
		forged[i] ^= 1
		if _, err := b.ByLink(ctx, string(forged)); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a link changed at %d: %v", i, err)
		}
	}
	if _, err := b.SignByLink(ctx, link, "111222"); field(err) != "pin" {
		t.Errorf("a wrong PIN: %v", err)
	}
	a, err = b.SignByLink(ctx, link, goodPIN)
	must(t, err)
	if n := a.Statement.Needs[0]; n.Verdict != desk.Approved || n.How != desk.SignedLink || n.ByName != "Lea" {
		t.Errorf("signed: %+v", n)
	}
	if _, err := b.SignByLink(ctx, link, goodPIN); !errors.Is(err, ErrSpent) {
		t.Errorf("a link used twice: %v", err)
	}
	if a, err := b.ByLink(ctx, link); !errors.Is(err, ErrSpent) || a.Statement.ID != 0 {
		t.Errorf("a spent link shows words: %+v, %v", a, err)
	}
	// Sent back and submitted again with the very same words: the link of the first round stays spent.
	b.run()
	jo := b.linkTo("Jo")
	_, err = b.SendBackByLink(ctx, jo, goodPIN, "No.")
	must(t, err)
	_, err = b.Submit(b.as("Ada"), s.ID, 0)
	must(t, err)
	for name, old := range map[string]string{"Lea": link, "Jo": jo} {
		if _, err := b.SignByLink(ctx, old, goodPIN); !errors.Is(err, ErrSpent) {
			t.Errorf("the link of %s from an earlier round: %v", name, err)
		}
	}
	// Other words: the link is for those it was made for.
	b.run()
	fresh := b.linkTo("Lea")
	_, err = b.db.ChangeStatement(t.Context(), s.ID, desk.Act{Who: "desk", Do: "test"}, func(s *desk.Statement, out *desk.Out) error {
		s.Variants[0].Text, out.Say = "Something else entirely.", desk.Say("past the rules")
		return nil
	})
	must(t, err)
	if _, err := b.SignByLink(ctx, fresh, goodPIN); !errors.Is(err, ErrSpent) {
		t.Errorf("a link about other words: %v", err)
	}
}

func TestLinkEndsWithItsTimeAndItsPerson(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	lea := b.people["Lea"]
	k := link{statement: s.ID, user: lea.ID, round: 1, seat: 0, until: time.Now().Add(time.Hour).Unix(), words: half(s.Hash())}
	if _, err := b.ByLink(t.Context(), b.links.name(k)); err != nil {
		t.Fatalf("a good link: %v", err)
	}
	old := k
	old.until = time.Now().Add(-time.Second).Unix()
	if _, err := b.ByLink(t.Context(), b.links.name(old)); !errors.Is(err, ErrSpent) {
		t.Errorf("an old link: %v", err)
	}
	if _, err := b.ByLink(t.Context(), links{[]byte("another key")}.name(k)); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("a link by another key: %v", err)
	}
	other := k
	other.user = b.people["Leo"].ID // a seat that is not his
	if _, err := b.SignByLink(t.Context(), b.links.name(other), goodPIN); field(err) != "sign" {
		t.Errorf("a link for somebody without a seat: %v", err)
	}
	lea.Disabled, lea.Version = true, 0
	if _, err := b.access.SaveUser(t.Context(), lea); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SignByLink(t.Context(), b.links.name(k), goodPIN); !errors.Is(err, ErrSpent) {
		t.Errorf("the link of somebody who left: %v", err)
	}
}

// Five wrong PINs lock it, over all links; a new one needs the password.
func TestPINLocks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	k := link{statement: s.ID, user: b.people["Lea"].ID, round: 1, until: time.Now().Add(time.Hour).Unix(), words: half(s.Hash())}
	for i := range 7 {
		k.until++ // another link each time
		if _, err := b.SignByLink(t.Context(), b.links.name(k), fmt.Sprint("90000", i)); field(err) != "pin" {
			t.Errorf("try %d: %v", i, err)
		}
	}
	if _, err := b.SignByLink(t.Context(), b.links.name(k), goodPIN); field(err) != "pin" {
		t.Errorf("the right PIN after it was locked: %v", err)
	}
	for pin, want := range map[string]string{"123456": "pin", "111111": "pin", "112112": "pin", "12345": "pin", "27391x": "pin", "654321": "pin"} {
		if err := b.access.SetPIN(b.as("Lea"), "harbour wall in winter", pin); field(err) != want {
			t.Errorf("PIN %s: %v, want refused", pin, err)
		}
	}
	if err := b.access.SetPIN(b.as("Lea"), "wrong", "839271"); field(err) != "pin_password" {
		t.Errorf("a PIN without the password: %v", err)
	}
	must(t, b.access.SetPIN(b.as("Lea"), "harbour wall in winter", "839271"))
	_, err := b.SignByLink(t.Context(), b.links.name(k), "839271")
	must(t, err)
}
