package topic

import (
	"math"
	"slices"

	"breakwater/desk"
)

// What it takes to be a topic.
const (
	leastWeight = 2.2 // of what was said of late: three people
	leastLift   = 4   // times what is usual
	seen        = 60  // mentions of ordinary talk that a new word is held against before the monitor's own past counts alone
	// surprise is the log-likelihood ratio of a word of a quiet monitor; a busy one has more words that may rise by chance.
	surprise = 18
	// leaning is the share of it that suffices when most who say it are negative.
	leaning = 0.75

	people     = 4  // at least, of late
	peopleLean = 3  // when most are negative
	texts      = 3  // different ones at least; one text that is passed on a little is no topic
	passedOn   = 10 // people from whom on even a single text is
	fewPosts   = 20
	fewWeight  = 5

	joins    = 0.6  // share of its posts that a word may have in common with a topic before it is part of it
	joinsIn  = 0.8  // from which its posts belong to the topic
	beside   = 0.15 // of the strongest topic's rank that another needs: a storm has many words and few subjects
	outrank  = 1.5  // times the weakest topic's rank that takes its place
	maxCore  = 8    // terms whose posts belong to a topic
	maxNear  = 24   // terms that only rose with it
	longHalf = 6 * 3600.0
)

// scratch is lent to one look.
type scratch struct {
	found []int
	posts []int
	name  namer
}

// core is a term whose posts belong to a topic.
type core struct {
	tag  uint32
	kind kind
	peak float32 // most that was said of it of late
}

// tally is what came within a step.
type tally struct{ n, negative uint16 }

const (
	keptSteps   = 288 // a day
	keptMinutes = 60
	liveBytes   = 5 << 10 // of a live topic, with names and samples
)

// live is a topic that lives.
type live struct {
	id       int64
	since    int64
	found    int64
	last     int64
	core     []core
	near     []uint32
	total    int32
	negative int32
	positive int32
	copies   int32
	voices   crowd
	networks []share
	steps    [keptSteps]tally // by bucket, modulo
	minutes  [keptMinutes]tally
	upTo     int64 // the newest minute that was counted in
	prior    float32

	long, peak float64 // weight halving in longHalf, at longAt; its most
	longAt     int64
	score      float64
	usual      float64 // mentions a second
	calm       int     // buckets since it stood out
	few        bool

	resample int32 // total at which a sample gives way to a newer one
	samples  []sample
	name     string
	terms    []string
	namedAt  int32 // total when it was named
	stale    bool  // what it is named by has changed
}

type share struct {
	network uint8
	n       int32
}

// excess is by how much a term stands out: the log-likelihood ratio of its count of late against what is usual for as many
// mentions, and how many times usual it is.
func (m *monitor) excess(c *cell, prior float32) (g, lift, p float64) {
	k := &m.clock
	f, n := float64(c.fast*k.perFast), float64(m.fast*k.perFast)
	before := max(0, float64(c.slow*k.perSlow)-f)
	all := max(0, float64(m.slow*k.perSlow)-n)
	p = (before + float64(m.floor) + seen*float64(prior)) / (all + seen)
	e := p*n + 0.02
	if f <= e {
		return 0, f / e, p
	}
	return 2 * (f*math.Log(f/e) - f + e), f / e, p
}

// bar is how much a term must stand out at least.
func (m *monitor) bar() float64 {
	span := min(slowHalf/math.Ln2, float64(m.clock.now-m.first)+3600)
	perDay := float64(m.slow*m.clock.perSlow) / span * 86400
	return surprise + 2*math.Log1p(perDay/50)
}

// stands reports whether a term may be unusual.
func (m *monitor) stands(c *cell, prior float32) bool {
	g, lift, _ := m.excess(c, prior)
	return lift >= leastLift && g >= leaning*m.bar()
}

// consider makes a topic of a term that stands out, or joins it with one that lives, or lets it wait.
func (m *monitor) consider(t *Tracker, x term, p *post, of *desk.Mention) {
	c := m.cells.find(x.tag)
	if c == nil || m.isTold(x.tag) {
		return
	}
	g, _, usual := m.excess(c, x.prior)
	weight := c.fast * m.clock.perFast
	if m.waits(x.tag, weight) {
		return
	}
	s := &t.scratch
	s.posts = m.with(s.posts[:0], x.tag)
	about := m.look(s.posts)
	leans := about.negative*2 >= about.n && float32(about.negative) > 1.5*m.usualNegative()*float32(about.n)
	few := about.people < people && (!leans || about.people < peopleLean)
	switch {
	case few && (about.n < fewPosts || weight < fewWeight), !few && about.texts < texts && about.people < passedOn, !leans && g < m.bar():
		m.wait(x.tag, weight)
		return
	case m.usualBurst(x.tag, weight, about, leans):
		return
	}
	if m.join(t, x, s.posts) {
		return
	}
	l := m.begin(x, s.posts)
	l.score, l.few, l.prior = g, few, x.prior
	l.usual = usual * m.perSecond()
	if !m.admit(l) {
		m.wait(x.tag, weight)
		return
	}
	l.sample(t, p, of)
	l.stale = true
}

