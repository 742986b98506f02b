package test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

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
