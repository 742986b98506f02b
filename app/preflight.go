package app

import (
	"context"
	"errors"
	"net/url"
	"time"

	"breakwater/approve/advice"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/spell"
	"breakwater/preflight"
)

// newPreflight puts the checks before publishing together.
func newPreflight(s *stages, c Config) *preflight.Desk {
	d := &preflight.Desk{Store: s.db, Fetch: s.fetch, Speller: s.speller, Exists: s.named, Language: s.flow.Enrich.Language.Detect, Tone: tone, Log: c.Log}
	if u, err := url.Parse(c.LanguageTool); err == nil && u.Host != "" {
		d.Grammar = &preflight.LanguageTool{Address: c.LanguageTool, Fetch: besideUs(u.Hostname())}
	}
	return d
}

// tone is what advice on words finds of an apology and a denial.
func tone(lang, text string) (sorry, denies bool) {
	return advice.Sorry(lang, text), advice.Denies(lang, text)
}

// newSpeller finds hunspell where the system has it.
func newSpeller() *spell.Checker { return &spell.Checker{} }

// named asks a channel's network for an account. errors.ErrUnsupported where nobody can be asked.
func (s *stages) named(ctx context.Context, ch desk.Channel, name string) (bool, error) {
	for _, k := range s.kinds {
		if k.Spec.Kind == ch.Kind && k.Exists != nil && ch.ID != 0 {
			return k.Exists(ctx, ch.Settings, connector.Env{Fetch: s.fetch, Log: s.poller.Log.With("channel", ch.ID)}, name)
		}
	}
	return false, errors.ErrUnsupported
}

// inspect is preflight for who only takes findings, of what goes out at due: that nothing could be looked at is a finding too.
func (s *stages) inspect(ctx context.Context, st desk.Statement, v desk.Variant, due time.Time) []desk.Finding {
	found, err := s.preflight.Check(ctx, st, v, due)
	return s.findings(ctx, found, err)
}

// inspectFor is inspect for one channel.
func (s *stages) inspectFor(ctx context.Context, st desk.Statement, v desk.Variant, ch desk.Channel, due time.Time) []desk.Finding {
	found, err := s.preflight.Inspect(ctx, preflight.Ask{Statement: st, Variant: v, Channels: []desk.Channel{ch}, Due: due})
	return s.findings(ctx, found, err)
}

func (s *stages) findings(ctx context.Context, found []desk.Finding, err error) []desk.Finding {
	if err == nil {
		return found
	}
	if ctx.Err() == nil {
		s.poller.Log.Error("a text could not be checked before publishing", "error", err)
	}
	return append(found, preflight.Unchecked())
}
