package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"breakwater/desk"
)

type journalCmd struct {
	List   journalListCmd   `cmd:"" help:"Who did what, newest first."`
	Verify journalVerifyCmd `cmd:"" help:"Recompute the whole chain; fails when somebody changed the past."`
}

const entryHead = "NO AT WHO ON WHAT WHY"

func entryRow(e desk.Entry) []string {
	return []string{id(e.Seq), when(e.At), e.Name, e.On, cut(e.Say.English(), 100), cut(e.Why, 60)}
}

func tellEntry(w io.Writer, e desk.Entry) {
	fmt.Fprintf(w, "journal entry %d: %s\n", e.Seq, clean([]string{e.Say.English()})[0])
}

type journalListCmd struct {
	On    string `help:"Only about this thing, such as monitor:12." placeholder:"THING"`
	Who   string `help:"Only by this person or token, such as user:7."`
	Do    string `help:"Only acts that begin so, such as alert." placeholder:"ACT"`
	Limit int    `help:"How many at most; 0 is all." default:"50"`
}

// Run lists the journal.
func (j *journalListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/journal", query("on", j.On, "who", j.Who, "do", j.Do), j.Limit, entryHead, entryRow)
}

type journalVerifyCmd struct{}

// verdict is what the desk found.
type verdict struct {
	Entries int    `json:"entries"`
	Head    string `json:"head"`
	Intact  bool   `json:"intact"`
	Problem string `json:"problem"`
}

// Run verifies the journal; a broken chain is a failure.
func (journalVerifyCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	var broken error
	check := func(w io.Writer, v verdict) {
		if !v.Intact {
			broken = errors.New("the journal is broken after " + fmt.Sprint(v.Entries) + " entries: " + v.Problem)
			return
		}
		fmt.Fprintf(w, "the journal is intact: %d entries, head %s\n", v.Entries, v.Head)
	}
	if !c.JSON {
		return errors.Join(show(c, http.MethodGet, "/journal/verify", nil, check), broken)
	}
	var v verdict
	if err := c.call(http.MethodGet, "/journal/verify", nil, nil, &v); err != nil {
		return err
	}
	check(io.Discard, v)
	return errors.Join(show(c, http.MethodGet, "/journal/verify", nil, check), broken)
}
