package web

import (
	"context"
	"net/http"
	"time"

	"breakwater/assess"
	"breakwater/desk"
)

func (c *Console) assessRoutes() []route {
	return []route{
		{"GET /incidents/{id}/facts", desk.Viewer, c.factList},
		{"POST /incidents/{id}/facts", desk.Responder, c.factAdd},
		{"POST /facts/{id}", desk.Lead, c.factSave},
		{"GET /incidents/{id}/claims", desk.Viewer, c.claimList},
		{"POST /incidents/{id}/claims", desk.Responder, c.claimAdd},
		{"GET /incidents/{id}/claims.jsonld", desk.Viewer, c.claimReviews},
		{"GET /claims/{id}", desk.Viewer, c.claimShow},
		{"POST /claims/{id}", desk.Responder, c.claimSave},
		{"POST /claims/{id}/link", desk.Responder, c.claimLink},
		{"POST /claims/{id}/sitting", desk.Responder, c.claimSit},
		{"GET /incidents/{id}/evidence", desk.Viewer, c.evidenceList},
		{"POST /incidents/{id}/evidence", desk.Responder, c.evidenceKeep},
		{"POST /incidents/{id}/evidence/bundle", desk.Responder, c.evidenceBundle},
		{"GET /evidence/{id}/{file}", desk.Viewer, c.evidenceFile},
		{"POST /evidence/{id}", desk.Lead, c.evidenceChange},
		{"GET /incidents/{id}/advice", desk.Viewer, c.adviceShow},
		{"POST /incidents/{id}/advice", desk.Responder, c.adviceSave},
		{"GET /incidents/{id}/brief", desk.Viewer, c.briefShow},
		{"GET /incidents/{id}/brief/{format}", desk.Viewer, c.briefFile},
	}
}

// situation is what the room's left column shows of the assessment.
type situation struct {
	Incident desk.Incident
	Facts    []desk.Fact // the newest that are confirmed or being checked
	Counts   [3]int      // of facts: confirmed, unconfirmed, withdrawn
	Claims   []desk.Claim
	Zone     *time.Location
}

// factsInRoom is how many facts the room shows: what fits beside the timeline.
const factsInRoom = 6

func (c *Console) situation(ctx context.Context, v *visit, i desk.Incident) (situation, error) {
	s := situation{Incident: i, Zone: zone(v.brand)}
	facts, err := c.Assess.Facts.List(ctx, i.ID)
	if err != nil {
		return s, err
	}
	s.take(facts)
	s.Claims, err = c.Assess.Claims.List(ctx, i.ID)
	return s, err
}

// take counts the facts and keeps those that the room shows.
func (s *situation) take(facts []desk.Fact) {
	for k := len(facts) - 1; k >= 0; k-- {
		f := facts[k]
		switch f.State {
		case desk.FactConfirmed:
			s.Counts[0]++
		case desk.FactUnconfirmed:
			s.Counts[1]++
		default:
			s.Counts[2]++
			continue
		}
		if len(s.Facts) < factsInRoom {
			s.Facts = append(s.Facts, f)
		}
	}
}

// assessNav leads through the pages of an incident's assessment.
type assessNav struct {
	Incident desk.Incident
	Here     string
}

// Tabs are the pages of the assessment.
func (n assessNav) Tabs() []choice {
	return []choice{{"facts", desk.Say("Facts")}, {"claims", desk.Say("Claims")}, {"evidence", desk.Say("Evidence")}, {"advice", desk.Say("Advice")}, {"brief", desk.Say("Brief")}}
}

// factsPage is the ledger of an incident's facts.
type factsPage struct {
	Frame
	Nav    assessNav
	Facts  []factView
	Fresh  factForm // of the fact to add
	Counts [3]int
}

// factView is a fact with what rests on it, and the form that changes it.
type factView struct {
	assess.Cited
	Zone *time.Location
	Form factForm
}

// factForm is a fact as a form has it.
type factForm struct {
	desk.Fact
	Clock  string // At in the brand's zone
	States []choice
	Bad    bool // it was sent, and something is wrong with it
	Page   *Frame
}

