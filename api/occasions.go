package api

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/occasion"
)

func (s *server) occasionOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/occasions", desk.Viewer, "occasion-list", "List occasions", "What is known beforehand to bring mentions, in the order in which it begins."}, s.occasions),
		ask(route{http.MethodPost, "/occasions", desk.Lead, "occasion-add", "Add an occasion", "While it is on, more mentions than usual are told as expected, and raise no level unless the mood turns."}, s.addOccasion),
		ask(route{http.MethodPost, "/occasions/ics", desk.Lead, "occasion-import", "Take in a calendar", "Events of an iCalendar file. What was taken in before is changed, by its UID; what comes again is taken in for a year ahead."}, s.importOccasions),
		ask(route{http.MethodGet, "/occasions/{id}", desk.Viewer, "occasion-read", "Read an occasion", ""}, s.occasion),
		ask(route{http.MethodPut, "/occasions/{id}", desk.Lead, "occasion-save", "Change an occasion", "All fields are replaced; it stays with its brand."}, s.saveOccasion),
		act(route{http.MethodDelete, "/occasions/{id}", desk.Lead, "occasion-delete", "Remove an occasion", ""}, s.deleteOccasion),
	}
}

type occasionsIn struct {
	Paging
	OfBrand
	From time.Time `query:"from" doc:"On at this time or later"`
	To   time.Time `query:"to" doc:"Begins before this time"`
}

func (s *server) occasions(ctx context.Context, in *occasionsIn) (Page[desk.Occasion], error) {
	all, err := s.Occasions.List(ctx, in.Brand, in.From, in.To)
	if err != nil {
		return Page[desk.Occasion]{}, err
	}
	return whole(in.Paging, all)
}

func (s *server) occasion(ctx context.Context, in *One) (desk.Occasion, error) {
	return s.Occasions.One(ctx, in.ID)
}

// OccasionBody is what people say about an occasion.
type OccasionBody struct {
	Brand   ID        `json:"brand_id" doc:"Whose mentions it brings"`
	Kind    string    `json:"kind,omitempty" enum:"campaign,launch,holiday,match,other" doc:"Empty: other"`
	Name    string    `json:"name" maxLength:"1000"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Words   []string  `json:"words,omitempty" doc:"Words and hashtags of it: only mentions with one of them are expected; without any, all are"`
	Version int       `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b OccasionBody) occasion(id int64) desk.Occasion {
	return desk.Occasion{ID: id, BrandID: int64(b.Brand), Kind: b.Kind, Name: b.Name, From: b.From, To: b.To, Words: b.Words, Version: b.Version}
}

type addOccasionIn struct{ Body OccasionBody }

func (s *server) addOccasion(ctx context.Context, in *addOccasionIn) (desk.Occasion, error) {
	return s.Occasions.Save(ctx, in.Body.occasion(0))
}

type saveOccasionIn struct {
	One
	Body OccasionBody
}

func (s *server) saveOccasion(ctx context.Context, in *saveOccasionIn) (desk.Occasion, error) {
	return s.Occasions.Save(ctx, in.Body.occasion(in.ID))
}

func (s *server) deleteOccasion(ctx context.Context, in *One) error {
	return s.Occasions.Delete(ctx, in.ID)
}

type importOccasionsIn struct {
	Brand   int64  `query:"brand" doc:"Whose calendar" minimum:"1" required:"true"`
	RawBody []byte `contentType:"text/calendar" doc:"The file"`
}

func (s *server) importOccasions(ctx context.Context, in *importOccasionsIn) (occasion.Imported, error) {
	return s.Occasions.Import(ctx, in.Brand, bytes.NewReader(in.RawBody), time.Now().UTC())
}
