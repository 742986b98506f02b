package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"breakwater/desk"
)

type oncallCmd struct {
	List      oncallListCmd      `cmd:"" help:"List schedules."`
	Shifts    oncallShiftsCmd    `cmd:"" help:"Who is on call when."`
	Fairness  oncallFairnessCmd  `cmd:"" help:"What each person carries: hours, nights, weekends, holidays."`
	Save      oncallSaveCmd      `cmd:"" help:"Add a schedule from JSON, or change one."`
	Override  oncallOverrideCmd  `cmd:"" help:"Put somebody on call for a while."`
	Withdraw  oncallWithdrawCmd  `cmd:"" help:"Take an override back."`
	Delete    oncallDeleteCmd    `cmd:"" help:"Remove a schedule."`
	Policies  oncallPoliciesCmd  `cmd:"" help:"List escalation policies."`
	Policy    oncallPolicyCmd    `cmd:"" help:"Add an escalation policy from JSON, or change one."`
	Calls     oncallCallsCmd     `cmd:"" help:"List escalations, newest first."`
	Take      oncallTakeCmd      `cmd:"" help:"Take a matter up: the others are not called any more."`
	Rehearsal oncallRehearsalCmd `cmd:"" help:"What the last rehearsal found."`
	Heartbeat oncallHeartbeatCmd `cmd:"" help:"Whether every part of the desk works, and where it says so outside."`
}

type oncallListCmd struct {
	Brand int64 `help:"Only of this brand." placeholder:"ID"`
}

// Run lists schedules.
func (o *oncallListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/schedules", query("brand", id(o.Brand)), 0, "ID BRAND ZONE LAYERS OVERRIDES NAME", func(x desk.Schedule) []string {
		return []string{id(x.ID), id(x.BrandID), x.Zone, strconv.Itoa(len(x.Layers)), strconv.Itoa(len(x.Overrides)), cut(x.Name, 60)}
	})
}

type oncallShiftsCmd struct {
	ID   int64     `arg:"" help:"Which schedule."`
	From time.Time `help:"Beginning; now without it." placeholder:"2026-11-27T00:00:00Z"`
	To   time.Time `help:"End; four weeks later without it." placeholder:"2026-12-27T00:00:00Z"`
}

func spanQuery(from, to time.Time) []string {
	var all []string
	if !from.IsZero() {
		all = append(all, "from", from.UTC().Format(time.RFC3339))
	}
	if !to.IsZero() {
		all = append(all, "to", to.UTC().Format(time.RFC3339))
	}
	return all
}

// Run lists shifts.
func (o *oncallShiftsCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/schedules/"+id(o.ID)+"/shifts", query(spanQuery(o.From, o.To)...), 0, "FROM TO USER LAYER", func(x desk.Shift) []string {
		who := id(x.UserID)
		if x.UserID == 0 {
			who = "nobody"
		}
		return []string{when(x.From), when(x.To), who, cut(x.Layer, 40)}
	})
}

type oncallFairnessCmd struct {
	ID   int64     `arg:"" help:"Which schedule."`
	From time.Time `help:"Beginning; now without it." placeholder:"2026-11-27T00:00:00Z"`
	To   time.Time `help:"End; four weeks later without it." placeholder:"2026-12-27T00:00:00Z"`
}

// Run lists burdens.
func (o *oncallFairnessCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/schedules/"+id(o.ID)+"/fairness", query(spanQuery(o.From, o.To)...), 0, "USER HOURS NIGHTS WEEKENDS HOLIDAYS", func(x desk.Burden) []string {
		return []string{id(x.UserID), strconv.FormatFloat(x.Hours, 'f', 1, 64), strconv.Itoa(x.Nights), strconv.Itoa(x.Weekends), strconv.Itoa(x.Holidays)}
	})
}

type oncallSaveCmd struct {
	ID int64 `help:"Which schedule to change; 0 adds one." placeholder:"ID"`
}

// Run adds or changes a schedule, given as JSON on standard input in the API's shape.
func (o *oncallSaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	return saveJSON(ctx, r, s, "/schedules", o.ID, func(w io.Writer, x desk.Schedule) { fmt.Fprintf(w, "schedule %d: %s\n", x.ID, x.Name) })
}

// saveJSON sends what comes on standard input.
func saveJSON[T any](ctx context.Context, r *remote, s streams, path string, what int64, say func(io.Writer, T)) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(io.LimitReader(s.In, 1<<20))
	if err != nil {
		return err
	}
	if !json.Valid(raw) {
		return misuse("give JSON on standard input")
	}
	method := http.MethodPost
	if what != 0 {
		method, path = http.MethodPut, path+"/"+id(what)
	}
	return show(c, method, path, json.RawMessage(raw), say)
}

type oncallOverrideCmd struct {
	ID   int64     `arg:"" help:"Which schedule."`
	User int64     `help:"Who takes over." required:"" placeholder:"ID"`
	From time.Time `help:"Beginning." required:"" placeholder:"2026-11-27T00:00:00Z"`
	To   time.Time `help:"End." required:"" placeholder:"2026-11-28T00:00:00Z"`
	Why  string    `help:"Reason."`
}

// Run puts somebody on call.
func (o *oncallOverrideCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{"user_id": id(o.User), "from": o.From.UTC(), "to": o.To.UTC(), "why": o.Why}
	return show(c, http.MethodPost, "/schedules/"+id(o.ID)+"/overrides", in, func(w io.Writer, x desk.Schedule) {
		fmt.Fprintf(w, "schedule %d: override %d\n", x.ID, x.Overrides[len(x.Overrides)-1].Number)
	})
}

