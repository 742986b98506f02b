package web

import (
	"context"
	"io"
	"log/slog"

	"breakwater/access"
	"breakwater/alert"
	"breakwater/approve"
	"breakwater/assess"
	"breakwater/centre"
	"breakwater/desk"
	"breakwater/detect"
	"breakwater/enrich"
	"breakwater/incident"
	"breakwater/internal/door"
	"breakwater/journal"
	"breakwater/match"
	"breakwater/mirror"
	"breakwater/occasion"
	"breakwater/oncall"
	"breakwater/people"
	"breakwater/plan"
	"breakwater/preflight"
	"breakwater/publish"
	"breakwater/radar"
	"breakwater/reply"
	"breakwater/source"
	"breakwater/staff"
	"breakwater/subscribe"
	"breakwater/topic"
)

// Stages are what the console shows and asks to do things.
type Stages struct {
	Gate      *access.Gate
	Keys      *access.Keys
	Lessons   *enrich.Learner
	Outside   *enrich.Outside
	Radar     *radar.Desk
	Alerts    *alert.Router
	Rooms     *incident.Register
	Assess    assess.Tools
	Words     *approve.Gate
	Book      *people.Book
	Contacts  *people.Directory
	Staff     *staff.Briefings
	Centre    *centre.Desk
	Copies    *mirror.Desk
	Letters   *subscribe.Desk
	Outbox    *publish.Outbox
	Channels  *publish.Channels
	Hands     *publish.Hands
	Journal   *journal.Log
	Live      *journal.Hub
	Detect    *detect.Engine
	Sources   *source.Register
	Monitors  *match.Monitors
	Lexicon   *enrich.Lexicon
	Occasions *occasion.Calendar
	Preflight *preflight.Desk
	Queue     *reply.Queue
	Plans     *plan.Board
	Policies  *plan.Policies
	Committee *plan.Meetings
	Ready     *plan.Ready
	Roster    *oncall.Roster
	Escalator *oncall.Escalator
	Postman   *oncall.Postman
	Heart     *oncall.Heart
	PushKey   string       // what browsers are told of the desk's key for Web Push; empty: no pushes
	Topics    *topic.Watch // nil: none are followed
	Feeds     Feeds        // nil: no lists of feeds
	Brands    Brands
	Log       *slog.Logger // nil: nothing is logged
	Secure    bool         // the console is reached by https: cookies say so
	Limits    *door.Limits // nil: nobody is slowed
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

// Brands is what pages need to know and change brands.
type Brands interface {
	journal.Eyes
	Brands(ctx context.Context) ([]desk.Brand, error)
	ChangeBrand(ctx context.Context, id int64, act desk.Act, change func(*desk.Brand, *desk.Out) error) (desk.Brand, error)
}
