package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
	"breakwater/store"
)

// What the query bench asks: a brand of twelve monitors of uneven size over four weeks that end in a storm.
const (
	queryDays   = 28
	querySize   = 300 // bytes of text, on average
	queryBatch  = 4000
	queryWarm   = 5         // runs of each query that do not count
	queryRuns   = 60        // that do
	queryFormat = "3"       // of the generated data; another one is made anew
	queryFresh  = time.Hour // how long made mentions are of now
)

// queryShares is how likely a mention answers each monitor; one may answer several or none.
var queryShares = []float64{0.40, 0.22, 0.14, 0.09, 0.06, 0.04, 0.02, 0.012, 0.008, 0.004, 0.002, 0.001}

// benchQuery measures the radar, the explorer and the room over a store with a million mentions: first each query that they ask of the
// store, then the whole screens, as a signed-in browser reads them from a desk that serves. The mentions end now; they are made once and
// kept in the data folder for the next run within the hour.
func benchQuery(args []string) error {
	fs := flag.NewFlagSet("query", flag.ContinueOnError)
	n := fs.Int("mentions", 1_000_000, "mentions in the store")
	dir := fs.String("data", "", "folder of the database, made when it is missing and used again (default: in the temporary folder)")
	dsn := fs.String("dsn", "", "an empty PostgreSQL database to use instead")
	if err := fs.Parse(args); err != nil {
		return err
	}
	kept := *dir != "" // by whom it is asked for
	if !kept {
		*dir = filepath.Join(os.TempDir(), fmt.Sprintf("breakwater-bench-query-%d", *n))
	}
	ctx := context.Background()
	q, err := openQuery(ctx, *dir, *dsn, *n)
	if errors.Is(err, errStale) && *dsn == "" && !kept {
		if err = os.RemoveAll(*dir); err == nil {
			q, err = openQuery(ctx, *dir, *dsn, *n)
		}
	}
	if err != nil {
		return fmt.Errorf("make the mentions: %w", err)
	}
	err = q.measure(ctx)
	if err := errors.Join(err, q.db.Close()); err != nil {
		return err
	}
	worst, err := q.screens(ctx, *dir, *dsn)
	if err != nil {
		return err
	}
	fmt.Printf("mentions=%d p95_ms=%.1f radar_p95_ms=%.1f search_p95_ms=%.1f room_p95_ms=%.1f\n", *n, slices.Max(worst), worst[0], worst[1], worst[2])
	return nil
}

// errStale is of a store that is filled with something else, or with what is not of now any more.
var errStale = errors.New("the data folder or database holds something else, or mentions that are older than an hour; remove it or name another")

func openQuery(ctx context.Context, dir, dsn string, n int) (*querying, error) {
	db, err := store.Open(ctx, store.Config{Path: dir, DSN: dsn})
	if err != nil {
		return nil, err
	}
	q, err := fill(ctx, db, n)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return q, nil
}

// querying is a filled store.
type querying struct {
	db       *store.DB
	brand    int64
	monitors []int64
	end      time.Time // of the data
	rnd      *rand.Rand
	poster   *poster
}

// fill makes the mentions unless they are there.
func fill(ctx context.Context, db *store.DB, n int) (*querying, error) {
	q := &querying{db: db, end: time.Now().UTC().Truncate(time.Minute), rnd: rand.New(rand.NewPCG(5, 5)), poster: newPoster(5)}
	const name = "bench.query"
	want := func() string { return fmt.Sprint(queryFormat, " ", n, " ", q.end.Format(time.RFC3339)) }
	have, err := db.Setting(ctx, name)
	if err != nil {
		return nil, err
	}
	if have == "" {
		if err := q.subjects(ctx); err != nil {
			return nil, err
		}
		if err := q.mentions(ctx, n); err != nil {
			return nil, err
		}
		if err := db.SetSetting(ctx, name, want()); err != nil {
			return nil, err
		}
	} else {
		now := q.end
		if q.end, err = time.Parse(time.RFC3339, have[strings.LastIndexByte(have, ' ')+1:]); err != nil || have != want() || now.Sub(q.end) > queryFresh {
			return nil, errStale
		}
	}
	ms, err := db.Monitors(ctx, 0)
	if err != nil {
		return nil, err
	}
	q.monitors = nil
	for _, m := range ms {
		q.brand = m.BrandID
		q.monitors = append(q.monitors, m.ID)
	}
	return q, nil
}

