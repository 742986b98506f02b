package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/assess"
	"breakwater/desk"
)

func (s *server) factOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/incidents/{id}/facts", desk.Viewer, "fact-list", "List the facts of an incident", "By number: what is confirmed, what is being checked, what was withdrawn."}, s.facts),
		ask(route{http.MethodPost, "/incidents/{id}/facts", desk.Responder, "fact-add", "Write down a fact", "Unconfirmed, unless a lead says more."}, s.addFact),
		ask(route{http.MethodGet, "/facts/{id}", desk.Viewer, "fact-read", "Read a fact", "With the texts that rest on it and can still be read, or go out."}, s.fact),
		ask(route{http.MethodPut, "/facts/{id}", desk.Lead, "fact-save", "Change, confirm or withdraw a fact", "All fields are replaced. When what it says does not hold any more, every text that rests on it gets a step in its incident, once; they are listed in the answer."}, s.saveFact),
	}
}

type incidentListIn struct {
	One
	Paging
}

func (s *server) facts(ctx context.Context, in *incidentListIn) (Page[desk.Fact], error) {
	if _, err := s.Rooms.One(ctx, in.ID); err != nil {
		return Page[desk.Fact]{}, err
	}
	all, err := s.Assess.Facts.List(ctx, in.ID)
	if err != nil {
		return Page[desk.Fact]{}, err
	}
	return whole(in.Paging, all)
}

func (s *server) fact(ctx context.Context, in *One) (assess.Cited, error) {
	return s.Assess.Facts.One(ctx, in.ID)
}

// FactBody is what people say about a fact.
type FactBody struct {
	Text      string    `json:"text" doc:"What is so" maxLength:"4000"`
	State     string    `json:"state,omitempty" enum:"unconfirmed,confirmed,withdrawn" doc:"Empty: unconfirmed"`
	Source    string    `json:"source,omitempty" doc:"Who or what it comes from" maxLength:"1200"`
	Link      string    `json:"link,omitempty" doc:"To it" maxLength:"2000"`
	At        time.Time `json:"at,omitzero" doc:"When it was so; without it as it was, or now"`
	CheckedBy string    `json:"checked_by,omitempty" doc:"Who verified it; without it the acting person" maxLength:"1200"`
	Why       string    `json:"why,omitempty" doc:"It is withdrawn" maxLength:"4000"`
	Version   int       `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict, 0 is not checked" minimum:"0"`
}

func (b FactBody) fact(id int64) desk.Fact {
	return desk.Fact{ID: id, Text: b.Text, State: b.State, Source: b.Source, Link: b.Link, At: b.At, CheckedBy: b.CheckedBy, Why: b.Why, Version: b.Version}
}

type addFactIn struct {
	One
	Body FactBody
}

func (s *server) addFact(ctx context.Context, in *addFactIn) (desk.Fact, error) {
	return s.Assess.Facts.Add(ctx, in.ID, in.Body.fact(0))
}

func (s *server) saveFact(ctx context.Context, in *addFactIn) (assess.Cited, error) {
	return s.Assess.Facts.Save(ctx, in.Body.fact(in.ID))
}
