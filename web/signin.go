package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"breakwater/access"
	"breakwater/desk"
	"breakwater/internal/say"
)

func (c *Console) signInRoutes() []route {
	return []route{
		{"GET /sign-in", 0, c.signInShow},
		{"POST /sign-in", 0, c.signIn},
		{"POST /sign-out", 0, c.signOut},
		{"POST /language", 0, c.languageChoose},
		{"GET /setup", 0, c.setUpShow},
		{"POST /setup", 0, c.setUp},
	}
}

// signInPage is the door.
type signInPage struct {
	Frame
	Email, Next string
	Keys        bool          // passkeys are possible here
	Wait        time.Duration // too many tries
	Door        access.Door   // single sign-on
	Open        bool          // the form for break-glass accounts was used
}

func (c *Console) signInShow(w http.ResponseWriter, r *http.Request) error {
	switch needed, err := c.Gate.NeedsSetUp(r.Context()); {
	case err != nil:
		return err
	case needed:
		http.Redirect(w, r, "/setup", http.StatusSeeOther)
		return nil
	}
	next := r.URL.Query().Get("next")
	next = localOr(next, "/")
	if visitOf(r).signedIn {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return nil
	}
	p, err := c.doorPage(r, next)
	if err != nil {
		return err
	}
	return c.render(w, r, "access/signin", p)
}

func (c *Console) signIn(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := c.doorPage(r, localOr(r.PostFormValue("next"), "/"))
	if err != nil {
		return err
	}
	p.Email, p.Open = r.PostFormValue("email"), true
	secret, _, err := c.Gate.SignIn(ctx, p.Email, r.PostFormValue("password"), r.UserAgent(), desk.ActorOf(ctx).From)
	var later *desk.Retry
	if errors.As(err, &later) && later.Limited {
		p.Wait = max(later.After, time.Second)
		return c.renderAs(w, r, http.StatusTooManyRequests, "access/signin", p)
	}
	if err != nil {
		return c.again(w, r, "access/signin", p, err)
	}
	return c.enter(w, r, secret, p.Next)
}

// secondStep is where the second factor is shown, on the way to a page.
func secondStep(next string) string { return "/sign-in/second?next=" + url.QueryEscape(next) }

func (c *Console) signOut(w http.ResponseWriter, r *http.Request) error {
	if value := c.sessionOf(r); value != "" {
		if err := c.Gate.SignOut(r.Context(), value); err != nil {
			return err
		}
	}
	c.setCookie(w, sessionCookie, "", 0)
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}

// languageChoose is for who is not signed in; others choose on their own page.
func (c *Console) languageChoose(w http.ResponseWriter, r *http.Request) error {
	if lang := r.PostFormValue("lang"); say.Known(lang) {
		c.setCookie(w, langCookie, lang, 365*24*time.Hour)
	}
	return seeOther(w, r, "/sign-in", "")
}

// setUpPage makes a new desk ready: the first person, the brand, what to listen for.
type setUpPage struct {
	Frame
	Token, Name, Email, BrandName, Words, ZoneName string
	Zones                                          []string
}

func (c *Console) setUpShow(w http.ResponseWriter, r *http.Request) error {
	needed, err := c.Gate.NeedsSetUp(r.Context())
	if err != nil {
		return err
	}
	if !needed {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	return c.render(w, r, "access/setup", &setUpPage{Token: r.URL.Query().Get("token"), ZoneName: "UTC", Zones: zones})
}

func (c *Console) setUp(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := &setUpPage{Token: strings.TrimSpace(r.PostFormValue("token")), Name: r.PostFormValue("name"), Email: r.PostFormValue("email"),
		BrandName: strings.TrimSpace(r.PostFormValue("brand")), Words: r.PostFormValue("words"), ZoneName: r.PostFormValue("zone"), Zones: zones}
	if err := p.check(); err != nil {
		return c.again(w, r, "access/setup", p, err)
	}
	u, err := c.Gate.SetUp(ctx, p.Token, p.Name, p.Email, r.PostFormValue("password"))
	if err != nil {
		return c.again(w, r, "access/setup", p, err)
	}
	from := desk.ActorOf(ctx).From
	ctx = desk.WithActor(ctx, actorOf(u, from))
	if _, err := c.Gate.SaveSelf(ctx, u.Name, visitOf(r).speak.Tag()); err != nil {
		return err
	}
	if err := c.firstBrand(ctx, p); err != nil {
		return err
	}
	secret, _, err := c.Gate.SignIn(ctx, p.Email, r.PostFormValue("password"), r.UserAgent(), from)
	if err != nil {
		return err
	}
	c.setCookie(w, sessionCookie, secret.Reveal(), 14*24*time.Hour)
	c.beginGuide(w)
	return seeOther(w, r, "/readiness", "ready")
}

// check finds what is wrong before anything is made, so that nothing is made by halves.
func (p *setUpPage) check() error {
	if p.BrandName == "" {
		return desk.Wrong("brand", "Name the brand that this desk protects.")
	}
	if _, err := time.LoadLocation(p.ZoneName); err != nil {
		return desk.Wrong("zone", "Choose one of the time zones.")
	}
	return p.queryError()
}

// zones are offered first; any IANA name may be typed.
var zones = []string{
	"UTC", "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Bogota", "America/Chicago", "America/Denver", "America/Los_Angeles",
	"America/Mexico_City", "America/New_York", "America/Sao_Paulo", "America/Toronto", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem",
	"Asia/Kolkata", "Asia/Makassar", "Asia/Manila", "Asia/Seoul", "Asia/Shanghai", "Asia/Singapore", "Asia/Taipei", "Asia/Tokyo", "Australia/Sydney",
	"Europe/Amsterdam", "Europe/Athens", "Europe/Berlin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/London",
	"Europe/Madrid", "Europe/Paris", "Europe/Rome", "Europe/Stockholm", "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland",
}
