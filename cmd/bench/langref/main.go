// Command langref asks lingua-go and whatlanggo for the languages of texts, for `bench language`. It is a module of its own, so
// that the product carries neither: lingua-go's models alone are 120 MB.
//
// It reads {"text": …} a line and writes {"lingua": …, "whatlanggo": …} a line, ISO 639-1 codes, "" for none; after the last
// one the processor time of each in seconds. Both choose among the languages named, as far as they know them.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/abadojack/whatlanggo"
	"github.com/pemistahl/lingua-go"
)

// reference is a detector beside ours.
type reference struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`      // of processor, without loading
	Load    float64 `json:"load_seconds"` // of processor
	detect  func(text string) string
}

func main() {
	languages := flag.String("languages", "", "ISO 639-1 codes with commas between")
	flag.Parse()
	if err := run(strings.Split(*languages, ",")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(languages []string) error {
	var texts []string
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var line struct{ Text string }
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			return err
		}
		texts = append(texts, line.Text)
	}
	if err := in.Err(); err != nil {
		return err
	}
	references := []*reference{newLingua(languages), newWhatlang(languages)}
	answers := make([]map[string]string, len(texts))
	for i := range answers {
		answers[i] = map[string]string{}
	}
	for _, r := range references {
		start := cpuTime()
		for i, t := range texts {
			answers[i][r.Name] = r.detect(t)
		}
		r.Seconds = (cpuTime() - start).Seconds()
	}
	out := bufio.NewWriter(os.Stdout)
	w := json.NewEncoder(out)
	for _, a := range answers {
		if err := w.Encode(a); err != nil {
			return err
		}
	}
	if err := w.Encode(references); err != nil {
		return err
	}
	return out.Flush()
}

// newLingua is lingua-go in high accuracy, its models loaded.
func newLingua(languages []string) *reference {
	var known []lingua.Language
	for _, l := range lingua.AllLanguages() {
		if slices.Contains(languages, strings.ToLower(l.IsoCode639_1().String())) {
			known = append(known, l)
		}
	}
	start := cpuTime()
	d := lingua.NewLanguageDetectorBuilder().FromLanguages(known...).WithPreloadedLanguageModels().Build()
	return &reference{Name: "lingua", Load: (cpuTime() - start).Seconds(), detect: func(text string) string {
		l, ok := d.DetectLanguageOf(text)
		if !ok {
			return ""
		}
		return strings.ToLower(l.IsoCode639_1().String())
	}}
}

func newWhatlang(languages []string) *reference {
	known := map[whatlanggo.Lang]bool{}
	for l := range whatlanggo.Langs {
		if slices.Contains(languages, l.Iso6391()) {
			known[l] = true
		}
	}
	options := whatlanggo.Options{Whitelist: known}
	return &reference{Name: "whatlanggo", detect: func(text string) string {
		return whatlanggo.DetectLangWithOptions(text, options).Iso6391()
	}}
}

// cpuTime is the processor time that this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
