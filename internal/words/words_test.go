package words

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

func TestIndex(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"english", "Don't PANIC, it's 5 o'clock!", "don t panic it s 5 o clock"},
		{"polish", "Zażółć gęślą jaźń", "zazolc gesla jazn zażółć gęślą jaźń"},
		{"swedish", "Får får får?", "far far far får får får"},
		{"uppercase marks", "ŁÓDŹ", "lodz łódź"},
		{"german", "Straße", "strasse straße"},
		{"decomposed", "Ła\u0301ka", "laka łáka"},
		{"hebrew prefixes", "ומהבית", "ומהבית מהבית הבית בית"},
		{"hebrew short", "של", "של"},
		{"hebrew points", "שָׁלוֹם", "שלום לום"},
		{"hebrew abbreviation", `צה"ל וצה״ל`, "צהל וצהל צהל"},
		{"han pairs", "我愛台灣。好", "我愛 愛台 台灣 灣 好"},
		{"han beside latin", "買iPhone手機", "買 iphone 手機 機"},
		{"kana", "カメラ", "カメ メラ ラ"},
		{"full width", "ＡＢＣ１", "abc1"},
		{"private use", "a\ue000b \U000F0000c", "ab c"},
		{"joiners", "a" + strings.Repeat("\u200d", 1000) + "b", "ab"},
		{"emoji", "so🔥🔥hot", "so 🔥 🔥 hot"},
		{"greek", "Ελλάς", "ελλασ ελλάς"},
		{"russian", "Ёлка", "елка ёлка"},
		{"nul and invalid", "a\x00b \xff c", "ab c"},
		{"signs", "#boycott @acme_support", "boycott acme support"},
	} {
		got := strings.TrimSpace(string(Index(nil, tt.text)))
		if got != tt.want {
			t.Errorf("%s: Index(%q)\n got %q\nwant %q", tt.name, tt.text, got, tt.want)
		}
	}
}

func TestIndexSeparatesTexts(t *testing.T) {
	t.Parallel()
	got := string(Index([]byte("x "), "", "one", "two"))
	if want := "x one \uf8ff two "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	word := func(tokens ...string) Term { return Term{Any: []Phrase{{Tokens: tokens}}} }
	for _, tt := range []struct {
		q    string
		want []Term
	}{
		{"  ", nil},
		{"Recall now", []Term{word("recall"), word("now")}},
		{`"product recall" -old`, []Term{word("product", "recall"), {Not: true, Any: word("old").Any}}},
		{"boyc* a*", []Term{{Any: []Phrase{{Tokens: []string{"boyc"}, Prefix: true}}}, word("a")}},
		{"covid-19", []Term{word("covid", "19")}},
		{"łódź", []Term{word("lodz")}},
		{`"łódź"`, []Term{{Any: word("lodz").Any, Also: []string{"łódź"}}}},
		{"手機", []Term{word("手機")}},
		{"手機壞", []Term{word("手機", "機壞")}},
		{"壞", []Term{{Any: []Phrase{{Tokens: []string{"壞"}, Prefix: true}}}}},
		{"買iPhone", []Term{word("買", "iphone")}},
		{`צה"ל`, []Term{word("צהל")}},
		{`"never closed`, []Term{word("never", "closed")}},
		{`- "" *`, nil},
	} {
		if diff := cmp.Diff(tt.want, Ask(tt.q)); diff != "" {
			t.Errorf("Ask(%q): -want +got\n%s", tt.q, diff)
		}
	}
	if got := len(Ask("בית ספר")); got != 2 {
		t.Errorf("two Hebrew words are %d terms", got)
	}
	if got := Ask(`"בית ספר"`); len(got[0].Any) != len(before)+1 {
		t.Errorf("a Hebrew phrase has %d forms, want one for every prefix", len(got[0].Any))
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Zażółć, GĘŚLĄ!": "zazolc, gesla!", "Ångström": "angstrom", "שָׁלוֹם": "שלום", "Ｆｕｌｌ": "full", "a\u200db": "ab",
		"Straße": "strasse", "Việt": "viet",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

// A megabyte of anything is taken in linear time and does not grow beyond a small multiple.
func TestIndexHostile(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"\u200d", "a", "é", "ש", "字", "e\u0301\u0301\u0301", "🔥", "\u0301", "ﷺ", "ו ", "\xff"} {
		s := strings.Repeat(unit, 1<<20/len(unit))
		start := time.Now()
		got := Index(nil, s)
		if !utf8.Valid(got) {
			t.Errorf("%q repeated: the tokens are not valid UTF-8", unit)
		}
		if len(got) > 12<<20 || time.Since(start) > 5*time.Second {
			t.Errorf("%q repeated: %d bytes after %s", unit, len(got), time.Since(start))
		}
	}
}

// What settled lets pass unchanged must be what normalising leaves alone, in whatever company.
func TestSettled(t *testing.T) {
	t.Parallel()
	for r := rune(0x80); r < 0x20000; r++ {
		if !settled(r) || narrow(r) != r {
			continue
		}
		for _, s := range []string{string(r), "e" + string(r), string(r) + "e", "ᄀ" + string(r)} {
			if got := norm.NFKC.String(s); got != s {
				t.Fatalf("%q becomes %q", s, got)
			}
		}
	}
}

func FuzzIndex(f *testing.F) {
	for _, s := range []string{"a", "Zażółć", "ומהבית", "我愛台灣", `צה"ל`, "e\u0301", "\xff\x00", "\ue000x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := Index(nil, s)
		if !utf8.Valid(out) {
			t.Fatalf("%q gives invalid UTF-8", s)
		}
		for _, tok := range strings.Fields(string(out)) {
			if len(tok) > maxToken {
				t.Fatalf("%q gives a token of %d bytes", s, len(tok))
			}
			if r, _ := utf8.DecodeRuneInString(tok); 0xE000 <= r && r <= 0xF8FF {
				t.Fatalf("%q gives a token of private use", s)
			}
		}
		Ask(s)
	})
}

func BenchmarkIndex(b *testing.B) {
	for name, unit := range map[string]string{
		"english": "The company has apologised for the late delivery of its product. ",
		"polish":  "Firma przeprosiła za spóźnioną dostawę swojego produktu w Łodzi. ",
		"hebrew":  "החברה התנצלה על האיחור במשלוח המוצר שלה ללקוחות בחיפה. ",
		"chinese": "公司為產品延遲交貨道歉，顧客表示非常失望。",
	} {
		s := strings.Repeat(unit, 1024/len(unit))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			buf := make([]byte, 0, 8192)
			for b.Loop() {
				buf = Index(buf[:0], s)
			}
		})
	}
}
