package access

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"breakwater/desk"
)

// Whoever asks at the door learns nothing about who has an account: known, unknown, locked out, without a password, with or without a
// second factor, a wrong password is answered in the same words, after the same work: one hash, of the same cost.
func TestAttackEnumeration(t *testing.T) {
	t.Parallel()
	g, db, _, ctx := house(t)
	change := func(email string, f func(*desk.User)) {
		u, err := g.AddUser(ctx, desk.User{Name: "x", Email: email, Role: desk.Lead}, good)
		check(t, err)
		_, err = db.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.save", ""), func(u *desk.User, out *desk.Out) error {
			out.Say = desk.Say("x")
			f(u)
			return nil
		})
		check(t, err)
	}
	change("locked@example.org", func(u *desk.User) { u.Disabled = true })
	change("sso@example.org", func(u *desk.User) { u.Password = "" })
	change("second@example.org", func(u *desk.User) { u.Factors.TOTP = "JBSWY3DPEHPK3PXP" })
	said := make(map[string][]string)
	for i, email := range []string{"ana@example.org", "nobody@example.org", "locked@example.org", "sso@example.org", "second@example.org", "", "not an address", strings.Repeat("x", 300) + "@example.org"} {
		secret, u, err := g.SignIn(t.Context(), email, "not the password", "", fmt.Sprintf("192.0.2.%d", i))
		if secret != "" || u.ID != 0 {
			t.Errorf("%s: came in as %+v", email, u)
		}
		said[err.Error()] = append(said[err.Error()], email)
	}
	for _, email := range []string{"locked@example.org", "sso@example.org"} { // nor does the right one, or none, tell more
		for _, password := range []string{good, ""} {
			_, _, err := g.SignIn(t.Context(), email, password, "", "192.0.2.99")
			said[err.Error()] = append(said[err.Error()], email)
		}
	}
	if len(said) != 1 {
		t.Errorf("answers differ: %v", said)
	}
	h, err := decode(g.dummy)
	check(t, err)
	if ana, err := db.UserByEmail(ctx, "ana@example.org"); err != nil {
		t.Error(err)
	} else if own, err := decode(ana.Password); err != nil || own.memory != h.memory || own.passes != h.passes || own.lanes != h.lanes || len(own.sum) != len(h.sum) {
		t.Errorf("a known address costs %+v, an unknown one %+v: %v", own, h, err)
	}
	// The set-up, once done, and the question for a passkey say the same to everybody.
	if _, err := g.SetUp(t.Context(), "x", "Eve", "ana@example.org", good); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("set up again: %v", err)
	}
	check(t, g.Passkeys("https://desk.example.org"))
	one, err := g.AskPasskey(t.Context())
	check(t, err)
	if raw := string(mustJSON(one.Options)); strings.Contains(raw, "allowCredentials") {
		t.Errorf("the question names whose passkeys are known: %s", raw)
	}
}

// Guessing is slowed for one address on one account soon, for an address that tries many accounts and for an account that is tried from
// many addresses later, also many at once; and nobody is kept out for long by strangers.
func TestAttackBruteForce(t *testing.T) {
	t.Parallel()
	next := 0 // nobody is met twice who is not meant to be
	tries := func(s *slow, n int, email, from func(i int) string, now time.Time) (free int, wait time.Duration) {
		for i := range n {
			next++
			if wait = s.try(email(next), from(next), now); wait > 0 {
				return i, wait
			}
		}
		return n, 0
	}
	same := func(v string) func(int) string { return func(int) string { return v } }
	each := func(format string) func(int) string { return func(i int) string { return fmt.Sprintf(format, i) } }
	now := time.Now()
	for name, tt := range map[string]struct {
		email, from func(int) string
		most        int
		longest     time.Duration
	}{
		"one account from one address":    {same("ana@example.org"), same("192.0.2.1"), perPair.free, perPair.most},
		"many accounts from one address":  {each("u%d@example.org"), same("192.0.2.1"), perAddress.free, perAddress.most},
		"many accounts from one network":  {each("u%d@example.org"), each("2001:db8::%x"), perAddress.free, perAddress.most},
		"one account from many addresses": {same("ana@example.org"), each("198.51.%d.7"), perAccount.free, perAccount.most},
	} {
		s := newSlow()
		free, wait := tries(s, 1000, tt.email, tt.from, now)
		if free > tt.most || wait == 0 {
			t.Errorf("%s: %d tries without a wait, want at most %d", name, free, tt.most)
		}
		for range 50 { // it grows, to a bound
			now = now.Add(wait)
			if free, wait = tries(s, 1000, tt.email, tt.from, now); free > 1 || wait > tt.longest {
				t.Errorf("%s: then %d tries, and a wait of %s", name, free, wait)
			}
		}
	}
	s := newSlow()
	tries(s, 1000, same("ana@example.org"), each("198.51.%d.7"), now)
	if wait := s.try("ana@example.org", "192.0.2.200", now); wait > perAccount.most {
		t.Errorf("strangers keep Ana out for %s", wait)
	}
	synctest.Test(t, func(t *testing.T) { // the door itself, with the clock in hand
		g := New(nil, slog.New(slog.DiscardHandler)) // it looks at nothing
		for range perPair.free {
			g.slow.try("ana@example.org", "192.0.2.1", time.Now())
		}
		_, _, err := g.SignIn(t.Context(), "ana@example.org", good, "", "192.0.2.1")
		var later *desk.Retry
		if !errors.As(err, &later) || !later.Limited {
			t.Errorf("the right password while slowed: %v, want to be told to wait before anything is looked at", err)
		}
	})
}

