package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
)

func (s *server) evidenceOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/incidents/{id}/evidence", desk.Viewer, "evidence-list", "List what is kept of an incident", "By number."}, s.evidence),
		ask(route{http.MethodPost, "/incidents/{id}/evidence", desk.Responder, "evidence-keep", "Keep a post as evidence", "At once as it was heard; its page and media are fetched in the background. It stays when the post is deleted at its network, until its day."}, s.keepEvidence),
		stream(route{http.MethodPost, "/incidents/{id}/evidence/bundle", desk.Responder, "evidence-bundle", "Export all evidence of an incident", "A ZIP with a manifest and the SHA-256 of every file; `breakwater evidence verify` and sha256sum check it. The journal notes it."}, "application/zip", s.evidenceBundle),
		ask(route{http.MethodGet, "/evidence/{id}", desk.Viewer, "evidence-read", "Read an exhibit", ""}, s.exhibit),
		stream(route{http.MethodGet, "/evidence/{id}/files/{file}", desk.Viewer, "evidence-file", "A file of an exhibit", ""}, "application/octet-stream", s.exhibitFile),
		ask(route{http.MethodPatch, "/evidence/{id}", desk.Lead, "evidence-until", "Change until when an exhibit is kept", "Needs a reason."}, s.keepUntil),
		act(route{http.MethodPost, "/evidence/{id}/discard", desk.Lead, "evidence-discard", "Delete an exhibit", "With its files; the journal keeps its hash. Needs a reason."}, s.discardEvidence),
	}
}

func (s *server) evidence(ctx context.Context, in *incidentListIn) (Page[desk.Exhibit], error) {
	if _, err := s.Rooms.One(ctx, in.ID); err != nil {
		return Page[desk.Exhibit]{}, err
	}
	all, err := s.Assess.Locker.List(ctx, in.ID)
	if err != nil {
		return Page[desk.Exhibit]{}, err
	}
	return whole(in.Paging, all)
}

type keepIn struct {
	One
	Body struct {
		Mention ID     `json:"mention_id" doc:"Which post"`
		Why     string `json:"why,omitempty" doc:"It is kept" maxLength:"4000"`
		Origin  bool   `json:"origin,omitempty" doc:"It started with this post"`
	}
}

func (s *server) keepEvidence(ctx context.Context, in *keepIn) (desk.Exhibit, error) {
	return s.Assess.Locker.Keep(ctx, in.ID, int64(in.Body.Mention), in.Body.Why, in.Body.Origin)
}

func (s *server) evidenceBundle(ctx context.Context, in *One) (writer, error) {
	f, err := s.Assess.Locker.Bundle(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return fileWriter(f), nil
}

func (s *server) exhibit(ctx context.Context, in *One) (desk.Exhibit, error) {
	return s.Assess.Locker.One(ctx, in.ID)
}

type exhibitFileIn struct {
	One
	File string `path:"file" doc:"Name of the file" maxLength:"200"`
}

func (s *server) exhibitFile(ctx context.Context, in *exhibitFileIn) (writer, error) {
	f, err := s.Assess.Locker.File(ctx, in.ID, in.File)
	if err != nil {
		return nil, err
	}
	return fileWriter(f), nil
}

type untilIn struct {
	One
	Body struct {
		Until time.Time `json:"until" doc:"Deleted after this day"`
		Why   string    `json:"why" doc:"In your words" maxLength:"4000"`
	}
}

func (s *server) keepUntil(ctx context.Context, in *untilIn) (desk.Exhibit, error) {
	return s.Assess.Locker.KeepUntil(ctx, in.ID, in.Body.Until, in.Body.Why)
}

func (s *server) discardEvidence(ctx context.Context, in *whyIn) error {
	return s.Assess.Locker.Discard(ctx, in.ID, in.Body.Why)
}
