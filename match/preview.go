package match

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// Bounds of a preview: a person waits for it.
const (
	previewDays    = 28
	previewTime    = 2 * time.Second
	previewRows    = 20_000 // mentions looked at
	previewFew     = 20     // that a search finds are too few to believe that it finds all
	previewShown   = 20     // examples
	previewSearch  = 8      // searches at most that a query is split into
	previewHanMin  = 2      // a single character is not worth a search
	previewStarMin = 3
)

// Preview is what a query would have heard among the mentions that are stored.
type Preview struct {
	Query    string       `json:"query"`    // in its canonical form
	Page     desk.Page    `json:"page"`     // the newest that answer, at most 20
	Count    int          `json:"count"`    // in the last 28 days
	Week     int          `json:"week"`     // of them in the last 7 days
	PerDay   []desk.Point `json:"per_day"`  // 28 days ending now, oldest first, with 0 where there was nothing
	Looked   int          `json:"looked"`   // mentions that were looked at
	Since    time.Time    `json:"since"`    // how far back: what was published before was not looked at
	Estimate bool         `json:"estimate"` // not all could be looked at in time, or a search may have missed some: Count and Week are reckoned from Since on
	Say      desk.Text    `json:"say"`      // the result in a sentence
}

// Preview tries a query on stored mentions within about two seconds. The brand's id is for checking only: stored mentions of
// all brands are looked at, as the monitor would. Errors: *desk.Invalid and *SyntaxError for the query.
func (s *Monitors) Preview(ctx context.Context, brandID int64, query string) (Preview, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return Preview{}, err
	}
	q, err := Parse(query)
	if err != nil {
		return Preview{}, invalidQuery(err)
	}
	to := now()
	look := &looker{store: s.store, query: q, to: to, from: to.AddDate(0, 0, -previewDays), end: to.Add(previewTime)}
	if err := look.at(ctx); err != nil {
		return Preview{}, err
	}
	return look.result(), nil
}

// looker goes through stored mentions, newest first.
type looker struct {
	store    Store
	query    *Query
	from, to time.Time
	end      time.Time // of patience
	looked   int
	since    time.Time // reached; from when everything was looked at
	found    []desk.Mention
	unsure   bool // the search may have missed some
}

// at looks through the newest one by one, as the monitor would. Only for what is older the search is asked, which is quick and
// cuts words in its own way: it is believed as far as it finds what the look found.
func (l *looker) at(ctx context.Context) error {
	end := l.end
	texts := l.query.searches()
	if len(texts) > 0 {
		l.end = time.Now().Add(time.Until(end) / 2)
	}
	done, err := l.page(ctx, desk.Filter{}, previewRows)
	if err != nil || done || len(texts) == 0 {
		return err
	}
	newest := *l
	l.end = end
	if err := l.search(ctx, texts); err != nil {
		return err
	}
	l.looked += newest.looked
	l.weigh(&newest)
	return nil
}

// weigh joins what the search found with what a look through the newest did.
func (l *looker) weigh(newest *looker) {
	found := make(map[int64]bool, len(l.found))
	for i := range l.found {
		found[l.found[i].ID] = true
	}
	missed := false
	for i := range newest.found {
		m := &newest.found[i]
		if !found[m.ID] {
			missed = missed || !m.Published.Before(l.since)
			l.found = append(l.found, *m)
		}
	}
	l.unsure = len(found) < previewFew || missed
	if missed || newest.since.Before(l.since) {
		l.since = newest.since
	}
	slices.SortFunc(l.found, func(a, b desk.Mention) int { return cmp.Compare(b.ID, a.ID) })
}

// search asks for the words of which one must occur, and joins what comes. The search of one word is looked through whole
// before the next begins; time is shared.
func (l *looker) search(ctx context.Context, texts []string) error {
	l.looked, l.found = 0, nil
	end, reached := l.end, l.from
	for i, text := range texts {
		l.end = time.Now().Add(time.Until(end) / time.Duration(len(texts)-i))
		l.since = l.to
		if _, err := l.page(ctx, desk.Filter{Text: text}, previewRows/len(texts)); err != nil {
			return err
		}
		if l.since.After(reached) {
			reached = l.since
		}
	}
	l.since = reached
	slices.SortFunc(l.found, func(a, b desk.Mention) int { return cmp.Compare(b.ID, a.ID) })
	l.found = slices.CompactFunc(l.found, func(a, b desk.Mention) bool { return a.ID == b.ID })
	return nil
}

