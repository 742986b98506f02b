package web

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/people"
)

// bookPage imports an address book: first what it would do, then the doing.
type bookPage struct {
	Frame
	Kind  string
	Kinds []choice
	Sheet *people.Sheet
	Rows  []people.BookRow // of the sheet: bad ones first, as many as people read
	More  int              // left out
	Book  string           // the address book itself, to come back with the second step
}

// rowsShown of an address book: what is wrong must be seen, what is the same need not.
const rowsShown = 300

func newBookPage(kind string, s *people.Sheet, book string) *bookPage {
	p := &bookPage{Kind: kind, Kinds: named("contactkind", desk.ContactKinds...), Sheet: s, Book: book}
	if s == nil {
		return p
	}
	for _, what := range []string{people.RowBad, people.RowChanged, people.RowNew} {
		for _, r := range s.Rows {
			if r.What == what {
				p.Rows = append(p.Rows, r)
			}
		}
	}
	if len(p.Rows) > rowsShown {
		p.Rows, p.More = p.Rows[:rowsShown], len(p.Rows)-rowsShown
	}
	return p
}

// Good is how many rows the second step takes over.
func (p *bookPage) Good() int { return p.Sheet.New + p.Sheet.Changed }

func (c *Console) contactBook(w http.ResponseWriter, r *http.Request) error {
	return c.render(w, r, "contacts/import", newBookPage(desk.ContactStaff, nil, ""))
}

// contactImport shows what a file would do, or takes over what was shown.
func (c *Console) contactImport(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	f, _, err := upload(r, "file")
	kind, kept := r.PostFormValue("kind"), r.PostFormValue("book")
	if kept != "" {
		s, err := c.Contacts.Import(ctx, v.brand.ID, kind, []byte(kept))
		if err != nil {
			return c.again(w, r, "contacts/import", newBookPage(kind, nil, ""), err)
		}
		return c.render(w, r, "contacts/import", newBookPage(kind, &s, ""))
	}
	var book []byte
	if err == nil {
		book, err = io.ReadAll(io.LimitReader(f, people.MaxBook+1))
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return c.again(w, r, "contacts/import", newBookPage(kind, nil, ""), err)
	}
	s, err := c.Contacts.Preview(ctx, v.brand.ID, kind, book)
	if err != nil {
		return c.again(w, r, "contacts/import", newBookPage(kind, nil, ""), err)
	}
	return c.render(w, r, "contacts/import", newBookPage(kind, &s, people.Text(book)))
}

func (c *Console) contactExport(w http.ResponseWriter, r *http.Request) error {
	kind, media := people.CSV, "text/csv; charset=utf-8"
	if strings.HasSuffix(r.URL.Path, ".vcf") {
		kind, media = people.VCard, "text/vcard; charset=utf-8"
	}
	var b strings.Builder
	if err := c.Contacts.Export(r.Context(), visitOf(r).brand.ID, kind, &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", `attachment; filename="contacts-`+time.Now().UTC().Format(time.DateOnly)+"."+kind+`"`)
	_, err := io.WriteString(w, b.String())
	return err
}

// reachPage asks somebody, without sign-in, whether their own ways are right.
type reachPage struct {
	Frame
	Own      people.Own
	Rows     []wayRow
	WayKinds []choice
	Link     string
	Spent    bool
	Thanks   bool
}

func newReachPage(own people.Own, link string) *reachPage {
	return &reachPage{Own: own, Rows: wayRows(own.Ways), WayKinds: named("reach", desk.ReachKinds...), Link: link}
}

func (c *Console) reachShow(w http.ResponseWriter, r *http.Request) error {
	own, err := c.Contacts.ByLink(r.Context(), r.PathValue("link"))
	return c.reachPage(w, r, own, false, err)
}

func (c *Console) reachAnswer(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	ctx, link := r.Context(), r.PathValue("link")
	own, err := c.Contacts.ByLink(ctx, link)
	if err == nil {
		if r.PostFormValue("right") == "" {
			own.Ways, own.Hours = waysOf(r), r.PostFormValue("hours")
		}
		own, err = c.Contacts.Answer(ctx, link, own)
	}
	return c.reachPage(w, r, own, true, err)
}

func (c *Console) reachPage(w http.ResponseWriter, r *http.Request, own people.Own, answered bool, err error) error {
	speakAs(r, own.Lang)
	w.Header().Set("Referrer-Policy", "no-referrer")
	p := newReachPage(own, r.PathValue("link"))
	p.Area = "access"
	switch {
	case errors.Is(err, people.ErrSpent):
		p.Spent = true
		return c.renderAs(w, r, http.StatusGone, "contacts/reach", p)
	case err != nil:
		return c.again(w, r, "contacts/reach", p, err)
	}
	p.Thanks = answered
	return c.render(w, r, "contacts/reach", p)
}
