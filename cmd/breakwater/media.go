package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"breakwater/desk"
)

type mediaCmd struct {
	Add mediaAddCmd `cmd:"" help:"Upload a picture or film; place, device and author are taken out of it."`
}

type mediaAddCmd struct {
	File string `arg:"" help:"JPEG, PNG, GIF, WebP or MP4."`
	Alt  string `help:"What it shows, for those who do not see it."`
}

// Run uploads a picture or film, and prints what goes into a variant.
func (m *mediaAddCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	f, err := os.Open(m.File)
	if err != nil {
		return err
	}
	defer f.Close()
	resp, err := c.request(http.MethodPost, "/media", query("name", filepath.Base(m.File), "alt", m.Alt), "application/octet-stream", f)
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
	var done desk.Media
	if err := json.Unmarshal(raw, &done); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.Server, err)
	}
	_, err = fmt.Fprintf(c.Out, "%s: %s, %d × %d, %d bytes\n", done.Hash, done.Type, done.Width, done.Height, done.Size)
	return err
}
