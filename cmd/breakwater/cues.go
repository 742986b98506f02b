package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"breakwater/desk"
)

type cueCmd struct {
	Types  cueTypesCmd  `cmd:"" help:"List the types of crisis that mentions are marked with."`
	List   cueListCmd   `cmd:"" help:"List a brand's own expressions, and what it switched off."`
	Export cueExportCmd `cmd:"" help:"Write a brand's own cues as CSV, YAML or JSON."`
	Import cueImportCmd `cmd:"" help:"Take a brand's own cues from a file, or say what it would change."`
	Remark cueRemarkCmd `cmd:"" help:"Mark stored mentions anew, in the background."`
	Tag    cueTagCmd    `cmd:"" help:"Say that a mention is of a type, or is not."`
}

// ofBrand says whose cues.
type ofBrand struct {
	Brand int64 `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// path is the address of the brand's cues.
func (b *ofBrand) path(c *client) (string, error) {
	if b.Brand == 0 {
		var err error
		if b.Brand, err = onlyBrand(c); err != nil {
			return "", err
		}
	}
	return "/brands/" + id(b.Brand) + "/cues", nil
}

type cueTypesCmd struct {
	ofBrand `embed:""`
}

// cueType is a type as the API tells it.
type cueType struct {
	Name     string    `json:"name"`
	Help     desk.Text `json:"help"`
	Severity int       `json:"severity"`
	Group    string    `json:"group"`
	Own      bool      `json:"own"`
	Off      bool      `json:"off"`
}

// Run lists the types.
func (m *cueTypesCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path, err := m.path(c)
	if err != nil {
		return err
	}
	return table(c, path+"/types", nil, 0, "TYPE SEVERITY GROUP STATE ABOUT", func(t cueType) []string {
		state := "on"
		if t.Off {
			state = "off"
		}
		group := t.Group
		if t.Own {
			group = "own"
		}
		return []string{t.Name, strconv.Itoa(t.Severity), group, state, t.Help.English()}
	})
}

type cueListCmd struct {
	ofBrand `embed:""`
}

// Run lists a brand's own cues.
func (m *cueListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path, err := m.path(c)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, path, nil, printCues)
}

func printCues(w io.Writer, l desk.CueList) {
	for _, x := range l.Cues {
		strength, state := "supporting", ""
		if x.Strong {
			strength = "strong"
		}
		if x.Off {
			state = "  off"
		}
		fmt.Fprintf(w, "%s  %s  %s  %s%s\n", x.Type, or(x.Lang, "all"), strength, x.Text, state)
	}
	for _, t := range l.Off {
		fmt.Fprintf(w, "%s  not told for this brand\n", t)
	}
	for _, q := range l.Quiet {
		fmt.Fprintf(w, "%s  %s  does not count: %s\n", q.Type, or(q.Lang, "all"), q.Text)
	}
}

type cueExportCmd struct {
	ofBrand `embed:""`
	Format  string `help:"csv, yaml or json." enum:"csv,yaml,json" default:"csv"`
}

// Run writes a brand's cues.
func (m *cueExportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path, err := m.path(c)
	if err != nil {
		return err
	}
	resp, err := c.request(http.MethodGet, path+"/file", url.Values{"format": {m.Format}}, "", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(s.Out, resp.Body)
	return err
}

type cueImportCmd struct {
	ofBrand `embed:""`
	File    string `arg:"" help:"The file; - reads standard input."`
	Add     bool   `help:"Add to what the brand has; without it the file replaces the list."`
	Try     bool   `help:"Only say what it would change."`
	Remark  bool   `help:"Mark stored mentions anew afterwards."`
}

// Run takes cues from a file.
func (m *cueImportCmd) Run(ctx context.Context, r *remote, s streams) error {
	in := s.In
	if m.File != "-" {
		f, err := os.Open(m.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path, err := m.path(c)
	if err != nil {
		return err
	}
	q := url.Values{"add": {strconv.FormatBool(m.Add)}, "try": {strconv.FormatBool(m.Try)}}
	resp, err := c.request(http.MethodPost, path+"/import", q, "text/plain", in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := m.say(s.Out, resp.Body, c.JSON); err != nil || m.Try || !m.Remark {
		return err
	}
	return c.done(http.MethodPost, path+"/remark", nil, "stored mentions are being marked anew")
}

// say prints what became of the file.
func (m *cueImportCmd) say(w io.Writer, answer io.Reader, asJSON bool) error {
	if asJSON {
		_, err := io.Copy(w, answer)
		return err
	}
	var out struct {
		List    desk.CueList `json:"list"`
		Preview *struct {
			Say desk.Text      `json:"say"`
			New []desk.Mention `json:"new"`
		} `json:"preview"`
	}
	if err := json.NewDecoder(answer).Decode(&out); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	fmt.Fprintf(w, "%d expressions, %d types off, %d expressions of the program that do not count\n", len(out.List.Cues), len(out.List.Off), len(out.List.Quiet))
	if out.Preview == nil {
		return nil
	}
	fmt.Fprintln(w, out.Preview.Say.English())
	for _, x := range out.Preview.New {
		fmt.Fprintf(w, "  %d  %s  %s\n", x.ID, strings.Join(x.Cues, ", "), cut(x.Text, 100))
	}
	return nil
}

type cueRemarkCmd struct {
	ofBrand `embed:""`
}

// Run has stored mentions marked anew.
func (m *cueRemarkCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path, err := m.path(c)
	if err != nil {
		return err
	}
	return c.done(http.MethodPost, path+"/remark", nil, "stored mentions are being marked anew")
}

type cueTagCmd struct {
	Mention int64  `arg:"" help:"Which mention."`
	Type    string `arg:"" help:"The type, as cue types lists them."`
	Not     bool   `help:"It is not about that, whatever its words say."`
}

// Run says what a mention is about.
func (m *cueTagCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{"type": m.Type, "not": m.Not}
	return show(c, http.MethodPost, "/mentions/"+id(m.Mention)+"/cue", in, func(w io.Writer, x desk.Mention) {
		fmt.Fprintf(w, "mention %d: %s\n", x.ID, or(strings.Join(x.Cues, ", "), "no cue"))
	})
}
