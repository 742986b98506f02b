package topic

// post is what is remembered of a mention of late.
type post struct {
	id, at  int64
	came    int64 // unix seconds of its arrival
	author  uint32
	fold    uint32
	from    uint32 // of its tags, counted over all that were ever pushed
	n       uint16
	mood    int8
	network uint8
	copied  bool
}

// ring holds a monitor's newest posts with the tags of their terms.
type ring struct {
	posts []post
	tags  []uint32
	next  int    // where the next post goes
	count int    // how many posts there are
	end   uint32 // tags ever pushed
	full  bool   // a post was pushed out
}

func newRing(n int) ring { return ring{posts: make([]post, n), tags: make([]uint32, n*tagsAPost)} }

func (r *ring) push(p post, all []term) {
	all = all[:min(len(all), len(r.tags)/2)]
	p.from, p.n = r.end, uint16(len(all))
	for i := range all {
		r.tags[(r.end+uint32(i))%uint32(len(r.tags))] = all[i].tag
	}
	r.end += uint32(len(all))
	r.posts[r.next] = p
	r.next = (r.next + 1) % len(r.posts)
	if r.count == len(r.posts) {
		r.full = true
	} else {
		r.count++
	}
	for r.count > 1 && r.end-r.at(0).from > uint32(len(r.tags)) { // tags of the oldest are overwritten
		r.count--
		r.full = true
	}
}

// at is the i-th post, from the oldest.
func (r *ring) at(i int) *post {
	return &r.posts[(r.next-r.count+i+len(r.posts))%len(r.posts)]
}

// has reports whether a post has a tag.
func (r *ring) has(p *post, tag uint32) bool {
	n := uint32(len(r.tags))
	from := p.from % n
	to := from + uint32(p.n)
	if to <= n {
		return holds(r.tags[from:to], tag)
	}
	return holds(r.tags[from:], tag) || holds(r.tags[:to-n], tag)
}

func holds(tags []uint32, tag uint32) bool {
	for _, t := range tags {
		if t == tag {
			return true
		}
	}
	return false
}

func (r *ring) hasAny(p *post, core []core) bool {
	for i := range core {
		if r.has(p, core[i].tag) {
			return true
		}
	}
	return false
}

// grown is the same posts in a ring of n.
func (r *ring) grown(n int) ring {
	g := newRing(n)
	for i := range r.count {
		p := *r.at(i)
		from := p.from
		p.from = g.end
		for k := range uint32(p.n) {
			g.tags[(g.end+k)%uint32(len(g.tags))] = r.tags[(from+k)%uint32(len(r.tags))]
		}
		g.end += uint32(p.n)
		g.posts[g.next] = p
		g.next = (g.next + 1) % n
		g.count++
	}
	return g
}
