package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
)

func (c *Console) copyRoutes() []route {
	return []route{
		{"GET /copies", desk.Viewer, c.copyList},
		{"GET /copies/new", desk.Admin, c.copyNew},
		{"GET /copies/{id}", desk.Viewer, c.copyShow},
		{"POST /copies/{id}", desk.Admin, c.copySave},
		{"POST /copies/{id}/test", desk.Lead, c.copyTest},
		{"POST /copies/{id}/trust", desk.Admin, c.copyTrust},
		{"POST /copies/{id}/push", desk.Lead, c.copyPush},
		{"POST /copies/{id}/pause", desk.Lead, c.copyPause},
		{"POST /copies/{id}/delete", desk.Admin, c.copyDelete},
	}
}

// copyView is a copy of the crisis centre as the list and its page show it.
type copyView struct {
	desk.Carrier
	Title string // of its kind, in English
	Where string // it lies
	Zone  *time.Location
}

// Health is the word for how it fares.
func (c copyView) Health() string {
	switch {
	case c.Paused:
		return desk.HealthPaused
	case c.State == "":
		return desk.HealthNew
	}
	return c.State
}

// copyList leads to where copies stand.
func (c *Console) copyList(w http.ResponseWriter, r *http.Request) error {
	return seeOther(w, r, "/centre#copies", "")
}

func (c *Console) copyViews(r *http.Request) (views []copyView, err error) {
	v := visitOf(r)
	all, err := c.Copies.List(r.Context(), v.brand.ID)
	for _, one := range all {
		views = append(views, c.copyView(r, one))
	}
	return views, err
}

func (c *Console) copyView(r *http.Request, one desk.Carrier) copyView {
	spec, _ := c.Copies.Spec(one.Kind)
	view := copyView{Carrier: one, Title: spec.Title, Zone: zone(visitOf(r).brand)}
	for _, name := range []string{"remote", "host", "endpoint"} {
		if view.Where == "" {
			view.Where = one.Settings[name]
		}
	}
	for _, name := range []string{"folder", "bucket"} {
		if part := one.Settings[name]; part != "" {
			view.Where = strings.TrimSuffix(view.Where, "/") + "/" + strings.TrimPrefix(part, "/")
		}
	}
	return view
}

// copyPage shows, tries and changes one copy; without a kind it offers the kinds.
type copyPage struct {
	Frame
	Copy   copyView
	Spec   desk.Spec
	Specs  []desk.Spec // to choose from
	Inputs []input
	Works  bool      // a test went well
	Failed desk.Text // of a test
}

func (c *Console) copyNew(w http.ResponseWriter, r *http.Request) error {
	p := &copyPage{Frame: Frame{Area: "centre"}, Specs: c.Copies.Specs()}
	if kind := r.URL.Query().Get("kind"); kind != "" {
		if _, ok := c.Copies.Spec(kind); !ok {
			return desk.ErrNotFound
		}
		c.fillCopy(r, p, desk.Carrier{Kind: kind})
	}
	return c.render(w, r, "centre/copy", p)
}

// fillCopy makes the form of a copy.
func (c *Console) fillCopy(r *http.Request, p *copyPage, one desk.Carrier) {
	p.Specs, p.Copy = nil, c.copyView(r, one)
	p.Spec, _ = c.Copies.Spec(one.Kind)
	p.Inputs = specInputs(p.Spec, one.Settings, p.Wrong)
}

// copyPage is the page of a stored copy.
func (c *Console) copyPage(r *http.Request) (*copyPage, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	one, err := c.Copies.One(r.Context(), id)
	p := &copyPage{Frame: Frame{Area: "centre"}}
	c.fillCopy(r, p, one)
	return p, err
}

func (c *Console) copyShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.copyPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "centre/copy", p)
}

func (c *Console) copySave(w http.ResponseWriter, r *http.Request) error {
	one := desk.Carrier{Kind: r.PostFormValue("kind"), BrandID: visitOf(r).brand.ID}
	if r.PathValue("id") != "new" {
		id, err := pathID(r)
		if err != nil {
			return err
		}
		if one, err = c.Copies.One(r.Context(), id); err != nil {
			return err
		}
	}
	spec, ok := c.Copies.Spec(one.Kind)
	if !ok {
		return desk.Wrong("kind", "There is no such kind of copy.")
	}
	one.Name, one.Version, one.Settings = strings.TrimSpace(r.PostFormValue("name")), int(number(r.PostFormValue("version"))), make(desk.Settings)
	for _, f := range spec.Fields {
		one.Settings[f.Name] = r.PostFormValue("set." + f.Name)
		if f.Kind == "bool" && one.Settings[f.Name] == "" {
			one.Settings[f.Name] = "false" // a box that is not ticked says nothing
		}
	}
	saved, err := c.Copies.Save(r.Context(), one)
	if err != nil {
		p := &copyPage{Frame: Frame{Area: "centre", Problems: invalids(err)}}
		c.fillCopy(r, p, one)
		return c.again(w, r, "centre/copy", p, err)
	}
	return seeOther(w, r, "/copies/"+itoa(saved.ID), "saved")
}

func (c *Console) copyTest(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	_, tried := c.Copies.Test(r.Context(), id)
	wrong := invalids(tried)
	if tried != nil && len(wrong) == 0 {
		return tried
	}
	p, err := c.copyPage(r)
	if err != nil {
		return err
	}
	if tried != nil {
		p.Failed = wrong[0].Reason
		return c.renderAs(w, r, http.StatusUnprocessableEntity, "centre/copy", p)
	}
	p.Works = true
	return c.render(w, r, "centre/copy", p)
}

// copyDo does one thing with a copy and shows it again.
func (c *Console) copyDo(w http.ResponseWriter, r *http.Request, did string, do func(ctx context.Context, id int64) error) error {
	return c.sourceDo(w, r, func(ctx context.Context, id int64) (string, string, error) {
		return "/copies/" + itoa(id), did, do(ctx, id)
	})
}

func (c *Console) copyTrust(w http.ResponseWriter, r *http.Request) error {
	return c.copyDo(w, r, "saved", func(ctx context.Context, id int64) error {
		_, err := c.Copies.Trust(ctx, id, r.PostFormValue("key"))
		return err
	})
}

func (c *Console) copyPush(w http.ResponseWriter, r *http.Request) error {
	return c.copyDo(w, r, "pushing", func(ctx context.Context, id int64) error {
		_, err := c.Copies.Push(ctx, id)
		return err
	})
}

func (c *Console) copyPause(w http.ResponseWriter, r *http.Request) error {
	pause, did := r.PostFormValue("paused") == "true", "pushing"
	if pause {
		did = "paused"
	}
	return c.copyDo(w, r, did, func(ctx context.Context, id int64) error {
		_, err := c.Copies.Pause(ctx, id, pause)
		return err
	})
}

func (c *Console) copyDelete(w http.ResponseWriter, r *http.Request) error {
	return c.sourceDo(w, r, func(ctx context.Context, id int64) (string, string, error) {
		return "/centre", "deleted", c.Copies.Delete(ctx, id)
	})
}
