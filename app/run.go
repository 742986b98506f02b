package app

import "context"

func serve(ctx context.Context, c Config) error { <-ctx.Done(); return nil }

func demo(ctx context.Context, c DemoConfig) error { return serve(ctx, c.Config) }
