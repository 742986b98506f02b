package api

import (
	"context"
	"errors"
	"net/http"

	"breakwater/desk"
)

func (s *server) copyOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/copies", desk.Viewer, "copy-list", "List copies of the crisis centre", "On other servers, with the last good push and the last failure; secrets are masked."}, s.copies),
		ask(route{http.MethodGet, "/copies/kinds", desk.Viewer, "copy-kinds", "Kinds of copies and their settings", ""}, s.copyKinds),
		ask(route{http.MethodPost, "/copies", desk.Admin, "copy-add", "Set up a copy", "Its first push begins at once."}, s.addCopy),
		ask(route{http.MethodGet, "/copies/{id}", desk.Viewer, "copy-read", "Read a copy", "Secrets are masked."}, s.copy),
		ask(route{http.MethodPut, "/copies/{id}", desk.Admin, "copy-save", "Change a copy", "A secret that comes back masked stays as it is; kind and brand never change."}, s.saveCopy),
		act(route{http.MethodDelete, "/copies/{id}", desk.Admin, "copy-delete", "Remove a copy", "What lies there stays there."}, s.deleteCopy),
		ask(route{http.MethodPost, "/copies/{id}/test", desk.Lead, "copy-test", "Test a copy", "Signs in and tries whether we may write there; nobody outside notices."}, s.testCopy),
		ask(route{http.MethodPost, "/copies/{id}/trust", desk.Admin, "copy-trust", "Confirm the key of a server", "From then on secrets go to who shows it, and to nobody else."}, s.trustCopy),
		ask(route{http.MethodPost, "/copies/{id}/push", desk.Lead, "copy-push", "Bring every file of a copy anew", ""}, s.pushCopy),
		ask(route{http.MethodPost, "/copies/{id}/pause", desk.Lead, "copy-pause", "Leave a copy as it is", ""}, s.pauseCopy),
		ask(route{http.MethodPost, "/copies/{id}/resume", desk.Lead, "copy-resume", "Let a copy go on", ""}, s.resumeCopy),
	}
}

// CopyBody is what people say about a copy of the crisis centre.
type CopyBody struct {
	Kind     string        `json:"kind" doc:"One of /copies/kinds" maxLength:"50"`
	Name     string        `json:"name" maxLength:"200"`
	Brand    ID            `json:"brand_id,omitempty" doc:"Whose pages a new one holds"`
	Settings desk.Settings `json:"settings" doc:"By the fields of its kind"`
	Version  int           `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b CopyBody) carrier(id int64) desk.Carrier {
	return desk.Carrier{ID: id, Kind: b.Kind, Name: b.Name, BrandID: int64(b.Brand), Settings: b.Settings, Version: b.Version}
}

type copiesIn struct {
	Paging
	OfBrand
}

func (s *server) copies(ctx context.Context, in *copiesIn) (Page[desk.Carrier], error) {
	all, err := s.Copies.List(ctx, in.Brand)
	if err != nil {
		return Page[desk.Carrier]{}, err
	}
	return whole(in.Paging, all)
}

func (s *server) copyKinds(context.Context, *struct{}) (specs, error) {
	return specs{s.Copies.Specs()}, nil
}

func (s *server) copy(ctx context.Context, in *One) (desk.Carrier, error) {
	return s.Copies.One(ctx, in.ID)
}

type addCopyIn struct{ Body CopyBody }

func (s *server) addCopy(ctx context.Context, in *addCopyIn) (desk.Carrier, error) {
	return s.Copies.Save(ctx, in.Body.carrier(0))
}

type saveCopyIn struct {
	One
	Body CopyBody
}

func (s *server) saveCopy(ctx context.Context, in *saveCopyIn) (desk.Carrier, error) {
	return s.Copies.Save(ctx, in.Body.carrier(in.ID))
}

func (s *server) deleteCopy(ctx context.Context, in *One) error {
	return s.Copies.Delete(ctx, in.ID)
}

// CopyTest is what a test found.
type CopyTest struct {
	OK      bool      `json:"ok"`
	Problem desk.Text `json:"problem,omitzero"`
	HostKey string    `json:"host_key,omitempty" doc:"The key that the server shows and nobody has confirmed"`
}

func (s *server) testCopy(ctx context.Context, in *One) (CopyTest, error) {
	shown, err := s.Copies.Test(ctx, in.ID)
	var wrong *desk.Invalid
	if errors.As(err, &wrong) && wrong.Field == "test" {
		return CopyTest{Problem: wrong.Reason, HostKey: shown}, nil
	}
	return CopyTest{OK: err == nil}, err
}

type trustCopyIn struct {
	One
	Body struct {
		HostKey string `json:"host_key" doc:"Fingerprint: SHA256:…" maxLength:"100"`
	}
}

func (s *server) trustCopy(ctx context.Context, in *trustCopyIn) (desk.Carrier, error) {
	return s.Copies.Trust(ctx, in.ID, in.Body.HostKey)
}

func (s *server) pushCopy(ctx context.Context, in *One) (desk.Carrier, error) {
	return s.Copies.Push(ctx, in.ID)
}

func (s *server) pauseCopy(ctx context.Context, in *One) (desk.Carrier, error) {
	return s.Copies.Pause(ctx, in.ID, true)
}

func (s *server) resumeCopy(ctx context.Context, in *One) (desk.Carrier, error) {
	return s.Copies.Pause(ctx, in.ID, false)
}
