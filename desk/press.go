package desk

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Press is what there is for the press: of a brand on every page of its crisis centre, or of one page beside that. The public sees of it
// what was signed with the words of a page.
type Press struct {
	ID       int64          `json:"id,string"`
	BrandID  int64          `json:"brand_id,string"`
	CentreID int64          `json:"centre_id,string"` // 0: of the brand, on all its pages
	Alone    bool           `json:"alone,omitempty"`  // of a page: what the brand has is not on it
	Contacts []PressContact `json:"contacts"`
	Files    []PressFile    `json:"files"` // in the order in which they are shown
	Version  int            `json:"version"`
}

// PressContact is whom the press asks. Telephone or mail address may be empty, not both.
type PressContact struct {
	Name  string             `json:"name"`
	Phone string             `json:"phone,omitempty"`
	Mail  string             `json:"mail,omitempty"`
	Words []PressContactSaid `json:"words,omitempty"`
}

// PressContactSaid is what is said of a contact in one language.
type PressContactSaid struct {
	Lang  string `json:"lang"`
	For   string `json:"for,omitempty"`   // what to ask there
	Hours string `json:"hours,omitempty"` // when, and in which languages
}

// PressFile is a file for the press. Its bytes lie in the store, like those of other media; Alt is said in Words.
type PressFile struct {
	ID    string `json:"id"` // f1, f2 …; never given twice
	Media `json:"media"`
	Small Media           `json:"small,omitzero"` // a picture of it to look at; zero: none
	Words []PressFileSaid `json:"words"`
	Added time.Time       `json:"added"`
	By    string          `json:"by,omitempty"` // who added it, by name
}

// PressFileSaid is what is said of a file in one language.
type PressFileSaid struct {
	Lang   string `json:"lang"`
	Alt    string `json:"alt"`              // what a picture shows, what another file is
	Credit string `json:"credit,omitempty"` // who made it, and how it may be used
}

// CentreContact is a contact for the press as a page shows it in one language.
type CentreContact struct {
	Name  string `json:"name"`
	For   string `json:"for,omitempty"`
	Hours string `json:"hours,omitempty"`
	Phone string `json:"phone,omitempty"`
	Mail  string `json:"mail,omitempty"`
	Lang  string `json:"lang,omitempty"` // of For and Hours, when it is another than the page's
}

// CentreFile is a file for the press as a page shows it in one language.
type CentreFile struct {
	Media         // Alt in that language
	Small  Media  `json:"small,omitzero"`
	Credit string `json:"credit,omitempty"`
	Lang   string `json:"lang,omitempty"` // of Alt and Credit, when it is another than the page's
}

// CentreDropped is a file that was taken off a public page at once, without its words being signed anew.
type CentreDropped struct {
	Hash string    `json:"hash"`
	At   time.Time `json:"at"`
}

// Limits of what is for the press. All of it is served from memory: what is larger is linked to.
const (
	MaxPressFile  = 10 << 20 // bytes of one file
	MaxPressFiles = 20 << 20 // bytes of all files of a brand, and as many again of a page
	maxPressCount = 20       // files
	maxContacts   = 12
	maxPressLine  = 300 // characters
)

// pressTypes are the kinds of files that are taken, as people call them. None of them can run anything in a browser that opens it here.
var pressTypes = [][2]string{{"image/png", "PNG"}, {"image/jpeg", "JPEG"}, {"image/gif", "GIF"}, {"image/webp", "WebP"}, {"application/pdf", "PDF"}, {"application/zip", "ZIP"}}

// KindName is what people call a file's type: PNG, PDF; empty for what is none for the press.
func (m *Media) KindName() string {
	for _, t := range pressTypes {
		if t[0] == m.Type {
			return t[1]
		}
	}
	return ""
}

// Add puts a file behind the others. *Invalid when it is there already, says nothing of itself, or is too much.
func (p *Press) Add(f PressFile) error {
	last := 0
	for i := range p.Files {
		if p.Files[i].Hash == f.Hash {
			return Wrong("file", "This file is there already: {name}.", "name", p.Files[i].Name)
		}
		if n, err := strconv.Atoi(strings.TrimPrefix(p.Files[i].ID, "f")); err == nil {
			last = max(last, n)
		}
	}
	f.ID = "f" + strconv.Itoa(last+1)
	p.Files = append(slices.Clone(p.Files), f)
	return p.Check()
}

// File is the file of an id; nil when there is none.
func (p *Press) File(id string) *PressFile {
	if i := slices.IndexFunc(p.Files, func(f PressFile) bool { return f.ID == id }); i >= 0 {
		return &p.Files[i]
	}
	return nil
}

