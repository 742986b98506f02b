package detect

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"breakwater/desk"
)

const (
	// sampled is how many mentions are looked at to learn which words rise.
	sampled = 200
	// maxWords bounds the different words of one text: a text of nothing but words is no more important than others.
	maxWords = 200
	// longestWord in characters; what is longer is an address or noise.
	longestWord = 40
)

// Words are the words that rise most in [From, To) against the week before: Count of the (at most 200) mentions looked at have
// it, Ratio times as often as before.
func (e *Engine) Words(ctx context.Context, a desk.Ask, limit int) ([]desk.Share, error) {
	f := desk.Filter{BrandID: a.BrandID, Monitors: a.Monitors, Networks: a.Networks, From: a.From, To: a.To, Listed: true, Limit: sampled}
	now, err := e.store.Mentions(ctx, f)
	if err != nil || len(now.Mentions) == 0 {
		return nil, err
	}
	before, err := e.pasts.of(f, func() ([]desk.Mention, error) { return e.before(ctx, f) })
	if err != nil {
		return nil, err
	}
	return rising(now.Mentions, before, limit), nil
}

// past is in how many of some mentions each word occurs. It is not changed once made.
type past struct {
	of     int // mentions
	counts map[string]int
	until  time.Time // that it is taken as it is
}

func pastOf(ms []desk.Mention) past { return past{of: len(ms), counts: countWords(ms)} }

const (
	pastKept = 10 * time.Minute // what was said in the week before changes slowly
	pastMost = 64               // kept at a time; more rooms and radars are not open at once
)

// pasts are the weeks before that were read lately, by what was asked for.
type pasts struct {
	mu   sync.Mutex // guards kept
	kept map[string]past
}

// of gives the past of f, read anew when it was not read lately.
func (p *pasts) of(f desk.Filter, read func() ([]desk.Mention, error)) (past, error) {
	key, now := fmt.Sprint(f.BrandID, f.Monitors, f.Networks, f.From.Truncate(pastKept)), time.Now()
	p.mu.Lock()
	have, ok := p.kept[key]
	p.mu.Unlock()
	if ok && now.Before(have.until) {
		return have, nil
	}
	ms, err := read()
	if err != nil {
		return past{}, err
	}
	have = pastOf(ms)
	have.until = now.Add(pastKept)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept == nil || len(p.kept) >= pastMost {
		p.kept = make(map[string]past)
	}
	p.kept[key] = have
	return have, nil
}

// before are mentions of the week before f.From, some from each of several days, so that one busy hour does not stand for all.
func (e *Engine) before(ctx context.Context, f desk.Filter) ([]desk.Mention, error) {
	var all []desk.Mention
	from := f.From
	for _, days := range []int{0, 1, 3, 6} {
		f.To = from.AddDate(0, 0, -days)
		f.From, f.Limit = f.To.AddDate(0, 0, -1), sampled/4
		p, err := e.store.Mentions(ctx, f)
		if err != nil {
			return nil, err
		}
		all = append(all, p.Mentions...)
	}
	return all, nil
}

// rising ranks the words of now by how far they stand out from before.
func rising(now []desk.Mention, before past, limit int) []desk.Share {
	n := countWords(now)
	type ranked struct {
		desk.Share
		rank float64
	}
	var all []ranked
	for word, c := range n {
		if c < 2 && len(now) > 3 {
			continue
		}
		// Half a mention is added on both sides: what was never seen before is not infinitely many times as often.
		was := (float64(before.counts[word]) + 0.5) / (float64(before.of) + 1)
		is := (float64(c) + 0.5) / (float64(len(now)) + 1)
		if ratio := is / was; ratio >= 1.5 {
			all = append(all, ranked{desk.Share{Name: word, Count: c, Ratio: rounded(ratio)}, float64(c) * math.Log(ratio)})
		}
	}
	slices.SortFunc(all, func(x, y ranked) int { return cmp.Or(cmp.Compare(y.rank, x.rank), cmp.Compare(x.Name, y.Name)) })
	all = all[:min(len(all), max(limit, 0))]
	words := make([]desk.Share, len(all))
	for i := range all {
		words[i] = all[i].Share
	}
	return words
}

// countWords counts in how many mentions each word occurs.
func countWords(ms []desk.Mention) map[string]int {
	counts := make(map[string]int)
	for i := range ms {
		seen := make(map[string]struct{})
		eachWord(ms[i].Title+" "+ms[i].Text, func(w string) bool {
			seen[w] = struct{}{}
			return len(seen) < maxWords
		})
		for w := range seen {
			counts[w]++
		}
	}
	return counts
}

// eachWord gives the words of a text in lower case until give says stop: hashtags with their sign, scripts without spaces as
// overlapping pairs of characters, no addresses, no handles, no bare numbers, no single letters.
func eachWord(s string, give func(string) bool) {
	for _, field := range strings.Fields(s) {
		if strings.Contains(field, "://") || strings.HasPrefix(field, "www.") || strings.HasPrefix(field, "@") {
			continue
		}
		for _, part := range strings.FieldsFunc(strings.ToLower(field), notWord) {
			if !eachOf(part, give) {
				return
			}
		}
	}
}

func notWord(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '#' && r != '\'' && r != '’'
}

func eachOf(part string, give func(string) bool) bool {
	part = strings.Trim(part, "'’")
	rs := []rune(part)
	switch {
	case len(rs) < 2 || len(rs) > longestWord && !spaceless(rs[0]):
		return true
	case strings.ContainsFunc(part, spaceless) && rs[0] != '#':
		for i := 0; i+1 < len(rs); i++ {
			pair := string(rs[i : i+2])
			if _, little := littleWords[pair]; !little && spaceless(rs[i]) && spaceless(rs[i+1]) && !give(pair) {
				return false
			}
		}
		return true
	case !strings.ContainsFunc(part, unicode.IsLetter):
		return true
	}
	if _, little := littleWords[part]; little {
		return true
	}
	return give(part)
}

// spaceless reports whether a character is of a script that writes words without spaces.
func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
