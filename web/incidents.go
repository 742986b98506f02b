package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/incident"
	"breakwater/plan"
)

func (c *Console) incidentRoutes() []route {
	return []route{
		{"GET /incidents", desk.Viewer, c.incidentList},
		{"GET /incidents/new", desk.Lead, c.incidentNew},
		{"POST /incidents", desk.Lead, c.incidentOpen},
		{"GET /incidents/{id}", desk.Viewer, c.incidentShow},
		{"POST /incidents/{id}/note", desk.Responder, c.incidentNote},
		{"GET /incidents/{id}/since", desk.Viewer, c.incidentSince},
		{"POST /incidents/{id}/step", desk.Responder, c.incidentStep},
		{"POST /incidents/{id}/give", desk.Responder, c.incidentGive},
		{"POST /incidents/{id}/lead", desk.Responder, c.incidentLead},
		{"POST /incidents/{id}/describe", desk.Responder, c.incidentDescribe},
		{"POST /incidents/{id}/level", desk.Lead, c.incidentLevel},
		{"POST /incidents/{id}/close", desk.Lead, c.incidentClose},
		{"POST /incidents/{id}/reopen", desk.Lead, c.incidentReopen},
	}
}

// incidentsPage is the list of rooms, newest first.
type incidentsPage struct {
	Frame
	Incidents []desk.Incident
	Pager     pagerView
}

const incidentsShown = 25

func (c *Console) incidentList(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := &incidentsPage{Frame: Frame{Area: "room"}}
	got, err := c.Rooms.List(r.Context(), v.brand.ID, desk.Paging{Before: number(r.URL.Query().Get("before")), Limit: incidentsShown + 1})
	if err != nil {
		return err
	}
	p.Incidents, p.Pager = pieceOf(r, got, incidentsShown, func(i desk.Incident) int64 { return i.ID })
	return c.render(w, r, "incidents/list", p)
}

// declarePage asks the little that is needed to open a room.
type declarePage struct {
	Frame
	Title, Known string
	Level        desk.Level
	Alert        int64
	Levels       []levelChoice
	Scenario     string
	Scenarios    []plan.Candidate // those that the alert points to first
}

// levelChoice is a level with its typical signs.
type levelChoice struct {
	Level  desk.Level
	Signs  desk.Text
	Chosen bool
}

// levelChoices offer the levels from watch up.
func levelChoices(chosen desk.Level) []levelChoice {
	signs := []desk.Text{
		desk.Say("Within what is usual."), desk.Say("A rise on one network, a known matter, no media."),
		desk.Say("Three times what is usual for a while, a key voice, or two networks."),
		desk.Say("Twice the usual share of negative, three networks, media, or a call for a boycott."),
		desk.Say("Safety, death, crime, a regulator, or national media."),
	}
	var all []levelChoice
	for l := desk.Watch; l <= desk.Severe; l++ {
		all = append(all, levelChoice{l, signs[l], l == chosen})
	}
	return all
}

func (c *Console) incidentNew(w http.ResponseWriter, r *http.Request) error {
	p := &declarePage{Frame: Frame{Area: "room"}, Level: desk.Issue, Alert: number(r.URL.Query().Get("alert"))}
	if p.Alert != 0 {
		a, err := c.Alerts.One(r.Context(), p.Alert)
		if err != nil {
			return err
		}
		p.Title, p.Level = visitOf(r).speak.Text(alertView{Alert: a}.Sentence()), max(a.Level, desk.Watch)
	}
	if err := c.offerScenarios(r, p); err != nil {
		return err
	}
	if len(p.Scenarios) > 0 && p.Scenarios[0].Points() {
		p.Scenario, p.Level = p.Scenarios[0].ID, max(p.Level, p.Scenarios[0].Level)
	}
	p.Levels = levelChoices(p.Level)
	return c.render(w, r, "incidents/declare", p)
}

