package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"

	"breakwater/desk"
)

type pressCmd struct {
	Show     pressShowCmd     `cmd:"" help:"Contacts and files for the press, of a brand on all pages or of one page."`
	Add      pressAddCmd      `cmd:"" help:"Add a file: PNG, JPEG, GIF, WebP, PDF or ZIP. Pages need to be signed with it."`
	Describe pressDescribeCmd `cmd:"" help:"Say in a language what a file shows or is, and who made it. What is given as \"\" is emptied."`
	Move     pressMoveCmd     `cmd:"" help:"Show a file earlier or later."`
	Remove   pressRemoveCmd   `cmd:"" help:"Remove a file."`
	Contact  pressContactCmd  `cmd:"" help:"Add a contact, or change the one of that name. What is given as \"\" is emptied."`
	Forget   pressForgetCmd   `cmd:"" help:"Remove a contact."`
	Alone    pressAloneCmd    `cmd:"" help:"Leave what the brand has on all its pages out of a page, or put it back."`
	Get      pressGetCmd      `cmd:"" help:"Write a file's bytes."`
}

// pressOf says whose press it is.
type pressOf struct {
	Page  int64 `help:"Of this page; without it of the brand, on all its pages." placeholder:"ID"`
	Brand int64 `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// dial finds where the API has it.
func (o pressOf) dial(ctx context.Context, r *remote, s streams) (*client, string, error) {
	c, err := dial(ctx, r, s)
	if err != nil {
		return nil, "", err
	}
	if o.Page != 0 {
		return c, "/centre/" + id(o.Page) + "/press", nil
	}
	brand, err := theBrand(c, o.Brand)
	return c, "/brands/" + id(brand) + "/press", err
}

// change reads what there is, changes it and saves it at the version that was read.
func (o pressOf) change(ctx context.Context, r *remote, s streams, do func(*desk.Press) error) error {
	c, path, err := o.dial(ctx, r, s)
	if err != nil {
		return err
	}
	var p desk.Press
	if err := c.call(http.MethodGet, path, nil, nil, &p); err != nil {
		return err
	}
	if err := do(&p); err != nil {
		return err
	}
	files := make([]map[string]any, 0, len(p.Files))
	for _, f := range p.Files {
		files = append(files, map[string]any{"id": f.ID, "words": f.Words})
	}
	contacts := append([]desk.PressContact{}, p.Contacts...)
	return show(c, http.MethodPut, path, map[string]any{"alone": p.Alone, "contacts": contacts, "files": files, "version": p.Version}, tellPress)
}

// given is a new value when there is one, empty too, and else the old one.
func given(value *string, old string) string {
	if value == nil {
		return old
	}
	return *value
}

func tellPress(w io.Writer, p desk.Press) {
	if p.Alone {
		fmt.Fprintln(w, "without what the brand has on all its pages")
	}
	for _, c := range p.Contacts {
		fmt.Fprintf(w, "contact %s %s %s\n", c.Name, c.Phone, c.Mail)
		for _, words := range c.Words {
			fmt.Fprintf(w, "  %-6s %s; %s\n", words.Lang, words.For, words.Hours)
		}
	}
	for _, f := range p.Files {
		fmt.Fprintf(w, "file %s %s, %s, %d bytes, sha256 %s\n", f.ID, f.Name, f.KindName(), f.Size, f.Hash)
		for _, words := range f.Words {
			fmt.Fprintf(w, "  %-6s %s; %s\n", words.Lang, words.Alt, words.Credit)
		}
	}
}

type pressShowCmd struct{ pressOf }

// Run shows what there is for the press.
func (o *pressShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, path, err := o.dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, path, nil, tellPress)
}

type pressAddCmd struct {
	pressOf
	File   string `arg:"" help:"The file; - reads standard input."`
	Name   string `help:"As the public sees it; without it the file's own."`
	Alt    string `help:"What a picture shows, for those who do not see it; what another file is." required:""`
	Credit string `help:"Who made it, and how it may be used."`
	Lang   string `help:"Of alt and credit." default:"en"`
}

// Run uploads a file.
func (o *pressAddCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, path, err := o.dial(ctx, r, s)
	if err != nil {
		return err
	}
	q := query("name", or(o.Name, filepath.Base(o.File)), "lang", o.Lang, "alt", o.Alt, "credit", o.Credit)
	return upload(c, path+"/files", q, "application/octet-stream", o.File, tellPress)
}

type pressDescribeCmd struct {
	pressOf
	File   string  `arg:"" help:"Its id: f1, f2 …"`
	Alt    *string `help:"What it shows or is."`
	Credit *string `help:"Who made it, and how it may be used."`
	Lang   string  `help:"Of alt and credit." default:"en"`
}

// Run says what a file is. What is not given stays as it is.
func (o *pressDescribeCmd) Run(ctx context.Context, r *remote, s streams) error {
	return o.change(ctx, r, s, func(p *desk.Press) error {
		f := p.File(o.File)
		if f == nil {
			return misuse("there is no file %s; see centre press show", o.File)
		}
		i := slices.IndexFunc(f.Words, func(w desk.PressFileSaid) bool { return w.Lang == o.Lang })
		if i < 0 {
			f.Words, i = append(f.Words, desk.PressFileSaid{Lang: o.Lang}), len(f.Words)
		}
		w := &f.Words[i]
		w.Alt, w.Credit = given(o.Alt, w.Alt), given(o.Credit, w.Credit)
		return nil
	})
}

type pressMoveCmd struct {
	pressOf
	File string `arg:"" help:"Its id: f1, f2 …"`
	To   int    `arg:"" help:"Its new place, from 1."`
}

// Run moves a file.
func (o *pressMoveCmd) Run(ctx context.Context, r *remote, s streams) error {
	return o.change(ctx, r, s, func(p *desk.Press) error {
		f := p.File(o.File)
		if f == nil || o.To < 1 || o.To > len(p.Files) {
			return misuse("there is no file %s, or no place %d; see centre press show", o.File, o.To)
		}
		one := *f
		if err := p.Remove(o.File); err != nil {
			return err
		}
		p.Files = slices.Insert(p.Files, o.To-1, one)
		return nil
	})
}

type pressRemoveCmd struct {
	pressOf
	File string `arg:"" help:"Its id: f1, f2 …"`
	Now  bool   `help:"Take it off everything public at once, without waiting for signatures. For leads."`
}

// Run removes a file.
func (o *pressRemoveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, path, err := o.dial(ctx, r, s)
	if err != nil {
		return err
	}
	path += "/files/" + o.File
	if o.Now {
		path += "?now=true"
	}
	return show(c, http.MethodDelete, path, nil, tellPress)
}

type pressContactCmd struct {
	pressOf
	Name  string  `arg:"" help:"Name."`
	Phone *string `help:"Telephone."`
	Mail  *string `help:"Mail address."`
	For   *string `help:"What to ask there."`
	Hours *string `help:"When, and in which languages."`
	Lang  string  `help:"Of --for and --hours." default:"en"`
}

// Run adds a contact or changes one. What is not given stays as it is.
func (o *pressContactCmd) Run(ctx context.Context, r *remote, s streams) error {
	return o.change(ctx, r, s, func(p *desk.Press) error {
		i := slices.IndexFunc(p.Contacts, func(c desk.PressContact) bool { return c.Name == o.Name })
		if i < 0 {
			p.Contacts, i = append(p.Contacts, desk.PressContact{Name: o.Name}), len(p.Contacts)
		}
		c := &p.Contacts[i]
		c.Phone, c.Mail = given(o.Phone, c.Phone), given(o.Mail, c.Mail)
		j := slices.IndexFunc(c.Words, func(w desk.PressContactSaid) bool { return w.Lang == o.Lang })
		if j < 0 {
			c.Words, j = append(c.Words, desk.PressContactSaid{Lang: o.Lang}), len(c.Words)
		}
		w := &c.Words[j]
		w.For, w.Hours = given(o.For, w.For), given(o.Hours, w.Hours)
		return nil
	})
}

type pressForgetCmd struct {
	pressOf
	Name string `arg:"" help:"Name."`
}

// Run removes a contact.
func (o *pressForgetCmd) Run(ctx context.Context, r *remote, s streams) error {
	return o.change(ctx, r, s, func(p *desk.Press) error {
		n := len(p.Contacts)
		p.Contacts = slices.DeleteFunc(p.Contacts, func(c desk.PressContact) bool { return c.Name == o.Name })
		if len(p.Contacts) == n {
			return misuse("there is no contact %q; see centre press show", o.Name)
		}
		return nil
	})
}

type pressAloneCmd struct {
	Page  int64  `arg:"" help:"Which page."`
	Alone string `arg:"" help:"yes: it has its own contacts and files only; no: the brand's as well." enum:"yes,no" default:"yes"`
}

// Run leaves what the brand has for the press out of a page, or puts it back.
func (o *pressAloneCmd) Run(ctx context.Context, r *remote, s streams) error {
	return pressOf{Page: o.Page}.change(ctx, r, s, func(p *desk.Press) error {
		p.Alone = o.Alone == "yes"
		return nil
	})
}

type pressGetCmd struct {
	pressOf
	File string `arg:"" help:"Its id: f1, f2 …"`
	Out  string `short:"o" help:"File to write; - is standard output." default:"-" placeholder:"FILE"`
}

// Run writes the bytes of a file.
func (o *pressGetCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, path, err := o.dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.save(http.MethodGet, path+"/files/"+o.File, "", o.Out)
}
