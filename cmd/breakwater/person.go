package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"breakwater/desk"
)

type personCmd struct {
	List    personListCmd    `cmd:"" help:"List people."`
	Leaving personLeavingCmd `cmd:"" help:"See what hangs on somebody; nothing changes."`
	Leave   personLeaveCmd   `cmd:"" help:"Let somebody go: all that hangs on them ends or is handed over, at once."`
}

type personListCmd struct{}

// Run lists people.
func (personListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/users", nil, 0, "ID EMAIL NAME ROLE STATE", func(u desk.User) []string {
		state := "may sign in"
		if u.Disabled {
			state = "locked out"
		}
		return []string{id(u.ID), u.Email, u.Name, u.Role.String(), state}
	})
}

type personLeavingCmd struct {
	ID int64 `arg:"" help:"Which person."`
}

// Run shows what hangs on somebody.
func (p *personLeavingCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/users/"+id(p.ID)+"/leaving", nil, writeTies)
}

type tiesOut struct{ Ties []desk.Tie }

func writeTies(w io.Writer, all tiesOut) {
	for _, t := range all.Ties {
		what := "ends"
		switch {
		case !t.Ends && t.Heir == 0:
			what = "NOBODY"
		case !t.Ends:
			what = "to " + id(t.Heir)
		}
		fmt.Fprintln(w, strings.Join(clean([]string{what, t.Kind, t.On, t.Name}), "\t"))
	}
}

type personLeaveCmd struct {
	ID   int64    `arg:"" help:"Which person."`
	Heir []string `help:"Who takes one thing, once for each: WHAT=ID, with WHAT as 'person leaving' names it; 0 is nobody." sep:"none" placeholder:"WHAT=ID"`
	Rest int64    `help:"Who takes everything else that no deputy stands in for; 0 nobody." placeholder:"ID"`
	Why  string   `help:"Why, for the journal."`
}

// Run lets somebody go.
func (p *personLeaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	heirs := []map[string]string{}
	for _, h := range p.Heir {
		i := strings.LastIndex(h, "=")
		if i < 0 {
			return misuse("write WHAT=ID, not %q", h)
		}
		if _, err := strconv.ParseInt(h[i+1:], 10, 64); err != nil {
			return misuse("%q is no person's number", h[i+1:])
		}
		heirs = append(heirs, map[string]string{"on": h[:i], "user_id": h[i+1:]})
	}
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{"heirs": heirs, "rest": id(p.Rest), "why": p.Why}
	return show(c, http.MethodPost, "/users/"+id(p.ID)+"/leave", in, writeTies)
}
