package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"breakwater/desk"
)

type correctionCmd struct {
	List correctionListCmd `cmd:"" help:"List what people corrected of a brand's mentions, newest first."`
	Show correctionShowCmd `cmd:"" help:"Show what a brand's corrections taught."`
	Set  correctionSetCmd  `cmd:"" help:"Say what the mood of a mention is."`
	Undo correctionUndoCmd `cmd:"" help:"Take a correction back."`
}

type correctionListCmd struct {
	Brand int64 `help:"Of this brand." default:"1" placeholder:"ID"`
	Limit int   `help:"How many at most; 0 is all." default:"50"`
}

// Run lists corrections.
func (k *correctionListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/brands/"+id(k.Brand)+"/corrections", nil, k.Limit, "MENTION WHEN BY WAS IS TEXT", func(x desk.Correction) []string {
		return []string{id(x.Mention.ID), when(x.At), x.Name, x.Was.String(), x.Mention.Mood.String(), cut(x.Mention.Text, 100)}
	})
}

type correctionShowCmd struct {
	Brand int64 `help:"Of this brand." default:"1" placeholder:"ID"`
}

// Run shows what corrections taught.
func (k *correctionShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/brands/"+id(k.Brand)+"/lesson", nil, func(w io.Writer, l desk.Lesson) {
		fmt.Fprintf(w, "learned from %d corrections at %s\n", l.Taught, when(l.Learned))
		fmt.Fprintf(w, "%d mentions of the last 30 days read again, %d of them differently; done: %t\n", l.Read, l.Differ, l.Done)
	})
}

type correctionSetCmd struct {
	Mention int64  `arg:"" help:"Which mention."`
	Mood    string `arg:"" help:"negative, neutral or positive." enum:"negative,neutral,positive"`
}

// Run corrects a mention.
func (k *correctionSetCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/mentions/"+id(k.Mention)+"/correct", map[string]string{"mood": k.Mood}, tellMood)
}

type correctionUndoCmd struct {
	Mention int64 `arg:"" help:"Which mention."`
}

// Run takes a correction back.
func (k *correctionUndoCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodDelete, "/mentions/"+id(k.Mention)+"/correct", nil, tellMood)
}

func tellMood(w io.Writer, m desk.Mention) {
	by := "the desk"
	switch {
	case m.CorrectedBy != "":
		by = m.CorrectedBy
	case m.ReadBy != "":
		by = m.ReadBy
	}
	fmt.Fprintf(w, "mention %d is %s, says %s\n", m.ID, m.Mood, by)
}
