package web

import (
	"context"
	"slices"
	"strings"

	"breakwater/desk"
)

// accountsView says as whom a statement goes out: the frame around the button that publishes. The wrong account is the slip that
// everybody in the trade has seen once.
type accountsView struct {
	Brand    desk.Brand
	Colour   int // of the brand, 1 … 6
	Accounts []accountView
	Before   *desk.Brand // as whom this person published last, when that was another brand: then it is asked once more
}

// accountView is one account that speaks.
type accountView struct {
	desk.Channel
	Network string
	Colour  int // of its brand, 1 … 6
}

// brandColour is the colour that frames what belongs to a brand, 1 … 6: the same on every page.
func brandColour(brands []desk.Brand, id int64) int {
	return max(slices.IndexFunc(brands, func(b desk.Brand) bool { return b.ID == id }), 0)%6 + 1
}

// accountOf shows a channel as the account that it is.
func accountOf(brands []desk.Brand, ch desk.Channel) accountView {
	return accountView{ch, networkName(ch.Kind), brandColour(brands, ch.BrandID)}
}

// accounts are those that a statement goes out as, in the order of sending.
func (c *Console) accounts(ctx context.Context, v *visit, s desk.Statement) (*accountsView, error) {
	a := &accountsView{Colour: brandColour(v.brands, s.BrandID)}
	named := func(id int64) *desk.Brand {
		if i := slices.IndexFunc(v.brands, func(b desk.Brand) bool { return b.ID == id }); i >= 0 {
			return &v.brands[i]
		}
		return nil
	}
	if b := named(s.BrandID); b != nil {
		a.Brand = *b
	}
	channels, err := c.Outbox.Where(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, ch := range channels {
		a.Accounts = append(a.Accounts, accountOf(v.brands, ch))
	}
	last, err := c.spokeAs(ctx, v.actor)
	if err != nil {
		return nil, err
	}
	if last != 0 && last != s.BrandID {
		a.Before = named(last)
	}
	return a, nil
}

// spokeAs is the brand as which somebody published last; 0 when they never did.
func (c *Console) spokeAs(ctx context.Context, who desk.Actor) (int64, error) {
	last, err := c.Journal.List(ctx, desk.EntryFilter{Who: who.Who, Do: "post.schedule", Paging: desk.Paging{Limit: 1}})
	if err != nil || len(last) == 0 {
		return 0, err
	}
	p, err := c.Outbox.One(ctx, number(strings.TrimPrefix(last[0].On, "post:")))
	return p.BrandID, err
}

// confirmed answers an *desk.Invalid on "as" when somebody who spoke as another brand last has not said once more as whom they speak.
func (a *accountsView) confirmed(said string) error {
	if a.Before == nil || said == itoa(a.Brand.ID) {
		return nil
	}
	return desk.Wrong("as", "You published as {before} last. Confirm that this goes out as {brand}.", "before", a.Before.Name, "brand", a.Brand.Name)
}
