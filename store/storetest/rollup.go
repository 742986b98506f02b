package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var rollupTests = map[string]func(*testing.T, Bed){
	"roll-ups are always what a recount gives": func(t *testing.T, db Bed) {
		for seed := range uint64(3) {
			newWorld(t, db, seed).play(250)
		}
	},

	"series": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 2)
		start := noon.Add(-3 * time.Hour)
		var all []desk.Mention
		for i := range 360 { // one a minute for six hours
			m := said(fmt.Sprint(i), start.Add(time.Duration(i)*time.Minute+time.Second), "x", ms[i%2])
			m.Mood = desk.Mood(i%3 - 1)
			if i%4 == 0 {
				m.Network, m.Lang = "bluesky", "he"
			}
			all = append(all, m)
		}
		all[10].Arrived = all[10].Published.Add(2 * time.Hour)
		appendAll(t, db.DB, all...)
		count := func(ps []desk.Point) (n int) {
			for _, p := range ps {
				n += p.Count
			}
			return n
		}
		for _, tt := range []struct {
			ask    desk.Ask
			points int
			count  int
		}{
			{desk.Ask{BrandID: b.ID}, 1, 360},
			{desk.Ask{Monitors: ms}, 1, 360},
			{desk.Ask{Monitors: ms[:1]}, 1, 180},
			{desk.Ask{BrandID: b.ID + 5}, 0, 0},
			{desk.Ask{}, 1, 360},
			{desk.Ask{Networks: []string{"bluesky"}}, 1, 90},
			{desk.Ask{From: start, To: start.Add(time.Hour), Step: time.Minute}, 60, 60},
			{desk.Ask{From: start, To: start.Add(time.Hour), Step: 5 * time.Minute}, 12, 60},
			{desk.Ask{From: start.AddDate(0, -2, 0), To: noon.Add(3 * time.Hour), Step: 5 * time.Minute}, 72, 360}, // so long that the engine adds up
			{desk.Ask{From: start.AddDate(0, -2, 0).Add(2 * time.Minute), To: noon.Add(3 * time.Hour), Step: 5 * time.Minute, By: "network"}, 145, 360},
			{desk.Ask{From: start, To: noon, Step: time.Hour}, 3, 180},
			{desk.Ask{From: start.Add(30 * time.Minute), To: noon, Step: time.Hour}, 3, 150},
			{desk.Ask{From: start.Add(30 * time.Minute), To: noon.Add(10 * time.Minute)}, 1, 160},
			{desk.Ask{From: start.Add(-time.Hour), To: noon.Add(24 * time.Hour), Step: 24 * time.Hour, By: "network"}, 2, 360},
			{desk.Ask{From: start, To: noon, Step: time.Hour, By: "mood"}, 9, 180},
			{desk.Ask{By: "lang"}, 2, 360},
			{desk.Ask{From: start, To: noon.Add(9 * time.Hour), Step: time.Hour, Arrival: true}, 6, 360},
		} {
			ps := must(db.Series(ctx, tt.ask))(t)
			if len(ps) != tt.points || count(ps) != tt.count {
				t.Errorf("%+v: %d points that count %d, want %d and %d", tt.ask, len(ps), count(ps), tt.points, tt.count)
			}
			if !slices.IsSortedFunc(ps, func(x, y desk.Point) int { return x.At.Compare(y.At) }) {
				t.Errorf("%+v: not ascending", tt.ask)
			}
		}
		half := must(db.Series(ctx, desk.Ask{From: start.Add(30 * time.Minute), To: noon, Step: time.Hour}))(t)
		if !half[0].At.Equal(start.Add(30 * time.Minute)) {
			t.Errorf("steps are counted from From: the first is at %v", half[0].At)
		}
		lates := 0
		for _, p := range must(db.Series(ctx, desk.Ask{BrandID: b.ID, Step: time.Minute, Arrival: true}))(t) {
			lates += p.Late
		}
		if lates != 1 {
			t.Errorf("%d came late", lates)
		}
		if s := must(db.Breakdown(ctx, desk.Ask{BrandID: b.ID}, "network"))(t); len(s) != 2 || s[0] != (desk.Share{Name: "mastodon", Count: 270}) {
			t.Errorf("by network %+v", s)
		}
		if s := must(db.Breakdown(ctx, desk.Ask{From: start, To: noon}, "mood"))(t); len(s) != 3 || s[0].Count != 60 {
			t.Errorf("by mood %+v", s)
		}
		if _, err := db.Breakdown(ctx, desk.Ask{}, "author"); err == nil {
			t.Error("a breakdown by what there is none of")
		}
	},
}

