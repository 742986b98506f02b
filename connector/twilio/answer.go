package twilio

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what Twilio signs with
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"breakwater/alert"
	"breakwater/desk"
)

// genuine checks Twilio's signature: HMAC-SHA1, by the account's token, of the address that it asked and the form's fields in the
// order of their names (twilio.com/docs/usage/security, November 2026).
func (l *line) genuine(h alert.Heard) (url.Values, error) {
	form, err := url.ParseQuery(string(h.Body))
	if err != nil || !l.answers {
		return nil, fmt.Errorf("twilio: unsigned: %w", desk.ErrForbidden)
	}
	m := hmac.New(sha1.New, []byte(l.token.Reveal()))
	m.Write([]byte(h.URL))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		values := slices.Clone(form[name])
		slices.Sort(values)
		for _, v := range slices.Compact(values) {
			m.Write([]byte(name + v))
		}
	}
	if !hmac.Equal([]byte(base64.StdEncoding.EncodeToString(m.Sum(nil))), []byte(h.Header.Get("X-Twilio-Signature"))) {
		return nil, fmt.Errorf("twilio: signed by somebody else: %w", desk.ErrForbidden)
	}
	if form.Get("AccountSid") != l.account {
		return nil, fmt.Errorf("twilio: another account: %w", desk.ErrForbidden)
	}
	return form, nil
}

// words that take a matter up.
var words = []string{"1", "take", "ok", "yes", "ack"}

// Hear reads a text message that somebody wrote back.
func (s sms) Hear(h alert.Heard) (a desk.Answer, err error) {
	form, err := s.genuine(h)
	if err != nil {
		return a, err
	}
	a = desk.Answer{From: form.Get("From"), Name: form.Get("From"), Alone: form.Get("From") == s.to}
	said := strings.ToLower(strings.Trim(strings.TrimSpace(form.Get("Body")), ".!"))
	if form.Get("To") == s.from && slices.Contains(words, said) {
		a.Do = desk.AnswerTake
	}
	return a, nil
}

// Tell writes back what became of it.
func (s sms) Tell(a desk.Answer, said string) (alert.Reply, func(context.Context) error) {
	if said == "" {
		return twiml(struct{}{}), nil
	}
	return twiml(struct {
		Message string `xml:"Message"`
	}{said}), nil
}

// Whisper is Tell: nobody else reads along.
func (s sms) Whisper(a desk.Answer, said string) (alert.Reply, func(context.Context) error) {
	return s.Tell(a, said)
}

// Hear reads which key was pressed in a call.
func (v voice) Hear(h alert.Heard) (a desk.Answer, err error) {
	form, err := v.genuine(h)
	if err != nil {
		return a, err
	}
	asked, err := url.Parse(h.URL)
	if err != nil {
		return a, err
	}
	a = desk.Answer{From: form.Get("To"), Name: form.Get("To"), Alone: form.Get("To") == v.to, Token: asked.Query().Get("call"), Back: v.lang}
	if form.Get("Digits") == "1" {
		a.Do = desk.AnswerTake
	}
	return a, nil
}

// Tell says what became of it, and hangs up.
func (v voice) Tell(a desk.Answer, said string) (alert.Reply, func(context.Context) error) {
	say := voiceOf(a.Back)
	say.Text = said
	return twiml(struct {
		Say    spoken
		Hangup struct{}
	}{Say: say}), nil
}

// Whisper is Tell: nobody else listens.
func (v voice) Whisper(a desk.Answer, said string) (alert.Reply, func(context.Context) error) {
	return v.Tell(a, said)
}

// twiml is an answer in Twilio's language: the verbs that are the fields of a struct.
func twiml(verbs any) alert.Reply {
	b := bytes.NewBufferString(xml.Header)
	if err := xml.NewEncoder(b).EncodeElement(verbs, xml.StartElement{Name: xml.Name{Local: "Response"}}); err != nil {
		return alert.Reply{}
	}
	return alert.Reply{Type: "text/xml; charset=utf-8", Body: b.Bytes()}
}
