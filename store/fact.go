package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"breakwater/desk"
)

var facts = &noun[desk.Fact]{
	table: "facts", word: "fact",
	id:      func(f *desk.Fact) *int64 { return &f.ID },
	version: func(f *desk.Fact) *int { return &f.Version },
	columns: []string{"incident_id", "number"},
	values:  func(f *desk.Fact) []any { return []any{f.IncidentID, f.Number} },
	taken:   errStale, // two took the same number at once
}

// Facts lists the facts of an incident by their numbers.
func (db *DB) Facts(ctx context.Context, incidentID int64) ([]desk.Fact, error) {
	var w where
	w.and("incident_id = ?", incidentID)
	return list(ctx, db, facts, &w, " ORDER BY number")
}

// Fact gives one fact. desk.ErrNotFound.
func (db *DB) Fact(ctx context.Context, id int64) (desk.Fact, error) { return one(ctx, db, facts, id) }

// Citing lists the texts that rest on a fact and can still be read, or go out.
func (db *DB) Citing(ctx context.Context, f desk.Fact) ([]desk.Citing, error) {
	return citing(db.reader(ctx), db, &f)
}

// ChangeFact changes a fact of an incident, or makes one when id is 0, with the next number. In the same transaction it gives the
// incident as it is, and the texts that rest on the fact as it was; what f does to the incident's steps is kept with it, with
// an entry of its own. f must not ask the store, and may run more than once.
func (db *DB) ChangeFact(ctx context.Context, incidentID, id int64, act desk.Act, f func(*desk.Fact, *desk.Incident, []desk.Citing, *desk.Out) error) (fact desk.Fact, err error) {
	for range triesToChange {
		err = db.write(ctx, true, func(t *tx) error {
			fact, err = t.changeFact(incidentID, id, act, f)
			return err
		})
		if !errors.Is(err, errStale) {
			return fact, err
		}
	}
	return fact, fmt.Errorf("%s: %w", facts.on(id), desk.ErrConflict)
}

func (t *tx) changeFact(incidentID, id int64, act desk.Act, f func(*desk.Fact, *desk.Incident, []desk.Citing, *desk.Out) error) (desk.Fact, error) {
	fact, before, err := t.factToChange(incidentID, id)
	if err != nil {
		return fact, err
	}
	in, inBefore, err := load(t, t.db, incidents, fact.IncidentID)
	if err != nil {
		return fact, err
	}
	texts, err := citing(t, t.db, &fact)
	if err != nil {
		return fact, err
	}
	version, inVersion, steps := fact.Version, in.Version, len(in.Steps)
	out := desk.Out{IncidentID: in.ID}
	if err := f(&fact, &in, texts, &out); err != nil || out.Skip {
		return fact, err
	}
	// Rows first, then the journal: every transaction takes its locks in this order.
	after, err := saveIn(t, facts, &fact, version)
	if err != nil {
		return fact, err
	}
	if len(in.Steps) == steps {
		return fact, t.record(act, facts.on(fact.ID), out, digest(before), digest(after))
	}
	inAfter, err := saveIn(t, incidents, &in, inVersion)
	if err != nil {
		return fact, err
	}
	if err := t.record(act, facts.on(fact.ID), out, digest(before), digest(after)); err != nil {
		return fact, err
	}
	act.Do, act.Why = "incident.correct", ""
	say := desk.Say("{n} texts rest on {fact} and have to be corrected.", "n", len(in.Steps)-steps, "fact", fact.Name())
	return fact, t.record(act, incidents.on(in.ID), desk.Out{Say: say, IncidentID: in.ID, Detail: in.Steps[steps:]}, digest(inBefore), digest(inAfter))
}

// factToChange is the fact as it is, or a new one with the next number of its incident.
func (t *tx) factToChange(incidentID, id int64) (f desk.Fact, before string, err error) {
	if id != 0 {
		f, before, err = load(t, t.db, facts, id)
		if err == nil && incidentID != 0 && f.IncidentID != incidentID {
			err = fmt.Errorf("%s: %w", facts.on(id), desk.ErrNotFound)
		}
		return f, before, err
	}
	f.IncidentID = incidentID
	if f.ID, err = t.nextID("facts"); err != nil {
		return f, "", err
	}
	f.Number, err = selectOne(t, value[int], "SELECT COALESCE(MAX(number), 0) + 1 FROM facts WHERE incident_id = ?", incidentID)
	return f, "", err
}

// citing looks through the incident's texts. They are few: what a team writes in a crisis.
func citing(a asker, db *DB, f *desk.Fact) (all []desk.Citing, err error) {
	if f.Version == 0 {
		return nil, nil
	}
	rows, err := selectAll(a, scanBody, "SELECT id, body FROM statements WHERE incident_id = ? AND state NOT IN (?, ?) ORDER BY id",
		f.IncidentID, desk.StatementCorrected, desk.StatementWithdrawn)
	if err != nil {
		return nil, fmt.Errorf("read the texts that cite %s: %w", f.Name(), err)
	}
	for _, r := range rows {
		s, err := statements.unpack(db, r.id, r.body)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(s.Cites(), f.ID) {
			continue
		}
		some, err := postsCiting(a, db, &s, f.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// postsCiting are the live posts of a statement whose words rest on the fact; the statement itself when it has none yet.
func postsCiting(a asker, db *DB, s *desk.Statement, fact int64) (all []desk.Citing, err error) {
	rows, err := selectAll(a, scanBody, "SELECT id, body FROM posts WHERE statement_id = ? ORDER BY id", s.ID)
	if err != nil {
		return nil, fmt.Errorf("read the posts of %s: %w", statements.on(s.ID), err)
	}
	for _, r := range rows {
		p, err := posts.unpack(db, r.id, r.body)
		if err != nil {
			return nil, err
		}
		if !p.Live() || !s.Rests(p.VariantID, fact) {
			continue
		}
		c, _, err := load(a, db, channels, p.ChannelID)
		if _, err = found(c, err); err != nil {
			return nil, err
		}
		all = append(all, desk.Citing{Statement: *s, Post: p, Channel: c.Name})
	}
	if len(rows) == 0 {
		all = append(all, desk.Citing{Statement: *s})
	}
	return all, nil
}
