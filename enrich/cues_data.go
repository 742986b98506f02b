package enrich

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"breakwater/internal/terms"
)

//go:embed data/cues/*.txt
var cueFiles embed.FS

// cueLangs are the languages that have a list, in the order in which types and hits are told.
var cueLangs = []string{"en", "he", "pl", "id", "zh-Hant", "zh-Hans", "sv"}

// CueType is one of the kinds of crisis that mentions are marked with.
type CueType struct {
	Name     string
	Severity int    // 1 … 5, what it can do to a brand when it is true and spreads
	Group    string // after Coombs' SCCT: victim, accidental, preventable; any for boycott
}

// readCueTypes reads data/cues/types.txt: a name, its severity and its group a line.
func readCueTypes(data string) (types []CueType, err error) {
	for line := range dataLines(data) {
		f := strings.Fields(line.text)
		if len(f) != 3 {
			return nil, fmt.Errorf("line %d: a name, a severity and a group", line.n)
		}
		severity, err := strconv.Atoi(f[1])
		if err != nil || severity < 1 || severity > 5 {
			return nil, fmt.Errorf("line %d: a severity is 1 to 5", line.n)
		}
		types = append(types, CueType{Name: f[0], Severity: severity, Group: f[2]})
	}
	return types, nil
}

type dataLine struct {
	n    int
	text string
}

// dataLines gives the lines that say something.
func dataLines(data string) func(yield func(dataLine) bool) {
	return func(yield func(dataLine) bool) {
		n := 0
		for line := range strings.Lines(data) {
			n++
			line = strings.TrimSpace(line)
			if line != "" && line[0] != ';' && !yield(dataLine{n, line}) {
				return
			}
		}
	}
}

// expression is one cue as it is written in a list.
type expression struct {
	typ    string
	lang   string // empty for every language
	text   string // without the sign for strong
	strong bool
}

// scope is a role that a word has for the cues around it.
type scope struct {
	role  byte // one of the scope constants
	reach int32
	text  string
}

// What a word does to cues.
const (
	scopeNot     = 'n' // what follows within reach did not happen
	scopeAfter   = 'a' // what stands before it within reach did not happen
	scopeReally  = 'r' // looks like one of the above and is none
	scopePerhaps = 'p' // what follows within reach is asked or supposed
	scopeLighter = 'l' // the text is a joke, or about what is over
	scopeFiction = 'f' // the text is about a film, a game, a song, a match
	scopeLouder  = 'u' // the text asks to be spread or brings evidence
)

var scopeKeys = map[string]byte{"not": scopeNot, "after": scopeAfter, "really": scopeReally, "perhaps": scopePerhaps, "lighter": scopeLighter, "fiction": scopeFiction, "louder": scopeLouder}

// readCueList reads one language's file.
//
//	[boycott]
//	strong: boycott*, #boycott*
//	also: never again
//	[around]
//	not 4: no, never
func readCueList(lang, data string) (cues []expression, scopes []scope, err error) {
	section := ""
	for line := range dataLines(data) {
		if name, ok := strings.CutPrefix(line.text, "["); ok {
			section, _, _ = strings.Cut(name, "]")
			continue
		}
		key, list, ok := strings.Cut(line.text, ":")
		if !ok || section == "" {
			return nil, nil, fmt.Errorf("line %d: a key and a colon come first, and a type in brackets before it", line.n)
		}
		for _, text := range strings.Split(list, ",") {
			text = strings.TrimSpace(text)
			if text == "" {
				return nil, nil, fmt.Errorf("line %d: nothing between two commas", line.n)
			}
			if section != "around" {
				if key != "strong" && key != "also" {
					return nil, nil, fmt.Errorf("line %d: %q is neither strong nor also", line.n, key)
				}
				cues = append(cues, expression{typ: section, lang: lang, text: text, strong: key == "strong"})
				continue
			}
			s, err := scopeOf(key, text)
			if err != nil {
				return nil, nil, fmt.Errorf("line %d: %w", line.n, err)
			}
			scopes = append(scopes, s)
		}
	}
	return cues, scopes, nil
}

func scopeOf(key, text string) (scope, error) {
	name, reach, _ := strings.Cut(key, " ")
	s := scope{role: scopeKeys[name], text: text}
	if s.role == 0 {
		return s, fmt.Errorf("%q is not a role", name)
	}
	if reach != "" {
		n, err := strconv.Atoi(reach)
		if err != nil || n < 1 {
			return s, fmt.Errorf("%q is not a number of words", reach)
		}
		s.reach = int32(n)
	}
	return s, nil
}

// What stands between two parts of an expression joined by "..": as many words at most, or characters of Chinese.
const (
	gapWords = 3
	gapHan   = 6
)

// parseCue reads an expression: words, a * for any ending, # for a hashtag, .. for a few words between. Polish ones are found in
// posts written without diacritics too, as many are on a phone; but words of up to four letters, which would then be others
// (sąd, a court; sad, an orchard).
func parseCue(lang, text string) (first terms.Phrase, rest []terms.Phrase, err error) {
	if tag, ok := strings.CutPrefix(text, "#"); ok {
		w, err := terms.ParseName(terms.Tag, tag)
		return terms.Phrase{w}, nil, err
	}
	if lang == "pl" {
		text = undressed(text)
	}
	for i, part := range strings.Split(text, "..") {
		p, err := terms.ParsePhrase(part, false)
		if err != nil {
			return nil, nil, err
		}
		if i == 0 {
			first = p
		} else {
			rest = append(rest, p)
		}
	}
	return first, rest, nil
}

// undressed is the text without diacritics, short single words excepted.
func undressed(text string) string {
	if utf8.RuneCountInString(text) < 5 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if bare, ok := polish[r]; ok {
			return bare
		}
		return r
	}, text)
}

var polish = map[rune]rune{'ą': 'a', 'ć': 'c', 'ę': 'e', 'ł': 'l', 'ń': 'n', 'ó': 'o', 'ś': 's', 'ź': 'z', 'ż': 'z'}
