package web

import (
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
)

// evidencePage is what is kept of an incident.
type evidencePage struct {
	Frame
	Nav      assessNav
	Exhibits []desk.Exhibit
	Days     map[int64]string // Until as the form takes it
}

func (c *Console) evidenceList(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	p, err := c.evidencePage(r, id)
	if err != nil {
		return err
	}
	return c.render(w, r, "assess/evidence", p)
}

func (c *Console) evidencePage(r *http.Request, id int64) (*evidencePage, error) {
	i, err := c.Rooms.One(r.Context(), id)
	if err != nil {
		return nil, err
	}
	all, err := c.Assess.Locker.List(r.Context(), id)
	return newEvidencePage(i, all), err
}

func newEvidencePage(i desk.Incident, all []desk.Exhibit) *evidencePage {
	p := &evidencePage{Frame: Frame{Area: "room"}, Nav: assessNav{i, "evidence"}, Exhibits: all, Days: map[int64]string{}}
	for _, e := range all {
		p.Days[e.ID] = e.Until.Format(time.DateOnly)
	}
	return p
}

// evidenceKeep keeps a mention: of the incident in the form, from the mention's own page.
func (c *Console) evidenceKeep(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Assess.Locker.Keep(r.Context(), id, number(r.PostFormValue("mention")), r.PostFormValue("why"), r.PostFormValue("origin") != ""); err != nil {
		return err
	}
	return seeOther(w, r, "/incidents/"+itoa(id)+"/evidence", "kept")
}

func (c *Console) evidenceBundle(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	f, err := c.Assess.Locker.Bundle(r.Context(), id)
	if err != nil {
		return err
	}
	return sendFile(w, f)
}

// evidenceFile sends a file of an exhibit to be saved: strangers made most of them, so none is shown among our pages.
func (c *Console) evidenceFile(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	f, err := c.Assess.Locker.File(r.Context(), id, r.PathValue("file"))
	if err != nil {
		return err
	}
	if strings.HasPrefix(f.Type, "text/html") {
		f.Type = "application/octet-stream"
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return sendFile(w, f)
}

// evidenceChange sets until when an exhibit is kept, or deletes it.
func (c *Console) evidenceChange(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	e, err := c.Assess.Locker.One(r.Context(), id)
	if err != nil {
		return err
	}
	did := "saved"
	if r.PostFormValue("do") == "delete" {
		did, err = "deleted", c.Assess.Locker.Discard(r.Context(), id, r.PostFormValue("why"))
	} else {
		until, _ := time.Parse(time.DateOnly, r.PostFormValue("until")) // what cannot be read is refused as a day that is over
		_, err = c.Assess.Locker.KeepUntil(r.Context(), id, until, r.PostFormValue("why"))
	}
	if err == nil {
		return seeOther(w, r, "/incidents/"+itoa(e.IncidentID)+"/evidence", did)
	}
	if invalids(err) == nil {
		return err
	}
	p, perr := c.evidencePage(r, e.IncidentID)
	if perr != nil {
		return perr
	}
	return c.again(w, r, "assess/evidence", p, err)
}
