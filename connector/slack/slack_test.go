package slack_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf16"

	"breakwater/connector/connectortest"
	"breakwater/connector/slack"
	"breakwater/desk"
)

// TestSender runs the contract against a webhook as strict as Slack's Block Kit: known fields, limits in UTF-16 units, and no
// command in what notifications show.
func TestSender(t *testing.T) {
	t.Parallel()
	connectortest.RunSender(t, slack.Kind, connectortest.Receiver{
		Settings: func(base string) desk.Settings {
			return desk.Settings{"url": base + "/services/T0/B0/" + connectortest.Secret}
		},
		Take: func(r *http.Request, body []byte) (string, error) {
			type text struct{ Type, Text string }
			var m struct {
				Text   string
				Unfurl bool `json:"unfurl_links"`
				Blocks []struct {
					Type     string
					Text     *text
					Elements []struct {
						Type string
						Text text
						URL  string
						ID   string `json:"action_id"`
					}
				}
			}
			if err := connectortest.Exactly(body, &m); err != nil {
				return "", err
			}
			if m.Text == "" || strings.ContainsAny(m.Text, "<>") {
				return "", errors.New("invalid text")
			}
			limits := map[string]int{"header": 150, "section": 3000}
			for _, b := range m.Blocks {
				if most := limits[b.Type]; b.Type != "actions" && (b.Text == nil || b.Text.Type != "plain_text" || b.Text.Text == "" || units(b.Text.Text) > most) {
					return "", errors.New("invalid_blocks")
				}
				for _, e := range b.Elements {
					if e.Type != "button" || units(e.Text.Text) > 75 || !strings.HasPrefix(e.URL, "http") {
						return "", errors.New("invalid_blocks")
					}
				}
			}
			return "ok", nil
		},
	})
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }
