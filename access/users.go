package access

import (
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

// Langs are the languages of the console, as people choose them.
var Langs = []string{"en", "he", "pl", "id", "zh-Hant", "sv"}

// Users are all people, for admins.
func (g *Gate) Users(ctx context.Context) ([]desk.User, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return nil, err
	}
	return g.store.Users(ctx)
}

// User is one person: oneself, or anybody for admins.
func (g *Gate) User(ctx context.Context, id int64) (desk.User, error) {
	if err := selfOrAdmin(ctx, id); err != nil {
		return desk.User{}, err
	}
	return g.store.User(ctx, id)
}

// AddUser makes an account with a first password. For admins.
func (g *Gate) AddUser(ctx context.Context, u desk.User, password string) (desk.User, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return desk.User{}, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.add(ctx, "user.add", u, password)
}

// add makes an account. The caller holds g.mu.
func (g *Gate) add(ctx context.Context, do string, u desk.User, password string) (desk.User, error) {
	u = tidy(u)
	if err := errors.Join(checkUser(u), desk.CheckGrants(u.Grants)); err != nil {
		return desk.User{}, err
	}
	if err := checkPassword(password, u.Email); err != nil {
		return desk.User{}, err
	}
	if err := g.free(ctx, u.Email, 0); err != nil {
		return desk.User{}, err
	}
	hash, err := g.hash(ctx, password)
	if err != nil {
		return desk.User{}, err
	}
	return g.store.ChangeUser(ctx, 0, desk.ActOf(ctx, do, ""), func(n *desk.User, out *desk.Out) error {
		n.Name, n.Email, n.Role, n.Grants, n.Lang, n.Password, n.Created = u.Name, u.Email, u.Role, u.Grants, u.Lang, hash, time.Now().UTC()
		out.Say = desk.Say("{name} got an account.", "name", u.Name)
		out.Detail = map[string]string{"role": u.Role.String()}
		return nil
	})
}

// SaveUser changes name, e-mail, role, language and whether somebody is disabled. For admins. Somebody disabled loses sessions
// and tokens at once. The last admin stays an admin. A Version other than the stored one is desk.ErrConflict; 0 is not checked.
func (g *Gate) SaveUser(ctx context.Context, u desk.User) (desk.User, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return desk.User{}, err
	}
	u = tidy(u)
	if err := errors.Join(checkUser(u), desk.CheckGrants(u.Grants)); err != nil {
		return desk.User{}, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.free(ctx, u.Email, u.ID); err != nil {
		return desk.User{}, err
	}
	if err := g.keepAnAdmin(ctx, u); err != nil {
		return desk.User{}, err
	}
	if err := g.stillOpens(ctx, u); err != nil {
		return desk.User{}, err
	}
	saved, err := g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.save", ""), func(n *desk.User, out *desk.Out) error {
		if u.Version != 0 && u.Version != n.Version {
			return desk.ErrConflict
		}
		out.Say = changed(*n, u)
		if u.Disabled {
			n.Factors, n.Second = desk.Factors{}, false // passkeys go with the person
		}
		n.Name, n.Email, n.Role, n.Grants, n.Lang, n.Disabled = u.Name, u.Email, u.Role, u.Grants, u.Lang, u.Disabled
		return nil
	})
	if err == nil && saved.Disabled {
		err = errors.Join(g.endSessions(ctx, u.ID, nil), g.revokeAll(ctx, u.ID))
	}
	return saved, err
}

func changed(was, is desk.User) desk.Text {
	switch {
	case is.Disabled && !was.Disabled:
		return desk.Say("{name} can no longer sign in.", "name", is.Name)
	case was.Disabled && !is.Disabled:
		return desk.Say("{name} can sign in again.", "name", is.Name)
	case was.Role == is.Role:
		return desk.Say("The account of {name} was changed.", "name", is.Name)
	}
	switch is.Role {
	case desk.Admin:
		return desk.Say("{name} is an admin now.", "name", is.Name)
	case desk.Lead:
		return desk.Say("{name} is a lead now.", "name", is.Name)
	case desk.Responder:
		return desk.Say("{name} is a responder now.", "name", is.Name)
	}
	return desk.Say("{name} is a viewer now.", "name", is.Name)
}

// SaveSelf changes the acting person's own name and language.
func (g *Gate) SaveSelf(ctx context.Context, name, lang string) (desk.User, error) {
	u, err := g.store.User(ctx, UserID(ctx))
	if err != nil {
		return desk.User{}, err
	}
	u.Name, u.Lang = name, lang
	u = tidy(u)
	if err := checkUser(u); err != nil {
		return desk.User{}, err
	}
	return g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, "user.self", ""), func(n *desk.User, out *desk.Out) error {
		out.Skip = n.Name == u.Name && n.Lang == u.Lang
		n.Name, n.Lang = u.Name, u.Lang
		out.Say = desk.Say("The account of {name} was changed.", "name", u.Name)
		return nil
	})
}

