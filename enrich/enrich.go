// Package enrich tells what a mention is like: its language, its sentiment, the crisis cues in it, and which earlier
// mention it repeats.
//
// Language, Sentiment and Cues are interfaces; what New puts behind them comes with the program, in data/: trained models of
// language and sentiment (docs/model.md), word lists for the cues. Other engines may take their place without a change elsewhere.
package enrich

import (
	"strings"
	"unicode/utf8"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// Language tells in which language a text is.
type Language interface {
	// Detect answers with a code as in desk.Mention.Lang, "und" when the text does not show it, and how sure it is, 0 … 1.
	Detect(text string) (lang string, confidence float64)
}

// Sentiment tells how a text feels about what it speaks of.
type Sentiment interface {
	// Score answers -1 (negative) … +1 (positive), and how probable it is, 0 … 1, that MoodOf the score is right.
	Score(lang, text string) (score, confidence float64)
}

// Cues finds signs of a crisis in a text.
type Cues interface {
	// Find answers with the types found in title and text, in a fixed order, each with the words that show it. It asks m for
	// its language and its monitors too.
	Find(m *desk.Mention) []desk.Cue
}

// Enricher fills what is to be known about a mention from itself. It may be used concurrently.
type Enricher struct {
	Language  Language
	Sentiment Sentiment
	Cues      Cues
	Folder    *Folder // nil leaves Fold as it is
	Lessons   Lessons // what corrections taught
}

// New is an Enricher that works from what comes with the program.
func New() *Enricher {
	return &Enricher{Language: NewTongues(), Sentiment: NewMoods(), Cues: NewCueList(), Folder: NewFolder()}
}

// NewOpen is New with sentiment learned only from openly licensed texts.
func NewOpen() *Enricher {
	return &Enricher{Language: NewTongues(), Sentiment: NewOpenMoods(), Cues: NewCueList(), Folder: NewFolder()}
}

// Do fills Lang, Sentiment, Mood, Confidence, Cues and Fold.
func (e *Enricher) Do(m *desk.Mention) {
	e.Lang(m)
	e.Rest(m)
}

// Lang fills Lang, which monitors ask for: it comes before matching. A language that the network gave is kept when the text
// does not show one.
func (e *Enricher) Lang(m *desk.Mention) {
	given := code(m.Lang)
	lang, _ := e.Language.Detect(cut(whole(m), langBytes))
	if lang == "und" && given != "" {
		lang = given
	}
	m.Lang = lang
}

// langBytes of a text show its language as well as all of it do.
const langBytes = 120

// cut is the beginning of a text, at most n bytes, cut at a character.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// Rest fills everything but Lang.
func (e *Enricher) Rest(m *desk.Mention) { e.RestRead(m, nil) }

// RestRead is Rest for a mention whose title and text were folded already, by matching; nil folds them. Engines that have a
// way of their own to read a text get the text.
func (e *Enricher) RestRead(m *desk.Mention, t *terms.Text) {
	e.Reread(m, t)
	if e.Folder != nil {
		m.Fold = e.Folder.Fold(m)
	}
}

// Reread is RestRead for the new words of something that may not even be stored: what others repeat is not looked for in them.
func (e *Enricher) Reread(m *desk.Mention, t *terms.Text) {
	if m.Title != "" {
		t = nil // matching reads a title apart from its text, and one that only begins the text twice
	}
	text := whole(m)
	m.Sentiment, m.Confidence = e.Sentiment.Score(m.Lang, text)
	m.Mood = MoodOf(m.Sentiment)
	if c, ok := e.Cues.(interface {
		findRead(m *desk.Mention, text string, t *terms.Text) []desk.Cue
	}); ok {
		m.SetCues(c.findRead(m, text, t))
	} else {
		m.SetCues(e.Cues.Find(m))
	}
}

// whole is title and text; a title that begins the text is not said twice.
func whole(m *desk.Mention) string {
	if m.Title == "" || strings.HasPrefix(m.Text, strings.TrimSuffix(m.Title, "…")) {
		return m.Text
	}
	return m.Title + "\n" + m.Text
}

// MoodOf is the class that a sentiment falls in: negative up to -0.1, positive from +0.1.
func MoodOf(sentiment float64) desk.Mood {
	switch {
	case sentiment <= -0.1:
		return desk.Negative
	case sentiment >= 0.1:
		return desk.Positive
	}
	return desk.Neutral
}

// renamed are codes that networks write differently from us.
var renamed = map[string]string{
	"iw": "he", "in": "id", "ji": "yi", "no": "nb", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "zh-hant": "zh-Hant",
	"zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-hans": "zh-Hans", "zh": "zh-Hans", "und": "", "un": "",
}

// code brings a network's language code to ours: without region, in lower case but for the script.
func code(given string) string {
	if given == "" {
		return ""
	}
	c := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(given), "_", "-"))
	if base, rest, _ := strings.Cut(c, "-"); base == "zh" {
		script, _, _ := strings.Cut(rest, "-")
		c = strings.TrimSuffix(base+"-"+script, "-")
	}
	if ours, ok := renamed[c]; ok {
		return ours
	}
	c, _, _ = strings.Cut(c, "-")
	if ours, ok := renamed[c]; ok {
		return ours
	}
	if len(c) < 2 || len(c) > 3 {
		return ""
	}
	return c
}
