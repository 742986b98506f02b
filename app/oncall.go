package app

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/connector/push"
	"breakwater/desk"
	"breakwater/internal/say"
	"breakwater/oncall"
)

// newOncall puts together who is on call and who calls them.
func newOncall(s *stages, c Config) {
	links := oncall.Links{Key: c.callKey}
	s.roster = &oncall.Roster{Store: s.db, Links: links}
	s.escalator = oncall.NewEscalator(s.db, links, c.Log)
	s.escalator.Mute = s.muteFor
	s.escalator.Standing, s.escalator.Role, s.escalator.Taken = s.standing, s.roleOf, s.taken
	s.postman = oncall.NewPostman(s.db, s.escalator, c.Log)
	s.postman.Carry = s.carry(c.publicURL())
}

// standing is what the stage that a matter belongs to knows of it.
func (s *stages) standing(ctx context.Context, m desk.Matter) (oncall.Standing, error) {
	kind, rest, _ := strings.Cut(m.About, ":")
	id, _ := strconv.ParseInt(rest, 10, 64)
	switch kind {
	case "alert":
		a, err := s.db.Alert(ctx, id)
		if errors.Is(err, desk.ErrNotFound) {
			return oncall.Standing{Over: true}, nil
		}
		return oncall.Standing{Over: a.State == desk.AlertEnded, Taken: a.SeenBy, TakenBy: a.SeenUser, Muted: a.MutedUntil}, err
	case "incident":
		i, err := s.db.Incident(ctx, id)
		if errors.Is(err, desk.ErrNotFound) {
			return oncall.Standing{Over: true}, nil
		}
		return oncall.Standing{Over: i.State != desk.IncidentOpen}, err
	case "promise":
		p, err := s.db.Promise(ctx, id)
		if errors.Is(err, desk.ErrNotFound) {
			return oncall.Standing{Over: true}, nil
		}
		return oncall.Standing{Over: p.State != desk.PromiseOpen}, err
	case "statement":
		one, err := s.db.Statement(ctx, id)
		if errors.Is(err, desk.ErrNotFound) {
			return oncall.Standing{Over: true}, nil
		}
		return oncall.Standing{Over: one.State != desk.StatementReview || one.Round != m.Again}, err
	}
	return oncall.Standing{}, nil
}

// roleOf is who has a role in the plan that a brand runs by.
func (s *stages) roleOf(ctx context.Context, brandID int64, name string, deputy bool) (int64, error) {
	p, err := s.plans.Current(ctx, brandID)
	if err != nil {
		if errors.Is(err, desk.ErrNotFound) {
			return 0, nil
		}
		return 0, err
	}
	for _, r := range p.Roles {
		switch {
		case !strings.EqualFold(r.Name, name):
		case deputy:
			return r.DeputyID, nil
		default:
			return r.UserID, nil
		}
	}
	return 0, nil
}

// taken has an alert that was taken up from a message be seen in the console as well.
func (s *stages) taken(ctx context.Context, e desk.Escalation, _ desk.Ack) {
	rest, ok := strings.CutPrefix(e.About, "alert:")
	if id, err := strconv.ParseInt(rest, 10, 64); ok && err == nil {
		if _, err := s.router.See(ctx, id); err != nil {
			s.poller.Log.Error("an alert that was taken up could not be marked", "alert", id, "error", err)
		}
	}
}

// relook tells escalations of what became of what they are about.
func (s *stages) relook(e desk.Entry) {
	switch e.Do {
	case "alert.see", "alert.decide", "alert.mute", "alert.end", "incident.close":
		s.escalator.Nudge(e.On)
		return
	}
	if strings.HasPrefix(e.Do, "promise.") || strings.HasPrefix(e.Do, "statement.") {
		s.escalator.Nudge(e.On)
	}
}

// carry brings a letter: by its way, or to the address of its person's account by the desk's own mail.
func (s *stages) carry(url string) func(context.Context, desk.Letter, []desk.Escalation) (string, error) {
	return func(ctx context.Context, l desk.Letter, about []desk.Escalation) (string, error) {
		u, err := s.db.User(ctx, l.UserID)
		switch {
		case errors.Is(err, desk.ErrNotFound), err == nil && u.Disabled:
			return "", oncall.ErrNobody
		case err != nil:
			return "", err
		}
		w, err := s.wayOf(ctx, l, u, about)
		if err != nil {
			return "", err
		}
		m, err := s.letter(ctx, l, u, w, about, url)
		if err != nil {
			return "", err
		}
		carrier, err := s.carrier(w)
		if err != nil {
			return "", err
		}
		return carrier.Send(ctx, m)
	}
}

// wayOf is the way that a letter goes.
func (s *stages) wayOf(ctx context.Context, l desk.Letter, u desk.User, about []desk.Escalation) (desk.Way, error) {
	if l.WayID != 0 {
		return s.db.Way(ctx, l.WayID)
	}
	return s.mailWay(ctx, brandOf(about), addressee{u.Email, u.Lang})
}

// brandOf is the brand that all matters of a letter are of; 0: of several.
func brandOf(about []desk.Escalation) int64 {
	if len(about) == 0 || slices.ContainsFunc(about, func(e desk.Escalation) bool { return e.BrandID != about[0].BrandID }) {
		return 0
	}
	return about[0].BrandID
}

