package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"breakwater/desk"
	"breakwater/internal/say"
	"breakwater/match"
	"breakwater/reply"
)

// Problem is what an operation answers when it did not do what was asked (RFC 9457).
type Problem struct {
	Title     string  `json:"title" doc:"What kind of problem it is, in the language asked for" example:"There is nothing here."`
	Status    int     `json:"status" doc:"HTTP status" example:"404"`
	Detail    string  `json:"detail" doc:"What to do about it, in the language asked for"`
	Code      string  `json:"code" doc:"Fixed name of the kind of problem, for programs" enum:"invalid,not_found,forbidden,sign_in,conflict,warned,order_of_work,limited,unavailable,too_large,method,cross_origin,refused,internal"`
	Reference string  `json:"reference,omitempty" doc:"To quote when asking for help; the log has the same"`
	Errors    []Wrong `json:"errors,omitempty" doc:"Each field that is wrong"`
	Warnings  []Heard `json:"warnings,omitempty" doc:"With code warned: what the guard says of an answer. Nothing was sent"`
	header    http.Header
}

// Heard is what a guard says of an answer.
type Heard struct {
	Check   string `json:"check" doc:"What to name in despite, to send it all the same" example:"copied"`
	Weight  string `json:"weight" doc:"A warn holds the answer back, a hint does not" enum:"warn,hint"`
	Message string `json:"message" doc:"With what was measured, in the language asked for"`
	Fix     string `json:"fix,omitempty" doc:"What to do about it, in the language asked for"`
}

// Wrong is one field that is wrong.
type Wrong struct {
	Field   string `json:"field" doc:"Name of the field or parameter" example:"query"`
	Message string `json:"message" doc:"What to do about it, in the language asked for"`
	At      *int   `json:"at,omitempty" doc:"Position of the first wrong character of the field, from 0"`
}

// Error is the English title, for logs.
func (p *Problem) Error() string { return p.Title + " " + p.Detail }

// GetStatus tells huma the status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders tells huma the headers that belong to the problem.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// kind is how an error is told.
type kind struct {
	status        int
	code          string
	title, advice desk.Text
}

var (
	errSignIn      = errors.New("not signed in")
	errCrossOrigin = errors.New("asked for by another site")
)

// kinds are the errors that callers can do something about, in the order in which they are looked for.
var kinds = []struct {
	is error
	kind
}{
	{errSignIn, kind{http.StatusUnauthorized, "sign_in", desk.Say("Sign in again."), desk.Say("Send a valid token as “Authorization: Bearer …”.")}},
	{errCrossOrigin, kind{http.StatusForbidden, "cross_origin", desk.Say("This was asked for by another site."), desk.Say("Open the page in the desk itself and try again.")}},
	{errMethod, kind{http.StatusMethodNotAllowed, "method", desk.Say("That cannot be done like this."), desk.Say("This address does not take this method.")}},
	{desk.ErrNotFound, kind{http.StatusNotFound, "not_found", desk.Say("There is nothing here."), desk.Say("It may have been deleted, or the address is not complete.")}},
	{desk.ErrForbidden, kind{http.StatusForbidden, "forbidden", desk.Say("Your role does not allow this."), desk.Say("Ask an admin of this desk, or a colleague who may.")}},
	{desk.ErrConflict, kind{http.StatusConflict, "conflict", desk.Say("Somebody else changed this meanwhile."), desk.Say("Look at it again, then decide.")}},
	{desk.ErrInvalidTransition, kind{http.StatusConflict, "order_of_work", desk.Say("This step is not possible any more."), desk.Say("Somebody else was probably faster. Look at it again.")}},
	{desk.ErrDenied, kind{http.StatusBadGateway, "refused", desk.Say("The other side refused the credentials."), desk.Say("Renew them, then try again.")}},
	{context.DeadlineExceeded, kind{http.StatusServiceUnavailable, "unavailable", desk.Say("This takes a moment longer."), desk.Say("Try again shortly.")}},
}

// kindOf finds how an error is told. What is not known is our own fault, and says nothing of itself to the outside.
func kindOf(err error) kind {
	var later *desk.Retry
	var large *http.MaxBytesError
	var warned *reply.Warned
	switch {
	case errors.As(err, &warned):
		return kind{http.StatusConflict, "warned", desk.Say("The guard warns. Nothing was sent."), desk.Say("Read the warnings, and say it in other words. To send it all the same, name their checks in despite.")}
	case errors.As(err, &later) && later.Limited:
		return kind{http.StatusTooManyRequests, "limited", desk.Say("Too many tries."), desk.Say("Wait {time}, then try again.", "time", max(later.After, time.Second))}
	case errors.As(err, &later):
		return kind{http.StatusServiceUnavailable, "unavailable", desk.Say("This takes a moment longer."), desk.Say("Try again shortly.")}
	case errors.As(err, &large):
		return kind{http.StatusRequestEntityTooLarge, "too_large", desk.Say("This is too large."), desk.Say("Send at most {n} MB at once.", "n", max(1, large.Limit>>20))}
	}
	for _, k := range kinds {
		if errors.Is(err, k.is) {
			return k.kind
		}
	}
	return kind{http.StatusInternalServerError, "internal", desk.Say("Something went wrong on our side."),
		desk.Say("Nothing was changed. Try again; if it stays like this, tell whoever runs this desk the reference below.")}
}

