package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"breakwater/desk"
)

type pressCmd struct {
	Show     pressShowCmd     `cmd:"" help:"Contacts and files for the press, of a brand on all pages or of one page."`
	Add      pressAddCmd      `cmd:"" help:"Add a file: PNG, JPEG, GIF, WebP, PDF or ZIP. Pages need to be signed with it."`
	Describe pressDescribeCmd `cmd:"" help:"Say in a language what a file shows or is, and who made it."`
	Move     pressMoveCmd     `cmd:"" help:"Show a file earlier or later."`
	Remove   pressRemoveCmd   `cmd:"" help:"Remove a file."`
	Contact  pressContactCmd  `cmd:"" help:"Add a contact, or change the one of that name."`
	Forget   pressForgetCmd   `cmd:"" help:"Remove a contact."`
	Get      pressGetCmd      `cmd:"" help:"Write a file's bytes."`
}

// pressOf says whose press it is.
type pressOf struct {
	Page  int64 `help:"Of this page; without it of the brand, on all its pages." placeholder:"ID"`
	Brand int64 `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// path is where the API has it.
func (o pressOf) path(c *client) (string, error) {
	if o.Page != 0 {
		return "/centre/" + id(o.Page) + "/press", nil
	}
	brand := o.Brand
	if brand == 0 {
		var err error
		if brand, err = onlyBrand(c); err != nil {
			return "", err
		}
	}
	return "/brands/" + id(brand) + "/press", nil
}

// change reads what there is, changes it and saves it at the version that was read.
func (o pressOf) change(ctx context.Context, r *remote, s streams, do func(*desk.Press) error) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path, err := o.path(c)
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

func tellPress(w io.Writer, p desk.Press) {
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
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path, err := o.path(c)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, path, nil, tellPress)
}

type pressAddCmd struct {
	pressOf
	File   string `arg:"" help:"The file."`
	Alt    string `help:"What a picture shows, for those who do not see it; what another file is." required:""`
	Credit string `help:"Who made it, and how it may be used."`
	Lang   string `help:"Of alt and credit." default:"en"`
}

// Run uploads a file.
func (o *pressAddCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path, err := o.path(c)
	if err != nil {
		return err
	}
	f, err := os.Open(o.File)
	if err != nil {
		return err
	}
	defer f.Close()
	resp, err := c.request(http.MethodPost, path+"/files", query("name", filepath.Base(o.File), "lang", o.Lang, "alt", o.Alt, "credit", o.Credit), "application/octet-stream", f)
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
	var p desk.Press
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	tellPress(s.Out, p)
	return nil
}

type pressDescribeCmd struct {
	pressOf
	File   string `arg:"" help:"Its id: f1, f2 …"`
	Alt    string `help:"What it shows or is."`
	Credit string `help:"Who made it, and how it may be used."`
	Lang   string `help:"Of alt and credit." default:"en"`
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
		f.Words[i].Alt, f.Words[i].Credit = or(o.Alt, f.Words[i].Alt), or(o.Credit, f.Words[i].Credit)
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
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path, err := o.path(c)
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
	Name  string `arg:"" help:"Name."`
	Phone string `help:"Telephone."`
	Mail  string `help:"Mail address."`
	For   string `help:"What to ask there."`
	Hours string `help:"When, and in which languages."`
	Lang  string `help:"Of --for and --hours." default:"en"`
}

// Run adds a contact or changes one. What is not given stays as it is.
func (o *pressContactCmd) Run(ctx context.Context, r *remote, s streams) error {
	return o.change(ctx, r, s, func(p *desk.Press) error {
		i := slices.IndexFunc(p.Contacts, func(c desk.PressContact) bool { return c.Name == o.Name })
		if i < 0 {
			p.Contacts, i = append(p.Contacts, desk.PressContact{Name: o.Name}), len(p.Contacts)
		}
		c := &p.Contacts[i]
		c.Phone, c.Mail = or(o.Phone, c.Phone), or(o.Mail, c.Mail)
		j := slices.IndexFunc(c.Words, func(w desk.PressContactSaid) bool { return w.Lang == o.Lang })
		if j < 0 {
			c.Words, j = append(c.Words, desk.PressContactSaid{Lang: o.Lang}), len(c.Words)
		}
		c.Words[j].For, c.Words[j].Hours = or(o.For, c.Words[j].For), or(o.Hours, c.Words[j].Hours)
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

type pressGetCmd struct {
	pressOf
	File string `arg:"" help:"Its id: f1, f2 …"`
	Out  string `short:"o" help:"File to write; - is standard output." default:"-" placeholder:"FILE"`
}

// Run writes the bytes of a file.
func (o *pressGetCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path, err := o.path(c)
	if err != nil {
		return err
	}
	return c.save(http.MethodGet, path+"/files/"+o.File, "", o.Out)
}
