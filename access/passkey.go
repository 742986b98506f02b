package access

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"breakwater/desk"
)

// ceremony is a question to somebody's device that was not answered yet.
type ceremony struct {
	data   webauthn.SessionData
	userID int64 // 0: whoever has a passkey of ours
}

const maxPasskeys = 20 // of a person

// Passkeys makes passkeys possible under the address that people reach the console by. Browsers allow none under a bare IP
// address, and none without https but on localhost.
func (g *Gate) Passkeys(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Hostname() == "" {
		return nil
	}
	g.site, err = webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Breakwater", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Enforce: true, Timeout: halfLife, TimeoutUVD: halfLife},
			Registration: webauthn.TimeoutConfig{Enforce: true, Timeout: halfLife, TimeoutUVD: halfLife},
		},
	})
	return err
}

// HasPasskeys reports whether passkeys are possible.
func (g *Gate) HasPasskeys() bool { return g.site != nil }

// Question is what a browser is to ask its person's device; the answer comes back with the name.
type Question struct {
	Name    string `json:"name"`
	Options any    `json:"options"` // of navigator.credentials, binary values in base64url
}

// holder is a person as the library wants them.
type holder struct{ u desk.User }

func (h holder) WebAuthnID() []byte          { return []byte(onUser(h.u.ID)) }
func (h holder) WebAuthnName() string        { return h.u.Email }
func (h holder) WebAuthnDisplayName() string { return h.u.Name }

// WebAuthnCredentials are the person's passkeys; one that cannot be read is none.
func (h holder) WebAuthnCredentials() (all []webauthn.Credential) {
	for _, k := range h.u.Factors.Passkeys {
		var c webauthn.Credential
		if json.Unmarshal(k.Key, &c) == nil {
			all = append(all, c)
		}
	}
	return all
}

// OfferPasskey begins to add a passkey for the acting person, who must know their password.
func (g *Gate) OfferPasskey(ctx context.Context, password string) (Question, error) {
	if g.site == nil {
		return Question{}, desk.ErrNotFound
	}
	u, err := g.store.User(ctx, UserID(ctx))
	if err != nil {
		return Question{}, err
	}
	if err := g.knows(ctx, u, password, "key_password"); err != nil {
		return Question{}, err
	}
	if len(u.Factors.Passkeys) >= maxPasskeys {
		return Question{}, desk.Wrong("key_name", "At most {n} passkeys. Remove one first.", "n", maxPasskeys)
	}
	known := webauthn.Credentials(holder{u}.WebAuthnCredentials()).CredentialDescriptors()
	options, data, err := g.site.BeginRegistration(holder{u}, webauthn.WithExclusions(known))
	if err != nil {
		return Question{}, fmt.Errorf("begin a passkey: %w", err)
	}
	return g.question(u.ID, options.Response, data), nil
}

func (g *Gate) question(userID int64, options any, data *webauthn.SessionData) Question {
	name := rand.Text()
	g.ceremonies.put(name, ceremony{*data, userID})
	return Question{name, options}
}

var errPasskey = desk.Wrong("passkey", "This passkey was not accepted. Try again.")

// AddPasskey keeps the passkey that answers a question of OfferPasskey. The first one brings recovery codes, unless there are some.
func (g *Gate) AddPasskey(ctx context.Context, question, name string, answer []byte) (recovery []string, err error) {
	asked, ok := g.ceremonies.take(question)
	if !ok || asked.userID == 0 || asked.userID != UserID(ctx) {
		return nil, errPasskey
	}
	u, err := g.store.User(ctx, asked.userID)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, errPasskey
	}
	made, err := g.site.CreateCredential(holder{u}, asked.data, parsed)
	if err != nil {
		g.log.Info("a passkey was refused", "user", u.ID, "error", err)
		return nil, errPasskey
	}
	raw, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	if name = strings.TrimSpace(name); name == "" || utf8.RuneCountInString(name) > 60 {
		name = "Passkey"
	}
	plain, hashes := newRecovery()
	_, err = g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.passkey", ""), func(n *desk.User, out *desk.Out) error {
		if len(n.Factors.Recovery) > 0 {
			plain, hashes = nil, n.Factors.Recovery
		}
		n.Factors.Recovery, n.Second = hashes, true
		n.Factors.Passkeys = append(slices.Clone(n.Factors.Passkeys), desk.Passkey{ID: made.ID, Name: name, Key: raw, Created: time.Now().UTC()})
		out.Say = desk.Say("{name} added the passkey {passkey}.", "name", n.Name, "passkey", name)
		return nil
	})
	return plain, err
}

