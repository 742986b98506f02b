package store

import "breakwater/desk"

// edit takes what somebody made of a message that they wrote to us alone. Mentions bring their own.
func (in *intake) edit(m *desk.Incoming) error {
	if m.Edited.IsZero() || m.MentionID != 0 {
		return nil
	}
	was, err := found(selectOne(in.t, scanMessage, "SELECT id, body FROM messages WHERE name = ? AND name <> ''", nameOf(m.Ref)))
	if err != nil || was.Kind != desk.MessageIn || !was.Deleted.IsZero() || !m.Edited.After(was.Edited) {
		return err
	}
	return in.reword(was, &m.Message)
}

// reword puts new words, and what they say, in for those of a message that is in a conversation.
func (in *intake) reword(m desk.Message, now *desk.Message) error {
	if m.Title == now.Title && m.Text == now.Text {
		return nil
	}
	m.Title, m.Text, m.Lang, m.Mood, m.Cues, m.Edited = now.Title, now.Text, now.Lang, now.Mood, now.Cues, now.Edited
	if err := keepMessage(in.t, &m); err != nil {
		return err
	}
	c, err := in.load(m.ConversationID)
	if err != nil {
		return err
	}
	p, err := in.policy(c.BrandID)
	if err != nil {
		return err
	}
	rooms, err := in.open(c.BrandID)
	if err != nil {
		return err
	}
	edit, err := in.t.nextID("messages")
	if err != nil {
		return err
	}
	c.Reword(&m, edit, p, rooms, in.at)
	ch := in.changed[c.ID]
	ch.moved, ch.edited = true, true
	return nil
}
