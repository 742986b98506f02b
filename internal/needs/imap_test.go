package needs

import (
	"net/smtp"
	"strings"
	"testing"
)

func TestMailIsReadByIMAP(t *testing.T) {
	t.Parallel()
	m := IMAP(t)
	for _, to := range []string{"Ana@b.example", "ben@b.example"} {
		if err := smtp.SendMail(m.Addr, nil, "desk@a.example", []string{to}, []byte("Subject: for "+to+"\r\nContent-Type: text/plain\r\n\r\nhej\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	got := m.Read(t, "ana@b.example", 1)[0]
	if got.Header.Get("Subject") != "for Ana@b.example" || !strings.Contains(got.Text(t), "hej") {
		t.Errorf("the mailbox has:\n%s", got.Raw)
	}
	if n := len(m.Read(t, "ben@b.example", 1)); n != 1 {
		t.Errorf("another mailbox has %d mails", n)
	}
}
