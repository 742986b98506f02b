package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Deadlines of the references: the first time they are fetched and built, 130 MB.
const (
	referenceBuild = 10 * time.Minute
	referenceRun   = 3 * time.Minute
)

// askReferences builds cmd/bench/langref, a module of its own, and asks it about the texts.
func askReferences(texts []languageText) ([]languageAnswers, error) {
	dir, err := os.MkdirTemp("", "langref")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "langref")
	if err := buildReferences(program); err != nil {
		return nil, err
	}
	var in bytes.Buffer
	w := json.NewEncoder(&in)
	codes := []string{"zh"}
	for _, t := range texts {
		if err := w.Encode(map[string]string{"text": t.text}); err != nil {
			return nil, err
		}
		if !slices.Contains(codes, t.lang) {
			codes = append(codes, t.lang)
		}
	}
	ctx, stop := context.WithTimeout(context.Background(), referenceRun)
	defer stop()
	cmd := exec.CommandContext(ctx, program, "--languages", strings.Join(codes, ","))
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("cmd/bench/langref: %w", err)
	}
	return readReferences(out, len(texts))
}

func buildReferences(program string) error {
	ctx, stop := context.WithTimeout(context.Background(), referenceBuild)
	defer stop()
	root, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("go env GOMOD: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
	cmd.Dir = filepath.Join(filepath.Dir(strings.TrimSpace(string(root))), "cmd", "bench", "langref")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("lingua-go and whatlanggo could not be fetched or built (they need a Go module proxy once): %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// readReferences reads what langref wrote.
func readReferences(out []byte, texts int) ([]languageAnswers, error) {
	s := bufio.NewScanner(bytes.NewReader(out))
	var lines []map[string]string
	for len(lines) < texts && s.Scan() {
		var line map[string]string
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	var times []struct {
		Name    string  `json:"name"`
		Seconds float64 `json:"seconds"`
		Load    float64 `json:"load_seconds"`
	}
	if !s.Scan() || json.Unmarshal(s.Bytes(), &times) != nil || len(lines) != texts {
		return nil, fmt.Errorf("cmd/bench/langref answered %d of %d texts", len(lines), texts)
	}
	var all []languageAnswers
	for _, r := range times {
		a := languageAnswers{name: r.Name, perSecond: float64(texts) / r.Seconds, load: r.Load, langs: make([]string, texts), oneZh: true}
		for i, l := range lines {
			a.langs[i] = l[r.Name]
		}
		all = append(all, a)
	}
	return all, nil
}
