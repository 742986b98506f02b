package reply

import (
	"context"
	"slices"

	"breakwater/desk"
)

// accountsBack is how many of somebody's last answers are looked through for the account that they spoke as on a network.
const accountsBack = 20

// otherAccount warns when an answer goes out as another brand than the last one of whoever writes it, or as another account than their last
// one on the same network, and names both. Words said as the wrong account are how brands made themselves the crisis (Chrysler and the Red
// Cross 2011, KitchenAid 2012). That a mail follows upon a post is the choice of who wrote, and no warning: one that always comes is read
// by nobody.
func (q *Queue) otherAccount(ctx context.Context, brandID, channelID int64) ([]desk.Finding, error) {
	last, err := q.Store.AnswersBy(ctx, desk.ActorOf(ctx).Writer(), accountsBack)
	if err != nil || len(last) == 0 {
		return nil, err
	}
	if last[0].BrandID != brandID {
		return q.otherBrand(ctx, &last[0], brandID, channelID)
	}
	all, err := q.Store.Channels(ctx, brandID)
	if err != nil {
		return nil, err
	}
	now, _ := channelOf(all, channelID)
	for _, p := range last {
		was, ok := channelOf(all, p.ChannelID)
		switch {
		case !ok || was.Kind != now.Kind:
		case was.ID == now.ID:
			return nil, nil
		default:
			return []desk.Finding{{Check: CheckAccount, Weight: desk.FindingWarn,
				Say: desk.Say("Your last answer there went out as {last}. This one goes out as {now}.", "last", was.As(), "now", now.As()), Fix: sure}}, nil
		}
	}
	return nil, nil
}

// sure is what to do about another account than before.
var sure = desk.Say("Send it only if this is who should speak.")

// otherBrand is the warning that an answer speaks for another brand than the one before.
func (q *Queue) otherBrand(ctx context.Context, before *desk.Post, brandID, channelID int64) ([]desk.Finding, error) {
	names := make([]any, 0, 8)
	for _, one := range []struct {
		account, brand   string
		brandID, channel int64
	}{{"last", "before", before.BrandID, before.ChannelID}, {"now", "brand", brandID, channelID}} {
		b, err := q.Store.Brand(ctx, one.brandID)
		if err != nil {
			return nil, err
		}
		all, err := q.Store.Channels(ctx, one.brandID)
		if err != nil {
			return nil, err
		}
		ch, _ := channelOf(all, one.channel)
		names = append(names, one.account, firstOf(ch.As(), b.Name), one.brand, b.Name)
	}
	return []desk.Finding{{Check: CheckAccount, Weight: desk.FindingWarn,
		Say: desk.Say("Your last answer went out as {last}, for {before}. This one goes out as {now}, for {brand}.", names...), Fix: sure}}, nil
}

func channelOf(all []desk.Channel, id int64) (desk.Channel, bool) {
	i := slices.IndexFunc(all, func(c desk.Channel) bool { return c.ID == id })
	if i < 0 {
		return desk.Channel{}, false
	}
	return all[i], true
}
