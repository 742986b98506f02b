package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"breakwater/desk"
	"breakwater/enrich"
	"breakwater/internal/confusion"
)

// studied are the figures of LANGUAGE.md sections 2.1, 2.3 and 3 for the recipe that ours began with: macro-F1 in percent on
// the development and the test sets, fastText and translated AFINN on the test sets.
var studied = []struct {
	lang, key                  string
	dev, test, fasttext, afinn float64
}{
	{"en", "en", 71.8, 65.7, 65.6, 56.2},
	{"he", "he", 69.7, 67.2, 61.7, 42.6},
	{"id", "id", 78.8, 71.2, 69.9, 53.7},
	{"pl", "pl", 80.6, 79.7, 78.6, 43.9},
	{"sv", "sv", 74.6, 69.1, 62.6, 50.9},
	{"zh-Hans", "zh_hans", 83.7, 82.9, 81.5, 47.3},
	{"zh-Hant", "zh_hant", 64.1, 65.3, 58.1, 36.4},
}

// labelled is one text of a set, and what the model of the product made of it.
type labelled struct {
	lang, source, text string
	class              uint8
	given              uint8
	sure               float64
}

// labelledSet is the texts of one file.
type labelledSet struct {
	name, lang string
	texts      []labelled
}

func benchSentiment(args []string) error {
	flags := flag.NewFlagSet("sentiment", flag.ContinueOnError)
	dir := flags.String("data", "", "folder of <language>.dev.tsv.gz or <language>.test.tsv.gz: a label, a tab, a text; sources beside in .src.gz")
	plot := flags.String("plot", "", "file for the reliability plot (SVG)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("--data says in which folder the labelled texts lie")
	}
	sets, part, err := readLabelled(*dir)
	if err != nil {
		return err
	}
	start := time.Now()
	moods := enrich.NewMoods()
	loaded := time.Since(start)
	open := enrich.NewOpenMoods()
	fmt.Printf("macro-F1 and accuracy in %% on the %s sets; what is in brackets is LANGUAGE.md's: on other rows, or other sets\n\n", part)
	scores := tableOfSets(sets, part, moods, open)
	tableOfSources(sets)
	tableOfNegatives(sets)
	tableOfConfidence(sets)
	if *plot != "" {
		if err := os.WriteFile(*plot, []byte(reliabilityPlot(sets)), 0o644); err != nil {
			return err
		}
	}
	rate := speedOf(sets, moods)
	fmt.Printf("%.0f posts/s of a core, %.0f bytes a post; loaded in %.0f ms\n", rate, meanBytes(sets), float64(loaded.Microseconds())/1000)
	var pairs []string
	sum := 0.0
	for _, s := range studied {
		pairs = append(pairs, fmt.Sprintf("macro_f1_%s=%.1f", s.key, scores[s.lang]))
		sum += scores[s.lang]
	}
	fmt.Printf("%s macro_f1_mean=%.1f\n", strings.Join(pairs, " "), sum/float64(len(studied)))
	return nil
}

// readLabelled reads every <language>.*.tsv.gz of the folder but training sets, and test sets rather than development sets.
func readLabelled(dir string) (sets []labelledSet, part string, err error) {
	for _, part = range []string{"test", "dev"} {
		files, err := filepath.Glob(filepath.Join(dir, "*."+part+".tsv.gz"))
		if err != nil {
			return nil, "", err
		}
		for _, f := range files {
			name := strings.TrimSuffix(filepath.Base(f), "."+part+".tsv.gz")
			s := labelledSet{name: name}
			s.lang, _, _ = strings.Cut(name, ".")
			if s.texts, err = readLabelledFile(f, s.lang); err != nil {
				return nil, "", err
			}
			sets = append(sets, s)
		}
		if len(sets) > 0 {
			return sets, part, nil
		}
	}
	return nil, "", fmt.Errorf("no *.test.tsv.gz and no *.dev.tsv.gz in %s", dir)
}

func readLabelledFile(name, lang string) ([]labelled, error) {
	rows, err := gunzipLines(name)
	if err != nil {
		return nil, err
	}
	sources, err := gunzipLines(strings.TrimSuffix(name, ".tsv.gz") + ".src.gz")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var all []labelled
	for i, row := range rows {
		label, text, ok := strings.Cut(row, "\t")
		class := slices.Index([]string{"negative", "neutral", "positive"}, label)
		if !ok || class < 0 {
			return nil, fmt.Errorf("%s:%d: want a label, a tab and a text", name, i+1)
		}
		one := labelled{lang: lang, text: text, class: uint8(class)}
		if i < len(sources) {
			one.source = sources[i]
		}
		all = append(all, one)
	}
	return all, nil
}

