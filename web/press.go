package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"breakwater/desk"
	"breakwater/preflight"
)

func (c *Console) pressRoutes() []route {
	return []route{
		{"GET /centre/press", desk.Viewer, c.pressShow},
		{"POST /centre/press", desk.Responder, c.pressSave},
		{"POST /centre/press/files", desk.Responder, c.pressAdd},
		{"GET /centre/press/files/{file}", desk.Viewer, c.pressFile},
		{"POST /centre/press/files/{file}/remove", desk.Responder, c.pressRemove},
		{"GET /centre/{id}/press", desk.Viewer, c.pressShow},
		{"POST /centre/{id}/press", desk.Responder, c.pressSave},
		{"POST /centre/{id}/press/files", desk.Responder, c.pressAdd},
		{"GET /centre/{id}/press/files/{file}", desk.Viewer, c.pressFile},
		{"POST /centre/{id}/press/files/{file}/remove", desk.Responder, c.pressRemove},
		{"GET /centre/{id}/media/{file}", desk.Viewer, c.centreMedia},
	}
}

// pressPage is what a brand, or a page of its crisis centre, has for the press.
type pressPage struct {
	Frame
	Press    desk.Press
	Title    string // of the page; empty of the brand
	Path     string // of this page
	Contacts []pressContactRow
	Files    []pressFileRow
	Langs    []string   // that something is said in
	All      desk.Press // of its brand, on all pages
	Alt      string     // of an upload that was refused
	Credit   string
}

// Most is how large a file may be, in megabytes.
func (p *pressPage) Most() int { return desk.MaxPressFile >> 20 }

// Sum is how much there may be in all, in megabytes.
func (p *pressPage) Sum() int { return desk.MaxPressFiles >> 20 }

// pressContactRow is a contact with a place for its words in each language.
type pressContactRow struct {
	desk.PressContact
	Said []desk.PressContactSaid
}

// pressFileRow is a file with a place for its words in each language.
type pressFileRow struct {
	desk.PressFile
	Said        []desk.PressFileSaid
	Look        string // hash of a picture to show; empty: none
	First, Last bool
}

// freeContacts is how many empty contacts there are to fill in.
const freeContacts = 1

// newPressPage lays out what there is, in these languages and in those that something is said in already.
func newPressPage(press desk.Press, langs []string) *pressPage {
	p := &pressPage{Frame: Frame{Area: "centre"}, Press: press, Path: "/centre/press"}
	if press.CentreID != 0 {
		p.Path = "/centre/" + itoa(press.CentreID) + "/press"
	}
	add := func(lang string) {
		if !slices.Contains(langs, lang) {
			langs = append(langs, lang)
		}
	}
	for _, c := range press.Contacts {
		for _, w := range c.Words {
			add(w.Lang)
		}
	}
	for _, f := range press.Files {
		for _, w := range f.Words {
			add(w.Lang)
		}
	}
	p.Langs = langs
	for _, c := range append(slices.Clone(press.Contacts), make([]desk.PressContact, freeContacts)...) {
		row := pressContactRow{PressContact: c}
		for _, l := range langs {
			said := desk.PressContactSaid{Lang: l}
			if i := slices.IndexFunc(c.Words, func(w desk.PressContactSaid) bool { return w.Lang == l }); i >= 0 {
				said = c.Words[i]
			}
			row.Said = append(row.Said, said)
		}
		p.Contacts = append(p.Contacts, row)
	}
	for n, f := range press.Files {
		row := pressFileRow{PressFile: f, First: n == 0, Last: n == len(press.Files)-1}
		if row.Look = f.Small.Hash; row.Look == "" && f.IsImage() {
			row.Look = f.Hash
		}
		for _, l := range langs {
			said := desk.PressFileSaid{Lang: l}
			if i := slices.IndexFunc(f.Words, func(w desk.PressFileSaid) bool { return w.Lang == l }); i >= 0 {
				said = f.Words[i]
			}
			row.Said = append(row.Said, said)
		}
		p.Files = append(p.Files, row)
	}
	return p
}

// pressPlace is whose press an address means: a page, or 0 and the brand.
func pressPlace(r *http.Request) (brandID, pageID int64, err error) {
	if r.PathValue("id") == "" {
		return visitOf(r).brand.ID, 0, nil
	}
	pageID, err = pathID(r)
	return 0, pageID, err
}

// pressPage is the page of what is stored.
func (c *Console) pressPage(r *http.Request) (*pressPage, error) {
	ctx, v := r.Context(), visitOf(r)
	brandID, pageID, err := pressPlace(r)
	if err != nil {
		return nil, err
	}
	press, err := c.Centre.Press(ctx, brandID, pageID)
	if err != nil {
		return nil, err
	}
	var pages []desk.Centre
	if pageID != 0 {
		one, err := c.Centre.One(ctx, pageID)
		if err != nil {
			return nil, err
		}
		pages = []desk.Centre{one}
	} else if pages, err = c.Centre.List(ctx, brandID, 0, desk.Paging{Limit: centresShown}); err != nil {
		return nil, err
	}
	var langs []string
	for _, one := range pages {
		for _, t := range one.Draft {
			if !slices.Contains(langs, t.Lang) {
				langs = append(langs, t.Lang)
			}
		}
	}
	if len(langs) == 0 {
		langs = []string{v.speak.Tag()}
	}
	p := newPressPage(press, langs)
	if pageID != 0 {
		p.Title = pages[0].Name
		p.All, err = c.Centre.Press(ctx, press.BrandID, 0)
	}
	return p, err
}

func (c *Console) pressShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.pressPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "centre/press", p)
}

