package email

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"

	"breakwater/alert"
	"breakwater/desk"
)

// Words of strangers in a letter are words: no header comes of a subject or a name, and no second recipient, and the letter does not
// end early.
func TestAttackMailHeaders(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{"x\r\nBcc: eve@evil.example", "x\nX-Injected: yes", "x\r\n\r\n<script>alert(1)</script>", "x\rBcc: eve@evil.example", "x\u2028Bcc: eve@evil.example", "x\x00\r\nX-Injected: yes", strings.Repeat("a", 5000) + "\r\nX-Injected: yes"} {
		s, err := read(desk.Settings{"from": "Breakwater <desk@example.org>", "to": "ana@example.org", "host": "mail.example.org", "security": "none"})
		if err != nil {
			t.Fatal(err)
		}
		letter, err := s.letter(alert.Message{Key: "k" + evil, Subject: evil, Text: "x\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n" + evil, HTML: "<p>x</p>", Link: "https://desk.example/alerts/1", To: desk.Way{Name: evil}})
		if err != nil {
			continue // refused
		}
		var b bytes.Buffer
		if _, err := letter.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		got, err := mail.ReadMessage(&b)
		if err != nil {
			t.Fatalf("%q: %v", evil, err)
		}
		if got.Header.Get("Bcc") != "" || got.Header.Get("X-Injected") != "" || got.Header.Get("To") != "<ana@example.org>" {
			t.Errorf("%.60q became a header: %v", evil, got.Header)
		}
		for name, values := range got.Header {
			if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
				t.Errorf("%.60q: %s holds a line end", evil, name)
			}
		}
	}
	for _, to := range []string{"ana@example.org\r\nBcc: eve@evil.example", "ana@example.org, eve@evil.example", "<ana@example.org> RCPT TO:<eve@evil.example>", "ana@example.org>\r\nDATA", "\"a\\\r\nb\"@example.org"} {
		for _, name := range []string{"to", "from"} {
			set := desk.Settings{"from": "desk@example.org", "to": "ana@example.org", "host": "mail.example.org"}
			set[name] = to
			if s, err := read(set); err == nil {
				if _, err := s.letter(alert.Message{Subject: "x", Text: "x"}); err == nil {
					t.Errorf("%s %q is taken", name, to)
				}
			}
		}
	}
}
