package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/oncall"
)

func (c *Console) oncallRoutes() []route {
	return []route{
		{"GET /oncall", desk.Viewer, c.oncallShow},
		{"GET /oncall/schedules/new", desk.Lead, c.scheduleNew},
		{"GET /oncall/schedules/{id}", desk.Viewer, c.scheduleShow},
		{"POST /oncall/schedules/{id}", desk.Lead, c.scheduleSave},
		{"POST /oncall/schedules/{id}/delete", desk.Lead, c.scheduleDelete},
		{"POST /oncall/schedules/{id}/override", desk.Responder, c.overrideAdd},
		{"POST /oncall/schedules/{id}/withdraw", desk.Responder, c.overrideWithdraw},
		{"POST /oncall/schedules/{id}/feed", desk.Lead, c.feedRenew},
		{"GET /calendar/oncall/{address}", 0, c.feedShow},
		{"GET /oncall/policies/new", desk.Lead, c.escalationPolicyNew},
		{"GET /oncall/policies/{id}", desk.Viewer, c.escalationPolicyShow},
		{"POST /oncall/policies/{id}", desk.Lead, c.escalationPolicySave},
		{"POST /oncall/policies/{id}/delete", desk.Lead, c.escalationPolicyDelete},
		{"GET /oncall/calls", desk.Viewer, c.callList},
		{"GET /oncall/calls/{id}", desk.Viewer, c.callShow},
		{"POST /oncall/calls/{id}/take", desk.Responder, c.callTake},
		{"GET /oncall/rehearsal", desk.Viewer, c.rehearsalShow},
		{"POST /oncall/rehearsal", desk.Lead, c.rehearsalStart},
		{"POST /oncall/heartbeat", desk.Admin, c.heartSave},
		{"GET /call/{link}", 0, c.linkShow},
		{"POST /call/{link}", 0, c.linkTake},
		{"POST /me/reach", desk.Viewer, c.reachSave},
	}
}

// oncallPage is who is on call, who will be, and who is called when.
type oncallPage struct {
	Frame
	Schedules []scheduleView
	Policies  []policyView
	Defaults  []policyView // what holds where nothing was said
	Running   []callView
	Names     map[int64]string
}

// scheduleView is a schedule with who is on call by it.
type scheduleView struct {
	desk.Schedule
	At      *time.Location
	Now     desk.Shift
	Next    desk.Shift // after it
	Shifts  []desk.Shift
	Picture template.HTML
	Legend  []legendEntry
	Fair    []desk.Burden
	Gaps    int // shifts of nobody
}

// legendEntry is a person's colour.
type legendEntry struct {
	Layer int
	Name  string
}

const (
	shiftsAhead = 14 * 24 * time.Hour
	fairDays    = 28 // on each side of today
)

func newScheduleView(s desk.Schedule, names map[int64]string, now time.Time) scheduleView {
	v := scheduleView{Schedule: s, At: time.UTC}
	if z, err := time.LoadLocation(s.Zone); err == nil {
		v.At = z
	}
	from := now.Truncate(time.Minute)
	v.Shifts = oncall.Shifts(&s, from, from.Add(shiftsAhead))
	v.Now = v.Shifts[0]
	if len(v.Shifts) > 1 {
		v.Next = v.Shifts[1]
	}
	for _, one := range v.Shifts {
		if one.UserID == 0 {
			v.Gaps++
		}
	}
	v.Fair = oncall.Fairness(&s, now.AddDate(0, 0, -fairDays), now.AddDate(0, 0, fairDays))
	v.Picture, v.Legend = drawShifts(v.Shifts, names, v.At)
	return v
}

