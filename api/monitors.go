package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/detect"
	"breakwater/match"
)

func (s *server) monitorOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/monitors", desk.Viewer, "monitor-list", "List monitors", ""}, s.monitors),
		ask(route{http.MethodPost, "/monitors", desk.Lead, "monitor-add", "Add a monitor", "What is stored already is matched in the background."}, s.addMonitor),
		ask(route{http.MethodPost, "/monitors/preview", desk.Viewer, "monitor-preview", "Try a query", "On what is stored, within about two seconds. The place of a wrong character is in the problem's `at`."}, s.preview),
		ask(route{http.MethodGet, "/monitors/progress", desk.Viewer, "monitor-progress", "Which monitors are matched anew", "The one under way first."}, s.progress),
		ask(route{http.MethodPost, "/monitors/{id}/try", desk.Viewer, "monitor-try", "Run settings over the past", "What a sensitivity and thresholds would have told, how early against what the team decided then, and what it would have cost in messages. Nothing is saved. Surge, mood and thresholds are run; what needs posts (cues, voices, topics) is not."}, s.try),
		act(route{http.MethodPost, "/monitors/{id}/unteach", desk.Lead, "monitor-unteach", "Forget what was learned", "What the monitor learned from alerts that were not useful."}, s.unteach),
		ask(route{http.MethodGet, "/monitors/{id}", desk.Viewer, "monitor-read", "Read a monitor", ""}, s.monitor),
		ask(route{http.MethodPut, "/monitors/{id}", desk.Lead, "monitor-save", "Change a monitor", "All fields are replaced; it stays with its brand."}, s.saveMonitor),
		act(route{http.MethodDelete, "/monitors/{id}", desk.Lead, "monitor-delete", "Remove a monitor", "What it heard stays."}, s.deleteMonitor),
		ask(route{http.MethodGet, "/monitors/{id}/replay", desk.Viewer, "monitor-replay", "Judge the past once more", "Replays the verdicts on what the monitor heard from what is stored, and says how many come out the same to the bit: all of them, unless data was changed."}, s.replay),
		act(route{http.MethodPost, "/monitors/{id}/refill", desk.Lead, "monitor-refill", "Match what is stored anew", "In the background; see /monitors/progress."}, s.refill),
	}
}

type monitorsIn struct {
	Paging
	OfBrand
}

func (s *server) monitors(ctx context.Context, in *monitorsIn) (Page[desk.Monitor], error) {
	all, err := s.Monitors.List(ctx, in.Brand)
	if err != nil {
		return Page[desk.Monitor]{}, err
	}
	return whole(in.Paging, all)
}

func (s *server) monitor(ctx context.Context, in *One) (desk.Monitor, error) {
	return s.Monitors.One(ctx, in.ID)
}

// MonitorBody is what people say about a monitor.
type MonitorBody struct {
	Brand       ID          `json:"brand_id" doc:"The brand that it listens for"`
	Kind        string      `json:"kind,omitempty" enum:"brand,product,people,competitor,campaign,hashtag" doc:"Empty: brand"`
	Name        string      `json:"name" maxLength:"1000"`
	Query       string      `json:"query" doc:"See docs/queries.md" example:"kavelund AND (jar OR glass) NOT lang:de"`
	Paused      bool        `json:"paused,omitempty"`
	Rules       []desk.Rule `json:"rules,omitempty" doc:"The organisation's own thresholds"`
	Sensitivity string      `json:"sensitivity,omitempty" enum:"low,balanced,high" doc:"Empty: balanced"`
	Version     int         `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b MonitorBody) monitor(id int64) desk.Monitor {
	return desk.Monitor{
		ID: id, BrandID: int64(b.Brand), Kind: b.Kind, Name: b.Name, Query: b.Query, Paused: b.Paused, Rules: b.Rules,
		Sensitivity: b.Sensitivity, Version: b.Version,
	}
}

type addMonitorIn struct{ Body MonitorBody }

func (s *server) addMonitor(ctx context.Context, in *addMonitorIn) (desk.Monitor, error) {
	return s.Monitors.Save(ctx, in.Body.monitor(0))
}

type saveMonitorIn struct {
	One
	Body MonitorBody
}

func (s *server) saveMonitor(ctx context.Context, in *saveMonitorIn) (desk.Monitor, error) {
	return s.Monitors.Save(ctx, in.Body.monitor(in.ID))
}

func (s *server) deleteMonitor(ctx context.Context, in *One) error {
	return s.Monitors.Delete(ctx, in.ID)
}

type previewIn struct {
	Body struct {
		Brand ID     `json:"brand_id,omitempty" doc:"The brand that it would listen for"`
		Query string `json:"query" doc:"See docs/queries.md"`
	}
}

func (s *server) preview(ctx context.Context, in *previewIn) (match.Preview, error) {
	return s.Monitors.Preview(ctx, int64(in.Body.Brand), in.Body.Query)
}

type tryIn struct {
	One
	Body struct {
		Sensitivity string      `json:"sensitivity,omitempty" enum:"low,balanced,high" doc:"To try; without it the monitor's own"`
		Rules       []desk.Rule `json:"rules,omitempty" doc:"Thresholds to try; without them those of the monitor"`
		Days        int         `json:"days,omitempty" doc:"How far back" minimum:"1" maximum:"366" default:"28"`
	}
}

func (s *server) try(ctx context.Context, in *tryIn) (detect.Hindsight, error) {
	m, err := s.Monitors.One(ctx, in.ID)
	if err != nil {
		return detect.Hindsight{}, err
	}
	if in.Body.Rules != nil {
		m.Rules = in.Body.Rules
	}
	if in.Body.Sensitivity != "" {
		m.Sensitivity = in.Body.Sensitivity
	}
	return s.Detect.Try(ctx, m, in.Body.Days)
}

func (s *server) unteach(ctx context.Context, in *One) error {
	return s.Monitors.Unteach(ctx, in.ID)
}

// progressOut is a list of back-fills, whole.
type progressOut struct {
	Items []match.Progress `json:"items"`
}

func (s *server) progress(context.Context, *struct{}) (progressOut, error) {
	return progressOut{s.Monitors.Progress()}, nil
}

func (s *server) refill(ctx context.Context, in *One) error {
	return s.Monitors.Refill(ctx, in.ID)
}

type replayIn struct {
	One
	From time.Time `query:"from" doc:"From; without it the last day"`
	To   time.Time `query:"to" doc:"Before; without it now"`
}

func (s *server) replay(ctx context.Context, in *replayIn) (detect.Replayed, error) {
	if _, err := s.Monitors.One(ctx, in.ID); err != nil {
		return detect.Replayed{}, err
	}
	return s.Detect.CheckReplay(ctx, in.ID, in.From, in.To)
}
