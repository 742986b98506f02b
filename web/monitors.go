package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/detect"
	"breakwater/internal/say"
	"breakwater/match"
)

func (c *Console) monitorRoutes() []route {
	return []route{
		{"GET /monitors", desk.Viewer, c.monitorList},
		{"GET /monitors/new", desk.Lead, c.monitorNew},
		{"GET /monitors/{id}", desk.Viewer, c.monitorShow},
		{"POST /monitors/preview", desk.Viewer, c.monitorPreview},
		{"POST /monitors/{id}", desk.Lead, c.monitorSave},
		{"POST /monitors/{id}/pause", desk.Lead, c.monitorPause},
		{"POST /monitors/{id}/unteach", desk.Lead, c.monitorUnteach},
		{"POST /monitors/{id}/delete", desk.Lead, c.monitorDelete},
	}
}

// monitorsPage is the list of what the desk listens for.
type monitorsPage struct {
	Frame
	Monitors []monitorRow
	Pager    pagerView
}

// monitorRow is a monitor with its last week.
type monitorRow struct {
	desk.Monitor
	Week  int
	Spark []desk.Point
}

const monitorsShown = 50

func (c *Console) monitorList(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	all, err := c.Monitors.List(ctx, v.brand.ID)
	if err != nil {
		return err
	}
	all, pager := slicePage(r, all, monitorsShown)
	p := &monitorsPage{Pager: pager}
	now := present()
	for _, m := range all {
		row := monitorRow{Monitor: m}
		from := now.Add(-7 * 24 * time.Hour).Truncate(6 * time.Hour)
		got, err := c.Radar.Chart(ctx, desk.Ask{Monitors: []int64{m.ID}, From: from, To: now, Step: 6 * time.Hour})
		if err != nil {
			return err
		}
		row.Spark = whole(got.Points, from, now, 6*time.Hour)
		for _, point := range row.Spark {
			row.Week += point.Count
		}
		p.Monitors = append(p.Monitors, row)
	}
	return c.render(w, r, "monitors/monitors", p)
}

// monitorPage shows and changes one monitor.
type monitorPage struct {
	Frame
	Monitor       desk.Monitor
	Rules         []ruleRow
	Kinds         []choice
	Sensitivities []choice
	Measures      []choice
	Levels        []choice
	Preview       preview
	Machine       *timeMachine
	Chart         chart
	Useless       []desk.Alert // the last that were found not useful
}

// timeMachine is what the settings of the form would have told over the past.
type timeMachine struct {
	detect.Hindsight
	Periods []int
	Chart   chart
	Alerts  []wouldView
}

// wouldView is one time that the settings would have spoken.
type wouldView struct {
	detect.Would
	Zone *time.Location
}

// Path leads to what was made of it then.
func (w wouldView) Path() string {
	switch {
	case w.IncidentID != 0:
		return "/incidents/" + itoa(w.IncidentID)
	case w.AlertID != 0:
		return "/alerts/" + itoa(w.AlertID)
	}
	return ""
}

// Against says how early it would have been against what the team did.
func (w wouldView) Against() desk.Text {
	decision := word("decision", w.Decision)
	switch {
	case w.Decided.IsZero() && w.AlertID != 0:
		return desk.Say("The desk told of it then; nobody decided.")
	case w.Decided.IsZero():
		return desk.Say("Nothing was decided then.")
	case w.Earlier >= 0:
		return desk.Say("{minutes} minutes before the team decided: {decision}.", "minutes", w.Earlier, "decision", decision)
	}
	return desk.Say("{minutes} minutes after the team decided: {decision}.", "minutes", -w.Earlier, "decision", decision)
}

// machinePeriods are the days that the time machine can go back.
var machinePeriods = []int{28, 90, 365}

const machineShown = 8

// ruleRow is a rule as its form shows it; an empty one is for a new rule.
type ruleRow struct {
	N                                int
	Measure                          string
	Over, AtLeast, Floor, Level      string
	Fired                            *detect.Fired
	MeasureOK, OverWrong, AtLeastBad bool
}

// preview is what a query would have found.
type preview struct {
	Query    string
	Asked    bool
	Wrong    desk.Text // what is wrong with the query
	Before   string    // of the query, up to the character that is wrong
	At       string    // the character
	After    string
	Say      desk.Text // the result
	Spark    []desk.Point
	Mentions []mentionView
}

// maxRules is how many own rules a monitor's form shows.
const maxRules = 6

