package api

import (
	"context"
	"net/http"

	"breakwater/desk"
	"breakwater/staff"
)

func (s *server) briefingOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/briefings", desk.Viewer, "briefing-list", "List briefings", "What our own people were told, newest first."}, s.briefings),
		ask(route{http.MethodPost, "/briefings", desk.Responder, "briefing-add", "Write a briefing", "Without texts it is drafted from the incident's facts and the plan's library. Nobody is told yet."}, s.addBriefing),
		ask(route{http.MethodGet, "/briefings/{id}", desk.Viewer, "briefing-read", "Read a briefing", "With every edition."}, s.briefing),
		ask(route{http.MethodPut, "/briefings/{id}", desk.Responder, "briefing-save", "Change a briefing", "What its next edition says; nobody is told before it is published."}, s.saveBriefing),
		ask(route{http.MethodPost, "/briefings/{id}/publish", desk.Lead, "briefing-publish", "Tell our own people", "An edition goes to all staff, or to the departments it names, by mail with a link for each."}, s.publishBriefing),
		ask(route{http.MethodPost, "/briefings/{id}/remind", desk.Lead, "briefing-remind", "Remind who has not read it", ""}, s.remindBriefing),
		ask(route{http.MethodPost, "/briefings/{id}/release", desk.Lead, "briefing-release", "Let messages to share out again", "After a hold. While one is on it is a conflict."}, s.releaseBriefing),
		ask(route{http.MethodPost, "/briefings/{id}/end", desk.Lead, "briefing-end", "End a briefing", ""}, s.endBriefing),
		ask(route{http.MethodGet, "/briefings/{id}/readers", desk.Responder, "briefing-readers", "Who has read it", "Of the current edition: first whom nobody could tell, then who has not read it."}, s.briefingReaders),
		ask(route{http.MethodGet, "/briefings/{id}/shares", desk.Viewer, "briefing-shares", "How often messages were shared", "Nobody is counted by name."}, s.briefingShares),
		ask(route{http.MethodGet, "/rumours", desk.Responder, "rumour-list", "List what our own people ask", "Newest first."}, s.rumours),
		ask(route{http.MethodPost, "/rumours/{id}/answer", desk.Lead, "rumour-answer", "Answer a rumour", "All who read the briefing read question and answer, unless it is private."}, s.answerRumour),
	}
}

type briefingsIn struct {
	Paging
	OfBrand
	Incident int64 `query:"incident" doc:"Only of this incident" minimum:"0"`
}

func (s *server) briefings(ctx context.Context, in *briefingsIn) (Page[desk.Briefing], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Briefing]{}, err
	}
	all, err := s.Staff.List(ctx, in.Brand, in.Incident, p)
	return page(in.Paging, all, func(b desk.Briefing) int64 { return b.ID }), err
}

func (s *server) briefing(ctx context.Context, in *One) (desk.Briefing, error) {
	return s.Staff.One(ctx, in.ID)
}

// BriefingBody is what people say in a briefing.
type BriefingBody struct {
	Brand    ID                  `json:"brand_id,omitempty" doc:"Of a new one outside a crisis"`
	Incident ID                  `json:"incident_id,omitempty" doc:"What a new one is about"`
	Lang     string              `json:"lang,omitempty" doc:"Of the draft, when no texts are given; empty: en" maxLength:"20"`
	Groups   []string            `json:"groups,omitempty" doc:"Departments; none: all staff"`
	Texts    []desk.BriefingText `json:"texts,omitempty"`
	Shares   []desk.Sharing      `json:"shares,omitempty"`
	Remind   int                 `json:"remind,omitempty" doc:"Hours after which those who did not read are reminded; 0 never"`
	Version  int                 `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

type addBriefingIn struct{ Body BriefingBody }

func (s *server) addBriefing(ctx context.Context, in *addBriefingIn) (desk.Briefing, error) {
	b := desk.Briefing{BrandID: int64(in.Body.Brand), IncidentID: int64(in.Body.Incident), Groups: in.Body.Groups, Texts: in.Body.Texts, Shares: in.Body.Shares, Remind: in.Body.Remind}
	if len(b.Texts) == 0 && b.IncidentID != 0 {
		lang := in.Body.Lang
		if lang == "" {
			lang = "en"
		}
		draft, err := s.Staff.Draft(ctx, b.IncidentID, lang)
		if err != nil {
			return desk.Briefing{}, err
		}
		b.Texts, b.Facts = draft.Texts, draft.Facts
	}
	return s.Staff.Save(ctx, b)
}

type saveBriefingIn struct {
	One
	Body BriefingBody
}

func (s *server) saveBriefing(ctx context.Context, in *saveBriefingIn) (desk.Briefing, error) {
	return s.Staff.Save(ctx, desk.Briefing{ID: in.ID, Groups: in.Body.Groups, Texts: in.Body.Texts, Shares: in.Body.Shares, Remind: in.Body.Remind, Version: in.Body.Version})
}

type publishBriefingIn struct {
	One
	Body struct {
		Note    string `json:"note,omitempty" doc:"What is new" maxLength:"1200"`
		Version int    `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
	}
}

