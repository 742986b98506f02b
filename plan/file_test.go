package plan

import (
	"encoding/json"
	"strings"
	"testing"

	"breakwater/desk"
)

// small is a plan as somebody types it.
const small = `name: Ours
lang: en
levels:
  - level: 2
    name: Issue
    decides: Lead
    approvers: [Lead]
roles:
  - name: Lead
    duties: []
scenarios:
  - id: recall
    kind: product
    name: Recall
    level: 3
    tasks:
      - id: warn
        do: Warn everybody.
        role: Lead
        after: 10
        from: 1
    drafts: [holding]
library:
  - id: holding
    kind: holding
    name: Holding
    texts:
      - lang: en
        text: We know.
`

func TestReadNamesLineAndField(t *testing.T) {
	t.Parallel()
	if _, err := Read(strings.NewReader(small)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, was, now, want string }{
		{"a word for a number", "level: 3", "level: high", "Line 15, scenarios[0].level: A whole number belongs here."},
		{"a level too high", "level: 3", "level: 7", "Line 15, scenarios[0].level: Write a whole number from 0 to 4."},
		{"an unknown field", "after: 10", "until: 10", "Line 20, scenarios[0].tasks[0].until: There is no such field."},
		{"an unknown kind", "kind: product", "kind: fire", "Line 13, scenarios[0].kind: Write one of: external"},
		{"an unknown role", "role: Lead", "role: Boss", "Line 19, scenarios[0].tasks[0].role: The plan has no role called Boss."},
		{"an unknown draft", "[holding]", "[hold]", "Line 22, scenarios[0].drafts[0]: The library has no message called hold."},
		{"a text for a list", "duties: []", "duties: all of it", "Line 10, roles[0].duties: A list belongs here"},
		{"a list for a text", "name: Recall", "name: [Recall]", "Line 14, scenarios[0].name: A text belongs here."},
		{"a field twice", "lang: en\n", "lang: en\nlang: sv\n", "Line 3, lang: lang stands here twice."},
		{"a missing field", "    kind: holding\n", "", "Line 24, library[0].kind: This is missing."},
		{"an id with blanks", "id: recall", "id: Recall us", "Line 12, scenarios[0].id: Use small letters"},
		{"no YAML", "levels:\n", "levels: [\n", "this is not YAML"},
		{"an alias", "    duties: []", "    duties: &d []\n  - name: Two\n    duties: *d", "Anchors and aliases"},
		{"a tag", "name: Ours", "name: !!binary T3Vycw==", "Line 1, name: Tags (!) are not allowed."},
		{"a merge key", "lang: en\n", "lang: en\n<<: {name: x}\n", "Line 3, <<: There is no such field."},
		{"two documents", "name: Ours", "name: Ours\n---\nname: Other", "more than one document"},
		{"control characters", "name: Ours", `name: "Ours\u0007"`, "characters in it that cannot be printed"},
		{"too long", "name: Ours", "name: " + strings.Repeat("x", 200), "Line 1, name: This is too long: at most 120"},
		{"too many", "lang: en\n", "lang: en\nchannels: [" + strings.Repeat("x,", 2000) + "y]\n", "Line 3, channels: At most"},
		{"nothing", small, "", "The file is empty."},
		{"a list alone", small, "- a\n", "Fields with names belong here"},
		{"a bomb", small, "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "There is no such field"},
		{"nested without end", small, "name: " + strings.Repeat("[", 20000), "not YAML"},
	} {
		_, err := Read(strings.NewReader(strings.Replace(small, tt.was, tt.now, 1)))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v\nwant %s", tt.name, err, tt.want)
		}
	}
	if _, err := Read(strings.NewReader(strings.Repeat("#", maxFile+1))); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("a file without end: %v", err)
	}
}

// Whatever is in a file, reading it ends, and a plan that comes out can be written and read again.
func FuzzRead(f *testing.F) {
	f.Add(small)
	f.Add("a: &a [*a]")
	f.Add("? [x]: y")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var b strings.Builder
		if err := Write(&b, p); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(strings.NewReader(b.String())); err != nil {
			t.Errorf("a plan that was read is refused when it is written: %v\n%s", err, b.String())
		}
	})
}

func TestSchema(t *testing.T) {
	t.Parallel()
	var s struct {
		Schema     string `json:"$schema"`
		Properties map[string]struct {
			Type        string
			Description string
			Items       struct{ Properties map[string]json.RawMessage }
		}
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Schema == "" || s.Properties["scenarios"].Items.Properties["kind"] == nil {
		t.Errorf("the schema lacks its parts: %s", Schema()[:200])
	}
	for name, p := range s.Properties {
		if p.Description == "" {
			t.Errorf("%s is not described", name)
		}
	}
}

func TestRenameRole(t *testing.T) {
	t.Parallel()
	p := Default("en")
	RenameRole(&p, Legal, "Lawyers")
	if lacking := Lacks(&p); len(lacking) > 0 {
		t.Errorf("after the new name the plan lacks %v", lacking[0])
	}
	if _, ok := p.Role("Lawyers"); !ok {
		t.Error("no role has the new name")
	}
	if fresh := Default("en"); len(Lacks(&fresh)) > 0 {
		t.Error("the plan that comes with the program was changed")
	}
}

func TestBlanks(t *testing.T) {
	t.Parallel()
	if got := desk.Blanks("{a b} x {c} {a b} {} {\n}"); len(got) != 2 || got[0] != "{a b}" {
		t.Errorf("Blanks = %q", got)
	}
}
