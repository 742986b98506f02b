package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"

	"breakwater/app"
	"breakwater/desk"
)

type planCmd struct {
	List    planListCmd    `cmd:"" help:"List the editions of a brand's plan."`
	Export  planExportCmd  `cmd:"" help:"Write an edition as one YAML file."`
	Import  planImportCmd  `cmd:"" help:"Make a file the draft; errors name line and field."`
	Check   planCheckCmd   `cmd:"" help:"Check a file without a desk."`
	Publish planPublishCmd `cmd:"" help:"Publish the draft: new incidents run by it."`
	Compare planCompareCmd `cmd:"" help:"What one edition says differently from another."`
	Schema  planSchemaCmd  `cmd:"" help:"Print the JSON Schema of a plan's file; needs no desk."`
}

type planListCmd struct {
	Brand int64 `help:"The brand; without it the desk's only one." placeholder:"ID"`
	Limit int   `help:"How many at most; 0 is all." default:"50"`
}

// Run lists editions.
func (p *planListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if p.Brand, err = theBrand(c, p.Brand); err != nil {
		return err
	}
	return table(c, "/plans", query("brand", id(p.Brand)), p.Limit, "ID EDITION PUBLISHED BY NAME NOTE", func(x desk.Plan) []string {
		published := "draft"
		if !x.Draft() {
			published = when(x.Published)
		}
		return []string{id(x.ID), fmt.Sprint(x.Edition), published, x.By, cut(x.Name, 60), cut(x.Note, 60)}
	})
}

type planExportCmd struct {
	ID    int64  `arg:"" optional:"" help:"Which edition; without it the one that the brand runs by."`
	Brand int64  `help:"The brand; without it the desk's only one." placeholder:"ID"`
	Lang  string `help:"Language of the plan that comes with the program: en, he, pl, id, zh-Hant or sv." default:"en"`
	Out   string `short:"o" help:"File to write; without it standard output." placeholder:"FILE"`
}

// Run writes an edition as a file.
func (p *planExportCmd) Run(ctx context.Context, r *remote, s streams) (err error) {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if p.ID == 0 {
		if p.Brand == 0 {
			if p.Brand, err = onlyBrand(c); err != nil {
				return err
			}
		}
		var now desk.Plan
		if err := c.call(http.MethodGet, "/plans/current", query("brand", id(p.Brand)), nil, &now); err != nil {
			return err
		}
		p.ID = now.ID
	}
	resp, err := c.request(http.MethodGet, "/plans/"+id(p.ID)+"/file", query("lang", p.Lang), "", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if p.Out == "" {
		_, err = io.Copy(s.Out, resp.Body)
		return err
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(p.Out, data, 0o600)
}

func tellPlan(w io.Writer, p desk.Plan) {
	state := "draft"
	if !p.Draft() {
		state = "published " + when(p.Published)
	}
	fmt.Fprintf(w, "plan %d: %s\n  edition %d, %s\n  %d levels, %d roles, %d scenarios, %d messages\n", p.ID, p.Name, p.Edition, state, len(p.Levels), len(p.Roles), len(p.Scenarios), len(p.Library))
}

type planImportCmd struct {
	File    string `arg:"" help:"The file; - reads standard input."`
	Brand   int64  `help:"The brand; without it the desk's only one." placeholder:"ID"`
	Publish bool   `help:"Publish it at once."`
	Note    string `help:"What this edition changes."`
}

// Run makes a file the draft.
func (p *planImportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if p.Brand, err = theBrand(c, p.Brand); err != nil {
		return err
	}
	in, err := input(p.File, s)
	if err != nil {
		return err
	}
	defer in.Close()
	resp, err := c.request(http.MethodPost, "/plans/file", query("brand", id(p.Brand)), "application/yaml", in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var draft desk.Plan
	if err := json.NewDecoder(resp.Body).Decode(&draft); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.Server, err)
	}
	if p.Publish {
		return show(c, http.MethodPost, "/plans/"+id(draft.ID)+"/publish", map[string]any{"version": draft.Version, "note": p.Note}, tellPlan)
	}
	return show(c, http.MethodGet, "/plans/"+id(draft.ID), nil, tellPlan)
}

// input opens a file; - is standard input.
func input(name string, s streams) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(s.In), nil
	}
	return os.Open(name)
}

type planCheckCmd struct {
	File string `arg:"" help:"The file; - reads standard input."`
}

// Run checks a file.
func (p *planCheckCmd) Run(s streams) error {
	in, err := input(p.File, s)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := app.CheckPlan(in); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, "the plan is whole")
	return err
}

type planPublishCmd struct {
	ID   int64  `arg:"" help:"Which draft."`
	Note string `help:"What this edition changes."`
}

// Run publishes a draft.
func (p *planPublishCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/plans/"+id(p.ID)+"/publish", map[string]any{"note": p.Note}, tellPlan)
}

type planCompareCmd struct {
	Was int64 `arg:"" help:"The edition before; 0 is the plan that comes with the program."`
	Now int64 `arg:"" help:"The edition after."`
}

// difference is plan.Difference with its sentences in words.
type difference struct {
	Part, Field struct{ Text string }
	Item, Is    string
	Was, Now    string
}

// Run compares two editions.
func (p *planCompareCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	resp, err := c.request(http.MethodGet, "/plans/compare", query("was", id(p.Was), "now", id(p.Now)), "", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return err
	}
	if c.JSON {
		return c.line(raw)
	}
	var got struct{ Items []difference }
	if err := json.Unmarshal(raw, &got); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.Server, err)
	}
	for _, d := range got.Items {
		fmt.Fprintf(s.Out, "%-8s %s: %s %s\n", d.Is, d.Part.Text, clean([]string{d.Item})[0], d.Field.Text)
		if d.Was != "" {
			fmt.Fprintf(s.Out, "  - %s\n", cut(clean([]string{d.Was})[0], 200))
		}
		if d.Now != "" {
			fmt.Fprintf(s.Out, "  + %s\n", cut(clean([]string{d.Now})[0], 200))
		}
	}
	_, err = fmt.Fprintf(s.Out, "%d differences\n", len(got.Items))
	return err
}

type planSchemaCmd struct{}

// Run prints the schema.
func (p *planSchemaCmd) Run(s streams) error {
	_, err := s.Out.Write(app.PlanSchema())
	return err
}
