package store

import (
	"context"
	"fmt"
	"time"

	"breakwater/desk"
)

var sources = &noun[desk.Source]{
	table: "sources", word: "source",
	brand:   func(s *desk.Source) int64 { return s.BrandID },
	id:      func(s *desk.Source) *int64 { return &s.ID },
	version: func(s *desk.Source) *int { return &s.Version },
	hide: func(s *desk.Source) secret {
		defer func() { s.Settings, s.Health = nil, desk.Health{} }()
		return secret{Settings: s.Settings}
	},
	reveal: func(s *desk.Source, x secret) { s.Settings = x.Settings },
}

// Sources lists all sources with their health, oldest first.
func (db *DB) Sources(ctx context.Context) ([]desk.Source, error) {
	all, err := list(ctx, db, sources, &where{}, " ORDER BY id")
	if err != nil {
		return nil, err
	}
	healths, err := selectAll(db.reader(ctx), scanHealth, "SELECT "+healthColumns+" FROM source_states")
	if err != nil {
		return nil, err
	}
	of := make(map[int64]desk.Health, len(healths))
	for _, h := range healths {
		of[h.source] = h.health
	}
	for i := range all {
		all[i].Health = orNew(of[all[i].ID])
	}
	return all, nil
}

// Source gives one source with its health.
func (db *DB) Source(ctx context.Context, id int64) (desk.Source, error) {
	s, err := one(ctx, db, sources, id)
	if err != nil {
		return s, err
	}
	s.Health, err = health(db.reader(ctx), id)
	return s, err
}

// ChangeSource changes a source, or makes one when id is 0. Its health is not changed by it.
func (db *DB) ChangeSource(ctx context.Context, id int64, act desk.Act, f func(*desk.Source, *desk.Out) error) (desk.Source, error) {
	return change(ctx, db, sources, id, act, func(s *desk.Source, out *desk.Out) (err error) {
		if s.Health, err = health(db.reader(ctx), s.ID); err != nil {
			return err
		}
		return f(s, out)
	})
}

// DeleteSource removes a source. What it heard stays; so do the gaps in it, an open one ends.
func (db *DB) DeleteSource(ctx context.Context, id int64, act desk.Act) error {
	say := func(s *desk.Source) desk.Text { return desk.Say("The source {name} was deleted.", "name", s.Name) }
	return remove(ctx, db, sources, id, act, say, func(t *tx, _ *desk.Source) error {
		if err := t.closeGap(id, time.Now()); err != nil {
			return err
		}
		return t.exec("DELETE FROM source_states WHERE source_id = ?", id)
	})
}

// Cursor is where a source goes on, empty at its beginning.
func (db *DB) Cursor(ctx context.Context, sourceID int64) (string, error) {
	return found(selectOne(db.reader(ctx), value[string], "SELECT cursor FROM source_states WHERE source_id = ?", sourceID))
}

const healthColumns = "source_id, health, mentions, rejects, heard, machines"

type sourceHealth struct {
	source int64
	health desk.Health
}

func scanHealth(s scanner) (h sourceHealth, err error) {
	var text string
	var mentions, rejects, heard, machines int64
	if err := s.Scan(&h.source, &text, &mentions, &rejects, &heard, &machines); err != nil {
		return h, err
	}
	err = decode(text, &h.health)
	h.health.Mentions, h.health.Rejects, h.health.Heard, h.health.Machines = mentions, rejects, unstamp(heard), machines
	return h, err
}

func health(a asker, id int64) (desk.Health, error) {
	h, err := found(selectOne(a, scanHealth, "SELECT "+healthColumns+" FROM source_states WHERE source_id = ?", id))
	return orNew(h.health), err
}

// orNew gives a source that nobody tried yet its state.
func orNew(h desk.Health) desk.Health {
	if h.State == "" {
		h.State = desk.HealthNew
	}
	return h
}

// SetHealth keeps how a source is doing. Since is kept while the state stays the same; a new state is written to the journal,
// and opens or closes a gap. Heard and the counters are Append's and not changed here.
func (db *DB) SetHealth(ctx context.Context, sourceID int64, h desk.Health) error {
	old, err := health(db.reader(ctx), sourceID)
	if err != nil {
		return err
	}
	return db.write(ctx, old.State != h.State, func(t *tx) error {
		old, err := health(t, sourceID)
		if err != nil {
			return err
		}
		moved := old.State != h.State
		if !moved && !old.Since.IsZero() {
			h.Since = old.Since
		} else if h.Since.IsZero() {
			h.Since = time.Now().UTC()
		}
		text, err := toJSON(h)
		if err != nil {
			return err
		}
		if err := t.exec("INSERT INTO source_states (source_id, health) VALUES (?, ?)"+
			" ON CONFLICT (source_id) DO UPDATE SET health = excluded.health", sourceID, text); err != nil || !moved {
			return err
		}
		if err := t.moveGap(sourceID, old, h); err != nil {
			return err
		}
		return t.recordHealth(sourceID, h)
	})
}

