package desk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// What hangs on somebody.
const (
	TieSession   = "session"   // a browser that is signed in
	TieToken     = "token"     // a key to the API
	TieFactors   = "factors"   // passkeys, one-time codes, PIN, password
	TieWay       = "way"       // how alerts reach them: mail, pushes to their telephone
	TieGrants    = "grants"    // what they may do in brands
	TieContact   = "contact"   // their entry among the contacts, which is no account's any more
	TieLayer     = "layer"     // turns on call
	TieOverride  = "override"  // a time on call that they took over
	TieStep      = "call"      // a step of an escalation policy that calls them
	TieRole      = "role"      // a role of the plan
	TieDeputy    = "deputy"    // they stand in for a role of the plan
	TieSignature = "signature" // a statement that waits for them
	TieTask      = "task"      // an open task in a room
	TieLead      = "lead"      // a room that they lead
	TiePromise   = "promise"   // a time that they promised
	TieExchange  = "exchange"  // the open conversations of a brand that they look after
	TieRule      = "rule"      // a rule that gives them what comes in
)

// Tie is one thing that hangs on somebody who leaves.
type Tie struct {
	Kind    string `json:"kind"`
	On      string `json:"on"` // names it within the desk: "schedule:3/layer:0"
	Name    string `json:"name"`
	BrandID int64  `json:"brand_id,string,omitempty"`
	Ends    bool   `json:"ends"`                  // it ends with them; otherwise somebody is to take it
	Heir    int64  `json:"heir,string,omitempty"` // who takes it; 0: nobody
}

// Handover says what becomes of what hangs on somebody: an heir for each thing by Tie.On, else for all of them.
type Handover struct {
	User  User
	Heirs map[string]int64 // 0: nobody
	Rest  int64            // who takes what Heirs does not name; 0: the deputy where there is one, else nobody
	At    time.Time
	Names map[int64]string // of those who take something
}

// heir is who takes a thing, and whether somebody was named.
func (h *Handover) heir(on string, deputy int64) int64 {
	if id, ok := h.Heirs[on]; ok {
		return id
	}
	if deputy != 0 && deputy != h.User.ID {
		return deputy
	}
	return h.Rest
}

// HandOver takes somebody out of a schedule. A layer that nobody is left in goes.
func (s *Schedule) HandOver(h *Handover) (ties []Tie) {
	for i := range s.Layers {
		l := &s.Layers[i]
		if !slices.Contains(l.People, h.User.ID) {
			continue
		}
		t := Tie{Kind: TieLayer, On: fmt.Sprintf("schedule:%d/layer:%d", s.ID, i), Name: s.Name + " · " + l.Name, BrandID: s.BrandID}
		t.Heir = h.heir(t.On, 0)
		l.People = replaced(l.People, h.User.ID, t.Heir)
		ties = append(ties, t)
	}
	s.Layers = slices.DeleteFunc(s.Layers, func(l Layer) bool { return len(l.People) == 0 })
	for i := range s.Overrides {
		o := &s.Overrides[i]
		if o.UserID != h.User.ID || !o.To.After(h.At) {
			continue
		}
		t := Tie{Kind: TieOverride, On: fmt.Sprintf("schedule:%d/override:%d", s.ID, o.Number), Name: s.Name + " · " + o.From.Format(time.DateOnly), BrandID: s.BrandID}
		t.Heir = h.heir(t.On, 0)
		o.UserID = t.Heir
		ties = append(ties, t)
	}
	s.Overrides = slices.DeleteFunc(s.Overrides, func(o Override) bool { return o.UserID == 0 })
	return ties
}

// replaced puts the heir where somebody was, unless the heir has a turn already; 0 leaves nobody there.
func replaced(people []int64, who, heir int64) []int64 {
	var all []int64
	for _, p := range people {
		switch {
		case p != who:
			all = append(all, p)
		case heir != 0 && !slices.Contains(people, heir) && !slices.Contains(all, heir):
			all = append(all, heir)
		}
	}
	return all
}

// HandOver takes somebody out of an escalation policy. A step that would call nobody calls the leads.
func (p *EscalationPolicy) HandOver(h *Handover) (ties []Tie) {
	for i := range p.Steps {
		st := &p.Steps[i]
		is := func(c Callee) bool { return c.Kind == CalleePerson && c.ID == h.User.ID }
		k := slices.IndexFunc(st.To, is)
		if k < 0 {
			continue
		}
		t := Tie{Kind: TieStep, On: fmt.Sprintf("escalation-policy:%d/step:%d", p.ID, i), Name: fmt.Sprintf("%s · %d", p.Name, i+1), BrandID: p.BrandID}
		t.Heir = h.heir(t.On, 0)
		heir := Callee{Kind: CalleePerson, ID: t.Heir}
		st.To = slices.Clone(st.To)
		if t.Heir != 0 && !slices.Contains(st.To, heir) {
			st.To[k] = heir
		}
		if st.To = slices.DeleteFunc(st.To, is); len(st.To) == 0 {
			st.To = []Callee{{Kind: CalleeLeads}}
		}
		ties = append(ties, t)
	}
	return ties
}

