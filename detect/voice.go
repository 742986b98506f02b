package detect

import (
	"time"

	"breakwater/desk"
)

// voice tells of one negative post by somebody whom very many follow.
//
// How it can be wrong in a quiet year: a large account complains about everything, every day (what is usual for this monitor
// raises the bar); followers can be bought; a joke is read as anger.
var voice = Detector{
	Name: "voice",
	Help: "One negative post by somebody whom very many follow.",
	Look: lookVoice,
}

// voiceFor is how long one such post is told.
const voiceFor = time.Hour

// bar is the number of followers from which a negative voice is news.
func (w Window) bar() int {
	k := w.knobs()
	if w.Usual != nil {
		return max(k.reach, w.Usual.Voice)
	}
	return k.reach
}

func lookVoice(w Window) (desk.Signal, bool) {
	var far *desk.Mention
	for i := range w.Top {
		m := &w.Top[i]
		if m.Mood < 0 && !m.Own && !m.Late && m.Author.Followers >= w.bar() && w.Now.Sub(m.Published) < voiceFor &&
			(far == nil || m.Author.Followers > far.Author.Followers) {
			far = m
		}
	}
	if far == nil {
		return desk.Signal{}, false
	}
	level := desk.Watch
	if far.Author.Followers >= 10*w.bar() {
		level = desk.Issue
	}
	s := w.signal(float64(far.Author.Followers)/float64(w.bar()), level,
		desk.Say("{who}, whom {n} people follow, writes about {monitor}, and not kindly.", "who", nameOf(far.Author), "n", far.Author.Followers, "monitor", w.about("")),
		desk.Say("Voice: a negative post by somebody with at least {n} followers.", "n", w.bar()))
	s.Detector, s.Trigger = "voice", far.ID
	s.Evidence.Observed, s.Evidence.High = float64(far.Author.Followers), float64(w.bar())
	s.Evidence.Window, s.Evidence.Since = int(voiceFor/time.Minute), far.Published
	return s, true
}

func nameOf(a desk.Author) string {
	if a.Handle != "" {
		return "@" + a.Handle
	}
	return a.Name
}
