package telegram_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"breakwater/connector"
	"breakwater/connector/connectortest"
	"breakwater/connector/telegram"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

const token = "12345:" + connectortest.Secret

func settings(base string) desk.Settings {
	return desk.Settings{"url": base, "token": token, "chat": "-1001"}
}

func TestSender(t *testing.T) {
	t.Parallel()
	connectortest.RunSender(t, telegram.Kind, connectortest.Receiver{
		Receipt: true, Settings: settings,
		Take: func(r *http.Request, body []byte) (string, error) {
			var m struct {
				Chat    string `json:"chat_id"`
				Text    string
				Preview struct {
					Disabled bool `json:"is_disabled"`
				} `json:"link_preview_options"`
				Markup *struct {
					Rows [][]struct{ Text, URL string } `json:"inline_keyboard"`
				} `json:"reply_markup"`
			}
			if err := connectortest.Exactly(body, &m); err != nil {
				return "", err
			}
			if n := len(utf16.Encode([]rune(m.Text))); r.URL.Path != "/bot"+token+"/sendMessage" || m.Chat != "-1001" || n == 0 || n > 4096 {
				return "", errors.New("Bad Request: message is too long")
			}
			if strings.Contains(m.Text, "@everyone") {
				return "", errors.New("a stranger's words call people")
			}
			return `{"ok":true,"result":{"message_id":42}}`, nil
		},
	})
}

func TestReadsTelegramsOwnAnswers(t *testing.T) {
	t.Parallel()
	status, answer := 0, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	defer server.Close()
	s, err := telegram.Kind.Sender(settings(server.URL), connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()})})
	if err != nil {
		t.Fatal(err)
	}
	status, answer = 429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 31","parameters":{"retry_after":31}}`
	_, err = s.Send(t.Context(), connectortest.Letter("Surge", "x"))
	var retry *desk.Retry
	if !errors.As(err, &retry) || retry.After != 31*time.Second {
		t.Errorf("limited: %v, want a retry after 31 s", err)
	}
	status, answer = 404, `{"ok":false,"error_code":404,"description":"Not Found"}`
	if _, err = s.Send(t.Context(), connectortest.Letter("Surge", "x")); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a token that is not known: %v, want desk.ErrDenied", err)
	}
}
