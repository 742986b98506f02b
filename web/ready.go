package web

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/plan"
)

func (c *Console) readyRoutes() []route {
	return []route{
		{"GET /readiness", desk.Viewer, c.readyShow},
		{"POST /guide", desk.Lead, c.guideSet},
		{"GET /policies", desk.Viewer, c.policyList},
		{"GET /policies/new", desk.Lead, c.policyNew},
		{"GET /policies/{id}", desk.Viewer, c.policyShow},
		{"POST /policies/{id}", desk.Lead, c.policySave},
		{"POST /policies/{id}/read", desk.Viewer, c.policyRead},
		{"GET /committee", desk.Viewer, c.meetingList},
		{"POST /committee/renew", desk.Lead, c.meetingRenew},
		{"POST /committee/{id}", desk.Lead, c.meetingSave},
		{"POST /committee/{id}/delete", desk.Lead, c.meetingDelete},
		{"GET /committee/feed/{key}", 0, c.meetingFeed},
	}
}

// readyPage is how ready the team is, each thing with the page that mends it.
type readyPage struct {
	Frame
	Items []plan.Need
	First *guideView  // what the desk cannot act without
	Rest  []plan.Need // what keeps the team ready
	Well  int
}

func newReadyPage(items []plan.Need) *readyPage {
	p := &readyPage{Items: items, First: newGuide(items)}
	for _, i := range items {
		if !i.First() {
			p.Rest = append(p.Rest, i)
		}
		if i.State == plan.Good {
			p.Well++
		}
	}
	return p
}

func (c *Console) readyShow(w http.ResponseWriter, r *http.Request) error {
	items, err := c.Ready.Look(r.Context(), visitOf(r).brand.ID, time.Now().UTC())
	if err != nil {
		return err
	}
	return c.render(w, r, "plans/ready", newReadyPage(items))
}

// policiesPage lists what staff confirm to have read.
type policiesPage struct {
	Frame
	Policies []policyRow
	Starters []choice // kinds that there is no policy of yet, with a text to begin with
	Pager    pagerView
}

// policyRow is a policy of the list, with whether this reader read it.
type policyRow struct {
	desk.Policy
	Unread bool
	Read   int // people who read the current edition
	All    int
}

const policiesShown = 30

func (c *Console) policyList(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	all, err := c.Policies.List(ctx, v.brand.ID, desk.Paging{Before: number(r.URL.Query().Get("before")), Limit: policiesShown + 1})
	if err != nil {
		return err
	}
	p := &policiesPage{}
	all, p.Pager = pieceOf(r, all, policiesShown, func(p desk.Policy) int64 { return p.ID })
	for _, one := range all {
		readers, err := c.Policies.Readers(ctx, one.ID)
		if err != nil {
			return err
		}
		p.Policies = append(p.Policies, newPolicyRow(one, readers, v.user.ID))
	}
	p.Starters = startersBeside(p.Policies)
	return c.render(w, r, "plans/policies", p)
}

func newPolicyRow(one desk.Policy, readers []plan.Reader, me int64) policyRow {
	row := policyRow{Policy: one, All: len(readers)}
	for _, r := range readers {
		if !r.At.IsZero() {
			row.Read++
		} else if r.UserID == me && !one.Retired {
			row.Unread = true
		}
	}
	return row
}

// policyPage shows one policy, takes the confirmation, and lets leads change it.
type policyPage struct {
	Frame
	Policy  desk.Policy
	Shown   desk.PolicyEdition
	Readers []plan.Reader
	Me      int64
	Mine    time.Time // when this reader read the current edition
	Kinds   []choice
	Review  string
	Text    string // in the form
	Note    string
}

func newPolicyPage(one desk.Policy, readers []plan.Reader, me int64) *policyPage {
	p := &policyPage{Policy: one, Shown: one.Current(), Readers: readers, Me: me, Kinds: named("policy", desk.PolicyKinds...), Text: one.Current().Text}
	for _, r := range readers {
		if r.UserID == me {
			p.Mine = r.At
		}
	}
	if !one.Review.IsZero() {
		p.Review = one.Review.Format(time.DateOnly)
	}
	return p
}

// Paragraphs are the words of the edition that is shown.
func (p *policyPage) Paragraphs() []string {
	return strings.FieldsFunc(strings.ReplaceAll(p.Shown.Text, "\n\n", "\x00"), func(r rune) bool { return r == 0 })
}

func (c *Console) policyNew(w http.ResponseWriter, r *http.Request) error {
	speak, begin := visitOf(r).speak, starters[0]
	for _, s := range starters {
		if s.kind == r.URL.Query().Get("kind") {
			begin = s
		}
	}
	p := newPolicyPage(desk.Policy{Kind: begin.kind, Name: speak.Text(begin.name), Review: time.Now().AddDate(1, 0, 0)}, nil, 0)
	p.Text = begin.words(speak)
	return c.render(w, r, "plans/policy", p)
}

func (c *Console) policyShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.policyPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "plans/policy", p)
}

func (c *Console) policyPage(r *http.Request) (*policyPage, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	one, err := c.Policies.One(ctx, id)
	if err != nil {
		return nil, err
	}
	readers, err := c.Policies.Readers(ctx, id)
	if err != nil {
		return nil, err
	}
	p := newPolicyPage(one, readers, visitOf(r).user.ID)
	for _, e := range one.Editions {
		if int64(e.Edition) == number(r.URL.Query().Get("edition")) {
			p.Shown = e
		}
	}
	return p, nil
}

