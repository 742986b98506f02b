package api

import (
	"context"
	"net/http"

	"breakwater/desk"
)

func (s *server) correctionOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/brands/{id}/corrections", desk.Viewer, "correction-list", "List what people corrected of a brand's mentions", "A correction of a mention that several brands answer is shared: it teaches none of them."}, s.corrections),
		ask(route{http.MethodGet, "/brands/{id}/lesson", desk.Viewer, "correction-lesson", "Read what a brand's corrections taught", "Stored mentions of the last 30 days are read again after every change, newest first."}, s.lesson),
		ask(route{http.MethodDelete, "/mentions/{id}/correct", desk.Responder, "correction-undo", "Take a correction back", "The desk reads the mention, and all others, as if it had never been corrected."}, s.uncorrect),
	}
}

type correctionsIn struct {
	One
	Paging
}

func (s *server) corrections(ctx context.Context, in *correctionsIn) (Page[desk.Correction], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Correction]{}, err
	}
	all, err := s.Lessons.List(ctx, in.ID, p)
	if err != nil {
		return Page[desk.Correction]{}, err
	}
	return page(in.Paging, all, func(c desk.Correction) int64 { return c.ID }), nil
}

func (s *server) lesson(ctx context.Context, in *One) (desk.Lesson, error) {
	return s.Lessons.Lesson(ctx, in.ID)
}

func (s *server) uncorrect(ctx context.Context, in *One) (desk.Mention, error) {
	return s.Lessons.Undo(ctx, in.ID)
}
