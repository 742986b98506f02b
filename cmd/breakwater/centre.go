package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"

	"breakwater/app"
	"breakwater/desk"
)

type centreCmd struct {
	List     centreListCmd     `cmd:"" help:"List pages of the crisis centre."`
	Show     centreShowCmd     `cmd:"" help:"What a page says, and what the public sees of it."`
	Preview  centrePreviewCmd  `cmd:"" help:"A page exactly as it will look, as HTML."`
	Ask      centreAskCmd      `cmd:"" help:"Have a page signed."`
	Publish  centrePublishCmd  `cmd:"" help:"Publish a page in one act."`
	Withdraw centreWithdrawCmd `cmd:"" help:"Take a page down."`
	Export   centreExportCmd   `cmd:"" help:"Write the crisis centre into a folder that any web server serves."`
	Press    pressCmd          `cmd:"" help:"Contacts and files for the press."`
	Copy     copyCmd           `cmd:"" help:"Copies on other servers, brought up to date whenever something changes."`
}

type centreListCmd struct {
	Incident int64 `help:"Only of this incident." placeholder:"ID"`
}

// Run lists pages.
func (o *centreListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/centre", query("incident", id(o.Incident)), 0, "ID STAGE STATE UPDATES CHANGED ADDRESS NAME", func(x desk.Centre) []string {
		return []string{id(x.ID), x.Stage, x.State, strconv.Itoa(len(x.Updates)), when(x.Changed), x.Slug, cut(x.Name, 80)}
	})
}

type centreShowCmd struct {
	ID int64 `arg:"" help:"Which page."`
}

// Run shows a page.
func (o *centreShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/centre/"+id(o.ID), nil, tellCentre)
}

func tellCentre(w io.Writer, x desk.Centre) {
	fmt.Fprintf(w, "page %d %s, %s: %s\n", x.ID, x.Slug, x.Stage, x.Name)
	if x.Stage == desk.CentreLive {
		fmt.Fprintf(w, "stands: %s, changed %s\n", x.State, when(x.Changed))
	}
	for _, t := range x.Draft {
		fmt.Fprintf(w, "%-8s %s\n", t.Lang, t.Title)
	}
	for _, u := range x.Updates {
		fmt.Fprintf(w, "update %d, %s, %s\n", u.Number, when(u.At), u.State)
		for _, said := range u.Said {
			fmt.Fprintf(w, "  %-6s %s\n", said.Lang, cut(said.Title+" "+said.Text, 100))
		}
	}
}

type centrePreviewCmd struct {
	ID   int64  `arg:"" help:"Which page."`
	File string `help:"Another file of it, such as he.html."`
	Out  string `short:"o" help:"File to write; - is standard output." default:"-" placeholder:"FILE"`
}

// Run writes the preview of a page.
func (o *centrePreviewCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path := "/centre/" + id(o.ID) + "/preview"
	if o.File != "" {
		path += "?file=" + url.QueryEscape(o.File)
	}
	return c.save(http.MethodGet, path, "", o.Out)
}

type centreAskCmd struct {
	ID    int64 `arg:"" help:"Which page."`
	Level int   `help:"So high a crisis may be in which it goes out: whose rule it is signed by." default:"3"`
}

// Run sends a page to be signed.
func (o *centreAskCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/centre/"+id(o.ID)+"/ask", map[string]any{"level": o.Level}, func(w io.Writer, x desk.Centre) {
		fmt.Fprintf(w, "page %d goes to be signed as statement %d\n", x.ID, x.Asked.StatementID)
	})
}

type centrePublishCmd struct {
	ID        int64   `arg:"" help:"Which page."`
	Incident  int64   `help:"Whose page a prepared one becomes." placeholder:"ID"`
	Statement []int64 `help:"Approved statements that go out with it." placeholder:"ID"`
}

// Run publishes a page.
func (o *centrePublishCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	body := map[string]any{}
	if o.Incident != 0 {
		body["incident_id"] = id(o.Incident)
	}
	var with []string
	for _, one := range o.Statement {
		with = append(with, id(one))
	}
	if with != nil {
		body["statements"] = with
	}
	return show(c, http.MethodPost, "/centre/"+id(o.ID)+"/publish", body, func(w io.Writer, x desk.Centre) {
		fmt.Fprintf(w, "page %d is on its way to the public\n", x.ID)
	})
}

type centreWithdrawCmd struct {
	ID  int64  `arg:"" help:"Which page."`
	Why string `help:"Why, in a few words." required:""`
}

// Run takes a page down.
func (o *centreWithdrawCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/centre/"+id(o.ID)+"/withdraw", map[string]any{"why": o.Why}, tellCentre)
}

type centreExportCmd struct {
	Dir   string `arg:"" help:"The folder; made when missing. Only what an earlier export left is removed."`
	Brand int64  `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run writes the crisis centre into a folder.
func (o *centreExportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	brand := o.Brand
	if brand == 0 {
		if brand, err = onlyBrand(c); err != nil {
			return err
		}
	}
	resp, err := c.request(http.MethodGet, "/brands/"+id(brand)+"/centre", nil, "", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n, err := app.UnpackCentre(o.Dir, resp.Body)
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("%s cannot be written: %w", o.Dir, err)
	}
	if err != nil {
		return err
	}
	return said(r, s, fmt.Sprintf("%d files in %s", n, o.Dir))
}
