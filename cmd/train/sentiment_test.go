package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"breakwater/desk"
	"breakwater/enrich"
)

// likings are words for each class, in letters that several languages share.
var likings = [3][]string{{"terrible", "awful", "broken", "rude"}, {"opens", "street", "monday", "table"}, {"lovely", "great", "thanks", "superb"}}

// writeTexts makes a folder of small sets in every language.
func writeTexts(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	for _, s := range spoken {
		for part, n := range map[string]int{"train": 120, "dev": 30} {
			var rows, sources strings.Builder
			for i := range n {
				class := i % 3
				words := likings[class]
				own := []string{"", "嘅"}[i/6%2] // a sign of Cantonese
				fmt.Fprintf(&rows, "%s\tthe cafe number %d %s is %s %s\n", []string{"negative", "neutral", "positive"}[class],
					i, own, words[i/3%4], words[i/12%4])
				fmt.Fprintln(&sources, source)
			}
			write(t, filepath.Join(dir, s.files+"."+part+".tsv.gz"), rows.String())
			write(t, filepath.Join(dir, s.files+"."+part+".src.gz"), sources.String())
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "t2s.txt"), []byte("難难這这"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTrainSentiment(t *testing.T) {
	t.Parallel()
	data := writeTexts(t, "semeval13-16")
	var files [2][]byte
	for i := range files {
		out := t.TempDir()
		if err := trainSentiment(options{Data: data, Out: out, Licence: "all", Seed: 5}); err != nil {
			t.Fatal(err)
		}
		var err error
		if files[i], err = os.ReadFile(filepath.Join(out, "moods.model")); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the same texts and seed made two different models")
	}
	m, err := enrich.OpenMoods(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang, text string
		want       desk.Mood
	}{
		{"en", "this cafe is awful and rude", desk.Negative}, {"en", "the cafe opens monday", desk.Neutral}, {"sv", "lovely cafe, superb", desk.Positive},
		{"zh-Hant", "broken and terrible", desk.Negative}, {"yue", "great great thanks", desk.Positive},
	} {
		if score, sure := m.Score(c.lang, c.text); enrich.MoodOf(score) != c.want || sure < 0.4 {
			t.Errorf("%s %q: %.2f, sure %.2f, want mood %d", c.lang, c.text, score, sure, c.want)
		}
	}
}

func TestTheOpenModelLearnsFromOpenTextsOnly(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	if err := trainSentiment(options{Data: writeTexts(t, "airline"), Out: out, Licence: "open", Seed: 1}); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(out, "moods.open.model"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := enrich.OpenMoods(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Head.Weights) > 0 {
		t.Errorf("weights of %d languages were learned from texts that are not openly licensed", len(m.Head.Weights))
	}
}

func TestReadTextsSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "en.train.tsv.gz"), "good\ttext\n")
	write(t, filepath.Join(dir, "en.train.src.gz"), "x\n")
	if _, err := readTexts(dir, "en", "train", func(string) bool { return true }); err == nil || !strings.Contains(err.Error(), "en.train.tsv.gz:1") {
		t.Errorf("%v, want the line that is wrong", err)
	}
}
