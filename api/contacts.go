package api

import (
	"bytes"
	"context"
	"net/http"

	"breakwater/desk"
	"breakwater/people"
)

func (s *server) contactOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/contacts", desk.Responder, "contact-list", "List contacts", "Who can be reached in a crisis and how, by name."}, s.contacts),
		ask(route{http.MethodPost, "/contacts", desk.Lead, "contact-add", "Add a contact", ""}, s.addContact),
		ask(route{http.MethodPost, "/contacts/import", desk.Lead, "contact-import", "Import an address book", "vCard 4.0 or 3.0, or CSV. Says for each row what it would do; with keep it takes over the good ones. Nothing is taken away."}, s.importContacts),
		stream(route{http.MethodGet, "/contacts/export", desk.Lead, "contact-export", "Export the address book", ""}, "application/octet-stream", s.exportContacts),
		ask(route{http.MethodGet, "/contacts/rules", desk.Viewer, "contact-rules-read", "Read how often contacts are asked", ""}, s.contactRules),
		ask(route{http.MethodPut, "/contacts/rules", desk.Admin, "contact-rules-save", "Change how often contacts are asked", "Whether their ways are still right; 0 days asks nobody."}, s.saveContactRules),
		ask(route{http.MethodGet, "/contacts/{id}", desk.Responder, "contact-read", "Read a contact", ""}, s.contact),
		ask(route{http.MethodPut, "/contacts/{id}", desk.Responder, "contact-save", "Change a contact", "All fields are replaced. Below lead only ways and hours are taken, and wait for a lead unless the contact is the caller."}, s.saveContact),
		ask(route{http.MethodPost, "/contacts/{id}/confirm", desk.Responder, "contact-confirm", "Say that the ways are right", "Somebody of the desk reached them."}, s.confirmContact),
		act(route{http.MethodPost, "/contacts/{id}/ask", desk.Lead, "contact-ask", "Ask a contact by mail", "Whether their ways are still right, with a link that works once."}, s.askContact),
		ask(route{http.MethodPost, "/contacts/{id}/decide", desk.Lead, "contact-decide", "Decide a correction that waits", ""}, s.decideContact),
		act(route{http.MethodDelete, "/contacts/{id}", desk.Lead, "contact-delete", "Delete a contact", ""}, s.deleteContact),
	}
}

type contactsIn struct {
	Paging
	OfBrand
	Find       string `query:"q" doc:"Words of the name, department, organisation, number or address" maxLength:"200"`
	Kind       string `query:"kind" enum:"staff,agency,lawyer,insurer,press,authority,supplier,partner,other"`
	Department string `query:"department" maxLength:"200"`
	State      string `query:"state" enum:"stale,unreachable,pending" doc:"Those that need a look"`
}

func (s *server) contacts(ctx context.Context, in *contactsIn) (Page[desk.Contact], error) {
	skip, err := in.before()
	if err != nil {
		return Page[desk.Contact]{}, err
	}
	all, err := s.Contacts.List(ctx, desk.ContactFilter{BrandID: in.Brand, Find: in.Find, Kind: in.Kind, Department: in.Department, State: in.State, Skip: int(skip), Limit: min(in.Limit+1, most)})
	return page(in.Paging, all, func(desk.Contact) int64 { return skip + int64(min(in.Limit, len(all))) }), err
}

func (s *server) contact(ctx context.Context, in *One) (desk.Contact, error) {
	return s.Contacts.One(ctx, in.ID)
}

// ContactWayBody is a way to reach a contact.
type ContactWayBody struct {
	Kind  string `json:"kind" enum:"phone,mobile,email,messenger"`
	Value string `json:"value" maxLength:"1200"`
	Note  string `json:"note,omitempty" maxLength:"1200"`
}

