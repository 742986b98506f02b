package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"breakwater/internal/tongue"
)

// languageWords are enough for made-up texts of four languages.
var languageWords = map[string]string{
	"en":      "the order came two hours late and food was cold never again with this place",
	"sv":      "beställningen kom två timmar för sent och maten var kall aldrig mer det här stället",
	"he":      "המשלוח הגיע באיחור של שעתיים והאוכל היה קר לא עוד המקום הזה",
	"zh-Hans": "外 卖 晚 到 了 两 个 小 时 饭 都 凉 了 再 也 不 来 这 家 店",
}

func languageFixture(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for lang, words := range languageWords {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		all := strings.Fields(words)
		for i := range 60 {
			var text []string
			for k := range 9 {
				text = append(text, all[(i*7+k*k*3+k)%len(all)])
			}
			fmt.Fprintln(z, strings.Join(text, map[bool]string{true: "", false: " "}[lang == "zh-Hans"]))
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, lang+".train.txt.gz"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTrainLanguageIsReproducible(t *testing.T) {
	t.Parallel()
	data := languageFixture(t)
	pairs := filepath.Join(data, "pairs")
	if err := os.WriteFile(pairs, []byte("兩两\n這这\n喫吃\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var files [2][]byte
	for i := range files {
		fit := usualFit
		fit.buckets, fit.rough, fit.seed = 512, 12, 1
		if err := fitTongues(options{Data: data, Pairs: pairs, Out: data}, fit); err != nil {
			t.Fatal(err)
		}
		var err error
		if files[i], err = os.ReadFile(filepath.Join(data, "tongues.model")); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the same texts and seed gave two models")
	}
	m, err := tongue.Load(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want string }{
		{"the food was cold", "en"}, {"maten var kall och det kom för sent", "sv"}, {"האוכל היה קר", "he"}, {"外卖晚到了两个小时", "zh-Hans"}, {"這兩個", "zh-Hant"},
	} {
		if got, p := m.Detect(c.text); got != c.want {
			t.Errorf("Detect(%q) = %s (%.2f), want %s", c.text, got, p, c.want)
		}
	}
}

func TestTrainLanguageNeedsTexts(t *testing.T) {
	t.Parallel()
	if err := trainTongues(options{Data: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("got %v, want an error that names --data", err)
	}
}
