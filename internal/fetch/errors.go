package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// No error of this package shows more of an address than its host: tokens live in queries, in paths (Slack, Telegram) and
// before the @. What a server wrote is not shown either, because servers like to repeat what they were sent.

// Status is an answer that is not a success.
type Status struct {
	Host   string
	Code   int           // HTTP status
	After  time.Duration // how long the server asks us to wait, 0 when it does not say
	Header http.Header
	Body   []byte // the first 4 KB, for connectors that look for the network's own error code; not for people
}

func (e *Status) Error() string {
	return fmt.Sprintf("%s answered %d %s", e.Host, e.Code, http.StatusText(e.Code))
}

// Denied reports whether our credentials were refused.
func (e *Status) Denied() bool {
	return e.Code == http.StatusUnauthorized || e.Code == http.StatusForbidden
}

// Gone reports whether there is nothing at this address.
func (e *Status) Gone() bool { return e.Code == http.StatusNotFound || e.Code == http.StatusGone }

// Limited reports whether the server says that we ask too much.
func (e *Status) Limited() bool { return e.Code == http.StatusTooManyRequests }

// Temporary reports whether the same call may succeed later.
func (e *Status) Temporary() bool {
	switch e.Code {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return e.Code >= 500
}

// Private is a call that was not made because its address is inside a private network.
type Private struct{ Host string }

func (e *Private) Error() string {
	return e.Host + " is a private address and private addresses are not allowed"
}

// TooLarge is an answer with more bytes than we take, after decompression.
type TooLarge struct {
	Host string
	Max  int64 // bytes
}

func (e *TooLarge) Error() string {
	return fmt.Sprintf("%s sent more than %d bytes", e.Host, e.Max)
}

// Astray is a redirection that we do not follow.
type Astray struct {
	Host string // that sent us on
	Why  string
}

func (e *Astray) Error() string { return e.Host + " sends us elsewhere: " + e.Why }

// Garbled is an answer that came whole but cannot be read.
type Garbled struct {
	Host string
	Err  error
}

func (e *Garbled) Error() string { return "the answer of " + e.Host + " cannot be read" }

// Unwrap gives the decoder's error, which may quote the answer.
func (e *Garbled) Unwrap() error { return e.Err }

// Address is an address that cannot be called at all.
type Address struct{ Why string }

func (e *Address) Error() string { return "address " + e.Why }

// Unreachable is a call that ended without a whole answer: no name, no connection, no TLS, too slow, cut.
type Unreachable struct {
	Host   string
	Err    error
	Unsent bool // no connection ever stood: the request surely did not arrive. Otherwise it may have been acted upon
}

func (e *Unreachable) Error() string { return e.Host + ": " + reason(e.Err) }

// Unwrap gives the cause, which may quote the answer.
func (e *Unreachable) Unwrap() error { return e.Err }

var errSlow = errors.New("too slow")

// reason is err without anything that the other side could have written.
func reason(err error) string {
	var (
		dns    *net.DNSError
		op     *net.OpError
		cert   *tls.CertificateVerificationError
		name   x509.HostnameError
		record tls.RecordHeaderError
		timed  net.Error
	)
	switch {
	case errors.Is(err, errSlow), errors.Is(err, context.DeadlineExceeded):
		return "too slow"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "no such host"
	case errors.As(err, &dns):
		return "the name cannot be looked up"
	case errors.As(err, &record):
		return "does not speak TLS"
	case errors.As(err, &cert), errors.As(err, &name):
		return "the certificate is not valid"
	case errors.As(err, &timed) && timed.Timeout():
		return "too slow"
	case errors.As(err, &op):
		return op.Op + ": " + op.Err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "the connection ended in the middle of the answer"
	}
	return "no readable answer"
}

// failure turns what net/http answers into one of our errors; the end of the caller's own ctx stays what it is.
func failure(ctx context.Context, host string, err error) error {
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("%s: %w", host, cause)
	}
	var (
		ours    *url.Error
		private *Private
		astray  *Astray
	)
	switch {
	case errors.As(err, &private):
		return private
	case errors.As(err, &astray):
		return astray
	case errors.As(err, &ours):
		err = ours.Err
	}
	return &Unreachable{Host: host, Err: err}
}
