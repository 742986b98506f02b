package enrich

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// CueList finds crisis cues by the lists in data/cues and by those of brands. It may be used concurrently.
//
// A type is found by one strong cue or two others. A cue that is negated does not count; one that is supposed, or stands in a
// joke, a film or a matter that is over, counts less.
type CueList struct {
	types []CueType
	all   []expression
	langs map[string]*cueSet // by language; "" is for all others, "und" for texts whose language is not known
	own   atomic.Pointer[BrandCues]
	pool  sync.Pool
}

// cueSet is what is looked for in a text of one language.
type cueSet struct {
	dict   *terms.Dict
	cues   []cue
	scopes *terms.Dict
	roles  []scope
}

// cue is an expression to be found.
type cue struct {
	rest   []terms.Phrase // what follows the first part at some distance
	gap    int32
	id     int32 // in CueList.all, or in the brand's own
	typ    uint8
	weight uint8 // 2 strong, 1 not
}

// maxCueTypes is how many types there can be, a brand's own included.
const maxCueTypes = 64

// NewCueList reads the lists that come with the program.
func NewCueList() *CueList {
	c, err := newCueList(cueText)
	if err != nil {
		panic("enrich: data/cues: " + err.Error()) // a test reads them
	}
	return c
}

func cueText(name string) (string, error) {
	b, err := cueFiles.ReadFile("data/cues/" + name + ".txt")
	return string(b), err
}

func newCueList(read func(name string) (string, error)) (*CueList, error) {
	c := &CueList{langs: map[string]*cueSet{}}
	c.pool.New = func() any { return new(cueScratch) }
	data, err := read("types")
	if err != nil {
		return nil, err
	}
	if c.types, err = readCueTypes(data); err != nil {
		return nil, fmt.Errorf("types: %w", err)
	}
	scopes := map[string][]scope{}
	for _, lang := range cueLangs {
		if data, err = read(lang); err != nil {
			return nil, err
		}
		cues, around, err := readCueList(lang, data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", lang, err)
		}
		c.all, scopes[lang] = append(c.all, cues...), around
	}
	for _, lang := range append([]string{"", "und"}, cueLangs...) {
		if c.langs[lang], err = c.set(lang, c.all, scopesFor(lang, scopes)); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// family is the list that a text's language is read by.
func family(lang string) string {
	switch {
	case lang == "ms":
		return "id" // what tells Malay from Indonesian on a short post is chance
	case lang == "zh-Hant" || lang == "zh-Hans":
		return lang
	case lang == "yue", strings.HasPrefix(lang, "zh"):
		return "zh-Hant"
	}
	return lang
}

func isHan(lang string) bool { return strings.HasPrefix(lang, "zh") }

// speaks reports whether an expression counts in a text of the language. Hashtags travel, and so do English phrases; a single
// foreign word may mean something else at home. The two Chinese scripts share words.
func (e *expression) speaks(lang string) bool {
	switch {
	case e.lang == "" || e.lang == lang || isHan(lang) && isHan(e.lang):
		return true
	case lang == "und":
		return e.strong
	}
	return e.strong && (e.text[0] == '#' || e.lang == "en" && strings.Contains(e.text, " "))
}

// scopesFor are the negations and the like of a language. English ones count in every text with English phrases, so in all but
// those that have words of their own.
func scopesFor(lang string, scopes map[string][]scope) []scope {
	switch {
	case lang == "":
		return scopes["en"]
	case lang == "und":
		var all []scope
		for _, l := range cueLangs {
			all = append(all, scopes[l]...)
		}
		return all
	case isHan(lang):
		return slices.Concat(scopes["zh-Hant"], scopes["zh-Hans"])
	}
	return scopes[lang]
}

// set compiles the expressions that count in a language.
func (c *CueList) set(lang string, all []expression, scopes []scope) (*cueSet, error) {
	s := &cueSet{roles: scopes}
	var phrases, around []terms.Phrase
	for i := range all {
		e := &all[i]
		if !e.speaks(lang) {
			continue
		}
		typ := slices.IndexFunc(c.types, func(t CueType) bool { return t.Name == e.typ })
		if typ < 0 || typ >= maxCueTypes {
			return nil, fmt.Errorf("%q is not a type of crisis", e.typ)
		}
		first, rest, err := parseCue(e.lang, e.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", e.lang, e.text, err)
		}
		u := cue{rest: rest, gap: gapWords, id: int32(i), typ: uint8(typ), weight: 1}
		if first[0].Wide() {
			u.gap = gapHan
		}
		if e.strong {
			u.weight = 2
		}
		phrases, s.cues = append(phrases, first), append(s.cues, u)
	}
	for _, r := range scopes {
		p, err := terms.ParsePhrase(r.text, false)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", lang, r.text, err)
		}
		around = append(around, p)
	}
	s.dict, s.scopes = terms.NewDict(phrases), terms.NewDict(around)
	return s, nil
}

// Types are the types that the program knows, in the order in which they are shown.
func (c *CueList) Types() []CueType { return slices.Clone(c.types) }

// Find implements Cues.
func (c *CueList) Find(m *desk.Mention) []desk.Cue { return c.findRead(m, whole(m), nil) }

// findRead is Find in a text that was read already; nil reads it. It allocates only when something is found.
func (c *CueList) findRead(m *desk.Mention, text string, t *terms.Text) []desk.Cue {
	x := c.pool.Get().(*cueScratch)
	defer c.pool.Put(x)
	if t == nil {
		t = &x.text
		t.Read(text)
	}
	set := c.langs[family(m.Lang)]
	if set == nil {
		set = c.langs[""]
	}
	x.hits = set.dict.Find(x.hits[:0], t)
	own := c.own.Load()
	if len(x.hits) == 0 && own == nil {
		return nil
	}
	x.base = set.accept(x.base[:0], x.hits, t)
	x.scoped = false
	if own == nil {
		return x.judge(c, set, nil, m, text, t, 0, nil)
	}
	return own.judge(x, c, set, m, text, t)
}
