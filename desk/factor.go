package desk

import (
	"slices"
	"time"
)

// Factors are what a person proves themselves with beside the password. None of it is ever shown.
type Factors struct {
	TOTP     string    `json:"totp,omitempty"`     // secret of the one-time codes (RFC 6238), base32; empty: none
	Step     int64     `json:"step,omitempty"`     // the last one whose code was taken: none is taken twice
	Recovery []string  `json:"recovery,omitempty"` // SHA-256 of codes for who lost the rest, hexadecimal, each good once
	Passkeys []Passkey `json:"passkeys,omitempty"`
}

// Passkey is a key that a person's device keeps (WebAuthn).
type Passkey struct {
	ID      []byte    `json:"id"`
	Name    string    `json:"name"`
	Key     []byte    `json:"key"` // the credential record, JSON
	Created time.Time `json:"created"`
	Used    time.Time `json:"used,omitzero"`
}

// Any reports whether there is a second factor.
func (f *Factors) Any() bool { return f.TOTP != "" || len(f.Passkeys) > 0 }

// Right is one kind of thing that people do in a desk.
type Right string

// The rights. A role is a set of them.
const (
	MaySee        Right = "see"        // read what the desk knows
	MayListen     Right = "listen"     // monitors, sources, words, alerts
	MayReply      Right = "reply"      // work in rooms, answer people
	MayDraft      Right = "draft"      // write what we will say
	MayApprove    Right = "approve"    // sign it, where the plan asks them
	MayPublish    Right = "publish"    // let it out, move it, take it back
	MayHold       Right = "hold"       // stop everything
	MayRelease    Right = "release"    // end a hold, let go what was held
	MayAdminister Right = "administer" // people, tokens, channels, settings
)

// Rights are all of them, in the order of the work.
var Rights = []Right{MaySee, MayListen, MayReply, MayDraft, MayApprove, MayPublish, MayHold, MayRelease, MayAdminister}

// Rights is the set that a role stands for.
func (r Role) Rights() []Right {
	switch r {
	case Viewer:
		return []Right{MaySee}
	case Responder:
		return []Right{MaySee, MayListen, MayReply, MayDraft, MayApprove, MayHold}
	case Lead:
		return []Right{MaySee, MayListen, MayReply, MayDraft, MayApprove, MayPublish, MayHold, MayRelease}
	case Admin:
		return Rights
	}
	return nil
}

// Has reports whether a role has a right.
func (r Role) Has(right Right) bool { return slices.Contains(r.Rights(), right) }

// House is what a desk asks of its people before they do what cannot be undone.
type House struct {
	ID      int64   `json:"id,string"`
	Prove   []Right `json:"prove"`   // these need a second factor, shown lately
	Minutes int     `json:"minutes"` // how long it counts, 1 … 720
	Version int     `json:"version"`
}

// Needs reports whether a right needs a second factor that was shown lately.
func (h *House) Needs(r Right) bool { return slices.Contains(h.Prove, r) }

// Check tidies the house's rules and answers an *Invalid for what is wrong with them.
func (h *House) Check() error {
	if h.Minutes < 1 || h.Minutes > 720 {
		return Wrong("minutes", "Choose between {least} and {most} minutes.", "least", 1, "most", 720)
	}
	for _, r := range h.Prove {
		if !slices.Contains(Rights, r) {
			return Wrong("prove", "Choose among the rights.")
		}
	}
	return nil
}
