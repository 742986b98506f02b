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
	if c.Ticket != nil {
		if err := t.exec("INSERT INTO tickets (name, conversation_id) VALUES (?, ?) ON CONFLICT DO NOTHING", clean(c.Ticket.Key), c.ID); err != nil {
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
	w, tail := db.conversationList(&f)
	return list(ctx, db, conversations, w, tail)
}

// conversationList is the conditions of a list, and its order and length.
func (db *DB) conversationList(f *desk.ConversationFilter) (*where, string) {
	w := db.conversationWhere(f)
	column, order, past := "touched", "DESC", "<"
	if f.Longest {
		column, order, past = "since", "ASC", ">"
		w.and("since > 0")
	}
	if f.After.ID != 0 {
		w.and("("+column+", id) "+past+" (?, ?)", stamp(f.After.At), f.After.ID)
	}
	if f.Person != "" {
		column = "+" + column // one person's are few: found by the person, then sorted
	}
	return w, fmt.Sprintf(" ORDER BY %s %s, id %s LIMIT %d", column, order, order, limit(f.Limit))
}

func (db *DB) conversationWhere(f *desk.ConversationFilter) *where {
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
	for _, is := range []struct {
		cond string
		on   bool
	}{{"assignee = 0", f.Unassigned}, {"since > 0", f.Waits}, {"danger = 1", f.Danger}, {"voice = 1", f.Voice}} {
		if is.on {
			w.and(is.cond)
		}
	}
	if !f.Late.IsZero() {
		w.and("since > 0 AND due > 0 AND due < ?", stamp(f.Late))
	}
	if !f.Over.IsZero() {
		w.and("until > 0 AND until <= ?", stamp(f.Over))
	}
	if f.Person != "" {
		w.and("thread IN (?, ?)", clean(f.Network+" "+f.Person), clean(f.Network+"! "+f.Person))
	} else if f.Network != "" {
		w.and("(thread >= ? AND thread < ? OR thread >= ? AND thread < ?)", f.Network+" ", f.Network+"!", f.Network+"! ", f.Network+"!!")
	}
	if f.Label != "" {
		tagged(w, f.BrandID, labelTag(f.Label))
	}
	if f.ClaimID != 0 {
		tagged(w, f.BrandID, claimTag(f.ClaimID))
	}
	if f.Text != "" {
		db.says(w, f.Text)
	}
	return w
}

// tagged adds that a conversation has a tag; brandID 0 is any brand.
func tagged(w *where, brandID int64, tag string) {
	if brandID == 0 {
		w.and("id IN (SELECT conversation_id FROM conversation_tags WHERE brand_id IN (SELECT id FROM brands) AND tag = ?)", tag)
		return
	}
	w.and("id IN (SELECT conversation_id FROM conversation_tags WHERE brand_id = ? AND tag = ?)", brandID, tag)
}

// CountConversations counts those that a person sees in each view: what the lists of the views hold. brandID 0 is all brands.
func (db *DB) CountConversations(ctx context.Context, brandID, userID int64, now time.Time) (n desk.ConversationCounts, err error) {
	brands := []int64{brandID}
	if brandID == 0 {
		if brands, err = selectAll(db.reader(ctx), value[int64], "SELECT id FROM brands"); err != nil {
			return n, err
		}
	}
	actor := desk.ActorOf(ctx)
	_, all := actor.Brands()
	for _, id := range brands {
		if !all && !actor.Sees(id) {
			continue
		}
		one, err := db.countTalks(ctx, id, userID, now)
		if err != nil {
			return n, err
		}
		n = n.Plus(one)
	}
	return n, nil
}

// countTalks is CountConversations for one brand, in a time that does not depend on how many wrote: every page shows it.
func (db *DB) countTalks(ctx context.Context, brandID, userID int64, now time.Time) (n desk.ConversationCounts, err error) {
	counts := map[string]*int{"waiting": &n.Waiting, "due": &n.Late, "mine": &n.Mine, "unassigned": &n.Unassigned, "danger": &n.Danger, "voice": &n.Voices,
		desk.ConversationSigning: &n.Signing, desk.ConversationSnoozed: &n.Snoozed, desk.ConversationHanded: &n.Handed}
	query, args := countsQuery(brandID, userID, now)
	err = each(db.reader(ctx), func(s scanner) error {
		var what string
		var x int64
		err := s.Scan(&what, &x)
		if count := counts[what]; count != nil {
			*count += int(x)
		} else if what == "oldest" {
			n.Oldest = unstamp(x)
		}
		return err
	}, query, args...)
	return n, err
}

// countsQuery takes what the triggers of conversations add up. Whose answer was due in this very hour is looked up.
func countsQuery(brandID, userID int64, now time.Time) (query string, args []any) {
	hour := now.Truncate(time.Hour)
	return "SELECT what, CAST(SUM(n) AS BIGINT) FROM conversation_counts WHERE brand_id = ? AND (what NOT IN ('mine', 'due') OR what = 'mine' AND number = ? OR what = 'due' AND number < ?) GROUP BY what" +
			" UNION ALL SELECT 'due', COUNT(*) FROM conversations WHERE brand_id = ? AND since > 0 AND due >= ? AND due < ?" +
			" UNION ALL SELECT 'oldest', COALESCE(MIN(since), 0) FROM conversations WHERE brand_id = ? AND since > 0",
		[]any{brandID, userID, stamp(hour) / time.Hour.Microseconds(), brandID, stamp(hour), stamp(now), brandID}
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

// Labels lists the labels that a brand's conversations have. desk.ErrNotFound for a brand that the acting person does not see.
func (db *DB) Labels(ctx context.Context, brandID int64) ([]string, error) {
	if brandID != 0 && !desk.ActorOf(ctx).Sees(brandID) {
		return nil, fmt.Errorf("labels of brand %d: %w", brandID, desk.ErrNotFound)
	}
	return selectAll(db.reader(ctx), func(s scanner) (string, error) {
		v, err := value[string](s)
		return strings.TrimPrefix(v, "label:"), err
	}, "SELECT DISTINCT tag FROM conversation_tags WHERE brand_id = ? AND tag >= 'label:' AND tag < 'label;' ORDER BY tag LIMIT 200", brandID)
}
