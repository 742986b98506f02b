package desk

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Kind of a mention.
const (
	KindPost    = "post"
	KindReply   = "reply"
	KindRepost  = "repost" // counted, not listed
	KindArticle = "article"
	KindComment = "comment"
)

// Mood is the three-way reading of a sentiment; its order is the order of roll-ups and charts.
type Mood int8

// The three moods.
const (
	Negative Mood = -1
	Neutral  Mood = 0
	Positive Mood = 1
)

// String is the mood's name as the API and the search facets use it.
func (m Mood) String() string {
	switch {
	case m < 0:
		return "negative"
	case m > 0:
		return "positive"
	}
	return "neutral"
}

// ParseMood reads what String wrote.
func ParseMood(s string) (Mood, bool) {
	switch s {
	case "negative":
		return Negative, true
	case "neutral":
		return Neutral, true
	case "positive":
		return Positive, true
	}
	return Neutral, false
}

// MarshalText writes the mood's name.
func (m Mood) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads the mood's name.
func (m *Mood) UnmarshalText(b []byte) error {
	mood, ok := ParseMood(string(b))
	if !ok {
		return Wrong("mood", "Choose negative, neutral or positive.")
	}
	*m = mood
	return nil
}

// Author is who wrote a mention, as the network names them.
type Author struct {
	NativeID  string `json:"native_id,omitempty"` // the network's stable id; the handle where there is none
	Handle    string `json:"handle"`              // without a leading @
	Name      string `json:"name,omitempty"`
	URL       string `json:"url,omitempty"`
	Followers int    `json:"followers"` // accounts; -1 not known
	Media     bool   `json:"media,omitempty"`
}

// Engagement is what others did with a mention, as last seen.
type Engagement struct {
	Likes   int `json:"likes"`
	Reposts int `json:"reposts"`
	Replies int `json:"replies"`
}

// Ref names one thing at its network.
type Ref struct {
	Network  string `json:"network"`
	NativeID string `json:"native_id"`
}

// Key is the 128-bit name of a Ref: what makes a mention that comes twice one mention.
type Key [16]byte

// Key is the first half of SHA-256 over network, a zero byte and the native id.
func (r Ref) Key() Key {
	h := sha256.Sum256([]byte(r.Network + "\x00" + r.NativeID))
	return Key(h[:16])
}

// Fold is the number of the group of "others like this one" that a mention with this key starts. It is never 0 or negative.
func (k Key) Fold() int64 {
	n := int64(binary.BigEndian.Uint64(k[:8]) >> 1)
	if n == 0 {
		return 1
	}
	return n
}

