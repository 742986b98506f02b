package desk

import (
	"strings"
	"time"
	"unicode/utf8"
)

// The most bytes kept of a mention's smaller parts, and the most of its links and tags.
const (
	maxName  = 256
	maxTitle = 1024
	maxURL   = 2048
	maxLinks = 32
	maxTags  = 64
)

// Tidy makes a mention from a stranger fit to be kept: valid UTF-8 without control characters and without heaps of
// invisible ones, no part longer than its limit, and a time that Clamp believes. A web address that is too long is dropped,
// because half of one leads elsewhere.
func (m *Mention) Tidy(arrived time.Time) {
	m.Arrived = arrived.UTC()
	m.Published = Clamp(m.Published, m.Arrived)
	if !m.Edited.IsZero() {
		m.Edited = Clamp(m.Edited, m.Arrived)
	}
	m.Text = tidyText(m.Text, MaxText)
	m.Title = tidyText(m.Title, maxTitle)
	m.Author.Handle = tidyText(m.Author.Handle, maxName)
	m.Author.Name = tidyText(m.Author.Name, maxName)
	m.Author.NativeID = tidyText(m.Author.NativeID, maxURL)
	m.Author.URL = tidyURL(m.Author.URL)
	m.URL = tidyURL(m.URL)
	m.Links = tidyAll(m.Links, maxLinks, tidyURL)
	m.Tags = tidyAll(m.Tags, maxTags, func(s string) string { return tidyText(s, maxName) })
	if m.Kind == "" {
		m.Kind = KindPost
	}
}

func tidyAll(list []string, most int, tidy func(string) string) []string {
	if len(list) > most {
		list = list[:most]
	}
	kept := list[:0]
	for _, s := range list {
		if s = tidy(s); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// tidyURL keeps only addresses that a browser may be sent to.
func tidyURL(s string) string {
	if len(s) > maxURL || !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\r\n\t\"<>") {
		return ""
	}
	if strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") {
		return s
	}
	return ""
}

// tidyText drops what must not be there and cuts s at a character to at most limit bytes. Most texts come back as they are.
func tidyText(s string, limit int) string {
	if len(s) <= limit && clean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(min(len(s), limit))
	invisible := 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError, r < ' ' && r != '\n' && r != '\t', r == 0x7f, r >= 0xE000 && r <= 0xF8FF:
			continue
		case zeroWidth(r):
			if invisible++; invisible > 3 {
				continue
			}
		default:
			invisible = 0
		}
		if b.Len()+utf8.RuneLen(r) > limit {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

func clean(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return false
		}
		if s[i] < utf8.RuneSelf {
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || zeroWidth(r) || r >= 0xE000 && r <= 0xF8FF {
			return false
		}
		i += n - 1
	}
	return true
}

// zeroWidth reports whether r takes no room: joiners, marks of direction, the byte order mark, variation selectors.
func zeroWidth(r rune) bool {
	return r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2069 || r == 0xFEFF || r == 0x00AD ||
		r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0000 && r <= 0xE0FFF
}
