package desk

import (
	"regexp"
	"slices"
	"time"
)

// Plan is a brand's crisis communication plan: a versioned document that runs (PLN-1). One is current for a brand; the ones
// before stay readable.
type Plan struct {
	ID        int64       `json:"id,string" yaml:"-"`
	BrandID   int64       `json:"brand_id,string" yaml:"-"`
	Edition   int         `json:"edition" yaml:"edition"` // 1, 2, 3 … of the brand's plan
	Name      string      `json:"name" yaml:"name"`
	Lang      string      `json:"lang" yaml:"lang"`
	Note      string      `json:"note,omitempty" yaml:"note,omitempty"`    // what this edition changed
	Review    time.Time   `json:"review,omitzero" yaml:"review,omitempty"` // to be looked through again by then
	Levels    []LevelRule `json:"levels" yaml:"levels"`
	Roles     []PlanRole  `json:"roles" yaml:"roles"`
	Tasks     []PlanTask  `json:"tasks" yaml:"tasks"` // of every incident, whatever its scenario
	Scenarios []Scenario  `json:"scenarios" yaml:"scenarios"`
	Duties    []RACI      `json:"duties" yaml:"duties"`
	Channels  []string    `json:"channels" yaml:"channels"` // kinds of channel in the order in which they are told
	Library   []Prepared  `json:"library" yaml:"library"`
	Published time.Time   `json:"published,omitzero" yaml:"-"` // zero: a draft, which nothing runs by
	By        string      `json:"by" yaml:"-"`
	Version   int         `json:"version" yaml:"-"`
}

// LevelRule is what a response level asks for.
type LevelRule struct {
	Level       Level    `json:"level" yaml:"level"`
	Name        string   `json:"name" yaml:"name"`
	Signs       string   `json:"signs" yaml:"signs"`             // by which it is recognised
	Decides     string   `json:"decides" yaml:"decides"`         // role
	Acknowledge int      `json:"acknowledge" yaml:"acknowledge"` // minutes to the first word; 0 none asked
	Update      int      `json:"update" yaml:"update"`           // minutes between updates; 0 none
	Approvers   []string `json:"approvers" yaml:"approvers"`     // roles that sign a statement, all of them; empty: nobody has to
	Within      int      `json:"within" yaml:"within"`           // minutes that each of them has, then the deputy, then the next role
}

// PlanRole is a duty in a crisis and who has it.
type PlanRole struct {
	Name     string   `json:"name" yaml:"name"`
	Duties   []string `json:"duties" yaml:"duties"`
	UserID   int64    `json:"user_id,string" yaml:"-"`
	DeputyID int64    `json:"deputy_id,string" yaml:"-"`
	Person   string   `json:"person,omitempty" yaml:"person,omitempty"` // mail address, in files
	Deputy   string   `json:"deputy,omitempty" yaml:"deputy,omitempty"`
}

// RACI says for one activity who is responsible, accountable, consulted and informed: roles by name.
type RACI struct {
	Activity    string   `json:"activity" yaml:"activity"`
	Responsible []string `json:"responsible" yaml:"responsible"`
	Accountable string   `json:"accountable" yaml:"accountable"`
	Consulted   []string `json:"consulted,omitempty" yaml:"consulted,omitempty"`
	Informed    []string `json:"informed,omitempty" yaml:"informed,omitempty"`
}

// Scenario is a kind of crisis that the plan is prepared for.
type Scenario struct {
	ID    string   `json:"id" yaml:"id"`     // stable: "product-recall"
	Kind  string   `json:"kind" yaml:"kind"` // external, internal, product, service, employee, security, misinformation, policy
	Name  string   `json:"name" yaml:"name"`
	Signs []string `json:"signs" yaml:"signs"`                   // how to recognise it
	Cues  []string `json:"cues,omitempty" yaml:"cues,omitempty"` // types of cue that point to it
	// Monitors, by name, whose alerts point to it.
	Monitors []string   `json:"monitors,omitempty" yaml:"monitors,omitempty"`
	Level    Level      `json:"level" yaml:"level"`   // to begin with
	Tasks    []PlanTask `json:"tasks" yaml:"tasks"`   // beside the plan's; one with the same id takes that one's place
	Drafts   []string   `json:"drafts" yaml:"drafts"` // ids of the library's messages that become drafts at once
	Advice   string     `json:"advice,omitempty" yaml:"advice,omitempty"`
}

