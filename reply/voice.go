package reply

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"breakwater/desk"
)

// Spoken is what a guard knows about an answer before it goes out.
type Spoken struct {
	Lang   string
	Text   string  // of the answer
	Theirs string  // what they wrote last
	Near   float64 // likeness to the closest answer before
	Of     desk.Message
	Brand  string
	Limit  int // characters that fit; 0 no limit
}

// Hear reads an answer as the person will who gets it (REP-2): copied, past what they said, arguing, explaining on and on, or making the
// brand small. It finds hints and warnings; a person decides.
func Hear(s Spoken) (found []desk.Finding) {
	warn := func(check string, weight string, say, fix desk.Text) {
		found = append(found, desk.Finding{Check: check, Weight: weight, Say: say, Fix: fix})
	}
	text := plainly(s.Text)
	if s.Near >= desk.CopiedFrom {
		warn("copied", desk.FindingWarn, desk.Say("{n} % of this is what somebody else was answered: {text}", "n", int(s.Near*100+0.5), "text", preview(&s.Of)),
			desk.Say("Say it in other words, and about what they wrote."))
	}
	if ignores(text, plainly(s.Theirs), s.Lang) {
		warn("deaf", desk.FindingWarn, desk.Say("Nothing of what they wrote is in this answer."), desk.Say("Name what happened to them, in their own words."))
	}
	tone := tones[base(s.Lang)]
	if said := firstIn(text, tone.argues); said != "" {
		warn("argues", desk.FindingWarn, desk.Say("“{word}” sounds like arguing.", "word", said), desk.Say("Leave it out. Say what is so, and what you do."))
	}
	if said := firstIn(text, tone.belittles); said != "" {
		warn("belittles", desk.FindingWarn, desk.Say("“{word}” makes the brand small.", "word", said), desk.Say("Be sorry once, for what happened to them, and say what you do."))
	}
	if said := firstIn(text, tone.canned); said != "" {
		warn("canned", desk.FindingHint, desk.Say("“{word}” is what everybody gets to read.", "word", said), desk.Say("Write as you would speak to them."))
	}
	if long := explains(s.Text, text, tone.because, s.Theirs); long {
		warn("explains", desk.FindingWarn, desk.Say("This explains more than they asked."), desk.Say("One sentence about them, one about what you do, one about what they can do."))
	}
	return found
}

// plainly is a text in small letters with single spaces around it.
func plainly(s string) string {
	return " " + strings.Join(strings.Fields(strings.ToLower(strings.NewReplacer("’", "'", "‘", "'").Replace(s))), " ") + " "
}

func base(lang string) string {
	if strings.HasPrefix(lang, "zh") {
		return "zh"
	}
	b, _, _ := strings.Cut(lang, "-")
	return b
}

// firstIn is the first of the expressions that a text has, as whole words where the script has spaces.
func firstIn(text string, list []string) string {
	for _, e := range list {
		for from := 0; ; {
			at := strings.Index(text[from:], e)
			if at < 0 {
				break
			}
			at += from
			before, _ := utf8.DecodeLastRuneInString(text[:at])
			after, _ := utf8.DecodeRuneInString(text[at+len(e):])
			first, _ := utf8.DecodeRuneInString(e)
			if unicode.Is(unicode.Han, first) || !unicode.IsLetter(before) && !unicode.IsLetter(after) {
				return e
			}
			from = at + len(e)
		}
	}
	return ""
}

// ignores reports whether an answer takes up none of the telling words of what it answers. Short messages have none to take up.
func ignores(answer, theirs, lang string) bool {
	words := telling(theirs, lang)
	if len(words) < 3 {
		return false
	}
	for _, w := range words {
		if strings.Contains(answer, w) {
			return false
		}
	}
	return true
}

// telling are the beginnings of a text's longer words: enough to find them again in another form, or pairs of Han characters.
func telling(text, lang string) (all []string) {
	if base(lang) == "zh" {
		var han []rune
		for _, r := range text {
			if unicode.Is(unicode.Han, r) {
				han = append(han, r)
			}
		}
		for i := 0; i+1 < len(han); i++ {
			all = append(all, string(han[i:i+2]))
		}
		return all
	}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		letters := []rune(w)
		least, keep := 5, 5
		if base(lang) == "he" {
			least, keep = 4, 3
		}
		if len(letters) < least || slices.Contains(tones[base(lang)].usual, w) {
			continue
		}
		if base(lang) == "he" && len(letters) > 4 { // words stick to those before them: בקומקום
			letters = letters[1:]
		}
		all = append(all, string(letters[:min(keep, len(letters))]))
	}
	return all
}

// explains reports whether an answer is long, or has many reasons, beside what it answers.
func explains(raw, text string, because []string, theirs string) bool {
	reasons := 0
	for _, b := range because {
		reasons += strings.Count(text, b)
	}
	sentences := 0
	for _, r := range raw {
		if strings.ContainsRune(".!?。！？", r) {
			sentences++
		}
	}
	n, asked := utf8.RuneCountInString(raw), utf8.RuneCountInString(theirs)
	return reasons >= 3 || sentences > 6 && n > 3*max(asked, 120) || n > 900 && n > 4*asked
}
