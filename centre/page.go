// Package centre is the public crisis centre: a brand's site with one page for each crisis, made into bytes when something changes and
// served from memory without database, cookies or script. Everything on it was approved and went out as a post.
package centre

import (
	"cmp"
	"slices"
	"time"

	"breakwater/desk"
)

// Home is a brand's crisis centre: where it lives, and in whose name.
type Home struct {
	Brand desk.Brand
	Path  string // under /c/: "aurora"
	URL   string // public address without a trailing slash: https://help.aurora.example
	Host  string // own host name; empty: none
	Door  string // where this program answers for it, whatever URL says: people subscribe there; without a trailing slash
	Lang  string // of what is on no page of a crisis
	// Letters says that people can subscribe by mail.
	Letters bool
}

// Page is one page of a home with all that is shown of it. It is pure: the same Page is always the same bytes.
type Page struct {
	Home
	desk.Centre
	Texts   []desk.CentreText // what it says beside updates: Centre.Live, or the draft in a preview
	Next    time.Time         // the next update was promised by then; zero: no promise
	Late    bool              // that time has passed
	Preview bool              // looked at before it is public
	Zone    *time.Location    // of the brand
}

// langs are the languages of the page, its own first.
func (p *Page) langs() (langs []string) {
	for _, t := range p.Texts {
		langs = append(langs, t.Lang)
	}
	for _, l := range p.Centre.Langs() {
		if !slices.Contains(langs, l) {
			langs = append(langs, l)
		}
	}
	if len(langs) == 0 {
		langs = []string{cmp.Or(p.Lang, "en")}
	}
	return langs
}

// text is what the page says in a language, else in its own.
func (p *Page) text(lang string) desk.CentreText {
	for _, t := range p.Texts {
		if t.Lang == lang {
			return t
		}
	}
	if len(p.Texts) > 0 {
		return p.Texts[0]
	}
	return desk.CentreText{Lang: lang}
}

// update is an update in one language, as it is shown.
type update struct {
	Number    int
	State     string
	At        time.Time
	Lang      string // of the words
	Title     string
	Text      string
	Media     []desk.Media
	Corrected time.Time
	Gone      time.Time // withdrawn in every language
}

// updates are the page's updates in a language, or in one that they have, newest first.
func (p *Page) updates(lang string) (all []update) {
	for _, u := range slices.Backward(p.Updates) {
		all = append(all, updateIn(u, lang, p.langs()))
	}
	return all
}

// updateIn is an update in the language asked for, else in the first of the page's that it is said in.
func updateIn(u desk.CentreUpdate, lang string, langs []string) update {
	out := update{Number: u.Number, State: u.State, At: u.At, Lang: lang}
	for _, want := range append([]string{lang}, langs...) {
		for _, s := range u.Said {
			if s.Lang == want && s.Withdrawn.IsZero() {
				out.Lang, out.Title, out.Text, out.Media, out.Corrected = s.Lang, s.Title, s.Text, s.Media, s.Corrected
				return out
			}
		}
	}
	for _, s := range u.Said {
		if s.Withdrawn.After(out.Gone) {
			out.Gone = s.Withdrawn
		}
	}
	return out
}

// title is the headline in a language: the page's own, else that of the newest update, else its name at the desk is not for the public.
func (p *Page) title(lang string) string {
	if t := p.text(lang).Title; t != "" {
		return t
	}
	for _, u := range p.updates(lang) {
		if u.Title != "" {
			return u.Title
		}
	}
	return p.Brand.Name
}

// changed is when what is public changed last.
func (p *Page) changed() time.Time { return p.Centre.Changed }
