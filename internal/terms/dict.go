package terms

import "math/bits"

// Hit is a phrase found at the positions [From, To). Names that do not stand in the text have From -1.
type Hit struct {
	Phrase   int32 // index in what NewDict got
	From, To int32
}

// Dict finds many phrases at once. It does not change after NewDict and may be used concurrently.
//
// Every phrase hangs on one of its words, the one that the fewest phrases share. A text's words are looked up in an open
// hash table behind a bit filter that answers nine in ten of the misses; a phrase whose word is there is then compared in
// full. Only words by themselves go by their 64-bit hash: comparing them too took a third of the time, and with 40,000 terms
// a stranger's word has the hash of one of them once in 10^14 words.
type Dict struct {
	phrases []Phrase
	slots   []slot
	shift   uint
	filter  []uint64
	fshift  uint
	anchors []anchor
	lens    [5]uint64 // by kind: lengths of the word beginnings asked for, as bits
}

type slot struct {
	hash     uint64
	from, to uint32 // in anchors; to 0 is empty
}

// anchor is where a phrase hangs on a key.
type anchor struct {
	phrase int32
	at     int16 // which of its words it is
	sure   bool  // the key is the whole phrase
}

// Seeds keep what is looked up for different reasons apart.
const (
	starSeed = 0xA0761D6478BD642F
	pairSeed = 0xE7037ED1A0B428DB
)

var kindSeed = [5]uint64{0, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3, 0x1D8E4E27C47D124F, 0xEB44ACCAB455D165}

// NewDict makes a dictionary of phrases; a Hit names them by their index.
func NewDict(phrases []Phrase) *Dict {
	d := &Dict{phrases: phrases}
	count := map[uint64]int{} // how many phrases could hang on a key
	for _, p := range phrases {
		for i := range p {
			if k, ok := p.key(i); ok {
				count[k]++
			}
		}
	}
	byKey := map[uint64][]anchor{}
	for n, p := range phrases {
		at, key := p.anchor(count)
		if at < 0 {
			continue
		}
		w := &p[at]
		sure := len(p) == 1 && w.Kind == Word && w.Mode != Exact && len(w.Form) <= maxStar
		byKey[key] = append(byKey[key], anchor{int32(n), int16(at), sure})
		if w.Star {
			d.lens[w.Kind] |= 1 << min(len(w.Form), maxStar)
		}
	}
	d.fill(byKey)
	return d
}

// maxStar is the longest beginning that is looked up; longer ones are found by their first maxStar letters and compared.
const maxStar = 24

// key is what the i-th word of the phrase is looked up by.
func (p Phrase) key(i int) (uint64, bool) {
	w := &p[i]
	switch {
	case w.Any:
		return 0, false
	case w.Star:
		return hashOf(w.Form[:min(len(w.Form), maxStar)]) ^ starSeed ^ kindSeed[w.Kind], true
	case i+1 < len(p) && p[i+1].glued:
		return pairKey(hashOf(w.Form), hashOf(p[i+1].Form)), true
	}
	return hashOf(w.Form) ^ kindSeed[w.Kind], true
}

func pairKey(a, b uint64) uint64 { return (a+pairSeed)*0x9E3779B97F4A7C15 ^ b }

// anchor chooses the word that the fewest phrases could hang on; of equals the longest.
func (p Phrase) anchor(count map[uint64]int) (at int, key uint64) {
	at = -1
	best := 0
	for i := range p {
		k, ok := p.key(i)
		if !ok {
			continue
		}
		weight := 64*count[k] - min(len(p[i].Form), 32)
		if p[i].wide && i+1 < len(p) && p[i+1].glued {
			weight -= 8 // a pair says more than a character
		}
		if at < 0 || weight < best {
			at, key, best = i, k, weight
		}
	}
	return at, key
}

func (d *Dict) fill(byKey map[uint64][]anchor) {
	size := max(16, 1<<bits.Len(uint(2*len(byKey))))
	d.slots, d.shift = make([]slot, size), uint(64-bits.TrailingZeros(uint(size)))
	d.filter, d.fshift = make([]uint64, max(1, size/8)), uint(64-bits.TrailingZeros(uint(max(1, size/8)*64)))
	for k, list := range byKey {
		from := uint32(len(d.anchors))
		d.anchors = append(d.anchors, list...)
		i := spread(k) >> d.shift
		for d.slots[i].to != 0 {
			i = (i + 1) & uint64(size-1)
		}
		d.slots[i] = slot{k, from, uint32(len(d.anchors))}
		f := spread(k) >> d.fshift
		d.filter[f/64] |= 1 << (f % 64)
	}
}

