package feed

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
	"golang.org/x/net/html/charset"

	"breakwater/desk"
)

// errPage says that the address answers with a web page.
var errPage = errors.New("a web page, not a feed")

// unreadable is a body that is no feed, with the sentence that says why.
func unreadable(err error, sentence string, with ...any) error {
	return &desk.Problem{Say: desk.Say(sentence, with...), Err: fmt.Errorf("%w: %w", desk.ErrBroken, err)}
}

// decode reads an RSS, Atom or JSON feed of any charset. It looks at the form of the body before any parser sees it, so that
// nothing nested, declared or repeated by a stranger grows in memory. Its errors wrap desk.ErrBroken.
func decode(body []byte, contentType string) (*gofeed.Feed, error) {
	text := tidy(toUTF8(body, contentType))
	if len(text) == 0 {
		return nil, unreadable(errors.New("empty"), "The feed is empty. It should at least name itself.")
	}
	if text[0] == '{' {
		return decodeJSON(text)
	}
	root, err := inspectXML(text)
	if err != nil {
		return nil, hostile(err)
	}
	switch root.name {
	case "rss", "rdf", "feed":
	case "html":
		return nil, unreadable(errPage, "This is a web page, not a feed.")
	default:
		return nil, unreadable(fmt.Errorf("root element %q", root.name), "What comes from this address is not a feed.")
	}
	// From the root element on: declarations have been read (charset) or are not wanted (entities).
	f, err := parser().Parse(bytes.NewReader(text[root.at:]))
	if err != nil {
		return nil, unreadable(err, "The feed is damaged: its XML cannot be read. Tell those who publish it.")
	}
	return f, nil
}

func decodeJSON(text []byte) (*gofeed.Feed, error) {
	if err := inspectJSON(text); err != nil {
		return nil, hostile(err)
	}
	f, err := parser().Parse(bytes.NewReader(text))
	if err != nil {
		return nil, unreadable(err, "The feed is damaged: its JSON cannot be read. Tell those who publish it.")
	}
	if !strings.Contains(f.FeedVersion, "jsonfeed.org/") && len(f.Items) == 0 {
		return nil, unreadable(errors.New("no version and no items"), "What comes from this address is not a feed.")
	}
	return f, nil
}

func hostile(err error) error {
	return unreadable(err, "The feed is built in a way that no honest feed is. It is not read, to protect the desk.")
}

func parser() *gofeed.Parser {
	p := gofeed.NewParser()
	p.RSSTranslator = &rssTranslator{gofeed.DefaultRSSTranslator{DisableContentImageScan: true}}
	p.JSONTranslator = &jsonTranslator{}
	return p
}

// literal is the key in an item's Custom of what in it is plain text, no HTML: of a JSON Feed the title, the summary, and the
// content unless it is content_html.
const literal = "literal"

// jsonTranslator keeps which of a JSON Feed is HTML, which gofeed's common form leaves out.
type jsonTranslator struct{ gofeed.DefaultJSONTranslator }

// Translate implements gofeed.Translator.
func (t *jsonTranslator) Translate(in any) (*gofeed.Feed, error) {
	f, err := t.DefaultJSONTranslator.Translate(in)
	j, ok := in.(*json.Feed)
	if err != nil || !ok {
		return f, err
	}
	for i, it := range j.Items {
		f.Items[i].Custom = map[string]string{literal: "all"}
		if strings.TrimSpace(it.ContentHTML) != "" {
			f.Items[i].Custom[literal] = "title"
		}
	}
	return f, nil
}

// rssTranslator keeps what RSS says about how often to look, which gofeed's common form leaves out.
type rssTranslator struct{ gofeed.DefaultRSSTranslator }

// Translate implements gofeed.Translator.
func (t *rssTranslator) Translate(in any) (*gofeed.Feed, error) {
	f, err := t.DefaultRSSTranslator.Translate(in)
	if r, ok := in.(*rss.Feed); ok && err == nil {
		f.Custom = map[string]string{"ttl": r.TTL, "skipHours": strings.Join(r.SkipHours, " "), "skipDays": strings.Join(r.SkipDays, " ")}
	}
	return f, err
}

var declared = regexp.MustCompile(`^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// toUTF8 believes, in this order: the marks of UTF-16; bytes that are valid UTF-8 whatever the labels say (chance does not
// make such text, wrong labels are common); the HTTP header; the XML declaration; what the bytes look like.
func toUTF8(body []byte, contentType string) []byte {
	if label := utf16(body); label != "" {
		return recode(body, label)
	}
	if utf8.Valid(body) && !bytes.Contains(body, []byte("\x1b$")) { // ESC $: ISO-2022, which looks like ASCII
		return body
	}
	labels := labelsOf(body, contentType)
	for _, label := range labels {
		if _, name := charset.Lookup(label); name != "" && name != "utf-8" {
			return recode(body, label)
		}
	}
	if len(labels) > 0 || utf8Broken(body) {
		return body // labelled UTF-8 with wrong bytes in it
	}
	_, name, _ := charset.DetermineEncoding(body, contentType)
	return recode(body, name)
}

// utf16 is the label of UTF-16 with a byte order mark, or without one by how its first < or { lies.
func utf16(b []byte) string {
	switch {
	case len(b) < 2:
	case b[0] == 0xff && b[1] == 0xfe, (b[0] == '<' || b[0] == '{') && b[1] == 0:
		return "utf-16le"
	case b[0] == 0xfe && b[1] == 0xff, b[0] == 0 && (b[1] == '<' || b[1] == '{'):
		return "utf-16be"
	}
	return ""
}

func labelsOf(body []byte, contentType string) (labels []string) {
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		labels = append(labels, params["charset"])
	}
	if m := declared.FindSubmatch(body[:min(len(body), 1024)]); m != nil {
		labels = append(labels, string(m[1]))
	}
	return labels
}

// recode gives body in UTF-8, or as it is when it cannot be decoded.
func recode(body []byte, label string) []byte {
	enc, _ := charset.Lookup(label)
	if enc == nil {
		return body
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return body
	}
	return out
}

// utf8Broken reports whether body is UTF-8 with a few wrong bytes: more whole characters beyond ASCII than broken ones.
func utf8Broken(body []byte) bool {
	good, bad := 0, 0
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		body = body[n:]
	}
	return good > bad
}

// tidy is text without the byte order mark, the space before it and the control characters that XML forbids but feeds have.
func tidy(text []byte) []byte {
	text = bytes.TrimLeft(bytes.TrimPrefix(bytes.ToValidUTF8(text, nil), []byte("\ufeff")), " \t\r\n\x00")
	if bytes.IndexFunc(text, forbidden) < 0 {
		return text
	}
	return bytes.Map(func(r rune) rune {
		if forbidden(r) {
			return -1
		}
		return r
	}, text)
}

func forbidden(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xfffe || r == 0xffff
}