func newMonitorPage(m desk.Monitor) *monitorPage {
	p := &monitorPage{Monitor: m, Kinds: named("monitor", desk.MonitorKinds...), Sensitivities: named("sensitivity", "low", "balanced", "high"),
		Measures: named("measure", "mentions", "negative", "negative_share", "people", "reach"), Levels: levels(desk.Watch)}
	for _, r := range m.Rules {
		p.Rules = append(p.Rules, ruleRow{Measure: r.Measure, Over: strconv.Itoa(r.Over), AtLeast: plainNumber(r), Floor: positive(r.Floor), Level: strconv.Itoa(int(r.Level))})
	}
	if len(p.Rules) < maxRules {
		p.Rules = append(p.Rules, ruleRow{Level: "2", Over: "60"})
	}
	for i := range p.Rules {
		p.Rules[i].N = i
	}
	return p
}

// plainNumber is a rule's threshold as its form takes it: a share in per cents.
func plainNumber(r desk.Rule) string {
	x := r.AtLeast
	if r.Measure == "negative_share" {
		x *= 100
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func levels(from desk.Level) []choice {
	var all []choice
	for l := from; l <= desk.Severe; l++ {
		all = append(all, choice{strconv.Itoa(int(l)), desk.Say("{n} {level}", "n", int(l), "level", l)})
	}
	return all
}

func (c *Console) monitorNew(w http.ResponseWriter, r *http.Request) error {
	p := newMonitorPage(desk.Monitor{Kind: "brand", Sensitivity: "balanced", Query: r.URL.Query().Get("query")})
	return c.render(w, r, "monitors/monitor", p)
}

func (c *Console) monitorShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	m, err := c.Monitors.One(r.Context(), id)
	if err != nil {
		return err
	}
	p := newMonitorPage(m)
	if err := c.monitorPast(r, p); err != nil {
		return err
	}
	return c.render(w, r, "monitors/monitor", p)
}

// monitorPast adds what the monitor heard, and what its rules would have done.
func (c *Console) monitorPast(r *http.Request, p *monitorPage) error {
	ctx, v := r.Context(), visitOf(r)
	now := present()
	got, err := c.Radar.Chart(ctx, desk.Ask{Monitors: []int64{p.Monitor.ID}, From: now.Add(-28 * 24 * time.Hour), To: now, By: "network"})
	if err != nil {
		return err
	}
	p.Chart = chartOf(got, zone(v.brand))
	if p.Useless, err = c.useless(ctx, p.Monitor.ID); err != nil {
		return err
	}
	return c.tried(r, p)
}

// tried runs the page's settings over the past.
func (c *Console) tried(r *http.Request, p *monitorPage) error {
	v := visitOf(r)
	days := int(number(r.FormValue("days")))
	if !slices.Contains(machinePeriods, days) {
		days = machinePeriods[0]
	}
	got, err := c.Detect.Try(r.Context(), p.Monitor, days)
	if err != nil {
		return err
	}
	p.Machine = newTimeMachine(got, v.speak, zone(v.brand))
	for i := range got.Rules {
		if i < len(p.Rules) {
			p.Rules[i].Fired = &got.Rules[i]
		}
	}
	return nil
}

func newTimeMachine(got detect.Hindsight, speak *say.Printer, z *time.Location) *timeMachine {
	t := &timeMachine{Hindsight: got, Periods: machinePeriods}
	step := 24 * time.Hour
	t.Chart = chart{From: got.From, To: got.From.Add(time.Duration(max(1, len(got.Points))) * step), Step: step, Zone: z, Points: got.Points}
	for i := len(got.Tried.Alerts) - 1; i >= 0; i-- {
		w := wouldView{got.Tried.Alerts[i], z}
		w.Observed, w.Expected = tidyNumber(w.Observed), tidyNumber(w.Expected)
		if len(t.Alerts) < machineShown {
			t.Alerts = append(t.Alerts, w)
		}
		t.Chart.Marks = append(t.Chart.Marks, mark{w.At, w.Level, cmp.Or(w.Path(), "#machine"), speak.When(w.At.In(z)) + ": " + speak.Text(word("detector", w.By))})
	}
	return t
}

// useless are the last alerts of a monitor that were found not useful.
func (c *Console) useless(ctx context.Context, id int64) ([]desk.Alert, error) {
	all, err := c.Alerts.List(ctx, desk.AlertFilter{MonitorID: id, Paging: desk.Paging{Limit: 100}})
	all = slices.DeleteFunc(all, func(a desk.Alert) bool { return a.Decision != desk.DecisionNotUseful })
	return all[:min(len(all), 5)], err
}

func (c *Console) monitorUnteach(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Monitors.Unteach(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/monitors/"+itoa(id), "saved")
}

// monitorForm reads the form into a monitor; what was typed stays in the page when it is wrong.
func monitorForm(r *http.Request, m desk.Monitor) (desk.Monitor, error) {
	m.Name, m.Kind = strings.TrimSpace(r.PostFormValue("name")), r.PostFormValue("kind")
	m.Query, m.Sensitivity = strings.TrimSpace(r.PostFormValue("query")), r.PostFormValue("sensitivity")
	m.Version = int(number(r.PostFormValue("version")))
	m.Rules = nil
	var errs []error
	for i := range maxRules {
		n := strconv.Itoa(i)
		measure := r.PostFormValue("measure" + n)
		if measure == "" {
			continue
		}
		rule := desk.Rule{Measure: measure, Over: int(number(r.PostFormValue("over" + n))), Floor: int(number(r.PostFormValue("floor" + n))), Level: desk.Level(number(r.PostFormValue("level" + n)))}
		x, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(r.PostFormValue("at"+n)), ",", "."), 64)
		if err != nil || x <= 0 {
			errs = append(errs, desk.Wrong("rule"+n, "Give a number above zero."))
		}
		if measure == "negative_share" {
			x /= 100
			if x > 1 {
				errs = append(errs, desk.Wrong("rule"+n, "A share is at most 100 %."))
			}
		}
		if rule.Over < 5 || rule.Over > 1440 {
			errs = append(errs, desk.Wrong("rule"+n, "Give a time from 5 to 1440 minutes."))
		}
		rule.AtLeast = x
		m.Rules = append(m.Rules, rule)
	}
	return m, errors.Join(errs...)
}

