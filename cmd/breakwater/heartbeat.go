package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"text/tabwriter"

	"breakwater/desk"
)

type oncallHeartbeatCmd struct {
	URL   *string `help:"Set the address outside, such as Healthchecks'; empty: none." placeholder:"URL"`
	Every int     `help:"Seconds between two beats; 60 without it."`
}

// heartbeat is how the desk is, as the API tells it.
type heartbeat struct {
	desk.Pulse
	There bool `json:"watched"`
}

// Run shows how the desk is, after it set the address where one was given.
func (o *oncallHeartbeatCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if o.URL != nil {
		return show(c, http.MethodPut, "/heartbeat", map[string]any{"url": *o.URL, "every": o.Every}, tellHeartbeat)
	}
	return show(c, http.MethodGet, "/heartbeat", nil, tellHeartbeat)
}

func tellHeartbeat(out io.Writer, h heartbeat) {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, p := range h.Parts {
		state := "works"
		if !p.Well {
			state = "stuck since " + p.Since.UTC().Format("2006-01-02 15:04:05")
		}
		fmt.Fprintf(w, "%s\t%s\n", p.Name, state)
	}
	switch {
	case !h.There:
		fmt.Fprintln(w, "outside\tnobody listens")
	case h.Beat.IsZero():
		fmt.Fprintln(w, "outside\tnothing was heard yet")
	default:
		fmt.Fprintf(w, "outside\tlast heard %s\n", h.Beat.UTC().Format("2006-01-02 15:04:05"))
	}
	_ = w.Flush() // to the terminal
}