// PlanTask is a step of a plan before it has a clock.
type PlanTask struct {
	ID    string `json:"id" yaml:"id"`
	Do    string `json:"do" yaml:"do"`
	Role  string `json:"role" yaml:"role"`
	After int    `json:"after" yaml:"after"` // minutes since the incident was declared
	From  Level  `json:"from" yaml:"from"`   // from this level up
}

// Prepared is a message that was approved beforehand, with blanks in {braces}.
type Prepared struct {
	ID    string        `json:"id" yaml:"id"`
	Kind  string        `json:"kind" yaml:"kind"` // one of StatementKinds
	Name  string        `json:"name" yaml:"name"`
	Texts []PreparedFor `json:"texts" yaml:"texts"`
}

// PreparedFor is a prepared message for one kind of channel and language.
type PreparedFor struct {
	Channel string `json:"channel,omitempty" yaml:"channel,omitempty"` // kind; LongText: any with room for a page; empty: any
	Lang    string `json:"lang" yaml:"lang"`
	Title   string `json:"title,omitempty" yaml:"title,omitempty"`
	Text    string `json:"text" yaml:"text"`
}

// LongText stands for all channels that have room for a page: a blog, a mail.
const LongText = "long"

// ScenarioKinds are the kinds of crisis that a plan is prepared for (PLN-1).
var ScenarioKinds = []string{"external", "internal", "product", "service", "employee", "security", "misinformation", "policy"}

// Draft reports whether the plan is still being written.
func (p *Plan) Draft() bool { return p.Published.IsZero() }

// Scenario is the plan's scenario of that id.
func (p *Plan) Scenario(id string) (Scenario, bool) {
	i := slices.IndexFunc(p.Scenarios, func(s Scenario) bool { return s.ID == id })
	if i < 0 {
		return Scenario{}, false
	}
	return p.Scenarios[i], true
}

// Prepared is the library's message of that id.
func (p *Plan) Prepared(id string) (Prepared, bool) {
	i := slices.IndexFunc(p.Library, func(m Prepared) bool { return m.ID == id })
	if i < 0 {
		return Prepared{}, false
	}
	return p.Library[i], true
}

// For is the text for a kind of channel and a language: the one written for that kind, else the long one where there is room for
// a page, else the one for any. ok is false when the message is not written in that language.
func (m *Prepared) For(kind, lang string, long bool) (text PreparedFor, ok bool) {
	best := 0
	for _, t := range m.Texts {
		fits := map[string]int{kind: 3, "": 1}[t.Channel]
		if t.Channel == LongText && long {
			fits = 2
		}
		if t.Lang == lang && fits > best {
			text, best = t, fits
		}
	}
	return text, best > 0
}

// Blanks are the {braces} of a prepared text that a person has to fill before it may go out, each once, in their order.
func Blanks(text string) []string {
	var all []string
	for _, b := range blank.FindAllString(text, -1) {
		if !slices.Contains(all, b) {
			all = append(all, b)
		}
	}
	return all
}

// blank is what a prepared text leaves open: some words in braces.
var blank = regexp.MustCompile(`\{[^{}\n]{1,80}\}`)

// Rule is what the plan asks at a level; a level that it leaves out asks nothing.
func (p *Plan) Rule(l Level) LevelRule {
	for _, r := range p.Levels {
		if r.Level == l {
			return r
		}
	}
	return LevelRule{Level: l}
}

// Role is the plan's role of that name.
func (p *Plan) Role(name string) (PlanRole, bool) {
	for _, r := range p.Roles {
		if r.Name == name {
			return r, true
		}
	}
	return PlanRole{}, false
}
