package match

import (
	"errors"
	"strconv"
	"strings"
	"unicode"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// Parse reads a query. The error is a *SyntaxError.
func Parse(query string) (*Query, error) { return parse(query, false) }

// parseSaved reads the query of a monitor that listens. What was taken when it was saved, and is most likely a slip, is read as
// it was then: an upgrade makes no monitor deaf.
func parseSaved(query string) (*Query, error) { return parse(query, true) }

func parse(query string, saved bool) (*Query, error) {
	p := &parser{in: []rune(strings.ToValidUTF8(query, "\uFFFD")), saved: saved}
	if len(p.in) > MaxLength {
		return nil, problem(MaxLength, "The query is too long. Shorten it to {max} characters or make two monitors of it.", "max", MaxLength)
	}
	root, err := p.query()
	if err != nil {
		return nil, err
	}
	if err := bounded(root, false); err != nil {
		return nil, err
	}
	return &Query{root: root}, nil
}

func problem(at int, sentence string, with ...any) *SyntaxError {
	return &SyntaxError{At: at, Text: desk.Say(sentence, with...)}
}

// parser is a recursive descent over code points.
type parser struct {
	in    []rune
	pos   int
	depth int
	terms int
	saved bool // it listens already: slips are not refused
}

func (p *parser) query() (*node, error) {
	p.space()
	if p.end() {
		return nil, problem(0, "Write at least one word to listen for.")
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if !p.end() { // or stops only at a closing bracket
		return nil, problem(p.pos, "This closing bracket has no opening one. Remove it or add the opening bracket.")
	}
	return n, nil
}

func (p *parser) end() bool { return p.pos >= len(p.in) }

func (p *parser) space() {
	for !p.end() && unicode.IsSpace(p.in[p.pos]) {
		p.pos++
	}
}

// peek is the code point i places on, 0 at the end.
func (p *parser) peek(i int) rune {
	if p.pos+i < 0 || p.pos+i >= len(p.in) {
		return 0
	}
	return p.in[p.pos+i]
}

func opening(r rune) bool { return r == '(' || r == '（' }
func closing(r rune) bool { return r == ')' || r == '）' }

// quote reports whether r is a quotation mark of any keyboard.
func quote(r rune) bool { return strings.ContainsRune(`"“”„‟«»＂「」`, r) && r != 0 }

func edge(r rune) bool { return r == 0 || unicode.IsSpace(r) || opening(r) || closing(r) }

// operator reads AND, OR, NOT or NEAR where it stands as a word.
func (p *parser) operator(word string) bool {
	for i, r := range word {
		if p.peek(i) != r {
			return false
		}
	}
	if !edge(p.peek(len(word))) && !quote(p.peek(len(word))) {
		return false
	}
	p.pos += len(word)
	p.space()
	return true
}

// near reads NEAR or NEAR/n.
func (p *parser) near() (n int, ok bool, err error) {
	at := p.pos
	if p.operator("NEAR") {
		return NearByDefault, true, nil
	}
	if !p.begins("NEAR/") {
		return 0, false, nil
	}
	p.pos += len("NEAR/")
	digits := p.until(func(r rune) bool { return r < '0' || r > '9' })
	n, err = strconv.Atoi(digits)
	if err != nil || n < 1 || n > MaxNear || !edge(p.peek(0)) && !quote(p.peek(0)) {
		return 0, false, problem(at, "NEAR needs a distance from 1 to {max}, for example NEAR/5.", "max", MaxNear)
	}
	p.space()
	return n, true, nil
}

func (p *parser) begins(s string) bool {
	for i, r := range s {
		if p.peek(i) != r {
			return false
		}
	}
	return true
}

func (p *parser) until(stop func(rune) bool) string {
	from := p.pos
	for !p.end() && !stop(p.in[p.pos]) {
		p.pos++
	}
	return string(p.in[from:p.pos])
}

func (p *parser) or() (*node, error) {
	n := &node{op: opOr, at: p.pos}
	for {
		k, err := p.and()
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, k)
		if at := p.pos; !p.operator("OR") {
			return n.flat(), nil
		} else if err := p.needs(at, "OR"); err != nil {
			return nil, err
		}
	}
}

// needs reports an operator that stands at the end.
func (p *parser) needs(at int, operator string) error {
	if p.end() || closing(p.peek(0)) {
		return problem(at, "Something is missing after {operator}. Add a word or remove the {operator}.", "operator", operator)
	}
	return nil
}

func (p *parser) and() (*node, error) {
	n := &node{op: opAnd, at: p.pos}
	for {
		k, err := p.nearby()
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, k)
		at := p.pos
		if p.operator("AND") {
			if err := p.needs(at, "AND"); err != nil {
				return nil, err
			}
			continue
		}
		if p.end() || closing(p.peek(0)) {
			return n.flat(), nil
		}
		if p.operator("OR") {
			p.pos = at
			return n.flat(), nil
		}
	}
}

// flat takes the kids of kids of the same operator up, and a lone kid in the place of its operator.
func (n *node) flat() *node {
	if len(n.kids) == 1 {
		return n.kids[0]
	}
	var kids []*node
	for _, k := range n.kids {
		if k.op == n.op {
			kids = append(kids, k.kids...)
			continue
		}
		kids = append(kids, k)
	}
	n.kids = kids
	return n
}

