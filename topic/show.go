package topic

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

// sample is a post that a topic is shown and named by.
type sample struct {
	id        int64
	key       int64 // Key().Fold() of the mention
	author    uint32
	fold      uint32
	mood      int8
	followers int
	lang      string
	text      string
}

const (
	maxSamples  = 8
	firstKept   = 3 // samples that stay: how it began
	sampleBytes = 360
)

// sample keeps a post to show: the first ones, then one more each time a quarter more has been said. A copy shows nothing new.
func (l *live) sample(t *Tracker, p *post, of *desk.Mention) {
	if p.copied && len(l.samples) > 0 {
		return
	}
	for i := range l.samples {
		if l.samples[i].fold == p.fold {
			return
		}
	}
	full := len(l.samples) == maxSamples
	if full && l.total < l.resample {
		return
	}
	s := sample{id: p.id, key: of.Key().Fold(), author: p.author, fold: p.fold, mood: p.mood, followers: of.Author.Followers, lang: of.Lang, text: strings.Clone(cut(t.read.text))}
	if full {
		l.resample = l.total + l.total/4 + 1
		at := firstKept
		for i := range l.samples[firstKept:] {
			if l.samples[firstKept+i].weight() < l.samples[at].weight() {
				at = firstKept + i
			}
		}
		l.samples[at] = s
		return
	}
	l.samples = append(l.samples, s)
}

// Wipe forgets the texts of mentions that were deleted at their network, and of whole accounts (whose NativeID is the author's).
func (t *Tracker) Wipe(gone, by []desk.Ref) {
	if len(gone)+len(by) == 0 {
		return
	}
	keys, authors := make(map[int64]bool), make(map[uint32]bool)
	for _, r := range gone {
		keys[r.Key().Fold()] = true
	}
	for _, r := range by {
		authors[authorOf(&desk.Mention{Ref: desk.Ref{Network: r.Network}, Author: desk.Author{NativeID: r.NativeID}})] = true
	}
	for _, o := range t.monitors {
		for _, l := range o.live {
			n := len(l.samples)
			l.samples = slices.DeleteFunc(l.samples, func(s sample) bool { return keys[s.key] || authors[s.author] })
			o.dirty = o.dirty || len(l.samples) < n
		}
	}
}

// weight is how much a sample says to somebody who sees few.
func (s *sample) weight() int {
	w := max(0, s.followers)
	if s.mood < 0 {
		w = 2*w + 1000
	}
	return w
}