// offerScenarios puts the scenarios of the brand's plan onto the form, those first that the alert points to.
func (c *Console) offerScenarios(r *http.Request, p *declarePage) (err error) {
	v := visitOf(r)
	var a desk.Alert
	if p.Alert != 0 {
		if a, err = c.Alerts.One(r.Context(), p.Alert); err != nil {
			return err
		}
	}
	p.Scenarios, err = c.suggested(r.Context(), v, a)
	return err
}

// suggested are the scenarios of the brand's plan, those first that an alert points to; an alert of ID 0 points to none.
func (c *Console) suggested(ctx context.Context, v *visit, a desk.Alert) ([]plan.Candidate, error) {
	cues := make(map[string]int)
	var shown []int64
	for _, s := range a.Signals {
		shown = append(shown, s.Evidence.Mentions...)
	}
	slices.Sort(shown)
	examples, err := c.mentionsByID(ctx, v, slices.Compact(shown), 20)
	if err != nil {
		return nil, err
	}
	for i := range examples {
		for _, cue := range examples[i].CuesOf(v.brand.ID) {
			cues[cue]++
		}
	}
	return c.Plans.For(ctx, v.brand.ID, a.Monitors(), cues)
}

func (c *Console) incidentOpen(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := &declarePage{Frame: Frame{Area: "room"}, Title: strings.TrimSpace(r.PostFormValue("title")), Known: r.PostFormValue("known"),
		Level: desk.Level(number(r.PostFormValue("level"))), Alert: number(r.PostFormValue("alert")), Scenario: r.PostFormValue("scenario")}
	p.Levels = levelChoices(p.Level)
	i, err := c.Rooms.Open(r.Context(), incident.Opening{BrandID: v.brand.ID, Title: p.Title, Level: p.Level, AlertID: p.Alert, Known: p.Known, Scenario: p.Scenario})
	if err != nil {
		if oerr := c.offerScenarios(r, p); oerr != nil {
			return oerr
		}
		return c.again(w, r, "incidents/declare", p, err)
	}
	http.Redirect(w, r, "/incidents/"+itoa(i.ID), http.StatusSeeOther)
	return nil
}

// roomPage is what everybody looks at during an incident.
type roomPage struct {
	Frame
	Day      string // on which it began, as the explorer takes it
	Room     incident.Room
	Figures  []figure
	Chart    chart
	Networks []shareView
	Moods    []shareView
	Topics   []topicView
	Words    []shareView
	Voices   []voiceView
	Repeated []voiceView // those whose words go round, whatever their reach
	Media    []voiceView
	Crowd    crowdView
	Mentions []mentionView
	Assessed situation
	Timeline []entryView
	Show     string // filter of the timeline
	Older    string
	Steps    []stepView
	Next     string // id of the step to do next
	Levels   []levelChoice
	Note     string // kept when it could not be written
	Present  []attendee
	Promises []promiseView
	Sayings  []desk.Statement // of the incident, newest first
	Told     []desk.Briefing  // to our own people about it
	Asking   int              // questions of our own people without an answer
	Given    *givenView       // answers to people in this crisis; nil: none
	Since    sinceView
	Scenario desk.Scenario // that the incident started on; ID empty: none
	People   []choice      // who can take a step
}

// stepView is a step with its place in time.
type stepView struct {
	desk.Step
	Late, Next bool
}

// shows are the filters of the timeline.
var shows = []choice{{"", desk.Say("Everything")}, {"note", desk.Say("Notes")}, {"decision", desk.Say("Decisions")}, {"alert", desk.Say("Alerts")}}

// Shows are the filters of the timeline.
func (p *roomPage) Shows() []choice { return shows }

const timelineShown = 40

func (c *Console) incidentShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	p, err := c.roomPage(r, id)
	if err != nil {
		return err
	}
	return c.render(w, r, "incidents/room", p)
}

