package api

import (
	"bytes"
	"context"
	"net/http"

	"breakwater/desk"
	"breakwater/enrich"
)

func (s *server) cueOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/brands/{id}/cues/types", desk.Viewer, "cue-types", "List the types of crisis", "The program's, with severity and group, then the brand's own."}, s.cueTypes),
		ask(route{http.MethodGet, "/brands/{id}/cues", desk.Viewer, "cue-read", "Read a brand's own cues", "What it adds to the program's lists, and what it switches off."}, s.cues),
		ask(route{http.MethodPut, "/brands/{id}/cues", desk.Lead, "cue-save", "Change a brand's own cues", "The whole list is replaced. New mentions are marked by it at once; for stored ones see remark."}, s.saveCues),
		ask(route{http.MethodPost, "/brands/{id}/cues/preview", desk.Lead, "cue-preview", "Try a list of cues", "On the mentions of the last 30 days, within about two seconds; nothing is changed."}, s.previewCues),
		act(route{http.MethodPost, "/brands/{id}/cues/remark", desk.Lead, "cue-remark", "Mark stored mentions anew", "In the background; what people said by hand stays. See /cues/progress."}, s.remarkCues),
		ask(route{http.MethodGet, "/cues/progress", desk.Viewer, "cue-progress", "Which brands are marked anew", "The one under way first."}, s.cueProgress),
		stream(route{http.MethodGet, "/brands/{id}/cues/file", desk.Viewer, "cue-file", "A brand's own cues as a file", "CSV, YAML or JSON; /cues/import reads it again."}, "text/plain", s.cueFile),
		ask(route{http.MethodPost, "/brands/{id}/cues/import", desk.Lead, "cue-import", "Take cues from a file", "CSV with the columns type, expression, language, strength, state; or YAML or JSON with a list `cues` of the same."}, s.importCues),
		ask(route{http.MethodPost, "/mentions/{id}/cue", desk.Responder, "mention-cue", "Say what a mention is about", "A person's word: nothing but a person changes it again."}, s.tagCue),
	}
}

type cueTypesIn struct {
	One
	Paging
}

func (s *server) cueTypes(ctx context.Context, in *cueTypesIn) (Page[enrich.TypeOf], error) {
	all, err := s.Lexicon.Types(ctx, in.ID)
	if err != nil {
		return Page[enrich.TypeOf]{}, err
	}
	return whole(in.Paging, all)
}

func (s *server) cues(ctx context.Context, in *One) (desk.CueList, error) {
	return s.Lexicon.List(ctx, in.ID)
}

// cueBody is what people say about a brand's cues.
type cueBody struct {
	Version int             `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
	Cues    []desk.OwnCue   `json:"cues,omitempty" doc:"Expressions of the brand's own, see docs/cues.md" maxItems:"2000"`
	Off     []string        `json:"off,omitempty" doc:"Types that are not told for this brand" maxItems:"100"`
	Quiet   []desk.QuietCue `json:"quiet,omitempty" doc:"Expressions of the program that do not count for this brand" maxItems:"5000"`
}

type cueIn struct {
	One
	Body cueBody
}

func (in *cueIn) list() desk.CueList {
	return desk.CueList{BrandID: in.ID, Version: in.Body.Version, Cues: in.Body.Cues, Off: in.Body.Off, Quiet: in.Body.Quiet}
}

func (s *server) saveCues(ctx context.Context, in *cueIn) (desk.CueList, error) {
	return s.Lexicon.Save(ctx, in.list())
}

func (s *server) previewCues(ctx context.Context, in *cueIn) (enrich.CuePreview, error) {
	return s.Lexicon.Preview(ctx, in.list())
}

func (s *server) remarkCues(ctx context.Context, in *One) error {
	return s.Lexicon.Remark(ctx, in.ID)
}

// cueProgressOut is a list of work, whole.
type cueProgressOut struct {
	Items []enrich.Remarking `json:"items"`
}

func (s *server) cueProgress(ctx context.Context, _ *struct{}) (cueProgressOut, error) {
	all, err := s.Lexicon.Progress(ctx)
	if all == nil {
		all = []enrich.Remarking{}
	}
	return cueProgressOut{all}, err
}

type cueFileIn struct {
	One
	Format string `query:"format" enum:"csv,yaml,json" default:"csv" doc:"Form of the file"`
}

func (s *server) cueFile(ctx context.Context, in *cueFileIn) (writer, error) {
	list, err := s.Lexicon.List(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter) error {
		w.Header().Set("Content-Type", enrich.CueFileType(in.Format))
		w.Header().Set("Content-Disposition", `attachment; filename="cues.`+in.Format+`"`)
		return enrich.WriteCues(w, list, in.Format)
	}, nil
}

type importCuesIn struct {
	One
	Add     bool   `query:"add" doc:"Add to what the brand has; without it the file replaces the list"`
	Try     bool   `query:"try" doc:"Only say what it would change"`
	RawBody []byte `contentType:"text/plain" doc:"The list"`
}

// importedCues is what became of a file of cues.
type importedCues struct {
	List    desk.CueList       `json:"list"`              // as it is now, or would be
	Preview *enrich.CuePreview `json:"preview,omitempty"` // only when it was tried
}

func (s *server) importCues(ctx context.Context, in *importCuesIn) (out importedCues, err error) {
	if out.List, err = s.Lexicon.Import(ctx, in.ID, bytes.NewReader(in.RawBody), in.Add); err != nil {
		return out, err
	}
	if in.Try {
		p, err := s.Lexicon.Preview(ctx, out.List)
		out.Preview = &p
		return out, err
	}
	out.List, err = s.Lexicon.Save(ctx, out.List)
	return out, err
}

type tagCueIn struct {
	One
	Body struct {
		Type string `json:"type" doc:"Type of crisis" example:"boycott" maxLength:"40"`
		Not  bool   `json:"not,omitempty" doc:"It is not about that, whatever its words say"`
	}
}

func (s *server) tagCue(ctx context.Context, in *tagCueIn) (desk.Mention, error) {
	return s.Lexicon.Tag(ctx, in.ID, in.Body.Type, in.Body.Not)
}
