package api

import (
	"context"
	"net/http"

	"breakwater/assess"
	"breakwater/desk"
)

func (s *server) claimOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/incidents/{id}/claims", desk.Viewer, "claim-list", "List the claims of an incident", "What is asserted in public, by number, with its verdict and the correction to use."}, s.claims),
		ask(route{http.MethodPost, "/incidents/{id}/claims", desk.Responder, "claim-add", "Write down a claim", "A verdict takes a lead."}, s.addClaim),
		ask(route{http.MethodGet, "/incidents/{id}/claims/review", desk.Viewer, "claim-reviews", "The decided claims as ClaimReview", "schema.org ClaimReview (JSON-LD); claims that are still being checked are left out, and so is who made them."}, s.claimReviews),
		ask(route{http.MethodGet, "/claims/{id}", desk.Viewer, "claim-read", "Read a claim", "With how far it has got over time, and the mentions that people linked to it."}, s.claim),
		ask(route{http.MethodPut, "/claims/{id}", desk.Responder, "claim-save", "Change a claim", "All fields are replaced. A verdict takes a lead."}, s.saveClaim),
		ask(route{http.MethodGet, "/claims/{id}/similar", desk.Viewer, "claim-similar", "Find mentions that may make a claim", "By its rarer words and by mentions that people confirmed; nobody spoke about them yet."}, s.similar),
		ask(route{http.MethodGet, "/claims/{id}/review", desk.Viewer, "claim-review", "A claim as ClaimReview", "schema.org ClaimReview (JSON-LD)."}, s.claimReview),
		act(route{http.MethodPost, "/claims/{id}/mentions", desk.Responder, "claim-link", "Say whether mentions make a claim", "It stands until somebody says otherwise or takes it back."}, s.linkClaim),
	}
}

func (s *server) claims(ctx context.Context, in *incidentListIn) (Page[desk.Claim], error) {
	if _, err := s.Rooms.One(ctx, in.ID); err != nil {
		return Page[desk.Claim]{}, err
	}
	all, err := s.Assess.Claims.List(ctx, in.ID)
	if err != nil {
		return Page[desk.Claim]{}, err
	}
	return whole(in.Paging, all)
}

// ClaimBody is what people say about a claim.
type ClaimBody struct {
	Text       string   `json:"text" doc:"What is claimed, in one sentence" maxLength:"2000"`
	Lang       string   `json:"lang,omitempty" doc:"Of the text" maxLength:"20"`
	Verdict    string   `json:"verdict,omitempty" enum:"checking,true,false,misleading,unproven" doc:"Empty: checking"`
	Evidence   string   `json:"evidence,omitempty" doc:"What shows the verdict" maxLength:"20000"`
	Links      []string `json:"links,omitempty" doc:"To evidence that anybody can open" maxItems:"20"`
	Facts      []ID     `json:"facts,omitempty" doc:"Confirmed facts of the incident that show it" maxItems:"50"`
	Correction string   `json:"correction,omitempty" doc:"What to say instead" maxLength:"20000"`
	Words      []string `json:"words,omitempty" doc:"Searches that find mentions which make it; none: the claim's own words" maxItems:"20"`
	Mentions   []ID     `json:"mentions,omitempty" doc:"Mentions that make it; only when it is added" maxItems:"200"`
	Version    int      `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict, 0 is not checked" minimum:"0"`
}

func (b ClaimBody) claim() desk.Claim {
	return desk.Claim{Text: b.Text, Lang: b.Lang, Verdict: b.Verdict, Evidence: b.Evidence, Links: b.Links, Facts: ids(b.Facts), Correction: b.Correction, Words: b.Words, Version: b.Version}
}

type claimIn struct {
	One
	Body ClaimBody
}

func (s *server) addClaim(ctx context.Context, in *claimIn) (desk.Claim, error) {
	c := in.Body.claim()
	c.IncidentID = in.ID
	return s.Assess.Claims.Add(ctx, c, ids(in.Body.Mentions)...)
}

func (s *server) claim(ctx context.Context, in *One) (assess.Track, error) {
	return s.Assess.Claims.Track(ctx, in.ID)
}

func (s *server) saveClaim(ctx context.Context, in *claimIn) (desk.Claim, error) {
	c := in.Body.claim()
	c.ID = in.ID
	return s.Assess.Claims.Save(ctx, c)
}

// similarOut is a list of similar mentions, whole.
type similarOut struct {
	Items []assess.Similar `json:"items"`
}

func (s *server) similar(ctx context.Context, in *One) (similarOut, error) {
	all, err := s.Assess.Claims.Suggest(ctx, in.ID)
	return similarOut{all}, err
}

func (s *server) claimReview(ctx context.Context, in *One) (assess.ClaimReview, error) {
	return s.Assess.Claims.Review(ctx, in.ID)
}

func (s *server) claimReviews(ctx context.Context, in *One) ([]assess.ClaimReview, error) {
	if _, err := s.Rooms.One(ctx, in.ID); err != nil {
		return nil, err
	}
	return s.Assess.Claims.Reviews(ctx, in.ID)
}

type linkIn struct {
	One
	Body struct {
		Mentions []ID   `json:"mentions" minItems:"1" maxItems:"200"`
		Say      string `json:"say" enum:"makes,not,forget" doc:"They make it, they do not, or what was said is taken back"`
	}
}

func (s *server) linkClaim(ctx context.Context, in *linkIn) error {
	if in.Body.Say == "forget" {
		return s.Assess.Claims.Unlink(ctx, in.ID, ids(in.Body.Mentions))
	}
	return s.Assess.Claims.Link(ctx, in.ID, ids(in.Body.Mentions), in.Body.Say == "makes")
}
