package api

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"breakwater/desk"
	"breakwater/source"
)

func (s *server) importOperations() []operation {
	file := func(op *huma.Operation) {
		content := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		op.RequestBody = &huma.RequestBody{Required: true, Description: "The file: CSV with a head line, or one JSON object a line",
			Content: map[string]*huma.MediaType{"text/csv": content, "application/x-ndjson": content, "application/octet-stream": content}}
	}
	return []operation{
		askWith(route{http.MethodPost, "/sources/{id}/import", desk.Lead, "source-import", "Import a file",
			"Into a source of kind file. Rows are kept as they come, so the file may be of any size: send it as it is read. After a cut, or with rows mended, send the file again: what was kept before is counted as known, and nothing is doubled."},
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

func (s *server) importFile(ctx context.Context, in *importIn) (source.Report, error) {
	out, err := s.Sources.Import(ctx, in.ID, in.body, nil)
	if err != nil && out.Rows > 0 && !errors.Is(err, context.Canceled) {
		s.Log.Warn("an import ended early", "source", in.ID, "rows", out.Rows, "err", err)
	}
	return out, err
}
