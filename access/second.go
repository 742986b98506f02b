package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pquerna/otp/totp"

	"breakwater/desk"
)

const (
	// halfLife is how long somebody has to show the second factor after the password.
	halfLife = 10 * time.Minute
	// stepLen is how long a one-time code lives (RFC 6238, 5.2); a code of the step before or after is taken too, because
	// clocks differ.
	stepLen = 30
	// recoveryCodes are given at once; each is good once.
	recoveryCodes = 10
)

// Half gives whose half-open session a cookie's value names: the password was right, the second factor is missing.
// desk.ErrNotFound means: sign in.
func (g *Gate) Half(ctx context.Context, cookie string) (desk.User, desk.Session, error) {
	s, err := g.store.SessionByID(ctx, sessionID(cookie))
	if err != nil || cookie == "" || !s.Half {
		return desk.User{}, desk.Session{}, errors.Join(err, desk.ErrNotFound)
	}
	return g.alive(ctx, s)
}

// Finish opens the session of somebody whose password was right and who shows a one-time or recovery code now. The half session
// ends; the cookie is a new one. A wrong code is an *desk.Invalid of "code".
func (g *Gate) Finish(ctx context.Context, half, code, agent, from string) (desk.Secret, error) {
	u, s, err := g.Half(ctx, half)
	if err != nil {
		return "", err
	}
	if err := g.takeCode(desk.WithActor(ctx, ActorOf(u, from)), u, code); err != nil {
		return "", err
	}
	return g.finish(ctx, u, s, agent, from)
}

func (g *Gate) finish(ctx context.Context, u desk.User, half desk.Session, agent, from string) (desk.Secret, error) {
	cookie, err := g.openSession(ctx, u, desk.Session{UserID: u.ID, SSO: half.SSO, Agent: agent, From: from, Proved: time.Now().UTC()})
	if err != nil {
		return "", err
	}
	return cookie, g.store.DropSession(ctx, half.ID)
}

// Prove notes in the acting person's session that they showed a second factor just now.
func (g *Gate) Prove(ctx context.Context, session []byte, code string) error {
	u, err := g.store.User(ctx, UserID(ctx))
	if err != nil {
		return err
	}
	if err := g.takeCode(ctx, u, code); err != nil {
		return err
	}
	return g.proved(ctx, u.ID, session)
}

func (g *Gate) proved(ctx context.Context, userID int64, session []byte) error {
	s, err := g.store.SessionByID(ctx, session)
	if err != nil {
		return err
	}
	if s.UserID != userID || s.Half {
		return desk.ErrNotFound
	}
	s.Proved = time.Now().UTC()
	return g.store.SaveSession(ctx, s)
}

// takeCode takes a one-time or recovery code of somebody, once. Wrong ones are slowed like passwords.
func (g *Gate) takeCode(ctx context.Context, u desk.User, code string) error {
	from, key := desk.ActorOf(ctx).From, "second "+strconv.FormatInt(u.ID, 10)
	if wait := g.slow.try(key, from, time.Now()); wait > 0 {
		return &desk.Retry{After: wait, Limited: true, Err: errTooMany}
	}
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	_, err := g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.second", ""), func(n *desk.User, out *desk.Out) error {
		if step, ok := stepOf(n.Factors.TOTP, code, n.Factors.Step, time.Now()); ok {
			n.Factors.Step = step
			out.Say = desk.Say("{name} showed a one-time code.", "name", n.Name)
			return nil
		}
		if i := slices.Index(n.Factors.Recovery, hashHex(code)); i >= 0 {
			n.Factors.Recovery = slices.Delete(slices.Clone(n.Factors.Recovery), i, i+1)
			out.Say = desk.Say("{name} used a recovery code. Left: {n}", "name", n.Name, "n", len(n.Factors.Recovery))
			return nil
		}
		return desk.Wrong("code", "This code is not right, or was used already. Wait for the next one.")
	})
	if err == nil {
		g.slow.passed(key, from)
	}
	return err
}

// stepOf finds the time step whose code this is, later than the one that was taken last.
func stepOf(secret, code string, last int64, now time.Time) (int64, bool) {
	if secret == "" {
		return 0, false
	}
	for _, step := range []int64{now.Unix() / stepLen, now.Unix()/stepLen - 1, now.Unix()/stepLen + 1} {
		want, err := totp.GenerateCode(secret, time.Unix(step*stepLen, 0))
		if err == nil && step > last && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}

// OfferCodes makes a secret for one-time codes: as an app's address (otpauth) to be shown as a picture, and to be typed. It counts
// once ConfirmCodes was given a code made with it.
func (g *Gate) OfferCodes(ctx context.Context) (address string, secret desk.Secret, err error) {
	u, err := g.store.User(ctx, UserID(ctx))
	if err != nil {
		return "", "", err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Breakwater", AccountName: u.Email})
	if err != nil {
		return "", "", fmt.Errorf("make a secret for one-time codes: %w", err)
	}
	g.offers.put(onUser(u.ID), key.Secret())
	return key.URL(), desk.Secret(key.Secret()), nil
}

// ConfirmCodes switches one-time codes on for the acting person, who must know their password, and gives recovery codes to print.
func (g *Gate) ConfirmCodes(ctx context.Context, password, code string) (recovery []string, err error) {
	u, err := g.store.User(ctx, UserID(ctx))
	if err != nil {
		return nil, err
	}
	if err := g.knows(ctx, u, password, "second_password"); err != nil {
		return nil, err
	}
	secret, ok := g.offers.get(onUser(u.ID))
	if !ok {
		return nil, desk.Wrong("code", "This took too long. Begin again with a new picture.")
	}
	step, ok := stepOf(secret, strings.ReplaceAll(code, " ", ""), 0, time.Now())
	if !ok {
		return nil, desk.Wrong("code", "This code is not right. Is the clock of your phone right?")
	}
	plain, hashes := newRecovery()
	_, err = g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.codes", ""), func(n *desk.User, out *desk.Out) error {
		n.Factors.TOTP, n.Factors.Step, n.Factors.Recovery, n.Second = secret, step, hashes, true
		out.Say = desk.Say("{name} switched one-time codes on.", "name", n.Name)
		return nil
	})
	g.offers.drop(onUser(u.ID))
	return plain, err
}

