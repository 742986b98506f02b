// Package outline looks at YAML that somebody sent before it is decoded: YAML can be written so that reading it takes hours.
package outline

import (
	"bytes"
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// ErrStrange says that a text is nested or repeated as no person and no program of ours writes.
var ErrStrange = errors.New("this is nested or repeated as no file of ours is")

const (
	maxDepth = 64    // levels
	maxKeys  = 2_000 // names in one place: the decoder compares each with each
	maxNodes = 300_000
)

// Check refuses what would take longer to decode than to read: nesting, repeated names, references to what stands elsewhere in the
// file. Errors are ErrStrange or the parser's.
func Check(data []byte) error {
	if err := Nesting(data); err != nil {
		return err
	}
	var n yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&n); err != nil {
		return err
	}
	left := maxNodes
	return look(&n, 0, &left)
}

func look(n *yaml.Node, depth int, left *int) error {
	if *left--; *left < 0 || depth > maxDepth || n.Kind == yaml.AliasNode || n.Kind == yaml.MappingNode && len(n.Content) > 2*maxKeys {
		return fmt.Errorf("%w, line %d", ErrStrange, n.Line)
	}
	for _, one := range n.Content {
		if err := look(one, depth+1, left); err != nil {
			return err
		}
	}
	return nil
}

// Nesting counts brackets and dashes that stand within each other, before the parser sees them: it looks back at all open ones for
// every sign. Texts are taken for what they are as far as that is easy; a text that is full of brackets that never close is refused. It is
// enough for who decodes into a yaml.Node, which repeats nothing.
func Nesting(data []byte) error {
	depth, dashes := 0, 0
	var quote, before byte = 0, '\n'
	for i, c := range data {
		switch {
		case quote != 0:
			if c == quote && (quote == '\'' || data[i-1] != '\\' || i > 1 && data[i-2] == '\\') {
				quote = 0
			}
			continue
		case depth > 0 && (c == '"' || c == '\'') && starts(before):
			quote = c
		case (c == '[' || c == '{') && (depth > 0 || starts(before)):
			depth++
		case (c == ']' || c == '}') && depth > 0:
			depth--
		case c == '\n':
			dashes = 0
		case (c == '-' || c == '?' || c == ':') && (i+1 == len(data) || data[i+1] == ' ' || data[i+1] == '\t' || data[i+1] == '\n') && depth == 0 && starts(before):
			dashes++
		}
		if depth > maxDepth || dashes > maxDepth {
			return fmt.Errorf("%w, line %d", ErrStrange, 1+bytes.Count(data[:i], []byte("\n")))
		}
		if c != ' ' && c != '\t' && c != '\r' {
			before = c
		}
	}
	return nil
}

// starts reports whether a value may begin after that sign.
func starts(before byte) bool { return bytes.IndexByte([]byte("\n:-,[{?"), before) >= 0 }
