package tongue

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
)

// Table is a model in the making: which features have a place.
type Table struct {
	buckets int
	keys    []uint64
	used    []uint8
	taken   int
}

// NewTable is an empty table for buckets times Slots features.
func NewTable(buckets int) *Table {
	return &Table{buckets: buckets, keys: make([]uint64, buckets), used: make([]uint8, buckets)}
}

// Full reports whether no feature has a place any more.
func (t *Table) Full() bool { return t.taken == t.buckets*Slots }

// Rows is how many features there is place for; Find answers below it.
func (t *Table) Rows() int { return t.buckets * Slots }

// Put makes a place for a feature, unless its bucket is full or holds one that looks the same. Put the most telling first.
func (t *Table) Put(h uint64) {
	b, key := place(h, t.buckets)
	if t.used[b] == Slots || slot(t.keys[b], key) >= 0 {
		return
	}
	t.keys[b] |= key << (16 * t.used[b])
	t.used[b]++
	t.taken++
}

// Find is the place of a feature, -1 for none.
func (t *Table) Find(h uint64) int {
	b, key := place(h, t.buckets)
	if s := slot(t.keys[b], key); s >= 0 {
		return b*Slots + s
	}
	return -1
}

// Part is what training made of one group: weights are Lanes for each place of the table, in logits.
type Part struct {
	Languages []string
	Bias      []float64
}

// Pack writes a model file. Weights beyond clip, in logits, are cut.
func (t *Table) Pack(parts map[Group]Part, weights []float32, clip float64, trad, simp string) ([]byte, error) {
	h := header{Languages: map[Group][]string{}, Bias: map[Group][]float64{}, Step: clip / 127, Buckets: t.buckets, Trad: trad, Simp: simp}
	for g, p := range parts {
		h.Languages[g] = p.Languages
		for _, b := range p.Bias {
			h.Bias[g] = append(h.Bias[g], math.Round(b*1000)/1000)
		}
	}
	head, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	file.WriteString(magic)
	file.Write(append(head, '\n'))
	for _, k := range t.keys {
		_ = binary.Write(&file, binary.LittleEndian, k) // a buffer takes everything
	}
	for _, w := range weights {
		q := math.Round(float64(w) / h.Step)
		file.WriteByte(byte(128 + int(max(-127, min(127, q)))))
	}
	return file.Bytes(), nil
}
