// Package topic finds what many mentions of a monitor speak about at once, without being told what to look for (DET-3): bursts
// of words, hashtags, links and copies of one text against what is usual for that monitor, named by their most telling words.
//
// Tracker is the machine: it has no clock, no store and no chance in it, so that the same mentions in the same order give the
// same topics to the bit. Watch runs one on what the desk hears.
package topic

import (
	"slices"
	"time"

	"breakwater/desk"
)

// Sizes.
const (
	// Budget is how much all counts together may take, in bytes, unless New is told otherwise. When it is used up no monitor's
	// table grows any more, and rare words are forgotten sooner.
	Budget = 192 << 20
	// MaxLive is how many topics of one monitor live at a time, the strongest: a desk can look at a handful.
	MaxLive = 8

	firstCells = 128
	mostCells  = 1 << 15
	firstPosts = 8
	mostPosts  = 1024
	tagsAPost  = 32 // of the ring on average; posts with more push older ones out
)

// Step is the length of a bucket.
const Step = 5 * time.Minute

const step = int64(Step / time.Second)

// Tracker counts what is said in each monitor and finds topics in it. Not for concurrent use.
//
// A monitor begins with 4 kB and grows with what is said in it: a hundred mentions a day take some 25 kB, ten thousand a day
// some 600 kB, never more than a megabyte; all of them together take no more than the budget, and 4 kB for each that comes
// after it is used up.
type Tracker struct {
	budget   int
	used     int
	read     reader
	monitors map[int64]*monitor
	networks []string
	ended    []desk.Topic // since Ended was asked
	scratch  scratch
}

// New is an empty tracker. budget is in bytes; 0 is Budget.
func New(budget int) *Tracker {
	if budget <= 0 {
		budget = Budget
	}
	return &Tracker{budget: budget, monitors: make(map[int64]*monitor)}
}

// Add counts a mention in every monitor that it answers. Mentions should come in the order of time; one that comes late, or
// that was fetched to fill a gap, teaches what is usual and makes no topic. Our own posts and deleted ones do not count.
func (t *Tracker) Add(m *desk.Mention) {
	if m.Own || !m.Deleted.IsZero() || len(m.Monitors) == 0 {
		return
	}
	own := m.Key().Fold()
	fold := m.Fold
	switch {
	case fold != 0:
	case m.RepostOf != "":
		fold = desk.Ref{Network: m.Network, NativeID: m.RepostOf}.Key().Fold()
	default:
		fold = own
	}
	t.read.read(m, fold)
	p := post{
		id: m.ID, at: m.Published.Unix(), came: m.Published.Unix(), author: authorOf(m), fold: clusterTag(fold), mood: int8(m.Mood),
		network: t.network(m.Network), copied: fold != own,
	}
	if !m.Arrived.IsZero() {
		p.came = max(p.at, m.Arrived.Unix())
	}
	for _, id := range m.Monitors {
		o := t.monitors[id]
		if o == nil {
			o = newMonitor(id, p.at)
			t.monitors[id] = o
			t.used += o.bytes()
		}
		o.add(t, p, m)
	}
}

// Close ends every bucket that is over by now, in all monitors: topics that nobody speaks about any more end. Whether and when
// it is called between two mentions changes nothing in what becomes of later ones.
func (t *Tracker) Close(now time.Time) {
	for _, o := range t.monitors {
		if len(o.live) > 0 {
			o.advance(t, now.Unix())
		}
	}
}

// Forget drops everything about a monitor, as when its query changed.
func (t *Tracker) Forget(monitor int64) {
	if o := t.monitors[monitor]; o != nil {
		t.used -= o.bytes()
		delete(t.monitors, monitor)
	}
}

// mostEnded is how many topics that ended are remembered until somebody asks.
const mostEnded = 256

// Ended gives the topics that ended since it was last asked; when nobody asks only the last 256 are remembered.
func (t *Tracker) Ended() []desk.Topic {
	all := t.ended
	t.ended = nil
	return all
}

// Monitors are those that have live topics, ascending.
func (t *Tracker) Monitors() []int64 {
	var ids []int64
	for id, o := range t.monitors {
		if len(o.live) > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Live are a monitor's topics, strongest first, without their Points.
func (t *Tracker) Live(monitor int64) []desk.Topic {
	o := t.monitors[monitor]
	if o == nil || len(o.live) == 0 {
		return nil
	}
	all := make([]desk.Topic, 0, len(o.live))
	for _, l := range o.live {
		all = append(all, o.show(t, l))
	}
	slices.SortStableFunc(all, func(a, b desk.Topic) int { return rank(b, a) })
	return all
}

func rank(a, b desk.Topic) int {
	switch x, y := a.Score*(1+a.NegativeShare()), b.Score*(1+b.NegativeShare()); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// Of are the live topics of a monitor that a mention belongs to, strongest first.
func (t *Tracker) Of(m *desk.Mention, monitor int64) []int64 {
	o := t.monitors[monitor]
	if o == nil || len(o.live) == 0 {
		return nil
	}
	t.read.read(m, m.Fold)
	var ids []int64
	for _, l := range o.live {
		if l.hasTerm(t.read.terms) {
			ids = append(ids, l.id)
		}
	}
	return ids
}

// Bytes is what the tracker holds in memory, but for names and samples of live topics, which are counted at their average.
func (t *Tracker) Bytes() int {
	n := cap(t.read.terms)*20 + cap(t.read.said)*48
	for _, o := range t.monitors {
		n += o.bytes() + len(o.live)*liveBytes
	}
	return n
}

// affords reports whether a monitor may grow by so many bytes. Half of the budget is for who comes first, half in equal parts.
func (t *Tracker) affords(m *monitor, more int) bool {
	switch {
	case t.used+more > t.budget:
		return false
	case t.used+more <= t.budget/2:
		return true
	}
	return m.bytes()+more <= t.budget/len(t.monitors)
}

// network is the small number of a network's name.
func (t *Tracker) network(name string) uint8 {
	for i, n := range t.networks {
		if n == name {
			return uint8(i)
		}
	}
	if len(t.networks) == 255 {
		return 255
	}
	t.networks = append(t.networks, name)
	return uint8(len(t.networks) - 1)
}

func (t *Tracker) networkName(n uint8) string {
	if int(n) < len(t.networks) {
		return t.networks[n]
	}
	return ""
}

func authorOf(m *desk.Mention) uint32 {
	name := m.Author.NativeID
	if name == "" {
		name = m.Author.Handle
	}
	if name == "" {
		name = m.NativeID // nobody known is somebody else each time
	}
	return authorTag(hashString(name) + hashString(m.Network)*31)
}
