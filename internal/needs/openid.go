package needs

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"breakwater/internal/htmlcheck"
)

// OpenIDSettings are what an OpenID provider of a test's own knows.
type OpenIDSettings struct {
	Client string                    `json:"client"`
	Secret string                    `json:"secret,omitempty"` // empty: a public client
	Back   string                    `json:"back"`             // where people are sent back to
	People map[string]map[string]any `json:"people"`           // claims by subject
	Lean   bool                      `json:"lean"`             // claims are not in the ID token but have to be asked for
}

// OpenIDProvider is a running OpenID provider: the npm package oidc-provider.
type OpenIDProvider struct{ Issuer string }

// OpenID starts an OpenID provider on 127.0.0.1 and stops it with the test. It needs what test/openid/install.sh installs.
func OpenID(t testing.TB, s OpenIDSettings) *OpenIDProvider {
	t.Helper()
	dir := filepath.Join(moduleRoot(t), "test", "openid")
	node := Program(t, "the OpenID provider", "node")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".installed")); err != nil {
		Missing(t, "the OpenID provider", "test/openid/install.sh has not installed it")
	}
	settings, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, node, "provider.mjs", string(settings))
	cmd.Dir, cmd.WaitDelay = dir, 10*time.Second
	said := &tail{}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	life, err := cmd.StdinPipe() // it ends with it, also when this process is killed
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		life.Close()
		stop()
		_ = cmd.Wait() // it was killed
	})
	p := &OpenIDProvider{}
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n') // nothing is told below
		lines <- line
	}()
	select {
	case line := <-lines:
		if err := json.Unmarshal([]byte(line), p); err != nil || p.Issuer == "" {
			t.Fatalf("the OpenID provider said %q: %v\n%s", line, err, said)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("the OpenID provider did not start within 30 s:\n%s", said)
	}
	return p
}

// SignIn does at the provider what a person does: from the address that they were sent to, through its pages for signing in and for
// consent, until it sends them back. It gives the address that they are sent to then, which is not asked for.
func (p *OpenIDProvider) SignIn(t testing.TB, to, subject string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	method, form := http.MethodGet, ""
	for range 20 {
		if !strings.HasPrefix(to, strings.TrimSuffix(p.Issuer, "/dex")) {
			return to
		}
		req, err := http.NewRequestWithContext(t.Context(), method, to, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		res, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if next := res.Header.Get("Location"); next != "" {
			to, method, form = join(t, to, next), http.MethodGet, ""
			continue
		}
		to, form = filled(t, to, string(body), subject)
		method = http.MethodPost
	}
	t.Fatal("the provider's pages do not end")
	return ""
}

// filled fills the form of one of the provider's pages in.
func filled(t testing.TB, at, body, subject string) (to, form string) {
	t.Helper()
	page, err := htmlcheck.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	forms := page.All("form")
	if len(forms) == 0 {
		t.Fatalf("the provider says at %s: %s", at, body)
	}
	values := url.Values{"login": {subject}, "password": {"any"}}
	for _, in := range page.All("form input[type=hidden]") {
		values.Set(attr(in, "name"), attr(in, "value"))
	}
	return join(t, at, attr(forms[0], "action")), values.Encode()
}

func attr(n *html.Node, name string) string {
	value, _ := htmlcheck.Attr(n, name)
	return value
}

func join(t testing.TB, base, ref string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err == nil {
		u, err = u.Parse(ref)
	}
	if err != nil {
		t.Fatal(fmt.Errorf("the provider's address %q: %w", ref, err))
	}
	return u.String()
}
