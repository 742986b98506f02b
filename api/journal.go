package api

import (
	"context"
	"net/http"

	"breakwater/desk"
	"breakwater/journal"
)

func (s *server) journalOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/journal", desk.Viewer, "journal-list", "Who did what, when, why", "Addresses are shown to admins."}, s.entries),
		ask(route{http.MethodGet, "/journal/verify", desk.Lead, "journal-verify", "Check the whole journal", "Recomputes the chain from the first entry to the last."}, s.verify),
	}
}

func entryID(e desk.Entry) int64 { return e.Seq }

type entriesIn struct {
	Paging
	Incident int64  `query:"incident" doc:"Of this incident's timeline" minimum:"1"`
	On       string `query:"on" doc:"About this thing" example:"monitor:12" maxLength:"100"`
	Who      string `query:"who" doc:"By this person or token" example:"user:7" maxLength:"100"`
	Do       string `query:"do" doc:"Acts that begin so" example:"alert." maxLength:"100"`
	After    int64  `query:"after" doc:"Only above this number, for those who follow the journal" minimum:"0"`
}

func (s *server) entries(ctx context.Context, in *entriesIn) (Page[desk.Entry], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Entry]{}, err
	}
	list, err := s.Journal.List(ctx, desk.EntryFilter{IncidentID: in.Incident, On: in.On, Who: in.Who, Do: in.Do, After: in.After, Paging: p})
	return page(in.Paging, list, entryID), err
}

func (s *server) verify(ctx context.Context, _ *struct{}) (journal.Verdict, error) {
	return s.Journal.Verify(ctx)
}