func (c *Console) policySave(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	in := desk.Policy{BrandID: v.brand.ID, Kind: r.PostFormValue("kind"), Name: r.PostFormValue("name"), Retired: r.PostFormValue("retired") != "", Version: int(number(r.PostFormValue("version")))}
	in.Review, _ = time.Parse(time.DateOnly, r.PostFormValue("review")) // what cannot be read is none
	if r.PathValue("id") != "new" {
		id, err := pathID(r)
		if err != nil {
			return err
		}
		in.ID = id
	}
	text, note := r.PostFormValue("text"), r.PostFormValue("note")
	saved, err := c.Policies.Save(r.Context(), in, text, note)
	if err != nil {
		p := newPolicyPage(in, nil, 0)
		p.Text, p.Note = text, note
		return c.again(w, r, "plans/policy", p, err)
	}
	return seeOther(w, r, "/policies/"+itoa(saved.ID), "saved")
}

func (c *Console) policyRead(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Policies.Confirm(r.Context(), id, int(number(r.PostFormValue("edition")))); err != nil {
		return err
	}
	return seeOther(w, r, "/policies/"+itoa(id), "saved")
}

// committeePage is when the crisis committee meets, and the address that puts it into calendars.
type committeePage struct {
	Frame
	Meetings []desk.Meeting
	Dates    []plan.Date
	Feed     string
	Meeting  desk.Meeting // in the form
	At       string
	Repeats  []choice
}

// How far the page looks ahead, and how many dates it shows.
const (
	datesAhead = 366 * 24 * time.Hour
	datesShown = 12
)

func (c *Console) meetingList(w http.ResponseWriter, r *http.Request) error {
	p, err := c.committeePage(r, number(r.URL.Query().Get("change")))
	if err != nil {
		return err
	}
	return c.render(w, r, "plans/committee", p)
}

func (c *Console) committeePage(r *http.Request, change int64) (*committeePage, error) {
	ctx, v := r.Context(), visitOf(r)
	all, err := c.Committee.List(ctx, v.brand.ID)
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC()
	dates, err := c.Committee.Dates(ctx, v.brand.ID, now, now.Add(datesAhead))
	if err != nil {
		return nil, err
	}
	key, err := c.Committee.Key(ctx, v.brand.ID)
	if err != nil {
		return nil, err
	}
	scheme := "http://"
	if c.Secure {
		scheme = "https://"
	}
	z := zone(v.brand)
	next := now.In(z).AddDate(0, 0, 7)
	form := desk.Meeting{Name: v.speak.T("Crisis committee"), Minutes: 45, Repeat: "quarter", At: time.Date(next.Year(), next.Month(), next.Day(), 10, 0, 0, 0, z)}
	for _, m := range all {
		if m.ID == change {
			form = m
		}
	}
	return newCommitteePage(all, dates, scheme+r.Host+"/committee/feed/"+key.Reveal()+".ics", form, z), nil
}

func newCommitteePage(all []desk.Meeting, dates []plan.Date, feed string, form desk.Meeting, z *time.Location) *committeePage {
	p := &committeePage{Meetings: all, Dates: dates[:min(len(dates), datesShown)], Feed: feed, Meeting: form, Repeats: named("repeat", desk.Repeats...)}
	if !form.At.IsZero() {
		p.At = form.At.In(z).Format(clockForm)
	}
	return p
}

func (c *Console) meetingSave(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	in := desk.Meeting{BrandID: v.brand.ID, Name: r.PostFormValue("name"), Minutes: int(number(r.PostFormValue("minutes"))), Place: r.PostFormValue("place"),
		Agenda: r.PostFormValue("agenda"), Repeat: r.PostFormValue("repeat"), Version: int(number(r.PostFormValue("version")))}
	if r.PathValue("id") != "new" {
		id, err := pathID(r)
		if err != nil {
			return err
		}
		in.ID = id
	}
	in.At, _ = time.ParseInLocation(clockForm, r.PostFormValue("at"), zone(v.brand)) // what cannot be read is zero, and refused as such
	if _, err := c.Committee.Save(r.Context(), in); err != nil {
		p, perr := c.committeePage(r, 0)
		if perr != nil {
			return perr
		}
		p.Meeting, p.At = in, r.PostFormValue("at")
		return c.again(w, r, "plans/committee", p, err)
	}
	return seeOther(w, r, "/committee", "saved")
}

func (c *Console) meetingDelete(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Committee.Delete(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/committee", "deleted")
}

func (c *Console) meetingRenew(w http.ResponseWriter, r *http.Request) error {
	if _, err := c.Committee.Renew(r.Context(), visitOf(r).brand.ID); err != nil {
		return err
	}
	return seeOther(w, r, "/committee", "saved")
}

// meetingFeed is for calendar programs, which cannot sign in: who knows the address may read it.
func (c *Console) meetingFeed(w http.ResponseWriter, r *http.Request) error {
	key, ok := strings.CutSuffix(r.PathValue("key"), ".ics")
	if !ok {
		return desk.ErrNotFound
	}
	var b bytes.Buffer
	if err := c.Committee.Calendar(r.Context(), key, time.Now().UTC(), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	w.Header().Set("Referrer-Policy", "no-referrer")
	_, err := b.WriteTo(w)
	return err
}
