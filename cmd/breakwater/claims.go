package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"breakwater/desk"
)

type claimCmd struct {
	List    claimListCmd    `cmd:"" help:"List the claims of an incident."`
	Show    claimShowCmd    `cmd:"" help:"Show a claim with how far it has got."`
	Add     claimAddCmd     `cmd:"" help:"Write down a claim."`
	Set     claimSetCmd     `cmd:"" help:"Change a claim, or give its verdict."`
	Similar claimSimilarCmd `cmd:"" help:"Find mentions that may make a claim."`
	Link    claimLinkCmd    `cmd:"" help:"Say whether mentions make a claim."`
	Export  claimExportCmd  `cmd:"" help:"Write the decided claims of an incident as ClaimReview (JSON-LD)."`
}

// trackOut is a claim with how far it has got.
type trackOut struct {
	desk.Claim
	Spread desk.Spread `json:"spread"`
}

func tellClaim(w io.Writer, c trackOut) {
	fmt.Fprintf(w, "claim %d, %s: %s\n  %s", c.ID, c.Name(), clean([]string{c.Text})[0], c.Verdict)
	if c.CheckedBy != "" {
		fmt.Fprintf(w, ", says %s", clean([]string{c.CheckedBy})[0])
	}
	fmt.Fprintln(w)
	if c.Correction != "" {
		fmt.Fprintf(w, "  say instead: %s\n", clean([]string{c.Correction})[0])
	}
	if s := c.Spread; s.Mentions > 0 {
		fmt.Fprintf(w, "  %d mentions by %d people with %d followers, %s to %s\n", s.Mentions, s.People, s.Reach, when(s.First), when(s.Last))
	}
}

type claimListCmd struct {
	Incident int64 `arg:"" help:"Which incident."`
}

// Run lists claims.
func (x *claimListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/incidents/"+id(x.Incident)+"/claims", nil, 0, "ID NO VERDICT CLAIM INSTEAD", func(x desk.Claim) []string {
		return []string{id(x.ID), x.Name(), x.Verdict, cut(x.Text, 80), cut(x.Correction, 80)}
	})
}

type claimShowCmd struct {
	ID int64 `arg:"" help:"Which claim."`
}

// Run shows a claim.
func (x *claimShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/claims/"+id(x.ID), nil, tellClaim)
}

// claimFields are what is said about a claim.
type claimFields struct {
	Verdict    string   `help:"checking, true, false, misleading or unproven." enum:",checking,true,false,misleading,unproven" default:""`
	Evidence   string   `help:"What shows it."`
	Correction string   `help:"What to say instead."`
	Links      []string `help:"Links to evidence." sep:"none" placeholder:"URL"`
	Words      []string `help:"Searches that find mentions which make it." sep:"none"`
}

type claimAddCmd struct {
	Incident int64   `arg:"" help:"Which incident."`
	Text     string  `arg:"" help:"What is claimed, in one sentence."`
	Mentions []int64 `help:"Mentions that make it." placeholder:"ID"`
	claimFields
}

// Run adds a claim.
func (x *claimAddCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := claimBody(desk.Claim{Text: x.Text, Verdict: x.Verdict, Evidence: x.Evidence, Correction: x.Correction, Links: x.Links, Words: x.Words})
	in["mentions"] = desk.IDs(x.Mentions)
	return show(c, http.MethodPost, "/incidents/"+id(x.Incident)+"/claims", in, tellClaim)
}

type claimSetCmd struct {
	ID   int64  `arg:"" help:"Which claim."`
	Text string `help:"What is claimed."`
	claimFields
}

// Run changes a claim. What is not given stays as it is.
func (x *claimSetCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	var was desk.Claim
	if err := c.call(http.MethodGet, "/claims/"+id(x.ID), nil, nil, &was); err != nil {
		return err
	}
	was.Text, was.Verdict, was.Evidence, was.Correction = or(x.Text, was.Text), or(x.Verdict, was.Verdict), or(x.Evidence, was.Evidence), or(x.Correction, was.Correction)
	if x.Links != nil {
		was.Links = x.Links
	}
	if x.Words != nil {
		was.Words = x.Words
	}
	return show(c, http.MethodPut, "/claims/"+id(x.ID), claimBody(was), tellClaim)
}

// claimBody is a claim as the API takes it.
func claimBody(c desk.Claim) map[string]any {
	return map[string]any{"text": c.Text, "lang": c.Lang, "verdict": or(c.Verdict, desk.ClaimChecking), "evidence": c.Evidence, "correction": c.Correction,
		"links": append([]string{}, c.Links...), "words": append([]string{}, c.Words...), "facts": append(desk.IDs{}, c.Facts...), "version": c.Version}
}

type claimSimilarCmd struct {
	ID int64 `arg:"" help:"Which claim."`
}

// Run finds similar mentions.
func (x *claimSimilarCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	type similar struct {
		desk.Mention
		Likeness float64   `json:"likeness"`
		Why      desk.Text `json:"why"`
	}
	return show(c, http.MethodGet, "/claims/"+id(x.ID)+"/similar", nil, func(w io.Writer, all struct{ Items []similar }) {
		for _, m := range all.Items {
			fmt.Fprintln(w, strings.Join(clean([]string{id(m.ID), fmt.Sprintf("%.0f %%", 100*m.Likeness), cut(m.Text, 100), m.Why.English()}), "  "))
		}
	})
}

type claimLinkCmd struct {
	ID       int64   `arg:"" help:"Which claim."`
	Mentions []int64 `arg:"" help:"Which mentions."`
	Not      bool    `help:"They do not make it." xor:"say"`
	Forget   bool    `help:"Take back what was said." xor:"say"`
}

// Run links mentions.
func (x *claimLinkCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	say := "makes"
	switch {
	case x.Not:
		say = "not"
	case x.Forget:
		say = "forget"
	}
	return c.done(http.MethodPost, "/claims/"+id(x.ID)+"/mentions", map[string]any{"mentions": desk.IDs(x.Mentions), "say": say}, "noted")
}

type claimExportCmd struct {
	Incident int64 `arg:"" help:"Which incident."`
}

// Run writes ClaimReview.
func (x *claimExportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.save(http.MethodGet, "/incidents/"+id(x.Incident)+"/claims/review", "", "-")
}

// save writes an answer as it comes into a file; - is standard output. lang is the language to ask for, empty for English.
func (c *client) save(method, path, lang, file string) error {
	in := *c
	in.lang = lang
	resp, err := in.request(method, path, nil, "", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	w := io.Writer(c.Out)
	if file != "-" {
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		defer f.Close()
		w = f
	}
	if _, err = io.Copy(w, resp.Body); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.Server, err)
	}
	if f, ok := w.(*os.File); ok && file != "-" {
		return f.Close()
	}
	return nil
}
