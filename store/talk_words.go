package store

import (
	"context"
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

// indexTalks makes the index of messages that were kept before there was one.
func (db *DB) indexTalks(ctx context.Context) error {
	have, err := selectAll(db.reader(ctx), value[int64], "SELECT "+db.d.talkWordsID()+" FROM talk_words LIMIT 1")
	if err != nil || len(have) > 0 {
		return err
	}
	for after := int64(0); ; {
		some, err := selectAll(db.reader(ctx), scanMessage, "SELECT id, body FROM messages WHERE id > ? AND words <> '' ORDER BY id LIMIT 500", after)
		if err != nil || len(some) == 0 {
			return err
		}
		err = db.write(ctx, false, func(t *tx) error {
			for i := range some {
				if err := indexMessage(t, &some[i], false); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		after = some[len(some)-1].ID
	}
}