// drawShifts draws shifts as a strip, each person in one colour, with a line at each midnight; the table behind it says the same.
func drawShifts(shifts []desk.Shift, names map[int64]string, zone *time.Location) (template.HTML, []legendEntry) {
	var b strings.Builder
	var legend []legendEntry
	colour := make(map[int64]int)
	from, to := shifts[0].From, shifts[len(shifts)-1].To
	x := func(at time.Time) float64 { return 1000 * float64(at.Sub(from)) / float64(to.Sub(from)) }
	b.WriteString(`<svg class="shifts" viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true">`)
	for _, s := range shifts {
		class := "gap"
		if s.UserID != 0 {
			if colour[s.UserID] == 0 {
				colour[s.UserID] = len(colour)%6 + 1
				legend = append(legend, legendEntry{colour[s.UserID], names[s.UserID]})
			}
			class = "layer-" + strconv.Itoa(colour[s.UserID])
		}
		fmt.Fprintf(&b, `<path class="%s" d="M%.1f 0H%.1fV40H%.1fZ"/>`, class, x(s.From), x(s.To), x(s.From))
	}
	local := from.In(zone)
	for d := 1; ; d++ {
		at := time.Date(local.Year(), local.Month(), local.Day()+d, 0, 0, 0, 0, zone)
		if !at.Before(to) {
			break
		}
		fmt.Fprintf(&b, `<path class="grid" d="M%.1f 0V40"/>`, x(at))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()), legend
}

// everybody are the names of people, and "" of nobody.
func (c *Console) everybody(ctx context.Context) (map[int64]string, []oncall.Person, error) {
	all, err := c.Roster.People(ctx)
	names := make(map[int64]string, len(all))
	for _, p := range all {
		names[p.ID] = p.Name
	}
	return names, all, err
}

func (c *Console) oncallShow(w http.ResponseWriter, r *http.Request) error {
	ctx, brand := r.Context(), visitOf(r).brand.ID
	p := &oncallPage{}
	var err error
	if p.Names, _, err = c.everybody(ctx); err != nil {
		return err
	}
	schedules, err := c.Roster.Schedules(ctx, brand)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	for _, s := range schedules {
		p.Schedules = append(p.Schedules, newScheduleView(s, p.Names, now))
	}
	policies, err := c.Roster.Policies(ctx, brand)
	if err != nil {
		return err
	}
	p.Policies, p.Defaults = policyViews(policies, p.Names), policyViews(defaultsBeside(policies), p.Names)
	running, err := c.Escalator.List(ctx, brand, desk.EscalationRunning, desk.Paging{Limit: 20})
	for _, e := range running {
		p.Running = append(p.Running, newCallView(e, p.Names))
	}
	if err != nil {
		return err
	}
	return c.render(w, r, "oncall/oncall", p)
}

// defaultsBeside are the policies that come with the program, for the stages that nobody said anything about.
func defaultsBeside(all []desk.EscalationPolicy) (rest []desk.EscalationPolicy) {
	for _, stage := range desk.EscalationStages {
		if !slices.ContainsFunc(all, func(p desk.EscalationPolicy) bool { return p.Stage == stage && p.MinLevel <= desk.Watch }) {
			rest = append(rest, desk.DefaultEscalation(stage))
		}
	}
	return rest
}

// schedulePage shows and changes one schedule.
type schedulePage struct {
	Frame
	View      scheduleView
	Zones     []string
	Layers    []layerForm
	Holidays  string // one a line
	Names     map[int64]string
	People    []choice
	Owners    []choice
	Overrides []desk.Override // that are not over
	From, To  string          // of a new override, in the schedule's zone
	User, Why string
	Feed      string // address of the calendar
	Mine      string
}

// layerForm is a layer as a form shows it.
type layerForm struct {
	N, No  int // counted from 0 for the form, from 1 for people
	Layer  desk.Layer
	People string // one a line
	Every  []choice
	Rest   []choice
	Days   string
	Spans  []choice
}

// daySpans are the days of the week that people choose from; what another client saved stays as it is.
var daySpans = []choice{{"", desk.Say("Every day")}, {"1,2,3,4,5", desk.Say("Monday to Friday")}, {"0,6", desk.Say("Saturday and Sunday")}}

func daysValue(days []int) string {
	parts := make([]string, len(days))
	for i, d := range days {
		parts[i] = strconv.Itoa(d)
	}
	return strings.Join(parts, ",")
}

func daysOf(value string) (days []int) {
	for _, part := range strings.Split(value, ",") {
		if d, err := strconv.Atoi(part); err == nil {
			days = append(days, d)
		}
	}
	return days
}

