package desk

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Answers to the six questions of an Appraisal. Empty is "not known yet" for each of them.
const (
	Yes    = "yes"
	No     = "no"
	Partly = "partly"

	CauseNature    = "nature"    // a disaster, the weather
	CauseAttack    = "attack"    // violence, tampering, a break-in: somebody from outside
	CauseChallenge = "challenge" // nothing happened: people say that we act wrongly
	CauseTechnical = "technical" // a machine or product failed
	CauseHuman     = "human"     // somebody of ours made a mistake
	CauseKnowing   = "knowing"   // somebody of ours knew that it was wrong

	StandingGood  = "good"
	StandingMixed = "mixed"
	StandingBad   = "bad"
)

// Question is one of the six that the cluster of responsibility follows from, with its answers in the order of choosing.
type Question struct {
	Name    string
	Answers []string
}

// Questions are the six, after Coombs' situational crisis communication theory: danger comes before responsibility, then what
// people will hold against us, then what makes it worse.
var Questions = []Question{
	{"danger", []string{Yes, No}},
	{"true", []string{Yes, Partly, No}},
	{"cause", []string{CauseNature, CauseAttack, CauseChallenge, CauseTechnical, CauseHuman, CauseKnowing}},
	{"knew", []string{Yes, No}},
	{"before", []string{Yes, No}},
	{"standing", []string{StandingGood, StandingMixed, StandingBad}},
}

// Lists that an appraisal chooses from. Categories are the kinds of a plan's scenarios.
var (
	Categories = []string{"external", "internal", "product", "service", "employee", "security", "misinformation", "policy"}
	Sides      = []string{"external", "internal"}
	Groups     = []string{"customers", "staff", "families", "partners", "shops", "neighbours", "authorities", "investors", "media", "public"}
)

// Appraisal is how a team classifies an incident (ASS-5): the answers to the six questions, what kind it is, whom it touches, who
// has to work on it. The desk suggests; a person decides.
type Appraisal struct {
	ID         int64     `json:"id,string"`
	BrandID    int64     `json:"brand_id,string"`
	IncidentID int64     `json:"incident_id,string"`
	Danger     string    `json:"danger"`   // is anybody in danger, or could be
	True       string    `json:"true"`     // is what is said true
	Cause      string    `json:"cause"`    // what it comes from
	Knew       string    `json:"knew"`     // did we know of the risk, or break a rule
	Before     string    `json:"before"`   // did the like happen to us before
	Standing   string    `json:"standing"` // how we were thought of before
	Category   string    `json:"category"` // one of Categories
	Side       string    `json:"side"`     // external, internal: where it comes from
	Affected   []string  `json:"affected"` // of Groups
	Teams      []string  `json:"teams"`    // names of the plan's roles
	By         string    `json:"by"`       // who decided so
	At         time.Time `json:"at,omitzero"`
	Version    int       `json:"version"`
}

// Answer is the answer to the question of that name.
func (a *Appraisal) Answer(name string) *string {
	switch name {
	case "danger":
		return &a.Danger
	case "true":
		return &a.True
	case "cause":
		return &a.Cause
	case "knew":
		return &a.Knew
	case "before":
		return &a.Before
	case "standing":
		return &a.Standing
	}
	return nil
}

// Open are the names of the questions that nobody answered yet.
func (a *Appraisal) Open() (names []string) {
	for _, q := range Questions {
		if *a.Answer(q.Name) == "" {
			names = append(names, q.Name)
		}
	}
	return names
}

const maxTeams = 20

// Check tidies the appraisal and answers an *Invalid for what is wrong with it.
func (a *Appraisal) Check() error {
	for _, q := range Questions {
		if v := *a.Answer(q.Name); v != "" && !slices.Contains(q.Answers, v) {
			return Wrong(q.Name, "Choose one of the answers.")
		}
	}
	switch {
	case a.Category != "" && !slices.Contains(Categories, a.Category):
		return Wrong("category", "Choose one of the kinds.")
	case a.Side != "" && !slices.Contains(Sides, a.Side):
		return Wrong("side", "Choose one of the kinds.")
	}
	for _, g := range a.Affected {
		if !slices.Contains(Groups, g) {
			return Wrong("affected", "Choose one of the kinds.")
		}
	}
	a.Affected = slices.Compact(slices.Sorted(slices.Values(a.Affected)))
	var teams []string
	for _, t := range a.Teams {
		if t = strings.TrimSpace(t); t != "" && !slices.Contains(teams, t) {
			teams = append(teams, t)
		}
		if utf8.RuneCountInString(t) > maxLine || len(teams) > maxTeams {
			return Wrong("teams", "This is too long.")
		}
	}
	a.Teams = teams
	return nil
}
