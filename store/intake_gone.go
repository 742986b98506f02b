package store

import (
	"time"

	"breakwater/desk"
)

// reread brings messages up to date with mentions that were edited or deleted at their network.
func (a *appender) reread(batches []*Prepared) error {
	names, err := a.goneAlone(batches)
	if err != nil {
		return err
	}
	things := map[string]*thing{}
	for _, th := range a.things {
		if th.was == nil || !th.edited && !th.gone {
			continue
		}
		name := nameOf(th.was.Ref)
		names, things[name] = append(names, name), th
	}
	if len(names) == 0 {
		return nil
	}
	if err := a.t.db.d.lock(a.t.ctx, a.t, lockInbox); err != nil {
		return err
	}
	var stale []desk.Message
	err = selectIn(a.t, "SELECT id, body FROM messages WHERE name IN (@) AND name <> ''", names, func(s scanner) error {
		m, err := scanMessage(s)
		stale = append(stale, m)
		return err
	})
	if err != nil || len(stale) == 0 {
		return err
	}
	in := newIntake(a.t, a.at)
	var edits []desk.Message
	for _, m := range stale {
		if th := things[nameOf(m.Ref)]; th != nil && !th.gone {
			edits = append(edits, m)
			continue
		}
		m.Title, m.Text, m.Quoted, m.Author, m.URL, m.Deleted = "", "", "", desk.Author{Followers: m.Author.Followers}, "", a.at
		if err := keepMessage(a.t, &m); err != nil {
			return err
		}
		if err := a.t.forget(m.ConversationID, a.at); err != nil {
			return err
		}
	}
	for _, m := range edits {
		now := things[nameOf(m.Ref)].now
		if err := in.reword(m, &desk.Message{Title: now.Title, Text: now.Text, Lang: now.Lang, Mood: now.Mood, Cues: now.Cues, Edited: now.Edited}); err != nil {
			return err
		}
	}
	return in.flush()
}

// forget takes the person out of a conversation of which nothing of theirs is left, with what somebody was writing to them.
func (t *tx) forget(conversationID int64, at time.Time) error {
	left, err := selectOne(t, value[int64], "SELECT COUNT(*) FROM messages WHERE conversation_id = ? AND kind = ? AND words <> ''", conversationID, desk.MessageIn)
	if err != nil || left > 0 {
		return err
	}
	c, err := oneIn(t, conversations, conversationID)
	if err != nil {
		return err
	}
	if err := t.exec("DELETE FROM drafts WHERE conversation_id = ?", conversationID); err != nil { // it names them, and nobody is there to get it
		return err
	}
	c.Person, c.Subject = desk.Author{Followers: c.Person.Followers}, ""
	act := desk.Act{Who: "desk", Name: "Breakwater", Do: "conversation.forget", At: at}
	if err := t.forgetAnswers(conversationID, act); err != nil {
		return err
	}
	return keepIn(t, conversations, &c, act, desk.Out{Say: desk.Say("Everything that somebody wrote was deleted at its network: it is gone here too.")})
}

// goneAlone are the names of messages that were deleted at their network and are no mentions: what was written to our account alone. Most
// deletions are of what we never had, so the inbox is locked only when there is one.
func (a *appender) goneAlone(batches []*Prepared) (found []string, err error) {
	var names []string
	for _, p := range batches {
		if p.batch.OwnOnly {
			continue // such a source brings mentions only: letters and private messages are never its own
		}
		for _, r := range p.batch.Gone {
			if th := a.byKey[r.Key()]; th == nil || th.was == nil {
				names = append(names, nameOf(r))
			}
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	err = selectIn(a.t, "SELECT name FROM messages WHERE name IN (@) AND name <> ''", names, func(s scanner) error {
		name, err := value[string](s)
		found = append(found, name)
		return err
	})
	return found, err
}
