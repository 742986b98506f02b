package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"breakwater/desk"
)

type incidentCmd struct {
	List     incidentListCmd     `cmd:"" help:"List incidents, newest first."`
	Show     incidentShowCmd     `cmd:"" help:"Show an incident."`
	Open     incidentOpenCmd     `cmd:"" help:"Open an incident, from an alert or by hand."`
	Note     incidentNoteCmd     `cmd:"" help:"Write a note on the timeline."`
	Level    incidentLevelCmd    `cmd:"" help:"Change the response level."`
	Steps    incidentStepsCmd    `cmd:"" help:"List the steps of an incident with who does them and by when."`
	Tick     incidentTickCmd     `cmd:"" help:"Tick a step, or untick it."`
	Give     incidentGiveCmd     `cmd:"" help:"Give a step to somebody."`
	Lead     incidentLeadCmd     `cmd:"" help:"Say who leads."`
	Close    incidentCloseCmd    `cmd:"" help:"Close an incident."`
	Reopen   incidentReopenCmd   `cmd:"" help:"Take a closed incident up again."`
	Timeline incidentTimelineCmd `cmd:"" help:"What happened, newest first."`
}

type incidentListCmd struct {
	Brand int64 `help:"Only of this brand." placeholder:"ID"`
	Limit int   `help:"How many at most; 0 is all." default:"50"`
}

// Run lists incidents.
func (i *incidentListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/incidents", query("brand", id(i.Brand)), i.Limit, "ID OPENED LEVEL STATE LEAD TITLE", func(x desk.Incident) []string {
		return []string{id(x.ID), when(x.Opened), x.Level.String(), x.State, x.Lead, cut(x.Title, 100)}
	})
}

func tellIncident(w io.Writer, i desk.Incident) {
	fmt.Fprintf(w, "incident %d: %s\n  level %d (%s), %s, opened %s\n", i.ID, clean([]string{i.Title})[0], i.Level, i.Level, i.State, when(i.Opened))
	if i.Lead != "" {
		fmt.Fprintf(w, "  led by %s\n", i.Lead)
	}
	if i.Known != "" {
		fmt.Fprintf(w, "  known: %s\n", i.Known)
	}
	if i.Outcome != "" {
		fmt.Fprintf(w, "  ended %s: %s\n", when(i.Closed), i.Outcome)
	}
}

type incidentShowCmd struct {
	ID int64 `arg:"" help:"Which incident."`
}

// Run shows an incident.
func (i *incidentShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/incidents/"+id(i.ID), nil, tellIncident)
}

type incidentOpenCmd struct {
	Title    string `arg:"" help:"What it is, in a few words."`
	Alert    int64  `help:"The alert that it is opened from." placeholder:"ID"`
	Brand    int64  `help:"The brand; not needed with an alert." placeholder:"ID"`
	Level    int    `help:"0 normal … 4 severe." default:"3"`
	Known    string `help:"What is known, in a few words."`
	Scenario string `help:"Scenario of the plan that it starts on." placeholder:"NAME"`
}

// Run opens an incident.
func (i *incidentOpenCmd) Run(ctx context.Context, r *remote, s streams) error {
	if i.Alert == 0 && i.Brand == 0 {
		return misuse("say which --alert it is opened from, or for which --brand")
	}
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{"title": i.Title, "level": i.Level, "known": i.Known, "brand_id": id(i.Brand), "alert_id": id(i.Alert), "scenario": i.Scenario}
	return show(c, http.MethodPost, "/incidents", in, tellIncident)
}

type incidentNoteCmd struct {
	ID   int64  `arg:"" help:"Which incident."`
	Note string `arg:"" help:"The note."`
}

// Run writes a note.
func (i *incidentNoteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/incidents/"+id(i.ID)+"/notes", map[string]string{"note": i.Note}, tellEntry)
}

type incidentLevelCmd struct {
	ID    int64  `arg:"" help:"Which incident."`
	Level int    `arg:"" help:"0 normal, 1 watch, 2 issue, 3 crisis, 4 severe."`
	Why   string `help:"In your words." required:""`
}

// Run changes the level.
func (i *incidentLevelCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/incidents/"+id(i.ID)+"/level", map[string]any{"level": i.Level, "why": i.Why}, tellIncident)
}

type incidentStepsCmd struct {
	ID int64 `arg:"" help:"Which incident."`
}

// Run lists steps, in the order of the plan.
func (i *incidentStepsCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/incidents/"+id(i.ID), nil, tellSteps)
}

func tellSteps(w io.Writer, i desk.Incident) {
	for _, st := range i.Steps {
		mark, by := " ", st.Owner
		if st.Done() {
			mark, by = "x", st.DoneBy
		}
		fmt.Fprintf(w, "[%s] %-24s %-16s %-20s %s\n", mark, st.ID, when(st.Due), clean([]string{by})[0], clean([]string{st.Do.English()})[0])
	}
}

type incidentTickCmd struct {
	ID   int64  `arg:"" help:"Which incident."`
	Step string `arg:"" help:"Which step, by its id."`
}

// Run ticks or unticks a step, and shows all.
func (i *incidentTickCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/incidents/"+id(i.ID)+"/steps/"+url.PathEscape(i.Step), nil, tellSteps)
}

type incidentGiveCmd struct {
	ID   int64  `arg:"" help:"Which incident."`
	Step string `arg:"" help:"Which step, by its id."`
	To   int64  `arg:"" help:"To whom, by the id of their account; 0 is nobody."`
}

// Run gives a step to somebody.
func (i *incidentGiveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/incidents/"+id(i.ID)+"/steps/"+url.PathEscape(i.Step)+"/owner", map[string]string{"owner": id(i.To)}, tellIncident)
}

type incidentCloseCmd struct {
	ID      int64  `arg:"" help:"Which incident."`
	Outcome string `arg:"" help:"How it ended, in a sentence."`
}

// Run closes an incident.
func (i *incidentCloseCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/incidents/"+id(i.ID)+"/close", map[string]string{"outcome": i.Outcome}, tellIncident)
}

type incidentTimelineCmd struct {
	ID    int64 `arg:"" help:"Which incident."`
	Limit int   `help:"How many at most; 0 is all." default:"50"`
}

// Run lists what happened.
func (i *incidentTimelineCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/incidents/"+id(i.ID)+"/timeline", nil, i.Limit, entryHead, entryRow)
}

type incidentLeadCmd struct {
	ID   int64  `arg:"" help:"Which incident."`
	Lead string `arg:"" help:"Their name; '' is nobody."`
}

// Run says who leads.
func (i *incidentLeadCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/incidents/"+id(i.ID)+"/lead", map[string]string{"lead": i.Lead}, tellIncident)
}

type incidentReopenCmd struct {
	ID  int64  `arg:"" help:"Which incident."`
	Why string `help:"In your words." required:""`
}

// Run takes a closed incident up again.
func (i *incidentReopenCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/incidents/"+id(i.ID)+"/reopen", map[string]string{"why": i.Why}, tellIncident)
}
