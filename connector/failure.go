package connector

import (
	"context"
	"errors"
	"fmt"

	"net/http"

	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/publish"
)

// Failure says what a failed call means for a source or a sender: *desk.Retry when the same may succeed later, an error
// wrapping desk.ErrDenied when a person has to renew credentials, one wrapping desk.ErrBroken when a person has to look.
// All of these carry a *desk.Problem. The end of a context and errors that say already what they mean are left as they are.
func Failure(err error) error {
	var retry *desk.Retry
	if err == nil || errors.As(err, &retry) || errors.Is(err, desk.ErrDenied) || errors.Is(err, desk.ErrBroken) {
		return err
	}
	var (
		status      *fetch.Status
		unreachable *fetch.Unreachable
	)
	switch {
	case errors.As(err, &status):
		return refused(status, err)
	case errors.As(err, &unreachable):
		say := desk.Say("{host} cannot be reached. We keep trying.", "host", unreachable.Host)
		return &desk.Retry{Err: &desk.Problem{Say: say, Err: err}}
	}
	if say := unusable(err); !say.IsZero() {
		return broken(say, err)
	}
	return err
}

// SendFailure says what a failed call means that would have said something in public, or changed it. It is Failure where the
// other side surely did not act; an error wrapping publish.ErrUnsure where it may have: the connection broke once it stood, or
// the answer was lost, unreadable, or that of a server in trouble, which may have acted before.
func SendFailure(err error) error {
	var (
		status  *fetch.Status
		lost    *fetch.Unreachable
		garbled *fetch.Garbled
		large   *fetch.TooLarge
	)
	unsure := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.As(err, &garbled) || errors.As(err, &large)
	if errors.As(err, &lost) {
		unsure = !lost.Unsent
	}
	if errors.As(err, &status) { // 503 is said before anything is done, and so is 501
		unsure = status.Code >= 500 && status.Code != http.StatusServiceUnavailable && status.Code != http.StatusNotImplemented
	}
	switch {
	case unsure && !errors.Is(err, publish.ErrUnsure):
		return fmt.Errorf("%w: %w", publish.ErrUnsure, err)
	case status != nil && (status.Code == http.StatusBadRequest || status.Code == http.StatusRequestEntityTooLarge || status.Code == http.StatusUnprocessableEntity):
		return broken(desk.Say("{host} refuses the post as it is (error {code}). Check its length, its media and what it answers.", "host", status.Host, "code", status.Code), err)
	}
	return Failure(err)
}

func refused(s *fetch.Status, err error) error {
	switch {
	case s.Denied():
		say := desk.Say("{host} refuses our access. Check the credentials and the rights that they give.", "host", s.Host)
		return &desk.Problem{Say: say, Err: fmt.Errorf("%w: %w", desk.ErrDenied, err)}
	case s.Limited():
		say := desk.Say("{host} asks us to slow down. We go on as soon as it allows.", "host", s.Host)
		return &desk.Retry{After: s.After, Limited: true, Err: &desk.Problem{Say: say, Err: err}}
	case s.Temporary():
		say := desk.Say("{host} has trouble of its own (error {code}). We keep trying.", "host", s.Host, "code", s.Code)
		return &desk.Retry{After: s.After, Err: &desk.Problem{Say: say, Err: err}}
	case s.Gone():
		return broken(desk.Say("There is nothing at this address of {host} any more. Check the address.", "host", s.Host), err)
	}
	return broken(desk.Say("{host} does not understand what we ask (error {code}). Check the settings.", "host", s.Host, "code", s.Code), err)
}

func broken(say desk.Text, err error) error {
	return &desk.Problem{Say: say, Err: fmt.Errorf("%w: %w", desk.ErrBroken, err)}
}

// unusable is the sentence for what will not get better by waiting; zero for anything else.
func unusable(err error) desk.Text {
	var (
		private *fetch.Private
		large   *fetch.TooLarge
		astray  *fetch.Astray
		garbled *fetch.Garbled
		address *fetch.Address
	)
	switch {
	case errors.As(err, &private):
		return desk.Say("{host} is an address inside a private network. Ask the operator to allow it if that is meant.", "host", private.Host)
	case errors.As(err, &large):
		return desk.Say("{host} sends more than {size} MB at once. That is too much to be read.", "host", large.Host, "size", large.Max>>20)
	case errors.As(err, &astray):
		return desk.Say("{host} sends us on to other addresses without end or unsafely. Check the address.", "host", astray.Host)
	case errors.As(err, &garbled):
		return desk.Say("What {host} sends cannot be read. Check that the address is the right one.", "host", garbled.Host)
	case errors.As(err, &address):
		return desk.Say("This is not a web address. It begins with https:// or http://.")
	}
	return desk.Text{}
}
