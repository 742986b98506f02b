package topic

import (
	"math"
	"slices"
)

// habit remembers bursts of a term: what comes every Monday is not news on the third one.
type habit struct {
	Tag      uint32
	Peak     float32 // most that was said of it of late, in an earlier burst
	Now      float32 // the same in its last burst
	At       int64   // unix seconds of that
	Negative float32 // share of negative mentions, then
}

// hush is a term that bursts as it is used to: what rises only with it is no news either.
type hush struct {
	tag   uint32
	until int64
}

const (
	maxHabits  = 128
	habitBytes = 24
	hushBytes  = 16
	habitHalf  = 28 * 24 * 3600.0 // seconds until half of a burst is forgotten
	habitApart = 12 * 3600        // seconds of quiet between two bursts
	beyond     = 1.7              // times its earlier bursts that a term must reach to be news again
)

func (m *monitor) habit(tag uint32) *habit {
	for i := range m.habits {
		if m.habits[i].Tag == tag {
			return &m.habits[i]
		}
	}
	return nil
}

// used is how high a term bursts as far as is remembered.
func (h *habit) used(at int64) float32 {
	peak := h.Peak
	if at-h.At > habitApart {
		peak = max(peak, h.Now)
	}
	return peak * float32(math.Exp2(-float64(max(0, at-h.At))/habitHalf))
}

// again notes how high a term bursts this time.
func (h *habit) again(at int64, weight float32) {
	if at-h.At > habitApart {
		h.Peak, h.Now = h.used(at), 0
	}
	h.At, h.Now = max(h.At, at), max(h.Now, weight)
}

// usualBurst reports whether a term bursts no more than it did before, and no angrier, or only together with one that does so.
func (m *monitor) usualBurst(tag uint32, weight float32, a about, leans bool) bool {
	now := m.clock.now
	if h := m.habit(tag); h != nil {
		angrier := leans && share32(a.negative, a.n) > h.Negative+0.3
		if weight >= beyond*h.used(now) || angrier {
			return false
		}
		h.again(now, weight)
		m.hush(tag)
		return true
	}
	if leans || len(m.hushed) == 0 || !m.withHushed(tag) {
		return false
	}
	peak := float32(0)
	for _, h := range m.hushed {
		if o := m.habit(h.tag); o != nil {
			peak = max(peak, o.Peak)
		}
	}
	m.remember(habit{Tag: tag, Peak: peak, Now: weight, At: now, Negative: share32(a.negative, a.n)})
	m.hush(tag)
	return true
}

// withHushed reports whether most of a term's posts have one that bursts as usual.
func (m *monitor) withHushed(tag uint32) bool {
	with, n := 0, 0
	from := m.present()
	for i := range m.ring.count {
		p := m.ring.at(i)
		if p.at < from || !m.ring.has(p, tag) {
			continue
		}
		n++
		for _, h := range m.hushed {
			if m.ring.has(p, h.tag) {
				with++
				break
			}
		}
	}
	return float64(with) >= joins*float64(n)
}

func (m *monitor) hush(tag uint32) {
	until := m.clock.now + int64(4*m.clock.half)
	for i := range m.hushed {
		if m.hushed[i].tag == tag {
			m.hushed[i].until = until
			return
		}
	}
	m.hushed = slices.DeleteFunc(m.hushed, func(h hush) bool { return h.until < m.clock.now })
	if len(m.hushed) < maxNear {
		m.hushed = append(m.hushed, hush{tag, until})
	}
}

func share32(part, whole int) float32 { return float32(part) / float32(max(1, whole)) }

// remember keeps a burst, in the place of the one most forgotten.
func (m *monitor) remember(h habit) {
	if old := m.habit(h.Tag); old != nil {
		old.again(h.At, h.Now)
		old.Negative = h.Negative
		return
	}
	if len(m.habits) < maxHabits {
		m.habits = append(m.habits, h)
		return
	}
	weakest := 0
	for i := range m.habits {
		if m.habits[i].used(h.At) < m.habits[weakest].used(h.At) {
			weakest = i
		}
	}
	m.habits[weakest] = h
}

// end remembers what a topic was, so that the same again is not news.
func (m *monitor) end(l *live) {
	for _, c := range l.core {
		if c.kind != cluster {
			m.remember(habit{Tag: c.tag, Now: c.peak, At: l.last, Negative: share32(int(l.negative), int(l.total))})
		}
	}
}
