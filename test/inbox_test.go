package test

import (
	"fmt"
	"io"
	"net/http"
	"net/smtp"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/reply"
)

// TestInboxBluesky is the whole way of one answer on a real Bluesky network: a stranger asks about the brand without knowing us, is in the
// inbox, is answered in the console, the answer stands in the thread there, the stranger writes back to it without naming anybody, and
// waits again in the same conversation.
func TestInboxBluesky(t *testing.T) {
	network := needs.Bluesky(t)
	us, stranger := network.Account(t, "aurora"), network.Account(t, "stranger")
	s := newDesk(t, "--allow-private", "127.0.0.1/32")
	ana := s.client(t)
	at := func(path string, a ...any) string { return s.url + "/api/v1" + fmt.Sprintf(path, a...) }
	brand := send[desk.Brand](t, ana, at("/brands"), map[string]any{"name": "Aurora", "zone": "Europe/Stockholm"})
	account := desk.Settings{"service": network.PDS, "identifier": us.Handle, "password": us.AppPassword(t)}
	send[desk.Channel](t, ana, at("/channels"), map[string]any{"kind": "bluesky", "name": "Aurora on Bluesky", "brand_id": fmt.Sprint(brand.ID), "lang": "en", "settings": account})
	send[desk.Monitor](t, ana, at("/monitors"), map[string]any{"brand_id": fmt.Sprint(brand.ID), "kind": "brand", "name": "Aurora", "query": "aurora", "sensitivity": "balanced"})
	source := desk.Settings{"service": network.PDS, "identifier": us.Handle, "password": account["password"], "search": "Aurora"}
	send[desk.Source](t, ana, at("/sources"), map[string]any{"kind": "bluesky-search", "name": "Bluesky", "settings": source})

	asked := stranger.Post(t, "My Aurora kettle smells burnt. Is it safe to use?")
	var row reply.Talk
	waitFor(t, "the stranger to wait in the inbox", func() bool {
		rows := read[struct{ Items []reply.Talk }](t, ana, at("/conversations?view=waiting")).Items
		if len(rows) == 1 {
			row = rows[0]
		}
		return len(rows) == 1
	})
	if row.Text != "My Aurora kettle smells burnt. Is it safe to use?" || row.Person.NativeID != stranger.DID || row.State != desk.ConversationWaiting || row.Due.IsZero() {
		t.Fatalf("the conversation is %+v", row)
	}
	if page := readPage(t, ana, s.url+"/inbox/"+fmt.Sprint(row.ID)); !strings.Contains(page, "smells burnt") || !strings.Contains(page, "Aurora on Bluesky") {
		t.Errorf("the page does not show the conversation:\n%s", page)
	}

	form := url.Values{"text": {"Please unplug the kettle that smells burnt. We look into it and write here by 17:00."}, "seen": {fmt.Sprint(row.Last)}}
	res, err := ana.PostForm(fmt.Sprintf("%s/inbox/%d/answer", s.url, row.ID), form)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("answering in the console gave %s", res.Status)
	}
	var answer needs.BlueskyThread
	waitFor(t, "the answer in the thread at the network", func() bool {
		thread, ok := stranger.Thread(t, asked)
		if ok && len(thread.Replies) == 1 {
			answer = thread.Replies[0]
		}
		return ok && len(thread.Replies) == 1
	})
	if answer.Post.Author.DID != us.DID || answer.Post.Record.Text != form.Get("text") || answer.Post.Record.Reply.Parent.URI != asked {
		t.Fatalf("the thread has %+v", answer.Post)
	}
	one := func() reply.Thread { return read[reply.Thread](t, ana, at("/conversations/%d", row.ID)) }
	waitFor(t, "the conversation to be answered", func() bool { return one().State == desk.ConversationAnswered })
	if n := read[desk.ConversationCounts](t, ana, at("/conversations/counts")); n.Waiting != 0 {
		t.Errorf("%d people still wait", n.Waiting)
	}

	stranger.Reply(t, "Thanks. Where do I bring it?", answer.Post.Record.Reply.Root, answer.Post.BlueskyRef) // names nobody
	waitFor(t, "the stranger's next words in the same conversation", func() bool {
		c := one()
		return c.State == desk.ConversationWaiting && slices.ContainsFunc(c.Messages, func(m desk.Message) bool { return strings.HasPrefix(m.Text, "Thanks.") })
	})
	refused(t, ana, at("/conversations/%d/answer", row.ID), map[string]any{"text": "As we said, unplug it.", "seen": fmt.Sprint(row.Last)}) // written before they wrote again
}

