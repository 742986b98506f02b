package subscribe_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// While STOP holds an update nobody can let it go on, and what they press says so; when the hold has ended they can.
func TestNothingGoesOnUnderAHold(t *testing.T) {
	t.Parallel()
	var o office
	d, db, _ := newDesk(t, o.open(t))
	list(t, d, "eva@example.org")
	hold := desk.Hold{By: "Ana", At: time.Now().UTC()}
	keep := func() {
		t.Helper()
		err := db.Sending(t.Context(), func(s desk.Sending) error {
			return s.KeepHold(&hold, desk.Act{Who: "user:1", Do: "hold"}, desk.Out{Say: desk.Say("x")})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	keep()
	order(t, d, db, first)
	m, _ := settled(t, d, db, desk.MailingHeld)
	if _, err := d.GoOn(lead(t), m.ID); err == nil || !strings.Contains(err.Error(), "STOP") {
		t.Errorf("under a hold it goes on: %v", err)
	}
	hold.Ended = time.Now().UTC()
	keep()
	if _, err := d.GoOn(lead(t), m.ID); err != nil {
		t.Fatal(err)
	}
	if _, c := settled(t, d, db, desk.MailingDone); c[desk.DeliverySent] != 1 {
		t.Errorf("after the hold: %v", c)
	}
}

// Who ends one of two subscriptions is told that the other goes on.
func TestLeavingOneOfTwo(t *testing.T) {
	t.Parallel()
	var o office
	d, db, _ := newDesk(t, o.open(t))
	list(t, d, "eva@example.org")
	s := stateOf(t, d, "eva@example.org")
	_, err := db.ChangeSubscriber(t.Context(), 1, s.Mailbox, desk.Act{}, func(s *desk.Subscriber, _ *desk.Out) error {
		s.Centres = desk.IDs{7, 8}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	order(t, d, db, first)
	settled(t, d, db, desk.MailingDone)
	w := visit(t, door(d), "POST", linkIn(t, &o, "eva@example.org"), url.Values{"only": {"1"}})
	if text := w.Body.String(); w.Code != 200 || !strings.Contains(text, "You still get") || strings.Contains(text, "forgotten") {
		t.Errorf("%d %s", w.Code, text)
	}
	if s := stateOf(t, d, "eva@example.org"); s.State != desk.SubscriberLive || s.Address == "" || len(s.Centres) != 1 {
		t.Errorf("after leaving one: %+v", s)
	}
}

// A letter's link to leave works when the centre has another address by now; no other link does.
func TestALinkToLeaveOutlivesItsAddress(t *testing.T) {
	t.Parallel()
	var o office
	d, db, _ := newDesk(t, o.open(t))
	list(t, d, "eva@example.org", "dan@example.org", "kim@example.org")
	order(t, d, db, first)
	settled(t, d, db, desk.MailingDone)
	h := door(d)
	for address, at := range map[string]string{"eva@example.org": "/c/elsewhere/-/leave/", "dan@example.org": "/-/leave/", "kim@example.org": "/c/another/-/leave/"} {
		_, token, _ := strings.Cut(linkIn(t, &o, address), "/-/leave/")
		if r := httptest.NewRequest("GET", at+token, nil); !h.Owns(r) {
			t.Errorf("%s is not the door's", at)
		}
		if w := visit(t, h, "POST", at+token, url.Values{"List-Unsubscribe": {"One-Click"}}); w.Code != 200 {
			t.Errorf("%s: %d %s", at, w.Code, w.Body)
		}
		if s := stateOf(t, d, address); s.State != desk.SubscriberLeft {
			t.Errorf("%s is %s", address, s.State)
		}
		for _, none := range []string{at + "x" + token, "/a/b" + at + token, "/c/elsewhere/-/subscribe"} {
			if w := visit(t, h, "GET", none, nil); w.Code != 404 {
				t.Errorf("%s: %d", none, w.Code)
			}
		}
	}
}
