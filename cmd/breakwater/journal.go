package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"breakwater/app"
	"breakwater/desk"
)

type journalCmd struct {
	List   journalListCmd   `cmd:"" help:"Who did what, newest first."`
	Verify journalVerifyCmd `cmd:"" help:"Recompute the whole chain; fails when somebody changed the past, and says which entry."`
	Export journalExportCmd `cmd:"" help:"Write the journal as a signed bundle that anybody can check."`
	Key    journalKeyCmd    `cmd:"" help:"Print the public key that bundles are checked with."`
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

type journalVerifyCmd struct {
	Bundle string `help:"Check this bundle instead of the desk's journal; no desk is needed." type:"existingfile" placeholder:"FILE"`
	Key    string `help:"Only a bundle signed by this public key counts (PEM, as journal key prints it)." type:"existingfile" placeholder:"FILE"`
}

// verdict is what the desk found.
type verdict struct {
	Entries int    `json:"entries"`
	Head    string `json:"head"`
	Intact  bool   `json:"intact"`
	Problem string `json:"problem"`
}

// Run verifies the journal; a broken chain is a failure.
func (j *journalVerifyCmd) Run(ctx context.Context, r *remote, s streams) error {
	if j.Bundle != "" {
		return j.bundle(r, s)
	}
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

// bundle checks a file that journal export wrote.
func (j *journalVerifyCmd) bundle(r *remote, s streams) error {
	p, err := app.VerifyJournalBundle(j.Bundle, j.Key)
	if err != nil {
		return err
	}
	if r.JSON {
		err = print1(s.Out, p)
	} else if p.Intact {
		_, err = fmt.Fprintf(s.Out, "the bundle is intact: %d entries, head %s\n  made %s, signed by the key %s\n", p.Entries, p.Head, when(p.Made), p.Key)
	}
	if err == nil && !p.Intact {
		err = errors.New("this bundle was changed: " + clean([]string{p.Problem})[0])
	}
	return err
}

type journalExportCmd struct {
	Out   string `short:"o" help:"File to write; - is standard output." required:"" placeholder:"FILE"`
	After int64  `help:"Only entries above this number."`
}

// Run exports the journal.
func (j *journalExportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.save(http.MethodPost, "/journal/bundle?after="+id(j.After), "", j.Out)
}

type journalKeyCmd struct{}

// Run prints the public key.
func (journalKeyCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	type key struct {
		PEM    string `json:"pem"`
		SHA256 string `json:"sha256"`
	}
	return show(c, http.MethodGet, "/journal/key", nil, func(w io.Writer, k key) {
		fmt.Fprint(w, k.PEM)
		fmt.Fprintln(s.Err, "SHA-256 "+k.SHA256)
	})
}
