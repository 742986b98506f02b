package wordpress

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/posttext"
	"breakwater/publish"
)

// draft makes title and content of a letter: its text as paragraphs, the first picture as the one that leads the post.
func (s *site) draft(ctx context.Context, l *publish.Letter) (draft, error) {
	d := draft{Title: escaped(l.Title), Content: content(l.Text)}
	for i, one := range l.Media {
		at, err := s.picture(ctx, l, one)
		if err != nil {
			return d, err
		}
		if i == 0 {
			d.Featured = at.ID
			continue
		}
		d.Content += fmt.Sprintf("\n\n<figure class=\"wp-block-image\"><img src=\"%s\" alt=\"%s\"/></figure>", html.EscapeString(at.Source), html.EscapeString(one.Alt))
	}
	return d, nil
}

// escaped is a text that says itself wherever HTML is read. Quotes stay as they are: WordPress would show their entities.
func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// unescaped is what escaped was made of.
func unescaped(s string) string { return html.UnescapeString(s) }

// content is a plain text as HTML: a paragraph for each block of lines, addresses as links. Square brackets would be read as
// shortcodes.
func content(text string) string {
	var out []string
	for _, p := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.Trim(p, "\n"); strings.TrimSpace(p) != "" {
			out = append(out, "<p>"+strings.ReplaceAll(linked(p), "\n", "<br/>\n")+"</p>")
		}
	}
	return strings.Join(out, "\n\n")
}

// linked is a paragraph with its addresses as links.
func linked(p string) string {
	var b strings.Builder
	at := 0
	for _, e := range posttext.Read("wordpress", posttext.Limits{}, p).Links {
		if !strings.HasPrefix(e.Text, "https://") && !strings.HasPrefix(e.Text, "http://") || e.Bytes[1] > len(p) {
			continue
		}
		b.WriteString(safe(p[at:e.Bytes[0]]))
		fmt.Fprintf(&b, `<a href="%s">%s</a>`, html.EscapeString(e.Text), safe(e.Text))
		at = e.Bytes[1]
	}
	return b.String() + safe(p[at:])
}

// safe is escaped, and without the beginnings of shortcodes.
func safe(s string) string {
	return strings.NewReplacer("[", "&#91;", "]", "&#93;").Replace(escaped(s))
}

// readText is the text that content was made of, up to spaces: what stands between the tags, read once.
func readText(raw string) string {
	var b strings.Builder
	hidden := 0 // how deep we are in what is never shown
	for z := html.NewTokenizer(strings.NewReader(raw)); ; {
		kind := z.Next()
		tag, _ := z.TagName()
		unseen := slices.Contains([]string{"script", "style"}, string(tag))
		switch {
		case kind == html.ErrorToken:
			return strings.TrimSpace(b.String())
		case kind == html.StartTagToken && unseen:
			hidden++
		case kind == html.EndTagToken && unseen:
			hidden = max(hidden-1, 0)
		case kind == html.TextToken && hidden == 0:
			b.Write(z.Text()) // unescaped
		case kind != html.TextToken && slices.Contains([]string{"p", "br", "li", "div", "h1", "h2", "h3", "figure", "blockquote"}, string(tag)):
			b.WriteByte('\n')
		}
	}
}

// countImages counts the pictures in a content.
func countImages(raw string) int { return strings.Count(strings.ToLower(raw), "<img ") }

// kept is a picture in the site's library.
type kept struct {
	ID     int64  `json:"id"`
	Source string `json:"source_url"`
}

// picture brings a picture into the site's library, once for its bytes.
func (s *site) picture(ctx context.Context, l *publish.Letter, one desk.Media) (kept, error) {
	name := "bw-" + one.Hash[:min(len(one.Hash), 24)]
	var known []kept
	if err := s.get(ctx, "/wp/v2/media", url.Values{"slug": {name}}, &known); err != nil {
		return kept{}, connector.Failure(err)
	}
	if len(known) > 0 {
		return known[0], s.describe(ctx, known[0], one)
	}
	body, err := l.Body(ctx, one)
	if err != nil {
		return kept{}, fmt.Errorf("read media %s: %w", one.Hash, err)
	}
	_, ending, _ := strings.Cut(one.Type, "/")
	var got kept
	err = s.call(ctx, http.MethodPost, "/wp/v2/media", nil, fetch.Request{Body: body, Header: http.Header{
		"Content-Type": {one.Type}, "Content-Disposition": {fmt.Sprintf(`attachment; filename="%s.%s"`, name, ending)},
	}}, &got)
	if err == nil && got.ID == 0 {
		err = &fetch.Garbled{Host: s.host(), Err: errNoPost}
	}
	if err != nil {
		return kept{}, connector.Failure(err)
	}
	return got, s.describe(ctx, got, one)
}

// describe gives a picture its alternative text.
func (s *site) describe(ctx context.Context, k kept, one desk.Media) error {
	return connector.Failure(s.post(ctx, fmt.Sprintf("/wp/v2/media/%d", k.ID), map[string]string{"alt_text": one.Alt}, nil))
}
