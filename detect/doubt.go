package detect

import (
	"math"

	"breakwater/desk"
)

// doubted is what a signal's doubts are worked out from.
type doubted struct {
	signal   desk.Signal
	seen     Minute         // over the signal's window
	share    float64        // of negatives that is usual, 0 … 1; 0 not known
	posts    []desk.Mention // newest
	networks []desk.Share
}

// doubts say what would have to be true for a signal to be no alert, in numbers: who reads it knows what to look at first.
func (d doubted) doubts() (all []desk.Text) {
	for _, doubt := range []func() desk.Text{d.fewer, d.copies, d.oneMouth, d.misread, d.occasion, d.oneNetwork} {
		if t := doubt(); !t.IsZero() {
			all = append(all, t)
		}
	}
	return all
}

func (d doubted) counts() bool { return d.signal.Detector == "surge" || d.signal.Detector == "topic" }

// fewer is how far the volume is from what is usual.
func (d doubted) fewer() desk.Text {
	n := int(math.Ceil(d.signal.Evidence.Observed - d.signal.Evidence.High))
	if !d.counts() || n <= 0 || d.signal.Evidence.High <= 0 {
		return desk.Text{}
	}
	return desk.Say("With {n} mentions fewer it would be within what is usual here.", "n", n)
}

// copies is what remains when copies count for nothing.
func (d doubted) copies() desk.Text {
	e, n := d.signal.Evidence, float64(d.seen.Copies)
	if !d.counts() || n < 3 || n < 0.1*float64(d.seen.Count) {
		return desk.Text{}
	}
	rest := float64(d.seen.Count) - n
	with := []any{"n", int(n), "rest", int(rest), "high", rounded(e.High)}
	if rest <= e.High {
		return desk.Say("If these {n} posts are one person's copies, {rest} remain, and that is usual: then it is no alert.", with...)
	}
	return desk.Say("If these {n} posts are one person's copies, {rest} remain: still more than the usual {high}.", with...)
}

// oneMouth is the author who speaks most.
func (d doubted) oneMouth() desk.Text {
	count := make(map[string]int)
	most, who := 0, desk.Author{}
	for i := range d.posts {
		key := d.posts[i].Network + " " + d.posts[i].Author.Handle
		if count[key]++; count[key] > most {
			most, who = count[key], d.posts[i].Author
		}
	}
	if most < 4 || float64(most) < 0.2*float64(len(d.posts)) {
		return desk.Text{}
	}
	return desk.Say("{who} alone wrote {n} of the newest {total} posts: without them this may be nothing.", "who", nameOf(who), "n", most, "total", len(d.posts))
}

// misread is how many posts the sentiment would have to be wrong about.
func (d doubted) misread() desk.Text {
	e := d.signal.Evidence
	n := int(math.Ceil(e.Observed - e.High))
	if d.signal.Detector != "mood" || n <= 0 {
		return desk.Text{}
	}
	return desk.Say("If {n} of the {negative} negative posts are meant as a joke or were read wrongly, the mood is usual.", "n", n, "negative", int(e.Observed))
}

// occasion is what was known beforehand, or could have been.
func (d doubted) occasion() desk.Text {
	e := d.signal.Evidence
	switch {
	case e.Occasion != "" && d.signal.Level > desk.Watch:
		return desk.Say("{occasion} explains the volume, but not the mood.", "occasion", e.Occasion)
	case e.Occasion != "":
		return desk.Say("If {occasion} is not the reason, so many mentions are unusual.", "occasion", e.Occasion)
	case d.counts() && d.seen.Positive >= d.seen.Negative:
		return desk.Say("If a campaign or an event of today is the reason, this was to be expected. Enter it under Occasions, and the desk knows.")
	}
	return desk.Text{}
}

// oneNetwork is where all of it comes from.
func (d doubted) oneNetwork() desk.Text {
	if !d.counts() || len(d.networks) == 0 || d.seen.Count < 20 {
		return desk.Text{}
	}
	total := 0
	for _, n := range d.networks {
		total += n.Count
	}
	if top := d.networks[0]; float64(top.Count) >= 0.95*float64(total) {
		return desk.Say("Nearly all of it comes from one network: robots there, or a fault of that source, would look the same.")
	}
	return desk.Text{}
}
