package staff

import (
	"context"
	"strings"

	"breakwater/desk"
)

// Draft is a new briefing about an incident in a language, not kept yet: what happened from the confirmed facts, what we do from the
// plan's library with its blanks for people to fill, what may be said from what was approved already, else from the library. For
// responders.
func (b *Briefings) Draft(ctx context.Context, incidentID int64, lang string) (desk.Briefing, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Briefing{}, err
	}
	i, err := b.store.Incident(ctx, incidentID)
	if err != nil {
		return desk.Briefing{}, err
	}
	out := desk.Briefing{BrandID: i.BrandID, IncidentID: i.ID, DrillID: i.DrillID, Remind: RemindAfter}
	facts, err := b.store.Facts(ctx, incidentID)
	if err != nil {
		return out, err
	}
	plan, err := b.Plan(ctx, i.BrandID)
	if err != nil {
		return out, err
	}
	text := b.empty(lang)
	text.Title = i.Title
	var known []string
	for _, f := range facts {
		if f.State == desk.FactConfirmed {
			known, out.Facts = append(known, f.Text), append(out.Facts, f.ID)
		}
	}
	text.Happened, text.Doing = strings.Join(known, "\n"), prepared(&plan, i.Scenario, "update", lang)
	if text.MaySay, err = b.said(ctx, i, &plan, lang); err != nil {
		return out, err
	}
	out.Texts = []desk.BriefingText{text}
	return out, nil
}

// RemindAfter is after how many hours those who did not read are reminded, unless somebody chooses another time.
const RemindAfter = 4

// Blank is a briefing outside a crisis to begin with, in a language.
func (b *Briefings) Blank(brandID int64, lang string) desk.Briefing {
	return desk.Briefing{BrandID: brandID, Remind: RemindAfter, Texts: []desk.BriefingText{b.empty(lang)}}
}

// empty is a text with the parts that are the same every time.
func (b *Briefings) empty(lang string) desk.BriefingText {
	var not []string
	for _, t := range mayNot {
		not = append(not, b.Speak(lang, t))
	}
	return desk.BriefingText{Lang: lang, MayNot: strings.Join(not, "\n"), Questions: b.Speak(lang, questions)}
}

var mayNot = []desk.Text{
	desk.Say("Do not guess at causes, numbers or whose fault it is."),
	desk.Say("Name nobody who is concerned, and pass on no pictures or internal messages."),
	desk.Say("Do not argue with strangers about it, not even to defend us."),
}

var questions = desk.Say("Ask on this page: somebody answers, and all read the answer. Pass on journalists to the press office, and do not answer them yourself.")

// said is what was approved to be said about the incident already, else what the plan prepared to be said first.
func (b *Briefings) said(ctx context.Context, i desk.Incident, plan *desk.Plan, lang string) (string, error) {
	for _, state := range []string{desk.StatementPublished, desk.StatementApproved} {
		all, err := b.store.Statements(ctx, i.BrandID, i.ID, state, desk.Paging{})
		if err != nil {
			return "", err
		}
		for _, s := range all {
			for _, v := range s.Variants {
				if v.Lang == lang && s.Kind != "ordinary" && s.Kind != "reply" {
					return v.Text, nil
				}
			}
		}
	}
	return prepared(plan, i.Scenario, "holding", lang), nil
}

// prepared is the library's text of a kind: that of the scenario where it has one.
func prepared(plan *desk.Plan, scenario, kind, lang string) string {
	s, _ := plan.Scenario(scenario)
	for _, id := range s.Drafts {
		if m, ok := plan.Prepared(id); ok && m.Kind == kind {
			if t, ok := m.For("", lang, kind == "update"); ok {
				return strings.TrimSpace(t.Text)
			}
		}
	}
	for _, m := range plan.Library {
		if t, ok := m.For("", lang, kind == "update"); ok && m.Kind == kind {
			return strings.TrimSpace(t.Text)
		}
	}
	return ""
}
