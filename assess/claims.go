package assess

import (
	"context"
	"slices"
	"time"

	"breakwater/desk"
)

// ClaimStore is what claims need of storage.
type ClaimStore interface {
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Mention(ctx context.Context, id int64) (desk.Mention, error)
	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
	Facts(ctx context.Context, incidentID int64) ([]desk.Fact, error)
	Claims(ctx context.Context, incidentID int64) ([]desk.Claim, error)
	Claim(ctx context.Context, id int64) (desk.Claim, error)
	ChangeClaim(ctx context.Context, id int64, act desk.Act, change func(*desk.Claim, *desk.Out) error) (desk.Claim, error)
	ClaimLinks(ctx context.Context, claimID int64) ([]desk.Link, error)
	ClaimsOf(ctx context.Context, mentionID int64) ([]desk.Claim, error)
	LinkClaim(ctx context.Context, claimID int64, mentionIDs []int64, makes, forget bool, act desk.Act, out desk.Out) error
	ClaimSpread(ctx context.Context, claimID int64, a desk.Ask) (desk.Spread, error)
}

// Claims tracks what is asserted in public about an incident. Everyone reads, responders write down and link, leads give verdicts.
type Claims struct{ Store ClaimStore }

// List gives the claims of an incident by number.
func (c *Claims) List(ctx context.Context, incidentID int64) ([]desk.Claim, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return c.Store.Claims(ctx, incidentID)
}

// One is one claim. desk.ErrNotFound.
func (c *Claims) One(ctx context.Context, id int64) (desk.Claim, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Claim{}, err
	}
	return c.Store.Claim(ctx, id)
}

// Of lists the claims that people said a mention makes.
func (c *Claims) Of(ctx context.Context, mentionID int64) ([]desk.Claim, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return c.Store.ClaimsOf(ctx, mentionID)
}

// Add writes down a claim; without a verdict it is being checked. first are mentions that make it. *desk.Invalid. For responders;
// a verdict takes a lead.
func (c *Claims) Add(ctx context.Context, claim desk.Claim, first ...int64) (desk.Claim, error) {
	if err := desk.Need(ctx, least(&claim)); err != nil {
		return claim, err
	}
	i, err := c.open(ctx, claim.IncidentID)
	if err != nil {
		return claim, err
	}
	act := desk.ActOf(ctx, "claim.add", "")
	kept, err := c.Store.ChangeClaim(ctx, 0, act, func(now *desk.Claim, out *desk.Out) error {
		now.BrandID, now.IncidentID, now.Added = i.BrandID, i.ID, act.At
		assert(now, claim, act)
		if err := c.check(ctx, now); err != nil {
			return err
		}
		out.IncidentID, out.Say = i.ID, desk.Say("{name} wrote down a claim: {text}", "name", act.Name, "text", now.Text)
		return nil
	})
	if err != nil || len(first) == 0 {
		return kept, err
	}
	return kept, c.Link(ctx, kept.ID, first, true)
}

// least is the role that what is said about a claim takes.
func least(c *desk.Claim) desk.Role {
	if c.Decided() {
		return desk.Lead
	}
	return desk.Responder
}

// open is an incident that is still worked on.
func (c *Claims) open(ctx context.Context, id int64) (desk.Incident, error) {
	i, err := c.Store.Incident(ctx, id)
	if err == nil && i.State == desk.IncidentClosed {
		err = desk.ErrInvalidTransition
	}
	return i, err
}

// check also looks whether the facts that it names are of the incident.
func (c *Claims) check(ctx context.Context, claim *desk.Claim) error {
	if err := claim.Check(); err != nil || len(claim.Facts) == 0 {
		return err
	}
	facts, err := c.Store.Facts(ctx, claim.IncidentID)
	if err != nil {
		return err
	}
	for _, id := range claim.Facts {
		if !slices.ContainsFunc(facts, func(f desk.Fact) bool { return f.ID == id && f.State == desk.FactConfirmed }) {
			return desk.Wrong("facts", "Name confirmed facts of this incident.")
		}
	}
	return nil
}

// Save changes a claim: its words, verdict, evidence, correction. A version other than the stored one is desk.ErrConflict; 0 is
// not checked. *desk.Invalid; desk.ErrNotFound. For responders while it is being checked; verdicts are for leads.
func (c *Claims) Save(ctx context.Context, claim desk.Claim) (desk.Claim, error) {
	was, err := c.One(ctx, claim.ID)
	if err != nil {
		return claim, err
	}
	if err := desk.Need(ctx, max(least(&was), least(&claim))); err != nil {
		return claim, err
	}
	act := desk.ActOf(ctx, "claim.save", "")
	return c.Store.ChangeClaim(ctx, claim.ID, act, func(now *desk.Claim, out *desk.Out) error {
		if claim.Version != 0 && claim.Version != now.Version || least(now) > least(&was) {
			return desk.ErrConflict
		}
		before := *now
		assert(now, claim, act)
		if err := c.check(ctx, now); err != nil {
			return err
		}
		out.IncidentID, out.Detail = now.IncidentID, map[string]desk.Claim{"was": before, "is": *now}
		out.Say = desk.Say("{name} changed {claim}: {text}", "name", act.Name, "claim", now.Name(), "text", now.Text)
		if now.Verdict != before.Verdict {
			out.Say = desk.Say("{claim} is {verdict}, says {name}: {text}", "claim", now.Name(), "verdict", name("verdict", now.Verdict), "name", act.Name, "text", now.Text)
		}
		return nil
	})
}

