package access

import (
	"context"
	"errors"
	"strings"

	"breakwater/desk"
)

// Bounds of a PIN: long enough that five guesses are hopeless, short enough for a thumb.
const (
	minPIN = 6
	maxPIN = 12
)

// checkPIN answers an *desk.Invalid on "pin" for one that is no PIN, or that everybody tries first.
func checkPIN(pin string) error {
	if len(pin) < minPIN || len(pin) > maxPIN || strings.Trim(pin, "0123456789") != "" {
		return desk.Wrong("pin", "Use 6 to 12 digits.")
	}
	up, down := true, true
	for i := 1; i < len(pin); i++ {
		up, down = up && pin[i] == pin[i-1]+1, down && pin[i] == pin[i-1]-1
	}
	if up || down || distinct(pin) < 3 {
		return desk.Wrong("pin", "This PIN is among the first that anybody would try. Choose another.")
	}
	return nil
}

// SetPIN sets the acting person's PIN, the second factor of links to sign with; they must know their password. It unlocks one
// that was locked.
func (g *Gate) SetPIN(ctx context.Context, password, pin string) error {
	u, err := g.store.User(ctx, UserID(ctx))
	if err != nil {
		return err
	}
	if err := checkPIN(pin); err != nil {
		return err
	}
	if err := g.knows(ctx, u, password, "pin_password"); err != nil {
		return err
	}
	hash, err := g.hash(ctx, pin)
	if err != nil {
		return err
	}
	_, err = g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.pin", ""), func(n *desk.User, out *desk.Out) error {
		n.PIN, n.PINTries = hash, 0
		out.Say = desk.Say("{name} set a PIN for signing.", "name", n.Name)
		return nil
	})
	return err
}

var errLocked = desk.Wrong("pin", "This PIN is locked after too many wrong tries. Sign in and set a new one in your account.")

// CheckPIN checks a person's PIN. One try comes after another, so that many at once gain nothing; five wrong ones in a
// row lock it, whatever links there are. *desk.Invalid of "pin".
func (g *Gate) CheckPIN(ctx context.Context, userID int64, pin string) error {
	g.pins.Lock()
	defer g.pins.Unlock()
	u, err := g.store.User(ctx, userID)
	switch {
	case err != nil:
		return err
	case u.Disabled:
		return desk.ErrForbidden
	case u.PIN == "":
		return desk.Wrong("pin", "You have set no PIN yet. Sign in and set one in your account.")
	case u.PINTries >= desk.MaxPINTries:
		return errLocked
	}
	ok, err := g.matches(ctx, u.PIN, pin[:min(len(pin), maxPassword)])
	if err != nil {
		return err
	}
	if ok && u.PINTries == 0 {
		return nil
	}
	tries := 0
	u, err = g.store.ChangeUser(ctx, userID, desk.ActOf(ctx, "user.pin_try", ""), func(n *desk.User, out *desk.Out) error {
		if n.PIN != u.PIN {
			return desk.ErrConflict // set anew meanwhile
		}
		if tries = n.PINTries + 1; ok {
			tries = 0
		}
		n.PINTries = tries
		out.Say = desk.Say("A wrong PIN was entered for {name}.", "name", n.Name)
		if ok {
			out.Say = desk.Say("{name} entered the right PIN after wrong ones.", "name", n.Name)
		}
		return nil
	})
	switch {
	case err != nil || ok:
		return err
	case tries >= desk.MaxPINTries:
		return errLocked
	}
	return desk.Wrong("pin", "This is not your PIN. Tries left: {left}.", "left", desk.MaxPINTries-tries)
}

// knows answers an *desk.Invalid on the field unless the password is the person's. Tries are slowed like those at the door.
func (g *Gate) knows(ctx context.Context, u desk.User, password, field string) error {
	err := g.known(ctx, u, password)
	var wrong *desk.Invalid
	if errors.As(err, &wrong) {
		return &desk.Invalid{Field: field, Reason: wrong.Reason}
	}
	return err
}
