package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/htmlcheck"
	"breakwater/reply"
)

// A lead changes an answer where it waits to be signed: the guard speaks first, nothing typed is lost, and who wrote it sees what was changed.
func TestALeadChangesWhatIsToBeSigned(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	h.c.Queue.Delay = time.Minute
	talk := h.wrote("My kettle burns and nobody answers the hotline.")[0]
	policy, err := h.c.Queue.Policy(h.as(desk.Lead), 1)
	h.must(err)
	policy.Juniors = desk.IDs{h.ids[desk.Responder]}
	_, err = h.c.Queue.SavePolicy(h.as(desk.Lead), policy)
	h.must(err)
	const was = "Please unplug the kettle that burns."
	_, err = h.c.Queue.Answer(h.as(desk.Responder), talk.ID, reply.Answer{Text: was, Seen: talk.Last})
	h.must(err)

	at, lead, junior := "/inbox/"+itoa(talk.ID), h.signedIn(desk.Lead), h.signedIn(desk.Responder)
	if _, _, page := junior.get(at); len(page.All("#sign-text")) != 0 || page.Text("#tosign blockquote") != was {
		t.Errorf("who may not sign sees %q", page.Text("#tosign"))
	}
	_, _, page := lead.get(at)
	if page.Text("#sign-text") != was {
		t.Fatalf("the lead sees %q", page.Text("#tosign"))
	}
	hash, _ := htmlcheck.Attr(page.All(`#tosign input[name="hash"]`)[0], "value")
	sign := func(text, despite, hash string) (int, string) {
		status, _, page := lead.post(at+"/sign?view=signing", url.Values{"hash": {hash}, "text": {text}, "despite": {despite}, "do": {"sign"}})
		if status == http.StatusConflict && page.Text("#sign-text") != text {
			t.Errorf("what was typed is lost: %q", page.Text("#sign-text"))
		}
		return status, page.Text("#tosign")
	}
	if status, says := sign("Actually, you are wrong.", "", hash); status != http.StatusConflict || !strings.Contains(says, "sounds like arguing") {
		t.Errorf("signing gave %d and says %q", status, says)
	}
	if status, says := sign("Unplug the kettle that burns, now.", "", "other"); status != http.StatusConflict || !strings.Contains(says, "changed the answer meanwhile") {
		t.Errorf("signing what nobody saw gave %d and says %q", status, says)
	}
	if status, says := sign("Please unplug the kettle that burns now.", "", hash); status != http.StatusSeeOther {
		t.Fatalf("signing gave %d and says %q", status, says)
	}
	_, _, page = junior.get(at)
	if got := page.Text("#said .changed"); !strings.Contains(got, "changed the words before signing") || page.Text("#said .changed ins") == "" {
		t.Errorf("who wrote it sees %q", got)
	}
}
