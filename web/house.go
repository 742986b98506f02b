package web

import (
	"net/http"

	"breakwater/desk"
)

func (c *Console) houseRoutes() []route {
	return []route{
		{"GET /rights", desk.Viewer, c.rightsShow},
		{"POST /rights", desk.Admin, c.rightsSave},
	}
}

// rightsPage is who may do what, on one page.
type rightsPage struct {
	Frame
	Rows  []rightRow
	House desk.House
	Users []desk.User // and where; for admins
	Names map[int64]string
}

// rightRow is one right, and which roles have it.
type rightRow struct {
	Right desk.Right
	Has   [desk.Admin]bool // from viewer to admin
	Asked bool             // it needs a second factor
}

func (c *Console) rightsPage(r *http.Request) (*rightsPage, error) {
	h, err := c.Gate.House(r.Context())
	p := newRightsPage(h)
	v := visitOf(r)
	if err != nil || v.actor.Role < desk.Admin {
		return p, err
	}
	p.Names = make(map[int64]string)
	for _, b := range v.brands {
		p.Names[b.ID] = b.Name
	}
	p.Users, err = c.Gate.Users(r.Context())
	return p, err
}

func newRightsPage(h desk.House) *rightsPage {
	p := &rightsPage{Frame: Frame{Area: "people"}, House: h}
	for _, right := range desk.Rights {
		row := rightRow{Right: right, Asked: h.Needs(right)}
		for role := desk.Viewer; role <= desk.Admin; role++ {
			row.Has[role-1] = role.Has(right)
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// Provable reports whether the right is one that can be asked to be proved: reading is not.
func (r rightRow) Provable() bool { return r.Right != desk.MaySee }

// Roles are the names of the roles, least first.
func (p *rightsPage) Roles() []string { return []string{"viewer", "responder", "lead", "admin"} }

func (c *Console) rightsShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.rightsPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "people/rights", p)
}

func (c *Console) rightsSave(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	h := desk.House{Minutes: int(number(r.PostFormValue("minutes"))), Version: int(number(r.PostFormValue("version")))}
	for _, right := range r.PostForm["prove"] {
		h.Prove = append(h.Prove, desk.Right(right))
	}
	if _, err := c.Gate.SaveHouse(r.Context(), h); err != nil {
		return c.again(w, r, "people/rights", newRightsPage(h), err)
	}
	return seeOther(w, r, "/rights", "saved")
}
