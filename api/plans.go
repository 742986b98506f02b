package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"breakwater/desk"
	"breakwater/plan"
)

func (s *server) planOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/plans", desk.Viewer, "plan-list", "List a brand's plans", "All editions, the draft among them, without their parts."}, s.plans),
		ask(route{http.MethodGet, "/plans/current", desk.Viewer, "plan-current", "Read the plan that a brand runs by", "Its newest published edition; the plan that comes with the program (id 0) when it has none."}, s.currentPlan),
		ask(route{http.MethodGet, "/plans/schema", desk.Viewer, "plan-schema", "The JSON Schema of a plan's file", "Draft 2020-12; the same rules that an import is checked by."}, s.planSchema),
		ask(route{http.MethodGet, "/plans/compare", desk.Viewer, "plan-compare", "Compare two editions", "What the second adds, takes away and changes; 0 is the plan that comes with the program."}, s.comparePlans),
		ask(route{http.MethodGet, "/plans/suggest", desk.Viewer, "plan-suggest", "Which scenarios fit what was heard", "The scenarios of the current plan, those first that the cues point to."}, s.suggestScenarios),
		ask(route{http.MethodPost, "/plans/draft", desk.Lead, "plan-draft", "Begin the next edition, or go on with it", "A copy of the current edition, or of the plan that comes with the program in the language asked for."}, s.draftPlan),
		askWith(route{http.MethodPost, "/plans/file", desk.Lead, "plan-import", "Make a file the draft", "YAML, or JSON. It takes the place of a draft that waits; every error names line and field."}, takesPlan, s.importPlan),
		ask(route{http.MethodGet, "/plans/{id}", desk.Viewer, "plan-read", "Read an edition", ""}, s.plan),
		stream(route{http.MethodGet, "/plans/{id}/file", desk.Viewer, "plan-export", "An edition as one YAML file", "0 is the plan that comes with the program."}, "application/yaml", s.exportPlan),
		ask(route{http.MethodPut, "/plans/{id}", desk.Lead, "plan-save", "Change the draft", "All parts are replaced. A version other than the stored one is a conflict."}, s.savePlan),
		ask(route{http.MethodPost, "/plans/{id}/publish", desk.Lead, "plan-publish", "Publish the draft", "New incidents run by it; those that are open stay with theirs."}, s.publishPlan),
		act(route{http.MethodDelete, "/plans/{id}", desk.Lead, "plan-discard", "Throw the draft away", "A published edition stays for ever."}, s.discardPlan),
	}
}

// takesPlan describes the file that an import takes.
func takesPlan(op *huma.Operation) {
	file := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/yaml": file}}
	op.MaxBodyBytes = maxPlan
}

// maxPlan bounds a plan's file, in bytes; the stage refuses what is over its own limit with a better word.
const maxPlan = 4 << 20

// PlanOfBrand says whose plan it is about.
type PlanOfBrand struct {
	Brand int64 `query:"brand" doc:"Whose plan" minimum:"1" required:"true"`
}

type plansIn struct {
	Paging
	PlanOfBrand
}

func planID(p desk.Plan) int64 { return p.ID }

func (s *server) plans(ctx context.Context, in *plansIn) (Page[desk.Plan], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Plan]{}, err
	}
	all, err := s.Plans.Editions(ctx, in.Brand, p)
	for i := range all {
		all[i].Levels, all[i].Roles, all[i].Tasks, all[i].Scenarios, all[i].Duties, all[i].Channels, all[i].Library = nil, nil, nil, nil, nil, nil, nil
	}
	return page(in.Paging, all, planID), err
}

func (s *server) currentPlan(ctx context.Context, in *PlanOfBrand) (desk.Plan, error) {
	return s.Plans.Current(ctx, in.Brand)
}

func (s *server) planSchema(context.Context, *struct{}) (map[string]any, error) {
	var schema map[string]any
	err := json.Unmarshal(plan.Schema(), &schema)
	return schema, err
}

type comparePlansIn struct {
	Was int64 `query:"was" doc:"The edition before; 0 the plan that comes with the program" minimum:"0"`
	Now int64 `query:"now" doc:"The edition after" minimum:"0"`
}

// Differences are what two editions say differently.
type Differences struct {
	Items []plan.Difference `json:"items"`
}

func (s *server) comparePlans(ctx context.Context, in *comparePlansIn) (Differences, error) {
	all, err := s.Plans.Compare(ctx, in.Was, in.Now)
	if all == nil {
		all = []plan.Difference{}
	}
	return Differences{all}, err
}

type suggestIn struct {
	PlanOfBrand
	Cues []string `query:"cues" doc:"Types of crisis cue that were heard" maxItems:"60"`
}

// Candidates are scenarios with what points to them.
type Candidates struct {
	Items []plan.Candidate `json:"items"`
}

func (s *server) suggestScenarios(ctx context.Context, in *suggestIn) (Candidates, error) {
	heard := make(map[string]int)
	for _, c := range in.Cues {
		heard[c]++
	}
	all, err := s.Plans.For(ctx, in.Brand, nil, heard)
	return Candidates{all}, err
}

type draftPlanIn struct {
	Body struct {
		Brand ID     `json:"brand_id" doc:"Whose plan"`
		Lang  string `json:"lang,omitempty" doc:"Language of the first edition: en, he, pl, id, zh-Hant, sv" maxLength:"35"`
	}
}

func (s *server) draftPlan(ctx context.Context, in *draftPlanIn) (desk.Plan, error) {
	return s.Plans.Draft(ctx, int64(in.Body.Brand), in.Body.Lang)
}

type importPlanIn struct {
	PlanOfBrand
	RawBody []byte `contentType:"application/yaml" doc:"The file"`
}

func (s *server) importPlan(ctx context.Context, in *importPlanIn) (desk.Plan, error) {
	return s.Plans.Import(ctx, in.Brand, bytes.NewReader(in.RawBody))
}

func (s *server) plan(ctx context.Context, in *One) (desk.Plan, error) {
	return s.Plans.Edition(ctx, in.ID)
}

type exportPlanIn struct {
	ID   int64  `path:"id" minimum:"0"`
	Lang string `query:"lang" doc:"Of the plan that comes with the program" maxLength:"35"`
}

func (s *server) exportPlan(ctx context.Context, in *exportPlanIn) (writer, error) {
	p := plan.Default(in.Lang)
	if in.ID != 0 {
		var err error
		if p, err = s.Plans.Edition(ctx, in.ID); err != nil {
			return nil, err
		}
	}
	return func(w http.ResponseWriter) error { return s.Plans.Export(ctx, p, w) }, nil
}

type savePlanIn struct {
	One
	Body desk.Plan
}

func (s *server) savePlan(ctx context.Context, in *savePlanIn) (desk.Plan, error) {
	in.Body.ID = in.ID
	return s.Plans.Save(ctx, in.Body)
}

type publishPlanIn struct {
	One
	Body struct {
		Version int    `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict, 0 is not checked" minimum:"0"`
		Note    string `json:"note,omitempty" doc:"What this edition changes" maxLength:"2000"`
	}
}

func (s *server) publishPlan(ctx context.Context, in *publishPlanIn) (desk.Plan, error) {
	return s.Plans.Publish(ctx, in.ID, in.Body.Version, in.Body.Note)
}

func (s *server) discardPlan(ctx context.Context, in *One) error {
	return s.Plans.Discard(ctx, in.ID)
}
