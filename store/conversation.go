package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"breakwater/desk"
)

var conversations = &noun[desk.Conversation]{
	table: "conversations", word: "conversation",
	id:      func(c *desk.Conversation) *int64 { return &c.ID },
	version: func(c *desk.Conversation) *int { return &c.Version },
	hide:    func(c *desk.Conversation) secret { return secret{Key: c.Key} },
	reveal:  func(c *desk.Conversation, s secret) { c.Key = s.Key },
	columns: []string{"brand_id", "incident_id", "state", "assignee", "thread", "since", "due", "touched", "until", "danger", "voice", "who"},
	values: func(c *desk.Conversation) []any {
		return []any{c.BrandID, c.IncidentID, c.State, c.AssigneeID, threadOf(c), stamp(c.Since), stamp(c.Due), stamp(c.Touched), stamp(c.Until),
			flag(c.Danger), flag(c.Voice), clean(strings.ToLower(c.Person.Handle + " " + c.Person.Name))}
	},
	beside: keepTags,
}

// threadOf names what joins messages to one conversation: the person on their network, public and private apart. A mail joins by what
// it refers to alone.
func threadOf(c *desk.Conversation) string {
	return thread(c.Network, &c.Person, c.Private)
}

func thread(network string, a *desk.Author, private bool) string {
	id := a.NativeID
	if id == "" {
		id = strings.ToLower(a.Handle)
	}
	if id == "" {
		return ""
	}
	if private {
		network += "!"
	}
	return clean(network + " " + id)
}

// keepTags keeps what conversations are found by beside their columns.
func keepTags(t *tx, c *desk.Conversation, _ desk.Act) error {
	var args []any
	for _, l := range c.Labels {
		args = append(args, c.BrandID, labelTag(l), c.ID)
	}
	for _, id := range c.Claims {
		args = append(args, c.BrandID, claimTag(id), c.ID)
	}
	if c.Version > 1 { // a new one has none
		if err := t.exec("DELETE FROM conversation_tags WHERE conversation_id = ?", c.ID); err != nil {
			return err
		}
	}
	return insertTags.run(t, args)
}

var insertTags = newBulk("INSERT INTO conversation_tags (brand_id, tag, conversation_id) VALUES", 3, "ON CONFLICT DO NOTHING")

func labelTag(label string) string { return "label:" + clean(label) }
func claimTag(id int64) string     { return fmt.Sprint("claim:", id) }

// Conversation gives one conversation. desk.ErrNotFound.
func (db *DB) Conversation(ctx context.Context, id int64) (desk.Conversation, error) {
	return one(ctx, db, conversations, id)
}

// Conversations lists conversations from a place on: the longest waiting first, or the newest touched.
func (db *DB) Conversations(ctx context.Context, f desk.ConversationFilter) ([]desk.Conversation, error) {
	w := conversationWhere(&f)
	column, order, past := "touched", "DESC", "<"
	if f.Longest {
		column, order, past = "since", "ASC", ">"
		w.and("since > 0")
	}
	if f.After.ID != 0 {
		at := stamp(f.After.At)
		w.and("("+column+" "+past+" ? OR "+column+" = ? AND id "+past+" ?)", at, at, f.After.ID)
	}
	return list(ctx, db, conversations, w, fmt.Sprintf(" ORDER BY %s %s, id %s LIMIT %d", column, order, order, limit(f.Limit)))
}

func conversationWhere(f *desk.ConversationFilter) *where {
	w := &where{}
	for _, is := range []struct {
		column string
		id     int64
	}{{"brand_id", f.BrandID}, {"incident_id", f.IncidentID}, {"assignee", f.AssigneeID}} {
		if is.id != 0 {
			w.and(is.column+" = ?", is.id)
		}
	}
	among(w, "state", f.States)
	for cond, on := range map[string]bool{"assignee = 0": f.Unassigned, "since > 0": f.Waits, "danger = 1": f.Danger, "voice = 1": f.Voice} {
		if on {
			w.and(cond)
		}
	}
	if !f.Late.IsZero() {
		w.and("since > 0 AND due > 0 AND due < ?", stamp(f.Late))
	}
	if !f.Over.IsZero() {
		w.and("until > 0 AND until <= ?", stamp(f.Over))
	}
	if f.Person != "" {
		w.and("(thread = ? OR thread = ?)", clean(f.Network+" "+f.Person), clean(f.Network+"! "+f.Person))
	} else if f.Network != "" {
		w.and("(thread >= ? AND thread < ? OR thread >= ? AND thread < ?)", f.Network+" ", f.Network+"!", f.Network+"! ", f.Network+"!!")
	}
	if f.Label != "" {
		w.and("id IN (SELECT conversation_id FROM conversation_tags WHERE tag = ?)", labelTag(f.Label))
	}
	if f.ClaimID != 0 {
		w.and("id IN (SELECT conversation_id FROM conversation_tags WHERE tag = ?)", claimTag(f.ClaimID))
	}
	if f.Text != "" {
		like := "%" + likeEscape.Replace(clean(strings.ToLower(f.Text))) + "%"
		w.and(`(who LIKE ? ESCAPE '!' OR id IN (SELECT conversation_id FROM messages WHERE words LIKE ? ESCAPE '!'))`, like, like)
	}
	return w
}

