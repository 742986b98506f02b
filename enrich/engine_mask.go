package enrich

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"breakwater/desk"
)

// What stands in the place of what is not sent. The words are plain, so that an engine reads over them.
const (
	maskLink   = "[link]"
	maskMail   = "[mail]"
	maskPerson = "[person]"
	maskNumber = "[number]"
)

// sentBytes is how much of a text is sent at the most: the mood shows early, and long texts cost.
const sentBytes = 4000

// Order matters: a link may hold an @, an address of mail holds a handle, a handle may hold digits.
var masks = []struct {
	re *regexp.Regexp
	as string
}{
	{regexp.MustCompile(`(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>"']+`), maskLink},
	{regexp.MustCompile(`[@＠][\p{L}\p{N}_.-]+@[\p{L}\p{N}.-]+[\p{L}\p{N}]`), maskPerson},
	{regexp.MustCompile(`[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}`), maskMail},
	{regexp.MustCompile(`(?i)\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|co|app|social|info|pl|se|il|id|tw|hk|cn|de|uk|eu)\b(?:/[^\s<>"']*)?`), maskLink},
	{regexp.MustCompile(`[@＠][\p{L}\p{N}_.-]*[\p{L}\p{N}_]`), maskPerson},
	{regexp.MustCompile(`(?i)(^|[\s(])/?u/[a-z0-9_-]{3,}`), "${1}" + maskPerson},
	{regexp.MustCompile(`\+?\(?\p{Nd}(?:[\p{Nd}\s().–/-]{5,}\p{Nd})`), maskNumber},
}

// spoken are words that come before a person's name.
var spoken = regexp.MustCompile(`\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Sir|Madam|Pan|Pani|Pana|Panią|Bapak|Pak|Ibu|Bu|Mas|Mbak|Herr|Fru|Fröken)\.?\s+(\p{Lu}[\p{L}'’-]+(?:\s+\p{Lu}[\p{L}'’-]+)?)`)

// masked is what of a mention may be sent to others: its words, without names and handles of people as far as they can be
// told, and without addresses and numbers that lead to them. Names other than the author's are told by a title before them or
// by two or three words in a row with capital letters; scripts without capital letters keep them.
func masked(m *desk.Mention) string {
	text := whole(m)
	for len(text) > sentBytes {
		text = text[:sentBytes]
		for !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
	}
	for _, mask := range masks {
		text = mask.re.ReplaceAllString(text, mask.as)
	}
	for _, name := range []string{m.Author.Name, m.Author.Handle, shortName(m.Author.Handle)} {
		text = withoutName(text, name)
	}
	text = spoken.ReplaceAllStringFunc(text, func(s string) string {
		at := spoken.FindStringSubmatchIndex(s)
		return s[:at[2]] + maskPerson
	})
	return withoutCapitals(strings.Map(printable, text))
}

// printable leaves out what has no place in a text, and could hide something in it.
func printable(r rune) rune {
	if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Cf, r) && r != '\u200d' && r != '\u200c' {
		return -1
	}
	return r
}

// withoutName takes a name, and each of its words of three letters or more, out of a text.
func withoutName(text, name string) string {
	for _, part := range append([]string{name}, strings.Fields(name)...) {
		if utf8.RuneCountInString(part) < 3 && !strings.ContainsFunc(part, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			continue
		}
		re, err := regexp.Compile(`(?i)` + regexp.QuoteMeta(part))
		if err != nil {
			continue // not UTF-8, which the text is
		}
		text = replaceWords(text, re)
	}
	return text
}

// replaceWords masks what re finds where it is a whole word.
func replaceWords(text string, re *regexp.Regexp) string {
	var b strings.Builder
	at := 0
	for _, hit := range re.FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:hit[0]])
		after, _ := utf8.DecodeRuneInString(text[hit[1]:])
		first, _ := utf8.DecodeRuneInString(text[hit[0]:])
		if !unicode.Is(unicode.Han, first) && (partOfWord(before) || partOfWord(after)) {
			continue
		}
		b.WriteString(text[at:hit[0]])
		b.WriteString(maskPerson)
		at = hit[1]
	}
	b.WriteString(text[at:])
	return b.String()
}

func partOfWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// names are two or three words that begin with a capital letter and go on with small ones.
var names = regexp.MustCompile(`\p{Lu}\p{Ll}+(?:[ \t]+\p{Lu}\p{Ll}+){1,2}`)

// withoutCapitals masks what looks like first and last names; that it takes the name of a brand too does no harm to the mood.
// A text most of whose words have capital letters says nothing by them and is left alone.
func withoutCapitals(text string) string {
	words, capitals := 0, 0
	for w := range strings.FieldsSeq(text) {
		r, _ := utf8.DecodeRuneInString(w)
		if unicode.IsLetter(r) {
			words++
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	if words < 4 || 2*capitals > words {
		return text
	}
	return names.ReplaceAllString(text, maskPerson)
}
