package main

import (
	"bufio"
	"compress/gzip"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/enrich"
	"breakwater/internal/terms"
)

// benchUnderstand measures what it costs to understand a post, on one core: language, sentiment and cues together, the way
// they run when posts come in, then with the search for the post that it repeats. Beside it, whether that search finds edited
// copies and leaves strangers apart.
func benchUnderstand(args []string) error {
	flags := flag.NewFlagSet("understand", flag.ContinueOnError)
	data := flags.String("data", "", "folder with <language>.*.tsv.gz (label, tab, text); the dev sets, when there are some; empty: the drills' own posts")
	seconds := flags.Float64("seconds", 3, "of processor time for each figure")
	copies := flags.Int("copies", 1000, "posts of each language that are copied with changes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	byLang, err := readPosts(*data)
	if err != nil {
		return err
	}
	posts := mixPosts(byLang)
	bytes := 0
	for i := range posts {
		bytes += len(posts[i].Text)
	}
	fmt.Printf("%d posts of %d languages, %d bytes each\n\n", len(posts), len(byLang), bytes/len(posts))
	printFolds(byLang, *copies)
	printTopics(posts)

	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	budget := time.Duration(*seconds * float64(time.Second))
	e := enrich.New()
	folder := e.Folder
	e.Folder = nil
	langs := map[string]string{}
	for i := range posts {
		m := posts[i]
		e.Lang(&m)
		langs[m.Author.Handle] = m.Lang
	}
	var text terms.Text
	parts := []struct {
		name string
		do   func(m *desk.Mention)
	}{
		{"reading the words", func(m *desk.Mention) { text.Read(m.Text) }},
		{"language", func(m *desk.Mention) { e.Lang(m) }},
		{"sentiment, cues", func(m *desk.Mention) { m.Lang = langs[m.Author.Handle]; e.RestRead(m, nil) }},
		{"near duplicates", func(m *desk.Mention) { folder.Fold(m) }},
		{"language, sentiment, cues", func(m *desk.Mention) { e.Lang(m); text.Read(m.Text); e.RestRead(m, &text) }},
		{"all of it", func(m *desk.Mention) { e.Lang(m); text.Read(m.Text); e.RestRead(m, &text); m.Fold = folder.Fold(m) }},
	}
	stop, err := profile()
	if err != nil {
		return err
	}
	defer stop()
	fmt.Printf("\n%-28s %12s %10s %10s %12s\n", "one core", "posts/s", "µs/post", "usually", "allocations")
	var rates []float64
	for _, p := range parts {
		best, usual, allocs := understand(posts, budget, p.do)
		rates = append(rates, best)
		fmt.Printf("%-28s %12.0f %10.2f %10.2f %12.3f\n", p.name, best, 1e6/best, 1e6/usual, allocs)
	}
	fmt.Printf("posts_per_second_per_core=%.0f with_signature=%.0f\n", rates[len(rates)-2], rates[len(rates)-1])
	return nil
}

// understand runs do over the posts until the budget of processor time is used. Posts that come again get another number, so
// that none is known already. best is of the round that others on the machine disturbed least, usual of all of them.
func understand(posts []desk.Mention, budget time.Duration, do func(*desk.Mention)) (best, usual, allocs float64) {
	ids := make([]string, len(posts))
	n, spent := 0, time.Duration(0)
	var before, after runtime.MemStats
	var objects uint64
	for round := 0; spent < budget; round++ {
		for i := range ids {
			ids[i] = strconv.Itoa(round) + "-" + strconv.Itoa(i)
		}
		work := slices.Clone(posts)
		for i := range work {
			work[i].NativeID = ids[i]
		}
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := cpuTime()
		for i := range work {
			do(&work[i])
		}
		took := cpuTime() - start
		runtime.ReadMemStats(&after)
		if round == 0 {
			continue // buffers grow
		}
		best = max(best, float64(len(posts))/took.Seconds())
		n, spent, objects = n+len(posts), spent+took, objects+after.Mallocs-before.Mallocs
	}
	return best, float64(n) / spent.Seconds(), float64(objects) / float64(n)
}

// readPosts reads labelled posts by language; dev sets alone when there are some, and no converted ones; without a
// folder, those of the drills.
func readPosts(dir string) (map[string][]string, error) {
	if dir == "" {
		return drilled(), nil
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.tsv.gz"))
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return strings.Contains(n, ".opencc.") })
	dev := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.Contains(n, ".dev.") })
	if len(dev) > 0 {
		names = dev
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no *.tsv.gz in %q: name another folder with --data", dir)
	}
	posts := map[string][]string{}
	for _, name := range names {
		lang, _, _ := strings.Cut(filepath.Base(name), ".")
		got, err := readTSV(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		posts[lang] = append(posts[lang], got...)
	}
	return posts, nil
}

func readTSV(name string) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var texts []string
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if _, text, ok := strings.Cut(s.Text(), "\t"); ok {
			texts = append(texts, text)
		}
	}
	return texts, s.Err()
}

// mixPosts is all of them as mentions, in an order that mixes the languages.
func mixPosts(byLang map[string][]string) []desk.Mention {
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	var posts []desk.Mention
	for _, lang := range sortedKeys(byLang) {
		for i, text := range byLang[lang] {
			posts = append(posts, desk.Mention{
				Ref: desk.Ref{Network: "bench"}, Author: desk.Author{Handle: lang + strconv.Itoa(i)}, Text: text, Published: at,
			})
		}
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	rnd.Shuffle(len(posts), func(i, k int) { posts[i], posts[k] = posts[k], posts[i] })
	return posts
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
