package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/needs"
)

// withProvider gives the desk a real OpenID provider and its admin's settings.
func (h *house) withProvider(set func(*desk.SSO), lean bool) *needs.OpenIDProvider {
	h.t.Helper()
	h.c.Gate.Home = h.url
	h.c.Gate.Fetch = fetch.New(fetch.Config{})
	h.c.Gate.Beside = func(host string) *fetch.Client { return fetch.New(fetch.Config{AllowHosts: []string{host}}) }
	p := needs.OpenID(h.t, needs.OpenIDSettings{Client: "desk", Secret: "a secret of the desk", Back: h.c.Gate.SSOAddress(), Lean: lean, People: map[string]map[string]any{
		"ana":  {"email": "lead@example.org", "email_verified": true, "name": "Ana", "groups": []string{"crisis"}},
		"new":  {"email": "new@example.org", "email_verified": true, "name": "Noor <b>", "groups": []string{"crisis", "press"}},
		"fake": {"email": "admin@example.org", "email_verified": false, "name": "Not Kim", "groups": []string{"crisis"}},
		"away": {"email": "else@other.example", "email_verified": true, "name": "Else", "groups": []string{"crisis"}},
		"none": {"email": "none@example.org", "email_verified": true, "name": "None", "groups": []string{"canteen"}},
	}})
	s := desk.SSO{On: true, Issuer: p.Issuer, Client: "desk", Key: "a secret of the desk", Scopes: "email profile groups", Own: true, Role: desk.Viewer}
	set(&s)
	_, err := h.c.Gate.SaveSSO(h.t.Context(), s)
	h.must(err)
	return p
}

// comeIn signs somebody in at the provider, from the button at the door to the page that they are led to.
func (b *browser) comeIn(p *needs.OpenIDProvider, subject, next string) (status int, to, said string) {
	b.h.t.Helper()
	status, to, _ = b.get("/sign-in/sso?next=" + url.QueryEscape(next))
	if status != http.StatusSeeOther || !strings.HasPrefix(to, p.Issuer) {
		b.h.t.Fatalf("the button leads with %d to %q, want to the provider", status, to)
	}
	back := p.SignIn(b.h.t, to, subject)
	status, to, page := b.get(strings.TrimPrefix(back, b.h.url))
	return status, to, page.Text(`[role="alert"]`)
}

// A whole sign-in by a real provider, with the claims in the ID token and with claims that have to be asked for.
func TestSignInByOpenIDProvider(t *testing.T) {
	t.Parallel()
	for name, lean := range map[string]bool{"claims in the token": false, "claims asked for": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t).furnish()
			brand := h.anyBrand()
			p := h.withProvider(func(s *desk.SSO) {
				s.Link, s.Create, s.Hosts, s.Groups = true, true, "example.org", "groups"
				s.Rules = []desk.GroupRule{{Group: "crisis", Role: desk.Responder}, {Group: "press", Role: desk.Lead, BrandID: brand}}
			}, lean)
			for _, tt := range []struct{ who, next, to, said string }{
				{"ana", "/mentions", "/mentions", ""},
				{"ana", "//evil.example/x", "/", ""},
				{"new", "/", "/", ""},
				{"fake", "/", "", "Your address is not one that this desk lets in."},
				{"away", "/", "", "Your address is not one that this desk lets in."},
				{"none", "/", "", "None of your groups opens this desk. An admin of this desk can help."},
			} {
				b := h.browser()
				status, to, said := b.comeIn(p, tt.who, tt.next)
				if to != tt.to || said != tt.said || (status == http.StatusSeeOther) != (tt.said == "") {
					t.Errorf("%s to %s: %d to %q saying %q, want %q saying %q", tt.who, tt.next, status, to, said, tt.to, tt.said)
				}
				if inside, _, _ := b.get("/me"); (inside == http.StatusOK) != (tt.said == "") {
					t.Errorf("%s afterwards: /me is %d", tt.who, inside)
				}
			}
			lead, err := h.db.User(t.Context(), h.ids[desk.Lead])
			h.must(err)
			if lead.Identity == nil || lead.Identity.Subject != "ana" || lead.Role != desk.Responder {
				t.Errorf("the lead is %+v as %s, want to be ana, whom her group makes a responder", lead.Identity, lead.Role)
			}
			noor, err := h.db.UserByEmail(t.Context(), "new@example.org")
			h.must(err)
			want := desk.Actor{Grants: noor.Grants, Role: noor.Role}
			if !want.MayIn(brand, 0, desk.MayPublish, desk.Lead) || want.MayIn(brand+1, 0, desk.MayPublish, desk.Lead) || !want.MayIn(brand+1, 0, desk.MayReply, desk.Responder) {
				t.Errorf("Noor has %s %+v, want lead of the brand and responder elsewhere", noor.Role, noor.Grants)
			}
		})
	}
}

