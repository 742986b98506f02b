package access

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"breakwater/desk"
)

// longestSSO is how long a session lives that an OpenID provider opened: whoever may no longer sign in there is out within a day,
// also when nobody told the desk.
const longestSSO = 24 * time.Hour

// Door is what the sign-in page says about the OpenID provider.
type Door struct {
	On    bool
	Label string // of the button; empty: a general one
	Only  bool   // passwords let in break-glass accounts alone
}

// Door tells everybody how people come in.
func (g *Gate) Door(ctx context.Context) (Door, error) {
	s, err := g.store.SSO(ctx)
	return Door{On: s.On, Label: s.Label, Only: s.On && s.Only}, err
}

// SSO is how people come in by an OpenID provider. For admins.
func (g *Gate) SSO(ctx context.Context) (desk.SSO, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return desk.SSO{}, err
	}
	s, err := g.store.SSO(ctx)
	if s.Version == 0 { // what nearly every provider knows
		s.Scopes, s.Groups, s.Role = "email profile", "groups", desk.Viewer
	}
	return s, err
}

// SaveSSO changes how people come in by an OpenID provider. A secret that comes back masked stays as it is, unless the provider
// changes: it goes nowhere but where it was meant for. Nobody else can be shut out before an admin has a break-glass account with a
// second factor. For admins. A Version other than the stored one is desk.ErrConflict; 0 is not checked.
func (g *Gate) SaveSSO(ctx context.Context, s desk.SSO) (desk.SSO, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return s, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s, err := g.unmasked(ctx, s)
	if err != nil {
		return s, err
	}
	if s.On && s.Only {
		if err := g.keepGlass(ctx, desk.User{}); err != nil {
			return s, err
		}
	}
	return g.store.ChangeSSO(ctx, desk.ActOf(ctx, "sso.save", ""), func(n *desk.SSO, out *desk.Out) error {
		if s.Version != 0 && s.Version != n.Version {
			return desk.ErrConflict
		}
		s.ID, s.Version = n.ID, n.Version
		*n = s
		out.Say = desk.Say("The single sign-on was changed.")
		out.Detail = map[string]any{"on": s.On, "only": s.Only, "issuer": s.Issuer, "link": s.Link, "create": s.Create, "vouches": s.Vouch, "groups": s.Rules}
		return nil
	})
}

// unmasked checks the settings and puts the stored secret where the mask came back.
func (g *Gate) unmasked(ctx context.Context, s desk.SSO) (desk.SSO, error) {
	if err := s.Check(); err != nil {
		return s, err
	}
	if s.Key != desk.Mask {
		return s, nil
	}
	now, err := g.store.SSO(ctx)
	if err != nil {
		return s, err
	}
	if now.Issuer != s.Issuer && now.Key != "" {
		return s, desk.Wrong("client_secret", "The address changed: enter the secret again.")
	}
	s.Key = now.Key
	return s, nil
}

// TrySSO asks the provider for its description, without saving anything, and says what it found. For admins.
func (g *Gate) TrySSO(ctx context.Context, s desk.SSO) (desk.Text, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return desk.Text{}, err
	}
	s, err := g.unmasked(ctx, s)
	if err != nil {
		return desk.Text{}, err
	}
	p, err := g.discover(ctx, s)
	if err != nil {
		g.log.Info("an OpenID provider was tried in vain", "issuer", s.Issuer, "error", err)
		return desk.Text{}, discoveryProblem(err)
	}
	if s.Groups != "" && len(p.Claims) > 0 && !slices.Contains(p.Claims, s.Groups) {
		return desk.Say("The provider answers. It does not list {claim} among its claims, so groups may be missing.", "claim", s.Groups), nil
	}
	return desk.Say("The provider answers. Save, then try the button on the sign-in page in another browser."), nil
}

