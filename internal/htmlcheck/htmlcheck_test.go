package htmlcheck_test

import (
	"strings"
	"testing"

	"breakwater/internal/htmlcheck"
)

const good = `<!doctype html><html lang="en" dir="ltr"><title>A page</title><main><h1>A page</h1>%</main>`

func TestProblems(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, inside, want string }{
		{"nothing", ``, ""},
		{"a second h1", `<h1>x</h1>`, "2 <h1>"},
		{"a step left out", `<h3>x</h3>`, "follows a heading of level 1"},
		{"a field without label", `<input name="q">`, `name="q"> has no label`},
		{"a label around", `<label>Q <input name="q"></label>`, ""},
		{"a label for", `<label for="q">Q</label><input id="q">`, ""},
		{"a hidden field", `<input type="hidden" name="q">`, ""},
		{"a button without words", `<button><svg></svg></button>`, "<button> has no name"},
		{"a button with a label", `<button aria-label="Close"><svg></svg></button>`, ""},
		{"an id twice", `<p id="a"></p><p id="a"></p>`, `id "a" is used twice`},
		{"a handler", `<p onclick="x()">x</p>`, "inline handler onclick"},
		{"a style", `<p style="color:red">x</p>`, "inline style"},
		{"a script", `<script>x()</script>`, "<script> does not belong here"},
		{"a frame", `<iframe src="https://example.org/" title="x"></iframe>`, "<iframe> does not belong here"},
		{"a frame of ours", `<iframe src="/x" title="x"></iframe>`, ""},
		{"a frame that says nothing", `<iframe src="/x"></iframe>`, "<iframe> does not belong here"},
		{"a script address", `<a href=" JavaScript:x()">x</a>`, "runs something"},
		{"data", `<a href="data:text/html,x">x</a>`, "runs something"},
		{"a link out", `<a href="https://example.org">x</a>`, "noopener"},
		{"a link out, safe", `<a href="https://example.org" rel="noopener nofollow">x</a>`, ""},
		{"a fragment to nothing", `<a href="#x">x</a>`, "points at nothing"},
		{"described by nothing", `<p aria-describedby="x">x</p>`, "points at nothing"},
		{"a picture without words", `<img src="/x.png">`, "no alt"},
	} {
		p, err := htmlcheck.Parse(strings.NewReader(strings.Replace(good, "%", tt.inside, 1)))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(p.Problems(), "; ")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s: got %q, want %q", tt.name, tt.inside, got, tt.want)
		}
	}
}

func TestLinksAndText(t *testing.T) {
	t.Parallel()
	p, err := htmlcheck.Parse(strings.NewReader(`<a href="/a">one</a><a href="/a">two</a><form action="/b"></form><p class="x"> a
  b</p>`))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Links(), " "); got != "/a /b" {
		t.Errorf("links %q, want /a /b", got)
	}
	if got := p.Text(".x"); got != "a b" {
		t.Errorf("text %q, want %q", got, "a b")
	}
}
