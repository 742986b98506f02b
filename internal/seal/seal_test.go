package seal

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestBox(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	b, err := File(path)
	if err != nil {
		t.Fatal(err)
	}
	plain := []byte(`{"token":"s3cret"}`)
	sealed, err := b.Seal(plain, "source:1")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("s3cret")) {
		t.Error("the secret can be read")
	}
	same, _ := b.Seal(plain, "source:1")
	other, _ := b.Seal(plain, "source:2")
	if !bytes.Equal(sealed, same) || bytes.Equal(sealed, other) {
		t.Error("sealed values must be the same for the same row and secret, and for nothing else")
	}
	again, err := File(path) // a restart
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(sealed, "source:1"); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened %q, %v", got, err)
	}
	if fi, _ := os.Stat(path); fi.Mode().Perm() != 0o600 {
		t.Errorf("the key's file has mode %v", fi.Mode())
	}
	stranger, _ := New(make([]byte, KeySize))
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)-1] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"another row":  func() ([]byte, error) { return b.Open(sealed, "source:2") },
		"another key":  func() ([]byte, error) { return stranger.Open(sealed, "source:1") },
		"changed":      func() ([]byte, error) { return b.Open(flipped, "source:1") },
		"cut":          func() ([]byte, error) { return b.Open(sealed[:5], "source:1") },
		"empty":        func() ([]byte, error) { return b.Open(nil, "source:1") },
		"next version": func() ([]byte, error) { return b.Open(append([]byte{2}, sealed[1:]...), "source:1") },
	} {
		if got, err := try(); err == nil {
			t.Errorf("%s: opened as %q", name, got)
		}
	}
}

func TestFileRefusesOtherContent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := File(path); err == nil {
		t.Error("a file that is no key was taken for one")
	}
}