func spansFor(value string) []choice {
	if slices.ContainsFunc(daySpans, func(c choice) bool { return c.Value == value }) {
		return daySpans
	}
	return append(slices.Clone(daySpans), choice{value, desk.Say("Other days")})
}

func (c *Console) newSchedulePage(ctx context.Context, r *http.Request, s desk.Schedule) (*schedulePage, error) {
	names, all, err := c.everybody(ctx)
	if err != nil {
		return nil, err
	}
	v, now := visitOf(r), time.Now().UTC()
	p := fillSchedule(s, names, now)
	for _, one := range all {
		if !one.Gone {
			p.People = append(p.People, choice{itoa(one.ID), own(one.Name)})
		}
	}
	p.Owners = []choice{{"0", desk.Say("All brands")}}
	for _, b := range v.brands {
		p.Owners = append(p.Owners, choice{itoa(b.ID), own(b.Name)})
	}
	p.User = itoa(v.user.ID)
	if s.ID != 0 {
		base := "/calendar/oncall/"
		p.Feed, p.Mine = base+c.Roster.Feed(s, 0)+".ics", base+c.Roster.Feed(s, v.user.ID)+".ics"
	}
	return p, nil
}

// fillSchedule is the page without what only a desk knows.
func fillSchedule(s desk.Schedule, names map[int64]string, now time.Time) *schedulePage {
	p := &schedulePage{View: newScheduleView(s, names, now), Zones: zones, Names: names}
	blank := desk.Layer{Every: desk.EveryWeek, Start: now.In(p.View.At).Format(time.DateOnly), At: "09:00"}
	for i, l := range append(slices.Clone(s.Layers), blank) {
		f := layerForm{N: i, No: i + 1, Layer: l, Every: named("turn", desk.EveryDay, desk.EveryWeek, desk.EveryHours), Days: daysValue(l.Days),
			Rest: named("holidays", desk.HolidayAny, desk.HolidayRest, desk.HolidayOnly)}
		f.Spans = spansFor(f.Days)
		var people []string
		for _, id := range l.People {
			people = append(people, names[id])
		}
		f.People = strings.Join(people, "\n")
		p.Layers = append(p.Layers, f)
	}
	var days []string
	for _, h := range s.Holidays {
		days = append(days, h.Day+" "+h.Name)
	}
	p.Holidays = strings.Join(days, "\n")
	for _, o := range s.Overrides {
		if o.To.After(now) {
			p.Overrides = append(p.Overrides, o)
		}
	}
	local := now.In(p.View.At)
	p.From = local.Format(clockForm)
	p.To = local.Add(12 * time.Hour).Format(clockForm)
	return p
}

func (c *Console) scheduleNew(w http.ResponseWriter, r *http.Request) error {
	b := visitOf(r).brand
	p, err := c.newSchedulePage(r.Context(), r, desk.Schedule{BrandID: b.ID, Zone: zone(b).String()})
	if err != nil {
		return err
	}
	return c.render(w, r, "oncall/schedule", p)
}

func (c *Console) schedule(r *http.Request) (desk.Schedule, error) {
	if r.PathValue("id") == "new" {
		return desk.Schedule{BrandID: visitOf(r).brand.ID}, nil
	}
	id, err := pathID(r)
	if err != nil {
		return desk.Schedule{}, err
	}
	return c.Roster.Schedule(r.Context(), id)
}

func (c *Console) scheduleShow(w http.ResponseWriter, r *http.Request) error {
	s, err := c.schedule(r)
	if err != nil {
		return err
	}
	p, err := c.newSchedulePage(r.Context(), r, s)
	if err != nil {
		return err
	}
	return c.render(w, r, "oncall/schedule", p)
}

func (c *Console) scheduleSave(w http.ResponseWriter, r *http.Request) error {
	s, err := c.schedule(r)
	if err != nil {
		return err
	}
	s.Name, s.Zone, s.Version, s.BrandID = r.PostFormValue("name"), r.PostFormValue("zone"), int(number(r.PostFormValue("version"))), number(r.PostFormValue("owner"))
	if s.Layers, err = c.layersOf(r); err == nil {
		s.Holidays, err = holidaysOf(r.PostFormValue("holidays"))
	}
	var saved desk.Schedule
	if err == nil {
		saved, err = c.Roster.Save(r.Context(), s)
	}
	if err != nil {
		return c.scheduleAgain(w, r, s, err)
	}
	return seeOther(w, r, "/oncall/schedules/"+itoa(saved.ID), "saved")
}

