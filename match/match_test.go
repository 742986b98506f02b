package match

import (
	"errors"
	"testing"

	"breakwater/desk"
)

func post(text string) *desk.Mention {
	return &desk.Mention{Ref: desk.Ref{Network: "mastodon", NativeID: "1"}, Kind: desk.KindPost, Text: text, Lang: "en",
		Author: desk.Author{Handle: "ana@social.example", Name: "Ana Kowalska", Followers: 1200}}
}

// both evaluates a query one by one and in a Set; they must agree.
func both(t *testing.T, query string, m *desk.Mention) bool {
	t.Helper()
	q, err := Parse(query)
	if err != nil {
		t.Fatalf("Parse(%q): %v", query, err)
	}
	set, err := NewSet([]desk.Monitor{{ID: 7, Query: query}})
	if err != nil {
		t.Fatal(err)
	}
	var x Scratch
	inSet := len(set.Match(nil, m, &x)) == 1
	if alone := q.Matches(m); alone != inSet {
		t.Fatalf("%q on %q: alone %v, in a set %v", query, m.Text, alone, inSet)
	}
	again, err := Parse(q.String())
	if err != nil || again.String() != q.String() {
		t.Fatalf("%q is written as %q, which is read as %v, %v", query, q, again, err)
	}
	return inSet
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query, text string
		want        bool
	}{
		{"starbucks", "I love STARBUCKS!", true},
		{"starbucks", "Starbuck's", true}, // people write it so; joined it is the word
		{"starbucks", "starbucksy", false},
		{"mcdonald", "McDonald's is closed", true},
		{"mcdonald's", "McDonalds is closed", true},
		{"mcdonald's", "McDonald’s is closed", true},
		{"coca-cola", "a Coca Cola please", true},
		{"coca-cola", "cola coca", false},
		{"h&m", "bought at H&M today", true},
		{"a b", "b then a", true},
		{"a AND b", "a alone", false},
		{"a OR b c", "a", true},
		{"(a OR b) c", "a", false},
		{"a NOT b", "a b", false},
		{"a -b", "a c", true},
		{`a -"b c"`, "a b c", false},
		{"a and b", "a b", false}, // lower-case and is a word
		{"a and b", "b and a", true},
		{`"food poisoning"`, "Food, poisoning", true},
		{`"food poisoning"`, "poisoning food", false},
		{`“food poisoning”`, "food poisoning", true},
		{`"cancel * subscription"`, "cancel my subscription", true},
		{`"cancel * subscription"`, "cancel subscription", false},
		{`"nie kupuj* nic"`, "Nie kupujcie nic!", true},
		{"boycott*", "they are boycotting it", true},
		{"boycott*", "boycot", false},
		{"food NEAR/3 sick", "sick of the food", true},
		{"food NEAR/2 sick", "sick of the food", false},
		{"food NEAR/1 food", "food", false},
		{`(rat OR "dead mouse") NEAR/4 soup`, "a dead mouse in my soup", true},
		{"#fail NEAR/2 brand", "Brand #fail", true},
		{"#boycott", "please #Boycott them", true},
		{"#boycott", "please boycott them", false},
		{"boycott", "please #boycott them", true},
		{"starbucks", "#BoycottStarbucks now", true},
		{"#boycottstarbucks", "#BoycottStarbucks now", true},
		{"#boycott*", "#BoycottStarbucks now", true},
		{"#星巴克", "#星巴克# 不好喝", true},
		{"#tag", "https://example.com/#tag", false},
		{"@ana", "hi @ana@social.example!", true},
		{"@ana", "mail@ana.example", false},
		{"@acme", "thanks @acme.bsky.social.", true},
		{"@acme.bsky.social", "thanks @acme.bsky.social.", true},
		{"acme", "thanks @acme", true},
		{"x author:ana", "x", true},
		{"x author:@ana@social.example", "x", true},
		{`x author:"ana kowalska"`, "x", true},
		{"x author:ann", "x", false},
		{"author:an*", "whatever", true},
		{"x lang:en", "x", true},
		{"x lang:he", "x", false},
		{"x source:mastodon", "x", true},
		{"x -source:mastodon", "x", false},
		{"x followers>1000", "x", true},
		{"x followers>=1,200", "x", true},
		{"x followers<=1k", "x", false},
		{"x kind:post", "x", true},
		{"x -kind:repost", "x", true},
		// Hebrew: a word is found behind up to four prefix letters, unless = asks for exactly this word.
		{"בנק", "הלכתי לבנק", true},
		{"בנק", "וכשהבנק נפל", true},
		{"=בנק", "הלכתי לבנק", false},
		{"=בנק", "בנק", true},
		{`"בנק לאומי"`, "בבנק הלאומי", true},
		{"תולע*", "מצאתי תולעת, ובתולעים", true},
		{`צה"ל`, "חיילי צה״ל", true},
		{`צהל`, `בצה"ל`, true},
		{"שלום", "שָׁלוֹם", true},
		{"iphone", "קניתי את הiPhone", true},
		// Chinese: a word is found inside a run; the two scripts stay apart.
		{"星巴克", "我在星巴克喝咖啡", true},
		{"星巴克", "星巴，克", false},
		{"食物中毒", "吃了食物中毒了", true},
		{"食品", "食物", false},
		{"個資外洩", "个资外泄", false},
		{"刪app", "大家刪 app 吧", true},
		{"星巴克 NEAR/5 異物", "星巴克的咖啡有異物", true},
		{"東京", "東京タワー", true},
		{"삼성", "삼성이 또", true},
		// Diacritics: without them in the query every form is found, with them only that form.
		{"zolw", "Żółw idzie", true},
		{"żółw", "Żółw idzie", true},
		{"żółw", "zolw idzie", false},
		{"=har", "hår", false},
		{"har", "hår", true},
		{"räksmörgås", "RÄKSMÖRGÅS", true},
		{"räksmörgås", "ra\u0308ksmo\u0308rga\u030as", true}, // decomposed
		{"ikea", "IKEA:s nya", true},
		{"strasse", "Straße", true},
		{"елка", "Ёлка", true},
		{"кафе", "в Кафе", true},
		{"مقاطعة", "مُقاطعة", true},
		{"احمد", "أحمد", true},
		{"starbucks", "𝐒𝐭𝐚𝐫𝐛𝐮𝐜𝐤𝐬", true},
		{"starbucks", "Ｓｔａｒｂｕｃｋｓ", true},
		{"starbucks", "star\u200bbu\u00adcks", true},
		{"starbucks", "Starbucks™", true},
		{"🤮", "the food 🤮🤮", true},
		{"food", "🤮food🤮", true},
	} {
		if got := both(t, c.query, post(c.text)); got != c.want {
			t.Errorf("%q on %q: got %v, want %v", c.query, c.text, got, c.want)
		}
	}
}