// Wrong is what is wrong with a field of this form; the page has several.
func (f factForm) Wrong(field string) desk.Text {
	if !f.Bad {
		return desk.Text{}
	}
	return f.Page.Wrong(field)
}

func (p *factsPage) form(f desk.Fact, zone *time.Location) factForm {
	form := factForm{Fact: f, States: named("fact", desk.FactStates...), Page: &p.Frame}
	if f.ID == 0 {
		form.States = form.States[:2] // nobody writes down what was wrong
	}
	if !f.At.IsZero() {
		form.Clock = f.At.In(zone).Format(clockForm)
	}
	return form
}

// refused is the form again, as it was sent.
func (p *factsPage) refused(f desk.Fact, zone *time.Location) factForm {
	form := p.form(f, zone)
	form.Bad = true
	return form
}

func (c *Console) factList(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	p, err := c.factsPage(r, id)
	if err != nil {
		return err
	}
	return c.render(w, r, "assess/facts", p)
}

func (c *Console) factsPage(r *http.Request, id int64) (*factsPage, error) {
	ctx, z := r.Context(), zone(visitOf(r).brand)
	i, err := c.Rooms.One(ctx, id)
	if err != nil {
		return nil, err
	}
	facts, err := c.Assess.Facts.List(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &factsPage{Frame: Frame{Area: "room"}, Nav: assessNav{i, "facts"}}
	p.Fresh = p.form(desk.Fact{State: desk.FactUnconfirmed, At: time.Now()}, z)
	var s situation
	s.take(facts)
	p.Counts = s.Counts
	for _, f := range facts {
		one, err := c.Assess.Facts.One(ctx, f.ID)
		if err != nil {
			return nil, err
		}
		p.Facts = append(p.Facts, factView{one, z, p.form(f, z)})
	}
	return p, nil
}

// factOf reads a fact from a form.
func factOf(r *http.Request) desk.Fact {
	at, _ := time.ParseInLocation(clockForm, r.PostFormValue("at"), zone(visitOf(r).brand)) // what cannot be read leaves the time as it is
	return desk.Fact{Text: r.PostFormValue("text"), State: r.PostFormValue("state"), Source: r.PostFormValue("source"), Link: r.PostFormValue("link"),
		At: at, CheckedBy: r.PostFormValue("checked_by"), Why: r.PostFormValue("why"), Version: int(number(r.PostFormValue("version")))}
}

func (c *Console) factAdd(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	f := factOf(r)
	_, err = c.Assess.Facts.Add(r.Context(), id, f)
	if err == nil {
		return seeOther(w, r, "/incidents/"+itoa(id)+"/facts", "saved")
	}
	if invalids(err) == nil {
		return err
	}
	p, perr := c.factsPage(r, id)
	if perr != nil {
		return perr
	}
	p.Fresh = p.refused(f, zone(visitOf(r).brand))
	return c.again(w, r, "assess/facts", p, err)
}

func (c *Console) factSave(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	f := factOf(r)
	f.ID = id
	kept, err := c.Assess.Facts.Save(r.Context(), f)
	if err == nil {
		return seeOther(w, r, "/incidents/"+itoa(kept.IncidentID)+"/facts", factDone(kept))
	}
	if invalids(err) == nil {
		return err
	}
	was, werr := c.Assess.Facts.One(r.Context(), id)
	if werr != nil {
		return werr
	}
	p, perr := c.factsPage(r, was.IncidentID)
	if perr != nil {
		return perr
	}
	for i := range p.Facts {
		if p.Facts[i].ID == id {
			p.Facts[i].Form = p.refused(f, zone(visitOf(r).brand))
		}
	}
	return c.again(w, r, "assess/facts", p, err)
}

// factDone names what happened: texts that rest on the fact have steps now.
func factDone(e assess.Cited) string {
	if len(e.Citing) > 0 {
		return "shaken"
	}
	return "saved"
}
