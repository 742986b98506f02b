package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// goesOn is how long a conversation that is over is taken up again by a new message of the same person.
const goesOn = 14 * 24 * time.Hour

// find is the conversation that a message belongs to, a new one when there is none.
func (in *intake) find(m *desk.Incoming, post *desk.Post) (*desk.Conversation, error) {
	who := thread(m.Network, &m.Author, m.Private)
	switch m.Via {
	case desk.ViaMail:
		if c, err := in.mail(m, post, who); c != nil || err != nil {
			return c, err
		}
	case desk.ViaForm:
		if c, err := in.form(m, who); c != nil || err != nil {
			return c, err
		}
	default:
		if c, err := in.newestOf(m.BrandID, who); c != nil || err != nil {
			return c, err
		}
	}
	id, err := in.t.nextID("conversations")
	if err != nil {
		return nil, err
	}
	c := &desk.Conversation{ID: id, BrandID: m.BrandID, Private: m.Private, Network: m.Network, Person: m.Author, Key: randomKey()}
	in.changed[id] = &changedTalk{talk: c}
	in.order = append(in.order, id)
	in.newest[fmt.Sprint(c.BrandID, " ", who)] = c
	if m.Via == desk.ViaForm && m.OfID != 0 {
		return c, in.twin(c, m)
	}
	return c, nil
}

// mail is the conversation that a mail goes on: by the address that only they have, or by what it refers to when they wrote that too.
func (in *intake) mail(m *desk.Incoming, post *desk.Post, who string) (*desk.Conversation, error) {
	if len(m.Keys) > 0 && post.Answer != nil {
		if _, ours := in.keyed[post.Key]; ours {
			c, err := in.load(post.Answer.ConversationID)
			if !errors.Is(err, desk.ErrNotFound) { // else it is as old as what is kept no more
				return c, err
			}
		}
	}
	var ids []int64
	if post.Answer != nil {
		ids = append(ids, post.Answer.ConversationID)
	}
	for _, ref := range append([]string{m.To}, m.Thread...) {
		if id := in.of[nameOf(desk.Ref{Network: m.Network, NativeID: ref})]; ref != "" && id != 0 {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		c, err := in.load(id)
		if errors.Is(err, desk.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.BrandID == m.BrandID && strings.EqualFold(threadOf(c), who) {
			return c, nil
		}
	}
	return nil, nil
}

// form is the private conversation that somebody's link to the form led to before. The link stands in a public answer, so whoever reads that
// has it: only the mail address that they state joins them to a conversation, never the link alone.
func (in *intake) form(m *desk.Incoming, who string) (*desk.Conversation, error) {
	if m.OfID == 0 {
		return in.pressedAgain(m, who)
	}
	from, err := in.load(m.OfID)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return nil, err
	}
	if err != nil || from.Key == "" || from.Key != m.Key || from.BrandID != m.BrandID {
		m.OfID = 0 // a link that somebody made up, or whose conversation is gone, opens an ordinary form
		return in.pressedAgain(m, who)
	}
	for _, id := range slices.Backward(from.InPrivate()) {
		c, err := in.load(id)
		if errors.Is(err, desk.ErrNotFound) {
			continue
		}
		if err != nil || strings.EqualFold(threadOf(c), who) {
			return c, err
		}
	}
	return nil, nil
}

// pressedAgain is the conversation that the form of the same mail address opened and in which they wait: whoever presses twice, or adds a
// word, is one person to answer. The answer goes to that address alone, whoever wrote.
func (in *intake) pressedAgain(m *desk.Incoming, who string) (*desk.Conversation, error) {
	c, err := in.newestOf(m.BrandID, who)
	if err != nil || c == nil || c.Since.IsZero() || c.PublicID != 0 {
		return nil, err
	}
	return c, nil
}

// twin links a private conversation with the public one that it goes on from.
func (in *intake) twin(c *desk.Conversation, m *desk.Incoming) error {
	from, err := in.load(m.OfID)
	if err != nil {
		return err
	}
	in.changed[from.ID].moved = true
	from.BranchOff(c.ID)
	c.PublicID = from.ID
	c.AssigneeID, c.Assignee, c.Labels, c.Danger, c.Voice = from.AssigneeID, from.Assignee, slices.Clone(from.Labels), from.Danger, from.Voice
	return nil
}

// newestOf is the newest conversation with a person, when it goes on.
func (in *intake) newestOf(brandID int64, who string) (*desk.Conversation, error) {
	if who == "" {
		return nil, nil
	}
	key := fmt.Sprint(brandID, " ", who)
	if c, ok := in.newest[key]; ok {
		return c, nil
	}
	id, err := found(selectOne(in.t, value[int64], "SELECT id FROM conversations WHERE thread = ? AND brand_id = ? ORDER BY id DESC LIMIT 1", who, brandID))
	if err != nil || id == 0 {
		return nil, err
	}
	c, err := in.load(id)
	if err != nil || !c.Open() && in.at.Sub(c.Touched) > goesOn {
		return nil, err
	}
	in.newest[key] = c
	return c, nil
}
