package terms

import (
	"errors"
	"slices"
	"testing"
)

func TestLetters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"RT @ana: Żółw, don't! https://example.com/x?y=1 🤮", "zolw dont"},
		{"  A\u200bc\u00adme™  ", "acme"},
		{"看https://example.com/x看", "看https example com x看"}, // a link is cut off where it stands by itself
		{"看 https://example.com/x看", "看 看"},
		{"שָׁלוֹם", "שלום"},
		{"𝐀𝐜𝐦𝐞 ＡＣＭＥ", "acme acme"},
		{"🤮 https://example.com", ""},
		{"", ""},
	} {
		if got := string(Letters(nil, c.in)); got != c.want {
			t.Errorf("Letters(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	words := []string{"acme", "boycott*", "food poisoning", "nie * tu", "星巴克", "בנק", "=בנק", "żółw", "zolw"}
	var phrases []Phrase
	for _, w := range words {
		exact := w[0] == '='
		p, err := ParsePhrase(trimExact(w), exact)
		if err != nil {
			t.Fatal(err)
		}
		phrases = append(phrases, p)
	}
	d := NewDict(phrases)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Acme boycotted: food, poisoning!", []string{"acme", "boycott*", "food poisoning"}},
		{"nie kupuj tu, nie tu", []string{"nie * tu"}},
		{"去星巴克買", []string{"星巴克"}},
		{"לבנק", []string{"בנק"}},
		{"בנק", []string{"בנק", "=בנק"}},
		{"Żółw", []string{"żółw", "zolw"}},
		{"zolw", []string{"zolw"}},
		{"", nil},
	} {
		var text Text
		text.Read(c.text)
		var got []string
		for _, h := range d.Find(nil, &text) {
			if !phrases[h.Phrase].At(&text, int(h.From)) || int(h.To-h.From) != len(phrases[h.Phrase]) {
				t.Errorf("%q: %s is not at %d", c.text, words[h.Phrase], h.From)
			}
			got = append(got, words[h.Phrase])
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if got = slices.Compact(got); !slices.Equal(got, c.want) {
			t.Errorf("Find in %q = %q, want %q", c.text, got, c.want)
		}
	}
}

func trimExact(w string) string {
	if w[0] == '=' {
		return w[1:]
	}
	return w
}

func TestParsePhraseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want error
	}{{"", ErrEmpty}, {"!?", ErrEmpty}, {"*", ErrStar}, {"a*", ErrStar}, {"bo*tt", ErrStar}, {"* acme", ErrStar}, {"acme *", ErrStar}, {"**", ErrStar}} {
		if _, err := ParsePhrase(c.in, false); !errors.Is(err, c.want) {
			t.Errorf("ParsePhrase(%q) = %v, want %v", c.in, err, c.want)
		}
	}
}