func gunzipLines(name string) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var lines []string
	scan := bufio.NewScanner(z)
	scan.Buffer(nil, 1<<22)
	for scan.Scan() {
		lines = append(lines, scan.Text())
	}
	return lines, scan.Err()
}

// classOf is the class of a mood, as an index.
func classOf(m desk.Mood) uint8 { return uint8(int(m) + 1) }

// tableOfSets prints a row per set and gives the product's macro-F1 by language.
func tableOfSets(sets []labelledSet, part string, moods, open *enrich.Moods) map[string]float64 {
	scores := map[string]float64{}
	lexicon := newLexicon()
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "set\ttexts\tmajority\tlexicon\topen model\tmodel\t(AFINN)\t(fastText)\t(recipe)\t")
	var sums [4]float64
	for k := range sets {
		s := &sets[k]
		var most, words, free, ours confusion.Table
		n := [3]int{}
		for i := range s.texts {
			n[s.texts[i].class]++
		}
		for i := range s.texts {
			x := &s.texts[i]
			score, sure := moods.Score(s.lang, x.text)
			x.given, x.sure = classOf(enrich.MoodOf(score)), sure
			ours.Add(x.class, x.given, 1)
			score, _ = open.Score(s.lang, x.text)
			free.Add(x.class, classOf(enrich.MoodOf(score)), 1)
			words.Add(x.class, lexicon.class(s.lang, x.text), 1)
			most.Add(x.class, uint8(slices.Index(n[:], slices.Max(n[:]))), 1)
		}
		fmt.Fprintf(t, "%s\t%d\t", s.name, len(s.texts))
		for i, c := range []confusion.Table{most, words, free, ours} {
			fmt.Fprintf(t, "%.1f / %.1f\t", 100*c.MacroF1(), 100*c.Accuracy())
			if s.name == s.lang {
				sums[i] += 100 * c.MacroF1()
			}
		}
		for _, ref := range studied {
			if ref.lang == s.name {
				scores[s.lang] = 100 * ours.MacroF1()
				recipe := ref.dev
				if part == "test" {
					recipe = ref.test
				}
				fmt.Fprintf(t, "%.1f\t%.1f\t%.1f\t", ref.afinn, ref.fasttext, recipe)
			}
		}
		fmt.Fprintln(t)
	}
	fmt.Fprint(t, "mean of the languages\t\t")
	for _, s := range sums {
		fmt.Fprintf(t, "%.1f\t", s/float64(len(studied)))
	}
	fmt.Fprintln(t, "47.3\t68.3\t\t")
	t.Flush()
	fmt.Println()
	return scores
}

// bySource are a set's results by where its texts come from.
func bySource(s labelledSet) (names []string, tables map[string]*confusion.Table) {
	tables = map[string]*confusion.Table{}
	for _, x := range s.texts {
		if tables[x.source] == nil {
			tables[x.source] = &confusion.Table{}
			names = append(names, x.source)
		}
		tables[x.source].Add(x.class, x.given, 1)
	}
	slices.Sort(names)
	return names, tables
}

func tableOfSources(sets []labelledSet) {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "by source\t\ttexts\tmacro-F1\taccuracy\t")
	for _, s := range sets {
		names, tables := bySource(s)
		for _, name := range names {
			c := tables[name]
			n := 0.0
			for k := range c {
				is, _ := c.Of(k)
				n += is
			}
			fmt.Fprintf(t, "%s\t%s\t%.0f\t%.1f\t%.1f\t\n", s.name, name, n, 100*c.MacroF1(), 100*c.Accuracy())
		}
	}
	t.Flush()
	fmt.Println()
}

func tableOfNegatives(sets []labelledSet) {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "negative\tprecision\trecall\t")
	for _, s := range sets {
		var c confusion.Table
		for _, x := range s.texts {
			c.Add(x.class, x.given, 1)
		}
		p, r := c.Precision(0)
		fmt.Fprintf(t, "%s\t%.1f\t%.1f\t\n", s.name, 100*p, 100*r)
	}
	t.Flush()
	fmt.Println()
}

// speedOf is posts a second of one core, over all sets in an order by lot: the best of five rounds after one to warm up.
func speedOf(sets []labelledSet, moods *enrich.Moods) float64 {
	var all []labelled
	for _, s := range sets {
		if s.name == s.lang {
			all = append(all, s.texts...)
		}
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
	best := 0.0
	for round := range 6 {
		cpu := cpuTime()
		for i := range all {
			moods.Score(all[i].lang, all[i].text)
		}
		if spent := cpuTime() - cpu; round > 0 {
			best = max(best, float64(len(all))/spent.Seconds())
		}
	}
	return best
}

func meanBytes(sets []labelledSet) float64 {
	size, n := 0, 0
	for _, s := range sets {
		for _, x := range s.texts {
			size += len(x.text)
			n++
		}
	}
	return float64(size) / float64(n)
}