func spread(k uint64) uint64 { return (k ^ k>>32) * 0xD6E8FEB86659FD93 }

// find gives the anchors of a key.
func (d *Dict) find(k uint64) []anchor {
	s := spread(k)
	if !d.may(s) {
		return nil
	}
	return d.look(s, k)
}

// may is false for nine in ten of the keys that are not there; s is the key spread.
func (d *Dict) may(s uint64) bool {
	f := s >> d.fshift
	return d.filter[f/64]>>(f%64)&1 != 0
}

func (d *Dict) look(s, k uint64) []anchor {
	for i := s >> d.shift; d.slots[i].to != 0; i = (i + 1) & uint64(len(d.slots)-1) {
		if e := &d.slots[i]; e.hash == k {
			return d.anchors[e.from:e.to]
		}
	}
	return nil
}

// Find appends what occurs in the text to dst, in the order of the text but not sorted; one phrase at one place may come
// twice when the word there has two readings.
func (d *Dict) Find(dst []Hit, t *Text) []Hit {
	for i := range t.units {
		u := &t.units[i]
		dst = d.forms(dst, t, u, t.bare[u.b0:u.b1], u.hb)
		if u.hm != u.hb {
			dst = d.forms(dst, t, u, t.marked[u.m0:u.m1], u.hm)
		}
		if u.props&wide != 0 && i+1 < len(t.units) && t.units[i+1].glued && d.may(spread(pairKey(u.hb, t.units[i+1].hb))) {
			for _, a := range d.find(pairKey(u.hb, t.units[i+1].hb)) {
				dst = d.verify(dst, t, a, u)
			}
		}
	}
	return d.findNames(dst, t)
}

// forms looks up one form of a word, and behind its Hebrew prefixes.
func (d *Dict) forms(dst []Hit, t *Text, u *unit, form []rune, whole uint64) []Hit {
	dst = d.form(dst, t, u, form, whole)
	if u.props&hebrew == 0 {
		return dst
	}
	for k := 0; k < maxPrefix && len(form) >= 3 && prefix(form[0]); k++ {
		form = form[1:]
		dst = d.form(dst, t, u, form, hashOf(form))
	}
	return dst
}

// form looks up one form of a word: whole, and its beginnings.
func (d *Dict) form(dst []Hit, t *Text, u *unit, form []rune, whole uint64) []Hit {
	if d.may(spread(whole)) {
		for _, a := range d.find(whole) {
			dst = d.verify(dst, t, a, u)
		}
	}
	lens := d.lens[Word]
	if lens == 0 || u.props&wide != 0 {
		return dst
	}
	var h uint64
	for n := 0; n < len(form) && n < maxStar; n++ {
		h = step(h, form[n])
		if lens&(1<<(n+1)) == 0 || !d.may(spread(h^starSeed)) {
			continue
		}
		for _, a := range d.find(h ^ starSeed) {
			dst = d.verify(dst, t, a, u)
		}
	}
	return dst
}

func (d *Dict) verify(dst []Hit, t *Text, a anchor, u *unit) []Hit {
	if a.sure {
		return append(dst, Hit{a.phrase, u.pos, u.pos + 1})
	}
	p, from := d.phrases[a.phrase], u.pos-int32(a.at)
	if len(p) == 1 {
		if !p[0].fits(t, u) {
			return dst
		}
	} else if !p.At(t, int(from)) {
		return dst
	}
	return append(dst, Hit{a.phrase, from, from + int32(len(p))})
}

func (d *Dict) findNames(dst []Hit, t *Text) []Hit {
	for i := range t.names {
		u := &t.names[i]
		dst = d.name(dst, t, u, t.bare[u.b0:u.b1])
		if u.hm != u.hb {
			dst = d.name(dst, t, u, t.marked[u.m0:u.m1])
		}
	}
	return dst
}

func (d *Dict) name(dst []Hit, t *Text, u *unit, form []rune) []Hit {
	lens, seed := d.lens[u.kind], kindSeed[u.kind]
	var h uint64
	for n, r := range form {
		h = step(h, r)
		if n < maxStar && lens&(1<<(n+1)) != 0 {
			dst = d.named(dst, t, u, d.find(h^starSeed^seed))
		}
	}
	return d.named(dst, t, u, d.find(h^seed))
}

func (d *Dict) named(dst []Hit, t *Text, u *unit, found []anchor) []Hit {
	for _, a := range found {
		if w := &d.phrases[a.phrase][a.at]; w.Kind == u.kind && w.fits(t, u) {
			dst = append(dst, Hit{a.phrase, u.pos, u.end})
		}
	}
	return dst
}
