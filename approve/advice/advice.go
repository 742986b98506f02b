// Package advice reads a draft as an old hand would, and says what may read badly: hints with their reasons, never a block.
//
// What it looks for is what practitioners agree on: people first, facts only, no blame, no excuse, nothing made small, no jargon,
// no guesses; owned words ("we were wrong") in place of those that are sorry for how others feel; a time for the next word. It finds
// phrases, so it misses what is said in a new way, and it may point at a phrase that is right where it stands.
package advice

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"breakwater/desk"
)

// rule is one thing that may read badly.
type rule struct {
	name string
	say  desk.Text
	fix  desk.Text
}

// rules are what phrases are looked for, the gravest first.
var rules = []rule{
	{"sorry_if", desk.Say("This is sorry for how others feel, not for what we did."), desk.Say("Own it. Say what was wrong, and that we are sorry for it.")},
	{"passive", desk.Say("Nobody does anything in this sentence."), desk.Say("Say who did it: we.")},
	{"no_comment", desk.Say("“No comment” reads like a confession."), desk.Say("Say what you can say now, and when you can say more.")},
	{"blame", desk.Say("This puts the blame on somebody else."), desk.Say("Say what we do for those concerned. Whose fault it is can wait.")},
	{"excuse", desk.Say("This reads like an excuse."), desk.Say("Say what happened and what we change. Reasons come later, when somebody asks.")},
	{"small", desk.Say("This makes it small. To those concerned it is not."), desk.Say("Leave it out, or give the exact number.")},
	{"guess", desk.Say("This is a guess."), desk.Say("Say what is known, and what is being checked.")},
	{"self", desk.Say("This makes us smaller than the matter needs."), desk.Say("Leave it out. Say what we do.")},
	{"stock", desk.Say("Everybody writes this, so nobody believes it."), desk.Say("Say the one thing that shows it.")},
	{"boast", desk.Say("Praise of ourselves, now of all times."), desk.Say("Leave it out.")},
	{"jargon", desk.Say("Not everybody understands this word."), desk.Say("Say it as you would on the phone.")},
	{"soon", desk.Say("“Soon” is no time."), desk.Say("Name a clock time, and keep it.")},
}

// Findings of the whole text.
var (
	mixed   = rule{"mixed", desk.Say("It denies and is sorry at once. People believe neither."), desk.Say("Choose one: if it is not true, say so with proof; if it is, say sorry.")}
	empathy = rule{"empathy", desk.Say("It does not begin with the people concerned."), desk.Say("First sentence: what it means for them, and that you see it.")}
	next    = rule{"next", desk.Say("It does not say when the next word comes."), desk.Say("Name a clock time, and keep it.")}
	long    = rule{"long", desk.Say("A sentence is very long."), desk.Say("One thought a sentence.")}
)

// Read gives hints about a text in a language (en, he, pl, id, zh-Hant, zh-Hans, sv; others get none) and of a kind of statement, in
// the order in which they stand. From and To are places in text.
func Read(lang, kind, text string) (all []desk.Finding) {
	b, known := books()[lang]
	if !known || strings.TrimSpace(text) == "" {
		return nil
	}
	for _, r := range rules {
		for _, at := range b.find(r.name, text) {
			all = append(all, desk.Finding{Check: "advice." + r.name, Weight: desk.FindingHint, Say: r.say, Fix: r.fix, From: at[0], To: at[1], Put: b.put[r.name]})
		}
	}
	slices.SortStableFunc(all, func(x, y desk.Finding) int { return x.From - y.From })
	return append(all, b.whole(kind, text)...)
}

// MixedCheck names the finding of Mixed.
const MixedCheck = "advice.mixed"

// Mixed reports whether a text in the language denies something and is sorry at once: the finding that is more than a matter of taste.
func Mixed(lang, text string) (desk.Finding, bool) {
	if !Sorry(lang, text) || !Denies(lang, text) {
		return desk.Finding{}, false
	}
	return desk.Finding{Check: MixedCheck, Weight: desk.FindingWarn, Say: mixed.say, Fix: mixed.fix}, true
}

// Sorry reports whether a text in the language says sorry.
func Sorry(lang, text string) bool { return holds(lang, "sorry", text) }