func (c *Console) pressSave(w http.ResponseWriter, r *http.Request) error {
	brandID, pageID, err := pressPlace(r)
	if err != nil {
		return err
	}
	in := pressOf(r)
	in.BrandID, in.CentreID = brandID, pageID
	if _, err = c.Centre.SavePress(r.Context(), in); err == nil {
		return seeOther(w, r, r.URL.Path, "saved")
	}
	return c.pressAgain(w, r, in, err)
}

// pressAgain shows the form once more as it was written, with what is wrong with it.
func (c *Console) pressAgain(w http.ResponseWriter, r *http.Request, in desk.Press, err error) error {
	p, perr := c.pressPage(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	for i := range in.Files { // what was written stands there again, beside bytes that are as they were
		if f := p.Press.File(in.Files[i].ID); f != nil {
			said := in.Files[i].Words
			in.Files[i] = *f
			in.Files[i].Words = said
		}
	}
	p.Press.Contacts, p.Press.Files, p.Press.Alone, p.Press.Version = in.Contacts, in.Files, in.Alone, in.Version
	q := newPressPage(p.Press, p.Langs)
	q.Title, q.All = p.Title, p.All
	return c.again(w, r, "centre/press", q, err)
}

// pressOf reads the form: contacts, words, and the order of files, in which one may have been moved.
func pressOf(r *http.Request) (p desk.Press) {
	f := r.PostForm
	p.Alone, p.Version = f.Get("alone") != "", int(number(f.Get("version")))
	for i := range f["c_name"] {
		c := desk.PressContact{Name: at(r, "c_name", i), Phone: at(r, "c_phone", i), Mail: at(r, "c_mail", i)}
		n := itoa(int64(i))
		for j, lang := range f["c_lang-"+n] {
			c.Words = append(c.Words, desk.PressContactSaid{Lang: lang, For: at(r, "c_for-"+n, j), Hours: at(r, "c_hours-"+n, j)})
		}
		p.Contacts = append(p.Contacts, c)
	}
	for _, id := range f["f_id"] {
		one := desk.PressFile{ID: id}
		for j, lang := range f["f_lang-"+id] {
			one.Words = append(one.Words, desk.PressFileSaid{Lang: lang, Alt: at(r, "f_alt-"+id, j), Credit: at(r, "f_credit-"+id, j)})
		}
		p.Files = append(p.Files, one)
	}
	id, way, _ := strings.Cut(f.Get("move"), " ")
	from := slices.IndexFunc(p.Files, func(f desk.PressFile) bool { return f.ID == id })
	to := from + 1
	if way == "up" {
		to = from - 1
	}
	if from >= 0 && to >= 0 && to < len(p.Files) {
		p.Files[from], p.Files[to] = p.Files[to], p.Files[from]
	}
	return p
}

func (c *Console) pressAdd(w http.ResponseWriter, r *http.Request) error {
	brandID, pageID, err := pressPlace(r)
	if err != nil {
		return err
	}
	words := desk.PressFileSaid{Lang: r.PostFormValue("lang"), Alt: r.PostFormValue("alt"), Credit: r.PostFormValue("credit")}
	back := strings.TrimSuffix(r.URL.Path, "/files")
	if err = c.takePress(r, func(ctx context.Context, name string, b []byte) error {
		_, err := c.Centre.AddFile(ctx, brandID, pageID, name, b, words)
		return err
	}); err == nil {
		return seeOther(w, r, back, "uploaded")
	}
	p, perr := c.pressPage(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	p.Alt, p.Credit = words.Alt, words.Credit
	return c.again(w, r, "centre/press", p, err)
}

// takePress reads the file of an upload.
func (c *Console) takePress(r *http.Request, take func(ctx context.Context, name string, b []byte) error) error {
	f, name, err := upload(r, "file")
	if err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(f, desk.MaxPressFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return take(r.Context(), name, b)
}

// pressRemove takes a file away, whatever else is written in the form, and saves that as well, as moving a file does.
func (c *Console) pressRemove(w http.ResponseWriter, r *http.Request) error {
	brandID, pageID, err := pressPlace(r)
	if err != nil {
		return err
	}
	id := r.PathValue("file")
	if _, err := c.Centre.RemoveFile(r.Context(), brandID, pageID, id, r.PostFormValue("now-"+id) != ""); err != nil {
		return err
	}
	if r.PostForm.Has("version") { // else no form was sent along
		in := pressOf(r)
		in.BrandID, in.CentreID, in.Version = brandID, pageID, in.Version+1 // as the removal left it, unless somebody changed it meanwhile
		in.Files = slices.DeleteFunc(in.Files, func(f desk.PressFile) bool { return f.ID == id })
		if _, err := c.Centre.SavePress(r.Context(), in); err != nil {
			return c.pressAgain(w, r, in, err)
		}
	}
	back, _, _ := strings.Cut(r.URL.Path, "/files/")
	return seeOther(w, r, back, "deleted")
}

// pressFile answers with the bytes of a file, to be kept.
func (c *Console) pressFile(w http.ResponseWriter, r *http.Request) error {
	brandID, pageID, err := pressPlace(r)
	if err != nil {
		return err
	}
	m, b, err := c.Centre.Bytes(r.Context(), brandID, pageID, r.PathValue("file"))
	if err != nil {
		return err
	}
	return preflight.ServeMedia(w, b, m.Type)
}

// centreMedia answers with a picture or file of a page, for the preview.
func (c *Console) centreMedia(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	f, err := c.Centre.PreviewMedia(r.Context(), id, r.PathValue("file"))
	if err != nil {
		return err
	}
	return preflight.ServeMedia(w, f.Body, f.Type)
}
