package enrich

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"breakwater/internal/terms"
)

//go:embed data/tongues.txt
var tongueData string

//go:embed data/hantypes.txt
var hanData string

// Tongues tells languages apart by script, by letters that few languages have, and by their little words. It is right on
// most posts of a few words and says "und" where it has seen too little. It may be used concurrently.
type Tongues struct {
	codes   []string
	dict    *terms.Dict
	word    []tongueWord
	letters map[rune][]int8 // languages that a letter speaks for
	han     map[rune]int8   // +1 Traditional only, -1 Simplified only
	pool    sync.Pool
}

// tongueWord is which languages (as bits) have a word, and what it counts for each.
type tongueWord struct {
	langs  uint32
	weight float32
}

type tongueScratch struct {
	text  terms.Text
	hits  []terms.Hit
	score [32]float32
}

// marks are letters by the languages that use them.
var marks = map[string]string{
	"pl": "ąęłżźśćń", "sv": "åäö", "nb": "åøæ", "da": "åøæ", "de": "äöüß", "es": "ñ¿¡áíóú", "pt": "ãõçáâêó", "fr": "éèêçàùœî", "it": "àèìòù",
	"cs": "ěřůčšžýáíé", "sk": "ľĺŕčšžťďôýáí", "tr": "ğışçöü", "hu": "őűáéöü", "fi": "äö", "ro": "ățșşţâî", "hr": "čćšžđ", "sq": "ëç", "vi": "ạảấầẩẫậắằặẹẻẽếềểễệịọỏốồổỗộớờởợụủứừửữựỳỵơưđ",
}

// NewTongues reads the words that come with the program.
func NewTongues() *Tongues {
	t := &Tongues{letters: map[rune][]int8{}, han: map[rune]int8{}}
	t.pool.New = func() any { return new(tongueScratch) }
	langs := map[string]uint32{}
	var order []string
	for line := range strings.Lines(tongueData) {
		code, words, ok := strings.Cut(line, ":")
		if !ok || line[0] == '#' {
			continue
		}
		n := len(t.codes)
		t.codes = append(t.codes, code)
		for _, w := range strings.Fields(words) {
			if langs[w] == 0 {
				order = append(order, w)
			}
			langs[w] |= 1 << n
		}
		for _, r := range marks[code] {
			t.letters[r] = append(t.letters[r], int8(n))
		}
	}
	t.learn(order, langs)
	for i, line := range strings.Split(strings.TrimSpace(hanData), "\n") {
		for _, r := range line {
			t.han[r] = int8(1 - 2*i) // first line Traditional, second Simplified
		}
	}
	return t
}

// learn makes the dictionary. A word counts less the more languages have it, and one letter hardly counts.
func (t *Tongues) learn(order []string, langs map[string]uint32) {
	var phrases []terms.Phrase
	for _, w := range order {
		p, err := terms.ParsePhrase(w, true)
		if err != nil || len(p) != 1 {
			panic("enrich: data/tongues.txt: " + w) // a test reads it
		}
		phrases = append(phrases, p)
		shared := 0
		for m := langs[w]; m != 0; m &= m - 1 {
			shared++
		}
		weight := float32(1) / float32(shared)
		if utf8.RuneCountInString(w) == 1 {
			weight *= 0.4
		}
		t.word = append(t.word, tongueWord{langs[w], weight})
	}
	t.dict = terms.NewDict(phrases)
}

// counts are characters by script.
type counts struct {
	latin, hebrew, yiddish, han, trad, simp, kana, hangul, arabic, persian, urdu, cyrillic, ukrainian, serbian, greek, thai, indic, other int
	letters                                                                                                                               int
}

// Detect implements Language.
func (t *Tongues) Detect(text string) (string, float64) {
	x := t.pool.Get().(*tongueScratch)
	defer t.pool.Put(x)
	x.score = [32]float32{}
	var c counts
	for w := range words(text) {
		t.count(&c, x, w)
	}
	if c.letters < 2 {
		return "und", 0
	}
	if c.latin*2 < c.letters || c.han+c.kana+c.hangul+c.hebrew >= 4 && c.latin < 4*(c.han+c.kana+c.hangul+c.hebrew) {
		return c.byScript(text)
	}
	return t.byWords(x, text, c.latin)
}

// words leaves out what is not language: links, handles and hashtags.
func words(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for w := range strings.FieldsSeq(text) {
			if w[0] == '@' || w[0] == '#' || strings.HasPrefix(w, "http") || strings.HasPrefix(w, "www.") {
				continue
			}
			if !yield(w) {
				return
			}
		}
	}
}

