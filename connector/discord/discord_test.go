package discord_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
	"unicode/utf16"

	"breakwater/connector"
	"breakwater/connector/connectortest"
	"breakwater/connector/discord"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

func TestSender(t *testing.T) {
	t.Parallel()
	connectortest.RunSender(t, discord.Kind, connectortest.Receiver{
		Receipt: true,
		Settings: func(base string) desk.Settings {
			return desk.Settings{"url": base + "/api/webhooks/1/" + connectortest.Secret}
		},
		Take: func(r *http.Request, body []byte) (string, error) {
			var m struct {
				Content  string
				Mentions struct{ Parse []string } `json:"allowed_mentions"`
				Embeds   []struct{ Title, Description, URL string }
			}
			if err := connectortest.Exactly(body, &m); err != nil {
				return "", err
			}
			total := 0
			for _, e := range m.Embeds {
				if units(e.Title) > 256 || units(e.Description) > 4096 || len(e.Title)+len(e.Description) == 0 {
					return "", errors.New("embeds: must be 4096 or fewer in length")
				}
				total += units(e.Title) + units(e.Description)
			}
			switch {
			case units(m.Content) > 2000 || total > 6000 || len(m.Embeds) > 10:
				return "", errors.New("must be 2000 or fewer in length")
			case m.Mentions.Parse == nil || len(m.Mentions.Parse) > 0:
				return "", errors.New("somebody would be called")
			case r.URL.Query().Get("wait") != "true":
				return "", errors.New("no answer was asked for")
			}
			return `{"id":"1301"}`, nil
		},
	})
}

func TestWaitsAsLongAsDiscordAsks(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.Write([]byte(`{"message":"You are being rate limited.","retry_after":64.5,"global":false}`))
	}))
	defer server.Close()
	s, err := discord.Kind.Sender(desk.Settings{"url": server.URL}, connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()})})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Send(t.Context(), connectortest.Letter("Surge", "x"))
	var retry *desk.Retry
	if !errors.As(err, &retry) || retry.After != 64500*time.Millisecond {
		t.Errorf("Send = %v, want a retry after 64.5 s", err)
	}
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }
