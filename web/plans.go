package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"breakwater/desk"
	"breakwater/plan"
)

func (c *Console) planRoutes() []route {
	return []route{
		{"GET /plans", desk.Viewer, c.planHome},
		{"GET /plans/compare", desk.Viewer, c.planCompare},
		{"GET /plans/names", desk.Lead, c.nameShow},
		{"POST /plans/names", desk.Lead, c.nameSave},
		{"GET /plans/{id}", desk.Viewer, c.planShow},
		{"GET /plans/{id}/export", desk.Viewer, c.planExport},
		{"POST /plans/draft", desk.Lead, c.planBegin},
		{"POST /plans/import", desk.Lead, c.planImport},
		{"GET /plans/{id}/edit", desk.Lead, c.planEdit},
		{"GET /plans/{id}/edit/{part}", desk.Lead, c.planPart},
		{"POST /plans/{id}/edit/{part}", desk.Lead, c.planPartSave},
		{"POST /plans/{id}/publish", desk.Lead, c.planPublish},
		{"POST /plans/{id}/discard", desk.Lead, c.planDiscard},
	}
}

// plansPage shows one edition of the plan; the current one with all the others beside it.
type plansPage struct {
	Frame
	Plan     desk.Plan
	People   map[int64]string
	Current  bool // the one that the brand runs by
	Draft    *desk.Plan
	Editions []desk.Plan
	Pager    pagerView
	Langs    []string // of the library
	InLang   string   // shown
}

const editionsShown = 20

// Named is the name of a person, by account or by the address that a file named.
func (p *plansPage) Named(id int64, mail string) string {
	if n := p.People[id]; n != "" {
		return n
	}
	return mail
}

// Texts are a message's texts in the language shown.
func (p *plansPage) Texts(m desk.Prepared) (texts []desk.PreparedFor) {
	for _, t := range m.Texts {
		if t.Lang == p.InLang {
			texts = append(texts, t)
		}
	}
	return texts
}

// ours is the plan as this reader sees it: the one that comes with the program in their own language.
func ours(p desk.Plan, r *http.Request) desk.Plan {
	if p.ID == 0 {
		brand := p.BrandID
		p = plan.Default(visitOf(r).speak.Tag())
		p.BrandID = brand
	}
	return p
}

func (c *Console) planHome(w http.ResponseWriter, r *http.Request) error {
	p, err := c.planHomePage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "plans/plan", p)
}

func (c *Console) planHomePage(r *http.Request) (*plansPage, error) {
	ctx, brand := r.Context(), visitOf(r).brand.ID
	current, err := c.Plans.Current(ctx, brand)
	if err != nil {
		return nil, err
	}
	p, err := c.plansPage(r, ours(current, r))
	if err != nil {
		return nil, err
	}
	p.Current = true
	if draft, ok, err := c.Plans.Waiting(ctx, brand); err != nil {
		return nil, err
	} else if ok {
		p.Draft = &draft
	}
	all, err := c.Plans.Editions(ctx, brand, desk.Paging{Before: number(r.URL.Query().Get("before")), Limit: editionsShown + 1})
	p.Editions, p.Pager = pieceOf(r, all, editionsShown, func(e desk.Plan) int64 { return e.ID })
	return p, err
}

func (c *Console) plansPage(r *http.Request, one desk.Plan) (*plansPage, error) {
	people, err := c.Plans.People(r.Context())
	if err != nil {
		return nil, err
	}
	return newPlansPage(one, people, r.URL.Query().Get("lang")), nil
}

func newPlansPage(one desk.Plan, people []desk.User, lang string) *plansPage {
	p := &plansPage{Plan: one, People: make(map[int64]string), InLang: one.Lang}
	for _, u := range people {
		p.People[u.ID] = u.Name
	}
	for _, m := range one.Library {
		for _, t := range m.Texts {
			if !slices.Contains(p.Langs, t.Lang) {
				p.Langs = append(p.Langs, t.Lang)
			}
		}
	}
	if slices.Contains(p.Langs, lang) {
		p.InLang = lang
	}
	return p
}

// edition is the plan that the address names; 0 is the one that comes with the program.
func (c *Console) edition(r *http.Request, name string) (desk.Plan, error) {
	if name == "0" {
		return ours(desk.Plan{}, r), nil
	}
	id := number(name)
	if id <= 0 {
		return desk.Plan{}, desk.ErrNotFound
	}
	return c.Plans.Edition(r.Context(), id)
}