// Denies reports whether a text in the language denies something.
func Denies(lang, text string) bool { return holds(lang, "deny", text) }

func holds(lang, list, text string) bool {
	b, known := books()[lang]
	return known && b.has(list, text)
}

// inCrisis are the kinds of which people expect more than of an ordinary post.
var inCrisis = []string{"holding", "statement", "apology", "update"}

// whole are the findings of the text as a whole.
func (b *book) whole(kind, text string) (all []desk.Finding) {
	add := func(r rule) {
		all = append(all, desk.Finding{Check: "advice." + r.name, Weight: desk.FindingHint, Say: r.say, Fix: r.fix})
	}
	if f, both := Mixed(b.lang, text); both {
		all = append(all, f)
	}
	if slices.Contains(inCrisis, kind) {
		if kind != "update" && !b.has("people", opening(text)) {
			add(empathy)
		}
		if (kind == "holding" || kind == "update") && !b.has("next", text) && !clock.MatchString(text) {
			add(next)
		}
	}
	if longest(text) > b.longest {
		add(long)
	}
	return all
}

// clock is a clock time as any of the languages writes it.
var clock = regexp.MustCompile(`\b([01]?\d|2[0-3])[:.][0-5]\d\b|\b\d{1,2}\s?[ap]\.?m\b|(上午|下午|晚上|中午|凌晨)?\s*[0-9一二三四五六七八九十]{1,3}\s*[點点時时]`)

var ends = regexp.MustCompile(`[.!?…。！？]+(\s|$)|[。！？]|\n+`)

// opening is the first two sentences: who reads no further has read these.
func opening(text string) string {
	all := ends.FindAllStringIndex(text, 2)
	if len(all) < 2 {
		return text
	}
	return text[:all[1][1]]
}

// longest is the length of the longest sentence: in words, in characters where words are not set apart.
func longest(text string) (n int) {
	for _, s := range ends.Split(text, -1) {
		words := len(strings.Fields(s))
		if han := len(hanRune.FindAllString(s, -1)); han > words {
			words = han
		}
		n = max(n, words)
	}
	return n
}

var hanRune = regexp.MustCompile(`\p{Han}`)

// book is what is looked for in one language.
type book struct {
	lang    string
	longest int // words, or Han characters, of a sentence that is still easy
	put     map[string]string
	phrases map[string]*regexp.Regexp
}

func (b *book) has(list, text string) bool { return len(b.find(list, text)) > 0 }

// find gives the places of the list's phrases.
func (b *book) find(list, text string) (at [][2]int) {
	re := b.phrases[list]
	if re == nil {
		return nil
	}
	for _, m := range re.FindAllStringSubmatchIndex(text, 20) {
		at = append(at, [2]int{m[2], m[3]})
	}
	return at
}

// books are the lists, ready to be looked for.
var books = sync.OnceValue(func() map[string]*book {
	all := make(map[string]*book, len(lists))
	for lang, l := range lists {
		b := &book{lang: lang, longest: l.longest, put: l.put, phrases: make(map[string]*regexp.Regexp)}
		for name, phrases := range l.phrases {
			b.phrases[name] = compile(lang, phrases)
		}
		all[lang] = b
	}
	return all
})

// compile makes one expression of a list. Phrases are found as whole words in any case; an asterisk stands for the rest of a word. In
// Chinese they are found anywhere; in Hebrew a word may carry the small words before it.
func compile(lang, phrases string) *regexp.Regexp {
	var alternatives []string
	for _, p := range strings.Split(phrases, "|") {
		q := regexp.QuoteMeta(strings.TrimSpace(p))
		q = strings.NewReplacer(`\*`, `[\p{L}\p{M}]*`, " ", `\s+`, "'", `['’]`).Replace(q)
		alternatives = append(alternatives, q)
	}
	either := "(" + strings.Join(alternatives, "|") + ")"
	switch {
	case strings.HasPrefix(lang, "zh"):
		return regexp.MustCompile(either)
	case lang == "he":
		return regexp.MustCompile(`(?:^|[^\p{L}])[ושהבלכמ]{0,2}` + either + `(?:$|[^\p{L}])`)
	}
	return regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{N}])` + either + `(?:$|[^\p{L}\p{N}])`)
}
