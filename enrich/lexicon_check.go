package enrich

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// Bounds of a brand's list.
const (
	mostOwnCues   = 2000
	mostOwnTypes  = maxCueTypes - 20
	longestOwnCue = 200 // characters
)

var cueName = regexp.MustCompile(`^[\p{L}\p{N}_-]{2,40}$`)

// tidyCues trims what people typed and drops what stands twice.
func tidyCues(l desk.CueList) desk.CueList {
	var cues []desk.OwnCue
	for _, c := range l.Cues {
		c.Type, c.Lang, c.Text = strings.TrimSpace(c.Type), strings.TrimSpace(c.Lang), strings.Join(strings.Fields(c.Text), " ")
		if text, strong := strings.CutPrefix(c.Text, "!"); strong {
			c.Text, c.Strong = strings.TrimSpace(text), true
		}
		if !slices.ContainsFunc(cues, func(o desk.OwnCue) bool { return o.Type == c.Type && o.Lang == c.Lang && o.Text == c.Text }) {
			cues = append(cues, c)
		}
	}
	l.Cues = cues
	l.Off = slices.Compact(slices.Sorted(slices.Values(l.Off)))
	return l
}

// check joins everything that is wrong with a list. Fields are named as cues.N, counted from 0.
func (l *Lexicon) check(list desk.CueList) error {
	var errs []error
	if len(list.Cues) > mostOwnCues {
		return desk.Wrong("cues", "A brand has at most {max} expressions of its own.", "max", mostOwnCues)
	}
	types := map[string]bool{}
	for i, c := range list.Cues {
		types[c.Type] = true
		if reason := checkCue(c); !reason.IsZero() {
			errs = append(errs, &desk.Invalid{Field: fmt.Sprintf("cues.%d", i), Reason: reason})
		}
	}
	if len(types) > mostOwnTypes {
		errs = append(errs, desk.Wrong("cues", "A brand has at most {max} types of its own.", "max", mostOwnTypes))
	}
	for _, name := range list.Off {
		if !types[name] && !slices.ContainsFunc(l.cues.types, func(t CueType) bool { return t.Name == name }) {
			errs = append(errs, desk.Wrong("off", "There is no cue type {type}.", "type", name))
		}
	}
	for i, q := range list.Quiet {
		if !slices.ContainsFunc(l.cues.all, func(e expression) bool {
			return e.typ == q.Type && e.text == q.Text && (q.Lang == "" || q.Lang == e.lang)
		}) {
			errs = append(errs, desk.Wrong(fmt.Sprintf("quiet.%d", i), "The program's lists have no expression “{text}” for {type}.", "text", q.Text, "type", q.Type))
		}
	}
	return errors.Join(errs...)
}

// checkCue tells what is wrong with one expression; zero for nothing.
func checkCue(c desk.OwnCue) desk.Text {
	switch {
	case !cueName.MatchString(c.Type):
		return desk.Say("Name the type in 2 to 40 letters, digits, - and _, without spaces: {type}.", "type", c.Type)
	case c.Text == "":
		return desk.Say("Write the words to look for.")
	case utf8.RuneCountInString(c.Text) > longestOwnCue:
		return desk.Say("Shorten “{text}” to {max} characters.", "text", cut(c.Text, 60), "max", longestOwnCue)
	case c.Lang != "" && !slices.Contains(cueLangs, c.Lang):
		return desk.Say("Choose a language for “{text}”: en, he, pl, id, zh-Hant, zh-Hans, sv, or none for all.", "text", c.Text)
	}
	switch _, _, err := parseCue(c.Lang, c.Text); {
	case errors.Is(err, terms.ErrStar):
		return desk.Say("In “{text}” a star may stand only at the end of a word of two letters or more.", "text", c.Text)
	case err != nil:
		return desk.Say("“{text}” has nothing to look for: .. stands between two words, # before a tag.", "text", c.Text)
	}
	return desk.Text{}
}
