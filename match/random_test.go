package match

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"breakwater/desk"
)

// vocabulary has words of all scripts that overlap, repeat and lie in one another, so that random queries meet random texts.
var vocabulary = []string{
	"acme", "acmes", "café", "cafe", "Straße", "żółw", "zolw", "hår", "har", "don't", "H&M", "#fail", "#AcmeFail", "@acme", "acme's",
	"בנק", "הבנק", "ושבבנק", `צה"ל`, "לב", "שלב", "星", "巴", "星巴", "星巴克", "咖啡", "个", "個", "東京", "삼성", "кафе", "ёлка", "مقاطعة", "أحمد",
	"🤮", "7", "a", "b", "c", "http://acme.example/x", "IKEA:s", "𝐚𝐜𝐦𝐞", "e\u0301", "\u200d",
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// randomQuery is one that Parse may or may not take.
func randomQuery(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(3) == 0 {
		return randomLeaf(r)
	}
	left, right := randomQuery(r, depth-1), randomQuery(r, depth-1)
	switch r.IntN(7) {
	case 0:
		return "(" + left + " OR " + right + ")"
	case 1:
		return left + " AND " + right
	case 2:
		return left + " NOT " + randomLeaf(r)
	case 3:
		return left + " -(" + right + ")"
	case 4:
		return fmt.Sprintf("%s NEAR/%d %s", randomLeaf(r), 1+r.IntN(4), randomLeaf(r))
	case 5:
		return fmt.Sprintf("(%s OR %s) NEAR/%d %s", randomLeaf(r), randomLeaf(r), 1+r.IntN(4), randomLeaf(r))
	}
	return left + " " + right
}

func randomLeaf(r *rand.Rand) string {
	word := pick(r, vocabulary)
	switch r.IntN(12) {
	case 0:
		return `"` + word + " " + pick(r, vocabulary) + `"`
	case 1:
		return `"` + word + " * " + pick(r, vocabulary) + `"`
	case 2:
		return word + "*"
	case 3:
		return "=" + word
	case 4:
		return pick(r, []string{"lang:en", "lang:zh", "kind:reply", "followers>50", "followers<=50", "source:bluesky", "author:acme", "author:a*", "#acme*", "#fail", "@ac*"})
	}
	return word
}

func randomPost(r *rand.Rand) *desk.Mention {
	var b strings.Builder
	for range r.IntN(12) {
		b.WriteString(pick(r, vocabulary))
		b.WriteString(pick(r, []string{" ", " ", " ", "", ", ", "\n", "-", "'"}))
	}
	m := &desk.Mention{Ref: desk.Ref{Network: pick(r, []string{"mastodon", "bluesky"})}, Kind: pick(r, []string{"post", "reply"}), Text: b.String(),
		Lang: pick(r, []string{"en", "zh-Hant", "", "zh-Hans"}), Author: desk.Author{Handle: pick(r, []string{"acme", "acme@social.example", "b"}), Followers: r.IntN(100) - 1}}
	if r.IntN(3) == 0 {
		m.Title = pick(r, vocabulary) + " " + pick(r, vocabulary)
	}
	if r.IntN(3) == 0 {
		m.Tags = []string{"Fail", "acmefail"}
	}
	return m
}

// TestSetEqualsQueries is the promise of Set: the same answers as each query by itself.
func TestSetEqualsQueries(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 8))
	var x Scratch // one for all: nothing may be left over from post to post or from set to set
	answers := 0
	for range 30 {
		var monitors []desk.Monitor
		var queries []*Query
		for len(queries) < 150 {
			text := randomQuery(r, 3)
			q, err := Parse(text)
			if err != nil {
				continue
			}
			again, err := Parse(q.String())
			if err != nil || again.String() != q.String() {
				t.Fatalf("%q is written as %q, and that as %v, %v", text, q, again, err)
			}
			queries = append(queries, q)
			monitors = append(monitors, desk.Monitor{ID: int64(len(queries)), Query: text})
		}
		set, err := NewSet(monitors)
		if err != nil {
			t.Fatal(err)
		}
		for range 40 {
			m := randomPost(r)
			var want []int64
			for i, q := range queries {
				if q.Matches(m) {
					want = append(want, monitors[i].ID)
				}
			}
			answers += len(want)
			if got := set.Match(nil, m, &x); !slices.Equal(got, want) {
				for _, id := range append(got, want...) {
					if slices.Contains(got, id) != slices.Contains(want, id) {
						t.Errorf("%q on %q: in the set %v, alone %v", monitors[id-1].Query, m.Text, slices.Contains(got, id), slices.Contains(want, id))
					}
				}
			}
		}
	}
	if answers < 5_000 {
		t.Errorf("only %d answers: the texts do not meet the queries", answers)
	}
}

