package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"breakwater/desk"
)

// leaver is a noun that may hang on somebody; HandOver takes them out and says what it was.
type leaver[T any] interface {
	*T
	HandOver(*desk.Handover) []desk.Tie
}

// Ties are what hangs on somebody, and who would take it by the handover. Nothing changes.
func (db *DB) Ties(ctx context.Context, h desk.Handover) (ties []desk.Tie, err error) {
	err = db.write(ctx, false, func(t *tx) error { // a moment in which nothing moves
		if ties, err = t.leave(h, nil); err != nil {
			return err
		}
		return errLooked
	})
	if errors.Is(err, errLooked) {
		err = nil
	}
	return ties, err
}

var errLooked = errors.New("only looked at")

// farewell is what Leave writes with.
type farewell struct {
	act  desk.Act
	jobs func(was, is *desk.Statement) []desk.Job // what a statement's new seats ask for
}

// Leave ends all that hangs on somebody and gives what others take to them, in one transaction: either all of it happened, or nothing.
// Each thing that changes has its entry in the journal, and the person theirs. jobs says what is to be done because a statement waits
// for others now.
func (db *DB) Leave(ctx context.Context, h desk.Handover, act desk.Act, jobs func(was, is *desk.Statement) []desk.Job) (ties []desk.Tie, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		ties, err = t.leave(h, &farewell{act, jobs})
		return err
	})
	return ties, err
}

// leave finds what hangs on somebody and, with a farewell, ends it.
func (t *tx) leave(h desk.Handover, f *farewell) ([]desk.Tie, error) {
	if err := t.db.d.lock(t.ctx, t, lockInbox); err != nil {
		return nil, err
	}
	u, before, err := load(t, t.db, users, h.User.ID)
	if err != nil {
		return nil, err
	}
	h.User = u
	ties, err := t.leaveAccount(u, f)
	if err != nil {
		return nil, err
	}
	for _, step := range []func() ([]desk.Tie, error){
		func() ([]desk.Tie, error) { return t.leaveWays(u, f) },
		func() ([]desk.Tie, error) { return leaveAll(t, schedules, "", h, f) },
		func() ([]desk.Tie, error) { return leaveAll(t, escalationPolicies, "", h, f) },
		func() ([]desk.Tie, error) { return t.leavePlans(h, f) },
		func() ([]desk.Tie, error) { return t.leaveStatements(h, f) },
		func() ([]desk.Tie, error) { return leaveAll(t, incidents, "", h, f) },
		func() ([]desk.Tie, error) {
			return leaveAll(t, promises, " WHERE state = '"+desk.PromiseOpen+"'", h, f)
		},
		func() ([]desk.Tie, error) { return leaveAll(t, replyPolicies, "", h, f) },
		func() ([]desk.Tie, error) { return t.leaveTalks(h, f) },
		func() ([]desk.Tie, error) { return t.leaveContacts(u, f) },
	} {
		more, err := step()
		if err != nil {
			return nil, err
		}
		ties = append(ties, more...)
	}
	if f == nil {
		return ties, nil
	}
	return ties, t.endAccount(u, before, ties, f)
}

// leaveAccount ends sessions and tokens.
func (t *tx) leaveAccount(u desk.User, f *farewell) (ties []desk.Tie, err error) {
	sessions, err := selectAll(t, scanSession, "SELECT id, seen, expires, body FROM sessions WHERE user_id = ? ORDER BY seen DESC", u.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		if !s.Half && s.Expires.After(time.Now()) {
			ties = append(ties, desk.Tie{Kind: desk.TieSession, On: users.on(u.ID), Name: s.Agent, Ends: true})
		}
	}
	tokens, err := selectAll(t, scanToken, "SELECT id, hash, used, body FROM tokens ORDER BY id")
	if err != nil {
		return nil, err
	}
	tokens = slices.DeleteFunc(tokens, func(k desk.Token) bool { return k.UserID != u.ID })
	for _, k := range tokens {
		ties = append(ties, desk.Tie{Kind: desk.TieToken, On: tokenOn(k.ID), Name: k.Name, BrandID: k.BrandID, Ends: true})
		if f == nil {
			continue
		}
		if err := t.exec("DELETE FROM tokens WHERE id = ?", k.ID); err != nil {
			return nil, err
		}
		if err := t.record(f.do("token.revoke"), tokenOn(k.ID), desk.Out{Say: desk.Say("The API key {name} was revoked.", "name", k.Name)}, "", ""); err != nil {
			return nil, err
		}
	}
	if u.Second || u.PIN != "" {
		ties = append(ties, desk.Tie{Kind: desk.TieFactors, On: users.on(u.ID), Name: u.Name, Ends: true})
	}
	for _, g := range u.Grants {
		ties = append(ties, desk.Tie{Kind: desk.TieGrants, On: users.on(u.ID), Name: g.Role.String(), BrandID: g.BrandID, Ends: true})
	}
	if f == nil {
		return ties, nil
	}
	return ties, t.exec("DELETE FROM sessions WHERE user_id = ?", u.ID)
}

// endAccount makes the account one that opens nothing.
func (t *tx) endAccount(u desk.User, before string, ties []desk.Tie, f *farewell) error {
	u.Disabled, u.Glass, u.Grants, u.Role = true, false, nil, desk.Viewer
	u.Password, u.PIN, u.PINTries, u.Factors, u.Second = "", "", 0, desk.Factors{}, false
	body, err := saveIn(t, users, &u, u.Version)
	if err != nil {
		return err
	}
	out := desk.Out{Say: desk.Say("{name} left. What hung on them ended or was handed over: {n}", "name", u.Name, "n", len(ties)), Detail: ties}
	return t.record(f.act, users.on(u.ID), out, digest(before), digest(body))
}