// subjects makes the brand and its monitors.
func (q *querying) subjects(ctx context.Context) error {
	act := desk.Act{Who: "desk", Name: "bench", Do: "bench"}
	b, err := q.db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, out.Say = "Bench", desk.Say("{name} was added.", "name", "Bench")
		return nil
	})
	for i := range queryShares {
		if err != nil {
			return err
		}
		_, err = q.db.ChangeMonitor(ctx, 0, act, func(m *desk.Monitor, out *desk.Out) error {
			m.BrandID, m.Name, m.Query, out.Say = b.ID, fmt.Sprint("Monitor ", i+1), "source:webhook OR "+q.poster.words[0][i], desk.Say("{name} was added.", "name", "Monitor")
			q.monitors = append(q.monitors, m.ID)
			return nil
		})
	}
	return err
}

// mentions makes and stores n mentions, each batch prepared while the one before is written.
func (q *querying) mentions(ctx context.Context, n int) error {
	start := time.Now()
	times := q.times(n)
	ready := make(chan *store.Prepared, 1)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(ready)
		for len(times) > 0 {
			size := min(queryBatch, len(times))
			b := desk.Batch{SourceID: 1}
			for _, at := range times[:size] {
				b.Mentions = append(b.Mentions, q.mention(at))
			}
			times = times[size:]
			p, err := q.db.Prepare(ctx, b)
			if err != nil {
				return err
			}
			select {
			case ready <- p:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	g.Go(func() error {
		done := 0
		for p := range ready {
			s, err := q.db.Write(ctx, []*store.Prepared{p})
			if err != nil {
				return err
			}
			if done += s[0].New; done%100_000 == 0 {
				fmt.Fprintf(os.Stderr, "%d of %d mentions made, %.0f a second\n", done, n, float64(done)/time.Since(start).Seconds())
			}
		}
		return nil
	})
	return g.Wait()
}

// times are when the mentions are published, ascending: with day and night, and three times the usual in the last three hours.
func (q *querying) times(n int) []time.Time {
	begin := q.end.AddDate(0, 0, -queryDays)
	weights := make([]float64, queryDays*24*60)
	sum := 0.0
	for i := range weights {
		hour := begin.Add(time.Duration(i) * time.Minute).Hour()
		weights[i] = []float64{0.3, 0.2, 0.5, 1.2, 1.4, 1.6, 1.8, 1.0}[hour/3]
		if i > len(weights)-180 {
			weights[i] *= 3
		}
		sum += weights[i]
	}
	out := make([]time.Time, 0, n)
	share := 0.0
	for i, w := range weights {
		share += w / sum * float64(n)
		if i == len(weights)-1 {
			share = float64(n)
		}
		for k, fresh := 0, int(share)-len(out); k < fresh; k++ {
			out = append(out, begin.Add(time.Duration(i)*time.Minute+time.Duration(k)*time.Minute/time.Duration(fresh)))
		}
	}
	return out
}

func (q *querying) mention(at time.Time) desk.Mention {
	m := q.poster.post(querySize/2+q.rnd.IntN(querySize), at)
	m.Network = []string{"mastodon", "mastodon", "bluesky", "bluesky", "bluesky", "feed", "webhook"}[q.rnd.IntN(7)]
	m.Arrived = at.Add(time.Duration(q.rnd.IntN(60)) * time.Second)
	m.Lang = langOf(m.Text)
	m.Mood = desk.Mood(q.rnd.IntN(3) - 1)
	if at.After(q.end.Add(-3*time.Hour)) && q.rnd.IntN(2) == 0 {
		m.Mood = desk.Negative
	}
	m.Sentiment, m.Confidence = float64(m.Mood)*q.rnd.Float64(), q.rnd.Float64()
	m.Author.Followers = int(30 / (q.rnd.Float64() + 0.00002))
	m.Author.Media = q.rnd.IntN(40) == 0
	m.Engagement.Reposts = int(1 / (q.rnd.Float64() + 0.001))
	if q.rnd.IntN(8) == 0 {
		m.Fold = desk.Ref{Network: "origin", NativeID: strconv.Itoa(q.rnd.IntN(20_000))}.Key().Fold()
	}
	if q.rnd.IntN(200) == 0 {
		m.Cues = []string{"boycott"}
	}
	for i, share := range queryShares {
		if q.rnd.Float64() < share {
			m.Monitors = append(m.Monitors, q.monitors[i])
		}
	}
	return m
}

// langOf tells the made-up languages apart by their letters.
func langOf(text string) string {
	best, most := "und", -1
	for _, a := range alphabets {
		n := 0
		for _, r := range text[:min(len(text), 90)] {
			if r > 'z' && slices.Contains(a.letters, r) {
				n++
			}
		}
		if n > most {
			best, most = a.lang, n
		}
	}
	return best
}

// named is one query as a person knows it.
type named struct {
	name string
	run  func(context.Context) (int, error) // how much came back
}

// measure runs every query of the store and prints the table.
func (q *querying) measure(ctx context.Context) error {
	t := newTimes("query of the store")
	for _, one := range slices.Concat(q.radar(), q.explorer(), q.room()) {
		if _, err := t.time(ctx, one); err != nil {
			return err
		}
	}
	return t.tw.Flush()
}

// timesTable is a table of how long things took.
type timesTable struct{ tw *tabwriter.Writer }

func newTimes(of string) timesTable {
	t := timesTable{tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)}
	fmt.Fprintf(t.tw, "%s\tp50 ms\tp95 ms\tmost ms\trows\t\n", of)
	return t
}

// time runs one thing again and again, and gives its p95 in milliseconds.
func (t timesTable) time(ctx context.Context, one named) (p95 float64, err error) {
	times := make([]float64, 0, queryRuns)
	rows := 0
	for i := range queryWarm + queryRuns {
		start := time.Now()
		got, err := one.run(ctx)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", one.name, err)
		}
		if i >= queryWarm {
			times = append(times, float64(time.Since(start).Microseconds())/1000)
			rows += got
		}
	}
	slices.Sort(times)
	p95 = times[len(times)*95/100]
	fmt.Fprintf(t.tw, "%s\t%.1f\t%.1f\t%.1f\t%d\t\n", one.name, times[len(times)/2], p95, times[len(times)-1], rows/queryRuns)
	return p95, nil
}

