package posttext

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
)

func TestOtherNetworks(t *testing.T) {
	t.Parallel()
	family := "👨‍👩‍👧‍👦"
	for _, tc := range []struct {
		network, text        string
		length               int
		links, tags, mention string
	}{
		{"mastodon", "see https://jar.example.com/a/very/long/path?x=1 now", 31, "https://jar.example.com/a/very/long/path?x=1", "", ""},
		{"mastodon", "jar.com", 7, "", "", ""},
		{"mastodon", "@me@jar.example @you", 8, "", "", "@me@jar.example @you"},
		{"mastodon", "a@me.com =@x /@y", 16, "", "", ""},
		{"mastodon", "@me.too. @me-", 13, "", "", "@me.too @me"},
		{"mastodon", family + "é", 2, "", "", ""},
		{"mastodon", "https://jar.com/日本語。 https://pl.org/ł", 47, "https://jar.com/日本語。 https://pl.org/ł", "", ""},
		{"mastodon", "#jar #2024_05 #123 #1a a#b /#c =#d )#e #日本・語 #a·", 48, "", "#jar #2024_05 #1a #日本・語 #a", ""},
		{"mastodon", "#می\u200cخواهم ＃全角", 12, "", "#می\u200cخواهم ＃全角", ""},
		{"mastodon", "https://jar.com/#pot gemini://jar.com", 47, "https://jar.com/#pot gemini://jar.com", "", ""},
		{"gotosocial", "@me@jar.example https://jar.com", 31, "https://jar.com", "", "@me@jar.example"},
		{"bluesky", family, 1, "", "", ""},
		{"bluesky", "(jar.com) https://jar.com/a. http://x jar.nosuch ajar.com/b,", 60, "jar.com https://jar.com/a http://x ajar.com/b", "", ""},
		{"bluesky", "https://jar.com/a_(b) (https://jar.com/a)", 41, "https://jar.com/a_(b) https://jar.com/a", "", ""},
		{"bluesky", "@me.bsky.social, @you.test. @me x@a.com (@a.com)", 48, "", "", "@me.bsky.social @you.test @a.com"},
		{"bluesky", "#jar #123 #a-b! x#y #🍯 #日本。 ＃b #", 32, "", "#jar #a-b #🍯 #日本 ＃b", ""},
		{"bluesky", "#" + strings.Repeat("a", 65), 66, "", "", ""},
		{"telegram", "🍯 jar.com", 10, "jar.com", "", ""},
		{"instagram", "jar.com #a @b.c", 15, "", "#a", "@b.c"},
		{"subject", "Recall #1", 9, "", "", ""},
		{"wordpress", "jar.com #a", 10, "jar.com", "", ""},
		{"nosuch", "jar.com #a @b", 13, "jar.com", "#a", "@b"},
	} {
		r := Read(tc.network, Limits{}, tc.text)
		if r.Length != tc.length || texts(r.Links) != tc.links || texts(r.Hashtags) != tc.tags || texts(r.Mentions) != tc.mention {
			t.Errorf("%s %q: got %d, %q, %q, %q, want %d, %q, %q, %q", tc.network, tc.text, r.Length, texts(r.Links), texts(r.Hashtags), texts(r.Mentions),
				tc.length, tc.links, tc.tags, tc.mention)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		network, text string
		lim           Limits
		valid         bool
	}{
		{"mastodon", strings.Repeat("a", 500), Limits{}, true},
		{"mastodon", strings.Repeat("a", 501), Limits{}, false},
		{"mastodon", strings.Repeat("a", 501), Limits{Text: 5000}, true},
		{"mastodon", "https://jar.com " + strings.Repeat("a", 475), Limits{PerLink: 24}, true},
		{"mastodon", "https://jar.com " + strings.Repeat("a", 475), Limits{PerLink: 25}, false},
		{"bluesky", strings.Repeat("🏳", 300), Limits{}, true},
		{"bluesky", strings.Repeat("👨‍👩‍👧‍👦", 130), Limits{}, false},
		{"instagram", strings.Repeat("#a ", 30), Limits{}, true},
		{"instagram", strings.Repeat("#a ", 31), Limits{}, false},
		{"telegram", strings.Repeat("🍯", 2048), Limits{}, true},
		{"telegram", strings.Repeat("🍯", 2049), Limits{}, false},
		{"subject", "one\ntwo", Limits{}, false},
		{"wordpress", strings.Repeat("a", 100000), Limits{}, true},
	} {
		if r := Read(tc.network, tc.lim, tc.text); r.Valid != tc.valid {
			t.Errorf("%s %+v %.20q…: got valid %t, length %d of %d", tc.network, tc.lim, tc.text, r.Valid, r.Length, r.Limit)
		}
	}
}

func TestEscapeLinkedIn(t *testing.T) {
	t.Parallel()
	got := EscapeLinkedIn(`a_b (c) #tag # {d} me@x \`)
	if want := `a\_b \(c\) #tag \# \{d\} me\@x \\`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestTopLevelDomains compares the list with the one that a dependency carries: what is delegated must be in it.
func TestTopLevelDomains(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"com", "org", "pl", "uk", "jp", "museum", "travelersinsurance", "みんな", "рф", "한국", "السعودية", "भारत", "香港", "ישראל"} {
		if !isTLD(name) {
			t.Errorf("%s is missing", name)
		}
	}
	taken := 0
	for name := range tlds().names {
		if name == "" || strings.ToLower(name) != name || strings.ContainsAny(name, ".-_") {
			t.Errorf("%q is no name of a top-level domain", name)
		}
		if utf8.RuneCountInString(name) == len(name) {
			if _, icann := publicsuffix.PublicSuffix("jar." + name); !icann {
				taken++
			}
		}
	}
	if taken > 150 {
		t.Errorf("%d names are not delegated: the list is stale", taken)
	}
}

// TestEmojiSequences reads Unicode's own list where the system has one (Debian's unicode-data), and always the samples.
func TestEmojiSequences(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/emoji.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range strings.Fields(string(b)) {
		if rs := []rune(e); emojiAt(rs, 0) != len(rs) {
			t.Errorf("%s: got %d of %d code points", e, emojiAt(rs, 0), len(rs))
		}
	}
	for _, not := range []string{"a", "1", "#", "é", "日", "©", "♟", "☺\ufe0e", "👩‍👩", "👩🏽‍👦", "🧑🏻‍🤝‍🧑", "🇽🇽"} {
		if rs := []rune(not); emojiAt(rs, 0) == len(rs) {
			t.Errorf("%q is one emoji, and must not be", not)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"http://jar.com/a(b)?c=d #x @y/z $AB", "日本語jar.com/aです #️⃣", "@a@b.c https://t.co/a'", strings.Repeat("http://", 20), "a.a.a_.com..b", "👩‍❤️‍👩\u200d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, network := range Networks() {
			r := Read(network, Limits{}, s)
			clean := strings.ToValidUTF8(s, "\uFFFD")
			if r.Length < 0 || r.Bytes != len(clean) || r.Over > len(clean) || r.Valid && r.Over > 0 {
				t.Fatalf("%s: %+v", network, r)
			}
			end := 0
			for _, e := range r.All() {
				if e.Bytes[0] < end || e.Bytes[1] <= e.Bytes[0] || clean[e.Bytes[0]:e.Bytes[1]] != e.Text {
					t.Fatalf("%s: entity %+v overlaps or lies", network, e)
				}
				if string([]rune(clean)[e.Runes[0]:e.Runes[1]]) != e.Text {
					t.Fatalf("%s: runes of %+v", network, e)
				}
				end = e.Bytes[1]
			}
		}
	})
}

// TestHostileTexts take linear time: with a quadratic pass they would take minutes, and the test run would end them.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"joiners": strings.Repeat("\u200d", 40_000), "links": strings.Repeat("http://jar.com/a ", 30_000), "labels": strings.Repeat("a.", 150_000),
		"hyphens": strings.Repeat("a-", 150_000), "dots": strings.Repeat(".", 150_000), "brackets": strings.Repeat("jar.com/(", 40_000), "signs": strings.Repeat("@", 150_000),
		"families": strings.Repeat("👨‍👩‍👧‍👦", 40_000), "protocols": strings.Repeat("http://", 150_000), "tags": strings.Repeat("#a", 150_000), "marks": "#a" + strings.Repeat("\u0301", 150_000),
		"hosts": strings.Repeat("あ.com", 40_000), "queries": strings.Repeat("jar.com/?a", 40_000), "paths": "jar.com/" + strings.Repeat("(a", 150_000), "flags": strings.Repeat("🇽", 60_000),
	} {
		for _, network := range []string{"x", "mastodon", "bluesky", "telegram"} {
			if r := Read(network, Limits{}, s); r.Length == 0 {
				t.Errorf("%s at %s: no length", name, network)
			}
		}
	}
}
