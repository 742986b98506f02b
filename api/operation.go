package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"breakwater/desk"
)

// everyone is the least role of what needs no sign-in.
const everyone desk.Role = 0

// route is what a table says about an operation.
type route struct {
	Method, Path string
	Least        desk.Role
	ID           string // area-verb: "monitor-list"; the area is its tag
	Say          string // in a few words
	About        string // the rest
}

// operation is a route with what answers it.
type operation struct {
	route
	register func(*server, huma.API)
}

// replied is an answer with a body.
type replied[T any] struct{ Body T }

// ask is an operation that answers with something.
func ask[I, T any](r route, do func(context.Context, *I) (T, error)) operation {
	return askWith(r, func(*huma.Operation) {}, do)
}

// askWith is ask with a description that needs more than the types say.
func askWith[I, T any](r route, change func(*huma.Operation), do func(context.Context, *I) (T, error)) operation {
	return operation{r, func(s *server, api huma.API) {
		op := s.describe(r)
		change(&op)
		huma.Register(api, op, func(ctx context.Context, in *I) (*replied[T], error) {
			out, err := do(ctx, in)
			if err != nil {
				return nil, s.problem(ctx, err)
			}
			return &replied[T]{out}, nil
		})
	}}
}

// act is an operation that answers with nothing but that it is done.
func act[I any](r route, do func(context.Context, *I) error) operation {
	return operation{r, func(s *server, api huma.API) {
		op := s.describe(r)
		op.DefaultStatus = http.StatusNoContent
		huma.Register(api, op, func(ctx context.Context, in *I) (*struct{}, error) {
			if err := do(ctx, in); err != nil {
				return nil, s.problem(ctx, err)
			}
			return nil, nil
		})
	}}
}

// stream is an operation that writes its answer itself, as it goes. begin checks the request, what it gives back writes. kind is
// the answer's media type.
func stream[I any](r route, kind string, begin func(context.Context, *I) (writer, error)) operation {
	return operation{r, func(s *server, api huma.API) {
		op := s.describe(r)
		op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString}}}}}
		huma.Register(api, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
			write, err := begin(ctx, in)
			if err != nil {
				return nil, s.problem(ctx, err)
			}
			return &huma.StreamResponse{Body: func(hc huma.Context) {
				_, w := humago.Unwrap(hc)
				w.Header().Set("Content-Type", kind)
				if err := write(w); err != nil {
					s.Log.Info("a stream ended early", "operation", r.ID, "err", err)
				}
			}}, nil
		})
	}}
}

// writer writes an answer as it goes.
type writer func(w http.ResponseWriter) error

// describe makes the OpenAPI operation of a route.
func (s *server) describe(r route) huma.Operation {
	area, _, _ := strings.Cut(r.ID, "-")
	op := huma.Operation{
		Method: r.Method, Path: r.Path, OperationID: r.ID, Summary: r.Say, Description: r.About, Tags: []string{area},
		Errors: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict,
			http.StatusRequestEntityTooLarge, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable},
	}
	if r.Method != http.MethodGet {
		op.Errors = append(op.Errors, http.StatusUnprocessableEntity)
	}
	if r.Least == everyone {
		op.Security = []map[string][]string{{}}
		return op
	}
	op.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	op.Description = strings.TrimSpace(fmt.Sprintf("%s\n\nLeast role: %s.", r.About, r.Least))
	op.Extensions = map[string]any{"x-least-role": r.Least.String(), "x-right": string(rights[r.ID])}
	op.Middlewares = huma.Middlewares{func(hc huma.Context, next func(huma.Context)) {
		ctx, err := s.allowed(hc.Context(), r)
		if err != nil {
			s.write(hc, s.problem(hc.Context(), err))
			return
		}
		next(huma.WithContext(hc, ctx))
	}}
	return op
}

// newRegistry keeps the schemas, with our problem in the place of huma's error.
func newRegistry() huma.Registry {
	r := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	r.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[Problem]())
	return r
}

// settle puts right what huma cannot know from our types: integers that are strings in JSON, and the sentence of a Text.
func settle(doc *huma.OpenAPI) {
	r := doc.Components.Schemas
	for name, schema := range r.Map() {
		t := r.TypeFromRef("#/components/schemas/" + name)
		if t == reflect.TypeFor[desk.Text]() {
			schema.Properties["text"] = &huma.Schema{Type: huma.TypeString, Description: "The sentence in the language asked for", ReadOnly: true}
		}
		settleFields(schema, t)
		if !strings.HasSuffix(name, "Body") {
			schema.AdditionalProperties = nil // answers may grow
		}
	}
}

func settleFields(schema *huma.Schema, t reflect.Type) {
	if t == nil || t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			settleFields(schema, f.Type)
			continue
		}
		p := schema.Properties[name]
		switch {
		case p == nil:
		case strings.Contains(","+opts+",", ",string,"):
			*p = huma.Schema{Type: huma.TypeString, Format: "int64", Pattern: "^-?[0-9]+$", Description: p.Description}
		case f.Type == reflect.TypeFor[desk.Role]():
			p.Enum = []any{"viewer", "responder", "lead", "admin"}
		case f.Type == reflect.TypeFor[desk.Mood]():
			p.Enum = []any{"negative", "neutral", "positive"}
		case f.Type == reflect.TypeFor[desk.IDs]():
			*p = huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString, Format: "int64"}, Description: p.Description}
		}
	}
}
