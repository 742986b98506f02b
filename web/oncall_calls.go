package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
	"breakwater/oncall"
)

// callView is an escalation with the names of its people.
type callView struct {
	desk.Escalation
	Names  map[int64]string
	Rounds []calledView
}

// calledView is one step that was taken.
type calledView struct {
	Step, Round int
	At          time.Time
	Who         []string
}

func newCallView(e desk.Escalation, names map[int64]string) callView {
	v := callView{Escalation: e, Names: names}
	for _, c := range e.Called {
		n := len(v.Rounds) - 1
		if n < 0 || !v.Rounds[n].At.Equal(c.At) || v.Rounds[n].Step != c.Step+1 {
			v.Rounds = append(v.Rounds, calledView{Step: c.Step + 1, Round: c.Round, At: c.At})
			n++
		}
		v.Rounds[n].Who = append(v.Rounds[n].Who, names[c.UserID])
	}
	return v
}

// callsPage lists escalations.
type callsPage struct {
	Frame
	Calls []callView
	Pager pagerView
}

const callsShown = 50

func (c *Console) callList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	names, _, err := c.everybody(ctx)
	if err != nil {
		return err
	}
	all, err := c.Escalator.List(ctx, visitOf(r).brand.ID, "", desk.Paging{Before: number(r.URL.Query().Get("before")), Limit: callsShown + 1})
	if err != nil {
		return err
	}
	p := &callsPage{}
	all, p.Pager = pieceOf(r, all, callsShown, func(e desk.Escalation) int64 { return e.ID })
	for _, e := range all {
		p.Calls = append(p.Calls, newCallView(e, names))
	}
	return c.render(w, r, "oncall/calls", p)
}

// callPage shows one escalation: who was called, by which way, and who took it up.
type callPage struct {
	Frame
	Call    callView
	Letters []letterView
	CanTake bool
}

// letterView is a letter with names.
type letterView struct {
	desk.Letter
	Who, Way string
	Took     time.Duration // from the call to the receiver; 0: not there yet
	Answered time.Time
	After    time.Duration // from the call to the answer
}

func (c *Console) callShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	e, err := c.Escalator.One(r.Context(), id)
	if err != nil {
		return err
	}
	p := &callPage{}
	if err := c.fillCall(r.Context(), p, e); err != nil {
		return err
	}
	return c.render(w, r, "oncall/call", p)
}

func (c *Console) fillCall(ctx context.Context, p *callPage, e desk.Escalation) error {
	names, _, err := c.everybody(ctx)
	if err != nil {
		return err
	}
	letters, err := c.Postman.About(ctx, e)
	if err != nil {
		return err
	}
	p.Call = newCallView(e, names)
	for _, l := range letters {
		p.Letters = append(p.Letters, newLetterView(l, e, names))
	}
	who := desk.ActorOf(ctx)
	p.CanTake = (e.Open() || e.State == desk.EscalationSpent) && !e.Acked(who.UserID)
	return nil
}

func newLetterView(l oncall.Told, e desk.Escalation, names map[int64]string) letterView {
	v := letterView{Letter: l.Letter, Who: names[l.UserID], Way: l.Way}
	if !l.Sent.IsZero() {
		v.Took = max(l.Sent.Sub(l.Asked), time.Millisecond)
	}
	for _, a := range e.Acks {
		if a.UserID == l.UserID {
			v.Answered, v.After = a.At, a.At.Sub(l.Asked)
		}
	}
	return v
}

func (c *Console) callTake(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Escalator.Take(r.Context(), id, "console"); err != nil {
		return err
	}
	return seeOther(w, r, "/oncall/calls/"+itoa(id), "seen")
}

// rehearsalPage shows whether everybody can be reached, and how fast.
type rehearsalPage struct {
	callPage
	Any     bool
	Reached int // people who answered
	People  int
	Heart   heartView
}

// heartView is how the desk itself is, and who outside notices when it falls silent.
type heartView struct {
	desk.Pulse
	URL   string // for admins
	There bool
	Every int // seconds
}

func (c *Console) heartView(ctx context.Context) (v heartView, err error) {
	if v.Pulse, err = c.Heart.Pulse(ctx); err != nil {
		return v, err
	}
	set, there, err := c.Heart.Setting(ctx)
	v.URL, v.There, v.Every = set.URL, there, set.Every
	return v, err
}