func (t *Tongues) count(c *counts, x *tongueScratch, w string) {
	for _, r := range w {
		switch {
		case r < 0x80:
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				c.latin++
			}
		case r < 0x370 || r >= 0x1E00 && r < 0x1F00:
			if unicode.IsLetter(r) || r == '¿' || r == '¡' {
				c.latin++
				for _, n := range t.letters[unicode.ToLower(r)] {
					x.score[n] += 0.5
				}
			}
		case r >= 0x4E00 && r < 0xA000:
			c.han++
			switch t.han[r] {
			case 1:
				c.trad++
			case -1:
				c.simp++
			}
		default:
			c.script(r)
		}
	}
	c.letters = c.latin + c.hebrew + c.han + c.kana + c.hangul + c.arabic + c.cyrillic + c.greek + c.thai + c.indic + c.other
}

func (c *counts) script(r rune) {
	switch {
	case r >= 0x3040 && r < 0x3100:
		c.kana++
	case r >= 0xAC00 && r < 0xD7A4:
		c.hangul++
	case r >= 0x5D0 && r <= 0x5EA:
		c.hebrew++
	case r >= 0x5F0 && r <= 0x5F2, r == 0x5B7, r == 0x5B8, r >= 0xFB1D && r < 0xFB50:
		c.yiddish++ // ligatures and pointed letters that Hebrew posts do without
	case r >= 0x600 && r < 0x780:
		c.arabic++
		switch r {
		case 'پ', 'چ', 'ژ', 'گ':
			c.persian++
		case 'ٹ', 'ڈ', 'ڑ', 'ے', 'ں':
			c.urdu++
		}
	case r >= 0x400 && r < 0x530:
		c.cyrillic++
		switch r {
		case 'і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є':
			c.ukrainian++
		case 'ђ', 'ј', 'љ', 'њ', 'ћ', 'џ':
			c.serbian++
		}
	case r >= 0x370 && r < 0x400:
		c.greek++
	case r >= 0xE00 && r < 0xE80:
		c.thai++
	case r >= 0x900 && r < 0x980:
		c.indic++
	case unicode.IsLetter(r):
		c.other++
	}
}

// byScript decides where the script nearly says it.
func (c *counts) byScript(text string) (string, float64) {
	switch most := max(c.hebrew, c.han+c.kana, c.hangul, c.arabic, c.cyrillic, c.greek, c.thai, c.indic, c.other); most {
	case c.hebrew:
		if c.yiddish*25 > c.hebrew || yiddishWords(text) {
			return "yi", 0.9
		}
		return "he", 0.98
	case c.han + c.kana:
		return c.chinese()
	case c.hangul:
		return "ko", 0.98
	case c.arabic:
		switch {
		case c.urdu > 0:
			return "ur", 0.8
		case c.persian > 0:
			return "fa", 0.8
		}
		return "ar", 0.8
	case c.cyrillic:
		switch {
		case c.ukrainian > 0:
			return "uk", 0.8
		case c.serbian > 0:
			return "sr", 0.8
		}
		return "ru", 0.7
	case c.greek:
		return "el", 0.98
	case c.thai:
		return "th", 0.98
	case c.indic:
		return "hi", 0.7
	}
	return "und", 0
}

// yiddishWords reports whether a text in Hebrew letters has Yiddish little words.
func yiddishWords(text string) bool {
	n := 0
	for w := range strings.FieldsSeq(text) {
		switch w {
		case "איז", "און", "נישט", "ניט", "דער", "דאס", "האט", "האבן", "וואס", "אויך", "פון", "מיט", "אויף", "זענען":
			n++
		}
	}
	return n >= 2
}

// chinese tells the two scripts apart by the characters that only one of them has.
func (c *counts) chinese() (string, float64) {
	switch {
	case c.kana*8 > c.han:
		return "ja", 0.95
	case c.trad > c.simp:
		return "zh-Hant", 1 - 0.5/float64(1+c.trad-c.simp)
	case c.simp > c.trad:
		return "zh-Hans", 1 - 0.5/float64(1+c.simp-c.trad)
	}
	return "zh-Hans", 0.4 // the same in both: how most people write who write Chinese
}

// byWords decides by the little words of a text in Latin script.
func (t *Tongues) byWords(x *tongueScratch, text string, letters int) (string, float64) {
	x.text.Read(text)
	x.hits = t.dict.Find(x.hits[:0], &x.text)
	for _, h := range x.hits {
		w := t.word[h.Phrase]
		for n := range t.codes {
			if w.langs&(1<<n) != 0 {
				x.score[n] += w.weight
			}
		}
	}
	best, second := 0, 1
	for n := range t.codes {
		switch {
		case n == best:
		case x.score[n] > x.score[best]:
			best, second = n, best
		case x.score[n] > x.score[second] || second == best:
			second = n
		}
	}
	lead := x.score[best] - x.score[second]
	if x.score[best] < 0.5 || lead < 0.2 || letters < 8 && lead < 0.9 {
		return "und", 0
	}
	return t.codes[best], float64(lead / (lead + 0.5))
}
