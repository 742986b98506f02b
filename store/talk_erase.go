package store

import (
	"context"
	"slices"

	"breakwater/desk"
)

// EraseTalks removes all that somebody wrote to a brand alone: a conversation and the brand's other private ones with the same person, with
// notes and drafts; a mail address is one person by mail and by the form. What they were answered stays, but not to whom. may refuses single
// ones, and then nothing is removed; out says how many there were. n is that number.
func (db *DB) EraseTalks(ctx context.Context, id int64, act desk.Act, may func(*desk.Conversation) error, out func(n int) desk.Out) (n int, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		if err := db.d.lock(t.ctx, t, lockInbox); err != nil {
			return err
		}
		c, before, err := load(t, db, conversations, id)
		if err != nil {
			return err
		}
		all, err := withSame(t, &c)
		if err != nil {
			return err
		}
		for i := range all {
			if err := may(&all[i]); err != nil {
				return err
			}
			if err := conversations.permit(t, &all[i]); err != nil {
				return err
			}
			if err := t.purgeTalk(all[i].ID); err != nil {
				return err
			}
		}
		n = len(all)
		return t.record(act, conversations.on(id), out(n), digest(before), "")
	})
	return n, err
}

// withSame are a conversation and the other private ones of its brand with the same person.
func withSame(t *tx, c *desk.Conversation) ([]desk.Conversation, error) {
	threads := []string{threadOf(c)}
	if c.Via == desk.ViaMail || c.Via == desk.ViaForm {
		for _, network := range []string{"email", "form"} {
			threads = append(threads, thread(network, &c.Person, true), thread(network, &desk.Author{Handle: c.Person.Handle}, true))
		}
	}
	threads = slices.DeleteFunc(threads, func(s string) bool { return s == "" }) // somebody without a name
	if len(threads) == 0 {
		return []desk.Conversation{*c}, nil
	}
	w := &where{}
	w.and("brand_id = ?", c.BrandID)
	among(w, "thread", threads)
	all, err := allIn(t, conversations, w, " ORDER BY id")
	return slices.DeleteFunc(all, func(o desk.Conversation) bool { return !o.Private && o.ID != c.ID }), err
}