func (s *server) publishBriefing(ctx context.Context, in *publishBriefingIn) (desk.Briefing, error) {
	return s.Staff.Publish(ctx, in.ID, in.Body.Version, in.Body.Note)
}

// Reminded is how many were reminded.
type Reminded struct {
	Reminded int `json:"reminded"`
}

func (s *server) remindBriefing(ctx context.Context, in *One) (Reminded, error) {
	n, err := s.Staff.Remind(ctx, in.ID)
	return Reminded{n}, err
}

func (s *server) releaseBriefing(ctx context.Context, in *One) (desk.Briefing, error) {
	return s.Staff.Release(ctx, in.ID)
}

func (s *server) endBriefing(ctx context.Context, in *One) (desk.Briefing, error) {
	return s.Staff.End(ctx, in.ID)
}

type recipientsIn struct {
	One
	Paging
}

func (s *server) briefingReaders(ctx context.Context, in *recipientsIn) (Page[staff.Recipient], error) {
	all, err := s.Staff.Readers(ctx, in.ID)
	if err != nil {
		return Page[staff.Recipient]{}, err
	}
	return whole(in.Paging, all)
}

func (s *server) briefingShares(ctx context.Context, in *recipientsIn) (Page[desk.ShareCount], error) {
	all, err := s.Staff.Shared(ctx, in.ID)
	if err != nil {
		return Page[desk.ShareCount]{}, err
	}
	return whole(in.Paging, all)
}

type rumoursIn struct {
	Paging
	OfBrand
	Incident int64 `query:"incident" doc:"Only of this incident" minimum:"0"`
	Briefing int64 `query:"briefing" doc:"Only asked by this briefing's page" minimum:"0"`
	Open     bool  `query:"open" doc:"Only those without an answer"`
}

func (s *server) rumours(ctx context.Context, in *rumoursIn) (Page[desk.Rumour], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Rumour]{}, err
	}
	all, err := s.Staff.Rumours(ctx, in.Brand, in.Incident, in.Briefing, in.Open, p)
	return page(in.Paging, all, func(r desk.Rumour) int64 { return r.ID }), err
}

type answerRumourIn struct {
	One
	Body struct {
		Answer  string `json:"answer" maxLength:"16000"`
		Shown   string `json:"shown,omitempty" doc:"The question as all read it; empty: as it was asked" maxLength:"4000"`
		Claim   ID     `json:"claim_id,omitempty" doc:"What it is about"`
		Fact    ID     `json:"fact_id,omitempty" doc:"What shows the answer"`
		Private bool   `json:"private,omitempty" doc:"Only who asked reads it"`
		Version int    `json:"version,omitempty" minimum:"0"`
	}
}

func (s *server) answerRumour(ctx context.Context, in *answerRumourIn) (desk.Rumour, error) {
	b := in.Body
	return s.Staff.Answer(ctx, desk.Rumour{ID: in.ID, Answer: b.Answer, Shown: b.Shown, ClaimID: int64(b.Claim), FactID: int64(b.Fact), Private: b.Private, Version: b.Version})
}
