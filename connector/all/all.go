// Package all is the list of connectors.
package all

import (
	"breakwater/connector"
	"breakwater/connector/bluesky"
	"breakwater/connector/centre"
	"breakwater/connector/checklist"
	"breakwater/connector/discord"
	"breakwater/connector/email"
	"breakwater/connector/feed"
	"breakwater/connector/file"
	"breakwater/connector/git"
	"breakwater/connector/gotify"
	"breakwater/connector/hackernews"
	"breakwater/connector/hook"
	"breakwater/connector/mastodon"
	"breakwater/connector/matrix"
	"breakwater/connector/mattermost"
	"breakwater/connector/ntfy"
	"breakwater/connector/pagerduty"
	"breakwater/connector/postiz"
	"breakwater/connector/push"
	"breakwater/connector/s3"
	"breakwater/connector/sandbox"
	"breakwater/connector/sftp"
	"breakwater/connector/slack"
	"breakwater/connector/teams"
	"breakwater/connector/telegram"
	"breakwater/connector/twilio"
	"breakwater/connector/webhook"
	"breakwater/connector/wordpress"
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
		email.Mailbox,
		hook.Kind,
		slack.Kind,
		teams.Kind,
		telegram.Kind,
		discord.Kind,
		mattermost.Kind,
		matrix.Kind,
		ntfy.Kind,
		gotify.Kind,
		twilio.SMS,
		twilio.Voice,
		pagerduty.Kind,
		push.Kind,
		centre.Kind,
		sftp.Kind,
		s3.Kind,
		git.Kind,
		wordpress.Kind,
		checklist.Kind,
		postiz.Kind,
		hook.Stop,
		hook.Service,
		email.Service,
		sand.Kind(),
	}
}
