package match

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// mentionKinds are what kind: takes.
var mentionKinds = []string{desk.KindPost, desk.KindReply, desk.KindRepost, desk.KindArticle, desk.KindComment}

// fields are the conditions, by the word before the colon.
var fields = map[string]func(p *parser, at int, name, value string) (*node, error){
	"lang": langNode,
	"kind": kindNode,
	"author": func(p *parser, at int, name, value string) (*node, error) {
		return nameNode(at, terms.Author, name, value)
	},
	"source": func(p *parser, at int, name, value string) (*node, error) {
		if meant := slip(strings.ToLower(value)); meant != "" && !p.saved {
			return nil, problem(at, "There is no network {name}. Did you mean {meant}?", "name", value, "meant", meant)
		}
		return nameNode(at, terms.Source, name, value)
	},
}

// examples are values of the fields.
var examples = map[string]string{"lang": "he", "kind": desk.KindArticle, "author": "acme", "source": "bluesky"}

// field reads a condition such as lang:he or followers>1000, if there is one.
func (p *parser) field() (*node, bool, error) {
	at := p.pos
	name := p.until(func(r rune) bool { return r < 'a' || r > 'z' })
	mark := p.peek(0)
	if name == "followers" && (mark == '>' || mark == '<' || mark == '=' || mark == ':') {
		n, err := p.followers(at)
		return n, true, err
	}
	if value, known := examples[name]; known && !p.saved && (mark == ':' || mark == '：') && edge(p.peek(1)) {
		return nil, true, problem(at, "Write what you look for right after {name} without a space, as in {example}. To listen for the word itself, put it in quotation marks.", "name", name+":", "example", name+":"+value)
	}
	if name == "" || mark != ':' && mark != '：' || edge(p.peek(1)) || p.peek(1) == '/' {
		p.pos = at
		return nil, false, nil
	}
	make, known := fields[name]
	if !known {
		if len(name) <= 3 && !quote(p.peek(1)) { // SVT:s, vd:n
			p.pos = at
			return nil, false, nil
		}
		return nil, true, problem(at, "There is no condition {name}. Use lang:, source:, author:, kind: or followers>, or put the words in quotation marks.", "name", name+":")
	}
	p.pos++
	value, err := p.value()
	if err != nil {
		return nil, true, err
	}
	n, err := make(p, at, name, value)
	return n, true, err
}

func (p *parser) value() (string, error) {
	if quote(p.peek(0)) {
		return p.inQuotes()
	}
	return p.wordText(), nil
}

var langCode = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$`)

func langNode(p *parser, at int, _, value string) (*node, error) {
	if !langCode.MatchString(value) {
		return nil, problem(at, "Write a language as its code, for example lang:en, lang:he, lang:zh-Hant or lang:und for not known.")
	}
	base, _, _ := strings.Cut(value, "-")
	if _, err := language.ParseBase(base); err != nil && !p.saved {
		return nil, problem(at, "There is no language with the code {code}. Write for example lang:en, lang:he, lang:zh-Hant, or lang:und for not known.", "code", value)
	}
	value = strings.ToLower(value)
	return &node{op: opLang, at: at, value: value, raw: "lang:" + value}, nil
}

// slip is the network that was meant where its name is wrong by one letter; empty otherwise. Other names are taken, because
// those who send by a hook or bring files name networks as they like.
func slip(name string) string {
	for _, n := range []string{"bluesky", "mastodon", "hackernews"} {
		if name != n && len(name) >= len(n)-1 && len(name) <= len(n)+1 && !strings.Contains(name, "*") {
			same := 0
			for same < min(len(n), len(name)) && n[same] == name[same] {
				same++
			}
			if a, b := n[same:], name[same:]; tail(a, 1) == tail(b, 1) || tail(a, 1) == b || a == tail(b, 1) {
				return n
			}
		}
	}
	return ""
}

func tail(s string, from int) string { return s[min(from, len(s)):] }

func kindNode(_ *parser, at int, _, value string) (*node, error) {
	value = strings.ToLower(value)
	if !slices.Contains(mentionKinds, value) {
		return nil, problem(at, "After kind: write one of {kinds}.", "kinds", strings.Join(mentionKinds, ", "))
	}
	return &node{op: opKind, at: at, value: value, raw: "kind:" + value}, nil
}

func nameNode(at int, kind terms.Kind, field, value string) (*node, error) {
	value = strings.Join(strings.Fields(strings.TrimPrefix(value, "@")), " ")
	raw := field + ":" + value
	if strings.Contains(value, " ") {
		raw = field + `:"` + value + `"`
	}
	return makeName(at, kind, raw, value)
}

func makeName(at int, kind terms.Kind, raw, value string) (*node, error) {
	w, err := terms.ParseName(kind, value)
	if err != nil {
		return nil, wordProblem(at, raw, err)
	}
	return &node{op: opName, at: at, raw: raw, name: w, phrase: terms.Phrase{w}}, nil
}

// named reads #tag or @handle.
func (p *parser) named(at int) (*node, error) {
	kind, sign := terms.Tag, "#"
	if r := p.peek(0); r == '@' || r == '＠' {
		kind, sign = terms.Handle, "@"
	}
	p.pos++
	value := p.wordText()
	if kind == terms.Tag {
		value = strings.TrimRight(value, "#＃") // 微博 #…# writes two
	}
	value = strings.TrimRight(value, ".,;:!?")
	return makeName(at, kind, sign+value, value)
}

// followers reads the comparison and the number; k and m stand for thousand and million.
func (p *parser) followers(at int) (*node, error) {
	cmp := strings.TrimPrefix(p.until(func(r rune) bool { return r != '>' && r != '<' && r != '=' && r != ':' }), ":")
	if cmp == "" {
		cmp = "="
	}
	text := strings.ToLower(p.wordText())
	times := 1
	if n, ok := strings.CutSuffix(text, "k"); ok {
		text, times = n, 1_000
	} else if n, ok := strings.CutSuffix(text, "m"); ok {
		text, times = n, 1_000_000
	}
	n, err := strconv.Atoi(strings.ReplaceAll(text, ",", ""))
	if err != nil || n < 0 || n > 1_000_000_000 || !slices.Contains([]string{">", ">=", "<", "<=", "="}, cmp) {
		return nil, problem(at, "Write a whole number after followers>, for example followers>10000 or followers>10k.")
	}
	n *= times
	return &node{op: opFollowers, at: at, n: n, cmp: cmp, raw: "followers" + cmp + strconv.Itoa(n)}, nil
}
