package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"breakwater/desk"
	"breakwater/internal/outline"
)

// What a file may be: many times what the default plan needs, and nothing that grows when it is read.
const (
	maxFile  = 2 << 20 // bytes
	maxDepth = 12      // a plan nests five deep
)

// header stands above every exported plan.
const header = `# Crisis communication plan. Edit it here or in the console; "breakwater plan import" makes it a draft.
# "breakwater plan schema" prints what each field means and may hold. Times are minutes. Levels: 0 normal, 1 watch, 2 issue,
# 3 crisis, 4 severe. What stands in {braces} in the library is filled in when a message is used.

`

// Write writes a plan as one readable YAML file.
func Write(w io.Writer, p desk.Plan) error {
	var b bytes.Buffer
	b.WriteString(header)
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	var tree yaml.Node
	if err := tree.Encode(p); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	shape(&tree)
	if err := errors.Join(e.Encode(&tree), e.Close()); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// shape makes the tree pleasant to read: a date without its time, short lists on one line.
func shape(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!timestamp" {
		n.Value, _, _ = strings.Cut(n.Value, "T")
	}
	width := 0
	for _, c := range n.Content {
		shape(c)
		width += len(c.Value) + 2
		if c.Kind != yaml.ScalarNode || strings.ContainsAny(c.Value, "\n") {
			width = 1 << 10
		}
	}
	if n.Kind == yaml.SequenceNode && width < 100 {
		n.Style = yaml.FlowStyle
	}
}

// Read reads a plan from a file, and checks it as a whole. Its errors are *desk.Invalid of the field "file", each naming the line
// and the field; at most twenty at once. Anchors, aliases, tags of its own and several documents are refused: a plan needs none,
// and they are how a small file becomes a large one.
func Read(r io.Reader) (desk.Plan, error) {
	var p desk.Plan
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return p, err
	}
	if len(data) > maxFile {
		return p, desk.Wrong("file", "The file is too long.")
	}
	root, err := parse(bytes.TrimPrefix(data, []byte("\ufeff")))
	if err != nil {
		return p, err
	}
	f := &file{lines: map[string]int{"": root.Line}}
	f.take(root, reflect.ValueOf(&p).Elem(), "", 0)
	if len(f.wrong) == 0 {
		for _, one := range append(append(bounds(&p), doubled(&p)...), lacks(&p)...) {
			f.refuse(one.path, one.reason)
		}
	}
	return p, errors.Join(f.wrong...)
}

// yamlLine finds the line in what the parser says.
var yamlLine = regexp.MustCompile(`line (\d+)`)

// parse reads the one document of a file.
func parse(data []byte) (*yaml.Node, error) {
	var doc, more yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	err := outline.Nesting(data)
	if err == nil {
		err = d.Decode(&doc)
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, desk.Wrong("file", "The file is empty.")
	case err != nil:
		line := 1
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ = strconv.Atoi(m[1])
		}
		return nil, desk.Wrong("file", "Line {line}: this is not YAML. Look at the indentation, the colons and the quotation marks there.", "line", line)
	case len(doc.Content) != 1:
		return nil, desk.Wrong("file", "The file is empty.")
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, desk.Wrong("file", "The file holds more than one document. Keep one plan in a file.")
	}
	return doc.Content[0], nil
}

// file is a file that is being read.
type file struct {
	lines map[string]int // where each field stands, by its path
	wrong []error
}

// refuse notes a problem with the field of a path.
func (f *file) refuse(path string, reason desk.Text) {
	if len(f.wrong) >= maxProblems {
		return
	}
	at := path
	for f.lines[at] == 0 && at != "" { // what is missing stands nowhere: its parent does
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
	name := path
	if name == "" {
		name = "plan"
	}
	f.wrong = append(f.wrong, desk.Wrong("file", "Line {line}, {field}: {reason}", "line", max(f.lines[at], 1), "field", name, "reason", reason))
}

// take puts a node into a value.
func (f *file) take(n *yaml.Node, v reflect.Value, path string, depth int) {
	f.lines[path] = n.Line
	switch {
	case depth > maxDepth:
		f.refuse(path, desk.Say("This is nested too deeply."))
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		f.refuse(path, desk.Say("Anchors and aliases (& and *) are not allowed: write it out."))
	case n.Style&yaml.TaggedStyle != 0:
		f.refuse(path, desk.Say("Tags (!) are not allowed."))
	case n.Tag == "!!null":
	case v.Type() == reflect.TypeFor[time.Time]():
		f.date(n, v, path)
	case v.Kind() == reflect.Struct:
		f.object(n, v, path, depth)
	case v.Kind() == reflect.Slice:
		f.list(n, v, path, depth)
	case v.Kind() == reflect.Int:
		f.number(n, v, path)
	case n.Kind != yaml.ScalarNode:
		f.refuse(path, desk.Say("A text belongs here."))
	default:
		v.SetString(n.Value)
	}
}

func (f *file) object(n *yaml.Node, v reflect.Value, path string, depth int) {
	if n.Kind != yaml.MappingNode {
		f.refuse(path, desk.Say("Fields with names belong here: {fields}", "fields", fieldNames(v.Type())))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		at := strings.TrimPrefix(path+"."+cut(key.Value), ".")
		f.lines[at] = key.Line
		field, ok := fieldOf(v, key.Value)
		switch {
		case key.Kind != yaml.ScalarNode || key.Anchor != "" || !ok:
			f.refuse(at, desk.Say("There is no such field. These are: {fields}", "fields", fieldNames(v.Type())))
		case seen[key.Value]:
			f.refuse(at, desk.Say("{name} stands here twice.", "name", key.Value))
		default:
			seen[key.Value] = true
			f.take(n.Content[i+1], field, at, depth+1)
		}
	}
}

// cut keeps a name short enough for a sentence.
func cut(name string) string {
	if r := []rune(name); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return name
}

// fieldOf is the field of that name.
func fieldOf(v reflect.Value, name string) (reflect.Value, bool) {
	for i := range v.NumField() {
		if n, ok := fileName(v.Type().Field(i)); ok && n == name {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func (f *file) list(n *yaml.Node, v reflect.Value, path string, depth int) {
	if n.Kind != yaml.SequenceNode {
		f.refuse(path, desk.Say("A list belongs here: lines that begin with a hyphen."))
		return
	}
	if len(n.Content) > 1000 { // more than any rule allows; the rule itself is told later
		f.refuse(path, desk.Say("At most {most} entries fit here.", "most", 200))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, c := range n.Content {
		f.take(c, v.Index(i), fmt.Sprintf("%s[%d]", path, i), depth+1)
	}
}

func (f *file) number(n *yaml.Node, v reflect.Value, path string) {
	x, err := strconv.ParseInt(n.Value, 10, 32)
	if n.Kind != yaml.ScalarNode || err != nil {
		f.refuse(path, desk.Say("A whole number belongs here."))
		return
	}
	v.SetInt(x)
}

func (f *file) date(n *yaml.Node, v reflect.Value, path string) {
	at, err := time.Parse(day, n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		f.refuse(path, desk.Say("A date belongs here, such as 2027-05-01."))
		return
	}
	v.Set(reflect.ValueOf(at))
}
