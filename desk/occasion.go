package desk

import (
	"slices"
	"strings"
	"time"
)

// OccasionKinds are the kinds of occasion.
var OccasionKinds = []string{"campaign", "launch", "holiday", "match", "other"}

// Occasion is something known beforehand that brings mentions: a campaign, a launch, a holiday, a match. While it is on, more
// mentions than usual are no crisis unless the mood turns (DET-7).
type Occasion struct {
	ID      int64     `json:"id,string"`
	BrandID int64     `json:"brand_id,string"`
	Kind    string    `json:"kind"` // one of OccasionKinds
	Name    string    `json:"name"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Words   []string  `json:"words"`         // words and hashtags of it: only mentions with one of them are expected; none: all are
	UID     string    `json:"uid,omitempty"` // of the calendar that it was imported from
	Version int       `json:"version"`
}

const (
	maxOccasion      = 366 * 24 * time.Hour
	maxOccasionWords = 50
)

// Check tidies the occasion and answers an *Invalid for what is wrong with it.
func (o *Occasion) Check() error {
	o.Name = strings.TrimSpace(o.Name)
	if o.Kind == "" {
		o.Kind = "other"
	}
	var words []string
	for _, w := range o.Words {
		if w = strings.TrimSpace(w); w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	o.Words, o.From, o.To = words, o.From.UTC(), o.To.UTC()
	switch {
	case o.Name == "" || len(o.Name) > 300:
		return Wrong("name", "Give the occasion a name.")
	case !slices.Contains(OccasionKinds, o.Kind):
		return Wrong("kind", "Choose one of the kinds.")
	case o.From.IsZero() || o.To.IsZero() || !o.From.Before(o.To):
		return Wrong("to", "The beginning must lie before the end.")
	case o.To.Sub(o.From) > maxOccasion:
		return Wrong("to", "An occasion lasts a year at most: what always is, is usual.")
	case len(words) > maxOccasionWords:
		return Wrong("words", "Give at most {n} words.", "n", maxOccasionWords)
	}
	for _, w := range words {
		if len(w) > 100 {
			return Wrong("words", "This is too long.")
		}
	}
	return nil
}

// On reports whether the occasion is on at a time.
func (o *Occasion) On(at time.Time) bool { return !at.Before(o.From) && at.Before(o.To) }

// Says reports whether a text is about the occasion. Without words every text is.
func (o *Occasion) Says(text string) bool {
	if len(o.Words) == 0 {
		return true
	}
	text = strings.ToLower(text)
	return slices.ContainsFunc(o.Words, func(w string) bool { return strings.Contains(text, strings.ToLower(w)) })
}
