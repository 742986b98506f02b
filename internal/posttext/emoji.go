package posttext

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

const (
	joinWide   = 0x200D // zero width joiner
	asText     = 0xFE0E // shown in black and white
	asEmoji    = 0xFE0F
	keycap     = 0x20E3
	flagA      = 0x1F1E6 // regional letters A … Z
	flagZ      = 0x1F1FF
	blackFlag  = 0x1F3F4
	tagCancel  = 0xE007F
	toneFirst  = 0x1F3FB
	toneLast   = 0x1F3FF
	mustBeSaid = "©®™♟" // are emoji only when a variation selector says so
)

func isTone(r rune) bool { return r >= toneFirst && r <= toneLast }

// flags are the regions that have a flag (ISO 3166, and those that Unicode adds).
const flags = "AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CP CQ CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA EC EE EG EH ER ES ET EU FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
	"NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM UN US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"

// joined are the emoji that are put together with joiners: what may begin one, and what may follow it, each without variation
// selectors and skin tones; "-" stands for a joiner (Unicode's recommended sequences, version 16).
var joined = []struct{ first, then string }{
	{"🧔👱🙍🙎🙅🙆💁🙋🧏🙇🤦🤷👮🕵💂👷👳🤵👰🦸🦹🧙🧚🧛🧜🧝🧞🧟💆💇🚶🧍🧎🏃👯🧖🧗🏌🏄🚣🏊⛹🏋🚴🚵🤸🤼🤽🤾🤹🧘", "♀ ♂"},
	{"🚶🧎🏃", "➡ ♀-➡ ♂-➡"},
	{"👩👨🧑", "⚕ ⚖ ✈ 🌾 🍳 🍼 🎓 🎤 🎨 🏫 🏭 💻 💼 🔧 🔬 🚀 🚒 🦯 🦰 🦱 🦲 🦳 🦼 🦽 🦯-➡ 🦼-➡ 🦽-➡"},
	{"🧑", "🎄 🩰 🤝-🧑 ❤-🧑 ❤-💋-🧑 🐰-🧑 🫯-🧑"},
	{"👩", "🤝-👩 🤝-👨 ❤-👩 ❤-👨 ❤-💋-👩 ❤-💋-👨 🐰-👩 🫯-👩 👦 👧 👦-👦 👧-👦 👧-👧 👩-👦 👩-👧 👩-👦-👦 👩-👧-👦 👩-👧-👧"},
	{"👨", "🤝-👨 ❤-👨 ❤-💋-👨 🐰-👨 🫯-👨 👦 👧 👦-👦 👧-👦 👧-👧 👨-👦 👨-👧 👨-👦-👦 👨-👧-👦 👨-👧-👧 " +
		"👩-👦 👩-👧 👩-👦-👦 👩-👧-👦 👩-👧-👧"},
	{"🧑", "🧑-🧒 🧑-🧒-🧒 🧒 🧒-🧒"},
	{"🫱", "🫲"}, {"🏴", "☠"}, {"🏳", "⚧ 🌈"}, {"🐻", "❄"}, {"🐈", "⬛"}, {"🐦", "⬛ 🔥"}, {"🐕", "🦺"}, {"🍋", "🟩"}, {"🍄", "🟫"},
	{"⛓", "💥"}, {"😶", "🌫"}, {"😮", "💨"}, {"😵", "💫"}, {"🙂", "↔ ↕"}, {"❤", "🔥 🩹"}, {"👁", "🗨"},
}

// children make a family, which has no skin tones.
const children = "👦👧🧒"

// emojiSets are flags and joined for looking up.
var emojiSets = sync.OnceValue(func() (s struct {
	flags map[string]bool
	then  map[rune][][]rune // longest first
}) {
	s.flags, s.then = make(map[string]bool), make(map[rune][][]rune)
	for _, f := range strings.Fields(flags) {
		s.flags[f] = true
	}
	for _, j := range joined {
		for _, first := range j.first {
			for _, then := range strings.Fields(j.then) {
				s.then[first] = append(s.then[first], []rune(strings.ReplaceAll(then, "-", "")))
			}
		}
	}
	for _, list := range s.then {
		slices.SortStableFunc(list, func(a, b []rune) int { return len(b) - len(a) })
	}
	return s
})

// emojiAt is how many code points the emoji that begins at i takes, however it is put together; 0 when none does.
func emojiAt(t []rune, i int) int {
	r := t[i]
	if r < 0x80 {
		return keycapAt(t, i)
	}
	if r >= flagA && r <= flagZ {
		if i+1 < len(t) && t[i+1] >= flagA && t[i+1] <= flagZ && emojiSets().flags[string([]rune{r - flagA + 'A', t[i+1] - flagA + 'A'})] {
			return 2
		}
		return 1
	}
	if !unicode.Is(emojis, r) {
		return 0
	}
	next := at(t, i+1)
	if next == asText || next != asEmoji && strings.ContainsRune(mustBeSaid, r) {
		return 0
	}
	if r == blackFlag && next >= 0xE0061 && next <= 0xE007A {
		if n := subdivision(t, i); n > 0 {
			return n
		}
	}
	n, tones := part(t, i)
	return max(n, joinedAt(t, i, n, tones))
}

func at(t []rune, i int) rune {
	if i < len(t) {
		return t[i]
	}
	return 0
}

// keycapAt is a digit, # or * in a key.
func keycapAt(t []rune, i int) int {
	if !isDigit(t[i]) && t[i] != '#' && t[i] != '*' {
		return 0
	}
	n := 1
	if at(t, i+n) == asEmoji {
		n++
	}
	if at(t, i+n) != keycap {
		return 0
	}
	return n + 1
}

// subdivision is the flag of England, Scotland or Wales.
func subdivision(t []rune, i int) int {
	var name []rune
	for j := i + 1; j < len(t) && len(name) < 6; j++ {
		if t[j] == tagCancel {
			if n := string(name); n == "gbeng" || n == "gbsct" || n == "gbwls" {
				return j - i + 1
			}
			return 0
		}
		name = append(name, t[j]-0xE0000)
	}
	return 0
}

// part is one emoji of a joined one with its variation selector or skin tone.
func part(t []rune, i int) (n, tones int) {
	switch next := at(t, i+1); {
	case isTone(next) && unicode.Is(toned, t[i]):
		return 2, 1
	case next == asEmoji:
		return 2, 0
	}
	return 1, 0
}

// joinedAt is how many code points the joined emoji takes that begins at i and whose first part takes n; 0 when it is none.
func joinedAt(t []rune, i, n, tones int) int {
	if at(t, i+n) != joinWide {
		return 0
	}
	for _, then := range emojiSets().then[t[i]] {
		if end := follow(t, i+n, then, tones); end > 0 {
			return end - i
		}
	}
	return 0
}

// follow reads the parts that are joined from i on. Skin tones are given to all persons or to none.
func follow(t []rune, i int, then []rune, tones int) (end int) {
	persons, family := 1, false
	for _, want := range then {
		if at(t, i) != joinWide || at(t, i+1) != want {
			return 0
		}
		n, tone := part(t, i+1)
		tones += tone
		family = family || strings.ContainsRune(children, want)
		if strings.ContainsRune("👩👨🧑🫲", want) {
			persons++
		}
		i += 1 + n
	}
	if tones > 0 && (family || tones != persons) {
		return 0
	}
	return i
}
