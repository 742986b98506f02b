package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Everything that keeps a secret is sealed anew when the key changes: a noun that is not in the list would be lost with the old key.
func TestEveryNounWithASecretIsResealed(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	hidden := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f, "_test.go") {
			hidden += strings.Count(string(text), "\thide: ")
		}
	}
	if hidden != len(sealedNouns) || hidden == 0 {
		t.Errorf("%d nouns hide something, %d are sealed anew: add the new one to sealedNouns", hidden, len(sealedNouns))
	}
}
