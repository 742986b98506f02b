// Package web is the console: pages for people, made on the server, that work without scripts and get livelier with them.
//
// Every area has its file: on top the table of its routes with the least role, below the handlers, each calling one method of
// one stage. The tables together are the site map and the list of permissions.
package web

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unicode"

	"breakwater/access"
	"breakwater/desk"
	"breakwater/internal/door"
	"breakwater/internal/say"
)

// Cookie is the name of the cookie that holds a signed-in browser's session; the API takes it too. Behind https its name tells
// browsers that only this host, over https and for all of it, may set it: no neighbour under the same domain can plant one.
func Cookie(secure bool) string {
	if secure {
		return "__Host-" + sessionCookie
	}
	return sessionCookie
}

// Console is the desk as people see it in a browser.
type Console struct {
	Stages
	pages   *pages
	assets  assets
	present *presence
	talks   *presence     // who has which conversation open
	told    *door.Limiter // of the public form
}

// New makes the console's handler. It fails when a page does not parse.
func New(s Stages) (http.Handler, error) {
	c, err := newConsole(s)
	if err != nil {
		return nil, err
	}
	return c.handler(), nil
}

func newConsole(s Stages) (*Console, error) {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	a, err := loadAssets(files)
	if err != nil {
		return nil, err
	}
	p, err := loadPages(a)
	if err != nil {
		return nil, err
	}
	return &Console{Stages: s, pages: p, assets: a, present: newPresence(), talks: newPresence(), told: door.NewLimiter(tellRate)}, nil
}

// route is one address of the console: who may ask for it, and what answers.
type route struct {
	pattern string
	least   desk.Role // 0: also who is not signed in
	do      func(w http.ResponseWriter, r *http.Request) error
}

// routes are all addresses of the console.
func (c *Console) routes() []route {
	var all []route
	for _, area := range [][]route{
		c.holdRoutes(), c.postRoutes(), c.inboxRoutes(), c.tellRoutes(),
		c.signInRoutes(), c.secondRoutes(), c.ssoRoutes(), c.leaveRoutes(), c.keyRoutes(), c.houseRoutes(), c.radarRoutes(), c.liveRoutes(), c.alertRoutes(), c.journalRoutes(), c.mentionRoutes(), c.learningRoutes(),
		c.incidentRoutes(), c.assessRoutes(), c.monitorRoutes(), c.cueRoutes(), c.occasionRoutes(), c.checkRoutes(), c.voiceRoutes(), c.sourceRoutes(), c.channelRoutes(), c.peopleRoutes(), c.meRoutes(),
		c.planRoutes(), c.oncallRoutes(), c.pushRoutes(),
		c.contactRoutes(), c.briefingRoutes(), c.pressRoutes(), c.centreRoutes(), c.copyRoutes(), c.subscriberRoutes(),
		c.statementRoutes(), c.signRoutes(), c.promiseRoutes(), c.removalRoutes(), c.readyRoutes(),
	} {
		all = append(all, area...)
	}
	return all
}

func (c *Console) handler() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range c.routes() {
		mux.Handle(rt.pattern, c.guard(rt))
	}
	mux.Handle("GET /static/", c.assets)
	mux.Handle("/", c.guard(route{least: 0, do: func(http.ResponseWriter, *http.Request) error { return desk.ErrNotFound }}))
	elsewhere := c.guard(route{do: func(http.ResponseWriter, *http.Request) error { return errCrossOrigin }})
	return headers(c.Secure, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if door.Foreign(r) {
			elsewhere.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
}

// headers keep a stranger's text from doing anything in our pages, whatever slips through. The others are those of every answer.
func headers(secure bool, next http.Handler) http.Handler {
	policy := strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "frame-src 'self'",
		"manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
	}, "; ")
	return door.Headers(secure, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		next.ServeHTTP(w, r)
	}))
}

// visit is what is known about a request: who, in which language, looking at which brand.
type visit struct {
	speak    *say.Printer
	theme    string
	actor    desk.Actor
	signedIn bool
	session  desk.Session
	user     desk.User
	brand    desk.Brand
	brands   []desk.Brand
	ref      string // to quote when something goes wrong

	room   *desk.Incident // see Console.openRoom
	looked bool           // for it
}

type visitKey struct{}

func visitOf(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{speak: say.For("", r.Header.Get("Accept-Language"))}
}

// Cookies of the console. None of them says anything about a person but the first.
const (
	sessionCookie = "desk" // as Cookie has it
	langCookie    = "desk_lang"
	themeCookie   = "desk_theme"
	brandCookie   = "desk_brand"
)

// guard lets through who has the role, and turns what a handler answers with into a page.
func (c *Console) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{speak: say.For(cookie(r, langCookie), r.Header.Get("Accept-Language")), theme: cookie(r, themeCookie), ref: reference()}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // net/http compares the same way
				c.Log.Error("page panicked", "ref", v.ref, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				c.fail(w, r, errors.New("panic"))
			}
		}()
		ctx, err := c.admit(r, v, rt)
		if err == nil {
			err = c.fresh(r, v, rt.pattern)
		}
		if err == nil {
			err = c.pace(v, rt.pattern)
		}
		if err == nil && r.Method == http.MethodPost && rt.pattern != "" {
			var done func()
			done, err = readForm(w, r, rt.pattern)
			defer done()
		}
		if err == nil {
			err = rt.do(w, r.WithContext(ctx))
		}
		if err != nil {
			c.fail(w, r.WithContext(ctx), err)
		}
	})
}

