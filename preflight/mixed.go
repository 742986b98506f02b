package preflight

import (
	"context"
	"strings"

	"breakwater/desk"
)

// bothAtOnce flags words that deny and are sorry: in one text, or one language saying sorry while another denies. People read all of
// them, and believe neither.
func bothAtOnce(_ context.Context, j *job) ([]desk.Finding, error) {
	if j.Tone == nil {
		return nil, nil
	}
	found := func(say desk.Text) ([]desk.Finding, error) {
		return []desk.Finding{{Weight: desk.FindingWarn, Say: say, Fix: desk.Say("Choose one: if it is not true, say so with proof; if it is, say sorry.")}}, nil
	}
	sorry, denies := j.Tone(j.Variant.Lang, words(j.Variant))
	if sorry && denies {
		return found(desk.Say("It denies and is sorry at once. People believe neither."))
	}
	for _, v := range j.Statement.Variants {
		if v.ID == j.Variant.ID {
			continue
		}
		itSorry, itDenies := j.Tone(v.Lang, words(v))
		switch {
		case sorry && itDenies:
			return found(desk.Say("This text is sorry, and the one for {variant} denies. People believe neither.", "variant", spokenAs(v)))
		case denies && itSorry:
			return found(desk.Say("This text denies, and the one for {variant} is sorry. People believe neither.", "variant", spokenAs(v)))
		}
	}
	return nil, nil
}

// words are all that a variant says.
func words(v desk.Variant) string { return v.Title + "\n" + v.Text }

// spokenAs is what people call a variant.
func spokenAs(v desk.Variant) string {
	if v.Kind == "" {
		return strings.TrimSpace(v.ID + " " + v.Lang)
	}
	return v.Kind + " " + v.Lang
}
