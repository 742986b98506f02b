package enrich

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"breakwater/internal/terms"
)

//go:embed data/cues.txt
var cueData string

// CueList finds crisis cues by the list in data/cues.txt. It may be used concurrently.
type CueList struct {
	types []string
	cues  []cue
	dict  *terms.Dict
	pool  sync.Pool
}

// cue is one word or phrase of the list.
type cue struct {
	typ    uint8
	strong bool
	anyway bool // counts in a text of any language
	lang   string
}

// cueScratch is what Find needs beside the list.
type cueScratch struct {
	text terms.Text
	hits []terms.Hit
	// By type: 2 when a strong cue was found, else how many supporting ones; and the first of those.
	weight [maxCueTypes]uint8
	first  [maxCueTypes]int32
}

const maxCueTypes = 32

// NewCueList reads the list that comes with the program.
func NewCueList() *CueList {
	c, err := readCues(cueData)
	if err != nil {
		panic("enrich: data/cues.txt: " + err.Error()) // a test reads it
	}
	return c
}

// Types are the types of cue that the list knows.
func (c *CueList) Types() []string { return append([]string(nil), c.types...) }

func readCues(data string) (*CueList, error) {
	c := &CueList{}
	c.pool.New = func() any { return new(cueScratch) }
	var phrases []terms.Phrase
	for n, line := range strings.Split(data, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			name, _, ok := strings.Cut(line[1:], "]")
			if !ok || len(c.types) == maxCueTypes {
				return nil, fmt.Errorf("line %d: a type stands in brackets, and there are at most %d", n+1, maxCueTypes)
			}
			c.types = append(c.types, name)
			continue
		}
		lang, list, ok := strings.Cut(line, ":")
		if !ok || len(c.types) == 0 {
			return nil, fmt.Errorf("line %d: a language and a colon come first, and a type before it", n+1)
		}
		for _, word := range strings.Split(list, ",") {
			p, err := c.add(lang, strings.TrimSpace(word))
			if err != nil {
				return nil, fmt.Errorf("line %d: %q: %w", n+1, word, err)
			}
			phrases = append(phrases, p)
		}
	}
	c.dict = terms.NewDict(phrases)
	return c, nil
}

func (c *CueList) add(lang, word string) (terms.Phrase, error) {
	word, strong := strings.CutPrefix(word, "!")
	e := cue{typ: uint8(len(c.types) - 1), strong: strong, lang: lang}
	tag, isTag := strings.CutPrefix(word, "#")
	// English phrases and hashtags travel; a single foreign word may mean something else at home.
	e.anyway = strong && (isTag || lang == "en" && strings.Contains(word, " "))
	c.cues = append(c.cues, e)
	if isTag {
		w, err := terms.ParseName(terms.Tag, tag)
		return terms.Phrase{w}, err
	}
	return terms.ParsePhrase(word, false)
}

// Find implements Cues. A type is found by one strong cue or by two different supporting ones.
func (c *CueList) Find(lang, text string) []string { return c.findRead(lang, text, nil) }

// findRead is Find in a text that was read already; nil reads it.
func (c *CueList) findRead(lang, text string, t *terms.Text) []string {
	x := c.pool.Get().(*cueScratch)
	defer c.pool.Put(x)
	if t == nil {
		t = &x.text
		t.Read(text)
	}
	x.hits = c.dict.Find(x.hits[:0], t)
	if len(x.hits) == 0 {
		return nil
	}
	clear(x.weight[:])
	for _, h := range x.hits {
		e := &c.cues[h.Phrase]
		if !e.anyway && !speaks(lang, e.lang) {
			continue
		}
		switch {
		case e.strong:
			x.weight[e.typ] = 2
		case x.weight[e.typ] == 0:
			x.weight[e.typ], x.first[e.typ] = 1, h.Phrase
		case x.first[e.typ] != h.Phrase:
			x.weight[e.typ] = 2
		}
	}
	var found []string
	for i, name := range c.types {
		if x.weight[i] == 2 {
			found = append(found, name)
		}
	}
	return found
}

// speaks reports whether a text in lang can have words of a list for another: the two Chinese scripts share words.
func speaks(lang, list string) bool {
	return lang == list || strings.HasPrefix(lang, "zh") && strings.HasPrefix(list, "zh")
}