func (p *parser) nearby() (*node, error) {
	left, err := p.unary()
	if err != nil {
		return nil, err
	}
	at := p.pos
	n, ok, err := p.near()
	if err != nil || !ok {
		return left, err
	}
	if err := p.needs(at, "NEAR"); err != nil {
		return nil, err
	}
	right, err := p.unary()
	if err != nil {
		return nil, err
	}
	for _, k := range []*node{left, right} {
		if !k.placed() {
			return nil, problem(k.at, "NEAR joins words, phrases, hashtags and handles, or several of them with OR in brackets. Join anything else with AND.")
		}
	}
	next := p.pos
	if _, ok, _ := p.near(); ok {
		return nil, problem(next, "NEAR joins two things. For three write (a NEAR/5 b) AND (b NEAR/5 c).")
	}
	p.pos = next
	return &node{op: opNear, kids: []*node{left, right}, n: n, at: left.at}, nil
}

// placed reports whether what the node finds stands somewhere in the text.
func (n *node) placed() bool {
	switch n.op {
	case opPhrase:
		return true
	case opName:
		return n.name.Kind == terms.Tag || n.name.Kind == terms.Handle
	case opOr:
		for _, k := range n.kids {
			if !k.placed() {
				return false
			}
		}
		return true
	}
	return false
}

func (p *parser) unary() (*node, error) {
	at := p.pos
	not := p.operator("NOT")
	if not {
		if err := p.needs(at, "NOT"); err != nil {
			return nil, err
		}
	} else if p.peek(0) == '-' && !edge(p.peek(1)) && p.peek(1) != '-' {
		p.pos++
		not = true
	}
	if !not {
		return p.primary()
	}
	if err := p.deeper(at); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	k, err := p.unary()
	if err != nil {
		return nil, err
	}
	if k.op == opNot {
		return k.kids[0], nil
	}
	return &node{op: opNot, kids: []*node{k}, at: at}, nil
}

func (p *parser) deeper(at int) error {
	if p.depth++; p.depth > MaxDepth {
		return problem(at, "The query has more than {max} brackets within brackets. Take some away.", "max", MaxDepth)
	}
	return nil
}

func (p *parser) primary() (*node, error) {
	at := p.pos
	if !opening(p.peek(0)) {
		n, err := p.leaf()
		p.space()
		return n, err
	}
	if err := p.deeper(at); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	p.pos++
	p.space()
	if p.end() {
		return nil, problem(at, "This bracket is opened and nothing follows. Write a word and a closing bracket, or remove it.")
	}
	if closing(p.peek(0)) {
		return nil, problem(at, "There is nothing between these brackets. Write a word between them or remove them.")
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.end() {
		return nil, problem(at, "The closing bracket for this one is missing. Add a ) where the group ends.")
	}
	p.pos++
	p.space()
	return n, nil
}

// leaf reads a word, a phrase, a name or a condition.
func (p *parser) leaf() (*node, error) {
	at := p.pos
	if p.terms++; p.terms > MaxTerms {
		return nil, problem(at, "The query has more than {max} words. Make two monitors of it.", "max", MaxTerms)
	}
	for _, op := range []string{"AND", "OR", "NEAR"} {
		if p.operator(op) {
			return nil, problem(at, "Something is missing before {operator}. Add a word or remove the {operator}.", "operator", op)
		}
	}
	if n, ok, err := p.field(); ok || err != nil {
		return n, err
	}
	exact := p.peek(0) == '=' && !edge(p.peek(1))
	if exact {
		p.pos++
	}
	if quote(p.peek(0)) {
		return p.quoted(at, exact)
	}
	if r := p.peek(0); !exact && (r == '#' || r == '＃' || r == '@' || r == '＠') {
		return p.named(at)
	}
	word := p.wordText()
	return phraseNode(at, word, word, exact)
}

// wordText reads up to a space, bracket or quotation mark. The mark inside a Hebrew abbreviation (צה"ל) belongs to the word.
func (p *parser) wordText() string {
	from := p.pos
	for !p.end() {
		r := p.peek(0)
		inside := p.pos > from && isHebrew(p.peek(-1)) && isHebrew(p.peek(1))
		if edge(r) || quote(r) && !inside {
			break
		}
		p.pos++
	}
	return string(p.in[from:p.pos])
}

func isHebrew(r rune) bool { return r >= 0x5D0 && r <= 0x5EA }

// inQuotes reads what stands between quotation marks.
func (p *parser) inQuotes() (string, error) {
	at := p.pos
	p.pos++
	from := p.pos
	for !p.end() {
		if quote(p.peek(0)) && !(p.peek(0) == '"' && p.pos > from && isHebrew(p.peek(-1)) && isHebrew(p.peek(1))) {
			p.pos++
			return string(p.in[from : p.pos-1]), nil
		}
		p.pos++
	}
	return "", problem(at, "The closing quotation mark for this one is missing. Add it where the phrase ends.")
}

func (p *parser) quoted(at int, exact bool) (*node, error) {
	text, err := p.inQuotes()
	if err != nil {
		return nil, err
	}
	return phraseNode(at, text, `"`+strings.Join(strings.Fields(text), " ")+`"`, exact)
}

func phraseNode(at int, text, raw string, exact bool) (*node, error) {
	phrase, err := terms.ParsePhrase(text, exact)
	if err != nil {
		return nil, wordProblem(at, raw, err)
	}
	if exact {
		raw = "=" + raw
	}
	return &node{op: opPhrase, at: at, raw: raw, phrase: phrase}, nil
}

func wordProblem(at int, raw string, err error) error {
	if errors.Is(err, terms.ErrStar) {
		return problem(at, "A * stands at the end of a word of two letters or more, as in boycott*, or between the words of a phrase.")
	}
	return problem(at, "There is nothing to listen for in {word}. Write a word with letters or digits.", "word", raw)
}
