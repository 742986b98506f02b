package centre

import (
	"cmp"
	"strconv"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
)

// Summary of what is public in the shape that widgets and bots for status pages read: summary.json of Statuspage's public API, version 2.

type statusPage struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	URL     string `json:"url"`
	Zone    string `json:"time_zone"`
	Updated string `json:"updated_at"`
}

type statusIncident struct {
	ID        string         `json:"id"`
	PageID    string         `json:"page_id"`
	Name      string         `json:"name"`
	Status    string         `json:"status"`
	Impact    string         `json:"impact"`
	Shortlink string         `json:"shortlink"`
	Started   string         `json:"started_at"`
	Created   string         `json:"created_at"`
	Updated   string         `json:"updated_at"`
	Monitored *string        `json:"monitoring_at"`
	Resolved  *string        `json:"resolved_at"`
	Updates   []statusUpdate `json:"incident_updates"`
	Parts     []any          `json:"components"`
}

type statusUpdate struct {
	ID         string `json:"id"`
	IncidentID string `json:"incident_id"`
	Status     string `json:"status"`
	Body       string `json:"body"`
	Created    string `json:"created_at"`
	Updated    string `json:"updated_at"`
	Display    string `json:"display_at"`
	Affected   []any  `json:"affected_components"`
}

// statusOf is a state in that API's words.
func statusOf(state string) string {
	switch state {
	case "acting":
		return "identified"
	case "fixed":
		return "monitoring"
	case "following":
		return "resolved"
	}
	return "investigating"
}

// summary writes summary.json for a home, also where those who read status pages look for it.
func (w *writer) summary(h Home, live []*Page) {
	incidents := []statusIncident{}
	indicator, describe, newest := "none", "All clear", time.Time{}
	for _, p := range live {
		incidents = append(incidents, p.status())
		if p.changed().After(newest) {
			newest = p.changed()
		}
		if indicator == "none" && statusOf(p.Centre.State) != "resolved" { // the newest of them
			indicator, describe = "major", say.For("en", "").Text(State(p.Centre.State))
		}
	}
	body := jsonOf(struct {
		Page        statusPage       `json:"page"`
		Parts       []any            `json:"components"`
		Incidents   []statusIncident `json:"incidents"`
		Maintenance []any            `json:"scheduled_maintenances"`
		Status      struct {
			Indicator   string `json:"indicator"`
			Description string `json:"description"`
		} `json:"status"`
	}{Page: statusPage{h.Path, h.Brand.Name, h.URL, cmp.Or(h.Brand.Zone, "UTC"), rfc3339(newest)}, Parts: []any{}, Incidents: incidents, Maintenance: []any{},
		Status: struct {
			Indicator   string `json:"indicator"`
			Description string `json:"description"`
		}{indicator, describe}})
	for _, name := range []string{"summary.json", "api/v2/summary.json"} {
		w.put(name, "application/json; charset=utf-8", body)
	}
}

// status is a page as an incident of a status page, in the page's own language.
func (p *Page) status() statusIncident {
	langs := p.langs()
	i := statusIncident{ID: strconv.FormatInt(p.ID, 10), PageID: p.Path, Name: p.title(langs[0]), Status: statusOf(p.Centre.State), Impact: "major", Shortlink: p.URL + "/" + p.Slug + "/",
		Started: rfc3339(p.Opened), Created: rfc3339(p.Opened), Updated: rfc3339(p.changed()), Updates: []statusUpdate{}, Parts: []any{}}
	for _, u := range p.updates(langs[0]) {
		if !u.Gone.IsZero() {
			continue
		}
		at := rfc3339(u.At)
		changed := at
		if !u.Corrected.IsZero() {
			changed = rfc3339(u.Corrected)
		}
		i.Updates = append(i.Updates, statusUpdate{i.ID + "-" + strconv.Itoa(u.Number), i.ID, statusOf(u.State), u.Text, at, changed, at, []any{}})
		switch statusOf(u.State) {
		case "monitoring":
			i.Monitored = &at
		case "resolved":
			i.Resolved = &at
		}
	}
	return i
}

func rfc3339(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// data is what a page says to machines: schema.org's FAQPage, ClaimReview and SpecialAnnouncement.
func (p *Page) data(lang string, url string) any {
	t := p.text(lang)
	type object = map[string]any
	organisation := object{"@type": "Organization", "name": p.Brand.Name}
	notice := object{"@type": "SpecialAnnouncement", "name": p.title(lang), "text": p.description(t, p.latest(lang)), "url": url, "inLanguage": lang, "datePosted": rfc3339(p.Opened),
		"dateModified": rfc3339(p.changed()), "announcementLocation": organisation, "publisher": organisation}
	graph := []any{notice}
	if len(t.Questions) > 0 {
		var asked []any
		for _, q := range t.Questions {
			asked = append(asked, object{"@type": "Question", "name": q.Question, "url": url + "#" + q.ID, "acceptedAnswer": object{"@type": "Answer", "text": q.Answer}})
		}
		graph = append(graph, object{"@type": "FAQPage", "inLanguage": lang, "url": url, "mainEntity": asked})
	}
	for _, r := range t.Rumours {
		review := object{"@type": "ClaimReview", "url": url + "#rumours", "claimReviewed": r.Claim, "reviewBody": r.Answer, "author": organisation, "inLanguage": lang,
			"reviewRating": object{"@type": "Rating", "ratingValue": ratings[r.Verdict], "bestRating": 5, "worstRating": 1, "alternateName": say.For(lang, "").Text(Verdict(r.Verdict))}}
		if !r.At.IsZero() {
			review["datePublished"] = rfc3339(r.At)
		}
		graph = append(graph, review)
	}
	return object{"@context": "https://schema.org", "@graph": graph}
}

// ratings are verdicts on the scale that ClaimReview asks for: 1 false … 5 true.
var ratings = map[string]int{desk.ClaimFalse: 1, desk.ClaimMisleading: 2, desk.ClaimUnproven: 3, desk.ClaimTrue: 5}

// latest is the newest update, nil without one.
func (p *Page) latest(lang string) *updateView {
	for _, u := range p.updates(lang) {
		return &updateView{update: u}
	}
	return nil
}