// isTold reports whether a term is part of a topic already.
func (m *monitor) isTold(tag uint32) bool {
	for _, l := range m.live {
		if l.isCore(tag) || slices.Contains(l.near, tag) {
			return true
		}
	}
	return false
}

func (l *live) isCore(tag uint32) bool {
	for i := range l.core {
		if l.core[i].tag == tag {
			return true
		}
	}
	return false
}

func (l *live) hasTerm(all []term) bool {
	for i := range all {
		if l.isCore(all[i].tag) {
			return true
		}
	}
	return false
}

// waits reports whether a term was looked at lately and has not grown by a fifth since.
func (m *monitor) waits(tag uint32, weight float32) bool {
	for i := range m.waiting {
		if w := &m.waiting[i]; w.tag == tag {
			return weight < w.over
		}
	}
	return false
}

func (m *monitor) wait(tag uint32, weight float32) {
	at := 0
	for i := range m.waiting {
		if m.waiting[i].tag == tag {
			at = i
			break
		}
		if m.waiting[i].over < m.waiting[at].over {
			at = i
		}
	}
	// Those of little weight give way; each time a term is let wait the others fade.
	for i := range m.waiting {
		m.waiting[i].over *= 0.98
	}
	m.waiting[at] = waiting{tag, weight * 1.2}
}

// present is from when on a post is of now.
func (m *monitor) present() int64 { return m.clock.now - int64(4*m.clock.half) }

// with appends the posts of the present that have a term.
func (m *monitor) with(dst []int, tag uint32) []int {
	from := m.present()
	for i := range m.ring.count {
		if p := m.ring.at(i); p.at >= from && m.ring.has(p, tag) {
			dst = append(dst, i)
		}
	}
	return dst
}

// about is what some posts are like.
type about struct {
	n, negative   int
	people, texts int // different ones, counted up to a dozen
}

func (m *monitor) look(posts []int) (a about) {
	a.n = len(posts)
	for k, i := range posts {
		p := m.ring.at(i)
		if p.mood < 0 {
			a.negative++
		}
		const enough = 12 // nobody asks beyond
		author, text := a.people < enough, a.texts < enough
		for _, j := range posts[:k] {
			if !author && !text {
				break
			}
			o := m.ring.at(j)
			author, text = author && o.author != p.author, text && o.fold != p.fold
		}
		if author {
			a.people++
		}
		if text {
			a.texts++
		}
	}
	return a
}

// usualNegative is the usual share of negative mentions, a sixth where nothing is known.
func (m *monitor) usualNegative() float32 {
	const drawn = 20
	return (m.negative*m.clock.perSlow + drawn/6.0) / (m.slow*m.clock.perSlow + drawn)
}

// perSecond is how many mentions usually come.
func (m *monitor) perSecond() float64 {
	return float64(m.slow*m.clock.perSlow) / min(slowHalf/math.Ln2, float64(m.clock.now-m.first)+3600)
}

// join makes a term part of the topic that most of its posts belong to.
func (m *monitor) join(t *Tracker, x term, posts []int) bool {
	for _, l := range m.live {
		common, theirs := 0, 0
		for _, i := range posts {
			if m.ring.hasAny(m.ring.at(i), l.core) {
				common++
			}
		}
		share := float64(common) / float64(len(posts))
		if share < joins {
			// The term may also be the wider one: then it becomes what the topic is about.
			for i := range m.ring.count {
				if p := m.ring.at(i); p.at >= l.since && m.ring.hasAny(p, l.core) {
					theirs++
				}
			}
			if float64(common) < 0.7*float64(theirs) || len(posts) > 4*theirs {
				continue
			}
			share = joinsIn
		}
		l.stale = true
		if share >= joinsIn && len(l.core) < maxCore {
			l.widen(m, x, posts)
		} else if len(l.near) < maxNear {
			l.near = append(l.near, x.tag)
		}
		return true
	}
	return false
}

// widen adds a core term and counts its posts that did not belong before.
func (l *live) widen(m *monitor, x term, posts []int) {
	before := l.core
	l.core = append(slices.Clip(l.core), core{tag: x.tag, kind: x.kind})
	for _, i := range posts {
		if p := m.ring.at(i); !m.ring.hasAny(p, before) {
			l.count(m, p, 1)
		}
	}
}

// begin makes a topic of a term and its posts.
func (m *monitor) begin(x term, posts []int) *live {
	l := &live{core: []core{{tag: x.tag, kind: x.kind}}, since: m.clock.now, found: m.clock.now, longAt: m.clock.now}
	for _, i := range posts {
		p := m.ring.at(i)
		l.since = min(l.since, p.at)
	}
	for _, i := range posts {
		l.count(m, m.ring.at(i), 1)
	}
	l.id = int64(mix(uint64(m.id)*0x9E3779B97F4A7C15^uint64(x.tag)<<20^uint64(l.found))>>11) | 1 // exact in JSON numbers too
	return l
}

