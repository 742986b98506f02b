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
	"strings"
	"time"

	"breakwater/enrich"
	"breakwater/internal/tongue"
)

// productLanguages are those that the product reads.
var productLanguages = []string{"en", "he", "pl", "id", "zh-Hans", "zh-Hant", "sv"}

// languageText is a text of a known language.
type languageText struct {
	lang, text string
	cropped    bool
}

// benchLanguage measures how often the language of a text is told right, on whole posts and on 20 characters of them, beside
// lingua-go (high accuracy) and whatlanggo on the same texts. The references choose among the languages of the texts; ours is
// not told. They know one Chinese: either script counts as right for them.
func benchLanguage(args []string) error {
	flags := flag.NewFlagSet("language", flag.ContinueOnError)
	data := flags.String("data", "", "folder with <language>.*.txt.gz, a text a line; of *.train.txt.gz only what training left out; empty: the drills' own posts")
	lines := flags.Int("lines", 400, "texts of each of the seven at most; of other languages half of it")
	seed := flags.Uint64("seed", 1, "of where texts are cut")
	alone := flags.Bool("alone", false, "without the references")
	if err := flags.Parse(args); err != nil {
		return err
	}
	texts, err := languageTexts(*data, *lines, *seed)
	if err != nil {
		return err
	}
	ours, perSecond := detectAll(texts)
	answers := []languageAnswers{{name: "ours", perSecond: perSecond, langs: ours}}
	var failed error
	if !*alone {
		var references []languageAnswers
		if references, failed = askReferences(texts); failed == nil {
			answers = append(answers, references...)
		}
	}
	printLanguages(texts, answers)
	full, short := answers[0].mean(texts, false), answers[0].mean(texts, true)
	if failed != nil {
		fmt.Printf("accuracy_full=%.4f accuracy_20=%.4f\n", full, short)
		return fmt.Errorf("without the references: %w", failed)
	}
	if *alone {
		fmt.Printf("accuracy_full=%.4f accuracy_20=%.4f\n", full, short)
		return nil
	}
	fmt.Printf("accuracy_full=%.4f accuracy_20=%.4f speed_ratio_to_lingua=%.1f\n", full, short, perSecond/answers[1].perSecond)
	return nil
}

// languageTexts are the texts to ask about, each whole and cut: those of a folder, or of the drills without one.
func languageTexts(dir string, most int, seed uint64) ([]languageText, error) {
	if dir == "" {
		byLang := drilled()
		for lang, texts := range byLang {
			for i, text := range texts {
				texts[i] = tongue.Clean(text)
			}
			byLang[lang] = slices.DeleteFunc(texts, func(text string) bool { return !tongue.Telling(text) })
		}
		return cropTexts(byLang, most, seed), nil
	}
	byLang, err := readLanguageTexts(dir)
	return cropTexts(byLang, most, seed), err
}

// readLanguageTexts reads the texts of a folder by language.
func readLanguageTexts(dir string) (map[string][]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.txt.gz"))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no *.txt.gz in %q: name another folder with --data", dir)
	}
	byLang := map[string][]string{}
	for _, name := range names {
		lang, kind, _ := strings.Cut(filepath.Base(name), ".")
		got, err := readLanguageLines(name, strings.HasPrefix(kind, "train."))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		byLang[lang] = append(byLang[lang], got...)
	}
	return byLang, nil
}

// cropTexts draws texts of each language, and a piece of 20 characters from each.
func cropTexts(byLang map[string][]string, most int, seed uint64) (texts []languageText) {
	for _, lang := range sortedKeys(byLang) {
		all, limit := byLang[lang], most
		if !slices.Contains(productLanguages, lang) {
			limit = most / 2
		}
		rnd := rand.New(rand.NewPCG(seed, 20))
		rnd.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		for _, text := range all[:min(limit, len(all))] {
			texts = append(texts, languageText{lang: lang, text: text})
			if crop := tongue.Crop(text, 20, rnd); tongue.Telling(crop) {
				texts = append(texts, languageText{lang: lang, text: crop, cropped: true})
			}
		}
	}
	return texts
}

// readLanguageLines reads the texts of a file, without links and handles, those that say enough.
func readLanguageLines(name string, train bool) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var all []string
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		line := s.Text()
		if train && !tongue.HeldOut(line) {
			continue
		}
		if line = tongue.Clean(line); tongue.Telling(line) {
			all = append(all, line)
		}
	}
	return all, s.Err()
}