// heartSave changes where the desk says that it works.
func (c *Console) heartSave(w http.ResponseWriter, r *http.Request) error {
	wish := desk.Heartbeat{URL: strings.TrimSpace(r.PostFormValue("url")), Every: int(number(r.PostFormValue("every")))}
	_, err := c.Heart.Save(r.Context(), wish)
	if err == nil {
		return seeOther(w, r, "/oncall/rehearsal#heart", "saved")
	}
	p, failed := c.rehearsal(r)
	if failed != nil {
		return failed
	}
	p.Heart.URL, p.Heart.Every = wish.URL, wish.Every
	return c.again(w, r, "oncall/rehearsal", p, err)
}

func (c *Console) rehearsalShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.rehearsal(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "oncall/rehearsal", p)
}

func (c *Console) rehearsal(r *http.Request) (*rehearsalPage, error) {
	ctx := r.Context()
	p := &rehearsalPage{}
	e, err := c.Escalator.LastRehearsal(ctx, visitOf(r).brand.ID)
	switch {
	case errors.Is(err, desk.ErrNotFound):
	case err != nil:
		return nil, err
	default:
		p.Any = true
		if err := c.fillCall(ctx, &p.callPage, e); err != nil {
			return nil, err
		}
		p.count()
	}
	p.Heart, err = c.heartView(ctx)
	return p, err
}

func (p *rehearsalPage) count() {
	for _, round := range p.Call.Rounds {
		p.People += len(round.Who)
	}
	p.Reached = p.People - len(p.Call.Missing())
}

func (c *Console) rehearsalStart(w http.ResponseWriter, r *http.Request) error {
	if _, err := c.Escalator.Rehearse(r.Context(), visitOf(r).brand.ID); err != nil {
		return err
	}
	return seeOther(w, r, "/oncall/rehearsal", "rehearsed")
}

// linkPage is where a link in a message leads: big words, one button.
type linkPage struct {
	Frame
	Asked oncall.Asked
	Link  string
	Spent bool
	Took  bool
	Why   string
}

// Muted reports whether it was muted by this very link.
func (p *linkPage) Muted() bool { return p.Asked.Spent.Did == desk.AnswerMute }

// Mutes reports whether an alert may be muted from here: by a person's own link.
func (p *linkPage) Mutes() bool {
	return p.Asked.User.ID != 0 && strings.HasPrefix(p.Asked.Escalation.About, "alert:")
}

// linkShow changes nothing: programs that look for harm open every link of a message.
func (c *Console) linkShow(w http.ResponseWriter, r *http.Request) error {
	a, err := c.Escalator.ByLink(r.Context(), r.PathValue("link"))
	return c.linkAnswer(w, r, &linkPage{Asked: a}, err)
}

func (c *Console) linkTake(w http.ResponseWriter, r *http.Request) error {
	link := r.PathValue("link")
	if r.PostFormValue("do") != "mute" {
		a, err := c.Escalator.TakeByLink(r.Context(), link, "link")
		return c.linkAnswer(w, r, &linkPage{Asked: a, Took: true}, err)
	}
	p := &linkPage{Why: r.PostFormValue("why")}
	hours := min(max(number(r.PostFormValue("for")), 1), 24)
	a, err := c.Escalator.MuteByLink(r.Context(), link, func(ctx context.Context, alert int64) error {
		_, err := c.Alerts.Mute(ctx, alert, time.Now().UTC().Add(time.Duration(hours)*time.Hour), strings.TrimSpace(p.Why))
		return err
	})
	p.Asked = a
	return c.linkAnswer(w, r, p, err)
}

func (c *Console) linkAnswer(w http.ResponseWriter, r *http.Request, p *linkPage, err error) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	if p.Asked.User.Lang != "" {
		visitOf(r).speak = say.For(p.Asked.User.Lang, "")
	}
	p.Area, p.Link = "access", r.PathValue("link")
	switch {
	case errors.Is(err, oncall.ErrSpent):
		p.Spent = true
		return c.renderAs(w, r, http.StatusGone, "oncall/link", p)
	case err != nil:
		return c.again(w, r, "oncall/link", p, err)
	}
	return c.render(w, r, "oncall/link", p)
}

// reachSave keeps how the person wants to be called.
func (c *Console) reachSave(w http.ResponseWriter, r *http.Request) error {
	now, err := c.Roster.Reach(r.Context())
	if err != nil {
		return err
	}
	now.Zone, now.From, now.Until = r.PostFormValue("zone"), r.PostFormValue("quiet_from"), r.PostFormValue("quiet_until")
	now.Through, now.Cap = desk.Level(number(r.PostFormValue("through"))), int(number(r.PostFormValue("cap")))
	if _, err := c.Roster.SaveReach(r.Context(), now); err != nil {
		return c.meAgain(w, r, err)
	}
	return seeOther(w, r, "/me", "saved")
}
