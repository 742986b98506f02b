package web

import (
	"time"

	"breakwater/desk"
	"breakwater/occasion"
)

func occasionStories() []story {
	return []story{
		{"occasions/occasions", "empty", func(t teller) page { return &occasionsPage{Frame: t.frame(desk.Lead)} }},
		{"occasions/occasions", "many", func(t teller) page {
			p := &occasionsPage{Frame: t.frame(desk.Lead), Imported: &occasion.Imported{Added: 12, Changed: 1, Known: 40, Left: 3}, Pager: pagerView{Next: "/occasions?page=2"}}
			for i := range 9 {
				o := t.occasion()
				o.ID, o.Kind, o.From, o.To = int64(i+1), desk.OccasionKinds[i%5], o.From.AddDate(0, 0, i), o.To.AddDate(0, 0, i)
				p.Occasions = append(p.Occasions, occasionRow{o, i == 0})
			}
			p.Occasions[1].Name, p.Occasions[1].Words = long(), []string{long(), "<i>"}
			p.Occasions[2].Words = nil
			return p
		}},
		{"occasions/occasions", "viewer", func(t teller) page { return &occasionsPage{Frame: t.frame(desk.Viewer), Past: true} }},
		{"occasions/occasion", "one", func(t teller) page {
			p := newOccasionPage(t.occasion(), time.UTC)
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"occasions/occasion", "wrong", func(t teller) page {
			p := newOccasionPage(desk.Occasion{Kind: "launch"}, time.UTC)
			p.Frame = t.frame(desk.Lead)
			p.Problems = []*desk.Invalid{desk.Wrong("name", "Give the occasion a name."), desk.Wrong("to", "The beginning must lie before the end.")}
			return p
		}},
		{"occasions/occasion", "viewer", func(t teller) page {
			p := newOccasionPage(t.occasion(), time.UTC)
			p.Frame = t.frame(desk.Viewer)
			return p
		}},
	}
}

// occasion is a campaign of a day.
func (t teller) occasion() desk.Occasion {
	now := storyNow().Truncate(24 * time.Hour)
	return desk.Occasion{ID: 3, BrandID: 1, Kind: "campaign", Name: t.pick("השקת הצנצנת החדשה", "新罐裝上市", "Launch of the new jar"), From: now, To: now.AddDate(0, 0, 1), Words: []string{"#NewJar", t.pick("צנצנת", "新罐", "jar")}, Version: 2}
}
