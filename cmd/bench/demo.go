package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
)

// What a demo is asked for, in seconds.
const (
	demoAnswers = 5.0  // from its start to its first page
	demoTells   = 10.0 // from the arrival of the post that tips it to the alert on the radar
	demoPlays   = 5 * time.Minute
)

var demoSignIn = regexp.MustCompile(`Sign in as +(\S+)[\s\S]*Password +(\S.*)`)

// benchDemo builds the program, starts its demo as a stranger would, and measures what they wait for: the first page, and the alert on the
// radar after the post that tipped it. It reads the pages that a browser reads, the radar signed in.
func benchDemo(args []string) (err error) {
	fs := flag.NewFlagSet("demo", flag.ContinueOnError)
	speed := fs.Float64("speed", 1, "how many times as fast the storm unfolds")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "breakwater-bench-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "breakwater")
	if out, err := exec.Command("go", "build", "-o", program, "breakwater/cmd/breakwater").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w: %s", err, out)
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), demoPlays)
	defer cancel()
	d := demoRun{base: "http://" + address, known: make(chan struct{})}
	cmd := exec.CommandContext(ctx, program, "demo", "--listen", address, "--speed", fmt.Sprint(*speed))
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it throws its data away
	said, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	var g errgroup.Group
	g.Go(func() error { return d.readSignIn(said) })
	answered, err := d.until(ctx, func() (bool, error) {
		res, err := http.Get(d.base + "/sign-in")
		if err != nil {
			return false, nil //nolint:nilerr // not yet
		}
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		return res.StatusCode == http.StatusOK, err
	})
	if err == nil {
		err = d.radar(ctx)
	}
	cancel()
	_ = cmd.Wait() // it was ended
	if err := errors.Join(err, g.Wait()); err != nil {
		return err
	}
	answer, radar := answered.Sub(start).Seconds(), d.seen.Sub(d.tip.Arrived).Seconds()
	fmt.Printf("the first page after %.2f s (asked: under %.0f); the post that tipped it: %q; the alert on the radar %.2f s after it (asked: under %.0f)\n", answer, demoAnswers, short(d.tip.Text), radar, demoTells)
	if answer >= demoAnswers || radar >= demoTells {
		fmt.Println("missed")
	}
	fmt.Printf("answer_s=%.2f radar_s=%.2f\n", answer, radar)
	return nil
}

// short is the beginning of a text.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// demoRun is a demo that runs, and what was seen of it.
type demoRun struct {
	base, email, password string
	browser               *http.Client
	tip                   desk.Mention
	seen                  time.Time // the alert, on the radar
	known                 chan struct{}
}

// readSignIn reads what the demo prints, to its end.
func (d *demoRun) readSignIn(out io.Reader) error {
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if fmt.Fprintln(&said, lines.Text()); d.email == "" {
			if m := demoSignIn.FindStringSubmatch(said.String()); m != nil {
				d.email, d.password = m[1], strings.TrimSpace(m[2])
				close(d.known)
			}
		}
	}
	return nil
}

// until asks ten times a second, and gives when it was so.
func (d *demoRun) until(ctx context.Context, so func() (bool, error)) (time.Time, error) {
	for {
		if ok, err := so(); ok || err != nil {
			return time.Now(), err
		}
		select {
		case <-ctx.Done():
			return time.Time{}, errors.New("the demo did not get that far in time")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// read asks for a page, signed in.
func (d *demoRun) read(path string) ([]byte, error) {
	res, err := d.browser.Get(d.base + path)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s gives %s", path, res.Status)
	}
	return b, err
}

// radar waits for the first alert on the radar and finds the post that tipped it.
func (d *demoRun) radar(ctx context.Context) (err error) {
	select {
	case <-d.known:
	case <-ctx.Done():
		return errors.New("the demo printed no sign-in")
	}
	if _, err = d.until(ctx, func() (bool, error) { d.browser, err = signedIn(d.base, d.email, d.password); return err == nil, nil }); err != nil {
		return err
	}
	if d.seen, err = d.until(ctx, func() (bool, error) {
		page, err := d.read("/")
		return strings.Contains(string(page), `<article class="card alert `), err
	}); err != nil {
		return err
	}
	var alerts struct{ Items []desk.Alert }
	b, err := d.read("/api/v1/alerts")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, &alerts); err != nil || len(alerts.Items) == 0 {
		return fmt.Errorf("no alert over the API: %w", err)
	}
	first := alerts.Items[len(alerts.Items)-1]
	if b, err = d.read(fmt.Sprintf("/api/v1/mentions/%d", first.Signals[0].Trigger)); err != nil {
		return err
	}
	return json.Unmarshal(b, &d.tip)
}