// DropPasskey removes a passkey of the acting person, who must know their password.
func (g *Gate) DropPasskey(ctx context.Context, password string, id []byte) error {
	u, err := g.store.User(ctx, UserID(ctx))
	if err != nil {
		return err
	}
	if err := g.knows(ctx, u, password, "key_password"); err != nil {
		return err
	}
	_, err = g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.passkey", ""), func(n *desk.User, out *desk.Out) error {
		i := slices.IndexFunc(n.Factors.Passkeys, func(k desk.Passkey) bool { return slices.Equal(k.ID, id) })
		if i < 0 {
			return desk.ErrNotFound
		}
		out.Say = desk.Say("{name} removed the passkey {passkey}.", "name", n.Name, "passkey", n.Factors.Passkeys[i].Name)
		n.Factors.Passkeys = slices.Delete(slices.Clone(n.Factors.Passkeys), i, i+1)
		n.Second = n.Factors.Any()
		return nil
	})
	return err
}

// AskPasskey begins a sign-in or a proof by passkey. Whose it is, is known from the answer, so that the question tells nobody who
// has an account.
func (g *Gate) AskPasskey(context.Context) (Question, error) {
	if g.site == nil {
		return Question{}, desk.ErrNotFound
	}
	options, data, err := g.site.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Question{}, fmt.Errorf("ask for a passkey: %w", err)
	}
	return g.question(0, options.Response, data), nil
}

// SignInByPasskey opens a session for whoever answers a question of AskPasskey. A passkey asks for a finger, a face or a PIN, so it
// is both factors at once.
func (g *Gate) SignInByPasskey(ctx context.Context, question string, answer []byte, agent, from string) (desk.Secret, desk.User, error) {
	if wait := g.slow.try("passkey", from, time.Now()); wait > 0 {
		return "", desk.User{}, &desk.Retry{After: wait, Limited: true, Err: errTooMany}
	}
	u, err := g.answered(ctx, question, answer, from)
	if err != nil {
		return "", desk.User{}, err
	}
	if ok, err := g.ownDoor(ctx, u); err != nil || !ok {
		return "", desk.User{}, errors.Join(err, errPasskey)
	}
	g.slow.passed("passkey", from)
	cookie, err := g.openSession(ctx, u, desk.Session{UserID: u.ID, Agent: agent, From: from, Proved: time.Now().UTC()})
	return cookie, u, err
}

// ProveByPasskey notes in the acting person's session that they answered with a passkey of theirs.
func (g *Gate) ProveByPasskey(ctx context.Context, session []byte, question string, answer []byte) error {
	u, err := g.answered(ctx, question, answer, desk.ActorOf(ctx).From)
	if err != nil {
		return err
	}
	if u.ID != UserID(ctx) {
		return errPasskey
	}
	return g.proved(ctx, u.ID, session)
}

// answered finds who answered a question, and keeps the counter of their passkey: one that runs backwards was copied.
func (g *Gate) answered(ctx context.Context, question string, answer []byte, from string) (desk.User, error) {
	asked, ok := g.ceremonies.take(question) // whatever comes of it, the question is not answered twice
	if !ok || asked.userID != 0 || g.site == nil {
		return desk.User{}, errPasskey
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return desk.User{}, errPasskey
	}
	var u desk.User
	found, used, err := g.site.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		var id int64
		if _, err := fmt.Sscanf(string(handle), "user:%d", &id); err != nil {
			return nil, desk.ErrNotFound
		}
		if u, err = g.store.User(ctx, id); err != nil {
			return nil, err
		}
		return holder{u}, nil
	}, asked.data, parsed)
	if err != nil || found == nil || u.Disabled || used.Authenticator.CloneWarning {
		g.log.Info("a passkey was refused", "from", from, "error", err)
		return desk.User{}, errPasskey
	}
	raw, err := json.Marshal(used)
	if err != nil {
		return desk.User{}, err
	}
	return g.store.ChangeUser(desk.WithActor(ctx, ActorOf(u, from)), u.ID, desk.ActOf(desk.WithActor(ctx, ActorOf(u, from)), "user.second", ""), func(n *desk.User, out *desk.Out) error {
		i := slices.IndexFunc(n.Factors.Passkeys, func(k desk.Passkey) bool { return slices.Equal(k.ID, used.ID) })
		if i < 0 {
			return errPasskey
		}
		n.Factors.Passkeys = slices.Clone(n.Factors.Passkeys)
		n.Factors.Passkeys[i].Key, n.Factors.Passkeys[i].Used = raw, time.Now().UTC()
		out.Say = desk.Say("{name} showed the passkey {passkey}.", "name", n.Name, "passkey", n.Factors.Passkeys[i].Name)
		return nil
	})
}
