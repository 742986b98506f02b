// Package match decides which monitors a mention answers: the query language of docs/queries.md, thousands of queries in
// one pass over a post, and the monitors themselves.
package match

import (
	"fmt"
	"strconv"
	"strings"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// Limits of a query. They are far above what people write and keep one query from slowing every post down.
const (
	MaxLength = 8192 // characters
	MaxTerms  = 500  // words, phrases, names and conditions
	MaxDepth  = 50   // brackets within brackets
	MaxNear   = 100  // of NEAR/n
)

// NearByDefault is the n of a NEAR without one.
const NearByDefault = 10

// SyntaxError is what is wrong with a query, and where.
type SyntaxError struct {
	At   int       // of the character, counted from 0 in code points
	Text desk.Text // what to do, as a sentence for people
}

// Error is the sentence in English, led by the place counted from 1 as people do.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("character %d: %s", e.At+1, e.Text.English())
}

// Query is a parsed query. It does not change and may be used concurrently.
type Query struct{ root *node }

// op is what a node of a query asks for.
type op uint8

const (
	opAnd op = iota
	opOr
	opNot
	opNear
	opPhrase // words of the text
	opName   // a hashtag, handle, author or source
	opLang
	opKind
	opFollowers
)

// node is one piece of a query.
type node struct {
	op     op
	kids   []*node
	at     int           // where it begins, in code points
	raw    string        // a leaf as it was typed, in the form that String writes
	phrase terms.Phrase  // opPhrase; opName: one pattern
	n      int           // opNear: distance; opFollowers: accounts
	cmp    string        // opFollowers: > >= < <= =
	value  string        // opLang, opKind
	name   terms.Pattern // opName
}

// String writes the query in one canonical form that parses to the same query.
func (q *Query) String() string {
	var b strings.Builder
	q.root.write(&b, opOr)
	return b.String()
}

// binds is how tightly an operator holds its parts together.
func (o op) binds() int {
	switch o {
	case opOr:
		return 0
	case opAnd:
		return 1
	case opNear:
		return 2
	case opNot:
		return 3
	}
	return 4
}

func (n *node) write(b *strings.Builder, above op) {
	brackets := n.op.binds() < above.binds() || n.op == opNear && above == opNear
	if brackets {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	switch n.op {
	case opAnd, opOr, opNear:
		for i, k := range n.kids {
			if i > 0 {
				b.WriteString(n.between())
			}
			k.write(b, n.op)
		}
	case opNot:
		b.WriteString("NOT ")
		n.kids[0].write(b, n.op)
	default:
		b.WriteString(n.raw)
	}
}

func (n *node) between() string {
	switch n.op {
	case opOr:
		return " OR "
	case opNear:
		return " NEAR/" + strconv.Itoa(n.n) + " "
	}
	return " AND "
}

// Words are the words, phrases and tags that the query looks for, as they were typed, for marking them in a text. What
// stands behind a NOT is left out.
func (q *Query) Words() []string {
	var out []string
	q.root.words(&out)
	return out
}

func (n *node) words(out *[]string) {
	switch n.op {
	case opNot:
		return
	case opPhrase:
		*out = append(*out, strings.Trim(n.raw, `="`))
	case opName:
		if n.name.Kind == terms.Tag || n.name.Kind == terms.Handle {
			*out = append(*out, n.raw)
		}
	}
	for _, k := range n.kids {
		k.words(out)
	}
}
