package api

import (
	"context"
	"net/http"

	"breakwater/desk"
	"breakwater/publish"
)

func (s *server) holdOperations() []operation {
	return []operation{
		ask(route{http.MethodPost, "/holds", desk.Responder, "hold-press", "Press STOP", "Nothing of the scope goes out any more: it answers when no send of it is under way. Sends that could not be awaited are named in flying with the state unknown. Without brand, channel and campaign it stops everything. Pressed again, the hold that lives answers."}, s.pressHold),
		ask(route{http.MethodPost, "/holds/rehearsal", desk.Responder, "hold-rehearse", "Rehearse STOP", "What it would hold, and which other systems answer; nothing is changed."}, s.rehearseHold),
		ask(route{http.MethodGet, "/holds", desk.Viewer, "hold-list", "List holds", ""}, s.holds),
		ask(route{http.MethodGet, "/holds/{id}", desk.Viewer, "hold-read", "Read a hold", "With the other systems that were told, each confirmed, waiting or unknown."}, s.hold),
		ask(route{http.MethodGet, "/holds/{id}/triage", desk.Viewer, "hold-triage", "List what a hold holds", "Newest first, each with a word of it that bursts right now, and whether its time has passed. Every one is decided about before the hold ends."}, s.triage),
		ask(route{http.MethodPost, "/holds/{id}/taken", desk.Lead, "hold-taken", "Decide about a post that was taken out of another queue", "Of what the hold took out of the queues of networks and other tools: a draft is made of it here, or nothing. Each is decided about before the hold ends."}, s.decideTaken),
		ask(route{http.MethodPost, "/holds/{id}/end", desk.Lead, "hold-end", "End a hold", "After every post that it holds was decided about. Nothing from the past goes out by itself."}, s.endHold),
	}
}

type pressIn struct {
	Body struct {
		Brand    ID     `json:"brand_id,omitempty" doc:"Only posts of this brand"`
		Channel  ID     `json:"channel_id,omitempty" doc:"Only posts in this channel"`
		Campaign string `json:"campaign,omitempty" doc:"Only posts of this campaign" maxLength:"300"`
		Incident ID     `json:"incident_id,omitempty" doc:"The incident whose timeline shows it"`
		Why      string `json:"why,omitempty" doc:"Why, in a few words" maxLength:"1000"`
	}
}

func (in *pressIn) scope() desk.Hold {
	b := in.Body
	return desk.Hold{BrandID: int64(b.Brand), ChannelID: int64(b.Channel), Campaign: b.Campaign, IncidentID: int64(b.Incident)}
}

func (s *server) pressHold(ctx context.Context, in *pressIn) (desk.Hold, error) {
	return s.Outbox.Press(ctx, in.scope(), in.Body.Why)
}

func (s *server) rehearseHold(ctx context.Context, in *pressIn) (publish.Rehearsal, error) {
	return s.Outbox.Rehearse(ctx, in.scope(), in.Body.Why)
}

type holdsIn struct {
	Paging
	Live bool `query:"live" doc:"Only those that hold now"`
}

func (s *server) holds(ctx context.Context, in *holdsIn) (Page[desk.Hold], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Hold]{}, err
	}
	list, err := s.Outbox.Holds(ctx, in.Live, p)
	if err == nil && in.Live {
		return whole(in.Paging, list)
	}
	return page(in.Paging, list, func(h desk.Hold) int64 { return h.ID }), err
}

func (s *server) hold(ctx context.Context, in *One) (desk.Hold, error) {
	return s.Outbox.Hold(ctx, in.ID)
}

type triageIn struct {
	One
	Paging
}

func (s *server) triage(ctx context.Context, in *triageIn) (Page[publish.Held], error) {
	p, err := in.desk()
	if err != nil {
		return Page[publish.Held]{}, err
	}
	list, err := s.Outbox.Triage(ctx, in.ID, p)
	return page(in.Paging, list, func(h publish.Held) int64 { return h.ID }), err
}

type endHoldIn struct {
	One
	Body struct {
		Why string `json:"why" minLength:"1" maxLength:"1000"`
	}
}

func (s *server) endHold(ctx context.Context, in *endHoldIn) (desk.Hold, error) {
	return s.Outbox.End(ctx, in.ID, in.Body.Why)
}

type takenIn struct {
	One
	Body struct {
		Channel  ID     `json:"channel_id" doc:"The channel of the outlet"`
		Item     string `json:"item" doc:"The post's id there, as the hold's outlet has it" minLength:"1" maxLength:"300"`
		Decision string `json:"decision" enum:"draft,drop"`
	}
}

func (s *server) decideTaken(ctx context.Context, in *takenIn) (desk.Hold, error) {
	return s.Outbox.DecideTaken(ctx, in.ID, int64(in.Body.Channel), in.Body.Item, in.Body.Decision)
}