// do is the act of a part of the farewell.
func (f *farewell) do(verb string) desk.Act {
	a := f.act
	a.Do = verb
	return a
}

// leaveWays ends the ways that reach them, among them the pushes to their devices.
func (t *tx) leaveWays(u desk.User, f *farewell) (ties []desk.Tie, err error) {
	err = eachRow(t, ways, "", func(w desk.Way, before string) error {
		if w.UserID != u.ID {
			return nil
		}
		ties = append(ties, desk.Tie{Kind: desk.TieWay, On: ways.on(w.ID), Name: w.Name, BrandID: w.BrandID, Ends: true})
		if f == nil {
			return nil
		}
		if err := t.exec("DELETE FROM ways WHERE id = ?", w.ID); err != nil {
			return err
		}
		return t.record(f.do("way.delete"), ways.on(w.ID), desk.Out{Say: desk.Say("{name} gets no more alerts.", "name", w.Name)}, digest(before), "")
	})
	return ties, err
}

// leavePlans takes them out of the roles of each brand's edition in force and of what is drafted after it; older editions stay as they
// were.
func (t *tx) leavePlans(h desk.Handover, f *farewell) (ties []desk.Tie, err error) {
	seen := make(map[int64]bool) // brands whose edition in force was met
	err = eachRow(t, plans, " ORDER BY id DESC", func(p desk.Plan, before string) error {
		if seen[p.BrandID] {
			return nil
		}
		seen[p.BrandID] = !p.Draft()
		more, err := leaveOne(t, plans, p, before, h, f)
		ties = append(ties, more...)
		return err
	})
	return ties, err
}

func (t *tx) leaveStatements(h desk.Handover, f *farewell) (ties []desk.Tie, err error) {
	err = eachRow(t, statements, " WHERE state = '"+desk.StatementReview+"'", func(s desk.Statement, before string) error {
		was := s
		more := s.HandOver(&h)
		ties = append(ties, more...)
		if f == nil || len(more) == 0 {
			return nil
		}
		body, err := saveIn(t, statements, &s, s.Version)
		if err != nil {
			return err
		}
		out := desk.Out{Say: handed(h, more), IncidentID: s.IncidentID, Detail: more}
		if f.jobs != nil {
			out.Jobs = f.jobs(&was, &s)
		}
		return t.record(f.do("statement.handover"), statements.on(s.ID), out, digest(before), digest(body))
	})
	return ties, err
}

// leaveContacts lets their entry among the contacts be no account's any more.
func (t *tx) leaveContacts(u desk.User, f *farewell) (ties []desk.Tie, err error) {
	err = eachRow(t, contacts, "", func(c desk.Contact, before string) error {
		if c.UserID != u.ID {
			return nil
		}
		ties = append(ties, desk.Tie{Kind: desk.TieContact, On: contacts.on(c.ID), Name: c.Name, BrandID: c.BrandID, Ends: true})
		if f == nil {
			return nil
		}
		c.UserID = 0
		body, err := saveIn(t, contacts, &c, c.Version)
		if err != nil {
			return err
		}
		return t.record(f.do("contact.save"), contacts.on(c.ID), desk.Out{Say: desk.Say("{name} is a contact without an account now.", "name", c.Name)}, digest(before), digest(body))
	})
	return ties, err
}

// leaveAll takes somebody out of every row of a table.
func leaveAll[T any, P leaver[T]](t *tx, n *noun[T], tail string, h desk.Handover, f *farewell) (ties []desk.Tie, err error) {
	err = eachRow(t, n, tail, func(v T, before string) error {
		more, err := leaveOne[T, P](t, n, v, before, h, f)
		ties = append(ties, more...)
		return err
	})
	return ties, err
}

func leaveOne[T any, P leaver[T]](t *tx, n *noun[T], v T, before string, h desk.Handover, f *farewell) ([]desk.Tie, error) {
	ties := P(&v).HandOver(&h)
	if f == nil || len(ties) == 0 {
		return ties, nil
	}
	body, err := saveIn(t, n, &v, *n.version(&v))
	if err != nil {
		return nil, err
	}
	out := desk.Out{Say: handed(h, ties), Detail: ties}
	if n.word == incidents.word {
		out.IncidentID = *n.id(&v)
	}
	return ties, t.record(f.do(n.word+".handover"), n.on(*n.id(&v)), out, digest(before), digest(body))
}

// handed is what the journal says of a thing that somebody who left had a part in.
func handed(h desk.Handover, ties []desk.Tie) desk.Text {
	for _, tie := range ties {
		if name := h.Names[tie.Heir]; tie.Heir != 0 && name != "" {
			return desk.Say("{name} left; {heir} takes over: {what}", "name", h.User.Name, "heir", name, "what", tie.Name)
		}
	}
	return desk.Say("{name} left; nobody has this now: {what}", "name", h.User.Name, "what", ties[0].Name)
}

// eachRow hands every row of a table to f, within the transaction.
func eachRow[T any](t *tx, n *noun[T], tail string, f func(v T, body string) error) error {
	rows, err := selectAll(t, scanBody, "SELECT id, body FROM "+n.table+tail)
	if err != nil {
		return err
	}
	for _, r := range rows {
		v, err := n.unpack(t.db, r.id, r.body)
		if err != nil {
			return err
		}
		if err := f(v, r.body); err != nil {
			return err
		}
	}
	return nil
}
