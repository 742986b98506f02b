package store

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"breakwater/desk"
)

// intake brings what people wrote to us into conversations, in the transaction that keeps the mentions which brought it: whoever wrote is
// there, or nothing of the batch is.
type intake struct {
	t        *tx
	at       time.Time
	policies map[int64]*desk.ReplyPolicy // by brand
	rooms    map[int64][]desk.Incident   // the open incidents of a brand
	practice map[int64]bool              // by source: it is the sandbox's
	people   map[int64]desk.User         // that work is given to
	known    map[string]bool             // names of messages that are there
	ours     map[string]desk.Post        // by the id that their network gave them
	keyed    map[string]desk.Post        // by our own key
	of       map[string]int64            // conversations by the name of a message of theirs
	tickets  map[string]int64            // conversations by the key of a ticket that customer service has
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

	wroteBack bool // customer service did
	cameBack  bool // an answer of ours did not arrive
	edited    bool // somebody changed what they had written
}

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
	if err := a.reread(batches); err != nil || len(all) == 0 {
		return err
	}
	return a.t.intake(all, a.at)
}

func newIntake(t *tx, at time.Time) *intake {
	return &intake{t: t, at: at, policies: map[int64]*desk.ReplyPolicy{}, rooms: map[int64][]desk.Incident{}, people: map[int64]desk.User{}, practice: map[int64]bool{}, known: map[string]bool{},
		ours: map[string]desk.Post{}, keyed: map[string]desk.Post{}, of: map[string]int64{}, tickets: map[string]int64{}, changed: map[int64]*changedTalk{}, newest: map[string]*desk.Conversation{}}
}

