package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"

	"breakwater/desk"
	"breakwater/match"
)

// matchScripts are the seven scripts of the posts; Latin carries four languages.
var matchScripts = []struct {
	name    string
	letters []rune
	joined  bool // words stand without spaces
}{
	{"English", []rune("eeetaoinshrdlucmfgyp"), false},
	{"Polish", []rune("aieozncwrystkłąęóżśmpdu"), false},
	{"Indonesian", []rune("aaanieurtkdsmglpbhy"), false},
	{"Swedish", []rune("eantrsildomkgväåöfhup"), false},
	{"Hebrew", []rune("יוהלאמתרבשנדכקפחעגצט"), false},
	{"Cyrillic", []rune("оеаинтсрвлкмдпуяы"), false},
	{"Arabic", []rune("اليمنورتبعدسكفهق"), false},
	{"Greek", []rune("αοιετσνηυρπκμλς"), false},
	{"Chinese, traditional", han(0x4E00, 1500, 5), true},
	{"Chinese, simplified", han(0x4E03, 1500, 7), true},
}

// han is n characters from first on, every step-th.
func han(first rune, n, step int) []rune {
	out := make([]rune, n)
	for i := range out {
		out[i] = first + rune(i*step)
	}
	return out
}

// matchWorld makes posts and monitors of the same made-up vocabularies, whose use falls off as in real text.
type matchWorld struct {
	rnd   *rand.Rand
	zipf  *rand.Zipf
	words [][]string
}

const matchWords = 20_000

func newMatchWorld(seed uint64) *matchWorld {
	r := rand.New(rand.NewPCG(seed, 3))
	w := &matchWorld{rnd: r, zipf: rand.NewZipf(r, 1.1, 6, matchWords-1)}
	for _, s := range matchScripts {
		list := make([]string, matchWords)
		for i := range list {
			n := 2 + r.IntN(8)
			if s.joined {
				n = 1 + r.IntN(3)
			}
			word := make([]rune, n)
			for k := range word {
				word[k] = s.letters[r.IntN(len(s.letters))]
			}
			list[i] = string(word)
		}
		w.words = append(w.words, list)
	}
	return w
}

func (w *matchWorld) post(size int) desk.Mention {
	s := w.rnd.IntN(len(matchScripts))
	var b strings.Builder
	for b.Len() < size {
		switch w.rnd.IntN(25) {
		case 0:
			b.WriteString("#")
		case 1:
			b.WriteString("🤮 ")
		case 2:
			b.WriteString("\n")
		}
		word := w.words[s][w.zipf.Uint64()]
		if w.rnd.IntN(10) == 0 {
			word = strings.ToUpper(word)
		}
		b.WriteString(word)
		switch {
		case w.rnd.IntN(12) == 0:
			b.WriteString(". ")
		case !matchScripts[s].joined:
			b.WriteByte(' ')
		}
	}
	lang := [...]string{"en", "pl", "id", "sv", "he", "ru", "ar", "el", "zh-Hant", "zh-Hans"}[s]
	return desk.Mention{Ref: desk.Ref{Network: "mastodon", NativeID: "1"}, Kind: desk.KindPost, Text: b.String(), Lang: lang,
		Author: desk.Author{Handle: fmt.Sprintf("user%d@social.example", w.rnd.IntN(9000)), Name: "Some Body", Followers: w.rnd.IntN(20_000)}}
}

// monitor is a query as people write them: names of a brand, words that make it worth hearing, words that rule it out.
func (w *matchWorld) monitor(id int) desk.Monitor {
	s := id % len(matchScripts)
	common := func() string { return w.words[s][20+w.rnd.IntN(1500)] }
	name := func() string {
		for {
			if n := w.words[s][100+w.rnd.IntN(8000)]; len([]rune(n)) > 3 || matchScripts[s].joined && len([]rune(n)) > 1 {
				return n
			}
		}
	}
	var q string
	switch id % 7 {
	case 0:
		q = name()
	case 1:
		q = fmt.Sprintf(`(%s OR "%s %s" OR #%s) AND (%s OR %s) NOT %s`, name(), name(), common(), name(), common(), common(), common())
	case 2:
		q = fmt.Sprintf(`%s NEAR/6 (%s OR %s OR %s)`, name(), common(), common(), common())
	case 3:
		q = fmt.Sprintf(`(%s OR @%s) (%s* OR "%s %s") -lang:und followers>100`, name(), name(), name(), common(), common())
	case 4:
		q = fmt.Sprintf(`"%s %s" OR "%s * %s" OR %s`, name(), common(), name(), common(), name())
	case 5:
		q = fmt.Sprintf(`%s AND %s AND NOT (%s OR %s) AND -source:forum`, name(), common(), common(), common())
	default:
		q = fmt.Sprintf(`%s OR %s OR %s OR %s`, name(), name(), name(), name())
	}
	return desk.Monitor{ID: int64(id + 1), Query: q}
}

