package subscribe_test

import (
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"breakwater/desk"
)

// A letter that the server puts off is tried again; one that it refuses is not; a server that refuses us by a block list ends no
// subscription; leaving twice is leaving.
func TestWhatTheServerAnswers(t *testing.T) {
	t.Parallel()
	later := true
	o := office{rcpt: func(to string) error {
		switch {
		case strings.HasPrefix(to, "later") && later:
			later = false
			return &gosmtp.SMTPError{Code: 451, EnhancedCode: gosmtp.EnhancedCode{4, 7, 1}, Message: "come back"}
		case strings.HasPrefix(to, "gone"):
			return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "nobody"}
		case strings.HasPrefix(to, "blocked"):
			return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.NoEnhancedCode, Message: "your server is on our block list"}
		}
		return nil
	}}
	d, db, _ := newDesk(t, o.open(t))
	d.Timing.Again = []time.Duration{time.Millisecond}
	list(t, d, "later@example.org", "gone@example.org", "blocked@example.org")
	order(t, d, db, first)
	_, c := settled(t, d, db, desk.MailingDone)
	if c[desk.DeliverySent] != 1 || c[desk.DeliveryRefused] != 2 {
		t.Errorf("noted %v", c)
	}
	for address, want := range map[string]string{"later@example.org": desk.SubscriberLive, "gone@example.org": desk.SubscriberBounced, "blocked@example.org": desk.SubscriberLive} {
		if s := stateOf(t, d, address); s.State != want {
			t.Errorf("%s is %s, want %s", address, s.State, want)
		}
	}
	h, leave := door(d), linkIn(t, &o, "later@example.org")
	for range 2 {
		if w := visit(t, h, "POST", leave, nil); w.Code != 200 {
			t.Errorf("leaving: %d", w.Code)
		}
	}
	if s := stateOf(t, d, "later@example.org"); s.State != desk.SubscriberLeft || s.Address != "" {
		t.Errorf("who left twice: %+v", s)
	}
}
