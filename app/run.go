package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/api"
	"breakwater/centre"
	"breakwater/connector/webhook"
	"breakwater/internal/door"
	"breakwater/internal/fetch"
	"breakwater/store"
	"breakwater/web"
)

func (c Config) publicURL() string {
	if c.PublicURL != "" {
		return strings.TrimSuffix(c.PublicURL, "/")
	}
	return "http://" + c.Listen
}

func (c Config) out() io.Writer {
	if c.Out != nil {
		return c.Out
	}
	return os.Stdout
}

func serve(ctx context.Context, c Config) error {
	return run(ctx, c, func(ctx context.Context, s *stages) (func() error, error) {
		token, err := s.gate.FirstRun(ctx)
		if err == nil && token != "" {
			fmt.Fprintf(c.out(), "\n  This desk has nobody yet. Set it up at\n  %s/setup?token=%s\n  The address works once; a restart prints a new one.\n\n", c.publicURL(), token.Reveal())
		}
		return nil, err
	})
}

// Frugal has the garbage collector run more than three times as often as Go's default: a flood makes garbage much faster than it makes
// anything that lasts, and a small machine shall hold it (measured: 2 % of the processor for 55 MB). GOGC overrules it.
func Frugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(28)
	}
}

// leastAtOnce is how many goroutines may compute at a time at least.
const leastAtOnce = 4

// attentive lets more goroutines compute at a time than a small machine has processors, so that the system, which favours who waited long,
// shares them out, and a request is not kept waiting behind two long computations until Go's own 10 ms are over (measured on two
// processors while a page is published every second: the slowest hundredth of a crowd's answers 7.6 ms instead of 13). GOMAXPROCS overrules
// it.
func attentive() {
	if os.Getenv("GOMAXPROCS") == "" && runtime.GOMAXPROCS(0) < leastAtOnce {
		runtime.GOMAXPROCS(leastAtOnce)
	}
}

// beginning is what a desk does once everything is put together. It gives what it goes on with once the desk is ready, or nil.
type beginning func(context.Context, *stages) (next func() error, err error)

