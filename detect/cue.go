package detect

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

// cue tells of serious matters that several people bring up at once: calls for a boycott, danger, illness, a data leak and the
// like, more often than this monitor's own background of such words.
//
// The background is the brand's own share of posts with each type, learned from samples of the last week; what a sample of so
// many posts cannot tell is kept as doubt (a Gamma prior at the rate of ordinary posts, which docs/cues.md has measured), so
// that the number of people is held against a negative binomial and not a Poisson law. The bare count says nothing.
//
// How it can be wrong in a quiet year: looks overlap, so an hour has about one independent look for each of the 14 types, some
// 120,000 a year; at a chance of 3 in 100,000 each, three or four would be told in a year by chance alone if posts came one by
// one, fewer because of the number of people asked for. Words of danger fire in jokes, games and sport, so
// it wants several people and no posts that are copied or surely friendly; angry ones count more. It misses what is said in words that no
// list has.
var cue = Detector{
	Name: "cue",
	Help: "Several people bring up something serious: a boycott, danger, illness, a leak.",
	Look: lookCue,
}

// matter is a serious type of cue.
type matter struct {
	level desk.Level
	why   string
}

// matters are the types that are told, by their name in enrich's list. Service rage is not among them: there volume counts,
// and volume has its own detectors.
var matters = map[string]matter{
	"safety_injury":       {desk.Crisis, "{n} people write about danger or injury and {monitor}."},
	"food_illness":        {desk.Crisis, "{n} people write about illness or spoilt food and {monitor}."},
	"data_breach":         {desk.Crisis, "{n} people write about leaked data or a break-in and {monitor}."},
	"violence_threat":     {desk.Crisis, "{n} people write about violence or threats and {monitor}."},
	"discrimination":      {desk.Issue, "{n} people write about discrimination and {monitor}."},
	"fraud_deception":     {desk.Issue, "{n} people write about fraud or deceit and {monitor}."},
	"leadership_scandal":  {desk.Issue, "{n} people write about misconduct at the top and {monitor}."},
	"legal_regulatory":    {desk.Issue, "{n} people write about courts or regulators and {monitor}."},
	"geopolitics":         {desk.Issue, "{n} people write about politics or war and {monitor}."},
	"boycott":             {desk.Issue, "{n} people call for a boycott of {monitor}, or leave."},
	"outage":              {desk.Issue, "{n} people write that something of {monitor} does not work."},
	"labour":              {desk.Issue, "{n} people write about working conditions and {monitor}."},
	"environment_animals": {desk.Issue, "{n} people write about harm to animals or nature and {monitor}."},
	"misinformation":      {desk.Issue, "{n} people write about a rumour or a fake concerning {monitor}."},
}

// rage is the type that is not told here.
const rage = "service_rage"

// matterOf is what is told of a type. A brand's own types are issues, under their own name.
func matterOf(typ string) (m matter, own bool) {
	if m, ok := matters[typ]; ok {
		return m, false
	}
	return matter{desk.Issue, "{n} people write about {type} and {monitor}."}, true
}

const cueMinutes = 60

// cueRare is how rare the number of people must be by chance, by sensitivity.
var cueRare = map[string]float64{"low": 3e-6, "balanced": 3e-5, "high": 3e-4}

func lookCue(w Window) (best desk.Signal, found bool) {
	posts := 0
	for i := range w.Posts {
		if w.counts(&w.Posts[i]) {
			posts++
		}
	}
	for typ, b := range w.cues() {
		if typ == rage {
			continue
		}
		s, ok := w.cueSignal(typ, b, posts)
		if ok && (!found || louder(&s, &best)) {
			best, found = s, true
		}
	}
	return best, found
}

// louder orders signals by what a duty officer must hear first.
func louder(a, b *desk.Signal) bool {
	return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Strength, b.Strength), cmp.Compare(b.Why.English(), a.Why.English())) > 0
}

// cueSignal tells of one type that b brings up among so many posts.
func (w Window) cueSignal(typ string, b *brought, posts int) (desk.Signal, bool) {
	k := w.knobs()
	m, own := matterOf(typ)
	weighed := b.angry + b.calm // danger is reported calmly
	if m.level < desk.Crisis {
		weighed = b.angry + b.calm/2
	}
	if weighed < k.people {
		return desk.Signal{}, false
	}
	rare, ok := cueRare[w.Monitor.Sensitivity]
	if !ok {
		rare = cueRare["balanced"]
	}
	shape, mean := w.cueUsual(typ, posts)
	chance := atLeast(weighed, shape, mean)
	if chance > rare {
		return desk.Signal{}, false
	}
	level := m.level
	people := b.angry + b.calm
	if people < 3*k.people { // few people: look before you call it a crisis
		level = min(level, desk.Issue)
	}
	why := desk.Say(m.why, "n", people, "monitor", w.about(""))
	if own {
		why = desk.Say("{n} people write about {type} and {monitor}.", "n", people, "type", typ, "monitor", w.about(""))
	}
	if words := b.said(); words != "" {
		why = desk.Say("{sentence} In their words: {words}.", "sentence", why, "words", words)
	}
	need := fewest(rare, shape, mean, k.people)
	// Strength is 1 where it is just rare enough, 2 where it is a thousand times as rare.
	strength := 1 + math.Log10(rare/max(chance, 1e-300))/3
	s := w.signal(strength, level, why, desk.Say("Cue: at least {n} people within the hour, where {usual} are usual.", "n", need, "usual", rounded(mean)))
	s.Detector, s.Trigger = "cue", b.newest
	s.Evidence.Observed, s.Evidence.Expected, s.Evidence.High = float64(people), mean, float64(need)
	s.Evidence.Window, s.Evidence.Mentions, s.Evidence.People = cueMinutes, b.ids, people
	s.Evidence.Cue, s.Evidence.Cues, s.Evidence.Since = typ, b.top(), b.since
	return s, true
}