// Recovery gives the acting person, who must know their password, new recovery codes; the old ones end.
func (g *Gate) Recovery(ctx context.Context, password string) (recovery []string, err error) {
	u, err := g.store.User(ctx, UserID(ctx))
	if err != nil {
		return nil, err
	}
	if err := g.knows(ctx, u, password, "second_password"); err != nil {
		return nil, err
	}
	plain, hashes := newRecovery()
	_, err = g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.recovery", ""), func(n *desk.User, out *desk.Out) error {
		n.Factors.Recovery = hashes
		out.Say = desk.Say("{name} got new recovery codes.", "name", n.Name)
		return nil
	})
	return plain, err
}

// DropCodes switches one-time codes off for the acting person, who must know their password.
func (g *Gate) DropCodes(ctx context.Context, password string) error {
	u, err := g.store.User(ctx, UserID(ctx))
	if err != nil {
		return err
	}
	if err := g.knows(ctx, u, password, "second_password"); err != nil {
		return err
	}
	_, err = g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.codes", ""), func(n *desk.User, out *desk.Out) error {
		n.Factors.TOTP, n.Factors.Step = "", 0
		n.Second = n.Factors.Any()
		out.Say = desk.Say("{name} switched one-time codes off.", "name", n.Name)
		return nil
	})
	return err
}

// ResetSecond takes all second factors from somebody who lost them, and ends their sessions. For admins.
func (g *Gate) ResetSecond(ctx context.Context, userID int64) error {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	u, err := g.store.User(ctx, userID)
	if err != nil {
		return err
	}
	u.Factors = desk.Factors{}
	if err := g.stillGlass(ctx, u); err != nil {
		return err
	}
	_, err = g.store.ChangeUser(ctx, userID, desk.ActOf(ctx, "user.second_reset", ""), func(n *desk.User, out *desk.Out) error {
		n.Factors, n.Second = desk.Factors{}, false
		out.Say = desk.Say("The second factors of {name} were taken away.", "name", n.Name)
		return nil
	})
	if err != nil {
		return err
	}
	return g.endSessions(ctx, userID, nil)
}

func newRecovery() (plain, hashes []string) {
	for range recoveryCodes {
		code := rand.Text()[:10] // 50 bits; tries are slowed
		plain = append(plain, code[:5]+"-"+code[5:])
		hashes = append(hashes, hashHex(code))
	}
	return plain, hashes
}

// House is what the desk asks of its people before they do what cannot be undone.
func (g *Gate) House(ctx context.Context) (desk.House, error) {
	h, err := g.store.House(ctx)
	if h.Minutes == 0 {
		h.Minutes = 15
	}
	return h, err
}

// SaveHouse changes what the desk asks of its people. For admins. A Version other than the stored one is desk.ErrConflict; 0 is not
// checked.
func (g *Gate) SaveHouse(ctx context.Context, h desk.House) (desk.House, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return h, err
	}
	if err := h.Check(); err != nil {
		return h, err
	}
	return g.store.ChangeHouse(ctx, desk.ActOf(ctx, "house.save", ""), func(n *desk.House, out *desk.Out) error {
		if h.Version != 0 && h.Version != n.Version {
			return desk.ErrConflict
		}
		n.Prove, n.Minutes = h.Prove, h.Minutes
		out.Say = desk.Say("What needs a second factor was changed.")
		out.Detail = map[string]any{"prove": h.Prove, "minutes": h.Minutes}
		return nil
	})
}

// Fresh reports whether a session may use a right: either the house asks for no second factor, or it was shown lately.
func (g *Gate) Fresh(ctx context.Context, s desk.Session, right desk.Right) (bool, error) {
	h, err := g.House(ctx)
	if err != nil {
		return false, err
	}
	return !h.Needs(right) || time.Since(s.Proved) < time.Duration(h.Minutes)*time.Minute, nil
}

// waiting keeps what somebody was shown and has to answer, for ten minutes, in bounded number.
type waiting[T any] struct {
	mu  sync.Mutex // guards all
	all map[string]waits[T]
}

type waits[T any] struct {
	what  T
	until time.Time
}

const maxWaiting = 10_000

func newWaiting[T any]() *waiting[T] { return &waiting[T]{all: make(map[string]waits[T])} }

func (w *waiting[T]) put(name string, what T) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if len(w.all) >= maxWaiting {
		for k, v := range w.all {
			if now.After(v.until) || len(w.all) >= maxWaiting {
				delete(w.all, k)
			}
		}
	}
	w.all[name] = waits[T]{what, now.Add(halfLife)}
}

func (w *waiting[T]) get(name string) (what T, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v, ok := w.all[name]
	return v.what, ok && time.Now().Before(v.until)
}

// take is get that leaves nothing behind: what is taken is never taken again.
func (w *waiting[T]) take(name string) (what T, ok bool) {
	what, ok = w.get(name)
	w.drop(name)
	return what, ok
}

func (w *waiting[T]) drop(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.all, name)
}
