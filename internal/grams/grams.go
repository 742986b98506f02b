// Package grams reads a text once and gives what a linear model of language weighs: its words with their letter n-grams, its
// pairs of neighbours, words after a negation, the n-grams of scripts without spaces, emoji, punctuation and its length, as 64-bit hashes.
//
// Reading folds as LANGUAGE.md section 3 of the study asks: compatibility forms, lower case, Traditional to Simplified, no
// Hebrew points, letters drawn out cut to two, links, handles and numbers as placeholders. It allocates nothing once its
// Scratch has grown.
package grams

import "strings"

// Word is a distinct word of a text. Its features, which Grams lists, depend on nothing but its letters, so that what a model
// makes of them may be remembered by Hash.
type Word struct {
	Hash     uint64
	from, to int32 // in Scratch.letters
}

// Scratch is what one text read last. It is reused, and not for concurrent use.
type Scratch struct {
	Words []Word   // distinct, in the order of the text
	Loose []uint64 // all features that are not of one word alone; each once but in very long texts

	letters []rune
	seen    [seenSize]uint64 // of this text: hashes, by their low bits
	stamp   [seenSize]uint32
	round   uint32
	full    int // entries of seen in use

	open         kind // of the token being read; gap for none
	from         int32
	hash         uint64
	last, last2  rune   // letters read last, for those drawn out
	size         int    // characters of the token
	before       uint64 // hash of the token before, 0 for none
	before2      uint64
	tokens       int
	negated      int // words that the last negation still reaches
	moods        int // emoji with a mood
	sum, lastOne float64
}

const seenSize = 1 << 10

// Reader reads texts. It may be used concurrently.
type Reader struct {
	fold  *folding
	moods map[rune]float64
	not   map[uint64]bool
	maybe [16]uint64 // bits of what is in not: most words are told from them by that
}

// NewReader makes a reader. folds are pairs of Han characters without anything between them, the first of which is read as
// the second; moods are emoji with how their posts felt, -1 … +1.
func NewReader(folds string, moods map[rune]float64) *Reader {
	r := &Reader{fold: newFolding(folds), moods: moods, not: map[uint64]bool{}}
	for _, w := range strings.Fields(negations) {
		h := wordSeed
		for _, c := range w {
			h = (h ^ uint64(c)) * prime
		}
		r.not[h] = true
		r.maybe[h>>60] |= 1 << (h >> 54 & 63)
	}
	return r
}

// turns reports whether the word with this hash is a negation.
func (r *Reader) turns(h uint64) bool { return r.maybe[h>>60]>>(h>>54&63)&1 != 0 && r.not[h] }

// negations are words that turn what follows, in the languages of the product; those of Chinese are within its n-grams.
const negations = `not no never none nothing nobody without cannot can't cant don't dont doesn't doesnt didn't didnt won't wont isn't isnt
 wasn't wasnt aren't weren't shouldn't wouldn't wouldnt couldn't couldnt hasn't haven't ain't aint hardly
 לא אין בלי אל אינו אינה אינם איננו לעולם
 nie bez nigdy żaden żadna żadne żadnych nic ani
 tidak tak tdk tida ga gak gk gag nggak ngga enggak engga ndak nda kagak bukan bkn jangan jgn kurang tanpa belum blm
 inte ej aldrig ingen inget inga icke utan`

const (
	prime    = 0x9E3779B97F4A7C15
	wordSeed = uint64(0xA24BAED4963EE407)
	gramSeed = uint64(0x8EBC6AF09C88C6E3)
	hanSeed  = uint64(0x589965CC75374CC3)
	emoSeed  = uint64(0x1D8E4E27C47D124F)
	punSeed  = uint64(0xEB44ACCAB455D165)
	pairSeed = uint64(0xD6E8FEB86659FD93)
	notSeed  = uint64(0xC2B2AE3D27D4EB4F)
	skipSeed = uint64(0x94D049BB133111EB)
	markSeed = uint64(0xFF51AFD7ED558CCD)
)

// Placeholders and marks of style.
const (
	aLink uint64 = iota + 1
	aHandle
	aNumber
	markSize
	markSum
	markLast
	markMean
)

// mark is the hash of a placeholder or mark, with a value where it has one.
func mark(what uint64, value int) uint64 {
	return mix(markSeed ^ what<<32 ^ uint64(uint32(int32(value))))
}

// mix spreads every bit of h over all of them.
func mix(h uint64) uint64 {
	h = (h ^ h>>32) * prime
	return h ^ h>>29
}