// ContactBody is what people say about a contact.
type ContactBody struct {
	Brand      ID               `json:"brand_id,omitempty" doc:"Without it the contact is of all brands"`
	Kind       string           `json:"kind,omitempty" enum:"staff,agency,lawyer,insurer,press,authority,supplier,partner,other" doc:"Empty: staff"`
	Group      bool             `json:"group,omitempty" doc:"A department or a desk, not a person"`
	Name       string           `json:"name" maxLength:"800"`
	Department string           `json:"department,omitempty" maxLength:"800"`
	Title      string           `json:"title,omitempty" maxLength:"800"`
	Firm       string           `json:"firm,omitempty" maxLength:"800"`
	User       ID               `json:"user_id,omitempty" doc:"The account of the same person"`
	Roles      []string         `json:"roles,omitempty" doc:"Of the plan, by name"`
	Deputies   desk.IDs         `json:"deputies,omitempty" doc:"Contacts, first the first to call"`
	Lang       string           `json:"lang,omitempty" maxLength:"60"`
	Zone       string           `json:"zone,omitempty" maxLength:"60"`
	Hours      string           `json:"hours,omitempty" maxLength:"800"`
	Ways       []ContactWayBody `json:"ways,omitempty" doc:"Preferred first"`
	Notes      string           `json:"notes,omitempty" maxLength:"20000"`
	Version    int              `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b ContactBody) contact(id int64) desk.Contact {
	c := desk.Contact{ID: id, BrandID: int64(b.Brand), Kind: b.Kind, Group: b.Group, Name: b.Name, Department: b.Department, Title: b.Title, Firm: b.Firm, UserID: int64(b.User),
		Roles: b.Roles, Deputies: b.Deputies, Lang: b.Lang, Zone: b.Zone, Hours: b.Hours, Notes: b.Notes, Version: b.Version}
	for _, w := range b.Ways {
		c.Ways = append(c.Ways, desk.ContactWay(w))
	}
	return c
}

type addContactIn struct{ Body ContactBody }

func (s *server) addContact(ctx context.Context, in *addContactIn) (desk.Contact, error) {
	return s.Contacts.Save(ctx, in.Body.contact(0))
}

type saveContactIn struct {
	One
	Body ContactBody
}

func (s *server) saveContact(ctx context.Context, in *saveContactIn) (desk.Contact, error) {
	return s.Contacts.Save(ctx, in.Body.contact(in.ID))
}

func (s *server) confirmContact(ctx context.Context, in *One) (desk.Contact, error) {
	return s.Contacts.Confirm(ctx, in.ID)
}

func (s *server) askContact(ctx context.Context, in *One) error { return s.Contacts.Ask(ctx, in.ID) }

type decideContactIn struct {
	One
	Body struct {
		Accept bool `json:"accept" doc:"Take it over; else it is dropped"`
	}
}

func (s *server) decideContact(ctx context.Context, in *decideContactIn) (desk.Contact, error) {
	return s.Contacts.Decide(ctx, in.ID, in.Body.Accept)
}

func (s *server) deleteContact(ctx context.Context, in *One) error {
	return s.Contacts.Delete(ctx, in.ID)
}

type importContactsIn struct {
	Brand   int64  `query:"brand" doc:"Whose contacts" minimum:"1" required:"true"`
	Kind    string `query:"kind" enum:"staff,agency,lawyer,insurer,press,authority,supplier,partner,other" default:"other" doc:"What those are who do not say it"`
	Keep    bool   `query:"keep" doc:"Take over the good rows"`
	RawBody []byte `contentType:"application/octet-stream" doc:"The file"`
}

func (s *server) importContacts(ctx context.Context, in *importContactsIn) (people.Sheet, error) {
	if in.Keep {
		return s.Contacts.Import(ctx, in.Brand, in.Kind, in.RawBody)
	}
	return s.Contacts.Preview(ctx, in.Brand, in.Kind, in.RawBody)
}

type exportContactsIn struct {
	Brand  int64  `query:"brand" doc:"Whose contacts" minimum:"1" required:"true"`
	Format string `query:"format" enum:"vcf,csv" default:"vcf"`
}

func (s *server) exportContacts(ctx context.Context, in *exportContactsIn) (writer, error) {
	var b bytes.Buffer
	if err := s.Contacts.Export(ctx, in.Brand, in.Format, &b); err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter) error {
		_, err := b.WriteTo(w)
		return err
	}, nil
}

func (s *server) contactRules(ctx context.Context, _ *struct{}) (desk.ContactRules, error) {
	return s.Contacts.Rules(ctx)
}

type contactRulesIn struct {
	Body struct {
		Days int `json:"days" doc:"Between two checks; 0 asks nobody"`
	}
}

func (s *server) saveContactRules(ctx context.Context, in *contactRulesIn) (desk.ContactRules, error) {
	return s.Contacts.SaveRules(ctx, desk.ContactRules{Days: in.Body.Days})
}
