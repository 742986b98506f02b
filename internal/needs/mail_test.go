package needs

import (
	"net/smtp"
	"strings"
	"testing"
)

func TestMailIsDelivered(t *testing.T) {
	t.Parallel()
	m := Mail(t)
	if err := smtp.SendMail(m.Addr, nil, "desk@a.example", []string{"ana@b.example"}, []byte("Subject: hej\r\n\r\nbody\r\n")); err != nil {
		t.Fatal(err)
	}
	got := m.Received(t, 1)[0]
	if got.Header.Get("Subject") != "hej" || !strings.Contains(string(got.Raw), "body") {
		t.Errorf("delivered:\n%s", got.Raw)
	}
}
