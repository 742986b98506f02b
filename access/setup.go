package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"

	"breakwater/desk"
)

// setUpToken names the setting that keeps the hash of the one-time token.
const setUpToken = "access.setup"

// FirstRun makes the one-time token with which the first admin sets the desk up; the program prints it. It replaces an earlier
// one that was not used. The token is empty when the desk has people already.
func (g *Gate) FirstRun(ctx context.Context) (desk.Secret, error) {
	needed, err := g.NeedsSetUp(ctx)
	if err != nil || !needed {
		return "", err
	}
	token := rand.Text() // at least 128 bits
	if err := g.store.SetSetting(ctx, setUpToken, hashHex(token)); err != nil {
		return "", fmt.Errorf("keep set-up token: %w", err)
	}
	return desk.Secret(token), nil
}

// NeedsSetUp reports whether the desk has nobody yet.
func (g *Gate) NeedsSetUp(ctx context.Context) (bool, error) {
	users, err := g.store.Users(ctx)
	return len(users) == 0, err
}

// SetUp makes the first admin. It answers desk.ErrInvalidTransition when the desk has people already and an *desk.Invalid for
// a wrong token or field.
func (g *Gate) SetUp(ctx context.Context, token, name, email, password string) (desk.User, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	needed, err := g.NeedsSetUp(ctx)
	if err != nil {
		return desk.User{}, err
	}
	if !needed {
		return desk.User{}, desk.ErrInvalidTransition
	}
	if err := g.checkSetUpToken(ctx, token); err != nil {
		return desk.User{}, err
	}
	actor := desk.Actor{Who: "desk", Name: name, Role: desk.Admin, From: desk.ActorOf(ctx).From}
	u, err := g.add(desk.WithActor(ctx, actor), "desk.setup", desk.User{Name: name, Email: email, Role: desk.Admin}, password)
	if err != nil {
		return desk.User{}, err
	}
	return u, g.store.SetSetting(ctx, setUpToken, "")
}

func (g *Gate) checkSetUpToken(ctx context.Context, token string) error {
	want, err := g.store.Setting(ctx, setUpToken)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return err
	}
	if want == "" || subtle.ConstantTimeCompare([]byte(want), []byte(hashHex(token))) != 1 {
		return desk.Wrong("token", "This is not the set-up token. It was printed when the desk started; a restart prints a new one.")
	}
	return nil
}

func hashHex(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}
