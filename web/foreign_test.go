package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"breakwater/desk"
	"breakwater/store/storetest"
)

// thingOf is the kind of thing that an address with {id} names, the rest of the permission table. What is about oneself, and about the
// whole desk, which only who looks after all of it opens, is "".
func thingOf(pattern string) (word string, known bool) {
	_, path, _ := strings.Cut(pattern, " ")
	area, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if area == "oncall" {
		area, _, _ = strings.Cut(rest, "/")
		area = "oncall " + area
	}
	word, known = map[string]string{
		"alerts": "alert", "facts": "fact", "claims": "claim", "incidents": "incident", "evidence": "exhibit", "posts": "post", "channels": "channel", "by-hand": "byhand",
		"mentions": "mention", "monitors": "monitor", "occasions": "occasion", "subscribers": "subscriber", "mailings": "mailing", "plans": "plan", "promises": "promise", "policies": "policy", "committee": "meeting",
		"briefings": "briefing", "centre": "centre", "copies": "copy", "rumours": "rumour", "inbox": "conversation",
		"removals": "removal", "sources": "source", "statements": "statement", "voices": "mention", "ways": "way", "brands": "brand",
		"contacts": "contact", "oncall schedules": "schedule", "oncall policies": "escalation policy", "oncall calls": "escalation",
		"holds":  "hold",
		"people": "", // accounts are of the whole desk, for admins alone, and nobody is admin of some brands only (desk.CheckGrants)
		"tell":   "", // the public form of a brand, for everybody
		"me":     "", // one's own tokens and devices: another's are not found, whatever the brand (TestOwnThingsAreOwn)
	}[area]
	return word, known
}

// The permission table: every address has a right, every right that an address needs is one that its least role has, and no row is
// left of an address that is gone.
func TestEveryRouteHasARight(t *testing.T) {
	t.Parallel()
	h := open(t)
	left := make(map[string]bool)
	for p := range rights {
		left[p] = true
	}
	for _, rt := range h.c.routes() {
		right, known := rights[rt.pattern]
		delete(left, rt.pattern)
		switch {
		case rt.least == 0 && known:
			t.Errorf("%s is for who is not signed in, but needs the right %s", rt.pattern, right)
		case rt.least > 0 && !known:
			t.Errorf("%s has no right: add its row to web/rights.go", rt.pattern)
		case rt.least > 0 && !rt.least.Has(right):
			t.Errorf("%s is for a %s, who has no right to %s", rt.pattern, rt.least, right)
		}
		if _, known := thingOf(rt.pattern); strings.Contains(rt.pattern, "{id}") && !known {
			t.Errorf("%s: thingOf does not know what its {id} is, so nobody knows whether other brands are kept out of it", rt.pattern)
		}
	}
	for p := range left {
		t.Errorf("web/rights.go has a right for %s, which is no address", p)
	}
}

// What belongs to another brand is not there: the answer is that for a number that nobody has, for every address and every role, and
// nothing of it changes. What belongs to one's own brand is there.
func TestOtherBrandsAreNotThere(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	ctx := t.Context()
	other, err := h.db.ChangeBrand(ctx, 0, desk.ActOf(ctx, "brand.save", ""), func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Other", "UTC", desk.Say("x")
		return nil
	})
	h.must(err)
	foreign, mine := storetest.Furnish(t, h.db, other.ID), storetest.Furnish(t, h.db, 1)
	before, err := h.db.Journal(ctx, desk.EntryFilter{Paging: desk.Paging{Limit: 1}})
	h.must(err)
	for role := desk.Viewer; role <= desk.Lead; role++ {
		_, err := h.db.ChangeUser(ctx, h.ids[role], desk.ActOf(ctx, "user.save", ""), func(u *desk.User, out *desk.Out) error {
			u.Grants, out.Say = []desk.Grant{{BrandID: 1, Role: role}}, desk.Say("x")
			return nil
		})
		h.must(err)
		b := h.signedIn(role)
		for _, rt := range h.c.routes() {
			word, _ := thingOf(rt.pattern)
			method, path, _ := strings.Cut(rt.pattern, " ")
			if !strings.Contains(path, "{id}") || word == "" {
				continue
			}
			to := func(id int64) int {
				at := strings.NewReplacer("{id}", itoa(id), "{file}", "x", "{file...}", "x", "{format}", "md", "{part}", "goals").Replace(path)
				if method == http.MethodGet {
					status, _, _ := b.get(at)
					return status
				}
				status, _, _ := b.post(at, url.Values{})
				return status
			}
			if got, want := to(foreign[word]), to(999_999); got != want {
				t.Errorf("%s as a %s: %d for a %s of another brand, %d for one that is not there", rt.pattern, role, got, word, want)
			}
			if got := to(mine[word]); method == http.MethodGet && role >= rt.least && (got == http.StatusForbidden || got == http.StatusNotFound && !strings.Contains(path, "{file") && !strings.Contains(path, "{part}") && !strings.HasSuffix(path, "photo")) {
				t.Errorf("%s as a %s: %d for a %s of their own brand", rt.pattern, role, got, word)
			}
		}
		for _, path := range []string{"/?brand=" + itoa(other.ID), "/mentions?monitor=" + itoa(foreign["monitor"])} {
			if status, _, p := b.get(path); status == http.StatusOK && strings.Contains(p.Text("main"), "of "+itoa(other.ID)) {
				t.Errorf("%s as a %s shows what is of another brand", path, role)
			}
		}
	}
	after, err := h.db.Journal(ctx, desk.EntryFilter{After: before[0].Seq, Paging: desk.Paging{Limit: 200}})
	h.must(err)
	for _, e := range after {
		kind, id, _ := strings.Cut(e.On, ":")
		if strings.HasPrefix(e.Who, "user:") && foreign[kind] != 0 && id == itoa(foreign[kind]) && foreign[kind] != mine[kind] {
			t.Errorf("%s was changed from another brand: %s", e.On, e.Do)
		}
	}
}
