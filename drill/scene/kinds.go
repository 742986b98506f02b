package scene

import (
	"math"
)

// writer writes one scene.
type writer struct {
	stream
	kind   Kind
	days   int
	most   float64 // mentions a day of the largest brand
	t0     float64 // when the event begins
	n      float64 // branching of the event's cascades
	angry  mood
	extra  float64 // posts that the event adds, roughly
	gain   func(t float64) float64
	events []Span
	gap    *Span
}

// plots say what happens in each kind, before the ordinary weeks are written around it.
var plots = map[Kind]func(*writer){
	"flash": (*writer).flash, "night": (*writer).flash, "weekend": (*writer).flash, "low_volume": (*writer).flash,
	"boycott": (*writer).boycott, "slow_burn": (*writer).slowBurn, "topic_only": (*writer).topicOnly, "brigade": (*writer).brigade,
	"praise": (*writer).praise, "campaign": (*writer).campaign, "weekly_peak": (*writer).weeklyPeak, "spam_flood": (*writer).spamFlood,
	"level_shift": (*writer).levelShift, "platform_surge": (*writer).platformSurge, "outage_backfill": (*writer).outage,
}

// twists are what is done to the ordinary weeks after they were written.
var twists = map[Kind]func(*writer){
	"neg_flip": (*writer).flip, "outage_backfill": (*writer).backfill, "clock_skew": (*writer).replay,
}

func (w *writer) write() {
	least, most := 150.0, w.most
	switch w.kind {
	case "low_volume":
		least, most = 5, 80
	case "neg_flip", "topic_only": // in smaller ones nobody could see it
		least = 500
	}
	w.b = newBrand(w.dice, w.across(least, most))
	w.begin()
	w.n = w.between(.4, .85)
	w.angry = mood{w.between(.6, .92), .03}
	w.extra = max(25, w.across(.06, 3)*w.b.Daily)
	if plot := plots[w.kind]; plot != nil {
		w.event = true
		w.newStory()
		plot(w)
		w.event, w.story = false, 0
	}
	w.background(w.gain)
	if twist := twists[w.kind]; twist != nil {
		twist(w)
	}
}

// begin draws when the event begins: after two weeks at the earliest, mostly by day.
func (w *writer) begin() {
	w.t0 = w.between(15, float64(w.days-4)) * 1440
	day := math.Floor(w.t0 / 1440)
	switch w.kind {
	case "night":
		w.t0 = day*1440 + math.Mod(w.b.peak+12+w.between(-2, 2), 24)*60
		return
	case "slow_burn", "neg_flip", "none":
		return
	}
	for w.b.season(w.t0) < .6 {
		w.t0 = day*1440 + w.between(0, 1440)
	}
	if w.kind == "weekend" {
		day = math.Floor(day/7)*7 + 5
		if day > float64(w.days-5) {
			day -= 7
		}
		w.t0 = day*1440 + w.between(0, 2*1440)
	}
}

// label marks the event.
func (w *writer) label(from, to float64) { w.events = append(w.events, Span{from, to}) }

// flash is one viral post or piece of news.
func (w *writer) flash() {
	w.cascades(int(w.extra*(1-w.n))+3, func() float64 { return w.t0 + w.omori() }, w.n, w.angry, w.between(.2, .7))
	w.label(w.t0, w.t0+1440)
}

func (w *writer) boycott() {
	span := w.between(.75, 3) * 1440
	at := func() float64 {
		for {
			t := w.t0 + span*math.Pow(w.Float64(), 1.5)
			if w.Float64() < min(1, w.b.season(t)/1.6) {
				return t
			}
		}
	}
	w.cascades(int(w.extra*2*(1-w.n))+5, at, w.n, w.angry, w.between(.7, .95))
	w.label(w.t0, w.t0+span)
}

// slowBurn grows exponentially from the first post on.
func (w *writer) slowBurn() {
	double, span := w.between(4, 12)*60, w.between(1.25, 2.5)*1440
	g := math.Ln2 / double
	top := math.Exp(g * span)
	at := func() float64 { return w.t0 + math.Log(1+w.Float64()*(top-1))/g }
	w.cascades(int(w.extra*2*(1-w.n))+10, at, w.n, w.angry, w.between(.2, .6))
	w.label(w.t0, w.t0+span)
}

// topicOnly is one angry topic in place of ordinary talk: the volume rises by 5 to 25 %.
func (w *writer) topicOnly() {
	span, part := w.between(.5, 2)*1440, w.between(.15, .4)
	w.gain = func(t float64) float64 {
		if w.t0 <= t && t < w.t0+span {
			return 1 - part*w.between(.4, .8)
		}
		return 1
	}
	w.cascades(int(w.b.Daily*span/1440*part*(1-w.n))+5, func() float64 { return w.t0 + span*w.Float64() }, w.n, w.angry, w.between(.7, .95))
	w.label(w.t0, w.t0+span)
}

