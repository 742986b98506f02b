package web

import (
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/internal/door"
	"breakwater/reply"
)

// tellRoutes are the public form. Who is not signed in may use it, as often as tellRate lets one address.
func (c *Console) tellRoutes() []route {
	return []route{
		{"GET /tell/{id}", 0, c.tellShow},
		{"POST /tell/{id}", 0, c.tellTake},
	}
}

// tellRate is how often one address may write: a person does it once or twice, a program as often as it can.
var tellRate = door.Rate{Every: 30 * time.Second, Burst: 5}

// tellPage is the public form of a brand.
type tellPage struct {
	Frame
	Form             desk.Brand
	Above            string
	Link             string // of the conversation that asked to go on in private
	Name, Mail, Text string
	Taken            bool
}

func (c *Console) tellShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.tellPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "access/tell", p)
}

func (c *Console) tellPage(r *http.Request) (*tellPage, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	b, policy, err := c.Queue.Form(r.Context(), id)
	return &tellPage{Frame: Frame{Area: "access"}, Form: b, Above: policy.FormText, Link: r.FormValue("c")}, err
}

func (c *Console) tellTake(w http.ResponseWriter, r *http.Request) error {
	p, err := c.tellPage(r)
	if err != nil {
		return err
	}
	p.Name, p.Mail, p.Text = r.PostFormValue("name"), r.PostFormValue("mail"), r.PostFormValue("text")
	if r.PostFormValue("website") != "" { // nobody sees this field: a program filled it in
		p.Taken = true
		return c.render(w, r, "access/tell", p)
	}
	if wait := c.told.Take(door.Asker(visitOf(r).actor.From), time.Now()); wait > 0 {
		return &desk.Retry{After: wait, Limited: true, Err: desk.ErrForbidden}
	}
	err = c.Queue.Tell(r.Context(), reply.Told{BrandID: p.Form.ID, Name: p.Name, Mail: p.Mail, Text: p.Text, Lang: visitOf(r).speak.Tag(), Link: p.Link})
	if err != nil {
		return c.again(w, r, "access/tell", p, err)
	}
	p.Taken = true
	return c.render(w, r, "access/tell", p)
}
