package access

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/store"
)

// idp is a strict OpenID provider whose answers a test can spoil. It has a path in its issuer, and hands a code out once.
type idp struct {
	t   *testing.T
	url string // issuer
	key *rsa.PrivateKey

	mu        sync.Mutex // guards what follows
	codes     map[string]url.Values
	spoil     func(header, claims map[string]any)             // before signing
	sign      func(header map[string]any, body string) string // nil: RS256 with key
	token     func(answer map[string]any)                     // the answer of the token endpoint
	describe  func(w http.ResponseWriter, r *http.Request, d map[string]any) bool
	info      map[string]any // answer about somebody; nil: there is no such endpoint
	who       map[string]any // claims of whoever signs in
	exchanges int
}

const ssoSecret = "a secret of the client"

// rsaKey is made once: it takes a while.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func newIDP(t *testing.T) *idp {
	t.Helper()
	p := &idp{t: t, key: rsaKey(), codes: make(map[string]url.Values), who: map[string]any{"sub": "s-1", "email": "ana@example.org", "email_verified": true, "name": "Ana"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /dex/.well-known/openid-configuration", p.wellKnown)
	mux.HandleFunc("GET /dex/keys", p.keys)
	mux.HandleFunc("POST /dex/token", p.exchange)
	mux.HandleFunc("GET /dex/me", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer the access token" {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		p.write(w, p.info)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	p.url = s.URL + "/dex"
	return p
}

func (p *idp) write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (p *idp) wellKnown(w http.ResponseWriter, r *http.Request) {
	d := map[string]any{"issuer": p.url, "authorization_endpoint": p.url + "/auth", "token_endpoint": p.url + "/token", "jwks_uri": p.url + "/keys",
		"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}, "code_challenge_methods_supported": []string{"S256"}, "token_endpoint_auth_methods_supported": []string{"client_secret_basic"}}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.info != nil {
		d["userinfo_endpoint"] = p.url + "/me"
	}
	if p.describe == nil || p.describe(w, r, d) {
		p.write(w, d)
	}
}

func (p *idp) keys(w http.ResponseWriter, _ *http.Request) {
	p.write(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256",
		"n": b64(p.key.N.Bytes()), "e": b64(big.NewInt(int64(p.key.E)).Bytes())}}})
}

// exchange gives tokens for a code, strictly: once, to the client with its secret and the verifier of the challenge.
func (p *idp) exchange(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.exchanges++
	client, secret, _ := r.BasicAuth()
	asked, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || client != "desk" || secret != url.QueryEscape(ssoSecret) || b64(challenge[:]) != asked.Get("code_challenge") || asked.Get("code_challenge_method") != "S256" ||
		r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") || r.PostFormValue("grant_type") != "authorization_code" {
		w.WriteHeader(http.StatusBadRequest)
		p.write(w, map[string]string{"error": "invalid_grant"})
		return
	}
	now := time.Now().Unix()
	hash := sha256.Sum256([]byte("the access token"))
	claims := map[string]any{"iss": p.url, "aud": "desk", "exp": now + 600, "iat": now, "nonce": asked.Get("nonce"), "at_hash": b64(hash[:16])}
	maps.Copy(claims, p.who)
	header := map[string]any{"alg": "RS256", "kid": "k1", "typ": "JWT"}
	if p.spoil != nil {
		p.spoil(header, claims)
	}
	body := b64(mustJSON(header)) + "." + b64(mustJSON(claims))
	sign := p.sign
	if sign == nil {
		sign = func(_ map[string]any, body string) string { return rs256(p.key, body) }
	}
	answer := map[string]any{"access_token": "the access token", "token_type": "Bearer", "expires_in": 600, "id_token": body + "." + sign(header, body)}
	if p.token != nil {
		p.token(answer)
	}
	p.write(w, answer)
}

// allow is what the provider sends back when somebody signed in there whom the desk had sent to the address.
func (p *idp) allow(to string) url.Values {
	p.t.Helper()
	u, err := url.Parse(to)
	check(p.t, err)
	q := u.Query()
	if !strings.HasPrefix(to, p.url+"/auth?") || q.Get("response_type") != "code" || q.Get("client_id") != "desk" || q.Get("state") == "" || q.Get("nonce") == "" {
		p.t.Fatalf("people are sent to %s", to)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := rand.Text()
	p.codes[code] = q
	return url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.url}}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func rs256(k *rsa.PrivateKey, body string) string {
	h := sha256.Sum256([]byte(body))
	sig, err := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, h[:])
	if err != nil {
		panic(err)
	}
	return b64(sig)
}

