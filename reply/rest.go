package reply

import "context"

// Tickets brings conversations to customer service.
type Tickets interface {
	Ways(ctx context.Context) ([]string, error)
}
