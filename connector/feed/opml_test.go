package feed_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"breakwater/connector/feed"
	"breakwater/desk"
)

func TestReadOPML(t *testing.T) {
	t.Parallel()
	got, err := feed.ReadOPML(strings.NewReader(`<?xml version="1.0" encoding="iso-8859-1"?><opml version="1.1"><head><title>Mine</title></head><body>
		<outline text="News &amp; more"><outline text="Local"><outline type="rss" text="Harbour Post" title="The &lt;b&gt;Harbour&lt;/b&gt; Post" xmlUrl=" https://harbour.example/feed " htmlUrl="https://harbour.example"/></outline>
		<outline type="rss" text="Twice" xmlUrl="https://harbour.example/feed"/></outline>
		<outline text="No title" XMLURL="https://b.example/rss"/><outline xmlUrl="https://c.example/rss"/>
		<outline text="Not of the web" xmlUrl="javascript:alert(1)"/><outline text="Nothing"/>
		<outline type="rss" text="No address"/></body></opml>`))
	if err != nil {
		t.Fatal(err)
	}
	want := []feed.Outline{
		{Title: "The Harbour Post", URL: "https://harbour.example/feed", Site: "https://harbour.example", Folder: "News & more / Local"},
		{Title: "No title", URL: "https://b.example/rss"},
		{Title: "c.example", URL: "https://c.example/rss"},
		{Title: "Not of the web", URL: "javascript:alert(1)"}, // whoever adds it says why not
		{Title: "No address"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOPMLThatIsRefused(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 10_100 {
		fmt.Fprintf(&many, `<outline xmlUrl="https://a.example/%d"/>`, i)
	}
	for name, list := range map[string]string{
		"empty":     "",
		"a feed":    blog(1),
		"cut":       `<opml><body><outline text="a`,
		"words":     "hello",
		"entities":  `<!DOCTYPE opml [<!ENTITY a "b">]><opml><body><outline text="&a;"/></body></opml>`,
		"deep":      "<opml><body>" + strings.Repeat(`<outline text="a">`, 100_000),
		"too many":  "<opml><body>" + many.String() + "</body></opml>",
		"too large": "<opml><body>" + strings.Repeat(" ", 9<<20) + "</body></opml>",
	} {
		_, err := feed.ReadOPML(strings.NewReader(list))
		var invalid *desk.Invalid
		if !errors.As(err, &invalid) {
			t.Errorf("%s: got %v, want *desk.Invalid", name, err)
		}
	}
}

func TestOPMLThereAndBack(t *testing.T) {
	t.Parallel()
	feeds := []feed.Outline{
		{Title: `Tom & "Jerry" < x`, URL: "https://a.example/?a=1&b=2", Site: "https://a.example"},
		{Title: "חדשות", URL: "https://b.example/feed", Folder: "News"},
		{Title: "C", URL: "https://c.example/feed"},
		{Title: "D", URL: "https://d.example/feed", Folder: "News"},
	}
	var b strings.Builder
	if err := feed.WriteOPML(&b, "Feeds of the desk", feeds); err != nil {
		t.Fatal(err)
	}
	got, err := feed.ReadOPML(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	want := []feed.Outline{feeds[0], feeds[1], feeds[3], feeds[2]} // those of a folder together
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
