package source

import (
	"context"
	"time"

	"breakwater/desk"
)

// become changes the state; it is saved at once, for a gap and the journal hang on it.
func (h *hearer) become(ctx context.Context, state string, problem desk.Text) {
	now := time.Now().UTC()
	if h.health.State != state {
		h.health.State, h.health.Since = state, now
		h.dirty = true
	}
	h.health.Problem = problem
	if h.dirty {
		h.save(ctx, now)
	}
}

// freshen saves the times now and then.
func (h *hearer) freshen(ctx context.Context, now time.Time) {
	if h.dirty || now.Sub(h.saved) >= saveEvery {
		h.save(ctx, now)
	}
}

func (h *hearer) save(ctx context.Context, now time.Time) {
	if err := h.p.Store.SetHealth(ctx, h.source.ID, h.health); err != nil {
		if ctx.Err() == nil {
			h.log.Warn("the health of a source could not be saved", "error", err)
		}
		return
	}
	h.dirty, h.saved = false, now
}

// well ends whatever trouble there was. People are told before it is saved: after a crash in between they are told again.
func (h *hearer) well(ctx context.Context) {
	if !h.health.Well() {
		h.p.tell(ctx, endOf(h.source, time.Now(), "{source} is heard again."))
		h.told = false
	}
	h.become(ctx, desk.HealthOK, desk.Text{})
}

// trouble shows that the source is not heard, and alerts.
func (h *hearer) trouble(ctx context.Context, v verdict) {
	if h.health.State != v.state {
		h.told = false
	}
	h.become(ctx, v.state, v.problem)
	if h.told || v.state == desk.HealthFailing && h.health.Failures < tellAfter {
		return
	}
	h.told = true
	h.p.tell(ctx, troubleOf(h.source, h.health, time.Now()))
}

// standing says that nothing failed for long enough: a stream stands, or our door is open to those who push.
func (h *hearer) standing(ctx context.Context, now time.Time) {
	if h.kind.Spec.Push {
		h.recall(ctx)
		if h.health.State == desk.HealthNew && h.health.Heard.IsZero() {
			return // nobody has come yet: that is not "ok"
		}
	}
	h.health.Tried, h.health.Answered = now, now
	h.health.Failures = 0
	if h.health.State != desk.HealthSilent || h.health.Heard.After(h.health.Since) {
		h.gap = h.gap || !h.health.Well()
		h.well(ctx)
		h.caught(ctx, now)
	}
	h.freshen(ctx, now)
}

// recall reads when something was last pushed to us; that is written by the store, not here.
func (h *hearer) recall(ctx context.Context) {
	s, err := h.p.Store.Source(ctx, h.source.ID)
	if err != nil {
		return
	}
	if s.Health.Heard.After(h.health.Heard) {
		learnPace(&h.health, h.health.Heard, s.Health.Heard)
		h.health.Heard = s.Health.Heard
	}
}

// listen notices that a source which answers has had nothing to say for too long.
func (h *hearer) listen(ctx context.Context, now time.Time) {
	after, known := silentAfter(h.source, h.health, now)
	if !known || h.health.State != desk.HealthOK {
		return
	}
	if now.Sub(quietSince(h.source, h.health)) >= after {
		h.trouble(ctx, verdict{state: desk.HealthSilent, problem: desk.Say("It answers, but nothing has come for unusually long.")})
	}
}
