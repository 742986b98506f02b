package tongue

import "slices"

// Group is the languages that one script may be written in, among which the model chooses.
type Group uint8

// The groups.
const (
	Undecided Group = iota // the script itself decides, or nothing does
	Latin
	Hebrew
	Cyrillic
	Han
	groups
)

// Lanes is how many languages a group may have at most.
const Lanes = 24

var groupScript = [groups]script{Latin: latin, Hebrew: hebrew, Cyrillic: cyrillic, Han: han}

// Reader reads texts into features, for training. It is scratch space, not for concurrent use.
type Reader struct {
	letters  *letters
	x        reading
	features []uint64
}

// NewReader makes a Reader.
func NewReader() *Reader { return &Reader{letters: newLetters()} }

// Read is the group whose script most of the text is in, and the hashes of its features in that script. They are valid until
// the next call.
func (r *Reader) Read(text string) (Group, []uint64) {
	r.x.readAll(r.letters, text)
	g := Group(max(0, slices.Index(groupScript[:], r.x.script())))
	if g == Undecided {
		return g, nil
	}
	r.features = r.x.features(r.features[:0], r.letters, g)
	return g, r.features
}

// readAll reads a text, its Latin hashtags too when it hardly has anything else.
func (x *reading) readAll(l *letters, text string) {
	if x.read(l, text, false); x.total() < fewLetters {
		x.read(l, text, true)
	}
}

// fewLetters are too few to tell a language by, nearly always.
const fewLetters = 3

// script is the one that says most: a Han character says what two or three letters say, and words in Latin letters stand in
// posts of every language (brands, "RIP", "lol").
func (x *reading) script() script {
	best, most := none, 0
	for s := hebrew; s < scripts; s++ {
		n := x.count[s]
		switch s {
		case kana, bopomofo:
			continue
		case han:
			n += x.count[kana] + x.count[bopomofo]
		}
		if n > most {
			best, most = s, n
		}
	}
	if best == han || best == hangul {
		most *= 2
	}
	if x.count[latin] > 2*most {
		return latin
	}
	return best
}

// Hashing of features: a multiplicative hash, one step a character.
const (
	hashStep = 0x9E3779B97F4A7C15
	wordSeed = 0x2545F4914F6CDD1D
	longest  = 4 // characters of an n-gram, a word's ends counting
)

func step(h uint64, r rune) uint64 {
	h = (h ^ uint64(r)) * hashStep
	return h ^ h>>32
}

// features appends the hashes of what the words of the group's script consist of: n-grams of two to four letters, ends of words
// among them, rare letters alone, and the words themselves. Of Han, characters and pairs.
func (x *reading) features(dst []uint64, l *letters, g Group) []uint64 {
	want := groupScript[g]
	for from := 1; from < len(x.words); {
		to := from
		for x.words[to] != 0 {
			to++
		}
		if _, s := l.of(x.words[from]); s == want {
			if g == Han {
				dst = hanFeatures(dst, x.words[from:to])
			} else {
				dst = wordFeatures(dst, x.words[from-1:to+1])
			}
		}
		from = to + 1
	}
	return dst
}

// wordFeatures are those of one word between two zeros.
func wordFeatures(dst []uint64, w []rune) []uint64 {
	for i := range w[:len(w)-1] {
		h := step(0, w[i])
		if w[i] >= 0x80 {
			dst = append(dst, h)
		}
		for _, r := range w[i+1 : min(i+longest, len(w))] {
			h = step(h, r)
			dst = append(dst, h)
		}
	}
	if len(w) >= 5 {
		h := uint64(wordSeed)
		for _, r := range w[1 : len(w)-1] {
			h = step(h, r)
		}
		dst = append(dst, h)
	}
	return dst
}

func hanFeatures(dst []uint64, w []rune) []uint64 {
	for i, r := range w {
		h := step(0, r)
		dst = append(dst, h)
		if i+1 < len(w) {
			dst = append(dst, step(h, w[i+1]))
		}
	}
	return dst
}
