package desk

import "time"

// Filter selects mentions. A zero field does not restrict.
type Filter struct {
	Text     string  // words and "phrases" as people type them; all must occur; a trailing * is a prefix, a leading - excludes
	BrandID  int64   // answered by any monitor of the brand
	Monitors []int64 // answered by any of these
	Networks []string
	Langs    []string
	Moods    []Mood
	Kinds    []string
	Author   string // handle, without @
	Cue      string
	SourceID int64
	Fold     int64     // those that fold together, the first included
	From, To time.Time // published in [From, To)
	MinReach int       // author's followers at least
	Listed   bool      // leave out reposts and copies: each thing once, with how many are like it
	Before   int64     // page on: ids below this one
	Limit    int       // 1 … 200; 0 is 50
}

// Page is a piece of a list of mentions, newest first.
type Page struct {
	Mentions []Mention `json:"mentions"`
	Next     int64     `json:"next,string"` // Filter.Before of the next page; 0 at the end
}

// Ask selects roll-ups: what Filter is to mentions.
type Ask struct {
	BrandID  int64   // what answers any monitor of the brand, each mention counted once
	Monitors []int64 // what answers these, in their place; in series a mention counts once for each of them that it answers
	Networks []string
	From, To time.Time     // event time, in [From, To), cut to whole minutes
	Step     time.Duration // of a point: a multiple of a minute; 0 is one point for the whole
	By       string        // "", network, lang, mood: a series for each
	Arrival  bool          // by the minute of arrival instead of publication (By is then ignored)
	Rank     string        // of voices: "" by reach, ByAmplification by how often others repost or copy them in this window
}

// ByAmplification ranks voices by how often others repost or copy what they wrote: who is small and followed by few may still be the one
// whose words go round.
const ByAmplification = "amplification"

// Point is one step of a series.
type Point struct {
	At       time.Time `json:"at"`
	Name     string    `json:"name,omitempty"` // of Ask.By
	Count    int       `json:"count"`          // all mentions, deleted ones too
	Negative int       `json:"negative"`
	Positive int       `json:"positive"`
	Copies   int       `json:"copies"` // of Count: reposts and those that fold into another
	Late     int       `json:"late"`   // of Count, by arrival: own time more than 30 minutes before

	LateNegative int   `json:"late_negative"` // of Late
	LateCopies   int   `json:"late_copies"`   // of Late
	Reach        int64 `json:"reach"`         // sum of the authors' followers
}

// Out is what a change says and sends. It is written in the transaction of the change.
type Out struct {
	Say        Text  // the journal's sentence; required
	IncidentID int64 // the timeline that shows it
	Detail     any   // kept as JSON
	Jobs       []Job
	Worked     int64 // a job that this does: it is forgotten in the same transaction
	Skip       bool  // nothing changed after all: write nothing, not even to the journal
}

// Paging is a piece of any other list, newest first.
type Paging struct {
	Before int64 // ids below this one; 0 from the newest
	Limit  int   // 1 … 200; 0 is 50
}

// AlertFilter selects alerts, newest first.
type AlertFilter struct {
	BrandID, MonitorID, SourceID, IncidentID int64
	Live                                     bool // open or seen
	Paging
}

// EntryFilter selects journal entries, newest first.
type EntryFilter struct {
	IncidentID int64
	AlertID    int64  // with IncidentID: the alert that it was opened from, whose entries are its as well
	On         string // "monitor:12"
	Who        string
	Do         string // prefix: "alert."
	After      int64  // only above this Seq, for those who follow the journal
	Paging
}
