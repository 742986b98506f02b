package terms

import (
	"errors"
	"strings"
	"unicode"
)

// Mode says which texts a word finds.
type Mode uint8

// The modes.
const (
	Plain  Mode = iota // typed without diacritics: finds words with and without them
	Marked             // typed with diacritics: finds only words that have the same
	Exact              // nothing is folded but case, and no prefix is taken off
)

// Pattern is what may stand at one position of a phrase.
type Pattern struct {
	Form  []rune // folded
	Mode  Mode
	Kind  Kind
	Star  bool // any ending
	Any   bool // any one word
	glued bool // follows the one before without a space
	wide  bool
}

// Phrase is patterns that stand one after the other.
type Phrase []Pattern

// Errors of ParsePhrase and ParseName.
var (
	ErrEmpty = errors.New("nothing but punctuation")
	ErrStar  = errors.New("a star stands only at the end of a word of two letters or more, or for a whole word inside a phrase")
)

// ParsePhrase folds the words of s. A * at the end of a word of at least two letters stands for any ending, a * by itself,
// between words, for any one word.
func ParsePhrase(s string, exact bool) (Phrase, error) {
	var p Phrase
	var t Text
	for _, chunk := range strings.Fields(s) {
		if chunk == "*" {
			p = append(p, Pattern{Any: true})
			continue
		}
		var err error
		if p, err = appendChunk(p, &t, chunk, exact); err != nil {
			return nil, err
		}
	}
	if len(p) == 0 {
		return nil, ErrEmpty
	}
	if p[0].Any || p[len(p)-1].Any {
		return nil, ErrStar
	}
	return p, nil
}

func appendChunk(p Phrase, t *Text, chunk string, exact bool) (Phrase, error) {
	pieces := strings.Split(chunk, "*")
	for i, piece := range pieces {
		t.Read(piece)
		if i > 0 && piece != "" && t.Len() > 0 {
			return nil, ErrStar // a star within a word
		}
		start := len(p)
		p = t.patterns(p, exact)
		if i == len(pieces)-1 {
			break
		}
		if i > 0 || len(p) == start {
			return nil, ErrStar
		}
		if last := &p[len(p)-1]; !last.wide { // Han finds parts of a run anyway
			if len(last.Form) < 2 {
				return nil, ErrStar
			}
			last.Star = true
		}
	}
	return p, nil
}

// patterns appends the first reading of each position.
func (t *Text) patterns(p Phrase, exact bool) Phrase {
	for i, f := range t.first[:t.Len()] {
		u := &t.units[f]
		w := t.pattern(u, exact)
		w.glued = i > 0 && u.glued && w.wide && p[len(p)-1].wide
		p = append(p, w)
	}
	return p
}

func (t *Text) pattern(u *unit, exact bool) Pattern {
	bare, marked := t.bare[u.b0:u.b1], t.marked[u.m0:u.m1]
	w := Pattern{Kind: u.kind, wide: u.props&wide != 0}
	switch {
	case exact:
		w.Mode = Exact
	case string(bare) != string(marked):
		w.Mode = Marked
	}
	w.Form = append(w.Form, marked...)
	if w.Mode == Plain {
		w.Form = append(w.Form[:0], bare...)
	}
	return w
}

// ParseName folds a hashtag, handle, author or source. A * at its end stands for any ending.
func ParseName(kind Kind, s string) (Pattern, error) {
	t := Text{table: foldings()}
	name, star := strings.CutSuffix(s, "*")
	if strings.Contains(name, "*") {
		return Pattern{}, ErrStar
	}
	t.AddName(kind, strings.TrimSpace(name))
	if len(t.names) == 0 || !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
		return Pattern{}, ErrEmpty
	}
	w := t.pattern(&t.names[0], false)
	w.Star = star
	if star && len(w.Form) < 2 {
		return Pattern{}, ErrStar
	}
	return w, nil
}

// prefixes are the letters that Hebrew writes together with the word they precede: and, from, that, the, as, to, in.
func prefix(r rune) bool {
	switch r {
	case 'ו', 'מ', 'ש', 'ה', 'כ', 'ל', 'ב':
		return true
	}
	return false
}

// maxPrefix is how many of them are taken off: וכשהבנק has four.
const maxPrefix = 4

// fits reports whether the pattern finds the unit.
func (w *Pattern) fits(t *Text, u *unit) bool {
	if w.Any {
		return true
	}
	form := t.bare[u.b0:u.b1]
	if w.Mode != Plain {
		form = t.marked[u.m0:u.m1]
	}
	if w.is(form) {
		return true
	}
	if u.props&hebrew == 0 || w.Mode == Exact || w.Kind != Word {
		return false
	}
	for k := 0; k < maxPrefix && len(form) >= 3 && prefix(form[0]); k++ {
		form = form[1:]
		if w.is(form) {
			return true
		}
	}
	return false
}

func (w *Pattern) is(form []rune) bool {
	if len(form) < len(w.Form) || len(form) > len(w.Form) && !w.Star {
		return false
	}
	for i, r := range w.Form {
		if form[i] != r {
			return false
		}
	}
	return true
}

// Joined reports whether the pattern goes on with the one before without a space, as Chinese characters do.
func (w *Pattern) Joined() bool { return w.glued }

// Wide reports whether the pattern is of a script without spaces.
func (w *Pattern) Wide() bool { return w.wide }

// At reports whether the phrase stands at a position of the text.
func (p Phrase) At(t *Text, pos int) bool {
	if pos < 0 || pos+len(p) > t.Len() {
		return false
	}
	for i := range p {
		if !p[i].stands(t, pos+i) {
			return false
		}
	}
	return true
}

func (w *Pattern) stands(t *Text, pos int) bool {
	from, to := t.first[pos], t.first[pos+1]
	if w.glued && from < to && !t.units[from].glued {
		return false
	}
	for i := from; i < to; i++ {
		if w.fits(t, &t.units[i]) {
			return true
		}
	}
	return false
}

// Named reports whether the text has a name that the pattern finds, and where its words stand.
func (w *Pattern) Named(t *Text, each func(from, to int)) bool {
	found := false
	for i := range t.names {
		u := &t.names[i]
		if u.kind == w.Kind && w.fits(t, u) {
			found = true
			each(int(u.pos), int(u.end))
		}
	}
	return found
}

// String writes the phrase as it was folded, for keys and messages.
func (p Phrase) String() string {
	var b strings.Builder
	for i, w := range p {
		if i > 0 && !w.glued {
			b.WriteByte(' ')
		}
		if w.Any {
			b.WriteByte('*')
			continue
		}
		if w.Mode == Exact {
			b.WriteByte('=')
		}
		b.WriteString([...]string{"", "#", "@", "author:", "source:"}[w.Kind])
		b.WriteString(string(w.Form))
		if w.Star {
			b.WriteByte('*')
		}
	}
	return b.String()
}