// sso is a house whose people come in by the provider.
func sso(t *testing.T, set func(*desk.SSO)) (*Gate, *store.DB, *idp, context.Context) {
	t.Helper()
	g, db, _, ctx := house(t)
	p := newIDP(t)
	g.Home, g.Fetch = "https://desk.example.org", fetch.New(fetch.Config{})
	g.Beside = func(host string) *fetch.Client { return fetch.New(fetch.Config{AllowHosts: []string{host}}) }
	s := desk.SSO{On: true, Issuer: p.url, Client: "desk", Key: ssoSecret, Scopes: "email", Own: true, Link: true, Create: true}
	if set != nil {
		set(&s)
	}
	_, err := g.SaveSSO(ctx, s)
	check(t, err)
	return g, db, p, ctx
}

// through goes the whole way through the provider.
func (p *idp) through(g *Gate) (desk.Secret, desk.User, error) {
	p.t.Helper()
	to, cookie, err := g.BeginSSO(p.t.Context(), "/")
	if err != nil {
		return "", desk.User{}, err
	}
	secret, u, _, err := g.FinishSSO(p.t.Context(), cookie.Reveal(), p.allow(to), "a browser", "192.0.2.7")
	return secret, u, err
}

// What a provider, or somebody between it and us, may send that is not what we asked for: each is refused, and nobody is made or linked.
func TestAttackAnswersOfOpenIDProvider(t *testing.T) {
	t.Parallel()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	check(t, err)
	claim := func(name string, value any) func(*idp) {
		return func(p *idp) {
			p.spoil = func(_, c map[string]any) {
				if c[name] = value; value == nil {
					delete(c, name)
				}
			}
		}
	}
	now := time.Now().Unix()
	for name, spoil := range map[string]func(*idp){
		"another nonce":    claim("nonce", "another"),
		"no nonce":         claim("nonce", nil),
		"another audience": claim("aud", "other"),
		"no audience":      claim("aud", nil),
		"ours among audiences, for another party": func(p *idp) {
			p.spoil = func(_, c map[string]any) { c["aud"], c["azp"] = []string{"desk", "other"}, "other" }
		},
		"several audiences, for nobody said": claim("aud", []string{"desk", "other"}),
		"another party":                      claim("azp", "other"),
		"a party that is no text":            claim("azp", 7),
		"another issuer":                     claim("iss", "https://honest.example"),
		"its issuer with a slash":            func(p *idp) { p.spoil = func(_, c map[string]any) { c["iss"] = p.url + "/" } },
		"expired":                            claim("exp", now-3600),
		"no end":                             claim("exp", nil),
		"not yet valid":                      claim("nbf", now+3600),
		"issued in the future":               claim("iat", now+3600),
		"another at_hash":                    claim("at_hash", b64(make([]byte, 16))),
		"no subject":                         claim("sub", nil),
		"an empty subject":                   claim("sub", ""),
		"a subject of control characters":    claim("sub", "a\x00b"),
		"an endless subject":                 claim("sub", strings.Repeat("x", 256)),
		"alg none": func(p *idp) {
			p.spoil = func(h, _ map[string]any) { h["alg"] = "none" }
			p.sign = func(map[string]any, string) string { return "" }
		},
		"alg none with its signature": func(p *idp) { p.spoil = func(h, _ map[string]any) { h["alg"] = "none" } },
		"signed with the client's secret": func(p *idp) {
			p.spoil = func(h, _ map[string]any) { h["alg"] = "HS256" }
			p.sign = func(_ map[string]any, body string) string {
				m := hmac.New(sha256.New, []byte(ssoSecret))
				m.Write([]byte(body))
				return b64(m.Sum(nil))
			}
		},
		"signed with the public key": func(p *idp) {
			p.spoil = func(h, _ map[string]any) { h["alg"] = "HS256" }
			p.sign = func(_ map[string]any, body string) string {
				m := hmac.New(sha256.New, p.key.N.Bytes())
				m.Write([]byte(body))
				return b64(m.Sum(nil))
			}
		},
		"signed with another key": func(p *idp) { p.sign = func(_ map[string]any, body string) string { return rs256(other, body) } },
		"signed with a key it brings": func(p *idp) {
			p.spoil = func(h, _ map[string]any) {
				delete(h, "kid")
				h["jwk"] = map[string]any{"kty": "RSA", "n": b64(other.N.Bytes()), "e": "AQAB"}
			}
			p.sign = func(_ map[string]any, body string) string { return rs256(other, body) }
		},
		"no ID token":          func(p *idp) { p.token = func(a map[string]any) { delete(a, "id_token") } },
		"an ID token of words": func(p *idp) { p.token = func(a map[string]any) { a["id_token"] = "a.b.c" } },
		"another access token": func(p *idp) { p.token = func(a map[string]any) { a["access_token"] = "planted" } },
		"a huge answer":        func(p *idp) { p.token = func(a map[string]any) { a["pad"] = strings.Repeat("x", 2<<20) } },
		"asked who it is, it names somebody else": func(p *idp) {
			p.info = map[string]any{"sub": "s-2", "email": "ana@example.org", "email_verified": true}
			claim("email", nil)(p)
		},
		"without at_hash, it names somebody else": func(p *idp) {
			p.info = map[string]any{"sub": "s-2", "email": "ana@example.org", "email_verified": true}
			p.spoil = func(_, c map[string]any) { delete(c, "email"); delete(c, "at_hash") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, db, p, _ := sso(t, nil)
			spoil(p)
			secret, _, err := p.through(g)
			var said *desk.Invalid
			if secret != "" || !errors.As(err, &said) || said.Field != "sso" {
				t.Errorf("cookie %q, error %v; want a refusal", secret.Reveal(), err)
			}
			users, err := db.Users(t.Context())
			check(t, err)
			if len(users) != 1 || users[0].Identity != nil {
				t.Errorf("people are %+v afterwards", users)
			}
		})
	}
}

