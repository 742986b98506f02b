// Package test tells stories with the real program: what people do with it, from its first start to the end of a crisis.
package test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a story waits for one thing to happen. It is far more than it takes: the machine may be busy.
const patience = 90 * time.Second

var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "breakwater-story-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "breakwater")
	out, err := exec.Command("go", "build", "-o", path, "breakwater/cmd/breakwater").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %v\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// program builds the program once.
func program(t *testing.T) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// freeAddress is an address on this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// demoDesk is a running demo.
type demoDesk struct {
	url, email, password string
	answered             time.Duration // from its start to its first answer
}

var signIn = regexp.MustCompile(`Sign in as +(\S+)[\s\S]*Password +(.+)`)

// startDemo starts the demo and waits until it answers and has printed how to sign in.
func startDemo(t *testing.T, speed string) demoDesk {
	t.Helper()
	address := freeAddress(t)
	cmd := exec.Command(program(t), "demo", "--listen", address, "--speed", speed)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	cmd.Stderr = &log
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended: Wait tells
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo did not stop in good order: %v\n%s", err, log.String())
		}
	})
	d := demoDesk{url: "http://" + address}
	waitFor(t, "the demo to answer", func() bool {
		res, err := http.Get(d.url + "/sign-in")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	d.answered = time.Since(start)
	var printed strings.Builder
	lines := bufio.NewScanner(out)
	for lines.Scan() && d.password == "" {
		fmt.Fprintln(&printed, lines.Text())
		if m := signIn.FindStringSubmatch(printed.String()); m != nil {
			d.email, d.password = m[1], strings.TrimSpace(m[2])
		}
	}
	if d.password == "" {
		t.Fatalf("the demo printed no sign-in:\n%s\n%s", printed.String(), log.String())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
	waitFor(t, "the demo to be ready, its storm before it", func() bool {
		res, err := http.Get(d.url + "/readyz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	return d
}

// waitFor waits for a condition.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s for %s", patience, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// client is a signed-in browser without a screen, for what a story wants to know exactly.
func (d demoDesk) client(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	waitFor(t, "the seeded people", func() bool {
		res, err := c.PostForm(d.url+"/sign-in", url.Values{"email": {d.email}, "password": {d.password}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.Request.URL.Path == "/"
	})
	return c
}

// read asks the API.
func read[T any](t *testing.T, c *http.Client, address string) (v T) {
	t.Helper()
	res, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		t.Fatalf("GET %s: %s\n%s", address, res.Status, b)
	}
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		t.Fatalf("GET %s: %v", address, err)
	}
	return v
}
