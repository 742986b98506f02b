package api

import (
	"context"
	"net/http"

	"breakwater/desk"
)

func (s *server) wayOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/ways", desk.Lead, "way-list", "List ways of reaching people", "Secrets are masked."}, s.ways),
		ask(route{http.MethodGet, "/ways/kinds", desk.Viewer, "way-kinds", "Kinds of ways and their settings", ""}, s.wayKinds),
		ask(route{http.MethodPost, "/ways", desk.Admin, "way-add", "Add a way", ""}, s.addWay),
		ask(route{http.MethodGet, "/ways/{id}", desk.Lead, "way-read", "Read a way", "Secrets are masked."}, s.way),
		ask(route{http.MethodPut, "/ways/{id}", desk.Admin, "way-save", "Change a way", "A secret that comes back masked stays as it is."}, s.saveWay),
		act(route{http.MethodDelete, "/ways/{id}", desk.Admin, "way-delete", "Remove a way", ""}, s.deleteWay),
		act(route{http.MethodPost, "/ways/{id}/test", desk.Lead, "way-test", "Send a test message", "The result is kept with the way."}, s.testWay),
	}
}

// wayBody is what people say about a way.
type wayBody struct {
	Name     string        `json:"name" maxLength:"400"`
	Kind     string        `json:"kind" doc:"One of /ways/kinds" maxLength:"50"`
	Settings desk.Settings `json:"settings" doc:"By the fields of its kind"`
	MinLevel int           `json:"min_level,omitempty" doc:"Alerts of at least this level" minimum:"0" maximum:"4"`
	Brand    ID            `json:"brand_id,omitempty" doc:"Of this brand; 0 of all"`
	User     ID            `json:"user_id,omitempty" doc:"Whose it is: it carries what they are called for; 0: of a team, which hears everything"`
	Lang     string        `json:"lang,omitempty" doc:"Language of the messages" maxLength:"20"`
	Paused   bool          `json:"paused,omitempty"`
	Version  int           `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b wayBody) way(id int64) desk.Way {
	return desk.Way{
		ID: id, Name: b.Name, Kind: b.Kind, Settings: b.Settings, MinLevel: desk.Level(b.MinLevel), BrandID: int64(b.Brand), UserID: int64(b.User), Lang: b.Lang,
		Paused: b.Paused, Version: b.Version,
	}
}

// specs are the kinds of something, whole.
type specs struct {
	Items []desk.Spec `json:"items"`
}

func (s *server) ways(ctx context.Context, in *Paging) (Page[desk.Way], error) {
	all, err := s.Book.List(ctx)
	if err != nil {
		return Page[desk.Way]{}, err
	}
	return whole(*in, all)
}

func (s *server) wayKinds(context.Context, *struct{}) (specs, error) {
	return specs{s.Book.Kinds()}, nil
}

func (s *server) way(ctx context.Context, in *One) (desk.Way, error) { return s.Book.One(ctx, in.ID) }

type addWayIn struct{ Body wayBody }

func (s *server) addWay(ctx context.Context, in *addWayIn) (desk.Way, error) {
	return s.Book.Save(ctx, in.Body.way(0))
}

type saveWayIn struct {
	One
	Body wayBody
}

func (s *server) saveWay(ctx context.Context, in *saveWayIn) (desk.Way, error) {
	return s.Book.Save(ctx, in.Body.way(in.ID))
}

func (s *server) deleteWay(ctx context.Context, in *One) error { return s.Book.Delete(ctx, in.ID) }

func (s *server) testWay(ctx context.Context, in *One) error { return s.Book.Test(ctx, in.ID) }