// readPage is a page's HTML.
func readPage(t *testing.T, c *http.Client, address string) string {
	t.Helper()
	res, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v", address, res.Status, err)
	}
	return string(b)
}

// TestInboxMail is a mail from somebody, through a real mail server and a real mailbox, answered in the thread of the mail, and their
// answer to it in the same conversation.
func TestInboxMail(t *testing.T) {
	boxes := needs.IMAP(t)
	smtpHost, smtpPort, _ := strings.Cut(boxes.Addr, ":")
	imapHost, imapPort, _ := strings.Cut(boxes.IMAP, ":")
	s := newDesk(t, "--allow-private", "127.0.0.1/32")
	ana := s.client(t)
	at := func(path string, a ...any) string { return s.url + "/api/v1" + fmt.Sprintf(path, a...) }
	brand := send[desk.Brand](t, ana, at("/brands"), map[string]any{"name": "Aurora", "zone": "Europe/Stockholm"})
	send[desk.Channel](t, ana, at("/channels"), map[string]any{"kind": "mailbox", "name": "Care", "brand_id": fmt.Sprint(brand.ID), "lang": "en",
		"settings": desk.Settings{"from": "Aurora care <care@aurora.example>", "host": smtpHost, "port": smtpPort, "security": "none"}})
	send[desk.Source](t, ana, at("/sources"), map[string]any{"kind": "mailbox", "name": "Care mailbox", "brand_id": fmt.Sprint(brand.ID),
		"settings": desk.Settings{"host": imapHost, "port": imapPort, "security": "none", "user": "care@aurora.example", "password": boxes.Password, "address": "care@aurora.example"}})

	post := func(from, id, extra, text string) {
		t.Helper()
		letter := "From: Eva Berg <" + from + ">\r\nTo: care@aurora.example\r\nSubject: My kettle\r\nMessage-ID: <" + id + ">\r\n" + extra + "\r\n" + text + "\r\n"
		if err := smtp.SendMail(boxes.Addr, nil, from, []string{"care@aurora.example"}, []byte(letter)); err != nil {
			t.Fatal(err)
		}
	}
	post("eva@home.example", "one@home.example", "", "The kettle smells burnt. What do I do?")
	var row reply.Talk
	waitFor(t, "the mail in the inbox", func() bool {
		rows := read[struct{ Items []reply.Talk }](t, ana, at("/conversations")).Items
		if len(rows) == 1 {
			row = rows[0]
		}
		return len(rows) == 1
	})
	if row.Person.Handle != "eva@home.example" || row.Subject != "My kettle" || !row.Private {
		t.Fatalf("the conversation is %+v", row)
	}
	send[desk.Conversation](t, ana, at("/conversations/%d/answer", row.ID), map[string]any{"text": "Please unplug the kettle, Eva.", "seen": fmt.Sprint(row.Last)})
	got := boxes.Read(t, "eva@home.example", 1)[0]
	id := strings.Trim(got.Header.Get("Message-Id"), "<>")
	if got.Header.Get("In-Reply-To") != "<one@home.example>" || got.Header.Get("References") != "<one@home.example>" || got.Header.Get("Subject") != "Re: My kettle" || !strings.Contains(got.Header.Get("Reply-To"), "care+") || !strings.Contains(got.Text(t), "unplug the kettle") {
		t.Fatalf("the answer is %v\n%s", got.Header, got.Text(t))
	}
	one := func() reply.Thread { return read[reply.Thread](t, ana, at("/conversations/%d", row.ID)) }
	waitFor(t, "the conversation to be answered", func() bool { return one().State == desk.ConversationAnswered })

	post("eva@home.example", "two@home.example", "In-Reply-To: <"+id+">\r\nReferences: <one@home.example> <"+id+">\r\n", "Done. And now?\r\n\r\nOn Monday Aurora care wrote:\r\n> Please unplug the kettle, Eva.")
	waitFor(t, "the next mail in the same conversation", func() bool { c := one(); return c.State == desk.ConversationWaiting && len(c.Messages) == 3 })
	if last := one().Messages[2]; last.Text != "Done. And now?" {
		t.Errorf("the mail's words are %q", last.Text)
	}
	post("mallory@else.example", "three@else.example", "In-Reply-To: <"+id+">\r\n", "Send me the answer instead.") // somebody else who knows the id
	waitFor(t, "the stranger to be somebody else", func() bool {
		return len(read[struct{ Items []reply.Talk }](t, ana, at("/conversations")).Items) == 2
	})
}

