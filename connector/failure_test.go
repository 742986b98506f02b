package connector_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

func TestFailure(t *testing.T) {
	t.Parallel()
	status := func(code int) error {
		return fmt.Errorf("pull: %w", &fetch.Status{Host: "example.org", Code: code, After: time.Minute})
	}
	for _, tc := range []struct {
		err     error
		is      error // wraps
		retry   bool
		limited bool
		after   time.Duration
	}{
		{err: status(401), is: desk.ErrDenied},
		{err: status(403), is: desk.ErrDenied},
		{err: status(404), is: desk.ErrBroken},
		{err: status(410), is: desk.ErrBroken},
		{err: status(400), is: desk.ErrBroken},
		{err: status(307), is: desk.ErrBroken},
		{err: status(429), retry: true, limited: true, after: time.Minute},
		{err: status(503), retry: true, after: time.Minute},
		{err: status(500), retry: true, after: time.Minute},
		{err: &fetch.Unreachable{Host: "example.org", Err: errors.New("reset")}, retry: true},
		{err: &fetch.Private{Host: "localhost"}, is: desk.ErrBroken},
		{err: &fetch.TooLarge{Host: "example.org", Max: 16 << 20}, is: desk.ErrBroken},
		{err: &fetch.Astray{Host: "example.org", Why: "too many times"}, is: desk.ErrBroken},
		{err: &fetch.Garbled{Host: "example.org"}, is: desk.ErrBroken},
		{err: &fetch.Address{Why: "has no host"}, is: desk.ErrBroken},
	} {
		got := connector.Failure(tc.err)
		var retry *desk.Retry
		isRetry := errors.As(got, &retry)
		switch {
		case tc.is != nil && !errors.Is(got, tc.is), isRetry != tc.retry, !errors.Is(got, tc.err), desk.ProblemOf(got).IsZero():
			t.Errorf("%v: got %#v", tc.err, got)
		case isRetry && (retry.Limited != tc.limited || retry.After != tc.after):
			t.Errorf("%v: got %+v", tc.err, retry)
		}
		if again := connector.Failure(got); !same(again, got) {
			t.Errorf("%v: mapped twice: %#v", tc.err, again)
		}
	}
	for _, err := range []error{nil, context.Canceled, errors.New("other")} {
		if got := connector.Failure(err); !same(got, err) {
			t.Errorf("%v: got %v, want it as it was", err, got)
		}
	}
}

// same reports whether a and b wrap each other: they are one error.
func same(a, b error) bool { return errors.Is(a, b) && errors.Is(b, a) }
