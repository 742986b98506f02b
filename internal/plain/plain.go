// Package plain turns other people's HTML into plain text and finds the links in it.
package plain

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text is the text of a fragment of HTML: no markup, no scripts, no NUL, valid UTF-8, runs of white space as one space and
// blocks (paragraphs, list items, lines) each on a line of their own. What was escaped twice, as careless programs do, is
// read again, so that no tag is left in it; a < that could still begin one becomes a space.
//
// The text has never more characters than the fragment has bytes.
func Text(fragment string) string {
	text, _ := read(fragment)
	for range 2 {
		text = entity.ReplaceAllStringFunc(text, html.UnescapeString)
		if !looksLikeMarkup(text) {
			break
		}
		text, _ = read(text)
	}
	return blunt(clean(text))
}

// entity is one with its semicolon: in an address, &copy= is a parameter.
var entity = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`)

// clean is plain text without what is not to be read, its white space in order.
func clean(s string) string {
	var w writer
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			w.line()
		}
		w.text(line)
	}
	return w.String()
}

// Literal is text that is no HTML, every < and & of it kept: without NUL, control characters and broken bytes, its white space
// in order as by Text.
func Literal(text string) string { return clean(text) }

// Links are the http and https addresses that a fragment of HTML links to, in order, each once.
func Links(fragment string) []string {
	_, links := read(fragment)
	return links
}

// silent elements have no text for readers.
func silent(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Template, atom.Iframe, atom.Object, atom.Noscript, atom.Noembed, atom.Noframes, atom.Head,
		atom.Svg, atom.Math, atom.Audio, atom.Video, atom.Canvas, atom.Select, atom.Textarea, atom.Button:
		return true
	}
	return false
}

// block elements begin and end a line.
func block(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Br, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.H1, atom.H2, atom.H3, atom.H4,
		atom.H5, atom.H6, atom.Blockquote, atom.Pre, atom.Table, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer,
		atom.Aside, atom.Nav, atom.Figure, atom.Figcaption, atom.Hr, atom.Address, atom.Form, atom.Details, atom.Summary:
		return true
	}
	return false
}

// read goes through the tokens once. There is no tree, so nothing that a stranger nests can make it slow or deep.
func read(fragment string) (string, []string) {
	var (
		w     writer
		links []string
		seen  = map[string]bool{}
		mute  atom.Atom // the silent element that we are in
		deep  int       // how often it was opened within itself
	)
	z := html.NewTokenizer(strings.NewReader(fragment))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return w.String(), links
		}
		if kind == html.TextToken {
			if mute == 0 {
				w.text(string(z.Text()))
			}
			continue
		}
		name, more := z.TagName()
		a := atom.Lookup(name)
		switch {
		case mute != 0:
			if a == mute && kind == html.StartTagToken {
				deep++
			} else if a == mute && kind == html.EndTagToken {
				if deep--; deep == 0 {
					mute = 0
				}
			}
		case kind == html.StartTagToken && silent(a):
			mute, deep = a, 1
		case block(a):
			w.line()
		case a == atom.Td, a == atom.Th, a == atom.Img:
			w.space()
		case a == atom.A && more && len(seen) < 100:
			if to := href(z); to != "" && !seen[to] {
				seen[to] = true
				links = append(links, to)
			}
		}
	}
}

func href(z *html.Tokenizer) string {
	for {
		key, value, more := z.TagAttr()
		if string(key) == "href" {
			v := strings.TrimSpace(string(value))
			if strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "http://") {
				return v
			}
			return ""
		}
		if !more {
			return ""
		}
	}
}

// writer joins pieces of text and holds white space back until something follows it.
type writer struct {
	strings.Builder
	gap rune // ' ' or '\n' before the next character; 0 none
}

func (w *writer) space() {
	if w.gap == 0 && w.Len() > 0 {
		w.gap = ' '
	}
}

func (w *writer) line() {
	if w.Len() > 0 {
		w.gap = '\n'
	}
}

func (w *writer) text(s string) {
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		s = s[n:]
		switch {
		case unicode.IsSpace(r):
			w.space()
		case r == utf8.RuneError && n == 1, unicode.IsControl(r), r == '\ufeff', r == '\u00ad':
			// not to be read: broken bytes, control characters, byte order marks, soft hyphens
		default:
			if w.gap != 0 {
				w.WriteRune(w.gap)
				w.gap = 0
			}
			w.WriteRune(r)
		}
	}
}

// looksLikeMarkup reports whether plain text still holds an element of HTML. "a < b" and "<3" do not.
func looksLikeMarkup(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return false
		}
		s = strings.TrimPrefix(s[i+1:], "/")
		end := strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if end > 0 && end <= 12 && atom.Lookup([]byte(strings.ToLower(s[:end]))) != 0 && strings.IndexByte(s, '>') > 0 {
			return true
		}
	}
}

// blunt takes the edge off what a careless reader of the text might take for a tag.
func blunt(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '<' && i+1 < len(s) && opens(s[i+1]) {
			b.WriteByte(' ')
			continue
		}
		b.WriteByte(s[i])
	}
	return strings.TrimSpace(b.String())
}

func opens(c byte) bool {
	return c == '/' || c == '!' || c == '?' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
