package enrich

import (
	"context"
	"slices"
	"time"

	"breakwater/desk"
)

// Bounds of a preview: a person waits for it.
const (
	previewDays  = 30
	previewTime  = 2 * time.Second
	previewShown = 20 // mentions as examples
)

// CuePreview is what a list would change among stored mentions.
type CuePreview struct {
	Looked  int            `json:"looked"`          // mentions that were looked at, newest first
	Since   time.Time      `json:"since"`           // how far back
	All     bool           `json:"all"`             // all of the last 30 days were looked at
	Marked  int            `json:"marked"`          // that would have a type that they do not have now
	Cleared int            `json:"cleared"`         // that would lose one
	Types   map[string]int `json:"types,omitempty"` // marked, by type
	New     []desk.Mention `json:"new,omitempty"`   // examples of marked ones as they would be, newest first, at most 20
	Gone    []desk.Mention `json:"gone,omitempty"`  // examples of cleared ones as they are, at most 20
	Say     desk.Text      `json:"say"`             // the result in a sentence
}

// Preview tries a list on the mentions that a brand heard in the last 30 days, within about two seconds, and changes nothing.
// Errors are those of Save.
func (l *Lexicon) Preview(ctx context.Context, list desk.CueList) (CuePreview, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return CuePreview{}, err
	}
	list = tidyCues(list)
	if err := l.check(list); err != nil {
		return CuePreview{}, err
	}
	now := time.Now().UTC()
	try, err := l.trial(ctx, list)
	if err != nil {
		return CuePreview{}, err
	}
	p := CuePreview{Types: map[string]int{}, Since: now}
	since := now.AddDate(0, 0, -previewDays)
	for before := int64(0); !p.All; {
		ms, err := l.store.BrandMentions(ctx, list.BrandID, since, before, remarkPiece)
		if err != nil {
			return p, err
		}
		for i := range ms {
			p.look(try, &ms[i])
			before, p.Since = ms[i].ID, ms[i].Published
		}
		p.All = len(ms) < remarkPiece
		if time.Since(now) > previewTime {
			break
		}
	}
	p.Say = p.Sentence()
	return p, nil
}

// trial is a finder that heeds the list beside those of other brands.
func (l *Lexicon) trial(ctx context.Context, list desk.CueList) (*CueList, error) {
	monitors, err := l.store.Monitors(ctx, 0)
	if err != nil {
		return nil, err
	}
	lists, err := l.store.CueLists(ctx)
	if err != nil {
		return nil, err
	}
	lists = append(slices.DeleteFunc(lists, func(o desk.CueList) bool { return o.BrandID == list.BrandID }), list)
	brandOf := make(map[int64]int64, len(monitors))
	for _, m := range monitors {
		brandOf[m.ID] = m.BrandID
	}
	try := &CueList{types: l.cues.types, all: l.cues.all, langs: l.cues.langs}
	try.pool.New = l.cues.pool.New
	return try, try.Heed(brandOf, lists)
}

// look counts what changes for a mention.
func (p *CuePreview) look(try *CueList, m *desk.Mention) {
	p.Looked++
	next := *m
	next.SetCues(try.Find(m))
	marked := 0
	for _, typ := range next.Cues {
		if !slices.Contains(m.Cues, typ) {
			p.Types[typ]++
			marked++
		}
	}
	if marked > 0 {
		p.Marked++
		if len(p.New) < previewShown {
			p.New = append(p.New, next)
		}
	}
	if slices.ContainsFunc(m.Cues, func(typ string) bool { return !slices.Contains(next.Cues, typ) }) {
		p.Cleared++
		if len(p.Gone) < previewShown {
			p.Gone = append(p.Gone, *m)
		}
	}
}

// Sentence is the result in words.
func (p CuePreview) Sentence() desk.Text {
	if p.All {
		return desk.Say("Of {looked} mentions of the last 30 days, this list would mark {n} more and unmark {cleared}.", "n", p.Marked, "cleared", p.Cleared, "looked", p.Looked)
	}
	return desk.Say("Of the newest {looked} mentions, this list would mark {n} more and unmark {cleared}.", "n", p.Marked, "cleared", p.Cleared, "looked", p.Looked)
}