// page looks through what a filter gives until it is at its end (true), or patience or rows are. The first page always
// comes.
func (l *looker) page(ctx context.Context, f desk.Filter, rows int) (done bool, err error) {
	f.From, f.To, f.Limit = l.from, l.to.Add(time.Hour), 200 // clocks of networks run ahead
	l.since = l.to
	for seen := 0; seen < rows; {
		page, err := l.store.Mentions(ctx, f)
		if err != nil {
			return false, err
		}
		for i := range page.Mentions {
			m := page.Mentions[i]
			l.since = m.Published
			if m.Deleted.IsZero() && l.query.Matches(&m) {
				l.found = append(l.found, m)
			}
		}
		seen, l.looked = seen+len(page.Mentions), l.looked+len(page.Mentions)
		if page.Next == 0 || len(page.Mentions) == 0 {
			l.since = l.from
			return true, nil
		}
		f.Before = page.Next
		if time.Now().After(l.end) {
			break
		}
	}
	return false, nil
}

// result counts what was found.
func (l *looker) result() Preview {
	p := Preview{Query: l.query.String(), Looked: l.looked, Since: l.since, Estimate: l.unsure || l.since.After(l.from)}
	day := 24 * time.Hour
	for d := range previewDays {
		p.PerDay = append(p.PerDay, desk.Point{At: l.to.Add(-time.Duration(previewDays-d) * day)})
	}
	for i := range l.found {
		m := &l.found[i]
		if m.Published.Before(l.since) {
			continue // a search got further back than another
		}
		d := previewDays - 1 - int(max(0, l.to.Sub(m.Published))/day)
		at := &p.PerDay[max(0, d)]
		at.Count++
		switch m.Mood {
		case desk.Negative:
			at.Negative++
		case desk.Positive:
			at.Positive++
		}
		if m.IsCopy() {
			at.Copies++
		}
		at.Reach += int64(max(0, m.Author.Followers))
		p.Count++
		if d >= previewDays-7 {
			p.Week++
		}
	}
	p.Page.Mentions = l.found[:min(len(l.found), previewShown)]
	if p.Estimate {
		p.reckon(l)
	}
	p.Say = p.sentence()
	return p
}

// reckon stretches what was counted from Since on over the whole time. What was found before Since was found all the same.
func (p *Preview) reckon(l *looker) {
	seen := max(l.to.Sub(l.since), time.Minute)
	whole := float64(p.Count)
	p.Count = max(int(whole*float64(l.to.Sub(l.from))/float64(seen)), len(l.found))
	if week := 7 * 24 * time.Hour; seen < week {
		p.Week = int(whole * float64(week) / float64(seen))
	}
}

func (p *Preview) sentence() desk.Text {
	switch {
	case p.Estimate:
		return desk.Say("About {n} mentions in 28 days, reckoned from the newest {looked} that were looked at.", "n", p.Count, "looked", p.Looked)
	case p.Count == 0:
		return desk.Say("Nothing that is stored answers this query in the last 28 days.")
	}
	return desk.Say("{n} mentions in the last 28 days, {week} of them in the last 7 days.", "n", p.Count, "week", p.Week)
}

// searches are texts for desk.Filter of which one must find a mention for the query to match it; none when the query does
// not show such texts. The search folds a little differently (it does not cut hashtags in camel case, nor Thai words), so it
// may miss some.
func (q *Query) searches() []string {
	c := compiler{byKey: map[string]int32{}}
	c.add(q.root)
	cover, _ := c.cover(0, false)
	if len(cover) > previewSearch {
		return nil
	}
	var out []string
	for _, t := range cover {
		text, ok := searchText(c.phrases[t])
		if !ok {
			return nil
		}
		out = append(out, text)
	}
	return out
}

// searchText is a search for the words of a phrase.
func searchText(p terms.Phrase) (string, bool) {
	var words []string
	for i, w := range p {
		switch {
		case w.Any:
			continue
		case w.Kind != terms.Word && w.Kind != terms.Tag || slices.ContainsFunc(w.Form, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }):
			return "", false
		case w.Star && len(w.Form) < previewStarMin:
			return "", false
		case i > 0 && w.Joined() && len(words) > 0:
			words[len(words)-1] += string(w.Form)
			continue
		}
		text := string(w.Form)
		if w.Star {
			text += "*"
		}
		words = append(words, text)
	}
	for _, w := range words {
		if r, _ := utf8.DecodeRuneInString(w); terms.Wide(r) && utf8.RuneCountInString(w) < previewHanMin {
			return "", false
		}
	}
	return strings.Join(words, " "), len(words) > 0
}
