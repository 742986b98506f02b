package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"breakwater/desk"
)

// now is a Wednesday at noon.
var now = time.Date(2026, 11, 18, 12, 0, 30, 0, time.UTC)

// stream is an invented past, minute by minute; the last minute is the one of now.
type stream struct {
	end     time.Time // of the last minute, on the minute
	minutes []Minute
}

// invent makes days of mentions: a day's count, a rhythm of day and week, moods that wander, and noise that is more than
// counting noise.
func invent(days int, aDay, negative float64, seed uint64) *stream {
	r := rand.New(rand.NewPCG(seed, 1))
	end := now.Truncate(time.Minute).Add(time.Minute)
	s := &stream{end: end, minutes: make([]Minute, days*24*60)}
	wander := 0.0
	for i := range s.minutes {
		at := s.at(i)
		wander += -wander/240 + 0.3*math.Sqrt(2.0/240)*r.NormFloat64() // half a shift's length, a third up or down
		n := poisson(r, aDay/(24*60)*rhythm(at)*math.Exp(wander))
		for range n {
			s.add(i, r.Float64() < negative, false)
		}
	}
	return s
}

func rhythm(t time.Time) float64 {
	day := 1 + 0.8*math.Sin(2*math.Pi*(float64(t.Hour())+float64(t.Minute())/60-8)/24)
	if t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		day *= 0.6
	}
	return day
}

func poisson(r *rand.Rand, mean float64) int {
	if mean > 50 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	n, p := 0, r.Float64()
	for q := math.Exp(-mean); p > q && n < 1000; n++ {
		p -= q
		q *= mean / float64(n+1)
	}
	return n
}

func (s *stream) at(i int) time.Time {
	return s.end.Add(-time.Duration(len(s.minutes)-i) * time.Minute)
}

func (s *stream) add(i int, negative, copied bool) {
	m := &s.minutes[i]
	m.Count++
	if negative {
		m.Negative++
	}
	if copied {
		m.Copies++
	}
}

// burst adds n mentions evenly over the last so many minutes; each tells by its number whether it is negative, positive, a copy.
func (s *stream) burst(n, minutes int, how func(k int, m *Minute)) *stream {
	for k := range n {
		m := &s.minutes[len(s.minutes)-minutes+k*minutes/n]
		m.Count++
		how(k, m)
	}
	return s
}

func angry(k int, m *Minute) {
	if k%5 != 0 {
		m.Negative++
	}
}

func friendly(k int, m *Minute) {
	if k%10 != 0 {
		m.Positive++
	}
}

func plain(int, *Minute) {}

func copied(k int, m *Minute) {
	if k%20 != 0 {
		m.Copies++
	}
}

// history cuts the stream off at a minute and counts it as the store would.
func (s *stream) history(until int) history {
	end := s.at(until).Truncate(time.Hour)
	h := history{zone: time.UTC, start: end.AddDate(0, 0, -learnDays)}
	h.hours = make([]step, end.Sub(h.start)/time.Hour)
	for i := range s.minutes[:until] {
		if n := s.at(i).Sub(h.start); n >= 0 && s.at(i).Before(end) {
			h.hours[n/time.Hour].take(s.minutes[i])
		}
	}
	return h
}

func (s *step) take(m Minute) {
	s.count += float64(m.Count)
	s.negative += float64(m.Negative)
	s.copies += float64(m.Copies)
}

// take adds a minute to a bucket.
func (t *taken) take(m Minute) {
	t.Count += int(m.Count)
	t.Negative += int(m.Negative)
	t.Copies += int(m.Copies)
}

// study steps a ledger over the buckets that are closed when the stream has come to a minute, and judges the open one. Everything
// arrives in the minute in which it is said.
func (s *stream) study(l *ledger, until int) judged {
	var t taken
	for i := int(l.at.Sub(s.at(0)) / time.Minute); i < until; i++ {
		t.take(s.minutes[i])
		if end := s.at(i + 1); end.Equal(end.Truncate(bucket)) && i+1 < until {
			l.step(7, t)
			t = taken{}
		}
	}
	return l.clone().step(7, t)
}

// ledger is a new one at the stream's first whole bucket.
func (s *stream) ledger() *ledger { return newLedger(s.at(0).Add(bucket - 1).Truncate(bucket)) }

// window is what detectors see when the stream has come to a minute.
func (s *stream) window(until int, u *Usual, l *ledger) Window {
	from := max(0, until-spanMinutes)
	return Window{
		Monitor: desk.Monitor{ID: 7, Name: "Aurora"}, Now: s.at(until).Add(-time.Second), Start: s.at(from),
		Minutes: s.minutes[from:until], Usual: u, judged: s.study(l, until), known: l.known(),
	}
}

func (s *stream) last() Window {
	return s.window(len(s.minutes), learn(s.history(len(s.minutes))), s.ledger())
}

// names are the detectors that tell something of a window.
func names(w Window) string {
	all := ""
	for _, s := range detect(w) {
		all += fmt.Sprintf("%s%d ", s.Detector, s.Level)
	}
	return all
}

