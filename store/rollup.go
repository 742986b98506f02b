package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// Roll-ups are kept for minutes and for hours, so that a chart of weeks does not read minutes.
const minute, hour = 60, 3600

// late is how much older than its arrival a mention must be to be called late.
const late = 30 * time.Minute

// count is what a mention adds to its roll-ups.
type count struct{ n, negative, positive, copies, late, lateNegative, lateCopies, reach int64 }

func (c *count) add(x count, sign int64) {
	c.n += sign * x.n
	c.negative += sign * x.negative
	c.positive += sign * x.positive
	c.copies += sign * x.copies
	c.late += sign * x.late
	c.lateNegative += sign * x.lateNegative
	c.lateCopies += sign * x.lateCopies
	c.reach += sign * x.reach
}

// cell is where a mention adds to, within a scope.
type cell struct {
	network, lang  string
	event, arrival int64 // minutes: Unix seconds
	count          count
}

// counts is what a mention counts as, and where.
func counts(m *desk.Mention) cell {
	c := cell{network: m.Network, lang: m.Lang, count: count{n: 1, reach: reach(m)}}
	at := event(m)
	if m.ID != 0 {
		at = idTime(m.ID) // which may be a millisecond later, see number
	}
	c.event, c.arrival = at.Unix()/minute*minute, m.Arrived.Unix()/minute*minute
	switch {
	case m.Mood < 0:
		c.count.negative = 1
	case m.Mood > 0:
		c.count.positive = 1
	}
	if m.IsCopy() {
		c.count.copies = 1
	}
	if m.Arrived.Sub(at) > late {
		c.count.late, c.count.lateNegative, c.count.lateCopies = 1, c.count.negative, c.count.copies
	}
	return c
}

// rollupKey is the key of a row of rollups, or with neither network nor language of arrivals.
type rollupKey struct {
	scope, span, start int64
	network, lang      string
}

func (k rollupKey) compare(o rollupKey) int {
	return cmp.Or(cmp.Compare(k.scope, o.scope), cmp.Compare(k.span, o.span), cmp.Compare(k.start, o.start),
		cmp.Compare(k.network, o.network), cmp.Compare(k.lang, o.lang))
}

// tally adds up in memory what a transaction adds to roll-ups, so that each row is written once.
type tally struct{ events, arrivals map[rollupKey]*count }

func newTally() *tally {
	return &tally{events: map[rollupKey]*count{}, arrivals: map[rollupKey]*count{}}
}

// add counts a mention in its scopes, or takes it out with sign -1.
func (t *tally) add(m *desk.Mention, scopes []int64, sign int64) {
	c := counts(m)
	for _, s := range scopes {
		bump(t.events, rollupKey{s, minute, c.event, c.network, c.lang}, c.count, sign)
		bump(t.arrivals, rollupKey{scope: s, span: minute, start: c.arrival}, c.count, sign)
	}
}

func bump(to map[rollupKey]*count, k rollupKey, c count, sign int64) {
	sum := to[k]
	if sum == nil {
		sum = new(count)
		to[k] = sum
	}
	sum.add(c, sign)
}

// withHours adds the hours to the minutes and gives the keys in the order of the table, without what came to nothing.
func withHours(minutes map[rollupKey]*count) []rollupKey {
	for _, k := range slices.Collect(maps.Keys(minutes)) {
		c := *minutes[k]
		k.span, k.start = hour, k.start/hour*hour
		bump(minutes, k, c, 1)
	}
	maps.DeleteFunc(minutes, func(_ rollupKey, c *count) bool { return *c == count{} })
	return slices.SortedFunc(maps.Keys(minutes), rollupKey.compare)
}

const addToRollup = "DO UPDATE SET n = %[1]s.n + excluded.n, negative = %[1]s.negative + excluded.negative," +
	" positive = %[1]s.positive + excluded.positive, copies = %[1]s.copies + excluded.copies, reach = %[1]s.reach + excluded.reach"