// Remove takes a file away. ErrNotFound.
func (p *Press) Remove(id string) error {
	n := len(p.Files)
	if p.Files = slices.DeleteFunc(slices.Clone(p.Files), func(f PressFile) bool { return f.ID == id }); len(p.Files) == n {
		return ErrNotFound
	}
	return nil
}

// Rewrite takes contacts, and order and words of files, from what people wrote. Files keep their bytes; each is named once.
func (p *Press) Rewrite(in *Press) error {
	files := make([]PressFile, 0, len(p.Files))
	for i := range in.Files {
		f := p.File(in.Files[i].ID)
		if f == nil || slices.ContainsFunc(files, func(o PressFile) bool { return o.ID == f.ID }) {
			return Wrong("files", "Name every file that is there once, in the order in which they are shown.")
		}
		one := *f
		one.Words = in.Files[i].Words
		files = append(files, one)
	}
	if len(files) != len(p.Files) {
		return Wrong("files", "Name every file that is there once, in the order in which they are shown.")
	}
	p.Files, p.Contacts, p.Alone = files, slices.Clone(in.Contacts), in.Alone && p.CentreID != 0
	return p.Check()
}

// Check tidies what there is and answers an *Invalid for what is wrong with it.
func (p *Press) Check() error {
	p.Contacts = slices.DeleteFunc(p.Contacts, func(c PressContact) bool { return strings.TrimSpace(c.Name+c.Phone+c.Mail) == "" })
	if len(p.Contacts) > maxContacts {
		return Wrong("contacts", "At most {n} contacts.", "n", maxContacts)
	}
	for i := range p.Contacts {
		if err := p.Contacts[i].check(); err != nil {
			return err
		}
	}
	if len(p.Files) > maxPressCount {
		return Wrong("file", "At most {n} files. Leave the less important ones out, or pack them into a ZIP.", "n", maxPressCount)
	}
	var all int64
	for i := range p.Files {
		if err := p.Files[i].check(); err != nil {
			return err
		}
		all += p.Files[i].Size + p.Files[i].Small.Size
	}
	if all > MaxPressFiles {
		return Wrong("file", "All files together are too large: at most {limit} MB. Make them smaller, or link to them.", "limit", MaxPressFiles>>20)
	}
	return nil
}

func (c *PressContact) check() error {
	c.Name, c.Phone, c.Mail = line(c.Name), line(c.Phone), line(c.Mail)
	for i := range c.Words {
		c.Words[i].For, c.Words[i].Hours = line(c.Words[i].For), line(c.Words[i].Hours)
	}
	c.Words = slices.DeleteFunc(c.Words, func(w PressContactSaid) bool { return w.For+w.Hours == "" })
	switch {
	case c.Name == "":
		return Wrong("contacts", "Every contact for the press needs a name.")
	case c.Phone == "" && c.Mail == "":
		return Wrong("contacts", "{name} needs a telephone number or a mail address.", "name", c.Name)
	case tooLong(c.Name, c.Phone, c.Mail):
		return Wrong("contacts", "At most {n} characters in a line.", "n", maxPressLine)
	}
	if a, err := mail.ParseAddress(c.Mail); c.Mail != "" && (err != nil || a.Address != c.Mail) {
		return Wrong("contacts", "{mail} is no mail address.", "mail", c.Mail)
	}
	langs := make(map[string]bool)
	for _, w := range c.Words {
		if !isLang(w.Lang) || langs[w.Lang] {
			return Wrong("contacts", "Choose each language once.")
		}
		if langs[w.Lang] = true; tooLong(w.For, w.Hours) {
			return Wrong("contacts", "At most {n} characters in a line.", "n", maxPressLine)
		}
	}
	return nil
}

func (f *PressFile) check() error {
	for i := range f.Words {
		f.Words[i].Alt, f.Words[i].Credit = line(f.Words[i].Alt), line(f.Words[i].Credit)
	}
	f.Words = slices.DeleteFunc(f.Words, func(w PressFileSaid) bool { return w.Alt+w.Credit == "" })
	switch {
	case f.KindName() == "" || len(f.Hash) != 64:
		return Wrong("file", "This is nothing that can be taken for the press: PNG, JPEG, GIF, WebP, PDF or ZIP.")
	case f.Size > MaxPressFile:
		return Wrong("file", "This is too large: at most {limit} MB.", "limit", MaxPressFile>>20)
	case !slices.ContainsFunc(f.Words, func(w PressFileSaid) bool { return w.Alt != "" }) && f.IsImage():
		return Wrong("alt", "Say what {name} shows, for those who do not see it.", "name", f.Name)
	case !slices.ContainsFunc(f.Words, func(w PressFileSaid) bool { return w.Alt != "" }):
		return Wrong("alt", "Say what {name} is.", "name", f.Name)
	}
	langs := make(map[string]bool)
	for _, w := range f.Words {
		if !isLang(w.Lang) || langs[w.Lang] {
			return Wrong("alt", "Choose each language once.")
		}
		if langs[w.Lang] = true; tooLong(w.Alt, w.Credit) {
			return Wrong("alt", "At most {n} characters in a line.", "n", maxPressLine)
		}
	}
	return nil
}

