package web

import (
	"errors"
	"net/http"

	"breakwater/access"
	"breakwater/desk"
)

func (c *Console) keyRoutes() []route {
	return []route{
		{"GET /keys", desk.Admin, c.keysShow},
		{"POST /keys", desk.Admin, c.keysRotate},
	}
}

// keysPage is the key that seals secrets, and how far a change of it is.
type keysPage struct {
	Frame
	State access.KeyState
}

// Sealed is how many are sealed with the current key.
func (p *keysPage) Sealed() int { return p.State.Sealed - p.State.Left }

func (c *Console) keysPage(r *http.Request) (*keysPage, error) {
	s, err := c.Keys.State(r.Context())
	return &keysPage{Frame: Frame{Area: "people"}, State: s}, err
}

func (c *Console) keysShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.keysPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "people/keys", p)
}

func (c *Console) keysRotate(w http.ResponseWriter, r *http.Request) error {
	if _, err := c.Keys.Rotate(r.Context()); err != nil {
		p, perr := c.keysPage(r)
		if perr != nil {
			return errors.Join(err, perr)
		}
		return c.again(w, r, "people/keys", p, err)
	}
	return seeOther(w, r, "/keys", "keys")
}