func (h *house) anyBrand() int64 {
	h.t.Helper()
	all, err := h.db.Brands(h.t.Context())
	h.must(err)
	return all[0].ID
}

// An answer that this browser did not ask for opens nothing: another browser's, one without state, one sent twice, one whose issuer is
// another.
func TestAttackForeignAnswerOfOpenIDProvider(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	p := h.withProvider(func(s *desk.SSO) { s.Link = true }, true)
	again := "This took too long, or began in another browser. Please begin again."
	begin := func(b *browser) url.Values {
		_, to, _ := b.get("/sign-in/sso")
		back, err := url.Parse(p.SignIn(t, to, "ana"))
		h.must(err)
		return back.Query()
	}
	for name, try := range map[string]func(b *browser, answer url.Values) (*browser, string){
		"another browser": func(_ *browser, _ url.Values) (*browser, string) {
			thief := h.browser()
			thief.get("/sign-in/sso")
			return thief, again
		},
		"a browser that asked nothing": func(*browser, url.Values) (*browser, string) { return h.browser(), again },
		"no state":                     func(b *browser, a url.Values) (*browser, string) { a.Del("state"); return b, again },
		"a foreign state": func(b *browser, a url.Values) (*browser, string) {
			a.Set("state", begin(h.browser()).Get("state"))
			return b, again
		},
		"another issuer": func(b *browser, a url.Values) (*browser, string) {
			a.Set("iss", "https://honest.example")
			return b, "The sign-in provider's answer was not accepted. Try again; if it stays so, tell an admin."
		},
		"an issuer that was left out": func(b *browser, a url.Values) (*browser, string) {
			a.Del("iss")
			return b, "The sign-in provider's answer was not accepted. Try again; if it stays so, tell an admin."
		},
		"sent twice": func(b *browser, a url.Values) (*browser, string) {
			if status, _, _ := b.get("/sign-in/sso/back?" + a.Encode()); status != http.StatusSeeOther {
				t.Errorf("the first time: %d", status)
			}
			b.post("/sign-out", nil)
			return b, again
		},
		"the code again in a new attempt": func(b *browser, a url.Values) (*browser, string) {
			b.get("/sign-in/sso/back?" + a.Encode())
			b.post("/sign-out", nil)
			fresh := begin(b)
			fresh.Set("code", a.Get("code"))
			for k := range a {
				a.Set(k, fresh.Get(k))
			}
			return b, "The sign-in provider's answer was not accepted. Try again; if it stays so, tell an admin."
		},
	} {
		b := h.browser()
		answer := begin(b)
		b, want := try(b, answer)
		status, _, page := b.get("/sign-in/sso/back?" + answer.Encode())
		if said := page.Text(`[role="alert"]`); status != http.StatusUnprocessableEntity || said != want {
			t.Errorf("%s: %d saying %q, want %q", name, status, said, want)
		}
		if inside, _, _ := b.get("/me"); inside == http.StatusOK {
			t.Errorf("%s: it opened the desk", name)
		}
	}
}

// A session that was there before somebody signs in is worth nothing afterwards, by whichever way they come in.
func TestAttackSessionFixation(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	p := h.withProvider(func(s *desk.SSO) { s.Link = true }, false)
	for name, comeIn := range map[string]func(*browser){
		"password": func(b *browser) {
			b.post("/sign-in", url.Values{"email": {"viewer@example.org"}, "password": {secretWords}})
		},
		"single sign-on": func(b *browser) { b.comeIn(p, "ana", "/") },
	} {
		planted := []string{"a-value-that-a-stranger-chose"}
		thief := h.signedIn(desk.Responder)
		planted = append(planted, thief.session())
		for _, value := range planted {
			b := h.browser()
			b.plant(value)
			comeIn(b)
			if b.session() == value || b.session() == "" {
				t.Errorf("%s: the session after signing in is %q, planted was %q", name, b.session(), value)
			}
			old := h.browser()
			old.plant(value)
			if status, _, _ := old.get("/me"); status == http.StatusOK {
				t.Errorf("%s: the planted session opens the desk", name)
			}
		}
	}
}

func (b *browser) session() string {
	at, err := url.Parse(b.h.url)
	b.h.must(err)
	for _, k := range b.client.Jar.Cookies(at) {
		if k.Name == sessionCookie {
			return k.Value
		}
	}
	return ""
}

func (b *browser) plant(value string) {
	at, err := url.Parse(b.h.url)
	b.h.must(err)
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: sessionCookie, Value: value, Path: "/"}})
}
