package web

import (
	"errors"
	"net/http"
	"time"

	"breakwater/desk"
)

func (c *Console) ssoRoutes() []route {
	return []route{
		{"GET /sign-in/sso", 0, c.ssoBegin},
		{"GET /sign-in/sso/back", 0, c.ssoBack},
		{"GET /people/sso", desk.Admin, c.ssoShow},
		{"POST /people/sso", desk.Admin, c.ssoSave},
		{"POST /people/{id}/glass", desk.Admin, c.personGlass},
		{"POST /people/{id}/unlink", desk.Admin, c.personUnlink},
	}
}

// ssoCookie ties the provider's answer to the browser that asked for it. It lives as long as a sign-in may take.
const (
	ssoCookie = "desk_sso"
	ssoLife   = 10 * time.Minute
)

// ssoBegin sends the browser to the OpenID provider. It is a link and no form: forms must not lead out of the desk.
func (c *Console) ssoBegin(w http.ResponseWriter, r *http.Request) error {
	next := localOr(r.URL.Query().Get("next"), "/")
	to, secret, err := c.Gate.BeginSSO(r.Context(), next)
	if err != nil {
		return c.doorAgain(w, r, next, err)
	}
	c.setCookie(w, ssoCookie, secret.Reveal(), ssoLife)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// ssoBack is where the provider sends the browser back to.
func (c *Console) ssoBack(w http.ResponseWriter, r *http.Request) error {
	ctx, held := r.Context(), cookie(r, ssoCookie)
	c.setCookie(w, ssoCookie, "", 0)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer") // the address holds the code
	secret, _, next, err := c.Gate.FinishSSO(ctx, held, r.URL.Query(), r.UserAgent(), desk.ActorOf(ctx).From)
	next = localOr(next, "/")
	if err != nil {
		return c.doorAgain(w, r, next, err)
	}
	return c.enter(w, r, secret, next)
}

// enter gives a browser its new session, and ends the one that it brought: who sends a cookie along does not share what is behind the
// next one.
func (c *Console) enter(w http.ResponseWriter, r *http.Request, secret desk.Secret, next string) error {
	if old := c.sessionOf(r); old != "" {
		if err := c.Gate.SignOut(r.Context(), old); err != nil {
			return err
		}
	}
	c.setCookie(w, sessionCookie, secret.Reveal(), 14*24*time.Hour)
	if _, _, err := c.Gate.Half(r.Context(), secret.Reveal()); err == nil {
		next = secondStep(next)
	} else if !errors.Is(err, desk.ErrNotFound) {
		return err
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// doorPage is the sign-in page as everybody sees it.
func (c *Console) doorPage(r *http.Request, next string) (*signInPage, error) {
	door, err := c.Gate.Door(r.Context())
	return &signInPage{Next: next, Keys: c.Gate.HasPasskeys(), Door: door}, err
}

// doorAgain shows the door with what went wrong there.
func (c *Console) doorAgain(w http.ResponseWriter, r *http.Request, next string, err error) error {
	p, derr := c.doorPage(r, next)
	if derr != nil {
		return derr
	}
	var later *desk.Retry
	if errors.As(err, &later) && later.Limited {
		p.Wait = max(later.After, time.Second)
		return c.renderAs(w, r, http.StatusTooManyRequests, "access/signin", p)
	}
	return c.again(w, r, "access/signin", p, err)
}

// ssoPage is how people come in by an OpenID provider.
type ssoPage struct {
	Frame
	SSO     desk.SSO
	Address string // that the provider must be told
	Roles   []choice
	Ruled   []ruleView
	Glass   []desk.User // break-glass accounts
	Found   desk.Text   // by a try
}

// ruleView is a row of the table of groups.
type ruleView struct {
	desk.GroupRule
	Roles, Brands []choice
}

// RoleName is the role as the form knows it, "" for none.
func (v ruleView) RoleName() string {
	if v.Role == 0 {
		return ""
	}
	return v.Role.String()
}

// Brand is the brand as the form knows it.
func (v ruleView) Brand() string { return itoa(v.BrandID) }

const blankRules = 3

func (c *Console) ssoPage(r *http.Request, sent *desk.SSO) (*ssoPage, error) {
	s, err := c.Gate.SSO(r.Context())
	if err != nil {
		return nil, err
	}
	if sent != nil {
		s = *sent
	}
	p := newSSOPage(s, visitOf(r).brands)
	p.Address = c.Gate.SSOAddress()
	users, err := c.Gate.Users(r.Context())
	for _, u := range users {
		if u.Glass && !u.Disabled {
			p.Glass = append(p.Glass, u)
		}
	}
	return p, err
}

func newSSOPage(s desk.SSO, brands []desk.Brand) *ssoPage {
	p := &ssoPage{Frame: Frame{Area: "people"}, SSO: s, Roles: named("role", "viewer", "responder", "lead")}
	where := []choice{{"0", desk.Say("In every brand")}}
	for _, b := range brands {
		where = append(where, choice{itoa(b.ID), own(b.Name)})
	}
	roles := append([]choice{{"", desk.Say("Nothing")}}, named("role", "viewer", "responder", "lead", "admin")...)
	for _, rule := range append(s.Rules, make([]desk.GroupRule, blankRules)...) {
		p.Ruled = append(p.Ruled, ruleView{rule, roles, where})
	}
	return p
}

func (c *Console) ssoShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.ssoPage(r, nil)
	if err != nil {
		return err
	}
	return c.render(w, r, "people/sso", p)
}

func ssoForm(r *http.Request) desk.SSO {
	role, _ := desk.ParseRole(r.PostFormValue("role"))
	s := desk.SSO{On: r.PostFormValue("on") != "", Label: r.PostFormValue("label"), Issuer: r.PostFormValue("issuer"), Client: r.PostFormValue("client_id"),
		Key: desk.Secret(r.PostFormValue("client_secret")), Scopes: r.PostFormValue("scopes"), Own: r.PostFormValue("private") != "", Vouch: r.PostFormValue("vouches") != "",
		Hosts: r.PostFormValue("domains"), Link: r.PostFormValue("link") != "", Create: r.PostFormValue("create") != "", Role: role, Groups: r.PostFormValue("groups_claim"),
		Proofs: r.PostFormValue("proofs"), Only: r.PostFormValue("only") != "", Version: int(number(r.PostFormValue("version")))}
	groups, roles, brands := r.PostForm["group"], r.PostForm["group_role"], r.PostForm["group_brand"]
	for i, group := range groups {
		if group == "" || i >= len(roles) || i >= len(brands) {
			continue
		}
		role, _ := desk.ParseRole(roles[i]) // none is said by Check
		s.Rules = append(s.Rules, desk.GroupRule{Group: group, Role: role, BrandID: number(brands[i])})
	}
	return s
}

// ssoSave saves the settings, or tries them without saving.
func (c *Console) ssoSave(w http.ResponseWriter, r *http.Request) error {
	s, ctx := ssoForm(r), r.Context()
	var found desk.Text
	var err error
	if r.PostFormValue("try") != "" {
		found, err = c.Gate.TrySSO(ctx, s)
	} else if _, err = c.Gate.SaveSSO(ctx, s); err == nil {
		return seeOther(w, r, "/people/sso", "saved")
	}
	p, perr := c.ssoPage(r, &s)
	if perr != nil {
		return errors.Join(err, perr)
	}
	if err != nil {
		return c.again(w, r, "people/sso", p, err)
	}
	p.Found = found
	return c.render(w, r, "people/sso", p)
}

// personGlass makes an account one that opens without the OpenID provider, or an ordinary one.
func (c *Console) personGlass(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Gate.SetGlass(r.Context(), id, r.PostFormValue("on") != ""); err != nil {
		return c.personAgain(w, r, id, err)
	}
	return seeOther(w, r, "/people/"+itoa(id), "saved")
}

// personUnlink ends that somebody comes in by the OpenID provider.
func (c *Console) personUnlink(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Gate.Unlink(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/people/"+itoa(id), "saved")
}

// personAgain shows somebody's page with what went wrong.
func (c *Console) personAgain(w http.ResponseWriter, r *http.Request, id int64, err error) error {
	u, uerr := c.Gate.User(r.Context(), id)
	if uerr != nil {
		return uerr
	}
	p, perr := c.withGrants(r, newPersonPage(u))
	if perr != nil {
		return perr
	}
	return c.again(w, r, "people/person", p, err)
}
