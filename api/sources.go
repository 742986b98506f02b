package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"breakwater/desk"
)

func (s *server) sourceOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/sources", desk.Viewer, "source-list", "List sources", "With their health; secrets are masked."}, s.sources),
		ask(route{http.MethodGet, "/sources/kinds", desk.Viewer, "source-kinds", "Kinds of sources and their settings", ""}, s.sourceKinds),
		ask(route{http.MethodGet, "/sources/gaps", desk.Viewer, "source-gaps", "When sources did not hear", "Oldest first."}, s.gaps),
		ask(route{http.MethodPost, "/sources", desk.Lead, "source-add", "Add a source", "The signing secret of a source that others push to is made here and shown this once."}, s.addSource),
		ask(route{http.MethodPost, "/sources/test", desk.Lead, "source-test", "Try settings for real", "Nothing is saved or kept."}, s.testSource),
		ask(route{http.MethodGet, "/sources/{id}", desk.Viewer, "source-read", "Read a source", "Secrets are masked."}, s.source),
		ask(route{http.MethodPut, "/sources/{id}", desk.Lead, "source-save", "Change a source", "A secret that comes back masked stays as it is; the kind never changes."}, s.saveSource),
		act(route{http.MethodDelete, "/sources/{id}", desk.Lead, "source-delete", "Remove a source", "What it brought stays."}, s.deleteSource),
		ask(route{http.MethodPost, "/sources/{id}/pause", desk.Lead, "source-pause", "Stop listening to a source", ""}, s.pauseSource),
		ask(route{http.MethodPost, "/sources/{id}/resume", desk.Lead, "source-resume", "Listen to a source again", ""}, s.resumeSource),
		stream(route{http.MethodGet, "/sources/opml", desk.Viewer, "source-opml", "The feeds as an OPML list", ""}, "text/x-opml", s.opml),
		ask(route{http.MethodPost, "/sources/opml", desk.Lead, "source-opml-add", "Add the feeds of an OPML list", "Feeds that are there already are left out; so are those that cannot be added, with the reason."}, s.addOPML),
	}
}

// SourceBody is what people say about a source.
type SourceBody struct {
	Kind        string        `json:"kind" doc:"One of /sources/kinds" maxLength:"50"`
	Name        string        `json:"name" maxLength:"400"`
	Settings    desk.Settings `json:"settings" doc:"By the fields of its kind"`
	Brand       ID            `json:"brand_id,omitempty" doc:"For this brand; 0 for all"`
	KeepAll     bool          `json:"keep_all,omitempty" doc:"Also what no monitor answers"`
	Paused      bool          `json:"paused,omitempty" doc:"A new source begins paused"`
	SilentAfter int           `json:"silent_after,omitempty" doc:"Minutes without a mention until it is called silent; 0 as learned from its own pace, -1 never" minimum:"-1"`
	Version     int           `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b SourceBody) source(id int64) desk.Source {
	return desk.Source{
		ID: id, Kind: b.Kind, Name: b.Name, Settings: b.Settings, BrandID: int64(b.Brand), KeepAll: b.KeepAll, Paused: b.Paused,
		SilentAfter: b.SilentAfter, Version: b.Version,
	}
}

func (s *server) sources(ctx context.Context, in *Paging) (Page[desk.Source], error) {
	all, err := s.Sources.List(ctx)
	if err != nil {
		return Page[desk.Source]{}, err
	}
	return whole(*in, all)
}

func (s *server) sourceKinds(context.Context, *struct{}) (specs, error) {
	return specs{s.Sources.Specs()}, nil
}

type gapsIn struct {
	Sources []int64   `query:"source" doc:"Of these sources, separated by commas; without it of all" maxItems:"200"`
	From    time.Time `query:"from" doc:"From; without it the last 7 days"`
	To      time.Time `query:"to" doc:"To; without it now"`
}

// gapsOut is a list of gaps, whole.
type gapsOut struct {
	Items []desk.Gap `json:"items"`
}

func (s *server) gaps(ctx context.Context, in *gapsIn) (gapsOut, error) {
	from, to := in.From.UTC(), in.To.UTC()
	if to.IsZero() {
		to = time.Now().UTC()
	}
	if from.IsZero() {
		from = to.AddDate(0, 0, -7)
	}
	list, err := s.Sources.Gaps(ctx, in.Sources, from, to)
	return gapsOut{list}, err
}

type addSourceIn struct{ Body SourceBody }

func (s *server) addSource(ctx context.Context, in *addSourceIn) (desk.Source, error) {
	return s.Sources.Save(ctx, in.Body.source(0))
}

type testSourceIn struct {
	Body struct {
		ID       ID            `json:"id,omitempty" doc:"A stored source whose masked secrets are used; 0 none"`
		Kind     string        `json:"kind" doc:"One of /sources/kinds" maxLength:"50"`
		Name     string        `json:"name,omitempty" maxLength:"400"`
		Settings desk.Settings `json:"settings" doc:"By the fields of its kind"`
	}
}

// found is what a test found.
type found struct {
	Found desk.Text `json:"found"`
}

func (s *server) testSource(ctx context.Context, in *testSourceIn) (found, error) {
	b := in.Body
	if b.Name == "" {
		b.Name = "test" // a name is not what is tested
	}
	t, err := s.Sources.Test(ctx, desk.Source{ID: int64(b.ID), Kind: b.Kind, Name: b.Name, Settings: b.Settings})
	return found{t}, err
}

func (s *server) source(ctx context.Context, in *One) (desk.Source, error) {
	return s.Sources.One(ctx, in.ID)
}

type saveSourceIn struct {
	One
	Body SourceBody
}

func (s *server) saveSource(ctx context.Context, in *saveSourceIn) (desk.Source, error) {
	return s.Sources.Save(ctx, in.Body.source(in.ID))
}

func (s *server) deleteSource(ctx context.Context, in *One) error {
	return s.Sources.Delete(ctx, in.ID, "")
}

func (s *server) pauseSource(ctx context.Context, in *whyIn) (desk.Source, error) {
	return s.Sources.Pause(ctx, in.ID, true, in.Body.Why)
}

func (s *server) resumeSource(ctx context.Context, in *whyIn) (desk.Source, error) {
	return s.Sources.Pause(ctx, in.ID, false, in.Body.Why)
}

// Feeds reads and writes the lists of feeds that people share; the feed connector does.
type Feeds interface {
	// Read gives a new source for each feed of an OPML list. Its errors are *desk.Invalid.
	Read(r io.Reader) ([]desk.Source, error)
	// Write writes those of the sources that are feeds as an OPML list.
	Write(w io.Writer, list []desk.Source) error
	// Address is what makes two sources the same feed; empty for what is no feed.
	Address(desk.Source) string
}

func (s *server) opml(ctx context.Context, _ *struct{}) (writer, error) {
	list, err := s.Sources.List(ctx)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter) error {
		w.Header().Set("Content-Disposition", `attachment; filename="feeds.opml"`)
		return s.Feeds.Write(w, list)
	}, nil
}

type opmlIn struct {
	RawBody []byte `contentType:"text/x-opml" doc:"The list"`
}

// opmlOut is what became of a list of feeds.
type opmlOut struct {
	Added   []desk.Source `json:"added"`
	Known   int           `json:"known" doc:"Feeds that were there already"`
	Refused []refused     `json:"refused" doc:"Feeds that cannot be added"`
}

// refused is a feed that cannot be added.
type refused struct {
	Name string    `json:"name"`
	Why  desk.Text `json:"why"`
}

func (s *server) addOPML(ctx context.Context, in *opmlIn) (opmlOut, error) {
	out := opmlOut{Added: []desk.Source{}, Refused: []refused{}}
	wanted, err := s.Feeds.Read(bytes.NewReader(in.RawBody))
	if err != nil {
		return out, err
	}
	have, err := s.Sources.List(ctx)
	if err != nil {
		return out, err
	}
	known := make(map[string]bool, len(have))
	for _, src := range have {
		known[s.Feeds.Address(src)] = true
	}
	for _, src := range wanted {
		if known[s.Feeds.Address(src)] {
			out.Known++
			continue
		}
		added, err := s.Sources.Save(ctx, src)
		var wrong *desk.Invalid
		switch {
		case errors.As(err, &wrong):
			out.Refused = append(out.Refused, refused{src.Name, wrong.Reason})
		case err != nil:
			return out, err
		default:
			out.Added = append(out.Added, added)
		}
	}
	return out, nil
}
