// Package all is the list of connectors.
package all

import (
	"breakwater/connector"
	"breakwater/connector/bluesky"
	"breakwater/connector/email"
	"breakwater/connector/feed"
	"breakwater/connector/file"
	"breakwater/connector/hackernews"
	"breakwater/connector/hook"
	"breakwater/connector/mastodon"
	"breakwater/connector/sandbox"
	"breakwater/connector/webhook"
)

// Kinds are all connectors, in the order in which people are offered them. The sandbox is one network for the whole process.
func Kinds(sand *sandbox.Network) []connector.Kind {
	return []connector.Kind{
		feed.Kind,
		mastodon.Kind,
		bluesky.Kind,
		bluesky.Search,
		hackernews.Kind,
		file.Kind,
		webhook.Kind,
		email.Kind,
		hook.Kind,
		sand.Kind(),
	}
}
