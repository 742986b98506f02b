package desk

import "time"

// Correction is a person's word on the mood of a mention. The mention holds the mood and who said it.
type Correction struct {
	ID      int64     `json:"id,string"` // counts up with every correction
	At      time.Time `json:"at"`
	Name    string    `json:"name"`   // of who said so
	Was     Mood      `json:"was"`    // what the desk had read; the same mood when a person confirmed it
	Shared  bool      `json:"shared"` // the mention answers several brands: it teaches none of them
	Mention Mention   `json:"mention"`
}

// Lesson is what a brand's corrections taught the desk, and how far its stored mentions were read again since.
type Lesson struct {
	BrandID int64     `json:"brand_id,string"`
	Learned time.Time `json:"learned,omitzero"` // when; zero: never
	Taught  int       `json:"taught"`           // corrections that it was learned from
	Mark    string    `json:"mark,omitempty"`   // names exactly what was learned; empty: nothing

	From   time.Time `json:"from,omitzero"` // mentions published since are read again
	Before int64     `json:"before,string"` // those with lower ids are still to be read
	Done   bool      `json:"done"`          // all were
	Read   int       `json:"read"`          // mentions read again
	Differ int       `json:"differ"`        // of them are read differently than without the corrections
}
