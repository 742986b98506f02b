package approve

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"breakwater/desk"
)

// Promises is what promises need of storage.
type Promises interface {
	Promises(ctx context.Context, brandID, incidentID int64, state string, from time.Time, n int) ([]desk.Promise, error)
	Promise(ctx context.Context, id int64) (desk.Promise, error)
	ChangePromise(ctx context.Context, id int64, act desk.Act, change func(*desk.Promise, *desk.Out) error) (desk.Promise, error)
}

// Promised lists the open promises of a brand or an incident, the next due first; 0 does not restrict.
func (g *Gate) Promised(ctx context.Context, brandID, incidentID int64) ([]desk.Promise, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return g.store.Promises(ctx, brandID, incidentID, desk.PromiseOpen, time.Time{}, 50)
}

// Promises lists promises of any state that are due from a time on, the earliest first.
func (g *Gate) Promises(ctx context.Context, brandID, incidentID int64, from time.Time) ([]desk.Promise, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return g.store.Promises(ctx, brandID, incidentID, "", from, 200)
}

// Promise starts the clock of something promised in public. In an incident it takes the incident's brand. For responders.
func (g *Gate) Promise(ctx context.Context, p desk.Promise) (desk.Promise, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return p, err
	}
	if p.IncidentID != 0 {
		i, err := g.store.Incident(ctx, p.IncidentID)
		if err != nil {
			return p, err
		}
		p.BrandID = i.BrandID
	} else if _, err := g.store.Brand(ctx, p.BrandID); err != nil {
		return p, err
	}
	act := g.act(ctx, "promise.make", "")
	p.Made, p.By, p.State, p.Due = act.At, act.Name, desk.PromiseOpen, p.Due.UTC()
	if err := p.Check(); err != nil {
		return p, err
	}
	return g.store.ChangePromise(ctx, 0, act, func(n *desk.Promise, out *desk.Out) error {
		id := n.ID
		*n = p
		n.ID, n.Version = id, 0
		out.IncidentID = n.IncidentID
		out.Say = desk.Say("{name} promised by {time}: {text}", "name", act.Name, "time", n.Due, "text", n.Text)
		out.Jobs = clocks(n)
		return nil
	})
}

// clocks are the times at which a promise is looked at.
func clocks(p *desk.Promise) []desk.Job {
	e := errand{Promise: p.ID, Since: p.Made}
	key := fmt.Sprintf("promise:%d/", p.ID)
	return []desk.Job{e.job(jobPromise, key+desk.PromiseSoon, p.Due.Add(-desk.SoonBefore)), e.job(jobPromise, key+desk.PromiseLate, p.Due)}
}

// EndPromise says that a promise was kept elsewhere, or takes it back for a reason. For responders.
func (g *Gate) EndPromise(ctx context.Context, id int64, state, why string) (desk.Promise, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Promise{}, err
	}
	if state != desk.PromiseKept && state != desk.PromiseDropped {
		return desk.Promise{}, desk.Wrong("state", "A promise is kept or taken back.")
	}
	act := g.act(ctx, "promise."+state, why)
	return g.store.ChangePromise(ctx, id, act, func(p *desk.Promise, out *desk.Out) error {
		out.IncidentID = p.IncidentID
		out.Say = desk.Say("{name} says that the promise was kept: {text}", "name", act.Name, "text", p.Text)
		if state == desk.PromiseDropped {
			out.Say = desk.Say("{name} took a promise back: {text}", "name", act.Name, "text", p.Text)
		}
		return p.End(state, 0, why, act.At)
	})
}

// keepPromises ends the open promises that a statement kept: one that went out after the promise was made, in its incident, or
// outside of one for the same brand.
func (g *Gate) keepPromises(ctx context.Context) error {
	open, err := g.store.Promises(ctx, 0, 0, desk.PromiseOpen, time.Time{}, 200)
	for _, p := range open {
		err = errors.Join(err, g.keep(ctx, p))
	}
	return err
}

func (g *Gate) keep(ctx context.Context, p desk.Promise) error {
	out, err := g.store.Statements(ctx, p.BrandID, p.IncidentID, desk.StatementPublished, desk.Paging{Limit: 50})
	if err != nil {
		return err
	}
	for _, s := range out {
		if s.ID == p.StatementID || s.IncidentID != p.IncidentID || s.DrillID != 0 && p.IncidentID == 0 || !s.Published.After(p.Made) {
			continue
		}
		_, err := g.store.ChangePromise(ctx, p.ID, theDesk("promise.kept", time.Now().UTC()), func(p *desk.Promise, out *desk.Out) error {
			if out.Skip = p.State != desk.PromiseOpen; out.Skip {
				return nil
			}
			out.IncidentID, out.Say = p.IncidentID, desk.Say("The promise is kept by {title}: {text}", "title", s.Title, "text", p.Text)
			return p.End(desk.PromiseKept, s.ID, "", s.Published)
		})
		return err
	}
	return nil
}