// line is text on one line, without spaces around it.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

func tooLong(lines ...string) bool {
	return slices.ContainsFunc(lines, func(l string) bool { return utf8.RuneCountInString(l) > maxPressLine })
}

// in is what is shown of a contact in a language: its words there, else those of the first language that has some.
func (c *PressContact) in(lang string) CentreContact {
	out := CentreContact{Name: c.Name, Phone: c.Phone, Mail: c.Mail}
	at := max(0, slices.IndexFunc(c.Words, func(w PressContactSaid) bool { return w.Lang == lang }))
	if at < len(c.Words) {
		out.For, out.Hours, out.Lang = c.Words[at].For, c.Words[at].Hours, other(c.Words[at].Lang, lang)
	}
	return out
}

// in is what is shown of a file in a language: described there, else in the first language in which it is.
func (f *PressFile) in(lang string) CentreFile {
	out := CentreFile{Media: f.Media, Small: f.Small}
	at := slices.IndexFunc(f.Words, func(w PressFileSaid) bool { return w.Lang == lang && w.Alt != "" })
	if at < 0 {
		at = slices.IndexFunc(f.Words, func(w PressFileSaid) bool { return w.Alt != "" })
	}
	if at >= 0 {
		out.Alt, out.Credit, out.Lang = f.Words[at].Alt, f.Words[at].Credit, other(f.Words[at].Lang, lang)
	}
	out.Small.Alt = ""
	return out
}

// other is a language when it is not the one that is expected.
func other(lang, expected string) string {
	if lang == expected {
		return ""
	}
	return lang
}

// Written is the draft of the page with what there is for the press on it: what would be signed.
func (c *Centre) Written(brand, own *Press) []CentreText {
	all := slices.Clone(c.Draft)
	for i := range all {
		t := &all[i]
		t.Contacts, t.Files = nil, nil
		for _, p := range []*Press{brand, own} {
			if p == brand && own.Alone {
				continue
			}
			for j := range p.Contacts {
				t.Contacts = append(t.Contacts, p.Contacts[j].in(t.Lang))
			}
			for j := range p.Files {
				f := p.Files[j].in(t.Lang)
				if !slices.ContainsFunc(t.Files, func(o CentreFile) bool { return o.Hash == f.Hash }) {
					t.Files = append(t.Files, f)
				}
			}
		}
	}
	return all
}

// Drop takes a file off what is public, now; what was signed with it stays as it was. It reports whether the page showed it.
func (c *Centre) Drop(hash string, at time.Time) bool {
	if !slices.ContainsFunc(c.Public(), func(t CentreText) bool { return t.has(hash) }) && !slices.ContainsFunc(c.Asked.Texts, func(t CentreText) bool { return t.has(hash) }) {
		return false
	}
	c.Dropped = append(slices.DeleteFunc(slices.Clone(c.Dropped), func(d CentreDropped) bool { return d.Hash == hash }), CentreDropped{hash, at})
	if c.Stage == CentreLive {
		c.Changed = at
	}
	return true
}

func (t *CentreText) has(hash string) bool {
	return slices.ContainsFunc(t.Files, func(f CentreFile) bool { return f.Hash == hash })
}

// Public is what the page says to the public beside updates: what was signed, without the files that were taken off since.
func (c *Centre) Public() []CentreText {
	if len(c.Dropped) == 0 {
		return c.Live
	}
	all := slices.Clone(c.Live)
	for i := range all {
		all[i].Files = slices.DeleteFunc(slices.Clone(all[i].Files), func(f CentreFile) bool {
			return slices.ContainsFunc(c.Dropped, func(d CentreDropped) bool { return d.Hash == f.Hash })
		})
	}
	return all
}

// undrop forgets which files were taken off before the page was last sent to be signed with them, for people want them back, and those
// that none of its words name any more.
func (c *Centre) undrop() {
	c.Dropped = slices.DeleteFunc(slices.Clone(c.Dropped), func(d CentreDropped) bool {
		has := func(t CentreText) bool { return t.has(d.Hash) }
		if slices.ContainsFunc(c.Asked.Texts, has) {
			return d.At.Before(c.Asked.At)
		}
		return !slices.ContainsFunc(c.Live, has) && !slices.ContainsFunc(c.Past, func(p CentrePast) bool { return has(p.Text) })
	})
}
