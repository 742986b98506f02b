package api

import (
	"context"
	"net/http"

	"breakwater/desk"
)

func (s *server) brandOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/brands", desk.Viewer, "brand-list", "List brands", ""}, s.brands),
		ask(route{http.MethodPost, "/brands", desk.Admin, "brand-add", "Add a brand", ""}, s.addBrand),
		ask(route{http.MethodGet, "/brands/{id}", desk.Viewer, "brand-read", "Read a brand", ""}, s.brand),
		ask(route{http.MethodPut, "/brands/{id}", desk.Lead, "brand-save", "Change a brand", "All fields are replaced."}, s.saveBrand),
	}
}

// One names a thing by its id.
type One struct {
	ID int64 `path:"id" doc:"Id" minimum:"1"`
}

// brandBody is what people say about a brand.
type brandBody struct {
	Name      string   `json:"name" minLength:"1" maxLength:"200"`
	Zone      string   `json:"zone,omitempty" doc:"IANA time zone in which hours of the day are reckoned; empty: UTC" example:"Europe/Warsaw" maxLength:"100"`
	Retention int      `json:"retention,omitempty" doc:"Days that mentions are kept, 0 for ever" minimum:"0" maximum:"36500"`
	Accounts  []string `json:"accounts,omitempty" doc:"Our own accounts, as network:handle" maxItems:"1000"`
}

type brandIn struct{ Body brandBody }

type saveBrandIn struct {
	One
	Body brandBody
}

func (s *server) brands(ctx context.Context, in *Paging) (Page[desk.Brand], error) {
	all, err := s.Brands.Brands(ctx)
	if err != nil {
		return Page[desk.Brand]{}, err
	}
	return whole(*in, all)
}

func (s *server) brand(ctx context.Context, in *One) (desk.Brand, error) {
	return s.Brands.Brand(ctx, in.ID)
}

func (s *server) addBrand(ctx context.Context, in *brandIn) (desk.Brand, error) {
	return s.changeBrand(ctx, 0, in.Body)
}

func (s *server) saveBrand(ctx context.Context, in *saveBrandIn) (desk.Brand, error) {
	return s.changeBrand(ctx, in.ID, in.Body)
}

func (s *server) changeBrand(ctx context.Context, id int64, b brandBody) (desk.Brand, error) {
	return s.Brands.ChangeBrand(ctx, id, desk.ActOf(ctx, "brand.save", ""), func(now *desk.Brand, out *desk.Out) error {
		now.Name, now.Zone, now.Retention, now.Accounts = b.Name, b.Zone, b.Retention, b.Accounts
		out.Say = desk.Say("The brand {name} was saved.", "name", now.Name)
		return now.Check()
	})
}
