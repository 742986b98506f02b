package store

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"breakwater/desk"
	"breakwater/internal/words"
)

// A conversation is found by the words of its messages and by the names of who wrote them, in any script, as mentions are. The index has a
// row for each message, whose id says the conversation too: which conversations a word is in is read from the index alone.

// talkBits are the bits of a row's id that say the message.
const talkBits = 32

// talkWordsID names the row of a message.
func talkWordsID(m *desk.Message) int64 { return m.ConversationID<<talkBits | m.ID&(1<<talkBits-1) }

// talkTokens are what a message is found by; empty when nothing of it is left.
func talkTokens(m *desk.Message) string {
	if strings.TrimSpace(m.Title+m.Text) == "" {
		return ""
	}
	dst := facet(nil, facetListed, "") // in every row: a question that only says what not to find needs something to find
	if m.Kind == desk.MessageIn {
		return string(words.Index(dst, m.Title, m.Text, m.Author.Handle, m.Author.Name))
	}
	return string(words.Index(dst, m.Title, m.Text))
}

// indexMessage brings the index up to date with a message.
func indexMessage(t *tx, m *desk.Message, fresh bool) error {
	tokens := talkTokens(m)
	if !fresh {
		if err := t.exec("DELETE FROM talk_words WHERE "+t.db.d.talkWordsID()+" = ?", talkWordsID(m)); err != nil {
			return err
		}
	}
	if tokens == "" {
		return nil
	}
	return t.exec("INSERT INTO talk_words ("+t.db.d.talkWordsID()+", words) VALUES (?, ?)", talkWordsID(m), t.db.d.searchTokens(tokens))
}

// says adds that words are in a message of a conversation, and those to leave out in none. The last word may be the beginning of one: people are still typing it.
func (db *DB) says(w *where, text string) {
	var q searchAsk
	if typed := strings.Fields(text); len(typed) > 0 {
		if last := typed[len(typed)-1]; !strings.HasPrefix(last, "-") && !strings.ContainsAny(text, `"“”„«»`) && !strings.HasSuffix(last, "*") {
			text = strings.TrimSpace(text) + "*"
		}
	}
	q.text(text)
	if q.empty() {
		w.and("1 = 0")
		return
	}
	if len(q.all) == 0 {
		q.facets(facetListed, "")
	}
	not := q.none
	q.none = nil
	w.and(db.d.talksThatSay(), db.d.searchAsk(q))
	for _, n := range not { // of the conversation, not of one message
		w.and("NOT ("+db.d.talksThatSay()+")", db.d.searchAsk(n))
	}
}

const (
	talksIndexed = "talks indexed" // the setting that says up to which message the index was looked after
	talksAtOnce  = 500             // messages in one transaction
)

// indexTalks indexes messages that have no row: those from before there was an index, and those that a desk of such a version kept beside
// this one. How far it came is kept with the rows, so that one that is killed on the way goes on there.
func (db *DB) indexTalks(ctx context.Context) error {
	for more := true; more; {
		err := db.write(ctx, false, func(t *tx) (err error) {
			more, err = t.indexTalks()
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// indexTalks indexes some messages, and reports whether there are more. Of processes that start together one does it at a time.
func (t *tx) indexTalks() (more bool, err error) {
	if err := t.db.d.lock(t.ctx, t, lockInbox); err != nil {
		return false, err
	}
	at, err := found(selectOne(t, value[string], "SELECT value FROM settings WHERE name = ?", talksIndexed))
	if err != nil {
		return false, err
	}
	after, err := strconv.ParseInt(cmp.Or(at, "0"), 10, 64)
	if err != nil {
		return false, fmt.Errorf("setting %q: %w", talksIndexed, err)
	}
	some, err := selectAll(t, scanMessage, "SELECT id, body FROM messages WHERE id > ? ORDER BY id LIMIT ?", after, talksAtOnce)
	if err != nil || len(some) == 0 {
		return false, err
	}
	have, rows := make(map[int64]bool, len(some)), make([]int64, len(some))
	for i := range some {
		rows[i] = talkWordsID(&some[i])
	}
	err = selectIn(t, "SELECT "+t.db.d.talkWordsID()+" FROM talk_words WHERE "+t.db.d.talkWordsID()+" IN (@)", rows, func(s scanner) error {
		id, err := value[int64](s)
		have[id] = true
		return err
	})
	if err != nil {
		return false, err
	}
	for i := range some {
		if have[rows[i]] {
			continue
		}
		if err := indexMessage(t, &some[i], true); err != nil {
			return false, err
		}
	}
	last := strconv.FormatInt(some[len(some)-1].ID, 10)
	return len(some) == talksAtOnce, t.exec("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", talksIndexed, last)
}
