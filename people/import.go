package people

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"breakwater/desk"
	"breakwater/internal/say"
)

// What a row of an address book would do.
const (
	RowNew     = "new"
	RowChanged = "changed"
	RowSame    = "same"
	RowBad     = "bad"
)

// BookRow is one contact of an address book that is to be imported.
type BookRow struct {
	Line    int       `json:"line"`
	Name    string    `json:"name"`
	What    string    `json:"what"` // RowNew, RowChanged, RowSame, RowBad
	ID      int64     `json:"id,string,omitempty"`
	Fields  []string  `json:"fields,omitempty"` // that change, by their names in the API
	Problem desk.Text `json:"problem,omitzero"` // what is wrong and what to do

	contact  desk.Contact
	deputies []string
}

// Sheet is what importing an address book would do, or did.
type Sheet struct {
	Rows    []BookRow `json:"rows"`
	New     int       `json:"new"`
	Changed int       `json:"changed"`
	Same    int       `json:"same"`
	Bad     int       `json:"bad"`
	Kept    bool      `json:"kept"` // the good rows were taken over
}

// MaxBook is the size of an address book in bytes, and maxEntries its number of contacts.
const (
	MaxBook    = 4 << 20
	maxEntries = 10_000
)

// Preview says what importing an address book (vCard 4.0 or 3.0, or CSV) would do, and changes nothing. New contacts that do not say
// what they are get the kind: whoever is staff is told what our own people are told. *desk.Invalid of "file" or "kind". For leads.
func (d *Directory) Preview(ctx context.Context, brandID int64, kind string, book []byte) (Sheet, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return Sheet{}, err
	}
	if !slices.Contains(desk.ContactKinds, kind) {
		return Sheet{}, desk.Wrong("kind", "Choose one of the kinds.")
	}
	entries, err := readBook(book)
	if err != nil {
		return Sheet{}, err
	}
	known, err := d.store.AllContacts(ctx, desk.ContactFilter{BrandID: brandID})
	if err != nil {
		return Sheet{}, err
	}
	return compare(entries, known, brandID, kind), nil
}

// Import takes over the good rows of an address book, and says what it did. What is missing in a row stays as it is: an import adds
// ways and takes none away. For leads.
func (d *Directory) Import(ctx context.Context, brandID int64, kind string, book []byte) (Sheet, error) {
	s, err := d.Preview(ctx, brandID, kind, book)
	if err != nil {
		return s, err
	}
	for i := range s.Rows {
		r := &s.Rows[i]
		if r.What != RowNew && r.What != RowChanged {
			continue
		}
		saved, err := d.Save(ctx, r.contact)
		var wrong *desk.Invalid
		switch {
		case errors.As(err, &wrong):
			r.What, r.Problem = RowBad, wrong.Reason
		case err != nil:
			return s, err
		default:
			r.ID, r.contact = saved.ID, saved
		}
	}
	s.count()
	s.Kept = true
	return s, d.appoint(ctx, brandID, s.Rows)
}

// appoint enters deputies, who stand in a file by name and may come after those whom they stand in for.
func (d *Directory) appoint(ctx context.Context, brandID int64, rows []BookRow) error {
	if !slices.ContainsFunc(rows, func(r BookRow) bool { return len(r.deputies) > 0 }) {
		return nil
	}
	all, err := d.store.AllContacts(ctx, desk.ContactFilter{BrandID: brandID})
	if err != nil {
		return err
	}
	byName := map[string]int64{}
	for _, c := range all {
		byName[folded(c.Name)] = c.ID
	}
	for _, r := range rows {
		c := r.contact
		added := false
		for _, name := range r.deputies {
			if id := byName[folded(name)]; id != 0 && id != c.ID && !slices.Contains(c.Deputies, id) && r.ID != 0 {
				c.Deputies, added = append(slices.Clone(c.Deputies), id), true
			}
		}
		if !added {
			continue
		}
		c.Version = 0
		if _, err := d.Save(ctx, c); err != nil {
			return wrap(c.ID, err)
		}
	}
	return nil
}

