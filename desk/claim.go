package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Verdicts of a claim.
const (
	ClaimChecking   = "checking" // nobody has looked yet, or somebody is looking
	ClaimTrue       = "true"
	ClaimFalse      = "false"
	ClaimMisleading = "misleading" // true in part, or out of its context
	ClaimUnproven   = "unproven"   // looked at, and neither shown nor refuted
)

// ClaimVerdicts are the verdicts in the order of choosing.
var ClaimVerdicts = []string{ClaimChecking, ClaimTrue, ClaimFalse, ClaimMisleading, ClaimUnproven}

// Claim is something asserted in public about an incident, with what we know about it (ASS-4): its verdict, what shows it, and the
// words that put it right. Mentions that make the claim are linked to it by people.
type Claim struct {
	ID         int64     `json:"id,string"`
	BrandID    int64     `json:"brand_id,string"`
	IncidentID int64     `json:"incident_id,string"`
	Number     int       `json:"number"` // C1, C2 … within the incident
	Text       string    `json:"text"`   // what is claimed, in one sentence, as those who claim it would say it
	Lang       string    `json:"lang"`   // of Text
	Verdict    string    `json:"verdict"`
	Evidence   string    `json:"evidence"`        // what shows the verdict
	Links      []string  `json:"links"`           // to evidence that anybody can open
	Facts      IDs       `json:"facts,omitempty"` // of the ledger that show it
	Correction string    `json:"correction"`      // what to say instead
	Words      []string  `json:"words"`           // that mentions which make the claim have: each line is a search of its own
	Added      time.Time `json:"added"`
	CheckedBy  string    `json:"checked_by,omitempty"` // who gave the verdict
	CheckedAt  time.Time `json:"checked_at,omitzero"`
	Version    int       `json:"version"`
}

// Name is how people cite the claim: C2.
func (c *Claim) Name() string { return "C" + strconv.Itoa(c.Number) }

// Decided reports whether somebody gave a verdict.
func (c *Claim) Decided() bool { return c.Verdict != ClaimChecking && c.Verdict != "" }

const (
	maxClaim      = 500
	maxEvidence   = 5000
	maxClaimLinks = 20
	maxClaimWords = 20
)

// Check tidies the claim and answers an *Invalid for what is wrong with it. Who calls a claim false or misleading says what shows
// it and what is right.
func (c *Claim) Check() error {
	for _, s := range []*string{&c.Text, &c.Evidence, &c.Correction} {
		*s = strings.TrimSpace(*s)
	}
	if c.Verdict == "" {
		c.Verdict = ClaimChecking
	}
	c.Links, c.Words = tidyLines(c.Links), tidyLines(c.Words)
	refuted := c.Verdict == ClaimFalse || c.Verdict == ClaimMisleading
	switch {
	case c.Text == "" || utf8.RuneCountInString(c.Text) > maxClaim:
		return Wrong("text", "Write the claim in at most {n} characters.", "n", maxClaim)
	case !slices.Contains(ClaimVerdicts, c.Verdict):
		return Wrong("verdict", "Choose one of the verdicts.")
	case c.Decided() && c.Evidence == "":
		return Wrong("evidence", "A verdict says what shows it.")
	case refuted && c.Correction == "":
		return Wrong("correction", "Say what is right, in the words to use.")
	case utf8.RuneCountInString(c.Evidence) > maxEvidence:
		return Wrong("evidence", "This is too long.")
	case utf8.RuneCountInString(c.Correction) > maxEvidence:
		return Wrong("correction", "This is too long.")
	case len(c.Links) > maxClaimLinks || slices.ContainsFunc(c.Links, func(l string) bool { return !isLink(l) }):
		return Wrong("links", "A link begins with https:// or http://.")
	case len(c.Words) > maxClaimWords || slices.ContainsFunc(c.Words, func(w string) bool { return utf8.RuneCountInString(w) > 100 }):
		return Wrong("words", "Give at most {n} words.", "n", maxClaimWords)
	}
	return nil
}

// tidyLines leaves out empty and repeated lines.
func tidyLines(lines []string) []string {
	var out []string
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// Link is what a person said about whether a mention makes a claim.
type Link struct {
	MentionID int64     `json:"mention_id,string"`
	Makes     bool      `json:"makes"` // false: it does not
	Who       string    `json:"who"`   // name of who said so
	At        time.Time `json:"at"`
}

// Spread is how far a claim has got: the mentions that people confirmed, with their copies and reposts.
type Spread struct {
	Mentions int       `json:"mentions"`
	People   int       `json:"people"`
	Reach    int64     `json:"reach"` // followers of their authors, added up
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	Points   []Point   `json:"points"` // over time; steps without mentions are left out
	Networks []Share   `json:"networks"`
}
