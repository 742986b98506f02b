// Package words turns text into what is searched: the one analysis that indexing and asking share.
//
// A text becomes a sequence of folded tokens, in the order of the text so that phrases can be found, followed by further
// tokens that only single words are looked up in: words as they are written where folding took marks off them, and Hebrew
// words without their prefixes. Tokens consist of ASCII letters and digits and of characters above ASCII, nothing else, so
// they need no quoting in any query language; characters of the private use area never occur in them.
package words

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxToken is the most bytes of a token. Longer runs are junk (encoded data); they are found by their beginning.
const maxToken = 96

// gap keeps phrases from reaching from one text into the next.
const gap = "\uf8ff"

// Index appends the tokens of the texts to dst, separated by spaces, and returns it.
func Index(dst []byte, texts ...string) []byte {
	var x indexer
	x.seq, x.extra = dst, x.room[:0]
	for i, s := range texts {
		if s == "" {
			continue
		}
		if i > 0 && len(x.seq) > len(dst) {
			x.seq = append(x.seq, gap+" "...)
		}
		x.text(s)
	}
	return append(x.seq, x.extra...)
}

// indexer collects the tokens of texts.
type indexer struct {
	seq     []byte // tokens in order, each followed by a space
	extra   []byte // tokens beside the order
	begin   int    // of the open word in seq
	open    bool   // a word is open
	marked  bool   // folding took something off the open word
	hebrew  bool   // the open word has Hebrew letters
	orig    []byte // the open word with its marks, kept from the first mark on
	noStems bool
	han     rune // last character of the open run of Han or kana

	room  [512]byte
	room2 [maxToken]byte
}

func (x *indexer) text(s string) {
	s = normal(s)
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf {
			if ascii[b] != 0 {
				i = x.run(s, i)
				continue
			}
			if i++; b != 0 {
				x.separate(s, i-1, '"')
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r = narrow(r); r >= utf8.RuneSelf {
			x.rune(s, i, r)
		} else if c := ascii[r]; c != 0 {
			x.add(c)
		} else {
			x.end()
		}
		i += n
	}
	x.end()
}

// rune takes a character above ASCII.
func (x *indexer) rune(s string, at int, r rune) {
	switch {
	case r < latinEnd:
		x.latin(r)
	case ignored(r):
	case isHan(r):
		x.pair(r)
	case isEmoji(r):
		x.end()
		x.seq = append(utf8.AppendRune(x.seq, r), ' ')
	case r >= 0x05D0 && r <= 0x05EA:
		x.letter(r, r)
		x.hebrew = true
	case r == 0x05F4 || r == 0x201D:
		x.separate(s, at, r)
	case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
		low := unicode.ToLower(r)
		x.letter(low, plain(low))
	default:
		x.end()
	}
}

// latin takes a letter of the Latin blocks below latinEnd, where almost all marked letters live.
func (x *indexer) latin(r rune) {
	f := &latin[r-utf8.RuneSelf]
	if f.low == 0 {
		if !ignored(r) {
			x.end()
		}
		return
	}
	if f.n == 0 {
		x.letter(f.low, f.low)
		return
	}
	x.mark(f.low)
	for _, b := range f.fold[:f.n] {
		x.put(b)
	}
}

// letter adds a lower-case character and its folded form.
func (x *indexer) letter(low, folded rune) {
	if low != folded {
		x.mark(low)
	} else if x.marked {
		x.written(low)
	}
	x.start()
	if x.fits() {
		x.seq = utf8.AppendRune(x.seq, folded)
	}
}

// add adds a folded ASCII letter or digit.
func (x *indexer) add(c byte) {
	if x.marked {
		x.written(rune(c))
	}
	x.put(c)
}

func (x *indexer) put(c byte) {
	x.start()
	if x.fits() {
		x.seq = append(x.seq, c)
	}
}

// run adds the ASCII letters and digits from s[i] on and answers where they end.
func (x *indexer) run(s string, i int) int {
	x.start()
	seq, full := x.seq, x.begin+maxToken-utf8.UTFMax
	for ; i < len(s) && s[i] < utf8.RuneSelf && ascii[s[i]] != 0; i++ {
		if x.marked {
			x.written(rune(ascii[s[i]]))
		}
		if len(seq) <= full {
			seq = append(seq, ascii[s[i]])
		}
	}
	x.seq = seq
	return i
}

func (x *indexer) fits() bool { return len(x.seq)-x.begin <= maxToken-utf8.UTFMax }

func (x *indexer) start() {
	if !x.open {
		x.endRun()
		x.open, x.begin = true, len(x.seq)
	}
}

// mark notes that the open word is written with low where its token will have something plainer.
func (x *indexer) mark(low rune) {
	x.start()
	if !x.marked {
		x.marked = true
		x.orig = append(x.room2[:0], x.seq[x.begin:]...)
	}
	x.written(low)
}

func (x *indexer) written(low rune) {
	if len(x.orig) <= maxToken-utf8.UTFMax {
		x.orig = utf8.AppendRune(x.orig, low)
	}
}

// pair adds a character of a script without spaces: every two neighbours are a token.
func (x *indexer) pair(r rune) {
	x.endWord()
	if x.han != 0 {
		x.seq = append(utf8.AppendRune(utf8.AppendRune(x.seq, x.han), r), ' ')
	}
	x.han = r
}

// separate ends the word at a sign, unless it is the quotation mark of a Hebrew abbreviation (צה"ל).
func (x *indexer) separate(s string, at int, r rune) {
	if x.hebrew && x.open && (r == '"' && s[at] == '"' || r != '"') {
		next, _ := utf8.DecodeRuneInString(s[at+utf8.RuneLen(r):])
		if next >= 0x05D0 && next <= 0x05EA {
			return
		}
	}
	x.end()
}

func (x *indexer) end() {
	x.endWord()
	x.endRun()
}

func (x *indexer) endWord() {
	if !x.open {
		return
	}
	if x.hebrew && !x.noStems {
		x.extra = stems(x.extra, x.seq[x.begin:])
	}
	if x.marked {
		x.extra = append(append(x.extra, x.orig...), ' ')
	}
	x.seq = append(x.seq, ' ')
	x.open, x.marked, x.hebrew = false, false, false
}

// endRun closes a run of Han: its last character stands alone too, so that a search for one character finds it.
func (x *indexer) endRun() {
	if x.han != 0 {
		x.seq = append(utf8.AppendRune(x.seq, x.han), ' ')
		x.han = 0
	}
}

// normal is s in NFKC, but for full-width ASCII, which its callers narrow; invalid bytes become U+FFFD.
func normal(s string) string {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !settled(r) {
			return norm.NFKC.String(s)
		}
		i += n
	}
	return s
}

// Fold is s as search compares it: NFKC, lower case, Latin and Greek marks taken off, ł and ø and their like plain, Hebrew
// points and invisible characters removed. Separators stay where they are.
func Fold(s string) string {
	s = normal(s)
	out := make([]byte, 0, len(s)+8)
	for _, r := range s {
		r = narrow(r)
		switch {
		case r < utf8.RuneSelf:
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			out = append(out, byte(r))
		case ignored(r):
		case r < latinEnd && latin[r-utf8.RuneSelf].n > 0:
			f := &latin[r-utf8.RuneSelf]
			out = append(out, f.fold[:f.n]...)
		default:
			out = utf8.AppendRune(out, plain(unicode.ToLower(r)))
		}
	}
	return string(out)
}