// assert puts what somebody says into the claim.
func assert(now *desk.Claim, c desk.Claim, act desk.Act) {
	if c.Verdict == "" {
		c.Verdict = desk.ClaimChecking
	}
	switch {
	case !c.Decided():
		now.CheckedBy, now.CheckedAt = "", time.Time{}
	case c.Verdict != now.Verdict:
		now.CheckedBy, now.CheckedAt = act.Name, act.At
	}
	now.Text, now.Lang, now.Verdict, now.Evidence, now.Links, now.Facts, now.Correction, now.Words = c.Text, c.Lang, c.Verdict, c.Evidence, c.Links, c.Facts, c.Correction, c.Words
}

// mostLinks is how many mentions are linked at once.
const mostLinks = 200

// Link says that mentions make a claim, or that they do not; it stands until somebody says otherwise. For responders.
func (c *Claims) Link(ctx context.Context, id int64, mentions []int64, makes bool) error {
	say := "{name} said of {n} mentions that they make {claim}."
	if !makes {
		say = "{name} said of {n} mentions that they do not make {claim}."
	}
	return c.link(ctx, id, mentions, makes, false, say)
}

// Unlink takes back what was said about mentions. For responders.
func (c *Claims) Unlink(ctx context.Context, id int64, mentions []int64) error {
	return c.link(ctx, id, mentions, false, true, "{name} took back what was said of {n} mentions and {claim}.")
}

func (c *Claims) link(ctx context.Context, id int64, mentions []int64, makes, forget bool, say string) error {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return err
	}
	if len(mentions) == 0 || len(mentions) > mostLinks {
		return desk.Wrong("mentions", "Choose between one and {n} mentions.", "n", mostLinks)
	}
	claim, err := c.Store.Claim(ctx, id)
	if err != nil {
		return err
	}
	act := desk.ActOf(ctx, "claim.link", "")
	out := desk.Out{IncidentID: claim.IncidentID, Detail: map[string]any{"mentions": desk.IDs(mentions), "makes": makes, "forget": forget},
		Say: desk.Say(say, "name", act.Name, "n", len(mentions), "claim", claim.Name())}
	return c.Store.LinkClaim(ctx, id, mentions, makes, forget, act, out)
}

// Track is a claim with how far it has got and who makes it.
type Track struct {
	desk.Claim
	Spread desk.Spread   `json:"spread"`
	Makers []LinkMention `json:"makers"` // mentions that people confirmed, newest first; at most makersShown
	Apart  []LinkMention `json:"apart"`  // that people said do not make it
}

// LinkMention is a mention with what was said about it.
type LinkMention struct {
	desk.Link
	Mention desk.Mention `json:"mention"` // zero ID when it was removed since
}

// makersShown is how many confirmed mentions are read whole.
const makersShown = 100

// Track gives a claim with its spread. desk.ErrNotFound.
func (c *Claims) Track(ctx context.Context, id int64) (Track, error) {
	claim, err := c.One(ctx, id)
	t := Track{Claim: claim, Makers: []LinkMention{}, Apart: []LinkMention{}}
	if err != nil {
		return t, err
	}
	a, err := c.ask(ctx, claim.IncidentID)
	if err != nil {
		return t, err
	}
	a.Step = pace(a.To.Sub(a.From))
	if t.Spread, err = c.Store.ClaimSpread(ctx, id, a); err != nil {
		return t, err
	}
	links, err := c.Store.ClaimLinks(ctx, id)
	if err != nil {
		return t, err
	}
	for _, l := range links {
		list := &t.Apart
		if l.Makes {
			list = &t.Makers
		}
		if len(*list) >= makersShown {
			continue
		}
		m, err := c.Store.Mention(ctx, l.MentionID)
		if err != nil {
			m = desk.Mention{} // retention removed it: what was said about it stays
		}
		*list = append(*list, LinkMention{l, m})
	}
	return t, nil
}

// ahead is how long before an incident began a claim may have been made.
const ahead = 14 * 24 * time.Hour

// ask is where the claims of an incident are looked for.
func (c *Claims) ask(ctx context.Context, incidentID int64) (desk.Ask, error) {
	i, err := c.Store.Incident(ctx, incidentID)
	if err != nil {
		return desk.Ask{}, err
	}
	to := time.Now().UTC()
	return desk.Ask{BrandID: i.BrandID, Monitors: i.Monitors, From: i.Began.Add(-ahead), To: to.Add(time.Minute)}, nil
}

// pace is the step of the points of a span: a chart of some hundred columns.
func pace(span time.Duration) time.Duration {
	for _, step := range []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour} {
		if span/step <= 400 {
			return step
		}
	}
	return 24 * time.Hour
}
