package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/oncall"
)

func (s *server) oncallOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/schedules", desk.Viewer, "schedule-list", "List on-call schedules", "Of the brand and of all brands."}, s.schedules),
		ask(route{http.MethodPost, "/schedules", desk.Lead, "schedule-add", "Add a schedule", "Layers take turns; a later layer stands above those before it, overrides above all."}, s.addSchedule),
		ask(route{http.MethodGet, "/schedules/{id}", desk.Viewer, "schedule-read", "Read a schedule", ""}, s.oneSchedule),
		ask(route{http.MethodPut, "/schedules/{id}", desk.Lead, "schedule-save", "Change a schedule", "Overrides have their own operations and stay."}, s.saveSchedule),
		act(route{http.MethodDelete, "/schedules/{id}", desk.Lead, "schedule-delete", "Remove a schedule", ""}, s.deleteSchedule),
		ask(route{http.MethodGet, "/schedules/{id}/shifts", desk.Viewer, "schedule-shifts", "Who is on call when", "In order and without a hole; user_id 0 is nobody."}, s.shifts),
		ask(route{http.MethodGet, "/schedules/{id}/fairness", desk.Viewer, "schedule-fairness", "What each person carries", "Hours, nights, weekends and holidays, most hours first."}, s.fairness),
		ask(route{http.MethodPost, "/schedules/{id}/overrides", desk.Responder, "schedule-override", "Put somebody on call for a while", "Responders take shifts over themselves; to put somebody else on call needs a lead."}, s.addOverride),
		ask(route{http.MethodPost, "/schedules/{id}/overrides/{override}/withdraw", desk.Responder, "schedule-withdraw", "Take an override back", "Responders their own, leads anybody's."}, s.withdrawOverride),
		ask(route{http.MethodGet, "/escalation-policies", desk.Viewer, "escalation-policies", "List escalation policies", "Where none holds, the one that comes with the desk does."}, s.escalationPolicies),
		ask(route{http.MethodPost, "/escalation-policies", desk.Lead, "escalation-policy-add", "Add an escalation policy", ""}, s.addEscalationPolicy),
		ask(route{http.MethodGet, "/escalation-policies/{id}", desk.Viewer, "escalation-policy-read", "Read an escalation policy", ""}, s.escalationPolicy),
		ask(route{http.MethodPut, "/escalation-policies/{id}", desk.Lead, "escalation-policy-save", "Change an escalation policy", "What runs goes on by the one that it began with."}, s.saveEscalationPolicy),
		act(route{http.MethodDelete, "/escalation-policies/{id}", desk.Lead, "escalation-policy-delete", "Remove an escalation policy", ""}, s.deleteEscalationPolicy),
		ask(route{http.MethodGet, "/escalations", desk.Viewer, "escalation-list", "List escalations", ""}, s.escalations),
		ask(route{http.MethodGet, "/escalations/{id}", desk.Viewer, "escalation-read", "Read an escalation", "Who was called when, and who took it up."}, s.escalation),
		ask(route{http.MethodGet, "/escalations/{id}/letters", desk.Viewer, "escalation-letters", "Messages of an escalation", "To whom, by which way, and what became of each."}, s.escalationLetters),
		ask(route{http.MethodPost, "/escalations/{id}/take", desk.Responder, "escalation-take", "Take a matter up", "Who did before is no error."}, s.takeEscalation),
		ask(route{http.MethodPost, "/rehearsals", desk.Lead, "rehearsal-start", "Call everybody by every way", "The answer names what the escalation will be about."}, s.rehearse),
		ask(route{http.MethodGet, "/rehearsals/last", desk.Viewer, "rehearsal-last", "Read the last rehearsal", ""}, s.lastRehearsal),
		ask(route{http.MethodGet, "/heartbeat", desk.Viewer, "heartbeat-read", "Whether the desk works, and where it says so", "Each part without which it does not work. The address is told to admins only."}, s.heartbeat),
		ask(route{http.MethodPut, "/heartbeat", desk.Admin, "heartbeat-save", "Change where the desk says that it works", "An address outside, such as Healthchecks', that is fetched while every part works; empty: none."}, s.saveHeartbeat),
		ask(route{http.MethodGet, "/me/reach", desk.Viewer, "me-reach", "How the acting person is called", ""}, s.reach),
		ask(route{http.MethodPut, "/me/reach", desk.Viewer, "me-reach-save", "Change how the acting person is called", ""}, s.saveReach),
	}
}

type oncallIn struct {
	Paging
	OfBrand
}

func (s *server) schedules(ctx context.Context, in *oncallIn) (Page[desk.Schedule], error) {
	all, err := s.Roster.Schedules(ctx, in.Brand)
	if err != nil {
		return Page[desk.Schedule]{}, err
	}
	return whole(in.Paging, all)
}

