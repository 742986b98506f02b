package web

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"time"

	"breakwater/desk"
)

func (c *Console) meRoutes() []route {
	return []route{
		{"GET /me", desk.Viewer, c.meShow},
		{"POST /me", desk.Viewer, c.meSave},
		{"POST /me/password", desk.Viewer, c.mePassword},
		{"POST /me/pin", desk.Viewer, c.mePIN},
		{"POST /me/sessions/{session}/end", desk.Viewer, c.meEnd},
		{"POST /me/tokens", desk.Admin, c.meToken},
		{"POST /me/tokens/{id}/revoke", desk.Admin, c.meRevoke},
		{"GET /help", desk.Viewer, c.helpShow},
	}
}

// mePage is a person's own page.
type mePage struct {
	Frame
	User       desk.User
	Langs      []choice
	Themes     []choice
	Sessions   []sessionView
	Tokens     []desk.Token
	Owners     map[int64]string // of tokens
	Where      []choice         // that a token may be narrowed to
	Rights     []desk.Right     // the same
	BrandNames map[int64]string
	Roles      []choice
	Lives      []choice
	Reach      desk.Reach
	Devices    []desk.Way // that the person is called on
	PushKey    string
	Zones      []string
	Levels     []choice
	Caps       []choice
	Secret     string // of a token made just now: shown once
}

// sessionView is one signed-in browser.
type sessionView struct {
	desk.Session
	Name string // in addresses
	This bool
}

func (c *Console) meShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.mePage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "me/me", p)
}

func (c *Console) mePage(r *http.Request) (*mePage, error) {
	ctx, v := r.Context(), visitOf(r)
	p := &mePage{User: v.user, Langs: langChoices(), Themes: named("theme", "", "light", "dark"), Lives: lives, Zones: zones, Levels: levels(desk.Normal), Caps: caps, Owners: make(map[int64]string), BrandNames: make(map[int64]string)}
	for role := desk.Viewer; role <= v.user.Role; role++ {
		p.Roles = append(p.Roles, choice{role.String(), word("role", role.String())})
	}
	var err error
	if p.Reach, err = c.Roster.Reach(ctx); err != nil {
		return nil, err
	}
	if p.Devices, err = c.Book.Devices(ctx); err != nil {
		return nil, err
	}
	p.PushKey = c.PushKey
	if p.Reach.ID == 0 {
		p.Reach.Zone = zone(v.brand).String()
	}
	open, err := c.Gate.Sessions(ctx, v.user.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range open {
		p.Sessions = append(p.Sessions, sessionView{s, hex.EncodeToString(s.ID), slices.Equal(s.ID, v.session.ID)})
	}
	if v.actor.Role >= desk.Admin {
		err = c.withTokens(r, p)
	}
	return p, err
}

// withTokens lists the keys of programs, with what each is narrowed to and whose it is.
func (c *Console) withTokens(r *http.Request, p *mePage) error {
	tokens, err := c.Gate.Tokens(r.Context())
	if err != nil {
		return err
	}
	users, err := c.Gate.Users(r.Context())
	if err != nil {
		return err
	}
	for _, u := range users {
		p.Owners[u.ID] = u.Name
	}
	p.Tokens, p.Where, p.Rights = tokens, []choice{{"0", desk.Say("In every brand")}}, desk.Rights[1:]
	for _, b := range visitOf(r).brands {
		p.BrandNames[b.ID] = b.Name
		p.Where = append(p.Where, choice{itoa(b.ID), own(b.Name)})
	}
	return nil
}

// Over reports whether a token's time is over.
func (p *mePage) Over(t desk.Token) bool { return !t.Expires.IsZero() && !time.Now().Before(t.Expires) }

func (c *Console) meSave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if _, err := c.Gate.SaveSelf(ctx, r.PostFormValue("name"), r.PostFormValue("lang")); err != nil {
		return c.meAgain(w, r, err)
	}
	theme := r.PostFormValue("theme")
	if _, ok := words["theme"][theme]; !ok {
		theme = ""
	}
	c.setCookie(w, themeCookie, theme, 365*24*time.Hour)
	c.setCookie(w, langCookie, r.PostFormValue("lang"), 365*24*time.Hour)
	return seeOther(w, r, "/me", "saved")
}

