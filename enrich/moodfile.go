package enrich

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode/utf8"

	"breakwater/internal/grams"
	"breakwater/internal/packed"
)

// A file of mood weights is a magic line, the length of the head in four bytes, the head as JSON, spaces up to a multiple of 64
// bytes, and a table of packed weights.
const moodMagic = "Breakwater moods 1\n"

// MoodHead is the part of a model that is not the table of weights.
type MoodHead struct {
	Licence  string          `json:"licence"` // "all", or "open" when only openly licensed texts were learned from
	Seed     uint64          `json:"seed"`
	Weights  []MoodWeights   `json:"weights"`
	Readings []MoodReading   `json:"readings"`
	Folds    string          `json:"folds"` // pairs of Han characters, Traditional and Simplified
	Emoji    map[string]Mean `json:"emoji"` // how posts with it felt
}

// Mean is a mean of moods, -1 … +1.
type Mean float64

// MoodWeights is how the weights of one language lie in the table.
type MoodWeights struct {
	Lang     string         `json:"lang"`
	Sources  map[string]int `json:"sources"`  // texts learned from, by the set that they came from
	Negative float64        `json:"negative"` // the greatest weight for negative, against neutral
	Positive float64        `json:"positive"`
	Bias     [2]float64     `json:"bias"` // of negative and positive, against neutral
}

// MoodReading is by which weights texts of a language are read.
type MoodReading struct {
	Lang string      `json:"lang"`
	Of   []MoodShare `json:"of"`
	Bias [2]float64  `json:"bias"` // added to the scores of negative and positive
	// Sure is how often the winner was right, on texts not learned from, by its softmax: equally spaced from 1/3 to 1.
	Sure []float64 `json:"sure"`
}

// MoodShare is one language's part in a reading: what the scores by its weights are multiplied by.
type MoodShare struct {
	Lang  string  `json:"lang"`
	Share float64 `json:"share"`
}

// WriteMoods writes a model.
func WriteMoods(w io.Writer, head MoodHead, table []byte) error {
	j, err := json.Marshal(head)
	if err != nil {
		return err
	}
	b := append([]byte(moodMagic), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(b[len(moodMagic):], uint32(len(j)))
	b = append(b, j...)
	for len(b)%64 != 0 {
		b = append(b, ' ')
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	_, err = w.Write(table)
	return err
}

var errMoodFile = errors.New("not a model of moods")

// OpenMoods makes a model of a file's bytes, which it keeps.
func OpenMoods(file []byte) (*Moods, error) {
	n := len(moodMagic) + 4
	if len(file) < n || !bytes.HasPrefix(file, []byte(moodMagic)) {
		return nil, errMoodFile
	}
	end := n + int(binary.LittleEndian.Uint32(file[n-4:]))
	table := (end + 63) &^ 63
	if end < n || table > len(file) {
		return nil, errMoodFile
	}
	m := &Moods{byLang: map[string]*moodReading{}}
	if err := json.Unmarshal(file[n:end], &m.Head); err != nil {
		return nil, fmt.Errorf("%w: %w", errMoodFile, err)
	}
	var err error
	if m.table, err = packed.Open(file[table:]); err != nil {
		return nil, fmt.Errorf("%w: %w", errMoodFile, err)
	}
	emoji := map[rune]float64{}
	for s, mean := range m.Head.Emoji {
		r, _ := utf8.DecodeRuneInString(s)
		emoji[r] = float64(mean)
	}
	m.reader = grams.NewReader(m.Head.Folds, emoji)
	weights := map[string]*moodWeights{}
	for _, w := range m.Head.Weights {
		weights[w.Lang] = &moodWeights{MoodWeights: w, salt: MoodSalt(w.Lang), negative: companded(w.Negative), positive: companded(w.Positive)}
	}
	for _, r := range m.Head.Readings {
		reading := &moodReading{MoodReading: r}
		for _, part := range r.Of {
			if weights[part.Lang] == nil {
				return nil, fmt.Errorf("%w: %s is read by weights of %s, which there are not", errMoodFile, r.Lang, part.Lang)
			}
			reading.of = append(reading.of, weights[part.Lang])
		}
		m.byLang[r.Lang] = reading
	}
	m.pool.New = func() any { return new(moodScratch) }
	return m, nil
}

// MoodSalt tells a language's features from the same letters in another: features are salted with it by exclusive or.
func MoodSalt(lang string) uint64 { return hashString("mood:" + lang) }

// companded are the weights that the bytes -128 … 127 stand for: the square of the byte, by its sign, up to most. Small weights,
// of which there are most, are told apart finely; a straight scale cost 0.8 points in the study (LANGUAGE.md 3).
func companded(most float64) *[256]float32 {
	var t [256]float32
	for q := -128; q < 128; q++ {
		t[uint8(int8(q))] = float32(math.Copysign(most*float64(q*q)/(127*127), float64(q)))
	}
	return &t
}
