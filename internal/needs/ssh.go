package needs

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// SSHServer is a real OpenSSH server of a test's own: who has the key that is put into Authorized signs in as User and may do all that the
// test may, by SFTP and by commands.
type SSHServer struct {
	Port       int
	User       string
	HostKey    string // fingerprint
	Authorized string // file with public keys
	Folder     string // of the server's own files

	program string
	stop    func()
}

const sshdConf = `
Port %[1]d
ListenAddress 127.0.0.1
HostKey %[2]s/host
PidFile none
AuthorizedKeysFile %[2]s/authorized
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
LogLevel ERROR
MaxStartups 100
Subsystem sftp %[3]s
`

// SSH starts an OpenSSH server on 127.0.0.1 and stops it with the test.
func SSH(t testing.TB) *SSHServer {
	t.Helper()
	program := Program(t, "an SSH server", "sshd", "/usr/sbin/sshd")
	sftp := Program(t, "an SFTP server", "/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server")
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	s := &SSHServer{User: me.Username, Folder: t.TempDir(), program: program}
	s.Authorized = filepath.Join(s.Folder, "authorized")
	if me.Uid == "0" { // where sshd keeps who is not signed in yet
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.NewKey(t)
	t.Cleanup(func() { s.Stop() })
	for range 5 {
		s.Port = freePort(t)
		conf := fmt.Appendf(nil, sshdConf, s.Port, s.Folder, sftp)
		if err := os.WriteFile(filepath.Join(s.Folder, "conf"), conf, 0o600); err != nil {
			t.Fatal(err)
		}
		if err = s.Start(t); err == nil {
			return s
		}
		t.Logf("port %d: %v", s.Port, err) // taken in between
	}
	t.Fatalf("sshd does not start: %v", err)
	return nil
}

// NewKey gives the server another key of its own, for the next start.
func (s *SSHServer) NewKey(t testing.TB) {
	t.Helper()
	host := filepath.Join(s.Folder, "host")
	for _, f := range []string{host, host + ".pub"} {
		_ = os.Remove(f) // of the key before
	}
	if out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", host).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v %s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-l", "-f", host+".pub").Output()
	if err != nil {
		t.Fatal(err)
	}
	s.HostKey = strings.Fields(string(out))[1]
}

// Start starts it again after Stop, on the same port.
func (s *SSHServer) Start(t testing.TB) error {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background()) // the test's own ends before its clean-up
	cmd := exec.CommandContext(ctx, s.program, "-D", "-e", "-f", filepath.Join(s.Folder, "conf"))
	said := &tail{}
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		stop()
		return err
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	s.stop = func() { stop(); <-ended }
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", s.Port))
		if err == nil {
			return c.Close()
		}
		select {
		case <-ended:
			return fmt.Errorf("ended: %s", said)
		default:
		}
		if time.Now().After(deadline) {
			s.Stop()
			return err
		}
	}
}

// Stop stops it; connections that stand go on until they end.
func (s *SSHServer) Stop() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
}

// Allow lets the holder of a public key sign in.
func (s *SSHServer) Allow(t testing.TB, public string) {
	t.Helper()
	if err := os.WriteFile(s.Authorized, []byte(public+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}
