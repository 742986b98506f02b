package match

import (
	"strings"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// Matches reports whether the mention answers the query, by asking each part of it in turn. A Set gives the same answers
// for thousands of queries at once; this is the definition of what they have to be.
func (q *Query) Matches(m *desk.Mention) bool {
	var t terms.Text
	read(&t, m)
	return q.root.holds(&t, m)
}

// read folds everything of a mention that queries look at.
func read(t *terms.Text, m *desk.Mention) {
	if m.Title == "" {
		t.Read(m.Text)
	} else {
		t.Read(m.Title, m.Text)
	}
	for _, tag := range m.Tags {
		t.AddName(terms.Tag, tag)
	}
	t.AddName(terms.Author, m.Author.Handle)
	t.AddName(terms.Author, m.Author.Name)
	t.AddName(terms.Source, m.Network)
}

func (n *node) holds(t *terms.Text, m *desk.Mention) bool {
	switch n.op {
	case opAnd:
		for _, k := range n.kids {
			if !k.holds(t, m) {
				return false
			}
		}
		return true
	case opOr:
		for _, k := range n.kids {
			if k.holds(t, m) {
				return true
			}
		}
		return false
	case opNot:
		return !n.kids[0].holds(t, m)
	case opNear:
		return near(n.kids[0].places(t, nil), n.kids[1].places(t, nil), n.n)
	case opPhrase:
		return len(n.places(t, nil)) > 0
	case opName:
		return n.name.Named(t, func(int, int) {})
	}
	return n.condition(m)
}

// condition answers what does not depend on the text.
func (n *node) condition(m *desk.Mention) bool {
	switch n.op {
	case opLang:
		return speaks(m.Lang, n.value)
	case opKind:
		return m.Kind == n.value
	}
	if m.Author.Followers < 0 { // not known is neither above nor below
		return false
	}
	switch n.cmp {
	case ">":
		return m.Author.Followers > n.n
	case ">=":
		return m.Author.Followers >= n.n
	case "<":
		return m.Author.Followers < n.n
	case "<=":
		return m.Author.Followers <= n.n
	}
	return m.Author.Followers == n.n
}

// speaks reports whether a language is the one asked for, or a form of it: zh-Hant is zh. Without a language a mention is und.
func speaks(lang, asked string) bool {
	if lang == "" {
		lang = "und"
	}
	if len(lang) < len(asked) || !strings.EqualFold(lang[:len(asked)], asked) {
		return false
	}
	return len(lang) == len(asked) || lang[len(asked)] == '-'
}

// place is where something stands: positions [from, to).
type place struct{ from, to int }

// places are all the places of a leaf, or of several joined by OR.
func (n *node) places(t *terms.Text, out []place) []place {
	switch n.op {
	case opPhrase:
		for i := range t.Len() {
			if n.phrase.At(t, i) {
				out = append(out, place{i, i + len(n.phrase)})
			}
		}
	case opName:
		n.name.Named(t, func(from, to int) {
			if from >= 0 {
				out = append(out, place{from, to})
			}
		})
	default:
		for _, k := range n.kids {
			out = k.places(t, out)
		}
	}
	return out
}

// near reports whether one of as and one of bs stand apart, in either order, with fewer than n words between.
func near(as, bs []place, n int) bool {
	for _, a := range as {
		for _, b := range bs {
			if a.to <= b.from && b.from-a.to < n || b.to <= a.from && a.from-b.to < n {
				return true
			}
		}
	}
	return false
}
