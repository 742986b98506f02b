package test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/reply"
)

// TestInboxKilled kills a desk while answers can still be undone. Started again it sends each of them once, but for the one that was undone,
// whose words are the draft again; and a second answer that somebody sent meanwhile without looking is held back.
func TestInboxKilled(t *testing.T) {
	t.Parallel()
	letters := needs.Mail(t)
	s := newDesk(t, "--allow-private", "127.0.0.1/32")
	ana := s.client(t)
	at := func(path string, a ...any) string { return s.url + "/api/v1" + fmt.Sprintf(path, a...) }
	brand := send[desk.Brand](t, ana, at("/brands"), map[string]any{"name": "Aurora", "zone": "UTC"})
	speaksByMail(t, ana, at("/channels"), brand.ID, letters)
	people := []string{"eva", "dan", "mia"}
	for _, who := range people {
		res, err := http.PostForm(fmt.Sprintf("%s/tell/%d", s.url, brand.ID), url.Values{"text": {"My kettle burns"}, "mail": {who + "@home.example"}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	rows := read[struct{ Items []reply.Talk }](t, ana, at("/conversations")).Items
	if len(rows) != len(people) {
		t.Fatalf("%d people wait", len(rows))
	}
	one := func(id int64) reply.Thread { return read[reply.Thread](t, ana, at("/conversations/%d", id)) }
	for _, r := range rows {
		c := send[desk.Conversation](t, ana, at("/conversations/%d/answer", r.ID), map[string]any{"text": "Unplug it, " + r.Person.Handle, "seen": fmt.Sprint(r.Last), "despite": []string{"copied"}})
		if c.State != desk.ConversationSending {
			t.Fatalf("the answer is %+v", c)
		}
	}
	s.kill(t)
	s.start(t)
	undone := send[desk.Conversation](t, ana, at("/conversations/%d/undo", rows[0].ID), map[string]any{})
	if undone.State != desk.ConversationWaiting || !undone.Since.Equal(rows[0].Since) {
		t.Errorf("undone after the crash it is %+v", undone)
	}
	refused(t, ana, at("/conversations/%d/answer", rows[1].ID), map[string]any{"text": "Hello again"})
	s.kill(t)
	s.start(t)
	if d := one(rows[0].ID).Draft; d.Text != "Unplug it, "+rows[0].Person.Handle {
		t.Errorf("the words that were undone are %+v", d)
	}
	for _, r := range rows[1:] {
		waitFor(t, "the answers to go out", func() bool { return one(r.ID).State == desk.ConversationAnswered })
	}
	states := map[string]int{}
	for _, p := range read[struct{ Items []desk.Post }](t, ana, at("/posts")).Items {
		if p.Attempts > 1 {
			t.Errorf("an answer was sent %d times", p.Attempts)
		}
		if p.Published() {
			p.State = "out"
		}
		states[p.State]++
	}
	if states["out"] != 2 || states[desk.PostDropped] != 1 || len(states) != 2 {
		t.Errorf("of three answers %v", states)
	}
	if c := one(rows[0].ID); c.State != desk.ConversationWaiting {
		t.Errorf("whose answer was undone is %s", c.State)
	}
}
