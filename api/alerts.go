package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
)

func (s *server) alertOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/alerts", desk.Viewer, "alert-list", "List alerts", ""}, s.alerts),
		ask(route{http.MethodGet, "/alerts/{id}", desk.Viewer, "alert-read", "Read an alert", "With the signals that belong together, each with its evidence."}, s.alert),
		ask(route{http.MethodPost, "/alerts/{id}/see", desk.Responder, "alert-see", "Acknowledge an alert", "Twice is no error."}, s.see),
		ask(route{http.MethodPost, "/alerts/{id}/decide", desk.Responder, "alert-decide", "Decide what an alert is", "A crisis opens an incident, whose id is in the answer."}, s.decide),
		ask(route{http.MethodPost, "/alerts/{id}/mute", desk.Responder, "alert-mute", "Mute an alert", "It sends no messages until then, unless its level rises."}, s.mute),
		ask(route{http.MethodPost, "/alerts/{id}/end", desk.Responder, "alert-end", "End an alert", "What moved is back where it was."}, s.end),
	}
}

type alertsIn struct {
	Paging
	OfBrand
	Monitor  int64 `query:"monitor" doc:"Of this monitor" minimum:"1"`
	Source   int64 `query:"source" doc:"About this source" minimum:"1"`
	Incident int64 `query:"incident" doc:"Of this incident" minimum:"1"`
	Live     bool  `query:"live" doc:"Only those that still ask for attention"`
}

func (s *server) alerts(ctx context.Context, in *alertsIn) (Page[desk.Alert], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Alert]{}, err
	}
	list, err := s.Alerts.List(ctx, desk.AlertFilter{
		BrandID: in.Brand, MonitorID: in.Monitor, SourceID: in.Source, IncidentID: in.Incident, Live: in.Live, Paging: p,
	})
	return page(in.Paging, list, func(a desk.Alert) int64 { return a.ID }), err
}

func (s *server) alert(ctx context.Context, in *One) (desk.Alert, error) {
	return s.Alerts.One(ctx, in.ID)
}

func (s *server) see(ctx context.Context, in *One) (desk.Alert, error) {
	return s.Alerts.See(ctx, in.ID)
}

type decideIn struct {
	One
	Body struct {
		Decision string `json:"decision" enum:"routine,watch,crisis,not_useful" doc:"routine: customer service answers one by one; crisis: an incident is opened; not_useful needs a reason"`
		Because  string `json:"because,omitempty" enum:"campaign,joke,not_about_us,known,too_small,other" doc:"Why it was not useful; without it and with a why: other. Some of them teach the monitor's threshold."`
		Why      string `json:"why,omitempty" doc:"In your words" maxLength:"4000"`
		Scenario string `json:"scenario,omitempty" doc:"Of the brand's plan, that a crisis starts on" maxLength:"60"`
	}
}

func (s *server) decide(ctx context.Context, in *decideIn) (desk.Alert, error) {
	return s.Alerts.Decide(ctx, in.ID, desk.Decision{Is: in.Body.Decision, Because: in.Body.Because, Why: in.Body.Why, Scenario: in.Body.Scenario})
}

type muteIn struct {
	One
	Body struct {
		Until time.Time `json:"until,omitzero" doc:"At most a week ahead; without it the mute ends"`
		Why   string    `json:"why,omitempty" doc:"In your words" maxLength:"4000"`
	}
}

func (s *server) mute(ctx context.Context, in *muteIn) (desk.Alert, error) {
	return s.Alerts.Mute(ctx, in.ID, in.Body.Until, in.Body.Why)
}

// whyIn is an act on a thing with the reason for it.
type whyIn struct {
	One
	Body struct {
		Why string `json:"why,omitempty" doc:"In your words" maxLength:"4000"`
	}
}

func (s *server) end(ctx context.Context, in *whyIn) (desk.Alert, error) {
	return s.Alerts.End(ctx, in.ID, in.Body.Why)
}
