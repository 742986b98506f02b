package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func gzipLines(t *testing.T, name string, lines ...string) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(strings.Join(lines, "\n") + "\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReadLanguageTexts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	gzipLines(t, filepath.Join(dir, "sv.test.txt.gz"), "Beställningen kom två timmar för sent @x https://x.example", "ja", "Maten var helt kall igen")
	gzipLines(t, filepath.Join(dir, "nb.other.txt.gz"), "Bestillingen kom to timer for sent", "Maten var helt kald igjen", "Jeg kommer aldri tilbake hit")
	texts, err := languageTexts(dir, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	whole, cut := map[string]int{}, map[string]int{}
	for _, x := range texts {
		if strings.Contains(x.text, "@") || strings.Contains(x.text, "http") {
			t.Errorf("%q: want no handle and no link", x.text)
		}
		if x.cropped {
			cut[x.lang]++
			if len([]rune(x.text)) > 20 {
				t.Errorf("%q is longer than 20 characters", x.text)
			}
			continue
		}
		whole[x.lang]++
	}
	if whole["sv"] != 2 || whole["nb"] != 2 || cut["sv"] != 2 || cut["nb"] != 2 {
		t.Errorf("whole %v, cut %v: want two of each (\"ja\" says too little, other languages get half)", whole, cut)
	}
}

func TestReadReferences(t *testing.T) {
	t.Parallel()
	out := []byte(`{"lingua":"sv","whatlanggo":""}` + "\n" + `{"lingua":"zh","whatlanggo":"zh"}` + "\n" +
		`[{"name":"lingua","seconds":2,"load_seconds":1},{"name":"whatlanggo","seconds":0.5,"load_seconds":0}]` + "\n")
	got, err := readReferences(out, 2)
	if err != nil {
		t.Fatal(err)
	}
	texts := []languageText{{lang: "sv"}, {lang: "zh-Hant"}}
	if len(got) != 2 || got[0].perSecond != 1 || got[1].mean(texts, false) != 0.5 || got[0].mean(texts, false) != 1 {
		t.Errorf("got %+v", got)
	}
	if _, err := readReferences(out, 3); err == nil {
		t.Error("an answer that is missing was not missed")
	}
}
