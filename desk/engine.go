package desk

import "time"

// Kinds of engine outside.
const (
	EngineClassifier = "classifier" // a text-classification server: {"inputs": text} → [[{"label", "score"} …]]
	EngineChat       = "chat"       // an endpoint that speaks as OpenAI's /v1/chat/completions
)

// Engine is a program outside of the desk that reads the mood of mentions which the desk is unsure of. There is one at most.
type Engine struct {
	ID      int64   `json:"id,string"`
	Kind    string  `json:"kind"`
	Name    string  `json:"name"`    // as mentions name who read them
	Address string  `json:"address"` // where it answers
	Key     Secret  `json:"key"`     // sent as a bearer token; empty: none
	Model   string  `json:"model"`   // that a chat endpoint is asked for
	Labels  string  `json:"labels"`  // of a classifier, where they do not speak for themselves: a line "LABEL_0 negative" for each
	Private bool    `json:"private"` // may be within a private network
	Below   float64 `json:"below"`   // mentions that the desk is less sure of are read, 0 … 1
	Burst   bool    `json:"burst"`   // so are all of a monitor that has just warned
	Calls   int     `json:"calls"`   // a day at the most
	Tokens  int     `json:"tokens"`  // a day at the most, of a chat endpoint; 0: no limit
	Timeout int     `json:"timeout"` // seconds that an answer may take
	// Allowed is the host that the texts of mentions may be sent to, as an admin said; empty: nothing is sent. It holds for
	// that host alone.
	Allowed string `json:"allowed"`
	Version int    `json:"version"`
}

// EngineState is how an engine outside is doing.
type EngineState struct {
	On      bool      `json:"on"`      // texts may be sent to it
	Waiting int       `json:"waiting"` // mentions
	Read    int       `json:"read"`    // mentions read since the desk started
	Changed int       `json:"changed"` // of them had another mood before
	Calls   int       `json:"calls"`   // made today (UTC)
	Tokens  int       `json:"tokens"`  // used today, where it says so
	Problem Text      `json:"problem"` // why the desk's own readings stand; zero: all is well
	Again   time.Time `json:"again,omitzero"`
	LastOK  time.Time `json:"last_ok,omitzero"`
}
