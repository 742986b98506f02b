package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"breakwater/desk"
)

var (
	errSignIn      = errors.New("not signed in")
	errCrossOrigin = errors.New("asked for by another site")
)

// errorPage tells people what went wrong, in a plain sentence, with a reference to quote.
type errorPage struct {
	Frame
	Status int
	Title  desk.Text
	Advice desk.Text
	Ref    string
	Help   string // page that helps, empty: none
}

// fail is the one place that turns errors into pages. People get a sentence and a reference; the log gets the chain.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, err error) {
	v := visitOf(r)
	if errors.Is(err, errSignIn) {
		c.sendToDoor(w, r)
		return
	}
	if errors.Is(err, errProve) {
		c.sendToProof(w, r)
		return
	}
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // nobody is there to read it
	}
	p := &errorPage{Ref: v.ref, Frame: Frame{Area: "error"}}
	p.Status, p.Title, p.Advice, p.Help = explain(err)
	if p.Status >= http.StatusInternalServerError {
		c.Log.Error("page failed", "ref", v.ref, "method", r.Method, "path", r.URL.Path, "who", v.actor.Who, "err", err)
	}
	var later *desk.Retry
	if errors.As(err, &later) && later.After > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(later.After/time.Second)+1))
	}
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Retarget", "#notice")
		w.Header().Set("HX-Reswap", "innerHTML")
		w.Header().Set("HX-Reselect", "#problem")
	}
	if werr := c.renderAs(w, r, p.Status, "error/error", p); werr != nil {
		c.Log.Error("error page failed", "ref", v.ref, "err", werr)
		http.Error(w, v.speak.T("Something went wrong on our side.")+" "+v.ref, http.StatusInternalServerError)
	}
}

// explain is what people read about an error.
func explain(err error) (status int, title, advice desk.Text, help string) {
	var wrong *desk.Invalid
	var later *desk.Retry
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &wrong):
		return http.StatusUnprocessableEntity, desk.Say("That cannot be done like this."), wrong.Reason, ""
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge, desk.Say("This is too large."),
			desk.Say("Send at most {n} MB at once, or use the command line, which takes files of any size.", "n", large.Limit>>20), "/help#import"
	case errors.Is(err, desk.ErrNotFound):
		return http.StatusNotFound, desk.Say("There is nothing here."), desk.Say("It may have been deleted, or the address is not complete."), ""
	case errors.Is(err, desk.ErrForbidden):
		return http.StatusForbidden, desk.Say("Your role does not allow this."), desk.Say("Ask an admin of this desk, or a colleague who may."), "/help#roles"
	case errors.Is(err, errCrossOrigin):
		return http.StatusForbidden, desk.Say("This was asked for by another site."), desk.Say("Open the page in the desk itself and try again."), ""
	case errors.Is(err, desk.ErrConflict):
		return http.StatusConflict, desk.Say("Somebody else changed this meanwhile."), desk.Say("Look at it again, then decide."), ""
	case errors.Is(err, desk.ErrInvalidTransition):
		return http.StatusConflict, desk.Say("This step is not possible any more."), desk.Say("Somebody else was probably faster. Look at it again."), ""
	case errors.As(err, &later) && later.Limited:
		return http.StatusTooManyRequests, desk.Say("Too many tries."), desk.Say("Wait {time}, then try again.", "time", max(later.After, time.Second)), ""
	case errors.As(err, &later):
		return http.StatusServiceUnavailable, desk.Say("This takes a moment longer."), desk.Say("Try again shortly."), ""
	}
	return http.StatusInternalServerError, desk.Say("Something went wrong on our side."),
		desk.Say("Nothing was changed. Try again; if it stays like this, tell whoever runs this desk the reference below."), ""
}

// sendToDoor leads who is not signed in to the sign-in page, and from there back.
func (c *Console) sendToDoor(w http.ResponseWriter, r *http.Request) {
	to := "/sign-in"
	if r.Method == http.MethodGet && r.URL.Path != "/" && r.URL.Path != "/events" {
		to += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	switch {
	case r.URL.Path == "/events":
		http.Error(w, visitOf(r).speak.T("Sign in again."), http.StatusUnauthorized)
	case r.Header.Get("HX-Request") != "":
		w.Header().Set("HX-Redirect", "/sign-in")
		w.WriteHeader(http.StatusUnauthorized)
	default:
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
}
