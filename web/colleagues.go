package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"breakwater/desk"
)

// colleaguesPage gives several people an account at once, as a team does at its beginning.
type colleaguesPage struct {
	Frame
	Rows  []colleague
	Roles []choice
	Made  []colleague // with their first passwords, which are shown this once
}

// colleague is a row of the form, and who was made of it.
type colleague struct {
	Name, Email, Role string
	Password          string    // that the program made up
	Wrong             desk.Text // with the row
}

// colleagueRows is how many people the form takes at once.
const colleagueRows = 3

func newColleaguesPage(rows ...colleague) *colleaguesPage {
	p := &colleaguesPage{Frame: Frame{Area: "people"}, Rows: rows, Roles: named("role", "responder", "lead", "admin", "viewer")}
	for len(p.Rows) < colleagueRows {
		p.Rows = append(p.Rows, colleague{Role: desk.Responder.String()})
	}
	return p
}

func (c *Console) colleaguesShow(w http.ResponseWriter, r *http.Request) error {
	return c.render(w, r, "people/several", newColleaguesPage())
}

// colleaguesAdd makes an account for each row; those that are wrong stay in the form beside the passwords of the others.
func (c *Console) colleaguesAdd(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	p := newColleaguesPage()
	p.Rows = nil
	var wrong []error
	for i := range colleagueRows {
		at := "person." + strconv.Itoa(i) + "."
		row := colleague{Name: strings.TrimSpace(r.PostFormValue(at + "name")), Email: strings.TrimSpace(r.PostFormValue(at + "email")), Role: r.PostFormValue(at + "role")}
		if row.Name == "" && row.Email == "" {
			continue
		}
		made, err := c.colleagueAdd(r.Context(), row)
		if all := invalids(err); err != nil && len(all) == 0 {
			return err
		} else if err != nil {
			row.Wrong = all[0].Reason
			p.Rows, wrong = append(p.Rows, row), append(wrong, err)
			continue
		}
		p.Made = append(p.Made, made)
	}
	p.Rows = newColleaguesPage(p.Rows...).Rows
	if len(wrong) > 0 {
		return c.again(w, r, "people/several", p, errors.Join(wrong...))
	}
	if len(p.Made) == 0 {
		return seeOther(w, r, "/people", "")
	}
	return c.render(w, r, "people/several", p)
}

func (c *Console) colleagueAdd(ctx context.Context, row colleague) (colleague, error) {
	role, err := desk.ParseRole(row.Role)
	if err != nil {
		return row, err
	}
	row.Password = firstPassword()
	_, err = c.Gate.AddUser(ctx, desk.User{Name: row.Name, Email: row.Email, Role: role}, row.Password)
	return row, err
}

// firstPassword is one that can be read out on the phone: four groups of four letters and digits, 80 random bits.
func firstPassword() string {
	s := strings.ToLower(rand.Text())
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}
