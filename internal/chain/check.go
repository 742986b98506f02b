package chain

import (
	"cmp"
	"slices"
)

// What can have been done to a line.
const (
	Changed   = "changed"   // a field of it, or its hash
	Replaced  = "replaced"  // with a hash that fits it, but not what was built on it
	Missing   = "missing"   // taken out, also from the end
	Inserted  = "inserted"  // put in, or there twice
	Moved     = "moved"     // it stands in the place of Other
	Rewritten = "rewritten" // it and all up to Other were hashed anew: a head that was kept elsewhere says so
)

// Finding is one thing that was done to a log.
type Finding struct {
	Seq   int64 // number of the line
	What  string
	Other int64 // of Moved and Rewritten
}

// Head is where a log stood at some time, kept where who changes the log cannot reach it.
type Head struct {
	Seq  int64
	Hash string
}

const (
	maxFindings = 100 // more tell nobody more
	maxStrange  = 200 // lines that fit no number near by, compared with each other
)

// Check holds the lines of a log, in the order of their numbers, against their hashes and against heads that were kept elsewhere.
// The zero value begins at a log's first line.
type Check struct {
	Heads []Head // ascending
	From  Head   // the line before the first that is given; zero at the log's beginning

	Lines int    // that fit, from the first up to the first finding
	Last  Head   // the last of those
	begun bool   // From was taken over
	last  Line   // as it stands
	sound bool   // last has its own hash
	doubt int64  // the line that the last one speaks against; the next one says which of them lies
	runs  []run  // lines that have the hash of another number near by
	alone []Line // lines that have no such
	found []Finding
	fits  Head  // newest head that fits
	ends  int64 // number of the last line, as the newest head knows it
	shift int64 // by how much the lines at the end were moved
}

// run is a row of lines that were each hashed under their number plus delta.
type run struct{ from, to, delta int64 }

// Next takes the next line.
func (c *Check) Next(l Line) {
	if !c.begun {
		c.begun, c.sound = true, true
		c.last.Seq, c.last.Hash = c.From.Seq, c.From.Hash
		c.fits = c.From
		if n := len(c.Heads); n > 0 {
			c.ends = c.Heads[n-1].Seq
		}
	}
	if l.Seq <= c.last.Seq || l.Seq < 1 {
		c.add(Finding{Seq: l.Seq, What: Inserted})
		return
	}
	c.gap(c.last.Seq+1, l.Seq-1)
	follows := l.Seq == c.last.Seq+1
	sound := l.Sum() == l.Hash
	switch {
	case !sound:
		c.settle(c.doubt)
		c.strange(l)
	case follows && l.Prev != c.last.Hash && c.doubt == c.last.Seq-1 && c.doubt != 0:
		c.doubt = 0
		c.add(Finding{Seq: c.last.Seq, What: Replaced}) // both neighbours speak against it
	case follows && l.Prev != c.last.Hash && c.sound:
		c.settle(c.doubt)
		c.doubt = c.last.Seq
		if c.doubt == 0 { // nothing can stand before the first
			c.add(Finding{Seq: l.Seq, What: Replaced})
		}
	default:
		c.settle(c.doubt)
	}
	c.held(l)
	c.last, c.sound = l, sound
	if len(c.found) == 0 && c.doubt == 0 && sound && len(c.runs) == 0 && len(c.alone) == 0 {
		c.Lines, c.Last = c.Lines+1, Head{l.Seq, l.Hash}
	}
}

func (c *Check) add(f Finding) {
	if len(c.found) < maxFindings {
		c.found = append(c.found, f)
	}
}

func (c *Check) gap(from, to int64) {
	for seq := from; seq <= to && seq < from+maxFindings; seq++ {
		c.add(Finding{Seq: seq, What: Missing})
	}
}

// settle names the line in doubt: the one that spoke against it was not spoken against itself.
func (c *Check) settle(seq int64) {
	if seq != 0 {
		c.add(Finding{Seq: seq, What: Replaced})
	}
	c.doubt = 0
}

