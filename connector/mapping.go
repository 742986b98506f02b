package connector

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"breakwater/desk"
)

// Limits of the JSON that strangers may send.
const (
	maxDepth  = 64      // levels; the deepest honest payload seen has 12
	maxValues = 200_000 // values and names in one document: what is decoded takes a hundred bytes for each
)

// Mapping says where in a foreign record the parts of a mention are. The zero Mapping knows the common names.
type Mapping struct {
	paths   map[string]path
	records path
}

// step leads one level down: to a name, to an index, or to all elements.
type step struct {
	name  string
	index int
	all   bool
}

type path []step

// ParseMapping reads lines such as
//
//	records = data.items
//	text = attributes.body
//	author.handle = relationships.users[0].name
//	tags = entities.tags[*].text
//
// where the left side is a Part's name. Empty lines and those that begin with # are left out. The error is a *desk.Invalid
// that names the line.
func ParseMapping(lines string) (Mapping, error) {
	m := Mapping{paths: make(map[string]path)}
	for i, line := range strings.Split(lines, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		part, where, ok := strings.Cut(line, "=")
		part = strings.TrimSpace(part)
		p, err := parsePath(strings.TrimSpace(where))
		switch {
		case !ok || err != nil:
			return m, desk.Wrong("mapping", "Line {line} cannot be read. Write it like: text = data.body", "line", i+1)
		case part == "records":
			m.records = p
		case !slices.ContainsFunc(Parts, func(k Part) bool { return k.Name == part }):
			return m, desk.Wrong("mapping", "Line {line}: a mention has no part named {part}.", "line", i+1, "part", short(part))
		default:
			m.paths[part] = p
		}
	}
	return m, nil
}

var errPath = errors.New("not a path")

// parsePath reads a.b[0].c[*]. A leading $. is allowed, as in JSONPath.
func parsePath(s string) (path, error) {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "$"), ".")
	var p path
	for _, piece := range strings.Split(s, ".") {
		name, rest, more := strings.Cut(piece, "[")
		if name != "" {
			p = append(p, step{name: fold(name)})
		} else if !more {
			return nil, errPath
		}
		for more {
			var in string
			if in, rest, more = strings.Cut(rest, "]"); !more {
				return nil, errPath
			}
			if in == "*" {
				p = append(p, step{all: true})
			} else {
				n, err := strconv.Atoi(in)
				if err != nil || n < 0 {
					return nil, errPath
				}
				p = append(p, step{index: n})
			}
			if rest == "" {
				break
			}
			if rest, more = strings.CutPrefix(rest, "["); !more {
				return nil, errPath
			}
		}
		if len(p) > maxDepth {
			return nil, errPath
		}
	}
	return p, nil
}

// at follows the path through folded JSON; nil when it leads nowhere.
func (p path) at(v any) any {
	for i, s := range p {
		switch {
		case s.name != "":
			object, _ := v.(map[string]any)
			v = object[s.name]
		default:
			items, ok := v.([]any)
			if !ok {
				return nil
			}
			if s.all {
				return p[i+1:].each(items)
			}
			if s.index >= len(items) {
				return nil
			}
			v = items[s.index]
		}
		if v == nil {
			return nil
		}
	}
	return v
}

func (p path) each(items []any) any {
	out := make([]any, 0, len(items))
	for _, item := range items {
		switch v := p.at(item).(type) {
		case nil:
		case []any:
			out = append(out, v...)
		default:
			out = append(out, v)
		}
	}
	return out
}

// Find gives the lookup of parts in one record that DecodeJSON made: by the mapping, else by the common names.
func (m Mapping) Find(record any) func(part string) any {
	return func(part string) any {
		if p, ok := m.paths[part]; ok {
			return p.at(record)
		}
		for _, p := range common[part] {
			if v := p.at(record); usable(v) {
				return v
			}
		}
		return nil
	}
}

// Records are the records in a document: where the mapping says, else the list "mentions", else the document itself.
func (m Mapping) Records(document any) []any {
	v := document
	if len(m.records) > 0 {
		if v = m.records.at(document); v == nil {
			return nil
		}
	} else if object, ok := v.(map[string]any); ok {
		if list, ok := object["mentions"].([]any); ok {
			return list
		}
	}
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

// Column finds the columns of a table by its header: for each part its column, -1 when there is none. An explicit mapping
// names columns as they stand in the header.
func (m Mapping) Column(header []string) func(part string) int {
	index := make(map[string]int, len(header))
	for i := len(header) - 1; i >= 0; i-- { // of two with one name the first counts
		index[fold(header[i])] = i
	}
	columns := make(map[string]int)
	for _, part := range Parts {
		names := part.Known
		if p, ok := m.paths[part.Name]; ok {
			names = []string{p.String()}
		}
		for _, n := range names {
			if i, ok := index[fold(n)]; ok {
				columns[part.Name] = i
				break
			}
		}
	}
	return func(part string) int {
		if i, ok := columns[part]; ok {
			return i
		}
		return -1
	}
}

// String is the path as a column's name.
func (p path) String() string {
	names := make([]string, len(p))
	for i, s := range p {
		names[i] = s.name
	}
	return strings.Join(names, "_")
}

func usable(v any) bool {
	switch v := v.(type) {
	case nil, map[string]any:
		return false
	case string:
		return v != ""
	}
	return true
}

// common are the paths of the common names, and of their flat forms.
var common = func() map[string][]path {
	out := make(map[string][]path, len(Parts))
	for _, part := range Parts {
		for _, name := range part.Known {
			p, _ := parsePath(name)
			out[part.Name] = append(out[part.Name], p)
			if len(p) > 1 {
				out[part.Name] = append(out[part.Name], path{{name: fold(name)}})
			}
		}
	}
	return out
}()

// DecodeJSON reads one JSON document whose names are compared without regard to case, spaces and dashes. What is nested
// deeper than 64 levels, or has more than 200,000 values, is refused before anything is made of it. The error is a
// *desk.Invalid for the field body.
func DecodeJSON(raw []byte) (any, error) {
	if err := measure(raw); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, wrongJSON(raw, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, desk.Wrong("body", "There is something after the end of the JSON, at byte {at}.", "at", d.InputOffset())
	}
	return folded(v), nil
}

// measure counts the levels and the values of raw without decoding it.
func measure(raw []byte) error {
	depth, values, quoted := 0, 1, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			values++
			if depth++; depth > maxDepth {
				return desk.Wrong("body", "The JSON is nested more than {n} levels deep.", "n", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		case c == ',' || c == ':':
			values++
		}
		if values > maxValues {
			return desk.Wrong("body", "The JSON has more than {n} values. Send less at once.", "n", maxValues)
		}
	}
	return nil
}

func wrongJSON(raw []byte, err error) error {
	at := int64(len(raw))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	}
	line := 1 + bytes.Count(raw[:min(at, int64(len(raw)))], []byte{'\n'})
	return desk.Wrong("body", "This is not JSON: it goes wrong in line {line}, at byte {at}.", "line", line, "at", at)
}

// folded folds the names of all objects. Of two names that fold to one, the one that is folded already counts.
func folded(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = folded(v[i])
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, value := range v {
			f := fold(name)
			if _, taken := v[f]; f == name || !taken {
				out[f] = folded(value)
			}
		}
		return out
	}
	return v
}
