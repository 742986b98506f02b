package feed

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// Limits of form. Without them a few megabytes of nested or repeated tags become gigabytes of parsed tree: measured, the worst
// that passes these limits takes about 100 MB while it is read. 2,000 articles of 50 elements each are within them.
const (
	maxDepth      = 100
	maxElements   = 100_000
	maxValues     = 500_000   // of JSON: members of objects and arrays
	maxTag        = 256 << 10 // bytes of one tag with its attributes
	maxNamespaces = 5_000     // declarations: a parser merges them at every level
)

// root is the outermost element of an XML document.
type root struct {
	name string // lower case, without prefix
	at   int    // offset of its <
}

// inspectXML finds the root and refuses what no honest feed has. It builds nothing.
func inspectXML(b []byte) (root, error) {
	var (
		found                       root
		depth, elements, namespaces int
	)
	for i := 0; ; {
		j := bytes.IndexByte(b[i:], '<')
		if j < 0 {
			break
		}
		i += j
		rest := b[i:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			i += past(rest, "-->")
		case bytes.HasPrefix(rest, []byte("<?")):
			i += past(rest, "?>")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			i += past(rest, "]]>")
		case bytes.HasPrefix(rest, []byte("<!")):
			n := past(rest, ">")
			if found.name != "" || bytes.ContainsAny(rest[1:n], "<[") {
				return root{}, errors.New("declares entities")
			}
			i += n
		case bytes.HasPrefix(rest, []byte("</")):
			depth = max(depth-1, 0)
			i += 2
		case len(rest) > 1 && begins(rest[1]):
			tag := rest[:tagEnd(rest)]
			i += len(tag)
			if found.name == "" {
				found = root{name: localName(tag), at: i - len(tag)}
			}
			elements++
			namespaces += bytes.Count(tag, []byte("xmlns"))
			if !bytes.HasSuffix(tag, []byte("/>")) {
				depth++
			}
			if depth > maxDepth || elements > maxElements || namespaces > maxNamespaces || len(tag) > maxTag {
				return found, tooMuch(found, depth, elements, namespaces, len(tag))
			}
		default:
			i++
		}
	}
	return found, nil
}

// tooMuch lets a web page through, whatever it looks like: it is refused for being a page.
func tooMuch(r root, depth, elements, namespaces, tag int) error {
	if r.name == "html" {
		return nil
	}
	return fmt.Errorf("depth %d, %d elements, %d namespaces, a tag of %d bytes", depth, elements, namespaces, tag)
}

// past is the length of b up to and with end; all of b when end is missing.
func past(b []byte, end string) int {
	if i := bytes.Index(b, []byte(end)); i >= 0 {
		return i + len(end)
	}
	return len(b)
}

func begins(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c >= 0x80
}

// tagEnd is the length of the tag that b begins with. A > in quotes does not end it; quotes open only after an equals sign.
func tagEnd(b []byte) int {
	var quote, last byte
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			continue
		case c == '>':
			return i + 1
		case (c == '"' || c == '\'') && last == '=':
			quote = c
		case i > maxTag:
			return i
		}
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			last = c
		}
	}
	return len(b)
}

func localName(tag []byte) string {
	end := bytes.IndexAny(tag, " \t\r\n/>")
	if end < 1 {
		end = len(tag)
	}
	name := string(tag[1:end])
	return strings.ToLower(name[strings.LastIndexByte(name, ':')+1:])
}

// inspectJSON does the same for JSON.
func inspectJSON(b []byte) error {
	depth, elements, values, quoted := 0, 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			elements++
		case c == '}' || c == ']':
			depth--
		case c == ',':
			values++
		}
		if depth > maxDepth || elements > maxElements || values > maxValues {
			return fmt.Errorf("depth %d, %d elements, %d values", depth, elements, values)
		}
	}
	return nil
}
