package desk

import (
	"context"
	"time"
)

// Need answers ErrForbidden unless the acting person has at least this role.
func Need(ctx context.Context, least Role) error {
	if ActorOf(ctx).Role < least {
		return ErrForbidden
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
