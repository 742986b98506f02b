package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pquerna/otp/totp"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

// glassKind are the jobs that tell of a break-glass account that was used.
const glassKind = "access.glass"

const (
	glassEvery  = 5 * time.Second
	glassAtOnce = 10
	glassWithin = 30 * time.Second // for one message
	glassRetry  = time.Minute
	glassGiveUp = 24 * time.Hour
)

// glass is the payload of such a job.
type glass struct {
	UserID int64     `json:"user_id"`
	To     int64     `json:"to"` // the admin that gets a letter; 0: everybody who watches, by an alert
	From   string    `json:"from"`
	At     time.Time `json:"at"`
}

func (one glass) job() desk.Job {
	payload, err := json.Marshal(one)
	if err != nil {
		panic(err) // numbers, a text and a time
	}
	return desk.Job{Kind: glassKind, Key: fmt.Sprintf("%d/%d/%d", one.UserID, one.At.UnixMicro(), one.To), Payload: string(payload)}
}

// Glass is what a break-glass account that was made on the machine itself is opened with, beside its password. It is shown once.
type Glass struct {
	TOTP     string   `json:"totp"`     // secret of one-time codes, base32
	Recovery []string `json:"recovery"` // codes, each good once
}

// BreakGlass makes an account a break-glass account, whatever it was before: an admin's, with a new password and a new second factor.
// Its sessions end. For the desk's own machine, when nobody else can be let in any more.
func (g *Gate) BreakGlass(ctx context.Context, userID int64, password string) (Glass, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return Glass{}, err
	}
	u, err := g.store.User(ctx, userID)
	if err != nil {
		return Glass{}, err
	}
	if err := checkPassword(password, u.Email); err != nil {
		return Glass{}, err
	}
	hash, err := g.hash(ctx, password)
	if err != nil {
		return Glass{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Breakwater", AccountName: u.Email})
	if err != nil {
		return Glass{}, fmt.Errorf("make a secret for one-time codes: %w", err)
	}
	plain, hashes := newRecovery()
	_, err = g.store.ChangeUser(ctx, userID, desk.ActOf(ctx, "user.glass", ""), func(n *desk.User, out *desk.Out) error {
		n.Role, n.Grants, n.Disabled, n.Identity, n.Glass = desk.Admin, nil, false, nil, true
		n.Password, n.Factors, n.Second = hash, desk.Factors{TOTP: key.Secret(), Recovery: hashes}, true
		out.Say = desk.Say("The account of {name} is a break-glass account now.", "name", n.Name)
		return nil
	})
	if err != nil {
		return Glass{}, err
	}
	return Glass{key.Secret(), plain}, g.endSessions(ctx, userID, nil)
}

// opened is what the journal says about somebody who came in. Where there is single sign-on, a break-glass account that is used is told
// to the other admins, each by a job in the same transaction.
func (g *Gate) opened(ctx context.Context, u desk.User, s desk.Session) (do string, out desk.Out, err error) {
	do, out = "session.open", desk.Out{Say: desk.Say("{name} signed in.", "name", u.Name)}
	if s.SSO {
		out.Say = desk.Say("{name} signed in by single sign-on.", "name", u.Name)
	}
	sso, err := g.store.SSO(ctx)
	if err != nil || !u.Glass || !sso.On {
		return do, out, err
	}
	do, out.Say = "session.glass", desk.Say("{name} signed in with a break-glass account.", "name", u.Name)
	all, err := g.store.Users(ctx)
	one := glass{UserID: u.ID, From: s.From, At: time.Now().UTC()}
	out.Jobs = []desk.Job{one.job()}
	for _, o := range all {
		if o.ID != u.ID && o.Role == desk.Admin && !o.Disabled {
			one.To = o.ID
			out.Jobs = append(out.Jobs, one.job())
		}
	}
	return do, out, err
}

// Run tells of break-glass accounts that were used, until ctx ends.
func (g *Gate) Run(ctx context.Context) error {
	return rounds.Run(ctx, glassEvery, nil, g.tellGlass, func(err error) {
		g.log.Error("admins could not be told of a break-glass account", "error", err)
	})
}

func (g *Gate) tellGlass(ctx context.Context) (int, error) {
	jobs, err := g.store.ClaimJobs(ctx, glassKind, glassAtOnce, 2*glassAtOnce*glassWithin)
	for _, j := range jobs {
		err = errors.Join(err, g.tellOne(ctx, j))
	}
	return len(jobs), err
}

func (g *Gate) tellOne(ctx context.Context, j desk.Job) error {
	var one glass
	if err := json.Unmarshal([]byte(j.Payload), &one); err != nil {
		return errors.Join(err, g.store.FailJob(ctx, j.ID, time.Time{}, "payload cannot be read"))
	}
	who, err := g.store.User(ctx, one.UserID)
	if err != nil {
		return err
	}
	if one.To == 0 {
		if g.Alarm != nil {
			g.Alarm(ctx, "glass:"+j.Key, desk.Say("{name} signed in with a break-glass account.", "name", who.Name))
		}
		return g.store.FinishJob(ctx, j.ID)
	}
	to, err := g.store.User(ctx, one.To)
	if err != nil {
		return err
	}
	if g.Post == nil || to.Disabled {
		return g.store.FinishJob(ctx, j.ID)
	}
	send, cancel := context.WithTimeout(ctx, glassWithin)
	defer cancel()
	if err := g.Post(send, to, g.glassLetter(j.Key, who, one)); err != nil {
		if time.Since(one.At) > glassGiveUp {
			return g.store.FailJob(ctx, j.ID, time.Time{}, err.Error())
		}
		return g.store.FailJob(ctx, j.ID, time.Now().Add(glassRetry), err.Error())
	}
	return g.store.FinishJob(ctx, j.ID)
}

func (g *Gate) glassLetter(key string, who desk.User, one glass) desk.Mail {
	return desk.Mail{Key: key, Subject: desk.Say("{name} signed in with a break-glass account.", "name", who.Name), Link: g.Home + "/people/" + fmt.Sprint(who.ID), Button: desk.Say("Look at the account"),
		Lines: []desk.Text{
			desk.Say("It was at {time}, from {address}.", "time", one.At, "address", one.From),
			desk.Say("If nobody of you expected this, end its sessions and give it a new password."),
		}}
}