// ask is the brand over the last of the data, beginning at a whole step as the radar's charts do.
func (q *querying) ask(last, step time.Duration, by string) desk.Ask {
	return desk.Ask{BrandID: q.brand, From: q.end.Add(-last).Truncate(max(step, time.Minute)), To: q.end, Step: step, By: by}
}

func (q *querying) series(name string, a desk.Ask) named {
	return named{name, func(ctx context.Context) (int, error) {
		ps, err := q.db.Series(ctx, a)
		return len(ps), err
	}}
}

func (q *querying) breakdown(name string, a desk.Ask, by string) named {
	return named{name, func(ctx context.Context) (int, error) {
		s, err := q.db.Breakdown(ctx, a, by)
		return len(s), err
	}}
}

func (q *querying) voices(name string, a desk.Ask) named {
	return named{name, func(ctx context.Context) (int, error) {
		v, err := q.db.Voices(ctx, a, 200)
		return len(v), err
	}}
}

func (q *querying) people(name string, a desk.Ask) named {
	return named{name, func(ctx context.Context) (int, error) { return q.db.People(ctx, a) }}
}

// search runs a filter that is made anew for every run.
func (q *querying) search(name string, filter func() desk.Filter) named {
	return named{name, func(ctx context.Context) (int, error) {
		p, err := q.db.Mentions(ctx, filter())
		return len(p.Mentions), err
	}}
}

func (q *querying) radar() []named {
	const day, week = 24 * time.Hour, 7 * 24 * time.Hour
	hour := q.ask(time.Hour, 0, "")
	arrivals := q.ask(time.Hour, time.Minute, "")
	arrivals.Arrival = true
	small := q.ask(queryDays*day, time.Hour, "")
	small.BrandID, small.Monitors = 0, q.monitors[:1]
	return []named{
		q.series("radar: this hour", hour),
		q.people("radar: people this hour", hour),
		q.series("radar: arrivals by the minute", arrivals),
		q.series("radar: 24 hours by network", q.ask(day, 5*time.Minute, "network")),
		q.series("radar: 24 hours by mood", q.ask(day, 15*time.Minute, "mood")),
		q.series("radar: 7 days", q.ask(week, time.Hour, "network")),
		q.series("radar: 28 days", q.ask(queryDays*day, 3*time.Hour, "network")),
		q.series("radar: what is usual, one monitor", small),
		q.breakdown("radar: networks of 24 hours", q.ask(day, 0, ""), "network"),
		q.breakdown("radar: languages of 7 days", q.ask(week, 0, ""), "lang"),
		q.breakdown("radar: moods of 28 days", q.ask(queryDays*day, 0, ""), "mood"),
		q.voices("radar: voices of the hour", hour),
		q.voices("radar: voices of 24 hours", q.ask(day, 0, "")),
		q.people("radar: people of 24 hours", q.ask(day, 0, "")),
		q.search("radar: words, a sample of the hour", func() desk.Filter {
			return desk.Filter{BrandID: q.brand, From: q.end.Add(-time.Hour), To: q.end, Listed: true, Limit: 200}
		}),
	}
}

// word is a made-up word of a language by how common it is: 0 is the most common.
func (q *querying) word(lang string, from, to int) string {
	for i, a := range alphabets {
		if a.lang == lang {
			return q.poster.words[i][from+q.rnd.IntN(to-from)]
		}
	}
	return ""
}

