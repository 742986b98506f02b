package teams_test

import (
	"errors"
	"net/http"
	"testing"

	"breakwater/connector/connectortest"
	"breakwater/connector/teams"
	"breakwater/desk"
)

func TestSender(t *testing.T) {
	t.Parallel()
	connectortest.RunSender(t, teams.Kind, connectortest.Receiver{
		Status: http.StatusAccepted,
		Settings: func(base string) desk.Settings {
			return desk.Settings{"url": base + "/workflows/x?sig=" + connectortest.Secret}
		},
		Take: func(_ *http.Request, body []byte) (string, error) {
			type run struct{ Type, Text, Size, Weight string }
			var m struct {
				Type        string
				Attachments []struct {
					ContentType string
					Content     struct {
						Schema        string `json:"$schema"`
						Type, Version string
						Body          []struct {
							Type    string
							Inlines []run
						}
						Actions []struct{ Type, Title, URL string }
					}
				}
			}
			if err := connectortest.Exactly(body, &m); err != nil {
				return "", err
			}
			if m.Type != "message" || len(m.Attachments) != 1 || m.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" {
				return "", errors.New("no adaptive card")
			}
			card := m.Attachments[0].Content
			if len(body) > 28<<10 || card.Type != "AdaptiveCard" || card.Version != "1.4" || len(card.Body) == 0 {
				return "", errors.New("not a card that Teams takes")
			}
			for _, b := range card.Body {
				if b.Type != "RichTextBlock" || len(b.Inlines) == 0 || b.Inlines[0].Type != "TextRun" {
					return "", errors.New("a block that is read as Markdown")
				}
			}
			for _, a := range card.Actions {
				if a.Type != "Action.OpenUrl" || a.URL == "" || a.Title == "" {
					return "", errors.New("a button that does nothing")
				}
			}
			return "", nil
		},
	})
}