func (s *server) oneSchedule(ctx context.Context, in *One) (desk.Schedule, error) {
	return s.Roster.Schedule(ctx, in.ID)
}

// ScheduleBody is what people say about a schedule.
type ScheduleBody struct {
	Brand    ID             `json:"brand_id,omitempty" doc:"Of this brand; 0 of all"`
	Name     string         `json:"name" maxLength:"400"`
	Zone     string         `json:"zone" doc:"Time zone, such as Europe/Warsaw" maxLength:"100"`
	Layers   []desk.Layer   `json:"layers" maxItems:"10"`
	Holidays []desk.Holiday `json:"holidays,omitempty" maxItems:"400"`
	Version  int            `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b ScheduleBody) schedule(id int64) desk.Schedule {
	return desk.Schedule{ID: id, BrandID: int64(b.Brand), Name: b.Name, Zone: b.Zone, Layers: b.Layers, Holidays: b.Holidays, Version: b.Version}
}

type addScheduleIn struct{ Body ScheduleBody }

func (s *server) addSchedule(ctx context.Context, in *addScheduleIn) (desk.Schedule, error) {
	return s.Roster.Save(ctx, in.Body.schedule(0))
}

type saveScheduleIn struct {
	One
	Body ScheduleBody
}

func (s *server) saveSchedule(ctx context.Context, in *saveScheduleIn) (desk.Schedule, error) {
	return s.Roster.Save(ctx, in.Body.schedule(in.ID))
}

func (s *server) deleteSchedule(ctx context.Context, in *One) error {
	return s.Roster.Delete(ctx, in.ID)
}

type spanIn struct {
	One
	From time.Time `query:"from" doc:"Empty: now"`
	To   time.Time `query:"to" doc:"Empty: four weeks later"`
}

func (in *spanIn) span() (from, to time.Time, err error) {
	from, to = in.From, in.To
	if from.IsZero() {
		from = time.Now().UTC().Truncate(time.Minute)
	}
	if to.IsZero() {
		to = from.AddDate(0, 0, 28)
	}
	if !from.Before(to) || to.Sub(from) > 366*24*time.Hour {
		return from, to, desk.Wrong("to", "The beginning must lie before the end.")
	}
	return from, to, nil
}

type shiftList struct {
	Items []desk.Shift `json:"items"`
}

func (s *server) shifts(ctx context.Context, in *spanIn) (shiftList, error) {
	one, err := s.Roster.Schedule(ctx, in.ID)
	if err != nil {
		return shiftList{}, err
	}
	from, to, err := in.span()
	return shiftList{oncall.Shifts(&one, from, to)}, err
}

type burdenList struct {
	Items []desk.Burden `json:"items"`
}

func (s *server) fairness(ctx context.Context, in *spanIn) (burdenList, error) {
	one, err := s.Roster.Schedule(ctx, in.ID)
	if err != nil {
		return burdenList{}, err
	}
	from, to, err := in.span()
	return burdenList{oncall.Fairness(&one, from, to)}, err
}

// OverrideBody puts somebody on call for a while.
type OverrideBody struct {
	User ID        `json:"user_id" doc:"Who takes over"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Why  string    `json:"why,omitempty" maxLength:"1000"`
}

type addOverrideIn struct {
	One
	Body OverrideBody
}

func (s *server) addOverride(ctx context.Context, in *addOverrideIn) (desk.Schedule, error) {
	return s.Roster.Override(ctx, in.ID, desk.Override{UserID: int64(in.Body.User), From: in.Body.From, To: in.Body.To, Why: in.Body.Why})
}

type withdrawIn struct {
	One
	Override int `path:"override" minimum:"1"`
}

func (s *server) withdrawOverride(ctx context.Context, in *withdrawIn) (desk.Schedule, error) {
	return s.Roster.Withdraw(ctx, in.ID, in.Override)
}

func (s *server) escalationPolicies(ctx context.Context, in *oncallIn) (Page[desk.EscalationPolicy], error) {
	all, err := s.Roster.Policies(ctx, in.Brand)
	if err != nil {
		return Page[desk.EscalationPolicy]{}, err
	}
	return whole(in.Paging, all)
}

func (s *server) escalationPolicy(ctx context.Context, in *One) (desk.EscalationPolicy, error) {
	return s.Roster.Policy(ctx, in.ID)
}

