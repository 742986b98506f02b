package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// planned makes a statement that is approved, and its post of tomorrow.
func (h *house) planned(brand int64) desk.Post {
	h.t.Helper()
	ctx := h.t.Context()
	_, err := h.db.ChangeChannel(ctx, 0, desk.ActOf(ctx, "channel.save", ""), func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, out.Say = brand, "mastodon", "Town", desk.Say("x")
		return nil
	})
	h.must(err)
	s, err := h.db.ChangeStatement(ctx, 0, desk.ActOf(ctx, "statement.save", ""), func(s *desk.Statement, out *desk.Out) error {
		s.BrandID, s.Title, s.State, out.Say = brand, "Open again", desk.StatementApproved, desk.Say("x")
		s.Variants = []desk.Variant{{ID: "a", Lang: "en", Text: "We are open again."}}
		return nil
	})
	h.must(err)
	ps, err := h.c.Outbox.Schedule(ctx, s.ID, time.Now().Add(24*time.Hour))
	h.must(err)
	return ps[0]
}

// STOP is pressed from any page, the banner says so, each post is decided about, a lead ends it.
func TestStopTriageAndEnd(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	p := h.planned(1)
	duty, lead := h.signedIn(desk.Responder), h.signedIn(desk.Lead)
	if _, _, page := duty.get("/journal"); len(page.All(`form[action="/stop"]`)) != 1 || len(page.All(`.banner.held`)) != 0 {
		t.Error("STOP is not on the page, or a banner is")
	}
	_, to, _ := duty.post("/stop", url.Values{"reason": {"A crisis begins"}, "why": {"glass"}})
	hold, _, _ := strings.Cut(to, "?")
	if !strings.HasPrefix(to, "/holds/") || !strings.HasSuffix(to, "done=held") {
		t.Fatalf("pressed, and led to %q", to)
	}
	if _, _, page := duty.get("/journal"); !strings.Contains(page.Text(".banner.held"), "A crisis begins. glass") || len(page.All(`.banner.held a[href="`+hold+`"]`)) != 1 {
		t.Errorf("the banner says %q", page.Text(".banner.held"))
	}
	if _, _, page := duty.get(hold); len(page.All(`form[action="`+hold+`/end"]`)) != 0 || len(page.All(`a[href="/posts/`+itoa(p.ID)+`"]`)) == 0 {
		t.Error("a responder may end it, or does not see what is held")
	}
	if status, _, _ := lead.post(hold+"/end", url.Values{"why": {"over"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("ended without a decision: %d", status)
	}
	if status, _, _ := lead.post(hold+"/decide", url.Values{"decision": {"release"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("decided about nothing: %d", status)
	}
	if _, to, _ := lead.post(hold+"/decide", url.Values{"decision": {"release"}, "post": {itoa(p.ID)}}); to != hold+"?done=decided" {
		t.Errorf("decided, and led to %q", to)
	}
	if _, to, _ := lead.post(hold+"/end", url.Values{"why": {"over"}}); to != hold+"?done=holdend" {
		t.Errorf("ended, and led to %q", to)
	}
	if _, _, page := lead.get("/posts/" + itoa(p.ID)); !strings.Contains(page.Text(".pstate"), "Waits for its time") {
		t.Errorf("the post: %q", page.Text(".pstate"))
	}
	b, err := h.db.Brand(t.Context(), p.BrandID)
	h.must(err)
	at := zone(b)
	day := time.Now().In(at).AddDate(0, 0, 3).Format(dayForm)
	if _, to, _ := lead.post("/posts/"+itoa(p.ID)+"/move", url.Values{"day": {day}, "back": {"/calendar"}}); to != "/calendar?done=moved" {
		t.Errorf("dragged, and led to %q", to)
	}
	if now, err := h.c.Outbox.One(t.Context(), p.ID); err != nil || now.Due.In(at).Format(dayForm) != day || now.Due.Minute() != p.Due.Minute() {
		t.Errorf("dragged to %s, was %s: %v", now.Due, p.Due, err)
	}
}
