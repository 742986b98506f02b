package subscribe_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"breakwater/connector/email"
	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/store"
	"breakwater/subscribe"
)

// stateOf is the state of the subscriber with an address.
func stateOf(t testing.TB, d *subscribe.Desk, address string) desk.Subscriber {
	t.Helper()
	s, err := d.Find(lead(t), 1, address)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return s
}

// report is a delivery status notification to an address.
func report(to, status string) []byte {
	return fmt.Appendf(nil, "From: MAILER-DAEMON@mx.example\r\nTo: <%s>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"+
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; x@example.org\r\nAction: failed\r\nStatus: %s\r\n\r\n--b--\r\n", to, status)
}

func list(t testing.TB, d *subscribe.Desk, addresses ...string) {
	t.Helper()
	if got, err := d.Import(lead(t), subscribe.Import{BrandID: 1, Consent: "asked at the fair", Lang: "en"}, strings.NewReader(strings.Join(addresses, "\n"))); err != nil || got.Added != len(addresses) {
		t.Fatalf("Import = %+v, %v", got, err)
	}
}

// updates sends n updates, one after the other, and gives the return addresses of each by reader.
func updates(t testing.TB, d *subscribe.Desk, db *store.DB, o *office, from, n int) []map[string]string {
	t.Helper()
	var all []map[string]string
	for i := range n {
		o.mu.Lock()
		before := len(o.mails)
		o.mu.Unlock()
		one := first
		one.Number = from + i
		order(t, d, db, one)
		settled(t, d, db, desk.MailingDone)
		back := map[string]string{}
		o.mu.Lock()
		for j := before; j < len(o.mails); j++ {
			back[strings.Trim(o.mails[j].Header.Get("To"), "<>")] = o.froms[j]
		}
		o.mu.Unlock()
		all = append(all, back)
	}
	return all
}

// A mail that came back stops what it names, once, and only when we wrote it.
func TestMailThatCameBack(t *testing.T) {
	t.Parallel()
	var o office
	set := o.open(t)
	set["bounces"] = "bounces@aurora.example"
	d, db, _ := newDesk(t, set)
	list(t, d, "gone@example.org", "full@example.org", "well@example.org", "again@example.org")
	back := updates(t, d, db, &o, 1, 1)[0]
	note := func(raw []byte) bool {
		known, err := d.Returned(t.Context(), raw)
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	if !note(report(back["gone@example.org"], "5.1.1")) || note(report(back["gone@example.org"], "5.1.1")) {
		t.Error("a mail that came back counts once")
	}
	if got := stateOf(t, d, "gone@example.org").State; got != desk.SubscriberBounced {
		t.Errorf("who is gone is %s", got)
	}
	// Forged ones: no token, another's token changed, another desk's.
	for _, forged := range []string{"bounces@aurora.example", strings.Replace(back["well@example.org"], "-", "-0", 1), back["well@example.org"][:len("bounces+b")] + "1-1-0123456789abcdef@aurora.example"} {
		if note(report(forged, "5.1.1")) {
			t.Errorf("%s was believed", forged)
		}
	}
	if got := stateOf(t, d, "well@example.org").State; got != desk.SubscriberLive {
		t.Errorf("a forged mail made somebody %s", got)
	}
	// A full mailbox on one day is nothing, however many updates that day has.
	note(report(back["full@example.org"], "5.2.2"))
	for _, more := range updates(t, d, db, &o, 2, 3) {
		note(report(more["full@example.org"], "5.2.2"))
	}
	if s := stateOf(t, d, "full@example.org"); s.State != desk.SubscriberLive || s.Bounces != 1 {
		t.Errorf("full on one day: %+v", s)
	}
	m, err := db.MailingOf(t.Context(), "7/1")
	if err != nil {
		t.Fatal(err)
	}
	c, err := db.CountDeliveries(t.Context(), m.ID)
	if err != nil || c[desk.DeliveryBack] != 2 || c[desk.DeliverySent] != 2 {
		t.Errorf("noted %v, %v", c, err)
	}
	// A letter from before somebody subscribed anew says nothing of them now.
	s := stateOf(t, d, "again@example.org")
	if _, err := db.ChangeSubscriber(t.Context(), 1, s.Mailbox, desk.Act{}, func(s *desk.Subscriber, _ *desk.Out) error {
		return s.Confirm(desk.WholeBrand, "en", time.Now(), time.Now())
	}); err != nil {
		t.Fatal(err)
	}
	note(report(back["again@example.org"], "5.1.1"))
	if got := stateOf(t, d, "again@example.org").State; got != desk.SubscriberLive {
		t.Errorf("who subscribed anew is %s", got)
	}
}

// farOff is a mail server far away: nobody has a mailbox there, or it is full.
type farOff struct{ office }

func (f *farOff) open(t testing.TB) (port string) {
	f.rcpt = func(to string) error {
		if strings.HasPrefix(to, "full") {
			return &gosmtp.SMTPError{Code: 552, EnhancedCode: gosmtp.EnhancedCode{5, 2, 2}, Message: "no room"}
		}
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "nobody"}
	}
	return f.office.open(t)["port"]
}

// A real OpenSMTPD takes the letters, another server does not, and what OpenSMTPD writes back is read from a real Dovecot.
func TestMailComesBackByRealServers(t *testing.T) {
	t.Parallel()
	var far farOff
	m := needs.IMAP(t, fmt.Sprintf(`action "returned" maildir "%%[1]s/box/bounces@aurora.example" virtual <anyone> user nobody
action "onward" relay host smtp://127.0.0.1:%s
match from any for domain "aurora.example" action "returned"
match from any for domain "far.example" action "onward"
`, far.open(t)))
	host, port, _ := net.SplitHostPort(m.Addr)
	ihost, iport, _ := net.SplitHostPort(m.IMAP)
	set := desk.Settings{"from": "news@aurora.example", "host": host, "port": port, "security": "none", "bounces": "bounces@aurora.example",
		"imap_host": ihost, "imap_port": iport, "imap_security": "none", "imap_user": "bounces@aurora.example", "imap_password": m.Password}
	d, db, _ := newDesk(t, set)
	d.Fetch = email.Returned
	if _, err := db.ChangeCarrier(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(c *desk.Carrier, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, c.Settings, out.Say = 1, desk.LettersKind, "letters", set, desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	list(t, d, "gone@far.example", "full@far.example", "well@near.example", "at-once@refused.example")
	order(t, d, db, first)
	made, c := settled(t, d, db, desk.MailingDone)
	if c[desk.DeliverySent] != 3 || c[desk.DeliveryRefused] != 1 {
		t.Errorf("the server took %v", c)
	}
	until(t, "both letters came back", func() bool {
		if err := d.Bounces(t.Context()); err != nil {
			t.Fatal(err)
		}
		c, err := db.CountDeliveries(t.Context(), made.ID)
		return err == nil && c[desk.DeliveryBack] == 2
	})
	for address, want := range map[string]string{"gone@far.example": desk.SubscriberBounced, "full@far.example": desk.SubscriberLive, "well@near.example": desk.SubscriberLive, "at-once@refused.example": desk.SubscriberBounced} {
		if s := stateOf(t, d, address); s.State != want {
			t.Errorf("%s is %s, want %s", address, s.State, want)
		}
	}
	if s := stateOf(t, d, "full@far.example"); s.Bounces != 1 {
		t.Errorf("the full mailbox counts %d", s.Bounces)
	}
	all, err := db.Carriers(t.Context(), 1, desk.LettersKind)
	if err != nil || len(all) != 1 || all[0].State != desk.HealthOK || all[0].Returned != 2 || all[0].Cursor == "" {
		t.Errorf("the carrier says %+v, %v", all, err)
	}
}
