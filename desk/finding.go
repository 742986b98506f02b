package desk

// How a finding weighs.
const (
	FindingBlock  = "block"  // may not go out like this
	FindingSecond = "second" // needs a second opinion: one more approval
	FindingWarn   = "warn"
	FindingHint   = "hint" // advice, never in the way
)

// Finding is what a check before publishing found in a text (PUB-4, DEC-4), with its reason and what to do.
type Finding struct {
	Check  string `json:"check"`  // links, length, spelling, sensitive …
	Weight string `json:"weight"` // block, second, warn, hint
	Say    Text   `json:"say"`
	Fix    Text   `json:"fix,omitzero"`
	From   int    `json:"from"` // place in the text, bytes; From == To: the whole
	To     int    `json:"to"`
	Put    string `json:"put,omitempty"` // what to write in that place instead; empty: no proposal
}
