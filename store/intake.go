package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// intake brings what people wrote to us into conversations, in the transaction that keeps the mentions which brought it: whoever wrote is
// there, or nothing of the batch is.
type intake struct {
	t        *tx
	at       time.Time
	policies map[int64]*desk.ReplyPolicy // by brand
	rooms    map[int64]*desk.Incident    // the open incident of a brand; nil: none
	known    map[string]bool             // names of messages that are there
	ours     map[string]desk.Post        // by the id that their network gave them
	keyed    map[string]desk.Post        // by our own key
	of       map[string]int64            // conversations by the name of a message of theirs
	changed  map[int64]*changedTalk      // by conversation
	order    []int64
	newest   map[string]*desk.Conversation // by brand and thread
}

// changedTalk is a conversation that the transaction changes, with what its row was before.
type changedTalk struct {
	talk   *desk.Conversation
	before string
	was    int
	moved  bool // not only looked at
}

// goesOn is how long a conversation that is over is taken up again by a new message of the same person.
const goesOn = 14 * 24 * time.Hour

// intake takes what the batches bring.
func (a *appender) intake(batches []*Prepared) error {
	var all []desk.Incoming
	for _, p := range batches {
		for _, one := range p.batch.Incoming {
			if th := a.byKey[one.Ref.Key()]; one.Via == desk.ViaMention || one.Via == desk.ViaReply || one.Via == desk.ViaNamed {
				if th == nil || th.was != nil || th.now == nil {
					continue // it was here before
				}
				one.MentionID = th.id
			}
			all = append(all, one)
		}
	}
	if err := a.reread(); err != nil || len(all) == 0 {
		return err
	}
	return a.t.intake(all, a.at)
}

// intake brings messages into their conversations.
func (t *tx) intake(all []desk.Incoming, at time.Time) error {
	if err := t.db.d.lock(t.ctx, t, lockInbox); err != nil {
		return err
	}
	in := &intake{t: t, at: at, policies: map[int64]*desk.ReplyPolicy{}, rooms: map[int64]*desk.Incident{}, known: map[string]bool{},
		ours: map[string]desk.Post{}, keyed: map[string]desk.Post{}, of: map[string]int64{}, changed: map[int64]*changedTalk{}, newest: map[string]*desk.Conversation{}}
	if err := in.look(all); err != nil {
		return err
	}
	slices.SortStableFunc(all, func(x, y desk.Incoming) int { return cmp.Compare(x.At.UnixNano(), y.At.UnixNano()) })
	for i := range all {
		if err := in.take(&all[i]); err != nil {
			return err
		}
	}
	return in.flush()
}

// look reads what is known of everything that the messages name, in a few queries.
func (in *intake) look(all []desk.Incoming) error {
	var names, natives, refs, keys []string
	for i := range all {
		m := &all[i]
		names = append(names, nameOf(m.Ref))
		for _, to := range append([]string{m.To}, m.Thread...) {
			if to != "" {
				natives = append(natives, clean(to))
				refs = append(refs, nameOf(desk.Ref{Network: m.Network, NativeID: to}))
			}
		}
		keys = append(keys, m.Keys...)
	}
	err := selectIn(in.t, "SELECT name FROM messages WHERE name IN (@) AND name <> ''", names, func(s scanner) error {
		name, err := value[string](s)
		in.known[name] = true
		return err
	})
	if err != nil {
		return err
	}
	err = selectIn(in.t, "SELECT name, conversation_id FROM messages WHERE name IN (@) AND name <> ''", refs, func(s scanner) error {
		var name string
		var id int64
		err := s.Scan(&name, &id)
		in.of[name] = id
		return err
	})
	if err != nil {
		return err
	}
	if err := in.posts("native", natives, func(p desk.Post) { in.ours[p.NativeID] = p }); err != nil {
		return err
	}
	return in.posts("name", keys, func(p desk.Post) { in.keyed[p.Key] = p })
}

