package desk

import "strings"

// networks are proper names; they are the same in every language.
var networks = map[string]string{
	"mastodon": "Mastodon", "bluesky": "Bluesky", "feed": "RSS", "rss": "RSS", "web": "Web", "news": "News", "webhook": "Webhook",
	"x": "X", "reddit": "Reddit", "youtube": "YouTube", "telegram": "Telegram", "facebook": "Facebook", "instagram": "Instagram",
	"linkedin": "LinkedIn", "hackernews": "Hacker News", "sandbox": "Sandbox", "file": "CSV/NDJSON", "wordpress": "WordPress", "postiz": "Postiz",
}

// Sandbox is the network of drills and demos, and the kind of source and channel that lead to it. Nobody real is there.
const Sandbox = "sandbox"

// NetworkName is how people write a network's name.
func NetworkName(kind string) string {
	if n, ok := networks[kind]; ok {
		return n
	}
	if kind == "" {
		return ""
	}
	return strings.ToUpper(kind[:1]) + kind[1:]
}
