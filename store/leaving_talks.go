package store

import (
	"context"
	"errors"
	"time"

	"breakwater/desk"
)

// openTalks are the conversations of somebody that something is to be done about. What is over stays theirs until somebody writes again.
const openTalks = " WHERE assignee = ? AND state NOT IN ('" + desk.ConversationAnswered + "', '" + desk.ConversationLeft + "', '" + desk.ConversationDone + "')"

// handedAtOnce is how many conversations change hands in one transaction: everybody who writes or answers waits for it.
const handedAtOnce = 200

// leaveTalks gives the open conversations that somebody looks after to one heir for each brand: the first of them with the farewell, the
// rest by a job.
func (t *tx) leaveTalks(h desk.Handover, f *farewell) (ties []desk.Tie, err error) {
	err = each(t, func(s scanner) error {
		var brandID int64
		var n int
		if err := s.Scan(&brandID, &n); err != nil {
			return err
		}
		ties = append(ties, h.Exchanges(brandID, n))
		return nil
	}, "SELECT brand_id, COUNT(*) FROM conversations"+openTalks+" GROUP BY brand_id ORDER BY brand_id", h.User.ID)
	if err != nil || f == nil {
		return ties, err
	}
	for _, tie := range ties {
		rest := desk.ExchangeHandover{UserID: h.User.ID, Name: h.User.Name, BrandID: tie.BrandID, Heir: tie.Heir}
		more, err := t.handOverTalks(rest, f.do("conversation.handover"))
		if err != nil {
			return nil, err
		}
		if !more {
			continue
		}
		if err := t.enqueue([]desk.Job{rest.Job()}); err != nil {
			return nil, err
		}
	}
	return ties, nil
}

// HandOverTalks gives some more of the open conversations of somebody who left to their heir, and reports whether there are others. It
// gives nothing of somebody who is back.
func (db *DB) HandOverTalks(ctx context.Context, h desk.ExchangeHandover, act desk.Act) (more bool, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		if err := db.d.lock(t.ctx, t, lockInbox); err != nil {
			return err
		}
		u, err := oneIn(t, users, h.UserID)
		if err != nil || !u.Disabled {
			return err
		}
		more, err = t.handOverTalks(h, act)
		return err
	})
	return more, err
}

// handOverTalks gives the oldest of the conversations to the heir, to nobody when that one left, too.
func (t *tx) handOverTalks(h desk.ExchangeHandover, act desk.Act) (more bool, err error) {
	heir, err := oneIn(t, users, h.Heir)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return false, err
	}
	say := desk.Say("{name} left; {heir} takes over this conversation.", "name", h.Name, "heir", heir.Name)
	if heir.ID == 0 || heir.Disabled {
		heir, say = desk.User{}, desk.Say("{name} left; nobody has this conversation now.", "name", h.Name)
	}
	rows, err := selectAll(t, scanBody, "SELECT id, body FROM conversations"+openTalks+" AND brand_id = ? ORDER BY id LIMIT ?", h.UserID, h.BrandID, handedAtOnce)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	var all []noted
	for _, r := range rows {
		c, err := conversations.unpack(t.db, r.id, r.body)
		if err != nil {
			return false, err
		}
		c.AssigneeID, c.Assignee = heir.ID, heir.Name
		body, err := saveIn(t, conversations, &c, c.Version)
		if err != nil {
			return false, err
		}
		all = append(all, noted{conversations.on(c.ID), desk.Out{Say: say}, digest(r.body), digest(body)})
	}
	if act.At.IsZero() {
		act.At = time.Now().UTC()
	}
	return len(rows) == handedAtOnce, t.recordAll(act, all)
}
