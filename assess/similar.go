package assess

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"breakwater/desk"
	"breakwater/internal/words"
)

// Similar is a mention that may make a claim; a person confirms or rejects it.
type Similar struct {
	desk.Mention
	Likeness float64   `json:"likeness"` // 0 … 1
	Why      desk.Text `json:"why"`
}

const (
	searches     = 10   // that are made for one claim
	perSearch    = 80   // newest mentions that each finds
	leastAlike   = 0.35 // below it, what two texts share is what all texts share
	similarShown = 20
	wordsOfWhy   = 4
)

// Suggest finds mentions that may make a claim: those that share its rarer words, or those of mentions that people confirmed. What
// people spoke about already is left out, and so are copies: they follow the first of their kind.
func (c *Claims) Suggest(ctx context.Context, id int64) ([]Similar, error) {
	claim, err := c.One(ctx, id)
	if err != nil {
		return nil, err
	}
	links, err := c.Store.ClaimLinks(ctx, id)
	if err != nil {
		return nil, err
	}
	var confirmed []string
	said := map[int64]bool{}
	for _, l := range links {
		said[l.MentionID] = true
		if !l.Makes || len(confirmed) >= searches {
			continue
		}
		if m, err := c.Store.Mention(ctx, l.MentionID); err == nil && m.Text != "" {
			confirmed = append(confirmed, m.Title+" "+m.Text)
		}
	}
	pool, err := c.pool(ctx, &claim, confirmed)
	if err != nil {
		return nil, err
	}
	pool = slices.DeleteFunc(pool, func(m desk.Mention) bool { return said[m.ID] || m.Own })
	return rank(claim.Text, confirmed, pool), nil
}

// pool are the mentions that the claim's searches find, each once.
func (c *Claims) pool(ctx context.Context, claim *desk.Claim, confirmed []string) ([]desk.Mention, error) {
	a, err := c.ask(ctx, claim.IncidentID)
	if err != nil {
		return nil, err
	}
	asked := claim.Words
	if len(asked) == 0 {
		asked = telling(claim.Text, searches)
		for _, text := range confirmed {
			asked = append(asked, telling(text, 2)...)
		}
	}
	asked = slices.Compact(asked)
	met := map[int64]bool{}
	var pool []desk.Mention
	for _, q := range asked[:min(len(asked), 2*searches)] {
		got, err := c.Store.Mentions(ctx, desk.Filter{Text: q, BrandID: a.BrandID, Monitors: a.Monitors, From: a.From, To: a.To, Listed: true, Limit: perSearch})
		if err != nil {
			return nil, err
		}
		for _, m := range got.Mentions {
			if !met[m.ID] {
				met[m.ID] = true
				pool = append(pool, m)
			}
		}
	}
	return pool, nil
}

// telling are the n words of a text that tell most: the longest, and of a script without spaces its pairs of characters.
func telling(text string, n int) []string {
	var all []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		runes := []rune(w)
		if !unicode.Is(unicode.Han, runes[0]) {
			if len(runes) > 3 {
				all = append(all, w)
			}
			continue
		}
		for len(runes) >= 2 {
			all = append(all, string(runes[:2]))
			runes = runes[2:]
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(utf8.RuneCountInString(b), utf8.RuneCountInString(a)) })
	return all[:min(len(all), n)]
}

// bag are the distinct words of a text, folded as for searching.
func bag(text string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(string(words.Index(nil, text))) {
		if len(w) > 3 { // shorter ones are in every text; a pair of Han characters has six bytes
			set[w] = true
		}
	}
	return set
}

// rank puts the mentions in order by how much they share with the claim, or with one that was confirmed. What few of them have
// weighs more.
func rank(claim string, confirmed []string, pool []desk.Mention) []Similar {
	bags := make([]map[string]bool, len(pool))
	count := map[string]int{}
	for i := range pool {
		bags[i] = bag(pool[i].Title + " " + pool[i].Text)
		for w := range bags[i] {
			count[w]++
		}
	}
	weight := func(w string) float64 { return math.Log(1 + float64(len(pool)+1)/float64(count[w]+1)) }
	claimed := bag(claim)
	likes := make([]map[string]bool, len(confirmed))
	for i, text := range confirmed {
		likes[i] = bag(text)
	}
	out := []Similar{}
	for i, m := range pool {
		s := Similar{Mention: m, Likeness: held(claimed, bags[i], weight)}
		s.Why = desk.Say("Shares “{words}” with the claim.", "words", strings.Join(common(claimed, bags[i], weight), " "))
		for _, like := range likes {
			if x := min(held(like, bags[i], weight), held(bags[i], like, weight)); x > s.Likeness {
				s.Likeness, s.Why = x, desk.Say("Nearly in the words of a mention that was confirmed.")
			}
		}
		if s.Likeness >= leastAlike {
			s.Likeness = math.Round(100*s.Likeness) / 100
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Similar) int { return cmp.Or(cmp.Compare(b.Likeness, a.Likeness), cmp.Compare(b.ID, a.ID)) })
	return out[:min(len(out), similarShown)]
}

// held is how much of a's weight is in b, 0 … 1.
func held(a, b map[string]bool, weight func(string) float64) float64 {
	all, both := 0.0, 0.0
	for w := range a {
		all += weight(w)
		if b[w] {
			both += weight(w)
		}
	}
	if all == 0 {
		return 0
	}
	return both / all
}

// common are the weightiest words that both have.
func common(a, b map[string]bool, weight func(string) float64) []string {
	var all []string
	for w := range a {
		if b[w] {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(x, y string) int { return cmp.Or(cmp.Compare(weight(y), weight(x)), cmp.Compare(x, y)) })
	return all[:min(len(all), wordsOfWhy)]
}
