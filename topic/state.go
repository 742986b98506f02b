package topic

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// stateVersion names the form of Save. A state of another form is not read: what it held is learned again.
const stateVersion = 2

// ErrState says that a saved state cannot be read.
var ErrState = errors.New("topic state of another form")

// Dirty are the monitors that were added to since they were saved, ascending.
func (t *Tracker) Dirty() []int64 {
	var ids []int64
	for id, o := range t.monitors {
		if o.dirty {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// soil has a monitor saved again.
func (t *Tracker) soil(monitor int64) {
	if o := t.monitors[monitor]; o != nil {
		o.dirty = true
	}
}

// Save writes what is known of a monitor, nil when it is nothing. Load of it goes on to the bit.
func (t *Tracker) Save(monitor int64) []byte {
	o := t.monitors[monitor]
	if o == nil {
		return nil
	}
	o.dirty = false
	w := &pen{networks: t.networks}
	w.monitor(o)
	var out bytes.Buffer
	out.WriteByte(stateVersion)
	z, _ := flate.NewWriter(&out, flate.BestSpeed) // fails for a wrong level only
	_, _ = z.Write(w.b)
	_ = z.Close()
	return out.Bytes()
}

// Load puts what Save wrote in the place of what is known of a monitor. It returns ErrState for what Save did not write.
func (t *Tracker) Load(monitor int64, state []byte) error {
	if len(state) == 0 || state[0] != stateVersion {
		return ErrState
	}
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(state[1:])), 64<<20))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	r := &eye{b: raw, tracker: t}
	o := r.monitor(monitor)
	if r.bad || len(r.b) != 0 {
		return ErrState
	}
	t.Forget(monitor)
	t.monitors[monitor] = o
	t.used += o.bytes()
	return nil
}

// Knows reports whether a mention with this id is among the newest of a monitor that were added already.
func (t *Tracker) Knows(monitor, mention int64) bool {
	o := t.monitors[monitor]
	if o == nil {
		return false
	}
	for i := range o.ring.count {
		if o.ring.at(i).id == mention {
			return true
		}
	}
	return false
}

// pen writes numbers one after the other.
type pen struct {
	b        []byte
	networks []string
}

func (w *pen) u32(x uint32)  { w.b = binary.LittleEndian.AppendUint32(w.b, x) }
func (w *pen) int(x int64)   { w.b = binary.AppendVarint(w.b, x) }
func (w *pen) f32(x float32) { w.u32(math.Float32bits(x)) }
func (w *pen) f64(x float64) { w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(x)) }
func (w *pen) text(s string) { w.int(int64(len(s))); w.b = append(w.b, s...) }
func (w *pen) flag(x bool)   { w.b = append(w.b, map[bool]byte{true: 1}[x]) }
func (w *pen) name(n uint8)  { w.text((&Tracker{networks: w.networks}).networkName(n)) }
func (w *pen) tags(t []uint32) {
	w.int(int64(len(t)))
	for _, x := range t {
		w.u32(x)
	}
}

func (w *pen) monitor(m *monitor) {
	w.int(m.first)
	w.int(m.bucket)
	w.int(m.clock.now)
	w.int(m.clock.zero)
	w.f64(m.clock.half)
	for _, x := range []float32{m.lost, m.floor, m.fast, m.slow, m.negative} {
		w.f32(x)
	}
	w.int(int64(len(m.cells.all)))
	for _, c := range m.cells.all {
		w.u32(c.tag)
		w.f32(c.fast)
		w.f32(c.slow)
	}
	w.ring(&m.ring)
	w.int(int64(len(m.habits)))
	for _, h := range m.habits {
		w.u32(h.Tag)
		w.f32(h.Peak)
		w.f32(h.Now)
		w.int(h.At)
		w.f32(h.Negative)
	}
	w.int(int64(len(m.hushed)))
	for _, h := range m.hushed {
		w.u32(h.tag)
		w.int(h.until)
	}
	for _, x := range m.waiting {
		w.u32(x.tag)
		w.f32(x.over)
	}
	w.int(int64(len(m.live)))
	for _, l := range m.live {
		w.live(l)
	}
}

func (w *pen) ring(r *ring) {
	w.int(int64(len(r.posts)))
	w.flag(r.full)
	w.int(int64(r.count))
	for i := range r.count {
		p := r.at(i)
		w.int(p.id)
		w.int(p.at)
		w.int(p.came)
		w.u32(p.author)
		w.u32(p.fold)
		w.int(int64(p.mood))
		w.name(p.network)
		w.flag(p.copied)
		w.int(int64(p.n))
		for k := range uint32(p.n) {
			w.u32(r.tags[(p.from+k)%uint32(len(r.tags))])
		}
	}
}

