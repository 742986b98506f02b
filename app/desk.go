package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"breakwater/access"
	"breakwater/alert"
	"breakwater/approve"
	"breakwater/assess"
	"breakwater/centre"
	"breakwater/connector"
	"breakwater/connector/all"
	"breakwater/connector/push"
	"breakwater/connector/sandbox"
	"breakwater/desk"
	"breakwater/detect"
	"breakwater/enrich"
	"breakwater/incident"
	"breakwater/internal/chromium"
	"breakwater/internal/fetch"
	"breakwater/internal/say"
	"breakwater/internal/seal"
	"breakwater/internal/spell"
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
	"breakwater/store"
	"breakwater/subscribe"
	"breakwater/topic"
)

// stages are a desk's parts, each made once. What they hand to each other is set in newStages, and nowhere else.
type stages struct {
	db        *store.DB
	hub       *journal.Hub
	log       *journal.Log
	gate      *access.Gate
	keys      *access.Keys
	fetch     *fetch.Client
	flow      *Flow
	learner   *enrich.Learner
	outside   *enrich.Outside
	lexicon   *enrich.Lexicon
	monitors  *match.Monitors
	sources   *source.Register
	poller    *source.Poller
	engine    *detect.Engine
	router    *alert.Router
	mailman   *alert.Mailman
	rooms     *incident.Register
	assess    assess.Tools
	radar     *radar.Desk
	topics    *topic.Watch
	book      *people.Book
	contacts  *people.Directory
	staff     *staff.Briefings
	metrics   *metrics
	sand      *sandbox.Network
	kinds     []connector.Kind
	unlock    func()
	hearing   chan struct{} // nudges hearAgain
	occasions *occasion.Calendar
	queue     *reply.Queue
	outbox    *publish.Outbox
	plans     *plan.Board
	channels  *publish.Channels
	hands     *publish.Hands
	words     *approve.Gate
	speller   *spell.Checker
	preflight *preflight.Desk
	policies  *plan.Policies
	committee *plan.Meetings
	ready     *plan.Ready
	centre    *centre.Desk
	site      *centre.Site
	builder   *centre.Builder
	letters   *subscribe.Desk // to subscribers of the crisis centre
	copies    *mirror.Desk    // of the crisis centre on other servers
	roster    *oncall.Roster
	escalator *oncall.Escalator
	postman   *oncall.Postman
	heart     *oncall.Heart
	pushKey   desk.Secret
	home      string // the console's address without a trailing slash
	owner     string // whom push services may ask about the desk
}

// open makes the data folder and its key, opens the store and puts the stages together.
func open(ctx context.Context, c Config) (*stages, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	door := fetch.Config{UserAgent: userAgent}
	if err := door.Allow(c.AllowPrivate...); err != nil {
		return nil, fmt.Errorf("allowed private networks: %w", err)
	}
	unlock, err := lockFolder(c.Data)
	if err != nil {
		return nil, err
	}
	db, err := openStore(ctx, c)
	if err != nil {
		unlock()
		return nil, err
	}
	if c.box, err = seal.File(filepath.Join(c.Data, keyFile)); err == nil {
		c.linkKey, c.callKey, c.lettersKey, c.pushKey = linkKeys(c.box)
		c.heads, err = journalHeads(c.Data, c.Log)
	}
	if err != nil {
		unlock()
		return nil, errors.Join(err, db.Close())
	}
	s := newStages(db, fetch.New(door), c)
	s.unlock = unlock
	if c.DSN == "" { // the folder is ours alone: what a desk that was killed had taken is free
		if err := db.ReleaseLeases(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("free what was under way: %w", err), s.close())
		}
	}
	if err := s.flow.Spoken.Load(ctx, db.Posts); err != nil {
		return nil, errors.Join(fmt.Errorf("read what was said: %w", err), s.close())
	}
	// Before anything can come in: what comes while nobody is listened for would be dropped as of no interest.
	h, err := LoadHearing(ctx, db, c.Log)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read what is listened for: %w", err), s.close())
	}
	s.flow.Hear(h)
	if err := errors.Join(s.learner.Load(ctx), s.outside.Load(ctx), s.lexicon.Load(ctx)); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// linkKeys are the keys that sign the links to approve with and those to take a matter up with: made of the desk's own, so that a