// admit takes a topic in. When there are too many the weakest goes, which may be the new one.
func (m *monitor) admit(l *live) bool {
	for _, o := range m.live {
		if l.rank() < beside*o.rank() {
			return false
		}
	}
	if len(m.live) < MaxLive {
		m.live = append(m.live, l)
		return true
	}
	weakest := 0
	for i, o := range m.live {
		if o.rank() < m.live[weakest].rank() {
			weakest = i
		}
	}
	if outrank*m.live[weakest].rank() >= l.rank() {
		return false
	}
	m.live = append(slices.Delete(m.live, weakest, weakest+1), l)
	return true
}

func (l *live) rank() float64 {
	return l.score * (1 + float64(l.negative)/float64(max(1, l.total)))
}

// count adds a post.
func (l *live) count(m *monitor, p *post, weight float32) {
	l.total++
	switch {
	case p.mood < 0:
		l.negative++
	case p.mood > 0:
		l.positive++
	}
	if p.copied {
		l.copies++
	}
	l.voices.add(p.author)
	l.onNetwork(p.network)
	l.last = max(l.last, p.at)
	l.tally(p)
	l.long *= math.Exp2(-float64(max(0, p.at-l.longAt)) / longHalf)
	l.longAt = max(l.longAt, p.at)
	l.long += float64(weight)
	l.peak = max(l.peak, l.long)
}

func (l *live) onNetwork(n uint8) {
	for i := range l.networks {
		if l.networks[i].network == n {
			l.networks[i].n++
			return
		}
	}
	if len(l.networks) < 12 {
		l.networks = append(l.networks, share{n, 1})
	}
}

// newsFor is how many seconds after its publication a post may arrive and still be counted as what arrives now.
const newsFor = 30 * 60

// tally counts a post in the minute and in the bucket of its arrival.
func (l *live) tally(p *post) {
	if p.came-p.at > newsFor {
		return
	}
	minute := p.came / 60
	if l.upTo == 0 {
		l.upTo = minute
	}
	for l.upTo < minute {
		l.upTo++
		l.minutes[l.upTo%keptMinutes] = tally{}
		if l.upTo%(step/60) == 0 {
			l.steps[l.upTo/(step/60)%keptSteps] = tally{}
		}
		if minute-l.upTo > keptSteps*step/60 { // nothing of what was kept is left
			l.minutes, l.steps, l.upTo = [keptMinutes]tally{}, [keptSteps]tally{}, minute
		}
	}
	if l.upTo-minute < keptMinutes {
		l.minutes[minute%keptMinutes].add(p)
	}
	if b := minute / (step / 60); l.upTo/(step/60)-b < keptSteps {
		l.steps[b%keptSteps].add(p)
	}
}

func (c *tally) add(p *post) {
	if c.n == math.MaxUint16 {
		return
	}
	c.n++
	if p.mood < 0 {
		c.negative++
	}
}

// close ends a bucket, which ends at a time: scores anew, ends what nobody speaks about any more.
func (m *monitor) close(t *Tracker, at int64) {
	kept := m.live[:0]
	for _, l := range m.live {
		m.score(l)
		if l.over(at) {
			m.end(l)
			t.end(m, l, at)
			continue
		}
		if l.total > l.namedAt+l.namedAt/2 {
			m.rename(t, l)
		}
		kept = append(kept, l)
	}
	clear(m.live[len(kept):])
	m.live = kept
	m.dirty = true
}

// score is how much the topic stands out by its strongest term.
func (m *monitor) score(l *live) {
	for i := range l.core {
		if c := m.cells.find(l.core[i].tag); c != nil {
			l.core[i].peak = max(l.core[i].peak, c.fast*m.clock.perFast)
		}
	}
	g, usual := m.strongest(l)
	if l.score = g; g > 0 {
		l.usual = usual
	}
	if l.score < surprise/2 {
		l.calm++
	} else {
		l.calm = 0
	}
	if l.few && l.voices.count() >= 2*people {
		l.few = false
	}
}

// strongest is how much the topic's strongest term stands out, and how many mentions a second are usual for it.
func (m *monitor) strongest(l *live) (score, usual float64) {
	for i := range l.core {
		c := m.cells.find(l.core[i].tag)
		if c == nil {
			continue
		}
		if g, _, p := m.excess(c, l.prior); g > score {
			score, usual = g, p*m.perSecond()
		}
	}
	return score, usual
}

// over reports whether the topic ended: next to nothing is said any more, or it is ordinary by now, or two weeks old.
func (l *live) over(at int64) bool {
	now := l.long * math.Exp2(-float64(max(0, at-l.longAt))/longHalf)
	return now < max(0.8, 0.02*l.peak) || l.calm > 24*3600/int(step) || at-l.since > 14*24*3600
}
