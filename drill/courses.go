package drill

// What is said at the beginning of a case, at its height, and on the way down.
var (
	early  = map[string]float64{"repost": 3, "claim": 3, "ask": 2, "share": .5}
	rising = map[string]float64{"repost": 4, "copy": .5, "claim": 2, "ask": 1.5, "anger": 2, "boycott": 1, "share": .5}
	height = map[string]float64{"repost": 4, "copy": 1.5, "claim": 1.5, "ask": 1, "anger": 3, "boycott": 3, "share": 1, "defend": .7}
	after  = map[string]float64{"repost": 2, "anger": 2, "boycott": 1.5, "share": 1.5, "defend": 1.5, "ask": 1}
)

// story is the course of a case: acts, and what happens once.
type story struct {
	acts    []act
	moments []moment
}

// courses are the ways in which such crises went. Their times are seconds at speed 1.
var courses = map[string]story{
	// One post, seen by everybody within minutes; over soon when it is taken down and owned.
	"sudden": {
		[]act{{3, 15, .8, .3, early}, {15, 40, 1.8, .6, rising}, {40, 110, 2.8, .9, height}, {110, 240, .9, 1, after}, {240, 700, .2, 1, after}},
		[]moment{{3, "origin", "en"}, {24, "voice", "en"}, {48, "headline", "en"}, {150, "answer", "en"}},
	},
	// Reports add up: each says that it happened to them too.
	"growing": {
		[]act{{3, 60, .25, .3, early}, {60, 130, .6, .6, rising}, {130, 220, 1.2, .8, rising}, {220, 360, 2, 1, height}, {360, 600, 1, 1, after}, {600, 1200, .25, 1, after}},
		[]moment{{3, "origin", "en"}, {120, "voice", "en"}, {180, "headline", "en"}, {300, "answer", "en"}},
	},
	// It seems to end, the answer comes, and the second wave is higher than the first.
	"answered badly": {
		[]act{{3, 30, .5, .3, early}, {30, 90, 1.4, .6, rising}, {90, 160, .5, .9, after}, {160, 300, 2.6, 1, height}, {300, 500, 1, 1, after}, {500, 1000, .25, 1, after}},
		[]moment{{3, "origin", "en"}, {55, "headline", "en"}, {155, "answer", "en"}, {170, "voice", "en"}},
	},
	// Everybody notices for themselves.
	"all at once": {
		[]act{{3, 30, 1.6, .9, early}, {30, 200, 1.8, 1, rising}, {200, 420, 1.2, 1, height}, {420, 800, .3, 1, after}},
		[]moment{{3, "origin", "en"}, {60, "answer", "en"}, {100, "headline", "en"}, {140, "voice", "en"}},
	},
}

// story is the course of a case.
func (c Case) story() story {
	if c.original() {
		return story{acts, moments}
	}
	return courses[c.course]
}
