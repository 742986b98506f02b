package grams

import (
	"slices"
	"strings"
	"testing"
)

func reader() *Reader {
	return NewReader("難难這这", map[rune]float64{'😀': 0.8, '😡': -0.9, '❤': 0.9})
}

func features(t *testing.T, text ...string) []uint64 {
	t.Helper()
	var x Scratch
	reader().Read(&x, text...)
	f := x.Features(nil)
	slices.Sort(f)
	return f
}

func TestReadTheSame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, a, b string }{
		{"capitals", "GREAT Service", "great service"},
		{"letters drawn out", "soooooo good", "soo good"},
		{"full width", "ｇｒｅａｔ", "great"},
		{"ligature", "ﬁne", "fine"},
		{"bold letters", "𝐛𝐚𝐝", "bad"},
		{"decomposed", "ka\u0308nner", "känner"},
		{"apostrophes", "don’t", "don't"},
		{"Hebrew points", "שָׁלוֹם", "שלום"},
		{"Traditional", "這很難", "这很难"},
		{"links", "see https://a.example/x?y=1", "see http://b.example"},
		{"handles", "@ana hi", "@bob_2 hi"},
		{"numbers", "waited 45 minutes", "waited 7 minutes"},
		{"skin tone and selector", "👍🏽 ❤️", "👍 ❤"},
		{"spaces", "  bad \n day ", "bad day"},
		{"exclamation", "no!!!!!!", "no!!!"},
		{"soft hyphen", "ter\u00ADrible", "terrible"},
	} {
		if !slices.Equal(features(t, c.a), features(t, c.b)) {
			t.Errorf("%s: %q and %q are read differently", c.name, c.a, c.b)
		}
	}
}

func TestReadDifferently(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, a, b string }{
		{"order", "good not bad", "bad not good"},
		{"exclamation", "no", "no!"},
		{"emoji", "ok 😀", "ok 😡"},
		{"diacritics", "säga", "saga"},
		{"negation", "not good", "so good"},
		{"a drawn-out letter", "soo", "so"},
		{"Han order", "不很好", "很不好"},
	} {
		if slices.Equal(features(t, c.a), features(t, c.b)) {
			t.Errorf("%s: %q and %q are read as the same", c.name, c.a, c.b)
		}
	}
}

func TestReadInParts(t *testing.T) {
	t.Parallel()
	if slices.Equal(features(t, "over", "rated"), features(t, "overrated")) {
		t.Error("a word reaches from one part into the next")
	}
	if !slices.Equal(features(t, "so ka\u0308nner", "jag"), features(t, "so känner", "jag")) {
		t.Error("a decomposed part is read otherwise than a composed one")
	}
}

func TestNegationReachesThreeWords(t *testing.T) {
	t.Parallel()
	negated := func(text, word string) bool {
		var x, alone Scratch
		reader().Read(&x, text)
		reader().Read(&alone, word)
		return slices.Contains(x.Loose, mix(alone.Words[0].Hash^notSeed))
	}
	for _, c := range []struct {
		text, word string
		want       bool
	}{
		{"this is not a good day", "good", true},
		{"this is not what I would call good", "good", false},
		{"not today, good", "good", false},
		{"nie jest dobrze", "dobrze", true},
		{"detta är inte bra", "bra", true},
		{"gak enak", "enak", true},
		{"לא טוב", "טוב", true},
	} {
		if got := negated(c.text, c.word); got != c.want {
			t.Errorf("%q: %q negated is %v, want %v", c.text, c.word, got, c.want)
		}
	}
}

func TestWordsAreDistinct(t *testing.T) {
	t.Parallel()
	var x Scratch
	reader().Read(&x, "bad bad BAD day")
	if len(x.Words) != 2 {
		t.Errorf("%d words, want bad and day", len(x.Words))
	}
}

func TestEmojiMeans(t *testing.T) {
	t.Parallel()
	var x Scratch
	reader().Read(&x, "😀 😀 😡 🗿")
	if mean, n := x.Emoji(); n != 3 || mean < 0.23 || mean > 0.24 {
		t.Errorf("mean %.3f of %d, want 0.233 of the three that have a mood", mean, n)
	}
}

func TestReadAllocatesNothing(t *testing.T) {
	r := reader()
	var x Scratch
	var f []uint64
	text := "Nie wiem 😀 dlaczego https://x.example #BojkotAcme @ana 這很難 סתם!!! " + strings.Repeat("word ", 40)
	if n := testing.AllocsPerRun(50, func() { r.Read(&x, text); f = x.Features(f[:0]) }); n > 0 {
		t.Errorf("%.1f allocations a text, want none", n)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "@", "#", "http", "don't", "\xff\xfe", "😀️‍", "ー", "a\u0308\u0308", strings.Repeat("x", 300)} {
		f.Add(s)
	}
	r := reader()
	f.Fuzz(func(t *testing.T, text string) {
		var x Scratch
		r.Read(&x, text)
		if n := len(x.Features(nil)); n > 100+60*len(text) {
			t.Errorf("%d features of %d bytes", n, len(text))
		}
	})
}
