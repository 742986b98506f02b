package topic

import "math"

// cell counts one term of one monitor, twice: as of now and over days. Both are added to with a growing weight instead of
// being shrunk at every look (see clock), so that a cell that nobody touches costs nothing.
type cell struct {
	tag        uint32 // 0: free
	fast, slow float32
}

// cells are a monitor's terms: sets of four beside each other, so that a look-up is one line of memory. A full set gives up
// its weakest term, which is one that was said once, long ago.
type cells struct {
	all []cell
}

const (
	ways      = 4
	cellBytes = 12
)

func newCells(n int) cells { return cells{make([]cell, (n+ways-1)/ways*ways)} }

func (c *cells) set(tag uint32) []cell {
	i := int(uint64(tag)*uint64(len(c.all)/ways)>>32) * ways
	return c.all[i : i+ways : i+ways]
}

// find gives a term's cell, or nil.
func (c *cells) find(tag uint32) *cell {
	set := c.set(tag)
	for i := range set {
		if set[i].tag == tag {
			return &set[i]
		}
	}
	return nil
}

// take gives a term's cell, makes one where there is none, and tells how often that was said which had to be forgotten for it;
// below zero when nothing had to.
func (c *cells) take(tag uint32, k *clock) (*cell, float32) {
	set := c.set(tag)
	weakest, least := 0, float32(math.Inf(1))
	for i := range set {
		if set[i].tag == tag {
			return &set[i], -1
		}
		if set[i].tag == 0 {
			set[i].tag = tag
			return &set[i], -1
		}
		// What is said now is worth more than what was said last week.
		if v := set[i].slow*k.perSlow + 4*set[i].fast*k.perFast; v < least {
			weakest, least = i, v
		}
	}
	lost := set[weakest].slow * k.perSlow
	set[weakest] = cell{tag: tag}
	return &set[weakest], lost
}

// grown are the same terms in a table of n cells.
func (c *cells) grown(n int, k *clock) cells {
	g := newCells(n)
	for _, o := range c.all {
		if o.tag == 0 {
			continue
		}
		at, _ := g.take(o.tag, k)
		*at = o
	}
	return g
}

// scale multiplies all counts, when the weights have grown too large.
func (c *cells) scale(fast, slow float32) {
	for i := range c.all {
		o := &c.all[i]
		o.fast *= fast
		o.slow *= slow
		if o.slow < 1e-3 && o.fast < 1e-3 {
			*o = cell{}
		}
	}
}

// Half-lives.
const (
	slowHalf = 5 * 24 * 3600.0 // seconds, of what is usual
	fastMin  = 30 * 60.0       // of what is said now, for a monitor of very many mentions
	fastMax  = 6 * 3600.0      // for one of very few
	fastHold = 50.0            // mentions that the present should hold
)

// clock gives a mention its weight. A count that halves every h seconds is kept as the sum of 2^((t-zero)/h) over its
// mentions; divided by the weight of now it is the count with its past halved.
type clock struct {
	now        int64 // unix seconds of the newest mention
	zero       int64 // unix seconds at which both weights are 1
	half       float64
	fast, slow float32 // weight of a mention now
	perFast    float32 // 1/fast
	perSlow    float32
}

// set moves the clock.
func (k *clock) set(now int64) {
	k.now = now
	d := float64(now - k.zero)
	f, s := math.Exp2(d/k.half), math.Exp2(d/slowHalf)
	k.fast, k.slow = float32(f), float32(s)
	k.perFast, k.perSlow = float32(1/f), float32(1/s)
}

// spent reports whether the weights grow too large for the counts to stay exact.
func (k *clock) spent() bool { return float64(k.now-k.zero) > 40*k.half }
