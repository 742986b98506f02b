package desk

import (
	"net/url"
	"slices"
	"strings"
)

// SSO is how people come in with the account that they have with an OpenID provider. A desk has one at most.
type SSO struct {
	ID     int64  `json:"id,string"`
	On     bool   `json:"on"`
	Label  string `json:"label"`  // on the button; empty: a general one
	Issuer string `json:"issuer"` // the provider's address, exactly as it names itself
	Client string `json:"client_id"`
	Key    Secret `json:"client_secret"`     // empty: a public client, which PKCE alone protects
	Scopes string `json:"scopes"`            // asked for beside openid, with spaces between them
	Own    bool   `json:"private"`           // the provider is ours and may be in a private network
	Vouch  bool   `json:"vouches"`           // its addresses count as verified although it does not say so
	Hosts  string `json:"domains,omitempty"` // of mail addresses that are let in, with spaces between them; empty: any
	Link   bool   `json:"link"`              // who has an account with the same verified address becomes that person, once
	Create bool   `json:"create"`            // who has none gets one
	Role   Role   `json:"role"`              // of accounts that are made, where no group says it
	// Groups names the claim that lists somebody's groups; with Rules, groups decide what everybody who comes in may do, each time.
	Groups string      `json:"groups_claim"`
	Rules  []GroupRule `json:"groups,omitempty"`
	// Proofs are values of acr or amr that count as a second factor shown; none: the provider's never does.
	Proofs  string `json:"proofs,omitempty"`
	Only    bool   `json:"only"` // passwords and passkeys let nobody in but the break-glass accounts
	Version int    `json:"version"`
}

// GroupRule gives a group of the provider's a role.
type GroupRule struct {
	Group   string `json:"group"`
	Role    Role   `json:"role"`
	BrandID int64  `json:"brand_id,string,omitempty"` // 0: everywhere
}

// Identity is who somebody is at an OpenID provider: both together, and nothing else, name a person there.
type Identity struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// String is the identity as it is looked for. No issuer has a space.
func (i Identity) String() string { return i.Issuer + " " + i.Subject }

const (
	maxRules   = 200
	maxSetting = 2000 // bytes of one field
)

// Check tidies the settings and answers an *Invalid for what is wrong with them.
func (s *SSO) Check() error {
	s.Label, s.Issuer, s.Client, s.Groups = strings.TrimSpace(s.Label), strings.TrimSpace(s.Issuer), strings.TrimSpace(s.Client), strings.TrimSpace(s.Groups)
	s.Scopes, s.Hosts, s.Proofs = words(s.Scopes), strings.ToLower(words(s.Hosts)), words(s.Proofs)
	if s.Role == 0 {
		s.Role = Viewer
	}
	for field, value := range map[string]string{"label": s.Label, "issuer": s.Issuer, "client_id": s.Client, "scopes": s.Scopes, "domains": s.Hosts, "groups_claim": s.Groups, "proofs": s.Proofs, "client_secret": s.Key.Reveal()} {
		if len(value) > maxSetting {
			return Wrong(field, "This is too long.")
		}
	}
	switch {
	case !s.rightIssuer():
		return Wrong("issuer", "Write the provider's address as it names itself, beginning with https://.")
	case s.Client == "":
		return Wrong("client_id", "Write the client id that the provider gave this desk.")
	case strings.Contains(s.Hosts, "@"):
		return Wrong("domains", "Write domains such as example.org, without what stands before the @.")
	case s.Role < Viewer || s.Role > Lead:
		return Wrong("role", "Accounts that are made by themselves are viewer, responder or lead.")
	case len(s.Rules) > maxRules:
		return Wrong("groups", "At most {n} groups.", "n", maxRules)
	case len(s.Rules) > 0 && s.Groups == "":
		return Wrong("groups_claim", "Name the claim in which the provider lists groups.")
	}
	for i := range s.Rules {
		r := &s.Rules[i]
		if r.Group = strings.TrimSpace(r.Group); r.Group == "" || len(r.Group) > maxSetting || r.Role < Viewer || r.Role > Admin {
			return Wrong("groups", "Write each group with a role.")
		}
		if r.BrandID != 0 && r.Role == Admin {
			return Wrong("groups", "In a single brand somebody is viewer, responder or lead.")
		}
	}
	return nil
}

func (s *SSO) rightIssuer() bool {
	u, err := url.Parse(s.Issuer)
	return err == nil && u.Host != "" && u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && !strings.Contains(s.Issuer, " ") &&
		(u.Scheme == "https" || u.Scheme == "http" && s.Own)
}

// words are what stands between commas and white space, with single spaces between them.
func words(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' }), " ")
}

// Proves reports whether what the provider says about how somebody signed in counts as a second factor.
func (s *SSO) Proves(said ...string) bool {
	return slices.ContainsFunc(strings.Fields(s.Proofs), func(p string) bool { return slices.Contains(said, p) })
}

// Admits reports whether a mail address is of a domain that is let in.
func (s *SSO) Admits(email string) bool {
	_, host, _ := strings.Cut(email, "@")
	return s.Hosts == "" || slices.Contains(strings.Fields(s.Hosts), strings.ToLower(host))
}

// Given is what the rules give to somebody with these groups; ok is false when they give nothing. Without rules they say nothing.
func (s *SSO) Given(groups []string) (role Role, grants []Grant, ok bool) {
	brands, all := make(map[int64]Role), Role(0)
	for _, r := range s.Rules {
		switch {
		case !slices.Contains(groups, r.Group):
		case r.BrandID == 0:
			all = max(all, r.Role)
		default:
			brands[r.BrandID] = max(brands[r.BrandID], r.Role)
		}
	}
	for id, r := range brands {
		if r > all {
			grants = append(grants, Grant{BrandID: id, Role: r})
		}
	}
	if len(grants) > 0 && all > 0 {
		grants = append(grants, Grant{Role: all})
	}
	slices.SortFunc(grants, func(a, b Grant) int { return int(a.BrandID - b.BrandID) })
	role = all
	for _, g := range grants {
		role = max(role, g.Role)
	}
	return role, grants, role > 0
}
