package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"

	"breakwater/desk"
)

type guardCmd struct {
	Show guardShowCmd `cmd:"" help:"Show what a brand adds to the checks before publishing."`
	Save guardSaveCmd `cmd:"" help:"Replace it from a file of JSON, as show --json gives it."`
}

// guardOf is the path of a brand's guard; brand 0 is the desk's only one.
func guardOf(c *client, brand int64) (string, error) {
	if brand == 0 {
		var err error
		if brand, err = onlyBrand(c); err != nil {
			return "", err
		}
	}
	return "/brands/" + id(brand) + "/guard", nil
}

func tellGuard(w io.Writer, g desk.Guard) {
	fmt.Fprintf(w, "version %d: %d sensitive words, %d days, %d names\n", g.Version, len(g.Words), len(g.Days), len(g.Names))
	for _, x := range g.Words {
		fmt.Fprintf(w, "  word  %s: %s\n", x.Topic, x.Text)
	}
	for _, d := range g.Days {
		fmt.Fprintf(w, "  day   %s %s\n", d.Day, d.Name)
	}
	for _, x := range g.Names {
		fmt.Fprintf(w, "  name  %s\n", x)
	}
	for _, x := range g.Quiet {
		fmt.Fprintf(w, "  quiet %s\n", x)
	}
}

type guardShowCmd struct {
	Brand int64 `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run shows a guard.
func (x *guardShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path, err := guardOf(c, x.Brand)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, path, nil, tellGuard)
}

type guardSaveCmd struct {
	File  string `arg:"" help:"JSON with words, quiet, days and names; - reads standard input."`
	Brand int64  `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run replaces a guard. A file with a version is refused when somebody else was faster.
func (x *guardSaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := s.In
	if x.File != "-" {
		f, err := os.Open(x.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	var g desk.Guard
	if err := json.NewDecoder(io.LimitReader(in, 4<<20)).Decode(&g); err != nil {
		return misuse("the file cannot be read as JSON: %v", err)
	}
	path, err := guardOf(c, x.Brand)
	if err != nil {
		return err
	}
	if g.Version == 0 {
		var now desk.Guard
		if err := c.call(http.MethodGet, path, nil, nil, &now); err != nil {
			return err
		}
		g.Version = now.Version
	}
	body := map[string]any{"words": g.Words, "quiet": g.Quiet, "days": g.Days, "names": g.Names, "version": g.Version}
	return show(c, http.MethodPut, path, body, tellGuard)
}
