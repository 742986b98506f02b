package test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"net/url"
	"strings"
	"sync"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/reply"
)

// helpDesk is a customer service behind a webhook that takes each webhook-id once, answers with trouble as often as it is told to, and
// hangs when it is told to.
type helpDesk struct {
	*httptest.Server
	check *standardwebhooks.Webhook

	mu      sync.Mutex // guards what follows
	trouble int
	hangs   chan struct{}
	tickets []desk.TicketLetter
	ids     map[string]bool
}

const helpSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func newHelpDesk(t *testing.T) *helpDesk {
	t.Helper()
	check, err := standardwebhooks.NewWebhook(helpSecret)
	if err != nil {
		t.Fatal(err)
	}
	h := &helpDesk{check: check, ids: map[string]bool{}}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *helpDesk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || h.check.Verify(body, r.Header) != nil {
		http.Error(w, "not signed", http.StatusUnauthorized)
		return
	}
	var got struct {
		Type string
		Data desk.TicketLetter
	}
	if json.Unmarshal(body, &got) != nil || got.Type != "conversation.handed_over" {
		return // a test
	}
	h.mu.Lock()
	hangs := h.hangs
	h.mu.Unlock()
	if hangs != nil {
		select {
		case <-hangs:
		case <-r.Context().Done():
			return
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.trouble > 0 {
		h.trouble--
		http.Error(w, "later", http.StatusServiceUnavailable)
		return
	}
	if id := r.Header.Get("Webhook-Id"); !h.ids[id] {
		h.ids[id] = true
		h.tickets = append(h.tickets, got.Data)
	}
	fmt.Fprintf(w, `{"id":"AB-%d","url":"https://help.example/%d"}`, len(h.tickets), len(h.tickets))
}

func (h *helpDesk) taken() []desk.TicketLetter {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]desk.TicketLetter(nil), h.tickets...)
}

