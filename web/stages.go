package web

import (
	"context"
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

// Brands is what pages need to know and change brands.
type Brands interface {
	Brands(ctx context.Context) ([]desk.Brand, error)
	ChangeBrand(ctx context.Context, id int64, act desk.Act, change func(*desk.Brand, *desk.Out) error) (desk.Brand, error)
}
