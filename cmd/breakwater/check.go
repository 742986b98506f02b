package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"breakwater/internal/posttext"
)

// checkCmd looks over one of two things: a data folder, or a text that is to go out.
type checkCmd struct {
	folderFlags `embed:""`
	Network     string `help:"Read a text from standard input as this network will: ${networks}. Needs no desk." placeholder:"NAME"`
	Limit       int    `help:"Its length at most, where the network lets a server say so (Mastodon)." placeholder:"N"`
	PerLink     int    `help:"Characters that a link counts as there." placeholder:"N"`
}

// Run checks the text when a network is given, else the data folder.
func (c *checkCmd) Run(ctx context.Context, r *remote, s streams) error {
	if c.Network == "" {
		return c.folder(ctx, r, s)
	}
	if !posttext.Known(c.Network) {
		return misuse("--network must be one of %s, not %q", strings.Join(posttext.Networks(), ", "), c.Network)
	}
	b, err := io.ReadAll(io.LimitReader(s.In, maxText+1))
	if err != nil {
		return err
	}
	if len(b) > maxText {
		return fmt.Errorf("the text is longer than %d MB: no network takes that", maxText>>20)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r") // the end of the last line is the terminal's
	read := posttext.Read(c.Network, posttext.Limits{Text: c.Limit, PerLink: c.PerLink}, text)
	if r.JSON {
		if err := print1(s.Out, read); err != nil {
			return err
		}
	} else {
		tellReading(s.Out, read)
	}
	if !read.Valid {
		return errors.New("the text cannot go out like this")
	}
	return nil
}

// maxText bounds what is read: far more than any network takes.
const maxText = 4 << 20

func tellReading(w io.Writer, r posttext.Reading) {
	fmt.Fprintf(w, "length   %d", r.Length)
	if r.Limit > 0 {
		fmt.Fprintf(w, " of %d", r.Limit)
	}
	fmt.Fprintf(w, " (%s), %d bytes", r.Unit, r.Bytes)
	if r.ByteLimit > 0 {
		fmt.Fprintf(w, " of %d", r.ByteLimit)
	}
	fmt.Fprintf(w, "\nvalid    %t\n", r.Valid)
	if r.Over > 0 {
		fmt.Fprintf(w, "too long from byte %d on\n", r.Over)
	}
	for _, f := range r.Forbidden {
		fmt.Fprintf(w, "refused  a character at byte %d\n", f[0])
	}
	if r.Reply != "" {
		fmt.Fprintf(w, "begins with a name: shown as an answer to @%s\n", clean([]string{r.Reply})[0])
	}
	for _, e := range r.All() {
		fmt.Fprintf(w, "%-8s %s (bytes %d to %d)\n", e.Kind, clean([]string{e.Text})[0], e.Bytes[0], e.Bytes[1])
	}
}
