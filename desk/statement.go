package desk

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// States of a statement.
const (
	StatementDraft     = "draft"
	StatementReview    = "review"    // waits for its approvals
	StatementApproved  = "approved"  // every word may go out as it stands
	StatementPublished = "published" // at least one variant went out
	StatementCorrected = "corrected" // replaced by a later statement
	StatementWithdrawn = "withdrawn"
)

// Kinds of statement. "ordinary" is any post outside a crisis: what the calendar holds.
var StatementKinds = []string{"ordinary", "holding", "statement", "apology", "correction", "update", "faq", "reply"}

// Strategies are what an answer can do about responsibility, in the order of how much of it they take; package assess says which fit.
var Strategies = []string{"deny", "diminish", "inform", "rebuild", "bolster"}

// Statement is words that we may say: key messages first, then a variant for each channel and language. Every post that goes
// out is a variant of an approved statement.
type Statement struct {
	ID         int64        `json:"id,string"`
	BrandID    int64        `json:"brand_id,string"`
	IncidentID int64        `json:"incident_id,string"` // 0 outside a crisis
	DrillID    int64        `json:"drill_id,string"`
	Kind       string       `json:"kind"` // one of StatementKinds
	Title      string       `json:"title"`
	State      string       `json:"state"`
	Level      Level        `json:"level"` // whose approval rule holds
	Campaign   string       `json:"campaign,omitempty"`
	Strategy   string       `json:"strategy,omitempty"` // one of Strategies; empty not chosen
	Stands     string       `json:"stands,omitempty"`   // how the crisis stands with it on the crisis centre: one of CentreStates; empty: as before
	Notify     string       `json:"notify,omitempty"`   // who of the crisis centre's subscribers is written to: one of Notifies
	Messages   []KeyMessage `json:"messages"`
	Variants   []Variant    `json:"variants"`
	Needs      []Signature  `json:"needs"`              // approvals that it needs, in their order; set when it is sent to review
	Cited      []CitedFact  `json:"cited,omitempty"`    // the facts that it rests on, as they stood then
	Replaces   int64        `json:"replaces,string"`    // the statement that it corrects
	Prepared   string       `json:"prepared,omitempty"` // id of the plan's message that it was drafted from
	Author     string       `json:"author"`             // who began it: "user:7"
	Wrote      string       `json:"wrote,omitempty"`    // who wrote the words as they are; neither of them signs
	Round      int          `json:"round"`              // how often it went to review; a link to sign holds for one round
	Back       string       `json:"back,omitempty"`     // why it was sent back or withdrawn
	Glass      *Glass       `json:"glass,omitempty"`    // two people opened it in place of those who had to sign
	Published  time.Time    `json:"published,omitzero"` // when the first of it went out
	Created    time.Time    `json:"created"`
	Updated    time.Time    `json:"updated"`
	Answers    *Answering   `json:"answers,omitempty"` // the one person whom it answers; nil: it is for everybody
	Version    int          `json:"version"`
}

// CitedFact is a fact as it stood when the words that rest on it were sent to be signed.
type CitedFact struct {
	ID   int64     `json:"id,string"`
	Text string    `json:"text"`
	At   time.Time `json:"at"` // when it was so
}

// KeyMessage is one thing that we want to be understood, with the facts that it rests on.
type KeyMessage struct {
	Text  string `json:"text"`
	Facts IDs    `json:"facts,omitempty"`
}

// Variant is a statement as one channel and language says it.
type Variant struct {
	ID        string  `json:"id"`                // stable within the statement
	ChannelID int64   `json:"channel_id,string"` // 0: for all channels of Kind that have no variant of their own
	Kind      string  `json:"kind,omitempty"`    // of channel: mastodon, bluesky, wordpress, email …; for ChannelID 0
	Lang      string  `json:"lang"`
	Title     string  `json:"title,omitempty"` // headline or subject, where the channel has one
	Text      string  `json:"text"`
	Media     []Media `json:"media,omitempty"`
	Facts     IDs     `json:"facts,omitempty"` // that the text cites
}

// Hash names the exact words of the variant: SHA-256, hex, over language, title, text and media with their alt texts. What is
// published has the hash that was approved; where it goes is part of the statement's Hash.
func (v *Variant) Hash() string { return wordsHash(v.Lang, v.Title, v.Text, v.Media) }