func (c *Console) monitorSave(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	m := desk.Monitor{BrandID: v.brand.ID}
	if r.PathValue("id") != "new" {
		id, err := pathID(r)
		if err != nil {
			return err
		}
		if m, err = c.Monitors.One(ctx, id); err != nil {
			return err
		}
	}
	m, err := monitorForm(r, m)
	if err == nil {
		_, perr := match.Parse(m.Query)
		err = syntax("query", perr)
	}
	if err == nil && r.PostFormValue("try") == "" {
		var saved desk.Monitor
		if saved, err = c.Monitors.Save(ctx, m); err == nil {
			return seeOther(w, r, "/monitors/"+itoa(saved.ID), "saved")
		}
	}
	p := newMonitorPage(m)
	if perr := c.lookBack(ctx, v, p); perr != nil {
		return perr
	}
	if err == nil { // asked to try, not to save
		if m.ID != 0 {
			if err := c.monitorPast(r, p); err != nil {
				return err
			}
		}
		return c.render(w, r, "monitors/monitor", p)
	}
	return c.again(w, r, "monitors/monitor", p, err)
}

// lookBack fills the preview of a page's query.
func (c *Console) lookBack(ctx context.Context, v *visit, p *monitorPage) (err error) {
	p.Preview, err = c.preview(ctx, v, p.Monitor.Query)
	return err
}

// preview tries a query on what is stored. What is wrong with it is part of the answer.
func (c *Console) preview(ctx context.Context, v *visit, query string) (preview, error) {
	p := preview{Query: query, Asked: true}
	_, err := match.Parse(query)
	var wrong *match.SyntaxError
	if errors.As(err, &wrong) {
		return p.pointing(wrong), nil
	}
	found, err := c.Monitors.Preview(ctx, v.brand.ID, query)
	if err != nil {
		return p, err
	}
	p.Say, p.Spark, p.Mentions = found.Say, found.PerDay, mentionViews(found.Page.Mentions, zone(v.brand))
	return p, nil
}

// pointing splits the query at the character that is wrong.
func (p preview) pointing(wrong *match.SyntaxError) preview {
	runes := []rune(p.Query)
	at := min(max(wrong.At, 0), len(runes))
	p.Wrong, p.Before = wrong.Text, string(runes[:at])
	if at < len(runes) {
		p.At, p.After = string(runes[at]), string(runes[at+1:])
	}
	return p
}

// monitorPreview answers while somebody types.
func (c *Console) monitorPreview(w http.ResponseWriter, r *http.Request) error {
	p := newMonitorPage(desk.Monitor{Kind: "brand", Sensitivity: "balanced", Query: strings.TrimSpace(r.PostFormValue("query"))})
	if err := c.lookBack(r.Context(), visitOf(r), p); err != nil {
		return err
	}
	return c.render(w, r, "monitors/monitor", p)
}

func (c *Console) monitorPause(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	m, err := c.Monitors.One(ctx, id)
	if err != nil {
		return err
	}
	m.Paused = r.PostFormValue("paused") == "true"
	if _, err := c.Monitors.Save(ctx, m); err != nil {
		return err
	}
	did := "resumed"
	if m.Paused {
		did = "paused"
	}
	return seeOther(w, r, "/monitors/"+itoa(id), did)
}

func (c *Console) monitorDelete(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Monitors.Delete(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/monitors", "deleted")
}
