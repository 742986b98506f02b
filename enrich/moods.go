package enrich

import (
	_ "embed"
	"math"
	"strings"
	"sync"
	"unicode/utf8"

	"breakwater/internal/grams"
	"breakwater/internal/packed"
)

//go:embed data/moods.model
var defaultMoods []byte

//go:embed data/moods.open.model
var openMoods []byte

// Moods scores sentiment by trained weights of words, of letters within words, and of neighbours (docs/model.md), in English,
// Hebrew, Polish, Indonesian, Chinese, Cantonese and Swedish, and in any other language by emoji. It may be used concurrently.
type Moods struct {
	Head MoodHead // not to be changed

	reader *grams.Reader
	table  *packed.Table
	byLang map[string]*moodReading
	pool   sync.Pool
}

type moodWeights struct {
	MoodWeights
	salt               uint64
	negative, positive *[256]float32
}

type moodReading struct {
	MoodReading
	of []*moodWeights // as MoodReading.Of
}

// NewMoods is the model learned from all texts at hand.
func NewMoods() *Moods { return mustMoods(defaultMoods) }

// NewOpenMoods is the model learned only from texts whose licence lets everybody use them for everything. It is worse where
// there are few of those.
func NewOpenMoods() *Moods { return mustMoods(openMoods) }

func mustMoods(file []byte) *Moods {
	m, err := OpenMoods(file)
	if err != nil {
		panic("enrich: " + err.Error()) // a test opens it
	}
	return m
}

// The classes, as indexes of scores: how well each fits a text. The greatest wins; neutral has 0.
const (
	classNegative = iota
	classNeutral
	classPositive
)

// moodScratch is what reading one text needs. It belongs to one model.
type moodScratch struct {
	text  grams.Scratch
	grams []uint64
	words [wordSlots]wordSums // what words weighed that were met lately
}

const wordSlots = 1 << 14

// wordSums is what the features of a word add up to. It depends on the word alone.
type wordSums struct {
	key   uint64
	sum   [2]float32
	found int32
}

// weigh gives the scores of a text that x has read. Without weights, or words, emoji alone speak.
func (m *Moods) weigh(r *moodReading, x *moodScratch) (s [3]float64) {
	if r == nil || x.text.Wordless() {
		if mean, n := x.text.Emoji(); n > 0 {
			s[classPositive], s[classNegative] = 2*mean, -2*mean
		}
		return s
	}
	s[classNegative], s[classPositive] = r.Bias[0], r.Bias[1]
	for i, w := range r.of {
		neg, pos := m.sums(w, x)
		s[classNegative] += r.Of[i].Share * neg
		s[classPositive] += r.Of[i].Share * pos
	}
	return s
}

// sums are the scores of a text by one language's weights.
func (m *Moods) sums(w *moodWeights, x *moodScratch) (negative, positive float64) {
	neg, pos, n := m.table.Sum(x.text.Loose, w.salt, w.negative, w.positive)
	for _, word := range x.text.Words {
		s := m.word(w, word, x)
		neg, pos, n = neg+s.sum[0], pos+s.sum[1], n+s.found
	}
	k := MoodScale(int(n))
	return float64(neg)*k + w.Bias[0], float64(pos)*k + w.Bias[1]
}

// MoodScale is the value of each feature in a text of n features that the model knows, so that long texts weigh little more
// than short ones.
func MoodScale(n int) float64 { return 1 / (6 * math.Sqrt(float64(n+1))) }

// word adds up what a word's features weigh, or remembers it.
func (m *Moods) word(w *moodWeights, word grams.Word, x *moodScratch) *wordSums {
	key := word.Hash ^ w.salt
	s := &x.words[key&(wordSlots-1)]
	if s.key == key {
		return s
	}
	*s = wordSums{key: key}
	x.grams = x.text.Grams(x.grams[:0], word)
	s.sum[0], s.sum[1], s.found = m.table.Sum(x.grams, w.salt, w.negative, w.positive)
	return s
}

// What is read of a text that is longer than both together, in bytes. People come to the point at the end: reading so much gives
// the same macro-F1 as reading all, reading as much from the beginning 0.2 points less.
const beginBytes, endBytes = 200, 400

