package twilio_test

import (
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"unicode/utf16"

	"breakwater/connector/connectortest"
	"breakwater/connector/twilio"
	"breakwater/desk"
)

const account = "AC0123456789abcdef0123456789abcdef"

func settings(base string) desk.Settings {
	return desk.Settings{"url": base, "account": account, "token": connectortest.Secret, "from": "+48 100 200 300", "to": "+48 (123) 456-789"}
}

// form checks what all of Twilio's forms have in common.
func form(r *http.Request, body []byte, resource string) (url.Values, error) {
	user, password, _ := r.BasicAuth()
	values, err := url.ParseQuery(string(body))
	switch {
	case err != nil:
		return nil, err
	case r.URL.Path != "/2010-04-01/Accounts/"+account+"/"+resource || user != account || password != connectortest.Secret:
		return nil, errors.New("authenticate")
	case values.Get("To") != "+48123456789" || values.Get("From") != "+48100200300":
		return nil, errors.New("not a valid phone number")
	}
	return values, nil
}

func TestTextMessages(t *testing.T) {
	t.Parallel()
	connectortest.RunSender(t, twilio.SMS, connectortest.Receiver{
		Receipt: true, Status: http.StatusCreated, Settings: settings,
		Take: func(r *http.Request, body []byte) (string, error) {
			values, err := form(r, body, "Messages.json")
			if err != nil {
				return "", err
			}
			if n := len(utf16.Encode([]rune(values.Get("Body")))); n == 0 || n > 400 {
				return "", errors.New("a message that costs a fortune")
			}
			return `{"sid":"SM1","status":"queued"}`, nil
		},
	})
}

func TestCalls(t *testing.T) {
	t.Parallel()
	connectortest.RunSender(t, twilio.Voice, connectortest.Receiver{
		Receipt: true, Status: http.StatusCreated, Settings: settings,
		Take: func(r *http.Request, body []byte) (string, error) {
			values, err := form(r, body, "Calls.json")
			if err != nil {
				return "", err
			}
			var said struct {
				XMLName xml.Name `xml:"Response"`
				Say     struct {
					Voice    string `xml:"voice,attr"`
					Language string `xml:"language,attr"`
					Text     string `xml:",chardata"`
				}
			}
			if err := xml.Unmarshal([]byte(values.Get("Twiml")), &said); err != nil {
				return "", err
			}
			if said.Say.Text == "" || said.Say.Language == "" || len(values.Get("Twiml")) > 4000 {
				return "", errors.New("twiml is invalid")
			}
			return `{"sid":"CA1","status":"queued"}`, nil
		},
	})
}