// SetGlass makes somebody's account a break-glass account, or an ordinary one again. It must be an admin's, with a password and a
// second factor of the desk's own; what tied it to the OpenID provider ends. For admins.
func (g *Gate) SetGlass(ctx context.Context, userID int64, on bool) (desk.User, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return desk.User{}, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	u, err := g.store.User(ctx, userID)
	if err != nil {
		return u, err
	}
	if !on {
		u.Glass = false
		if err := g.stillGlass(ctx, u); err != nil {
			return u, err
		}
	}
	return g.store.ChangeUser(ctx, userID, desk.ActOf(ctx, "user.glass", ""), func(n *desk.User, out *desk.Out) error {
		if n.Glass = on; !on {
			out.Say = desk.Say("The account of {name} is no break-glass account any more.", "name", n.Name)
			return nil
		}
		n.Identity = nil
		out.Say = desk.Say("The account of {name} is a break-glass account now.", "name", n.Name)
		if !opens(*n) {
			return desk.Wrong("glass", "A break-glass account is an admin's who has a password and a second factor. Set them up first.")
		}
		return nil
	})
}

// Unlink ends that somebody comes in by the OpenID provider: until they are linked again, only a password lets them in. Their
// sessions end. For admins.
func (g *Gate) Unlink(ctx context.Context, userID int64) error {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return err
	}
	_, err := g.store.ChangeUser(ctx, userID, desk.ActOf(ctx, "user.unlink", ""), func(n *desk.User, out *desk.Out) error {
		n.Identity = nil
		out.Say = desk.Say("The account of {name} is no longer tied to single sign-on.", "name", n.Name)
		return nil
	})
	if err != nil {
		return err
	}
	return g.endSessions(ctx, userID, nil)
}

// opens reports whether an account lets its admin in when the OpenID provider is down.
func opens(u desk.User) bool {
	return u.Glass && !u.Disabled && u.Role == desk.Admin && u.Password != "" && u.Factors.Any()
}

// stillGlass answers an *desk.Invalid when u is saved and nobody could break the glass any more, although everybody else comes in by
// the OpenID provider.
func (g *Gate) stillGlass(ctx context.Context, u desk.User) error {
	s, err := g.store.SSO(ctx)
	if err != nil || !s.On || !s.Only || opens(u) {
		return err
	}
	return g.keepGlass(ctx, u)
}

// stillOpens is stillGlass for what a form says about somebody.
func (g *Gate) stillOpens(ctx context.Context, u desk.User) error {
	now, err := g.store.User(ctx, u.ID)
	if err != nil {
		return err
	}
	now.Role, now.Disabled = u.Role, u.Disabled
	return g.stillGlass(ctx, now)
}

// keepGlass answers an *desk.Invalid when no account but u's opens without the OpenID provider.
func (g *Gate) keepGlass(ctx context.Context, u desk.User) error {
	all, err := g.store.Users(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(o desk.User) bool { return o.ID != u.ID && opens(o) }) {
		return nil
	}
	return desk.Wrong("only", "Nobody could get in when the provider is down. Make an admin's account with a second factor a break-glass account first.")
}

// claims are what a provider says about somebody.
type claims struct {
	Subject  string
	Email    string
	Verified bool
	Name     string
	Groups   []string
	Said     []string // acr and amr: how they signed in there
}

var (
	errStranger  = desk.Wrong("sso", "The provider knows you, but this desk does not. An admin of this desk can make you an account.")
	errNotOurs   = desk.Wrong("sso", "Your address is not one that this desk lets in.")
	errNoGroup   = desk.Wrong("sso", "None of your groups opens this desk. An admin of this desk can help.")
	errGlassOnly = desk.Wrong("sso", "This account signs in with its password.")
)