var (
	insertRollups = newBulk("INSERT INTO rollups (scope, span, start, network, lang, n, negative, positive, copies, reach) VALUES", 10,
		"ON CONFLICT (scope, span, start, network, lang) "+fmt.Sprintf(addToRollup, "rollups"))
	insertArrivals = newBulk("INSERT INTO arrivals (scope, span, start, n, negative, positive, copies, reach, late, late_negative, late_copies) VALUES", 11,
		"ON CONFLICT (scope, span, start) "+fmt.Sprintf(addToRollup, "arrivals")+", late = arrivals.late + excluded.late,"+
			" late_negative = arrivals.late_negative + excluded.late_negative, late_copies = arrivals.late_copies + excluded.late_copies")
)

// flush writes the tally.
func (t *tally) flush(x *tx) error {
	var args []any
	for _, k := range withHours(t.events) {
		c := t.events[k]
		args = append(args, k.scope, k.span, k.start, k.network, k.lang, c.n, c.negative, c.positive, c.copies, c.reach)
	}
	if err := insertRollups.run(x, args); err != nil {
		return err
	}
	args = nil
	for _, k := range withHours(t.arrivals) {
		c := t.arrivals[k]
		args = append(args, k.scope, k.span, k.start, c.n, c.negative, c.positive, c.copies, c.reach, c.late, c.lateNegative, c.lateCopies)
	}
	return insertArrivals.run(x, args)
}

// piece is a stretch of time that one span of the roll-ups answers.
type piece struct{ span, from, to int64 }

// pieces cuts [from, to) into whole hours where the steps allow it and minutes at the edges. It cuts to whole minutes.
func pieces(a *desk.Ask) []piece {
	from, to := ceil(seconds(a.From), minute), ceil(seconds(a.To), minute)
	if a.To.IsZero() {
		to = 1 << 40
	}
	step := int64(a.Step / time.Second)
	if step%hour != 0 || step > 0 && from%hour != 0 {
		return []piece{{minute, from, to}}
	}
	first, last := ceil(from, hour), to/hour*hour
	if first >= last {
		return []piece{{minute, from, to}}
	}
	return []piece{{minute, from, first}, {hour, first, last}, {minute, last, to}}
}

// seconds is Unix time, 0 for the zero time.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func ceil(n, unit int64) int64 { return (n + unit - 1) / unit * unit }

// askScopes are where what is asked for was counted: the monitors, or the brand, or all brands.
func (db *DB) askScopes(ctx context.Context, a *desk.Ask) ([]int64, error) {
	switch {
	case len(a.Monitors) > 0:
		return a.Monitors, nil
	case a.BrandID != 0:
		return []int64{-a.BrandID}, nil
	}
	return selectAll(db.reader(ctx), value[int64], "SELECT -id FROM brands UNION SELECT 0")
}

// step is a point's place in a series.
type step struct {
	at   int64 // Unix seconds
	name string
}

// sums adds up the roll-ups that answer a, by step and name (network, lang or nothing).
func (db *DB) sums(ctx context.Context, a *desk.Ask) (map[step]*desk.Point, error) {
	scopes, err := db.askScopes(ctx, a)
	if err != nil {
		return nil, err
	}
	from, length := ceil(seconds(a.From), minute), int64(a.Step/time.Second)
	out := map[step]*desk.Point{}
	for _, scope := range scopes {
		for _, p := range pieces(a) {
			if p.from >= p.to {
				continue
			}
			query, args := rollupQuery(a, scope, p, from)
			err := each(db.reader(ctx), func(s scanner) error {
				at, pt, err := scanRollup(s)
				if length > 0 {
					at = (at-from)/length*length + from
				} else {
					at = from
				}
				k := step{at, pt.Name}
				if to := out[k]; to != nil {
					merge(to, pt)
				} else if pt.Count != 0 {
					pt.At = time.Unix(at, 0).UTC()
					out[k] = &pt
				}
				return err
			}, query, args...)
			if err != nil {
				return nil, fmt.Errorf("read roll-ups: %w", err)
			}
		}
	}
	return out, nil
}

// wholeYear is from how many rows on the engine adds up the steps itself. A short piece is read in the order of the table, where
// adding up needs no sorting; of a year of minutes, handing over every row costs more than sorting them (1.1 s against 0.5 s).
const wholeYear = 30 * 24 * 60

