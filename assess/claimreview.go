package assess

import (
	"context"
	"strings"
	"time"

	"breakwater/desk"
)

// ClaimReview is a claim with its verdict as search engines and fact-checkers read it: schema.org ClaimReview as JSON-LD
// (https://schema.org/ClaimReview, and Google's fact-check guidelines, read November 2026). Who made the claim is not named:
// they are mostly private people; the addresses of what they published are.
type ClaimReview struct {
	Context       string       `json:"@context"`
	Type          string       `json:"@type"`
	URL           string       `json:"url,omitempty"`
	Language      string       `json:"inLanguage,omitempty"`
	DatePublished string       `json:"datePublished"`
	Author        organisation `json:"author"`
	ClaimReviewed string       `json:"claimReviewed"`
	ReviewBody    string       `json:"reviewBody"`
	Item          claimItem    `json:"itemReviewed"`
	Rating        rating       `json:"reviewRating"`
	Citation      []string     `json:"citation,omitempty"`
}

type organisation struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

type claimItem struct {
	Type          string `json:"@type"`
	DatePublished string `json:"datePublished,omitempty"`
	First         *work  `json:"firstAppearance,omitempty"`
	Appearance    []work `json:"appearance,omitempty"`
}

type work struct {
	Type string `json:"@type"`
	URL  string `json:"url"`
}

type rating struct {
	Type  string `json:"@type"`
	Value int    `json:"ratingValue,omitempty"` // 1 false … 5 true; none for what is unproven
	Best  int    `json:"bestRating,omitempty"`
	Worst int    `json:"worstRating,omitempty"`
	Name  string `json:"alternateName"`
}

// ratings are the verdicts on the scale that readers of ClaimReview use.
var ratings = map[string]rating{
	desk.ClaimTrue:       {"Rating", 5, 5, 1, "True"},
	desk.ClaimMisleading: {"Rating", 3, 5, 1, "Misleading"},
	desk.ClaimFalse:      {"Rating", 1, 5, 1, "False"},
	desk.ClaimUnproven:   {Type: "Rating", Name: "Unproven"},
}

// appearances is how many addresses of a claim are named.
const appearances = 20

// Reviews are the decided claims of an incident as ClaimReview, by number. Claims that are being checked have no verdict to tell.
func (c *Claims) Reviews(ctx context.Context, incidentID int64) ([]ClaimReview, error) {
	all, err := c.List(ctx, incidentID)
	if err != nil {
		return nil, err
	}
	reviews := []ClaimReview{}
	for _, one := range all {
		if !one.Decided() {
			continue
		}
		r, err := c.Review(ctx, one.ID)
		if err != nil {
			return nil, err
		}
		reviews = append(reviews, r)
	}
	return reviews, nil
}

// Review is one claim as ClaimReview. *desk.Invalid while nobody gave a verdict; desk.ErrNotFound.
func (c *Claims) Review(ctx context.Context, id int64) (ClaimReview, error) {
	t, err := c.Track(ctx, id)
	if err != nil {
		return ClaimReview{}, err
	}
	if !t.Decided() {
		return ClaimReview{}, desk.Wrong("verdict", "This claim is still being checked: there is no verdict to tell.")
	}
	b, err := c.Store.Brand(ctx, t.BrandID)
	if err != nil {
		return ClaimReview{}, err
	}
	return review(&t, b.Name), nil
}

func review(t *Track, brand string) ClaimReview {
	r := ClaimReview{Context: "https://schema.org", Type: "ClaimReview", Language: t.Lang, DatePublished: day(t.CheckedAt), ClaimReviewed: t.Text,
		Author: organisation{"Organization", brand}, ReviewBody: strings.TrimSpace(t.Correction + "\n\n" + t.Evidence), Rating: ratings[t.Verdict],
		Citation: t.Links, Item: claimItem{Type: "Claim", DatePublished: day(t.Spread.First)}}
	for i := len(t.Makers) - 1; i >= 0 && len(r.Item.Appearance) < appearances; i-- { // oldest first
		m := t.Makers[i].Mention
		if m.ID == 0 || !m.Deleted.IsZero() || !strings.HasPrefix(m.URL, "http") {
			continue
		}
		w := work{"CreativeWork", m.URL}
		if r.Item.First == nil {
			r.Item.First = &w
			continue
		}
		r.Item.Appearance = append(r.Item.Appearance, w)
	}
	return r
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}
