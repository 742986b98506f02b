package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
)

func (c *Console) contactRoutes() []route {
	return []route{
		{"GET /contacts", desk.Responder, c.contactList},
		{"GET /contacts/new", desk.Lead, c.contactNew},
		{"GET /contacts/import", desk.Lead, c.contactBook},
		{"POST /contacts/import", desk.Lead, c.contactImport},
		{"POST /contacts/export.vcf", desk.Lead, c.contactExport},
		{"POST /contacts/export.csv", desk.Lead, c.contactExport},
		{"POST /contacts/rules", desk.Admin, c.contactRules},
		{"GET /contacts/{id}", desk.Responder, c.contactShow},
		{"GET /contacts/{id}/edit", desk.Responder, c.contactEdit},
		{"POST /contacts/{id}", desk.Responder, c.contactSave},
		{"POST /contacts/{id}/confirm", desk.Responder, c.contactConfirm},
		{"POST /contacts/{id}/ask", desk.Lead, c.contactAsk},
		{"POST /contacts/{id}/decide", desk.Lead, c.contactDecide},
		{"POST /contacts/{id}/delete", desk.Lead, c.contactDelete},
		{"GET /reach/{link}", 0, c.reachShow},
		{"POST /reach/{link}", 0, c.reachAnswer},
	}
}

// contactsPage is the phone book: found by a few letters, called with one tap.
type contactsPage struct {
	Frame
	Words                            string // in the search
	Kind, Department, State          string
	Kinds, Departments, ContactState []choice
	Counts                           desk.ContactCounts
	Contacts                         []contactView
	Pager                            pagerView
	Days                             int // between two checks
}

// contactView is a contact as lists show it.
type contactView struct {
	desk.Contact
	Call, Write *desk.ContactWay // the first number and the first address
}

func newContactView(c desk.Contact) contactView {
	v := contactView{Contact: c}
	for i := range c.Ways {
		w := &c.Ways[i]
		switch {
		case v.Call == nil && (w.Kind == desk.ReachPhone || w.Kind == desk.ReachMobile):
			v.Call = w
		case v.Write == nil && w.Kind == desk.ReachEmail:
			v.Write = w
		}
	}
	return v
}

const contactsShown = 50

func (c *Console) contactList(w http.ResponseWriter, r *http.Request) error {
	ctx, q, v := r.Context(), r.URL.Query(), visitOf(r)
	p := &contactsPage{Words: q.Get("q"), Kind: q.Get("kind"), Department: q.Get("department"), State: q.Get("state"), Kinds: named("contactkind", desk.ContactKinds...),
		ContactState: named("contactstate", desk.ContactStates...)}
	page := int(max(number(q.Get("page")), 1))
	all, err := c.Contacts.List(ctx, desk.ContactFilter{BrandID: v.brand.ID, Find: p.Words, Kind: p.Kind, Department: p.Department, State: p.State,
		Skip: (page - 1) * contactsShown, Limit: contactsShown + 1})
	if err != nil {
		return err
	}
	if page > 1 {
		p.Pager.First = with(r, "page", "")
	}
	if len(all) > contactsShown {
		all, p.Pager.Next = all[:contactsShown], with(r, "page", itoa(int64(page+1)))
	}
	for _, one := range all {
		p.Contacts = append(p.Contacts, newContactView(one))
	}
	if p.Counts, err = c.Contacts.Counts(ctx, v.brand.ID, time.Now().UTC()); err != nil {
		return err
	}
	departments, err := c.Contacts.Departments(ctx, v.brand.ID, "")
	if err != nil {
		return err
	}
	for _, d := range departments {
		p.Departments = append(p.Departments, choice{d, own(d)})
	}
	rules, err := c.Contacts.Rules(ctx)
	p.Days = rules.Days
	if err != nil {
		return err
	}
	return c.render(w, r, "contacts/contacts", p)
}

// contactPage is one contact: its ways to be tapped first, then who stands in, then the rest.
type contactPage struct {
	Frame
	Contact  desk.Contact
	Deputies []contactView
	Account  string // name of the user that it is
	Stale    bool
}

func (c *Console) contactShow(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	one, err := c.contactOf(r)
	if err != nil {
		return err
	}
	p := &contactPage{Contact: one}
	deputies, err := c.Contacts.Deputies(ctx, one)
	if err != nil {
		return err
	}
	for _, d := range deputies {
		p.Deputies = append(p.Deputies, newContactView(d))
	}
	if p.Stale, err = c.Contacts.Stale(ctx, one); err != nil {
		return err
	}
	users, err := c.Plans.People(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		if u.ID == one.UserID {
			p.Account = u.Name
		}
	}
	return c.render(w, r, "contacts/contact", p)
}

