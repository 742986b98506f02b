package web

import (
	"context"
	"errors"
	"slices"
	"strings"

	"breakwater/desk"
	"breakwater/match"
)

// query makes the first monitor's query of the brand's name and the words that people gave: any of them.
func (p *setUpPage) query() string {
	var terms []string
	for line := range strings.Lines(p.BrandName + "\n" + p.Words) {
		if line = strings.TrimSpace(strings.ReplaceAll(line, `"`, "")); line == "" {
			continue
		}
		term := quoted(line)
		if !slices.ContainsFunc(terms, func(t string) bool { return strings.EqualFold(t, term) }) {
			terms = append(terms, term)
		}
	}
	return strings.Join(terms, " OR ")
}

func (p *setUpPage) queryError() error {
	_, err := match.Parse(p.query())
	return syntax("words", err)
}

// syntax turns what is wrong with a query into what is wrong with the form's field.
func syntax(field string, err error) error {
	var s *match.SyntaxError
	if errors.As(err, &s) {
		return &desk.Invalid{Field: field, Reason: s.Text}
	}
	return err
}

// firstBrand makes the brand and its first monitor.
func (c *Console) firstBrand(ctx context.Context, p *setUpPage) error {
	b, err := c.Brands.ChangeBrand(ctx, 0, desk.ActOf(ctx, "brand.save", ""), func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, b.Retention = p.BrandName, p.ZoneName, defaultRetention
		out.Say = desk.Say("The brand {name} was added.", "name", b.Name)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = c.Monitors.Save(ctx, desk.Monitor{BrandID: b.ID, Kind: "brand", Name: b.Name, Query: p.query(), Sensitivity: "balanced"})
	return err
}

// defaultRetention is in days: a year and a month, so that a season can be compared with the one before.
const defaultRetention = 400
