package app

import (
	"context"
	"fmt"
	"net"

	"breakwater/web"
)

// Storybook shows every page of the console in the states that hurt, without a desk behind it, until ctx ends.
func Storybook(ctx context.Context, c Config) error {
	h, err := web.Storybook()
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen for the storybook: %w", err)
	}
	fmt.Fprintf(c.out(), "the storybook is at http://%s\n", ln.Addr())
	return listenAndServe(ctx, ln, h)
}