func (in *intake) posts(column string, keys []string, f func(desk.Post)) error {
	return selectIn(in.t, "SELECT id, body FROM posts WHERE "+column+" IN (@) AND "+column+" <> ''", keys, func(s scanner) error {
		r, err := scanBody(s)
		if err != nil {
			return err
		}
		p, err := posts.unpack(in.t.db, r.id, r.body)
		if err == nil {
			f(p)
		}
		return err
	})
}

// take brings one message into its conversation.
func (in *intake) take(m *desk.Incoming) error {
	name := nameOf(m.Ref)
	if m.Late || name != "" && in.known[name] {
		return nil
	}
	in.known[name] = true
	post, answers := in.answered(m)
	if answers {
		m.BrandID = post.BrandID
		if m.Via == desk.ViaMention || m.Via == desk.ViaNamed {
			m.Via = desk.ViaReply
		}
	}
	if m.BrandID == 0 || m.OnlyOurs && !answers {
		return nil
	}
	p, err := in.policy(m.BrandID)
	if err != nil || !p.Asks(&m.Message) {
		return err
	}
	c, err := in.find(m, &post)
	if err != nil {
		return err
	}
	room, err := in.room(m.BrandID)
	if err != nil {
		return err
	}
	level := desk.Normal
	if room != nil {
		c.IncidentID, c.DrillID, level = room.ID, room.DrillID, room.Level
	}
	m.Kind, m.ConversationID = desk.MessageIn, c.ID
	if err := keepMessage(in.t, &m.Message); err != nil {
		return err
	}
	in.of[name] = c.ID
	c.Receive(&m.Message, p, level)
	in.changed[c.ID].moved = true
	names, err := in.names(p)
	if err != nil {
		return err
	}
	p.Apply(c, &m.Message, names)
	return nil
}

// answered is the post of ours that a message answers.
func (in *intake) answered(m *desk.Incoming) (p desk.Post, ok bool) {
	for _, k := range m.Keys {
		if p, ok = in.keyed[k]; ok {
			return p, true
		}
	}
	for _, to := range append([]string{m.To}, m.Thread...) {
		if p, ok = in.ours[clean(to)]; ok && to != "" {
			return p, true
		}
	}
	return desk.Post{}, false
}

