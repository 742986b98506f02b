// Package mirror keeps copies of a brand's public pages on other servers: each is brought to what the pages are now, in an order in which
// no visitor meets half of a change, and tried again until it is.
package mirror

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"breakwater/desk"
)

// File is one file of the public pages.
type File struct {
	Type  string // media type
	Cache string // Cache-Control that it is served with
	Body  []byte
	Gzip  []byte // the same compressed; nil: not worth it
}

// Edition is all that a brand shows to the public at one moment.
type Edition struct {
	Files map[string]File // by path with slashes, folders' fronts as index.html
}

// Step is one file of a push.
type Step struct {
	Name string // path with slashes
	File File
	Gone bool // it is to be removed
}

// Change is what a push brings.
type Change struct {
	Steps []Step          // in the order in which visitors may meet them
	Files map[string]File // everything that is there afterwards
}

// Place is a folder of another server that holds a copy.
type Place interface {
	// Push takes the steps in their order; whoever looks meanwhile sees each file as it was or as it is. may is asked before each step, and
	// ends the push with its error. done is how many steps are there for good, also beside an error. Doing a step again does no harm.
	Push(ctx context.Context, c Change, may func() error) (done int, err error)
	// Test signs in and tries whether the folder can be written, without anything that visitors could notice.
	Test(ctx context.Context) error
}

// Kind is a kind of place.
type Kind struct {
	Spec desk.Spec
	// Open makes the place; it checks the settings, as *desk.Invalid, and connects nothing.
	Open func(set desk.Settings) (Place, error)
	// Fresh fills in what the desk makes itself, such as a key to sign in with. nil: nothing.
	Fresh func(set desk.Settings) error
	// Public is the half of that which the other server needs to know; empty: none. nil: there is none.
	Public func(set desk.Settings) string
}

// HostKey is the setting that holds the fingerprint of a server's key, for kinds that know servers by it.
const HostKey = "host_key"

// Stranger is a server that shows a key which nobody has confirmed. It was told no secret.
type Stranger struct {
	Shown string // fingerprint
	Other bool   // another key was confirmed before
}

func (e *Stranger) Error() string { return "the server shows the key " + e.Shown }

// Store is what copies need of storage.
type Store interface {
	Carriers(ctx context.Context, brandID int64, kind string) ([]desk.Carrier, error)
	Carrier(ctx context.Context, id int64) (desk.Carrier, error)
	ChangeCarrier(ctx context.Context, id int64, act desk.Act, change func(*desk.Carrier, *desk.Out) error) (desk.Carrier, error)
	DeleteCarrier(ctx context.Context, id int64, act desk.Act) error
	SetCarrierState(ctx context.Context, found desk.Carrier) error
	CarrierFiles(ctx context.Context, id int64) (map[string]string, error)
	KeepCarrierFiles(ctx context.Context, id int64, files map[string]string) error
	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FailJob(ctx context.Context, id int64, again time.Time, problem string) error
	PostponeJobs(ctx context.Context, ids []int64, until time.Time) error
	HastenJobs(ctx context.Context, kind string, keys []string) error
}

// Around is what copies need of the rest of the desk.
type Around struct {
	// Edition is what a brand shows now. *desk.Invalid when it has no crisis centre.
	Edition func(ctx context.Context, brandID int64) (Edition, error)
	// Past is what a brand showed at a time, less what was taken off the web since: nothing that became public later is in it.
	Past func(ctx context.Context, brandID int64, at time.Time) (Edition, error)
	// Held reports whether a hold keeps new words of a brand from the public.
	Held func(ctx context.Context, brandID int64) (bool, error)
	// Alarm tells people that a copy needs them; key is the same for the same trouble.
	Alarm func(ctx context.Context, brandID int64, key string, what desk.Text)
}

// Desk is where people set up copies, and what keeps them as they should be.
type Desk struct {
	Kinds  []Kind // in the order in which people are offered them
	Around Around

	store Store
	log   *slog.Logger
	wake  chan struct{}

	mu    sync.Mutex    // guards under
	under map[int64]int // pushes under way, by brand
}

// New makes the desk of copies.
func New(s Store, kinds []Kind, around Around, log *slog.Logger) *Desk {
	return &Desk{Kinds: kinds, Around: around, store: s, log: log, wake: make(chan struct{}, 1), under: make(map[int64]int)}
}

// kind finds a kind by its name.
func (d *Desk) kind(name string) (Kind, bool) {
	for _, k := range d.Kinds {
		if k.Spec.Kind == name {
			return k, true
		}
	}
	return Kind{}, false
}
