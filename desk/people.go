package desk

import (
	"fmt"
	"time"
)

// Role is what a person may do; each includes the ones below it.
type Role int

// The roles, least first.
const (
	Viewer    Role = iota + 1 // sees
	Responder                 // works: acknowledges, decides, notes, corrects
	Lead                      // opens and closes rooms, changes monitors and sources
	Admin                     // people, tokens, settings
)

var roleNames = [...]string{"", "viewer", "responder", "lead", "admin"}

// String is the role's name in the API and the database.
func (r Role) String() string {
	if r < Viewer || r > Admin {
		return fmt.Sprintf("role(%d)", int(r))
	}
	return roleNames[r]
}

// ParseRole reads what String wrote.
func ParseRole(s string) (Role, error) {
	for r := Viewer; r <= Admin; r++ {
		if roleNames[r] == s {
			return r, nil
		}
	}
	return 0, Wrong("role", "Choose admin, lead, responder or viewer.")
}

// MarshalText writes the role's name.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the role's name.
func (r *Role) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRole(string(b))
	return err
}

// User is a person who signs in.
type User struct {
	ID       int64     `json:"id,string"`
	Email    string    `json:"email"`
	Name     string    `json:"name"`
	Role     Role      `json:"role"`
	Grants   []Grant   `json:"grants,omitempty"`    // none: the role everywhere; else the role is the highest of them
	Lang     string    `json:"lang"`                // en, he, pl, id, zh-Hant, sv; empty: the browser's
	Password string    `json:"-"`                   // argon2id, PHC string
	PIN      string    `json:"-"`                   // argon2id, PHC string: the second factor of links to sign with; empty: none set
	PINTries int       `json:"pin_tries,omitempty"` // wrong ones in a row
	Factors  Factors   `json:"-"`                   // what they prove themselves with beside the password
	Second   bool      `json:"second_factor"`       // they have one
	Disabled bool      `json:"disabled"`
	Identity *Identity `json:"identity,omitempty"` // at the OpenID provider; nil: none
	Glass    bool      `json:"glass,omitempty"`    // a break-glass account: its password opens also where everybody else comes in by single sign-on
	Created  time.Time `json:"created"`
	Version  int       `json:"version"`
}

// Token is a key to the API. The token itself is shown once; Hash is SHA-256 of it.
type Token struct {
	ID      int64     `json:"id,string"`
	Name    string    `json:"name"`
	Role    Role      `json:"role"`
	BrandID int64     `json:"brand_id,string,omitempty"` // 0: every brand that its owner has
	Only    []Right   `json:"only,omitempty"`            // rights; empty: all of the role
	Hash    []byte    `json:"-"`
	UserID  int64     `json:"user_id,string"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
	Used    time.Time `json:"used,omitzero"`
}

// Session is a signed-in browser.
type Session struct {
	ID      []byte    `json:"-"` // SHA-256 of the cookie
	UserID  int64     `json:"user_id,string"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Expires time.Time `json:"expires"`
	Agent   string    `json:"agent"` // browser, as it calls itself
	From    string    `json:"from"`
	Half    bool      `json:"half,omitempty"`  // the password was right, the second factor was not shown yet: it opens nothing
	Proved  time.Time `json:"proved,omitzero"` // when a second factor was last shown
	SSO     bool      `json:"sso,omitempty"`   // the OpenID provider let them in
}

// Way is one way in which alerts reach somebody.
type Way struct {
	ID       int64     `json:"id,string"`
	Name     string    `json:"name"`     // "Ana, mail"
	Kind     string    `json:"kind"`     // email, hook
	Settings Settings  `json:"settings"` // of that kind's Spec
	MinLevel Level     `json:"min_level"`
	BrandID  int64     `json:"brand_id,string"` // 0 all
	UserID   int64     `json:"user_id,string"`  // whose it is: then it carries what they are called for; 0: a team's, which hears everything
	Lang     string    `json:"lang"`
	Paused   bool      `json:"paused"`
	LastOK   time.Time `json:"last_ok,omitzero"`
	Problem  string    `json:"problem,omitempty"`
	Version  int       `json:"version"`
}

// Job is something that must happen later, or leave the building: kept in the transaction that decided it.
type Job struct {
	ID       int64
	Kind     string        // "alert.send"
	Key      string        // unique among the unfinished of its kind; "" none
	Sooner   bool          // an unfinished one with this key that waits is due then, when that is earlier
	Payload  string        // JSON
	Due      time.Time     // zero: at once
	Wait     time.Duration // with a zero Due: after this long, whatever is done to the machine's clock meanwhile
	Attempts int
	Problem  string
}

// MaxPINTries is how many wrong PINs in a row lock it until its person sets another.
const MaxPINTries = 5
