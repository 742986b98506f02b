package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// Who published as one brand and then lets something out as another is asked once more as whom they speak.
func TestAnotherAccountIsAskedForOnceMore(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	h.c.Words.Outbox = func(ctx context.Context, ids []int64, due time.Time) error {
		_, err := h.c.Outbox.ScheduleAll(ctx, ids, due)
		return err
	}
	act := desk.Act{Who: "user:1", Do: "test"}
	other, err := h.db.ChangeBrand(t.Context(), 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Nordic Jam", "UTC", desk.Say("x")
		return nil
	})
	h.must(err)
	// approved is a statement of a brand that may go out in the channel of that brand.
	approved := func(brand int64, account string) string {
		c, err := h.db.ChangeChannel(t.Context(), 0, act, func(c *desk.Channel, out *desk.Out) error {
			c.BrandID, c.Kind, c.Name, c.Account, c.Lang, out.Say = brand, "sandbox", "Sandbox", account, "en", desk.Say("x")
			return nil
		})
		h.must(err)
		s, err := h.db.ChangeStatement(t.Context(), 0, act, func(s *desk.Statement, out *desk.Out) error {
			s.BrandID, s.Kind, s.Title, s.State, out.Say = brand, "ordinary", "Hello", desk.StatementApproved, desk.Say("x")
			s.Variants = []desk.Variant{{ID: "a", ChannelID: c.ID, Lang: "en", Text: "Good morning from " + account}}
			return nil
		})
		h.must(err)
		return "/statements/" + itoa(s.ID)
	}
	first, second := approved(h.alert.BrandID, "@acme"), approved(other.ID, "@jam")
	lea := h.signedIn(desk.Lead)
	_, _, p := lea.get(first)
	if said := p.Text(".accounts"); !strings.Contains(said, "Acme Dairy") || !strings.Contains(said, "@acme") || len(p.All("input[name=as]")) > 0 {
		t.Errorf("the frame says %q", said)
	}
	if status, _, p := lea.post(first+"/publish", url.Values{}); status != http.StatusSeeOther {
		t.Fatalf("published with %d: %s", status, p.Text("main"))
	}
	_, _, p = lea.get(second)
	if said := p.Text(".switched"); !strings.Contains(said, "You published as Acme Dairy last") || !strings.Contains(said, "Nordic Jam") {
		t.Errorf("the question says %q", said)
	}
	for _, as := range []string{"", itoa(h.alert.BrandID)} {
		if status, _, p := lea.post(second+"/publish", url.Values{"as": {as}}); status != http.StatusUnprocessableEntity || !strings.Contains(p.Text("main"), "Confirm that this goes out as Nordic Jam") {
			t.Errorf("unconfirmed (%q) it answered %d", as, status)
		}
	}
	if status, _, p := lea.post(second+"/publish", url.Values{"as": {itoa(other.ID)}}); status != http.StatusSeeOther {
		t.Errorf("confirmed it answered %d: %s", status, p.Text("main"))
	}
	if _, _, p := lea.get(second); len(p.All(".switched")) > 0 {
		t.Error("the same brand is asked for twice")
	}
}
