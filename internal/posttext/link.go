package posttext

import (
	"sort"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// style is in what the finding of addresses differs between X and Mastodon, which took it over and widened it.
type style struct {
	bare      bool     // hosts without a protocol are links too
	protocols []string // that begin an address
	path      func(rune) bool
	pathEnd   func(rune) bool
	query     func(rune) bool
	queryEnd  func(rune) bool
}

var xStyle = style{
	bare:      true,
	protocols: []string{"https://", "http://"},
	path:      inPath,
	pathEnd: func(r rune) bool {
		return isAlnum(r) || strings.ContainsRune("=_#/+-", r) || isAccent(r) || isCyrillic(r)
	},
	query:    inQuery,
	queryEnd: func(r rune) bool { return isAlnum(r) || strings.ContainsRune("_&=#/-", r) },
}

func isCyrillic(r rune) bool { return r >= 0x400 && unicode.Is(unicode.Cyrillic, r) }

func inPath(r rune) bool {
	return isAlnum(r) || r < 0x80 && strings.ContainsRune("!*';:=+,.$/%#[]-_~&|@", r) || r >= 0x80 && (isAccent(r) || isCyrillic(r) || unicode.Is(unicode.Pd, r))
}

func inQuery(r rune) bool {
	return isAlnum(r) || r < 0x80 && strings.ContainsRune("!?*'();:&=+$/%#[]-_.,~|@", r)
}

const (
	maxAddress = 4096 // of an address with its protocol, units of UTF-16
	maxLabel   = 63   // of a part of a host's name, in Punycode (RFC 1035)
	maxSlug    = 40   // of a t.co link
)

// found is an address as the grammar matches it, before it is looked at more closely.
type found struct {
	from, host, hostEnd, pathFrom, end int // code points; pathFrom is -1 without a path
	proto                              bool
}

// links finds the addresses of a text, from left to right and without overlap.
func (s *style) links(t []rune) (all []mark) {
	var hosts hostRun
	for at := 0; at < len(t); {
		f, ok := s.next(t, at, &hosts)
		if !ok {
			break
		}
		if acceptable(t, f) {
			all = s.keep(t, f, all)
		}
		at = f.end
	}
	return all
}

// next finds the first address that begins at or after at, with the character before it.
func (s *style) next(t []rune, at int, hosts *hostRun) (found, bool) {
	for p := at; p < len(t); p++ {
		if mayPrecede(t[p]) && p+1 < len(t) {
			if f, ok := s.match(t, p+1, hosts); ok {
				return f, true
			}
		}
		if p == 0 {
			if f, ok := s.match(t, 0, hosts); ok {
				return f, true
			}
		}
	}
	return found{}, false
}

// mayPrecede are the characters that an address may follow.
func mayPrecede(r rune) bool {
	return !isAlnum(r) && r != '@' && r != '＠' && r != '$' && r != '#' && r != '＃' && !isForbidden(r)
}

func (s *style) match(t []rune, at int, hosts *hostRun) (found, bool) {
	f := found{from: at, host: at, pathFrom: -1}
	for _, p := range s.protocols {
		if !hasPrefix(t, at, p) {
			continue
		}
		if end := hosts.end(t, at+len(p)); end > 0 {
			f.host, f.hostEnd, f.proto = at+len(p), end, true
		}
		break
	}
	if !f.proto {
		f.hostEnd = hosts.end(t, at)
	}
	if f.hostEnd == 0 {
		return f, false
	}
	f.end = port(t, f.hostEnd)
	if f.end < len(t) && t[f.end] == '/' {
		f.pathFrom = f.end
		f.end = s.pathEndAt(t, f.end+1)
	}
	f.end = s.queryEndAt(t, f.end)
	return f, true
}

// hasPrefix reports whether p, in lower-case ASCII, stands at i in any case.
func hasPrefix(t []rune, i int, p string) bool {
	if i+len(p) > len(t) {
		return false
	}
	for j := range len(p) {
		if lower(t[i+j]) != rune(p[j]) {
			return false
		}
	}
	return true
}

func port(t []rune, i int) int {
	if i >= len(t) || t[i] != ':' {
		return i
	}
	end := i + 1
	for end < len(t) && isDigit(t[end]) {
		end++
	}
	if end == i+1 {
		return i
	}
	return end
}

// pathEndAt is where the path that goes on at i ends: behind the last character that may end one, or a closed pair of brackets.
func (s *style) pathEndAt(t []rune, i int) int {
	end := i
	for i < len(t) {
		switch {
		case s.path(t[i]):
			if s.pathEnd(t[i]) {
				end = i + 1
			}
			i++
		case t[i] == '(':
			close := s.brackets(t, i)
			if close == 0 {
				return end
			}
			i, end = close, close
		default:
			return end
		}
	}
	return end
}

// brackets is behind the closing bracket of the pair that opens at i, with one pair inside at most; 0 when it is none.
func (s *style) brackets(t []rune, i int) int {
	run := func(i int) int {
		for i < len(t) && s.path(t[i]) {
			i++
		}
		return i
	}
	from := i + 1
	i = run(from)
	if i < len(t) && t[i] == '(' {
		inner := i + 1
		if i = run(inner); i == inner || i >= len(t) || t[i] != ')' {
			return 0
		}
		i = run(i + 1)
	} else if i == from {
		return 0
	}
	if i < len(t) && t[i] == ')' {
		return i + 1
	}
	return 0
}

func (s *style) queryEndAt(t []rune, i int) int {
	if i >= len(t) || t[i] != '?' {
		return i
	}
	end := i
	for j := i + 1; j < len(t) && s.query(t[j]); j++ {
		if s.queryEnd(t[j]) {
			end = j + 1
		}
	}
	return end
}

// acceptable are addresses whose parts are not too long, and that do not mix Punycode with other characters.
func acceptable(t []rune, f found) bool {
	host := string(t[f.host:f.hostEnd])
	if strings.HasPrefix(host, "xn--") && len(asciiHosts(t[f.host:f.hostEnd])) == 0 {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if n := encoded(label); n < 1 || n > maxLabel {
			return false
		}
	}
	total := 0
	for _, r := range t[f.from:f.end] {
		total += units(r)
	}
	if !f.proto {
		total += len("https://")
	}
	return total <= maxAddress
}

// encoded is how long a part of a host's name is in Punycode.
func encoded(label string) int {
	if len(label) > 4*maxLabel { // four bytes a character, and Punycode is no shorter than its characters
		return len(label)
	}
	ascii, err := idna.Punycode.ToASCII(label)
	if err != nil {
		return maxLabel + 1
	}
	return len(ascii)
}

// keep adds what the network links of an address that was found.
func (s *style) keep(t []rune, f found, all []mark) []mark {
	if f.proto {
		end, ok := shortLink(s, t, f)
		if !ok {
			return all
		}
		return append(all, mark{kind: Link, from: f.from, to: end})
	}
	if !s.bare || f.from > 0 && strings.ContainsRune("-_./", t[f.from-1]) {
		return all
	}
	hosts := asciiHosts(t[f.host:f.hostEnd])
	for i, h := range hosts {
		k := mark{kind: Link, from: f.host + h[0], to: f.host + h[1]}
		if i == len(hosts)-1 && f.pathFrom >= 0 {
			k.to = f.end
		}
		all = append(all, k)
	}
	return all
}

// shortLink cuts a link of X's own shortener behind its slug and query: what follows cannot be part of it.
func shortLink(s *style, t []rune, f found) (end int, ok bool) {
	if string(t[f.host:f.hostEnd]) != "t.co" && !strings.EqualFold(string(t[f.host:f.hostEnd]), "t.co") || f.pathFrom != f.hostEnd {
		return f.end, true
	}
	i := f.pathFrom + 1
	for i < f.end && isAlnum(t[i]) {
		i++
	}
	switch slug := i - f.pathFrom - 1; {
	case slug == 0:
		return f.end, true
	case slug > maxSlug:
		return 0, false
	}
	return s.queryEndAt(t[:f.end], i), true
}

// asciiHosts are the parts of a host's name that stand for themselves in Latin letters: without a protocol only they are links.
func asciiHosts(host []rune) (all []Span) {
	in := func(r rune) bool { return isAlnum(r) || r == '-' || r == '_' || isAccent(r) }
	for i := 0; i < len(host); {
		if !in(host[i]) {
			i++
			continue
		}
		end, j := 0, i
		for j < len(host) {
			label := j
			for j < len(host) && in(host[j]) {
				j++
			}
			if j == label || j >= len(host) || host[j] != '.' {
				break
			}
			j++
			if n := tldAt(host, j); n > 0 {
				end = j + n
			}
		}
		if end > 0 {
			all = append(all, Span{i, end})
			i = end
			continue
		}
		i = max(j, i+1)
	}
	return all
}

// hostRun answers for any place in a run of host characters where a host that begins there ends, after one look at the run.
type hostRun struct {
	from, to int
	labels   []label
}

// label is what stands between two dots of a run.
type label struct {
	from, to   int
	whole      bool // begins and ends as a part of a name may
	underscore int  // the last one; -1 none
	tld        int  // code points of the top-level domain at its beginning
	reach      int  // the last label up to which all are whole, from here on; before this one when it is not
	last       int  // the last label up to this one that may be the top-level domain; -1 none
}

// end is where the host that begins at i ends; 0 when none does. It takes as many parts as it can.
func (h *hostRun) end(t []rune, i int) int {
	if i >= len(t) || !inDomain(t[i]) {
		return 0
	}
	if i < h.from || i >= h.to {
		h.look(t, i)
	}
	n := sort.Search(len(h.labels), func(k int) bool { return h.labels[k].from > i }) - 1
	first := h.labels[n]
	if n == len(h.labels)-1 || i >= first.to || !inDomain(t[first.to-1]) {
		return 0
	}
	if reach := min(h.labels[n+1].reach+1, len(h.labels)-1); reach > n+1 {
		if k := h.labels[reach].last; k > n+1 {
			return h.labels[k].from + h.labels[k].tld
		}
	}
	if second := h.labels[n+1]; second.tld > 0 && first.underscore < i {
		return second.from + second.tld
	}
	return 0
}

func (h *hostRun) look(t []rune, from int) {
	h.from, h.to, h.labels = from, from, h.labels[:0]
	for one := from; ; {
		end, under := one, -1
		for end < len(t) && (inDomain(t[end]) || t[end] == '-' || t[end] == '_') {
			if t[end] == '_' {
				under = end
			}
			end++
		}
		l := label{from: one, to: end, underscore: under, last: -1}
		l.whole = end > one && inDomain(t[one]) && inDomain(t[end-1])
		if n := len(h.labels); n > 0 {
			l.tld, l.last = tldAt(t, one), h.labels[n-1].last
			if l.tld > 0 && h.labels[n-1].underscore < 0 {
				l.last = n
			}
		}
		h.labels, h.to = append(h.labels, l), end
		if end >= len(t) || t[end] != '.' {
			break
		}
		one = end + 1
	}
	h.to = max(h.to, from+1)
	for k := len(h.labels) - 1; k >= 0; k-- {
		h.labels[k].reach = k - 1
		if h.labels[k].whole {
			h.labels[k].reach = k
			if k+1 < len(h.labels) {
				h.labels[k].reach = max(k, h.labels[k+1].reach)
			}
		}
	}
}