// intake brings messages into their conversations.
func (t *tx) intake(all []desk.Incoming, at time.Time) error {
	if err := t.db.d.lock(t.ctx, t, lockInbox); err != nil {
		return err
	}
	in := newIntake(t, at)
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
	err = selectIn(in.t, "SELECT name, conversation_id FROM tickets WHERE name IN (@)", keys, func(s scanner) error {
		var name string
		var id int64
		err := s.Scan(&name, &id)
		in.tickets[name] = id
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
	if name != "" && in.known[name] {
		return in.edit(m)
	}
	if m.Late {
		return nil
	}
	in.known[name] = true
	for _, k := range m.Keys {
		if id := in.tickets[k]; id != 0 {
			return in.wroteBack(m, k, id)
		}
	}
	post, answers := in.answered(m)
	if m.Bounce && answers && post.Answer != nil {
		return in.cameBack(m, &post)
	}
	if m.Machine {
		return in.ofMachine(m)
	}
	if answers {
		m.BrandID = post.BrandID
		if m.Via == desk.ViaMention || m.Via == desk.ViaNamed {
			m.Via = desk.ViaReply
		}
	}
	if m.OnlyOurs && !answers {
		return nil
	}
	if m.BrandID == 0 {
		return in.homeless(m)
	}
	p, err := in.policy(m.BrandID)
	if err != nil || !p.Asks(&m.Message) {
		return err
	}
	c, err := in.find(m, &post)
	if err != nil {
		return err
	}
	practice, err := in.practised(m.SourceID)
	if err != nil {
		return err
	}
	if c.Practice && !practice { // somebody real has no part in the drill that they were taken into as played
		c.IncidentID, c.DrillID = 0, 0
	}
	c.Practice = practice && (c.Practice || c.Heard == 0)
	level, err := in.level(c)
	if err != nil {
		return err
	}
	m.Kind, m.ConversationID = desk.MessageIn, c.ID
	if err := keepMessage(in.t, &m.Message); err != nil {
		return err
	}
	in.of[name] = c.ID
	if err := in.free(c); err != nil {
		return err
	}
	c.Receive(&m.Message, p, level)
	in.changed[c.ID].moved = true
	names, err := in.names(p)
	if err != nil {
		return err
	}
	p.Apply(c, &m.Message, names)
	return nil
}

// homeless counts what somebody wrote to us alone and no brand has: its source is for all, and it names no account of a brand. Strangers
// write it, so the log has it seldom; the source has how many they are.
func (in *intake) homeless(m *desk.Incoming) error {
	if m.SourceID == 0 {
		return nil
	}
	if in.t.db.homeless.due(m.SourceID, in.at) {
		in.t.db.log.Warn("somebody wrote to an account or address of no brand: give it to a brand, or its source", "source", m.SourceID)
	}
	return in.t.exec("INSERT INTO source_states (source_id, cursor, mentions, rejects, heard) VALUES (?, '', 0, 1, 0)"+
		" ON CONFLICT (source_id) DO UPDATE SET rejects = source_states.rejects + 1", m.SourceID)
}

// ofMachine counts at its source what a machine wrote: nobody waits, and whoever looks after the source sees how many there are.
func (in *intake) ofMachine(m *desk.Incoming) error {
	if m.SourceID == 0 {
		return nil
	}
	return in.t.exec("INSERT INTO source_states (source_id, cursor, mentions, rejects, heard, machines) VALUES (?, '', 0, 0, 0, 1)"+
		" ON CONFLICT (source_id) DO UPDATE SET machines = source_states.machines + 1", m.SourceID)
}

// cameBack keeps what a mail server says about an answer of ours that did not arrive as a note. Whoever it was for waits again.
func (in *intake) cameBack(m *desk.Incoming, post *desk.Post) error {
	c, err := in.load(post.Answer.ConversationID)
	if errors.Is(err, desk.ErrNotFound) { // older than what is kept
		return in.ofMachine(m)
	}
	if err != nil {
		return err
	}
	p, err := in.policy(c.BrandID)
	if err != nil {
		return err
	}
	level, err := in.level(c)
	if err != nil {
		return err
	}
	note := m.Message
	note.Kind, note.Via, note.ConversationID = desk.MessageNote, desk.ViaMail, c.ID
	if err := keepMessage(in.t, &note); err != nil {
		return err
	}
	c.CameBack(post.ID, in.at, p, level)
	ch := in.changed[c.ID]
	ch.moved, ch.cameBack = true, true
	return nil
}

// wroteBack keeps what customer service wrote to the address of a ticket as a note in its conversation. Nobody is answered by it.
func (in *intake) wroteBack(m *desk.Incoming, key string, id int64) error {
	c, err := in.load(id)
	if err != nil {
		return err
	}
	note := m.Message
	note.Kind, note.Via, note.ConversationID = desk.MessageNote, desk.ViaMail, c.ID
	if err := keepMessage(in.t, &note); err != nil {
		return err
	}
	c.WroteBack(key, in.at, m.Bounce)
	ch := in.changed[id]
	ch.moved, ch.wroteBack = true, true
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
		say := desk.Say("A message came in by {network}.", "network", ch.talk.Network)
		if ch.wroteBack {
			say = desk.Say("Customer service wrote back.")
		} else if ch.edited {
			say = desk.Say("Somebody changed what they had written.")
		}
		if ch.cameBack {
			say = desk.Say("An answer came back: it did not arrive.")
		}
		entries = append(entries, noted{conversations.on(id), desk.Out{Say: say}, digest(ch.before), digest(body)})
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

// level is that of the crisis that a conversation is part of from now on.
func (in *intake) level(c *desk.Conversation) (desk.Level, error) {
	rooms, err := in.open(c.BrandID)
	if err != nil {
		return desk.Normal, err
	}
	return c.Join(rooms), nil
}

// practised reports whether a source plays into the desk what nobody real wrote.
func (in *intake) practised(sourceID int64) (bool, error) {
	if is, known := in.practice[sourceID]; known || sourceID == 0 {
		return is, nil
	}
	s, err := found(oneIn(in.t, sources, sourceID))
	in.practice[sourceID] = s.Kind == desk.Sandbox
	return in.practice[sourceID], err
}

// open are the open incidents of a brand, newest first.
func (in *intake) open(brandID int64) ([]desk.Incident, error) {
	if r, ok := in.rooms[brandID]; ok {
		return r, nil
	}
	all, err := in.t.openIncidents(brandID)
	in.rooms[brandID] = all
	return all, err
}

// names are the people that a policy's rules give work to: those who may answer for its brand.
func (in *intake) names(p *desk.ReplyPolicy) (map[int64]string, error) {
	names := map[int64]string{}
	for _, r := range p.Rules {
		u, err := in.person(r.UserID)
		if err != nil {
			return nil, err
		}
		if u.ID != 0 && u.MayAnswer(p.BrandID) {
			names[u.ID] = u.Name
		}
	}
	return names, nil
}

// person is somebody of ours; without an ID when nobody is.
func (in *intake) person(id int64) (desk.User, error) {
	if u, known := in.people[id]; known || id == 0 {
		return u, nil
	}
	u, err := found(oneIn(in.t, users, id))
	in.people[id] = u
	return u, err
}

// free takes a conversation from who may not answer for its brand any more: else it would be in nobody's list.
func (in *intake) free(c *desk.Conversation) error {
	u, err := in.person(c.AssigneeID)
	if err != nil {
		return err
	}
	if u.ID == 0 || !u.MayAnswer(c.BrandID) {
		c.AssigneeID, c.Assignee = 0, ""
	}
	return nil
}
