package web

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/journal"
)

func (c *Console) journalRoutes() []route {
	return []route{
		{"GET /journal", desk.Viewer, c.journalList},
		{"POST /journal/verify", desk.Lead, c.journalVerify},
		{"POST /journal/export", desk.Admin, c.journalExport},
	}
}

// entryView is a line of a journal or timeline.
type entryView struct {
	desk.Entry
	Zone *time.Location
	Icon string
	Path string // of the thing it is about, empty when it has no page
}

// inZone is a sentence whose times are those of the brand's clocks: the journal keeps them in UTC.
func inZone(t desk.Text, zone *time.Location) desk.Text {
	local := make(map[string]any, len(t.With))
	for name, v := range t.With {
		local[name] = v
		switch at := v.(type) {
		case time.Time:
			local[name] = at.In(zone)
		case string:
			if is, err := time.Parse(time.RFC3339, at); err == nil {
				local[name] = is.In(zone)
			}
		}
	}
	t.With = local
	return t
}

// entryIcons by the area of what was done.
var entryIcons = map[string]string{
	"contact": "phone", "briefing": "people", "rumour": "ask", "alert": "alerts", "incident": "room", "note": "note", "monitor": "monitors", "source": "sources", "mention": "mentions",
	"user": "person", "session": "person", "token": "person", "way": "people", "brand": "flag",
}

func entryViews(all []desk.Entry, zone *time.Location) []entryView {
	views := make([]entryView, len(all))
	for i, e := range all {
		area, verb, _ := strings.Cut(e.Do, ".")
		v := entryView{Entry: e, Zone: zone, Icon: entryIcons[area]}
		v.Say = inZone(e.Say, zone)
		if verb == "note" {
			v.Icon = "note"
		}
		if v.Icon == "" {
			v.Icon = "journal"
		}
		if kind, id, ok := strings.Cut(e.On, ":"); ok && id != "" && thingPaths[kind] != "" {
			v.Path = thingPaths[kind] + id
		}
		views[i] = v
	}
	return views
}

var thingPaths = map[string]string{
	"contact": "/contacts/", "briefing": "/briefings/", "alert": "/alerts/", "incident": "/incidents/", "monitor": "/monitors/", "source": "/sources/", "mention": "/mentions/", "user": "/people/",
}

// journalPage is the log of every act.
type journalPage struct {
	Frame
	Entries []entryView
	Pager   pagerView
	Do, By  string // filters
	Areas   []choice
	Verdict *journal.Verdict // after a check
}

const entriesShown = 50

// areas are what the journal can be narrowed to.
var areas = []choice{
	{"", desk.Say("Everything")}, {"alert.", desk.Say("Alerts")}, {"incident.", desk.Say("Rooms")}, {"monitor.", desk.Say("Monitors")},
	{"source.", desk.Say("Sources")}, {"mention.", desk.Say("Mentions")}, {"user.", desk.Say("People")}, {"session.", desk.Say("Sign-ins")},
}

func (c *Console) journalList(w http.ResponseWriter, r *http.Request) error {
	p, err := c.journalPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "journal/journal", p)
}

func (c *Console) journalPage(r *http.Request) (*journalPage, error) {
	q := r.URL.Query()
	p := &journalPage{Do: q.Get("do"), By: q.Get("who"), Areas: areas}
	f := desk.EntryFilter{Do: p.Do, Who: p.By, Paging: desk.Paging{Before: number(q.Get("before")), Limit: entriesShown + 1}}
	got, err := c.Journal.List(r.Context(), f)
	if err != nil {
		return nil, err
	}
	got, p.Pager = pieceOf(r, got, entriesShown, func(e desk.Entry) int64 { return e.Seq })
	p.Entries = entryViews(got, zone(visitOf(r).brand))
	return p, nil
}

// journalVerify recomputes the whole chain. Its answer is a page of its own making, not a redirect: nothing was changed.
func (c *Console) journalVerify(w http.ResponseWriter, r *http.Request) error {
	v, err := c.Journal.Verify(r.Context())
	if err != nil {
		return err
	}
	p, err := c.journalPage(r)
	if err != nil {
		return err
	}
	p.Verdict = &v
	return c.render(w, r, "journal/journal", p)
}

// journalExport answers with the signed bundle that anybody can check without the desk.
func (c *Console) journalExport(w http.ResponseWriter, r *http.Request) error {
	var b bytes.Buffer
	if err := c.Journal.Export(r.Context(), &b, 0); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="journal.zip"`)
	_, err := w.Write(b.Bytes())
	return err
}