// strange keeps a line whose hash is not its own.
func (c *Check) strange(l Line) {
	for _, delta := range []int64{-1, 1} {
		if l.sumAt(l.Seq+delta) != l.Hash {
			continue
		}
		if n := len(c.runs); n > 0 && c.runs[n-1].to == l.Seq-1 && c.runs[n-1].delta == delta {
			c.runs[n-1].to = l.Seq
		} else if n < maxFindings {
			c.runs = append(c.runs, run{l.Seq, l.Seq, delta})
		}
		return
	}
	if len(c.alone) < maxStrange {
		c.alone = append(c.alone, l)
	}
}

// held compares a line with the heads kept elsewhere.
func (c *Check) held(l Line) {
	for len(c.Heads) > 0 && c.Heads[0].Seq <= l.Seq {
		h := c.Heads[0]
		c.Heads = c.Heads[1:]
		switch {
		case h.Seq != l.Seq: // of a line that is missing, or before the first that was given
		case h.Hash == l.Hash:
			c.fits = h
		default:
			c.add(Finding{Seq: c.fits.Seq + 1, What: Rewritten, Other: h.Seq})
			c.Heads = nil // what is built on it cannot fit either
		}
	}
}

// End gives what was found, by number. A log that was cut off is known by the heads that lie beyond its end.
func (c *Check) End() []Finding {
	c.settle(c.doubt)
	c.explainRuns()
	c.explainAlone()
	if n := len(c.Heads); n > 0 && !c.begun {
		c.last.Seq, c.ends = c.From.Seq, c.Heads[n-1].Seq
	}
	c.gap(c.last.Seq+c.shift+1, c.ends)
	c.narrow()
	slices.SortStableFunc(c.found, func(a, b Finding) int { return cmp.Compare(a.Seq, b.Seq) })
	return slices.Compact(c.found)
}

// explainRuns tells lines that changed places from lines that all moved on because one was put in or taken out before them.
func (c *Check) explainRuns() {
	for _, r := range c.runs {
		switch {
		case r.to == c.last.Seq && !c.swapped(r) && r.delta < 0:
			c.found = slices.DeleteFunc(c.found, func(f Finding) bool { return f.Seq == r.from-1 })
			c.alone = slices.DeleteFunc(c.alone, func(l Line) bool { return l.Seq == r.from-1 })
			c.add(Finding{Seq: r.from - 1, What: Inserted})
		case r.to == c.last.Seq && !c.swapped(r):
			c.add(Finding{Seq: r.from, What: Missing})
			c.shift = r.delta
		default:
			for seq := r.from; seq <= r.to && seq < r.from+maxFindings; seq++ {
				c.add(Finding{Seq: seq, What: Moved, Other: seq + r.delta})
			}
		}
	}
}

// swapped reports whether the run's lines stand in the places of another run's.
func (c *Check) swapped(r run) bool {
	return slices.ContainsFunc(c.runs, func(o run) bool { return o.delta == -r.delta && o.from == r.from+r.delta && o.to == r.to+r.delta })
}

// explainAlone looks for lines that changed places over a distance.
func (c *Check) explainAlone() {
	for _, l := range c.alone {
		f := Finding{Seq: l.Seq, What: Changed}
		for _, o := range c.alone {
			if o.Seq != l.Seq && l.sumAt(o.Seq) == l.Hash {
				f = Finding{Seq: l.Seq, What: Moved, Other: o.Seq}
			}
		}
		c.add(f)
	}
}

// narrow drops what is only a consequence: a stretch was not rewritten when a line in it is known by itself. A stretch of one line
// is that line.
func (c *Check) narrow() {
	known := slices.Clone(c.found)
	c.found = slices.DeleteFunc(c.found, func(f Finding) bool {
		return f.What == Rewritten && slices.ContainsFunc(known, func(k Finding) bool { return k.What != Rewritten && k.Seq >= f.Seq && k.Seq <= f.Other })
	})
	for i, f := range c.found {
		if f.What == Rewritten && f.Seq == f.Other {
			c.found[i] = Finding{Seq: f.Seq, What: Replaced}
		}
	}
}
