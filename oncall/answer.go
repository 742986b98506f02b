package oncall

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// ErrStranger says that whoever answered is nobody whom the way knows.
var ErrStranger = errors.New("nobody whom the way knows")

// Answer does what somebody answered to a message from where they read it, and gives what to tell them. w is the way by which the
// answer came. ErrStranger: it is not known who they are; the journal names them. desk.ErrNotFound, ErrSpent: what they answer to is
// not there any more.
func (e *Escalator) Answer(ctx context.Context, a desk.Answer, w desk.Way) (said desk.Text, err error) {
	if a.Do == "" {
		return said, nil
	}
	to, name, err := e.answers(ctx, a, w)
	if err != nil {
		return said, err
	}
	who, err := e.member(ctx, a, to)
	if err != nil {
		return said, err
	}
	asked := make([]Asked, 0, len(name))
	for _, link := range name {
		one, err := e.ByLink(ctx, link)
		if err != nil {
			return said, err
		}
		asked = append(asked, one)
	}
	acting, err := desk.Admit(desk.WithActor(ctx, who), desk.MayReply, desk.Responder)
	if err != nil {
		return said, err
	}
	if a.Do == desk.AnswerMute {
		return e.muted(acting, asked[0])
	}
	for _, one := range asked {
		if said, err = e.takeFor(acting, one, w.Kind); err != nil {
			return said, err
		}
	}
	return said, nil
}

// takeFor has the acting person take a matter up.
func (e *Escalator) takeFor(ctx context.Context, one Asked, how string) (desk.Text, error) {
	me := desk.ActorOf(ctx)
	now := one.Escalation
	if now.Open() || now.State == desk.EscalationSpent || now.Stage == desk.StageRehearsal {
		var err error
		if now, err = e.Take(ctx, now.ID, how); err != nil {
			return desk.Text{}, err
		}
	}
	if me.UserID != 0 && now.Acked(me.UserID) || len(now.Acks) == 0 {
		return desk.Say("{name} took it up.", "name", me.Name), nil
	}
	return desk.Say("{name} took it up.", "name", now.Acks[len(now.Acks)-1].Name), nil
}

// muteFor is how long a button mutes an alert.
const muteFor = time.Hour

func (e *Escalator) muted(ctx context.Context, one Asked) (desk.Text, error) {
	id, ok := strings.CutPrefix(one.Escalation.About, "alert:")
	alert, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil || e.Mute == nil {
		return desk.Text{}, desk.ErrInvalidTransition
	}
	until := time.Now().UTC().Add(muteFor)
	if err := e.Mute(ctx, alert, until); err != nil {
		return desk.Text{}, err
	}
	return desk.Say("{name} muted it for an hour, unless it gets worse.", "name", desk.ActorOf(ctx).Name), nil
}

// answers gives the way that the message went by, and the links of what it told: of the button, or of the newest message to whoever
// wrote back.
func (e *Escalator) answers(ctx context.Context, a desk.Answer, w desk.Way) (to desk.Way, names []string, err error) {
	ways, err := e.Store.Ways(ctx)
	if err != nil {
		return to, nil, err
	}
	if a.Token == "" {
		return e.newest(ctx, a, w, ways)
	}
	k, ok := e.Links.read(a.Token, linkCall, linkAlert)
	i := slices.IndexFunc(ways, func(x desk.Way) bool { return ok && x.ID == int64(k.way) && x.Kind == w.Kind })
	if i < 0 {
		return to, nil, desk.ErrNotFound
	}
	return ways[i], []string{a.Token}, nil
}

// newest finds what the newest message told that went to a telephone number, by any way of the same account.
func (e *Escalator) newest(ctx context.Context, a desk.Answer, w desk.Way, ways []desk.Way) (to desk.Way, names []string, err error) {
	i := slices.IndexFunc(ways, func(x desk.Way) bool {
		return x.Kind == w.Kind && x.UserID != 0 && x.Settings["account"] == w.Settings["account"] && digits(x.Settings["to"]) == digits(a.From)
	})
	if i < 0 {
		return to, nil, e.stranger(ctx, a, w)
	}
	to = ways[i]
	sent, err := e.Store.Letters(ctx, to.UserID, desk.Paging{Limit: 50})
	if err != nil {
		return to, nil, err
	}
	now, err := e.Store.Now(ctx)
	if err != nil {
		return to, nil, err
	}
	for _, l := range sent {
		if l.WayID != to.ID || l.State != desk.LetterSent || now.Sub(l.Sent) > lives {
			continue
		}
		for _, id := range l.Escalations {
			names = append(names, e.Links.ToCall(id, to.UserID, to.ID, now))
		}
		return to, names, nil
	}
	return to, nil, desk.ErrNotFound
}

func digits(number string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
}

// member is who answered: named in the way's list, or the way's own person where nobody else reads it.
func (e *Escalator) member(ctx context.Context, a desk.Answer, w desk.Way) (desk.Actor, error) {
	known, err := desk.Members("people", w.Settings["people"])
	if err != nil {
		return desk.Actor{}, err
	}
	address, listed := known[a.From]
	alone := a.Alone || w.Kind == "sms" && digits(w.Settings["to"]) == digits(a.From)
	users, err := e.Store.Users(ctx)
	if err != nil {
		return desk.Actor{}, err
	}
	for _, u := range users {
		mine := w.UserID == u.ID && (alone || listed && address == "")
		if mine || listed && address != "" && strings.EqualFold(u.Email, address) {
			if u.Disabled {
				break
			}
			return u.As(desk.ActorOf(ctx).From), nil
		}
	}
	return desk.Actor{}, e.stranger(ctx, a, w)
}

// stranger writes down that somebody answered whom nobody knows.
func (e *Escalator) stranger(ctx context.Context, a desk.Answer, w desk.Way) error {
	now, err := e.Store.Now(ctx)
	if err != nil {
		return err
	}
	say := desk.Say("{who} answered by {way} and was refused: nobody here is known by that.", "who", strings.TrimSpace(a.Name+" ("+a.From+")"), "way", w.Name)
	_, err = e.Store.Record(ctx, theDesk("answer.refuse", now), "way:"+strconv.FormatInt(w.ID, 10), desk.Out{Say: say})
	return errors.Join(ErrStranger, err)
}
