package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"

	"breakwater/desk"
)

type sourceCmd struct {
	List   sourceListCmd   `cmd:"" help:"List sources with their health."`
	Kinds  sourceKindsCmd  `cmd:"" help:"List the kinds of sources and their settings."`
	Save   sourceSaveCmd   `cmd:"" help:"Add a source, or change one."`
	Test   sourceTestCmd   `cmd:"" help:"Try settings for real, without saving them."`
	Pause  sourcePauseCmd  `cmd:"" help:"Stop listening to a source."`
	Resume sourceResumeCmd `cmd:"" help:"Listen to a source again."`
	Delete sourceDeleteCmd `cmd:"" help:"Remove a source; what it brought stays."`
	Gaps   sourceGapsCmd   `cmd:"" help:"When sources did not hear, oldest first."`
}

type sourceListCmd struct{}

// Run lists sources.
func (sourceListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/sources", nil, 0, "ID KIND NAME STATE SINCE MENTIONS PROBLEM", func(x desk.Source) []string {
		return []string{id(x.ID), x.Kind, x.Name, x.Health.State, when(x.Health.Since), strconv.FormatInt(x.Health.Mentions, 10), cut(x.Health.Problem.English(), 80)}
	})
}

type sourceKindsCmd struct{}

// Run lists kinds of sources.
func (sourceKindsCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return showKinds(c, "/sources/kinds")
}

// showKinds lists kinds of something with their settings.
func showKinds(c *client, path string) error {
	type kinds struct {
		Items []desk.Spec `json:"items"`
	}
	return show(c, http.MethodGet, path, nil, func(w io.Writer, k kinds) {
		for _, spec := range k.Items {
			fmt.Fprintf(w, "%s: %s\n  %s\n", spec.Kind, spec.Title, spec.Help)
			for _, f := range spec.Fields {
				need := ""
				if f.Required {
					need = " (needed)"
				}
				fmt.Fprintf(w, "  %s%s: %s %s\n", f.Name, need, f.Label, f.Help)
			}
		}
	})
}

// sourceSettings are what people say about a source.
type sourceSettings struct {
	Kind string            `help:"Kind of source, see source kinds."`
	Name string            `help:"Name."`
	Set  map[string]string `help:"Settings of its kind, as name=value; repeat it." placeholder:"NAME=VALUE"`
}

type sourceSaveCmd struct {
	ID             int64 `help:"Which source to change; 0 adds one." placeholder:"ID"`
	sourceSettings `embed:""`
	Brand          int64 `help:"For this brand; 0 for all." placeholder:"ID"`
	KeepAll        bool  `help:"Keep also what no monitor answers."`
	SilentAfter    int   `help:"Minutes without a mention until it is called silent; 0 as learned from its own pace, -1 never."`
}

// Run adds or changes a source. What is not given stays as it is.
func (x *sourceSaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	was, method, path := desk.Source{Settings: desk.Settings{}}, http.MethodPost, "/sources"
	if x.ID != 0 {
		method, path = http.MethodPut, "/sources/"+id(x.ID)
		if err := c.call(http.MethodGet, path, nil, nil, &was); err != nil {
			return err
		}
	} else if x.Kind == "" || x.Name == "" {
		return misuse("a new source needs --kind and --name")
	}
	maps.Copy(was.Settings, x.Set)
	in := map[string]any{
		"kind": or(x.Kind, was.Kind), "name": or(x.Name, was.Name), "settings": was.Settings, "brand_id": id(max(x.Brand, was.BrandID)),
		"keep_all": x.KeepAll || was.KeepAll, "silent_after": max(x.SilentAfter, was.SilentAfter), "version": was.Version,
	}
	return show(c, method, path, in, func(w io.Writer, n desk.Source) {
		fmt.Fprintf(w, "source %d: %s\n", n.ID, n.Name)
		for name, value := range n.Settings {
			fmt.Fprintf(w, "  %s=%s\n", name, value)
		}
	})
}

type sourceTestCmd struct {
	ID             int64 `help:"A stored source whose secrets are used." placeholder:"ID"`
	sourceSettings `embed:""`
}

// Run tries settings.
func (x *sourceTestCmd) Run(ctx context.Context, r *remote, s streams) error {
	if x.ID == 0 && x.Kind == "" {
		return misuse("say which --kind, or which --id")
	}
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	settings := desk.Settings{}
	if x.ID != 0 {
		var was desk.Source
		if err := c.call(http.MethodGet, "/sources/"+id(x.ID), nil, nil, &was); err != nil {
			return err
		}
		x.Kind, settings = was.Kind, was.Settings
	}
	maps.Copy(settings, x.Set)
	in := map[string]any{"id": id(x.ID), "kind": x.Kind, "name": x.Name, "settings": settings}
	type answer struct {
		Found desk.Text `json:"found"`
	}
	return show(c, http.MethodPost, "/sources/test", in, func(w io.Writer, a answer) { fmt.Fprintln(w, a.Found.English()) })
}

// or is a, or b when a is empty.
func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

type sourcePauseCmd struct {
	ID  int64  `arg:"" help:"Which source."`
	Why string `help:"In your words."`
}

// Run stops listening to a source.
func (x *sourcePauseCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/sources/"+id(x.ID)+"/pause", map[string]string{"why": x.Why}, tellSource)
}

type sourceResumeCmd struct {
	ID  int64  `arg:"" help:"Which source."`
	Why string `help:"In your words."`
}

// Run listens to a source again.
func (x *sourceResumeCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/sources/"+id(x.ID)+"/resume", map[string]string{"why": x.Why}, tellSource)
}

func tellSource(w io.Writer, x desk.Source) {
	state := "listens"
	if x.Paused {
		state = "paused"
	}
	fmt.Fprintf(w, "source %d: %s, %s\n", x.ID, clean([]string{x.Name})[0], state)
}

type sourceDeleteCmd struct {
	ID int64 `arg:"" help:"Which source."`
}

// Run removes a source.
func (x *sourceDeleteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodDelete, "/sources/"+id(x.ID), nil, "removed")
}

type sourceGapsCmd struct {
	ID   int64     `help:"Only of this source." placeholder:"ID"`
	From time.Time `help:"From; without it the last 7 days." placeholder:"TIME"`
	To   time.Time `help:"Before; without it now." placeholder:"TIME"`
}

// Run lists gaps.
func (x *sourceGapsCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	q := query("source", id(x.ID))
	for name, at := range map[string]time.Time{"from": x.From, "to": x.To} {
		if !at.IsZero() {
			q.Set(name, at.UTC().Format(time.RFC3339))
		}
	}
	path := "/sources/gaps"
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	type gaps struct {
		Items []desk.Gap `json:"items"`
	}
	return show(c, http.MethodGet, path, nil, func(w io.Writer, g gaps) {
		for _, x := range g.Items {
			end := "still deaf"
			if !x.To.IsZero() {
				end = when(x.To)
			}
			fmt.Fprintf(w, "source %d: %s to %s  %s\n", x.SourceID, when(x.From), end, clean([]string{x.Reason.English()})[0])
		}
	})
}
