package feed

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"breakwater/connector"
	"breakwater/internal/fetch"
)

// Found is a feed that a site offers.
type Found struct {
	URL   string
	Title string // as the site calls it; may be empty
}

// Bounds of a search: feeds named by a page that we list, and bytes of a page that we read.
const (
	maxFound = 20
	maxPage  = 4 << 20
)

// commonPaths are where feeds lie that no page names, most likely first.
var commonPaths = []string{"/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json", "/feeds/posts/default"}

// Discover finds the feeds of a site by the address of a page (https:// may be left out): the page itself when it is a feed,
// else those that it names, else one that lies in a common place. None found is no error.
// Errors are those of connector.Failure.
func Discover(ctx context.Context, c *fetch.Client, address string) ([]Found, error) {
	address = strings.TrimSpace(address)
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	a, err := c.Do(ctx, fetch.Request{URL: address, MaxBody: maxPage})
	var large *fetch.TooLarge
	if errors.As(err, &large) { // a feed may be larger than any page
		a, err = c.Do(ctx, fetch.Request{URL: address})
	}
	if err != nil {
		return nil, connector.Failure(err)
	}
	if f, err := decode(a.Body, a.Header.Get("Content-Type")); err == nil {
		return []Found{{URL: orElse(a.Moved, address), Title: line(f.Title)}}, nil
	}
	base, err := url.Parse(a.URL)
	if err != nil {
		return nil, connector.Failure(&fetch.Address{Why: "cannot be read"})
	}
	if found := named(toUTF8(a.Body, a.Header.Get("Content-Type")), base); len(found) > 0 {
		return found, nil
	}
	return guess(ctx, c, base)
}

// named are the feeds that a page names in its head, and failing that those that it links to.
func named(page []byte, base *url.URL) []Found {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
	if err != nil {
		return nil
	}
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if u, err := base.Parse(href); err == nil {
			base = u
		}
	}
	var found []Found
	add := func(href, title string) {
		u, err := base.Parse(strings.TrimSpace(href))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || len(found) == maxFound {
			return
		}
		f := Found{URL: u.String(), Title: line(title)}
		if !slices.ContainsFunc(found, func(o Found) bool { return o.URL == f.URL }) {
			found = append(found, f)
		}
	}
	doc.Find("link[rel~=alternate][href]").Each(func(_ int, s *goquery.Selection) {
		if feedType(s.AttrOr("type", "")) {
			add(s.AttrOr("href", ""), s.AttrOr("title", ""))
		}
	})
	if len(found) > 0 {
		return found
	}
	doc.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
		href := s.AttrOr("href", "")
		if feedType(s.AttrOr("type", "")) || feedPath(href) {
			add(href, s.Text())
		}
	})
	return found
}

func feedType(mime string) bool {
	mime, _, _ = strings.Cut(strings.ToLower(mime), ";")
	switch strings.TrimSpace(mime) {
	case "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/json":
		return true
	}
	return false
}

func feedPath(href string) bool {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return false
	}
	path := strings.ToLower(strings.TrimSuffix(u.Path, "/"))
	for _, end := range []string{"/feed", "/rss", "/atom", ".rss", ".atom", "feed.xml", "rss.xml", "atom.xml", "/index.xml", "feed.json"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

// guess tries the common places one after the other and stops at the first feed.
func guess(ctx context.Context, c *fetch.Client, base *url.URL) ([]Found, error) {
	for _, path := range commonPaths {
		u := url.URL{Scheme: base.Scheme, Host: base.Host, Path: path}
		a, err := c.Do(ctx, fetch.Request{URL: u.String()})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			continue
		}
		if f, err := decode(a.Body, a.Header.Get("Content-Type")); err == nil {
			return []Found{{URL: orElse(a.Moved, u.String()), Title: line(f.Title)}}, nil
		}
	}
	return nil, nil
}