func TestNetworksOfOthersAreTaken(t *testing.T) {
	t.Parallel()
	for _, q := range []string{"source:bluesky", "source:tumblr", "source:blue*", "source:x", "source:Mastodon", "a lang:und lang:zh-Hant", `"author: ana"`} {
		if _, err := Parse(q); err != nil {
			t.Errorf("Parse(%q) = %v", q, err)
		}
	}
}

// What older versions took goes on listening.
func TestAnUpgradeMakesNoMonitorDeaf(t *testing.T) {
	t.Parallel()
	for i, q := range []string{"author: ana", "a lang:xx", "source:blueskyy"} {
		if set, err := NewSet([]desk.Monitor{{ID: int64(i) + 1, Query: q}}); err != nil || set.Len() != 1 {
			t.Errorf("%q is not heard any more: %v", q, err)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query string
		at    int
	}{
		{"", 0}, {"   ", 0}, {"a OR", 2}, {"OR a", 0}, {"a AND", 2}, {"a OR OR b", 5}, {"NOT", 0},
		{"(a", 0}, {"a)", 1}, {"a ()", 2}, {`"a b`, 0}, {`שלום "a`, 5}, {"a NEAR/0 b", 2}, {"a NEAR/x b", 2}, {"a NEAR/5", 2},
		{"a NEAR/2 b NEAR/2 c", 11}, {"(a b) NEAR/2 c", 1}, {"b*", 0}, {"a bo*b", 2}, {"*", 0}, {`"* a"`, 0}, {"a &", 2},
		{"-a", 0}, {"NOT a", 0}, {"a OR -b", 5}, {"lang:en", 0}, {"a OR lang:en", 5}, {"NOT (a OR lang:en)", 0},
		{"a lang:english!", 2}, {"a site:bbc.com", 2}, {"a followers>many", 2}, {"a followers>=1.2k", 2}, {"a kind:tweet", 2}, {"a #", 2},
		{"fire* AND (", 10}, {"a （ ", 2}, {"a author: ana", 2}, {"lang:", 0}, {"a (b source:)", 5}, {"a lang:xx", 2},
		{"source:blueskyy", 0}, {"source:bluesk", 0}, {"source:mastadon", 0}, {"a source:Hackernewss", 2},
	} {
		_, err := Parse(c.query)
		var s *SyntaxError
		if !errors.As(err, &s) {
			t.Errorf("Parse(%q) = %v, want a syntax error", c.query, err)
			continue
		}
		if s.At != c.at {
			t.Errorf("Parse(%q) points at %d, want %d: %v", c.query, s.At, c.at, err)
		}
	}
}
