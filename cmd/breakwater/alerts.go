package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

type alertCmd struct {
	List   alertListCmd   `cmd:"" help:"List alerts, newest first."`
	Show   alertShowCmd   `cmd:"" help:"Show an alert and why it fired."`
	See    alertSeeCmd    `cmd:"" help:"Acknowledge an alert."`
	Decide alertDecideCmd `cmd:"" help:"Say what an alert is: routine, watch, crisis or not_useful."`
	End    alertEndCmd    `cmd:"" help:"End an alert: what moved is back where it was."`
	Mute   alertMuteCmd   `cmd:"" help:"Keep an alert from sending messages for a while."`
}

type alertListCmd struct {
	Live  bool  `help:"Only those that still ask for attention."`
	Brand int64 `help:"Only of this brand." placeholder:"ID"`
	Limit int   `help:"How many at most; 0 is all." default:"50"`
}

// Run lists alerts.
func (a *alertListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/alerts", query("live", strconv.FormatBool(a.Live), "brand", id(a.Brand)), a.Limit, "ID OPENED LEVEL STATE DECISION TITLE", func(x desk.Alert) []string {
		return []string{id(x.ID), when(x.Opened), x.Level.String(), x.State, x.Decision, cut(x.Title.English(), 100)}
	})
}

// tellAlert prints an alert with its reasons.
func tellAlert(w io.Writer, a desk.Alert) {
	fmt.Fprintf(w, "alert %d: %s\n", a.ID, a.Title.English())
	fmt.Fprintf(w, "  level %d (%s), %s since %s\n", a.Level, a.Level, a.State, when(a.Opened))
	for _, s := range a.Signals {
		fmt.Fprintf(w, "  %s: %s\n", s.Detector, s.Why.English())
		tellEvidence(w, s.Evidence)
	}
	if a.Decision != "" {
		fmt.Fprintf(w, "  decided %s by %s at %s\n", a.Decision, a.DecidedBy, when(a.DecidedAt))
	}
	if a.IncidentID != 0 {
		fmt.Fprintf(w, "  incident %d\n", a.IncidentID)
	}
	if a.MutedUntil.After(time.Now()) {
		fmt.Fprintf(w, "  muted until %s\n", when(a.MutedUntil))
	}
}

// tellEvidence prints what a signal shows for itself: words, voices and the numbers of its posts.
func tellEvidence(w io.Writer, e desk.Evidence) {
	list := func(name string, all []string) {
		if len(all) > 0 {
			fmt.Fprintf(w, "    %s: %s\n", name, strings.Join(all, ", "))
		}
	}
	var words, voices, posts []string
	for _, s := range e.Words {
		words = append(words, s.Name)
	}
	for _, v := range e.Voices {
		voices = append(voices, fmt.Sprintf("%s (%s, %d followers)", v.Author.Handle, v.Network, v.Author.Followers))
	}
	for _, m := range e.Mentions {
		posts = append(posts, id(m))
	}
	list("words", words)
	list("voices", voices)
	list("mentions", posts)
}

type alertShowCmd struct {
	ID int64 `arg:"" help:"Which alert."`
}

// Run shows an alert.
func (a *alertShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/alerts/"+id(a.ID), nil, tellAlert)
}

type alertSeeCmd struct {
	ID int64 `arg:"" help:"Which alert."`
}

// Run acknowledges an alert.
func (a *alertSeeCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/alerts/"+id(a.ID)+"/see", nil, tellAlert)
}

type alertDecideCmd struct {
	ID       int64  `arg:"" help:"Which alert."`
	Decision string `arg:"" enum:"routine,watch,crisis,not_useful" help:"routine, watch, crisis or not_useful. A crisis opens an incident."`
	Why      string `help:"In your words; needed for not_useful."`
	Scenario string `help:"Scenario of the plan that a crisis starts on." placeholder:"NAME"`
}

// Run records the first decision.
func (a *alertDecideCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]string{"decision": a.Decision, "why": a.Why, "scenario": a.Scenario}
	return show(c, http.MethodPost, "/alerts/"+id(a.ID)+"/decide", in, tellAlert)
}

type alertMuteCmd struct {
	ID  int64         `arg:"" help:"Which alert."`
	For time.Duration `help:"For how long, at most a week; 0 ends the mute." default:"2h"`
	Why string        `help:"In your words." required:""`
}

// Run mutes an alert.
func (a *alertMuteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{"why": a.Why}
	if a.For > 0 {
		in["until"] = time.Now().Add(a.For).UTC()
	}
	return show(c, http.MethodPost, "/alerts/"+id(a.ID)+"/mute", in, tellAlert)
}

type alertEndCmd struct {
	ID  int64  `arg:"" help:"Which alert."`
	Why string `help:"In your words."`
}

// Run ends an alert.
func (a *alertEndCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/alerts/"+id(a.ID)+"/end", map[string]string{"why": a.Why}, tellAlert)
}
