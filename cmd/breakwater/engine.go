package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"breakwater/desk"
)

type engineCmd struct {
	Show  engineShowCmd  `cmd:"" help:"Show the engine outside and how it is doing."`
	Save  engineSaveCmd  `cmd:"" help:"Change the engine outside. What is not given stays as it is."`
	Test  engineTestCmd  `cmd:"" help:"Ask it once, with a sentence of our own."`
	Allow engineAllowCmd `cmd:"" help:"Let texts of mentions be sent to its host, with names and addresses masked."`
	Stop  engineStopCmd  `cmd:"" help:"Send no texts any more."`
}

// engineNow is the engine outside as the API shows it.
type engineNow struct {
	Engine desk.Engine      `json:"engine"`
	State  desk.EngineState `json:"state"`
}

type engineShowCmd struct{}

// Run shows the engine.
func (engineShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/engine", nil, func(w io.Writer, n engineNow) {
		if n.Engine.Version == 0 {
			fmt.Fprintln(w, "there is no engine outside: the desk reads by itself")
			return
		}
		fmt.Fprintf(w, "%s (%s) at %s\n", n.Engine.Name, n.Engine.Kind, n.Engine.Address)
		if !n.State.On {
			fmt.Fprintln(w, "  off: no text is sent")
			return
		}
		fmt.Fprintf(w, "  %d mentions read, %d of them differently, %d waiting; %d of %d calls used today\n",
			n.State.Read, n.State.Changed, n.State.Waiting, n.State.Calls, n.Engine.Calls)
		if !n.State.Problem.IsZero() {
			fmt.Fprintf(w, "  the desk reads by itself: %s\n", n.State.Problem.English())
		}
	})
}

type engineSaveCmd struct {
	Kind    string   `help:"classifier or chat." enum:",classifier,chat" default:""`
	Name    string   `help:"As mentions name who read them."`
	Address string   `help:"Where it answers." placeholder:"URL"`
	Key     string   `help:"Sent as a bearer token." env:"BREAKWATER_ENGINE_KEY"`
	Model   string   `help:"That a chat endpoint is asked for."`
	Labels  []string `help:"Of a classifier: LABEL_0=negative, once for each." sep:"none" placeholder:"LABEL=MOOD"`
	Private *bool    `help:"The server is ours and may be within a private network." negatable:""`
	Below   *float64 `help:"Read what the desk is less sure of, 0 to 1." placeholder:"SHARE"`
	Burst   *bool    `help:"And all of a monitor that has just warned." negatable:""`
	Calls   int      `help:"A day at the most." placeholder:"N"`
	Tokens  *int     `help:"A day at the most; 0 is no limit." placeholder:"N"`
	Timeout int      `help:"Seconds that an answer may take." placeholder:"S"`
}

// body is the engine as it is with what is given.
func (e *engineSaveCmd) body(c *client) (map[string]any, error) {
	var now engineNow
	if err := c.call(http.MethodGet, "/engine", nil, nil, &now); err != nil {
		return nil, err
	}
	was := now.Engine
	in := map[string]any{"kind": or(e.Kind, was.Kind), "name": or(e.Name, was.Name), "address": or(e.Address, was.Address), "key": or(e.Key, was.Key.Reveal()),
		"model": or(e.Model, was.Model), "labels": was.Labels, "private": was.Private, "below": was.Below, "burst": was.Burst,
		"calls": was.Calls, "tokens": was.Tokens, "timeout": was.Timeout, "version": was.Version}
	if len(e.Labels) > 0 {
		lines := ""
		for _, l := range e.Labels {
			lines += l + "\n"
		}
		in["labels"] = lines
	}
	if e.Private != nil {
		in["private"] = *e.Private
	}
	if e.Below != nil {
		in["below"] = *e.Below
	}
	if e.Burst != nil {
		in["burst"] = *e.Burst
	}
	if e.Tokens != nil {
		in["tokens"] = *e.Tokens
	}
	if e.Calls != 0 {
		in["calls"] = e.Calls
	}
	if e.Timeout != 0 {
		in["timeout"] = e.Timeout
	}
	return in, nil
}

// Run changes the engine.
func (e *engineSaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in, err := e.body(c)
	if err != nil {
		return err
	}
	return show(c, http.MethodPut, "/engine", in, func(w io.Writer, e desk.Engine) {
		fmt.Fprintf(w, "engine %s (%s) at %s\n", e.Name, e.Kind, e.Address)
		if e.Allowed == "" {
			fmt.Fprintln(w, "off: no text is sent before 'breakwater engine allow HOST'")
		}
	})
}

type engineTestCmd struct{}

// Run tries the engine as it is saved.
func (engineTestCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in, err := new(engineSaveCmd).body(c)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/engine/test", in, func(w io.Writer, t struct{ Found desk.Text }) { fmt.Fprintln(w, t.Found.English()) })
}

type engineAllowCmd struct {
	Host string `arg:"" help:"The host of its address, with the port if it has one."`
}

// Run allows texts to be sent.
func (e *engineAllowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodPost, "/engine/allow", map[string]string{"host": e.Host}, "texts of mentions may be sent to "+e.Host)
}

type engineStopCmd struct{}

// Run stops it.
func (engineStopCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodPost, "/engine/stop", nil, "no text is sent any more")
}