// stolen database makes none.
func linkKeys(box *seal.Box) (sign, call, letters []byte, device desk.Secret) {
	return box.Derive("links to sign"), box.Derive("links to calls"), box.Derive("letters to subscribers"), push.Private(box.Derive("web push"))
}

// userAgent is how we name ourselves to other servers.
const userAgent = "Breakwater (crisis desk)"

// besideUs reaches one host wherever it is, for servers that an admin says are ours.
func besideUs(host string) *fetch.Client {
	return fetch.New(fetch.Config{UserAgent: userAgent, AllowHosts: []string{host}})
}

// close gives the store and the folder back.
func (s *stages) close() error {
	defer s.unlock()
	return errors.Join(s.speller.Close(), s.db.Close())
}

func newStages(db *store.DB, door *fetch.Client, c Config) *stages {
	s := &stages{db: db, fetch: door, hub: journal.NewHub(), log: &journal.Log{Store: db, Heads: c.heads}, hearing: make(chan struct{}, 1)}
	s.pushKey, s.owner, s.home = c.pushKey, pushOwner(c.publicURL()), c.publicURL()
	s.sand = sandbox.New()
	s.kinds = all.Kinds(s.sand)
	s.gate = access.New(db, c.Log)
	s.keys = access.NewKeys(c.box, db, c.Log)
	if err := s.gate.Passkeys(c.publicURL()); err != nil {
		c.Log.Warn("passkeys are not possible under this address", "address", c.publicURL(), "error", err)
	}
	s.gate.Home, s.gate.Fetch, s.gate.Beside = c.publicURL(), door, besideUs
	s.gate.Alarm = func(ctx context.Context, key string, what desk.Text) { s.alarm(ctx, 0, key, what) }
	s.gate.Asked = approve.Errands
	s.gate.Post = s.postTo
	s.metrics = newMetrics(db.Sources)

	// The machine half, in the order of work.
	cues := enrich.NewCueList()
	reader := enrich.New()
	if c.OpenModel {
		reader = enrich.NewOpen()
	}
	reader.Cues = cues
	s.flow = NewFlow(db, reader)
	s.flow.Spoken = new(Spoken)
	s.router = alert.NewRouter(db, func(ctx context.Context, a desk.Alert) (int64, error) { return s.rooms.OpenFrom(ctx, a) }, c.Log)
	s.engine = detect.New(db, s.signals, c.Log)
	s.flow.Kept = s.kept
	s.topics = topic.NewWatch(db, c.Log)
	s.learner = enrich.NewLearner(db, s.flow.Enrich, c.Log)
	s.learner.Touched = s.moved
	s.outside = enrich.NewOutside(db, door, besideUs, c.Log)
	s.outside.Touched = s.moved
	s.lexicon = enrich.NewLexicon(db, cues, c.Log)
	s.poller = &source.Poller{Store: db, Keeper: s.flow, Kinds: s.sourceKinds(c.Log), Log: c.Log, Troubled: s.troubled}

	// The people half.
	s.monitors = match.NewMonitors(db, s.monitorChanged, c.Log)
	s.router.TeachBy(s.monitors.Teach)
	s.router.EndWhen(s.engine.Calm)
	s.occasions = &occasion.Calendar{Store: db}
	s.sources = &source.Register{Store: db, Kinds: s.poller.Kinds, Keeper: s.flow, Changed: s.sourcesChanged}
	s.rooms = incident.New(db, s.engine, c.Log)
	s.assess = assess.New(db, s.engine, plan.CommsLead, enrich.CueNames())
	s.assess.Locker.Fetch, s.assess.Locker.Log = door, c.Log
	s.sealEvidence(c.Log)
	if path := chromium.Find(); path != "" {
		b := chromium.New(path)
		s.assess.Briefs.Print, s.assess.Locker.Picture = b.PDF, b.Picture
	}
	s.plans = &plan.Board{Store: db, Log: c.Log, LongKinds: []string{"wordpress", "email", desk.CentreKind}}
	s.rooms.Plan = s.plans.Start
	s.policies, s.committee = &plan.Policies{Store: db}, &plan.Meetings{Store: db}
	s.ready = &plan.Ready{Board: s.plans, Policies: s.policies, Meetings: s.committee, Store: db}
	s.radar = radar.New(db, s.engine)
	s.engine.Topics, s.engine.Tell = s.topics.Heard, s.topics.Tell
	s.radar.Topics = s.topics.Tell
	s.rooms.Topics = s.topics.List
	s.mailman = &alert.Mailman{Post: db, Speak: speaker{}, Sender: s.carrier, URL: c.publicURL(), Log: c.Log}
	newOncall(s, c)
	s.mailman.Each, s.mailman.Offer = s.readByProgram, s.offer(c.publicURL())
	newCentre(s, c)
	s.hands = &publish.Hands{Store: db}
	s.channels = publish.NewChannels(db, s.channelKinds(c.Log), c.Log)
	s.channels.Beside = s.centre.Beside
	s.channels.Alarm = s.alarm
	s.speller = newSpeller()
	s.preflight = newPreflight(s, c)
	s.outbox = newOutbox(s, c)
	s.words = approve.New(db, c.linkKey, c.publicURL(), c.Log)
	s.words.Plan, s.words.PIN, s.words.Post = s.plans.Current, s.gate.CheckPIN, s.postTo
	s.words.Outbox = func(ctx context.Context, ids []int64, due time.Time) error {
		_, err := s.outbox.ScheduleAll(ctx, ids, due)
		return err
	}
	s.words.Retract = func(ctx context.Context, post int64, why string) error {
		_, err := s.outbox.Withdraw(ctx, post, why)
		return err
	}
	s.words.Alarm, s.words.Show = s.alarm, s.show
	s.centre.Words, s.centre.Picture = s.wordsOfCentre(), preflight.Clean
	newSubscribers(s, c)
	newCopies(s, c)
	s.outbox.Rework, s.plans.Promised = s.words.Rework, s.promised
	s.outbox.Check, s.words.Check = s.inspectFor, s.inspect
	s.words.Measure = func(c desk.Channel, v desk.Variant) (used, limit int) {
		r := preflight.Read(c, v.Text)
		return r.Length, r.Limit
	}
	s.queue = newQueue(s, c)
	s.book = people.New(db, s.wayKinds(), s.mailman.Try)
	s.contacts = people.NewDirectory(db, c.linkKey, c.publicURL(), c.Log)
	s.contacts.Post = s.postToContact
	s.ready.Contacts, s.ready.Beside = s.contacts.Counts, s.beside
	s.heart = newHeart(s, c)
	s.metrics.registry.MustRegister(heartHealth{s.heart.Now})
	s.staff = staff.New(db, c.linkKey, c.publicURL(), c.Log)
	s.staff.Post, s.staff.Plan, s.staff.Speak = s.postToContact, s.plans.Current, speaker{}.Text

	db.OnJournal(s.journalled)
	return s
}

