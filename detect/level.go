package detect

import "breakwater/desk"

// surgeLevel proposes a response level for a surge, after the scheme of PRACTICE: a rise is a watch; a clear rise that is also
// more negative than usual an issue; a large one on several networks, twice as negative as usual, a crisis. What is friendly
// is a watch at most. The fourth level, danger to people, is for cues and for people to say.
func (w Window) surgeLevel(r risen) desk.Level {
	n := float64(r.seen.Count)
	negative := float64(r.seen.Negative)
	usual := 0.15 // share that is assumed while nothing is known
	if w.Usual != nil {
		usual = w.Usual.Share
	}
	times := n / max(r.usual.Expected, 1)
	share := negative / max(n, 1)
	switch {
	case negative < 5 || r.seen.Positive > 2*r.seen.Negative:
		return desk.Watch
	case share >= max(2*usual, 0.4) && negative >= 20 && times >= 5 && w.networks() >= 2:
		return desk.Crisis
	case share >= max(1.5*usual, 0.3) && times >= 3:
		return desk.Issue
	}
	return desk.Watch
}

// networks is how many networks the negative posts of the last hour come from.
func (w Window) networks() int {
	seen := make(map[string]struct{})
	for i := range w.Posts {
		if w.Posts[i].Mood < 0 {
			seen[w.Posts[i].Network] = struct{}{}
		}
	}
	return len(seen)
}
