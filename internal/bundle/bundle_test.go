package bundle_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"breakwater/internal/bundle"
	"breakwater/internal/needs"
)

func made(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	sum, err := bundle.Write(&b, time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), []bundle.File{{Name: "manifest.json", Body: []byte(`{"a":1}`)}, {Name: "E1/post.json", Body: []byte("{}")}, {Name: "E1/שלום.txt", Body: []byte("x")}})
	if err != nil || len(sum) != 64 {
		t.Fatal(sum, err)
	}
	return b.Bytes()
}

// rewrite copies an archive and lets change do something to each file; nil leaves it out.
func rewrite(t *testing.T, archive []byte, change func(name string, body []byte) []byte, add ...string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	put := func(name string, body []byte) {
		w, err := out.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if body = change(f.Name, body); body != nil {
			put(f.Name, body)
		}
	}
	for _, name := range add {
		put(name, []byte("new"))
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestVerify(t *testing.T) {
	t.Parallel()
	same := func(_ string, b []byte) []byte { return b }
	good := made(t)
	for _, tt := range []struct {
		name     string
		archive  []byte
		problems []string
		broken   bool
	}{
		{"as it was made", good, nil, false},
		{"a file changed", rewrite(t, good, func(n string, b []byte) []byte {
			if n == "E1/post.json" {
				return []byte("[]")
			}
			return b
		}), []string{"E1/post.json was changed"}, false},
		{"a file left out", rewrite(t, good, func(n string, b []byte) []byte {
			if n == "manifest.json" {
				return nil
			}
			return b
		}), []string{"manifest.json is missing"}, false},
		{"a file added", rewrite(t, good, same, "E2/post.json"), []string{"E2/post.json was added"}, false},
		{"a file that leads elsewhere", rewrite(t, good, same, "../../etc/passwd"), []string{"../../etc/passwd cannot be read: its name leads elsewhere"}, false},
		{"no sums", rewrite(t, good, func(n string, b []byte) []byte {
			if n == bundle.Sums {
				return nil
			}
			return b
		}), nil, true},
		{"no archive", []byte("hello"), nil, true},
	} {
		r, err := bundle.Verify(bytes.NewReader(tt.archive), int64(len(tt.archive)))
		if (err != nil) != tt.broken {
			t.Errorf("%s: %v", tt.name, err)
		}
		if len(r.Problems) != len(tt.problems) || len(tt.problems) > 0 && r.Problems[0] != tt.problems[0] {
			t.Errorf("%s: %q, want %q", tt.name, r.Problems, tt.problems)
		}
		if tt.name == "as it was made" && (r.Files != 4 || string(r.Manifest) != `{"a":1}`) {
			t.Errorf("checked %d files, manifest %s", r.Files, r.Manifest)
		}
	}
}

// What the note in the archive promises: sha256sum alone checks it.
func TestPlainToolsVerify(t *testing.T) {
	t.Parallel()
	tool := needs.Program(t, "sha256sum", "sha256sum")
	archive := made(t)
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	run := func() ([]byte, error) {
		cmd := exec.CommandContext(t.Context(), tool, "--strict", "-c", bundle.Sums)
		cmd.Dir = dir
		return cmd.CombinedOutput()
	}
	if out, err := run(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "E1", "post.json"), []byte("[]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := run(); err == nil {
		t.Errorf("a changed file passes: %s", out)
	}
}