func (c *Console) contactOf(r *http.Request) (desk.Contact, error) {
	id, err := pathID(r)
	if err != nil {
		return desk.Contact{}, err
	}
	return c.Contacts.One(r.Context(), id)
}

// contactForm makes or changes a contact.
type contactForm struct {
	Frame
	Contact         desk.Contact
	Ways            []wayRow
	Kinds, Langs    []choice
	Users, Scope    []choice
	WayKinds        []choice
	Roles           []roleBox
	DepartmentsUsed []string
	Deputies        string // names, one a line
}

// wayRow is a way in a form, with its place among the others.
type wayRow struct {
	desk.ContactWay
	Place int
}

// roleBox is a role of the plan to be ticked.
type roleBox struct {
	Name   string
	Chosen bool
}

// spareWays are the empty rows that a form offers.
const spareWays = 2

func wayRows(ways []desk.ContactWay) (rows []wayRow) {
	for i, w := range ways {
		rows = append(rows, wayRow{w, i + 1})
	}
	spare := []string{desk.ReachMobile, desk.ReachEmail}
	for i := range spareWays {
		kind := desk.ReachPhone
		if len(ways) == 0 {
			kind = spare[i]
		}
		rows = append(rows, wayRow{desk.ContactWay{Kind: kind}, len(rows) + 1})
	}
	return rows
}

// waysOf reads the ways of a form in the order of their places.
func waysOf(r *http.Request) []desk.ContactWay {
	var rows []wayRow
	kinds, values, notes, places := r.PostForm["way_kind"], r.PostForm["way_value"], r.PostForm["way_note"], r.PostForm["way_place"]
	for i := range min(len(kinds), len(values), len(notes)) {
		row := wayRow{desk.ContactWay{Kind: kinds[i], Value: values[i], Note: notes[i]}, i + 1}
		if i < len(places) {
			row.Place = int(number(places[i]))
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b wayRow) int { return cmp.Compare(a.Place, b.Place) })
	ways := make([]desk.ContactWay, len(rows))
	for i, row := range rows {
		ways[i] = row.ContactWay
	}
	return ways
}

func (c *Console) contactForm(r *http.Request, one desk.Contact) (*contactForm, error) {
	ctx, v := r.Context(), visitOf(r)
	plan, err := c.Plans.Current(ctx, v.brand.ID)
	if err != nil {
		return nil, err
	}
	users, err := c.Plans.People(ctx)
	if err != nil {
		return nil, err
	}
	p := newContactForm(one, plan.Roles, users)
	p.Scope = append(p.Scope, choice{"0", desk.Say("All brands")}, choice{itoa(v.brand.ID), own(v.brand.Name)})
	if p.DepartmentsUsed, err = c.Contacts.Departments(ctx, v.brand.ID, ""); err != nil {
		return nil, err
	}
	deputies, err := c.Contacts.Deputies(ctx, one)
	for _, d := range deputies {
		p.Deputies += d.Name + "\n"
	}
	return p, err
}

func newContactForm(one desk.Contact, roles []desk.PlanRole, users []desk.User) *contactForm {
	p := &contactForm{Contact: one, Ways: wayRows(one.Ways), Kinds: named("contactkind", desk.ContactKinds...), WayKinds: named("reach", desk.ReachKinds...),
		Langs: append([]choice{{"", desk.Say("Not known")}}, langChoices()[1:]...), Users: []choice{{"0", desk.Say("No account")}}}
	for _, u := range users {
		p.Users = append(p.Users, choice{itoa(u.ID), own(u.Name)})
	}
	for _, role := range roles {
		p.Roles = append(p.Roles, roleBox{role.Name, slices.Contains(one.Roles, role.Name)})
	}
	for _, name := range one.Roles {
		if !slices.ContainsFunc(p.Roles, func(b roleBox) bool { return b.Name == name }) {
			p.Roles = append(p.Roles, roleBox{name, true})
		}
	}
	return p
}

// Whole reports whether the reader changes everything, not the ways alone.
func (p *contactForm) Whole() bool { return p.May("lead") }

// Self reports whether the contact is the reader.
func (p *contactForm) Self() bool { return p.Contact.UserID != 0 && p.Contact.UserID == p.Who.UserID }

func (c *Console) contactNew(w http.ResponseWriter, r *http.Request) error {
	p, err := c.contactForm(r, desk.Contact{Kind: desk.ContactStaff, BrandID: visitOf(r).brand.ID})
	if err != nil {
		return err
	}
	return c.render(w, r, "contacts/edit", p)
}