// HandOver takes somebody out of a plan's roles: the deputy moves up, unless somebody else is named.
func (p *Plan) HandOver(h *Handover) (ties []Tie) {
	p.Roles = slices.Clone(p.Roles)
	for i := range p.Roles {
		r := &p.Roles[i]
		if r.UserID == h.User.ID {
			t := Tie{Kind: TieRole, On: fmt.Sprintf("plan:%d/role:%d", p.ID, i), Name: r.Name, BrandID: p.BrandID}
			t.Heir = h.heir(t.On, r.DeputyID)
			if r.UserID = t.Heir; r.UserID == r.DeputyID {
				r.DeputyID = 0
			}
			ties = append(ties, t)
		}
		if r.DeputyID == h.User.ID {
			t := Tie{Kind: TieDeputy, On: fmt.Sprintf("plan:%d/deputy:%d", p.ID, i), Name: r.Name, BrandID: p.BrandID}
			if t.Heir = h.heir(t.On, 0); t.Heir == r.UserID {
				t.Heir = 0
			}
			r.DeputyID = t.Heir
			ties = append(ties, t)
		}
	}
	return ties
}

// HandOver takes somebody's seat among those whose signatures a statement waits for; who has it now is asked at once.
func (s *Statement) HandOver(h *Handover) (ties []Tie) {
	if s.State != StatementReview {
		return nil
	}
	s.Needs = slices.Clone(s.Needs)
	for i := range s.Needs {
		n := &s.Needs[i]
		if n.Verdict != "" || n.UserID != h.User.ID && n.DeputyID != h.User.ID {
			continue
		}
		t := Tie{Kind: TieSignature, On: fmt.Sprintf("statement:%d/seat:%d", s.ID, i), Name: s.Title + " · " + n.Role, BrandID: s.BrandID}
		if n.UserID == h.User.ID {
			if t.Heir = h.heir(t.On, n.DeputyID); t.Heir != 0 && s.wroteIt(t.Heir) {
				t.Heir = 0
			}
			if n.UserID = t.Heir; n.DeputyID == t.Heir {
				n.DeputyID = 0
			}
			n.Asked = "" // the asking begins anew
		}
		if n.DeputyID == h.User.ID { // they only stood in
			if n.DeputyID, t.Ends = 0, n.UserID != 0; n.Asked == AskedDeputy {
				n.Asked = ""
			}
		}
		ties = append(ties, t)
	}
	if len(ties) > 0 {
		s.Escalate(h.At)
	}
	return ties
}

// HandOver hands over somebody's open tasks in a room, and its lead.
func (i *Incident) HandOver(h *Handover) (ties []Tie) {
	if i.State == IncidentClosed {
		return nil
	}
	i.Steps = slices.Clone(i.Steps)
	for k := range i.Steps {
		st := &i.Steps[k]
		if st.UserID != h.User.ID || st.Done() {
			continue
		}
		t := Tie{Kind: TieTask, On: fmt.Sprintf("incident:%d/step:%s", i.ID, st.ID), Name: i.Title + " · " + st.Do.English(), BrandID: i.BrandID}
		t.Heir = h.heir(t.On, 0)
		st.UserID, st.Owner, st.Deputy = t.Heir, h.Names[t.Heir], ""
		ties = append(ties, t)
	}
	if i.Lead == h.User.Name && i.Lead != "" {
		t := Tie{Kind: TieLead, On: fmt.Sprintf("incident:%d/lead", i.ID), Name: i.Title, BrandID: i.BrandID}
		t.Heir = h.heir(t.On, 0)
		i.Lead = h.Names[t.Heir]
		ties = append(ties, t)
	}
	return ties
}

// HandOver hands a promise over that is still to be kept.
func (p *Promise) HandOver(h *Handover) (ties []Tie) {
	if p.State != PromiseOpen || p.By != h.User.Name {
		return nil
	}
	t := Tie{Kind: TiePromise, On: fmt.Sprintf("promise:%d", p.ID), Name: p.Text, BrandID: p.BrandID}
	if t.Heir = h.heir(t.On, 0); t.Heir != 0 {
		p.By = h.Names[t.Heir]
	}
	return []Tie{t}
}

// HandOver takes somebody out of the rules that give them what comes in.
func (p *ReplyPolicy) HandOver(h *Handover) (ties []Tie) {
	p.Rules = slices.Clone(p.Rules)
	for i := range p.Rules {
		r := &p.Rules[i]
		if r.UserID != h.User.ID {
			continue
		}
		t := Tie{Kind: TieRule, On: fmt.Sprintf("reply-policy:%d/rule:%d", p.ID, i), Name: strconv.Itoa(i + 1), BrandID: p.BrandID}
		if r.Label != "" {
			t.Name += " · " + r.Label
		}
		t.Heir = h.heir(t.On, 0)
		r.UserID = t.Heir
		ties = append(ties, t)
	}
	return ties
}

// Exchanges are the n open conversations of a brand that somebody looks after: one tie with one heir, and without a word of whom they are
// with, which a journal that forgets nothing must not have.
func (h *Handover) Exchanges(brandID int64, n int) Tie {
	t := Tie{Kind: TieExchange, On: fmt.Sprintf("brand:%d/conversations", brandID), Name: strconv.Itoa(n), BrandID: brandID}
	t.Heir = h.heir(t.On, 0)
	return t
}

// ExchangeHandoverKind is the kind of the jobs of ExchangeHandover; their payload is the ExchangeHandover.
const ExchangeHandoverKind = "conversation.handover"

// ExchangeHandover are the open conversations of a brand that somebody who left looked after, on their way to an heir; Heir 0 is nobody.
type ExchangeHandover struct {
	UserID  int64  `json:"user,string"`
	Name    string `json:"name"` // of who left
	BrandID int64  `json:"brand,string"`
	Heir    int64  `json:"heir,string"`
}

// Job hands over what is left of them, some at a time.
func (h ExchangeHandover) Job() Job {
	b, err := json.Marshal(h)
	if err != nil {
		panic(err) // numbers and a name
	}
	return Job{Kind: ExchangeHandoverKind, Key: fmt.Sprintf("%d/%d", h.UserID, h.BrandID), Payload: string(b)}
}