// readBook reads an address book of either kind.
func readBook(book []byte) ([]entry, error) {
	if len(book) > MaxBook {
		return nil, desk.Wrong("file", "This address book is too large. Import it in parts of at most {n} contacts.", "n", maxEntries)
	}
	text := decoded(book)
	if strings.TrimSpace(text) == "" {
		return nil, desk.Wrong("file", "This file is empty.")
	}
	var entries []entry
	var err error
	if strings.Contains(strings.ToUpper(text[:min(len(text), 4096)]), "BEGIN:VCARD") {
		entries = readVCards(text)
	} else if entries, err = readCSV(text); err != nil {
		return nil, err
	}
	switch {
	case len(entries) > maxEntries:
		return nil, desk.Wrong("file", "This address book is too large. Import it in parts of at most {n} contacts.", "n", maxEntries)
	case len(entries) == 0:
		return nil, desk.Wrong("file", "There is no contact in this file.")
	}
	return entries, nil
}

// Text is an address book as text that a form can carry.
func Text(book []byte) string { return decoded(book) }

// decoded is a file as text: UTF-8, or what spreadsheets of Western Windows write where it is not.
func decoded(book []byte) string {
	text := strings.TrimPrefix(string(book), "\uFEFF")
	if !utf8.ValidString(text) {
		runes := make([]rune, len(book))
		for i, b := range book {
			runes[i] = rune(b)
			if b >= 0x80 && b < 0xA0 {
				runes[i] = windows1252[b-0x80]
			}
		}
		text = string(runes)
	}
	return strings.ReplaceAll(text, "\x00", "")
}

// windows1252 is where the code page of Western Windows differs from Latin-1, from 0x80 on.
var windows1252 = []rune("€\uFFFD‚ƒ„…†‡ˆ‰Š‹Œ\uFFFDŽ\uFFFD\uFFFD‘’“”•–—˜™š›œ\uFFFDžŸ")

// compare finds for each entry the contact that it is, and what it would change.
func compare(entries []entry, known []desk.Contact, brandID int64, kind string) Sheet {
	byKey := map[string]*desk.Contact{}
	for i := range known {
		for _, k := range keysOf(&known[i]) {
			if byKey[k] == nil {
				byKey[k] = &known[i]
			}
		}
	}
	s := Sheet{Rows: make([]BookRow, 0, len(entries))}
	seen := map[string]int{}
	for _, e := range entries {
		r := rowOf(e, byKey, brandID, kind)
		if r.What != RowBad {
			for _, k := range keysOf(&r.contact) {
				if first := seen[k]; first != 0 && first != r.Line {
					r.What, r.Problem = RowBad, desk.Say("This is the same contact as in line {line}. Keep one of them.", "line", first)
					break
				}
				seen[k] = r.Line
			}
		}
		s.Rows = append(s.Rows, r)
	}
	s.count()
	return s
}

func (s *Sheet) count() {
	s.New, s.Changed, s.Same, s.Bad = 0, 0, 0, 0
	for _, r := range s.Rows {
		switch r.What {
		case RowNew:
			s.New++
		case RowChanged:
			s.Changed++
		case RowSame:
			s.Same++
		default:
			s.Bad++
		}
	}
}

// keysOf are by what a contact is known again: the id of its address book, a mail address of a person, name and department.
func keysOf(c *desk.Contact) (all []string) {
	if c.UID != "" {
		all = append(all, "uid:"+c.UID)
	}
	if c.ID != 0 {
		all = append(all, "uid:breakwater-contact-"+strings.TrimPrefix(on(c.ID), "contact:"))
	}
	for _, w := range c.Ways {
		if w.Kind == desk.ReachEmail && !c.Group {
			all = append(all, "mail:"+strings.ToLower(w.Value))
		}
	}
	return append(all, "name:"+folded(c.Name)+"/"+folded(c.Department)+"/"+folded(c.Firm))
}