// Mention is something public that others wrote.
//
// A connector fills the first block, enrich the second, the store the third.
type Mention struct {
	Ref
	SourceID   int64      `json:"source_id,string"`
	Kind       string     `json:"kind"`
	URL        string     `json:"url,omitempty"`
	Title      string     `json:"title,omitempty"`
	Text       string     `json:"text"` // plain text, no markup, valid UTF-8, no NUL, at most MaxText bytes
	Author     Author     `json:"author"`
	Published  time.Time  `json:"published"` // as the network says; see Clamp
	Edited     time.Time  `json:"edited,omitzero"`
	InReplyTo  string     `json:"in_reply_to,omitempty"` // native id
	RepostOf   string     `json:"repost_of,omitempty"`   // native id
	Links      []string   `json:"links,omitempty"`
	Tags       []string   `json:"tags,omitempty"`       // without #
	Names      []string   `json:"names,omitempty"`      // accounts that the text names, as their network knows them for good
	Visibility string     `json:"visibility,omitempty"` // as the network calls it, where not everybody finds it
	ToUs       bool       `json:"to_us,omitempty"`      // it came as a message to the account that we listen with: it names it, answers it or quotes it
	Engagement Engagement `json:"engagement"`
	Lang       string     `json:"lang"`           // en, he, pl, id, zh-Hant, zh-Hans, sv, other codes, und; a connector may give the network's own guess
	Late       bool       `json:"late,omitempty"` // fetched to fill a gap, so old news to detectors

	Sentiment   float64  `json:"sentiment"`              // -1 … +1
	Mood        Mood     `json:"mood"`                   // the class that Sentiment falls in
	Confidence  float64  `json:"confidence"`             // 0 … 1 that Mood is right
	CorrectedBy string   `json:"corrected_by,omitempty"` // the person who said what the mood is
	ReadBy      string   `json:"read_by,omitempty"`      // the engine outside that read the mood; empty: the desk itself
	Cues        []string `json:"cues,omitempty"`         // types of crisis cue found: "boycott"
	Found       []Cue    `json:"cue_words,omitempty"`    // the same with the words that show them; empty in what older versions stored
	Monitors    IDs      `json:"monitors"`               // ids of the monitors that it answers, ascending
	Fold        int64    `json:"fold,string"`            // group of those like this; Key().Fold() when it is the first
	Own         bool     `json:"own,omitempty"`          // written by one of our own accounts

	ID      int64       `json:"id,string"` // ascending by Published
	Arrived time.Time   `json:"arrived"`
	Deleted time.Time   `json:"deleted,omitzero"` // gone at its network: text and author are wiped here too
	Like    int         `json:"like"`             // how many fold into this one, itself counted
	Topics  []TopicName `json:"topics,omitempty"` // that it belongs to; told when it is read, not kept
}

// MaxText is the most bytes of a mention's text that is kept. Longer texts are cut at a character.
const MaxText = 64 << 10

// IsCopy reports whether the mention folds into an earlier one.
func (m *Mention) IsCopy() bool { return m.Fold != 0 && m.Fold != m.Key().Fold() }

// Earliest is the oldest publication time that is believed; before it there was no web worth the name.
var Earliest = time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC)

// Clamp gives the time a mention counts at: what the network says, or arrived where that is missing, before Earliest, or
// more than five minutes ahead of arrived (clocks differ; the year 9999 does not happen).
func Clamp(published, arrived time.Time) time.Time {
	if published.Before(Earliest) || published.After(arrived.Add(5*time.Minute)) {
		return arrived.UTC()
	}
	return published.UTC()
}

// Batch is what a source hands over at once. It is stored whole, in one transaction with its cursor, or not at all.
type Batch struct {
	SourceID int64
	Mentions []Mention
	Edits    []Mention     // nobody listens for their words: they change what is stored already, or nothing
	Incoming []Incoming    // what people wrote to us alone, and the mentions that need an answer
	Gone     []Ref         // deleted at the network
	GoneBy   []Ref         // whole accounts deleted: NativeID is the author's
	Rejects  []Reject      // what could not be read; the rest is kept
	Cursor   string        // where to go on after this batch; empty leaves the saved one
	Wait     time.Duration // before the next pull; 0 at once
	Lost     bool          // the source could not go on from the cursor: some of what came before this batch is missing
	Done     bool          // nothing will ever follow (an imported file)
	OwnOnly  bool          // who sends it need not be the network: its edits and deletions reach only what this source brought
	Durable  bool          // the sender is told "kept": survive a power cut, not just a crash
}

// Reject is one record that could not be read.
type Reject struct {
	Line   int    `json:"line,omitempty"` // 1-based; 0 where there are no lines
	Reason Text   `json:"reason"`
	Sample string `json:"sample,omitempty"` // at most 200 bytes of it
}

// Stored is what became of a batch.
type Stored struct {
	New, Known, Edited, Gone int
	Foreign                  int     // edits and deletions of what another source brought, of an OwnOnly batch: not done
	Unmatched                int     // good ones that no monitor listens for: not kept
	Touched                  []int64 // monitors whose numbers changed, ascending
	First, Last              int64   // ids of the new mentions
}
