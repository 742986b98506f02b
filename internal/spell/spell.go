// Package spell finds misspelt words with hunspell and its dictionaries, as the system has them: one long-lived child for each
// language, so that a sentence takes milliseconds. Texts never leave the machine.
package spell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Miss is a word that the dictionary does not know.
type Miss struct {
	Word     string   `json:"word"`
	From     int      `json:"from"` // bytes of the text
	To       int      `json:"to"`
	Suggest  []string `json:"suggest,omitempty"` // best first
	LikeName bool     `json:"like_name"`         // begins with a capital inside a sentence: perhaps a name
}

// ErrNoDictionary says that a language cannot be checked here: the program or its dictionary is not installed, or there is none.
var ErrNoDictionary = errors.New("no dictionary")

// dictionaries are the names of the dictionaries by language, the preferred one first.
var dictionaries = map[string][]string{
	"en": {"en_US", "en_GB"}, "pl": {"pl_PL"}, "sv": {"sv_SE"}, "he": {"he_IL"}, "id": {"id_ID"}, "de": {"de_DE"}, "fr": {"fr_FR", "fr"},
	"es": {"es_ES"}, "it": {"it_IT"}, "nl": {"nl_NL", "nl"}, "nb": {"nb_NO"}, "da": {"da_DK"}, "cs": {"cs_CZ"}, "uk": {"uk_UA"}, "ru": {"ru_RU"},
}

// folders are where the dictionaries of hunspell lie on common systems.
var folders = []string{"/usr/share/hunspell", "/usr/share/myspell/dicts", "/usr/local/share/hunspell", "/opt/homebrew/share/hunspell", "/Library/Spelling"}

// Package is the name of the package that brings a language's dictionary on Debian and its like; empty when we know of none.
func Package(lang string) string {
	if lang == "en" {
		return "hunspell-en-us"
	}
	if dictionaries[lang] == nil {
		return ""
	}
	return "hunspell-" + lang
}

// Checker checks texts. Its zero value works; Close ends its children.
type Checker struct {
	Program string   // of hunspell; empty: looked for
	Folders []string // of dictionaries; empty: where systems keep them, and DICPATH

	mu       sync.Mutex // guards children
	children map[string]*child
	closed   bool
}

// maxWords bounds how many different words of one text are asked about: no post has more.
const maxWords = 3000

// Check finds the misspelt words of a text. skip says which words are right whatever the dictionary says; it may be nil.
// ErrNoDictionary, the end of ctx, or what went wrong with the program.
func (c *Checker) Check(ctx context.Context, lang, text string, skip func(word string) bool) ([]Miss, error) {
	ch, err := c.child(lang)
	if err != nil {
		return nil, err
	}
	all := words(text)
	var ask []string
	seen := map[string]bool{}
	for _, w := range all {
		if !seen[w.Word] && (skip == nil || !skip(w.Word)) && len(ask) < maxWords {
			seen[w.Word], ask = true, append(ask, w.Word)
		}
	}
	verdicts, err := ch.ask(ctx, ask)
	if err != nil {
		return nil, fmt.Errorf("spelling in %s: %w", lang, err)
	}
	var out []Miss
	for _, w := range all {
		if v, ok := verdicts[w.Word]; ok && v.wrong {
			w.Suggest = v.suggest
			out = append(out, w)
		}
	}
	return out, nil
}

// Languages are those that can be checked here.
func (c *Checker) Languages() (all []string) {
	for lang := range dictionaries {
		if _, _, err := c.find(lang); err == nil {
			all = append(all, lang)
		}
	}
	slices.Sort(all)
	return all
}

// Close ends the children.
func (c *Checker) Close() error {
	c.mu.Lock()
	children := c.children
	c.children, c.closed = nil, true
	c.mu.Unlock()
	for _, ch := range children {
		ch.stop()
	}
	return nil
}

func (c *Checker) child(lang string) (*child, error) {
	lang, _, _ = strings.Cut(lang, "-")
	program, dict, err := c.find(lang)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errors.New("closed")
	}
	if c.children == nil {
		c.children = make(map[string]*child)
	}
	if c.children[lang] == nil {
		c.children[lang] = newChild(program, dict)
	}
	return c.children[lang], nil
}

// find gives the program and the path of the dictionary, without its ending.
func (c *Checker) find(lang string) (program, dict string, err error) {
	program = c.Program
	if program == "" {
		program = "hunspell"
	}
	if program, err = exec.LookPath(program); err != nil {
		return "", "", fmt.Errorf("hunspell is not installed: %w", ErrNoDictionary)
	}
	in := c.Folders
	if in == nil {
		in = append(filepath.SplitList(os.Getenv("DICPATH")), folders...)
	}
	for _, name := range dictionaries[lang] {
		for _, dir := range in {
			path := filepath.Join(dir, name)
			if _, err := os.Stat(path + ".dic"); err == nil {
				return program, path, nil
			}
		}
	}
	return "", "", fmt.Errorf("%q: %w", lang, ErrNoDictionary)
}
