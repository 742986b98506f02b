package desk

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// PolicyKinds are what a policy for staff can be about (PLN-4).
var PolicyKinds = []string{"social", "copyright", "privacy", "confidentiality", "voice", "accounts", "other"}

// Policy is a document that staff confirm to have read. Every edition stays readable; a new one is to be read anew.
type Policy struct {
	ID       int64           `json:"id,string"`
	BrandID  int64           `json:"brand_id,string"`
	Kind     string          `json:"kind"` // one of PolicyKinds
	Name     string          `json:"name"`
	Review   time.Time       `json:"review,omitzero"` // to be looked through again by then
	Retired  bool            `json:"retired"`         // nobody has to read it any more
	Editions []PolicyEdition `json:"editions"`        // newest first
	Version  int             `json:"version"`
}

// PolicyEdition is a policy as it was published.
type PolicyEdition struct {
	Edition int       `json:"edition"`
	Text    string    `json:"text"`
	Note    string    `json:"note,omitempty"` // what it changed
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Receipt says that a person read an edition of a policy.
type Receipt struct {
	PolicyID int64     `json:"policy_id,string"`
	Edition  int       `json:"edition"`
	UserID   int64     `json:"user_id,string"`
	At       time.Time `json:"at"`
}

const (
	maxPolicy   = 100_000 // characters
	maxEditions = 200
)

// Current is the newest edition; zero before the first.
func (p *Policy) Current() PolicyEdition {
	if len(p.Editions) == 0 {
		return PolicyEdition{}
	}
	return p.Editions[0]
}

// Check tidies the policy's frame and answers an *Invalid for what is wrong with it.
func (p *Policy) Check() error {
	p.Name = strings.Join(strings.Fields(p.Name), " ")
	switch {
	case p.Name == "" || utf8.RuneCountInString(p.Name) > 160:
		return Wrong("name", "Give a name of at most {n} characters.", "n", 160)
	case !slices.Contains(PolicyKinds, p.Kind):
		return Wrong("kind", "Choose one of the kinds.")
	}
	return nil
}

// Publish adds an edition. Words that are those of the current one are none.
func (p *Policy) Publish(text, note, by string, at time.Time) error {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "" || utf8.RuneCountInString(text) > maxPolicy:
		return Wrong("text", "Write a text of at most {n} characters.", "n", maxPolicy)
	case text == p.Current().Text:
		return Wrong("text", "These are the words of the current edition.")
	case len(p.Editions) >= maxEditions:
		return Wrong("text", "This policy has too many editions. Begin a new one.")
	}
	p.Editions = slices.Insert(p.Editions, 0, PolicyEdition{Edition: p.Current().Edition + 1, Text: text, Note: strings.TrimSpace(note), By: by, At: at})
	return nil
}
