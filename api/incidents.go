package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/incident"
)

func (s *server) incidentOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/incidents", desk.Viewer, "incident-list", "List incidents", ""}, s.incidents),
		ask(route{http.MethodPost, "/incidents", desk.Lead, "incident-open", "Open an incident", "From an alert, or by hand."}, s.openIncident),
		ask(route{http.MethodGet, "/incidents/{id}", desk.Viewer, "incident-read", "Read an incident", ""}, s.incident),
		ask(route{http.MethodPatch, "/incidents/{id}", desk.Responder, "incident-describe", "Say what is known", ""}, s.describeIncident),
		ask(route{http.MethodGet, "/incidents/{id}/room", desk.Viewer, "incident-room", "The live picture of an incident", "Volume against what is usual, growth, networks, mood, words, voices, media, mentions."}, s.room),
		ask(route{http.MethodGet, "/incidents/{id}/timeline", desk.Viewer, "incident-timeline", "What happened in an incident", "Journal entries."}, s.timeline),
		ask(route{http.MethodPost, "/incidents/{id}/notes", desk.Responder, "incident-note", "Write a note on the timeline", ""}, s.note),
		ask(route{http.MethodPost, "/incidents/{id}/level", desk.Lead, "incident-level", "Change the response level", "A change needs a reason."}, s.level),
		ask(route{http.MethodPost, "/incidents/{id}/steps/{step}", desk.Responder, "incident-step", "Tick a step, or untick it", ""}, s.step),
		ask(route{http.MethodPost, "/incidents/{id}/steps/{step}/owner", desk.Responder, "incident-give", "Give a step to somebody", "Whatever the plan says; an owner of 0 leaves it to nobody."}, s.giveStep),
		ask(route{http.MethodPost, "/incidents/{id}/lead", desk.Responder, "incident-lead", "Say who leads", ""}, s.lead),
		ask(route{http.MethodPost, "/incidents/{id}/close", desk.Lead, "incident-close", "Close an incident", "How it ended must be said."}, s.closeIncident),
		ask(route{http.MethodPost, "/incidents/{id}/reopen", desk.Lead, "incident-reopen", "Take a closed incident up again", "A reason is needed."}, s.reopen),
	}
}

type incidentsIn struct {
	Paging
	OfBrand
}

func incidentID(i desk.Incident) int64 { return i.ID }

func (s *server) incidents(ctx context.Context, in *incidentsIn) (Page[desk.Incident], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Incident]{}, err
	}
	list, err := s.Rooms.List(ctx, in.Brand, p)
	return page(in.Paging, list, incidentID), err
}

type openIn struct {
	Body struct {
		Brand    ID        `json:"brand_id,omitempty" doc:"The brand; not needed with an alert"`
		Title    string    `json:"title" minLength:"1" maxLength:"400"`
		Level    int       `json:"level,omitempty" doc:"0 normal … 4 severe; 0 is taken for 3, crisis" minimum:"0" maximum:"4"`
		Monitors []ID      `json:"monitors,omitempty" doc:"What the room looks at; none: all of the brand" maxItems:"500"`
		Alert    ID        `json:"alert_id,omitempty" doc:"The alert that it is opened from"`
		Known    string    `json:"known,omitempty" doc:"What is known, in a few words" maxLength:"20000"`
		Scenario string    `json:"scenario,omitempty" doc:"Id of the scenario of the brand's plan that it starts on" maxLength:"60"`
		Began    time.Time `json:"began,omitzero" doc:"When the conversation began to move; without it now"`
	}
}

func (s *server) openIncident(ctx context.Context, in *openIn) (desk.Incident, error) {
	b := in.Body
	o := incident.Opening{
		BrandID: int64(b.Brand), Title: b.Title, Level: desk.Level(b.Level), AlertID: int64(b.Alert), Known: b.Known, Began: b.Began,
		Monitors: ids(b.Monitors), Scenario: b.Scenario,
	}
	return s.Rooms.Open(ctx, o)
}

func (s *server) incident(ctx context.Context, in *One) (desk.Incident, error) {
	return s.Rooms.One(ctx, in.ID)
}

type describeIn struct {
	One
	Body struct {
		Title   string `json:"title" minLength:"1" maxLength:"400"`
		Known   string `json:"known" doc:"What is known, in a few words" maxLength:"20000"`
		Version int    `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict, 0 is not checked" minimum:"0"`
	}
}

func (s *server) describeIncident(ctx context.Context, in *describeIn) (desk.Incident, error) {
	return s.Rooms.Describe(ctx, in.ID, in.Body.Version, in.Body.Title, in.Body.Known)
}

func (s *server) room(ctx context.Context, in *One) (incident.Room, error) {
	return s.Rooms.Room(ctx, in.ID)
}

type timelineIn struct {
	One
	Paging
}

func (s *server) timeline(ctx context.Context, in *timelineIn) (Page[desk.Entry], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Entry]{}, err
	}
	list, err := s.Rooms.Timeline(ctx, in.ID, p)
	return page(in.Paging, list, entryID), err
}

type noteIn struct {
	One
	Body struct {
		Note     string `json:"note" minLength:"1" maxLength:"20000"`
		Decision bool   `json:"decision,omitempty" doc:"It is what the room decided"`
	}
}

func (s *server) note(ctx context.Context, in *noteIn) (desk.Entry, error) {
	if in.Body.Decision {
		return s.Rooms.Decision(ctx, in.ID, in.Body.Note)
	}
	return s.Rooms.Note(ctx, in.ID, in.Body.Note)
}

type levelIn struct {
	One
	Body struct {
		Level int    `json:"level" doc:"0 normal, 1 watch, 2 issue, 3 crisis, 4 severe" minimum:"0" maximum:"4"`
		Why   string `json:"why" doc:"In your words" maxLength:"4000"`
	}
}

func (s *server) level(ctx context.Context, in *levelIn) (desk.Incident, error) {
	return s.Rooms.SetLevel(ctx, in.ID, desk.Level(in.Body.Level), in.Body.Why)
}

type stepIn struct {
	One
	Step string `path:"step" doc:"Id of the step" maxLength:"100"`
}

func (s *server) step(ctx context.Context, in *stepIn) (desk.Incident, error) {
	return s.Rooms.Tick(ctx, in.ID, in.Step)
}

type giveIn struct {
	One
	Step string `path:"step" doc:"Id of the step" maxLength:"100"`
	Body struct {
		Owner int64 `json:"owner,string" doc:"Id of a person; 0 nobody" minimum:"0"`
	}
}

func (s *server) giveStep(ctx context.Context, in *giveIn) (desk.Incident, error) {
	to, err := s.Plans.Person(ctx, in.Body.Owner)
	if err != nil {
		return desk.Incident{}, err
	}
	return s.Rooms.Give(ctx, in.ID, in.Step, to)
}

type leadIn struct {
	One
	Body struct {
		Lead string `json:"lead" doc:"Name; empty: nobody" maxLength:"200"`
	}
}

func (s *server) lead(ctx context.Context, in *leadIn) (desk.Incident, error) {
	return s.Rooms.Assign(ctx, in.ID, in.Body.Lead)
}

type closeIn struct {
	One
	Body struct {
		Outcome string `json:"outcome" doc:"How it ended, in a sentence" maxLength:"20000"`
	}
}

func (s *server) closeIncident(ctx context.Context, in *closeIn) (desk.Incident, error) {
	return s.Rooms.Close(ctx, in.ID, in.Body.Outcome)
}

func (s *server) reopen(ctx context.Context, in *whyIn) (desk.Incident, error) {
	return s.Rooms.Reopen(ctx, in.ID, in.Body.Why)
}