// world is a model of a store: it does random things to it and knows what its roll-ups must be.
type world struct {
	t        *testing.T
	db       Bed
	r        *rand.Rand
	name     string
	monitors []int64
	brand    map[int64]int64
	carried  map[string][8]int64 // what purged mentions counted for
}

func newWorld(t *testing.T, db Bed, seed uint64) *world {
	w := &world{t: t, db: db, r: rand.New(rand.NewPCG(seed, 9)), name: fmt.Sprint("w", seed), brand: map[int64]int64{}, carried: map[string][8]int64{}}
	for range 2 {
		b, ms := brandWith(t, db.DB, 3)
		for _, m := range ms {
			w.brand[m] = b.ID
		}
		w.monitors = append(w.monitors, ms...)
	}
	rows := w.recount() // of the worlds before this one
	for k, v := range w.stored() {
		for i := range v {
			v[i] -= rows[k][i]
		}
		w.carried[k] = v
	}
	return w
}

func (w *world) play(steps int) {
	ctx := context.Background()
	for step := range steps {
		switch w.r.IntN(10) {
		case 0, 1, 2, 3, 4:
			w.append()
		case 5:
			if ids := w.ids(1); len(ids) > 0 {
				if _, err := w.db.Correct(ctx, ids[0], desk.Mood(w.r.IntN(3)-1), act("mention.correct")); err != nil {
					w.t.Fatal(err)
				}
			}
		case 6:
			var ms []desk.Mention
			for _, id := range w.ids(5) {
				m := w.mention()
				m.ID = id
				ms = append(ms, m)
			}
			ok(w.t, w.db.Rescore(ctx, ms))
		case 7:
			ok(w.t, w.db.Assign(ctx, w.monitors[w.r.IntN(len(w.monitors))], w.ids(6), w.ids(6)))
		case 8:
			if w.r.IntN(4) == 0 {
				w.purge()
			}
		case 9:
			if w.r.IntN(20) == 0 && len(w.monitors) > 2 {
				ok(w.t, w.db.DeleteMonitor(ctx, w.monitors[0], act("monitor.delete")))
				w.monitors = w.monitors[1:]
			}
		}
		if step%25 == 0 || step == steps-1 {
			w.check(step)
		}
	}
}

// append hands over two batches of new, known, edited and deleted mentions.
func (w *world) append() {
	var bs []desk.Batch
	for range 1 + w.r.IntN(2) {
		b := desk.Batch{SourceID: int64(1 + w.r.IntN(2))}
		for range w.r.IntN(12) {
			b.Mentions = append(b.Mentions, w.mention())
		}
		if w.r.IntN(3) == 0 {
			b.Gone = append(b.Gone, w.mention().Ref)
		}
		if w.r.IntN(8) == 0 {
			m := w.mention()
			b.GoneBy = append(b.GoneBy, desk.Ref{Network: m.Network, NativeID: m.Author.NativeID})
		}
		bs = append(bs, b)
	}
	if _, err := w.db.Append(context.Background(), bs); err != nil {
		w.t.Fatal(err)
	}
}

