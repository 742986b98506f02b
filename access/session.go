package access

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

const (
	// idle is how long a session lives without a request: a working day, and a night on duty.
	idle = 12 * time.Hour
	// longest is how long a session lives at all.
	longest = 14 * 24 * time.Hour
	// touchEvery spares the database a write for every request.
	touchEvery = time.Minute
	// maxAgent cuts what a browser calls itself.
	maxAgent = 300
)

var errTooMany = errors.New("too many tries to sign in")

// SignIn checks e-mail and password and opens a session. Wrong ones are an *desk.Invalid that does not say which of them it
// was; after a few of them a *desk.Retry says how long to wait. The cookie's value is given once and kept nowhere. Somebody with a
// second factor gets a session that opens nothing until they show it.
func (g *Gate) SignIn(ctx context.Context, email, password, agent, from string) (cookie desk.Secret, u desk.User, err error) {
	if email = normal(email); len(email) > maxEmail {
		email = "" // nobody has such a one, and it is not worth remembering
	}
	if wait := g.slow.try(email, from, time.Now()); wait > 0 {
		g.log.Warn("sign-in slowed down", "from", from, "wait", wait.Round(time.Second))
		return "", u, &desk.Retry{After: wait, Limited: true, Err: errTooMany}
	}
	u, err = g.check(ctx, email, password)
	if err != nil {
		return "", desk.User{}, err
	}
	g.slow.passed(email, from)
	if u.Factors.Any() {
		cookie, err = g.addSession(ctx, desk.Session{UserID: u.ID, Half: true, Agent: agent, From: from}, halfLife)
		return cookie, u, err
	}
	cookie, err = g.openSession(ctx, u, desk.Session{UserID: u.ID, Agent: agent, From: from})
	return cookie, u, err
}

// openSession lets somebody in who has shown all that they have to. The journal tells of it first: nobody is in unseen.
func (g *Gate) openSession(ctx context.Context, u desk.User, s desk.Session) (desk.Secret, error) {
	ctx = desk.WithActor(ctx, ActorOf(u, s.From))
	do, out, err := g.opened(ctx, u, s)
	if err != nil {
		return "", err
	}
	if _, err := g.store.Record(ctx, desk.ActOf(ctx, do, ""), onUser(u.ID), out); err != nil {
		return "", err
	}
	return g.addSession(ctx, s, idle)
}

// addSession keeps a session under a new cookie: never under one that the browser brought.
func (g *Gate) addSession(ctx context.Context, s desk.Session, life time.Duration) (desk.Secret, error) {
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	cookie := desk.Secret(base64.RawURLEncoding.EncodeToString(raw))
	now := time.Now().UTC()
	s.ID, s.Created, s.Seen, s.Expires, s.Agent = sessionID(cookie.Reveal()), now, now, now.Add(life), cut(s.Agent)
	if err := g.store.AddSession(ctx, s); err != nil {
		return "", fmt.Errorf("open session: %w", err)
	}
	return cookie, nil
}

// check finds the person whose e-mail and password these are. It takes as long when there is nobody.
func (g *Gate) check(ctx context.Context, email, password string) (desk.User, error) {
	wrong := desk.Wrong("password", "E-mail or password is not right.")
	if len(password) > maxPassword {
		return desk.User{}, wrong
	}
	u, err := g.store.UserByEmail(ctx, email)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return desk.User{}, err
	}
	hash := u.Password
	if hash == "" { // nobody, or somebody who comes in by single sign-on alone
		hash = g.dummy
	}
	ok, err := g.matches(ctx, hash, password)
	if err != nil {
		return desk.User{}, fmt.Errorf("check password of user %d: %w", u.ID, err)
	}
	admitted, err := g.ownDoor(ctx, u)
	if err != nil {
		return desk.User{}, err
	}
	if !ok || u.ID == 0 || u.Disabled || !admitted {
		return desk.User{}, wrong
	}
	return u, nil
}

// ownDoor reports whether somebody may come in without the OpenID provider: where everybody has to come by it, only a break-glass
// account that has a second factor may.
func (g *Gate) ownDoor(ctx context.Context, u desk.User) (bool, error) {
	s, err := g.store.SSO(ctx)
	return !s.On || !s.Only || u.Glass && u.Factors.Any(), err
}

// Session gives whose session a cookie's value names. desk.ErrNotFound means: sign in.
func (g *Gate) Session(ctx context.Context, cookie string) (desk.User, desk.Session, error) {
	if cookie == "" {
		return desk.User{}, desk.Session{}, desk.ErrNotFound
	}
	s, err := g.store.SessionByID(ctx, sessionID(cookie))
	if err != nil {
		return desk.User{}, desk.Session{}, err
	}
	if s.Half {
		return desk.User{}, desk.Session{}, desk.ErrNotFound
	}
	return g.alive(ctx, s)
}

