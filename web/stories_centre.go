package web

import (
	"net/http"
	"time"

	"breakwater/centre"
	"breakwater/desk"
	"breakwater/internal/say"
)

func centreStories() []story {
	return []story{
		{"centre/centres", "empty", func(t teller) page { return &centresPage{Frame: t.frame(desk.Admin), None: true} }},
		{"centre/centres", "many", func(t teller) page {
			dark, live, down := t.centre(), t.centre(), t.centre()
			dark.Stage, dark.Updates, dark.Name = desk.CentreDark, nil, long()
			down.Stage, down.NoIndex = desk.CentreWithdrawn, true
			return &centresPage{Frame: t.frame(desk.Lead), Front: "https://help.example.org/", Pager: pagerView{Next: "/centre?before=1"},
				Wrong: []centre.Trouble{{Host: "help.example.org", Why: centre.Refused, Words: "DNS problem: NXDOMAIN looking up A for help.example.org", Since: storyNow()}, {Page: long(), Since: storyNow()}, {Page: "Kettle", Picture: true, Since: storyNow()}, {Since: storyNow()}},
				Pages: []centreView{{Centre: live, Link: "https://help.example.org/kettle/"}, {Centre: dark}, {Centre: down, Link: "https://help.example.org/kettle/"}}}
		}},
		{"centre/centre", "new", func(t teller) page {
			p := newCentrePage(desk.Centre{Draft: []desk.CentreText{{Lang: "en"}}})
			p.Frame, p.None = t.frame(desk.Responder), true
			return p
		}},
		{"centre/centre", "prepared", func(t teller) page {
			one := t.centre()
			one.Stage, one.Live, one.Updates, one.Opened, one.IncidentID = desk.CentreDark, nil, nil, time.Time{}, 0
			p := newCentrePage(one)
			p.Frame, p.Scenarios = t.frame(desk.Lead), []choice{{"", desk.Say("any")}, {"product", own(long())}}
			p.Ready = centre.Ready{Own: desk.Statement{ID: 1, State: desk.StatementApproved}, Others: []desk.Statement{{ID: 2, Title: long()}}}
			p.Rooms = []choice{{"1", own(long())}}
			return p
		}},
		{"centre/centre", "public", func(t teller) page {
			p := newCentrePage(t.centre())
			p.Frame, p.Link = t.frame(desk.Lead), "https://help.example.org/kettle/"
			p.Ready = centre.Ready{Own: desk.Statement{ID: 1, State: desk.StatementPublished}, OwnOut: true}
			p.Texts[0].Told = []centreRumourRow{{Name: "C2", Shown: true, CentreRumour: desk.CentreRumour{ClaimID: 2, Claim: long(), Answer: t.said(0), Verdict: desk.ClaimFalse}}}
			return p
		}},
		{"centre/centre", "viewer", func(t teller) page {
			p := newCentrePage(t.centre())
			p.Frame, p.Page.Stage, p.Page.Why = t.frame(desk.Viewer), desk.CentreWithdrawn, "<b>over</b>"
			return p
		}},
		{"centre/centre", "wrong", func(t teller) page {
			p := newCentrePage(t.centre())
			p.Frame = t.frame(desk.Responder)
			p.Problems = []*desk.Invalid{desk.Wrong("slug", "The address takes small letters, digits and hyphens: kettle-recall.")}
			return p
		}},
	}
}

// previewStory is what the frame beside an editor shows.
func previewStory(w http.ResponseWriter, r *http.Request) {
	one := teller{speak: say.For("en", "")}.centre()
	f, err := centre.Preview(centre.Page{Home: centre.Home{Brand: desk.Brand{Name: "Aurora"}}, Centre: one, Texts: one.Draft, Zone: time.UTC}, "index.html")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", f.Type)
	w.Header().Set("Content-Security-Policy", centre.Policy("'self'"))
	_, _ = w.Write(f.Body) // nobody to tell when the asker left
}

// centre is a page of the crisis centre in two languages.
func (t teller) centre() desk.Centre {
	text := desk.CentreText{Lang: "en", Title: long(), About: t.said(0), Do: []string{t.said(1), long()}, Help: []string{"+48 800 555 012"},
		Questions: []desk.CentreQuestion{{ID: "q1", Question: long(), Answer: "<script>alert(1)</script>"}, {ID: "q3", Question: "?", Answer: t.said(1)}}}
	other := text
	other.Lang, other.Title, other.Questions = "he", "קומקום", text.Questions[1:]
	return desk.Centre{ID: 1, BrandID: 1, IncidentID: 3, Name: "Kettle", Slug: "kettle", Stage: desk.CentreLive, State: "acting", Draft: []desk.CentreText{text, other, {Lang: "de", Title: "Wasserkocher"}},
		Live: []desk.CentreText{text}, Opened: storyNow(), Changed: storyNow(), Version: 4,
		Updates: []desk.CentreUpdate{{Number: 1, StatementID: 4, State: "aware", At: storyNow(), Said: []desk.CentreSaid{{Lang: "en", Title: long(), Text: "x"}}},
			{Number: 2, StatementID: 5, State: "acting", At: storyNow(), Said: []desk.CentreSaid{{Lang: "he", Withdrawn: storyNow()}}}}}
}
