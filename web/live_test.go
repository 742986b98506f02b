package web

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"breakwater/desk"
	"breakwater/store/storetest"
)

// stream follows the events of the desk as somebody, and gives their data line by line.
func (b *browser) stream(query string) *bufio.Scanner {
	b.h.t.Helper()
	req, err := http.NewRequestWithContext(b.h.t.Context(), http.MethodGet, b.h.url+"/events"+query, nil)
	b.h.must(err)
	resp, err := b.client.Do(req)
	b.h.must(err)
	b.h.t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() && lines.Text() != "retry: 3000" { // it follows
	}
	return lines
}

// note lets something happen to the room of the furnished desk, so that a stream has an end to wait for.
func (h *house) note(why string) {
	h.t.Helper()
	ctx := h.t.Context()
	_, err := h.db.ChangeAlert(ctx, h.alert.ID, desk.ActOf(ctx, why, ""), func(_ *desk.Alert, out *desk.Out) error {
		out.Say = desk.Say("x")
		return nil
	})
	h.must(err)
}

// Of brands that somebody has no right to, their pages are told nothing: no entry, no numbers that moved, nobody in a room.
func TestAttackEventsOfOtherBrands(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	ctx := t.Context()
	other, err := h.db.ChangeBrand(ctx, 0, desk.ActOf(ctx, "brand.save", ""), func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Other", "UTC", desk.Say("x")
		return nil
	})
	h.must(err)
	_, err = h.db.ChangeUser(ctx, h.ids[desk.Lead], desk.ActOf(ctx, "user.save", ""), func(u *desk.User, out *desk.Out) error {
		u.Grants, out.Say = []desk.Grant{{BrandID: 1, Role: desk.Lead}}, desk.Say("x")
		return nil
	})
	h.must(err)
	lines, everything := h.signedIn(desk.Lead).stream(""), h.signedIn(desk.Admin).stream("")
	foreign := storetest.Furnish(t, h.db, other.ID)
	h.c.Live.Tick([]int64{foreign["monitor"]})
	h.c.Live.Moved(foreign["incident"])
	mine := storetest.Furnish(t, h.db, 1)
	h.note("alert.mark")
	got, all := collect(t, lines), collect(t, everything)
	known := 0
	for word, id := range foreign {
		if mine[word] == id { // of all brands
			continue
		}
		on := `"on":"` + word + ":" + itoa(id) + `"`
		if strings.Contains(got, on) {
			t.Errorf("the lead of one brand is told of %s:%d of another", word, id)
		}
		if strings.Contains(all, on) {
			known++
		}
	}
	for _, is := range []string{`"room":"` + itoa(foreign["incident"]) + `"`, `"on":"brand:` + itoa(other.ID) + `"`, `"on":"user:`} {
		if strings.Contains(got, is) {
			t.Errorf("the lead of one brand is told of %s", is)
		}
	}
	if known < 10 || !strings.Contains(got, `"on":"statement:`+itoa(mine["statement"])+`"`) || !strings.Contains(got, `"on":"incident:`+itoa(mine["incident"])+`"`) {
		t.Errorf("admins were told of %d things of the other brand; the lead of their own: %s", known, got)
	}
}

// collect reads a stream up to the entry that note wrote.
func collect(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	var all strings.Builder
	seen := 0
	for lines.Scan() {
		all.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), `"on":"alert:1"`) {
			if seen++; seen == 1 {
				return all.String()
			}
		}
	}
	t.Fatalf("the stream ended: %s", all.String())
	return ""
}

// Who loses a brand while a page of theirs is open, is told nothing more of it: the stream ends with the entry that says so.
func TestAttackEventsAfterTheRightWasLost(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	ctx := t.Context()
	lines := h.signedIn(desk.Lead).stream("")
	_, err := h.db.ChangeUser(ctx, h.ids[desk.Lead], desk.ActOf(ctx, "user.save", ""), func(u *desk.User, out *desk.Out) error {
		u.Grants, out.Say = []desk.Grant{{BrandID: 99, Role: desk.Lead}}, desk.Say("x")
		return nil
	})
	h.must(err)
	h.note("alert.mark")
	for lines.Scan() {
		if strings.Contains(lines.Text(), `"on":"alert:`) {
			t.Errorf("told of %s", lines.Text())
		}
	}
}
