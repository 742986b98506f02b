package drill

import (
	"embed"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// texts holds a file for each language: what Kavelund's people say, by section, and what fills the {slots}. In texts/any is what is
// said about other brands on ordinary days, in trades.txt what they sell, and in cases a file for each case.
//
//go:embed texts cases trades.txt
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

// tongues reads all languages as they speak of a case.
func (c Case) tongues() []tongue {
	all := make([]tongue, 0, len(shares))
	for _, s := range shares {
		t := tongue{lang: s.lang, share: s.share, lines: sections(embedded("texts/" + s.lang + ".txt"))}
		if !c.original() {
			c.retell(&t)
		}
		all = append(all, t)
	}
	return all
}

// shared are the sections of Kavelund's people that anybody may say.
var shared = []string{"place", "when", "opener", "tail", "outlet", "name"}

// retell has a language speak of another brand than Kavelund.
func (c Case) retell(t *tongue) {
	lines := sections(embedded("texts/any/" + t.lang + ".txt"))
	for _, name := range shared {
		lines[name] = t.lines[name]
	}
	lines["brand"] = []string{c.brand}
	for _, line := range sections(embedded("trades.txt"))[c.trade] {
		if lang, things, _ := strings.Cut(line, ": "); lang == t.lang {
			lines["thing"] = strings.Split(things, " | ")
		}
	}
	for _, line := range sections(embedded("cases/" + c.Name + ".txt"))[t.lang] {
		name, text, _ := strings.Cut(line, ": ")
		lines[name] = append(lines[name], text)
	}
	t.lines = lines
}

func embedded(name string) string {
	raw, err := texts.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(raw)
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
var slots = []string{"drink", "dish", "place", "when", "brand", "thing"}

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