func (c *Console) scheduleAgain(w http.ResponseWriter, r *http.Request, s desk.Schedule, err error) error {
	p, perr := c.newSchedulePage(r.Context(), r, s)
	if perr != nil {
		return perr
	}
	for i := range p.Layers { // what people typed, also what names nobody
		if typed := r.PostFormValue("people." + strconv.Itoa(i)); typed != "" {
			p.Layers[i].People = typed
		}
	}
	if typed := r.PostFormValue("holidays"); typed != "" {
		p.Holidays = typed
	}
	return c.again(w, r, "oncall/schedule", p, err)
}

// layersOf reads the layers of a form. Those without people are left out: so a layer is removed.
func (c *Console) layersOf(r *http.Request) (layers []desk.Layer, err error) {
	for i := range 20 {
		get := func(name string) string { return r.PostFormValue(name + "." + strconv.Itoa(i)) }
		if strings.TrimSpace(get("people")) == "" {
			continue
		}
		l := desk.Layer{Name: get("layer"), Every: get("every"), Hours: int(number(get("hours"))), Start: get("start"), At: get("at"),
			Days: daysOf(get("days")), From: get("from"), To: get("to"), Holidays: get("rest")}
		people, ferr := c.Roster.Find(r.Context(), "layers", strings.Split(get("people"), "\n"))
		if ferr != nil && err == nil {
			err = ferr
		}
		l.People = people
		layers = append(layers, l)
	}
	return layers, err
}

func holidaysOf(text string) (all []desk.Holiday, err error) {
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		day, name, _ := strings.Cut(line, " ")
		all = append(all, desk.Holiday{Day: day, Name: name})
	}
	return all, nil
}

func (c *Console) scheduleDelete(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Roster.Delete(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/oncall", "deleted")
}

func (c *Console) overrideAdd(w http.ResponseWriter, r *http.Request) error {
	s, err := c.schedule(r)
	if err != nil {
		return err
	}
	z, err := time.LoadLocation(s.Zone)
	if err != nil {
		return err
	}
	o := desk.Override{UserID: number(r.PostFormValue("user_id")), Why: r.PostFormValue("why")}
	o.From, _ = time.ParseInLocation(clockForm, r.PostFormValue("from"), z) // what cannot be read is zero, and refused as such
	o.To, _ = time.ParseInLocation(clockForm, r.PostFormValue("to"), z)
	if _, err := c.Roster.Override(r.Context(), s.ID, o); err != nil {
		p, perr := c.newSchedulePage(r.Context(), r, s)
		if perr != nil {
			return perr
		}
		p.From, p.To, p.Why, p.User = r.PostFormValue("from"), r.PostFormValue("to"), o.Why, r.PostFormValue("user_id")
		return c.again(w, r, "oncall/schedule", p, err)
	}
	return seeOther(w, r, "/oncall/schedules/"+itoa(s.ID), "saved")
}

func (c *Console) overrideWithdraw(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Roster.Withdraw(r.Context(), id, int(number(r.PostFormValue("override")))); err != nil {
		return err
	}
	return seeOther(w, r, "/oncall/schedules/"+itoa(id), "deleted")
}

func (c *Console) feedRenew(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Roster.RenewFeed(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/oncall/schedules/"+itoa(id), "saved")
}

// feedShow is a calendar by its secret address. Calendar programs do not sign in.
func (c *Console) feedShow(w http.ResponseWriter, r *http.Request) error {
	var b bytes.Buffer
	if err := c.Roster.WriteFeed(r.Context(), &b, strings.TrimSuffix(r.PathValue("address"), ".ics"), time.Now().UTC()); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=300")
	w.Header().Set("Referrer-Policy", "no-referrer")
	_, err := w.Write(b.Bytes())
	return err
}
