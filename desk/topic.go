package desk

import "time"

// Topic is one thing that many mentions of a monitor speak about at once, found by itself (DET-3): a burst of a word, phrase,
// hashtag, link or of copies of one text against what is usual for this monitor.
type Topic struct {
	ID        int64     `json:"id,string"` // the same again when the same mentions are read again
	MonitorID int64     `json:"monitor_id,string"`
	Name      string    `json:"name"`  // its most telling words, as people wrote them: "food poisoning · Kavelund Lund"
	Terms     []string  `json:"terms"` // the phrases of the name; the first finds its mentions by search
	Lang      string    `json:"lang"`  // of most of its mentions
	Since     time.Time `json:"since"` // its first mention
	Found     time.Time `json:"found"` // the mention that made it stand out
	Last      time.Time `json:"last"`  // its newest mention
	Ended     time.Time `json:"ended,omitzero"`
	Count     int       `json:"count"` // mentions since Since
	Negative  int       `json:"negative"`
	Positive  int       `json:"positive"`
	Copies    int       `json:"copies"`   // of Count: reposts and near-duplicates
	People    int       `json:"people"`   // distinct authors; beyond some hundred within 7 %
	Networks  []Share   `json:"networks"` // most mentions first
	Trend     string    `json:"trend"`    // rising, peaking, falling, steady
	Usual     float64   `json:"usual"`    // mentions an hour that these words usually have, over the last days
	Hour      int       `json:"hour"`     // mentions in the last hour
	Score     float64   `json:"score"`    // log-likelihood ratio of what is said now against the days before; rare from about 20
	Few       bool      `json:"few"`      // made by few voices: spam, or one loud account
	Mentions  IDs       `json:"mentions"` // samples, at most five, the most telling first
	Points    []Point   `json:"points,omitempty"`
	Keys      []uint32  `json:"keys,omitempty"` // what makes a mention belong to it, as package topic counts it
}

// NegativeShare is the share of negative mentions, 0 … 1.
func (t Topic) NegativeShare() float64 {
	if t.Count == 0 {
		return 0
	}
	return float64(t.Negative) / float64(t.Count)
}

// TopicName is a topic as a mention names it.
type TopicName struct {
	ID   int64  `json:"id,string"`
	Name string `json:"name"`
}

// TopicFilter selects topics. A zero field does not restrict.
type TopicFilter struct {
	ID       int64
	BrandID  int64
	Monitors []int64
	From, To time.Time // spoken about in [From, To)
	Live     bool      // not ended
	Limit    int       // 1 … 200; 0 is 50
}

// TopicState is what the topics of a monitor are found from, as bytes.
type TopicState struct {
	MonitorID int64
	State     []byte
}
