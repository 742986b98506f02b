package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
)

func (c *Console) promiseRoutes() []route {
	return []route{
		{"POST /promises", desk.Responder, c.promiseMake},
		{"POST /promises/{id}/end", desk.Responder, c.promiseEnd},
	}
}

// promiseView is a promise with its countdown.
type promiseView struct {
	desk.Promise
	Zone *time.Location
	Over bool // its time has passed
	Soon bool
}

func promiseViews(all []desk.Promise, z *time.Location, now time.Time) (views []promiseView) {
	for _, p := range all {
		views = append(views, promiseView{p, z, p.Late(now), !p.Late(now) && p.Due.Sub(now) < desk.SoonBefore})
	}
	return views
}

func (c *Console) promiseMake(w http.ResponseWriter, r *http.Request) error {
	if err := c.promise(r.Context(), r, desk.Promise{BrandID: visitOf(r).brand.ID, IncidentID: number(r.PostFormValue("incident"))}); err != nil {
		return err
	}
	return seeOther(w, r, "/statements", "promised")
}

// promise makes a promise of what the form says: a clock time of today, or of tomorrow once it has passed.
func (c *Console) promise(ctx context.Context, r *http.Request, p desk.Promise) error {
	due, err := nextClock(r.PostFormValue("promise"), zone(visitOf(r).brand), time.Now())
	if err != nil {
		return desk.Wrong("due", "Give the time as a clock shows it, like 17:00.")
	}
	p.Due, p.Text = due, strings.TrimSpace(r.PostFormValue("promise_text"))
	if p.Text == "" {
		p.Text = visitOf(r).speak.T("Next update")
	}
	_, err = c.Words.Promise(ctx, p)
	return err
}

// nextClock is the next time at which a clock in the zone shows hh:mm.
func nextClock(s string, z *time.Location, now time.Time) (time.Time, error) {
	at, err := time.Parse("15:04", strings.ReplaceAll(strings.TrimSpace(s), ".", ":"))
	if err != nil {
		return at, err
	}
	n := now.In(z)
	due := time.Date(n.Year(), n.Month(), n.Day(), at.Hour(), at.Minute(), 0, 0, z)
	if !due.After(n) {
		due = time.Date(n.Year(), n.Month(), n.Day()+1, at.Hour(), at.Minute(), 0, 0, z)
	}
	return due.UTC(), nil
}

func (c *Console) promiseEnd(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Words.EndPromise(r.Context(), id, r.PostFormValue("state"), r.PostFormValue("why")); err != nil {
		return err
	}
	return seeOther(w, r, "/statements", "saved")
}
