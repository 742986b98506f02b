package fetch

import (
	"context"
	"net"
)

// Dial connects to an address like example.org:22 through this door, for protocols other than HTTP. Errors are *Private, *Unreachable or
// the end of ctx.
func (c *Client) Dial(ctx context.Context, address string) (net.Conn, error) {
	conn, err := c.conf.dial()(ctx, "tcp", address)
	if err == nil {
		return conn, nil
	}
	host, _, _ := net.SplitHostPort(address)
	err = failure(ctx, host, err)
	if lost, ok := err.(*Unreachable); ok { //nolint:errorlint // made just now
		lost.Unsent = true
	}
	return nil, err
}
