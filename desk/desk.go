// Package desk holds the nouns of the crisis desk and the rules about them that need no input or output.
//
// Everything may depend on desk; desk depends on the standard library alone. Times are UTC, identifiers are assigned by
// the store, and a zero value means "not known" unless a field says otherwise.
package desk

import (
	"errors"
	"fmt"
	"time"
)

// Errors that the stages and the store answer with. Callers test them with errors.Is.
var (
	ErrNotFound          = errors.New("not found")
	ErrConflict          = errors.New("changed by somebody else meanwhile")
	ErrForbidden         = errors.New("not allowed")
	ErrInvalidTransition = errors.New("the order of work does not allow this step")
	// ErrDenied says that a network refused our credentials: a person has to renew them.
	ErrDenied = errors.New("credentials refused")
	// ErrBroken says that what came cannot be read, or that there is nothing at the address: a person has to look.
	ErrBroken = errors.New("what came cannot be read")
	// ErrGone is the ErrBroken of what its owner has ended for good: asking again and again is rude and tells nothing.
	ErrGone = fmt.Errorf("%w: its owner has ended it", ErrBroken)
)

// Problem is a failure together with the sentence that people read about it.
type Problem struct {
	Say Text
	Err error // what happened, for the log and for errors.Is
}

func (p *Problem) Error() string { return p.Err.Error() }

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Err }

// ProblemOf is the sentence that err carries for people; zero when it carries none.
func ProblemOf(err error) Text {
	var p *Problem
	if errors.As(err, &p) {
		return p.Say
	}
	return Text{}
}

// InVain reports whether a message that failed with err would fail again: the other side took it in and said no, or what it goes by is
// not there or set wrongly. Everything else may pass, trouble of our own too: that is tried again.
func InVain(err error) bool {
	var retry *Retry
	var said *Problem
	var wrong *Invalid
	if errors.As(err, &retry) {
		return false
	}
	return errors.As(err, &said) || errors.As(err, &wrong) || errors.Is(err, ErrDenied) || errors.Is(err, ErrBroken) || errors.Is(err, ErrNotFound)
}

// Invalid says which field of what somebody gave us is wrong and what to do about it.
type Invalid struct {
	Field  string // the form's or the API's name of the field
	Reason Text   // what to do, as a sentence for people
}

// Error is the reason in English, led by the field.
func (e *Invalid) Error() string { return e.Field + ": " + e.Reason.English() }

// Wrong is an *Invalid with a sentence and the values of its placeholders (pairs of name and value).
func Wrong(field, sentence string, with ...any) *Invalid {
	return &Invalid{Field: field, Reason: Say(sentence, with...)}
}

// Retry is a failure from outside that carries its own advice: try again after After.
type Retry struct {
	After   time.Duration // at least this long; 0 means the caller's own back-off
	Limited bool          // the other side said that we ask too much
	Err     error
}

func (e *Retry) Error() string {
	if e.After > 0 {
		return fmt.Sprintf("%v (again in %s)", e.Err, e.After.Round(time.Second))
	}
	return e.Err.Error()
}

// Unwrap gives the cause.
func (e *Retry) Unwrap() error { return e.Err }