// TestInboxHandOver is a conversation handed over to a help desk that is in trouble at first: it gets it once, with all that was said
// and no note of ours; its number is in the conversation; whoever wrote waits until somebody answered. Another help desk that never
// answers holds nobody up.
func TestInboxHandOver(t *testing.T) {
	t.Parallel()
	help, slow := newHelpDesk(t), newHelpDesk(t)
	help.trouble, slow.hangs = 2, make(chan struct{})
	t.Cleanup(func() { close(slow.hangs) })
	s := newDesk(t, "--allow-private", "127.0.0.1/32")
	ana := s.client(t)
	at := func(path string, a ...any) string { return s.url + "/api/v1" + fmt.Sprintf(path, a...) }
	brand := send[desk.Brand](t, ana, at("/brands"), map[string]any{"name": "Aurora", "zone": "UTC"})
	var counters []desk.Channel
	for _, h := range []*helpDesk{slow, help} {
		counters = append(counters, send[desk.Channel](t, ana, at("/channels"), map[string]any{"kind": "service-hook", "name": "Help desk", "brand_id": fmt.Sprint(brand.ID), "lang": "en",
			"settings": desk.Settings{"url": h.URL, "secret": helpSecret}}))
	}
	for _, text := range []string{"My kettle burns", "Where is my refund?"} {
		res, err := http.PostForm(fmt.Sprintf("%s/tell/%d", s.url, brand.ID), url.Values{"text": {text}, "mail": {strings.ToLower(text[:2]) + "@home.example"}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	rows := read[struct{ Items []reply.Talk }](t, ana, at("/conversations")).Items
	if len(rows) != 2 {
		t.Fatalf("%d wait", len(rows))
	}
	one := func(i int) reply.Thread { return read[reply.Thread](t, ana, at("/conversations/%d", rows[i].ID)) }
	send[desk.Conversation](t, ana, at("/conversations/%d/note", rows[1].ID), map[string]any{"text": "She is the mayor's sister."})
	send[desk.Conversation](t, ana, at("/conversations/%d/hand-over", rows[0].ID), map[string]any{"why": "Stuck.", "channel_id": fmt.Sprint(counters[0].ID)})
	handed := send[desk.Conversation](t, ana, at("/conversations/%d/hand-over", rows[1].ID), map[string]any{"why": "Refund her, please.", "channel_id": fmt.Sprint(counters[1].ID)})
	refused(t, ana, at("/conversations/%d/hand-over", rows[1].ID), map[string]any{"why": "Twice?", "channel_id": fmt.Sprint(counters[1].ID)})
	if handed.State != desk.ConversationHanded || handed.Since.IsZero() {
		t.Errorf("handed over it is %s and waits since %v", handed.State, handed.Since)
	}
	waitFor(t, "the help desk's number in the conversation", func() bool { c := one(1); return c.Ticket.State == desk.TicketSent && c.Ticket.Ref == "AB-1" })
	got := help.taken()
	if len(got) != 1 || len(got[0].Messages) != 1 || got[0].Messages[0].Text != "Where is my refund?" || got[0].By == "" || got[0].Why != "Refund her, please." ||
		got[0].Link != fmt.Sprintf("%s/inbox/%d", s.url, rows[1].ID) {
		t.Errorf("the help desk got %+v", got)
	}
	if n := read[desk.ConversationCounts](t, ana, at("/conversations/counts")); n.Waiting != 2 || n.Handed != 2 {
		t.Errorf("%d people wait, %d with customer service; nobody was answered", n.Waiting, n.Handed)
	}
	if page := readPage(t, ana, fmt.Sprintf("%s/inbox/%d?view=handed", s.url, rows[1].ID)); !strings.Contains(page, "AB-1") || !strings.Contains(page, "Refund her, please.") {
		t.Error("the page does not show their number and what they were asked")
	}
	if c := one(0); c.Ticket.State != desk.TicketSending {
		t.Errorf("the help desk that hangs has it: %+v", c.Ticket)
	}
	send[desk.Conversation](t, ana, at("/conversations/%d/served", rows[1].ID), map[string]any{})
	if n := read[desk.ConversationCounts](t, ana, at("/conversations/counts")); n.Waiting != 1 || one(1).State != desk.ConversationAnswered {
		t.Errorf("%d people wait after customer service answered one of two", n.Waiting)
	}
}

// TestInboxHandOverMail is a conversation handed over by a real mail server: one mail with a link back; what customer service answers
// comes back by IMAP as a note, an automatic confirmation and a bounce among it, and nobody waits because of them.
func TestInboxHandOverMail(t *testing.T) {
	t.Parallel()
	boxes := needs.IMAP(t)
	smtpHost, smtpPort, _ := strings.Cut(boxes.Addr, ":")
	imapHost, imapPort, _ := strings.Cut(boxes.IMAP, ":")
	s := newDesk(t, "--allow-private", "127.0.0.1/32")
	ana := s.client(t)
	at := func(path string, a ...any) string { return s.url + "/api/v1" + fmt.Sprintf(path, a...) }
	brand := send[desk.Brand](t, ana, at("/brands"), map[string]any{"name": "Aurora", "zone": "UTC"})
	server := desk.Settings{"from": "Aurora care <care@aurora.example>", "host": smtpHost, "port": smtpPort, "security": "none"}
	counter := desk.Settings{"to": "help@service.example"}
	for k, v := range server {
		counter[k] = v
	}
	send[desk.Channel](t, ana, at("/channels"), map[string]any{"kind": "mailbox", "name": "Care", "brand_id": fmt.Sprint(brand.ID), "lang": "en", "settings": server})
	send[desk.Channel](t, ana, at("/channels"), map[string]any{"kind": "service-mail", "name": "Service", "brand_id": fmt.Sprint(brand.ID), "lang": "en", "settings": counter})
	send[desk.Source](t, ana, at("/sources"), map[string]any{"kind": "mailbox", "name": "Care mailbox", "brand_id": fmt.Sprint(brand.ID),
		"settings": desk.Settings{"host": imapHost, "port": imapPort, "security": "none", "user": "care@aurora.example", "password": boxes.Password, "address": "care@aurora.example"}})
	res, err := http.PostForm(fmt.Sprintf("%s/tell/%d", s.url, brand.ID), url.Values{"text": {"Where is my refund?"}, "mail": {"eva@home.example"}, "name": {"Eva"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	row := read[struct{ Items []reply.Talk }](t, ana, at("/conversations")).Items[0]
	one := func() reply.Thread { return read[reply.Thread](t, ana, at("/conversations/%d", row.ID)) }
	send[desk.Conversation](t, ana, at("/conversations/%d/hand-over", row.ID), map[string]any{"why": "Refund her, please."})
	waitFor(t, "the ticket to be out", func() bool { return one().Ticket.State == desk.TicketSent })
	letters := boxes.Read(t, "help@service.example", 1)
	text, back := letters[0].Text(t), letters[0].Header.Get("Reply-To")
	if !strings.Contains(text, "Refund her, please.") || !strings.Contains(text, "> Where is my refund?") || !strings.Contains(text, fmt.Sprintf("%s/inbox/%d", s.url, row.ID)) || !strings.Contains(back, "care+"+one().Ticket.Key) {
		t.Fatalf("the ticket, to be answered to %s:\n%s", back, text)
	}
	post := func(id, extra, text string) {
		t.Helper()
		letter := "From: Kim <kim@service.example>\r\nTo: care+" + one().Ticket.Key + "@aurora.example\r\nSubject: Re: Refund\r\nMessage-ID: <" + id + ">\r\n" + extra + "\r\n" + text + "\r\n"
		if err := smtp.SendMail(boxes.Addr, nil, "kim@service.example", []string{"care@aurora.example"}, []byte(letter)); err != nil {
			t.Fatal(err)
		}
	}
	notes := func(n int) func() bool {
		return func() bool {
			c := one()
			got := 0
			for _, m := range c.Messages {
				if m.Kind == desk.MessageNote {
					got++
				}
			}
			return got == n
		}
	}
	post("a@service.example", "Auto-Submitted: auto-replied\r\n", "We have your request, number 4711.")
	waitFor(t, "the confirmation as a note", notes(1))
	post("b@service.example", "", "She is refunded.\r\n\r\n> Refund her, please.")
	waitFor(t, "the answer as a note", notes(2))
	c := one()
	if c.State != desk.ConversationHanded || c.Heard != 1 || c.Ticket.Back.IsZero() || c.Messages[2].Text != "She is refunded." || c.Messages[2].Author.Name != "Kim" {
		t.Errorf("after customer service wrote back: %+v %+v", c.Conversation, c.Messages)
	}
	post("c@service.example", "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\nAuto-Submitted: auto-replied\r\n", "--x\r\n\r\nNobody here by that name.\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; help@service.example\r\nAction: failed\r\n\r\n--x--")
	waitFor(t, "the bounce to give the conversation back", func() bool { return one().State == desk.ConversationWaiting })
	if n := len(read[struct{ Items []reply.Talk }](t, ana, at("/conversations?view=all")).Items); n != 1 || one().Ticket.State != desk.TicketFailed {
		t.Errorf("%d conversations; the ticket is %s", n, one().Ticket.State)
	}
}
