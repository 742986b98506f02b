package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"breakwater/desk"
)

type factCmd struct {
	List factListCmd `cmd:"" help:"List the facts of an incident."`
	Show factShowCmd `cmd:"" help:"Show a fact with the texts that rest on it."`
	Add  factAddCmd  `cmd:"" help:"Write down a fact."`
	Set  factSetCmd  `cmd:"" help:"Change, confirm or withdraw a fact; texts that rest on it get a step to correct them."`
}

// factOut is a fact with the texts that rest on it.
type factOut struct {
	desk.Fact
	Citing []desk.Citing `json:"citing"`
}

func tellFact(w io.Writer, f factOut) {
	fmt.Fprintf(w, "fact %d, %s: %s\n  %s", f.ID, f.Name(), clean([]string{f.Text})[0], f.State)
	if f.Source != "" {
		fmt.Fprintf(w, ", from %s", clean([]string{f.Source})[0])
	}
	if f.CheckedBy != "" {
		fmt.Fprintf(w, ", verified by %s %s", clean([]string{f.CheckedBy})[0], when(f.CheckedAt))
	}
	fmt.Fprintln(w)
	for _, c := range f.Citing {
		where := "not sent yet"
		if c.Post.ID != 0 {
			where = c.Channel + ", " + c.Post.State
		}
		fmt.Fprintf(w, "  cited by statement %d, %s (%s)\n", c.Statement.ID, clean([]string{c.Statement.Title})[0], where)
	}
}

type factListCmd struct {
	Incident int64 `arg:"" help:"Which incident."`
}

// Run lists facts.
func (f *factListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/incidents/"+id(f.Incident)+"/facts", nil, 0, "ID NO STATE AT SOURCE VERIFIED TEXT", func(x desk.Fact) []string {
		return []string{id(x.ID), x.Name(), x.State, when(x.At), cut(x.Source, 30), cut(x.CheckedBy, 30), cut(x.Text, 100)}
	})
}

type factShowCmd struct {
	ID int64 `arg:"" help:"Which fact."`
}

// Run shows a fact.
func (f *factShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/facts/"+id(f.ID), nil, tellFact)
}

// factFields are what is said about a fact.
type factFields struct {
	State  string `help:"unconfirmed, confirmed or withdrawn." enum:",unconfirmed,confirmed,withdrawn" default:""`
	Source string `help:"Who or what it comes from."`
	Link   string `help:"Link to it."`
	By     string `help:"Who verified it; without it the token's name."`
}

type factAddCmd struct {
	Incident int64  `arg:"" help:"Which incident."`
	Text     string `arg:"" help:"What is so."`
	factFields
}

// Run adds a fact.
func (f *factAddCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := desk.Fact{Text: f.Text, State: f.State, Source: f.Source, Link: f.Link, CheckedBy: f.By}
	return show(c, http.MethodPost, "/incidents/"+id(f.Incident)+"/facts", factBody(in), tellFact)
}

type factSetCmd struct {
	ID   int64  `arg:"" help:"Which fact."`
	Text string `help:"What is so."`
	Why  string `help:"Why it is withdrawn."`
	factFields
}

// Run changes a fact. What is not given stays as it is.
func (f *factSetCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	var was desk.Fact
	if err := c.call(http.MethodGet, "/facts/"+id(f.ID), nil, nil, &was); err != nil {
		return err
	}
	was.Text, was.State, was.Source, was.Link = or(f.Text, was.Text), or(f.State, was.State), or(f.Source, was.Source), or(f.Link, was.Link)
	was.CheckedBy, was.Why = or(f.By, was.CheckedBy), or(f.Why, was.Why)
	return show(c, http.MethodPut, "/facts/"+id(f.ID), factBody(was), tellFact)
}

// factBody is a fact as the API takes it.
func factBody(f desk.Fact) map[string]any {
	in := map[string]any{"text": f.Text, "source": f.Source, "link": f.Link, "checked_by": f.CheckedBy, "why": f.Why, "version": f.Version}
	if f.State != "" {
		in["state"] = f.State
	}
	if !f.At.IsZero() {
		in["at"] = f.At
	}
	return in
}
