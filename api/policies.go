package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/plan"
)

func (s *server) policyOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/policies", desk.Viewer, "policy-list", "List policies", "What staff confirm to have read, with every edition."}, s.policies),
		ask(route{http.MethodPost, "/policies", desk.Lead, "policy-add", "Add a policy", "With its first edition."}, s.addPolicy),
		ask(route{http.MethodGet, "/policies/{id}", desk.Viewer, "policy-read", "Read a policy", ""}, s.policy),
		ask(route{http.MethodPut, "/policies/{id}", desk.Lead, "policy-save", "Change a policy", "Other words make a new edition, which everybody confirms anew."}, s.savePolicy),
		ask(route{http.MethodGet, "/policies/{id}/readers", desk.Viewer, "policy-readers", "Who has read it", "All people of the desk; first those who have not read the current edition."}, s.policyReaders),
		act(route{http.MethodPost, "/policies/{id}/read", desk.Viewer, "policy-confirm", "Confirm to have read it", "Only people can: with the console's session, not with a program's token."}, s.confirmPolicy),
	}
}

type policiesIn struct {
	Paging
	PlanOfBrand
}

func policyID(p desk.Policy) int64 { return p.ID }

func (s *server) policies(ctx context.Context, in *policiesIn) (Page[desk.Policy], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Policy]{}, err
	}
	all, err := s.Policies.List(ctx, in.Brand, p)
	return page(in.Paging, all, policyID), err
}

func (s *server) policy(ctx context.Context, in *One) (desk.Policy, error) {
	return s.Policies.One(ctx, in.ID)
}

// PolicyBody is what people say about a policy.
type PolicyBody struct {
	Brand   ID        `json:"brand_id" doc:"Whose staff reads it"`
	Kind    string    `json:"kind" enum:"social,copyright,privacy,confidentiality,voice,accounts,other"`
	Name    string    `json:"name" maxLength:"400"`
	Text    string    `json:"text,omitempty" doc:"Empty leaves the current edition" maxLength:"400000"`
	Note    string    `json:"note,omitempty" doc:"What this edition changes" maxLength:"2000"`
	Review  time.Time `json:"review,omitzero" doc:"To be looked through again by then"`
	Retired bool      `json:"retired,omitempty" doc:"Nobody has to read it any more"`
	Version int       `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b PolicyBody) policy(id int64) desk.Policy {
	return desk.Policy{ID: id, BrandID: int64(b.Brand), Kind: b.Kind, Name: b.Name, Review: b.Review, Retired: b.Retired, Version: b.Version}
}

type addPolicyIn struct{ Body PolicyBody }

func (s *server) addPolicy(ctx context.Context, in *addPolicyIn) (desk.Policy, error) {
	return s.Policies.Save(ctx, in.Body.policy(0), in.Body.Text, in.Body.Note)
}

type savePolicyIn struct {
	One
	Body PolicyBody
}

func (s *server) savePolicy(ctx context.Context, in *savePolicyIn) (desk.Policy, error) {
	return s.Policies.Save(ctx, in.Body.policy(in.ID), in.Body.Text, in.Body.Note)
}

type readersIn struct {
	One
	Paging
}

func (s *server) policyReaders(ctx context.Context, in *readersIn) (Page[plan.Reader], error) {
	all, err := s.Policies.Readers(ctx, in.ID)
	if err != nil {
		return Page[plan.Reader]{}, err
	}
	return whole(in.Paging, all)
}

type confirmIn struct {
	One
	Body struct {
		Edition int `json:"edition" doc:"That was read; it must be the current one" minimum:"1"`
	}
}

func (s *server) confirmPolicy(ctx context.Context, in *confirmIn) error {
	return s.Policies.Confirm(ctx, in.ID, in.Body.Edition)
}