// comeIn finds, links or makes the person that a provider speaks of. It holds g.mu, so that two sign-ins at once link or make one.
func (g *Gate) comeIn(ctx context.Context, s desk.SSO, c claims, from string) (desk.User, error) {
	if c.Subject == "" || len(c.Subject) > 255 || !utf8.ValidString(c.Subject) || strings.ContainsFunc(c.Subject, unicode.IsControl) {
		return desk.User{}, errors.New("the provider's subject is no subject")
	}
	c.Email, c.Verified = normal(c.Email), c.Verified || s.Vouch
	if s.Hosts != "" && (!c.Verified || !s.Admits(c.Email)) {
		return desk.User{}, errNotOurs
	}
	role, grants, ok := s.Given(c.Groups)
	if !ok && len(s.Rules) > 0 {
		return desk.User{}, errNoGroup
	}
	if !ok {
		role = s.Role
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	who := desk.Identity{Issuer: s.Issuer, Subject: c.Subject}
	u, err := g.store.UserByIdentity(ctx, who)
	if errors.Is(err, desk.ErrNotFound) {
		if u, err = g.linkOrMake(ctx, s, c, who, desk.User{Role: role, Grants: grants}, from); err != nil {
			return u, err
		}
	}
	switch {
	case err != nil:
		return u, err
	case u.Disabled:
		return u, errStranger
	case u.Glass:
		return u, errGlassOnly
	case !ok:
		return u, nil
	}
	return g.regroup(ctx, u, role, grants, from)
}

// linkOrMake ties a person with the same verified address to the identity, once, or makes one. The caller holds g.mu.
func (g *Gate) linkOrMake(ctx context.Context, s desk.SSO, c claims, who desk.Identity, made desk.User, from string) (desk.User, error) {
	if !c.Verified || c.Email == "" {
		return desk.User{}, errStranger
	}
	ctx = desk.WithActor(ctx, desk.Actor{Who: "desk", Name: "Breakwater", Role: desk.Admin, From: from})
	u, err := g.store.UserByEmail(ctx, c.Email)
	switch {
	case err == nil && (!s.Link || u.Identity != nil || u.Disabled):
		return desk.User{}, errStranger
	case err == nil && u.Glass:
		return desk.User{}, errGlassOnly
	case err == nil:
		return g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.link", ""), func(n *desk.User, out *desk.Out) error {
			if n.Identity != nil || n.Glass {
				return errStranger
			}
			n.Identity = &who
			out.Say = desk.Say("{name} comes in by single sign-on from now on.", "name", n.Name)
			out.Detail = who
			return nil
		})
	case !errors.Is(err, desk.ErrNotFound):
		return desk.User{}, err
	case !s.Create:
		return desk.User{}, errStranger
	}
	made.Email, made.Name, made.Identity = c.Email, firstRunes(c.Name, 100), &who
	if made.Name == "" {
		made.Name, _, _ = strings.Cut(c.Email, "@")
	}
	if err := checkUser(made); err != nil {
		return desk.User{}, err
	}
	return g.store.ChangeUser(ctx, 0, desk.ActOf(ctx, "user.add", ""), func(n *desk.User, out *desk.Out) error {
		n.Name, n.Email, n.Role, n.Grants, n.Identity, n.Created = made.Name, made.Email, made.Role, made.Grants, made.Identity, time.Now().UTC()
		out.Say = desk.Say("{name} got an account by single sign-on.", "name", n.Name)
		out.Detail = map[string]any{"role": n.Role.String(), "identity": who}
		return nil
	})
}

// regroup gives somebody what their groups give, and leaves the last admin one. The caller holds g.mu.
func (g *Gate) regroup(ctx context.Context, u desk.User, role desk.Role, grants []desk.Grant, from string) (desk.User, error) {
	if u.Role == role && desk.SameGrants(u.Grants, grants) {
		return u, nil
	}
	next := u
	next.Role, next.Grants = role, grants
	var wrong *desk.Invalid
	if err := g.keepAnAdmin(ctx, next); errors.As(err, &wrong) {
		g.log.Warn("the groups of the last admin would make them none, so they stay one", "user", u.ID)
		return u, nil
	} else if err != nil {
		return u, err
	}
	ctx = desk.WithActor(ctx, desk.Actor{Who: "desk", Name: "Breakwater", Role: desk.Admin, From: from})
	return g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.save", ""), func(n *desk.User, out *desk.Out) error {
		out.Say = changed(*n, next)
		out.Detail = map[string]any{"role": role.String(), "grants": grants}
		n.Role, n.Grants = role, grants
		return nil
	})
}

// firstRunes is a name as a stranger may have chosen it, without what is no name.
func firstRunes(s string, most int) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}
