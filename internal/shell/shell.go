// Package shell signs in to servers by SSH: the address is looked at before anything is sent, and the server has to show the key that is
// known of it before it is told any secret.
package shell

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net"
	"regexp"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"breakwater/internal/fetch"
)

// Account is whom to sign in as, and where.
type Account struct {
	Address  string // host:port
	User     string
	Password string // empty: Key signs in
	Key      string // private, PEM or OpenSSH; empty: Password signs in
	HostKey  string // fingerprint of the server's key: SHA256:…; empty: not known yet
}

// Stranger is a server that shows a key which is not the one known of it. It has learned nothing but our version by then.
type Stranger struct {
	Shown string // fingerprint
	Known string // empty: none was known
}

func (e *Stranger) Error() string { return "the server shows the key " + e.Shown }

// ErrRefused is a server that does not let us in.
var ErrRefused = errors.New("the server does not let us in")

// ErrUnusable is a private key that cannot be read.
var ErrUnusable = errors.New("the private key cannot be read")

// hostKeys are asked for in this order always, so that a server that has several shows the same one each time.
var hostKeys = []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}

// handshake is how long a server may take to let us in.
const handshake = 20 * time.Second

// Dial signs in. The connection ends with ctx. Errors are those of fetch's Dial, *Stranger, ErrRefused, ErrUnusable.
func Dial(ctx context.Context, door *fetch.Client, a Account) (*ssh.Client, error) {
	conf := &ssh.ClientConfig{User: a.User, HostKeyAlgorithms: hostKeys, Timeout: handshake, ClientVersion: "SSH-2.0-Breakwater"}
	var stranger *Stranger
	conf.HostKeyCallback = func(_ string, _ net.Addr, key ssh.PublicKey) error {
		if shown := ssh.FingerprintSHA256(key); shown != a.HostKey {
			stranger = &Stranger{Shown: shown, Known: a.HostKey}
			return stranger
		}
		return nil
	}
	if a.Key != "" {
		signer, err := Parse(a.Key)
		if err != nil {
			return nil, err
		}
		conf.Auth = append(conf.Auth, ssh.PublicKeys(signer))
	}
	if a.Password != "" {
		conf.Auth = append(conf.Auth, ssh.Password(a.Password), ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for i := range answers {
				answers[i] = a.Password
			}
			return answers, nil
		}))
	}
	conn, err := door.Dial(ctx, a.Address)
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(handshake)) // a socket takes it
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	c, chans, reqs, err := ssh.NewClientConn(conn, a.Address, conf)
	if err != nil {
		stop()
		conn.Close()
		return nil, why(ctx, err, stranger, a.Address)
	}
	_ = conn.SetDeadline(time.Time{})
	return ssh.NewClient(c, chans, reqs), nil
}

// why is what a handshake that failed means.
func why(ctx context.Context, err error, stranger *Stranger, address string) error {
	host, _, _ := net.SplitHostPort(address)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case stranger != nil:
		return stranger
	case strings.Contains(err.Error(), "unable to authenticate"):
		return errors.Join(ErrRefused, err)
	}
	return &fetch.Unreachable{Host: host, Err: err, Unsent: true}
}

// NewKey makes a key pair to sign in with: the private half in OpenSSH's form.
func NewKey() (private string, err error) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return "", err
	}
	block, err := ssh.MarshalPrivateKey(key, "breakwater")
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(block)), nil
}

// Public is the other half of a private key, as the line in a server's authorized_keys. ErrUnusable.
func Public(private string) (string, error) {
	signer, err := Parse(private)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))) + " breakwater", nil
}

// oneLine is a key whose line ends a form took away.
var oneLine = regexp.MustCompile(`^-----BEGIN ([A-Z ]+)-----(.+)-----END [A-Z ]+-----$`)

// Parse reads a private key without a passphrase. ErrUnusable.
func Parse(private string) (ssh.Signer, error) {
	private = strings.TrimSpace(private)
	if m := oneLine.FindStringSubmatch(private); m != nil {
		if b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(m[2]), "")); err == nil {
			private = string(pem.EncodeToMemory(&pem.Block{Type: m[1], Bytes: b}))
		}
	}
	signer, err := ssh.ParsePrivateKey([]byte(private))
	if err != nil {
		return nil, errors.Join(ErrUnusable, err)
	}
	return signer, nil
}