// Ends are what is read of a text: all of it, or beginning and end of a long one.
func Ends(text string) (begin, end string) {
	if len(text) <= beginBytes+endBytes {
		return text, ""
	}
	from := len(text) - endBytes
	for !utf8.RuneStart(text[from]) {
		from++
	}
	return cut(text, beginBytes), text[from:]
}

func (m *Moods) read(x *moodScratch, text string) {
	begin, end := Ends(text)
	m.reader.Read(&x.text, begin, end)
}

var _ Teachable = (*Moods)(nil)

// Show implements Teachable: features are hashes, salted for the language, of words, their letters and their neighbours. One
// that occurs several times counts as often.
func (m *Moods) Show(dst []uint64, lang, text string) (features []uint64, scores [3]float64) {
	x := m.pool.Get().(*moodScratch)
	defer m.pool.Put(x)
	m.read(x, text)
	r, salt := m.reading(lang, text), MoodSalt(lang)
	if r != nil {
		salt = r.of[0].salt
	}
	from := len(dst)
	dst = x.text.Features(dst)
	for i := range dst[from:] {
		dst[from+i] ^= salt
	}
	return dst, m.weigh(r, x)
}

// reading chooses how a text is read, nil for a language without weights. Chinese is read by its script and by whether it is
// plainly Cantonese. Cantonese without such characters looks like Mandarin in Traditional script, so that is read by both.
func (m *Moods) reading(lang, text string) *moodReading {
	if !strings.HasPrefix(lang, "zh") {
		return m.byLang[lang]
	}
	switch {
	case lang != "zh-Hant":
		lang = "zh-Hans"
	case strings.ContainsAny(text, Cantonese):
		lang = "yue"
	}
	return m.byLang[lang]
}

// Cantonese are characters that Cantonese is written with and Mandarin is not (LANGUAGE.md 3).
const Cantonese = "嘅咗冇唔喺嚟佢哋嗰啲噉咁乜嘢喎㗎啱攞搵諗睇瞓"

// Score implements Sentiment.
func (m *Moods) Score(lang, text string) (score, confidence float64) {
	x := m.pool.Get().(*moodScratch)
	defer m.pool.Put(x)
	m.read(x, text)
	r := m.reading(lang, text)
	return sentimentOf(r, m.weigh(r, x))
}

// Settle implements Teachable.
func (m *Moods) Settle(lang, text string, scores [3]float64) (score, confidence float64) {
	return sentimentOf(m.reading(lang, text), scores)
}

// sentimentOf makes a sentiment of scores: MoodOf of it is the class with the greatest score, and confidence is how often that
// class was right on posts with such scores.
func sentimentOf(r *moodReading, s [3]float64) (score, confidence float64) {
	const sharp = 2 // of the softmax: the best lay between 1.5 and 2.5 in every language (LANGUAGE.md 2.1)
	best := max(s[0], s[1], s[2])
	p := [3]float64{math.Exp(sharp * (s[0] - best)), math.Exp(sharp * (s[1] - best)), math.Exp(sharp * (s[2] - best))}
	all := p[0] + p[1] + p[2]
	lean := (p[classPositive] - p[classNegative]) / all
	switch best {
	case s[classNeutral]:
		score = 0.099 * lean
	case s[classPositive]:
		score = 0.1 + 0.9*max(0, lean)
	default:
		score = -0.1 + 0.9*min(0, lean)
	}
	sure := emojiSure
	if r != nil {
		sure = r.Sure
	}
	return math.Round(score*1000) / 1000, between(sure, (1/all-1.0/3)*1.5)
}

// emojiSure is how sure emoji alone are, like MoodReading.Sure.
var emojiSure = []float64{0.35, 0.5, 0.6, 0.7}

// between reads a curve of equally spaced points at x, 0 … 1.
func between(curve []float64, x float64) float64 {
	if len(curve) < 2 {
		return 1.0 / 3
	}
	at := max(0, min(1, x)) * float64(len(curve)-1)
	i := min(int(at), len(curve)-2)
	v := curve[i] + (at-float64(i))*(curve[i+1]-curve[i])
	return math.Round(v*1000) / 1000
}