func (c *Console) roomPage(r *http.Request, id int64) (*roomPage, error) {
	ctx, v := r.Context(), visitOf(r)
	room, err := c.Rooms.Room(ctx, id)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	paging := desk.Paging{Before: number(q.Get("before")), Limit: timelineShown + 1}
	entries, err := c.Rooms.Timeline(ctx, id, paging)
	if err != nil {
		return nil, err
	}
	entries, pager := pieceOf(r, entries, timelineShown, func(e desk.Entry) int64 { return e.Seq })
	p := newRoomPage(v, room, time.Now().UTC())
	if p.Topics, err = c.sampled(ctx, v, room.Topics); err != nil {
		return nil, err
	}
	if p.Assessed, err = c.situation(ctx, v, room.Incident); err != nil {
		return nil, err
	}
	if p.Scenario, err = c.Plans.Runs(ctx, room.Incident); err != nil {
		return nil, err
	}
	people, err := c.Plans.People(ctx)
	if err != nil {
		return nil, err
	}
	p.People = personChoices(people)
	p.Show, p.Older = q.Get("show"), pager.Next
	if err := c.inRoom(r, p); err != nil {
		return nil, err
	}
	p.Timeline = entryViews(shown(entries, p.Show), zone(v.brand))
	return p, nil
}

// newRoomPage puts a room into the words and pictures of a page.
func newRoomPage(v *visit, room incident.Room, now time.Time) *roomPage {
	z := zone(v.brand)
	p := &roomPage{Frame: Frame{Area: "room"}, Room: room, Day: room.Incident.Began.In(z).Format(time.DateOnly), Levels: levelChoices(room.Incident.Level),
		Chart:    chart{From: room.From, To: room.To, Step: time.Duration(room.Step) * time.Minute, Zone: z, Points: room.Volume, Band: room.Band, Gaps: room.Gaps, Forecast: room.Forecast},
		Networks: shareViews(room.Networks, networkName, networkPath),
		Moods:    shareViews(room.Moods, func(m string) string { return v.speak.Text(word("mood", m)) }, func(m string) string { return "/mentions?mood=" + m }),
		Topics:   topicViews(room.Topics), Words: shareViews(room.Words, asIs, searchPath), Voices: voiceViews(room.Voices), Repeated: voiceViews(room.Repeated), Media: voiceViews(room.Media), Crowd: crowdView{room.Crowd, z}, Mentions: mentionViews(room.Mentions, z)}
	p.Chart.Marks = []mark{{room.Incident.Opened, room.Incident.Level, "#timeline", v.speak.T("Room opened")}}
	next, _ := room.Incident.Next()
	for _, done := range []bool{false, true} { // what is open comes first
		for _, s := range room.Incident.Steps {
			if s.Done() == done {
				p.Steps = append(p.Steps, stepView{s, s.Late(now), s.ID == next.ID && !done})
			}
		}
	}
	p.Figures, p.Given = roomFigures(v, room), newGiven(room.Answers, room.Incident.ID)
	return p
}

func roomFigures(v *visit, room incident.Room) []figure {
	speak := v.speak
	hour := figure{Name: speak.T("Mentions in the last hour"), Value: speak.Number(float64(room.Hour))}
	if room.Expected > 0 {
		hour.Usual = speak.T("usual {x}", "x", room.Expected)
		hour.High = float64(room.Hour) > 2*room.Expected
	}
	growth := figure{Name: speak.T("Growth"), Value: speak.Text(word("phase", room.Phase))}
	switch {
	case room.Doubling > 0:
		growth.Usual, growth.High = speak.T("doubles in {n} minutes", "n", room.Doubling), true
	case room.Doubling < 0:
		growth.Usual = speak.T("halves in {n} minutes", "n", -room.Doubling)
	}
	return []figure{
		hour, growth,
		{Name: speak.T("Negative share"), Value: speak.Percent(finite(room.Negative)), Usual: speak.T("since it began")},
		{Name: speak.T("Mentions"), Value: speak.Compact(float64(room.Total)), Usual: speak.T("since it began")},
		{Name: speak.T("Different people"), Value: speak.Compact(float64(room.People)), Usual: speak.T("since it began")},
		{Name: speak.T("Audience"), Value: speak.Compact(float64(room.Reach)), Usual: speak.T("followers of all authors")},
	}
}

