// Package chromium lets a browser without a screen print and photograph pages of our own. The pages stand for themselves: the
// browser reaches no network, so that nothing a stranger wrote can make it fetch anything; that they run no script is the business of
// their Content-Security-Policy.
package chromium

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// Names are what a Chromium is called, best first.
var Names = []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"}

// Find is where a browser is on this machine; empty when there is none.
func Find() string {
	for _, name := range Names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Browser starts a browser for each page: slow (a second or two), and nothing is left of it.
type Browser struct {
	path string
	turn chan struct{} // one at a time: a browser takes some hundred megabytes
}

// New makes a browser of the program at path.
func New(path string) *Browser { return &Browser{path, make(chan struct{}, 1)} }

// patience is how long one page may take, from the start of the browser on.
const patience = 40 * time.Second

// PDF prints a page.
func (b *Browser) PDF(ctx context.Context, page []byte) ([]byte, error) {
	return b.run(ctx, page, "page.pdf", "--no-pdf-header-footer", "--print-to-pdf=")
}

// Picture photographs the top of a page as PNG, width and height in CSS pixels.
func (b *Browser) Picture(ctx context.Context, page []byte, width, height int) ([]byte, error) {
	return b.run(ctx, page, "page.png", "--window-size="+strconv.Itoa(width)+","+strconv.Itoa(height), "--screenshot=")
}

// run lets the browser make the file name from a page; the last argument is the flag that says where it belongs.
func (b *Browser) run(ctx context.Context, page []byte, name string, args ...string) ([]byte, error) {
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	dir, err := os.MkdirTemp("", "breakwater-page-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	source, target := filepath.Join(dir, "page.html"), filepath.Join(dir, name)
	if err := os.WriteFile(source, page, 0o600); err != nil {
		return nil, err
	}
	args[len(args)-1] += target
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, b.path, append(b.flags(dir), append(args, "file://"+source)...)...)
	cmd.Stderr, cmd.WaitDelay = &said, 2*time.Second
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", filepath.Base(b.path), err, last(said.Bytes()))
	}
	made, err := os.ReadFile(target)
	if err != nil {
		return nil, fmt.Errorf("%s made nothing: %s", filepath.Base(b.path), last(said.Bytes()))
	}
	return made, nil
}

// flags close the browser off from everything but the page.
func (b *Browser) flags(dir string) []string {
	flags := []string{
		"--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--no-default-browser-check", "--disable-dev-shm-usage",
		"--disable-extensions", "--disable-sync", "--disable-background-networking", "--disable-component-update", "--disable-quic",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9",
		"--proxy-bypass-list=<-loopback>", "--user-data-dir=" + filepath.Join(dir, "profile"),
	}
	if os.Geteuid() == 0 { // Chromium refuses to start its sandbox for root, as in most containers
		flags = append(flags, "--no-sandbox")
	}
	return flags
}

// last is the end of what a program said: the reason is there.
func last(b []byte) []byte {
	b = bytes.TrimSpace(b)
	return b[max(0, len(b)-400):]
}
