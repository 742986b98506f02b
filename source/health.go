package source

import (
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"breakwater/desk"
)

// How patient the loops are.
const (
	firstRetry = time.Second
	lastRetry  = 5 * time.Minute
	// longRetry is for what a person has to mend: refused credentials are not tried in a hurry, networks lock accounts for it.
	longRetry = 30 * time.Minute
	// goneRetry is for what its owner says is gone for good. Now and then such a word is a mistake.
	goneRetry = 24 * time.Hour
	// mostAfter caps what a network may ask us to wait, so that a wrong header does not switch a source off for years.
	mostAfter = 6 * time.Hour
	// tellAfter failures in a row trouble of the network becomes an alert: about five seconds, so that a blip wakes nobody.
	tellAfter = 3
	// oldNews is the age from which something fetched after a gap no longer says that something happens now.
	oldNews = 10 * time.Minute
	// away is how long nobody pulled until the time is called a gap: the desk was not running.
	away = 5 * time.Minute
)

// newBackoff grows from a second to five minutes, with half of it left to chance so that sources do not march in step.
func newBackoff() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{InitialInterval: firstRetry, Multiplier: 2, RandomizationFactor: 0.5, MaxInterval: lastRetry}
}

// verdict is what an error means for a source.
type verdict struct {
	state   string
	problem desk.Text
	atLeast time.Duration // before the next try
}

// judge reads an error of Open or Pull.
func judge(err error) verdict {
	v := verdict{state: desk.HealthFailing, problem: desk.Say("It does not answer, or answers with an error. It is tried again by itself.")}
	var retry *desk.Retry
	var wrong *desk.Invalid
	switch {
	case errors.Is(err, desk.ErrDenied):
		v = verdict{desk.HealthDenied, desk.Say("It refuses our credentials. Enter new ones in its settings."), longRetry}
	case errors.As(err, &wrong):
		v = verdict{desk.HealthBroken, wrong.Reason, longRetry}
	case errors.Is(err, desk.ErrGone):
		v = verdict{desk.HealthBroken, desk.Say("Its owner says that it is gone for good. We ask again once a day."), goneRetry}
	case errors.Is(err, desk.ErrBroken):
		v = verdict{desk.HealthBroken, desk.Say("It answers with something that cannot be read. Check its settings."), lastRetry}
	case errors.As(err, &retry) && retry.Limited:
		v = verdict{state: desk.HealthLimited, problem: desk.Say("It asks us to slow down. It is tried again by itself.")}
	}
	if errors.As(err, &retry) && (retry.After > 0 || v.atLeast == 0) { // who knows when to come back knows better
		v.atLeast = min(retry.After, mostAfter)
	}
	if say := desk.ProblemOf(err); !say.IsZero() {
		v.problem = say
	}
	return v
}

// quietSince is when the silence of a source began: its last mention, or when it was last found well, whichever is later.
func quietSince(s desk.Source, h desk.Health) time.Time {
	since := s.Created
	for _, t := range []time.Time{h.Heard, h.Since} {
		if t.After(since) {
			since = t
		}
	}
	return since
}

// troubles are the sentences of an alert about a source, by its state. Each says what to do.
var troubles = map[string]struct {
	why   string
	level desk.Level
}{
	desk.HealthSilent:  {"Nothing has come from {source} since {time}, which is unusually long. What is shown may be calm only because we do not hear.", desk.Issue},
	desk.HealthFailing: {"{source} has not been heard since {time}: it does not answer. What is shown may be calm only because we do not hear.", desk.Watch},
	desk.HealthLimited: {"{source} has slowed us down since {time}: it limits how often we may ask. What is shown may be late or missing.", desk.Watch},
	desk.HealthDenied:  {"{source} has refused our credentials since {time}. Enter new ones. What is shown may be calm only because we do not hear.", desk.Issue},
	desk.HealthBroken:  {"{source} has not been understood since {time}. Check its settings. What is shown may be calm only because we do not hear.", desk.Issue},
}

// troubleOf is the signal for a source that is not well.
func troubleOf(s desk.Source, h desk.Health, now time.Time) desk.Signal {
	t := troubles[h.State]
	since := h.Since
	if h.State == desk.HealthSilent {
		since = h.Heard
		if since.IsZero() {
			since = s.Created
		}
	}
	why := desk.Say(t.why, "source", s.Name, "time", since.UTC().Truncate(time.Second))
	if h.State == desk.HealthSilent && h.Paces >= paceKnown {
		why = desk.Say("Usually something comes from {source} every {usual}, and nothing has for {silence}. What is shown may be calm only because we do not hear.",
			"source", s.Name, "usual", span(time.Duration(h.Pace*float64(time.Second))), "silence", span(now.Sub(since)))
	}
	sig := signalOf(s, now, why)
	sig.Strength, sig.Level = 1, t.level
	sig.Evidence = desk.Evidence{Since: since, Rule: desk.Say("A source that is not heard is never shown as calm.")}
	if !h.Problem.IsZero() {
		sig.Evidence.Gaps = []desk.Text{h.Problem}
	}
	return sig
}

// endOf is the signal of strength 0 that ends the trouble with a source.
func endOf(s desk.Source, now time.Time, why string) desk.Signal {
	return signalOf(s, now, desk.Say(why, "source", s.Name))
}

func signalOf(s desk.Source, now time.Time, why desk.Text) desk.Signal {
	return desk.Signal{Detector: "silence", SourceID: s.ID, At: now.UTC(), Why: why}
}
