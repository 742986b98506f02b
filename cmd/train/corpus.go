package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The classes of a text.
const (
	negative = iota
	neutral
	positive
)

var classes = map[string]uint8{"negative": negative, "neutral": neutral, "positive": positive}

// text is one labelled text.
type text struct {
	class  uint8
	source string // the set that it comes from
	say    string
}

// readTexts reads a language's texts of one part (train, dev), of the sources that may be used.
func readTexts(dir, lang, part string, may func(source string) bool) ([]text, error) {
	name := filepath.Join(dir, lang+"."+part)
	rows, err := readLines(name + ".tsv.gz")
	if err != nil {
		return nil, err
	}
	sources, err := readLines(name + ".src.gz")
	if err != nil {
		return nil, err
	}
	if len(rows) != len(sources) {
		return nil, fmt.Errorf("%s: %d texts and %d sources", name, len(rows), len(sources))
	}
	var all []text
	for i, row := range rows {
		label, say, ok := strings.Cut(row, "\t")
		class, known := classes[label]
		if !ok || !known {
			return nil, fmt.Errorf("%s.tsv.gz:%d: a line is a label (negative, neutral, positive), a tab and a text", name, i+1)
		}
		if may(sources[i]) {
			all = append(all, text{class: class, source: sources[i], say: say})
		}
	}
	return all, nil
}

func readLines(name string) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var lines []string
	scan := bufio.NewScanner(z)
	scan.Buffer(nil, 1<<22)
	for scan.Scan() {
		lines = append(lines, scan.Text())
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return lines, nil
}
