package posttext

import (
	"strings"

	"github.com/rivo/uniseg"
)

// networks are the rules by the names of our connectors and of the networks that people post to by hand. Limits are each network's
// usual ones; a server that says others is believed.
var networks = map[string]rules{
	"x":          {unit: "weighted", text: xLimit, perLink: xLink, entities: xEntities, length: xLength, forbidden: isForbidden},
	"mastodon":   {unit: "graphemes", text: 500, perLink: 23, entities: mastodonEntities, length: mastodonLength, warned: true},
	"gotosocial": {unit: "runes", text: 5000, entities: mastodonEntities, length: runeLength, warned: true}, // links and handles in full
	"bluesky":    {unit: "graphemes", text: 300, bytes: 3000, entities: blueskyEntities, length: graphemeLength},
	"linkedin":   {unit: "runes", text: 3000, entities: otherEntities, length: runeLength},
	"facebook":   {unit: "runes", text: 63206, entities: otherEntities, length: runeLength},
	"instagram":  {unit: "runes", text: 2200, tags: 30, entities: captionEntities, length: runeLength}, // links are no links there
	"threads":    {unit: "runes", text: 500, entities: otherEntities, length: runeLength},
	"telegram":   {unit: "utf16", text: 4096, entities: otherEntities, length: utf16Length, forbidden: isNull},
	"caption":    {unit: "utf16", text: 1024, entities: otherEntities, length: utf16Length, forbidden: isNull}, // of a picture at Telegram
	"subject":    {unit: "runes", text: 200, entities: none, length: runeLength, forbidden: isLineBreak},       // of a mail: what phones show is 40 to 60
	"email":      {unit: "runes", entities: otherEntities, length: runeLength},
	"wordpress":  {unit: "runes", entities: linkEntities, length: runeLength},
	"other":      {unit: "runes", entities: otherEntities, length: runeLength},
}

func runeLength(m *measured) int { return len(m.runes) }

func graphemeLength(m *measured) int { return uniseg.GraphemeClusterCount(m.text) }

func utf16Length(m *measured) (n int) {
	for _, r := range m.runes {
		n += units(r)
	}
	return n
}

func isNull(r rune) bool      { return r == 0 }
func isLineBreak(r rune) bool { return r == '\r' || r == '\n' || r == 0 }

func none([]rune) []mark { return nil }

// otherEntities are links, hashtags and names as most networks have them: as X does, without what is X's own.
func otherEntities(t []rune) []mark {
	return apart(append(append(xStyle.links(t), names(t)...), xHashtags(t)...))
}

func captionEntities(t []rune) []mark { return apart(append(names(t), xHashtags(t)...)) }

func linkEntities(t []rune) []mark { return xStyle.links(t) }

// names are @names with dots in them, of any length.
func names(t []rune) (all []mark) {
	for i := 0; i < len(t); i++ {
		if !isAt(t[i]) || !mentionMayFollow(t, i, 0) {
			continue
		}
		if end := dotted(t, i+1, isNameRune); end > i+1 && !spoilsMention(t, end) {
			all = append(all, mark{kind: Mention, from: i, to: end})
			i = end - 1
		}
	}
	return all
}

// reserved are the characters that LinkedIn's text format takes for its own.
const reserved = `\|{}@[]()<>#*_~`

// EscapeLinkedIn writes a text in LinkedIn's "little" format, so that it reads there as it is: every reserved character is escaped,
// except the # of a hashtag.
func EscapeLinkedIn(text string) string {
	tags := map[int]bool{}
	r := Read("linkedin", Limits{}, text)
	for _, h := range r.Hashtags {
		tags[h.Bytes[0]] = true
	}
	var b strings.Builder
	for i, c := range text {
		if strings.ContainsRune(reserved, c) && !tags[i] {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}
