package web

import (
	"strings"

	"breakwater/desk"
)

func pressStories() []story {
	return []story{
		{"centre/press", "empty", func(t teller) page {
			p := newPressPage(desk.Press{BrandID: 1}, []string{"en"})
			p.Frame = t.frame(desk.Responder)
			return p
		}},
		{"centre/press", "of a brand", func(t teller) page {
			p := newPressPage(t.press(0), []string{"en", "he"})
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"centre/press", "of a page", func(t teller) page {
			press := t.press(3)
			press.Alone = true
			p := newPressPage(press, []string{"he"})
			p.Frame, p.Title, p.All = t.frame(desk.Responder), long(), t.press(0)
			p.Problems = []*desk.Invalid{desk.Wrong("file", "This is too large: at most {limit} MB.", "limit", desk.MaxPressFile>>20)}
			return p
		}},
		{"centre/press", "viewer", func(t teller) page {
			p := newPressPage(t.press(0), []string{"en"})
			p.Frame = t.frame(desk.Viewer)
			return p
		}},
	}
}

// press is what a brand or a page has for the press: a picture, a document with a long name, and two contacts.
func (t teller) press(page int64) desk.Press {
	picture := desk.Media{Hash: strings.Repeat("a", 64), Type: "image/png", Name: "logo.png", Size: 34_120, Width: 1200, Height: 800}
	document := desk.Media{Hash: strings.Repeat("b", 64), Type: "application/pdf", Name: long() + ".pdf", Size: 2_400_000}
	return desk.Press{ID: 1, BrandID: 1, CentreID: page, Version: 3,
		Contacts: []desk.PressContact{{Name: "Ewa Nowak", Phone: "+48 22 555 01 77", Mail: "press@example.org", Words: []desk.PressContactSaid{{Lang: "en", For: t.said(0), Hours: long()}}}, {Name: "<b>עדי</b>", Phone: "+972 3 555 0123"}},
		Files: []desk.PressFile{{ID: "f1", Media: picture, Words: []desk.PressFileSaid{{Lang: "en", Alt: t.said(1), Credit: long()}, {Lang: "he", Alt: "הלוגו"}}, Added: storyNow(), By: "Ana"},
			{ID: "f4", Media: document, Words: []desk.PressFileSaid{{Lang: "en", Alt: long()}}, Added: storyNow(), By: "Ana"}}}
}
