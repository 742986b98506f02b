package posttext

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func texts(all []Entity) string {
	out := make([]string, len(all))
	for i, e := range all {
		out[i] = e.Text
	}
	return strings.Join(out, " ")
}

func TestXLinks(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("a", 63)
	for _, tc := range []struct{ text, want string }{
		{"see https://jar.example.com/recall now", "https://jar.example.com/recall"},
		{"HTTP://JAR.COM/A", "HTTP://JAR.COM/A"},
		{"ftp://jar.com", ""}, // begins after a slash, so it is no bare host
		{"jar.com jar.co.uk jar.jp jar.nosuch", "jar.com jar.co.uk jar.jp"},
		{"notes.md and main.go.", "notes.md"},
		{"jar.com.", "jar.com"},
		{"jar.com, jar.org!", "jar.com jar.org"},
		{"a-jar.com _jar.com x.jar.com", "a-jar.com x.jar.com"},
		{"me@jar.com", ""},
		{"$jar.com #jar.com @jar.com", ""},
		{"http://jar.com:8080/a jar.com:8080", "http://jar.com:8080/a jar.com"},
		{"http://jar.com?a=b&c=d.", "http://jar.com?a=b&c=d"},
		{"jar.com?a=b", "jar.com"},
		{"jar.com/x?a=b", "jar.com/x?a=b"},
		{"(http://jar.com/a_(b)) (http://jar.com/a_(b_(c)))", "http://jar.com/a_(b) http://jar.com/a_(b_(c))"},
		{"http://jar.com/a(b(c(d)))", "http://jar.com/a"},
		{"http://jar.com/a/ http://jar.com/a. http://jar.com/a'", "http://jar.com/a/ http://jar.com/a http://jar.com/a"},
		{"http://jar.com/#!/a http://jar.com/ż/й/–", "http://jar.com/#!/a http://jar.com/ż/й/"},
		{"日本語http://jar.com/aです", "http://jar.com/a"},
		{"これはjar.comです", "jar.com"},
		{"これはjar.com/aです", "jar.com/a"},
		{"http://例え.テスト http://例え.みんな http://例え.みんなです", "http://例え.みんな http://例え.みんな"},
		{"http://россия.рф/путь", "http://россия.рф/путь"},
		{"россия.рф", ""}, // without a protocol only Latin hosts
		{"http://żółw.pl żółw.pl", "http://żółw.pl żółw.pl"},
		{"http://xn--bcher-kva.com xn--bcher-kva.com http://jar.xn--p1ai", "http://xn--bcher-kva.com xn--bcher-kva.com http://jar.xn--p1ai"},
		{"http://xn--日本.com", ""},
		{"http://" + label + ".com", "http://" + label + ".com"},
		{"http://" + label + "a.com", ""},
		{"http://" + strings.Repeat("あ", 59) + ".com", ""}, // 63 characters and more in Punycode
		{"http://☃.net/ http://jar.net☃", "http://☃.net/ http://jar.net"},
		{"http://jar_a.b.com http://jar_a.com", "http://jar_a.b.com"},
		{"http://-jar.com http://jar-.com", ""},
		{"http://jar..com", ""},
		{"jar.com@x jar.com-x jar.com+x jar.com_x", "jar.com"},
		{"http://a.b.c.com.nosuch", "http://a.b.c.com"},
		{"https://t.co/abc123 https://t.co/abc-x https://t.co/abc's https://t.co/a?b=c.", "https://t.co/abc123 https://t.co/abc https://t.co/abc https://t.co/a?b=c"},
		{"https://t.co/" + strings.Repeat("a", 40), "https://t.co/" + strings.Repeat("a", 40)},
		{"https://t.co/" + strings.Repeat("a", 41), ""},
		{"http://jar.com/" + strings.Repeat("a", 4096), ""},
		{"\u200ehttp://jar.com\u200f", "http://jar.com"},
		{"\u202ajar.com\u202c", "jar.com"},
		{"\ufeffhttp://jar.com", ""},
		{"https://jar.com\u3000https://pot.com", "https://jar.com https://pot.com"},
		{"http://http://jar.com", "http://jar.com"},
		{"http://jar.com/~me|you/a;b=c,d[e]", "http://jar.com/~me|you/a;b=c,d[e"},
		{"...http://jar.com", "http://jar.com"},
		{"-jar.com /jar.com .jar.com", ""},
		{"“jar.com” «jar.com»", "jar.com jar.com"},
		{"jar.museum jar.photography jar.みんな jar.한국", "jar.museum jar.photography jar.みんな jar.한국"},
		{"https://jar.com/?", "https://jar.com/"},
		{"no links here. at all", ""},
		{"1.5 and 2.0 and 10.am", "10.am"},
	} {
		r := Read("x", Limits{}, tc.text)
		if got := texts(r.Links); got != tc.want {
			t.Errorf("%q: got links %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestXHashtags(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want string }{
		{"#jar", "#jar"}, {"the #jar.", "#jar"}, {"a#jar", ""}, {"1#jar", ""}, {"&#jar", ""}, {"_#jar", ""},
		{"#123", ""}, {"#1jar", "#1jar"}, {"#2026年", "#2026年"}, {"#_", ""}, {"#_a", "#_a"}, {"#jar_2", "#jar_2"},
		{"#jar#pot", ""}, {"#jar #pot", "#jar #pot"}, {"#jar,#pot", "#jar #pot"}, {"(#jar)", "#jar"}, {"##jar", "#jar"},
		{"＃日本語", "＃日本語"}, {"あ#日本語", ""}, {"。#日本語。", "#日本語"}, {"#ハッシュ・タグ #〜あ", "#ハッシュ・タグ #〜あ"},
		{"#żółw", "#żółw"}, {"#zo\u0301lw", "#zo\u0301lw"}, {"#ÅÄÖ×", "#ÅÄÖ"}, {"#привет!", "#привет"}, {"#שלום", "#שלום"}, {"#צה״ל #צ׳יפס #בית־ספר", "#צה״ל #צ׳יפס #בית־ספר"},
		{"#سلام", "#سلام"}, {"#می\u200cخواهم", "#می\u200cخواهم"}, {"#हिन्दी", "#हिन्दी"}, {"#ไทยแลนด์", "#ไทยแลนด์"}, {"#한국어", "#한국어"},
		{"#क्\u200dष", "#क्\u200dष"}, {"#\u200d", ""}, {"#٣٤", ""}, {"#a·b", "#a·b"}, {"#café", "#café"},
		{"#️⃣jar", ""}, {"#⃣", ""}, {"1️⃣#jar", ""}, {"☺️#jar", "#jar"}, {"🍯#jar", "#jar"},
		{"#jar://", ""}, {"http://jar.com/#pot", ""}, {"http://jar.com/ #pot", "#pot"}, {"#jar-pot", "#jar"}, {"#jar's", "#jar"}, {"#jar🍯", "#jar"},
		{"\n#jar", "#jar"}, {"#jar\n#pot", "#jar #pot"}, {"@#jar", "#jar"}, {"#𝒳yz", "#𝒳yz"}, {"#𠮷野家", "#𠮷野家"},
		{"\u200e#jar", "#jar"}, {"#", ""}, {"# jar", ""}, {"#\u00a0jar", ""},
	} {
		r := Read("x", Limits{}, tc.text)
		if got := texts(r.Hashtags); got != tc.want {
			t.Errorf("%q: got hashtags %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestXMentions(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want, reply string }{
		{"@jar", "@jar", "jar"}, {"hi @jar", "@jar", ""}, {"me@jar.com", "", ""}, {".@jar", "@jar", ""}, {"@jar.", "@jar", "jar"},
		{"＠jar", "＠jar", "jar"}, {"あ@jarあ", "@jar", ""}, {"@jaré", "", ""}, {"@jar@pot", "", ""}, {"@@jar", "", ""}, {"!@jar", "", ""}, {"#@jar", "", ""}, {"$@jar", "", ""}, {"%@jar", "", ""}, {"&@jar", "", ""}, {"*@jar", "", ""}, {"_@jar", "", ""},
		{"(@jar)", "@jar", ""}, {"-@jar", "@jar", ""}, {"/@jar", "@jar", ""}, {"@jar://", "", ""}, {"@http://jar.com", "", ""},
		{"RT@jar", "@jar", ""}, {"rt:@jar", "@jar", ""}, {"aRT@jar", "", ""}, {"-RT@jar", "", ""}, {"あRT@jar", "@jar", ""}, {"RT @jar: hi", "@jar", ""},
		{"@" + strings.Repeat("a", 21), "@" + strings.Repeat("a", 20), strings.Repeat("a", 20)},
		{"@jar/pots", "@jar/pots", "jar"}, {"@jar/1pots", "@jar", "jar"}, {"@jar/po-ts_1", "@jar/po-ts_1", "jar"}, {"@jar/" + strings.Repeat("b", 26), "@jar/" + strings.Repeat("b", 25), "jar"},
		{"@jar @pot", "@jar @pot", "jar"}, {"@jar,@pot", "@jar @pot", "jar"}, {"http://jar.com/@pot", "", ""},
		{"\u200f @jar", "@jar", "jar"}, {"@_", "@_", "_"}, {"@", "", ""}, {"@ jar", "", ""}, {"@日本", "", ""}, {"@jar's", "@jar", "jar"}, {"🍯@jar", "@jar", ""},
	} {
		r := Read("x", Limits{}, tc.text)
		if got := texts(r.Mentions); got != tc.want || r.Reply != tc.reply {
			t.Errorf("%q: got mentions %q, reply %q, want %q, %q", tc.text, got, r.Reply, tc.want, tc.reply)
		}
	}
	r := Read("x", Limits{}, "to @jar/pots")
	if e := r.Mentions[0]; e.Name != "jar" || e.List != "/pots" {
		t.Errorf("got name %q, list %q", e.Name, e.List)
	}
}

func TestXCashtags(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want string }{
		{"$JAR", "$JAR"}, {"buy $jar now", "$jar"}, {"$BRK.A $BRK_B.", "$BRK.A $BRK_B"}, {"$JAR.ABC", "$JAR"}, {"$ABCDEFG", ""}, {"$10", ""},
		{"a$JAR", ""}, {"($JAR)", ""}, {"$JAR$POT", "$JAR"}, {"$JAR, $POT!", "$JAR $POT"}, {"\u3000$JAR", "$JAR"}, {"$JARあ", ""}, {"$JAR1", ""}, {"$", ""},
	} {
		r := Read("x", Limits{}, tc.text)
		if got := texts(r.Cashtags); got != tc.want {
			t.Errorf("%q: got cashtags %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestXLength(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text  string
		want  int
		valid bool
	}{
		{"", 0, false}, {" ", 1, true}, {"jar", 3, true}, {"żółw", 4, true}, {"zo\u0301łw", 4, true}, {"日本", 4, true}, {"カ\u3099", 2, true}, {"שלום", 4, true},
		{strings.Repeat("a", 280), 280, true}, {strings.Repeat("a", 281), 281, false}, {strings.Repeat("あ", 140), 280, true}, {strings.Repeat("あ", 141), 282, false},
		{"http://jar.com", 23, true}, {"http://jar.com/" + strings.Repeat("a", 300), 23, true}, {"jar.com あ", 26, true}, {"http://" + strings.Repeat("a", 64) + ".com", 75, true},
		{"🍯", 2, true}, {"👨‍👩‍👧‍👦", 2, true}, {"👍🏿", 2, true}, {"🇵🇱", 2, true}, {"🇽🇽", 4, true}, {"1️⃣", 2, true}, {"#⃣", 2, true}, {"☺️", 2, true}, {"☺", 2, true}, {"☺\ufe0e", 4, true},
		{"🏴󠁧󠁢󠁳󠁣󠁴󠁿", 2, true}, {"👩🏽‍❤️‍💋‍👨🏿", 2, true}, {"🧑🏻‍🤝‍🧑🏿", 2, true}, {"🏳️‍🌈", 2, true}, {"👩‍👩‍👩", 8, true}, {"©", 1, true}, {"©️", 2, true}, {"🍯🏿", 4, true}, {"🏿", 2, true},
		{"…—“”", 5, true}, {"\u200d", 1, true}, {"\u200b", 1, true}, {"\u2028", 2, true}, {"€", 2, true},
		{"a\ufffeb", 4, false}, {"a\uffffb", 4, false}, {"\ufeffa", 3, false}, {"a\u202eb\u202c", 6, true}, {"𝒳", 2, true}, {"\xff", 2, true},
	} {
		r := Read("x", Limits{}, tc.text)
		if r.Length != tc.want || r.Valid != tc.valid {
			t.Errorf("%q: got %d, valid %t, want %d, %t", tc.text, r.Length, r.Valid, tc.want, tc.valid)
		}
	}
}

func TestPlacesInEveryUnit(t *testing.T) {
	t.Parallel()
	r := Read("x", Limits{}, "🍯é #日本 http://jar.com @pot")
	got := []Span{r.Hashtags[0].Bytes, r.Hashtags[0].Runes, r.Hashtags[0].UTF16, r.Links[0].Bytes, r.Links[0].Runes, r.Links[0].UTF16, r.Mentions[0].Bytes}
	want := []Span{{7, 14}, {3, 6}, {4, 7}, {15, 29}, {7, 21}, {8, 22}, {30, 34}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestOverSaysWhereItStops(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		network, text string
		want          int
	}{
		{"x", strings.Repeat("a", 300), 280}, {"x", strings.Repeat("あ", 141), 420}, {"x", "fits", 0},
		{"x", strings.Repeat("a", 270) + " http://jar.com/long", 271},
		{"bluesky", strings.Repeat("👨‍👩‍👧‍👦", 130), 3000}, // 25 bytes each
		{"telegram", strings.Repeat("🍯", 2049), 8192},
	} {
		if r := Read(tc.network, Limits{}, tc.text); r.Over != tc.want {
			t.Errorf("%s %.20q…: got %d, want %d", tc.network, tc.text, r.Over, tc.want)
		}
	}
}
