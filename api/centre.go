package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/centre"
	"breakwater/desk"
)

func (s *server) centreOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/centre", desk.Viewer, "centre-list", "List pages of the crisis centre", "Newest first: prepared, public and taken down."}, s.centrePages),
		ask(route{http.MethodPost, "/centre", desk.Responder, "centre-add", "Prepare a page", "Nobody outside sees it."}, s.addCentrePage),
		ask(route{http.MethodGet, "/centre/{id}", desk.Viewer, "centre-read", "Read a page", "The draft, what is public of it, and every update."}, s.centrePage),
		ask(route{http.MethodPut, "/centre/{id}", desk.Responder, "centre-save", "Change what is prepared of a page", "What is public stays until it is signed and published."}, s.saveCentrePage),
		ask(route{http.MethodPost, "/centre/{id}/ask", desk.Responder, "centre-ask", "Have a page signed", "A statement with the page's own words, a variant for each language, goes to be signed."}, s.askCentrePage),
		ask(route{http.MethodPost, "/centre/{id}/publish", desk.Lead, "centre-publish", "Publish a page in one act", "Its signed words, and the approved statements named, go out through the outbox: a hold keeps them."}, s.publishCentrePage),
		ask(route{http.MethodPost, "/centre/{id}/withdraw", desk.Lead, "centre-withdraw", "Take a page down", "Its address says so; its updates are withdrawn."}, s.withdrawCentrePage),
		act(route{http.MethodDelete, "/centre/{id}", desk.Lead, "centre-delete", "Delete a page that was never public", ""}, s.deleteCentrePage),
		ask(route{http.MethodGet, "/brands/{id}/centre/troubles", desk.Viewer, "centre-troubles", "What is wrong with a brand's public pages", "Pages that cannot be made anew, host names that browsers cannot open by https, each with what to do."}, s.centreTroubles),
		stream(route{http.MethodGet, "/centre/{id}/preview", desk.Viewer, "centre-preview", "A page as it will look", "The very bytes, with a mark that it is a preview."}, "text/html; charset=utf-8", s.previewCentrePage),
		stream(route{http.MethodGet, "/brands/{id}/centre", desk.Viewer, "centre-export", "All that a brand's crisis centre serves", "A tar archive: unpacked, any web server serves it."}, "application/x-tar", s.exportCentre),
	}
}

type centresIn struct {
	Paging
	OfBrand
	Incident int64 `query:"incident" doc:"Only of this incident" minimum:"0"`
}

func (s *server) centrePages(ctx context.Context, in *centresIn) (Page[desk.Centre], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Centre]{}, err
	}
	all, err := s.Centre.List(ctx, in.Brand, in.Incident, p)
	return page(in.Paging, all, func(c desk.Centre) int64 { return c.ID }), err
}

func (s *server) centrePage(ctx context.Context, in *One) (desk.Centre, error) {
	return s.Centre.One(ctx, in.ID)
}

// CentreBody is what people prepare of a page of the crisis centre.
type CentreBody struct {
	Brand    ID                `json:"brand_id,omitempty" doc:"Of a new one outside a crisis"`
	Incident ID                `json:"incident_id,omitempty" doc:"What a new one is about"`
	Name     string            `json:"name,omitempty" doc:"As the team calls it; empty: the first headline" maxLength:"300"`
	Slug     string            `json:"slug,omitempty" doc:"Of its address; empty: made of the name. It stays once the page was public" maxLength:"60"`
	Scenario string            `json:"scenario,omitempty" doc:"Of the plan" maxLength:"100"`
	NoIndex  bool              `json:"no_index,omitempty" doc:"Ask search engines to leave it alone"`
	Draft    []desk.CentreText `json:"draft" doc:"A text for each language, the page's own first"`
	Version  int               `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b *CentreBody) desk(c desk.Centre) desk.Centre {
	c.Name, c.Slug, c.Scenario, c.NoIndex, c.Draft, c.Version = b.Name, b.Slug, b.Scenario, b.NoIndex, b.Draft, b.Version
	return c
}

type addCentreIn struct{ Body CentreBody }

func (s *server) addCentrePage(ctx context.Context, in *addCentreIn) (desk.Centre, error) {
	return s.Centre.Save(ctx, in.Body.desk(desk.Centre{BrandID: int64(in.Body.Brand), IncidentID: int64(in.Body.Incident)}))
}

type saveCentreIn struct {
	One
	Body CentreBody
}

func (s *server) saveCentrePage(ctx context.Context, in *saveCentreIn) (desk.Centre, error) {
	c, err := s.Centre.One(ctx, in.ID)
	if err != nil {
		return c, err
	}
	return s.Centre.Save(ctx, in.Body.desk(c))
}

type askCentreIn struct {
	One
	Body struct {
		Level desk.Level `json:"level" doc:"By whose rule it is signed: so high a crisis may be in which it goes out" minimum:"0" maximum:"4"`
	}
}

func (s *server) askCentrePage(ctx context.Context, in *askCentreIn) (desk.Centre, error) {
	return s.Centre.Ask(ctx, in.ID, in.Body.Level)
}

type publishCentreIn struct {
	One
	Body struct {
		Incident   ID   `json:"incident_id,omitempty" doc:"Whose page a prepared one becomes"`
		Statements []ID `json:"statements,omitempty" doc:"Approved ones that go out with it, in all their channels"`
	}
}

func (s *server) publishCentrePage(ctx context.Context, in *publishCentreIn) (desk.Centre, error) {
	return s.Centre.Publish(ctx, in.ID, int64(in.Body.Incident), ids(in.Body.Statements))
}

type withdrawCentreIn struct {
	One
	Body struct {
		Why string `json:"why" doc:"In a few words" maxLength:"1000"`
	}
}

func (s *server) withdrawCentrePage(ctx context.Context, in *withdrawCentreIn) (desk.Centre, error) {
	return s.Centre.Withdraw(ctx, in.ID, in.Body.Why)
}

func (s *server) deleteCentrePage(ctx context.Context, in *One) error {
	return s.Centre.Delete(ctx, in.ID)
}

type previewCentreIn struct {
	One
	File string `query:"file" doc:"Such as he.html or update-3.html; empty: its front in its own language" maxLength:"100"`
}

func (s *server) previewCentrePage(ctx context.Context, in *previewCentreIn) (writer, error) {
	f, err := s.Centre.Preview(ctx, in.ID, in.File)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter) error { _, err := w.Write(f.Body); return err }, nil
}

func (s *server) exportCentre(ctx context.Context, in *One) (writer, error) {
	files, err := s.Centre.Export(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter) error { return centre.Pack(w, files) }, nil
}

// CentreTrouble is something that is wrong with a brand's public pages.
type CentreTrouble struct {
	Host    string    `json:"host,omitempty" doc:"Browsers cannot open this host name by https"`
	Why     string    `json:"why,omitempty" doc:"Of a host name: refused by the authority, unreadable on disk, ran-out, or none"`
	Page    string    `json:"page,omitempty" doc:"The page that cannot be made anew, or its picture"`
	Since   time.Time `json:"since" doc:"When it was met first"`
	Problem desk.Text `json:"problem" doc:"In plain words, with what to do"`
}

func (s *server) centreTroubles(ctx context.Context, in *One) ([]CentreTrouble, error) {
	wrong, err := s.Centre.Troubles(ctx, in.ID)
	all := make([]CentreTrouble, len(wrong))
	for i, t := range wrong {
		all[i] = CentreTrouble{t.Host, string(t.Why), t.Page, t.Since, t.Say()}
	}
	return all, err
}
