package app

import (
	"io"
	"strings"

	"breakwater/connector/feed"
	"breakwater/desk"
)

// feeds reads and writes lists of feeds for the console and the API, which know no connector.
type feeds struct{}

// Read gives a new source for each feed of an OPML list.
func (feeds) Read(r io.Reader) ([]desk.Source, error) {
	outlines, err := feed.ReadOPML(r)
	if err != nil {
		return nil, err
	}
	var list []desk.Source
	for _, o := range outlines {
		list = append(list, desk.Source{Kind: feed.Kind.Spec.Kind, Name: o.Title, Settings: desk.Settings{"url": o.URL}, KeepAll: true})
	}
	return list, nil
}

// Write writes those of the sources that are feeds as an OPML list.
func (f feeds) Write(w io.Writer, list []desk.Source) error {
	var outlines []feed.Outline
	for _, s := range list {
		if address := f.Address(s); address != "" {
			outlines = append(outlines, feed.Outline{Title: s.Name, URL: address})
		}
	}
	return feed.WriteOPML(w, "Breakwater", outlines)
}

// Address is what makes two sources the same feed; empty for what is no feed.
func (feeds) Address(s desk.Source) string {
	if s.Kind != feed.Kind.Spec.Kind {
		return ""
	}
	return strings.TrimSpace(s.Settings["url"])
}