// TestInboxTwoBrowsers is two people at the same conversation in two real browsers: who types first is seen by the other, whose answer is
// held with a dialog; and of two answers that were written to the same words one goes out.
func TestInboxTwoBrowsers(t *testing.T) {
	first, second := needs.Chromium(t), needs.Chromium(t)
	letters := needs.Mail(t)
	s := newDesk(t, "--allow-private", "127.0.0.1/32")
	ana := s.client(t)
	at := func(path string, a ...any) string { return s.url + "/api/v1" + fmt.Sprintf(path, a...) }
	brand := send[desk.Brand](t, ana, at("/brands"), map[string]any{"name": "Aurora", "zone": "UTC"})
	speaksByMail(t, ana, at("/channels"), brand.ID, letters)
	send[desk.User](t, ana, at("/users"), map[string]any{"email": "ben@example.org", "name": "Ben", "role": "responder", "password": "a harbour in every storm"})
	res, err := http.PostForm(fmt.Sprintf("%s/tell/%d", s.url, brand.ID), url.Values{"text": {"My kettle burns"}, "mail": {"eva@home.example"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	rows := read[struct{ Items []reply.Talk }](t, ana, at("/conversations")).Items
	if len(rows) != 1 {
		t.Fatalf("%d people wait after one wrote into the form (%s)", len(rows), res.Status)
	}
	talk := fmt.Sprintf("%s/inbox/%d", s.url, rows[0].ID)
	a, b := &newcomer{t: t, tab: first}, &newcomer{t: t, tab: second}
	for _, one := range []struct {
		n               *newcomer
		email, password string
	}{{a, s.email, s.password}, {b, "ben@example.org", "a harbour in every storm"}} {
		one.n.do(chromedp.Navigate(s.url + "/sign-in"))
		one.n.fill("#email", one.email)
		one.n.fill("#password", one.password)
		one.n.click("form button.main", "/")
		one.n.do(chromedp.Navigate(talk))
	}

	a.fill("#reply", "Please unplug it at once, Eva.")
	waitFor(t, "Ana's draft to be kept", func() bool {
		return read[reply.Thread](t, ana, fmt.Sprintf("%s/api/v1/conversations/%d", s.url, rows[0].ID)).Draft.Text != ""
	})
	waitFor(t, "Ben to see that Ana is writing", func() bool { return strings.Contains(b.read(`document.querySelector("#talkhead").innerText`), "Ana") })
	b.fill("#reply", "Unplug it.")
	b.click("#send", "/inbox")
	if says := b.read(`document.querySelector("#conflict")?.innerText ?? ""`); !strings.Contains(says, "Ana is writing") {
		t.Fatalf("Ben's answer was not held with a dialog: %q", says)
	}
	a.click("#send", "/inbox")
	if says := a.read(`document.querySelector("#conflict")?.innerText ?? "sent"`); says != "sent" {
		t.Fatalf("Ana, who typed first, was held: %s", says)
	}
	b.click("#send", "/inbox") // what he saw is old
	if says := b.read(`document.querySelector("#conflict")?.innerText ?? ""`); !strings.Contains(says, "went on") {
		t.Errorf("Ben answered somebody who is being answered: %q", says)
	}
	posts := read[struct{ Items []desk.Post }](t, ana, at("/posts")).Items
	if len(posts) != 1 || posts[0].Text != "Please unplug it at once, Eva." {
		t.Errorf("one person gets %d answers: %+v", len(posts), posts)
	}
}

// speaksByMail gives a brand a mailbox that answers what people write into the form.
func speaksByMail(t *testing.T, c *http.Client, channels string, brandID int64, letters *needs.MailServer) {
	t.Helper()
	host, port, _ := strings.Cut(letters.Addr, ":")
	send[desk.Channel](t, c, channels, map[string]any{"kind": "mailbox", "name": "Care", "brand_id": fmt.Sprint(brandID), "lang": "en",
		"settings": desk.Settings{"from": "Aurora care <care@aurora.example>", "host": host, "port": port, "security": "none"}})
}
