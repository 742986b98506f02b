package desk

import (
	"context"
	"time"
)

// Need answers ErrForbidden unless the acting person has at least this role.
func Need(ctx context.Context, least Role) error {
	a := ActorOf(ctx)
	if _, everywhere := a.Brands(); a.Role < least || least == Admin && !everywhere { // people and settings belong to no brand
		return ErrForbidden
	}
	if asked, ok := ctx.Value(askedKey{}).(*Asked); ok && asked.Right != MaySee {
		asked.raise(least)
	}
	return nil
}

// Band is what is usual in one step of a series: nine steps in ten fall between Low and High.
type Band struct {
	At       time.Time `json:"at"`
	Expected float64   `json:"expected"` // mentions
	Low      float64   `json:"low"`
	High     float64   `json:"high"`
}