// EscalationPolicyBody is what people say about an escalation policy.
type EscalationPolicyBody struct {
	Brand    ID                    `json:"brand_id,omitempty" doc:"Of this brand; 0 of all"`
	Name     string                `json:"name" maxLength:"400"`
	Stage    string                `json:"stage" enum:"alert,room,clock"`
	MinLevel int                   `json:"min_level,omitempty" doc:"From this level on; of several policies the one with the highest holds" minimum:"0" maximum:"4"`
	Steps    []desk.EscalationStep `json:"steps" maxItems:"20"`
	Repeat   int                   `json:"repeat,omitempty" doc:"Times that it begins again when nobody took it up" minimum:"0" maximum:"20"`
	Worse    bool                  `json:"only_worse,omitempty" doc:"After an acknowledgement call again only when the level rises"`
	Version  int                   `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b EscalationPolicyBody) policy(id int64) desk.EscalationPolicy {
	return desk.EscalationPolicy{ID: id, BrandID: int64(b.Brand), Name: b.Name, Stage: b.Stage, MinLevel: desk.Level(b.MinLevel), Steps: b.Steps,
		Repeat: b.Repeat, Worse: b.Worse, Version: b.Version}
}

type addEscalationPolicyIn struct{ Body EscalationPolicyBody }

func (s *server) addEscalationPolicy(ctx context.Context, in *addEscalationPolicyIn) (desk.EscalationPolicy, error) {
	return s.Roster.SavePolicy(ctx, in.Body.policy(0))
}

type saveEscalationPolicyIn struct {
	One
	Body EscalationPolicyBody
}

func (s *server) saveEscalationPolicy(ctx context.Context, in *saveEscalationPolicyIn) (desk.EscalationPolicy, error) {
	return s.Roster.SavePolicy(ctx, in.Body.policy(in.ID))
}

func (s *server) deleteEscalationPolicy(ctx context.Context, in *One) error {
	return s.Roster.DeletePolicy(ctx, in.ID)
}

type escalationsIn struct {
	Paging
	OfBrand
	State string `query:"state" doc:"Only those in this state" enum:"running,taken,spent,over,muted"`
}

func (s *server) escalations(ctx context.Context, in *escalationsIn) (Page[desk.Escalation], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Escalation]{}, err
	}
	all, err := s.Escalator.List(ctx, in.Brand, in.State, p)
	return page(in.Paging, all, func(e desk.Escalation) int64 { return e.ID }), err
}

func (s *server) escalation(ctx context.Context, in *One) (desk.Escalation, error) {
	return s.Escalator.One(ctx, in.ID)
}

type letterList struct {
	Items []oncall.Told `json:"items"`
}

func (s *server) escalationLetters(ctx context.Context, in *One) (letterList, error) {
	e, err := s.Escalator.One(ctx, in.ID)
	if err != nil {
		return letterList{}, err
	}
	all, err := s.Postman.About(ctx, e)
	return letterList{all}, err
}

func (s *server) takeEscalation(ctx context.Context, in *One) (desk.Escalation, error) {
	return s.Escalator.Take(ctx, in.ID, "api")
}

// RehearsalBody names whose people are called.
type RehearsalBody struct {
	Brand ID `json:"brand_id" doc:"Whose people"`
}

type rehearseIn struct{ Body RehearsalBody }

type rehearsalBegun struct {
	About string `json:"about"`
}

func (s *server) rehearse(ctx context.Context, in *rehearseIn) (rehearsalBegun, error) {
	about, err := s.Escalator.Rehearse(ctx, int64(in.Body.Brand))
	return rehearsalBegun{about}, err
}

type lastRehearsalIn struct {
	Brand int64 `query:"brand" doc:"Whose" minimum:"1" required:"true"`
}

func (s *server) lastRehearsal(ctx context.Context, in *lastRehearsalIn) (desk.Escalation, error) {
	return s.Escalator.LastRehearsal(ctx, in.Brand)
}

func (s *server) reach(ctx context.Context, _ *struct{}) (desk.Reach, error) {
	return s.Roster.Reach(ctx)
}

// ReachBody is how somebody wants to be called.
type ReachBody struct {
	Zone    string `json:"zone" maxLength:"100"`
	From    string `json:"quiet_from,omitempty" doc:"Quiet hours, such as 22:00; empty: none" maxLength:"5"`
	Until   string `json:"quiet_until,omitempty" maxLength:"5"`
	Through int    `json:"through,omitempty" doc:"From this level on quiet hours do not count" minimum:"0" maximum:"4"`
	Cap     int    `json:"cap" doc:"Messages an hour on each way; -1 every message by itself" minimum:"-1" maximum:"1000"`
}

type saveReachIn struct{ Body ReachBody }

func (s *server) saveReach(ctx context.Context, in *saveReachIn) (desk.Reach, error) {
	return s.Roster.SaveReach(ctx, desk.Reach{Zone: in.Body.Zone, From: in.Body.From, Until: in.Body.Until, Through: desk.Level(in.Body.Through), Cap: in.Body.Cap})
}
