package enrich

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"breakwater/desk"
)

// Lessons are what the corrections of each brand taught. The zero value has none. They may be used concurrently.
type Lessons struct {
	of   atomic.Pointer[map[int64]*lessons] // by brand; the map never changes
	pool sync.Pool
}

// lessons are what one brand's corrections taught. They never change.
type lessons struct {
	byLang map[string]*lesson
	folds  map[int64]desk.Mood // what a person said of one of those that are alike
	taught int                 // corrections learned from
	list   string              // names those corrections
}

// copySure is how sure the mood of a post is that repeats one whose mood a person said.
const copySure = 0.95

// replace puts a brand's lessons in the place of those before; nil forgets them.
func (l *Lessons) replace(brandID int64, now *lessons) {
	all := map[int64]*lessons{}
	if old := l.of.Load(); old != nil {
		all = maps.Clone(*old)
	}
	if all[brandID] = now; now == nil {
		delete(all, brandID)
	}
	l.of.Store(&all)
}

// brand is what a brand's corrections taught, nil for nothing.
func (l *Lessons) brand(id int64) *lessons {
	if all := l.of.Load(); all != nil {
		return (*all)[id]
	}
	return nil
}

// Any reports whether corrections of any brand taught anything.
func (l *Lessons) Any() bool {
	all := l.of.Load()
	return all != nil && len(*all) > 0
}

// Learned reads a mention, which Rest has read, once more with what the brand's corrections taught. The brand must be that of
// all monitors that the mention answers: what one brand taught never touches another's numbers, so a mention that several
// brands answer stays as everybody's model reads it.
func (e *Enricher) Learned(m *desk.Mention, brandID int64) {
	if b := e.Lessons.brand(brandID); b != nil {
		e.read(m, b)
	}
}

// read reads a mention's mood with some lessons.
func (e *Enricher) read(m *desk.Mention, b *lessons) {
	if mood, ok := b.folds[m.Fold]; ok {
		m.Mood, m.Sentiment, m.Confidence = mood, 0.9*float64(mood), copySure
		return
	}
	t, ok := e.Sentiment.(Teachable)
	l := b.byLang[m.Lang]
	if !ok || l == nil {
		return
	}
	buf, _ := e.Lessons.pool.Get().(*[]uint64)
	if buf == nil {
		buf = new([]uint64)
	}
	defer e.Lessons.pool.Put(buf)
	text := whole(m)
	features, scores := t.Show((*buf)[:0], m.Lang, text)
	*buf = features
	m.Sentiment, m.Confidence = t.Settle(m.Lang, text, l.apply(features, scores))
	m.Mood = MoodOf(m.Sentiment)
}

// mark names exactly what was learned.
func (b *lessons) mark() string {
	if b == nil {
		return ""
	}
	h := sha256.New()
	for _, lang := range slices.Sorted(maps.Keys(b.byLang)) {
		fmt.Fprintln(h, lang, b.byLang[lang].mark())
	}
	for _, fold := range slices.Sorted(maps.Keys(b.folds)) {
		fmt.Fprintln(h, fold, b.folds[fold])
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// lessonsOf learns from corrections and from posts nearby that nobody corrected. Their order does not matter, and neither
// does anything that ever was but is not among them: what comes out is the same to the bit.
func lessonsOf(s Sentiment, corrections, nearby []desk.Mention) *lessons {
	if len(corrections) == 0 {
		return nil
	}
	b := &lessons{byLang: map[string]*lesson{}, folds: foldsOf(corrections), taught: len(corrections), list: listOf(corrections)}
	t, ok := s.(Teachable)
	if !ok {
		return b
	}
	byLang := map[string][]example{}
	wrong := map[string]int{} // the other posts that are wanted
	for _, m := range byID(corrections) {
		e := exampleOf(t, &m)
		if moodOf(e.scores) != m.Mood {
			wrong[m.Lang] += anchorsPerError
		} else {
			wrong[m.Lang]--
		}
		byLang[m.Lang] = append(byLang[m.Lang], e)
	}
	nearby = byID(nearby)
	slices.Reverse(nearby)
	for _, m := range nearby {
		if wrong[m.Lang] > 0 {
			wrong[m.Lang]--
			e := exampleOf(t, &m)
			e.anchor = true
			byLang[m.Lang] = append(byLang[m.Lang], e)
		}
	}
	for lang, examples := range byLang {
		b.byLang[lang] = teach(examples)
	}
	return b
}

// byID are mentions in the order of their ids, each once.
func byID(all []desk.Mention) []desk.Mention {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b desk.Mention) int {
		switch {
		case a.ID < b.ID:
			return -1
		case a.ID > b.ID:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(all, func(a, b desk.Mention) bool { return a.ID == b.ID })
}

func exampleOf(t Teachable, m *desk.Mention) example {
	features, scores := t.Show(nil, m.Lang, whole(m))
	return example{features: features, scores: scores, mood: m.Mood}
}

// moodOf is the mood that fits best; neutral where two fit equally well.
func moodOf(scores [3]float64) desk.Mood {
	switch {
	case scores[0] > scores[1] && scores[0] >= scores[2]:
		return desk.Negative
	case scores[2] > scores[1]:
		return desk.Positive
	}
	return desk.Neutral
}

// foldsOf are the groups of posts that are alike of which people said one thing.
func foldsOf(corrections []desk.Mention) map[int64]desk.Mood {
	folds, torn := map[int64]desk.Mood{}, map[int64]bool{}
	for _, m := range corrections {
		said, known := folds[m.Fold]
		if m.Fold == 0 || known && said != m.Mood {
			torn[m.Fold] = true
		}
		folds[m.Fold] = m.Mood
	}
	for fold := range torn {
		delete(folds, fold)
	}
	return folds
}

// listOf names corrections: the same mentions with the same words and moods have the same name.
func listOf(corrections []desk.Mention) string {
	h := sha256.New()
	for _, m := range byID(corrections) {
		fmt.Fprintf(h, "%d %d %d %s %d %s", m.ID, m.Mood, m.Fold, m.Lang, len(m.Text)+len(m.Title), whole(&m))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
