package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"breakwater/desk"
	"breakwater/internal/posttext"
)

// checkCmd looks over a data folder, or a text that is to go out.
type checkCmd struct {
	folderFlags `embed:""`
	Network     string `help:"Read a text from standard input as this network will: ${networks}. Needs no desk." placeholder:"NAME"`
	Limit       int    `help:"Its length at most, where the network lets a server say so (Mastodon)." placeholder:"N"`
	PerLink     int    `help:"Characters that a link counts as there." placeholder:"N"`
	Channel     int64  `help:"Have a desk look over the text from standard input for this channel: links, names, words, day." placeholder:"ID"`
	Statement   int64  `help:"Have a desk look over this statement." placeholder:"ID"`
	Lang        string `help:"Language of the text, for --channel." default:"en"`
}

// Run checks a text when a network, channel or statement is given, else the data folder.
func (c *checkCmd) Run(ctx context.Context, r *remote, s streams) error {
	switch {
	case c.Channel != 0 || c.Statement != 0:
		return c.desk(ctx, r, s)
	case c.Network == "":
		return c.folder(ctx, r, s)
	}
	if !posttext.Known(c.Network) {
		return misuse("--network must be one of %s, not %q", strings.Join(posttext.Networks(), ", "), c.Network)
	}
	text, err := readText(s.In)
	if err != nil {
		return err
	}
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

// readText reads a text from a terminal or file, whose last line's end is not part of it.
func readText(in io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(in, maxText+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxText {
		return "", fmt.Errorf("the text is longer than %d MB: no network takes that", maxText>>20)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), nil
}

// desk asks a desk to look over a text or a statement.
func (c *checkCmd) desk(ctx context.Context, r *remote, s streams) error {
	cl, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{"statement_id": id(c.Statement)}
	if c.Statement == 0 {
		text, err := readText(s.In)
		if err != nil {
			return err
		}
		var ch desk.Channel
		if err := cl.call(http.MethodGet, "/channels/"+id(c.Channel), nil, nil, &ch); err != nil {
			return err
		}
		in = map[string]any{"channel_id": id(c.Channel), "brand_id": id(ch.BrandID), "lang": c.Lang, "text": text}
	}
	blocked := false
	err = show(cl, http.MethodPost, "/preflight", in, func(w io.Writer, out struct {
		Blocked  bool
		Findings []struct {
			Check, Weight string
			Say, Fix      struct{ Text string }
		}
	}) {
		blocked = out.Blocked
		for _, f := range out.Findings {
			fmt.Fprintf(w, "%-7s %s %s\n", f.Weight, clean([]string{f.Say.Text})[0], clean([]string{f.Fix.Text})[0])
		}
	})
	if err == nil && blocked {
		err = errors.New("the text cannot go out like this")
	}
	return err
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
