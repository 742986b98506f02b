package desk

import "time"

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
	Scenarios []Scenario  `json:"scenarios" yaml:"scenarios"`
	Duties    []RACI      `json:"duties" yaml:"duties"`
	Channels  []string    `json:"channels" yaml:"channels"` // kinds of channel in the order in which they are told
	Library   []Prepared  `json:"library" yaml:"library"`
	Published time.Time   `json:"published,omitzero" yaml:"-"`
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
	ID     string     `json:"id" yaml:"id"`     // stable: "product-recall"
	Kind   string     `json:"kind" yaml:"kind"` // external, internal, product, service, employee, security, misinformation, policy
	Name   string     `json:"name" yaml:"name"`
	Signs  []string   `json:"signs" yaml:"signs"`                   // how to recognise it
	Cues   []string   `json:"cues,omitempty" yaml:"cues,omitempty"` // types of cue that point to it
	Level  Level      `json:"level" yaml:"level"`                   // to begin with
	Tasks  []PlanTask `json:"tasks" yaml:"tasks"`
	Drafts []string   `json:"drafts" yaml:"drafts"` // ids of the library's messages that become drafts at once
	Advice string     `json:"advice,omitempty" yaml:"advice,omitempty"`
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
	Channel string `json:"channel,omitempty" yaml:"channel,omitempty"` // kind; empty: any
	Lang    string `json:"lang" yaml:"lang"`
	Title   string `json:"title,omitempty" yaml:"title,omitempty"`
	Text    string `json:"text" yaml:"text"`
}

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
