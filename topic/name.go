package topic

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

const (
	namePosts   = 128 // posts that a name is chosen from
	namePhrases = 3
	enoughShare = 0.85 // of the posts that a name need cover
	another     = 0.22 // of the first phrase's gain that a further one needs: one that adds no post may say more of what is meant
	extends     = 0.7  // share of a word's posts that a longer phrase must have
	maxWide     = 8    // characters of a phrase without spaces
)

// phrase is something that a topic may be called.
type phrase struct {
	term
	sample  int
	cover   [namePosts / 64]uint64 // posts that say it
	n       int
	telling float64 // logarithm of how many times more often it is said than usual
	shown   string  // as it is written most, of equals with the fewest capitals
	same    int     // samples that write it so, less those that do not
	parts   []uint32
}

// namer is lent to one naming.
type namer struct {
	read  reader
	all   []phrase
	posts []int
}

// rename names a topic by the fewest phrases that cover its posts, of those that say most (Shirakawa, Hara and Maekawa, EMNLP
// 2017, choose by set cover, too): a phrase counts by the posts it adds and, less, by those that it shares, times how much more
// often than usual it is said. What covers as much in more words wins.
func (m *monitor) rename(t *Tracker, l *live) {
	l.stale, l.namedAt = false, l.total
	n := &t.scratch.name
	n.choose(m, l)
	if len(n.posts) == 0 || len(l.samples) == 0 {
		return
	}
	n.gather(m, l)
	var chosen []phrase
	var covered [namePosts / 64]uint64
	best := 0.0
	for len(chosen) < namePhrases {
		i, gain := n.next(covered)
		if i < 0 || gain < another*best {
			break
		}
		best = max(best, gain)
		p := n.longer(l, n.all[i])
		chosen = append(chosen, p)
		for w := range covered {
			covered[w] |= p.cover[w]
		}
		n.drop(p)
		if float64(ones(covered)) >= enoughShare*float64(len(n.posts)) && len(chosen) >= 2 {
			break
		}
	}
	l.called(chosen)
}

// called sets the name.
func (l *live) called(chosen []phrase) {
	if len(chosen) == 0 {
		if l.name == "" {
			l.name = strings.Join(firstWords(l.samples[0].text, 6), " ")
			l.terms = []string{l.name}
		}
		return
	}
	l.terms = l.terms[:0:0]
	for _, p := range chosen {
		l.terms = append(l.terms, p.shown)
	}
	l.name = strings.Join(l.terms, " · ")
}

func firstWords(s string, n int) []string {
	all := strings.Fields(s)
	all = all[:min(n, len(all))]
	if len(all) == 1 {
		r := []rune(all[0])
		all[0] = string(r[:min(len(r), 12)])
	}
	return all
}

// choose picks the posts: the newest of the topic, of each text one.
func (n *namer) choose(m *monitor, l *live) {
	n.posts = n.posts[:0]
	for i := m.ring.count - 1; i >= 0 && len(n.posts) < namePosts; i-- {
		p := m.ring.at(i)
		if p.at < l.since || !m.ring.hasAny(p, l.core) {
			continue
		}
		if slices.ContainsFunc(n.posts[:min(16, len(n.posts))], func(j int) bool { return m.ring.at(j).fold == p.fold }) {
			continue
		}
		n.posts = append(n.posts, i)
	}
}

// gather finds the phrases of the samples and which posts say them.
func (n *namer) gather(m *monitor, l *live) {
	n.all = n.all[:0]
	for k := range l.samples {
		n.read.readText(l.samples[k].text)
		var tags []term
		for _, x := range n.read.terms {
			if x.kind == tag {
				tags = append(tags, x)
			}
		}
		for _, x := range n.read.terms {
			if x.kind == cluster || x.kind != tag && within(x, tags) {
				continue
			}
			shown := n.read.shown(x)
			if i := slices.IndexFunc(n.all, func(p phrase) bool { return p.tag == x.tag }); i >= 0 {
				n.all[i].written(x, shown, k)
				continue
			}
			p := phrase{term: x, sample: k, shown: shown, same: 1}
			m.cover(&p, n.posts)
			n.all = append(n.all, p)
		}
	}
}

// written takes another way in which a phrase is written. What most agree on stays (Boyer and Moore's vote).
func (p *phrase) written(x term, shown string, sample int) {
	switch {
	case shown == p.shown:
		p.same++
	case p.same > 0 && capitals(shown) >= capitals(p.shown) || p.same > 1:
		p.same--
	default:
		p.term, p.shown, p.sample, p.same = x, shown, sample, 1
	}
}