var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// CountConversations counts those that a person sees in each view; brandID 0 is all brands.
func (db *DB) CountConversations(ctx context.Context, brandID, userID int64, now time.Time) (n desk.ConversationCounts, err error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	conversations.within(ctx, &w)
	w.and("(since > 0 OR state IN ('signing', 'snoozed'))")
	var oldest int64
	err = each(db.reader(ctx), func(s scanner) error {
		return s.Scan(&n.Waiting, &n.Late, &oldest, &n.Mine, &n.Unassigned, &n.Danger, &n.Voices, &n.Signing, &n.Snoozed)
	}, "SELECT COALESCE(SUM(CASE WHEN since > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN since > 0 AND due > 0 AND due < ? THEN 1 ELSE 0 END), 0),"+
		" COALESCE(MIN(CASE WHEN since > 0 THEN since END), 0),"+
		" COALESCE(SUM(CASE WHEN assignee = ? AND state IN ('waiting', 'signing', 'sending') THEN 1 ELSE 0 END), 0),"+
		" COALESCE(SUM(CASE WHEN assignee = 0 AND state = 'waiting' THEN 1 ELSE 0 END), 0),"+
		" COALESCE(SUM(CASE WHEN danger = 1 AND state = 'waiting' THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN voice = 1 AND state = 'waiting' THEN 1 ELSE 0 END), 0),"+
		" COALESCE(SUM(CASE WHEN state = 'signing' THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN state = 'snoozed' THEN 1 ELSE 0 END), 0) FROM conversations"+w.String(),
		append([]any{stamp(now), userID}, w.args...)...)
	n.Oldest = unstamp(oldest)
	return n, err
}

// ChangeConversation changes a conversation, or makes one when id is 0. f must not ask the store.
func (db *DB) ChangeConversation(ctx context.Context, id int64, act desk.Act, f func(*desk.Conversation, *desk.Out) error) (c desk.Conversation, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		if err := db.d.lock(t.ctx, t, lockInbox); err != nil {
			return err
		}
		c = desk.Conversation{}
		if id != 0 {
			if c, err = oneIn(t, conversations, id); err != nil {
				return err
			}
		}
		var out desk.Out
		if err := f(&c, &out); err != nil || out.Skip {
			return err
		}
		if err := conversations.permit(t, &c); err != nil {
			return err
		}
		return keepIn(t, conversations, &c, act, out)
	})
	return c, err
}

// Noted changes a conversation as ChangeConversation does, and keeps a message in it.
func (db *DB) Noted(ctx context.Context, id int64, m desk.Message, act desk.Act, f func(*desk.Conversation, *desk.Out) error) (c desk.Conversation, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		if err := db.d.lock(t.ctx, t, lockInbox); err != nil {
			return err
		}
		if c, err = oneIn(t, conversations, id); err != nil {
			return err
		}
		var out desk.Out
		if err := f(&c, &out); err != nil {
			return err
		}
		if err := conversations.permit(t, &c); err != nil {
			return err
		}
		kept := m
		kept.ConversationID = id
		if err := keepMessage(t, &kept); err != nil {
			return err
		}
		return keepIn(t, conversations, &c, act, out)
	})
	return c, err
}

// Labels lists the labels that a brand's conversations have.
func (db *DB) Labels(ctx context.Context, brandID int64) ([]string, error) {
	return selectAll(db.reader(ctx), func(s scanner) (string, error) {
		v, err := value[string](s)
		return strings.TrimPrefix(v, "label:"), err
	}, "SELECT DISTINCT tag FROM conversation_tags WHERE brand_id = ? AND tag >= 'label:' AND tag < 'label;' ORDER BY tag LIMIT 200", brandID)
}
