package plan

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"breakwater/desk"
)

// Schema is the JSON Schema (draft 2020-12) of a plan's file. It is made of the same rules that Read checks by.
func Schema() []byte {
	s := schemaOf(reflect.TypeFor[desk.Plan]())
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Crisis communication plan"
	s["description"] = "A plan of Breakwater as a file: YAML, or JSON, which is YAML too."
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // maps of strings, numbers and lists: it cannot fail
	}
	return append(b, '\n')
}

func schemaOf(t reflect.Type) map[string]any {
	fields, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, ok := fileName(f)
		r, ruled := rules[t.Name()+"."+f.Name]
		if !ok || !ruled {
			continue
		}
		fields[name] = fieldSchema(f.Type, r)
		if r.must {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "additionalProperties": false, "properties": fields, "required": required}
}

func fieldSchema(t reflect.Type, r rule) map[string]any {
	s := map[string]any{"description": r.about}
	switch {
	case t == reflect.TypeFor[time.Time]():
		s["type"], s["format"] = "string", "date"
	case t.Kind() == reflect.Slice:
		s["type"], s["maxItems"] = "array", r.most
		if r.must {
			s["minItems"] = 1
		}
		if t.Elem().Kind() == reflect.Struct {
			s["items"] = schemaOf(t.Elem())
			break
		}
		item := fieldSchema(t.Elem(), rule{most: entry, like: r.like, must: true})
		delete(item, "description")
		s["items"] = item
	case t.Kind() == reflect.Int:
		s["type"], s["minimum"], s["maximum"] = "integer", 0, r.most
	default:
		s["type"], s["maxLength"] = "string", r.most
		if r.must {
			s["minLength"] = 1
		}
		if len(r.oneOf) > 0 {
			s["enum"] = r.oneOf
		}
		if r.like != nil {
			s["pattern"] = r.like.String()
		}
	}
	return s
}

// fieldNames are how the fields of a type are called in files, for an error that says what would be right.
func fieldNames(t reflect.Type) string {
	var names []string
	for i := range t.NumField() {
		if name, ok := fileName(t.Field(i)); ok {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