// wordsHash is the hash of words as they go out.
func wordsHash(lang, title, text string, media []Media) string {
	type picture struct{ Hash, Alt string }
	words := struct {
		Lang, Title, Text string
		Media             []picture
	}{lang, title, text, nil}
	for _, m := range media {
		words.Media = append(words.Media, picture{m.Hash, m.Alt})
	}
	b, err := json.Marshal(words) // strings only: it cannot fail
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Verdicts of a signature.
const (
	Approved = "approved"
	SentBack = "sent_back"
)

// Signature is one approval that a statement needs, and what became of it.
type Signature struct {
	Role     string    `json:"role"` // of the plan: "Legal"
	UserID   int64     `json:"user_id,string"`
	DeputyID int64     `json:"deputy_id,string"`
	Within   int       `json:"within,omitempty"` // minutes that each of them has
	Asked    string    `json:"asked,omitempty"`  // who is asked at the moment: AskedPerson, AskedDeputy, AskedLeads; empty: nobody yet
	Due      time.Time `json:"due,omitzero"`     // of who is asked; after it the deputy is asked, then the next role
	Verdict  string    `json:"verdict,omitempty"`
	By       int64     `json:"by,string"` // who signed
	ByName   string    `json:"by_name,omitempty"`
	At       time.Time `json:"at,omitzero"`
	Why      string    `json:"why,omitempty"`
	How      string    `json:"how,omitempty"`  // console, link, deputy, break_glass
	Hash     string    `json:"hash,omitempty"` // of the whole statement, as it was signed
}

// Hash names the exact words of all variants, where each goes, and whose rule they were approved by: an approval holds for it
// alone. The order of the variants does not matter.
func (s *Statement) Hash() string {
	type words struct {
		ID, Kind, Hash string
		ChannelID      int64
	}
	all := make([]words, len(s.Variants))
	for i, v := range s.Variants {
		all[i] = words{v.ID, v.Kind, v.Hash(), v.ChannelID}
	}
	slices.SortFunc(all, func(a, b words) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Hash, b.Hash), cmp.Compare(a.ChannelID, b.ChannelID), strings.Compare(a.Kind, b.Kind))
	})
	b, err := json.Marshal(struct {
		BrandID, DrillID int64
		Level            Level
		Variants         []words
		Stands           string     `json:",omitempty"`
		Answers          *Answering `json:",omitempty"`
		Notify           string     `json:",omitempty"`
	}{s.BrandID, s.DrillID, s.Level, all, s.Stands, s.Answers, s.Notify})
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Variant is the variant of that id.
func (s *Statement) Variant(id string) (Variant, bool) {
	i := slices.IndexFunc(s.Variants, func(v Variant) bool { return v.ID == id })
	if i < 0 {
		return Variant{}, false
	}
	return s.Variants[i], true
}

// Passed reports whether every approval that the statement needs was given for exactly the words that it has now.
func (s *Statement) Passed() bool {
	if s.State != StatementApproved && s.State != StatementPublished {
		return false
	}
	hash := s.Hash()
	return !slices.ContainsFunc(s.Needs, func(n Signature) bool { return n.Verdict != Approved || n.Hash != hash })
}

// Cites are the facts that the statement rests on, each once.
func (s *Statement) Cites() IDs {
	var all IDs
	for _, m := range s.Messages {
		all = append(all, m.Facts...)
	}
	for _, v := range s.Variants {
		all = append(all, v.Facts...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Cite notes the facts that the statement rests on as they stand.
func (s *Statement) Cite(facts []Fact) {
	s.Cited = nil
	cites := s.Cites()
	for _, f := range facts {
		if slices.Contains(cites, f.ID) {
			s.Cited = append(s.Cited, CitedFact{f.ID, f.Text, f.At})
		}
	}
}

// Signed reports whether the fact says what it said when the statement was sent to be signed. One that was not noted then does.
func (s *Statement) Signed(f *Fact) bool {
	return !slices.ContainsFunc(s.Cited, func(c CitedFact) bool { return c.ID == f.ID && (c.Text != f.Text || !c.At.Equal(f.At)) })
}

// Outgrown reports whether the statement was written for a lower level than its incident has now: others have to sign.
func (s *Statement) Outgrown(i *Incident) bool { return i.State != IncidentClosed && i.Level > s.Level }

// Rests reports whether a variant rests on a fact: by its own words, or by a key message, which every variant carries.
func (s *Statement) Rests(variant string, fact int64) bool {
	for _, m := range s.Messages {
		if slices.Contains(m.Facts, fact) {
			return true
		}
	}
	v, ok := s.Variant(variant)
	return ok && slices.Contains(v.Facts, fact)
}
