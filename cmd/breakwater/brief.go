package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"breakwater/desk"
)

type briefCmd struct {
	ID     int64  `arg:"" help:"Which incident."`
	Length string `help:"executive: one page for those who decide; tactical: all that the team works with." enum:"executive,tactical" default:"executive"`
	Format string `help:"md, html (to print) or pdf (where a Chromium is installed beside the desk)." enum:"md,html,pdf" default:"md"`
	Lang   string `help:"Language: en, he, pl, id, zh-Hant or sv." default:"en"`
	Out    string `short:"o" help:"File to write; - is standard output." default:"-" placeholder:"FILE"`
}

// Run writes a situation brief.
func (b *briefCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.save(http.MethodGet, "/incidents/"+id(b.ID)+"/brief/"+b.Format+"?"+query("length", b.Length).Encode(), b.Lang, b.Out)
}

type adviceCmd struct {
	Show adviceShowCmd `cmd:"" help:"How to answer, and which level the signs ask for." default:"withargs"`
	Set  adviceSetCmd  `cmd:"" help:"Answer the six questions, and say what kind of incident it is."`
}

type adviceShowCmd struct {
	ID int64 `arg:"" help:"Which incident."`
}

// counsel is what the desk says about an incident.
type counsel struct {
	Appraisal desk.Appraisal `json:"appraisal"`
	Advice    struct {
		Cluster     string      `json:"cluster"`
		Why         desk.Text   `json:"why"`
		Raised      []desk.Text `json:"raised"`
		First       []desk.Text `json:"first"`
		Fits, Unfit []struct {
			Strategy string    `json:"strategy"`
			Why      desk.Text `json:"why"`
		}
		Open []string `json:"open"`
	} `json:"advice"`
	Level struct {
		Level    desk.Level `json:"level"`
		Score    float64    `json:"score"`
		FloorWhy desk.Text  `json:"floor_why"`
		Measures []struct {
			Name   string    `json:"name"`
			Weight float64   `json:"weight"`
			Points float64   `json:"points"`
			Known  bool      `json:"known"`
			Say    desk.Text `json:"say"`
		} `json:"measures"`
	} `json:"level"`
}

func tellCounsel(w io.Writer, c counsel) {
	fmt.Fprintf(w, "cluster: %s. %s\n", or(c.Advice.Cluster, "open"), c.Advice.Why.English())
	for _, t := range append(c.Advice.Raised, c.Advice.First...) {
		fmt.Fprintf(w, "  %s\n", t.English())
	}
	for _, o := range c.Advice.Fits {
		fmt.Fprintf(w, "fits: %s. %s\n", o.Strategy, o.Why.English())
	}
	for _, o := range c.Advice.Unfit {
		fmt.Fprintf(w, "does harm: %s. %s\n", o.Strategy, o.Why.English())
	}
	if len(c.Advice.Open) > 0 {
		fmt.Fprintf(w, "not answered yet: %s\n", strings.Join(c.Advice.Open, ", "))
	}
	fmt.Fprintf(w, "level: %d (%s), %.1f of 100 points. %s\n", c.Level.Level, c.Level.Level, c.Level.Score, c.Level.FloorWhy.English())
	for _, m := range c.Level.Measures {
		points := "not known"
		if m.Known {
			points = fmt.Sprintf("%.1f/%.0f", m.Points, m.Weight)
		}
		fmt.Fprintf(w, "  %-7s %-9s %s\n", m.Name, points, m.Say.English())
	}
}

// Run shows the advice.
func (a *adviceShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/incidents/"+id(a.ID)+"/advice", nil, tellCounsel)
}

type adviceSetCmd struct {
	ID       int64    `arg:"" help:"Which incident."`
	Danger   string   `help:"Is anybody in danger, or could be: yes, no."`
	True     string   `help:"Is what is said true: yes, partly, no."`
	Cause    string   `help:"nature, attack, challenge, technical, human, knowing."`
	Knew     string   `help:"Did we know of the risk, or break a rule: yes, no."`
	Before   string   `help:"Did the like happen to us before: yes, no."`
	Standing string   `help:"How we were thought of before: good, mixed, bad."`
	Category string   `help:"external, internal, product, service, employee, security, misinformation, policy."`
	Side     string   `help:"Where it comes from: external, internal."`
	Affected []string `help:"Who is affected: customers, staff, families …"`
	Teams    []string `help:"Who has to work on it."`
}

// Run answers the questions. What is not given stays as it is.
func (a *adviceSetCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	var now counsel
	if err := c.call(http.MethodGet, "/incidents/"+id(a.ID)+"/advice", nil, nil, &now); err != nil {
		return err
	}
	w := now.Appraisal
	in := map[string]any{"danger": or(a.Danger, w.Danger), "true": or(a.True, w.True), "cause": or(a.Cause, w.Cause), "knew": or(a.Knew, w.Knew),
		"before": or(a.Before, w.Before), "standing": or(a.Standing, w.Standing), "category": or(a.Category, w.Category), "side": or(a.Side, w.Side),
		"affected": append([]string{}, w.Affected...), "teams": append([]string{}, w.Teams...), "version": w.Version}
	if a.Affected != nil {
		in["affected"] = a.Affected
	}
	if a.Teams != nil {
		in["teams"] = a.Teams
	}
	if err := c.call(http.MethodPut, "/incidents/"+id(a.ID)+"/appraisal", nil, in, nil); err != nil {
		return err
	}
	return show(c, http.MethodGet, "/incidents/"+id(a.ID)+"/advice", nil, tellCounsel)
}
