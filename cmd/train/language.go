package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"breakwater/internal/tongue"
)

// languageGroups are the languages that the model chooses among, by script. Product languages come first.
var languageGroups = map[tongue.Group][]string{
	tongue.Latin: {
		"en", "pl", "id", "sv", "ms", "nb", "nn", "da", "cs", "sk", "de", "nl", "fr", "es", "pt", "it", "tr", "fi", "hu", "hr", "sl",
		"sq", "hi",
	},
	tongue.Hebrew:   {"he", "yi"},
	tongue.Cyrillic: {"ru", "bg"},
	tongue.Han:      {"zh-Hans", "zh-Hant", "ja"},
}

// productLanguages are those that the product reads.
var productLanguages = []string{"en", "he", "pl", "id", "zh-Hans", "zh-Hant", "sv"}

// languageFactor are languages that count less than their share: their texts are partly of a language that people here mean
// more often (Malay: Indonesian, Hindi in Latin letters: English), or nobody would expect them in doubt.
var languageFactor = map[string]float64{"ms": 0.5, "hi": 0.2, "yi": 0.3, "sq": 0.7}

// languageFit is how the model is trained.
type languageFit struct {
	buckets int     // of four features, 104 bytes each
	seed    uint64  // of the order and the crops
	passes  int     // over the texts
	rate    float64 // of learning
	decay   float64 // of weights
	clip    float64 // largest weight that is kept, in logits
	crops   int     // shortened copies of each text
	rough   int     // bits of the hash in the model that features are picked by; 6 more when they are counted
}

// usualFit is the model that comes with the program: 1.6 MB. Longer n-grams gained nothing, two more crops of each text 0.7
// points on twenty characters.
var usualFit = languageFit{buckets: 14_900, passes: 6, rate: 0.3, decay: 1e-7, clip: 4, crops: 4, rough: 20}

func trainTongues(o options) error {
	fit := usualFit
	fit.seed = o.Seed
	return fitTongues(o, fit)
}

func fitTongues(o options, fit languageFit) error {
	texts, err := readLanguages(o.Data)
	if err != nil {
		return err
	}
	if o.Pairs == "" { // beside the texts, or among the texts for sentiment, where it is needed too
		o.Pairs = filepath.Join(o.Data, "t2s.txt")
		if _, err := os.Stat(o.Pairs); err != nil {
			o.Pairs = filepath.Join(o.Data, "..", "sentiment", "t2s.txt")
		}
	}
	trad, simp, err := readHan(o.Pairs, texts)
	if err != nil {
		return fmt.Errorf("the pairs of Traditional and Simplified characters (--pairs): %w", err)
	}
	t := newLanguageTrainer(fit)
	t.read(texts)
	t.pick()
	t.fit()
	file, err := t.table.Pack(t.parts(), t.weights, fit.clip, trad, simp)
	if err != nil {
		return err
	}
	out := filepath.Join(o.Out, "tongues.model")
	if err := os.WriteFile(out, file, 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes, %d features\n", out, len(file), t.table.Rows())
	return judgeLanguages(file, texts)
}

// readLanguages reads the texts of every language.
func readLanguages(dir string) (map[string][]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.txt.gz"))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no *.txt.gz in %q: name a folder with --data", dir)
	}
	texts := map[string][]string{}
	for _, name := range names {
		lang, _, _ := strings.Cut(filepath.Base(name), ".")
		lines, err := readLines(name)
		if err != nil {
			return nil, err
		}
		texts[lang] = append(texts[lang], lines...)
	}
	return texts, nil
}

// readHan reads pairs of a Traditional and a Simplified character and keeps those that only one script has. A table of pairs
// also has variants (喫 for 吃), whose other side everybody writes: the texts say which those are.
func readHan(name string, texts map[string][]string) (trad, simp string, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return "", "", err
	}
	side := map[rune]int{}
	for i, r := range []rune(strings.Join(strings.Fields(string(b)), "")) {
		side[r] |= 1 << (i % 2)
	}
	inTrad, inSimp := shares(texts["zh-Hant"]), shares(texts["zh-Hans"])
	var tradOnly, simpOnly []rune
	for r, s := range side {
		switch {
		case s == 1 && inSimp[r] <= 0.3*inTrad[r]:
			tradOnly = append(tradOnly, r)
		case s == 2 && inTrad[r] <= 0.02*inSimp[r]:
			simpOnly = append(simpOnly, r)
		}
	}
	slices.Sort(tradOnly)
	slices.Sort(simpOnly)
	return string(tradOnly), string(simpOnly), nil
}

// shares is in which share of the texts each character is.
func shares(texts []string) map[rune]float64 {
	share := map[rune]float64{}
	for _, text := range texts {
		if tongue.HeldOut(text) {
			continue
		}
		seen := map[rune]bool{}
		for _, r := range text {
			if !seen[r] {
				seen[r] = true
				share[r] += 1 / float64(len(texts))
			}
		}
	}
	return share
}

// judgeLanguages prints how often the model is right on the texts that were held out.
func judgeLanguages(file []byte, texts map[string][]string) error {
	m, err := tongue.Load(file)
	if err != nil {
		return err
	}
	rnd := rand.New(rand.NewPCG(1, 20))
	langs := make([]string, 0, len(texts))
	for lang := range texts {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	var mean [2]float64
	for _, lang := range langs {
		var right, asked [2]int
		for _, line := range texts[lang] {
			if !tongue.HeldOut(line) {
				continue
			}
			for i, text := range []string{line, tongue.Crop(tongue.Clean(line), 20, rnd)} {
				if i == 1 && !tongue.Telling(text) {
					continue
				}
				asked[i]++
				if got, _ := m.Detect(text); got == lang {
					right[i]++
				}
			}
		}
		full, short := float64(right[0])/float64(asked[0]), float64(right[1])/float64(asked[1])
		fmt.Printf("%-8s %5d held out: whole %.4f, 20 characters %.4f\n", lang, asked[0], full, short)
		if slices.Contains(productLanguages, lang) {
			mean[0], mean[1] = mean[0]+full/7, mean[1]+short/7
		}
	}
	fmt.Printf("mean of the seven: whole %.4f, 20 characters %.4f\n", mean[0], mean[1])
	return nil
}