func (c *Console) planShow(w http.ResponseWriter, r *http.Request) error {
	one, err := c.edition(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := c.plansPage(r, one)
	if err != nil {
		return err
	}
	return c.render(w, r, "plans/plan", p)
}

func (c *Console) planExport(w http.ResponseWriter, r *http.Request) error {
	one, err := c.edition(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="plan-`+itoa(int64(one.Edition))+`.yaml"`)
	return c.Plans.Export(r.Context(), one, w)
}

func (c *Console) planBegin(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	draft, err := c.Plans.Draft(r.Context(), v.brand.ID, v.speak.Tag())
	if err != nil {
		return err
	}
	return seeOther(w, r, "/plans/"+itoa(draft.ID)+"/edit", "")
}

// maxPlanFile bounds an uploaded plan, in bytes.
const maxPlanFile = 2 << 20

func (c *Console) planImport(w http.ResponseWriter, r *http.Request) error {
	f, _, err := upload(r, "file")
	var draft desk.Plan
	if err == nil {
		draft, err = c.Plans.Import(r.Context(), visitOf(r).brand.ID, f)
		err = errors.Join(err, f.Close())
	}
	if err == nil {
		return seeOther(w, r, "/plans/"+itoa(draft.ID)+"/edit", "saved")
	}
	if invalids(err) == nil {
		return err
	}
	p, perr := c.planHomePage(r)
	if perr != nil {
		return perr
	}
	return c.again(w, r, "plans/plan", p, err)
}

// comparePage shows two editions side by side.
type comparePage struct {
	Frame
	Was, Now    desk.Plan
	Differences []plan.Difference
	Editions    []choice
}

func (c *Console) planCompare(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	all, err := c.Plans.Editions(ctx, visitOf(r).brand.ID, desk.Paging{Limit: 100})
	if err != nil {
		return err
	}
	names := twoOf(all, r.URL.Query())
	was, err := c.edition(r, names[0])
	if err != nil {
		return err
	}
	now, err := c.edition(r, names[1])
	if err != nil {
		return err
	}
	p := &comparePage{Was: was, Now: now}
	people, err := c.Plans.People(ctx)
	if err != nil {
		return err
	}
	p.Differences = plan.Compare(&was, &now, func(id int64) string {
		for _, u := range people {
			if u.ID == id {
				return u.Name
			}
		}
		return itoa(id)
	})
	p.Editions = editionChoices(all)
	return c.render(w, r, "plans/compare", p)
}

// twoOf are the editions to compare: those that were asked for, else the newest with the one before it. 0 is the plan that comes with
// the program, which stands before all.
func twoOf(all []desk.Plan, q url.Values) (names [2]string) {
	newest := []string{"0", "0"}
	for i, p := range all[:min(len(all), 2)] {
		newest[1-i] = itoa(p.ID)
	}
	return [2]string{cmp.Or(q.Get("was"), newest[0]), cmp.Or(q.Get("now"), newest[1])}
}

// editionChoices offer editions to compare, the plan that comes with the program last.
func editionChoices(all []desk.Plan) []choice {
	var offered []choice
	for _, p := range all {
		label := desk.Say("Edition {edition}", "edition", p.Edition)
		if p.Draft() {
			label = desk.Say("Draft of edition {edition}", "edition", p.Edition)
		}
		offered = append(offered, choice{itoa(p.ID), label})
	}
	return append(offered, choice{"0", desk.Say("The plan that comes with the program")})
}

// draftPage leads through a draft: what to fill in, what still lacks, and on to publishing.
type draftPage struct {
	Frame
	Plan     desk.Plan
	Lacks    []lackView
	Parts    []partView
	Compare  string // address of the comparison with the current edition
	Note     string
	Accounts int // people who can have a role
}

// lackView is something that a draft lacks, with the part where it is mended.
type lackView struct {
	Where string
	Say   desk.Text
	Path  string
}

// partView is a part of the draft on the way to a plan.
type partView struct {
	Name, About desk.Text
	Path        string
	Count       int
	Done        bool
	Links       []partLink
}

// partLink leads to one of many things of a part.
type partLink struct{ Name, Path string }

func (c *Console) planEdit(w http.ResponseWriter, r *http.Request) error {
	p, err := c.draftPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "plans/draft", p)
}

func (c *Console) draftPage(r *http.Request) (*draftPage, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	one, err := c.Plans.Edition(ctx, id)
	if err != nil {
		return nil, err
	}
	if !one.Draft() {
		return nil, desk.ErrNotFound
	}
	people, err := c.Plans.People(ctx)
	if err != nil {
		return nil, err
	}
	current, err := c.Plans.Current(ctx, one.BrandID)
	if err != nil {
		return nil, err
	}
	return newDraftPage(one, current.ID, len(people)), nil
}

func newDraftPage(one desk.Plan, current int64, accounts int) *draftPage {
	at := "/plans/" + itoa(one.ID) + "/edit"
	p := &draftPage{Plan: one, Accounts: accounts, Compare: "/plans/compare?was=" + itoa(current) + "&now=" + itoa(one.ID)}
	for _, l := range plan.Lacks(&one) {
		p.Lacks = append(p.Lacks, lackView{l.Field, l.Reason, at + "/" + partOf(&one, l.Field)})
	}
	seats := 0
	for _, role := range one.Roles {
		if role.UserID != 0 {
			seats++
		}
	}
	p.Parts = []partView{
		{Name: desk.Say("Roles and people"), About: desk.Say("Who does what in a crisis, and who stands in. This is the one part that nobody can prepare for you."), Path: at + "/roles", Count: seats, Done: seats == len(one.Roles)},
		{Name: desk.Say("Channels in order"), About: desk.Say("Where you speak first, after the place where it started."), Path: at + "/channels", Count: len(one.Channels), Done: len(one.Channels) > 0},
		{Name: desk.Say("Levels and approvals"), About: desk.Say("The five levels: their signs, their clocks, and who signs."), Path: at + "/levels", Count: len(one.Levels), Done: len(one.Levels) == 5},
		{Name: desk.Say("Tasks of every crisis"), About: desk.Say("The first hours, whatever has happened."), Path: at + "/tasks", Count: len(one.Tasks), Done: len(one.Tasks) > 0},
		{Name: desk.Say("Scenarios"), About: desk.Say("Kinds of crisis with their signs, tasks and drafts. An incident starts on one of them."), Path: at + "/scenario-new", Count: len(one.Scenarios), Done: len(one.Scenarios) > 0},
		{Name: desk.Say("Message library"), About: desk.Say("Words that were approved beforehand, with blanks to fill."), Path: at + "/message-new", Count: len(one.Library), Done: len(one.Library) > 0},
		{Name: desk.Say("Who does what"), About: desk.Say("For each activity: responsible, accountable, consulted, informed."), Path: at + "/duties", Count: len(one.Duties), Done: len(one.Duties) > 0},
		{Name: desk.Say("Name and review"), About: desk.Say("What the plan is called, and by when somebody looks through it again."), Path: at + "/basics", Done: one.Name != ""},
	}
	for _, s := range one.Scenarios {
		p.Parts[4].Links = append(p.Parts[4].Links, partLink{s.Name, at + "/scenario-" + s.ID})
	}
	for _, m := range one.Library {
		p.Parts[5].Links = append(p.Parts[5].Links, partLink{m.Name, at + "/message-" + m.ID})
	}
	return p
}

// partOf is the part of the editor that a field of the plan belongs to.
func partOf(p *desk.Plan, field string) string {
	part, rest, many := strings.Cut(field, "[")
	index, _, _ := strings.Cut(rest, "]")
	n := int(number(index))
	switch {
	case many && part == "scenarios" && n < len(p.Scenarios):
		return "scenario-" + p.Scenarios[n].ID
	case many && part == "library" && n < len(p.Library):
		return "message-" + p.Library[n].ID
	case slices.Contains([]string{"roles", "levels", "tasks", "duties", "channels"}, part):
		return part
	}
	return "basics"
}

func (c *Console) planPublish(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	note := r.PostFormValue("note")
	if _, err := c.Plans.Publish(r.Context(), id, int(number(r.PostFormValue("version"))), note); err != nil {
		if invalids(err) == nil {
			return err
		}
		p, perr := c.draftPage(r)
		if perr != nil {
			return perr
		}
		p.Note = note
		return c.again(w, r, "plans/draft", p, err)
	}
	return seeOther(w, r, "/plans", "published")
}

func (c *Console) planDiscard(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Plans.Discard(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/plans", "deleted")
}
