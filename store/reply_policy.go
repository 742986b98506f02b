package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"breakwater/desk"
)

var replyPolicies = &noun[desk.ReplyPolicy]{
	table: "reply_policies", word: "reply-policy",
	id:      func(p *desk.ReplyPolicy) *int64 { return &p.ID },
	version: func(p *desk.ReplyPolicy) *int { return &p.Version },
	columns: []string{"brand_id"},
	values:  func(p *desk.ReplyPolicy) []any { return []any{p.BrandID} },
	taken:   desk.ErrConflict,
}

// ReplyPolicy is how a brand answers people: as it usually is where nobody said otherwise. desk.ErrNotFound for a brand that the acting
// person does not see.
func (db *DB) ReplyPolicy(ctx context.Context, brandID int64) (desk.ReplyPolicy, error) {
	if !desk.ActorOf(ctx).Sees(brandID) {
		return desk.ReplyPolicy{}, fmt.Errorf("reply policy of brand %d: %w", brandID, desk.ErrNotFound)
	}
	return policyIn(db.reader(ctx), brandID)
}

func policyIn(a asker, brandID int64) (p desk.ReplyPolicy, err error) {
	rows, err := selectAll(a, scanBody, "SELECT id, body FROM reply_policies WHERE brand_id = ?", brandID)
	if err != nil {
		return p, err
	}
	if len(rows) > 0 {
		return replyPolicies.unpack(nil, rows[0].id, rows[0].body)
	}
	zone := ""
	brand, err := selectAll(a, scanBody, "SELECT id, body FROM brands WHERE id = ?", brandID)
	if err != nil {
		return p, err
	}
	if len(brand) > 0 {
		b, err := brands.unpack(nil, brandID, brand[0].body)
		if err != nil {
			return p, err
		}
		zone = b.Zone
	}
	return desk.UsualReplyPolicy(brandID, zone), nil
}

// ChangeReplyPolicy changes a brand's policy, or makes one when id is 0. desk.ErrConflict when it has one already.
func (db *DB) ChangeReplyPolicy(ctx context.Context, id int64, act desk.Act, f func(*desk.ReplyPolicy, *desk.Out) error) (desk.ReplyPolicy, error) {
	return change(ctx, db, replyPolicies, id, act, f)
}

// Receive brings messages into conversations that no source heard: the public form's, and mentions that a person opens one for.
func (db *DB) Receive(ctx context.Context, all []desk.Incoming) error {
	return db.write(ctx, true, func(t *tx) error { return t.intake(all, time.Now().UTC()) })
}

// ConversationOf is the conversation that a message of a network is in. desk.ErrNotFound.
func (db *DB) ConversationOf(ctx context.Context, r desk.Ref) (int64, error) {
	return selectOne(db.reader(ctx), value[int64], "SELECT conversation_id FROM messages WHERE name = ? AND name <> ''", nameOf(r))
}

// randomKey is a name that nobody guesses.
func randomKey() string { return strings.ToLower(rand.Text()) }
