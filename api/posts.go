package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/publish"
)

func (s *server) postOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/posts", desk.Viewer, "post-list", "List posts", "What we say: on its way, out, held, failed."}, s.posts),
		ask(route{http.MethodGet, "/posts/{id}", desk.Viewer, "post-read", "Read a post", ""}, s.post),
		ask(route{http.MethodGet, "/matrix", desk.Viewer, "post-matrix", "What is live where", "A row for each statement, a cell for each channel: current, old, missing, differs, coming, held, unknown, failed, over."}, s.matrix),
		ask(route{http.MethodPost, "/statements/{id}/posts", desk.Lead, "post-schedule", "Schedule a statement", "Makes the posts of an approved statement, one for each variant and channel; again makes only what is missing. The place where the incident started comes first."}, s.schedule),
		ask(route{http.MethodPost, "/posts/{id}/move", desk.Lead, "post-move", "Give a post another time", "A held post goes out then, when its hold has ended."}, s.movePost),
		ask(route{http.MethodPost, "/posts/{id}/decide", desk.Lead, "post-decide", "Decide about a held post", "release: at its time or at due; now: as soon as the hold has ended; drop: not at all; edit: back to its authors."}, s.decidePost),
		ask(route{http.MethodPost, "/posts/{id}/drop", desk.Lead, "post-drop", "Drop a post that has not gone out", ""}, s.dropPost),
		ask(route{http.MethodPost, "/posts/{id}/edit", desk.Lead, "post-edit", "Take a post back to its authors", "Its statement becomes a draft, and needs its approvals anew."}, s.editPost),
		ask(route{http.MethodPost, "/posts/{id}/retry", desk.Lead, "post-retry", "Try a post again that failed", ""}, s.retryPost),
		ask(route{http.MethodPost, "/posts/{id}/settle", desk.Lead, "post-settle", "Say whether a post went out", "For a post of which the desk cannot know: a person looked."}, s.settlePost),
		ask(route{http.MethodPost, "/posts/{id}/withdraw", desk.Lead, "post-withdraw", "Delete a post at its network", "It answers when that is written down; the deletion follows, and is tried until it is done."}, s.withdrawPost),
	}
}

type postsIn struct {
	Paging
	OfBrand
	Channel   int64     `query:"channel" doc:"In this channel" minimum:"1"`
	Statement int64     `query:"statement" doc:"Of this statement" minimum:"1"`
	Incident  int64     `query:"incident" doc:"Of this incident" minimum:"1"`
	Hold      int64     `query:"hold" doc:"Held by this hold" minimum:"1"`
	States    []string  `query:"state" doc:"In these states" maxItems:"12"`
	From      time.Time `query:"from" doc:"Due at this time or later"`
	To        time.Time `query:"to" doc:"Due before this time"`
}

func (s *server) posts(ctx context.Context, in *postsIn) (Page[desk.Post], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Post]{}, err
	}
	list, err := s.Outbox.List(ctx, desk.PostFilter{
		BrandID: in.Brand, ChannelID: in.Channel, StatementID: in.Statement, IncidentID: in.Incident, HoldID: in.Hold,
		States: in.States, From: in.From.UTC(), To: in.To.UTC(), Paging: p,
	})
	return page(in.Paging, list, func(p desk.Post) int64 { return p.ID }), err
}

func (s *server) post(ctx context.Context, in *One) (desk.Post, error) {
	return s.Outbox.One(ctx, in.ID)
}

type matrixIn struct {
	Paging
	OfBrand
	Incident int64 `query:"incident" doc:"Only statements of this incident" minimum:"1"`
}

func (s *server) matrix(ctx context.Context, in *matrixIn) (publish.Matrix, error) {
	p, err := in.desk()
	if err != nil {
		return publish.Matrix{}, err
	}
	return s.Outbox.Matrix(ctx, in.Brand, in.Incident, p)
}

type scheduleIn struct {
	One
	Body struct {
		Due time.Time `json:"due,omitzero" doc:"When it goes out; without it at once"`
	}
}

func (s *server) schedule(ctx context.Context, in *scheduleIn) (Page[desk.Post], error) {
	all, err := s.Outbox.Schedule(ctx, in.ID, in.Body.Due)
	return Page[desk.Post]{Items: all}, err
}

type movePostIn struct {
	One
	Body struct {
		Due time.Time `json:"due"`
	}
}

func (s *server) movePost(ctx context.Context, in *movePostIn) (desk.Post, error) {
	return s.Outbox.Move(ctx, in.ID, in.Body.Due)
}

type decidePostIn struct {
	One
	Body struct {
		Decision string    `json:"decision" enum:"release,now,drop,edit"`
		Due      time.Time `json:"due,omitzero" doc:"For release: another time"`
		Why      string    `json:"why,omitempty" maxLength:"1000"`
	}
}

func (s *server) decidePost(ctx context.Context, in *decidePostIn) (desk.Post, error) {
	switch in.Body.Decision {
	case "drop":
		return s.Outbox.Drop(ctx, in.ID, in.Body.Why)
	case "edit":
		return s.Outbox.Edit(ctx, in.ID, in.Body.Why)
	}
	return s.Outbox.Decide(ctx, in.ID, in.Body.Decision, in.Body.Due)
}

type whyPostIn struct {
	One
	Body struct {
		Why string `json:"why,omitempty" doc:"Why, in a few words" maxLength:"1000"`
	}
}

func (s *server) dropPost(ctx context.Context, in *whyPostIn) (desk.Post, error) {
	return s.Outbox.Drop(ctx, in.ID, in.Body.Why)
}

func (s *server) editPost(ctx context.Context, in *whyPostIn) (desk.Post, error) {
	return s.Outbox.Edit(ctx, in.ID, in.Body.Why)
}

func (s *server) withdrawPost(ctx context.Context, in *whyPostIn) (desk.Post, error) {
	return s.Outbox.Withdraw(ctx, in.ID, in.Body.Why)
}

func (s *server) retryPost(ctx context.Context, in *One) (desk.Post, error) {
	return s.Outbox.Retry(ctx, in.ID)
}

type settlePostIn struct {
	One
	Body struct {
		There bool   `json:"there" doc:"It went out"`
		Link  string `json:"link,omitempty" doc:"Its address" maxLength:"2000"`
	}
}

func (s *server) settlePost(ctx context.Context, in *settlePostIn) (desk.Post, error) {
	return s.Outbox.Settle(ctx, in.ID, in.Body.There, in.Body.Link)
}