// find is the conversation that a message belongs to, a new one when there is none.
func (in *intake) find(m *desk.Incoming, post *desk.Post) (*desk.Conversation, error) {
	who := thread(m.Network, &m.Author, m.Private)
	switch m.Via {
	case desk.ViaMail:
		if c, err := in.mail(m, post, who); c != nil || err != nil {
			return c, err
		}
	case desk.ViaForm:
		if c, err := in.form(m); c != nil || err != nil {
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
			return in.load(post.Answer.ConversationID)
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
		if err != nil {
			return nil, err
		}
		if c.BrandID == m.BrandID && strings.EqualFold(threadOf(c), who) {
			return c, nil
		}
	}
	return nil, nil
}

// form is the private conversation that somebody's own link to the form led to before.
func (in *intake) form(m *desk.Incoming) (*desk.Conversation, error) {
	if m.OfID == 0 {
		return nil, nil
	}
	from, err := in.load(m.OfID)
	switch {
	case err != nil:
		return nil, err
	case from.Key == "" || from.Key != m.Key || from.BrandID != m.BrandID:
		m.OfID = 0 // a link that somebody made up opens an ordinary form
		return nil, nil
	case from.PrivateID == 0:
		return nil, nil
	}
	return in.load(from.PrivateID)
}

// twin links a private conversation with the public one that it goes on from.
func (in *intake) twin(c *desk.Conversation, m *desk.Incoming) error {
	from, err := in.load(m.OfID)
	if err != nil {
		return err
	}
	in.changed[from.ID].moved = true
	from.PrivateID, c.PublicID = c.ID, from.ID
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

// load is a conversation as it is within this transaction.
func (in *intake) load(id int64) (*desk.Conversation, error) {
	if ch := in.changed[id]; ch != nil {
		return ch.talk, nil
	}
	c, body, err := load(in.t, in.t.db, conversations, id)
	if err != nil {
		return nil, err
	}
	in.changed[id] = &changedTalk{talk: &c, before: body, was: c.Version}
	in.order = append(in.order, id)
	return &c, nil
}

// flush writes the conversations, each with its entry.
func (in *intake) flush() error {
	var entries []noted
	act := desk.Act{Who: "desk", Name: "Breakwater", Do: "conversation.receive", At: in.at}
	for _, id := range in.order {
		ch := in.changed[id]
		if !ch.moved {
			continue
		}
		body, err := saveIn(in.t, conversations, ch.talk, ch.was)
		if err != nil {
			return err
		}
		if err := keepTags(in.t, ch.talk, act); err != nil {
			return err
		}
		entries = append(entries, noted{conversations.on(id), desk.Out{Say: desk.Say("A message came in by {network}.", "network", ch.talk.Network)}, digest(ch.before), digest(body)})
	}
	if len(entries) == 0 {
		return nil
	}
	return in.t.recordAll(act, entries)
}

func (in *intake) policy(brandID int64) (*desk.ReplyPolicy, error) {
	if p := in.policies[brandID]; p != nil {
		return p, nil
	}
	p, err := policyIn(in.t, brandID)
	in.policies[brandID] = &p
	return &p, err
}

// room is the open incident of a brand that has the highest level.
func (in *intake) room(brandID int64) (*desk.Incident, error) {
	if r, ok := in.rooms[brandID]; ok {
		return r, nil
	}
	var w where
	w.and("brand_id = ?", brandID)
	all, err := allIn(in.t, incidents, &w, " ORDER BY id DESC LIMIT 50")
	if err != nil {
		return nil, err
	}
	var room *desk.Incident
	for i := range all {
		if all[i].State == desk.IncidentOpen && (room == nil || all[i].Level > room.Level) {
			room = &all[i]
		}
	}
	in.rooms[brandID] = room
	return room, nil
}

// names are the people that a policy's rules give work to.
func (in *intake) names(p *desk.ReplyPolicy) (map[int64]string, error) {
	names := map[int64]string{}
	for _, r := range p.Rules {
		if r.UserID == 0 || names[r.UserID] != "" {
			continue
		}
		u, err := found(oneIn(in.t, users, r.UserID))
		if err != nil {
			return nil, err
		}
		names[r.UserID] = u.Name
	}
	return names, nil
}

// reread brings messages up to date with mentions that were edited or deleted at their network.
func (a *appender) reread() error {
	var names []string
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
	err := selectIn(a.t, "SELECT id, body FROM messages WHERE name IN (@) AND name <> ''", names, func(s scanner) error {
		m, err := scanMessage(s)
		stale = append(stale, m)
		return err
	})
	if err != nil || len(stale) == 0 {
		return err
	}
	for i := range stale {
		m := &stale[i]
		th := things[nameOf(m.Ref)]
		if th == nil {
			continue
		}
		m.Title, m.Text = th.now.Title, th.now.Text
		if th.gone {
			m.Author, m.URL, m.Deleted = desk.Author{Followers: m.Author.Followers}, "", a.at
		}
		if err := keepMessage(a.t, m); err != nil {
			return err
		}
		if th.gone {
			if err := a.t.forget(m.ConversationID, a.at); err != nil {
				return err
			}
		}
	}
	return nil
}

// forget takes the person out of a conversation of which nothing of theirs is left.
func (t *tx) forget(conversationID int64, at time.Time) error {
	left, err := selectOne(t, value[int64], "SELECT COUNT(*) FROM messages WHERE conversation_id = ? AND kind = ? AND words <> ''", conversationID, desk.MessageIn)
	if err != nil || left > 0 {
		return err
	}
	c, err := oneIn(t, conversations, conversationID)
	if err != nil {
		return err
	}
	c.Person, c.Subject = desk.Author{Followers: c.Person.Followers}, ""
	act := desk.Act{Who: "desk", Name: "Breakwater", Do: "conversation.forget", At: at}
	return keepIn(t, conversations, &c, act, desk.Out{Say: desk.Say("Everything that somebody wrote was deleted at its network: it is gone here too.")})
}
