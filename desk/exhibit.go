package desk

import (
	"slices"
	"strconv"
	"time"
)

// Exhibit is a post kept as evidence (ASS-3): as it was heard, hashed, with what could be fetched of it. It stays when the post is
// deleted at its network, until the day that it is kept until.
type Exhibit struct {
	ID         int64         `json:"id,string"`
	BrandID    int64         `json:"brand_id,string"`
	IncidentID int64         `json:"incident_id,string"`
	Number     int           `json:"number"` // E1, E2 … within the incident
	MentionID  int64         `json:"mention_id,string"`
	Ref                      // of the post
	URL        string        `json:"url,omitempty"`
	Author     string        `json:"author"` // handle or name, as it was
	Origin     bool          `json:"origin"` // it started with this post
	Why        string        `json:"why"`    // it is kept
	Published  time.Time     `json:"published"`
	Taken      time.Time     `json:"taken"`    // when it was kept
	By         string        `json:"by"`       // name of who kept it
	Until      time.Time     `json:"until"`    // deleted here after this day
	Hash       string        `json:"hash"`     // SHA-256 of post.json, hex: what names the post as it was heard
	Files      []ExhibitFile `json:"files"`    // post.json first
	Pending    bool          `json:"pending"`  // media are still being fetched
	Problems   []Text        `json:"problems"` // what could not be had, for people
	Version    int           `json:"version"`
}

// ExhibitFile is one file of an exhibit. Its bytes lie in the store under their hash.
type ExhibitFile struct {
	Name string    `json:"name"` // post.json, rendering.html, media-1.jpg …
	Type string    `json:"type"` // MIME type, as the bytes say
	Hash string    `json:"hash"` // SHA-256, hex
	Size int64     `json:"size"` // bytes
	From string    `json:"from,omitempty"`
	At   time.Time `json:"at"` // when it was made or fetched
}

// KeptFor is how long an exhibit is kept unless somebody says otherwise: long enough for most claims in court to begin.
const KeptFor = 2 * 365 * 24 * time.Hour

// longestKept bounds what somebody says.
const longestKept = 10 * 365 * 24 * time.Hour

// Name is how people cite the exhibit: E2.
func (e *Exhibit) Name() string { return "E" + strconv.Itoa(e.Number) }

// File is the file of that name.
func (e *Exhibit) File(name string) (ExhibitFile, bool) {
	i := slices.IndexFunc(e.Files, func(f ExhibitFile) bool { return f.Name == name })
	if i < 0 {
		return ExhibitFile{}, false
	}
	return e.Files[i], true
}

// KeepUntil sets the day after which the exhibit is deleted.
func (e *Exhibit) KeepUntil(until, now time.Time) error {
	if !until.After(now) || until.Sub(now) > longestKept {
		return Wrong("until", "Choose a day within the next ten years.")
	}
	e.Until = until.UTC()
	return nil
}