// What is secret is compared as a hash and in constant time, or looked up by its hash: no comparison in this package leaves when the first
// byte differs.
func TestAttackTimingOfComparisons(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	check(t, err)
	fset := token.NewFileSet()
	secret := []string{"token", "secret", "password", "hash", "nonce", "state", "code", "pin", "cookie", "verifier", "sum"}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		check(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			b, ok := n.(*ast.BinaryExpr)
			if !ok || b.Op != token.EQL && b.Op != token.NEQ {
				return true
			}
			if constant(b.X) || constant(b.Y) {
				return true // with "" or a number: nothing to guess
			}
			for _, side := range []ast.Expr{b.X, b.Y} {
				if last := strings.ToLower(lastName(side)); slices.Contains(secret, last) && !harmless[name+" "+last] {
					t.Errorf("%s compares %s with ==", name, last)
				}
			}
			return true
		})
	}
}

// harmless are comparisons of things by such a name that nobody can learn from.
var harmless = map[string]bool{
	"pin.go pin": true, // two stored hashes: was it set anew meanwhile?
}

func constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return e.Name == "nil" || e.Name == "true" || e.Name == "false"
	}
	return false
}

func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// device is a passkey in this process: it signs whatever it is told to, as a thief's would.
type device struct {
	key   *ecdsa.PrivateKey
	id    []byte
	count uint32
}

// client is what a browser says of a ceremony.
func client(kind, challenge, origin string) []byte {
	return mustJSON(map[string]any{"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false})
}

// auth is what a device says of itself, for a site.
func (d *device) auth(rp string, flags byte, more []byte) []byte {
	h := sha256.Sum256([]byte(rp))
	return append(binary.BigEndian.AppendUint32(append(h[:], flags), d.count), more...)
}

// made is the answer to the question that makes a passkey.
func (d *device) made(t *testing.T, challenge string) []byte {
	x, y := make([]byte, 32), make([]byte, 32)
	d.key.X.FillBytes(x)
	d.key.Y.FillBytes(y)
	public, err := webauthncbor.Marshal(webauthncose.EC2PublicKeyData{PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.EllipticKey), Algorithm: int64(webauthncose.AlgES256)}, Curve: int64(webauthncose.P256), XCoord: x, YCoord: y})
	check(t, err)
	more := append(make([]byte, 16), byte(len(d.id)>>8), byte(len(d.id)))
	more = append(append(more, d.id...), public...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": d.auth("desk.example.org", 0x45, more)})
	check(t, err)
	return mustJSON(map[string]any{"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "response": map[string]any{
		"clientDataJSON": b64(client("webauthn.create", challenge, "https://desk.example.org")), "attestationObject": b64(object)}})
}