// kept is told after each commit: numbers moved.
func (s *stages) kept(batches []desk.Batch, stored []desk.Stored) {
	s.metrics.kept(batches, stored)
	s.topics.Take(batches)
	for _, one := range stored {
		if len(one.Touched) > 0 {
			s.moved(one.Touched)
		}
	}
	for _, b := range batches {
		s.outside.Offer(b.Mentions)
	}
}

// moved is told of monitors whose numbers changed.
func (s *stages) moved(monitors []int64) {
	s.engine.Touched(monitors)
	s.hub.Tick(monitors)
}

// signals takes what the detectors say.
func (s *stages) signals(ctx context.Context, list []desk.Signal) error {
	for _, one := range list {
		s.metrics.signals.WithLabelValues(one.Detector).Inc()
		s.outside.Warned(one.MonitorID)
	}
	return s.router.Take(ctx, list)
}

// troubled takes what the poller says of a source.
func (s *stages) troubled(ctx context.Context, one desk.Signal) {
	if err := s.signals(ctx, []desk.Signal{one}); err != nil && ctx.Err() == nil {
		s.poller.Log.Error("a silent source could not be alerted", "source", one.SourceID, "error", err)
	}
}

// journalled is told after every entry: live pages show it.
func (s *stages) journalled(e desk.Entry) {
	s.hub.Entry(e)
	s.relook(e)
	if shows(e) {
		s.builder.Nudge()
	}
	if strings.HasPrefix(e.Do, "hold.") { // what one kept from copies goes there when it is lifted
		s.builder.Changed(context.Background(), 0)
	}
	if s.log.Heads != nil { // only tests have none
		s.log.Heads.Saw(e)
	}
	if strings.HasPrefix(e.Do, "channel.") { // its account is one of ours
		s.hearAgain()
	}
	if e.Do == "mention.correct" || e.Do == "mention.uncorrect" {
		s.learner.Corrected()
	}
	if act, ok := strings.CutPrefix(e.Do, "alert."); ok {
		s.metrics.alerts.WithLabelValues(act).Inc()
	}
	if act, ok := strings.CutPrefix(e.Do, "post."); ok {
		s.metrics.posts.WithLabelValues(act).Inc()
	}
	if act, ok := strings.CutPrefix(e.Do, "hold."); ok {
		s.metrics.holds.WithLabelValues(act).Inc()
	}
}

