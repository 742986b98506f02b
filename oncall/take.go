package oncall

import (
	"context"
	"errors"
	"fmt"
	"strconv"
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
		case who.UserID != 0 && one.Acked(who.UserID), !one.Live() && one.State != desk.EscalationSpent && one.Stage != desk.StageRehearsal:
			out.Skip = true
			return nil
		}
		fresh = true
		one.Take(a)
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

// Rehearse calls everybody by every way that they have, and gives what the rehearsal is about. For leads.
func (e *Escalator) Rehearse(ctx context.Context, brandID int64) (about string, err error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return "", err
	}
	about = "rehearsal:" + strconv.FormatInt(time.Now().UnixMilli(), 10)
	return about, e.Begin(ctx, desk.Matter{About: about, Stage: desk.StageRehearsal, BrandID: brandID,
		Level: desk.Severe, // every way, and through quiet hours: that is what is rehearsed
		Title: desk.Say("Rehearsal: does this reach you?"), Path: "/oncall/rehearsal"})
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
}

// Done reports whether nothing is left to do by the link.
func (a Asked) Done() bool {
	if a.User.ID != 0 && a.Escalation.Acked(a.User.ID) {
		return true
	}
	return !a.Escalation.Live() && a.Escalation.State != desk.EscalationSpent
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
	if time.Now().Unix() > int64(k.until) || k.user != 0 && (a.User.ID == 0 || a.User.Disabled) {
		return a, ErrSpent
	}
	if k.what == linkAlert {
		a.Escalation, err = e.Store.EscalationAbout(ctx, "alert:"+strconv.FormatUint(k.thing, 10))
		return a, err
	}
	a.Escalation, err = e.Store.Escalation(ctx, int64(k.thing))
	return a, err
}

// TakeByLink takes the matter of a link up, as its person. By a way that several read nobody knows who it was; the journal says so.
func (e *Escalator) TakeByLink(ctx context.Context, name, how string) (Asked, error) {
	a, err := e.ByLink(ctx, name)
	if err != nil || a.Done() {
		return a, err
	}
	a.Escalation, err = e.Take(e.as(ctx, a), a.Escalation.ID, how)
	if err != nil {
		return a, fmt.Errorf("take escalation %d up by a link: %w", a.Escalation.ID, err)
	}
	return a, nil
}

// As lets the person of a link act.
func (e *Escalator) as(ctx context.Context, a Asked) context.Context {
	from := desk.ActorOf(ctx).From
	if a.User.ID == 0 {
		return desk.WithActor(ctx, desk.Actor{Who: "way:" + strconv.FormatInt(a.Way, 10), Name: "Somebody by a message", Role: desk.Responder, From: from})
	}
	u := a.User
	return desk.WithActor(ctx, desk.Actor{Who: "user:" + strconv.FormatInt(u.ID, 10), UserID: u.ID, Name: u.Name, Role: u.Role, Lang: u.Lang, From: from})
}

// As is the context in which the person of a link acts on what the link is about. Errors are those of ByLink.
func (e *Escalator) As(ctx context.Context, name string) (context.Context, Asked, error) {
	a, err := e.ByLink(ctx, name)
	return e.as(ctx, a), a, err
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
