package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What people do in the console and by the API they can do from a terminal.
func TestCommandsAskTheRightThing(t *testing.T) {
	t.Parallel()
	tests := []struct{ args, want, body string }{
		{"radar --brand 2", "GET /api/v1/radar/numbers?brand=2", ""},
		{"events --last 7", "GET /api/v1/events?last=7", ""},
		{"incident lead 3 Ana", "POST /api/v1/incidents/3/lead", `{"lead":"Ana"}`},
		{"incident reopen 3 --why again", "POST /api/v1/incidents/3/reopen", `{"why":"again"}`},
		{"alert end 4 --why over", "POST /api/v1/alerts/4/end", `{"why":"over"}`},
		{"monitor refill 5", "POST /api/v1/monitors/5/refill", ""},
		{"source pause 6 --why noise", "POST /api/v1/sources/6/pause", `{"why":"noise"}`},
		{"source resume 6", "POST /api/v1/sources/6/resume", `{"why":""}`},
		{"source delete 6", "DELETE /api/v1/sources/6", ""},
		{"source gaps --id 6 --from 2026-01-02T03:04:05Z", "GET /api/v1/sources/gaps?from=2026-01-02T03%3A04%3A05Z&source=6", ""},
	}
	for _, tt := range tests {
		var asked, body string
		desk := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			asked, body = r.Method+" "+r.URL.RequestURI(), string(b)
			_, _ = io.WriteString(w, "{}")
		}))
		var out, wrong bytes.Buffer
		code := run(t.Context(), append(strings.Fields(tt.args), "--server", desk.URL, "--token", "x"), strings.NewReader(""), &out, &wrong)
		desk.Close()
		if code != exitDone || asked != tt.want || body != tt.body {
			t.Errorf("%s = %d %s: asked %q with %q, want %q with %q", tt.args, code, wrong.String(), asked, body, tt.want, tt.body)
		}
	}
}
