package publish

import (
	"context"

	"breakwater/desk"
)

// Lines is what a channel keeps about the parts of its posts, durable when a call returns.
type Lines interface {
	// ChannelLines lists what a channel kept about a post, by name.
	ChannelLines(ctx context.Context, channelID int64, key string) ([]desk.Line, error)
	// KeepChannelLine keeps a line; one of the same name is replaced.
	KeepChannelLine(ctx context.Context, channelID int64, key string, l desk.Line) error
}

// Asking asks people to do what no program can.
type Asking interface {
	// Ask makes a task, once for its Name in its channel; asked again it answers with the one that is there.
	Ask(ctx context.Context, b desk.ByHand) (desk.ByHand, error)
	// Asked is the task of that name. desk.ErrNotFound.
	Asked(ctx context.Context, channelID int64, name string) (desk.ByHand, error)
}
