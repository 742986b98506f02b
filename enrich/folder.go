package enrich

import (
	"strings"
	"sync"
	"time"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// Constants of folding.
const (
	// FoldWindow is how far apart in time two mentions may be and still count as the same thing said again.
	FoldWindow = 48 * time.Hour
	// foldEntries is how many mentions are remembered. Copies are not, so a flood of them does not push the first one out.
	foldEntries = 100_000
	// foldAlike is the share of common shingles (estimated Jaccard index) from which on two texts are the same. On
	// 1,000 posts of each of seven languages this finds 95 to 100 % of the copies that were cut to 75 %, quoted, tagged, or
	// have one word in eight left out, and joins 0 to 14 in a million strangers (`bench understand`).
	foldAlike = 0.5
	// foldSameAuthor is enough for one author within foldCross on two networks: the same thing, cut to another length.
	foldSameAuthor = 0.25
	foldCross      = 6 * time.Hour
)

// Folder finds the earlier mention that a mention repeats (LIS-3): the original of a repost, the same text, nearly the same
// text, or what the same author said on another network. It remembers the last 100,000 different mentions in about 45 MB,
// all of it allocated at the start. It may be used concurrently.
type Folder struct {
	mu      sync.Mutex // guards everything below
	ring    []said
	next    int
	full    bool
	byKey   index
	byText  index
	byVoice index
	byBand  [bands]index
	pool    sync.Pool
}

// said is one remembered mention.
type said struct {
	key     desk.Key
	fold    int64
	at      int64  // unix seconds
	text    uint64 // hash of its letters
	voice   uint64 // hash of its author's short name
	network uint64
	sketch  sketch
	short   bool // too short to be like anything but itself
}

// index finds an entry of the ring by a hash. Later entries overwrite earlier ones with the same slot: what is found must be
// checked, and a loss costs one of many ways to find it.
type index []uint32

const indexBits = 18

func newIndex() index               { return make(index, 1<<indexBits) }
func (x index) put(h uint64, n int) { x[h>>(64-indexBits)] = uint32(n + 1) }
func (x index) get(h uint64) int    { return int(x[h>>(64-indexBits)]) - 1 }

// NewFolder is an empty folder.
func NewFolder() *Folder {
	f := &Folder{ring: make([]said, foldEntries), byKey: newIndex(), byText: newIndex(), byVoice: newIndex()}
	for i := range f.byBand {
		f.byBand[i] = newIndex()
	}
	f.pool.New = func() any { return new([]rune) }
	return f
}

// Load remembers mentions that were folded before, oldest first, as after a restart.
func (f *Folder) Load(mentions []desk.Mention) {
	for i := range mentions {
		m := &mentions[i]
		if m.Fold == 0 || m.RepostOf != "" || !m.Deleted.IsZero() {
			continue
		}
		e := f.listen(m)
		e.fold = m.Fold
		f.mu.Lock()
		if _, known := f.replay(e.key); !known {
			f.remember(&e)
		}
		f.mu.Unlock()
	}
}

// Fold answers with the number of the first mention that m repeats, or m's own when it is the first. A mention that comes
// twice gets the same answer.
func (f *Folder) Fold(m *desk.Mention) int64 {
	if m.RepostOf != "" {
		return f.original(m)
	}
	e := f.listen(m)
	f.mu.Lock()
	defer f.mu.Unlock()
	if n, known := f.replay(e.key); known {
		return f.ring[n].fold
	}
	e.fold = e.key.Fold()
	if n, alike := f.repeats(&e); n >= 0 {
		e.fold = f.ring[n].fold
		if alike > 0.9 && !f.old(n) {
			return e.fold // says nothing new
		}
	}
	f.remember(&e)
	return e.fold
}

// original is the fold of what a repost repeats. An original that was never heard has the number that it will have.
func (f *Folder) original(m *desk.Mention) int64 {
	key := desk.Ref{Network: m.Network, NativeID: m.RepostOf}.Key()
	f.mu.Lock()
	defer f.mu.Unlock()
	if n, known := f.replay(key); known {
		return f.ring[n].fold
	}
	return key.Fold()
}

// listen makes the entry of a mention. It is the work; it needs no lock.
func (f *Folder) listen(m *desk.Mention) said {
	e := said{key: m.Key(), at: m.Published.Unix()}
	buf := f.pool.Get().(*[]rune)
	*buf = terms.Letters((*buf)[:0], m.Title)
	if len(*buf) > 0 {
		*buf = append(*buf, ' ')
	}
	*buf = terms.Letters(*buf, m.Text)
	e.text = e.sketch.read(*buf)
	if len(*buf) == 0 { // an emoji, a link: the same only when literally the same
		e.text = hashString(m.Text)
	}
	e.short = weight(*buf) < 20
	f.pool.Put(buf)
	e.network = hashString(m.Network)
	if m.Author.Handle != "" {
		e.voice = hashFold(shortName(m.Author.Handle))
	}
	return e
}

// shortName is the handle without its server.
func shortName(handle string) string {
	name, _, _ := strings.Cut(handle, "@")
	return strings.TrimSuffix(name, ".bsky.social")
}

// weight is the length of a text in letters; a Han character weighs two.
func weight(text []rune) int {
	n := len(text)
	for _, r := range text {
		if n >= 20 {
			break
		}
		if terms.Wide(r) {
			n++
		}
	}
	return n
}

func (f *Folder) replay(key desk.Key) (int, bool) {
	n := f.byKey.get(keyHash(key))
	return n, n >= 0 && f.ring[n].key == key
}

// repeats finds the entry that e repeats and how alike they are; -1 for none.
func (f *Folder) repeats(e *said) (best int, alike float64) {
	if n := f.byText.get(mix(e.text)); n >= 0 && f.ring[n].text == e.text && f.near(e, n, FoldWindow) {
		return n, 1
	}
	if e.short {
		return -1, 0
	}
	best, alike = -1, foldAlike
	var met [bands]int // all of them asked at once: memory answers together
	for b := range met {
		met[b] = f.byBand[b].get(e.sketch.band(b))
	}
	for _, n := range met {
		if n < 0 || n == best || f.ring[n].short || !f.near(e, n, FoldWindow) {
			continue
		}
		if s := e.sketch.alike(&f.ring[n].sketch); s >= alike {
			best, alike = n, s
		}
	}
	if best < 0 && e.voice != 0 {
		n := f.byVoice.get(e.voice)
		if n >= 0 && f.crossPosted(e, &f.ring[n]) && f.near(e, n, foldCross) {
			return n, foldSameAuthor
		}
	}
	return best, alike
}

// crossPosted reports whether one author said about the same on two networks.
func (f *Folder) crossPosted(e, o *said) bool {
	return o.voice == e.voice && o.network != e.network && !o.short && e.sketch.alike(&o.sketch) >= foldSameAuthor
}

func (f *Folder) near(e *said, n int, window time.Duration) bool {
	apart := e.at - f.ring[n].at
	return max(apart, -apart) <= int64(window/time.Second)
}

// old reports whether the entry is in the half of the ring that is overwritten next; it is then worth writing again.
func (f *Folder) old(n int) bool {
	return f.full && (n-f.next+len(f.ring))%len(f.ring) < len(f.ring)/2
}

func (f *Folder) remember(e *said) {
	n := f.next
	f.ring[n] = *e
	f.byKey.put(keyHash(e.key), n)
	f.byText.put(mix(e.text), n)
	if e.voice != 0 {
		f.byVoice.put(e.voice, n)
	}
	if !e.short {
		for b := range f.byBand {
			f.byBand[b].put(e.sketch.band(b), n)
		}
	}
	f.next++
	if f.next == len(f.ring) {
		f.next, f.full = 0, true
	}
}
