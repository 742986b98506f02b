package assess

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"breakwater/desk"
)

// AdviserStore is what the adviser needs of storage.
type AdviserStore interface {
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	Appraisal(ctx context.Context, incidentID int64) (desk.Appraisal, error)
	ChangeAppraisal(ctx context.Context, incidentID int64, act desk.Act, change func(*desk.Appraisal, *desk.Out) error) (desk.Appraisal, error)
}

// Adviser suggests how to classify an incident, how to answer, and at which level; people decide.
type Adviser struct {
	Store   AdviserStore
	Painter *Painter
}

// Counsel is all that the adviser says about an incident.
type Counsel struct {
	Incident  desk.Incident  `json:"incident"`
	Appraisal desk.Appraisal `json:"appraisal"` // what people said
	Guess     Guess          `json:"guess"`     // what the mentions suggest
	Advice    Advice         `json:"advice"`
	Level     LevelAdvice    `json:"level"`
	Picture   Picture        `json:"picture"`
}

// Guess is a classification read from what the mentions speak of. Why is zero when they speak of nothing that is known.
type Guess struct {
	Category string    `json:"category"`
	Side     string    `json:"side"`
	Affected []string  `json:"affected"`
	Teams    []string  `json:"teams"`
	Why      desk.Text `json:"why,omitzero"`
}

// kinds say what a type of crisis cue suggests. Teams are roles of the default plan.
var kinds = map[string]Guess{
	"boycott":             {Category: "external", Side: "external", Affected: []string{"customers", "public"}, Teams: []string{"Communications lead", "Social media lead"}},
	"safety_injury":       {Category: "product", Side: "internal", Affected: []string{"customers", "families", "authorities"}, Teams: []string{"Crisis lead", "Legal", "Customer care"}},
	"food_illness":        {Category: "product", Side: "internal", Affected: []string{"customers", "families", "authorities", "shops"}, Teams: []string{"Crisis lead", "Legal", "Customer care"}},
	"data_breach":         {Category: "security", Side: "external", Affected: []string{"customers", "authorities"}, Teams: []string{"Crisis lead", "Legal", "Customer care"}},
	"outage":              {Category: "service", Side: "internal", Affected: []string{"customers", "partners"}, Teams: []string{"Customer care", "Social media lead"}},
	"discrimination":      {Category: "policy", Side: "internal", Affected: []string{"customers", "staff", "public"}, Teams: []string{"Communications lead", "Staff and internal communication", "Legal"}},
	"legal_regulatory":    {Category: "external", Side: "external", Affected: []string{"authorities", "investors"}, Teams: []string{"Legal", "Executive"}},
	"fraud_deception":     {Category: "policy", Side: "internal", Affected: []string{"customers", "authorities"}, Teams: []string{"Legal", "Customer care"}},
	"labour":              {Category: "employee", Side: "internal", Affected: []string{"staff", "families"}, Teams: []string{"Staff and internal communication", "Executive"}},
	"environment_animals": {Category: "external", Side: "external", Affected: []string{"neighbours", "authorities", "public"}, Teams: []string{"Communications lead", "Legal"}},
	"leadership_scandal":  {Category: "internal", Side: "internal", Affected: []string{"staff", "investors", "public"}, Teams: []string{"Executive", "Legal", "Communications lead"}},
	"geopolitics":         {Category: "external", Side: "external", Affected: []string{"customers", "staff", "public"}, Teams: []string{"Communications lead", "Executive"}},
	"violence_threat":     {Category: "external", Side: "external", Affected: []string{"staff", "customers", "authorities"}, Teams: []string{"Crisis lead", "Staff and internal communication"}},
	"misinformation":      {Category: "misinformation", Side: "external", Affected: []string{"customers", "media", "public"}, Teams: []string{"Communications lead", "Social media lead"}},
	"service_rage":        {Category: "service", Side: "internal", Affected: []string{"customers"}, Teams: []string{"Customer care", "Social media lead"}},
}

// guess reads the type that most mentions speak of.
func guess(p *Picture) Guess {
	var known []desk.Share
	for _, c := range p.Cues {
		if _, ok := kinds[c.Name]; ok {
			known = append(known, c)
		}
	}
	if len(known) == 0 {
		return Guess{}
	}
	top := slices.MaxFunc(known, func(a, b desk.Share) int { return cmp.Compare(a.Count, b.Count) })
	g := kinds[top.Name]
	g.Why = desk.Say("{n} mentions speak of it more than of anything else.", "n", top.Count)
	return g
}

// Counsel gives all that the adviser says about an incident. desk.ErrNotFound.
func (v *Adviser) Counsel(ctx context.Context, incidentID int64) (Counsel, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return Counsel{}, err
	}
	i, err := v.Store.Incident(ctx, incidentID)
	if err != nil {
		return Counsel{}, err
	}
	a, err := v.Store.Appraisal(ctx, incidentID)
	if err != nil {
		return Counsel{}, err
	}
	p := v.Painter.Picture(ctx, i)
	return counsel(i, a, p), ctx.Err()
}

// Unfit warns of a statement whose strategy does not fit how its crisis is classified, with the reason.
func (v *Adviser) Unfit(ctx context.Context, s desk.Statement) ([]desk.Finding, error) {
	if s.IncidentID == 0 || s.Strategy == "" {
		return nil, nil
	}
	a, err := v.Store.Appraisal(ctx, s.IncidentID)
	if err != nil {
		return nil, fmt.Errorf("read how incident %d is classified: %w", s.IncidentID, err)
	}
	for _, o := range Advise(a).Unfit {
		if o.Strategy == s.Strategy {
			return []desk.Finding{{
				Check: "strategy", Weight: desk.FindingWarn,
				Say: desk.Say("This strategy does not fit the crisis: {why}", "why", o.Why),
				Fix: desk.Say("See on the advice page of the room what fits, or classify the crisis anew."),
			}}, nil
		}
	}
	return nil, nil
}

func counsel(i desk.Incident, a desk.Appraisal, p Picture) Counsel {
	return Counsel{Incident: i, Appraisal: a, Guess: guess(&p), Advice: Advise(a), Level: Suggest(p, a), Picture: p}
}

// Decide keeps how people classify an incident. A version other than the stored one is desk.ErrConflict; 0 is not checked. For
// responders.
func (v *Adviser) Decide(ctx context.Context, a desk.Appraisal) (desk.Appraisal, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return a, err
	}
	if err := a.Check(); err != nil {
		return a, err
	}
	i, err := v.Store.Incident(ctx, a.IncidentID)
	if err != nil {
		return a, err
	}
	if i.State == desk.IncidentClosed {
		return a, desk.ErrInvalidTransition
	}
	act := desk.ActOf(ctx, "appraisal.save", "")
	return v.Store.ChangeAppraisal(ctx, i.ID, act, func(now *desk.Appraisal, out *desk.Out) error {
		if a.Version != 0 && a.Version != now.Version {
			return desk.ErrConflict
		}
		id, version, was := now.ID, now.Version, *now
		*now = a
		now.ID, now.Version, now.BrandID, now.IncidentID, now.By, now.At = id, version, i.BrandID, i.ID, act.Name, act.At
		out.IncidentID, out.Say = i.ID, desk.Say("{name} classified the incident.", "name", act.Name)
		out.Detail = map[string]desk.Appraisal{"was": was, "is": *now}
		return nil
	})
}
