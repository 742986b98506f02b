package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"breakwater/desk"
)

// Every address answers every role as its table says: below the least role it is forbidden, from there on it is not.
func TestEveryRouteKnowsItsRole(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	who := map[desk.Role]*browser{0: h.browser()}
	for role := desk.Viewer; role <= desk.Admin; role++ {
		who[role] = h.signedIn(role)
	}
	for _, rt := range h.c.routes() {
		method, path, _ := strings.Cut(rt.pattern, " ")
		path = strings.NewReplacer("{$}", "", "{id}", "999999", "{session}", "00ff").Replace(path)
		if path == "/sign-out" {
			continue // it would end the session of who asks
		}
		for role := desk.Role(0); role <= desk.Admin; role++ {
			var status int
			var to string
			if method == http.MethodGet {
				status, to, _ = who[role].get(path)
			} else {
				status, to, _ = who[role].post(path, url.Values{})
			}
			switch {
			case role == 0 && rt.least > 0:
				if (status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in")) && status != http.StatusUnauthorized {
					t.Errorf("%s for a stranger: %d to %q, want the sign-in", rt.pattern, status, to)
				}
			case role < rt.least && status != http.StatusForbidden:
				t.Errorf("%s for a %s: %d, want forbidden (it is for a %s)", rt.pattern, role, status, rt.least)
			case role >= rt.least && status == http.StatusForbidden:
				t.Errorf("%s for a %s is forbidden, though it is for a %s", rt.pattern, role, rt.least)
			case status >= http.StatusInternalServerError:
				t.Errorf("%s for a %s: %d", rt.pattern, role, status)
			}
		}
	}
}

// What a role must not do stands on no page of that role: every form that a page shows can be sent.
func TestPagesOfferOnlyWhatMayBeDone(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	least := func(method, path string) desk.Role {
		mux := http.NewServeMux()
		found := make(map[string]desk.Role)
		for _, rt := range h.c.routes() {
			mux.HandleFunc(rt.pattern, func(http.ResponseWriter, *http.Request) {})
			found[rt.pattern] = rt.least
		}
		req, err := http.NewRequestWithContext(t.Context(), method, path, nil)
		h.must(err)
		_, pattern := mux.Handler(req)
		return found[pattern]
	}
	for role := desk.Viewer; role <= desk.Admin; role++ {
		b := h.signedIn(role)
		for _, path := range h.paths() {
			status, _, p := b.get(path)
			if status == http.StatusForbidden {
				continue
			}
			if status != http.StatusOK {
				t.Errorf("%s for a %s: %d", path, role, status)
				continue
			}
			for _, problem := range p.Problems() {
				t.Errorf("%s for a %s: %s", path, role, problem)
			}
			for _, form := range p.All(`form[method="post"]`) {
				for _, a := range form.Attr {
					if a.Key == "action" && least(http.MethodPost, a.Val) > role {
						t.Errorf("%s offers a %s %s, which is for a %s", path, role, a.Val, least(http.MethodPost, a.Val))
					}
				}
			}
		}
	}
}

// paths are the pages of a furnished house.
func (h *house) paths() []string {
	return []string{
		"/", "/?span=7d", "/alerts", "/alerts?live=1", "/alerts/" + itoa(h.alert.ID), "/incidents", "/incidents/new", "/incidents/new?alert=" + itoa(h.alert.ID), "/incidents/" + itoa(h.room.ID),
		"/mentions", "/mentions?q=acme&mood=negative&when=24h", "/monitors", "/monitors/new", "/monitors/1", "/sources", "/sources/new", "/sources/new?kind=news", "/sources/" + itoa(h.source.ID),
		"/people", "/people/new", "/people/1", "/ways/new", "/ways/new?kind=email", "/brands/1", "/brands/new", "/oncall", "/oncall/schedules/new", "/oncall/policies/new", "/oncall/calls", "/oncall/rehearsal", "/journal", "/journal?do=alert.", "/me", "/help", "/stop", "/holds", "/calendar", "/calendar?view=month", "/calendar?view=agenda", "/posts", "/posts?show=held", "/matrix", "/mentions/corrections", "/engine",
	}
}

// A form on another site cannot do anything here.
func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Admin)
	for name, head := range map[string]map[string]string{
		"fetch metadata": {"Sec-Fetch-Site": "cross-site"}, "origin": {"Origin": "https://evil.example"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/alerts/"+itoa(h.alert.ID)+"/see", nil)
		h.must(err)
		for k, v := range head {
			req.Header.Set(k, v)
		}
		if status, _, _ := b.do(req); status != http.StatusForbidden {
			t.Errorf("%s: a post from another site answered %d, want 403", name, status)
		}
	}
	a, err := h.c.Alerts.One(t.Context(), h.alert.ID)
	h.must(err)
	if a.State != desk.AlertOpen {
		t.Errorf("the alert is %s after a post from another site", a.State)
	}
}
