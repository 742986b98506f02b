package detect

import (
	"math"

	"breakwater/desk"
)

// cue tells of serious matters that several people bring up at once: calls for a boycott, danger, illness, a data leak and the
// like, more often than this monitor's own background of such words.
//
// How it can be wrong in a quiet year: words of danger fire in jokes, games and sport, so it wants several people and negative
// or neutral posts, never copies; a brand whose business is danger (an insurer, a hospital) has a high background, which is
// learned. It misses what is said in words that no list has.
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

const cueMinutes = 60

func lookCue(w Window) (best desk.Signal, found bool) {
	k := w.knobs()
	counts := w.cues()
	for typ, c := range counts {
		m, serious := matters[typ]
		if !serious || c.people < k.people {
			continue
		}
		usual := 0.0
		if w.Usual != nil {
			usual = w.Usual.Cues[typ] * float64(len(w.Posts))
		}
		// As many as three standard deviations of counting above usual, and at least three times as many.
		need := max(float64(k.people), 3*usual, usual+3*math.Sqrt(usual))
		if float64(c.people) < need {
			continue
		}
		level := m.level
		if c.people < 3*k.people { // few people: look before you call it a crisis
			level = min(level, desk.Issue)
		}
		s := w.signal(float64(c.people)/need, level, desk.Say(m.why, "n", c.people, "monitor", w.Monitor.Name),
			desk.Say("Cue: at least {n} people within the hour, and clearly more than usual here.", "n", int(math.Ceil(need))))
		s.Detector, s.Trigger = "cue", c.newest
		s.Evidence.Observed, s.Evidence.Expected, s.Evidence.High = float64(c.people), usual, need
		s.Evidence.Window, s.Evidence.Mentions = cueMinutes, c.ids
		if !found || s.Level > best.Level || s.Level == best.Level && s.Strength > best.Strength || s.Level == best.Level && s.Strength == best.Strength && s.Why.Say < best.Why.Say {
			best, found = s, true
		}
	}
	return best, found
}

// brought is who brings a matter up.
type brought struct {
	people int
	newest int64
	ids    []int64 // at most maxExamples, newest first
}

// cues counts the people behind each type of cue in what is not friendly, not a copy and not ours.
func (w Window) cues() map[string]*brought {
	all := make(map[string]*brought)
	seen := make(map[[2]string]struct{})
	for i := range w.Posts {
		m := &w.Posts[i]
		if m.Mood > 0 || m.Own || m.IsCopy() || !m.Deleted.IsZero() {
			continue
		}
		for _, typ := range m.Cues {
			who := [2]string{typ, m.Network + " " + m.Author.Handle}
			if _, again := seen[who]; again {
				continue
			}
			seen[who] = struct{}{}
			if all[typ] == nil {
				all[typ] = &brought{newest: m.ID}
			}
			b := all[typ]
			b.people++
			if len(b.ids) < maxExamples {
				b.ids = append(b.ids, m.ID)
			}
		}
	}
	return all
}
