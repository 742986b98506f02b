package desk

// Kinds of voice (ASS-2).
const (
	VoiceMedia      = "media"      // newspapers, stations and the like
	VoiceInfluencer = "influencer" // very many follow or repeat them
	VoiceCustomer   = "customer"   // writes about what they bought
	VoiceEmployee   = "employee"   // writes about where they work
	VoiceBot        = "bot"        // posts as a machine does
	VoiceUnknown    = "unknown"    // nothing is known of them: so says a person, or the desk found no kind ("" in a Voice)
)

// VoiceKinds are the kinds in the order of choosing.
var VoiceKinds = []string{VoiceMedia, VoiceInfluencer, VoiceCustomer, VoiceEmployee, VoiceBot, VoiceUnknown}

// Is reports whether the voice is of a kind; "" is any.
func (v *Voice) Is(kind string) bool {
	return kind == "" || v.Kind == kind || kind == VoiceUnknown && v.Kind == ""
}

// Voice is an author with what they weigh in a conversation.
type Voice struct {
	Author   Author  `json:"author"`
	Network  string  `json:"network"`
	Mentions int     `json:"mentions"`
	Reposted int     `json:"reposted"`     // by the network's count, anywhere
	Mood     float64 `json:"mood"`         // mean sentiment, -1 … +1
	First    int64   `json:"first,string"` // id of their first mention in the window

	Kind  string `json:"kind"`             // of VoiceKinds; "" nothing special
	Why   []Text `json:"why"`              // what speaks for Kind
	SetBy string `json:"set_by,omitempty"` // who said so; "" the desk found it

	Copied    int     `json:"copied"`                   // of Mentions: others' words again, exactly or nearly
	Reposts   int     `json:"reposts"`                  // of Mentions: reposts of others
	Amplified int     `json:"amplified"`                // mentions of others in the window that repost or copy theirs
	By        []Share `json:"by,omitempty"`             // who does that most, by handle
	Of        []Share `json:"of,omitempty"`             // whom they repost or copy most, by handle
	Same      int     `json:"same,omitempty"`           // how often they said one thing themselves, when more than once
	Minutes   int     `json:"minutes_active,omitempty"` // between their first and their last mention in the window
}