// SetPassword changes the acting person's own password, which they must know, and ends their other sessions. keep is the
// session that stays (desk.Session.ID).
func (g *Gate) SetPassword(ctx context.Context, old, password string, keep []byte) error {
	u, err := g.store.User(ctx, UserID(ctx))
	if err != nil {
		return err
	}
	if u.Password == "" {
		return desk.Wrong("old", "You sign in by single sign-on: there is no password to change.")
	}
	if err := g.known(ctx, u, old); err != nil {
		return err
	}
	return g.setPassword(ctx, "user.password", u, password, keep)
}

// known answers an *desk.Invalid on "old" unless the password is the person's. Tries are slowed like those at the door. Who has no
// password must have come in by single sign-on just now.
func (g *Gate) known(ctx context.Context, u desk.User, password string) error {
	if u.Password == "" {
		if s, ok := ctx.Value(sessionKey{}).(desk.Session); ok && s.UserID == u.ID && s.SSO && time.Since(s.Created) < halfLife {
			return nil
		}
		return desk.Wrong("old", "Sign out and in again by single sign-on first. It counts for {n} minutes.", "n", int(halfLife/time.Minute))
	}
	from := desk.ActorOf(ctx).From
	if wait := g.slow.try(u.Email, from, time.Now()); wait > 0 {
		return &desk.Retry{After: wait, Limited: true, Err: errTooMany}
	}
	ok, err := g.matches(ctx, u.Password, password[:min(len(password), maxPassword)])
	if err != nil {
		return err
	}
	if !ok {
		return desk.Wrong("old", "This is not your present password.")
	}
	g.slow.passed(u.Email, from)
	return nil
}

// ResetPassword gives somebody a new password and ends their sessions. For admins.
func (g *Gate) ResetPassword(ctx context.Context, userID int64, password string) error {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return err
	}
	u, err := g.store.User(ctx, userID)
	if err != nil {
		return err
	}
	return g.setPassword(ctx, "user.reset", u, password, nil)
}

func (g *Gate) setPassword(ctx context.Context, do string, u desk.User, password string, keep []byte) error {
	if err := checkPassword(password, u.Email); err != nil {
		return err
	}
	hash, err := g.hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = g.store.ChangeUser(ctx, u.ID, desk.ActOf(ctx, do, ""), func(n *desk.User, out *desk.Out) error {
		n.Password = hash
		out.Say = desk.Say("The password of {name} was changed.", "name", n.Name)
		return nil
	})
	if err != nil {
		return err
	}
	return g.endSessions(ctx, u.ID, keep)
}

// free answers an *desk.Invalid when somebody else has the e-mail.
func (g *Gate) free(ctx context.Context, email string, id int64) error {
	u, err := g.store.UserByEmail(ctx, email)
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	if err == nil && u.ID != id {
		return desk.Wrong("email", "Somebody with this e-mail has an account already.")
	}
	return err
}

// keepAnAdmin answers an *desk.Invalid when nobody would be admin any more after u is saved.
func (g *Gate) keepAnAdmin(ctx context.Context, u desk.User) error {
	if u.Role == desk.Admin && !u.Disabled {
		return nil
	}
	all, err := g.store.Users(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.ID != u.ID && o.Role == desk.Admin && !o.Disabled {
			return nil
		}
	}
	return desk.Wrong("role", "Somebody must stay admin. Make another person admin first.")
}

// maxEmail is the longest e-mail address, in bytes (RFC 5321, 4.5.3.1.3, less the brackets).
const maxEmail = 254

func tidy(u desk.User) desk.User {
	u.Name, u.Email = strings.TrimSpace(u.Name), normal(u.Email)
	if len(u.Grants) > 0 { // the role is the highest of them
		u.Role = desk.Viewer
		for _, g := range u.Grants {
			u.Role = max(u.Role, g.Role)
		}
	}
	return u
}

// normal is an e-mail address as it is kept and looked for: case does not matter to any provider that people use.
func normal(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func checkUser(u desk.User) error {
	a, err := mail.ParseAddress(u.Email)
	switch {
	case u.Name == "" || utf8.RuneCountInString(u.Name) > 100:
		return desk.Wrong("name", "Give a name of at most {n} characters.", "n", 100)
	case err != nil || a.Address != u.Email || len(u.Email) > maxEmail:
		return desk.Wrong("email", "This is not an e-mail address.")
	case u.Role < desk.Viewer || u.Role > desk.Admin:
		return desk.Wrong("role", "Choose admin, lead, responder or viewer.")
	case u.Lang != "" && !slices.Contains(Langs, u.Lang):
		return desk.Wrong("lang", "Choose one of the languages of the console.")
	}
	return nil
}