// shown keeps the entries of a kind.
func shown(all []desk.Entry, kind string) []desk.Entry {
	if kind == "" {
		return all
	}
	var kept []desk.Entry
	for _, e := range all {
		area, verb, _ := strings.Cut(e.Do, ".")
		is := map[string]bool{
			"note": verb == "note", "alert": area == "alert",
			"decision": verb == "level" || verb == "open" || verb == "close" || verb == "reopen" || verb == "decide" || verb == "lead" || verb == "decision",
		}
		if is[kind] {
			kept = append(kept, e)
		}
	}
	return kept
}

// roomDo does one thing to an incident and leads back to its room; what was wrong with the form is said there.
func (c *Console) roomDo(w http.ResponseWriter, r *http.Request, did string, do func(ctx context.Context, id int64) error) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := do(r.Context(), id); err != nil {
		if len(invalids(err)) == 0 {
			return err
		}
		p, perr := c.roomPage(r, id)
		if perr != nil {
			return perr
		}
		p.Note = r.PostFormValue("note")
		return c.again(w, r, "incidents/room", p, err)
	}
	return seeOther(w, r, "/incidents/"+itoa(id), did)
}

func (c *Console) incidentNote(w http.ResponseWriter, r *http.Request) error {
	return c.roomDo(w, r, "noted", func(ctx context.Context, id int64) error {
		if r.PostFormValue("decision") != "" {
			_, err := c.Rooms.Decision(ctx, id, r.PostFormValue("note"))
			return err
		}
		_, err := c.Rooms.Note(ctx, id, r.PostFormValue("note"))
		return err
	})
}

func (c *Console) incidentStep(w http.ResponseWriter, r *http.Request) error {
	return c.roomDo(w, r, "saved", func(ctx context.Context, id int64) error {
		_, err := c.Rooms.Tick(ctx, id, r.PostFormValue("step"))
		return err
	})
}

func (c *Console) incidentGive(w http.ResponseWriter, r *http.Request) error {
	return c.roomDo(w, r, "saved", func(ctx context.Context, id int64) error {
		to, err := c.Plans.Person(ctx, number(r.PostFormValue("owner")))
		if err == nil {
			_, err = c.Rooms.Give(ctx, id, r.PostFormValue("step"), to)
		}
		return err
	})
}

func (c *Console) incidentLead(w http.ResponseWriter, r *http.Request) error {
	return c.roomDo(w, r, "saved", func(ctx context.Context, id int64) error {
		name := r.PostFormValue("lead")
		if r.PostFormValue("me") != "" {
			name = visitOf(r).actor.Name
		}
		_, err := c.Rooms.Assign(ctx, id, name)
		return err
	})
}

func (c *Console) incidentDescribe(w http.ResponseWriter, r *http.Request) error {
	return c.roomDo(w, r, "saved", func(ctx context.Context, id int64) error {
		_, err := c.Rooms.Describe(ctx, id, int(number(r.PostFormValue("version"))), r.PostFormValue("title"), r.PostFormValue("known"))
		return err
	})
}

func (c *Console) incidentLevel(w http.ResponseWriter, r *http.Request) error {
	return c.roomDo(w, r, "level", func(ctx context.Context, id int64) error {
		_, err := c.Rooms.SetLevel(ctx, id, desk.Level(number(r.PostFormValue("level"))), r.PostFormValue("why"))
		return err
	})
}

func (c *Console) incidentClose(w http.ResponseWriter, r *http.Request) error {
	return c.roomDo(w, r, "closed", func(ctx context.Context, id int64) error {
		_, err := c.Rooms.Close(ctx, id, r.PostFormValue("outcome"))
		return err
	})
}

func (c *Console) incidentReopen(w http.ResponseWriter, r *http.Request) error {
	return c.roomDo(w, r, "reopened", func(ctx context.Context, id int64) error {
		_, err := c.Rooms.Reopen(ctx, id, r.PostFormValue("why"))
		return err
	})
}
