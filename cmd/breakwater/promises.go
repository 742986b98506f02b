package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"breakwater/desk"
)

type promiseCmd struct {
	List promiseListCmd `cmd:"" help:"List open promises, the next due first."`
	Make promiseMakeCmd `cmd:"" help:"Start the clock of a promise: the next update by a time."`
	Kept promiseKeptCmd `cmd:"" help:"Say that a promise was kept elsewhere."`
	Drop promiseDropCmd `cmd:"" help:"Take a promise back, for a reason."`
}

type promiseListCmd struct {
	Brand    int64 `help:"Only of this brand." placeholder:"ID"`
	Incident int64 `help:"Only of this incident." placeholder:"ID"`
}

// Run lists open promises.
func (x *promiseListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/promises", query("brand", id(x.Brand), "incident", id(x.Incident)), 0, "ID DUE INCIDENT BY PROMISE", func(p desk.Promise) []string {
		due := when(p.Due)
		if p.Late(time.Now()) {
			due += " late"
		}
		return []string{id(p.ID), due, id(p.IncidentID), p.By, cut(p.Text, 80)}
	})
}

type promiseMakeCmd struct {
	By       time.Time `arg:"" help:"The promised time, like 2026-11-27T17:00:00Z."`
	Text     string    `help:"What was promised." default:"Next update"`
	Incident int64     `help:"The incident." placeholder:"ID"`
	Brand    int64     `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

func tellPromise(w io.Writer, p desk.Promise) {
	fmt.Fprintf(w, "promise %d: %s by %s, %s\n", p.ID, p.Text, when(p.Due), p.State)
}

// Run starts the clock of a promise.
func (x *promiseMakeCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if x.Brand == 0 && x.Incident == 0 {
		if x.Brand, err = onlyBrand(c); err != nil {
			return err
		}
	}
	in := map[string]any{"brand_id": id(x.Brand), "incident_id": id(x.Incident), "text": x.Text, "due": x.By.UTC()}
	return show(c, http.MethodPost, "/promises", in, tellPromise)
}

type promiseKeptCmd struct {
	ID int64 `arg:"" help:"Which promise."`
}

// Run says that a promise was kept.
func (x *promiseKeptCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/promises/"+id(x.ID)+"/end", map[string]any{"state": desk.PromiseKept}, tellPromise)
}

type promiseDropCmd struct {
	ID  int64  `arg:"" help:"Which promise."`
	Why string `help:"Why." required:""`
}

// Run takes a promise back.
func (x *promiseDropCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/promises/"+id(x.ID)+"/end", map[string]any{"state": desk.PromiseDropped, "why": x.Why}, tellPromise)
}
