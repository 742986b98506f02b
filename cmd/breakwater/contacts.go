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

type contactsCmd struct {
	List    contactsListCmd    `cmd:"" help:"Find contacts."`
	Import  contactsImportCmd  `cmd:"" help:"Take in an address book: vCard 4.0 or 3.0, or CSV. Without --keep it only says what it would do."`
	Export  contactsExportCmd  `cmd:"" help:"Write the address book."`
	Confirm contactsConfirmCmd `cmd:"" help:"Say that a contact was reached by the ways as they stand."`
	Ask     contactsAskCmd     `cmd:"" help:"Ask a contact by mail whether the ways are still right."`
	Cadence contactsCadenceCmd `cmd:"" help:"After how many days everybody is asked."`
	Delete  contactsDeleteCmd  `cmd:"" help:"Delete a contact."`
}

type contactsListCmd struct {
	Words []string `arg:"" optional:"" help:"Words of the name, department, organisation, number or address."`
	Brand int64    `help:"Only of this brand, and of all." placeholder:"ID"`
	Kind  string   `help:"staff, agency, lawyer, insurer, press, authority, supplier, partner or other."`
	State string   `help:"stale, unreachable or pending: those that need a look."`
}

// Run finds contacts.
func (o *contactsListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	q := query("brand", id(o.Brand), "q", strings.Join(o.Words, " "), "kind", o.Kind, "state", o.State)
	return table(c, "/contacts", q, 0, "ID KIND NAME DEPARTMENT CHECKED WAYS", func(x desk.Contact) []string {
		var ways []string
		for _, w := range x.Ways {
			ways = append(ways, w.Value)
		}
		return []string{id(x.ID), x.Kind, cut(x.Name, 40), cut(x.Department, 30), when(x.Since()), cut(strings.Join(ways, ", "), 80)}
	})
}

type contactsImportCmd struct {
	File  string `arg:"" help:"The file; - reads standard input."`
	Keep  bool   `help:"Take over the good rows."`
	Kind  string `help:"What those are who do not say it." default:"other"`
	Brand int64  `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run takes in an address book, or says what that would do.
func (o *contactsImportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if o.Brand, err = theBrand(c, o.Brand); err != nil {
		return err
	}
	type done struct {
		Rows []struct {
			Line    int
			Name    string
			What    string
			Problem desk.Text
		}
		New, Changed, Same, Bad int
		Kept                    bool
	}
	q := query("brand", id(o.Brand), "kind", o.Kind, "keep", strconv.FormatBool(o.Keep))
	return upload(c, "/contacts/import", q, "application/octet-stream", o.File, func(w io.Writer, x done) {
		for _, row := range x.Rows {
			if row.What == "bad" {
				fmt.Fprintf(w, "line %d: %s: %s\n", row.Line, row.Name, row.Problem.English())
			}
		}
		fmt.Fprintf(w, "%d new, %d changed, %d the same, %d cannot be taken over\n", x.New, x.Changed, x.Same, x.Bad)
		if !x.Kept {
			fmt.Fprintln(s.Err, "nothing was changed: add --keep to take over the good rows")
		}
	})
}

type contactsExportCmd struct {
	Format string `help:"vcf or csv." enum:"vcf,csv" default:"vcf"`
	Brand  int64  `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run writes the address book.
func (o *contactsExportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if o.Brand, err = theBrand(c, o.Brand); err != nil {
		return err
	}
	return download(c, "/contacts/export", query("brand", id(o.Brand), "format", o.Format))
}

type contactsConfirmCmd struct {
	ID int64 `arg:"" help:"Which contact."`
}

// Run says that the ways of a contact are right.
func (o *contactsConfirmCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/contacts/"+id(o.ID)+"/confirm", nil, func(w io.Writer, x desk.Contact) {
		fmt.Fprintf(w, "%s: checked %s\n", x.Name, when(x.Checked))
	})
}

type contactsAskCmd struct {
	ID int64 `arg:"" help:"Which contact."`
}

// Run asks a contact.
func (o *contactsAskCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodPost, "/contacts/"+id(o.ID)+"/ask", nil, "asked")
}

type contactsCadenceCmd struct {
	Days *int `arg:"" optional:"" help:"Days between two checks; 0 asks nobody. Without it the cadence is shown."`
}

// Run shows or changes how often contacts are asked.
func (o *contactsCadenceCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	method, in := http.MethodGet, any(nil)
	if o.Days != nil {
		method, in = http.MethodPut, map[string]any{"days": *o.Days}
	}
	return show(c, method, "/contacts/rules", in, func(w io.Writer, x desk.ContactRules) {
		if x.Days == 0 {
			fmt.Fprintln(w, "nobody is asked")
			return
		}
		fmt.Fprintf(w, "everybody is asked every %d days\n", x.Days)
	})
}

type contactsDeleteCmd struct {
	ID int64 `arg:"" help:"Which contact."`
}

// Run deletes a contact.
func (o *contactsDeleteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodDelete, "/contacts/"+id(o.ID), nil, "deleted")
}