// alive gives whose session it is, unless it is over.
func (g *Gate) alive(ctx context.Context, s desk.Session) (desk.User, desk.Session, error) {
	now := time.Now().UTC()
	most := longest
	if s.SSO {
		most = longestSSO
	}
	if !now.Before(s.Expires) || now.Sub(s.Created) >= most {
		return desk.User{}, desk.Session{}, errors.Join(desk.ErrNotFound, g.store.DropSession(ctx, s.ID))
	}
	u, err := g.store.User(ctx, s.UserID)
	if err != nil {
		return desk.User{}, desk.Session{}, err
	}
	if u.Disabled {
		return desk.User{}, desk.Session{}, desk.ErrNotFound
	}
	if now.Sub(s.Seen) >= touchEvery && !s.Half {
		s.Seen, s.Expires = now, earlier(now.Add(idle), s.Created.Add(most))
		if err := g.store.TouchSession(ctx, s.ID, s.Seen, s.Expires); err != nil {
			return desk.User{}, desk.Session{}, err
		}
	}
	return u, s, nil
}

type sessionKey struct{}

// InSession notes in ctx by which session somebody acts, for what needs a sign-in that is fresh.
func InSession(ctx context.Context, s desk.Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// SignOut ends the session of a cookie's value, and the journal says whose. One that is no session any more is no error; one that
// was only half open has no entry, because nobody was in.
func (g *Gate) SignOut(ctx context.Context, cookie string) error {
	s, err := g.store.SessionByID(ctx, sessionID(cookie))
	if err != nil {
		return notFoundIsFine(err)
	}
	if err := g.store.DropSession(ctx, s.ID); err != nil || s.Half {
		return notFoundIsFine(err)
	}
	u, err := g.store.User(ctx, s.UserID)
	if err != nil {
		return notFoundIsFine(err)
	}
	ctx = desk.WithActor(ctx, ActorOf(u, desk.ActorOf(ctx).From))
	_, err = g.store.Record(ctx, desk.ActOf(ctx, "session.close", ""), onUser(u.ID), desk.Out{Say: desk.Say("{name} signed out.", "name", u.Name)})
	return err
}

// Sessions are the open sessions of a person, last seen first. Others' are for admins.
func (g *Gate) Sessions(ctx context.Context, userID int64) ([]desk.Session, error) {
	if err := selfOrAdmin(ctx, userID); err != nil {
		return nil, err
	}
	all, err := g.store.Sessions(ctx, userID)
	now := time.Now()
	open := slices.DeleteFunc(all, func(s desk.Session) bool { return s.Half || !now.Before(s.Expires) })
	slices.SortFunc(open, func(a, b desk.Session) int { return cmp.Compare(b.Seen.UnixNano(), a.Seen.UnixNano()) })
	return open, err
}

// EndSession ends one session of a person; id is desk.Session.ID. Others' are for admins.
func (g *Gate) EndSession(ctx context.Context, userID int64, id []byte) error {
	if err := selfOrAdmin(ctx, userID); err != nil {
		return err
	}
	s, err := g.store.SessionByID(ctx, id)
	if err != nil {
		return err
	}
	if s.UserID != userID {
		return desk.ErrNotFound
	}
	if err := g.store.DropSession(ctx, id); err != nil {
		return err
	}
	u, err := g.store.User(ctx, userID)
	if err != nil {
		return err
	}
	_, err = g.store.Record(ctx, desk.ActOf(ctx, "session.end", ""), onUser(userID), desk.Out{Say: desk.Say("A session of {name} was ended.", "name", u.Name)})
	return err
}

// endSessions ends all sessions of a person but the one to keep.
func (g *Gate) endSessions(ctx context.Context, userID int64, keep []byte) error {
	all, err := g.store.Sessions(ctx, userID)
	for _, s := range all {
		if !slices.Equal(s.ID, keep) {
			err = errors.Join(err, notFoundIsFine(g.store.DropSession(ctx, s.ID)))
		}
	}
	return err
}

func selfOrAdmin(ctx context.Context, userID int64) error {
	if userID != 0 && UserID(ctx) == userID {
		return nil
	}
	return desk.Need(ctx, desk.Admin)
}

func notFoundIsFine(err error) error {
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	return err
}

func sessionID(cookie string) []byte {
	h := sha256.Sum256([]byte(cookie))
	return h[:]
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func cut(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), maxAgent)], "")
}
