package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// What the page of clocks and rules shows is what is stored, also after it is saved as it stands; a lead changes it, others read it.
func TestClocksAndRules(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	ctx := desk.WithActor(t.Context(), desk.Actor{Who: "test", Role: desk.Admin})
	lead, duty := h.signedIn(desk.Lead), h.signedIn(desk.Responder)
	_, _, page := duty.get("/inbox/policy")
	if len(page.All(`fieldset[disabled]`)) != 1 || len(page.All(`.policyform button`)) != 0 {
		t.Error("a responder is shown a form that they may not send")
	}
	before, err := h.c.Queue.Policy(ctx, 1)
	h.must(err)
	form := url.Values{
		"version": {"0"}, "zone": {"Europe/Stockholm"}, "voices": {"700"}, "sign": {"3"}, "form": {"1"}, "form_text": {"Tell us."}, "holidays": {"2026-12-25 Christmas"}, "junior": {itoa(h.ids[desk.Responder])},
		"first-0": {"240"}, "next-0": {"480"}, "first-3": {"20"}, "next-3": {"40"}, "first-1": {"60"}, "next-1": {"0"}, "first-2": {"30"}, "next-2": {"0"}, "first-4": {"15"}, "next-4": {"15"},
		"day": {"1", "2", "3"}, "from": {"09:00", "", "13:00"}, "to": {"17:00", "", "00:00"},
		"need-0": {"1"}, "need-0-question": {"1"}, "need-1": {"1"}, "need-1-words": {"refund, Geld zurück"}, "need-1-mood": {"negative"}, "need-2": {"1"}, "need-3": {"1"}, "need-3-question": {"1"}, "need-3-off": {"1"},
		"rule-0": {"1"}, "rule-0-words": {"press"}, "rule-0-label": {"press"}, "rule-0-within": {"10"}, "rule-1": {"1"}, "rule-1-words": {"does nothing"},
	}
	form.Set("version", itoa(int64(before.Version)))
	if status, _, page := lead.post("/inbox/policy", form); status != http.StatusSeeOther {
		t.Fatalf("saving gave %d: %s", status, page.Text("#notice"))
	}
	p, err := h.c.Queue.Policy(ctx, 1)
	h.must(err)
	switch {
	case p.Voices != 700 || p.Sign != desk.Crisis || !p.Form || p.FormText != "Tell us." || len(p.Juniors) != 1:
		t.Errorf("saved as %+v", p)
	case p.Clocks[3] != desk.Clock{First: 20, Next: 40}:
		t.Errorf("clocks %+v", p.Clocks)
	case len(p.Hours.Days) != 2 || p.Hours.Days[1] != desk.Day{Weekday: time.Wednesday, From: 780, To: 1440} || len(p.Hours.Holidays) != 1:
		t.Errorf("hours %+v", p.Hours)
	case len(p.Needs) != 2 || !p.Needs[0].Question || strings.Join(p.Needs[1].Words, "|") != "refund|Geld zurück":
		t.Errorf("needs %+v", p.Needs)
	case len(p.Rules) != 1 || p.Rules[0].Within != 10 || p.Rules[0].Label != "press":
		t.Errorf("rules %+v", p.Rules)
	}
	if status, _, page := lead.post("/inbox/policy", form); status != http.StatusUnprocessableEntity || !strings.Contains(page.Text("#notice"), "Somebody else") {
		t.Errorf("an old version was saved: %d", status)
	}
	form.Set("version", itoa(int64(p.Version)))
	form["from"] = []string{"18:00", "", ""}
	if status, _, page := lead.post("/inbox/policy", form); status != http.StatusUnprocessableEntity || page.Text(`.wrong`) == "" {
		t.Errorf("a day that ends before it begins was saved: %d", status)
	}
}

// An answer is taken back from any page of the inbox while its seconds run, and somebody who comes too late reads why.
func TestUndoFromAnywhere(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	h.c.Queue.Delay = time.Minute
	talks := h.wrote("My kettle burns.", "Where is the shop?")
	duty, other := h.signedIn(desk.Responder), h.signedIn(desk.Lead)
	at := "/inbox/" + itoa(talks[0].ID)
	status, to, page := duty.post(at+"/answer?view=waiting", url.Values{"text": {"Please unplug the kettle."}, "seen": {itoa(talks[0].Last)}})
	if status != http.StatusSeeOther || !strings.Contains(to, "view=waiting") {
		t.Fatalf("answering gave %d to %q: %s", status, to, page.Text("#notice"))
	}
	for _, path := range []string{"/inbox", "/inbox/" + itoa(talks[1].ID), at} {
		if _, _, page := duty.get(path); len(page.All(`form#undo[action^="`+at+`/undo"]`)) != 1 {
			t.Errorf("%s does not offer to take the answer back", path)
		}
		if _, _, page := other.get(path); len(page.All(`form#undo`)) != 0 {
			t.Errorf("%s offers somebody else's answer to take back", path)
		}
	}
	if _, _, page := duty.get("/inbox?view=waiting"); len(page.All(`a[href^="`+at+`?view=waiting"]`)) != 1 {
		t.Error("a row's address loses the view")
	}
	if status, _, _ := duty.post(at+"/undo", nil); status != http.StatusSeeOther {
		t.Fatalf("taking it back gave %d", status)
	}
	if status, _, page := duty.post(at+"/undo", nil); status != http.StatusUnprocessableEntity || !strings.Contains(page.Text("#notice"), "too late") {
		t.Errorf("taking it back twice gave %d", status)
	}
	status, _, page = duty.post(at+"/answer", url.Values{"do": {"private"}, "text": {"Please tell us more here:"}})
	if status != http.StatusOK || !strings.Contains(page.Text("#reply"), "/tell/1?c=") || len(page.All("#linked")) != 0 && page.Text("#linked") == "" {
		t.Errorf("going on in private gave %d: %q", status, page.Text("#reply"))
	}
}
