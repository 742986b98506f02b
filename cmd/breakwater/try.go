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

// tried is the part of the answer that is printed.
type tried struct {
	Days   int
	Heard  int
	From   time.Time
	Tried  outcome
	Now    outcome
	Others []struct {
		Sensitivity      string
		Alerts, Messages int
		Weekly           float64
	}
	Rules []struct {
		Rule  desk.Rule
		Times []time.Time
		Known bool
	}
	Missed []struct {
		IncidentID int64 `json:"incident_id,string"`
		Title      string
		Opened     time.Time
	}
}

// outcome is what settings would have told.
type outcome struct {
	Sensitivity                     string
	Count, Messages, Found, Useless int
	Alerts                          []struct {
		At, Decided  time.Time
		Level        desk.Level
		By, Decision string
		Observed     float64
		Earlier      int
	}
}

type monitorTryCmd struct {
	ID          int64    `arg:"" help:"Which monitor."`
	Sensitivity string   `help:"low, balanced or high; without it the monitor's own."`
	Rule        []string `help:"A threshold to try: MEASURE,MINUTES,AT_LEAST,LEVEL such as negative,60,30,2 (measures: mentions, negative, negative_share, reach). Without any, the monitor's own." sep:"none" placeholder:"RULE"`
	Days        int      `help:"How far back, 1 to 366." default:"90"`
}

// Run runs settings over a monitor's past.
func (m *monitorTryCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{"days": m.Days}
	if m.Sensitivity != "" {
		in["sensitivity"] = m.Sensitivity
	}
	var rules []desk.Rule
	for _, text := range m.Rule {
		rule, err := readRule(text)
		if err != nil {
			return err
		}
		rules = append(rules, rule)
	}
	if rules != nil {
		in["rules"] = rules
	}
	return show(c, http.MethodPost, "/monitors/"+id(m.ID)+"/try", in, tellTry)
}

// readRule reads MEASURE,MINUTES,AT_LEAST,LEVEL.
func readRule(text string) (desk.Rule, error) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 {
		return desk.Rule{}, misuse("a rule is MEASURE,MINUTES,AT_LEAST,LEVEL, not %q", text)
	}
	over, err1 := strconv.Atoi(parts[1])
	least, err2 := strconv.ParseFloat(parts[2], 64)
	level, err3 := strconv.Atoi(parts[3])
	if err1 != nil || err2 != nil || err3 != nil {
		return desk.Rule{}, misuse("a rule is MEASURE,MINUTES,AT_LEAST,LEVEL, not %q", text)
	}
	return desk.Rule{Measure: parts[0], Over: over, AtLeast: least, Level: desk.Level(level)}, nil
}

// tellTry prints what settings would have told.
func tellTry(w io.Writer, x tried) {
	fmt.Fprintf(w, "%d days from %s, mentions on %d of them\n\n", x.Days, when(x.From), x.Heard)
	fmt.Fprintf(w, "%-12s %8s %8s %10s\n", "SENSITIVITY", "ALERTS", "A WEEK", "MESSAGES")
	for _, o := range x.Others {
		mark := ""
		if o.Sensitivity == x.Tried.Sensitivity {
			mark = "  tried"
		}
		fmt.Fprintf(w, "%-12s %8d %8.2f %10d%s\n", o.Sensitivity, o.Alerts, o.Weekly, o.Messages, mark)
	}
	fmt.Fprintf(w, "\ntried:    %d alerts, %d messages; the team took up %d and found %d not useful\n", x.Tried.Count, x.Tried.Messages, x.Tried.Found, x.Tried.Useless)
	fmt.Fprintf(w, "as saved: %d alerts, %d messages\n", x.Now.Count, x.Now.Messages)
	for _, a := range x.Tried.Alerts {
		did := "nothing was decided then"
		switch {
		case !a.Decided.IsZero() && a.Earlier >= 0:
			did = fmt.Sprintf("%d min before the team decided: %s", a.Earlier, a.Decision)
		case !a.Decided.IsZero():
			did = fmt.Sprintf("%d min after the team decided: %s", -a.Earlier, a.Decision)
		}
		fmt.Fprintf(w, "  %s  level %d  %-9s %6.0f  %s\n", when(a.At), a.Level, a.By, a.Observed, did)
	}
	for _, f := range x.Rules {
		switch {
		case !f.Known:
			fmt.Fprintf(w, "the past cannot tell how often %s was met\n", f.Rule.Measure)
		default:
			fmt.Fprintf(w, "%s at least %g in %d min: met %d times\n", f.Rule.Measure, f.Rule.AtLeast, f.Rule.Over, len(f.Times))
		}
	}
	for _, m := range x.Missed {
		fmt.Fprintf(w, "it would not have announced the room %d of %s: %s\n", m.IncidentID, when(m.Opened), clean([]string{m.Title})[0])
	}
}
