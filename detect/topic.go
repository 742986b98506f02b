package detect

import (
	"breakwater/desk"
	"breakwater/detect/series"
)

// topic tells of one topic with more negatives than it usually brings and than as many mentions carry, even where the whole
// conversation hides it; what the whole shows counts with it (series.Anger). All topics of a monitor are held against the hottest
// that it ever had, so that many topics do not mean many alerts.
//
// How it can be wrong in a quiet year: a serial, a match or a politician that many write about and that the brand is tagged
// with; a game of words. How often: docs/detectors.md.
var topic = Detector{
	Name: "topic",
	Help: "One topic in which the negatives surge.",
	Look: lookTopic,
}

func lookTopic(w Window) (desk.Signal, bool) {
	bar := series.AngerStart * w.knobs().bar
	best := -1
	for i, v := range w.judged.topics {
		if v.Value >= bar && (best < 0 || v.Value > w.judged.topics[best].Value) {
			best = i
		}
	}
	if !w.known || best < 0 {
		return desk.Signal{}, false
	}
	v, about := w.judged.topics[best], w.judged.Topics[best]
	minutes := v.Buckets * series.Bucket / 60
	s := w.signal(v.Value/bar, desk.Issue,
		desk.Say("Negative mentions of {monitor} about {topic} in {minutes} minutes: {n}, usually {usual}.",
			"n", int(v.Observed), "monitor", w.about(about.Name), "minutes", minutes, "topic", about.Name, "usual", rounded(v.Expected)),
		desk.Say("Topic: its negatives held against its own past and its share; {sensitivity}.", "sensitivity", w.sensitivity()))
	s.Detector, s.Evidence.Every, s.Evidence.Topic = "topic", every(v.Rare), about.Name
	s.Evidence.TopicID = about.Topic
	s.Evidence.Observed, s.Evidence.Expected, s.Evidence.High = v.Observed, v.Expected, w.high(v.Expected)
	s.Evidence.Window, s.Evidence.Since = minutes, w.since(negatives, w.judged.Usual)
	return s, true
}
