package alert

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

// Post is what sending needs of storage.
type Post interface {
	Now(ctx context.Context) (time.Time, error)
	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FinishJobs(ctx context.Context, ids []int64) error
	FailJobs(ctx context.Context, ids []int64, again time.Time, problem string) error
	PostponeJobs(ctx context.Context, ids []int64, until time.Time) error
	Ways(ctx context.Context) ([]desk.Way, error)
	Alert(ctx context.Context, id int64) (desk.Alert, error)
	Way(ctx context.Context, id int64) (desk.Way, error)
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Mention(ctx context.Context, id int64) (desk.Mention, error)
	SetWayResult(ctx context.Context, id int64, at time.Time, problem string) error
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
}

// Mailman brings messages about alerts to the ways that a team reads. A message that was decided on is sent even when the desk stops
// in between; a receiver may get it twice then, with the same Key. A storm is told in a handful of messages, which name every alert:
// desk.Pace says when the next may go, and what waited goes with it.
type Mailman struct {
	Post   Post
	Speak  Speaker
	Sender func(w desk.Way) (Sender, error) // of the way's kind, with its settings
	// Each reports whether what reads a way is a program, which wants every alert by itself. nil: people read them all.
	Each func(w desk.Way) bool
	// Offer is what may be done from a message about one alert to a way. May be nil.
	Offer func(ctx context.Context, a desk.Alert, w desk.Way) []Action
	URL   string // the console's address without a trailing slash
	Log   *slog.Logger

	under sync.WaitGroup // messages on their way
	mu    sync.Mutex     // guards what follows
	told  map[int64][]desk.Told
	busy  map[int64]bool // ways that are written to
}

const (
	pollEvery   = time.Second
	atOnce      = 20_000           // messages looked at together: what a storm leaves waiting goes as one
	sendTimeout = 45 * time.Second // of one try
	lease       = 2 * time.Minute  // longer than a try: nobody else takes the job meanwhile
	firstRetry  = 15 * time.Second // doubles with every further try
	longRetry   = 30 * time.Minute
	giveUp      = 24 * time.Hour
)

// What a way's problem says to people. The way keeps the English sentence, which is the key of its translation.
var (
	problemDenied  = desk.Say("The other side refuses our credentials. Renew them in the settings of this way.")
	problemLater   = desk.Say("Messages do not get through at the moment. They are tried again.")
	problemRefused = desk.Say("The other side refused a message. Check the settings of this way.")
)

// Run sends what is due until ctx ends, and waits for what is under way.
func (m *Mailman) Run(ctx context.Context) error {
	defer m.under.Wait()
	return rounds.Run(ctx, pollEvery, nil, m.start, func(err error) { m.Log.Error("messages could not be sent", "error", err) })
}

// deliver tries one message and writes down what became of it. Its error is the desk's own; that of the other side is kept
// with the job and the way. sent is false when there was nothing to say, or it did not arrive.
func (m *Mailman) deliver(ctx context.Context, w desk.Way, o order) (sent bool, err error) {
	a, err := m.Post.Alert(ctx, o.parcel.Alert)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return false, m.Post.FinishJob(ctx, o.job.ID)
	case err != nil:
		return false, err
	case !o.stands(a):
		return false, m.Post.FinishJob(ctx, o.job.ID)
	}
	msg, err := m.compose(ctx, o.job.Key, a, w)
	if err != nil {
		return false, err
	}
	if err := m.send(ctx, msg); err != nil {
		if ctx.Err() != nil {
			return false, nil // the desk stops; the lease runs out and the message is sent after the start
		}
		return false, m.failed(ctx, []order{o}, w, err)
	}
	m.Log.Info("alert sent", "alert", a.ID, "way", w.ID)
	if err := m.Post.FinishJob(ctx, o.job.ID); err != nil {
		return true, err
	}
	return true, m.Post.SetWayResult(ctx, w.ID, time.Now().UTC(), "")
}

// compose writes the message about an alert for one way.
func (m *Mailman) compose(ctx context.Context, key string, a desk.Alert, w desk.Way) (Message, error) {
	var actions []Action
	if m.Offer != nil && a.State == desk.AlertOpen {
		actions = m.Offer(ctx, a, w)
	}
	msg, err := m.composeWith(ctx, key, a, w, actions)
	msg.Actions = actions
	return msg, err
}

