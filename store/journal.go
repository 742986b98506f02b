package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"breakwater/desk"
)

// Broken says where the journal's chain does not hold.
type Broken struct {
	Seq int64
	Why string
}

func (b *Broken) Error() string { return fmt.Sprintf("journal entry %d: %s", b.Seq, b.Why) }

const entryColumns = "seq, at, who, name, act, thing, incident_id, say, why, address, before, after, detail, prev, hash"

// line is an entry as its row has it: what is hashed is the stored text itself, never something written anew.
type line struct {
	seq, at, incident                                               int64
	who, name, act, thing, say, why, address, before, after, detail string
	prev, hash                                                      string
}

// sum is the entry's hash: SHA-256 over the previous hash and the fields in the order of the columns, each led by its length
// as eight bytes, so that nothing can be moved from one field to the next.
func (l *line) sum() string {
	h := sha256.New()
	field := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	field(l.prev)
	for _, s := range []string{fmt.Sprint(l.seq), fmt.Sprint(l.at), l.who, l.name, l.act, l.thing, fmt.Sprint(l.incident), l.say,
		l.why, l.address, l.before, l.after, l.detail} {
		field(s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func scanLine(s scanner) (l line, err error) {
	err = s.Scan(&l.seq, &l.at, &l.who, &l.name, &l.act, &l.thing, &l.incident, &l.say, &l.why, &l.address, &l.before, &l.after,
		&l.detail, &l.prev, &l.hash)
	return l, err
}

func (l *line) entry() (desk.Entry, error) {
	e := desk.Entry{Seq: l.seq, At: unstamp(l.at), Who: l.who, Name: l.name, Do: l.act, On: l.thing, IncidentID: l.incident,
		Why: l.why, From: l.address, Before: l.before, After: l.after, Detail: l.detail, Prev: l.prev, Hash: l.hash}
	err := decode(l.say, &e.Say)
	return e, err
}

// noted is an entry that a transaction writes: what was done on what, and the digests of its row.
type noted struct {
	on            string
	out           desk.Out
	before, after string
}

// record appends an entry to the journal and enqueues the jobs of out.
func (t *tx) record(act desk.Act, on string, out desk.Out, before, after string) error {
	return t.recordAll(act, []noted{{on, out, before, after}})
}

// journalBulk inserts entries.
var journalBulk = newBulk("INSERT INTO journal ("+entryColumns+") VALUES", 15, "")

// recordAll appends an entry for each of what one act did, in their order.
func (t *tx) recordAll(act desk.Act, all []noted) error {
	for _, n := range all {
		if n.out.Say.IsZero() {
			return fmt.Errorf("%s on %s: a change must say what happened", act.Do, n.on)
		}
	}
	if !t.chained {
		t.db.chain.Lock()
		t.chained = true
	}
	if err := t.db.d.lock(t.ctx, t, lockJournal); err != nil {
		return err
	}
	last, err := found(selectOne(t, func(s scanner) (l line, err error) {
		err = s.Scan(&l.seq, &l.hash)
		return l, err
	}, "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1"))
	if err != nil {
		return err
	}
	var args []any
	var jobs []desk.Job
	for _, n := range all {
		l, err := newLine(act, n.on, n.out)
		if err != nil {
			return err
		}
		l.seq, l.prev, l.before, l.after = last.seq+1, last.hash, n.before, n.after
		l.hash = l.sum()
		e, err := l.entry()
		if err != nil {
			return err
		}
		args = append(args, l.seq, l.at, l.who, l.name, l.act, l.thing, l.incident, l.say, l.why, l.address, l.before, l.after, l.detail, l.prev, l.hash)
		jobs = append(jobs, n.out.Jobs...)
		t.entries = append(t.entries, e)
		last = l
	}
	if err := journalBulk.run(t, args); err != nil {
		return err
	}
	return t.enqueue(jobs)
}

func newLine(act desk.Act, on string, out desk.Out) (line, error) {
	if act.At.IsZero() {
		act.At = time.Now()
	}
	l := line{at: stamp(act.At), incident: out.IncidentID, who: clean(act.Who), name: clean(act.Name), act: clean(act.Do),
		thing: clean(on), why: clean(act.Why), address: clean(act.From)}
	var err error
	if l.say, err = toJSON(out.Say); err != nil || out.Detail == nil {
		return l, err
	}
	l.detail, err = toJSON(out.Detail)
	return l, err
}

// Record writes an entry for an act that changes no noun.
func (db *DB) Record(ctx context.Context, act desk.Act, on string, out desk.Out) (e desk.Entry, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		if err := t.record(act, on, out, "", ""); err != nil {
			return err
		}
		e = t.entries[len(t.entries)-1]
		return nil
	})
	return e, err
}

// Journal lists entries, newest first.
func (db *DB) Journal(ctx context.Context, f desk.EntryFilter) ([]desk.Entry, error) {
	var w where
	if f.IncidentID != 0 {
		w.and("incident_id = ?", f.IncidentID)
	}
	if f.On != "" {
		w.and("thing = ?", clean(f.On))
	}
	if f.Who != "" {
		w.and("who = ?", clean(f.Who))
	}
	if f.Do != "" {
		w.and(`act LIKE ? ESCAPE '\'`, strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(clean(f.Do))+"%")
	}
	if f.After > 0 {
		w.and("seq > ?", f.After)
	}
	tail := w.page("seq", f.Paging)
	lines, err := selectAll(db.reader(ctx), scanLine, "SELECT "+entryColumns+" FROM journal"+w.String()+tail, w.args...)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return entries(lines)
}

func entries(lines []line) ([]desk.Entry, error) {
	out := make([]desk.Entry, len(lines))
	for i := range lines {
		e, err := lines[i].entry()
		if err != nil {
			return nil, fmt.Errorf("read journal entry %d: %w", lines[i].seq, err)
		}
		out[i] = e
	}
	return out, nil
}

// BrokenAt is the number of the first entry that does not hold.
func (b *Broken) BrokenAt() int64 { return b.Seq }

// VerifyJournal walks the whole journal from its beginning, recomputes every hash and hands each good entry to each (which may
// be nil). At the first that does not hold it ends with a *Broken.
func (db *DB) VerifyJournal(ctx context.Context, each func(desk.Entry) error) error {
	var last line
	for {
		const piece = 500
		lines, err := selectAll(db.reader(ctx), scanLine,
			fmt.Sprintf("SELECT %s FROM journal WHERE seq > ? ORDER BY seq LIMIT %d", entryColumns, piece), last.seq)
		if err != nil || len(lines) == 0 {
			return err
		}
		for _, l := range lines {
			if err := l.follows(last); err != nil {
				return err
			}
			e, err := l.entry()
			if err != nil {
				return &Broken{l.seq, "its sentence cannot be read"}
			}
			if each != nil {
				if err := each(e); err != nil {
					return err
				}
			}
			last = l
		}
	}
}

// follows checks a line against the one before.
func (l *line) follows(last line) error {
	switch {
	case l.seq != last.seq+1:
		return &Broken{last.seq + 1, "it is missing"}
	case l.prev != last.hash:
		return &Broken{l.seq, "it does not follow the entry before it"}
	case l.sum() != l.hash:
		return &Broken{l.seq, "it was changed after it was written"}
	}
	return nil
}
