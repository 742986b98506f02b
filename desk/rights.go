package desk

import (
	"context"
	"slices"
	"strconv"
	"sync"
)

// Grant gives somebody a role in one brand, or for one channel of it, and nothing elsewhere. Who has none acts by their role
// everywhere.
type Grant struct {
	BrandID   int64   `json:"brand_id,string"`             // 0: every brand
	ChannelID int64   `json:"channel_id,string,omitempty"` // 0: the whole brand
	Role      Role    `json:"role"`
	Only      []Right `json:"only,omitempty"` // of the role's rights; empty: all of them
}

// Has reports whether the grant has a right.
func (g Grant) Has(right Right) bool {
	return g.Role.Has(right) && (len(g.Only) == 0 || right == MaySee || slices.Contains(g.Only, right))
}

// SameGrants reports whether two lists give the same, in the same order.
func SameGrants(a, b []Grant) bool {
	return slices.EqualFunc(a, b, func(a, b Grant) bool {
		return a.BrandID == b.BrandID && a.ChannelID == b.ChannelID && a.Role == b.Role && slices.Equal(a.Only, b.Only)
	})
}

// CheckGrants answers an *Invalid for grants that make no sense. Looking after the whole desk is no matter of one brand.
func CheckGrants(grants []Grant) error {
	if len(grants) > 200 {
		return Wrong("grants", "At most {n} brands for one person.", "n", 200)
	}
	for _, g := range grants {
		if g.Role < Viewer || g.Role > Lead {
			return Wrong("grants", "In a single brand somebody is viewer, responder or lead.")
		}
		for _, r := range g.Only {
			if !g.Role.Has(r) {
				return Wrong("grants", "A role can be narrowed to rights that it has, no others.")
			}
		}
	}
	return nil
}

// Scoped reports whether somebody may act in some brands only, or by some rights only.
func (a Actor) Scoped() bool { return len(a.Grants) > 0 }

// Sees reports whether somebody may know that a brand is there.
func (a Actor) Sees(brandID int64) bool {
	return !a.Scoped() || slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.BrandID == 0 || g.BrandID == brandID })
}

// Brands are those that somebody sees; all means every one.
func (a Actor) Brands() (ids []int64, all bool) {
	for _, g := range a.Grants {
		if g.BrandID == 0 {
			return nil, true
		}
		if !slices.Contains(ids, g.BrandID) {
			ids = append(ids, g.BrandID)
		}
	}
	return ids, !a.Scoped()
}

// May reports whether somebody has a right anywhere.
func (a Actor) May(right Right) bool {
	if !a.Scoped() {
		return a.Role.Has(right)
	}
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Has(right) })
}

// MayIn reports whether somebody has a right, and at least a role, in a brand and for a channel of it; channel 0 is what belongs to
// no single channel, which who has single channels only may draft.
func (a Actor) MayIn(brandID, channelID int64, right Right, least Role) bool {
	if !a.Scoped() {
		return a.Role >= least && a.Role.Has(right)
	}
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		here := g.ChannelID == 0 || g.ChannelID == channelID || channelID == 0 && (right == MaySee || right == MayDraft)
		return (g.BrandID == 0 || g.BrandID == brandID) && here && g.Role >= least && g.Has(right)
	})
}

// As is the person as the acting one; from is where they act from.
func (u *User) As(from string) Actor {
	return Actor{Who: "user:" + strconv.FormatInt(u.ID, 10), UserID: u.ID, Name: u.Name, Role: u.Role, Grants: u.Grants, Lang: u.Lang, From: from}
}

// MayTake reports whether somebody may take up what is about a brand (0: about the whole desk), as one with at least a role there.
func (u *User) MayTake(brandID int64, least Role) bool {
	return u.As("").MayIn(brandID, 0, MayReply, least)
}

// MayAnswer reports whether somebody may answer people for a brand (0: for any), be it by a single channel of it.
func (u *User) MayAnswer(brandID int64) bool {
	if u.Disabled {
		return false
	}
	if len(u.Grants) == 0 {
		return u.Role >= Responder
	}
	return slices.ContainsFunc(u.Grants, func(g Grant) bool {
		return (brandID == 0 || g.BrandID == 0 || g.BrandID == brandID) && g.Role >= Responder && g.Has(MayReply)
	})
}

// Asked is what a request was let in for: a right, and the highest role that was needed on the way. What it then changes must allow
// both in its own brand. It is made for each request.
type Asked struct {
	Right Right

	mu    sync.Mutex // guards least
	least Role
}

// Least is the highest role that was needed so far.
func (a *Asked) Least() Role {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.least
}

func (a *Asked) raise(r Role) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.least = max(a.least, r)
}

type askedKey struct{}

// Admit lets a request in for a right and a role: ErrForbidden unless the acting person has both somewhere. Where, is asked again of
// everything that the request changes.
func Admit(ctx context.Context, right Right, least Role) (context.Context, error) {
	if right == "" { // a row of the permission table is missing: a test says so; the role alone decides
		return ctx, Need(ctx, least)
	}
	a := ActorOf(ctx)
	if err := Need(ctx, least); err != nil || !a.May(right) {
		return ctx, ErrForbidden
	}
	return context.WithValue(ctx, askedKey{}, &Asked{Right: right, least: least}), nil
}

// Permit answers whether the acting person may change something of a brand, for a channel or none: ErrNotFound when they must not
// know that it is there, ErrForbidden when they may only look at it.
func Permit(ctx context.Context, brandID, channelID int64) error {
	a := ActorOf(ctx)
	if !a.Scoped() || brandID == 0 && a.Sees(0) {
		return nil
	}
	if !a.Sees(brandID) {
		return ErrNotFound
	}
	right, least := MaySee, Viewer
	if asked, ok := ctx.Value(askedKey{}).(*Asked); ok {
		right, least = asked.Right, asked.Least()
	}
	if !a.MayIn(brandID, channelID, right, least) {
		return ErrForbidden
	}
	return nil
}
