package mattermost_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"breakwater/connector/connectortest"
	"breakwater/connector/mattermost"
	"breakwater/desk"
)

func TestSender(t *testing.T) {
	t.Parallel()
	connectortest.RunSender(t, mattermost.Kind, connectortest.Receiver{
		Settings: func(base string) desk.Settings { return desk.Settings{"url": base + "/hooks/" + connectortest.Secret} },
		Take: func(_ *http.Request, body []byte) (string, error) {
			var m struct{ Text string }
			if err := connectortest.Exactly(body, &m); err != nil {
				return "", err
			}
			if n := utf8.RuneCountInString(m.Text); n == 0 || n > 16_383 {
				return "", errors.New("text is empty or too long")
			}
			for _, call := range []string{"@all", "@here", "@everyone", "[x](javascript"} {
				if strings.Contains(m.Text, call) {
					return "", errors.New("a stranger's words act: " + call)
				}
			}
			return "ok", nil
		},
	})
}
