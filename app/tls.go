package app

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"breakwater/centre"
	"breakwater/internal/fetch"
)

// errNoName says that no certificate is to be had for a name: it is no host of ours.
var errNoName = errors.New("there is no certificate for this name")

// certificates are those of the host names that lead here: NAME.crt and NAME.key in a folder, else got by ACME when that is on.
type certificates struct {
	dir  string                 // empty: none lie on disk
	auto *autocert.Manager      // nil: none are got
	ours func(name string) bool // host names that certificates may be got for
	log  *slog.Logger

	mu    sync.Mutex // guards what follows
	files map[string]certFile
	told  map[string]time.Time // of which names it was said last that there is no certificate
	wrong map[string]centre.Trouble
}

// certFile is a pair as it was read, and when it had changed.
type certFile struct {
	pair    *tls.Certificate
	changed time.Time
}

// newCertificates puts certificates together as the config has them.
func newCertificates(c Config, ours func(name string) bool) *certificates {
	own := ""
	if u, err := url.Parse(c.publicURL()); err == nil {
		own = strings.ToLower(u.Hostname())
	}
	t := &certificates{dir: c.Certs, log: c.Log, files: make(map[string]certFile), told: make(map[string]time.Time), wrong: make(map[string]centre.Trouble), ours: func(name string) bool { return name == own || ours(name) }}
	if c.ACME != "" {
		t.auto = &autocert.Manager{Prompt: autocert.AcceptTOS, Email: c.ACME, Cache: autocert.DirCache(filepath.Join(c.Data, "certificates")), HostPolicy: t.policy}
		door := fetch.Config{UserAgent: userAgent, Roots: c.acmeDoor}
		if err := door.Allow(c.AllowPrivate...); err != nil {
			c.Log.Warn("an authority in a private network cannot be asked for certificates", "error", err) // starting fails by it elsewhere
		}
		t.auto.Client = &acme.Client{DirectoryURL: cmp.Or(c.ACMEDirectory, autocert.DefaultACMEDirectory), HTTPClient: fetch.New(door).Library(largestAnswer, time.Minute)}
	}
	return t
}

// largestAnswer of an authority, in bytes.
const largestAnswer = 1 << 20

// policy lets certificates be got for our own hosts alone: whoever points a name at us must not use up what the authority grants.
func (t *certificates) policy(_ context.Context, host string) error {
	if !t.ours(strings.ToLower(host)) {
		return fmt.Errorf("%s: %w", host, errNoName)
	}
	return nil
}

// config is that of a listener.
func (t *certificates) config() *tls.Config {
	next := []string{"h2", "http/1.1"}
	if t.auto != nil {
		next = append(next, acme.ALPNProto) // the authority asks on the same port whether the name is ours
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: next, GetCertificate: t.get}
}

// longestName is how long a host name may be, in bytes (RFC 1035, 2.3.4).
const longestName = 253

// get is the certificate for a name that somebody asks for. Files count first; those that changed are read again. What is wrong with the
// certificate of a name of ours is kept for people to see, until there is a good one.
func (t *certificates) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	if t.dir != "" && name != "" && len(name) <= longestName && name == filepath.Base(name) && !strings.HasPrefix(name, ".") {
		switch pair, err := t.file(name); {
		case err == nil:
			return pair, nil
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	pair, err := (*tls.Certificate)(nil), errNoName
	if t.auto != nil {
		pair, err = t.auto.GetCertificate(hello)
	}
	switch {
	case err == nil:
		t.well(name)
		return pair, nil
	case !t.ours(name): // strangers name what they like, as long as they like: it is neither kept nor written down
		return nil, errNoName
	case t.auto == nil:
		t.note(name, centre.Missing, "")
		return nil, fmt.Errorf("%s: %w", name, errNoName)
	case !slices.Contains(hello.SupportedProtos, acme.ALPNProto): // whoever plays the authority proves nothing
		t.tell(name, err)
	}
	return nil, err
}

// note keeps what is wrong with the certificate of a name of ours, and since when.
func (t *certificates) note(name string, why centre.Unsafe, words string) {
	if !t.ours(name) {
		return // whoever asks for names that are not ours shall fill nothing
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	since := time.Now().UTC()
	if was, known := t.wrong[name]; known {
		since = was.Since
	}
	t.wrong[name] = centre.Trouble{Host: name, Why: why, Words: words, Since: since}
}

// well forgets what was wrong with a name.
func (t *certificates) well(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.wrong, name)
}

// unsafe is what is wrong with a name, of which somebody met it.
func (t *certificates) unsafe(name string) (centre.Trouble, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	wrong, is := t.wrong[name]
	return wrong, is
}

// tellAgain is how long it is not said again that there is no certificate for a name: everybody who comes asks for one.
const tellAgain = 10 * time.Minute

// tell says that the authority gave no certificate, and why, in its own words.
func (t *certificates) tell(name string, err error) {
	why := err.Error()
	var refused *acme.Error
	var unproven *acme.AuthorizationError
	switch {
	case errors.As(err, &unproven) && len(unproven.Errors) > 0:
		why = unproven.Errors[0].Error()
	case errors.As(err, &refused):
		why = refused.Detail
	}
	t.note(name, centre.Refused, why)
	t.mu.Lock()
	again := time.Since(t.told[name]) > tellAgain
	if again {
		t.told[name] = time.Now()
	}
	t.mu.Unlock()
	if again {
		t.log.Error("the authority gives no certificate for a host name: browsers cannot open it by https. The name has to lead to this machine, and port 443 to this program", "name", name, "why", why)
	}
}

func (t *certificates) file(name string) (*tls.Certificate, error) {
	crt, key := filepath.Join(t.dir, name+".crt"), filepath.Join(t.dir, name+".key")
	info, err := os.Stat(crt)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	known := t.files[name]
	t.mu.Unlock()
	if known.pair != nil && known.changed.Equal(info.ModTime()) {
		return t.looked(name, known.pair), nil
	}
	pair, err := tls.LoadX509KeyPair(crt, key)
	if err != nil {
		t.note(name, centre.Unreadable, err.Error())
		if known.pair != nil { // half of the pair is new yet
			return known.pair, nil
		}
		return nil, fmt.Errorf("read the certificate of %s: %w", name, err)
	}
	t.mu.Lock()
	t.files[name] = certFile{&pair, info.ModTime()}
	t.mu.Unlock()
	return t.looked(name, &pair), nil
}

// looked is a pair as it was read, of which is kept whether it has run out.
func (t *certificates) looked(name string, pair *tls.Certificate) *tls.Certificate {
	if time.Now().After(pair.Leaf.NotAfter) {
		t.note(name, centre.RanOut, "")
	} else {
		t.well(name)
	}
	return pair
}

// listenTLS listens where the config says for connections by TLS; nil without such an address.
func listenTLS(ctx context.Context, c Config) (net.Listener, error) {
	if c.TLSListen == "" {
		return nil, nil
	}
	if c.Certs == "" && c.ACME == "" {
		return nil, errors.New("to answer by TLS name a folder with certificates, or a mail address to get them by ACME")
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", c.TLSListen)
	if err != nil {
		return nil, fmt.Errorf("listen by TLS: %w", err)
	}
	return ln, nil
}
