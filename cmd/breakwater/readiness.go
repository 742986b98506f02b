package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

type readinessCmd struct {
	Brand int64 `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run tells how ready the team is.
func (x *readinessCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if x.Brand, err = theBrand(c, x.Brand); err != nil {
		return err
	}
	resp, err := c.request(http.MethodGet, "/readiness", query("brand", id(x.Brand)), "", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if c.JSON {
		return c.line(raw)
	}
	var got struct {
		Items []struct {
			Name, State string
			Say         struct{ Text string }
		}
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.Server, err)
	}
	for _, i := range got.Items {
		fmt.Fprintf(s.Out, "%-5s %-9s %s\n", i.State, i.Name, i.Say.Text)
	}
	return nil
}

type policyCmd struct {
	List policyListCmd `cmd:"" help:"List what staff confirm to have read."`
	Save policySaveCmd `cmd:"" help:"Add a policy, or publish a new edition of one."`
	Who  policyWhoCmd  `cmd:"" help:"Who has read a policy, and who has not."`
}

type policyListCmd struct {
	Brand int64 `help:"The brand; without it the desk's only one." placeholder:"ID"`
	Limit int   `help:"How many at most; 0 is all." default:"50"`
}

// Run lists policies.
func (p *policyListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if p.Brand, err = theBrand(c, p.Brand); err != nil {
		return err
	}
	return table(c, "/policies", query("brand", id(p.Brand)), p.Limit, "ID KIND EDITION PUBLISHED NAME", func(x desk.Policy) []string {
		return []string{id(x.ID), x.Kind, fmt.Sprint(x.Current().Edition), when(x.Current().At), cut(x.Name, 80)}
	})
}

type policySaveCmd struct {
	ID    int64  `help:"Which policy gets a new edition; 0 adds one." placeholder:"ID"`
	File  string `arg:"" help:"The text; - reads standard input."`
	Name  string `help:"Name."`
	Kind  string `help:"social, copyright, privacy, confidentiality, voice, accounts or other." default:""`
	Note  string `help:"What this edition changes."`
	Brand int64  `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run publishes an edition.
func (p *policySaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	f, err := input(p.File, s)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return err
	}
	var was desk.Policy
	method, path := http.MethodPost, "/policies"
	switch {
	case p.ID != 0:
		method, path = http.MethodPut, "/policies/"+id(p.ID)
		if err := c.call(http.MethodGet, path, nil, nil, &was); err != nil {
			return err
		}
	case p.Name == "":
		return misuse("a new policy needs --name")
	case p.Brand == 0:
		if p.Brand, err = onlyBrand(c); err != nil {
			return err
		}
	}
	in := map[string]any{"brand_id": id(max(p.Brand, was.BrandID)), "name": or(p.Name, was.Name), "kind": or(or(p.Kind, was.Kind), "social"), "text": string(text), "note": p.Note,
		"retired": was.Retired, "version": was.Version}
	if !was.Review.IsZero() {
		in["review"] = was.Review
	}
	return show(c, method, path, in, func(w io.Writer, x desk.Policy) {
		fmt.Fprintf(w, "policy %d: %s, edition %d\n", x.ID, x.Name, x.Current().Edition)
	})
}

type policyWhoCmd struct {
	ID    int64 `arg:"" help:"Which policy."`
	Limit int   `help:"How many at most; 0 is all." default:"200"`
}

// Run lists readers.
func (p *policyWhoCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	type reader struct {
		Name string    `json:"name"`
		At   time.Time `json:"at"`
	}
	return table(c, "/policies/"+id(p.ID)+"/readers", nil, p.Limit, "READ NAME", func(x reader) []string {
		if x.At.IsZero() {
			return []string{"not yet", x.Name}
		}
		return []string{when(x.At), x.Name}
	})
}

type meetingCmd struct {
	List   meetingListCmd   `cmd:"" help:"List meetings of the crisis committee."`
	Add    meetingAddCmd    `cmd:"" help:"Add a meeting."`
	Change meetingChangeCmd `cmd:"" help:"Change a meeting: what is not given stays."`
	Feed   meetingFeedCmd   `cmd:"" help:"The address under which calendars follow the meetings. It is a secret: whoever has it reads them."`
	Delete meetingDeleteCmd `cmd:"" help:"Take a meeting off the calendar."`
}