func (c *Console) contactEdit(w http.ResponseWriter, r *http.Request) error {
	one, err := c.contactOf(r)
	if err != nil {
		return err
	}
	p, err := c.contactForm(r, one)
	if err != nil {
		return err
	}
	return c.render(w, r, "contacts/edit", p)
}

func (c *Console) contactSave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := r.ParseForm(); err != nil {
		return err
	}
	var was desk.Contact
	if r.PathValue("id") != "new" {
		var err error
		if was, err = c.contactOf(r); err != nil {
			return err
		}
	}
	in := contactIn(r, was)
	deputies, err := c.deputiesNamed(ctx, visitOf(r).brand.ID, r.PostFormValue("deputies"), was.ID)
	if err == nil {
		in.Deputies = deputies
		in, err = c.Contacts.Save(ctx, in)
	}
	if err != nil {
		p, ferr := c.contactForm(r, in)
		if ferr != nil {
			return ferr
		}
		p.Deputies = r.PostFormValue("deputies")
		return c.again(w, r, "contacts/edit", p, err)
	}
	return seeOther(w, r, "/contacts/"+itoa(in.ID), "saved")
}

// contactIn is the contact that a form makes of what was.
func contactIn(r *http.Request, was desk.Contact) desk.Contact {
	f := r.PostFormValue
	was.Ways, was.Hours, was.Version = waysOf(r), f("hours"), int(number(f("version")))
	if f("lang") != "" || r.PostForm.Has("lang") {
		was.Lang = f("lang")
	}
	if !r.PostForm.Has("name") {
		return was // the short form
	}
	was.BrandID, was.Kind, was.Group, was.Name, was.Department, was.Title, was.Firm = number(f("scope")), f("kind"), f("group") != "", f("name"), f("department"), f("title"), f("firm")
	was.UserID, was.Zone, was.Notes, was.Roles = number(f("user")), f("zone"), f("notes"), r.PostForm["role"]
	return was
}

// deputiesNamed are the contacts of some names, one a line. *desk.Invalid for a name that nobody has.
func (c *Console) deputiesNamed(ctx context.Context, brandID int64, names string, self int64) (desk.IDs, error) {
	var ids desk.IDs
	for _, name := range strings.Split(names, "\n") {
		if name = strings.Join(strings.Fields(name), " "); name == "" {
			continue
		}
		found, err := c.Contacts.List(ctx, desk.ContactFilter{BrandID: brandID, Find: name, Limit: 20})
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(found, func(one desk.Contact) bool { return strings.EqualFold(one.Name, name) && one.ID != self })
		if i < 0 {
			return nil, desk.Wrong("deputies", "“{name}” is no contact. Add them first, and write the name as it stands there.", "name", name)
		}
		if !slices.Contains(ids, found[i].ID) {
			ids = append(ids, found[i].ID)
		}
	}
	return ids, nil
}

func (c *Console) contactConfirm(w http.ResponseWriter, r *http.Request) error {
	return c.contactDo(w, r, "reachright", func(ctx context.Context, id int64) error {
		_, err := c.Contacts.Confirm(ctx, id)
		return err
	})
}

func (c *Console) contactAsk(w http.ResponseWriter, r *http.Request) error {
	return c.contactDo(w, r, "reachasked", c.Contacts.Ask)
}

func (c *Console) contactDecide(w http.ResponseWriter, r *http.Request) error {
	return c.contactDo(w, r, "saved", func(ctx context.Context, id int64) error {
		_, err := c.Contacts.Decide(ctx, id, r.PostFormValue("accept") != "")
		return err
	})
}

func (c *Console) contactDo(w http.ResponseWriter, r *http.Request, did string, do func(context.Context, int64) error) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := do(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/contacts/"+itoa(id), did)
}

func (c *Console) contactDelete(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Contacts.Delete(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/contacts", "deleted")
}

func (c *Console) contactRules(w http.ResponseWriter, r *http.Request) error {
	days := r.PostFormValue("days")
	rules := desk.ContactRules{Days: int(number(days))}
	if days == "" {
		rules.Days = -1
	}
	if _, err := c.Contacts.SaveRules(r.Context(), rules); err != nil {
		return err
	}
	return seeOther(w, r, "/contacts", "saved")
}

// speakAs has a page that needs no sign-in speak the language of who it is for.
func speakAs(r *http.Request, lang string) {
	if lang != "" {
		visitOf(r).speak = say.For(lang, r.Header.Get("Accept-Language"))
	}
}

// WayList are the rows of ways, for the part that both forms share.
func (p *contactForm) WayList() []wayRow { return p.Ways }

// WayList are the rows of ways.
func (p *reachPage) WayList() []wayRow { return p.Rows }
