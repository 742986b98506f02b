package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// Sending runs f in one transaction of the send path. There is never more than one at a time, in all processes together: that is
// what makes a hold effective with its commit.
func (db *DB) Sending(ctx context.Context, f func(desk.Sending) error) error {
	return db.write(ctx, true, func(t *tx) error {
		for _, l := range []lock{lockSending, lockInbox} { // a post may be an answer: its conversation moves with it
			if err := db.d.lock(t.ctx, t, l); err != nil {
				return err
			}
		}
		return f(sending{t})
	})
}

// sending is the send path's view of a transaction.
type sending struct{ t *tx }

// allIn lists the nouns that answer the conditions, within the transaction.
func allIn[T any](t *tx, n *noun[T], w *where, tail string) ([]T, error) {
	rows, err := selectAll(t, scanBody, "SELECT id, body FROM "+n.table+w.String()+tail, w.args...)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", n.table, err)
	}
	out := make([]T, len(rows))
	for i, r := range rows {
		if out[i], err = n.unpack(t.db, r.id, r.body); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func oneIn[T any](t *tx, n *noun[T], id int64) (T, error) {
	v, _, err := load(t, t.db, n, id)
	return v, err
}

// NextDue is the post that is to go out next.
func (s sending) NextDue(now time.Time, patience time.Duration, skip desk.IDs) (desk.Post, error) {
	var w where
	w.and("p.state = ? AND p.look > 0 AND p.look <= ?", desk.PostWaiting, stamp(now))
	w.and("NOT EXISTS (SELECT 1 FROM posts b WHERE b.channel_id = p.channel_id AND b.state = ?)", desk.PostClaimed)
	w.and("(p.look <= ? OR NOT EXISTS (SELECT 1 FROM posts b WHERE b.statement_id = p.statement_id AND b.place < p.place AND"+
		" (b.state = ? OR b.state = ? AND b.look > 0 AND b.look <= ?)))", stamp(now.Add(-patience)), desk.PostClaimed, desk.PostWaiting, stamp(now))
	if len(skip) > 0 {
		w.and("p.channel_id NOT IN ("+marks(len(skip))+")", anys(skip)...)
	}
	id, err := selectOne(s.t, value[int64], "SELECT p.id FROM posts p"+w.String()+" ORDER BY p.due, p.place, p.id LIMIT 1", w.args...)
	if err != nil {
		return desk.Post{}, err
	}
	return s.Post(id)
}

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// Post is one post.
func (s sending) Post(id int64) (desk.Post, error) { return oneIn(s.t, posts, id) }

// PostsOf are the posts of a statement.
func (s sending) PostsOf(statementID int64) ([]desk.Post, error) {
	var w where
	w.and("statement_id = ?", statementID)
	return allIn(s.t, posts, &w, " ORDER BY id")
}

// Posts are those in any of the states; holdID 0 does not restrict, n 0 is all.
func (s sending) Posts(states []string, holdID int64, n int) ([]desk.Post, error) {
	var w where
	among(&w, "state", states)
	if holdID != 0 {
		w.and("hold_id = ?", holdID)
	}
	tail := " ORDER BY id"
	if n > 0 {
		tail += fmt.Sprintf(" LIMIT %d", n)
	}
	return allIn(s.t, posts, &w, tail)
}

// Says reports whether another post than the one named is known at its network by that id.
func (s sending) Says(nativeID string, but int64) (bool, error) {
	n, err := selectOne(s.t, value[int64], saysQuery, nativeID, but)
	return n > 0, err
}

// LiveHolds are the holds that hold, newest first.
func (s sending) LiveHolds() ([]desk.Hold, error) {
	var w where
	w.and("live = 1")
	return allIn(s.t, holds, &w, " ORDER BY id DESC")
}

// Hold is one hold.
func (s sending) Hold(id int64) (desk.Hold, error) { return oneIn(s.t, holds, id) }

// Channels are a brand's channels in the order of publishing; 0 is all brands.
func (s sending) Channels(brandID int64) ([]desk.Channel, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	all, err := allIn(s.t, channels, &w, " ORDER BY id")
	slices.SortStableFunc(all, func(a, b desk.Channel) int { return cmp.Compare(a.Order, b.Order) })
	return all, err
}

// Channel is one channel.
func (s sending) Channel(id int64) (desk.Channel, error) { return oneIn(s.t, channels, id) }

// Statement is one statement.
func (s sending) Statement(id int64) (desk.Statement, error) { return oneIn(s.t, statements, id) }

// Fact is one fact.
func (s sending) Fact(id int64) (desk.Fact, error) { return oneIn(s.t, facts, id) }

// Incident is one incident.
func (s sending) Incident(id int64) (desk.Incident, error) { return oneIn(s.t, incidents, id) }

// User is one person.
func (s sending) User(id int64) (desk.User, error) { return oneIn(s.t, users, id) }

// KeepPost writes a post with its journal entry.
func (s sending) KeepPost(p *desk.Post, act desk.Act, out desk.Out) error {
	return keepIn(s.t, posts, p, act, out)
}

// KeepPosts writes posts that are there already, each with its journal entry, in a few statements.
func (s sending) KeepPosts(all []desk.Post, act desk.Act, out func(*desk.Post) desk.Out) error {
	if len(all) == 0 {
		return nil
	}
	ids := make([]int64, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	was := make(map[int64]versionRow, len(all))
	err := selectIn(s.t, "SELECT id, version, body FROM posts WHERE id IN (@)", ids, func(row scanner) error {
		var id int64
		var r versionRow
		err := row.Scan(&id, &r.version, &r.body)
		was[id] = r
		return err
	})
	if err != nil {
		return err
	}
	var args []any
	entries := make([]noted, len(all))
	for i := range all {
		p := &all[i]
		if r, ok := was[p.ID]; !ok || r.version != p.Version {
			return fmt.Errorf("%s: %w", posts.on(p.ID), desk.ErrConflict)
		}
		p.Version++
		body, err := posts.pack(s.t.db, *p)
		if err != nil {
			return err
		}
		args = append(append(args, p.ID, p.Version, body), posts.values(p)...)
		entries[i] = noted{posts.on(p.ID), out(p), digest(was[p.ID].body), digest(body)}
	}
	if err := postsBulk.run(s.t, args); err != nil {
		return fmt.Errorf("save %d posts: %w", len(all), err)
	}
	if err := s.t.recordAll(act, entries); err != nil {
		return err
	}
	for i := range all {
		if err := follow(s.t, &all[i], act); err != nil {
			return err
		}
	}
	return nil
}

// versionRow is a noun's row before a change.
type versionRow struct {
	version int
	body    string
}

// postsBulk changes rows that are there: both engines take many of them in one statement only as an upsert.
var postsBulk = newBulk("INSERT INTO posts (id, version, body, "+strings.Join(posts.columns, ", ")+") VALUES", 3+len(posts.columns),
	"ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body, "+excluded(posts.columns))

// excluded is "a = excluded.a, …".
func excluded(columns []string) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c + " = excluded." + c
	}
	return strings.Join(all, ", ")
}

