package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"breakwater/desk"
)

// mentionFilter narrows lists of mentions.
type mentionFilter struct {
	Text    string    `help:"Words and \"phrases\"; a trailing * is a prefix, a leading - excludes."`
	Brand   int64     `help:"Of this brand." placeholder:"ID"`
	Monitor []string  `help:"Of these monitors." placeholder:"ID"`
	Network []string  `help:"On these networks."`
	Lang    []string  `help:"In these languages."`
	Mood    []string  `help:"Of these moods: negative, neutral, positive." enum:"negative,neutral,positive"`
	Author  string    `help:"By this author, without @."`
	From    time.Time `help:"Published at or after (2006-01-02T15:04:05Z)." placeholder:"TIME"`
	To      time.Time `help:"Published before." placeholder:"TIME"`
	Listed  bool      `help:"Leave out reposts and copies."`
}

func (f *mentionFilter) query() url.Values {
	q := query("text", f.Text, "brand", id(f.Brand), "monitor", strings.Join(f.Monitor, ","), "network", strings.Join(f.Network, ","),
		"lang", strings.Join(f.Lang, ","), "mood", strings.Join(f.Mood, ","), "author", f.Author)
	if f.Listed {
		q.Set("listed", "true")
	}
	if !f.From.IsZero() {
		q.Set("from", f.From.UTC().Format(time.RFC3339))
	}
	if !f.To.IsZero() {
		q.Set("to", f.To.UTC().Format(time.RFC3339))
	}
	return q
}

type mentionCmd struct {
	List mentionListCmd `cmd:"" help:"Search mentions, newest first."`
}

type mentionListCmd struct {
	mentionFilter `embed:""`
	Limit         int `help:"How many at most; 0 is all." default:"50"`
}

// Run searches mentions.
func (m *mentionListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/mentions", m.query(), m.Limit, "ID PUBLISHED NETWORK MOOD AUTHOR TEXT", func(x desk.Mention) []string {
		return []string{id(x.ID), when(x.Published), x.Network, x.Mood.String(), cut(x.Author.Handle, 24), cut(x.Text, 100)}
	})
}

type exportCmd struct {
	mentionFilter `embed:""`
}

// Run writes all mentions that fit as NDJSON, which import reads again.
func (e *exportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	n := 0
	err = list(c, "/mentions", e.query(), 0, func(raw json.RawMessage, _ desk.Mention) error {
		n++
		return c.line(raw)
	})
	fmt.Fprintf(s.Err, "%d mentions\n", n)
	return err
}
