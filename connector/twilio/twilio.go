// Package twilio brings alerts to telephones as text messages and calls, by Twilio or a service that speaks its language.
package twilio

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// SMS sends text messages.
var SMS = connector.Kind{Sender: newSMS, Spec: desk.Spec{
	Kind: "sms", Title: "Text message", Help: "Sends alerts as text messages, by Twilio or a service that speaks its language. Each costs money.", Fields: fields,
}}

// Voice calls people and reads the alert to them.
var Voice = connector.Kind{Sender: newVoice, Spec: desk.Spec{
	Kind: "voice", Title: "Telephone call", Help: "Calls and reads the alert aloud, by Twilio or a service that speaks its language. Each call costs money.", Fields: fields,
}}

var fields = []desk.Field{
	{Name: "account", Label: "Account", Required: true, Help: "Begins with AC."},
	{Name: "token", Label: "Access token", Kind: "secret", Required: true},
	{Name: "from", Label: "From", Required: true, Help: "A number of the account, like +48123456789."},
	{Name: "to", Label: "To", Required: true, Help: "With the country's number, like +48123456789."},
	{Name: "answers", Label: "Take it by telephone", Kind: "choice", Choices: []string{"no", "yes"}, Default: "no",
		Help: "Press 1, or write 1 back. Twilio must reach this desk at its public https address; for text messages enter it, /answers/ and this way's number as the number's messaging webhook."},
	{Name: "url", Label: "Server", Kind: "url", Help: "Empty: https://api.twilio.com."},
}

const (
	server    = "https://api.twilio.com"
	maxSMS    = 300  // of the 1,600 characters that Twilio takes: each 70 to 160 are paid for as a message of their own
	maxSpoken = 1000 // of the 4,000 characters of a call's instructions: nobody listens longer at night
)

var (
	numberShape = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`) // E.164
	// Sender names of letters are allowed in some countries.
	fromShape    = regexp.MustCompile(`^(\+[1-9][0-9]{6,14}|[A-Za-z0-9 ]{1,11})$`)
	accountShape = regexp.MustCompile(`^AC[0-9A-Za-z]{32}$`)
)

// line is one number that is written to or called.
type line struct {
	base, account, from, to string
	answers                 bool
	here                    string // where answers to the way come in
	token                   desk.Secret
	fetch                   *fetch.Client
}

func newLine(set desk.Settings, env connector.Env) (*line, error) {
	tidy := func(field string) string {
		return strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(set[field])
	}
	l := &line{base: server, account: strings.TrimSpace(set["account"]), from: strings.TrimSpace(set["from"]), to: tidy("to"), answers: set["answers"] == "yes", here: env.Answers, fetch: env.Fetch}
	if strings.HasPrefix(l.from, "+") {
		l.from = tidy("from")
	}
	if !accountShape.MatchString(l.account) {
		return nil, desk.Wrong("account", "An account is AC and 32 letters and digits.")
	}
	for field, right := range map[string]bool{"to": numberShape.MatchString(l.to), "from": fromShape.MatchString(l.from)} {
		if !right {
			return nil, desk.Wrong(field, "Enter a telephone number with the country's number, like +48123456789.")
		}
	}
	token, err := connector.Needed(set, "token")
	if err != nil {
		return nil, err
	}
	l.token = desk.Secret(token)
	if set["url"] != "" {
		if l.base, err = connector.Address(set, "url"); err != nil {
			return nil, err
		}
	}
	l.base = strings.TrimRight(l.base, "/")
	return l, nil
}

// ask posts a form to one of the account's resources. The receipt is the SID of what it made.
func (l *line) ask(ctx context.Context, resource string, form url.Values) (string, error) {
	form.Set("To", l.to)
	form.Set("From", l.from)
	sign := base64.StdEncoding.EncodeToString([]byte(l.account + ":" + l.token.Reveal()))
	var is struct {
		SID string `json:"sid"`
	}
	_, err := l.fetch.PostForm(ctx, l.base+"/2010-04-01/Accounts/"+l.account+"/"+resource, http.Header{"Authorization": {"Basic " + sign}}, form, &is)
	return is.SID, connector.Failure(err)
}

type sms struct{ *line }

func newSMS(set desk.Settings, env connector.Env) (alert.Sender, error) {
	l, err := newLine(set, env)
	return sms{l}, err
}

// Send writes the subject and the link: the rest is behind the link.
func (s sms) Send(ctx context.Context, m alert.Message) (string, error) {
	body := connector.Cut(m.Subject, maxSMS, connector.UTF16)
	if len(m.Actions) > 0 && m.Actions[0].Press != "" && s.answers {
		body += "\n" + m.Actions[0].Press
	}
	return s.ask(ctx, "Messages.json", url.Values{"Body": {body + "\n" + m.Link}})
}

type voice struct {
	*line
	lang string
}

func newVoice(set desk.Settings, env connector.Env) (alert.Sender, error) {
	l, err := newLine(set, env)
	return voice{l, env.Lang}, err
}

// voiceOf is who speaks a language; English for one that we know no voice of.
func voiceOf(lang string) spoken {
	if v, ok := voices[lang]; ok {
		return v
	}
	return voices["en"]
}

// voices that speak our languages (twilio.com/docs/voice/twiml/say/text-speech, November 2026); English for any other.
var voices = map[string]spoken{
	"en": {Voice: "Polly.Joanna", Language: "en-US"}, "pl": {Voice: "Polly.Ewa", Language: "pl-PL"}, "sv": {Voice: "Polly.Astrid", Language: "sv-SE"},
	"he": {Voice: "Google.he-IL-Standard-A", Language: "he-IL"}, "id": {Voice: "Google.id-ID-Standard-A", Language: "id-ID"},
	"zh-Hant": {Voice: "Google.cmn-TW-Standard-A", Language: "cmn-TW"},
}

// gather listens for a key while it speaks.
type gather struct {
	Action  string `xml:"action,attr"`
	Method  string `xml:"method,attr"`
	Digits  int    `xml:"numDigits,attr"`
	Timeout int    `xml:"timeout,attr"` // seconds after the last word
	Say     []spoken
}

type spoken struct {
	Voice    string `xml:"voice,attr"`
	Language string `xml:"language,attr"`
	Loop     int    `xml:"loop,attr,omitempty"`
	Text     string `xml:",chardata"`
}

// Send calls and reads subject and first sentences, twice: the first time people are still waking up.
func (v voice) Send(ctx context.Context, m alert.Message) (string, error) {
	say := voiceOf(m.To.Lang)
	first, _, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(m.Text, m.Subject)), "\n")
	say.Loop, say.Text = 2, connector.Cut(m.Subject+". "+first, maxSpoken, connector.UTF16)
	var spoke any = struct{ Say spoken }{say}
	if v.answers && v.here != "" && len(m.Actions) > 0 && m.Actions[0].Token != "" {
		press := voiceOf(m.To.Lang)
		press.Text = m.Actions[0].Press
		say.Loop = 1
		spoke = struct{ Gather gather }{gather{Action: v.here + "?call=" + m.Actions[0].Token, Method: "POST", Digits: 1, Timeout: 10, Say: []spoken{say, press, say, press}}}
	}
	answer := twiml(spoke)
	return v.ask(ctx, "Calls.json", url.Values{"Twiml": {string(answer.Body)}})
}