// healthSays is what the journal says of a new state.
var healthSays = map[string]string{
	desk.HealthNew:     "The source {name} starts anew.",
	desk.HealthOK:      "The source {name} answers.",
	desk.HealthLimited: "The source {name} asks us to slow down.",
	desk.HealthFailing: "The source {name} does not answer.",
	desk.HealthDenied:  "The source {name} refuses our credentials.",
	desk.HealthBroken:  "What the source {name} sends cannot be read.",
	desk.HealthSilent:  "The source {name} has been silent for unusually long.",
	desk.HealthPaused:  "The source {name} is paused.",
}

func (t *tx) recordHealth(id int64, h desk.Health) error {
	s, _, err := load(t, t.db, sources, id)
	if _, err := found(s, err); err != nil {
		return err
	}
	if s.Name == "" {
		s.Name = sources.on(id)
	}
	say, ok := healthSays[h.State]
	if !ok {
		return fmt.Errorf("source %d: %q is no state of health", id, h.State)
	}
	act := desk.Act{Who: "desk", Name: "Breakwater", Do: "source.health"}
	return t.record(act, sources.on(id), desk.Out{Say: desk.Say(say, "name", s.Name), Detail: h}, "", "")
}

// moveGap opens a gap when a source stops being well and closes it when it is well again.
func (t *tx) moveGap(id int64, old, h desk.Health) error {
	if h.Well() {
		at := h.Answered
		if at.IsZero() {
			at = h.Since
		}
		return t.closeGap(id, at)
	}
	began := old.Answered // since then nothing is certain
	if began.IsZero() {
		began = h.Since
	}
	reason := h.Problem
	if reason.IsZero() {
		reason = desk.Say(healthSays[h.State], "name", sources.on(id))
	}
	text, err := toJSON(reason)
	if err != nil {
		return err
	}
	// A gap that is open already only goes on, for whatever reason.
	return t.exec("INSERT INTO gaps (source_id, began, reason) SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT) WHERE NOT EXISTS"+
		" (SELECT 1 FROM gaps WHERE source_id = ? AND ended = 0) ON CONFLICT (source_id, began) DO UPDATE SET ended = 0, filled = 0",
		id, stamp(began), text, id)
}

func (t *tx) closeGap(id int64, at time.Time) error {
	return t.exec("UPDATE gaps SET ended = CASE WHEN began < ? THEN ? ELSE began + 1 END WHERE source_id = ? AND ended = 0",
		stamp(at), stamp(at), id)
}

func scanGap(s scanner) (g desk.Gap, err error) {
	var began, ended, filled int64
	var reason string
	if err := s.Scan(&g.SourceID, &began, &ended, &filled, &reason); err != nil {
		return g, err
	}
	g.From, g.To = unstamp(began), unstamp(ended)
	if g.Lost = filled == lost; !g.Lost {
		g.Filled = unstamp(filled)
	}
	err = decode(reason, &g.Reason)
	return g, err
}

// Gaps lists the times in [from, to) in which sources did not hear, oldest first; no ids asks for all sources.
func (db *DB) Gaps(ctx context.Context, sourceIDs []int64, from, to time.Time) ([]desk.Gap, error) {
	var w where
	among(&w, "source_id", sourceIDs)
	w.and("began < ? AND (ended = 0 OR ended > ?)", stamp(to), stamp(from))
	return selectAll(db.reader(ctx), scanGap,
		"SELECT source_id, began, ended, filled, reason FROM gaps"+w.String()+" ORDER BY began, source_id", w.args...)
}

// lost is when a gap was filled that never will be.
const lost = -1

// LoseGap says that what came during the closed gaps of a source that are not caught up cannot be had any more.
func (db *DB) LoseGap(ctx context.Context, sourceID int64) error {
	return db.write(ctx, false, func(t *tx) error {
		return t.exec("UPDATE gaps SET filled = ? WHERE source_id = ? AND ended > 0 AND filled = 0", lost, sourceID)
	})
}

// FillGap says that all closed gaps of a source were caught up, but for those that are lost.
func (db *DB) FillGap(ctx context.Context, sourceID int64, at time.Time) error {
	return db.write(ctx, false, func(t *tx) error {
		return t.exec("UPDATE gaps SET filled = ? WHERE source_id = ? AND ended > 0 AND filled = 0", stamp(at), sourceID)
	})
}
