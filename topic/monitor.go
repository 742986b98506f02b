package topic

import (
	"math"

	"breakwater/desk"
)

// monitor is what is known of one monitor.
type monitor struct {
	id     int64
	first  int64 // unix seconds of its oldest mention
	bucket int64 // the open one: unix seconds / step
	clock  clock
	cells  cells
	lost   float32 // of what had to be forgotten since the table grew
	floor  float32 // how often a word that the table does not have may have been said before it was forgotten

	fast, slow float32 // all mentions, weighted as in cells
	negative   float32 // of slow
	ring       ring
	live       []*live
	habits     []habit
	hushed     []hush
	waiting    [8]waiting
	dirty      bool
}

// waiting is a term that stood out but had too few people; it is looked at again when it has grown.
type waiting struct {
	tag  uint32
	over float32
}

func newMonitor(id, at int64) *monitor {
	m := &monitor{id: id, first: at, bucket: at / step, cells: newCells(firstCells), ring: newRing(firstPosts)}
	m.clock = clock{zero: at, half: fastMax}
	m.clock.set(at)
	return m
}

const (
	monitorBytes = 420
	postBytes    = 48
)

func (m *monitor) bytes() int {
	return monitorBytes + len(m.cells.all)*cellBytes + len(m.ring.posts)*postBytes + len(m.ring.tags)*4 + cap(m.habits)*habitBytes + cap(m.hushed)*hushBytes
}

const (
	lateBy = 6 * 3600 // seconds behind the newest from which on a mention is old news
	// learned is how many mentions, before those of now, are the least to call anything unusual, and over how many hours.
	learned, learnedFor       = 20, 12 * 3600
	learnedMany, learnedFirst = 300, 2 * 3600 // or rather many in less time
)

// again is how often a word was said when it is worth more room: words that were said once are most of all words.
const again = 1.5

// add counts p, whose terms t.read holds.
func (m *monitor) add(t *Tracker, p post, of *desk.Mention) {
	m.dirty = true
	if of.Late || p.at < m.clock.now-lateBy {
		m.teach(t, p)
		return
	}
	m.advance(t, p.at)
	if p.at > m.clock.now {
		m.clock.set(p.at)
	}
	m.resize(t)

	w := m.voice(p.author)
	said := w / (1 + m.count(p.fold)) // a text that is said again says its words less and less
	m.fast += said * m.clock.fast
	m.slow += said * m.clock.slow
	if p.mood < 0 {
		m.negative += said * m.clock.slow
	}
	m.ring.push(p, t.read.terms)
	ready := m.ready()
	s := &t.scratch
	s.found = s.found[:0]
	for i := range t.read.terms {
		x := &t.read.terms[i]
		weight := said
		switch x.kind {
		case cluster:
			weight = w
		case pair:
			// Two words of which one is rare are told by that one.
			if !m.known(x) {
				continue
			}
		}
		c := m.cell(x.tag)
		c.fast += weight * m.clock.fast
		c.slow += weight * m.clock.slow
		if ready && c.fast*m.clock.perFast >= leastWeight && m.stands(c, x.prior) {
			s.found = append(s.found, i)
		}
	}
	for _, l := range m.live {
		if l.hasTerm(t.read.terms) {
			l.count(m, &p, said)
			l.sample(t, &p, of)
		}
	}
	for _, i := range s.found {
		m.consider(t, t.read.terms[i], &p, of)
	}
	for _, l := range m.live {
		if l.stale {
			m.rename(t, l)
		}
	}
}

// known reports whether both words of a pair are ones that this monitor hears now and then.
func (m *monitor) known(x *term) bool { return m.often(x.left) && m.often(x.right) }

func (m *monitor) often(tag uint32) bool {
	c := m.cells.find(tag)
	return c != nil && c.slow*m.clock.perSlow >= 3
}

// teach counts a mention of the past for what is usual only.
func (m *monitor) teach(t *Tracker, p post) {
	m.first = min(m.first, p.at)
	w := float32(math.Exp2(float64(p.at-m.clock.zero)/slowHalf)) / (1 + m.count(p.fold))
	m.slow += w
	if p.mood < 0 {
		m.negative += w
	}
	for i := range t.read.terms {
		if x := &t.read.terms[i]; x.kind != pair && x.kind != cluster {
			c := m.cell(x.tag)
			c.slow += w
		}
	}
}

// voice is the weight of an author's next mention: each says half, a third, a quarter as much as their first of the present.
func (m *monitor) voice(author uint32) float32 {
	c := m.cell(author)
	w := 1 / (1 + c.fast*m.clock.perFast)
	c.fast += m.clock.fast
	return w
}

// cell is a term's, for the sake of which another may be forgotten.
func (m *monitor) cell(tag uint32) *cell {
	c, lost := m.cells.take(tag, &m.clock)
	if lost >= 0 {
		m.floor += (lost - m.floor) / 64
		if lost >= again {
			m.lost += lost
		}
	}
	return c
}

// count is how much of a term was said of late.
func (m *monitor) count(tag uint32) float32 {
	if c := m.cells.find(tag); c != nil {
		return c.fast * m.clock.perFast
	}
	return 0
}

// ready reports whether enough is known to call anything unusual.
func (m *monitor) ready() bool {
	before := m.slow*m.clock.perSlow - m.fast*m.clock.perFast
	age := m.clock.now - m.first
	return before >= learned && age >= learnedFor || before >= learnedMany && age >= learnedFirst
}

// resize gives the monitor more room when it has had to forget what is still said, and keeps the weights small.
func (m *monitor) resize(t *Tracker) {
	if m.clock.spent() {
		m.settle(m.clock.half)
	}
	if n := len(m.cells.all); m.lost > float32(n)/4 && n < mostCells {
		m.lost = 0
		if t.affords(m, n*cellBytes) {
			m.cells = m.cells.grown(2*n, &m.clock)
			t.used += n * cellBytes
		}
	}
	n := len(m.ring.posts)
	if want := 2 * int(m.fast*m.clock.perFast); m.ring.full && n < want && n < mostPosts {
		if more := n * (postBytes + 4*tagsAPost); t.affords(m, more) {
			m.ring = m.ring.grown(2 * n)
			t.used += more
		}
	}
}

// settle makes now the zero of all weights, with another half-life for what is said now.
func (m *monitor) settle(half float64) {
	k := &m.clock
	m.cells.scale(k.perFast, k.perSlow)
	m.fast *= k.perFast
	m.slow *= k.perSlow
	m.negative *= k.perSlow
	k.zero, k.half = k.now, half
	k.set(k.now)
}

// advance closes the buckets that are over at a time.
func (m *monitor) advance(t *Tracker, at int64) {
	const hour = 3600 / step
	for b := at / step; m.bucket < b; {
		before := m.bucket
		if len(m.live) == 0 {
			m.bucket = b
		} else {
			m.bucket++
			m.close(t, m.bucket*step)
		}
		if before/hour != m.bucket/hour {
			m.adapt()
		}
	}
}

// adapt sets how long the present is: so long that it holds some fifty mentions.
func (m *monitor) adapt() {
	span := min(slowHalf/math.Ln2, float64(m.clock.now-m.first)+3600)
	perSecond := float64(m.slow*m.clock.perSlow) / span
	half := min(max(fastHold*math.Ln2/max(perSecond, 1e-9), fastMin), fastMax)
	if half > 1.25*m.clock.half || half < m.clock.half/1.25 {
		m.settle(half)
	}
}
