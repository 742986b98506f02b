package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Everything that keeps a secret is sealed anew when the key changes: what is not in the list would be lost with the old key.
func TestEverySecretIsResealed(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	nouns, columns := 0, -2 // that a noun seals its own is one caller, that it is sealed anew another
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f, "_test.go") {
			nouns += strings.Count(string(text), "\thide: ")
			columns += strings.Count(string(text), "db.sealed(")
		}
	}
	if nouns == 0 || columns <= 0 || nouns+columns != len(sealedKinds) {
		t.Errorf("%d nouns and %d columns hide something, %d are sealed anew: add the new one to sealedKinds", nouns, columns, len(sealedKinds))
	}
}