// detectAll asks the product's detector, on one core, and how many texts a second of processor time it takes.
func detectAll(texts []languageText) (langs []string, perSecond float64) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	d := enrich.NewTongues()
	langs = make([]string, len(texts))
	runtime.GC()
	rounds, start := 0, cpuTime()
	for rounds == 0 || cpuTime()-start < time.Second {
		for i := range texts {
			langs[i], _ = d.Detect(texts[i].text)
		}
		rounds++
	}
	return langs, float64(rounds*len(texts)) / (cpuTime() - start).Seconds()
}

// languageAnswers are what a detector said.
type languageAnswers struct {
	name      string
	perSecond float64
	load      float64 // seconds of processor
	langs     []string
	oneZh     bool // knows one Chinese
}

func (a *languageAnswers) right(i int, want string) bool {
	return a.langs[i] == want || a.oneZh && a.langs[i] == "zh" && strings.HasPrefix(want, "zh-")
}

// recall is how many of a language's texts were told right, and how many there are.
func (a *languageAnswers) recall(texts []languageText, lang string, cropped bool) (right, all int) {
	for i, t := range texts {
		if t.lang == lang && t.cropped == cropped {
			all++
			if a.right(i, lang) {
				right++
			}
		}
	}
	return right, all
}

// precision is how many of the texts that are said to be of a language are.
func (a *languageAnswers) precision(texts []languageText, lang string, cropped bool) float64 {
	right, all := 0, 0
	for i, t := range texts {
		said := a.langs[i]
		if a.oneZh && said == "zh" && strings.HasPrefix(lang, "zh-") {
			said = lang
			if strings.HasPrefix(t.lang, "zh-") && t.lang != lang {
				continue
			}
		}
		if t.cropped == cropped && said == lang {
			all++
			if t.lang == lang {
				right++
			}
		}
	}
	return ratio(right, all)
}

// mean is the recall of the seven, each counting the same.
func (a *languageAnswers) mean(texts []languageText, cropped bool) float64 {
	sum, n := 0.0, 0
	for _, lang := range productLanguages {
		if right, all := a.recall(texts, lang, cropped); all > 0 {
			sum, n = sum+ratio(right, all), n+1
		}
	}
	return sum / max(1, float64(n))
}

func ratio(part, of int) float64 { return float64(part) / float64(max(1, of)) }

func printLanguages(texts []languageText, answers []languageAnswers) {
	var langs []string
	for _, t := range texts {
		if !slices.Contains(langs, t.lang) && !slices.Contains(productLanguages, t.lang) {
			langs = append(langs, t.lang)
		}
	}
	fmt.Printf("right of all, whole / 20 characters\n%-10s %6s", "", "texts")
	for _, a := range answers {
		fmt.Printf(" %17s", a.name)
	}
	fmt.Println()
	for _, lang := range append(slices.Clone(productLanguages), langs...) {
		_, n := answers[0].recall(texts, lang, false)
		fmt.Printf("%-10s %6d", lang, n)
		for _, a := range answers {
			full, of := a.recall(texts, lang, false)
			short, ofShort := a.recall(texts, lang, true)
			fmt.Printf("     %.3f / %.3f", ratio(full, of), ratio(short, ofShort))
		}
		fmt.Println()
	}
	fmt.Printf("%-17s", "mean of seven")
	for _, a := range answers {
		fmt.Printf("     %.3f / %.3f", a.mean(texts, false), a.mean(texts, true))
	}
	fmt.Print("\n\nright of what was said to be it, over the texts of all languages\n")
	for _, lang := range productLanguages {
		fmt.Printf("%-17s", lang)
		for _, a := range answers {
			fmt.Printf("     %.3f / %.3f", a.precision(texts, lang, false), a.precision(texts, lang, true))
		}
		fmt.Println()
	}
	fmt.Printf("%-17s", "texts/s/core")
	for _, a := range answers {
		fmt.Printf(" %17.0f", a.perSecond)
	}
	fmt.Printf("\n%-17s", "load, s")
	for _, a := range answers {
		fmt.Printf(" %17.3f", a.load)
	}
	fmt.Println()
}