func TestDetectors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		s    *stream
		want string // detectors and levels
	}{
		{"quiet", invent(28, 400, 0.15, 1), ""},
		{"nothing at all", invent(28, 0, 0, 2), ""},
		{"one a day", invent(28, 1, 0.2, 3), ""},
		{"one a day, then eight angry ones within ten minutes", invent(28, 1, 0.2, 3).burst(8, 10, angry), "surge2 "},
		{"busy brand", invent(28, 50_000, 0.15, 4), ""},
		{"very busy brand", invent(28, 2_000_000, 0.15, 5), ""},
		{"very busy brand, three times as much, angry", invent(28, 2_000_000, 0.15, 6).burst(900_000, 60, angry), "mood2 surge2 "},
		{"storm", invent(28, 400, 0.15, 7).burst(300, 20, angry), "mood2 surge2 "},
		{"storm within two minutes", invent(28, 400, 0.15, 8).burst(60, 2, angry), "mood2 surge1 "},
		{"praise goes viral", invent(28, 400, 0.15, 9).burst(300, 20, friendly), "surge1 "},
		{"the mood turns, the volume does not", invent(28, 1500, 0.12, 10).turn(180, 0.6), "mood2 "},
		{"one voice of many mouths", invent(28, 2000, 0.15, 11).burst(300, 20, copied), ""},
		{"new, quiet", invent(1, 400, 0.15, 12), ""},
		{"new, twice as many", invent(1, 400, 0.15, 13).burst(40, 60, angry), ""},
		{"new, a very clear flood", invent(1, 400, 0.15, 14).burst(900, 30, angry), "surge2 "},
		{"just connected: all at once", (&stream{end: now.Truncate(time.Minute).Add(time.Minute), minutes: make([]Minute, 24*60)}).burst(500, 20, plain), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := tt.s.last()
			if got := names(w); got != tt.want {
				t.Errorf("detectors = %q, want %q; last hour %+v, usual %+v", got, tt.want, w.sum(60), w.Usual)
			}
		})
	}
}

// turn makes a share of the mentions of the last minutes negative without adding any.
func (s *stream) turn(minutes int, share float64) *stream {
	r := rand.New(rand.NewPCG(99, 1))
	for i := len(s.minutes) - minutes; i < len(s.minutes); i++ {
		m := &s.minutes[i]
		m.Negative = 0
		for range m.Count {
			if r.Float64() < share {
				m.Negative++
			}
		}
	}
	return s
}

// A gap in the data is neither calm to learn from nor a surge when it is over.
func TestGapTeachesNothing(t *testing.T) {
	t.Parallel()
	s := invent(28, 1000, 0.15, 20)
	whole := learn(s.history(len(s.minutes)))
	from, to := len(s.minutes)-6*24*60, len(s.minutes)-60
	for i := from; i < to; i++ {
		s.minutes[i] = Minute{}
	}
	h := s.history(len(s.minutes))
	deafen(&h, []desk.Gap{{SourceID: 1, From: s.at(from), To: s.at(to)}}, now)
	deaf := learn(h)
	if ratio := deaf.Level / whole.Level; ratio < 0.8 || ratio > 1.25 {
		t.Errorf("level after five days without data is %.2f of the level with them, want about 1", ratio)
	}
}

func TestBandHoldsNineInTen(t *testing.T) {
	t.Parallel()
	for i, aDay := range []float64{20, 300, 5000, 200_000} {
		s := invent(56, aDay, 0.15, uint64(31+i))
		cut := 28 * 24 * 60
		u := learn(s.history(cut))
		inside, n := 0, 0
		for i := cut; i+60 <= len(s.minutes); i += 60 {
			w := Window{Minutes: s.minutes[i : i+60]}
			b := u.Band(s.at(i), s.at(i+60))
			if c := float64(w.sum(60).Count); c >= math.Floor(b.Low) && c <= math.Ceil(b.High) {
				inside++
			}
			n++
		}
		if share := float64(inside) / float64(n); share < 0.8 || share > 0.995 {
			t.Errorf("%v a day: %.2f of the hours of the next four weeks are inside the band, want about 0.9", aDay, share)
		}
	}
}

// How often the desk would be woken for nothing: half a quiet year of each of these brands, judged at every closed bucket, at most one
// alert in twelve hours as the router has it.
func TestQuietYear(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		aDay float64
		most int // alerts in half a year
	}{{3, 6}, {100, 8}, {3000, 8}} {
		t.Run(fmt.Sprint(tt.aDay, " a day"), func(t *testing.T) {
			t.Parallel()
			s := invent(28+182, tt.aDay, 0.15, 40)
			var u *Usual
			l := s.ledger()
			alerts, last, total := map[string]int{}, -1<<40, 0
			first := int(bucket/time.Minute) - s.at(0).Minute()%5
			for i := first; i+5 <= len(s.minutes); i += 5 {
				if i%(24*60) < 5 && i > 27*24*60 {
					u = learn(s.history(i))
				}
				w := s.window(i+5, u, l)
				if i < 28*24*60 {
					continue
				}
				if signals := detect(w); len(signals) > 0 && i-last > 12*60 {
					last = i
					total++
					alerts[signals[0].Detector]++
				}
			}
			t.Logf("%d alerts: %v", total, alerts)
			if total > tt.most {
				t.Errorf("%d alerts in half a quiet year, want at most %d: %v", total, tt.most, alerts)
			}
		})
	}
}
