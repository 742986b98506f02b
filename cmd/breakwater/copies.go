package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"strings"

	"breakwater/desk"
)

type copyCmd struct {
	List   copyListCmd   `cmd:"" help:"List copies on other servers, with the last good push and what is wrong."`
	Kinds  copyKindsCmd  `cmd:"" help:"List the kinds of copies and their settings."`
	Save   copySaveCmd   `cmd:"" help:"Set up a copy, or change one."`
	Show   copyShowCmd   `cmd:"" help:"How a copy fares, and our public key for its server."`
	Test   copyTestCmd   `cmd:"" help:"Sign in and try whether we may write there."`
	Trust  copyTrustCmd  `cmd:"" help:"Confirm that a key is the server's own."`
	Push   copyPushCmd   `cmd:"" help:"Bring every file anew."`
	Pause  copyPauseCmd  `cmd:"" help:"Leave a copy as it is."`
	Resume copyResumeCmd `cmd:"" help:"Let a copy go on."`
	Delete copyDeleteCmd `cmd:"" help:"Remove a copy. What lies there stays there."`
}

type copyListCmd struct {
	Brand int64 `help:"Of this brand; 0 of all." placeholder:"ID"`
}

// Run lists copies.
func (x copyListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/copies", query("brand", id(x.Brand)), 0, "ID KIND STATE GOOD FAILED NAME PROBLEM", func(x desk.Carrier) []string {
		return []string{id(x.ID), x.Kind, stateOf(x), when(x.Good), when(x.Failed), cut(x.Name, 40), cut(x.Problem.English(), 120)}
	})
}

func stateOf(x desk.Carrier) string {
	switch {
	case x.Paused:
		return desk.HealthPaused
	case x.Waits:
		return "held"
	}
	return or(x.State, desk.HealthNew)
}

type copyKindsCmd struct{}

// Run lists kinds of copies.
func (copyKindsCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return showKinds(c, "/copies/kinds")
}

type copySaveCmd struct {
	ID    int64             `help:"Which copy to change; 0 sets one up." placeholder:"ID"`
	Kind  string            `help:"Kind of copy, see centre copy kinds."`
	Name  string            `help:"Name."`
	Set   map[string]string `help:"Settings of its kind, as name=value; a value that begins with @ is read from that file. Repeat it." placeholder:"NAME=VALUE"`
	Brand int64             `help:"Whose pages it holds; without it the desk's only brand." placeholder:"ID"`
}

// Run sets a copy up or changes one. What is not given stays as it is.
func (x *copySaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	was, method, path := desk.Carrier{Settings: desk.Settings{}}, http.MethodPost, "/copies"
	switch {
	case x.ID != 0:
		method, path = http.MethodPut, "/copies/"+id(x.ID)
		err = c.call(http.MethodGet, path, nil, nil, &was)
	case x.Kind == "" || x.Name == "":
		return misuse("a new copy needs --kind and --name")
	case x.Brand == 0:
		x.Brand, err = onlyBrand(c)
	}
	if err != nil {
		return err
	}
	for name, value := range x.Set {
		if file, ok := strings.CutPrefix(value, "@"); ok {
			b, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			x.Set[name] = strings.TrimSpace(string(b))
		}
	}
	maps.Copy(was.Settings, x.Set)
	in := map[string]any{"kind": or(x.Kind, was.Kind), "name": or(x.Name, was.Name), "settings": was.Settings, "brand_id": id(max(x.Brand, was.BrandID)), "version": was.Version}
	return show(c, method, path, in, tellCopy)
}

func tellCopy(w io.Writer, x desk.Carrier) {
	fmt.Fprintf(w, "copy %d %s, %s: %s\n", x.ID, x.Kind, stateOf(x), x.Name)
	if !x.Good.IsZero() {
		fmt.Fprintf(w, "last good push %s, %d files\n", when(x.Good), x.Files)
	}
	if !x.Failed.IsZero() {
		fmt.Fprintf(w, "last failure %s\n", when(x.Failed))
	}
	if !x.Problem.IsZero() {
		fmt.Fprintln(w, x.Problem.English())
	}
	if x.Public != "" {
		fmt.Fprintf(w, "our key for the server: %s\n", x.Public)
	}
}

type copyShowCmd struct {
	ID int64 `arg:"" help:"Which copy."`
}

// Run shows a copy.
func (x copyShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/copies/"+id(x.ID), nil, tellCopy)
}

type copyTestCmd struct {
	ID int64 `arg:"" help:"Which copy."`
}

// Run tries a copy.
func (x copyTestCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	type found struct {
		OK      bool      `json:"ok"`
		Problem desk.Text `json:"problem"`
		HostKey string    `json:"host_key"`
	}
	var ok bool
	err = show(c, http.MethodPost, "/copies/"+id(x.ID)+"/test", nil, func(w io.Writer, f found) {
		if ok = f.OK; ok {
			fmt.Fprintln(w, "works: we may write there")
			return
		}
		fmt.Fprintln(w, f.Problem.English())
		if f.HostKey != "" {
			fmt.Fprintf(w, "to confirm it: breakwater centre copy trust %d %s\n", x.ID, f.HostKey)
		}
	})
	if err == nil && !ok && !r.JSON {
		return errors.New("the copy does not work yet")
	}
	return err
}

type copyTrustCmd struct {
	ID  int64  `arg:"" help:"Which copy."`
	Key string `arg:"" help:"Fingerprint of the server's key, SHA256:…"`
}

// Run confirms a server's key.
func (x copyTrustCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/copies/"+id(x.ID)+"/trust", map[string]any{"host_key": x.Key}, tellCopy)
}

type copyPushCmd struct {
	ID int64 `arg:"" help:"Which copy."`
}

// Run brings a copy anew.
func (x copyPushCmd) Run(ctx context.Context, r *remote, s streams) error {
	return turnCopy(ctx, r, s, x.ID, "push")
}

type copyPauseCmd struct {
	ID int64 `arg:"" help:"Which copy."`
}

// Run pauses a copy.
func (x copyPauseCmd) Run(ctx context.Context, r *remote, s streams) error {
	return turnCopy(ctx, r, s, x.ID, "pause")
}

type copyResumeCmd struct {
	ID int64 `arg:"" help:"Which copy."`
}

// Run lets a copy go on.
func (x copyResumeCmd) Run(ctx context.Context, r *remote, s streams) error {
	return turnCopy(ctx, r, s, x.ID, "resume")
}

func turnCopy(ctx context.Context, r *remote, s streams, which int64, how string) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/copies/"+id(which)+"/"+how, nil, tellCopy)
}

type copyDeleteCmd struct {
	ID int64 `arg:"" help:"Which copy."`
}

// Run removes a copy.
func (x copyDeleteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.call(http.MethodDelete, "/copies/"+id(x.ID), nil, nil, nil)
}
