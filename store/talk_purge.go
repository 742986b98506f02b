package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"breakwater/desk"
)

// PurgeTalks removes up to limit conversations of a brand that are over and were last touched before a time, the oldest first, with all
// that was said in them, and tells how many; 0 at the end. What we posted stays among the posts, but not to whom.
func (db *DB) PurgeTalks(ctx context.Context, brandID int64, before time.Time, limit int) (n int, err error) {
	err = db.write(ctx, false, func(t *tx) error {
		if err := db.d.lock(t.ctx, t, lockInbox); err != nil {
			return err
		}
		var w where
		w.and("brand_id = ? AND touched < ? AND since = 0", brandID, stamp(before))
		among(&w, "state", []string{desk.ConversationAnswered, desk.ConversationLeft, desk.ConversationDone})
		ids, err := selectAll(t, value[int64], "SELECT id FROM conversations"+w.String()+" ORDER BY touched, id LIMIT ?", append(w.args, limit)...)
		if err != nil {
			return err
		}
		n = len(ids)
		var gone error
		for _, id := range ids {
			gone = errors.Join(gone, t.purgeTalk(id))
		}
		return gone
	})
	return n, err
}

func (t *tx) purgeTalk(id int64) error {
	said, err := selectAll(t, value[int64], "SELECT id FROM messages WHERE conversation_id = ?", id)
	if err != nil {
		return err
	}
	for _, m := range said {
		if err := t.exec("DELETE FROM talk_words WHERE "+t.db.d.talkWordsID()+" = ?", talkWordsID(&desk.Message{ID: m, ConversationID: id})); err != nil {
			return err
		}
	}
	for _, table := range []string{"messages", "conversation_tags", "drafts", "tickets"} {
		if err := t.exec("DELETE FROM "+table+" WHERE conversation_id = ?", id); err != nil {
			return err
		}
	}
	if err := t.exec("DELETE FROM conversations WHERE id = ?", id); err != nil {
		return err
	}
	return t.forgetAnswers(id, desk.Act{Who: "desk", Name: "Breakwater", Do: "conversation.forget", At: time.Now().UTC()})
}

// forgetAnswers takes names and addresses out of what was answered in a conversation. An answer that may still go out keeps them.
func (t *tx) forgetAnswers(conversationID int64, act desk.Act) error {
	var all []noted
	out := desk.Out{Say: desk.Say("To whom this went is kept no more.")}
	still := map[int64]bool{} // statements that may still go out
	of := fmt.Sprintf(" WHERE conversation_id = %d ORDER BY id", conversationID)
	err := eachRow(t, posts, of, func(p desk.Post, before string) error {
		if p.Open() && p.State != desk.PostFailed {
			still[p.StatementID] = true
			return nil
		}
		if !p.Answer.Forget() {
			return nil
		}
		body, err := saveIn(t, posts, &p, p.Version)
		all = append(all, noted{posts.on(p.ID), out, digest(before), digest(body)})
		return err
	})
	if err != nil {
		return err
	}
	err = eachRow(t, statements, of, func(s desk.Statement, before string) error {
		if still[s.ID] || s.State == desk.StatementReview || !s.Answers.Forget() {
			return nil
		}
		body, err := saveIn(t, statements, &s, s.Version)
		all = append(all, noted{statements.on(s.ID), out, digest(before), digest(body)})
		return err
	})
	if err != nil || len(all) == 0 {
		return err
	}
	return t.recordAll(act, all)
}
