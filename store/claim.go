package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

var claims = &noun[desk.Claim]{
	table: "claims", word: "claim",
	id:      func(c *desk.Claim) *int64 { return &c.ID },
	version: func(c *desk.Claim) *int { return &c.Version },
	columns: []string{"incident_id", "number"},
	values:  func(c *desk.Claim) []any { return []any{c.IncidentID, c.Number} },
	taken:   errStale, // two took the same number at once
}

// Claims lists the claims of an incident by their numbers.
func (db *DB) Claims(ctx context.Context, incidentID int64) ([]desk.Claim, error) {
	var w where
	w.and("incident_id = ?", incidentID)
	return list(ctx, db, claims, &w, " ORDER BY number")
}

// Claim gives one claim. desk.ErrNotFound.
func (db *DB) Claim(ctx context.Context, id int64) (desk.Claim, error) {
	return one(ctx, db, claims, id)
}

// ChangeClaim changes a claim, or makes one when id is 0, with the next number of the incident that f puts it in.
func (db *DB) ChangeClaim(ctx context.Context, id int64, act desk.Act, f func(*desk.Claim, *desk.Out) error) (c desk.Claim, err error) {
	for range triesToChange {
		c, err = tryChange(ctx, db, claims, id, act, func(c *desk.Claim, out *desk.Out) error {
			if err := f(c, out); err != nil || id != 0 {
				return err
			}
			c.Number, err = selectOne(db.reader(ctx), value[int], "SELECT COALESCE(MAX(number), 0) + 1 FROM claims WHERE incident_id = ?", c.IncidentID)
			return err
		})
		if !errors.Is(err, errStale) {
			return c, err
		}
	}
	return c, fmt.Errorf("%s: %w", claims.on(id), desk.ErrConflict)
}

// ClaimLinks lists what people said about which mentions make a claim, newest mention first.
func (db *DB) ClaimLinks(ctx context.Context, claimID int64) ([]desk.Link, error) {
	return selectAll(db.reader(ctx), func(s scanner) (l desk.Link, err error) {
		var makes, at int64
		err = s.Scan(&l.MentionID, &makes, &l.Who, &at)
		l.Makes, l.At = makes == 1, unstamp(at)
		return l, err
	}, "SELECT mention_id, makes, who, at FROM claim_mentions WHERE claim_id = ? ORDER BY mention_id DESC", claimID)
}

// ClaimsOf lists the claims that people said a mention makes.
func (db *DB) ClaimsOf(ctx context.Context, mentionID int64) ([]desk.Claim, error) {
	var w where
	w.and("id IN (SELECT claim_id FROM claim_mentions WHERE mention_id = ? AND makes = 1)", mentionID)
	return list(ctx, db, claims, &w, " ORDER BY id")
}

// LinkClaim keeps what a person says about whether mentions make a claim; forget takes back what was said. desk.ErrNotFound for a
// claim or mention that is none.
func (db *DB) LinkClaim(ctx context.Context, claimID int64, mentionIDs []int64, makes, forget bool, act desk.Act, out desk.Out) error {
	return db.write(ctx, true, func(t *tx) error {
		if _, _, err := load(t, db, claims, claimID); err != nil {
			return err
		}
		for _, id := range mentionIDs {
			if err := t.linkClaim(claimID, id, makes, forget, act); err != nil {
				return err
			}
		}
		return t.record(act, claims.on(claimID), out, "", "")
	})
}

func (t *tx) linkClaim(claimID, mentionID int64, makes, forget bool, act desk.Act) error {
	if forget {
		return t.exec("DELETE FROM claim_mentions WHERE claim_id = ? AND mention_id = ?", claimID, mentionID)
	}
	m, err := selectOne(t, scanMention, "SELECT "+mentionColumns+" FROM mentions m WHERE m.id = ?", mentionID)
	if err != nil {
		return fmt.Errorf("mention %d: %w", mentionID, err)
	}
	is := 0
	if act.At.IsZero() {
		act.At = time.Now()
	}
	if makes {
		is = 1
	}
	return t.exec("INSERT INTO claim_mentions (claim_id, mention_id, fold, makes, who, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (claim_id, mention_id)"+
		" DO UPDATE SET makes = excluded.makes, who = excluded.who, at = excluded.at", claimID, mentionID, m.Fold, is, clean(cmp.Or(act.Name, act.Who)), stamp(act.At))
}

// carrier is a mention that carries a claim.
type carrier struct {
	id, author, reach int64
	network           string
}

// ClaimSpread adds up how far a claim has got within what a asks for: the mentions that people confirmed and those that fold
// together with them, without those that people said do not make it. a.Step is the step of the points.
func (db *DB) ClaimSpread(ctx context.Context, claimID int64, a desk.Ask) (desk.Spread, error) {
	scopes, err := db.askScopes(ctx, &a)
	if err != nil {
		return desk.Spread{}, err
	}
	var w where
	among(&w, "scope", scopes)
	w.and("mention_id >= ? AND mention_id < ?", firstID(a.From), firstID(a.To))
	w.and("(mention_id IN (SELECT mention_id FROM claim_mentions WHERE claim_id = ? AND makes = 1)"+
		" OR fold <> 0 AND fold IN (SELECT fold FROM claim_mentions WHERE claim_id = ? AND makes = 1))", claimID, claimID)
	w.and("mention_id NOT IN (SELECT mention_id FROM claim_mentions WHERE claim_id = ? AND makes = 0)", claimID)
	all, err := selectAll(db.reader(ctx), func(s scanner) (c carrier, err error) {
		err = s.Scan(&c.id, &c.author, &c.reach, &c.network)
		return c, err
	}, "SELECT DISTINCT mention_id, author, reach, network FROM answers"+w.String()+" ORDER BY mention_id", w.args...)
	if err != nil {
		return desk.Spread{}, fmt.Errorf("how far %s has got: %w", claims.on(claimID), err)
	}
	return spreadOf(all, a.Step), nil
}

func spreadOf(all []carrier, step time.Duration) desk.Spread {
	s := desk.Spread{Mentions: len(all), Points: []desk.Point{}, Networks: []desk.Share{}}
	people, networks := map[int64]int64{}, map[string]int{}
	for _, c := range all {
		at := idTime(c.id)
		if s.First.IsZero() {
			s.First = at
		}
		s.Last = at
		networks[c.network]++
		if c.author != 0 {
			people[c.author] = max(people[c.author], c.reach)
		}
		at = at.Truncate(max(step, time.Minute))
		if n := len(s.Points); n == 0 || !s.Points[n-1].At.Equal(at) {
			s.Points = append(s.Points, desk.Point{At: at})
		}
		s.Points[len(s.Points)-1].Count++
	}
	s.People = len(people)
	for _, r := range people {
		s.Reach += r
	}
	for n, count := range networks {
		s.Networks = append(s.Networks, desk.Share{Name: n, Count: count})
	}
	slices.SortFunc(s.Networks, func(a, b desk.Share) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
	return s
}
