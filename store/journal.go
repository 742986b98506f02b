package store

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/chain"
)

// Broken says where the journal's chain does not hold.
type Broken struct {
	Seq int64
	Why string
}

func (b *Broken) Error() string { return fmt.Sprintf("journal entry %d: %s", b.Seq, b.Why) }

const entryColumns = "seq, at, who, name, act, thing, incident_id, say, why, address, before, after, detail, prev, hash"

// line is an entry as its row has it.
type line = chain.Line

func scanLine(s scanner) (l line, err error) {
	err = s.Scan(&l.Seq, &l.At, &l.Who, &l.Name, &l.Act, &l.Thing, &l.Incident, &l.Say, &l.Why, &l.Address, &l.Before, &l.After,
		&l.Detail, &l.Prev, &l.Hash)
	return l, err
}

func entryOf(l line) (desk.Entry, error) {
	e := desk.Entry{Seq: l.Seq, At: unstamp(l.At), Who: l.Who, Name: l.Name, Do: l.Act, On: l.Thing, IncidentID: l.Incident,
		Why: l.Why, From: l.Address, Before: l.Before, After: l.After, Detail: l.Detail, Prev: l.Prev, Hash: l.Hash}
	err := decode(l.Say, &e.Say)
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
		err = s.Scan(&l.Seq, &l.Hash)
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
		l.Seq, l.Prev, l.Before, l.After = last.Seq+1, last.Hash, n.before, n.after
		l.Hash = l.Sum()
		e, err := entryOf(l)
		if err != nil {
			return err
		}
		args = append(args, l.Seq, l.At, l.Who, l.Name, l.Act, l.Thing, l.Incident, l.Say, l.Why, l.Address, l.Before, l.After, l.Detail, l.Prev, l.Hash)
		jobs = append(jobs, n.out.Jobs...)
		t.entries = append(t.entries, e)
		last = l
	}
	if err := journalBulk.run(t, args); err != nil {
		return err
	}
	for _, n := range all {
		if n.out.Worked == 0 {
			continue
		}
		if err := t.exec("DELETE FROM jobs WHERE id = ?", n.out.Worked); err != nil {
			return err
		}
	}
	return t.enqueue(jobs)
}

func newLine(act desk.Act, on string, out desk.Out) (line, error) {
	if act.At.IsZero() {
		act.At = time.Now()
	}
	l := line{At: stamp(act.At), Incident: out.IncidentID, Who: clean(act.Who), Name: clean(act.Name), Act: clean(act.Do),
		Thing: clean(on), Why: clean(act.Why), Address: clean(act.From)}
	var err error
	if l.Say, err = toJSON(out.Say); err != nil || out.Detail == nil {
		return l, err
	}
	l.Detail, err = toJSON(out.Detail)
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
	opener := "" // the alert that the incident was opened from
	if f.IncidentID != 0 && f.AlertID != 0 {
		opener = "alert:" + strconv.FormatInt(f.AlertID, 10)
		w.and("(incident_id = ? OR thing = ?)", f.IncidentID, opener)
	} else if f.IncidentID != 0 {
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
	actor := desk.ActorOf(ctx)
	if ids, all := actor.Brands(); !all { // of other brands they see nothing, and of what belongs to no brand what they did themselves
		args := []any{actor.Who, opener, f.IncidentID}
		for _, id := range ids {
			args = append(args, id)
		}
		w.and("(who = ? OR CASE WHEN thing = ? THEN CAST(? AS BIGINT) ELSE incident_id END IN (SELECT id FROM incidents WHERE brand_id IN ("+marks(len(ids))+")))", args...)
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
		e, err := entryOf(lines[i])
		if err != nil {
			return nil, fmt.Errorf("read journal entry %d: %w", lines[i].Seq, err)
		}
		out[i] = e
	}
	return out, nil
}

// BrokenAt is the number of the first entry that does not hold.
func (b *Broken) BrokenAt() int64 { return b.Seq }

// VerifyJournal walks the whole journal from its beginning, recomputes every hash and hands each good entry to each (which may
// be nil). When one does not hold it ends with a *Broken that names the first.
func (db *DB) VerifyJournal(ctx context.Context, each func(desk.Entry) error) error {
	var c chain.Check
	whole := true
	err := db.WalkJournal(ctx, 0, func(l chain.Line) error {
		before := c.Lines
		c.Next(l)
		if whole = whole && c.Lines > before; !whole || each == nil {
			return nil
		}
		e, err := entryOf(l)
		if err != nil {
			return &Broken{l.Seq, "its sentence cannot be read"}
		}
		return each(e)
	})
	if err != nil {
		return err
	}
	if found := c.End(); len(found) > 0 {
		return &Broken{found[0].Seq, "it is " + found[0].What}
	}
	return nil
}

// WalkJournal hands every entry above a number to each as its row has it, in order. With 0 or less it begins with whatever there
// is, also under numbers that no entry can have.
func (db *DB) WalkJournal(ctx context.Context, after int64, each func(chain.Line) error) error {
	const piece = 2000
	if after <= 0 {
		after = math.MinInt64
	}
	for {
		rows, err := selectAll(db.reader(ctx), value[string], fmt.Sprintf("SELECT %s FROM journal WHERE seq > ? ORDER BY seq LIMIT %d", wholeLine, piece), after)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			l := cutLine(row)
			if err := each(l); err != nil {
				return err
			}
			after = l.Seq
		}
	}
}

// lineTexts are the columns of text, in the order of the hash but for prev and hash.
var lineTexts = []string{"who", "name", "act", "thing", "say", "why", "address", "before", "after", "detail", "prev", "hash"}

// wholeLine is a row as one text: numbers, then each column led by its length in bytes. A walk over the whole journal spends most of
// its time on handing over columns one by one: as one text the row comes twice as fast.
var wholeLine = func() string {
	parts := []string{"seq || ' ' || at || ' ' || incident_id"}
	for _, c := range lineTexts {
		parts = append(parts, "' ' || octet_length("+c+") || ':' || "+c)
	}
	return strings.Join(parts, " || ")
}()

// cutLine takes a row of wholeLine apart. A number that is none, which only a hand in the database can have put there, becomes -1
// and fits no hash.
func cutLine(row string) (l line) {
	number := func(end byte) int64 {
		text, rest, _ := strings.Cut(row, string(end))
		row = rest
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return -1
		}
		return n
	}
	l.Seq, l.At, l.Incident = number(' '), number(' '), number(' ')
	for _, into := range []*string{&l.Who, &l.Name, &l.Act, &l.Thing, &l.Say, &l.Why, &l.Address, &l.Before, &l.After, &l.Detail, &l.Prev, &l.Hash} {
		n := min(max(number(':'), 0), int64(len(row)))
		*into = row[:n]
		row = strings.TrimPrefix(row[n:], " ")
	}
	return l
}