func folded(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func rowOf(e entry, known map[string]*desk.Contact, brandID int64, kind string) BookRow {
	r := BookRow{Line: e.line, Name: e.contact.Name, What: RowNew, contact: e.contact, deputies: e.deputies}
	if e.problem != nil {
		r.What, r.Problem = RowBad, e.problem.Reason
		return r
	}
	bare := e.contact
	if err := bare.Check(); err != nil {
		var wrong *desk.Invalid
		errors.As(err, &wrong)
		r.What, r.Problem = RowBad, wrong.Reason
		return r
	}
	r.contact, r.Name = bare, bare.Name
	if e.contact.Kind == "" {
		r.contact.Kind = kind
	}
	r.contact.BrandID = brandID
	if strings.HasPrefix(r.contact.UID, "breakwater-contact-") {
		r.contact.UID = ""
	}
	for _, k := range keysOf(&bare) {
		if was := known[k]; was != nil {
			r.merge(*was, e.contact.Kind != "")
			return r
		}
	}
	return r
}

// merge lays the row over the contact that it is.
func (r *BookRow) merge(was desk.Contact, kinded bool) {
	in, now := r.contact, was
	for _, f := range []struct {
		name string
		in   string
		now  *string
	}{{"name", in.Name, &now.Name}, {"department", in.Department, &now.Department}, {"title", in.Title, &now.Title}, {"firm", in.Firm, &now.Firm}, {"lang", in.Lang, &now.Lang},
		{"zone", in.Zone, &now.Zone}, {"hours", in.Hours, &now.Hours}, {"notes", in.Notes, &now.Notes}} {
		if f.in != "" && f.in != *f.now {
			*f.now = f.in
			r.Fields = append(r.Fields, f.name)
		}
	}
	if kinded && in.Kind != now.Kind {
		now.Kind = in.Kind
		r.Fields = append(r.Fields, "kind")
	}
	now.Ways = slices.Clone(was.Ways)
	for _, w := range in.Ways {
		if !slices.ContainsFunc(now.Ways, func(o desk.ContactWay) bool { return o.Kind == w.Kind && sameWay(o, w) }) {
			now.Ways = append(now.Ways, w)
		}
	}
	if len(now.Ways) > len(was.Ways) {
		r.Fields = append(r.Fields, "ways")
	}
	for _, role := range in.Roles {
		if !slices.Contains(now.Roles, role) {
			now.Roles = append(slices.Clone(now.Roles), role)
			r.Fields = append(r.Fields, "roles")
		}
	}
	if now.UID == "" && in.UID != "" {
		now.UID = in.UID
		r.Fields = append(r.Fields, "uid")
	}
	r.ID, r.What = was.ID, RowChanged
	if len(r.Fields) == 0 {
		r.What = RowSame
	}
	now.Version = 0
	r.contact = now
}

// sameWay compares numbers by their digits and addresses without their case.
func sameWay(a, b desk.ContactWay) bool {
	if a.Kind == desk.ReachPhone || a.Kind == desk.ReachMobile {
		return a.Link() == b.Link()
	}
	return strings.EqualFold(a.Value, b.Value)
}

// knownLang is a language of ours for a tag or a name, else the tag as it is.
func knownLang(s string) string {
	s = strings.TrimSpace(s)
	for _, l := range say.Languages() {
		if strings.EqualFold(l.Tag, s) || strings.EqualFold(l.Name, s) {
			return l.Tag
		}
	}
	base, _, _ := strings.Cut(strings.ReplaceAll(s, "_", "-"), "-")
	for _, l := range say.Languages() {
		if strings.EqualFold(l.Tag, base) || strings.EqualFold(l.Tag, "zh-Hant") && strings.EqualFold(base, "zh") {
			return l.Tag
		}
	}
	return s
}

// Kinds of address book that are written.
const (
	VCard = "vcf"
	CSV   = "csv"
)

// Export writes a brand's contacts as an address book of a kind: VCard or CSV. For leads; the journal says who took it.
func (d *Directory) Export(ctx context.Context, brandID int64, kind string, w io.Writer) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	all, err := d.store.AllContacts(ctx, desk.ContactFilter{BrandID: brandID})
	if err != nil {
		return err
	}
	act := desk.ActOf(ctx, "contacts.export", "")
	out := desk.Out{Say: desk.Say("{name} takes out the address book.", "name", act.Name), Detail: map[string]any{"contacts": len(all), "format": kind}}
	if _, err := d.store.Record(ctx, act, "brand:"+strconv.FormatInt(brandID, 10), out); err != nil {
		return err
	}
	names := make(map[int64]string, len(all))
	for _, c := range all {
		names[c.ID] = c.Name
	}
	if kind == VCard {
		return writeVCards(w, all, names)
	}
	return writeCSV(w, all, names)
}