func benchMatch(args []string) error {
	flags := flag.NewFlagSet("match", flag.ContinueOnError)
	count := flags.Int("monitors", 10_000, "how many monitors")
	posts := flags.Int("posts", 20_000, "how many different posts")
	size := flags.Int("size", 300, "bytes of a post")
	sample := flags.Int("sample", 20, "posts that every monitor is asked about one by one")
	seed := flags.Uint64("seed", 1, "of the made-up words")
	if err := flags.Parse(args); err != nil {
		return err
	}
	w := newMatchWorld(*seed)
	monitors := make([]desk.Monitor, *count)
	for i := range monitors {
		monitors[i] = w.monitor(i)
	}
	mentions := make([]desk.Mention, *posts)
	bytes := 0
	for i := range mentions {
		mentions[i] = w.post(*size)
		bytes += len(mentions[i].Text)
	}
	fmt.Printf("%d monitors, %d posts of %d bytes on average in seven scripts, one core\n\n", *count, *posts, bytes / *posts)

	before := heap()
	start := time.Now()
	set, err := match.NewSet(monitors)
	if err != nil {
		return err
	}
	ours := measured{name: "match.Set", build: time.Since(start), heap: heap() - before}
	ours.run(mentions, func(x *match.Scratch, ids []int64, m *desk.Mention) []int64 { return set.Match(ids, m, x) })
	library, err := benchLibrary(monitors, mentions)
	if err != nil {
		return err
	}
	alone, err := benchAlone(monitors, mentions[:*sample], set)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tposts/s of a core\tbest round\tby the wall\tbuild s\theap MB\tallocations/post\tanswers/post\t")
	for _, m := range []measured{ours, library, alone} {
		fmt.Fprintf(table, "%s\t%.0f\t%.0f\t%.0f\t%.2f\t%.1f\t%.2f\t%.2f\t\n", m.name, m.rate, m.best, m.wall, m.build.Seconds(), float64(m.heap)/1e6, m.allocs, m.answers)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Printf("\nThe set's answers equal those of every monitor asked alone on %d posts. The library finds words only: it reads no\nquery, folds no script but ASCII, and knows no boundaries.\n", *sample)
	fmt.Printf("monitors=%d posts_per_second_per_core=%.0f\n", *count, ours.rate)
	return nil
}

// measured is one row of the table.
type measured struct {
	name            string
	build           time.Duration
	heap            uint64
	rate, best      float64 // posts per second of a core: median round, best round
	wall            float64 // posts per second by the clock on the wall, median round
	allocs, answers float64 // per post
}

// run measures seven rounds over all posts, after one to warm up.
func (r *measured) run(mentions []desk.Mention, answer func(*match.Scratch, []int64, *desk.Mention) []int64) {
	var x match.Scratch
	var ids []int64
	var rates, walls []float64
	var before, after runtime.MemStats
	for round := range 8 {
		if round == 1 {
			runtime.ReadMemStats(&before)
		}
		found := 0
		start, cpu := time.Now(), cpuTime()
		for i := range mentions {
			ids = answer(&x, ids[:0], &mentions[i])
			found += len(ids)
		}
		if round > 0 {
			rates = append(rates, float64(len(mentions))/(cpuTime()-cpu).Seconds())
			walls = append(walls, float64(len(mentions))/time.Since(start).Seconds())
		}
		r.answers = float64(found) / float64(len(mentions))
	}
	runtime.ReadMemStats(&after)
	r.allocs = float64(after.Mallocs-before.Mallocs) / float64(7*len(mentions))
	slices.Sort(rates)
	slices.Sort(walls)
	r.wall = walls[len(walls)/2]
	r.rate, r.best = rates[len(rates)/2], rates[len(rates)-1]
}

func heap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// benchLibrary looks the queries' words up with the library, as one would without a percolator: it gives the monitors of
// which any word occurs, without asking their queries.
func benchLibrary(monitors []desk.Monitor, mentions []desk.Mention) (measured, error) {
	index := map[string]int{}
	var words []string
	var ids [][]int64
	for _, m := range monitors {
		q, err := match.Parse(m.Query)
		if err != nil {
			return measured{}, err
		}
		for _, word := range q.Words() {
			word = strings.ToLower(strings.TrimRight(word, "*"))
			n, known := index[word]
			if !known {
				n = len(words)
				index[word] = n
				words, ids = append(words, word), append(ids, nil)
			}
			ids[n] = append(ids[n], m.ID)
		}
	}
	r := measured{name: "petar-dambovaliev/aho-corasick"}
	before, start := heap(), time.Now()
	builder := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{MatchKind: ahocorasick.StandardMatch, DFA: true})
	automaton := builder.Build(words)
	r.build, r.heap = time.Since(start), heap()-before
	r.run(mentions, func(_ *match.Scratch, out []int64, m *desk.Mention) []int64 {
		for hits := automaton.IterOverlapping(strings.ToLower(m.Text)); ; {
			hit := hits.Next()
			if hit == nil {
				break
			}
			out = append(out, ids[hit.Pattern()]...)
		}
		slices.Sort(out)
		return slices.Compact(out)
	})
	return r, nil
}

// benchAlone asks every monitor about the sample, and compares the answers with the set's.
func benchAlone(monitors []desk.Monitor, sample []desk.Mention, set *match.Set) (measured, error) {
	queries := make([]*match.Query, len(monitors))
	for i, m := range monitors {
		q, err := match.Parse(m.Query)
		if err != nil {
			return measured{}, err
		}
		queries[i] = q
	}
	r := measured{name: "every monitor alone"}
	var x match.Scratch
	start, cpu := time.Now(), cpuTime()
	for i := range sample {
		var alone []int64
		for k, q := range queries {
			if q.Matches(&sample[i]) {
				alone = append(alone, monitors[k].ID)
			}
		}
		r.answers += float64(len(alone)) / float64(len(sample))
		if together := set.Match(nil, &sample[i], &x); !slices.Equal(together, alone) {
			return r, fmt.Errorf("the set and the monitors alone disagree about %q: %v, %v", sample[i].Text, together, alone)
		}
	}
	r.rate, r.wall = float64(len(sample))/(cpuTime()-cpu).Seconds(), float64(len(sample))/time.Since(start).Seconds()
	r.best = r.rate
	return r, nil
}
