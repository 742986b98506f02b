package match

import (
	"context"
	"slices"
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
	if !p.Estimate || p.Count < all*9/10 || p.Count > all*11/10 || p.Looked > previewRows+previewAll {
		t.Errorf("estimate %v of %d, want about %d; %d looked at", p.Estimate, p.Count, all, p.Looked)
	}
}
