package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run this very program as breakwater.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"breakwater": main})
}

// TestScripts runs the stories in test/scripts.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "../../test/scripts",
		Setup: func(env *testscript.Env) error {
			address, err := freeAddress()
			env.Setenv("ADDRESS", address)
			env.Setenv("BREAKWATER_SERVER", "http://"+address)
			env.Setenv("TZ", "UTC")
			env.Setenv("TOMORROW", time.Now().UTC().Add(24*time.Hour).Format("2006-01-02T15:04:00Z"))
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"ready":   ready,
			"capture": capture,
			"fill":    fill,
		},
	})
}

// freeAddress is a local address that nobody listens on.
func freeAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// ready waits until the desk can be relied on.
func ready(ts *testscript.TestScript, _ bool, _ []string) {
	last := "nothing"
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get(ts.Getenv("BREAKWATER_SERVER") + "/readyz")
		if err != nil {
			last = err.Error()
			continue
		}
		resp.Body.Close()
		if last = resp.Status; resp.StatusCode == http.StatusOK {
			return
		}
	}
	ts.Fatalf("the desk was not ready within a minute: %s", last)
}

// fill PATH NAME=VALUE… fills in a public form of the desk.
func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: fill PATH NAME=VALUE…")
	}
	form := url.Values{}
	for _, a := range args[1:] {
		name, value, _ := strings.Cut(a, "=")
		form.Set(name, value)
	}
	resp, err := http.PostForm(ts.Getenv("BREAKWATER_SERVER")+args[0], form)
	ts.Check(err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		ts.Fatalf("the form answers %s", resp.Status)
	}
}

// capture NAME REGEXP keeps what the first group matches in the last command's output in an environment variable.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME REGEXP")
	}
	out := ts.ReadFile("stdout")
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(out)
	if len(found) < 2 {
		ts.Fatalf("no %s in %q", args[1], out)
	}
	ts.Setenv(args[0], found[1])
	fmt.Fprintf(ts.Stdout(), "%s=%s\n", args[0], found[1])
}
