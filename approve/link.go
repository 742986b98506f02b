package approve

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"breakwater/desk"
)

// links makes and reads the links with which approvers sign from wherever they are. A link names one signature of one round, for
// one person and for exactly the words of a hash, until a time. It is spent with that signature: nothing else remembers it.
type links struct{ key []byte }

// link is what the address holds.
type link struct {
	statement   int64
	user        int64
	round, seat int64
	until       int64    // Unix seconds
	words       [16]byte // the first half of the hash
}

const linkSize = 5*8 + 16

// lives is how long a link to sign may be used: a night.
const lives = 12 * time.Hour

func (l links) mac(body []byte) []byte {
	m := hmac.New(sha256.New, l.key)
	m.Write([]byte("breakwater: link to sign\x00"))
	m.Write(body)
	return m.Sum(nil)
}

// name is the link as it stands in an address.
func (l links) name(k link) string {
	body := make([]byte, 0, linkSize+sha256.Size)
	for _, n := range []int64{k.statement, k.user, k.round, k.seat, k.until} {
		body = binary.BigEndian.AppendUint64(body, uint64(n))
	}
	body = append(body, k.words[:]...)
	return base64.RawURLEncoding.EncodeToString(append(body, l.mac(body)...))
}

// read is the other way round; ok is false for what we did not make.
func (l links) read(name string) (k link, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(name)
	if err != nil || len(raw) != linkSize+sha256.Size || !hmac.Equal(raw[linkSize:], l.mac(raw[:linkSize])) {
		return k, false
	}
	for i, n := range []*int64{&k.statement, &k.user, &k.round, &k.seat, &k.until} {
		*n = int64(binary.BigEndian.Uint64(raw[8*i:]))
	}
	copy(k.words[:], raw[5*8:])
	return k, true
}

func half(hash string) (h [16]byte) {
	sum := sha256.Sum256([]byte(hash))
	copy(h[:], sum[:])
	return h
}

// ErrSpent says that a link to sign was used, is too old, or is about words that are others by now.
var ErrSpent = errors.New("the link to sign is spent")

// Asked is what a link asks of its person.
type Asked struct {
	Statement desk.Statement
	Seat      desk.Signature
	User      desk.User
	Hash      string // of the words shown; to be given back with the answer
	Now       *desk.StatementVersion
	Before    *desk.StatementVersion // what they looked at before; nil: nothing
	NoPIN     bool                   // they never set one, or it is locked: they sign in the console

	link link
}

// ByLink opens a link to sign. It shows words to who holds the link and changes nothing, whoever opens it: mail servers open links too.
// desk.ErrNotFound: we made no such link; ErrSpent.
func (g *Gate) ByLink(ctx context.Context, name string) (Asked, error) {
	k, ok := g.links.read(name)
	if !ok {
		return Asked{}, desk.ErrNotFound
	}
	a := Asked{link: k}
	var err error
	if a.User, err = g.store.User(ctx, k.user); err != nil {
		return Asked{}, err
	}
	if a.Statement, err = g.store.Statement(ctx, k.statement); err != nil {
		return Asked{}, err
	}
	a.Hash = a.Statement.Hash()
	spent := time.Now().Unix() > k.until || a.User.Disabled || a.Statement.State != desk.StatementReview || a.Statement.Round != int(k.round) ||
		int(k.seat) >= len(a.Statement.Needs) || a.Statement.Needs[k.seat].Verdict != "" || half(a.Hash) != k.words
	if spent {
		return Asked{User: a.User}, ErrSpent
	}
	a.Seat, a.NoPIN = a.Statement.Needs[k.seat], a.User.PIN == "" || a.User.PINTries >= desk.MaxPINTries
	a.Now, a.Before, err = g.glance(g.as(ctx, a.User), k.statement)
	return a, err
}

// as lets the person of a link act.
func (g *Gate) as(ctx context.Context, u desk.User) context.Context {
	who := desk.Signer{ID: u.ID}
	return desk.WithActor(ctx, desk.Actor{Who: who.Who(), UserID: u.ID, Name: u.Name, Role: u.Role, Lang: u.Lang, From: desk.ActorOf(ctx).From})
}

// SignByLink gives the signature that a link asks for, with the person's PIN. desk.ErrNotFound, ErrSpent, *desk.Invalid of "pin".
func (g *Gate) SignByLink(ctx context.Context, name, pin string) (Asked, error) {
	return g.answer(ctx, name, pin, func(ctx context.Context, a Asked) (desk.Statement, error) {
		return g.sign(ctx, a.Statement.ID, int(a.link.seat), int(a.link.round), a.Hash, desk.SignedLink)
	})
}

// SendBackByLink sends the statement back, for a reason, with the person's PIN.
func (g *Gate) SendBackByLink(ctx context.Context, name, pin, why string) (Asked, error) {
	if strings.TrimSpace(why) == "" {
		a, err := g.ByLink(ctx, name)
		return a, errors.Join(err, desk.Wrong("why", "Say in a few words what has to change."))
	}
	return g.answer(ctx, name, pin, func(ctx context.Context, a Asked) (desk.Statement, error) {
		return g.sendBack(ctx, a.Statement.ID, int(a.link.seat), int(a.link.round), a.Hash, why, desk.SignedLink)
	})
}

// answer checks link and PIN, then answers. The link, its round and its words are checked again in the transaction that signs.
func (g *Gate) answer(ctx context.Context, name, pin string, do func(context.Context, Asked) (desk.Statement, error)) (Asked, error) {
	a, err := g.ByLink(ctx, name)
	if err != nil {
		return a, err
	}
	ctx = g.as(ctx, a.User)
	if err := g.PIN(ctx, a.User.ID, pin); err != nil {
		return a, err
	}
	s, err := do(ctx, a)
	switch {
	case errors.Is(err, desk.ErrConflict), errors.Is(err, desk.ErrInvalidTransition):
		return a, ErrSpent
	case err != nil:
		return a, err
	}
	a.Statement = s
	_, _, err = g.Look(ctx, s.ID) // now they did
	return a, err
}
