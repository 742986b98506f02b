package drill

import (
	"embed"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// texts holds a file for each language: what its people say, by section, and what fills the {slots}.
//
//go:embed texts/*.txt
var texts embed.FS

// tongue is how people of one language speak.
type tongue struct {
	lang  string
	share float64 // of the ordinary conversation
	lines map[string][]string
}

// shares are the languages of Kavelund's guests; the chain comes from Sweden.
var shares = []struct {
	lang  string
	share float64
}{{"en", 0.36}, {"sv", 0.24}, {"pl", 0.14}, {"id", 0.10}, {"zh-Hant", 0.09}, {"he", 0.07}}

// tongues reads all languages.
func tongues() []tongue {
	all := make([]tongue, 0, len(shares))
	for _, s := range shares {
		raw, err := texts.ReadFile("texts/" + s.lang + ".txt")
		if err != nil {
			panic(err) // it is embedded
		}
		all = append(all, tongue{lang: s.lang, share: s.share, lines: sections(string(raw))})
	}
	return all
}

// sections reads lines under [headings].
func sections(raw string) map[string][]string {
	out := make(map[string][]string)
	name := ""
	for line := range strings.Lines(raw) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			name = strings.Trim(line, "[]")
		case line != "":
			out[name] = append(out[name], line)
		}
	}
	return out
}

// pick is one line of a section.
func (t *tongue) pick(r *rand.Rand, section string) string {
	lines := t.lines[section]
	return lines[r.IntN(len(lines))]
}

// slots are what may stand in braces.
var slots = []string{"drink", "dish", "place", "when"}

// fill puts something into every slot of a line.
func (t *tongue) fill(r *rand.Rand, line string) string {
	for _, s := range slots {
		for strings.Contains(line, "{"+s+"}") {
			line = strings.Replace(line, "{"+s+"}", t.pick(r, s), 1)
		}
	}
	return line
}

// chat is an ordinary sentence, led in and out as people do, so that two of them are seldom alike.
func (t *tongue) chat(r *rand.Rand, section string) string {
	core := t.fill(r, t.pick(r, section))
	gap, stop := " ", "."
	if t.lang == "zh-Hant" {
		gap, stop = "", "。"
	}
	if r.Float64() < 0.45 {
		opener := t.pick(r, "opener")
		if strings.HasSuffix(opener, ".") {
			core = upper(core)
		}
		core = opener + gap + core
	}
	core = upper(core)
	if !ended(core) {
		core += stop
	}
	if r.Float64() < 0.4 {
		core += gap + t.pick(r, "tail")
	}
	return core
}

func ended(s string) bool {
	last, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?。！？", last)
}

func upper(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}
