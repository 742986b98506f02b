package desk

import "time"

// Crowd is how many speak, and how many of them in their own words (LIS-3). Posts whose author is deleted are not in it.
type Crowd struct {
	Posts   int     `json:"posts"`
	People  int     `json:"people"`  // distinct authors; somebody on two networks counts twice
	Own     int     `json:"own"`     // of People: who wrote at least one post that neither reposts nor copies another's
	Reposts int     `json:"reposts"` // of Posts
	Copies  int     `json:"copies"`  // of Posts: another's words again, exactly or nearly, without being a repost
	Groups  int     `json:"groups"`  // texts that CopiedBy people or more posted as theirs
	Copied  []Group `json:"copied"`  // those that most people posted, at most five
	Spread  []Group `json:"spread"`  // the posts that were reposted most, at most five
}

// Counted is the crowd without its groups: what may be kept where a post that is deleted at its network cannot be found again.
func (c Crowd) Counted() *Crowd {
	c.Copied, c.Spread = []Group{}, []Group{}
	return &c
}

// CopiedBy is how many people must post one text for it to be more than a quotation.
const CopiedBy = 3

// Group is a text with its copies and reposts.
type Group struct {
	Fold      int64     `json:"fold,string"`    // Filter.Fold lists them
	Mention   int64     `json:"mention,string"` // the first of them in the window
	Text      string    `json:"text"`           // its beginning
	Lang      string    `json:"lang"`
	Author    Author    `json:"author"`
	Network   string    `json:"network"`
	Posts     int       `json:"posts"`     // it and its copies
	People    int       `json:"people"`    // who posted it as theirs
	Reposts   int       `json:"reposts"`   // of it or its copies
	Reposters int       `json:"reposters"` // people
	Exact     float64   `json:"exact"`     // share of the copies that say it letter for letter, 0 … 1
	From      time.Time `json:"from"`      // when the first of them was published
	To        time.Time `json:"to"`        // the last
}

// Said is what counts of one post for a Crowd.
type Said struct {
	ID     int64
	Author int64 // any number that tells authors apart
	Fold   int64 // 0 folds with nothing
	Repost bool
	First  bool // of its fold, and so no copy
}