type meetingListCmd struct {
	Brand int64 `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run lists meetings.
func (m *meetingListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if m.Brand, err = theBrand(c, m.Brand); err != nil {
		return err
	}
	return table(c, "/meetings", query("brand", id(m.Brand)), 0, "ID FIRST MINUTES REPEAT NAME", func(x desk.Meeting) []string {
		return []string{id(x.ID), when(x.At), fmt.Sprint(x.Minutes), or(x.Repeat, "once"), cut(x.Name, 80)}
	})
}

type meetingAddCmd struct {
	Name    string    `arg:"" help:"What it is called."`
	At      time.Time `help:"When the first one begins." placeholder:"2027-01-11T10:00:00+01:00" required:""`
	Minutes int       `help:"That it takes." default:"45"`
	Repeat  string    `help:"week, fortnight, month, quarter or year; without it once."`
	Place   string    `help:"Place or link."`
	Brand   int64     `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run adds a meeting.
func (m *meetingAddCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if m.Brand, err = theBrand(c, m.Brand); err != nil {
		return err
	}
	in := map[string]any{"brand_id": id(m.Brand), "name": m.Name, "at": m.At.UTC(), "minutes": m.Minutes, "place": m.Place}
	if m.Repeat != "" {
		in["repeat"] = m.Repeat
	}
	return show(c, http.MethodPost, "/meetings", in, func(w io.Writer, x desk.Meeting) {
		fmt.Fprintf(w, "meeting %d: %s, first on %s\n", x.ID, x.Name, when(x.At))
	})
}

type meetingChangeCmd struct {
	ID      int64     `arg:"" help:"Which meeting."`
	Name    string    `help:"What it is called."`
	At      time.Time `help:"When the first one begins." placeholder:"2027-01-11T10:00:00+01:00"`
	Minutes int       `help:"That it takes." placeholder:"45"`
	Repeat  string    `help:"once, week, fortnight, month, quarter or year."`
	Place   string    `help:"Place or link."`
	Brand   int64     `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run changes a meeting.
func (m *meetingChangeCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if m.Brand, err = theBrand(c, m.Brand); err != nil {
		return err
	}
	var all struct{ Items []desk.Meeting }
	if err := c.call(http.MethodGet, "/meetings", query("brand", id(m.Brand), "limit", "200"), nil, &all); err != nil {
		return err
	}
	at := slices.IndexFunc(all.Items, func(x desk.Meeting) bool { return x.ID == m.ID })
	if at < 0 {
		return misuse("there is no meeting %d: `breakwater meeting list` shows them", m.ID)
	}
	was := all.Items[at]
	if m.At.IsZero() {
		m.At = was.At
	}
	in := map[string]any{"brand_id": id(m.Brand), "name": or(m.Name, was.Name), "at": m.At.UTC(), "minutes": cmp.Or(m.Minutes, was.Minutes), "place": or(m.Place, was.Place), "agenda": was.Agenda, "version": was.Version}
	if repeat := or(m.Repeat, was.Repeat); repeat != "" && repeat != "once" {
		in["repeat"] = repeat
	}
	return show(c, http.MethodPut, "/meetings/"+id(m.ID), in, func(w io.Writer, x desk.Meeting) {
		fmt.Fprintf(w, "meeting %d: %s, first on %s\n", x.ID, x.Name, when(x.At))
	})
}

type meetingFeedCmd struct {
	Brand int64 `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run prints the address of the calendar.
func (m *meetingFeedCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if m.Brand, err = theBrand(c, m.Brand); err != nil {
		return err
	}
	var feed struct{ Path string }
	if err := c.call(http.MethodGet, "/meetings/feed", query("brand", id(m.Brand)), nil, &feed); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, strings.TrimSuffix(c.Server, "/")+feed.Path)
	return err
}

type meetingDeleteCmd struct {
	ID int64 `arg:"" help:"Which meeting."`
}

// Run takes a meeting off the calendar.
func (m *meetingDeleteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodDelete, "/meetings/"+id(m.ID), nil, "removed")
}