// shown is the answer to the question at the door.
func (d *device) shown(t *testing.T, user int64, said []byte, auth []byte) []byte {
	h := sha256.Sum256(said)
	digest := sha256.Sum256(append(slices.Clone(auth), h[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	check(t, err)
	return mustJSON(map[string]any{"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "response": map[string]any{
		"clientDataJSON": b64(said), "authenticatorData": b64(auth), "signature": b64(sig), "userHandle": b64([]byte(onUser(user)))}})
}

// challengeOf is what a question asks to be signed.
func challengeOf(t *testing.T, q Question) string {
	var o struct{ Challenge string }
	check(t, json.Unmarshal(mustJSON(q.Options), &o))
	return o.Challenge
}

// An answer with a passkey opens once, for the question that was asked, at this desk: one that is sent again, made for another question,
// site or address, signed by another key, by a copy whose counter runs backwards, or without its person, opens nothing.
func TestAttackPasskeyReplay(t *testing.T) {
	t.Parallel()
	g, db, ana, asAna := house(t)
	check(t, g.Passkeys("https://desk.example.org"))
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	d := &device{key: key, id: []byte("a passkey of Ana"), count: 10}
	q, err := g.OfferPasskey(asAna, good)
	check(t, err)
	_, err = g.AddPasskey(asAna, q.Name, "Laptop", d.made(t, challengeOf(t, q)))
	check(t, err)
	const site, at = "desk.example.org", "https://desk.example.org"
	enter := func(name string, answer []byte) error {
		g.slow.passed("passkey", "192.0.2.5")
		secret, u, err := g.SignInByPasskey(t.Context(), name, answer, "", "192.0.2.5")
		if (err == nil) != (secret != "" && u.ID == ana.ID) {
			t.Errorf("cookie %q of %+v with error %v", secret.Reveal(), u, err)
		}
		return err
	}
	right := func() (Question, []byte) {
		q, err := g.AskPasskey(t.Context())
		check(t, err)
		d.count++
		return q, d.shown(t, ana.ID, client("webauthn.get", challengeOf(t, q), at), d.auth(site, 0x05, nil))
	}
	first, answer := right()
	if err := enter(first.Name, answer); err != nil {
		t.Fatalf("the right answer: %v", err)
	}
	fresh, err := g.AskPasskey(t.Context())
	check(t, err)
	for name, try := range map[string]func() error{
		"sent again":                    func() error { return enter(first.Name, answer) },
		"sent again for a new question": func() error { return enter(fresh.Name, answer) },
		"after a wrong answer": func() error {
			q, a := right()
			_ = enter(q.Name, []byte("{}"))
			return enter(q.Name, a)
		},
		"without a question": func() error { _, a := right(); return enter("", a) },
		"for a question that makes passkeys": func() error {
			q, err := g.OfferPasskey(asAna, good)
			check(t, err)
			return enter(q.Name, d.shown(t, ana.ID, client("webauthn.get", challengeOf(t, q), at), d.auth(site, 0x05, nil)))
		},
		"another origin": func() error {
			q, _ := right()
			return enter(q.Name, d.shown(t, ana.ID, client("webauthn.get", challengeOf(t, q), "https://desk.example.org.evil.example"), d.auth(site, 0x05, nil)))
		},
		"another port": func() error {
			q, _ := right()
			return enter(q.Name, d.shown(t, ana.ID, client("webauthn.get", challengeOf(t, q), at+":8443"), d.auth(site, 0x05, nil)))
		},
		"another site": func() error {
			q, _ := right()
			return enter(q.Name, d.shown(t, ana.ID, client("webauthn.get", challengeOf(t, q), at), d.auth("evil.example", 0x05, nil)))
		},
		"the act of making": func() error {
			q, _ := right()
			return enter(q.Name, d.shown(t, ana.ID, client("webauthn.create", challengeOf(t, q), at), d.auth(site, 0x05, nil)))
		},
		"without finger or PIN": func() error {
			q, _ := right()
			return enter(q.Name, d.shown(t, ana.ID, client("webauthn.get", challengeOf(t, q), at), d.auth(site, 0x01, nil)))
		},
		"another key": func() error {
			q, _ := right()
			thief := &device{key: stranger, id: d.id, count: d.count + 5}
			return enter(q.Name, thief.shown(t, ana.ID, client("webauthn.get", challengeOf(t, q), at), thief.auth(site, 0x05, nil)))
		},
		"another person": func() error {
			q, _ := right()
			return enter(q.Name, d.shown(t, ana.ID+1, client("webauthn.get", challengeOf(t, q), at), d.auth(site, 0x05, nil)))
		},
		"an old counter": func() error {
			q, _ := right()
			clone := &device{key: key, id: d.id, count: 3}
			return enter(q.Name, clone.shown(t, ana.ID, client("webauthn.get", challengeOf(t, q), at), clone.auth(site, 0x05, nil)))
		},
	} {
		if err := try(); field(err) != "passkey" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if q, a := right(); enter(q.Name, a) != nil {
		t.Error("the right answer opens nothing any more")
	}
	_, err = db.ChangeUser(asAna, ana.ID, desk.ActOf(asAna, "user.save", ""), func(u *desk.User, out *desk.Out) error {
		u.Disabled, out.Say = true, desk.Say("x")
		return nil
	})
	check(t, err)
	if q, a := right(); field(enter(q.Name, a)) != "passkey" {
		t.Error("somebody who is locked out came in")
	}
}
