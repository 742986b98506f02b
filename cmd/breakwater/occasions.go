package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
)

type occasionCmd struct {
	List   occasionListCmd   `cmd:"" help:"List occasions."`
	Save   occasionSaveCmd   `cmd:"" help:"Add an occasion, or change one."`
	Delete occasionDeleteCmd `cmd:"" help:"Remove an occasion."`
	Import occasionImportCmd `cmd:"" help:"Take in an iCalendar file."`
}

type occasionListCmd struct {
	Brand int64 `help:"Only of this brand." placeholder:"ID"`
	All   bool  `help:"Also those that are over."`
}

// Run lists occasions.
func (o *occasionListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	from := time.Now().UTC().Format(time.RFC3339)
	if o.All {
		from = ""
	}
	return table(c, "/occasions", query("brand", id(o.Brand), "from", from), 0, "ID BRAND KIND FROM TO NAME WORDS", func(x desk.Occasion) []string {
		return []string{id(x.ID), id(x.BrandID), x.Kind, when(x.From), when(x.To), cut(x.Name, 60), cut(strings.Join(x.Words, ", "), 60)}
	})
}

type occasionSaveCmd struct {
	ID    int64     `help:"Which occasion to change; 0 adds one." placeholder:"ID"`
	Name  string    `help:"Name."`
	Kind  string    `help:"campaign, launch, holiday, match or other."`
	From  time.Time `help:"Beginning." placeholder:"2026-11-27T00:00:00Z"`
	To    time.Time `help:"End." placeholder:"2026-11-28T00:00:00Z"`
	Words []string  `help:"Words and hashtags of it, separated by commas; without any, all mentions are expected."`
	Brand int64     `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run adds or changes an occasion. What is not given stays as it is.
func (o *occasionSaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	var was desk.Occasion
	method, path := http.MethodPost, "/occasions"
	switch {
	case o.ID != 0:
		method, path = http.MethodPut, "/occasions/"+id(o.ID)
		if err := c.call(http.MethodGet, path, nil, nil, &was); err != nil {
			return err
		}
	case o.Name == "" || o.From.IsZero() || o.To.IsZero():
		return misuse("a new occasion needs --name, --from and --to")
	case o.Brand == 0:
		if o.Brand, err = onlyBrand(c); err != nil {
			return err
		}
	}
	if o.From.IsZero() {
		o.From = was.From
	}
	if o.To.IsZero() {
		o.To = was.To
	}
	if o.Words == nil {
		o.Words = was.Words
	}
	in := map[string]any{"brand_id": id(max(o.Brand, was.BrandID)), "name": or(o.Name, was.Name), "kind": or(or(o.Kind, was.Kind), "other"),
		"from": o.From.UTC(), "to": o.To.UTC(), "words": o.Words, "version": was.Version}
	return show(c, method, path, in, func(w io.Writer, x desk.Occasion) {
		fmt.Fprintf(w, "occasion %d: %s, %s to %s\n", x.ID, x.Name, when(x.From), when(x.To))
	})
}

type occasionDeleteCmd struct {
	ID int64 `arg:"" help:"Which occasion."`
}

// Run removes an occasion.
func (o *occasionDeleteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodDelete, "/occasions/"+id(o.ID), nil, "removed")
}

type occasionImportCmd struct {
	File  string `arg:"" help:"The file; - reads standard input."`
	Brand int64  `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run takes in a calendar.
func (o *occasionImportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if o.Brand, err = theBrand(c, o.Brand); err != nil {
		return err
	}
	type done struct{ Added, Changed, Known, Left int }
	return upload(c, "/occasions/ics", query("brand", id(o.Brand)), "text/calendar", o.File, func(w io.Writer, x done) {
		fmt.Fprintf(w, "%d added, %d changed, %d known already, %d left out\n", x.Added, x.Changed, x.Known, x.Left)
	})
}