// rollupQuery reads one scope's piece: the engine drops what nobody asked to tell apart, the steps are made from its rows, which
// are counted from first.
func rollupQuery(a *desk.Ask, scope int64, p piece, first int64) (string, []any) {
	var w where
	w.and("scope = ? AND span = ? AND start >= ? AND start < ?", scope, p.span, p.from, p.to)
	if a.Arrival {
		return "SELECT start, '', n, negative, positive, copies, late, late_negative, late_copies, reach FROM arrivals" + w.String(), w.args
	}
	among(&w, "network", a.Networks)
	name, group := "''", "start"
	switch a.By {
	case "network":
		name, group = "network", "start, network"
	case "lang":
		name, group = "lang", "start, network, lang"
	}
	start, args := "start", w.args
	if length := int64(a.Step / time.Second); length > p.span && (p.to-p.from)/p.span > wholeYear {
		start, group = "start - (start - ?) % ?", strings.Replace(group, "start", "1", 1)
		args = append([]any{first, length}, args...)
	}
	return "SELECT " + start + ", " + name + ", CAST(SUM(n) AS BIGINT), CAST(SUM(negative) AS BIGINT), CAST(SUM(positive) AS BIGINT)," +
		" CAST(SUM(copies) AS BIGINT), 0, 0, 0, CAST(SUM(reach) AS BIGINT) FROM rollups" + w.String() + " GROUP BY " + group, args
}

func scanRollup(s scanner) (at int64, p desk.Point, err error) {
	err = s.Scan(&at, &p.Name, &p.Count, &p.Negative, &p.Positive, &p.Copies, &p.Late, &p.LateNegative, &p.LateCopies, &p.Reach)
	return at, p, err
}

func merge(to *desk.Point, p desk.Point) {
	to.Count += p.Count
	to.Negative += p.Negative
	to.Positive += p.Positive
	to.Copies += p.Copies
	to.Late += p.Late
	to.LateNegative += p.LateNegative
	to.LateCopies += p.LateCopies
	to.Reach += p.Reach
}

// Series gives the course of the numbers: one point per step in which there was something, ascending. Steps are counted from
// Ask.From. A series by mood has counts only.
func (db *DB) Series(ctx context.Context, a desk.Ask) ([]desk.Point, error) {
	if !slices.Contains([]string{"", "network", "lang", "mood"}, a.By) {
		return nil, errBy
	}
	sums, err := db.sums(ctx, &a)
	if err != nil {
		return nil, err
	}
	points := make([]desk.Point, 0, len(sums))
	for _, p := range sums {
		points = append(points, *p)
	}
	if a.By == "mood" && !a.Arrival {
		points = byMood(points)
	}
	slices.SortFunc(points, func(x, y desk.Point) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Name, y.Name)) })
	return points, nil
}

// errBy answers a question by something that roll-ups do not tell apart.
var errBy = desk.Wrong("by", "Choose network, lang or mood.")

// byMood makes up to three points of each.
func byMood(points []desk.Point) []desk.Point {
	var out []desk.Point
	for _, p := range points {
		for _, m := range []desk.Point{
			{Name: desk.Negative.String(), Count: p.Negative, Negative: p.Negative},
			{Name: desk.Neutral.String(), Count: p.Count - p.Negative - p.Positive},
			{Name: desk.Positive.String(), Count: p.Positive, Positive: p.Positive},
		} {
			if m.Count > 0 {
				m.At = p.At
				out = append(out, m)
			}
		}
	}
	return out
}

// Breakdown gives the shares by network, lang or mood over the whole of [From, To), largest first.
func (db *DB) Breakdown(ctx context.Context, a desk.Ask, by string) ([]desk.Share, error) {
	a.By, a.Step, a.Arrival = by, 0, false
	if by == "" {
		return nil, errBy
	}
	points, err := db.Series(ctx, a)
	if err != nil {
		return nil, err
	}
	out := make([]desk.Share, len(points))
	for i, p := range points {
		out[i] = desk.Share{Name: p.Name, Count: p.Count}
	}
	slices.SortStableFunc(out, func(x, y desk.Share) int { return cmp.Compare(y.Count, x.Count) })
	return out, nil
}
