package posttext

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// How X weighs a text (twitter-text configuration v3): characters of these ranges one, all others two, an emoji two however it is
// put together, a link 23. 280 in all.
const (
	xLimit   = 280
	xLink    = 23
	xHeavy   = 2
	xNameMax = 20
	xListMax = 25
)

func xWeight(r rune) int {
	if r <= 0x10FF || r >= 0x2000 && r <= 0x200D || r >= 0x2010 && r <= 0x201F || r >= 0x2032 && r <= 0x2037 {
		return 1
	}
	return xHeavy
}

// xLength is the weighted length, of the composed text (NFC).
func xLength(m *measured) int {
	t, marks := m.runes, m.links
	if !norm.NFC.IsNormalString(m.text) {
		t, marks = []rune(norm.NFC.String(m.text)), nil
	}
	if marks == nil {
		marks = xStyle.links(t)
	}
	total := 0
	for i := 0; i < len(t); {
		for len(marks) > 0 && marks[0].from < i {
			marks = marks[1:]
		}
		if len(marks) > 0 && marks[0].from == i {
			total += m.rules.perLink
			i = marks[0].to
			continue
		}
		if n := emojiAt(t, i); n > 0 {
			total += xHeavy
			i += n
			continue
		}
		total += xWeight(t[i])
		i++
	}
	return total
}

// xEntities finds what X links.
func xEntities(t []rune) []mark {
	all := append(xStyle.links(t), xMentions(t)...)
	return apart(append(append(all, xHashtags(t)...), xCashtags(t)...))
}

func isAt(r rune) bool   { return r == '@' || r == '＠' }
func isHash(r rune) bool { return r == '#' || r == '＃' }

// xMentions finds @name and @name/list. What was matched is used up, also when what follows forbids it.
func xMentions(t []rune) (all []mark) {
	used := 0
	for i := 0; i < len(t); i++ {
		if i < used || !isAt(t[i]) || !mentionMayFollow(t, i, used) {
			continue
		}
		end := i + 1
		for end < len(t) && end-i <= xNameMax && isNameRune(t[end]) {
			end++
		}
		if end == i+1 {
			continue
		}
		k := mark{kind: Mention, from: i, to: end}
		if list := listEnd(t, end); list > end {
			k.list, k.to = end, list
		}
		used = k.to
		if !spoilsMention(t, k.to) {
			all = append(all, k)
		}
	}
	return all
}

func isNameRune(r rune) bool { return isAlnum(r) || r == '_' }

// mentionMayFollow reports whether a name may begin at i after what stands before it: no letter, digit or sign, or else "RT".
func mentionMayFollow(t []rune, i, used int) bool {
	if i == 0 {
		return true
	}
	if i-1 >= used && !isAlnum(t[i-1]) && !isAt(t[i-1]) && !strings.ContainsRune("_!#$%&*", t[i-1]) {
		return true
	}
	if i-2 < used || lower(t[i-2]) != 'r' || lower(t[i-1]) != 't' {
		return false
	}
	return i == 2 || i-3 >= used && !isAlnum(t[i-3]) && !strings.ContainsRune("_+~.-", t[i-3])
}

// listEnd is where the list that begins at i ends; i when there is none.
func listEnd(t []rune, i int) int {
	if i+1 >= len(t) || t[i] != '/' || !isAlpha(t[i+1]) {
		return i
	}
	end := i + 1
	for end < len(t) && end-i <= xListMax && (isNameRune(t[end]) || t[end] == '-') {
		end++
	}
	return end
}

// spoilsMention is what may not follow a name: another sign, an accented letter, or what makes it a protocol.
func spoilsMention(t []rune, i int) bool {
	return i < len(t) && (isAt(t[i]) || isAccent(t[i]) || hasPrefix(t, i, "://"))
}

// xHashtags finds hashtags: a run of letters, marks, digits and some signs that holds a letter.
func xHashtags(t []rune) (all []mark) {
	used := 0
	for i := 0; i < len(t); i++ {
		if i < used || !isHash(t[i]) || !tagMayFollow(t, i, used) {
			continue
		}
		end, letters := i+1, false
		if end < len(t) && (t[end] == 0xFE0F || t[end] == 0x20E3) {
			continue // a keycap
		}
		for ; end < len(t) && inTag(t[end]); end++ {
			letters = letters || isTagLetter(t[end])
		}
		if !letters {
			continue
		}
		used = end
		if end < len(t) && (isHash(t[end]) || hasPrefix(t, end, "://")) {
			continue
		}
		all = append(all, mark{kind: Hashtag, from: i, to: end})
	}
	return all
}

func tagMayFollow(t []rune, i, used int) bool {
	if i == 0 {
		return true
	}
	before := t[i-1]
	return i-1 >= used && (before == 0xFE0E || before == 0xFE0F || before != '&' && !inTag(before))
}

// xCashtags finds the symbols of shares: $ABC, $BRK.A.
func xCashtags(t []rune) (all []mark) {
	for i, r := range t {
		if r != '$' || i > 0 && !isSpace(t[i-1]) && !isDirection(t[i-1]) {
			continue
		}
		end := i + 1
		for end < len(t) && end-i <= 6 && isAlpha(t[end]) {
			end++
		}
		if end == i+1 {
			continue
		}
		if long := shareClass(t, end); long > end && symbolEnds(t, long) {
			end = long
		} else if !symbolEnds(t, end) {
			continue
		}
		all = append(all, mark{kind: Cashtag, from: i, to: end})
	}
	return all
}

// shareClass is where .A or _A behind a symbol ends; i without one.
func shareClass(t []rune, i int) int {
	if i >= len(t) || t[i] != '.' && t[i] != '_' {
		return i
	}
	end := i + 1
	for end < len(t) && end-i <= 2 && isAlpha(t[end]) {
		end++
	}
	if end == i+1 {
		return i
	}
	return end
}

func symbolEnds(t []rune, i int) bool { return i >= len(t) || isSpace(t[i]) || isPunct(t[i]) }

// replyTo is the name that a text begins with, behind spaces and marks of direction.
func replyTo(t []rune) string {
	i := 0
	for i < len(t) && (isSpace(t[i]) || isDirection(t[i])) {
		i++
	}
	if i >= len(t) || !isAt(t[i]) {
		return ""
	}
	end := i + 1
	for end < len(t) && end-i <= xNameMax && isNameRune(t[end]) {
		end++
	}
	if spoilsMention(t, end) {
		return ""
	}
	return string(t[i+1 : end])
}
