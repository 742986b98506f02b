package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"breakwater/desk"
)

type briefingCmd struct {
	List    briefingListCmd    `cmd:"" help:"List briefings."`
	Draft   briefingDraftCmd   `cmd:"" help:"Draft a briefing from an incident's facts and the plan's library."`
	Publish briefingPublishCmd `cmd:"" help:"Tell our own people."`
	Readers briefingReadersCmd `cmd:"" help:"Who has read it."`
	Remind  briefingRemindCmd  `cmd:"" help:"Remind who has not read it."`
	Asked   briefingAskedCmd   `cmd:"" help:"What our own people ask."`
	Answer  briefingAnswerCmd  `cmd:"" help:"Answer a question for all."`
}

type briefingListCmd struct {
	Incident int64 `help:"Only of this incident." placeholder:"ID"`
}

// Run lists briefings.
func (o *briefingListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/briefings", query("incident", id(o.Incident)), 0, "ID STATE EDITION PEOPLE TITLE", func(x desk.Briefing) []string {
		e := x.Current()
		return []string{id(x.ID), x.State, fmt.Sprint(e.Edition), fmt.Sprint(e.People), cut(x.Title(), 80)}
	})
}

type briefingDraftCmd struct {
	Incident int64  `arg:"" help:"Which incident."`
	Lang     string `help:"Language of the draft." default:"en"`
}

// Run drafts a briefing.
func (o *briefingDraftCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/briefings", map[string]any{"incident_id": id(o.Incident), "lang": o.Lang}, func(w io.Writer, x desk.Briefing) {
		fmt.Fprintf(w, "briefing %d: %s\n", x.ID, x.Title())
	})
}

type briefingPublishCmd struct {
	ID   int64  `arg:"" help:"Which briefing."`
	Note string `help:"What is new."`
}

// Run tells our own people.
func (o *briefingPublishCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/briefings/"+id(o.ID)+"/publish", map[string]any{"note": o.Note}, func(w io.Writer, x desk.Briefing) {
		fmt.Fprintf(w, "edition %d goes to %d people\n", x.Current().Edition, x.Current().People)
	})
}

type briefingReadersCmd struct {
	ID int64 `arg:"" help:"Which briefing."`
}

// Run lists who has read a briefing.
func (o *briefingReadersCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	type reader struct {
		desk.Reader
		Contact desk.Contact `json:"contact"`
	}
	return table(c, "/briefings/"+id(o.ID)+"/readers", nil, 0, "CONTACT NAME SENT READ PROBLEM", func(x reader) []string {
		return []string{id(x.ContactID), cut(x.Contact.Name, 40), when(x.Sent), when(x.Read), x.Problem}
	})
}

type briefingRemindCmd struct {
	ID int64 `arg:"" help:"Which briefing."`
}

// Run reminds who has not read a briefing.
func (o *briefingRemindCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/briefings/"+id(o.ID)+"/remind", nil, func(w io.Writer, x struct{ Reminded int }) {
		fmt.Fprintf(w, "%d reminded\n", x.Reminded)
	})
}

type briefingAskedCmd struct {
	Incident int64 `help:"Only of this incident." placeholder:"ID"`
	Open     bool  `help:"Only those without an answer."`
}

// Run lists what our own people ask.
func (o *briefingAskedCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	open := ""
	if o.Open {
		open = "true"
	}
	return table(c, "/rumours", query("incident", id(o.Incident), "open", open), 0, "ID AT QUESTION ANSWER", func(x desk.Rumour) []string {
		return []string{id(x.ID), when(x.At), cut(x.Question(), 80), cut(x.Answer, 60)}
	})
}

type briefingAnswerCmd struct {
	ID     int64  `arg:"" help:"Which question."`
	Answer string `arg:"" help:"The answer."`
}

// Run answers a question for all.
func (o *briefingAnswerCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/rumours/"+id(o.ID)+"/answer", map[string]any{"answer": o.Answer}, func(w io.Writer, x desk.Rumour) {
		fmt.Fprintf(w, "answered: %s\n", x.Question())
	})
}
