package preflight

import (
	"context"
	"time"

	"breakwater/desk"
)

// topicText is how people read the name of a subject.
func topicText(topic string) any {
	switch topic {
	case "religion":
		return desk.Say("religion")
	case "politics":
		return desk.Say("politics")
	case "sex":
		return desk.Say("sex")
	case "violence":
		return desk.Say("violence")
	case "tragedy":
		return desk.Say("tragedy")
	case "sensitive":
		return desk.Say("a sensitive subject")
	}
	return topic
}

// sensitive asks for a second pair of eyes on subjects that have ended badly for brands.
func sensitive(_ context.Context, j *job) (all []desk.Finding, _ error) {
	f, err := guarded(j.Variant.Lang, j.guard)
	if err != nil {
		return nil, err
	}
	told := map[string]bool{}
	tell := func(s sighting, text string, inText bool) {
		if told[s.topic] || len(all) >= maxOfAKind {
			return
		}
		told[s.topic] = true
		x := desk.Finding{Weight: desk.FindingSecond, Fix: desk.Say("Let somebody else look at it, or leave it out."),
			Say: desk.Say("This speaks of {topic} (“{words}”). It needs a second opinion.", "topic", topicText(s.topic), "words", cut(text, s))}
		if inText {
			x.From, x.To = s.from, s.to
		}
		all = append(all, x)
	}
	for _, s := range f.find(j.Variant.Text) {
		tell(s, j.Variant.Text, true)
	}
	for _, s := range f.find(j.Variant.Title) {
		tell(s, j.Variant.Title, false)
	}
	for _, m := range j.Variant.Media {
		for _, s := range f.find(m.Alt) {
			tell(s, m.Alt, false)
		}
	}
	return all, nil
}

func cut(text string, s sighting) string {
	if s.from < s.to {
		return text[s.from:s.to]
	}
	return s.text
}

// moment looks at what goes on while an ordinary post would go out: an alert, a topic that speaks of death, a hold's reason.
func moment(ctx context.Context, j *job) (all []desk.Finding, _ error) {
	if j.Statement.IncidentID != 0 || j.Statement.Kind != "" && j.Statement.Kind != "ordinary" || j.Due.After(time.Now().Add(24*time.Hour)) {
		return nil, nil // it is about the crisis, or for another day
	}
	alerts, err := j.Store.Alerts(ctx, desk.AlertFilter{BrandID: j.Statement.BrandID, Live: true, Paging: desk.Paging{Limit: 20}})
	if err != nil {
		return nil, err
	}
	for _, a := range alerts {
		if a.Level >= 2 {
			all = append(all, desk.Finding{Weight: desk.FindingSecond, Say: desk.Say("Something is going on: {why}", "why", a.Title), Fix: desk.Say("Ask whether this is the moment for it.")})
			break
		}
	}
	topics, err := j.Store.Topics(ctx, desk.TopicFilter{BrandID: j.Statement.BrandID, Live: true, Limit: 50})
	if err != nil {
		return all, err
	}
	for _, t := range topics {
		f, err := newFinder(list(sensitiveText, t.Lang, j.guard.Quiet))
		if err != nil {
			return all, err
		}
		for _, s := range f.find(t.Name) {
			if s.topic == "tragedy" || s.topic == "violence" {
				return append(all, desk.Finding{Weight: desk.FindingSecond, Say: desk.Say("People speak of {topic} at this moment: “{name}”.", "topic", topicText(s.topic), "name", t.Name),
					Fix: desk.Say("Ask whether this is the moment for it.")}), nil
			}
		}
	}
	return all, nil
}
