package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"breakwater/desk"
)

type monitorCmd struct {
	List    monitorListCmd    `cmd:"" help:"List monitors."`
	Save    monitorSaveCmd    `cmd:"" help:"Add a monitor, or change one."`
	Delete  monitorDeleteCmd  `cmd:"" help:"Remove a monitor; what it heard stays."`
	Refill  monitorRefillCmd  `cmd:"" help:"Match what is stored anew, in the background."`
	Preview monitorPreviewCmd `cmd:"" help:"Try a query on what is stored."`
	Replay  monitorReplayCmd  `cmd:"" help:"Judge a stretch of the past once more, and compare with what was judged then."`
	Try     monitorTryCmd     `cmd:"" help:"Run a sensitivity and thresholds over the stored past: what they would have told, how early, at what cost."`
}

type monitorListCmd struct {
	Brand int64 `help:"Only of this brand." placeholder:"ID"`
}

// Run lists monitors.
func (m *monitorListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/monitors", query("brand", id(m.Brand)), 0, "ID BRAND KIND STATE NAME QUERY", func(x desk.Monitor) []string {
		state := "listens"
		if x.Paused {
			state = "paused"
		}
		return []string{id(x.ID), id(x.BrandID), x.Kind, state, x.Name, cut(x.Query, 100)}
	})
}

type monitorSaveCmd struct {
	ID          int64  `help:"Which monitor to change; 0 adds one." placeholder:"ID"`
	Name        string `help:"Name."`
	Query       string `help:"What to listen for, see docs/queries.md."`
	Brand       int64  `help:"The brand; without it the desk's only one." placeholder:"ID"`
	Kind        string `help:"brand, product, people, competitor, campaign or hashtag."`
	Sensitivity string `help:"low, balanced or high."`
	Paused      *bool  `help:"Stop listening, or --no-paused to go on." negatable:""`
}

// Run adds or changes a monitor. What is not given stays as it is.
func (m *monitorSaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	var was desk.Monitor
	method, path := http.MethodPost, "/monitors"
	switch {
	case m.ID != 0:
		method, path = http.MethodPut, "/monitors/"+id(m.ID)
		if err := c.call(http.MethodGet, path, nil, nil, &was); err != nil {
			return err
		}
	case m.Name == "" || m.Query == "":
		return misuse("a new monitor needs --name and --query")
	case m.Brand == 0:
		if m.Brand, err = onlyBrand(c); err != nil {
			return err
		}
	}
	in := map[string]any{
		"brand_id": id(max(m.Brand, was.BrandID)), "name": or(m.Name, was.Name), "query": or(m.Query, was.Query), "paused": was.Paused,
		"rules": was.Rules, "version": was.Version, "kind": or(or(m.Kind, was.Kind), "brand"), "sensitivity": or(or(m.Sensitivity, was.Sensitivity), "balanced"),
	}
	if m.Paused != nil {
		in["paused"] = *m.Paused
	}
	return pointing(s.Err, show(c, method, path, in, func(w io.Writer, x desk.Monitor) {
		fmt.Fprintf(w, "monitor %d: %s\n  %s\n", x.ID, x.Name, x.Query)
	}), m.Query)
}

// theBrand is the brand that was given, or else the desk's only one.
func theBrand(c *client, given int64) (int64, error) {
	if given != 0 {
		return given, nil
	}
	return onlyBrand(c)
}

// onlyBrand is the desk's brand when it has one alone.
func onlyBrand(c *client) (int64, error) {
	var page struct {
		Items []desk.Brand `json:"items"`
	}
	if err := c.call(http.MethodGet, "/brands", nil, nil, &page); err != nil {
		return 0, err
	}
	if len(page.Items) != 1 {
		return 0, misuse("say for which --brand: this desk has %d", len(page.Items))
	}
	return page.Items[0].ID, nil
}

type monitorDeleteCmd struct {
	ID int64 `arg:"" help:"Which monitor."`
}

// Run removes a monitor.
func (m *monitorDeleteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodDelete, "/monitors/"+id(m.ID), nil, "removed")
}

type monitorPreviewCmd struct {
	Query string `arg:"" help:"The query; - reads it from standard input."`
}

// preview is the part of the answer that is printed.
type preview struct {
	Query string    `json:"query"`
	Say   desk.Text `json:"say"`
	Page  desk.Page `json:"page"`
}

// Run tries a query.
func (m *monitorPreviewCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if m.Query == "-" {
		b, err := io.ReadAll(io.LimitReader(s.In, 1<<20))
		if err != nil {
			return err
		}
		m.Query = strings.TrimSpace(string(b))
	}
	return pointing(s.Err, show(c, http.MethodPost, "/monitors/preview", map[string]string{"query": m.Query}, func(w io.Writer, p preview) {
		fmt.Fprintf(w, "%s\n%s\n", p.Query, p.Say.English())
		for _, x := range p.Page.Mentions {
			fmt.Fprintln(w, "  "+when(x.Published)+"  "+strings.Join(clean([]string{x.Network, cut(x.Author.Handle, 24), cut(x.Text, 100)}), "  "))
		}
	}), m.Query)
}

type monitorReplayCmd struct {
	ID   int64     `arg:"" help:"Which monitor."`
	From time.Time `help:"From; without it the last day." placeholder:"TIME"`
	To   time.Time `help:"Before; without it now." placeholder:"TIME"`
}

// replayed is the part of the answer that is printed.
type replayed struct {
	From     time.Time   `json:"from"`
	To       time.Time   `json:"to"`
	Verdicts int         `json:"verdicts"`
	Same     int         `json:"same"`
	Differ   []time.Time `json:"differ"`
}

// Run replays a monitor's verdicts. That some differ is an error.
func (m *monitorReplayCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	q := url.Values{}
	for name, at := range map[string]time.Time{"from": m.From, "to": m.To} {
		if !at.IsZero() {
			q.Set(name, at.UTC().Format(time.RFC3339))
		}
	}
	path := "/monitors/" + id(m.ID) + "/replay"
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	var got replayed
	err = show(c, http.MethodGet, path, nil, func(w io.Writer, x replayed) {
		got = x
		fmt.Fprintf(w, "%d of %d verdicts from %s to %s are the same to the bit\n", x.Same, x.Verdicts, when(x.From), when(x.To))
		for _, at := range x.Differ {
			fmt.Fprintf(w, "  differs: %s\n", when(at))
		}
	})
	if err == nil && got.Same < got.Verdicts {
		return fmt.Errorf("%d verdicts differ: what they rest on was changed", got.Verdicts-got.Same)
	}
	return err
}

// pointing adds to the problem of a wrong query the query with a mark under the character that is wrong.
func pointing(w io.Writer, err error, query string) error {
	var p *problem
	if !errors.As(err, &p) {
		return err
	}
	for _, e := range p.Errors {
		if e.Field == "query" && e.At != nil && !strings.ContainsRune(query, '\n') {
			line := []rune(strings.ReplaceAll(query, "\t", " "))
			before := string(line[:min(*e.At, len(line))])
			fmt.Fprintf(w, "  %s\n  %s^\n", string(line), strings.Repeat(" ", uniseg.StringWidth(before)))
		}
	}
	return err
}

type monitorRefillCmd struct {
	ID int64 `arg:"" help:"Which monitor."`
}

// Run has what is stored matched anew.
func (m *monitorRefillCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodPost, "/monitors/"+id(m.ID)+"/refill", nil, "begun")
}