// within reports whether a term lies in a hashtag, which stands for it.
func within(x term, tags []term) bool {
	for _, t := range tags {
		if x.from >= t.from && x.to <= t.to {
			return true
		}
	}
	return false
}

// shown is a term as it was written.
func (x *reader) shown(t term) string {
	s := x.text[t.from:t.to]
	switch t.kind {
	case tag:
		return "#" + s
	case link:
		return bareLink(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

func capitals(s string) (n int) {
	for _, r := range s {
		if unicode.IsUpper(r) {
			n++
		}
	}
	return n
}

// cover finds which posts say a phrase and how telling it is.
func (m *monitor) cover(p *phrase, posts []int) {
	for k, i := range posts {
		if m.ring.has(m.ring.at(i), p.tag) {
			p.cover[k/64] |= 1 << (k % 64)
			p.n++
		}
	}
	usual := seen * float64(p.prior)
	all := max(0, float64(m.slow*m.clock.perSlow)-float64(m.fast*m.clock.perFast)) + seen
	if c := m.cells.find(p.tag); c != nil {
		usual += max(0, float64(c.slow*m.clock.perSlow)-float64(c.fast*m.clock.perFast))
	}
	p.telling = math.Log(float64(p.n) / float64(len(posts)) * all / usual)
}

func ones(set [namePosts / 64]uint64) (n int) {
	for _, w := range set {
		for ; w != 0; w &= w - 1 {
			n++
		}
	}
	return n
}

// next is the phrase that adds most to what is covered; -1 for none that says anything.
func (n *namer) next(covered [namePosts / 64]uint64) (best int, most float64) {
	best = -1
	for i := range n.all {
		p := &n.all[i]
		if p.n < 2 && len(n.posts) > 2 || p.telling < 1 || p.n*5 < len(n.posts) {
			continue
		}
		added := p.cover
		for w := range added {
			added[w] &^= covered[w]
		}
		gain := (float64(ones(added)) + 0.35*float64(p.n)) * min(p.telling, 8)
		switch p.kind {
		case pair:
			gain *= 1.15
		case tag:
			gain *= 1.3
		case link:
			gain *= 0.2 // words say more than an address
		case stem:
			gain *= 0.98
		}
		if gain > most {
			best, most = i, gain
		}
	}
	return best, most
}

// longer is a phrase with the neighbours that stand with it in most of its posts.
func (n *namer) longer(l *live, p phrase) phrase {
	if p.kind == word || p.kind == stem {
		at := -1
		for i := range n.all {
			o := &n.all[i]
			if o.kind == pair && (o.left == p.tag || o.right == p.tag) && float64(o.n) >= extends*float64(p.n) && (at < 0 || o.n > n.all[at].n) {
				at = i
			}
		}
		if at >= 0 {
			p = n.all[at]
		}
	}
	p.parts = append(p.parts, p.tag)
	switch p.kind {
	case pair:
		p.parts = append(p.parts, p.left, p.right)
		n.stretch(l, &p, 1)
	case wide:
		n.stretch(l, &p, maxWide-2)
	}
	return p
}

// stretch adds up to more neighbours, in the text that p was found in.
func (n *namer) stretch(l *live, p *phrase, more int) {
	n.read.readText(l.samples[p.sample].text)
	for again := true; again && more > 0; {
		again = false
		for _, o := range n.read.terms {
			right, left := o.from < p.to && o.to > p.to && o.from > p.from, o.from < p.from && o.to > p.from && o.to < p.to
			if o.kind != p.kind || !right && !left || !n.often(o.tag, extends*float64(p.n)) || more == 0 {
				continue
			}
			p.from, p.to = min(p.from, o.from), max(p.to, o.to)
			p.parts = append(p.parts, o.tag)
			if o.kind == pair {
				p.parts = append(p.parts, o.left, o.right)
			}
			again = true
			more--
		}
	}
	p.shown = strings.Join(strings.Fields(n.read.text[p.from:p.to]), " ")
}

// often reports whether at least so many posts say a term.
func (n *namer) often(tag uint32, least float64) bool {
	return slices.ContainsFunc(n.all, func(p phrase) bool { return p.tag == tag && float64(p.n) >= least })
}

// drop removes a phrase that was chosen and all that share a word with it.
func (n *namer) drop(p phrase) {
	n.all = slices.DeleteFunc(n.all, func(o phrase) bool {
		if slices.Contains(p.parts, o.tag) || o.kind == pair && (slices.Contains(p.parts, o.left) || slices.Contains(p.parts, o.right)) {
			return true
		}
		return o.sample == p.sample && o.from < p.to && o.to > p.from
	})
}