// admit finds out who asks and whether they may.
func (c *Console) admit(r *http.Request, v *visit, rt route) (context.Context, error) {
	least := rt.least
	ctx := r.Context()
	from, _, _ := net.SplitHostPort(r.RemoteAddr)
	v.actor = desk.Actor{From: from, Lang: v.speak.Tag()}
	ctx = desk.WithActor(ctx, v.actor)
	if value := c.sessionOf(r); value != "" {
		u, s, err := c.Gate.Session(ctx, value)
		switch {
		case err == nil:
			v.user, v.session, v.signedIn = u, s, true
			door.Welcome(ctx)
			v.actor = actorOf(u, from)
			ctx = access.InSession(desk.WithActor(ctx, v.actor), s)
			if u.Lang != "" {
				v.speak = say.For(u.Lang, "")
			}
		case !errors.Is(err, desk.ErrNotFound):
			return ctx, err
		}
	}
	if least > 0 && !v.signedIn {
		return ctx, errSignIn
	}
	if !v.signedIn {
		return ctx, nil
	}
	if err := c.chooseBrand(ctx, r, v); err != nil {
		return ctx, err
	}
	if least == 0 {
		return ctx, nil
	}
	return desk.Admit(ctx, rights[rt.pattern], least)
}

// chooseBrand takes the brand that the person looked at last, or the first.
func (c *Console) chooseBrand(ctx context.Context, r *http.Request, v *visit) (err error) {
	if v.brands, err = c.Brands.Brands(ctx); err != nil || len(v.brands) == 0 {
		return err
	}
	v.brand = v.brands[0]
	wanted, _ := strconv.ParseInt(cookie(r, brandCookie), 10, 64)
	for _, b := range v.brands {
		if b.ID == wanted {
			v.brand = b
		}
	}
	return nil
}

// actorOf is a person as the acting one.
func actorOf(u desk.User, from string) desk.Actor {
	return access.ActorOf(u, from)
}

// render fills the frame and sends a page: the whole to a browser, the part to htmx.
func (c *Console) render(w http.ResponseWriter, r *http.Request, name string, p page) error {
	return c.renderAs(w, r, http.StatusOK, name, p)
}

func (c *Console) renderAs(w http.ResponseWriter, r *http.Request, status int, name string, p page) error {
	f := p.frame()
	if f.Area == "" {
		f.Area, _, _ = strings.Cut(name, "/")
	}
	if err := c.fill(r, f); err != nil {
		return err
	}
	block := "frame"
	if r.Header.Get("HX-Request") != "" && r.Header.Get("HX-History-Restore-Request") == "" {
		block = "part"
	}
	return c.pages.write(w, status, name, block, p)
}

// again shows a form once more with what was wrong, or answers with err when a form cannot mend it.
func (c *Console) again(w http.ResponseWriter, r *http.Request, name string, p page, err error) error {
	f := p.frame()
	if f.Problems = invalids(err); len(f.Problems) == 0 {
		return err
	}
	return c.renderAs(w, r, http.StatusUnprocessableEntity, name, p)
}

// invalids are all that was wrong with a form: a stage joins one for each field.
func invalids(err error) (all []*desk.Invalid) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			all = append(all, invalids(e)...)
		}
		return all
	}
	var one *desk.Invalid
	if errors.As(err, &one) {
		all = append(all, one)
	}
	return all
}

// seeOther answers a form that did its work: on to a page, which says what was done.
func seeOther(w http.ResponseWriter, r *http.Request, to, did string) error {
	if back := r.PostFormValue("back"); local(back) {
		to = back
	}
	if did != "" {
		path, query, _ := strings.Cut(to, "?")
		kept := []string{"done=" + did}
		for _, q := range strings.Split(query, "&") {
			if q != "" && !strings.HasPrefix(q, "done=") {
				kept = append(kept, q)
			}
		}
		to = path + "?" + strings.Join(kept, "&")
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// local reports whether an address leads to a page of ours. Browsers read \ as / and leave out tabs and line ends: /<tab>/x is //x.
func local(to string) bool {
	return strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") &&
		!strings.ContainsFunc(to, func(r rune) bool { return r == '\\' || unicode.IsControl(r) })
}

func cookie(r *http.Request, name string) string {
	if k, err := r.Cookie(name); err == nil {
		return k.Value
	}
	return ""
}

// sessionOf is the value of the session's cookie.
func (c *Console) sessionOf(r *http.Request) string { return cookie(r, Cookie(c.Secure)) }

func (c *Console) setCookie(w http.ResponseWriter, name, value string, age time.Duration) {
	if name == sessionCookie {
		name = Cookie(c.Secure)
	}
	k := &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second), HttpOnly: true, Secure: c.Secure, SameSite: http.SameSiteLaxMode}
	if value == "" {
		k.MaxAge = -1
	}
	http.SetCookie(w, k)
}

// reference is a short name for a request, easy to read out on the phone.
func reference() string { return strings.ToLower(rand.Text()[:8]) }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// pathID is the number in the address. Anything else is not found.
func pathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, desk.ErrNotFound
	}
	return id, nil
}

// Addresses are the patterns of all addresses of the console, as net/http's mux takes them.
func Addresses() (all []string) {
	for _, rt := range new(Console).routes() {
		all = append(all, rt.pattern)
	}
	return all
}
