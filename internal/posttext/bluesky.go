package posttext

import (
	"strings"
	"unicode"
)

// Bluesky counts graphemes and bytes, nothing counts less than it is long. What is a link, a mention or a tag is said by whoever
// posts, in facets; these are the rules of the network's own clients (read November 2026).

func blueskyEntities(t []rune) []mark {
	return apart(append(append(blueskyLinks(t), blueskyMentions(t)...), blueskyTags(t)...))
}

// isBreak is a space as JavaScript has it.
func isBreak(r rune) bool { return unicode.Is(unicode.White_Space, r) && r != 0x85 || r == 0xFEFF }

// blueskyLinks finds addresses, and hosts without a protocol; both begin a word or follow a bracket, and reach to the next space.
func blueskyLinks(t []rune) (all []mark) {
	for i := 0; i < len(t); i++ {
		if i > 0 && !isBreak(t[i-1]) && t[i-1] != '(' {
			continue
		}
		host, proto := 0, hasPrefix(t, i, "https://") || hasPrefix(t, i, "http://")
		if !proto {
			if host = plainHost(t, i); host == 0 {
				continue
			}
		}
		end := i
		for end < len(t) && !isBreak(t[end]) {
			end++
		}
		next := end - 1
		if proto && end == i+schemeLen(t, i) || !proto && !endsInTLD(t[i:host]) {
			i = next
			continue
		}
		end = trimmed(t, i, end)
		all = append(all, mark{kind: Link, from: i, to: end})
		i = next
	}
	return all
}

func schemeLen(t []rune, i int) int {
	if hasPrefix(t, i, "https://") {
		return len("https://")
	}
	return len("http://")
}

// plainHost is where a host in plain letters ends that begins at i; 0 when there is none.
func plainHost(t []rune, i int) (end int) {
	if i >= len(t) || !isAlpha(t[i]) {
		return 0
	}
	dots := 0
	for j := i; j < len(t); {
		word := j
		for j < len(t) && isAlnum(t[j]) {
			j++
		}
		if j == word {
			break
		}
		end = j
		if j >= len(t) || t[j] != '.' || j+1 >= len(t) || !isAlnum(t[j+1]) {
			break
		}
		dots++
		j++
	}
	if dots == 0 {
		return 0
	}
	return end
}

func endsInTLD(host []rune) bool {
	s := string(host)
	return isTLD(s[strings.LastIndexByte(s, '.')+1:])
}

// trimmed takes one sign of punctuation off the end of an address, and then a bracket that was not opened in it.
func trimmed(t []rune, from, end int) int {
	if strings.ContainsRune(".,;!?", t[end-1]) {
		end--
	}
	if end > from && t[end-1] == ')' && !strings.ContainsRune(string(t[from:end]), '(') {
		end--
	}
	return end
}

// blueskyMentions finds handles: host names behind an @.
func blueskyMentions(t []rune) (all []mark) {
	for i := 0; i < len(t); i++ {
		if t[i] != '@' || i > 0 && !isBreak(t[i-1]) && t[i-1] != '(' {
			continue
		}
		end := i + 1
		for end < len(t) && (isAlnum(t[end]) || t[end] == '.' || t[end] == '-') {
			end++
		}
		for end > i+1 && !isAlnum(t[end-1]) {
			end--
		}
		handle := string(t[i+1 : end])
		if dot := strings.LastIndexByte(handle, '.'); dot > 0 && (isTLD(handle[dot+1:]) || handle[dot:] == ".test") {
			all = append(all, mark{kind: Mention, from: i, to: end})
		}
	}
	return all
}

// maxBlueskyTag is how long a tag may be, in units of UTF-16 (app.bsky.richtext.facet).
const maxBlueskyTag = 64

// endsTag are the characters without width that end a tag.
func endsTag(r rune) bool {
	return isBreak(r) || r == 0xAD || r == 0x2060 || r >= 0x200A && r <= 0x200D || r == 0x20E2
}

// blueskyTags finds hashtags: they begin a word, reach to the next space, and hold more than digits and punctuation.
func blueskyTags(t []rune) (all []mark) {
	for i := 0; i < len(t); i++ {
		if !isHash(t[i]) || i > 0 && !isBreak(t[i-1]) || at(t, i+1) == asEmoji {
			continue
		}
		end, telling, size := i+1, false, 0
		for ; end < len(t) && !endsTag(t[end]); end++ {
			telling = telling || !unicode.Is(unicode.Nd, t[end]) && !unicode.IsPunct(t[end])
		}
		for end > i+1 && unicode.IsPunct(t[end-1]) {
			end--
		}
		for _, r := range t[i+1 : end] {
			size += units(r)
		}
		if telling && size > 0 && size <= maxBlueskyTag {
			all = append(all, mark{kind: Hashtag, from: i, to: end})
		}
	}
	return all
}