func (s *stages) monitorChanged(id int64) {
	s.engine.Changed(id)
	s.topics.Changed(id)
	s.learner.Rearranged()
	if err := s.lexicon.Load(context.Background()); err != nil { // it reads which monitor is whose
		s.poller.Log.Error("the cues could not be read", "error", err)
	}
	s.hearAgain()
}

// sourcesChanged makes the flow know of a source before the first mention can come from it: what nobody listens for is dropped.
func (s *stages) sourcesChanged() {
	err := s.flow.Relearn(func(now Hearing) (*Hearing, error) {
		sources, err := s.db.Sources(context.Background())
		now.listenTo(sources)
		return &now, err
	})
	if err != nil {
		s.poller.Log.Error("the sources could not be read", "error", err)
		s.hearAgain()
	}
	s.poller.Changed()
}

func (s *stages) hearAgain() {
	select {
	case s.hearing <- struct{}{}:
	default:
	}
}

// sourceKinds are the connectors that hear, as the source stage knows them.
func (s *stages) sourceKinds(log *slog.Logger) source.Kinds {
	kinds := make(source.Kinds)
	for _, k := range s.kinds {
		if k.Source == nil && !k.Spec.Push {
			continue
		}
		kind := source.Kind{Spec: k.Spec, Import: k.Import}
		env := func(src desk.Source) connector.Env {
			return connector.Env{Fetch: s.fetch, Log: log.With("source", src.ID), SourceID: src.ID}
		}
		if k.Source != nil {
			kind.Open = func(src desk.Source) (source.Source, error) { return k.Source(src.Settings, env(src)) }
		}
		if k.Check != nil {
			kind.Check = func(ctx context.Context, src desk.Source) (desk.Text, error) {
				return k.Check(ctx, src.Settings, env(src))
			}
		}
		kinds[k.Spec.Kind] = kind
	}
	return kinds
}

// channelKinds are the connectors that speak, and the systems that a hold stops.
func (s *stages) channelKinds(log *slog.Logger) (kinds []publish.Kind) {
	env := func(ch desk.Channel) connector.Env {
		return connector.Env{Fetch: s.fetch, Log: log.With("channel", ch.ID), Channel: ch, Lines: s.db, ByHand: s.hands, Board: board{s.centre}, Says: s.db.Says}
	}
	for _, k := range s.kinds {
		if one, ok := k.ChannelOf(env); ok {
			kinds = append(kinds, one)
		}
	}
	return kinds
}

// wayKinds are the connectors that carry alerts.
func (s *stages) wayKinds() map[string]desk.Spec {
	specs := make(map[string]desk.Spec)
	for _, k := range s.kinds {
		if k.Sender != nil {
			specs[k.Spec.Kind] = k.Spec
		}
	}
	return specs
}

// carrier makes the connector that a way names.
func (s *stages) carrier(w desk.Way) (alert.Sender, error) {
	for _, k := range s.kinds {
		if k.Spec.Kind == w.Kind && k.Sender != nil {
			return k.Sender(w.Settings, connector.Env{Fetch: s.fetch, Log: s.poller.Log.With("way", w.ID), Vapid: s.pushKey, Owner: s.owner,
				Lang: w.Lang, Answers: s.home + answersPath(w.ID)})
		}
	}
	return nil, fmt.Errorf("no connector carries alerts by %q", w.Kind)
}

// speaker says texts in a reader's language.
type speaker struct{}

func (speaker) Text(lang string, t desk.Text) string { return say.For(lang, "").Text(t) }

// pushOwner is whom push services may ask about the desk: its address, or, where that is not https, nobody in particular.
func pushOwner(url string) string {
	if strings.HasPrefix(url, "https://") {
		return url
	}
	return "desk@localhost.invalid"
}
