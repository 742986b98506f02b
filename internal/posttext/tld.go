package posttext

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

// tldText are the names of top-level domains, in the characters that people see: those delegated (public suffix list, 2026),
// and those that were taken back since 2010, which X still links.
//
//go:embed tld.txt
var tldText string

// tlds are the names, and how many code points the longest of those beyond ASCII has.
var tlds = sync.OnceValue(func() (all struct {
	names   map[string]bool
	longest int
}) {
	all.names = make(map[string]bool, 1600)
	for _, name := range strings.Fields(tldText) {
		all.names[name] = true
		if n := utf8.RuneCountInString(name); n < len(name) {
			all.longest = max(all.longest, n)
		}
	}
	return all
})

// isTLD reports whether a name is a top-level domain.
func isTLD(name string) bool { return tlds().names[strings.ToLower(name)] }

// tldAt is how many code points the top-level domain at i takes; 0 when there is none. It must not go on with a letter, a digit,
// @, + or - of ASCII; what else follows, as a word in Japanese, is not part of it.
func tldAt(t []rune, i int) int {
	if n := punycodeAt(t, i); n > 0 {
		return n
	}
	if i < len(t) && t[i] < utf8.RuneSelf {
		end := i
		for end < len(t) && goesOn(t[end]) {
			end++
		}
		if end > i && end-i < 64 && isTLD(string(t[i:end])) {
			return end - i
		}
		return 0
	}
	for end := min(len(t), i+tlds().longest); end > i; end-- {
		if (end == len(t) || !goesOn(t[end])) && isTLD(string(t[i:end])) {
			return end - i
		}
	}
	return 0
}

func goesOn(r rune) bool { return isAlnum(r) || r == '@' || r == '+' || r == '-' }

// punycodeAt is how many code points a name in Punycode takes.
func punycodeAt(t []rune, i int) int {
	if i+4 >= len(t) || lower(t[i]) != 'x' || lower(t[i+1]) != 'n' || t[i+2] != '-' || t[i+3] != '-' {
		return 0
	}
	end := i + 4
	for end < len(t) && (isAlnum(t[end]) || t[end] == '-') {
		end++
	}
	if end == i+4 {
		return 0
	}
	return end - i
}

func lower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

func isAlpha(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
func isDigit(r rune) bool { return r >= '0' && r <= '9' }
func isAlnum(r rune) bool { return isAlpha(r) || isDigit(r) }