// cut is the beginning of a text, at a character.
func cut(s string) string {
	if len(s) <= sampleBytes {
		return s
	}
	n := sampleBytes
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// show makes the noun of a live topic.
func (m *monitor) show(t *Tracker, l *live) desk.Topic {
	score, _ := m.strongest(l)
	d := desk.Topic{
		ID: l.id, MonitorID: m.id, Name: l.name, Terms: l.terms, Lang: l.lang(),
		Since: when(l.since), Found: when(l.found), Last: when(l.last),
		Count: int(l.total), Negative: int(l.negative), Positive: int(l.positive), Copies: int(l.copies), People: min(l.voices.count(), int(l.total)),
		Trend: l.trend(m.bucket), Usual: round(l.usual*3600, 100), Hour: l.hour(m.bucket), Score: round(score, 10), Few: l.few,
	}
	for _, s := range l.networks {
		d.Networks = append(d.Networks, desk.Share{Name: t.networkName(s.network), Count: int(s.n)})
	}
	slices.SortStableFunc(d.Networks, func(a, b desk.Share) int { return cmp.Compare(b.Count, a.Count) })
	d.Mentions = l.best()
	for _, c := range l.core {
		d.Keys = append(d.Keys, c.tag)
	}
	return d
}

// end notes that a topic ended.
func (t *Tracker) end(m *monitor, l *live, at int64) {
	d := m.show(t, l)
	d.Ended, d.Trend = when(at), desk.Falling
	if len(t.ended) == mostEnded {
		t.ended = t.ended[1:]
	}
	t.ended = append(t.ended, d)
}

func when(unix int64) time.Time { return time.Unix(unix, 0).UTC() }

func round(x, per float64) float64 { return math.Round(x*per) / per }

// lang is the language of most samples.
func (l *live) lang() string {
	best, most := "", 0
	for _, s := range l.samples {
		n := 0
		for _, o := range l.samples {
			if o.lang == s.lang {
				n++
			}
		}
		if n > most {
			best, most = s.lang, n
		}
	}
	return best
}

// best are the ids of the most telling samples.
func (l *live) best() desk.IDs {
	all := slices.Clone(l.samples)
	slices.SortStableFunc(all, func(a, b sample) int { return b.weight() - a.weight() })
	ids := desk.IDs{}
	for _, s := range all[:min(5, len(all))] {
		ids = append(ids, s.id)
	}
	return ids
}

// at is what was counted in a bucket.
func (l *live) at(bucket int64) tally {
	upTo := l.upTo / (step / 60)
	if bucket > upTo || bucket <= upTo-keptSteps {
		return tally{}
	}
	return l.steps[bucket%keptSteps]
}

const trendSteps = 36 // three hours

// trend is where the topic stands, seen from a bucket.
func (l *live) trend(bucket int64) string {
	counts := make([]float64, trendSteps)
	for i := range counts {
		counts[i] = float64(l.at(bucket - trendSteps + 1 + int64(i)).n)
	}
	if int64(trendSteps) > 3*(bucket-l.since/step) { // younger than an hour
		counts = counts[trendSteps/2:]
	}
	_, phase := desk.Growth(counts, Step)
	return phase
}

// hour is how many came in the last hour.
func (l *live) hour(bucket int64) (n int) {
	for i := range int64(12) {
		n += int(l.at(bucket - i).n)
	}
	return n
}

// Count is what one bucket brought of a topic.
type Count struct {
	Topic    int64
	Found    time.Time // the mention that made it stand out
	Few      bool      // made by few voices
	Count    int
	Negative int
	Usual    float64 // mentions a bucket that its words usually have
}

// Counts appends what a bucket that begins at brought of each live topic of a monitor, oldest topic first. It allocates only to
// grow dst.
func (t *Tracker) Counts(dst []Count, monitor int64, at time.Time) []Count {
	o := t.monitors[monitor]
	if o == nil {
		return dst
	}
	for _, l := range o.live {
		n := l.at(at.Unix() / step)
		dst = append(dst, Count{Topic: l.id, Found: when(l.found), Few: l.few, Count: int(n.n), Negative: int(n.negative), Usual: l.usual * float64(step)})
	}
	return dst
}

// Points appends a live topic's counts by bucket, oldest first, from its first mention or a day ago up to the open bucket. It is
// how a detector learns what came before the topic was found.
func (t *Tracker) Points(dst []desk.Point, monitor, topic int64) []desk.Point {
	o := t.monitors[monitor]
	if o == nil {
		return dst
	}
	for _, l := range o.live {
		if l.id != topic {
			continue
		}
		for b := max(l.since/step, o.bucket-keptSteps+1); b <= o.bucket; b++ {
			n := l.at(b)
			dst = append(dst, desk.Point{At: when(b * step), Count: int(n.n), Negative: int(n.negative)})
		}
	}
	return dst
}

// Minutes appends a live topic's counts by the minute, oldest first, of the last hour to now.
func (t *Tracker) Minutes(dst []desk.Point, monitor, topic int64, now time.Time) []desk.Point {
	o := t.monitors[monitor]
	if o == nil {
		return dst
	}
	to := now.Unix() / 60
	for _, l := range o.live {
		if l.id != topic {
			continue
		}
		for at := to - keptMinutes + 1; at <= to; at++ {
			p := desk.Point{At: when(at * 60)}
			if at <= l.upTo && at > l.upTo-keptMinutes {
				p.Count, p.Negative = int(l.minutes[at%keptMinutes].n), int(l.minutes[at%keptMinutes].negative)
			}
			dst = append(dst, p)
		}
	}
	return dst
}
