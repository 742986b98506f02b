// Package htmlcheck reads a page as browsers and screen readers do and says what they would stumble over.
package htmlcheck

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// Page is a parsed page.
type Page struct{ root *html.Node }

// Parse reads a page or a part of one. It fails only when r does: like a browser, it makes a tree of anything.
func Parse(r io.Reader) (*Page, error) {
	root, err := html.Parse(r)
	if err != nil {
		return nil, err
	}
	return &Page{root}, nil
}

// All finds the elements that a CSS selector names. A selector that does not parse is a bug of the caller.
func (p *Page) All(selector string) []*html.Node {
	return cascadia.QueryAll(p.root, cascadia.MustCompile(selector))
}

// Text is the text of the first element that a selector names, with its white space joined; "" when there is none.
func (p *Page) Text(selector string) string {
	n := cascadia.Query(p.root, cascadia.MustCompile(selector))
	if n == nil {
		return ""
	}
	return Text(n)
}

// Text is the text inside an element, with its white space joined.
func Text(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// Attr is the value of an attribute and whether it is there.
func Attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// Problems are what is wrong with a whole page, each in a line.
func (p *Page) Problems() []string {
	var all []string
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for _, check := range []func(*Page, func(string, ...any)){
		document, headings, names, fields, ids, forbidden, references,
	} {
		check(p, say)
	}
	return all
}

// document: language, direction, title and one main.
func document(p *Page, say func(string, ...any)) {
	root := cascadia.Query(p.root, cascadia.MustCompile("html"))
	if lang, _ := Attr(root, "lang"); lang == "" {
		say("<html> has no lang")
	}
	if dir, _ := Attr(root, "dir"); dir != "ltr" && dir != "rtl" {
		say("<html> has no dir")
	}
	if p.Text("title") == "" {
		say("the page has no title")
	}
	if n := len(p.All("main")); n != 1 {
		say("the page has %d <main>, want 1", n)
	}
}

// headings: one h1, and no step left out on the way down.
func headings(p *Page, say func(string, ...any)) {
	if n := len(p.All("h1")); n != 1 {
		say("the page has %d <h1>, want 1", n)
	}
	last := 1
	for _, h := range p.All("main h1, main h2, main h3, main h4, main h5, main h6") {
		level := int(h.Data[1] - '0')
		if level > last+1 {
			say("<%s> %q follows a heading of level %d", h.Data, cut(Text(h)), last)
		}
		if Text(h) == "" {
			say("<%s> is empty", h.Data)
		}
		last = level
	}
}

// names: whatever can be used has a name, and pictures have words.
func names(p *Page, say func(string, ...any)) {
	for _, n := range p.All("a[href], button, summary, [role=img], nav, dialog") {
		if Text(n) != "" && n.Data != "nav" && n.Data != "dialog" {
			continue
		}
		if label, _ := Attr(n, "aria-label"); label != "" {
			continue
		}
		if by, _ := Attr(n, "aria-labelledby"); by != "" {
			continue
		}
		say("<%s> has no name: %s", n.Data, where(n))
	}
	for _, n := range p.All("img") {
		if _, ok := Attr(n, "alt"); !ok {
			say("<img> has no alt: %s", where(n))
		}
	}
	for _, n := range p.All("a:not([href])") {
		say("<a> leads nowhere: %s", where(n))
	}
}

// fields: every field has a label.
func fields(p *Page, say func(string, ...any)) {
	for _, n := range p.All("input, select, textarea") {
		if kind, _ := Attr(n, "type"); kind == "hidden" {
			continue
		}
		if label, _ := Attr(n, "aria-label"); label != "" {
			continue
		}
		if inside(n, "label") {
			continue
		}
		id, _ := Attr(n, "id")
		if id != "" && slices.ContainsFunc(p.All("label[for]"), func(l *html.Node) bool { f, _ := Attr(l, "for"); return f == id && Text(l) != "" }) {
			continue
		}
		name, _ := Attr(n, "name")
		say("<%s name=%q> has no label", n.Data, name)
	}
}

// ids: used once.
func ids(p *Page, say func(string, ...any)) {
	seen := make(map[string]bool)
	for _, n := range p.All("[id]") {
		id, _ := Attr(n, "id")
		if seen[id] {
			say("id %q is used twice", id)
		}
		seen[id] = true
	}
}

// forbidden: what our Content-Security-Policy would not run, and what a stranger's text must never become.
func forbidden(p *Page, say func(string, ...any)) {
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			for _, a := range n.Attr {
				switch {
				case strings.HasPrefix(a.Key, "on"):
					say("<%s> has an inline handler %s", n.Data, a.Key)
				case a.Key == "style":
					say("<%s> has an inline style", n.Data)
				case slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key) && script(a.Val):
					say("<%s %s=%q> runs something", n.Data, a.Key, cut(a.Val))
				}
			}
			if n.Data == "style" || n.Data == "script" && n.FirstChild != nil || n.Data == "iframe" && !ownFrame(n) || n.Data == "object" || n.Data == "embed" {
				say("<%s> does not belong here", n.Data)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(p.root)
	for _, n := range p.All(`a[href^="http"]`) {
		if rel, _ := Attr(n, "rel"); !strings.Contains(rel, "noopener") || !strings.Contains(rel, "nofollow") {
			say("a link out has no rel=\"noopener nofollow\": %s", where(n))
		}
	}
}

func script(address string) bool {
	kind, _, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), ":")
	return ok && !strings.ContainsAny(kind, "/?#") && kind != "http" && kind != "https" && kind != "mailto" && kind != "tel"
}

// references: what an attribute points at on the same page is there.
func references(p *Page, say func(string, ...any)) {
	has := make(map[string]bool)
	for _, n := range p.All("[id]") {
		id, _ := Attr(n, "id")
		has[id] = true
	}
	for _, attr := range []string{"for", "list", "aria-labelledby", "aria-describedby", "aria-controls"} {
		for _, n := range p.All("[" + attr + "]") {
			v, _ := Attr(n, attr)
			for _, id := range strings.Fields(v) {
				if !has[id] {
					say("<%s %s=%q> points at nothing", n.Data, attr, id)
				}
			}
		}
	}
	for _, n := range p.All(`a[href^="#"]`) {
		if v, _ := Attr(n, "href"); !has[v[1:]] {
			say("<a href=%q> points at nothing", v)
		}
	}
}

// Links are the addresses within the site that the page leads to, forms included, each once.
func (p *Page) Links() []string {
	var all []string
	for _, n := range p.All(`a[href^="/"], form[action^="/"], link[href^="/"], script[src^="/"]`) {
		for _, attr := range []string{"href", "action", "src"} {
			if v, ok := Attr(n, attr); ok && !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
	}
	return all
}

func inside(n *html.Node, name string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && p.Data == name {
			return true
		}
	}
	return false
}

func where(n *html.Node) string {
	var b strings.Builder
	if err := html.Render(&b, n); err != nil {
		return n.Data
	}
	return cut(b.String())
}

func cut(s string) string {
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}

// ownFrame reports whether a frame shows a page of ours and says what it is.
func ownFrame(n *html.Node) bool {
	src, _ := Attr(n, "src")
	title, _ := Attr(n, "title")
	return strings.HasPrefix(src, "/") && !strings.HasPrefix(src, "//") && title != ""
}