// letter puts a letter into its reader's words. One alert is told in full, many by their names and numbers.
func (s *stages) letter(ctx context.Context, l desk.Letter, u desk.User, w desk.Way, about []desk.Escalation, url string) (alert.Message, error) {
	if w.Lang == "" {
		w.Lang = u.Lang
	}
	speak, key := say.For(w.Lang, ""), oncall.Key(l)
	if len(about) == 1 {
		e := about[0]
		actions, err := s.actions(ctx, speak, l, u, e, url)
		if err != nil {
			return alert.Message{}, err
		}
		if id, ok := strings.CutPrefix(e.About, "alert:"); ok {
			n, _ := strconv.ParseInt(id, 10, 64)
			m, err := s.mailman.Compose(ctx, key, n, w, actions)
			if !errors.Is(err, desk.ErrNotFound) {
				return m, err
			}
		}
		note := alert.Note{Lang: speak.Tag(), Title: strings.Join(strings.Fields(speak.Text(e.Title)), " "), Lines: s.lines(ctx, speak, e),
			Actions: actions, Link: url + e.Path, Open: speak.T("Open the desk")}
		return note.Message(key, w, e.Level)
	}
	matters := make([]desk.Matter, len(about))
	for i := range about {
		matters[i] = about[i].Matter
	}
	return alert.Digest(speaker{}, speak.Tag(), matters, url+"/oncall/calls").Message(key, w, l.Level)
}

// actions are what may be done from a letter about one matter.
func (s *stages) actions(ctx context.Context, speak *say.Printer, l desk.Letter, u desk.User, e desk.Escalation, url string) ([]alert.Action, error) {
	all := []alert.Action{s.takeAction(speak, l, e, url)}
	rest, ok := strings.CutPrefix(e.About, "statement:")
	if id, err := strconv.ParseInt(rest, 10, 64); ok && err == nil {
		sign, err := s.words.SignLink(ctx, id, u)
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return nil, err
		}
		if sign != "" {
			all = append(all, alert.Action{Text: speak.T("Read and decide"), URL: sign})
		}
	}
	return all, nil
}

// offer is what those who read a team's way may do from a message about an alert.
func (s *stages) offer(url string) func(context.Context, desk.Alert, desk.Way) []alert.Action {
	return func(_ context.Context, a desk.Alert, w desk.Way) []alert.Action {
		if a.Apart || w.Kind == "ntfy" && w.Settings["token"] == "" { // anybody reads a topic without a token
			return nil
		}
		token := s.escalator.Links.ToAlert(a.ID, w.ID, time.Now())
		return []alert.Action{inWords(say.For(w.Lang, ""), alert.Action{URL: url + "/call/" + token, Token: token}, true)}
	}
}

// readByProgram reports whether a program reads a way.
func (s *stages) readByProgram(w desk.Way) bool {
	return slices.ContainsFunc(s.kinds, func(k connector.Kind) bool { return k.Spec.Kind == w.Kind && k.Each })
}

func (s *stages) takeAction(speak *say.Printer, l desk.Letter, e desk.Escalation, url string) alert.Action {
	token := s.escalator.Links.ToCall(e.ID, l.UserID, l.WayID, time.Now())
	a := inWords(speak, alert.Action{URL: url + "/call/" + token, Token: token}, strings.HasPrefix(e.About, "alert:"))
	if e.Stage == desk.StageRehearsal {
		a.Text = speak.T("Yes, it reached me")
	}
	return a
}

// inWords says what can be done by an action, wherever it is read.
func inWords(speak *say.Printer, a alert.Action, mutes bool) alert.Action {
	a.Text, a.Press = speak.T("Acknowledge"), speak.T("Press 1 to take it, or write 1 back.")
	if mutes {
		a.Mute = speak.T("Mute for an hour")
	}
	return a
}

// muteFor has an alert be muted by a button, which asks for no reason.
func (s *stages) muteFor(ctx context.Context, alert int64, until time.Time) error {
	_, err := s.router.Mute(ctx, alert, until, say.For(desk.ActorOf(ctx).Lang, "").T("Muted from a message"))
	return err
}

// lines are what a matter that is no alert says.
func (s *stages) lines(ctx context.Context, speak *say.Printer, e desk.Escalation) []string {
	switch e.Stage {
	case desk.StageRehearsal:
		return []string{speak.T("This is a rehearsal. Nothing happened. Press the button, so that your team sees that you can be reached.")}
	case desk.StageRoom:
		return []string{speak.T("A crisis was declared. Your team needs you in the room."), speak.Text(desk.Say(e.Level.String()))}
	}
	all := []string{speak.Text(desk.Say(e.Level.String()))}
	if e.Stage == desk.StageClock {
		all = append(all, s.clockLine(ctx, speak, e))
	}
	return all
}

// clockLine says what a clock runs for.
func (s *stages) clockLine(ctx context.Context, speak *say.Printer, e desk.Escalation) string {
	rest, ok := strings.CutPrefix(e.About, "promise:")
	if !ok {
		return speak.T("Those who were asked to sign let their time pass. Whoever may sign instead is needed.")
	}
	id, _ := strconv.ParseInt(rest, 10, 64)
	p, err := s.db.Promise(ctx, id)
	if err != nil {
		return "" // it was ended meanwhile; the title says what it was
	}
	at := p.Due.In(s.zoneOf(ctx, e.BrandID))
	return speak.T("We promised this by {time}.", "time", speak.When(at)+" "+at.Format("MST"))
}

// publicPushKey is what browsers are told of the desk's key; empty without one.
func (s *stages) publicPushKey() string {
	k, err := push.PublicKey(s.pushKey)
	if err != nil {
		return ""
	}
	return k
}