// TestWrittenQueriesMeanTheSame reads back what String wrote and compares the answers.
func TestWrittenQueriesMeanTheSame(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 9))
	for range 3000 {
		q, err := Parse(randomQuery(r, 3))
		if err != nil {
			continue
		}
		again, err := Parse(q.String())
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			m := randomPost(r)
			if a, b := q.Matches(m), again.Matches(m); a != b {
				t.Fatalf("%q: %v before and %v after writing, on %q", q, a, b, m.Text)
			}
		}
	}
}

func TestSetLeavesOutWhatIsWrongOrPaused(t *testing.T) {
	t.Parallel()
	set, err := NewSet([]desk.Monitor{{ID: 3, Query: "acme"}, {ID: 1, Query: "acme"}, {ID: 2, Query: "(acme"}, {ID: 4, Query: "acme", Paused: true}})
	var s *SyntaxError
	if !errors.As(err, &s) || !strings.Contains(err.Error(), "monitor 2") {
		t.Errorf("got %v", err)
	}
	var x Scratch
	if got := set.Match(nil, post("acme"), &x); !slices.Equal(got, []int64{1, 3}) {
		t.Errorf("got %v, want 1 and 3 in order", got)
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	set, err := NewSet([]desk.Monitor{{ID: 1, Query: `acme NEAR/3 (fail* OR "very bad") NOT lang:he`}, {ID: 2, Query: "בנק OR 星巴克"}, {ID: 3, Query: "author:ana"}})
	if err != nil {
		t.Fatal(err)
	}
	var x Scratch
	var ids []int64
	for _, text := range []string{"Acme is failing, café", "הלכתי לבנק", "我在星巴克", "#AcmeFails 🤮 @acme@social.example 𝐚𝐜𝐦𝐞 fails"} {
		m := post(text)
		run := func() { ids = set.Match(ids[:0], m, &x) }
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%v allocations for %q", n, text)
		}
	}
}

// TestHostileTexts go through in time that grows with their length.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	set, err := NewSet([]desk.Monitor{{ID: 1, Query: "acme NEAR/100 fail*"}, {ID: 2, Query: `"a a a a a a b"`}, {ID: 3, Query: "星星星巴"}})
	if err != nil {
		t.Fatal(err)
	}
	var x Scratch
	for _, text := range []string{
		strings.Repeat("\u200d", desk.MaxText/3), strings.Repeat("a", desk.MaxText), strings.Repeat("a ", desk.MaxText/2),
		strings.Repeat("acme fail ", desk.MaxText/10), strings.Repeat("星", desk.MaxText/3), strings.Repeat("e\u0301", desk.MaxText/3),
		strings.Repeat("\u0301", desk.MaxText/2), strings.Repeat("#", desk.MaxText), strings.Repeat("@a.", desk.MaxText/3),
		strings.Repeat("'a", desk.MaxText/2), "\xff\xfe acme", strings.Repeat("וכשה", desk.MaxText/8),
	} {
		set.Match(nil, post(text), &x)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`a OR "b c" NOT d`, `(a NEAR/5 b*) -#c`, `=צה"ל lang:he`, "followers>10k author:x", "星巴克 “x y”", "((((", "a:b", "\x00\xff*"} {
		f.Add(s, "a b c")
	}
	f.Fuzz(func(t *testing.T, query, text string) {
		q, err := Parse(query)
		var s *SyntaxError
		if errors.As(err, &s) && s.At >= 0 && s.At <= len([]rune(query)) {
			return
		}
		if err != nil {
			t.Fatalf("Parse(%q): %v", query, err)
		}
		again, err := Parse(q.String())
		if err != nil || again.String() != q.String() {
			t.Fatalf("%q is written as %q, and that as %v, %v", query, q, again, err)
		}
		set, err := NewSet([]desk.Monitor{{ID: 1, Query: query}})
		if err != nil {
			t.Fatal(err)
		}
		var x Scratch
		m := post(text)
		if alone, together := q.Matches(m), len(set.Match(nil, m, &x)) == 1; alone != together {
			t.Fatalf("%q on %q: alone %v, in a set %v", query, text, alone, together)
		}
	})
}