type oncallWithdrawCmd struct {
	ID       int64 `arg:"" help:"Which schedule."`
	Override int   `arg:"" help:"Which override."`
}

// Run takes an override back.
func (o *oncallWithdrawCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/schedules/"+id(o.ID)+"/overrides/"+strconv.Itoa(o.Override)+"/withdraw", nil, func(w io.Writer, x desk.Schedule) {
		fmt.Fprintf(w, "schedule %d: %d overrides left\n", x.ID, len(x.Overrides))
	})
}

type oncallDeleteCmd struct {
	ID int64 `arg:"" help:"Which schedule."`
}

// Run removes a schedule.
func (o *oncallDeleteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodDelete, "/schedules/"+id(o.ID), nil, "removed")
}

type oncallPoliciesCmd struct {
	Brand int64 `help:"Only of this brand." placeholder:"ID"`
}

// Run lists escalation policies.
func (o *oncallPoliciesCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/escalation-policies", query("brand", id(o.Brand)), 0, "ID BRAND STAGE LEVEL STEPS REPEAT NAME", func(x desk.EscalationPolicy) []string {
		return []string{id(x.ID), id(x.BrandID), x.Stage, x.MinLevel.String(), strconv.Itoa(len(x.Steps)), strconv.Itoa(x.Repeat), cut(x.Name, 60)}
	})
}

type oncallPolicyCmd struct {
	ID int64 `help:"Which policy to change; 0 adds one." placeholder:"ID"`
}

// Run adds or changes an escalation policy, given as JSON on standard input in the API's shape.
func (o *oncallPolicyCmd) Run(ctx context.Context, r *remote, s streams) error {
	return saveJSON(ctx, r, s, "/escalation-policies", o.ID, func(w io.Writer, x desk.EscalationPolicy) {
		fmt.Fprintf(w, "escalation policy %d: %s\n", x.ID, x.Name)
	})
}

type oncallCallsCmd struct {
	Brand int64  `help:"Only of this brand." placeholder:"ID"`
	State string `help:"running, taken, spent, over or muted."`
	Limit int    `help:"How many at most; 0 is all." default:"50"`
}

// Run lists escalations.
func (o *oncallCallsCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/escalations", query("brand", id(o.Brand), "state", o.State), o.Limit, "ID BEGAN LEVEL STATE CALLED ABOUT TITLE", func(x desk.Escalation) []string {
		return []string{id(x.ID), when(x.Began), x.Level.String(), x.State, strconv.Itoa(len(x.Called)), x.About, cut(x.Title.English(), 80)}
	})
}

type oncallTakeCmd struct {
	ID int64 `arg:"" help:"Which escalation."`
}

// Run takes a matter up.
func (o *oncallTakeCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/escalations/"+id(o.ID)+"/take", nil, tellEscalation)
}

func tellEscalation(w io.Writer, e desk.Escalation) {
	fmt.Fprintf(w, "escalation %d: %s\n  %s, %d called, %d answered\n", e.ID, e.Title.English(), e.State, len(e.Called), len(e.Acks))
}

type oncallRehearsalCmd struct {
	Brand int64 `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run tells what the last rehearsal found.
func (o *oncallRehearsalCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if o.Brand, err = theBrand(c, o.Brand); err != nil {
		return err
	}
	return tellSelftest(c, o.Brand)
}

// tellSelftest prints each message of the last rehearsal, and who did not answer.
func tellSelftest(c *client, brand int64) error {
	var e desk.Escalation
	if err := c.call(http.MethodGet, "/rehearsals/last", query("brand", id(brand)), nil, &e); err != nil {
		return err
	}
	err := table(c, "/escalations/"+id(e.ID)+"/letters", nil, 0, "USER WAY STATE SECONDS PROBLEM", func(l desk.Letter) []string {
		took := ""
		if !l.Sent.IsZero() {
			took = strconv.FormatFloat(l.Sent.Sub(l.Asked).Seconds(), 'f', 1, 64)
		}
		return []string{id(l.UserID), id(l.WayID), l.State, took, cut(l.Problem, 60)}
	})
	if err == nil && !c.JSON {
		fmt.Fprintf(c.Out, "%d of %d people answered\n", len(e.Acks), len(e.Acks)+len(e.Missing()))
	}
	return err
}

type selftestCmd struct {
	Brand int64         `help:"The brand; without it the desk's only one." placeholder:"ID"`
	Wait  time.Duration `help:"How long to wait for messages to be delivered." default:"30s"`
}

// Run calls everybody by every way, waits until the messages are delivered, and tells what became of each.
func (o *selftestCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if o.Brand, err = theBrand(c, o.Brand); err != nil {
		return err
	}
	var begun struct{ About string }
	if err := c.call(http.MethodPost, "/rehearsals", nil, map[string]any{"brand_id": id(o.Brand)}, &begun); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Wait)
	defer cancel()
	for !delivered(c, o.Brand, begun.About) {
		select {
		case <-ctx.Done():
			return tellSelftest(c, o.Brand)
		case <-time.After(300 * time.Millisecond):
		}
	}
	return tellSelftest(c, o.Brand)
}

// delivered reports whether no message of a rehearsal is on its way any more.
func delivered(c *client, brand int64, about string) bool {
	var e desk.Escalation
	if c.call(http.MethodGet, "/rehearsals/last", query("brand", id(brand)), nil, &e) != nil || e.About != about {
		return false
	}
	var all struct{ Items []desk.Letter }
	if c.call(http.MethodGet, "/escalations/"+id(e.ID)+"/letters", nil, nil, &all) != nil || len(all.Items) == 0 {
		return false
	}
	for _, l := range all.Items {
		if l.State == desk.LetterDue {
			return false
		}
	}
	return true
}