func (c *Console) meAgain(w http.ResponseWriter, r *http.Request, err error) error {
	p, perr := c.mePage(r)
	if perr != nil {
		return perr
	}
	return c.again(w, r, "me/me", p, err)
}

func (c *Console) mePassword(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if err := c.Gate.SetPassword(r.Context(), r.PostFormValue("old"), r.PostFormValue("password"), v.session.ID); err != nil {
		return c.meAgain(w, r, err)
	}
	return seeOther(w, r, "/me", "saved")
}

func (c *Console) mePIN(w http.ResponseWriter, r *http.Request) error {
	if err := c.Gate.SetPIN(r.Context(), r.PostFormValue("pin_password"), r.PostFormValue("pin")); err != nil {
		return c.meAgain(w, r, err)
	}
	return seeOther(w, r, "/me", "saved")
}

// Locked reports whether the person's PIN was entered wrongly too often.
func (p *mePage) Locked() bool { return p.User.PIN != "" && p.User.PINTries >= desk.MaxPINTries }

func (c *Console) meEnd(w http.ResponseWriter, r *http.Request) error {
	id, err := hex.DecodeString(r.PathValue("session"))
	if err != nil {
		return desk.ErrNotFound
	}
	if err := c.Gate.EndSession(r.Context(), visitOf(r).user.ID, id); err != nil {
		return err
	}
	return seeOther(w, r, "/me", "signedout")
}

// caps are how many messages an hour people may choose.
var caps = []choice{{"3", desk.Say("{n} messages an hour", "n", 3)}, {"6", desk.Say("{n} messages an hour", "n", 6)}, {"12", desk.Say("{n} messages an hour", "n", 12)}, {"-1", desk.Say("Every message by itself")}}

// lives are how long a token lasts, in days.
var lives = []choice{{"30", desk.Say("30 days")}, {"90", desk.Say("90 days")}, {"365", desk.Say("A year")}, {"0", desk.Say("Until it is revoked")}}

// meToken makes a token. Its secret is on this page alone, so the answer is the page and no redirect.
func (c *Console) meToken(w http.ResponseWriter, r *http.Request) error {
	role, err := desk.ParseRole(r.PostFormValue("role"))
	if err != nil {
		return err
	}
	var expires time.Time
	if days, err := strconv.Atoi(r.PostFormValue("life")); err == nil && days > 0 {
		expires = time.Now().UTC().AddDate(0, 0, min(days, 3650))
	}
	ask := desk.Token{Name: r.PostFormValue("token_name"), Role: role, BrandID: number(r.PostFormValue("token_brand")), Expires: expires}
	for _, right := range r.PostForm["only"] {
		ask.Only = append(ask.Only, desk.Right(right))
	}
	_, secret, err := c.Gate.AddScopedToken(r.Context(), ask)
	if wrong := invalids(err); len(wrong) > 0 && wrong[0].Field == "name" {
		err = &desk.Invalid{Field: "token_name", Reason: wrong[0].Reason}
	}
	if err != nil {
		return c.meAgain(w, r, err)
	}
	p, err := c.mePage(r)
	if err != nil {
		return err
	}
	p.Secret = secret.Reveal()
	return c.render(w, r, "me/me", p)
}

func (c *Console) meRevoke(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Gate.RevokeToken(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/me", "revoked")
}

// helpPage explains keys, queries, roles, levels and files.
type helpPage struct {
	Frame
	Levels []levelChoice
	Roles  []choice
}

func newHelpPage() *helpPage {
	return &helpPage{Levels: levelChoices(desk.Normal), Roles: named("role", "viewer", "responder", "lead", "admin")}
}

func (c *Console) helpShow(w http.ResponseWriter, r *http.Request) error {
	return c.render(w, r, "help/help", newHelpPage())
}
