package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/occasion"
)

func (c *Console) occasionRoutes() []route {
	return []route{
		{"GET /occasions", desk.Viewer, c.occasionList},
		{"GET /occasions/new", desk.Lead, c.occasionNew},
		{"GET /occasions/{id}", desk.Viewer, c.occasionShow},
		{"POST /occasions/import", desk.Lead, c.occasionImport},
		{"POST /occasions/{id}", desk.Lead, c.occasionSave},
		{"POST /occasions/{id}/delete", desk.Lead, c.occasionDelete},
	}
}

// occasionsPage is the calendar of what is known beforehand to bring mentions.
type occasionsPage struct {
	Frame
	Past      bool
	Occasions []occasionRow
	Pager     pagerView
	Imported  *occasion.Imported
}

// occasionRow is an occasion of the list.
type occasionRow struct {
	desk.Occasion
	Now bool
}

const occasionsShown = 50

func (c *Console) occasionList(w http.ResponseWriter, r *http.Request) error {
	p, err := c.occasionsPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "occasions/occasions", p)
}

func (c *Console) occasionsPage(r *http.Request) (*occasionsPage, error) {
	p := &occasionsPage{Past: r.URL.Query().Get("past") != ""}
	now := time.Now().UTC()
	from, to := now, time.Time{}
	if p.Past {
		from, to = time.Time{}, now
	}
	all, err := c.Occasions.List(r.Context(), visitOf(r).brand.ID, from, to)
	if err != nil {
		return nil, err
	}
	all, p.Pager = slicePage(r, all, occasionsShown)
	for _, o := range all {
		p.Occasions = append(p.Occasions, occasionRow{o, o.On(now)})
	}
	return p, nil
}

// occasionPage shows and changes one occasion.
type occasionPage struct {
	Frame
	Occasion desk.Occasion
	From, To string // as the form takes them, in the brand's zone
	Words    string
	Kinds    []choice
}

// clockForm is how browsers write a local time.
const clockForm = "2006-01-02T15:04"

func newOccasionPage(o desk.Occasion, zone *time.Location) *occasionPage {
	p := &occasionPage{Occasion: o, Words: strings.Join(o.Words, "\n"), Kinds: named("occasion", desk.OccasionKinds...)}
	if !o.From.IsZero() {
		p.From = o.From.In(zone).Format(clockForm)
	}
	if !o.To.IsZero() {
		p.To = o.To.In(zone).Format(clockForm)
	}
	return p
}

// occasionNew is an empty form, or one filled from an alert that a campaign explains.
func (c *Console) occasionNew(w http.ResponseWriter, r *http.Request) error {
	q, z := r.URL.Query(), zone(visitOf(r).brand)
	today := time.Now().In(z)
	midnight := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, z)
	o := desk.Occasion{Kind: "campaign", From: midnight, To: midnight.AddDate(0, 0, 1), Words: strings.Fields(q.Get("words"))}
	if at, err := time.Parse(time.RFC3339, q.Get("from")); err == nil {
		o.From = at
	}
	return c.render(w, r, "occasions/occasion", newOccasionPage(o, z))
}

func (c *Console) occasionShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	o, err := c.Occasions.One(r.Context(), id)
	if err != nil {
		return err
	}
	return c.render(w, r, "occasions/occasion", newOccasionPage(o, zone(visitOf(r).brand)))
}

func (c *Console) occasionSave(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	o := desk.Occasion{BrandID: v.brand.ID}
	if r.PathValue("id") != "new" {
		id, err := pathID(r)
		if err != nil {
			return err
		}
		if o, err = c.Occasions.One(r.Context(), id); err != nil {
			return err
		}
	}
	z := zone(v.brand)
	o.Name, o.Kind, o.Version = r.PostFormValue("name"), r.PostFormValue("kind"), int(number(r.PostFormValue("version")))
	o.From, _ = time.ParseInLocation(clockForm, r.PostFormValue("from"), z) // what cannot be read is zero, and refused as such
	o.To, _ = time.ParseInLocation(clockForm, r.PostFormValue("to"), z)
	o.Words = strings.FieldsFunc(r.PostFormValue("words"), func(c rune) bool { return c == '\n' || c == '\r' || c == ',' })
	if _, err := c.Occasions.Save(r.Context(), o); err != nil {
		p := newOccasionPage(o, z)
		p.From, p.To, p.Words = r.PostFormValue("from"), r.PostFormValue("to"), r.PostFormValue("words")
		return c.again(w, r, "occasions/occasion", p, err)
	}
	return seeOther(w, r, "/occasions", "saved")
}

func (c *Console) occasionDelete(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Occasions.Delete(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/occasions", "deleted")
}

// maxCalendar bounds an uploaded calendar.
const maxCalendar = 4 << 20

// occasionImport takes in a calendar, and says what became of it.
func (c *Console) occasionImport(w http.ResponseWriter, r *http.Request) error {
	f, _, err := upload(r, "file")
	var done occasion.Imported
	if err == nil {
		done, err = c.Occasions.Import(r.Context(), visitOf(r).brand.ID, f, time.Now().UTC())
		err = errors.Join(err, f.Close())
	}
	if err != nil && invalids(err) == nil {
		return err
	}
	p, perr := c.occasionsPage(r)
	if perr != nil {
		return perr
	}
	if err != nil {
		return c.again(w, r, "occasions/occasions", p, err)
	}
	p.Imported = &done
	return c.render(w, r, "occasions/occasions", p)
}
