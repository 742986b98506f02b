package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"breakwater/desk"
	"breakwater/internal/door"
)

func (s *server) pressOperations() []operation {
	takesFile := func(op *huma.Operation) { op.BodyReadTimeout, op.MaxBodyBytes = -1, desk.MaxPressFile+1<<20 }
	const change = "Contacts, and order and words of files: name each file once. Nothing of it is public before pages are signed with it."
	const add = "A picture (PNG, JPEG, GIF, WebP), a PDF or a ZIP, told by its bytes. What cameras wrote into pictures is taken out. Pages need to be signed with it."
	const remove = "Pages that show it need to be signed anew. With now it is off everything public at once, which is for leads."
	const bytes = "The bytes as the public gets them."
	return []operation{
		ask(route{http.MethodGet, "/brands/{id}/press", desk.Viewer, "press-read", "What a brand has for the press on all its pages", "Contacts and files."}, s.brandPress),
		ask(route{http.MethodPut, "/brands/{id}/press", desk.Responder, "press-save", "Change what a brand has for the press", change}, s.saveBrandPress),
		askWith(route{http.MethodPost, "/brands/{id}/press/files", desk.Responder, "press-add", "Add a file for the press to all pages of a brand", add}, takesFile, s.addBrandFile),
		ask(route{http.MethodDelete, "/brands/{id}/press/files/{file}", desk.Responder, "press-remove", "Remove a brand's file for the press", remove}, s.removeBrandFile),
		stream(route{http.MethodGet, "/brands/{id}/press/files/{file}", desk.Viewer, "press-file", "A brand's file for the press", bytes}, "application/octet-stream", s.brandFile),
		ask(route{http.MethodGet, "/centre/{id}/press", desk.Viewer, "centre-press-read", "What a page has for the press", "Beside what its brand has on all pages."}, s.pagePress),
		ask(route{http.MethodPut, "/centre/{id}/press", desk.Responder, "centre-press-save", "Change what a page has for the press", change}, s.savePagePress),
		askWith(route{http.MethodPost, "/centre/{id}/press/files", desk.Responder, "centre-press-add", "Add a file for the press to a page", add}, takesFile, s.addPageFile),
		ask(route{http.MethodDelete, "/centre/{id}/press/files/{file}", desk.Responder, "centre-press-remove", "Remove a page's file for the press", remove}, s.removePageFile),
		stream(route{http.MethodGet, "/centre/{id}/press/files/{file}", desk.Viewer, "centre-press-file", "A page's file for the press", bytes}, "application/octet-stream", s.pageFile),
	}
}

func (s *server) brandPress(ctx context.Context, in *One) (desk.Press, error) {
	return s.Centre.Press(ctx, in.ID, 0)
}

func (s *server) pagePress(ctx context.Context, in *One) (desk.Press, error) {
	return s.Centre.Press(ctx, 0, in.ID)
}

type savePressIn struct {
	One
	Body struct {
		Alone    bool                `json:"alone,omitempty" doc:"Of a page: without what its brand has on all pages"`
		Contacts []desk.PressContact `json:"contacts" doc:"Whom the press asks" maxItems:"50"`
		Files    []struct {
			ID    string               `json:"id" maxLength:"20"`
			Words []desk.PressFileSaid `json:"words" doc:"What it shows or is, and who made it, in each language" maxItems:"30"`
		} `json:"files" doc:"Every file that is there, in the order in which they are shown" maxItems:"50"`
		Version int `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
	}
}

func (in *savePressIn) press(brandID, pageID int64) desk.Press {
	p := desk.Press{BrandID: brandID, CentreID: pageID, Alone: in.Body.Alone, Contacts: in.Body.Contacts, Version: in.Body.Version}
	for _, f := range in.Body.Files {
		p.Files = append(p.Files, desk.PressFile{ID: f.ID, Words: f.Words})
	}
	return p
}

func (s *server) saveBrandPress(ctx context.Context, in *savePressIn) (desk.Press, error) {
	return s.Centre.SavePress(ctx, in.press(in.ID, 0))
}

func (s *server) savePagePress(ctx context.Context, in *savePressIn) (desk.Press, error) {
	return s.Centre.SavePress(ctx, in.press(0, in.ID))
}

type addPressIn struct {
	One
	Name    string `query:"name" doc:"Of the file" maxLength:"300"`
	Lang    string `query:"lang" doc:"Of alt and credit" maxLength:"20" default:"en"`
	Alt     string `query:"alt" doc:"What a picture shows, for those who do not see it; what another file is" maxLength:"1000"`
	Credit  string `query:"credit" doc:"Who made it, and how it may be used" maxLength:"1000"`
	RawBody []byte `contentType:"application/octet-stream" doc:"The file"`
}

func (in *addPressIn) words() desk.PressFileSaid {
	return desk.PressFileSaid{Lang: in.Lang, Alt: in.Alt, Credit: in.Credit}
}

func (s *server) addBrandFile(ctx context.Context, in *addPressIn) (desk.Press, error) {
	return s.Centre.AddFile(ctx, in.ID, 0, in.Name, in.RawBody, in.words())
}

func (s *server) addPageFile(ctx context.Context, in *addPressIn) (desk.Press, error) {
	return s.Centre.AddFile(ctx, 0, in.ID, in.Name, in.RawBody, in.words())
}

type pressFileIn struct {
	One
	File string `path:"file" doc:"Its id: f1, f2 …" maxLength:"20"`
}

type removePressIn struct {
	One
	File string `path:"file" doc:"Its id: f1, f2 …" maxLength:"20"`
	Now  bool   `query:"now" doc:"Off everything public at once; for leads"`
}

func (s *server) removeBrandFile(ctx context.Context, in *removePressIn) (desk.Press, error) {
	return s.Centre.RemoveFile(ctx, in.ID, 0, in.File, in.Now)
}

func (s *server) removePageFile(ctx context.Context, in *removePressIn) (desk.Press, error) {
	return s.Centre.RemoveFile(ctx, 0, in.ID, in.File, in.Now)
}

func (s *server) brandFile(ctx context.Context, in *pressFileIn) (writer, error) {
	_, body, err := s.Centre.Bytes(ctx, in.ID, 0, in.File)
	return bytesOf(body), err
}

func (s *server) pageFile(ctx context.Context, in *pressFileIn) (writer, error) {
	_, body, err := s.Centre.Bytes(ctx, 0, in.ID, in.File)
	return bytesOf(body), err
}

// bytesOf writes bytes that nobody is to open but to keep.
func bytesOf(body []byte) writer {
	return func(w http.ResponseWriter) error {
		door.Still(w.Header(), "application/octet-stream")
		_, err := w.Write(body)
		return err
	}
}
