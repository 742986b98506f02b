// Package file reads mentions from tables (CSV) and from lines of JSON (NDJSON), however spreadsheets and exports write
// them. A file is always read from its first line: what was kept before is known by its key, so reading twice doubles nothing, a
// reading that was cut off is whole once it is read again, and a row that was mended meanwhile is taken in.
package file

import (
	"context"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/source"
)

// Kind is the file connector. Its sources have nothing to pull: Import fills them.
var Kind = connector.Kind{Source: newSource, Import: Import, Spec: desk.Spec{
	Kind:  "file",
	Title: "File (CSV or NDJSON)",
	Help:  "Mentions that you bring yourself: an export of another tool, a table of your own.",
	Push:  true,
	Fields: []desk.Field{
		{Name: "network", Label: "Network", Default: "file", Help: "Where mentions come from whose row does not say it."},
		{Name: "zone", Label: "Time zone", Default: "UTC", Help: "Of times that do not say it, like Europe/Stockholm."},
		{
			Name: "mapping", Label: "Mapping", Kind: "lines",
			Help: "Where columns have unusual names, a line for each part: text = Inlägg, published = Datum, author.handle = Konto.",
		},
	},
}}

// Options say how a file is read. The zero value guesses everything.
type Options struct {
	SourceID int64
	Network  string         // of rows that do not say it; empty is "file"
	Zone     *time.Location // of times that do not say it; nil is UTC
	Mapping  string         // connector.ParseMapping
}

// OptionsOf reads a source's settings. Its errors are *desk.Invalid.
func OptionsOf(s desk.Source) (Options, error) {
	o := Options{SourceID: s.ID, Network: s.Settings["network"], Mapping: s.Settings["mapping"]}
	var err error
	if o.Zone, err = time.LoadLocation(s.Settings["zone"]); err != nil {
		return o, desk.Wrong("zone", "There is no such time zone. Write it like Europe/Stockholm.")
	}
	_, err = connector.ParseMapping(o.Mapping)
	return o, err
}

// still is the source of what is imported: it never says anything by itself.
type still struct{}

func newSource(set desk.Settings, _ connector.Env) (source.Source, error) {
	_, err := OptionsOf(desk.Source{Settings: set})
	return still{}, err
}

// Pull says that nothing will ever follow.
func (still) Pull(context.Context, string) (desk.Batch, error) { return desk.Batch{Done: true}, nil }