// pair is two neighbouring characters out of a text in Chinese.
func (q *querying) pair() string {
	text := []rune(strings.NewReplacer("，", "", ". ", "").Replace(q.poster.text(5, 60)))
	return string(text[3:5])
}

func (q *querying) explorer() []named {
	return []named{
		q.search("explorer: newest", func() desk.Filter { return desk.Filter{} }),
		q.search("explorer: newest of the brand", func() desk.Filter { return desk.Filter{BrandID: q.brand} }),
		q.search("explorer: common word", func() desk.Filter { return desk.Filter{Text: q.word("en", 0, 20)} }),
		q.search("explorer: rare word", func() desk.Filter { return desk.Filter{Text: q.word("en", 5000, 30000)} }),
		q.search("explorer: no such word", func() desk.Filter { return desk.Filter{Text: "zzzzqqq"} }),
		q.search("explorer: Hebrew word", func() desk.Filter { return desk.Filter{Text: q.word("he", 0, 3000)} }),
		q.search("explorer: Polish word without marks", func() desk.Filter { return desk.Filter{Text: q.word("pl", 0, 3000)} }),
		q.search("explorer: Chinese, two characters", func() desk.Filter { return desk.Filter{Text: q.pair()} }),
		q.search("explorer: phrase of common words", func() desk.Filter {
			return desk.Filter{Text: fmt.Sprintf("%q", q.word("en", 0, 10)+" "+q.word("en", 0, 10))}
		}),
		q.search("explorer: phrase of middling words", func() desk.Filter {
			return desk.Filter{Text: fmt.Sprintf("%q", q.word("sv", 50, 500)+" "+q.word("sv", 50, 500))}
		}),
		q.search("explorer: two common words, one excluded", func() desk.Filter {
			return desk.Filter{Text: q.word("en", 0, 10) + " " + q.word("en", 0, 10) + " -" + q.word("en", 0, 10)}
		}),
		q.search("explorer: prefix", func() desk.Filter { return desk.Filter{Text: q.word("en", 0, 200)[:3] + "*"} }),
		q.search("explorer: word, monitor, language, mood", func() desk.Filter {
			return desk.Filter{Text: q.word("en", 0, 50), Monitors: q.monitors[4:5], Langs: []string{"en"}, Moods: []desk.Mood{desk.Negative}}
		}),
		q.search("explorer: word, smallest monitor", func() desk.Filter {
			return desk.Filter{Text: q.word("en", 0, 50), Monitors: q.monitors[len(q.monitors)-1:]}
		}),
		q.search("explorer: great reach, three networks", func() desk.Filter {
			return desk.Filter{BrandID: q.brand, MinReach: 50_000, Networks: []string{"mastodon", "bluesky", "feed"}, Listed: true}
		}),
		q.search("explorer: one day of a monitor, cue", func() desk.Filter {
			from := q.end.AddDate(0, 0, -2-q.rnd.IntN(20))
			return desk.Filter{Monitors: q.monitors[:1], Cue: "boycott", From: from, To: from.AddDate(0, 0, 1)}
		}),
		q.search("explorer: author", func() desk.Filter { return desk.Filter{Author: fmt.Sprintf("u%d@example.social", q.rnd.IntN(5000))} }),
		q.search("explorer: deep page of a common word", func() desk.Filter {
			return desk.Filter{Text: q.word("en", 0, 20), Before: q.end.AddDate(0, 0, -20).UnixMilli() << 20, Limit: 200}
		}),
		q.search("explorer: words nobody wrote together", func() desk.Filter {
			return desk.Filter{Text: q.word("en", 0, 5) + " " + q.word("he", 0, 5)}
		}),
	}
}

func (q *querying) room() []named {
	a := q.ask(6*time.Hour, 0, "")
	a.BrandID, a.Monitors = 0, q.monitors[:2]
	chart, growth := a, a
	chart.Step, chart.By = 5*time.Minute, "network"
	growth.From, growth.Step = q.end.Add(-2*time.Hour), 5*time.Minute
	return []named{
		q.series("room: volume by network", chart),
		q.series("room: growth", growth),
		q.breakdown("room: networks", a, "network"),
		q.breakdown("room: moods", a, "mood"),
		q.voices("room: voices", a),
		q.people("room: people", a),
		q.search("room: newest mentions", func() desk.Filter { return desk.Filter{Monitors: a.Monitors, From: a.From, To: a.To, Listed: true} }),
		q.search("room: words, a sample", func() desk.Filter {
			return desk.Filter{Monitors: a.Monitors, From: a.From, To: a.To, Listed: true, Limit: 200}
		}),
	}
}