// KeepHold writes a hold with its journal entry.
func (s sending) KeepHold(h *desk.Hold, act desk.Act, out desk.Out) error {
	return keepIn(s.t, holds, h, act, out)
}

// KeepStatement writes a statement with its journal entry.
func (s sending) KeepStatement(v *desk.Statement, act desk.Act, out desk.Out) error {
	return keepIn(s.t, statements, v, act, out)
}

// Later keeps jobs.
func (s sending) Later(jobs []desk.Job) error { return s.t.enqueue(jobs) }

// keepIn writes a noun and its entry within a transaction; one without an id is new.
func keepIn[T any](t *tx, n *noun[T], v *T, act desk.Act, out desk.Out) error {
	id, version, before := n.id(v), n.version(v), ""
	if *id == 0 {
		next, err := t.nextID(n.table)
		if err != nil {
			return err
		}
		*id, *version = next, 0
	} else {
		row, err := selectOne(t, scanBody, "SELECT id, body FROM "+n.table+" WHERE id = ?", *id)
		if err != nil {
			return fmt.Errorf("%s: %w", n.on(*id), err)
		}
		before = row.body
	}
	was := *version
	*version = was + 1
	body, err := n.pack(t.db, *v)
	if err != nil {
		return err
	}
	if err := n.save(t, v, was, body); errors.Is(err, errStale) {
		return fmt.Errorf("%s: %w", n.on(*id), desk.ErrConflict)
	} else if err != nil {
		return err
	}
	if n.beside != nil {
		if err := n.beside(t, v, act); err != nil {
			return err
		}
	}
	return t.record(act, n.on(*id), out, digest(before), digest(body))
}

// ChangePost changes one post in the send path, or makes one when id is 0. f must not ask the store.
func (db *DB) ChangePost(ctx context.Context, id int64, act desk.Act, f func(*desk.Post, *desk.Out) error) (p desk.Post, err error) {
	err = db.Sending(ctx, func(l desk.Sending) error {
		if id != 0 {
			if p, err = l.Post(id); err != nil {
				return err
			}
		}
		var out desk.Out
		if err := f(&p, &out); err != nil || out.Skip {
			return err
		}
		return l.KeepPost(&p, act, out)
	})
	return p, err
}
