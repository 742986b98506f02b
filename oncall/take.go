package oncall

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// List gives a brand's escalations, newest first; an empty state does not restrict.
func (e *Escalator) List(ctx context.Context, brandID int64, state string, p desk.Paging) ([]desk.Escalation, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return e.Store.Escalations(ctx, brandID, state, p)
}

// One is one escalation. desk.ErrNotFound.
func (e *Escalator) One(ctx context.Context, id int64) (desk.Escalation, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Escalation{}, err
	}
	return e.Store.Escalation(ctx, id)
}

// Take has the acting person take a matter up. Who did before is no error. For responders.
func (e *Escalator) Take(ctx context.Context, id int64, how string) (desk.Escalation, error) {
	return e.take(ctx, id, how, "")
}

// take is Take by the link of a seal, which it spends; empty: by none.
func (e *Escalator) take(ctx context.Context, id int64, how, seal string) (desk.Escalation, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Escalation{}, err
	}
	who, act := desk.ActorOf(ctx), desk.ActOf(ctx, "escalation.take", "")
	now, err := e.Store.Now(ctx)
	if err != nil {
		return desk.Escalation{}, err
	}
	a, fresh := desk.Ack{UserID: who.UserID, Name: who.Name, At: now, How: how}, false
	one, err := e.Store.ChangeEscalation(ctx, id, act, func(one *desk.Escalation, out *desk.Out) error {
		fresh = false
		switch {
		case who.UserID != 0 && one.Acked(who.UserID), !one.Open() && one.State != desk.EscalationSpent && one.Stage != desk.StageRehearsal:
			out.Skip = true
			return nil
		}
		fresh = true
		one.Take(a)
		if seal != "" {
			one.Spend(desk.SpentLink{Seal: seal, Did: desk.AnswerTake, Name: who.Name, At: now})
		}
		if one.State == desk.EscalationSpent {
			one.State = desk.EscalationTaken
		}
		out.Say = desk.Say("{name} took it up.", "name", who.Name)
		return nil
	})
	if err == nil && fresh && e.Taken != nil {
		e.Taken(ctx, one, a)
	}
	return one, err
}

// Begin brings a matter to people at once; it is what Matter.Job does, for those who have no transaction of their own.
func (e *Escalator) Begin(ctx context.Context, m desk.Matter) error {
	say := desk.Say("It is brought to the people who are on call: {title}", "title", m.Title)
	_, err := e.Store.Record(ctx, desk.ActOf(ctx, "escalation.call", ""), m.About, desk.Out{Say: say, Jobs: []desk.Job{m.Job()}})
	return err
}

// rehearseEvery is the least time between two rehearsals of a brand: each rings every telephone.
const rehearseEvery = 10 * time.Minute

// Rehearse calls everybody by every way that they have, and gives what the rehearsal is about. For leads of the brand; a *desk.Retry
// that is Limited when the last one was a moment ago.
func (e *Escalator) Rehearse(ctx context.Context, brandID int64) (about string, err error) {
	if err := errors.Join(desk.Need(ctx, desk.Lead), desk.Permit(ctx, brandID, 0)); err != nil {
		return "", err
	}
	if err := e.mayRehearse(ctx, brandID); err != nil {
		return "", err
	}
	about = "rehearsal:" + strconv.FormatInt(time.Now().UnixMilli(), 10)
	return about, e.Begin(ctx, desk.Matter{About: about, Stage: desk.StageRehearsal, BrandID: brandID,
		Level: desk.Severe, // every way, and through quiet hours: that is what is rehearsed
		Title: desk.Say("Rehearsal: does this reach you?"), Path: "/oncall/rehearsal"})
}

// mayRehearse notes that a brand rehearses now, unless it did a moment ago: before a restart, or in this process.
func (e *Escalator) mayRehearse(ctx context.Context, brandID int64) error {
	if _, err := e.Store.Brand(ctx, brandID); brandID != 0 && err != nil {
		return err
	}
	now, err := e.Store.Now(ctx)
	if err != nil {
		return err
	}
	var last time.Time
	id, err := e.Store.NewestEscalation(ctx, brandID, "rehearsal:")
	if err == nil {
		one, oerr := e.Store.Escalation(ctx, id)
		last, err = one.Began, oerr
	}
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if at := e.rehearsed[brandID]; at.After(last) {
		last = at
	}
	if past := now.Sub(last); past >= 0 && past < rehearseEvery {
		return &desk.Retry{After: rehearseEvery - past, Limited: true, Err: errors.New("rehearsed a moment ago")}
	}
	if e.rehearsed == nil {
		e.rehearsed = make(map[int64]time.Time)
	}
	e.rehearsed[brandID] = now
	return nil
}

// About is the escalation about a matter. desk.ErrNotFound: it has not begun yet, or there is none.
func (e *Escalator) About(ctx context.Context, about string) (desk.Escalation, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Escalation{}, err
	}
	return e.Store.EscalationAbout(ctx, about)
}