func (w *pen) live(l *live) {
	for _, x := range []int64{l.id, l.since, l.found, l.last, int64(l.total), int64(l.negative), int64(l.positive), int64(l.copies), l.upTo,
		l.longAt, int64(l.calm), int64(l.resample), int64(l.namedAt)} {
		w.int(x)
	}
	for _, x := range []float64{float64(l.prior), l.long, l.peak, l.score, l.usual} {
		w.f64(x)
	}
	w.flag(l.few)
	w.int(int64(len(l.core)))
	for _, c := range l.core {
		w.u32(c.tag)
		w.int(int64(c.kind))
		w.f32(c.peak)
	}
	w.tags(l.near)
	w.b = append(w.b, l.voices[:]...)
	w.int(int64(len(l.networks)))
	for _, s := range l.networks {
		w.name(s.network)
		w.int(int64(s.n))
	}
	for _, all := range [][]tally{l.steps[:], l.minutes[:]} {
		for _, c := range all {
			w.int(int64(c.n))
			w.int(int64(c.negative))
		}
	}
	w.int(int64(len(l.samples)))
	for _, s := range l.samples {
		w.int(s.id)
		w.int(s.key)
		w.u32(s.author)
		w.u32(s.fold)
		w.int(int64(s.mood))
		w.int(int64(s.followers))
		w.text(s.lang)
		w.text(s.text)
	}
	w.text(l.name)
	w.int(int64(len(l.terms)))
	for _, s := range l.terms {
		w.text(s)
	}
}

// eye reads what a pen wrote. After something that cannot be, bad is set and everything further is zero.
type eye struct {
	b       []byte
	bad     bool
	tracker *Tracker
}

func (r *eye) take(n int) []byte {
	if n < 0 || len(r.b) < n {
		r.bad, r.b = true, nil
		return make([]byte, max(0, min(n, 8)))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *eye) int() int64 {
	x, n := binary.Varint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return x
}

// length is a count of things of which each takes at least a byte.
func (r *eye) length() int {
	n := r.int()
	if n < 0 || n > int64(len(r.b)) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(n)
}

func (r *eye) u32() uint32  { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *eye) f32() float32 { return math.Float32frombits(r.u32()) }
func (r *eye) f64() float64 { return math.Float64frombits(binary.LittleEndian.Uint64(r.take(8))) }
func (r *eye) flag() bool   { return r.take(1)[0] != 0 }
func (r *eye) text() string { return string(r.take(r.length())) }
func (r *eye) name() uint8  { return r.tracker.network(r.text()) }

func (r *eye) monitor(id int64) *monitor {
	m := &monitor{id: id, first: r.int(), bucket: r.int()}
	now, zero, half := r.int(), r.int(), r.f64()
	if !(half >= 1) {
		r.bad, half = true, 1
	}
	m.clock = clock{zero: zero, half: half}
	m.clock.set(now)
	for _, x := range []*float32{&m.lost, &m.floor, &m.fast, &m.slow, &m.negative} {
		*x = r.f32()
	}
	m.cells = newCells(max(ways, r.length()))
	for i := range m.cells.all {
		m.cells.all[i] = cell{r.u32(), r.f32(), r.f32()}
	}
	m.ring = r.ring()
	for range r.length() {
		m.habits = append(m.habits, habit{r.u32(), r.f32(), r.f32(), r.int(), r.f32()})
	}
	for range r.length() {
		m.hushed = append(m.hushed, hush{r.u32(), r.int()})
	}
	for i := range m.waiting {
		m.waiting[i] = waiting{r.u32(), r.f32()}
	}
	for range r.length() {
		m.live = append(m.live, r.live())
	}
	return m
}

func (r *eye) ring() ring {
	size := r.int()
	if size < 1 || size > mostPosts {
		r.bad, size = true, 1
	}
	g := newRing(int(size))
	full := r.flag()
	for range min(r.length(), int(size)) {
		p := post{id: r.int(), at: r.int(), came: r.int(), author: r.u32(), fold: r.u32(), mood: int8(r.int()), network: r.name(), copied: r.flag()}
		all := make([]term, r.length())
		for i := range all {
			all[i].tag = r.u32()
		}
		g.push(p, all)
	}
	g.full = full
	return g
}

func (r *eye) live() *live {
	l := &live{}
	l.id, l.since, l.found, l.last = r.int(), r.int(), r.int(), r.int()
	l.total, l.negative, l.positive, l.copies = int32(r.int()), int32(r.int()), int32(r.int()), int32(r.int())
	l.upTo, l.longAt, l.calm, l.resample, l.namedAt = r.int(), r.int(), int(r.int()), int32(r.int()), int32(r.int())
	l.prior, l.long, l.peak, l.score, l.usual = float32(r.f64()), r.f64(), r.f64(), r.f64(), r.f64()
	l.few = r.flag()
	for range r.length() {
		l.core = append(l.core, core{r.u32(), kind(r.int()), r.f32()})
	}
	for range r.length() {
		l.near = append(l.near, r.u32())
	}
	copy(l.voices[:], r.take(len(l.voices)))
	for range r.length() {
		l.networks = append(l.networks, share{r.name(), int32(r.int())})
	}
	for _, all := range [][]tally{l.steps[:], l.minutes[:]} {
		for i := range all {
			all[i] = tally{uint16(r.int()), uint16(r.int())}
		}
	}
	for range r.length() {
		l.samples = append(l.samples, sample{r.int(), r.int(), r.u32(), r.u32(), int8(r.int()), int(r.int()), r.text(), r.text()})
	}
	l.name = r.text()
	for range r.length() {
		l.terms = append(l.terms, r.text())
	}
	return l
}
