package say_test

import (
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"

	"golang.org/x/net/html"

	"breakwater/internal/say"
)

var missing = flag.String("missing", "", "write the sentences without translation to this file")

// forms are the plural forms that a language tells apart for whole numbers (CLDR).
var forms = map[string][]string{
	"en": {"one", "other"}, "he": {"one", "two", "other"}, "pl": {"one", "few", "many", "other"}, "id": {"other"}, "zh-Hant": {"other"}, "sv": {"one", "other"},
}

// Whatever people may see is there in every language, with its placeholders and its plural forms.
func TestEverySentenceIsTranslated(t *testing.T) {
	t.Parallel()
	found := keys(t)
	if len(found) < 400 {
		t.Fatalf("only %d sentences found: the search is broken", len(found))
	}
	lacking := make(map[string]string)
	for _, l := range say.Languages() {
		all, err := say.Catalogue(l.Tag)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for k, where := range found {
			f, ok := all[k]
			if !ok && l.Tag != "en" {
				lacking[k] = where
				n++
				continue
			}
			checkForms(t, l.Tag, k, f)
		}
		if n > 0 {
			t.Errorf("%s: %d sentences have no translation (go test ./internal/say -missing FILE lists them)", l.Tag, n)
		}
		for k := range all {
			if _, ok := found[k]; !ok {
				t.Errorf("%s: nobody says %q any more", l.Tag, k)
			}
		}
	}
	if *missing != "" && len(lacking) > 0 {
		b, err := json.MarshalIndent(lacking, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(*missing, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// checkForms: every form has the placeholders of the sentence; a form for exactly one or two may write the number out.
func checkForms(t *testing.T, lang, key string, f say.Forms) {
	t.Helper()
	if len(f) > 1 {
		for _, form := range forms[lang] {
			if f[form] == "" {
				t.Errorf("%s: %q has no form %s", lang, key, form)
			}
		}
	}
	for form, s := range f {
		if !slices.Contains([]string{"one", "two", "few", "many", "other"}, form) {
			t.Errorf("%s: %q has a form %q, which CLDR does not know", lang, key, form)
		}
		for _, p := range placeholder.FindAllString(key, -1) {
			if !strings.Contains(s, p) && !(p == "{n}" && (form == "one" || form == "two")) {
				t.Errorf("%s: %q (%s) lost %s", lang, key, form, p)
			}
		}
		for _, p := range placeholder.FindAllString(s, -1) {
			if !strings.Contains(key, p) {
				t.Errorf("%s: %q (%s) has %s, which the sentence does not", lang, key, form, p)
			}
		}
	}
}

// words that are the same in every language, or are no words.
var unsaid = []string{"Breakwater", "Ctrl K", "Ctrl", "Enter", "POST"}

// What stands between tags in a template, or in an attribute that people read or hear, goes through {{t}}.
func TestNoTextBypassesTheCatalogue(t *testing.T) {
	t.Parallel()
	for _, name := range templates(t) {
		for block, tree := range trees(t, name) {
			var b strings.Builder
			flatten(tree.Root, &b)
			text := b.String()
			if strings.HasPrefix(block, "attrs-") { // a block of attributes
				text = "<p " + text + ">"
			}
			for _, said := range bare(text) {
				t.Errorf("%s: %s says %q without {{t}}", strings.TrimPrefix(name, house+"/"), block, said)
			}
		}
	}
}

// flatten writes a template's text with a mark wherever an action prints something.
func flatten(n parse.Node, b *strings.Builder) {
	switch n := n.(type) {
	case *parse.ListNode:
		for _, c := range n.Nodes {
			flatten(c, b)
		}
	case *parse.TextNode:
		b.Write(n.Text)
	case *parse.ActionNode:
		b.WriteString("1")
	case *parse.IfNode:
		flattenBranch(&n.BranchNode, b)
	case *parse.RangeNode:
		flattenBranch(&n.BranchNode, b)
	case *parse.WithNode:
		flattenBranch(&n.BranchNode, b)
	}
}

func flattenBranch(n *parse.BranchNode, b *strings.Builder) {
	flatten(n.List, b)
	if n.ElseList != nil {
		flatten(n.ElseList, b)
	}
}

// bare are the words of a piece of HTML that no action printed: text, and attributes that are shown or read out.
func bare(s string) []string {
	var found []string
	add := func(s string) {
		s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "·–×1.,:()@"))
		if s != "" && strings.ContainsFunc(s, unicode.IsLetter) && !slices.Contains(unsaid, s) {
			found = append(found, s)
		}
	}
	z := html.NewTokenizer(strings.NewReader(s))
	code := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.TextToken:
			if code == 0 {
				add(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			if tok.Data == "code" || tok.Data == "kbd" {
				code++
			}
			for _, a := range tok.Attr {
				if slices.Contains([]string{"title", "placeholder", "aria-label", "alt", "aria-description", "label"}, a.Key) {
					add(a.Val)
				}
			}
		case html.EndTagToken:
			if tok := z.Token(); tok.Data == "code" || tok.Data == "kbd" {
				code--
			}
		}
	}
}

// The test above finds what it is for.
func TestBareIsFound(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		`<p>Hello</p>`: "Hello", `<p>1 · 1</p>`: "", `<a title="Go">1</a>`: "Go", `<input placeholder="1">`: "", `<code>x</code>`: "", `<h1>1</h1> and 1`: "and",
	} {
		if got := strings.Join(bare(s), "|"); got != want {
			t.Errorf("bare(%q) = %q, want %q", s, got, want)
		}
	}
}
