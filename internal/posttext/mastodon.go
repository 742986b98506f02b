package posttext

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// Mastodon counts graphemes, a link as characters_reserved_per_url, and of @user@host only @user; only addresses with a protocol
// are links (4.x, read November 2026).

var mastodonStyle = style{
	protocols: []string{"https://", "http://", "dat://", "dweb://", "ipfs://", "ipns://", "ssb://", "gopher://", "gemini://"},
	path:      func(r rune) bool { return !unicode.Is(unicode.White_Space, r) && !strings.ContainsRune("<>()?", r) },
	pathEnd: func(r rune) bool {
		return !unicode.Is(unicode.White_Space, r) && !strings.ContainsRune("()?!*\"'「」<>;:=,.$%[]~&|@", r)
	},
	query:    func(r rune) bool { return inQuery(r) || r == '^' || isUchar(r) },
	queryEnd: func(r rune) bool { return isAlnum(r) || strings.ContainsRune("_&=#/-", r) || isUchar(r) },
}

// isUchar are the characters beyond ASCII that an IRI may hold (RFC 3987).
func isUchar(r rune) bool {
	return r >= 0xA0 && r&0xFFFE != 0xFFFE && (r < 0xFDD0 || r > 0xFDEF) && (r < 0xE0000 || r > 0xE0FFF)
}

func mastodonEntities(t []rune) []mark {
	return apart(append(append(mastodonStyle.links(t), mastodonMentions(t)...), mastodonHashtags(t)...))
}

// mastodonMentions finds @user and @user@host.
func mastodonMentions(t []rune) (all []mark) {
	used := 0
	for i := 0; i < len(t); i++ {
		if i < used || t[i] != '@' || i > 0 && (isWord(t[i-1]) || t[i-1] == '=' || t[i-1] == '/') {
			continue
		}
		end := dotted(t, i+1, isNameRune)
		if end == i+1 {
			continue
		}
		if at(t, end) == '@' {
			if host := dotted(t, end+1, isWord); host > end+1 {
				end = host
			}
		}
		used = end
		if !spoilsMention(t, end) {
			all = append(all, mark{kind: Mention, from: i, to: end})
		}
	}
	return all
}

// dotted reads words that are joined by dots and hyphens; it ends with a word.
func dotted(t []rune, i int, in func(rune) bool) (end int) {
	end = i
	for i < len(t) {
		word := i
		for i < len(t) && in(t[i]) {
			i++
		}
		if i == word {
			return end
		}
		end = i
		for i < len(t) && (t[i] == '.' || t[i] == '-') {
			i++
		}
		if i == end {
			return end
		}
	}
	return end
}

// separators may stand inside a hashtag, but not at its end.
func isSeparator(r rune) bool { return r == '_' || r == '·' || r == '・' || r == 0x200C }

func isAlphabetic(r rune) bool { return isAlpha(r) || r >= 0x80 && unicode.In(r, unicode.L, unicode.M) }

func mastodonHashtags(t []rune) (all []mark) {
	for i := 0; i < len(t); i++ {
		if !isHash(t[i]) || i > 0 && (t[i-1] == '=' || t[i-1] == '/' || t[i-1] == ')' || isWord(t[i-1]) && !unicode.Is(unicode.Pc, t[i-1])) {
			continue
		}
		end := tagEnd(t, i+1)
		if end == 0 {
			continue
		}
		if hasPrefix(t, end, "://") { // an address is glued to it
			for _, p := range []string{"https", "http"} {
				if end-len(p) > i+1 && hasPrefix(t, end-len(p), p) {
					end -= len(p)
					break
				}
			}
		}
		all = append(all, mark{kind: Hashtag, from: i, to: end})
		i = end - 1
	}
	return all
}

// tagEnd is where the name of a hashtag ends: words with separators between them, or one word with a letter; 0 when it is neither.
func tagEnd(t []rune, from int) int {
	if from >= len(t) || !isWord(t[from]) {
		return 0
	}
	run := from
	for run < len(t) && (isWord(t[run]) || isSeparator(t[run])) {
		run++
	}
	end := run
	for end > from && !isWord(t[end-1]) {
		end--
	}
	for j := from + 1; j < end-1; j++ {
		if isAlphabetic(t[j]) || isSeparator(t[j]) {
			return end
		}
	}
	letter, word := false, from
	for ; word < end && isWord(t[word]); word++ {
		letter = letter || isAlphabetic(t[word])
	}
	if !letter {
		return 0
	}
	return word
}

// mastodonLength counts the graphemes of the text with its links and handles as Mastodon counts them.
func mastodonLength(m *measured) int {
	var b strings.Builder
	i := 0
	for _, k := range m.marks {
		b.WriteString(string(m.runes[i:k.from]))
		switch {
		case k.kind == Link && m.rules.perLink > 0:
			b.WriteString(strings.Repeat("x", m.rules.perLink))
		case k.kind == Mention:
			user, _, _ := strings.Cut(string(m.runes[k.from+1:k.to]), "@")
			b.WriteString("@" + user)
		default:
			b.WriteString(string(m.runes[k.from:k.to]))
		}
		i = k.to
	}
	b.WriteString(string(m.runes[i:]))
	return uniseg.GraphemeClusterCount(b.String())
}
