// Package access lets people and programs in: first set-up, sign-in, sessions, people's accounts and roles, API tokens.
package access

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Store is what access needs of storage.
type Store interface {
	Users(ctx context.Context) ([]desk.User, error)
	User(ctx context.Context, id int64) (desk.User, error)
	UserByEmail(ctx context.Context, email string) (desk.User, error)
	UserByIdentity(ctx context.Context, i desk.Identity) (desk.User, error)
	ChangeUser(ctx context.Context, id int64, act desk.Act, change func(*desk.User, *desk.Out) error) (desk.User, error)

	Ties(ctx context.Context, h desk.Handover) ([]desk.Tie, error)
	Leave(ctx context.Context, h desk.Handover, act desk.Act, jobs func(was, is *desk.Statement) []desk.Job) ([]desk.Tie, error)

	Tokens(ctx context.Context) ([]desk.Token, error)
	TokenByHash(ctx context.Context, hash []byte) (desk.Token, error)
	AddToken(ctx context.Context, t desk.Token, act desk.Act) (desk.Token, error)
	RevokeToken(ctx context.Context, id int64, act desk.Act) error

	AddSession(ctx context.Context, s desk.Session) error
	SessionByID(ctx context.Context, id []byte) (desk.Session, error)
	TouchSession(ctx context.Context, id []byte, seen, expires time.Time) error
	SaveSession(ctx context.Context, s desk.Session) error
	DropSession(ctx context.Context, id []byte) error
	Sessions(ctx context.Context, userID int64) ([]desk.Session, error)

	House(ctx context.Context) (desk.House, error)
	ChangeHouse(ctx context.Context, act desk.Act, change func(*desk.House, *desk.Out) error) (desk.House, error)

	SSO(ctx context.Context) (desk.SSO, error)
	ChangeSSO(ctx context.Context, act desk.Act, change func(*desk.SSO, *desk.Out) error) (desk.SSO, error)

	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FailJob(ctx context.Context, id int64, again time.Time, problem string) error

	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
	Setting(ctx context.Context, name string) (string, error)
	SetSetting(ctx context.Context, name, value string) error
}

// Gate decides who comes in and as whom.
type Gate struct {
	// Set before use.
	Home   string                                                     // address that people reach the console by
	Fetch  *fetch.Client                                              // to an OpenID provider; nil: there is no single sign-on
	Beside func(host string) *fetch.Client                            // to a provider that an admin says is ours
	Post   func(ctx context.Context, to desk.User, l desk.Mail) error // brings letters; nil: none
	Alarm  func(ctx context.Context, key string, what desk.Text)      // tells those who watch; nil: nobody

	// Asked says what is to be done because a statement waits for others than before: letters, clocks. nil: nothing.
	Asked func(was, is *desk.Statement, people []desk.User, act desk.Act) []desk.Job

	store Store
	log   *slog.Logger
	slow  *slow
	dummy string        // hash that is checked when there is no such person, so that the answer takes as long
	work  chan struct{} // a place for each password that is being hashed: each takes 19 MiB

	pins sync.Mutex // held while a PIN is checked: tries come one after another, so that each is counted

	offers     *waiting[string]   // secrets of one-time codes that were shown and not confirmed yet, by person
	ceremonies *waiting[ceremony] // passkeys that were asked for
	site       *webauthn.WebAuthn // nil: passkeys are not possible under this address

	attempts *waiting[attempt] // sign-ins that were begun at the OpenID provider, by the hash of the browser's cookie

	describing sync.Mutex // guards described, and is held while a provider is asked to describe itself
	described  *provider

	mu sync.Mutex // held while an account changes, so that two changes at once cannot remove the last admin or set up twice
}

// New makes a gate.
func New(s Store, log *slog.Logger) *Gate {
	return &Gate{store: s, log: log, slow: newSlow(), dummy: dummyHash(), work: make(chan struct{}, 2),
		offers: newWaiting[string](), ceremonies: newWaiting[ceremony](), attempts: newWaiting[attempt]()}
}

// ActorOf is a person as the acting one; from is the address they come from.
func ActorOf(u desk.User, from string) desk.Actor {
	return u.As(from)
}

// UserID is the id of the acting person, 0 for tokens and the desk itself.
func UserID(ctx context.Context) int64 {
	id, ok := strings.CutPrefix(desk.ActorOf(ctx).Who, "user:")
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func onUser(id int64) string { return "user:" + strconv.FormatInt(id, 10) }