// What is known of a type before a brand was listened to: it is in 2 of 1,000 ordinary posts (docs/cues.md, the mean over types
// and languages), as if cueDoubt posts had shown it. Of what a brand's own sample shows beyond that no more is taken off than
// cueShrink posts without it would.
const (
	ordinaryCue = 0.002
	cueDoubt    = 1000
	cueShrink   = 100
)

// cueUsual is the law of the number of people with a type among so many posts: a negative binomial of this shape and mean.
func (w Window) cueUsual(typ string, posts int) (shape, mean float64) {
	seen, looked := 0.0, 0.0
	if w.Usual != nil {
		looked = float64(w.Usual.Looked)
		seen = w.Usual.Cues[typ] * looked
	}
	shape = seen + ordinaryCue*cueDoubt
	share := max(shape/(looked+cueDoubt), seen/(looked+cueShrink))
	return shape, share * float64(posts)
}

// atLeast is the chance that a negative binomial of this shape and mean is n or more.
func atLeast(n int, shape, mean float64) float64 {
	if mean <= 0 {
		return 0
	}
	p := mean / (mean + shape)
	term := math.Pow(1-p, shape) // none
	below := 0.0
	for i := range n {
		below += term
		term *= (shape + float64(i)) / float64(i+1) * p
	}
	if below < 0.999 {
		return 1 - below
	}
	// The difference would be lost in rounding: add up the tail instead.
	tail := 0.0
	for i := n; i < n+1000 && term > tail*1e-12; i++ {
		tail += term
		term *= (shape + float64(i)) / float64(i+1) * p
	}
	return tail
}

// fewest is the smallest number that is rare enough.
func fewest(rare, shape, mean float64, n int) int {
	for n < 1000 && atLeast(n, shape, mean) > rare {
		n++
	}
	return n
}

// brought is who brings a matter up, and in which words.
type brought struct {
	angry, calm int // people, by the mood of what they wrote
	newest      int64
	since       time.Time // of the first of their posts
	ids         []int64   // at most maxExamples, newest first
	words       map[string]int
}

// topCues is how many of the words are told, mostCueWords how long the list in the evidence is.
const (
	topCues      = 3
	mostCueWords = 10
)

// top are the words most often said, with their counts.
func (b *brought) top() []desk.Share {
	var all []desk.Share
	for w, n := range b.words {
		all = append(all, desk.Share{Name: w, Count: n})
	}
	slices.SortFunc(all, func(x, y desk.Share) int { return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Name, y.Name)) })
	return all[:min(len(all), mostCueWords)]
}

// said is the most frequent words as a reader of any language understands them: “food poisoning” 14×, “made me sick” 6×.
func (b *brought) said() string {
	var parts []string
	for _, s := range b.top()[:min(len(b.words), topCues)] {
		parts = append(parts, fmt.Sprintf("“%s” %d×", s.Name, s.Count))
	}
	return strings.Join(parts, ", ")
}

// surelyFriendly is how sure the reading of a post with a cue must be to be believed that it is a friendly one. Of 39 posts of the
// sets of ordinary posts with a word of illness, injury, leaks or violence that were read as friendly with less, 12 were negative
// and 5 neutral; of 197 read so with more, 10 were negative.
const surelyFriendly = 0.7

// counts reports whether a post can bring a matter up: it is not surely friendly, not a copy, not ours, and still there.
func (w Window) counts(m *desk.Mention) bool {
	friendly := m.Mood > 0 && m.Confidence >= surelyFriendly
	return !friendly && !m.Own && !m.IsCopy() && m.Deleted.IsZero()
}

// cues counts the people behind each type of cue. One who was angry once counts as angry.
func (w Window) cues() map[string]*brought {
	all := make(map[string]*brought)
	angry := make(map[[2]string]bool)
	for i := range w.Posts {
		m := &w.Posts[i]
		if !w.counts(m) {
			continue
		}
		for _, typ := range m.CuesOf(w.Monitor.BrandID) {
			if all[typ] == nil {
				all[typ] = &brought{newest: m.ID, words: make(map[string]int)}
			}
			all[typ].hear(m, typ, angry)
		}
	}
	return all
}

// hear adds one post with the type. angry remembers who was heard, and how.
func (b *brought) hear(m *desk.Mention, typ string, angry map[[2]string]bool) {
	who := [2]string{typ, m.Network + " " + m.Author.Handle}
	was, again := angry[who]
	switch now := m.Mood < 0; {
	case !again && now:
		b.angry++
	case !again:
		b.calm++
	case now && !was:
		b.angry, b.calm = b.angry+1, b.calm-1
	}
	angry[who] = was || m.Mood < 0
	if b.since.IsZero() || m.Published.Before(b.since) {
		b.since = m.Published
	}
	if again {
		return
	}
	if len(b.ids) < maxExamples {
		b.ids = append(b.ids, m.ID)
	}
	b.quote(m, typ)
}

// longestCueWord in characters is told whole.
const longestCueWord = 60

// quote counts the words of the type in one post, each once.
func (b *brought) quote(m *desk.Mention, typ string) {
	var once []string
	for _, c := range m.Found {
		if c.Type != typ {
			continue
		}
		for _, s := range c.Words {
			w := strings.ToLower(strings.Join(strings.Fields(s.Words), " "))
			if w == "" || utf8.RuneCountInString(w) > longestCueWord || slices.Contains(once, w) {
				continue
			}
			once = append(once, w)
			b.words[w]++
		}
	}
}
