package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"breakwater/desk"
)

// failure says what an error of the mail server means: *desk.Retry for later, desk.ErrDenied for refused credentials, final
// otherwise. All carry a sentence for people.
func (s *sender) failure(ctx context.Context, err error) error {
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ctx.Err()
	}
	code := codeOf(err)
	switch {
	case code == 530 || code == 534 || code == 535 || code == 538 || noSignIn(err):
		return s.problem("The mail server {host} refuses our sign-in. Check user name and password.", code, fmt.Errorf("%w: %w", desk.ErrDenied, err))
	case code >= 500:
		return s.problem("The mail server {host} refuses the mail (code {code}). Check the addresses.", code, err)
	case code >= 400:
		return &desk.Retry{Err: s.problem("The mail server {host} asks us to try later (code {code}).", code, err)}
	case errors.Is(err, smtp.ErrUnencrypted):
		return s.problem("Without encryption the password is not sent to {host}. Choose STARTTLS or TLS.", code, fmt.Errorf("%w: %w", desk.ErrDenied, err))
	case untrusted(err):
		return s.problem("The mail server {host} cannot prove who it is, or speaks no encryption. Check name, port and encryption.", code, err)
	}
	return &desk.Retry{Err: s.problem("The mail server {host} cannot be reached. We keep trying.", code, err)}
}

func (s *sender) problem(say string, code int, err error) error {
	return &desk.Problem{Say: desk.Say(say, "host", s.host, "code", code), Err: err}
}

// codeOf is the server's code in err, 0 when it said none.
func codeOf(err error) int {
	var send *gomail.SendError
	if errors.As(err, &send) && send.ErrorCode() > 0 {
		return send.ErrorCode()
	}
	var said *textproto.Error
	if errors.As(err, &said) {
		return said.Code
	}
	return 0
}

// noSignIn reports whether there is no way to sign in that both sides know.
func noSignIn(err error) bool {
	return errors.Is(err, gomail.ErrNoSupportedAuthDiscovered) || strings.Contains(err.Error(), "does not support SMTP AUTH")
}

// untrusted reports whether encryption failed in a way that time does not mend. The library has no error value for a server
// without STARTTLS.
func untrusted(err error) bool {
	var (
		verify *tls.CertificateVerificationError
		record tls.RecordHeaderError
		alert  tls.AlertError
	)
	return errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) ||
		strings.Contains(err.Error(), "does not support STARTTLS")
}
