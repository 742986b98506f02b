package desk

import (
	"slices"
	"strings"
	"time"
)

// SensitiveTopics are the subjects that a brand does not speak of without a second opinion (PUB-4).
var SensitiveTopics = []string{"religion", "politics", "sex", "violence", "tragedy"}

// Guard is what a brand adds to the checks before publishing, and what it switches off.
type Guard struct {
	ID      int64       `json:"id,string"`
	BrandID int64       `json:"brand_id,string"`
	Words   []GuardWord `json:"words"` // sensitive for this brand, beside those of the program
	Quiet   []string    `json:"quiet"` // expressions of the program that are everyday words for this brand, as they are listed
	Days    []GuardDay  `json:"days"`  // on which the brand is silent or careful
	Names   []string    `json:"names"` // spelt right whatever a dictionary says
	Version int         `json:"version"`
}

// GuardWord is an expression that is sensitive for a brand.
type GuardWord struct {
	Topic string `json:"topic"` // one of SensitiveTopics, or a name of the brand's own
	Text  string `json:"text"`  // words; word* any ending
}

// GuardDay is a day that comes every year.
type GuardDay struct {
	Day  string `json:"day"` // month-day: 04-10
	Name string `json:"name"`
}

const (
	maxGuardWords = 1000
	maxGuardDays  = 200
)

// Check tidies the guard and answers an *Invalid for what is wrong with it.
func (g *Guard) Check() error {
	g.Quiet, g.Names = append([]string{}, tidyLines(g.Quiet)...), append([]string{}, tidyLines(g.Names)...)
	for field, list := range map[string][]string{"quiet": g.Quiet, "names": g.Names} {
		if slices.ContainsFunc(list, func(s string) bool { return len(s) > 100 }) {
			return Wrong(field, "This is too long.")
		}
	}
	if len(g.Words) > maxGuardWords || len(g.Quiet) > maxGuardWords || len(g.Names) > maxGuardWords {
		return Wrong("words", "Give at most {n} words.", "n", maxGuardWords)
	}
	for i := range g.Words {
		w := &g.Words[i]
		w.Topic, w.Text = strings.TrimSpace(w.Topic), strings.TrimSpace(w.Text)
		if w.Text == "" || len(w.Text) > 100 || len(w.Topic) > 60 {
			return Wrong("words", "Write each word as “subject: word”, at most a hundred characters.")
		}
	}
	if len(g.Days) > maxGuardDays {
		return Wrong("days", "Give at most {n} days.", "n", maxGuardDays)
	}
	for i := range g.Days {
		d := &g.Days[i]
		d.Day, d.Name = strings.TrimSpace(d.Day), strings.TrimSpace(d.Name)
		if _, err := time.Parse("2006-01-02", "2024-"+d.Day); err != nil || d.Name == "" || len(d.Name) > 200 {
			return Wrong("days", "Write each day as “month-day name”, such as “04-10 Day of mourning”.")
		}
	}
	return nil
}
