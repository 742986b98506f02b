package reply

import (
	"context"
	"errors"

	"breakwater/desk"
)

// Ingredient is something true that an answer can be made of: a fact of the ledger, or the correction of a claim.
type Ingredient struct {
	Name   string `json:"name"` // F3, C2
	Text   string `json:"text"`
	FactID int64  `json:"fact_id,string"`
	Source string `json:"source,omitempty"` // who or what it comes from
	Link   string `json:"link,omitempty"`   // to it
}

// Ingredients are the facts of the conversation's crisis that are in force (what was withdrawn is not offered, and the outbox holds answers
// that rest on it), with their sources, and the corrections of the claims that it is about: to be said in one's
// own words. A claim brings its own crisis along, but an answer rests on facts of the conversation's alone. For viewers.
func (q *Queue) Ingredients(ctx context.Context, c *desk.Conversation) (all []Ingredient, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	incident := c.IncidentID
	for _, id := range c.Claims {
		claim, err := q.Store.Claim(ctx, id)
		if errors.Is(err, desk.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if incident == 0 {
			incident = claim.IncidentID
		}
		if claim.Correction != "" {
			all = append(all, Ingredient{Name: claim.Name(), Text: claim.Correction})
		}
	}
	if incident == 0 {
		return all, nil
	}
	facts, err := q.Store.Facts(ctx, incident)
	for _, f := range facts {
		if f.State != desk.FactConfirmed {
			continue
		}
		one := Ingredient{Name: f.Name(), Text: f.Text, Source: f.Source, Link: f.Link}
		if c.IncidentID != 0 {
			one.FactID = f.ID
		}
		all = append(all, one)
	}
	return all, err
}