func (m *Mailman) composeWith(ctx context.Context, key string, a desk.Alert, w desk.Way, actions []Action) (Message, error) {
	l := letter{actions: actions, lang: langOf(w), alert: a, zone: time.UTC, link: m.URL + "/alerts/" + strconv.FormatInt(a.ID, 10)}
	if b, err := m.Post.Brand(ctx, a.BrandID); err == nil {
		if zone, err := time.LoadLocation(b.Zone); err == nil {
			l.zone = zone
		}
	}
	for _, id := range examples(a) {
		// An example that is gone by now is no reason to send nothing.
		if mention, err := m.Post.Mention(ctx, id); err == nil && mention.Deleted.IsZero() {
			l.posts = append(l.posts, mention)
		}
	}
	subject, text, html, err := write(m.Speak, l)
	return Message{Key: key, To: w, Subject: subject, Text: text, HTML: html, Link: l.link, Open: m.Speak.Text(l.lang, openAlert), Alert: a}, err
}

// Compose writes the message about an alert for a way, in its language, with what may be done from it.
func (m *Mailman) Compose(ctx context.Context, key string, alertID int64, w desk.Way, actions []Action) (Message, error) {
	a, err := m.Post.Alert(ctx, alertID)
	if err != nil {
		return Message{}, err
	}
	msg, err := m.composeWith(ctx, key, a, w, actions)
	msg.Actions = actions
	return msg, err
}

// examples are the mentions that the signals show, each once.
func examples(a desk.Alert) []int64 {
	var ids []int64
	for _, s := range a.Signals {
		for _, id := range s.Evidence.Mentions {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids[:min(len(ids), maxPosts)]
}

func (m *Mailman) send(ctx context.Context, msg Message) error {
	s, err := m.Sender(msg.To)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	_, err = s.Send(ctx, msg)
	return err
}

// failed decides whether messages are tried again. Those that are not are lines in the journal: somebody was not told.
func (m *Mailman) failed(ctx context.Context, orders []order, w desk.Way, cause error) (err error) {
	now := time.Now().UTC()
	tries := 0
	for _, o := range orders {
		tries = max(tries, o.job.Attempts)
	}
	problem, again := verdict(cause, tries, now)
	var later, never []order
	for _, o := range orders {
		if again.IsZero() || now.Sub(o.parcel.Since) > giveUp {
			never = append(never, o)
		} else {
			later = append(later, o)
		}
	}
	m.Log.Warn("alerts not sent", "alerts", len(orders), "way", w.ID, "tries", tries, "error", cause)
	if len(later) > 0 {
		err = m.Post.FailJobs(ctx, jobIDs(later), again, cause.Error())
	}
	if len(never) > 0 {
		err = errors.Join(err, m.Post.FailJobs(ctx, jobIDs(never), time.Time{}, cause.Error()))
	}
	err = errors.Join(err, m.Post.SetWayResult(ctx, w.ID, now, problem.Say))
	for _, o := range never {
		out := desk.Out{Say: desk.Say("A message about the alert did not reach {way}.", "way", w.Name)}
		_, failed := m.Post.Record(ctx, theDesk("alert.unsent", now), "alert:"+strconv.FormatInt(o.parcel.Alert, 10), out)
		err = errors.Join(err, failed)
	}
	return err
}

// verdict is what people are told about a failure, and when to try again: never (zero) when the other side said no for good.
func verdict(cause error, attempts int, now time.Time) (problem desk.Text, again time.Time) {
	wait := min(firstRetry<<min(max(attempts-1, 0), 10), longRetry)
	var retry *desk.Retry
	switch {
	case errors.As(cause, &retry):
		return problemLater, now.Add(max(wait, retry.After))
	case errors.Is(cause, desk.ErrDenied):
		return problemDenied, now.Add(longRetry) // a person may renew them meanwhile
	case desk.InVain(cause):
		return problemRefused, time.Time{}
	}
	return problemLater, now.Add(wait)
}

// Try sends a test message by a way, and fails as a real one would.
func (m *Mailman) Try(ctx context.Context, w desk.Way) error {
	now := time.Now().UTC()
	a := desk.Alert{
		Level: desk.Watch, State: desk.AlertOpen, Opened: now, Updated: now,
		Title:   desk.Say("A test message from Breakwater"),
		Signals: []desk.Signal{{Why: desk.Say("This is only a test: alerts reach you this way.")}},
	}
	l := letter{lang: langOf(w), alert: a, zone: time.UTC, link: m.URL + "/"}
	subject, text, html, err := write(m.Speak, l)
	if err != nil {
		return err
	}
	key := "test:" + strconv.FormatInt(w.ID, 10) + "/" + strconv.FormatInt(now.UnixMilli(), 36)
	return m.send(ctx, Message{Key: key, To: w, Subject: subject, Text: text, HTML: html, Link: l.link, Open: m.Speak.Text(l.lang, openAlert), Alert: a})
}

func langOf(w desk.Way) string {
	if w.Lang == "" {
		return "en"
	}
	return w.Lang
}
