package web

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rsc.io/qr"

	"breakwater/access"
	"breakwater/desk"
)

func (c *Console) secondRoutes() []route {
	return []route{
		{"GET /sign-in/second", 0, c.secondShow},
		{"POST /sign-in/second", 0, c.secondShown},
		{"POST /sign-in/passkey", 0, c.signInPasskey},
		{"POST /passkey/ask", 0, c.passkeyAsk},
		{"GET /prove", desk.Viewer, c.proveShow},
		{"POST /prove", desk.Viewer, c.prove},
		{"GET /me/second", desk.Viewer, c.meSecond},
		{"POST /me/second/codes", desk.Viewer, c.meCodes},
		{"POST /me/second/codes/off", desk.Viewer, c.meCodesOff},
		{"POST /me/second/recovery", desk.Viewer, c.meRecovery},
		{"POST /me/second/passkeys/ask", desk.Viewer, c.mePasskeyAsk},
		{"POST /me/second/passkeys", desk.Viewer, c.mePasskey},
		{"POST /me/second/passkeys/{key}/drop", desk.Viewer, c.mePasskeyDrop},
	}
}

// secondPage asks for the second factor: at the door, or before something that cannot be undone.
type secondPage struct {
	Frame
	Next     string
	Door     bool          // at sign-in
	None     bool          // the person has none to show
	Codes    bool          // one-time codes are on
	Keys     bool          // passkeys are possible here
	Wait     time.Duration // too many tries
	Recovery bool          // there are recovery codes
}

func (c *Console) secondShow(w http.ResponseWriter, r *http.Request) error {
	p, _, err := c.secondPage(r, r.URL.Query().Get("next"))
	if errors.Is(err, desk.ErrNotFound) {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	return c.render(w, r, "access/second", p)
}

// secondPage is the page at the door, for who has shown the password.
func (c *Console) secondPage(r *http.Request, next string) (*secondPage, desk.User, error) {
	u, _, err := c.Gate.Half(r.Context(), c.sessionOf(r))
	return &secondPage{Next: localOr(next, "/"), Door: true, Codes: u.Factors.TOTP != "", Recovery: len(u.Factors.Recovery) > 0,
		Keys: c.Gate.HasPasskeys() && len(u.Factors.Passkeys) > 0}, u, err
}

// localOr is an address of ours, or else another.
func localOr(to, other string) string {
	if local(to) {
		return to
	}
	return other
}

func (c *Console) secondShown(w http.ResponseWriter, r *http.Request) error {
	p, _, err := c.secondPage(r, r.PostFormValue("next"))
	if errors.Is(err, desk.ErrNotFound) {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	secret, err := c.Gate.Finish(r.Context(), c.sessionOf(r), r.PostFormValue("code"), r.UserAgent(), visitOf(r).actor.From)
	if err != nil {
		return c.secondAgain(w, r, p, err)
	}
	c.setCookie(w, sessionCookie, secret.Reveal(), 14*24*time.Hour)
	http.Redirect(w, r, p.Next, http.StatusSeeOther)
	return nil
}

func (c *Console) secondAgain(w http.ResponseWriter, r *http.Request, p *secondPage, err error) error {
	var later *desk.Retry
	if errors.As(err, &later) && later.Limited {
		p.Wait = max(later.After, time.Second)
		return c.renderAs(w, r, http.StatusTooManyRequests, "access/second", p)
	}
	return c.again(w, r, "access/second", p, err)
}

// passkeyAsk answers with the question that a browser asks its person's device. It is the same for everybody.
func (c *Console) passkeyAsk(w http.ResponseWriter, r *http.Request) error {
	q, err := c.Gate.AskPasskey(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, q)
}

func writeJSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(v)
}

func (c *Console) signInPasskey(w http.ResponseWriter, r *http.Request) error {
	next := localOr(r.PostFormValue("next"), "/")
	secret, _, err := c.Gate.SignInByPasskey(r.Context(), r.PostFormValue("question"), []byte(r.PostFormValue("answer")), r.UserAgent(), visitOf(r).actor.From)
	if err != nil {
		return c.doorAgain(w, r, next, err)
	}
	return c.enter(w, r, secret, next)
}

func (c *Console) provePage(r *http.Request, next string) *secondPage {
	v := visitOf(r)
	f := v.user.Factors
	return &secondPage{Next: localOr(next, "/"), None: !f.Any(), Codes: f.TOTP != "", Recovery: len(f.Recovery) > 0,
		Keys: c.Gate.HasPasskeys() && len(f.Passkeys) > 0}
}

func (c *Console) proveShow(w http.ResponseWriter, r *http.Request) error {
	return c.render(w, r, "access/second", c.provePage(r, r.URL.Query().Get("next")))
}

func (c *Console) prove(w http.ResponseWriter, r *http.Request) error {
	p, session := c.provePage(r, r.PostFormValue("next")), visitOf(r).session.ID
	var err error
	if answer := r.PostFormValue("answer"); answer != "" {
		err = c.Gate.ProveByPasskey(r.Context(), session, r.PostFormValue("question"), []byte(answer))
	} else {
		err = c.Gate.Prove(r.Context(), session, r.PostFormValue("code"))
	}
	if err != nil {
		return c.secondAgain(w, r, p, err)
	}
	return seeOther(w, r, p.Next, "proved")
}

// fresh answers errProve when an act needs a second factor that was not shown lately.
func (c *Console) fresh(r *http.Request, v *visit, pattern string) error {
	right := rights[pattern]
	if r.Method == http.MethodGet || right == "" || right == desk.MaySee || !v.signedIn {
		return nil
	}
	ok, err := c.Gate.Fresh(r.Context(), v.session, right)
	if err == nil && !ok {
		err = errProve
	}
	return err
}

var errProve = errors.New("a second factor is needed")

// sendToProof leads to the page that asks for the second factor, and from there back to the page at hand, where the button is pressed
// again: nothing is done that was not looked at.
func (c *Console) sendToProof(w http.ResponseWriter, r *http.Request) {
	to := "/prove"
	if from := r.Header.Get("Referer"); from != "" {
		if _, path, ok := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(from, "https://"), "http://"), "/"); ok && local("/"+path) {
			to += "?next=" + url.QueryEscape("/"+path)
		}
	}
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusForbidden)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// factorsPage is where people set up what proves them beside the password.
type factorsPage struct {
	Frame
	User     desk.User
	Keys     bool // passkeys are possible here
	QR       string
	Side     int // of the picture, in modules
	Typed    string
	Recovery []string // shown once
	Passkeys []passkeyView
}

