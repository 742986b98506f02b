package series

// Heard is what arrived in one bucket, without what came late.
type Heard struct {
	Total    float64
	Negative float64 // of Total
	Copies   float64 // of Total
}

// Score is how unusual the newest buckets of a series are.
type Score struct {
	Value    float64 // to be held against the bar of its kind
	Rare     float64 // log10 of how many six-hour blocks lie between two as high, by this series' own highest; -9 not known
	Buckets  int     // that are most unusual, the newest included
	Observed float64 // in them
	Expected float64
}

// Verdict is what is made of one bucket of a brand or monitor.
type Verdict struct {
	Volume   Score
	Bar      float64 // of Volume, at present
	Told     bool    // Volume crossed its bar, for the first time in a day
	Mood     Score   // of the whole; its bar is AngerStart
	Expected float64 // mentions in this bucket, by what was known before it
	Usual    float64 // share of negatives, 0 … 1, by what was known before it
}

// Brand is all that is kept of the counts of a whole: a monitor's or a brand's.
type Brand struct {
	volume      Volume
	mood        Anger
	copies, own float64 // of the last days, to know how much is usually copied
}

// NewBrand makes a series that knows nothing.
func NewBrand() Brand {
	return Brand{volume: NewVolume(VolumeStart), mood: NewAnger(), own: 1}
}

// copiesCount is how many copies count for each mention that is none, where fewer are usual: a flood of the same words weighs no
// more than half of what came in words of its own.
const copiesCount = 0.5

// Usual is the usual share of negatives, 0 … 1.
func (b *Brand) Usual() float64 { return b.mood.Usual() }

// Step takes the bucket that begins at the Unix time at, copies discounted, with the heats of the live topics in it, and sets the
// Score of each.
func (b *Brand) Step(at int64, h Heard, topics []Heats) Verdict {
	v := Verdict{Expected: b.Expected(at), Usual: b.mood.Usual()}
	usual := Pace{v.Expected, b.volume.Surge.level * day}
	v.Volume.Value, v.Told, v.Bar = b.volume.Step(at, h.Total)
	v.Volume.Rare = b.volume.rare
	v.Volume.Buckets, v.Volume.Observed, v.Volume.Expected = b.volume.rise()
	b.mood.Step(h.Negative, h.Total, usual, topics)
	v.Mood = b.mood.Last()
	return v
}

// Expected is how many mentions the bucket that begins at the Unix time at usually has, by what is known now.
func (b *Brand) Expected(at int64) float64 { return b.volume.Surge.Expected(at) }

// discount takes out the copies above what counts, and learns how many are usual. It gives the part that remains, 0 … 1.
func (b *Brand) discount(h *Heard) float64 {
	own := max(0, h.Total-h.Copies)
	counts := own + min(h.Copies, max(copiesCount, b.copies/b.own)*own+1)
	b.copies = b.copies*shareKeep + h.Copies
	b.own = max(b.own*shareKeep+own, 1)
	if h.Total <= counts {
		return 1
	}
	part := counts / h.Total
	h.Total, h.Negative = counts, h.Negative*part
	return part
}

func (b *Brand) possible() bool {
	return b.mood.possible() && b.volume.Surge.possible() && b.volume.HourZ.possible()
}

func (b *Brand) walk(w *blob) {
	b.volume.walk(w)
	b.mood.walk(w)
	w.float(&b.copies, &b.own)
}
