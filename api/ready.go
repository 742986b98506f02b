package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/plan"
)

func (s *server) readyOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/readiness", desk.Viewer, "readiness-read", "How ready the team is", "Each thing with its state (good, soon, bad), the reason, and the console's page that mends it."}, s.readiness),
		ask(route{http.MethodGet, "/meetings", desk.Viewer, "meeting-list", "List meetings of the crisis committee", ""}, s.meetings),
		ask(route{http.MethodPost, "/meetings", desk.Lead, "meeting-add", "Add a meeting", ""}, s.addMeeting),
		ask(route{http.MethodGet, "/meetings/feed", desk.Viewer, "meeting-feed", "Where calendars follow the meetings", "The address is a secret: whoever has it reads the meetings. It is renewed in the console."}, s.meetingFeed),
		ask(route{http.MethodPut, "/meetings/{id}", desk.Lead, "meeting-save", "Change a meeting", "All fields are replaced; it stays with its brand."}, s.saveMeeting),
		act(route{http.MethodDelete, "/meetings/{id}", desk.Lead, "meeting-delete", "Take a meeting off the calendar", ""}, s.deleteMeeting),
	}
}

// Readiness is how ready a team is.
type Readiness struct {
	Items []plan.Need `json:"items"`
}

func (s *server) readiness(ctx context.Context, in *PlanOfBrand) (Readiness, error) {
	items, err := s.Ready.Look(ctx, in.Brand, time.Now().UTC())
	return Readiness{items}, err
}

func (s *server) meetings(ctx context.Context, in *policiesIn) (Page[desk.Meeting], error) {
	all, err := s.Committee.List(ctx, in.Brand)
	if err != nil {
		return Page[desk.Meeting]{}, err
	}
	return whole(in.Paging, all)
}

// MeetingFeed is where calendars follow the meetings.
type MeetingFeed struct {
	Path string `json:"path" doc:"Of the desk's address: an iCalendar feed"`
}

func (s *server) meetingFeed(ctx context.Context, in *PlanOfBrand) (MeetingFeed, error) {
	key, err := s.Committee.Key(ctx, in.Brand)
	return MeetingFeed{"/committee/feed/" + key.Reveal() + ".ics"}, err
}

// MeetingBody is what people say about a meeting.
type MeetingBody struct {
	Brand   ID        `json:"brand_id" doc:"Whose committee meets"`
	Name    string    `json:"name" maxLength:"400"`
	At      time.Time `json:"at" doc:"When the first one begins"`
	Minutes int       `json:"minutes" doc:"That it takes" minimum:"5" maximum:"1440"`
	Place   string    `json:"place,omitempty" maxLength:"1000"`
	Agenda  string    `json:"agenda,omitempty" maxLength:"20000"`
	Repeat  string    `json:"repeat,omitempty" enum:"week,fortnight,month,quarter,year" doc:"Empty: once"`
	Version int       `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b MeetingBody) meeting(id int64) desk.Meeting {
	return desk.Meeting{ID: id, BrandID: int64(b.Brand), Name: b.Name, At: b.At, Minutes: b.Minutes, Place: b.Place, Agenda: b.Agenda, Repeat: b.Repeat, Version: b.Version}
}

type addMeetingIn struct{ Body MeetingBody }

func (s *server) addMeeting(ctx context.Context, in *addMeetingIn) (desk.Meeting, error) {
	return s.Committee.Save(ctx, in.Body.meeting(0))
}

type saveMeetingIn struct {
	One
	Body MeetingBody
}

func (s *server) saveMeeting(ctx context.Context, in *saveMeetingIn) (desk.Meeting, error) {
	return s.Committee.Save(ctx, in.Body.meeting(in.ID))
}

func (s *server) deleteMeeting(ctx context.Context, in *One) error {
	return s.Committee.Delete(ctx, in.ID)
}
