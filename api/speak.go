package api

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"breakwater/desk"
	"breakwater/internal/say"
)

// speak adds to every desk.Text of an answer the sentence itself, in the caller's language.
func (s *server) speak(hc huma.Context, _ string, v any) (any, error) {
	return s.spoken(hc.Context(), v)
}

// spoken is v as JSON would have it, with the sentences; v itself when it holds no Text.
func (s *server) spoken(ctx context.Context, v any) (any, error) {
	if v == nil || !s.speaks(reflect.TypeOf(v)) {
		return v, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	fill(tree, printerOf(ctx))
	return tree, nil
}

// fill walks a JSON tree and writes the sentence into each Text.
func fill(node any, p *say.Printer) {
	switch n := node.(type) {
	case []any:
		for _, item := range n {
			fill(item, p)
		}
	case map[string]any:
		sentence, isText := n["say"].(string)
		with, _ := n["with"].(map[string]any)
		if isText && len(n) <= 2 {
			n["text"] = p.Text(desk.Text{Say: sentence, With: numbers(with)})
			return
		}
		for _, item := range n {
			fill(item, p)
		}
	}
}

// numbers gives back the numbers that json.Number kept exact.
func numbers(with map[string]any) map[string]any {
	out := make(map[string]any, len(with))
	for name, v := range with {
		if n, ok := v.(json.Number); ok {
			if f, err := n.Float64(); err == nil {
				v = f
			}
		}
		out[name] = v
	}
	return out
}

// speaks reports whether values of a type can hold a desk.Text.
func (s *server) speaks(t reflect.Type) bool {
	if known, ok := s.speaking.Load(t); ok {
		return known.(bool)
	}
	found := holdsText(t, map[reflect.Type]bool{})
	s.speaking.Store(t, found)
	return found
}

func holdsText(t reflect.Type, seen map[reflect.Type]bool) bool {
	if t == reflect.TypeFor[desk.Text]() {
		return true
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return holdsText(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && f.Tag.Get("json") != "-" && holdsText(f.Type, seen) {
				return true
			}
		}
	}
	return false
}