// ErrSpent says that a link is too old, or that its person has left.
var ErrSpent = errors.New("the link is spent")

// Asked is what a link in a message leads to.
type Asked struct {
	Escalation desk.Escalation
	User       desk.User // zero: a way that several read
	Way        int64
	Spent      desk.SpentLink // what was done by this very link; zero: nothing yet
}

// Done reports whether nothing is left to do by the link.
func (a Asked) Done() bool {
	if a.Spent.Seal != "" {
		return true
	}
	if a.User.ID != 0 && a.Escalation.Acked(a.User.ID) {
		return true
	}
	return !a.Escalation.Open() && a.Escalation.State != desk.EscalationSpent
}

// ByLink opens a link from a message; it changes nothing, because programs that look for harm open links, too. desk.ErrNotFound: we
// made no such link; ErrSpent.
func (e *Escalator) ByLink(ctx context.Context, name string) (Asked, error) {
	k, ok := e.Links.read(name, linkCall, linkAlert)
	if !ok {
		return Asked{}, desk.ErrNotFound
	}
	a := Asked{Way: int64(k.way)}
	users, err := e.Store.Users(ctx)
	if err != nil {
		return a, err
	}
	for _, u := range users {
		if u.ID == int64(k.user) {
			a.User = u
		}
	}
	now, err := e.Store.Now(ctx)
	if err != nil {
		return a, err
	}
	if now.Unix() > int64(k.until) || k.user != 0 && (a.User.ID == 0 || a.User.Disabled) {
		return a, ErrSpent
	}
	if k.what == linkAlert {
		a.Escalation, err = e.Store.EscalationAbout(ctx, "alert:"+strconv.FormatUint(k.thing, 10))
	} else {
		a.Escalation, err = e.Store.Escalation(ctx, int64(k.thing))
	}
	a.Spent = a.Escalation.SpentBy(seal(name))
	return a, err
}

// TakeByLink takes the matter of a link up, as its person. By a way that several read nobody knows who it was; the journal says so.
func (e *Escalator) TakeByLink(ctx context.Context, name, how string) (Asked, error) {
	a, err := e.ByLink(ctx, name)
	if err != nil || a.Done() {
		return a, err
	}
	acting, err := e.as(ctx, a)
	if err == nil {
		a.Escalation, err = e.take(acting, a.Escalation.ID, how, seal(name))
	}
	if err != nil {
		return a, fmt.Errorf("take escalation %d up by a link: %w", a.Escalation.ID, err)
	}
	return a, nil
}

// MuteByLink mutes the alert of a link by what mute does for its person. Whoever reads a team's way cannot: it is not known who they
// are, and others wait to be called. Errors are those of ByLink and of mute; desk.ErrForbidden.
func (e *Escalator) MuteByLink(ctx context.Context, name string, mute func(ctx context.Context, alert int64) error) (Asked, error) {
	a, err := e.ByLink(ctx, name)
	if err != nil || a.Done() {
		return a, err
	}
	acting, err := e.as(ctx, a)
	if err != nil {
		return a, err
	}
	if a.User.ID == 0 {
		return a, desk.ErrForbidden
	}
	if !strings.HasPrefix(a.Escalation.About, "alert:") {
		return a, desk.ErrInvalidTransition
	}
	if err := mute(acting, a.Escalation.Number()); err != nil {
		return a, err
	}
	who := desk.ActorOf(acting)
	a.Spent = desk.SpentLink{Seal: seal(name), Did: desk.AnswerMute, Name: who.Name, At: time.Now().UTC()}
	a.Escalation, err = e.Store.ChangeEscalation(acting, a.Escalation.ID, desk.ActOf(acting, "escalation.mute", ""), func(one *desk.Escalation, out *desk.Out) error {
		one.Spend(a.Spent)
		out.Say = desk.Say("{name} muted it by the link of a message, which is spent.", "name", who.Name)
		return nil
	})
	return a, err
}

// as lets the person of a link act, for what the link is about and by what they may do in its brand.
func (e *Escalator) as(ctx context.Context, a Asked) (context.Context, error) {
	from := desk.ActorOf(ctx).From
	who := a.User.As(from)
	if a.User.ID == 0 {
		who = desk.Actor{Who: "way:" + strconv.FormatInt(a.Way, 10), Name: "Somebody by a message", Role: desk.Responder, From: from,
			Grants: []desk.Grant{{BrandID: a.Escalation.BrandID, Role: desk.Responder, Only: []desk.Right{desk.MayReply}}}}
	}
	return desk.Admit(desk.WithActor(ctx, who), desk.MayReply, desk.Responder)
}

// LastRehearsal is the newest rehearsal of a brand. desk.ErrNotFound: there was none.
func (e *Escalator) LastRehearsal(ctx context.Context, brandID int64) (desk.Escalation, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Escalation{}, err
	}
	id, err := e.Store.NewestEscalation(ctx, brandID, "rehearsal:")
	if err != nil {
		return desk.Escalation{}, err
	}
	return e.Store.Escalation(ctx, id)
}
