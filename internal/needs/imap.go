package needs

import (
	"bytes"
	"context"
	"fmt"
	"net/mail"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Mailboxes is a mail server (SMTP, of its MailServer) whose mail people read by IMAP: everybody who is written to has a mailbox
// under their whole address.
type Mailboxes struct {
	*MailServer
	IMAP     string // host:port, without encryption
	Password string // of every mailbox
}

// boxesConf has OpenSMTPD put each address' mail into a Maildir of its own.
const boxesConf = `
table anyone { "@" = "nobody" }
listen on 127.0.0.1 port %[2]d hostname mail.test
action "keep" maildir "%[1]s/box/%%{rcpt:lowercase}" virtual <anyone> user nobody
match from any for domain "refused.example" reject
match from any for any action "keep"
`

// dovecotConf gives Dovecot a folder of its own and the folder of the mail, so that several tests may run at a time.
const dovecotConf = `
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:%[2]s/%%Lu
first_valid_uid = 1
first_valid_gid = 1
mail_uid = nobody
mail_gid = %[5]s
passdb {
  driver = static
  args = password=%[4]s
}
userdb {
  driver = static
  args = uid=nobody gid=%[5]s home=%[2]s/%%Lu
}
namespace inbox {
  inbox = yes
}
service imap-login {
  inet_listener imap {
    port = %[3]d
  }
  inet_listener imaps {
    port = 0
  }
}
`

// IMAP starts a real OpenSMTPD and a real Dovecot that reads what it delivers, both on 127.0.0.1, and stops them with the test. It
// needs root, for the servers change users. rules come before those of the mail server, in its own words; %[1]s is its folder, whose
// box/ADDRESS is the mailbox of an address.
func IMAP(t testing.TB, rules ...string) *Mailboxes {
	t.Helper()
	program := Program(t, "dovecot", "dovecot", "/usr/sbin/dovecot")
	m := &Mailboxes{MailServer: startMail(t, strings.Replace(boxesConf, "match ", strings.Join(append(rules, "match "), "\n"), 1)), Password: "read-my-mail"}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		Missing(t, "dovecot", err.Error())
	}
	group, err := user.LookupGroupId(nobody.Gid)
	if err != nil {
		Missing(t, "dovecot", err.Error())
	}
	folder, err := os.MkdirTemp("", "imap-") // short: a socket's path has 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		port := freePort(t)
		m.IMAP = fmt.Sprintf("127.0.0.1:%d", port)
		err := runDovecot(t, program, folder, m.IMAP, fmt.Appendf(nil, dovecotConf, folder, m.box, port, m.Password, group.Name))
		if err == nil {
			return m
		}
		t.Logf("port %d: %v", port, err) // taken in between
	}
	said, _ := os.ReadFile(filepath.Join(folder, "log"))
	t.Fatalf("dovecot does not start:\n%s", said)
	return nil
}

func runDovecot(t testing.TB, program, folder, addr string, conf []byte) error {
	name := filepath.Join(folder, "dovecot.conf")
	if err := os.WriteFile(name, conf, 0o644); err != nil {
		return err
	}
	cmd := exec.CommandContext(context.Background(), program, "-F", "-c", name) // the test's own context ends before its clean-up
	return daemon(t, cmd, folder, addr)
}

// Read waits until the mailbox of an address has n mails, and gives all that it has as IMAP gives them, oldest first.
func (m *Mailboxes) Read(t testing.TB, address string, n int) []Letter {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		all, err := m.read(address)
		switch {
		case err != nil:
			t.Fatalf("read the mailbox of %s: %v", address, err)
		case len(all) >= n:
			return all
		case time.Now().After(deadline):
			t.Fatalf("%s has %d mails after a minute, want %d", address, len(all), n)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (m *Mailboxes) read(address string) (all []Letter, err error) {
	c, err := imapclient.DialInsecure(m.IMAP, nil)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.Login(address, m.Password).Wait(); err != nil {
		return nil, err
	}
	box, err := c.Select("INBOX", nil).Wait()
	if err != nil || box.NumMessages == 0 {
		return nil, err
	}
	whole := &imap.FetchItemBodySection{Peek: true}
	var every imap.SeqSet
	every.AddRange(1, box.NumMessages)
	got, err := c.Fetch(every, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
	for _, one := range got {
		raw := one.FindBodySection(whole)
		l, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		all = append(all, Letter{l, raw})
	}
	return all, err
}