// mention makes up one of a few, so that many come again.
func (w *world) mention() desk.Mention {
	n := w.r.IntN(150)
	m := said(fmt.Sprint(w.name, "-", n), noon.Add(time.Duration(n%7)*time.Hour), fmt.Sprint("text ", w.r.IntN(3)))
	m.Network = []string{"mastodon", "bluesky"}[n%2]
	m.Arrived = m.Published.Add(time.Duration(w.r.IntN(4)) * 20 * time.Minute)
	m.Lang = []string{"en", "he", "sv"}[w.r.IntN(3)]
	m.Mood = desk.Mood(w.r.IntN(3) - 1)
	m.Author = desk.Author{NativeID: fmt.Sprint("author ", n%20), Handle: fmt.Sprint("author", n%20), Followers: w.r.IntN(3)*1000 - 1}
	if w.r.IntN(2) == 0 {
		m.Edited = noon.Add(time.Duration(w.r.IntN(100)) * time.Minute)
	}
	if n%5 == 0 {
		m.Fold = desk.Ref{Network: "mastodon", NativeID: "origin"}.Key().Fold()
	}
	for _, id := range w.monitors {
		if w.r.IntN(3) == 0 {
			m.Monitors = append(m.Monitors, id)
		}
	}
	return m
}

func (w *world) ids(n int) (ids []int64) {
	p, err := w.db.Mentions(context.Background(), desk.Filter{Text: "text", Limit: 200})
	ok(w.t, err)
	for range min(n, len(p.Mentions)) {
		ids = append(ids, p.Mentions[w.r.IntN(len(p.Mentions))].ID)
	}
	return ids
}

// purge removes some and carries on what they counted for.
func (w *world) purge() {
	before := w.recount()
	var brand int64
	if w.r.IntN(3) > 0 {
		brand = w.brand[w.monitors[w.r.IntN(len(w.monitors))]]
	}
	if _, err := w.db.Purge(context.Background(), brand, noon.Add(time.Duration(w.r.IntN(7))*time.Hour), 1+w.r.IntN(9)); err != nil {
		w.t.Fatal(err)
	}
	after := w.recount()
	for k, v := range before {
		c := w.carried[k]
		for i := range v {
			c[i] += v[i] - after[k][i]
		}
		w.carried[k] = c
	}
}