// promiseDue tells people that a promised time comes near or has passed, once each.
func (g *Gate) promiseDue(ctx context.Context, e errand) error {
	p, err := g.store.Promise(ctx, e.Promise)
	if err != nil {
		return err
	}
	if err := g.keep(ctx, p); err != nil {
		return err
	}
	people, err := g.store.Users(ctx)
	if err != nil {
		return err
	}
	of, err := g.incidentOf(ctx, p)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	_, err = g.store.ChangePromise(ctx, e.Promise, theDesk("promise.due", now), func(p *desk.Promise, out *desk.Out) error {
		tell := p.Tell(now)
		if out.Skip = tell == ""; out.Skip {
			return nil
		}
		p.Told = tell
		out.IncidentID = p.IncidentID
		out.Say = desk.Say("A promise is due soon: {text}", "text", p.Text)
		if tell == desk.PromiseLate {
			out.Say = desk.Say("A promise is late: {text}", "text", p.Text)
			e := errand{Promise: p.ID, Since: now}
			out.Jobs = append(out.Jobs, e.job(jobLate, fmt.Sprintf("promise:%d/alarm", p.ID), now))
		}
		if of.DrillID == 0 { // people are called, until somebody takes it up; whoever rehearses is written to
			out.Jobs = append(out.Jobs, nearing(p, of, tell).Job())
			return nil
		}
		for _, to := range leads(people) {
			e := errand{What: tell, Promise: p.ID, User: to, Since: now}
			out.Jobs = append(out.Jobs, e.job(jobLetter, fmt.Sprintf("promise:%d/%s/user:%d", p.ID, tell, to), now))
		}
		return nil
	})
	return err
}

// incidentOf is the incident that a promise was made in; without one its zero value.
func (g *Gate) incidentOf(ctx context.Context, p desk.Promise) (desk.Incident, error) {
	if p.IncidentID == 0 {
		return desk.Incident{}, nil
	}
	return g.store.Incident(ctx, p.IncidentID)
}

// nearing brings a promise to the people who are on call: when it is late at the level of its incident, before that at the one
// below, so that whoever took it up is called again when it was not kept.
func nearing(p *desk.Promise, of desk.Incident, tell string) desk.Matter {
	m := desk.Matter{About: "promise:" + strconv.FormatInt(p.ID, 10), Stage: desk.StageClock, BrandID: p.BrandID, Path: "/statements"}
	if p.IncidentID != 0 {
		m.Path = "/incidents/" + strconv.FormatInt(p.IncidentID, 10)
	}
	m.Level, m.Title = max(of.Level, desk.Issue), desk.Say("Late: {text}", "text", p.Text)
	if tell == desk.PromiseSoon {
		m.Level, m.Title = m.Level-1, desk.Say("Due soon: {text}", "text", p.Text)
	}
	return m
}

// promiseLate shows everybody a promise that was not kept in time.
func (g *Gate) promiseLate(ctx context.Context, e errand) error {
	p, err := g.store.Promise(ctx, e.Promise)
	if err != nil || p.State != desk.PromiseOpen || g.Show == nil {
		return err
	}
	if of, err := g.incidentOf(ctx, p); err != nil || of.DrillID != 0 {
		return err // a rehearsal rings nowhere
	}
	g.Show(ctx, p.BrandID, "promise-late:"+strconv.FormatInt(p.ID, 10), desk.Say("A promise is late: {text}", "text", p.Text))
	return nil
}

func (g *Gate) promiseLetter(ctx context.Context, key string, e errand) (l desk.Mail, ok bool, err error) {
	p, err := g.store.Promise(ctx, e.Promise)
	if err != nil || p.State != desk.PromiseOpen {
		return l, false, err
	}
	l = desk.Mail{Key: key, BrandID: p.BrandID, Link: g.url + "/statements", Button: desk.Say("Write the update"),
		Subject: desk.Say("Due soon: {text}", "text", p.Text), Lines: []desk.Text{desk.Say("We promised this by {time}.", "time", p.Due)}}
	if e.What == desk.PromiseLate {
		l.Subject = desk.Say("Late: {text}", "text", p.Text)
		l.Lines = append(l.Lines, desk.Say("Two honest sentences are better than silence: what is known, what is not, when the next word comes."))
	}
	if p.IncidentID != 0 {
		l.Link = g.url + "/incidents/" + strconv.FormatInt(p.IncidentID, 10)
	}
	return l, true, nil
}
