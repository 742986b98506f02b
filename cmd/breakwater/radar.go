package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"breakwater/desk"
)

// numbers is the part of the answer that is printed.
type numbers struct {
	At         time.Time `json:"at"`
	Mentions   int       `json:"mentions"`
	Usual      desk.Band `json:"usual"`
	Known      bool      `json:"known"`
	Negative   float64   `json:"negative"`
	UsualShare float64   `json:"usual_share"`
	ShareKnown bool      `json:"share_known"`
	People     int       `json:"people"`
	Alerts     int       `json:"alerts"`
}

type radarCmd struct {
	Brand int64 `help:"Only of this brand." placeholder:"ID"`
}

// Run shows the figures of the last hour.
func (x *radarCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path := "/radar/numbers"
	if x.Brand != 0 {
		path += "?brand=" + id(x.Brand)
	}
	return show(c, http.MethodGet, path, nil, tellRadar)
}

func tellRadar(w io.Writer, n numbers) {
	fmt.Fprintf(w, "the hour to %s\n  %d mentions by %d people", when(n.At), n.Mentions, n.People)
	if n.Known {
		fmt.Fprintf(w, ", usual %.0f to %.0f", n.Usual.Low, n.Usual.High)
	}
	fmt.Fprintf(w, "\n  %.0f%% negative", 100*n.Negative)
	if n.ShareKnown {
		fmt.Fprintf(w, ", usual %.0f%%", 100*n.UsualShare)
	}
	fmt.Fprintf(w, "\n  %d live alerts\n", n.Alerts)
}

type eventsCmd struct {
	Last string `help:"Go on after this event, by its id." placeholder:"ID"`
}

// Run prints events as the desk sends them (server-sent events), until it is interrupted or the desk goes away.
func (e *eventsCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	resp, err := c.request(http.MethodGet, "/events", query("last", e.Last), "", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err = io.Copy(s.Out, resp.Body); ctx.Err() != nil {
		return nil // as asked for
	}
	return err
}
