package match

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// TestSearches are the words by which a preview on a large store asks the search: one of them must be in what the query finds.
func TestSearches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"acme", []string{"acme"}},
		{"Acme AND Restaurant", []string{"restaurant"}}, // the rarer of the two, by its length
		{"acme OR akme", []string{"acme", "akme"}},
		{`"acme * coffee" lang:en`, []string{"acme coffee"}},
		{"bojkot*", []string{"bojkot*"}},
		{"#acmefail NOT x", []string{"acmefail"}},
		{"星巴克", []string{"星巴克"}},
		{"星", nil}, // every second Chinese post
		{"ab*", nil},
		{"author:ana", nil},
		{"a1 OR b1 OR c1 OR d1 OR e1 OR f1 OR g1 OR h1 OR i1", nil},
	} {
		q, err := Parse(c.query)
		if err != nil {
			t.Fatal(err)
		}
		got := q.searches()
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.query, got, c.want)
		}
	}
}

// endless is a store in which every mention of the last 28 days answers, one every two seconds.
type endless struct{ Store }

func (endless) Mentions(_ context.Context, f desk.Filter) (desk.Page, error) {
	var p desk.Page
	from := f.Before
	if from == 0 {
		from = 1 << 40
	}
	for i := range int64(f.Limit) {
		id := from - 1 - i
		p.Mentions = append(p.Mentions, desk.Mention{ID: id, Text: "acme", Published: f.To.Add(-time.Hour - time.Duration(1<<40-id)*2*time.Second)})
	}
	p.Next = from - int64(f.Limit)
	return p, nil
}

func TestPreviewOfTooMuchSaysSo(t *testing.T) {
	t.Parallel()
	p, err := NewMonitors(endless{}, nil, nil).Preview(t.Context(), 1, "acme")
	if err != nil {
		t.Fatal(err)
	}
	all := 28 * 24 * 1800
	if !p.Estimate || p.Count < all*9/10 || p.Count > all*11/10 || p.Looked > 2*previewRows+400 {
		t.Errorf("estimate %v of %d, want about %d; %d looked at", p.Estimate, p.Count, all, p.Looked)
	}
}

// deaf is a store whose search finds only what has the text as a word between spaces.
type deaf struct {
	Store
	all []desk.Mention // newest first
}

func (d deaf) Mentions(_ context.Context, f desk.Filter) (desk.Page, error) {
	var p desk.Page
	from := 0
	if f.Before != 0 {
		from = len(d.all) + 1 - int(f.Before)
	}
	for i := from; i < len(d.all); i++ {
		m := d.all[i]
		if f.Text != "" && !slices.Contains(strings.Fields(m.Text), f.Text) {
			continue
		}
		if p.Mentions = append(p.Mentions, m); len(p.Mentions) == f.Limit {
			p.Next = m.ID
			break
		}
	}
	return p, nil
}

// rows makes a store, one mention a minute, newest first.
func rows(n int, text func(i int) string) deaf {
	d := deaf{}
	for i := range n {
		d.all = append(d.all, desk.Mention{ID: int64(n - i), Text: text(i), Published: now().Add(-time.Duration(i) * time.Minute)})
	}
	return d
}

// What the matcher hears among the newest mentions a preview hears too, however the search cuts words; where the search may have
// missed something older it says so.
func TestPreviewHearsWhatTheMatcherHears(t *testing.T) {
	t.Parallel()
	for query, text := range map[string]string{
		"acme": "#BoycottAcme now", "서울": "서울에서 만나요", "กาแฟ": "ฉันชอบกาแฟมาก", "mcdonalds": "McDonald's again", "טלוויזיה": "וכשבטלוויזיה אמרו",
		"plain": "a plain word",
	} {
		for _, c := range []struct{ size, at int }{{5000, 4500}, {previewRows + 5000, 4500}, {previewRows + 5000, previewRows + 4000}} {
			d := rows(c.size, func(i int) string {
				if i == c.at {
					return text
				}
				return "something else"
			})
			p, err := NewMonitors(d, nil, nil).Preview(t.Context(), 1, query)
			if err != nil {
				t.Fatal(err)
			}
			q, _ := Parse(query)
			if !q.Matches(&d.all[c.at]) {
				t.Errorf("%s does not hear %s", query, text)
			}
			if p.Count == 0 && !p.Estimate || c.at < 5000 && (p.Count == 0 || len(p.Page.Mentions) != 1) {
				t.Errorf("%s, %d of %d: %q", query, c.at, c.size, p.Say.English())
			}
		}
	}
}

// When a search misses what the look through the newest finds, its numbers are not believed.
func TestPreviewDoesNotBelieveASearchThatMisses(t *testing.T) {
	t.Parallel()
	size := 28 * 24 * 60
	d := rows(size, func(i int) string {
		if i%100 == 0 {
			return "acme"
		}
		return "#BoycottAcme"
	})
	p, err := NewMonitors(d, nil, nil).Preview(t.Context(), 1, "acme")
	if err != nil {
		t.Fatal(err)
	}
	if !p.Estimate || p.Count < size*9/10 || p.Count > size*11/10 {
		t.Errorf("estimate %v of %d, want about %d", p.Estimate, p.Count, size)
	}
}
