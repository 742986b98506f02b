package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store/storetest"
)

// thingOf is the kind of thing that a path with {id} names. What is about the whole desk, which only who looks after all of it
// opens, and about oneself, is "".
func thingOf(path string) (word string, known bool) {
	area, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	word, known = map[string]string{
		"alerts": "alert", "facts": "fact", "claims": "claim", "incidents": "incident", "evidence": "exhibit", "posts": "post", "channels": "channel", "by-hand": "byhand",
		"mentions": "mention", "monitors": "monitor", "occasions": "occasion", "plans": "plan", "promises": "promise", "policies": "policy", "meetings": "meeting",
		"briefings": "briefing", "centre": "centre", "copies": "copy", "mailings": "mailing", "subscribers": "subscriber", "rumours": "rumour",
		"removals": "removal", "sources": "source", "statements": "statement", "ways": "way", "brands": "brand",
		"contacts": "contact", "schedules": "schedule", "escalation-policies": "escalation policy", "escalations": "escalation", "calls": "escalation",
		"holds": "hold", "topics": "topic", "conversations": "conversation",
		"users":  "", // accounts are of the whole desk: one's own, or for admins, and nobody is admin of some brands only (desk.CheckGrants)
		"tokens": "", // for admins alone, who see every brand
	}[area]
	return word, known
}

// The permission table: every operation has a right, every right that an operation needs is one that its least role has, and no row is
// left of an operation that is gone.
func TestEveryOperationHasARight(t *testing.T) {
	t.Parallel()
	left := make(map[string]bool)
	for id := range rights {
		left[id] = true
	}
	for _, op := range (&server{}).operations() {
		right, known := rights[op.ID]
		delete(left, op.ID)
		switch {
		case op.Least == everyone && known:
			t.Errorf("%s is for everyone, but needs the right %s", op.ID, right)
		case op.Least != everyone && !known:
			t.Errorf("%s has no right: add its row to api/rights.go", op.ID)
		case op.Least != everyone && !op.Least.Has(right):
			t.Errorf("%s is for a %s, who has no right to %s", op.ID, op.Least, right)
		}
		if _, known := thingOf(op.Path); strings.Contains(op.Path, "{id}") && !known {
			t.Errorf("%s: thingOf does not know what its {id} is, so nobody knows whether other brands are kept out of it", op.ID)
		}
	}
	for id := range left {
		t.Errorf("api/rights.go has a right for %s, which is no operation", id)
	}
}

// What belongs to another brand is not there: the answer is that for a number that nobody has, for every operation and every role,
// and no list names it.
func TestOtherBrandsAreNotThere(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	ctx := t.Context()
	brand := func(name string) int64 {
		b, err := d.db.ChangeBrand(ctx, 0, desk.ActOf(ctx, "brand.save", ""), func(b *desk.Brand, out *desk.Out) error {
			b.Name, b.Zone, out.Say = name, "UTC", desk.Say("x")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.ID
	}
	own, other := brand("Own"), brand("Other")
	foreign, mine := storetest.Furnish(t, d.db, other), storetest.Furnish(t, d.db, own)
	for role := desk.Viewer; role <= desk.Lead; role++ {
		_, secret, err := d.gate.AddScopedToken(ctx, desk.Token{Name: role.String(), Role: role, BrandID: own})
		if err != nil {
			t.Fatal(err)
		}
		d.token[role] = secret.Reveal()
		for _, op := range d.s.operations() {
			word, _ := thingOf(op.Path)
			if op.ID == "event-stream" {
				continue // its own tests
			}
			to := func(id string) (int, string) {
				w := plain(d, role, op.Method, strings.NewReplacer("{id}", id, "{step}", "harm", "{file}", "x", "{format}", "md", "{mention}", "1", "{hash}", "x", "{tag}", "x").Replace(op.Path))
				return w.Code, w.Body.String()
			}
			if !strings.Contains(op.Path, "{id}") {
				if _, body := to(""); op.Method == http.MethodGet && strings.Contains(body, "of "+num(other)) {
					t.Errorf("%s as a %s names what is of another brand: %s", op.ID, role, body)
				}
				continue
			}
			if word == "" {
				continue
			}
			if got, _ := to(num(foreign[word])); got != first(to("999999")) {
				t.Errorf("%s as a %s: %d for a %s of another brand, %d for one that is not there", op.ID, role, got, word, first(to("999999")))
			}
			if got, body := to(num(mine[word])); op.Method == http.MethodGet && role >= op.Least && got == http.StatusForbidden {
				t.Errorf("%s as a %s: %d %s for a %s of their own brand", op.ID, role, got, body, word)
			}
		}
		for _, path := range []string{"/alerts?brand=", "/mentions?brand=", "/monitors?brand=", "/radar/series?brand=", "/radar/numbers?brand=", "/radar/voices?brand=", "/topics?brand=", "/posts?brand=", "/statements?brand=", "/reply-policy?brand="} {
			w := plain(d, role, http.MethodGet, path+num(other))
			if w.Code == http.StatusOK && strings.Contains(w.Body.String(), `"id"`) {
				t.Errorf("%s as a %s = %s", path, role, w.Body)
			}
		}
	}
}

// plain asks without holding the answer against the description: the things of these tests are bare.
func plain(d *testDesk, role desk.Role, method, path string) *httptest.ResponseRecorder {
	var body io.Reader
	if method != http.MethodGet {
		body = strings.NewReader("{}")
	}
	r := httptest.NewRequest(method, prefix+path, body)
	r.Header.Set("Authorization", "Bearer "+d.token[role])
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	return w
}

func first(code int, _ string) int { return code }

// A token that was narrowed to some rights has no others, whatever its role.
func TestNarrowTokens(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	ctx := t.Context()
	_, secret, err := d.gate.AddScopedToken(ctx, desk.Token{Name: "publisher", Role: desk.Lead, Only: []desk.Right{desk.MaySee, desk.MayPublish}, Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	d.token[desk.Lead] = secret.Reveal()
	for _, op := range d.s.operations() {
		if op.Least == everyone || op.ID == "event-stream" || op.Method == http.MethodGet {
			continue
		}
		w := d.ask(desk.Lead, op.Method, strings.NewReplacer("{id}", "999999", "{step}", "harm", "{mention}", "1").Replace(op.Path), "{}")
		may := op.Least <= desk.Lead && (rights[op.ID] == desk.MaySee || rights[op.ID] == desk.MayPublish)
		if may != (w.Code != http.StatusForbidden) && !own(op.ID) {
			t.Errorf("%s, which needs the right to %s, = %d", op.ID, rights[op.ID], w.Code)
		}
	}
}

func num(n int64) string { return strconv.FormatInt(n, 10) }
