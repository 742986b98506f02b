package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// Whoever presses Send reads the guard's warnings first, keeps every word and every choice, and decides; no script is needed for it.
func TestTheGuardSpeaksAtSend(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	h.c.Queue.Delay = time.Minute
	talk := h.wrote("My kettle burns and nobody answers the hotline.")[0]
	duty := h.signedIn(desk.Responder)
	at := "/inbox/" + itoa(talk.ID)
	form := url.Values{"text": {"Actually, you are wrong."}, "seen": {itoa(talk.Last)}, "do": {"send"}}
	status, _, page := duty.post(at+"/answer?view=waiting", form)
	if status != http.StatusConflict || !strings.Contains(page.Text("#warned"), "sounds like arguing") || !strings.Contains(page.Text("#warned"), "Nothing of what they wrote") {
		t.Fatalf("sending gave %d and says %q", status, page.Text("#warned"))
	}
	if page.Text("#reply") != form.Get("text") || len(page.All(`input[name="seen"][value="`+itoa(talk.Last)+`"]`)) != 1 || len(page.All(`#warned a[href="#reply"]`)) != 1 {
		t.Errorf("the composer lost something: %q", page.Text("#reply"))
	}
	if d, err := h.db.Draft(t.Context(), talk.ID); err != nil || d.Text != form.Get("text") {
		t.Errorf("the draft is %+v, %v", d, err)
	}
	anyway := page.All(`#warned button[name="despite"]`)
	if len(anyway) != 1 {
		t.Fatal("nobody can go past the warnings")
	}
	form.Del("do")
	form.Set("despite", "deaf argues")
	if status, to, _ := duty.post(at+"/answer?view=waiting", form); status != http.StatusSeeOther || !strings.Contains(to, "view=waiting") {
		t.Fatalf("sending anyway gave %d", status)
	}
	if _, _, page := duty.get(at); !strings.Contains(page.Text("#said"), "Sent past warnings: past what they wrote, arguing") {
		t.Errorf("the answer does not remember it: %q", page.Text("#said"))
	}
}
