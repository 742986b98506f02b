package api

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"breakwater/desk"
)

// Importer takes a file into a source of kind file, from the source's cursor on when it is the same file; the file connector
// does, through the flow. Its report counts what was kept, also beside an error; a *desk.Invalid is a file of no use.
type Importer func(ctx context.Context, src desk.Source, r io.Reader) (Imported, error)

// Imported is what became of a file.
type Imported struct {
	Rows     int           `json:"rows" doc:"Read in this run"`
	New      int           `json:"new"`
	Known    int           `json:"known"`
	Edited   int           `json:"edited"`
	Gone     int           `json:"gone" doc:"Deleted at their network"`
	Rejected int           `json:"rejected" doc:"Rows that cannot be read"`
	Rejects  []desk.Reject `json:"rejects" doc:"The first thousand of them, with line and reason"`
}

func (s *server) importOperations() []operation {
	file := func(op *huma.Operation) {
		content := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		op.RequestBody = &huma.RequestBody{Required: true, Description: "The file: CSV with a head line, or one JSON object a line",
			Content: map[string]*huma.MediaType{"text/csv": content, "application/x-ndjson": content, "application/octet-stream": content}}
	}
	return []operation{
		askWith(route{http.MethodPost, "/sources/{id}/import", desk.Lead, "source-import", "Import a file",
			"Into a source of kind file. Rows are kept as they come, so the file may be of any size: send it as it is read. After a cut, send the same file again; it goes on where it stood, and nothing is doubled."},
			file, s.importFile),
	}
}

type importIn struct {
	One
	body io.Reader
}

// Resolve keeps the body for the handler, which reads it as it comes.
func (in *importIn) Resolve(hc huma.Context) []error {
	in.body = hc.BodyReader()
	return nil
}

func (s *server) importFile(ctx context.Context, in *importIn) (Imported, error) {
	src, err := s.Sources.One(ctx, in.ID)
	if err != nil {
		return Imported{}, err
	}
	if src.Kind != "file" {
		return Imported{}, desk.Wrong("id", "Files go into sources of kind file. Add one, or choose another source.")
	}
	out, err := s.Import(ctx, src, in.body)
	if err != nil && out.Rows > 0 && !errors.Is(err, context.Canceled) {
		s.Log.Warn("an import ended early", "source", src.ID, "rows", out.Rows, "err", err)
	}
	return out, err
}
