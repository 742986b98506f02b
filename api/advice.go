package api

import (
	"context"
	"net/http"

	"breakwater/assess"
	"breakwater/desk"
)

func (s *server) adviceOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/incidents/{id}/advice", desk.Viewer, "advice-read", "How to answer, and at which level", "The six questions with their answers, the cluster of responsibility (SCCT), which strategies fit and which do harm, each with its reason; the level that the signs ask for with all weights. Advice: people decide."}, s.advice),
		ask(route{http.MethodPut, "/incidents/{id}/appraisal", desk.Responder, "appraisal-save", "Answer the six questions and classify an incident", "All fields are replaced."}, s.saveAppraisal),
		ask(route{http.MethodGet, "/incidents/{id}/brief", desk.Viewer, "brief-read", "What a situation brief is written from", ""}, s.brief),
		stream(route{http.MethodGet, "/incidents/{id}/brief/{format}", desk.Viewer, "brief-file", "The situation brief as a file", "md (Markdown), html (a page that stands for itself, made to print) or pdf (where a Chromium is installed beside the desk; 422 says so where not). In the language of Accept-Language."}, "application/octet-stream", s.briefFile),
	}
}

func (s *server) advice(ctx context.Context, in *One) (assess.Counsel, error) {
	return s.Assess.Adviser.Counsel(ctx, in.ID)
}

type appraisalIn struct {
	One
	Body struct {
		Danger   string   `json:"danger,omitempty" enum:",yes,no" doc:"Is anybody in danger, or could be; empty: not known yet"`
		True     string   `json:"true,omitempty" enum:",yes,partly,no" doc:"Is what is said true"`
		Cause    string   `json:"cause,omitempty" enum:",nature,attack,challenge,technical,human,knowing" doc:"What it comes from"`
		Knew     string   `json:"knew,omitempty" enum:",yes,no" doc:"Did we know of the risk, or break a rule"`
		Before   string   `json:"before,omitempty" enum:",yes,no" doc:"Did the like happen to us before"`
		Standing string   `json:"standing,omitempty" enum:",good,mixed,bad" doc:"How we were thought of before"`
		Category string   `json:"category,omitempty" enum:",external,internal,product,service,employee,security,misinformation,policy"`
		Side     string   `json:"side,omitempty" enum:",external,internal" doc:"Where it comes from"`
		Affected []string `json:"affected,omitempty" doc:"customers, staff, families, partners, shops, neighbours, authorities, investors, media, public" maxItems:"10"`
		Teams    []string `json:"teams,omitempty" doc:"Roles that have to work on it" maxItems:"20"`
		Version  int      `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict, 0 is not checked" minimum:"0"`
	}
}

func (s *server) saveAppraisal(ctx context.Context, in *appraisalIn) (desk.Appraisal, error) {
	b := in.Body
	return s.Assess.Adviser.Decide(ctx, desk.Appraisal{IncidentID: in.ID, Danger: b.Danger, True: b.True, Cause: b.Cause, Knew: b.Knew, Before: b.Before,
		Standing: b.Standing, Category: b.Category, Side: b.Side, Affected: b.Affected, Teams: b.Teams, Version: b.Version})
}

func (s *server) brief(ctx context.Context, in *One) (assess.Brief, error) {
	return s.Assess.Briefs.Gather(ctx, in.ID)
}

type briefIn struct {
	One
	Format string `path:"format" enum:"md,html,pdf"`
	Length string `query:"length" enum:"executive,tactical" default:"executive" doc:"executive: one page for those who decide; tactical: all that the team works with"`
}

func (s *server) briefFile(ctx context.Context, in *briefIn) (writer, error) {
	f, err := s.Assess.Briefs.File(ctx, in.ID, in.Length, printerOf(ctx).Tag(), in.Format)
	if err != nil {
		return nil, err
	}
	return fileWriter(f), nil
}

// fileWriter answers with a file to save.
func fileWriter(f assess.File) writer {
	return func(w http.ResponseWriter) error {
		w.Header().Set("Content-Type", f.Type)
		w.Header().Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
		_, err := w.Write(f.Body)
		return err
	}
}