// problem tells an error in the caller's language. It is the only place where errors become answers; the log gets the chain.
func (s *server) problem(ctx context.Context, err error) *Problem {
	speak := printerOf(ctx)
	if fields := merged(invalids(err)); len(fields) > 0 {
		p := &Problem{Title: speak.T("That cannot be done like this."), Status: http.StatusUnprocessableEntity, Code: "invalid", Detail: speak.Text(fields[0].Reason)}
		for _, f := range fields {
			p.Errors = append(p.Errors, Wrong{Field: f.Field, Message: speak.Text(f.Reason), At: f.at})
		}
		return p
	}
	k := kindOf(err)
	p := &Problem{Title: speak.Text(k.title), Status: k.status, Code: k.code, Detail: speak.Text(k.advice), header: http.Header{}}
	if say := desk.ProblemOf(err); !say.IsZero() {
		p.Detail = speak.Text(say)
	}
	var warned *reply.Warned
	if errors.As(err, &warned) {
		for _, f := range warned.Findings {
			p.Warnings = append(p.Warnings, Heard{f.Check, f.Weight, speak.Text(f.Say), speak.Text(f.Fix)})
		}
	}
	switch k.status {
	case http.StatusUnauthorized:
		p.header.Set("WWW-Authenticate", `Bearer realm="breakwater"`)
	case http.StatusInternalServerError:
		p.Reference = referenceOf(ctx)
		if ctx.Err() == nil {
			s.Log.Error("an operation failed", "ref", p.Reference, "who", desk.ActorOf(ctx).Who, "err", err)
		}
	}
	var later *desk.Retry
	if errors.As(err, &later) && later.After > 0 {
		p.header.Set("Retry-After", strconv.Itoa(int((later.After+time.Second-1)/time.Second)))
	}
	return p
}

// invalid is a wrong field, with the place in it where that is known.
type invalid struct {
	*desk.Invalid
	at *int
}

// invalids are all wrong fields that an error names; errors may be joined.
func invalids(err error) []invalid {
	var all []invalid
	switch e := err.(type) { //nolint:errorlint // the tree is walked by hand, because every leaf counts
	case nil:
	case *desk.Invalid:
		all = append(all, invalid{Invalid: e})
	case *match.SyntaxError:
		all = append(all, invalid{Invalid: &desk.Invalid{Field: "query", Reason: e.Text}, at: &e.At})
	case interface{ Unwrap() []error }:
		for _, sub := range e.Unwrap() {
			all = append(all, invalids(sub)...)
		}
	case interface{ Unwrap() error }:
		all = invalids(e.Unwrap())
	}
	return all
}

// merged joins what is said of a field by the form's rule and by the language of its value.
func merged(all []invalid) []invalid {
	var out []invalid
	for _, f := range all {
		last := len(out) - 1
		if last >= 0 && f.at != nil && out[last].at == nil && out[last].Field == f.Field {
			out[last].at = f.at
			continue
		}
		out = append(out, f)
	}
	return out
}

// translate turns what huma itself found wrong with a request into a Problem. The value is not sent back: it may be a secret.
func (s *server) translate(hc huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	speak := printerOf(hc.Context())
	p := &Problem{Title: speak.T("That cannot be done like this."), Status: e.Status, Code: "invalid", Detail: speak.T("Something in the request is missing or has the wrong form.")}
	if e.Status == http.StatusRequestEntityTooLarge {
		p.Code, p.Title, p.Detail = "too_large", speak.T("This is too large."), speak.T("Send less at once.")
	}
	if e.Status >= http.StatusInternalServerError {
		return s.problem(hc.Context(), e), nil
	}
	for _, d := range e.Errors {
		p.Errors = append(p.Errors, Wrong{Field: d.Location, Message: d.Message})
	}
	return p, nil
}

// refuse answers a request with a problem outside of any operation.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(r.Context(), err)
	for name, values := range p.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) //nolint:errcheck // the caller has gone away
}

// write answers with a problem before an operation began.
func (s *server) write(hc huma.Context, p *Problem) {
	for name, values := range p.header {
		for _, v := range values {
			hc.SetHeader(name, v)
		}
	}
	hc.SetHeader("Content-Type", p.ContentType(""))
	hc.SetStatus(p.Status)
	json.NewEncoder(hc.BodyWriter()).Encode(p) //nolint:errcheck // the caller has gone away
}

type printerKey struct{}

// printerOf speaks the caller's language.
func printerOf(ctx context.Context) *say.Printer {
	if p, ok := ctx.Value(printerKey{}).(*say.Printer); ok {
		return p
	}
	return say.For("en", "")
}
