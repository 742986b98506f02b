package drill

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"breakwater/desk"
)

// perDay is how many mentions an average day brings.
const perDay = 600

// hours and days are the rhythm of coffee, local time, as multiples of the average: two peaks, quiet nights, a strong Friday.
var (
	hours = [24]float64{.25, .15, .1, .1, .15, .4, 1, 1.8, 2.1, 1.75, 1.4, 1.35, 1.6, 1.5, 1.25, 1.25, 1.35, 1.45, 1.35, 1.15, 1, .9, .75, .5}
	days  = [7]float64{.85, 1, .97, 1, 1.02, 1.15, 1.05} // from Sunday
)

// zone is where the rhythm is felt. A fixed offset: nobody rehearses the change to summer time.
var zone = time.FixedZone("", 3600)

// world is everything about a storm that follows from its seed.
type world struct {
	c       Case
	seed    uint64
	tongues []tongue
}

func newWorld(c Case, seed int64) *world {
	if c.Name == "" {
		c = Cases()[0]
	}
	return &world{c: c, seed: uint64(seed), tongues: c.tongues()}
}

// hash is a number that depends on parts alone.
func hash(parts ...string) uint64 {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// hour is what people say in the hour from start on, in order of time. The same hour always brings the same mentions.
func (w *world) hour(start time.Time) []desk.Mention {
	stamp := strconv.FormatInt(start.Unix(), 36)
	r := rand.New(rand.NewPCG(w.seed, hash("hour", stamp)))
	n := poisson(r, expected(start)*math.Exp(0.12*r.NormFloat64()))
	out := make([]desk.Mention, 0, n)
	for range n {
		out = append(out, desk.Mention{Published: start.Add(time.Duration(r.Int64N(int64(time.Hour))).Truncate(time.Second)).UTC()})
	}
	slices.SortFunc(out, func(a, b desk.Mention) int { return a.Published.Compare(b.Published) })
	for i := range out {
		w.ordinary(r, out, i, fmt.Sprintf("%s%s", stamp, strconv.FormatInt(int64(i), 36)))
	}
	return out
}

// expected is how many mentions the hour from start on brings on average.
func expected(start time.Time) float64 {
	at := start.In(zone)
	sum := 0.0
	for _, h := range hours {
		sum += h
	}
	e := perDay / sum * hours[at.Hour()] * days[at.Weekday()]
	if at.Weekday() == time.Friday && at.Hour() >= 14 && at.Hour() < 17 {
		e *= 1.7 // every Friday afternoon there is a free bun with each drink
	}
	return e
}

// poisson draws a count with the given mean.
func poisson(r *rand.Rand, mean float64) int {
	limit, n := math.Exp(-mean), 0
	for p := r.Float64(); p > limit; p *= r.Float64() {
		n++
	}
	return n
}

// places are the networks of ordinary talk and their shares.
var places = []struct {
	network string
	share   float64
}{{"mastodon", 0.38}, {"bluesky", 0.34}, {"forum", 0.22}, {"web", 0.06}}

// ordinary writes all[i], whose time is set.
func (w *world) ordinary(r *rand.Rand, all []desk.Mention, i int, id string) {
	m := &all[i]
	t := w.tongue(r)
	at := m.Published
	network := places[choose(r, len(places), func(i int) float64 { return places[i].share })].network
	if i > 3 && r.Float64() < 0.07 {
		if of := all[r.IntN(i)]; of.Kind == desk.KindPost {
			*m = repost(of, w.person(r, t, of.Network), id)
			m.Published = at
			return
		}
	}
	section := []string{"praise", "plain", "grumble"}[choose(r, 3, func(i int) float64 { return []float64{0.34, 0.48, 0.18}[i] })]
	*m = say(network, t.lang, id, t.chat(r, section), w.person(r, t, network))
	m.Published = at
	m.Engagement = desk.Engagement{Likes: r.IntN(12), Reposts: r.IntN(3), Replies: r.IntN(3)}
	if i > 3 && r.Float64() < 0.1 {
		if to := all[r.IntN(i)]; to.Network == network && to.Kind == desk.KindPost {
			m.Kind, m.InReplyTo = desk.KindReply, to.NativeID
		}
	}
}

// say is a new post of somebody.
func say(network, lang, id, text string, by desk.Author) desk.Mention {
	m := desk.Mention{
		Ref: desk.Ref{Network: network, NativeID: id}, Kind: desk.KindPost, Lang: lang, Text: text, Author: by,
		URL: fmt.Sprintf("%s/%s", by.URL, id), Tags: tags(text),
	}
	if network == "web" {
		m.Kind = desk.KindComment
	}
	return m
}

// repost is somebody passing on what another wrote.
func repost(of desk.Mention, by desk.Author, id string) desk.Mention {
	m := of
	m.NativeID, m.RepostOf, m.Kind = id, of.NativeID, desk.KindRepost
	m.Author, m.URL, m.Engagement = by, fmt.Sprintf("%s/%s", by.URL, id), desk.Engagement{}
	m.InReplyTo = ""
	return m
}

func (w *world) tongue(r *rand.Rand) *tongue {
	return &w.tongues[choose(r, len(w.tongues), func(i int) float64 { return w.tongues[i].share })]
}

// choose draws one of n by weight.
func choose(r *rand.Rand, n int, weight func(int) float64) int {
	sum := 0.0
	for i := range n {
		sum += weight(i)
	}
	x := r.Float64() * sum
	for i := range n {
		if x -= weight(i); x < 0 {
			return i
		}
	}
	return n - 1
}
