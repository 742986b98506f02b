package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"breakwater/desk"
)

// nameOf is what a message is found by: as its network calls it.
func nameOf(r desk.Ref) string {
	if r.NativeID == "" {
		return ""
	}
	return clean(r.Network + " " + r.NativeID)
}

func scanMessage(s scanner) (m desk.Message, err error) {
	var body string
	if err := s.Scan(&m.ID, &body); err != nil {
		return m, err
	}
	id := m.ID
	err = decode(body, &m)
	m.ID = id
	return m, err
}

// keepMessage writes a message, a new one when its ID is 0.
func keepMessage(t *tx, m *desk.Message) (err error) {
	fresh := m.ID == 0
	if fresh {
		if m.ID, err = t.nextID("messages"); err != nil {
			return err
		}
	}
	name := ""
	if m.Kind != desk.MessageOut { // notes of people have none
		name = nameOf(m.Ref)
	}
	body, err := toJSON(m)
	if err != nil {
		return err
	}
	words := clean(strings.TrimSpace(strings.ToLower(m.Title + "\n" + m.Text)))
	if fresh {
		err = t.exec("INSERT INTO messages (conversation_id, kind, at, name, post_id, words, body, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			m.ConversationID, m.Kind, stamp(m.At), name, m.PostID, words, clean(body), m.ID)
	} else {
		err = t.exec("UPDATE messages SET post_id = ?, words = ?, body = ? WHERE id = ?", m.PostID, words, clean(body), m.ID)
	}
	if err != nil {
		return err
	}
	return indexMessage(t, m, fresh)
}

// Messages lists a conversation's messages, newest first, notes among them.
func (db *DB) Messages(ctx context.Context, conversationID int64, p desk.Paging) ([]desk.Message, error) {
	if _, err := one(ctx, db, conversations, conversationID); err != nil {
		return nil, err
	}
	var w where
	w.and("conversation_id = ?", conversationID)
	tail := w.page("id", p)
	return selectAll(db.reader(ctx), scanMessage, "SELECT id, body FROM messages"+w.String()+tail, w.args...)
}

// MessagesOf lists a conversation's messages of one kind, newest first.
func (db *DB) MessagesOf(ctx context.Context, conversationID int64, kind string, p desk.Paging) ([]desk.Message, error) {
	if _, err := one(ctx, db, conversations, conversationID); err != nil {
		return nil, err
	}
	var w where
	w.and("conversation_id = ? AND kind = ?", conversationID, kind)
	tail := w.page("id", p)
	return selectAll(db.reader(ctx), scanMessage, "SELECT id, body FROM messages"+w.String()+tail, w.args...)
}

// MessagesBy gives messages by their ids.
func (db *DB) MessagesBy(ctx context.Context, ids []int64) (map[int64]desk.Message, error) {
	all := make(map[int64]desk.Message, len(ids))
	err := selectIn(db.reader(ctx), "SELECT id, body FROM messages WHERE id IN (@)", ids, func(s scanner) error {
		m, err := scanMessage(s)
		all[m.ID] = m
		return err
	})
	return all, err
}

// Seated are the mentions that are in conversations about a claim.
func (db *DB) Seated(ctx context.Context, claimID int64) (map[int64]bool, error) {
	all := make(map[int64]bool)
	err := each(db.reader(ctx), func(s scanner) error {
		m, err := scanMessage(s)
		if m.MentionID != 0 {
			all[m.MentionID] = true
		}
		return err
	}, "SELECT m.id, m.body FROM messages m JOIN conversation_tags t ON t.conversation_id = m.conversation_id JOIN claims c ON c.id = ?"+
		" JOIN incidents i ON i.id = c.incident_id WHERE t.brand_id = i.brand_id AND t.tag = ? AND m.kind = ?", claimID, claimTag(claimID), desk.MessageIn)
	return all, err
}

// AnswersGiven lists what a brand answered since a time but for what was undone, newest first, in an incident when it is not 0.
func (db *DB) AnswersGiven(ctx context.Context, brandID, incidentID int64, since time.Time, n int) ([]desk.Message, error) {
	query, args := answersQuery(brandID, incidentID, since, n)
	return selectAll(db.reader(ctx), scanMessage, query, args...)
}

// answersQuery goes from the newest answer back: what it asks of others it asks row by row, so that no engine thinks of joining. The kind is
// said in the query itself, so that the index of ours alone is used.
func answersQuery(brandID, incidentID int64, since time.Time, n int) (string, []any) {
	var w where
	w.and("COALESCE((SELECT p.state FROM posts p WHERE p.id = m.post_id), '') <> ?", desk.PostDropped) // undone
	w.and("m.kind = 'out' AND m.at >= ? AND (SELECT c.brand_id FROM conversations c WHERE c.id = m.conversation_id) = ?", stamp(since), brandID)
	if incidentID != 0 {
		w.and("(SELECT c.incident_id FROM conversations c WHERE c.id = m.conversation_id) = ?", incidentID)
	}
	return "SELECT m.id, m.body FROM messages m" + w.String() + fmt.Sprintf(" ORDER BY m.id DESC LIMIT %d", limit(n)), w.args
}

// PostsTo lists the posts of a conversation, newest first.
func (db *DB) PostsTo(ctx context.Context, conversationID int64) ([]desk.Post, error) {
	var w where
	w.and("conversation_id = ?", conversationID)
	return list(ctx, db, posts, &w, " ORDER BY id DESC LIMIT 200")
}

// PostsLeaving lists a brand's answers to people that go out after a time, the last first.
func (db *DB) PostsLeaving(ctx context.Context, brandID int64, after time.Time, n int) ([]desk.Post, error) {
	var w where
	w.and("brand_id = ? AND state = ? AND conversation_id > 0 AND due > ?", brandID, desk.PostWaiting, stamp(after))
	return list(ctx, db, posts, &w, fmt.Sprintf(" ORDER BY due DESC, id DESC LIMIT %d", limit(n)))
}

// Draft is the answer that somebody is writing; zero when nobody is.
func (db *DB) Draft(ctx context.Context, conversationID int64) (desk.Draft, error) {
	return found(selectOne(db.reader(ctx), scanDraft, draftQuery, conversationID))
}

const draftQuery = "SELECT conversation_id, user_id, name, text, at, until FROM drafts WHERE conversation_id = ?"

func scanDraft(s scanner) (d desk.Draft, err error) {
	var at, until int64
	err = s.Scan(&d.ConversationID, &d.UserID, &d.Name, &d.Text, &at, &until)
	d.At, d.Until = unstamp(at), unstamp(until)
	return d, err
}

// Drafts are those of the conversations that somebody is writing in right now.
func (db *DB) Drafts(ctx context.Context, conversationIDs []int64, now time.Time) (map[int64]desk.Draft, error) {
	all := make(map[int64]desk.Draft)
	err := selectIn(db.reader(ctx), "SELECT conversation_id, user_id, name, '', at, until FROM drafts WHERE conversation_id IN (@)", conversationIDs, func(s scanner) error {
		d, err := scanDraft(s)
		if now.Before(d.Until) {
			all[d.ConversationID] = d
		}
		return err
	})
	return all, err
}

// KeepDraft keeps what somebody is writing, and reports whether the draft is theirs: it is not while somebody else's lives, unless they
// take it over. Typing is no act: what was sent is in the journal.
func (db *DB) KeepDraft(ctx context.Context, d desk.Draft, takeOver bool) (mine bool, now desk.Draft, err error) {
	err = db.write(ctx, false, func(t *tx) error {
		c, err := oneIn(t, conversations, d.ConversationID)
		if err != nil {
			return err
		}
		if err := conversations.permit(t, &c); err != nil {
			return err
		}
		if mine, err = keepDraft(t, &d, takeOver); err != nil {
			return err
		}
		now, err = selectOne(t, scanDraft, draftQuery, d.ConversationID)
		return err
	})
	return mine, now, err
}

// keepDraft writes a draft, unless somebody else's lives and is not taken over.
func keepDraft(t *tx, d *desk.Draft, takeOver bool) (kept bool, err error) {
	query := "INSERT INTO drafts (conversation_id, user_id, name, text, at, until) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (conversation_id) DO UPDATE SET" +
		" user_id = excluded.user_id, name = excluded.name, text = excluded.text, at = excluded.at, until = excluded.until"
	if !takeOver {
		query += " WHERE drafts.user_id = excluded.user_id OR drafts.until <= excluded.at"
	}
	n, err := t.execN(query, d.ConversationID, d.UserID, clean(d.Name), clean(d.Text), stamp(d.At), stamp(d.Until))
	return n > 0, err
}

// DropDraft forgets somebody's own draft.
func (db *DB) DropDraft(ctx context.Context, conversationID, userID int64) error {
	return db.write(ctx, false, func(t *tx) error {
		return t.exec("DELETE FROM drafts WHERE conversation_id = ? AND user_id = ?", conversationID, userID)
	})
}

// Conversation is one conversation.
func (s sending) Conversation(id int64) (desk.Conversation, error) {
	return oneIn(s.t, conversations, id)
}

// KeepConversation writes a conversation with its journal entry.
func (s sending) KeepConversation(c *desk.Conversation, act desk.Act, out desk.Out) error {
	if err := conversations.permit(s.t, c); err != nil {
		return err
	}
	return keepIn(s.t, conversations, c, act, out)
}

// Clocks are how a brand answers, and its open incidents.
func (s sending) Clocks(brandID int64) (desk.ReplyPolicy, []desk.Incident, error) {
	p, err := policyIn(s.t, brandID)
	if err != nil {
		return p, nil, err
	}
	rooms, err := s.t.openIncidents(brandID)
	return p, rooms, err
}

// KeepMessage writes a message.
func (s sending) KeepMessage(m *desk.Message) error { return keepMessage(s.t, m) }

// Draft is the answer that somebody is writing.
func (s sending) Draft(conversationID int64) (desk.Draft, error) {
	return found(selectOne(s.t, scanDraft, draftQuery, conversationID))
}

// KeepDraft keeps a draft while nobody else's lives.
func (s sending) KeepDraft(d desk.Draft) (bool, error) { return keepDraft(s.t, &d, false) }

// DropDraft forgets somebody's draft, and old words of anybody else: those of who is writing now stay.
func (s sending) DropDraft(conversationID, userID int64, now time.Time) error {
	return s.t.exec("DELETE FROM drafts WHERE conversation_id = ? AND (user_id = ? OR until <= ?)", conversationID, userID, stamp(now))
}

// follow brings the conversation of an answer up to date with what became of its post, in the same transaction.
func follow(t *tx, p *desk.Post, act desk.Act) error {
	if p.Answer == nil {
		return nil
	}
	c, err := oneIn(t, conversations, p.Answer.ConversationID)
	if errors.Is(err, desk.ErrNotFound) { // older than what is kept
		return nil
	}
	if err != nil {
		return err
	}
	if p.State == desk.PostWaiting && p.Version > 1 && p.ID != c.PostID {
		return fmt.Errorf("post %d, in whose place they were answered otherwise: %w", p.ID, desk.ErrInvalidTransition)
	}
	if !c.Follow(p) {
		return nil
	}
	out := desk.Out{Say: desk.Say("An answer is on its way.")} // names of strangers do not belong into a journal that forgets nothing
	switch {
	case c.State == desk.ConversationAnswered || p.Published():
		out.Say = desk.Say("Somebody was answered.")
	case !c.Problem.IsZero():
		out.Say = desk.Say("An answer did not go out: {why}", "why", c.Problem)
	case c.State == desk.ConversationWaiting:
		out.Say = desk.Say("An answer was taken back.")
	}
	act.Do = "conversation.follow"
	return keepIn(t, conversations, &c, act, out)
}
