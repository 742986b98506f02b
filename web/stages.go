package web

import (
	"context"
	"io"
	"log/slog"

	"breakwater/access"
	"breakwater/alert"
	"breakwater/desk"
	"breakwater/detect"
	"breakwater/incident"
	"breakwater/journal"
	"breakwater/people"
	"breakwater/radar"
	"breakwater/source"
)

// Stages are what the console shows and asks to do things.
type Stages struct {
	Gate     *access.Gate
	Radar    *radar.Desk
	Alerts   *alert.Router
	Rooms    *incident.Register
	Book     *people.Book
	Journal  *journal.Log
	Live     *journal.Hub
	Detect   *detect.Engine
	Sources  *source.Register
	Monitors Monitors
	Steps    Steps  // nil: the steps of a room cannot be ticked
	Feeds    Feeds  // nil: no lists of feeds
	Import   Import // nil: no files
	Brands   Brands
	Log      *slog.Logger // nil: nothing is logged
	Secure   bool         // the console is reached by https: cookies say so
}

// Monitors is what pages need of match.Monitors.
type Monitors interface {
	List(ctx context.Context, brandID int64) ([]desk.Monitor, error)
	One(ctx context.Context, id int64) (desk.Monitor, error)
	Save(ctx context.Context, m desk.Monitor) (desk.Monitor, error)
	Delete(ctx context.Context, id int64) error
}

// Previewer tries a query on what is stored.
type Previewer interface {
	Preview(ctx context.Context, brandID int64, query string) (Found, error)
}

// Steps ticks what the plan of an incident asks for.
type Steps interface {
	Tick(ctx context.Context, incidentID int64, step string) (desk.Incident, error)
}

// Feeds reads and writes the lists of feeds (OPML) that people share.
type Feeds interface {
	// Read gives a new source for each feed of a list. Its errors are *desk.Invalid.
	Read(r io.Reader) ([]desk.Source, error)
	// Write writes those of the sources that are feeds.
	Write(w io.Writer, list []desk.Source) error
	// Address is what makes two sources the same feed; empty for what is no feed.
	Address(desk.Source) string
}

// Import takes mentions out of a CSV or NDJSON file for a brand, by its name's ending. Its errors are *desk.Invalid for a
// file that cannot be read at all; single bad rows are in the report.
type Import func(ctx context.Context, brandID int64, name string, r io.Reader) (Imported, error)

// Imported is the report of an import.
type Imported struct {
	Name     string
	New      int           // mentions that were kept
	Known    int           // that were there already
	Unasked  int           // that no monitor answers, so they were not kept
	Rejected int           // rows that could not be read
	Rejects  []desk.Reject // the first of them
}

// Brands is what pages need to know and change brands.
type Brands interface {
	Brands(ctx context.Context) ([]desk.Brand, error)
	ChangeBrand(ctx context.Context, id int64, act desk.Act, change func(*desk.Brand, *desk.Out) error) (desk.Brand, error)
}

// Found is what a query would have found in what is stored.
type Found struct {
	Page   desk.Page
	Count  int
	PerDay []desk.Point
}
