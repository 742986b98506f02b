// Package needs gives tests the real servers they ask for: it starts them on 127.0.0.1 and stops them with the test.
//
// A server that cannot be had is never skipped silently: the test is written to the file that BREAKWATER_NOT_RUN names, which
// `make test` prints at its end, and with CI=true it fails.
package needs

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Missing ends a test that cannot run here because of what is missing, so that everybody sees it.
func Missing(t testing.TB, what, reason string) {
	t.Helper()
	if path := os.Getenv("BREAKWATER_NOT_RUN"); path != "" {
		if f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644); err == nil {
			fmt.Fprintf(f, "%s: needs %s: %s\n", t.Name(), what, reason)
			f.Close()
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("needs %s: %s", what, reason)
	}
	t.Skipf("NOT RUN, needs %s: %s", what, reason)
}

// Long says whether this is a long run (make test-long), in which nothing is sampled.
func Long() bool { return os.Getenv("BREAKWATER_LONG") != "" }

// Program finds a program by any of its names, or ends the test.
func Program(t testing.TB, what string, names ...string) string {
	t.Helper()
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
	}
	Missing(t, what, fmt.Sprintf("none of %v is installed (make install-test-servers)", names))
	return ""
}