// brigade is some dozens of accounts that post again and again.
func (w *writer) brigade() {
	pool := make([]uint64, 30+w.IntN(271))
	for i := range pool {
		pool[i] = w.person()
	}
	span := w.between(30, 240)
	for range int(max(30, .15*w.b.Daily)) {
		w.mention(w.t0+span*w.Float64(), mood{.95, 0}, pool[w.IntN(len(pool))], w.Float64() < .8, -1)
	}
	w.label(w.t0, w.t0+span)
}

func (w *writer) praise() {
	w.cascades(int(w.extra*(1-w.n))+3, func() float64 { return w.t0 + w.omori() }, w.n, mood{w.between(.02, .07), .7}, w.between(.3, .8))
	w.label(w.t0, w.t0+1440)
}

// campaign is sharp, planned and on the hour, one to three times.
func (w *writer) campaign() {
	for range 1 + w.IntN(3) {
		at := math.Round(w.t0/60) * 60
		w.cascades(int(w.extra*.5*(1-w.n))+3, func() float64 { return at + 60*w.ExpFloat64() }, w.n, mood{w.b.Negative * .6, .45}, .9)
		w.label(at, at+720)
		w.t0 = at + float64(1+w.IntN(2))*1440
	}
}

func (w *writer) weeklyPeak() {
	hour, weekday, times := w.between(8, 22), w.IntN(7), w.between(.1, .4)
	for week := range w.days/7 + 1 {
		at := float64(week*7+weekday)*1440 + hour*60
		n := int(w.b.Daily * times * w.between(.7, 1.3) * (1 - w.n))
		w.cascades(n, func() float64 { return at + 45*w.ExpFloat64() }, w.n, mood{w.b.Negative, w.b.positive}, .5)
		w.label(at, at+360)
	}
}

// spamFlood is batches of robots.
func (w *writer) spamFlood() {
	at := w.t0
	for range 5 + w.IntN(36) {
		for range max(8, int(w.b.Daily/288*w.between(2, 8))) {
			w.mention(at+w.between(0, 2), mood{.02, .05}, uint64(1+w.IntN(40)), false, -1)
		}
		at += 120 * w.ExpFloat64()
	}
	w.label(w.t0, at)
}

func (w *writer) levelShift() {
	f := w.between(1.5, 2.2)
	w.gain = func(t float64) float64 {
		if t >= w.t0 {
			return f
		}
		return 1
	}
	w.label(w.t0, float64(w.minutes))
}

func (w *writer) platformSurge() {
	f, span := w.between(1.3, 1.8), w.between(3, 24)*60
	w.gain = func(t float64) float64 {
		if w.t0 <= t && t < w.t0+span {
			return f
		}
		return 1
	}
	w.label(w.t0, w.t0+span)
}

// outage is when the collector hears nothing; backfill is when it comes back.
func (w *writer) outage() {
	w.gap = &Span{w.t0, w.t0 + w.between(30, 360)}
	w.label(w.gap.From, w.gap.To+60)
}

// backfill has everything said in the gap arrive within minutes of its end.
func (w *writer) backfill() {
	back := w.between(3, 15)
	for i := range w.posts {
		p := &w.posts[i]
		if t := float64(p.Minute); w.gap.From <= t && t < w.gap.To {
			p.Minute = int32(w.gap.To + back*(t-w.gap.From)/(w.gap.To-w.gap.From))
			p.Late = w.gap.To-t > 30
		}
	}
}

// replay has one source of three in ten mentions tell some hours again, at once.
func (w *writer) replay() {
	back := w.between(3, 12) * 60
	for i, n := 0, len(w.posts); i < n; i++ {
		p := w.posts[i]
		if t := float64(p.Minute); t >= w.t0-back && t < w.t0-30 && w.Float64() < .3 {
			p.Minute, p.Late, p.Parent, p.Event = int32(w.t0+w.between(0, 10)), true, -1, true
			w.posts = append(w.posts, p)
		}
	}
	w.label(w.t0, w.t0+60)
}

// flip turns the mood within some hours, at the usual volume.
func (w *writer) flip() {
	span, p, ramp := w.between(1, 3)*1440, w.between(.5, .8), w.between(30, 360)
	turned := max(0, (p-w.b.Negative)/(1-w.b.Negative))
	w.newStory()
	for i := range w.posts {
		q := &w.posts[i]
		t := float64(q.Minute)
		if t < w.t0 || t >= w.t0+span || w.Float64() >= min(1, (t-w.t0)/ramp)*turned {
			continue
		}
		q.Negative, q.Positive, q.Topic, q.Event = w.Float64() < w.b.hit, false, w.Float64() < .3, true
		q.Story = w.story
	}
	w.label(w.t0, w.t0+span)
}