// check compares the tables with a recount.
func (w *world) check(step int) {
	w.t.Helper()
	want := w.recount()
	for k, c := range w.carried {
		v := want[k]
		for i := range v {
			v[i] += c[i]
		}
		want[k] = v
	}
	got := w.stored()
	for _, m := range []map[string][8]int64{want, got} {
		for k, v := range m {
			if v == ([8]int64{}) {
				delete(m, k)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Fatalf("after step %d: -recount +roll-ups\n%s", step, diff)
	}
	w.checkAnswers(step)
}

// recount counts the rows of mentions: n, negative, positive, copies, late, reach, and of the late negative and copies.
func (w *world) recount() map[string][8]int64 {
	out := map[string][8]int64{}
	w.each(func(id int64, m *desk.Mention) {
		at := time.UnixMilli(id >> 20)
		v := [8]int64{0: 1, 5: int64(max(m.Author.Followers, 0))}
		if m.Mood < 0 {
			v[1] = 1
		}
		if m.Mood > 0 {
			v[2] = 1
		}
		if m.IsCopy() {
			v[3] = 1
		}
		byArrival := v
		if m.Arrived.Sub(at) > 30*time.Minute {
			byArrival[4], byArrival[6], byArrival[7] = 1, v[1], v[3]
		}
		for _, s := range w.scopes(m) {
			for _, span := range []int64{60, 3600} {
				add(out, fmt.Sprint("event ", s, span, at.Unix()/span*span, m.Network, m.Lang), v)
				add(out, fmt.Sprint("arrival ", s, span, m.Arrived.Unix()/span*span), byArrival)
			}
		}
	})
	return out
}

func add(to map[string][8]int64, key string, v [8]int64) {
	sum := to[key]
	for i := range v {
		sum[i] += v[i]
	}
	to[key] = sum
}

func (w *world) each(f func(int64, *desk.Mention)) {
	rows, err := w.db.Raw.Query("SELECT id, body FROM mentions")
	ok(w.t, err)
	defer rows.Close()
	for rows.Next() {
		var id int64
		var body string
		var m desk.Mention
		ok(w.t, rows.Scan(&id, &body))
		ok(w.t, json.Unmarshal([]byte(body), &m))
		f(id, &m)
	}
	ok(w.t, rows.Err())
}

func (w *world) scopes(m *desk.Mention) []int64 {
	out := slices.Clone(m.Monitors)
	for _, id := range m.Monitors {
		if b := -w.brandOf(id); !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	if len(out) == 0 {
		out = []int64{0}
	}
	return out
}

// brandOf also knows the brands of the monitors of earlier worlds in the same store.
func (w *world) brandOf(monitor int64) int64 {
	if b := w.brand[monitor]; b != 0 {
		return b
	}
	var b int64
	ok(w.t, w.db.Raw.QueryRow(fmt.Sprintf("SELECT brand_id FROM monitors WHERE id = %[1]d UNION ALL"+
		" SELECT brand_id FROM past_monitors WHERE id = %[1]d", monitor)).Scan(&b))
	w.brand[monitor] = b
	return b
}

// stored reads the roll-ups.
func (w *world) stored() map[string][8]int64 {
	out := map[string][8]int64{}
	for kind, query := range map[string]string{
		"event ":   "SELECT scope, span, start, network, lang, n, negative, positive, copies, 0, reach, 0, 0 FROM rollups",
		"arrival ": "SELECT scope, span, start, '', '', n, negative, positive, copies, late, reach, late_negative, late_copies FROM arrivals",
	} {
		rows, err := w.db.Raw.Query(query)
		ok(w.t, err)
		defer rows.Close()
		for rows.Next() {
			var scope, span, start int64
			var network, lang string
			var v [8]int64
			ok(w.t, rows.Scan(&scope, &span, &start, &network, &lang, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]))
			key := fmt.Sprint(kind, scope, span, start, network, lang)
			if kind == "arrival " {
				key = fmt.Sprint(kind, scope, span, start)
			}
			out[key] = v
		}
		ok(w.t, rows.Err())
	}
	return out
}

// checkAnswers compares what voices are counted from, and the search index, with the rows.
func (w *world) checkAnswers(step int) {
	w.t.Helper()
	want := map[string]bool{}
	found := map[int64]int{}
	w.each(func(id int64, m *desk.Mention) {
		for _, s := range w.scopes(m) {
			want[fmt.Sprint(s, " ", id)] = true
		}
		if m.Deleted.IsZero() {
			found[m.SourceID]++
		}
	})
	rows, err := w.db.Raw.Query("SELECT scope, mention_id FROM answers")
	ok(w.t, err)
	defer rows.Close()
	for rows.Next() {
		var scope, id int64
		ok(w.t, rows.Scan(&scope, &id))
		key := fmt.Sprint(scope, " ", id)
		if !want[key] {
			w.t.Fatalf("after step %d: an answer too many: %s", step, key)
		}
		delete(want, key)
	}
	// A brand that purged a mention which another brand keeps has left it: those answers are missing on purpose.
	for source, n := range found {
		got := 0
		for f := (desk.Filter{SourceID: source, Limit: 200}); ; {
			p, err := w.db.Mentions(context.Background(), f)
			ok(w.t, err)
			got += len(p.Mentions)
			if f.Before = p.Next; p.Next == 0 {
				break
			}
		}
		if got != n {
			w.t.Fatalf("after step %d: the search finds %d of source %d, there are %d", step, got, source, n)
		}
	}
}