// What the contract leaves open is taken: no at_hash, several audiences with us as the party, claims that have to be asked for, addresses
// of the token endpoint that want the secret in the form.
func TestAnswersThatProvidersGive(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*idp){
		"as it is":   func(*idp) {},
		"no at_hash": func(p *idp) { p.spoil = func(_, c map[string]any) { delete(c, "at_hash") } },
		"two audiences": func(p *idp) {
			p.spoil = func(_, c map[string]any) { c["aud"], c["azp"] = []string{"desk", "other"}, "desk" }
		},
		"a clock that is ahead": func(p *idp) { p.spoil = func(_, c map[string]any) { c["iat"] = time.Now().Unix() + 60 } },
		"verified as a text":    func(p *idp) { p.who["email_verified"] = "true" },
		"asked who it is": func(p *idp) {
			p.info = p.who
			p.who = map[string]any{"sub": "s-1"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, _, p, _ := sso(t, nil)
			set(p)
			secret, u, err := p.through(g)
			check(t, err)
			if _, s, err := g.Session(t.Context(), secret.Reveal()); err != nil || !s.SSO || u.Email != "ana@example.org" || u.Identity == nil {
				t.Errorf("session %+v of %+v: %v", s, u, err)
			}
		})
	}
}

// Who somebody is, is told by issuer and subject. An address links an account only when it is verified, when the admin wants it, and once.
func TestAttackAddressOfSomebodyElse(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		set   func(*desk.SSO)
		who   map[string]any
		wrong bool
	}{
		"verified":               {nil, map[string]any{"sub": "s", "email": "ANA@example.org", "email_verified": true}, false},
		"unverified":             {nil, map[string]any{"sub": "s", "email": "ana@example.org", "email_verified": false}, true},
		"nothing said":           {nil, map[string]any{"sub": "s", "email": "ana@example.org"}, true},
		"verified by a number":   {nil, map[string]any{"sub": "s", "email": "ana@example.org", "email_verified": 1}, true},
		"nothing said, vouched":  {func(s *desk.SSO) { s.Vouch = true }, map[string]any{"sub": "s", "email": "ana@example.org"}, false},
		"no linking":             {func(s *desk.SSO) { s.Link = false }, map[string]any{"sub": "s", "email": "ana@example.org", "email_verified": true}, true},
		"other domain":           {func(s *desk.SSO) { s.Hosts = "other.example" }, map[string]any{"sub": "s", "email": "ana@example.org", "email_verified": true}, true},
		"domain that ends alike": {func(s *desk.SSO) { s.Hosts = "ple.org" }, map[string]any{"sub": "s", "email": "ana@example.org", "email_verified": true}, true},
		"two addresses":          {func(s *desk.SSO) { s.Hosts = "example.org" }, map[string]any{"sub": "s", "email": "x@evil.example, ana@example.org", "email_verified": true}, true},
		"nobody, none made":      {func(s *desk.SSO) { s.Create = false }, map[string]any{"sub": "s", "email": "new@example.org", "email_verified": true}, true},
		"nobody, made":           {nil, map[string]any{"sub": "s", "email": "new@example.org", "email_verified": true}, false},
		"no address":             {nil, map[string]any{"sub": "s"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, _, p, _ := sso(t, tt.set)
			p.who = tt.who
			if _, u, err := p.through(g); (err != nil) != tt.wrong {
				t.Errorf("%+v: error %v, want one: %t", u, err, tt.wrong)
			}
		})
	}
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		g, db, p, _ := sso(t, nil)
		_, ana, err := p.through(g)
		check(t, err)
		p.who["sub"] = "s-2" // the address went to somebody else there
		if _, u, err := p.through(g); err == nil {
			t.Errorf("another subject with the address came in as %+v", u)
		}
		p.who = map[string]any{"sub": "s-1", "email": "married@example.org", "email_verified": false}
		if _, u, err := p.through(g); err != nil || u.ID != ana.ID {
			t.Errorf("the same subject with another address: %+v, %v", u, err)
		}
		users, err := db.Users(t.Context())
		check(t, err)
		if len(users) != 1 {
			t.Errorf("%d people", len(users))
		}
	})
}

