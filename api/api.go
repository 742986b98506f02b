// Package api is the desk over HTTP, for programs: the same stages as the console, under /api/v1, described by OpenAPI 3.1 at
// /api/v1/openapi.json.
//
// Every area has its file: on top the table of its operations with the least role, below the functions, each calling one
// method of one stage. The tables together are the permission list; the tests walk them.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

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

// prefix is where the API lives. A change that breaks clients gets a new one.
const prefix = "/api/v1"

// Stages are what the API asks to do things.
type Stages struct {
	Gate      *access.Gate
	Keys      *access.Keys
	Brands    Brands
	Sources   *source.Register
	Feeds     Feeds
	Monitors  *match.Monitors
	Lexicon   *enrich.Lexicon
	Occasions *occasion.Calendar
	Roster    *oncall.Roster
	Escalator *oncall.Escalator
	Heart     *oncall.Heart
	Postman   *oncall.Postman
	Plans     *plan.Board
	Policies  *plan.Policies
	Committee *plan.Meetings
	Ready     *plan.Ready
	Lessons   *enrich.Learner
	Outside   *enrich.Outside
	Radar     *radar.Desk
	Topics    *topic.Watch
	Alerts    *alert.Router
	Rooms     *incident.Register
	Words     *approve.Gate
	Assess    assess.Tools
	Book      *people.Book
	Contacts  *people.Directory
	Staff     *staff.Briefings
	Centre    *centre.Desk
	Copies    *mirror.Desk
	Letters   *subscribe.Desk
	Outbox    *publish.Outbox
	Channels  *publish.Channels
	Hands     *publish.Hands
	Detect    *detect.Engine
	Journal   *journal.Log
	Live      *journal.Hub
	Preflight *preflight.Desk
	Queue     *reply.Queue

	Cookie  string       // name of the console's session cookie
	Limits  *door.Limits // nil: nobody is slowed
	Version string       // of the program
	Log     *slog.Logger // nil: nothing is logged
}

// Brands is what the API needs to know and change brands.
type Brands interface {
	journal.Eyes
	Brands(ctx context.Context) ([]desk.Brand, error)
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	ChangeBrand(ctx context.Context, id int64, act desk.Act, change func(*desk.Brand, *desk.Out) error) (desk.Brand, error)
}

// server is the API with what it needs.
type server struct {
	Stages
	beat     time.Duration // between heartbeats of the event stream
	doc      *huma.OpenAPI // what it says of itself
	speaking sync.Map      // reflect.Type to bool: can hold a desk.Text
}

// New makes the API's handler, to be mounted at /api/v1/.
func New(s Stages) (http.Handler, error) {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	return (&server{Stages: s, beat: heartbeat}).handler()
}

// operations are all that the API can do, area by area.
func (s *server) operations() []operation {
	var all []operation
	for _, area := range [][]operation{
		s.selfOperations(), s.brandOperations(), s.monitorOperations(), s.cueOperations(), s.occasionOperations(), s.conversationOperations(), s.oncallOperations(), s.statementOperations(), s.sourceOperations(), s.importOperations(), s.mentionOperations(), s.correctionOperations(), s.engineOperations(), s.radarOperations(), s.topicOperations(), s.alertOperations(),
		s.holdOperations(), s.postOperations(),
		s.incidentOperations(), s.factOperations(), s.userOperations(), s.ssoOperations(), s.keyOperations(), s.tokenOperations(), s.wayOperations(), s.journalOperations(), s.eventOperations(),
		s.planOperations(), s.policyOperations(), s.readyOperations(),
		s.channelOperations(),
		s.claimOperations(), s.adviceOperations(),
		s.preflightOperations(),
		s.evidenceOperations(),
		s.contactOperations(), s.briefingOperations(), s.centreOperations(), s.pressOperations(), s.copyOperations(), s.subscriberOperations(),
	} {
		all = append(all, area...)
	}
	return all
}

func (s *server) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	api := humago.NewWithPrefix(mux, prefix, s.config())
	for _, op := range s.operations() {
		op.register(s, api)
	}
	s.doc = api.OpenAPI()
	settle(s.doc)
	spec, err := json.Marshal(s.doc)
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET "+prefix+"/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Write(spec)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.refuse(w, r, desk.ErrNotFound) })
	return s.admit(s.onlyKnown(mux)), nil
}

// config describes the API as a whole.
func (s *server) config() huma.Config {
	c := huma.DefaultConfig("Breakwater", s.Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // no $schema in answers
	c.RejectUnknownQueryParameters = true
	c.Transformers = []huma.Transformer{s.translate, s.speak}
	c.Info.Description = about
	c.Info.License = &huma.License{Name: "AGPL-3.0-or-later", Identifier: "AGPL-3.0-or-later"}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "A token made in the console or by `breakwater token add`."},
		"session": {Type: "apiKey", In: "cookie", Name: s.Cookie, Description: "The console's session; only from the console's own pages."},
	}
	c.Components.Schemas = newRegistry()
	return c
}

// about is the first thing that a reader of the API's description reads.
const about = `A self-hosted crisis desk: what is said about a brand, what is unusual about it, who was told, and what was decided.

Identifiers are strings. Times are RFC 3339 in UTC. Lists come newest first in pages: pass ` + "`next`" + ` back as ` + "`cursor`" + ` until it is empty.
Sentences for people are objects: ` + "`text`" + ` is the sentence in the language that ` + "`Accept-Language`" + ` asks for (en, he, pl, id, zh-Hant, sv), ` + "`say`" + ` and ` + "`with`" + ` are what it
was made of. Errors follow RFC 9457; ` + "`detail`" + ` is in that language too, and ` + "`errors`" + ` names the fields.`

// onlyKnown answers 404 and 405 as problems too, where the mux would answer in plain text.
func (s *server) onlyKnown(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" && pattern != "/" {
			mux.ServeHTTP(w, r)
			return
		}
		var other []string
		for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			probe := r.Clone(r.Context())
			probe.Method = m
			if _, pattern := mux.Handler(probe); pattern != "" && pattern != "/" {
				other = append(other, m)
			}
		}
		if len(other) > 0 {
			w.Header().Set("Allow", strings.Join(other, ", "))
			s.refuse(w, r, errMethod)
			return
		}
		s.refuse(w, r, desk.ErrNotFound)
	})
}

var errMethod = errors.New("no such method here")

// Addresses are the patterns of all addresses of the API, as net/http's mux takes them.
func Addresses() (all []string) {
	for _, op := range new(server).operations() {
		all = append(all, op.Method+" "+prefix+op.Path)
	}
	return all
}
