package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"strconv"

	"breakwater/desk"
)

type channelCmd struct {
	List   channelListCmd   `cmd:"" help:"List the channels that we speak in, with limits and health."`
	Kinds  channelKindsCmd  `cmd:"" help:"List the kinds of channels and their settings."`
	Save   channelSaveCmd   `cmd:"" help:"Add a channel, or change one."`
	Check  channelCheckCmd  `cmd:"" help:"Look at a channel for real, now."`
	Pause  channelPauseCmd  `cmd:"" help:"Let nothing go out in a channel."`
	Resume channelResumeCmd `cmd:"" help:"Speak in a channel again."`
	Delete channelDeleteCmd `cmd:"" help:"Remove a channel. What was said there stays there."`
	ByHand byHandCmd        `cmd:"" name:"by-hand" help:"List what people are to do by hand, or tick it."`
}

type channelListCmd struct {
	Brand int64 `help:"Of this brand; 0 of all." placeholder:"ID"`
}

// Run lists channels in the order of publishing.
func (x channelListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/channels", query("brand", id(x.Brand)), 0, "ID KIND NAME ACCOUNT STATE CHECKED EXPIRES LIMIT PROBLEM", func(x desk.Channel) []string {
		state := x.State
		if x.Paused {
			state = desk.HealthPaused
		}
		return []string{id(x.ID), x.Kind, x.Name, x.Account, state, when(x.Checked), when(x.Expires), strconv.Itoa(x.Limits.Text), cut(x.Problem.English(), 80)}
	})
}

type channelKindsCmd struct{}

// Run lists kinds of channels.
func (channelKindsCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return showKinds(c, "/channels/kinds")
}

type channelSaveCmd struct {
	ID    int64             `help:"Which channel to change; 0 adds one." placeholder:"ID"`
	Kind  string            `help:"Kind of channel, see channel kinds."`
	Name  string            `help:"Name."`
	Set   map[string]string `help:"Settings of its kind, as name=value; repeat it." placeholder:"NAME=VALUE"`
	Brand int64             `help:"That speaks there." placeholder:"ID"`
	Lang  string            `help:"Language that is spoken there."`
	Order int               `help:"Place in the order of publishing."`
}

// Run adds or changes a channel. What is not given stays as it is.
func (x *channelSaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	was, method, path := desk.Channel{Settings: desk.Settings{}}, http.MethodPost, "/channels"
	if x.ID != 0 {
		method, path = http.MethodPut, "/channels/"+id(x.ID)
		if err := c.call(http.MethodGet, path, nil, nil, &was); err != nil {
			return err
		}
	} else if x.Kind == "" || x.Name == "" || x.Brand == 0 {
		return misuse("a new channel needs --kind, --name and --brand")
	}
	maps.Copy(was.Settings, x.Set)
	in := map[string]any{
		"kind": or(x.Kind, was.Kind), "name": or(x.Name, was.Name), "settings": was.Settings, "brand_id": id(max(x.Brand, was.BrandID)),
		"lang": or(x.Lang, was.Lang), "order": max(x.Order, was.Order), "version": was.Version,
	}
	return show(c, method, path, in, func(w io.Writer, n desk.Channel) { fmt.Fprintf(w, "channel %d: %s\n", n.ID, n.Name) })
}

type channelCheckCmd struct {
	ID int64 `arg:"" help:"Which channel."`
}

// Run looks at a channel.
func (x channelCheckCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	type found struct {
		Account string      `json:"account"`
		Limits  desk.Limits `json:"limits"`
	}
	return show(c, http.MethodPost, "/channels/"+id(x.ID)+"/check", nil, func(w io.Writer, f found) {
		fmt.Fprintf(w, "works: %s, %d characters\n", f.Account, f.Limits.Text)
	})
}

type channelPauseCmd struct {
	ID  int64  `arg:"" help:"Which channel."`
	Why string `help:"Why, for the journal."`
}

// Run pauses a channel.
func (x channelPauseCmd) Run(ctx context.Context, r *remote, s streams) error {
	return pauseChannel(ctx, r, s, x.ID, "pause", x.Why)
}

type channelResumeCmd struct {
	ID  int64  `arg:"" help:"Which channel."`
	Why string `help:"Why, for the journal."`
}

// Run lets a channel speak again.
func (x channelResumeCmd) Run(ctx context.Context, r *remote, s streams) error {
	return pauseChannel(ctx, r, s, x.ID, "resume", x.Why)
}

func pauseChannel(ctx context.Context, r *remote, s streams, which int64, how, why string) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/channels/"+id(which)+"/"+how, map[string]any{"why": why}, func(w io.Writer, n desk.Channel) {
		fmt.Fprintf(w, "channel %d: %s, paused: %v\n", n.ID, n.Name, n.Paused)
	})
}

type channelDeleteCmd struct {
	ID int64 `arg:"" help:"Which channel."`
}

// Run removes a channel.
func (x channelDeleteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.call(http.MethodDelete, "/channels/"+id(x.ID), nil, nil, nil)
}

type byHandCmd struct {
	Tick  int64  `help:"Say that this task is done." placeholder:"ID"`
	Photo string `help:"Photo that shows it." type:"existingfile"`
	Note  string `help:"What should be known about it."`
	Brand int64  `help:"Of this brand; 0 of all." placeholder:"ID"`
	Done  bool   `help:"List those that are done."`
}

// Run lists tasks by hand, or ticks one.
func (x byHandCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if x.Tick == 0 {
		q := query("brand", id(x.Brand))
		if x.Done {
			q.Set("done", "true")
		}
		return table(c, "/by-hand", q, 0, "ID CHANNEL DO WHO MADE DONE BY TEXT", func(b desk.ByHand) []string {
			return []string{id(b.ID), b.Channel, b.Do, b.Who, when(b.Made), when(b.DoneAt), b.DoneBy, cut(b.Text, 60)}
		})
	}
	in := map[string]any{"note": x.Note}
	if x.Photo != "" {
		b, err := os.ReadFile(x.Photo)
		if err != nil {
			return err
		}
		in["photo"] = b
	}
	return show(c, http.MethodPost, "/by-hand/"+id(x.Tick)+"/tick", in, func(w io.Writer, b desk.ByHand) {
		fmt.Fprintf(w, "task %d: %s, done by %s\n", b.ID, b.Channel, b.DoneBy)
	})
}