// A provider that is away, slow, huge or elsewhere keeps nobody waiting for ever and leads nowhere inside; the description is relied on
// while it is away.
func TestAttackDescriptionOfOpenIDProvider(t *testing.T) {
	t.Parallel()
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private address was asked") }))
	t.Cleanup(inside.Close)
	for name, describe := range map[string]func(w http.ResponseWriter, r *http.Request, d map[string]any) bool{
		"down": func(w http.ResponseWriter, _ *http.Request, _ map[string]any) bool {
			w.WriteHeader(http.StatusBadGateway)
			return false
		},
		"huge": func(_ http.ResponseWriter, _ *http.Request, d map[string]any) bool {
			d["pad"] = strings.Repeat("x", 2<<20)
			return true
		},
		"redirecting": func(w http.ResponseWriter, r *http.Request, _ map[string]any) bool {
			http.Redirect(w, r, inside.URL, http.StatusFound)
			return false
		},
		"no JSON": func(w http.ResponseWriter, _ *http.Request, _ map[string]any) bool {
			fmt.Fprint(w, "<html>")
			return false
		},
		"another issuer": func(_ http.ResponseWriter, _ *http.Request, d map[string]any) bool {
			d["issuer"] = "https://honest.example"
			return true
		},
		"sends people to script": func(_ http.ResponseWriter, _ *http.Request, d map[string]any) bool {
			d["authorization_endpoint"] = "javascript:alert(1)"
			return true
		},
		"sends people nowhere": func(_ http.ResponseWriter, _ *http.Request, d map[string]any) bool {
			delete(d, "authorization_endpoint")
			return true
		},
		"plain PKCE only": func(_ http.ResponseWriter, _ *http.Request, d map[string]any) bool {
			d["code_challenge_methods_supported"] = []string{"plain"}
			return true
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, _, p, ctx := sso(t, nil)
			p.describe = describe
			if _, _, err := g.BeginSSO(t.Context(), "/"); field(err) != "sso" {
				t.Errorf("begun: %v", err)
			}
			if _, err := g.TrySSO(ctx, desk.SSO{Issuer: p.url, Client: "desk", Own: true}); field(err) != "issuer" {
				t.Errorf("tried: %v", err)
			}
		})
	}
	t.Run("in a private network", func(t *testing.T) {
		t.Parallel()
		g, _, p, ctx := sso(t, nil)
		g.Beside = func(string) *fetch.Client { return g.Fetch } // as if nobody had said that it is ours
		if _, err := g.TrySSO(ctx, desk.SSO{Issuer: p.url, Client: "desk", Own: true}); err == nil || !strings.Contains(err.Error(), "private") {
			t.Errorf("tried: %v", err)
		}
		if _, err := g.SaveSSO(ctx, desk.SSO{Issuer: p.url, Client: "desk"}); field(err) != "issuer" {
			t.Errorf("http without saying that it is ours: %v", err)
		}
	})
	t.Run("token endpoint inside", func(t *testing.T) {
		t.Parallel()
		g, db, p, _ := sso(t, nil)
		p.describe = func(_ http.ResponseWriter, _ *http.Request, d map[string]any) bool {
			d["token_endpoint"] = strings.Replace(inside.URL, "127.0.0.1", "[::1]", 1) + "/token"
			return true
		}
		if secret, _, err := p.through(g); err == nil || secret != "" {
			t.Errorf("came in: %v", err)
		}
		_ = db
	})
	t.Run("goes away", func(t *testing.T) {
		t.Parallel()
		g, _, p, _ := sso(t, nil)
		_, _, err := p.through(g)
		check(t, err)
		p.describe = func(w http.ResponseWriter, _ *http.Request, _ map[string]any) bool {
			w.WriteHeader(http.StatusBadGateway)
			return false
		}
		g.described.read = time.Now().Add(-2 * describedFor)
		if _, _, err := p.through(g); err != nil {
			t.Errorf("with the description of before: %v", err)
		}
	})
	t.Run("slow", func(t *testing.T) {
		t.Parallel()
		g, _, p, _ := sso(t, nil)
		p.describe = func(_ http.ResponseWriter, r *http.Request, _ map[string]any) bool {
			<-r.Context().Done()
			return false
		}
		ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer stop()
		if _, _, err := g.BeginSSO(ctx, "/"); field(err) != "sso" {
			t.Errorf("begun: %v", err)
		}
	})
}