// run answers on its address at once, first with what the crisis centre showed last, opens the desk, and calls begin when everything is put
// together. It returns when ctx ends, after everything has stopped, or with the first failure.
func run(ctx context.Context, c Config, begin beginning) (err error) {
	Frugal()
	attentive()
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen for the console: %w", err)
	}
	defer ln.Close()
	safe, err := listenTLS(ctx, c)
	if err != nil {
		return err
	}
	if safe != nil {
		defer safe.Close()
	}
	ours, err := proxies(c.TrustProxy)
	if err != nil {
		return err
	}
	c.site = new(centre.Site)
	if err := c.site.Wake(filepath.Join(c.Data, centreFolder)); err != nil {
		c.Log.Warn("what the crisis centre showed could not be read", "error", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	h := newHallway(c.site)
	group.Go(func() error { return listenAndServe(ctx, c.site.Listen(door.Listen(ln, ours)), h) })
	if safe != nil {
		c.certs = newCertificates(c, c.site.Hosts)
		by := tls.NewListener(door.Listen(safe, ours), c.certs.config())
		group.Go(func() error { return listenAndServe(ctx, by, h) })
	}
	s, err := openWhenThere(ctx, c)
	if err != nil {
		stop()
		return errors.Join(unlessEnded(err), unlessEnded(group.Wait()))
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.start(ctx, c, group, h, begin); err != nil {
		stop()
		return errors.Join(unlessEnded(err), unlessEnded(group.Wait()))
	}
	c.Log.Info("the desk answers", "address", ln.Addr().String())
	return unlessEnded(group.Wait())
}

// start sets everything going that an open desk does.
func (s *stages) start(ctx context.Context, c Config, group *errgroup.Group, h *hallway, begin beginning) error {
	if err := warm(ctx, s.db, s.flow.Enrich.Folder, time.Now()); err != nil {
		return fmt.Errorf("read the newest mentions: %w", err)
	}
	front, ready, err := s.front(c)
	if err != nil {
		return err
	}
	h.open(front)
	for _, loop := range s.loops(c) {
		group.Go(func() error { return loop(ctx) })
	}
	group.Go(func() error { <-ctx.Done(); s.hub.Close(); return nil })
	group.Go(func() error {
		next, err := begin(ctx, s)
		if err != nil {
			return err
		}
		if ready.Store(true); next == nil {
			return nil
		}
		return next()
	})
	return nil
}

// unlessEnded is err, but nil for the end of what was asked for.
func unlessEnded(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// knock is how often a database that is not there is tried again.
const knock = 2 * time.Second

// openWhenThere is open, which waits for a database server that cannot be reached: the public pages are served meanwhile.
func openWhenThere(ctx context.Context, c Config) (*stages, error) {
	for first := true; ; first = false {
		s, err := open(ctx, c)
		if !errors.Is(err, store.ErrUnreachable) {
			return s, err
		}
		if first {
			c.Log.Error("the database cannot be reached: only the public pages are up, the rest follows as soon as it answers", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(knock):
		}
	}
}

// loops are what runs as long as the desk does.
func (s *stages) loops(c Config) []func(context.Context) error {
	return []func(context.Context) error{
		s.log.Heads.Run,
		s.flow.Run,
		func(ctx context.Context) error { return hearAgain(ctx, s.flow, s.db, s.hearing, c.Log) },
		s.poller.Run,
		s.monitors.Run,
		s.learner.Run,
		s.topics.Run,
		s.outside.Run,
		s.lexicon.Run,
		s.engine.Run,
		s.router.Run,
		s.mailman.Run,
		s.escalator.Run,
		s.postman.Run,
		s.heart.Run,
		s.askAround,
		s.outbox.Run,
		s.plans.Run,
		s.channels.Run,
		s.words.Run,
		s.queue.Run,
		s.gate.Run,
		s.keys.Run,
		s.contacts.Run,
		s.staff.Run,
		s.builder.Run,
		s.letters.Run,
		s.copies.Run,
		s.assess.Locker.Run,
		func(ctx context.Context) error { return retain(ctx, s.db, c.Log) },
	}
}

// front makes what the desk answers with. ready is to be set once the desk may be relied on.
func (s *stages) front(c Config) (http.Handler, *atomic.Bool, error) {
	secure := strings.HasPrefix(c.publicURL(), "https://")
	limits := door.NewLimits()
	console, err := web.New(web.Stages{
		Gate: s.gate, Keys: s.keys, Radar: s.radar, Alerts: s.router, Rooms: s.rooms, Words: s.words, Assess: s.assess, Book: s.book, Journal: s.log, Live: s.hub,
		Detect: s.engine, Sources: s.sources, Monitors: s.monitors, Lexicon: s.lexicon, Topics: s.topics, Occasions: s.occasions, Feeds: feeds{}, Brands: s.db,
		Lessons: s.learner, Outside: s.outside, Plans: s.plans, Policies: s.policies, Committee: s.committee, Ready: s.ready, Roster: s.roster, Escalator: s.escalator, Postman: s.postman, Heart: s.heart, PushKey: s.publicPushKey(),
		Outbox: s.outbox, Channels: s.channels, Hands: s.hands,
		Letters:   s.letters,
		Preflight: s.preflight,
		Contacts:  s.contacts,
		Staff:     s.staff,
		Centre:    s.centre,
		Copies:    s.copies,
		Queue:     s.queue,
		Log:       c.Log, Secure: secure, Limits: limits,
	})
	if err != nil {
		return nil, nil, err
	}
	programs, err := api.New(api.Stages{
		Gate: s.gate, Keys: s.keys, Brands: s.db, Monitors: s.monitors, Lexicon: s.lexicon, Occasions: s.occasions, Sources: s.sources, Feeds: feeds{}, Radar: s.radar, Alerts: s.router, Rooms: s.rooms, Words: s.words, Assess: s.assess,
		Book: s.book, Topics: s.topics, Detect: s.engine, Lessons: s.learner, Outside: s.outside, Journal: s.log, Live: s.hub, Cookie: web.Cookie(secure), Version: c.Version, Log: c.Log,
		Outbox: s.outbox, Plans: s.plans, Policies: s.policies, Committee: s.committee, Ready: s.ready, Roster: s.roster, Escalator: s.escalator, Postman: s.postman, Heart: s.heart,
		Channels: s.channels, Hands: s.hands,
		Preflight: s.preflight,
		Contacts:  s.contacts,
		Staff:     s.staff,
		Centre:    s.centre,
		Copies:    s.copies,
		Letters:   s.letters,
		Queue:     s.queue,
		Limits:    limits,
	})
	if err != nil {
		return nil, nil, err
	}
	ours, err := proxies(c.TrustProxy)
	if err != nil {
		return nil, nil, err
	}
	watchers, err := prefixes(c.MetricsFrom)
	if err != nil {
		return nil, nil, err
	}
	if at, err := url.Parse(c.publicURL()); err == nil && isHere(at.Hostname()) {
		watchers = append(watchers, fetch.Loopback()...) // no proxy stands before a desk that only this machine knows
	}
	ready := new(atomic.Bool)
	h, err := doors{
		console: console,
		api:     programs,
		webhook: &webhook.Handler{Sources: s.db, Keeper: s.flow, Log: c.Log},
		answers: answers{s, c.publicURL()},
		metrics: s.metrics.handler(),
		watcher: watcher{from: watchers, token: s.gate.Token},
		limits:  limits,
		secure:  secure,
		store:   s.db,
		public:  s.site,
		letters: s.doorOfSubscribers(),
		ready:   ready.Load,
	}.handler()
	if err != nil {
		return nil, nil, err
	}
	return behindProxy(ours, h), ready, nil
}