type passkeyView struct {
	desk.Passkey
	Path string
}

func (c *Console) factorsPage(r *http.Request, offer bool) (*factorsPage, error) {
	ctx := r.Context()
	u, err := c.Gate.User(ctx, visitOf(r).user.ID)
	if err != nil {
		return nil, err
	}
	p := &factorsPage{Frame: Frame{Area: "me"}, User: u, Keys: c.Gate.HasPasskeys()}
	for _, k := range u.Factors.Passkeys {
		p.Passkeys = append(p.Passkeys, passkeyView{k, hex.EncodeToString(k.ID)})
	}
	if !offer || u.Factors.TOTP != "" {
		return p, nil
	}
	address, secret, err := c.Gate.OfferCodes(ctx)
	if err != nil {
		return nil, err
	}
	p.Typed = inFours(secret.Reveal())
	p.QR, p.Side, err = picture(address)
	return p, err
}

// picture is a QR code as an SVG path of unit squares, with its side in squares.
func picture(text string) (path string, side int, err error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", 0, err
	}
	const quiet = 4 // the standard's margin, in modules
	var b strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				b.WriteString("M" + itoa(int64(x+quiet)) + " " + itoa(int64(y+quiet)) + "h1v1h-1z")
			}
		}
	}
	return b.String(), code.Size + 2*quiet, nil
}

func inFours(s string) string {
	var parts []string
	for len(s) > 4 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), " ")
}

func (c *Console) meSecond(w http.ResponseWriter, r *http.Request) error {
	p, err := c.factorsPage(r, true)
	if err != nil {
		return err
	}
	return c.render(w, r, "me/second", p)
}

// meFactors shows the page again: with what was wrong, or with recovery codes, which are on this page alone.
func (c *Console) meFactors(w http.ResponseWriter, r *http.Request, recovery []string, err error) error {
	p, perr := c.factorsPage(r, err != nil)
	if perr != nil {
		return perr
	}
	if err != nil {
		return c.again(w, r, "me/second", p, err)
	}
	p.Recovery = recovery
	return c.render(w, r, "me/second", p)
}

func (c *Console) meCodes(w http.ResponseWriter, r *http.Request) error {
	recovery, err := c.Gate.ConfirmCodes(r.Context(), r.PostFormValue("second_password"), r.PostFormValue("code"))
	return c.meFactors(w, r, recovery, err)
}

func (c *Console) meCodesOff(w http.ResponseWriter, r *http.Request) error {
	if err := c.Gate.DropCodes(r.Context(), r.PostFormValue("second_password")); err != nil {
		return c.meFactors(w, r, nil, err)
	}
	return seeOther(w, r, "/me/second", "saved")
}

func (c *Console) meRecovery(w http.ResponseWriter, r *http.Request) error {
	recovery, err := c.Gate.Recovery(r.Context(), r.PostFormValue("second_password"))
	return c.meFactors(w, r, recovery, err)
}

func (c *Console) mePasskeyAsk(w http.ResponseWriter, r *http.Request) error {
	var q access.Question
	q, err := c.Gate.OfferPasskey(r.Context(), r.PostFormValue("key_password"))
	if wrong := invalids(err); len(wrong) > 0 {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return writeJSON(w, map[string]string{"problem": visitOf(r).speak.Text(wrong[0].Reason)})
	}
	if err != nil {
		return err
	}
	return writeJSON(w, q)
}

func (c *Console) mePasskey(w http.ResponseWriter, r *http.Request) error {
	recovery, err := c.Gate.AddPasskey(r.Context(), r.PostFormValue("question"), r.PostFormValue("key_name"), []byte(r.PostFormValue("answer")))
	if err == nil && recovery == nil {
		return seeOther(w, r, "/me/second", "saved")
	}
	return c.meFactors(w, r, recovery, err)
}

func (c *Console) mePasskeyDrop(w http.ResponseWriter, r *http.Request) error {
	id, err := hex.DecodeString(r.PathValue("key"))
	if err != nil {
		return desk.ErrNotFound
	}
	if err := c.Gate.DropPasskey(r.Context(), r.PostFormValue("key_password"), id); err != nil {
		return c.meFactors(w, r, nil, err)
	}
	return seeOther(w, r, "/me/second", "saved")
}
