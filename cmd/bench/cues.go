package main

import (
	"bufio"
	"compress/gzip"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/enrich"
)

// cueFlood is how many of a thousand ordinary posts a type may be found in before it says little by itself.
const cueFlood = 5.0

// benchCues runs the crisis cues over ordinary posts: how often each type is found in each language, where nothing is known to
// have happened, and how fast.
func benchCues(args []string) error {
	f := flag.NewFlagSet("cues", flag.ExitOnError)
	dir := f.String("data", "", "folder with `<lang>.train.tsv.gz` (label TAB text)")
	show := f.String("show", "", "print what one type finds in one language, as `type/lang`")
	_ = f.Parse(args)
	posts, err := ordinaryPosts(*dir, "train")
	if err != nil {
		return err
	}
	if len(posts) == 0 {
		return fmt.Errorf("no *.train.tsv.gz in %q: give --data", *dir)
	}
	list := enrich.NewCueList()
	t := newCueTable(list)
	for lang, ps := range posts {
		for _, p := range ps {
			t.count(list, lang, p, *show)
		}
	}
	t.print()
	speed, allocs := cueSpeed(list, posts)
	fmt.Printf("\nshort posts (at most 140 characters), folding included: %.0f posts/s on one core, %.2f allocations a post without a cue\n\n", speed, allocs)
	fmt.Printf("posts_per_second_per_core=%.0f hits_per_1000=%.2f highest_type_per_1000=%.2f\n", speed, t.all(), t.highest())
	return nil
}

// ordinary is a post with its mood: negative, neutral or positive.
type ordinary struct{ mood, text string }

// ordinaryPosts reads the posts of one part by language.
func ordinaryPosts(dir, part string) (map[string][]ordinary, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*."+part+".tsv.gz"))
	if err != nil {
		return nil, err
	}
	posts := map[string][]ordinary{}
	for _, name := range files {
		lang, _, _ := strings.Cut(filepath.Base(name), ".")
		ps, err := readOrdinary(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		posts[lang] = append(posts[lang], ps...)
	}
	return posts, nil
}

func readOrdinary(name string) (ps []ordinary, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if mood, text, ok := strings.Cut(lines.Text(), "\t"); ok {
			ps = append(ps, ordinary{mood, text})
		}
	}
	return ps, lines.Err()
}

// cueTable counts posts by type and language.
type cueTable struct {
	types    []string
	found    map[string]map[string]int // by language and type
	negative map[string]map[string]int
	posts    map[string]int
}

func newCueTable(list *enrich.CueList) *cueTable {
	t := &cueTable{found: map[string]map[string]int{}, negative: map[string]map[string]int{}, posts: map[string]int{}}
	for _, typ := range list.Types() {
		t.types = append(t.types, typ.Name)
	}
	return t
}

func (t *cueTable) count(list *enrich.CueList, lang string, p ordinary, show string) {
	if t.found[lang] == nil {
		t.found[lang], t.negative[lang] = map[string]int{}, map[string]int{}
	}
	t.posts[lang]++
	m := desk.Mention{Lang: lang, Text: p.text}
	for _, c := range list.Find(&m) {
		t.found[lang][c.Type]++
		if strings.HasPrefix(p.mood, "neg") || p.mood == "-1" {
			t.negative[lang][c.Type]++
		}
		if show == c.Type+"/"+lang {
			var words []string
			for _, w := range c.Words {
				words = append(words, w.Words)
			}
			fmt.Printf("%-30s %.200s\n", strings.Join(words, " + "), p.text)
		}
	}
}

func (t *cueTable) rate(lang, typ string) float64 {
	return 1000 * float64(t.found[lang][typ]) / float64(t.posts[lang])
}

func (t *cueTable) print() {
	langs := slices.Sorted(maps.Keys(t.posts))
	fmt.Printf("found in so many of 1,000 ordinary posts (share of negative posts among them); * above %.0f\n\n%-20s", cueFlood, "")
	for _, l := range langs {
		fmt.Printf("%15s", l)
	}
	fmt.Println()
	for _, typ := range t.types {
		fmt.Printf("%-20s", typ)
		for _, l := range langs {
			mark, n := " ", t.found[l][typ]
			if t.rate(l, typ) > cueFlood {
				mark = "*"
			}
			fmt.Printf("%8.2f%s (%2.0f%%)", t.rate(l, typ), mark, 100*float64(t.negative[l][typ])/float64(max(n, 1)))
		}
		fmt.Println()
	}
	fmt.Printf("%-20s", "posts")
	for _, l := range langs {
		fmt.Printf("%15d", t.posts[l])
	}
	fmt.Println()
}

// all is the mean over languages and types.
func (t *cueTable) all() (sum float64) {
	for l := range t.posts {
		for _, typ := range t.types {
			sum += t.rate(l, typ)
		}
	}
	return sum / float64(len(t.posts)*len(t.types))
}

func (t *cueTable) highest() (most float64) {
	for l := range t.posts {
		for _, typ := range t.types {
			most = max(most, t.rate(l, typ))
		}
	}
	return most
}

// cueSpeed measures on one goroutine, over all languages alike.
func cueSpeed(list *enrich.CueList, posts map[string][]ordinary) (perSecond, allocs float64) {
	var ms []desk.Mention
	for _, lang := range slices.Sorted(maps.Keys(posts)) {
		n := 0
		for _, p := range posts[lang] {
			if len([]rune(p.text)) <= 140 && n < 3000 {
				ms = append(ms, desk.Mention{Lang: lang, Text: p.text})
				n++
			}
		}
	}
	var quiet *desk.Mention
	for range 8 { // the best of several rounds: what the machine does beside is not ours
		start, n := time.Now(), 0
		for time.Since(start) < 400*time.Millisecond {
			for i := range ms {
				if found := list.Find(&ms[i]); found == nil && quiet == nil {
					quiet = &ms[i]
				}
			}
			n += len(ms)
		}
		perSecond = max(perSecond, float64(n)/time.Since(start).Seconds())
	}
	return perSecond, testing.AllocsPerRun(1000, func() { list.Find(quiet) })
}
