package mastodon

import (
	"strings"
	"time"
)

// The shapes below are complete: every field that the specification requires is there, with invented people.

func (tw *town) accountJSON(acct string) map[string]any {
	user, _, _ := strings.Cut(acct, "@")
	page := "https://town.example/@" + acct
	pic := "https://town.example/avatars/missing.png"
	return map[string]any{
		"id": "1" + user, "username": user, "acct": acct, "url": page, "uri": "https://town.example/users/" + user, "display_name": strings.ToTitle(user),
		"note": "<p>hello</p>", "avatar": pic, "avatar_static": pic, "header": pic, "header_static": pic, "avatar_description": "", "header_description": "",
		"locked": false, "bot": false, "group": false, "discoverable": true, "indexable": true, "hide_collections": nil,
		"fields": []any{}, "emojis": []any{}, "roles": []any{}, "created_at": "2024-02-03T00:00:00.000Z", "last_status_at": "2026-11-20",
		"statuses_count": 10, "followers_count": 42, "following_count": 7,
		"source": map[string]any{"note": "hello", "fields": []any{}, "privacy": "public", "sensitive": false, "language": "en", "follow_requests_count": 0,
			"attribution_domains": []any{}, "discoverable": true, "hide_collections": nil, "indexable": true, "quote_policy": "public"},
		"role": map[string]any{"id": "-99", "name": "", "permissions": "0", "color": "", "highlighted": false},
	}
}

func (tw *town) statusJSON(p *post) map[string]any {
	mentions := []any{}
	if strings.Contains(p.html, "@harbour") {
		mentions = append(mentions, map[string]any{"id": "1harbour", "username": "harbour", "acct": "harbour", "url": "https://town.example/@harbour"})
	}
	tags := []any{}
	for _, t := range p.tags {
		tags = append(tags, map[string]any{"name": t, "url": "https://town.example/tags/" + t})
	}
	var edited, reply, replyTo any
	if p.edited != "" {
		edited = p.edited
	}
	if p.replyTo != "" {
		reply, replyTo = p.replyTo, "1bo"
	}
	return map[string]any{
		"id": p.id, "uri": "https://town.example/users/x/statuses/" + p.id, "url": "https://town.example/@" + p.acct + "/" + p.id,
		"created_at": p.at.UTC().Format("2006-01-02T15:04:05.000Z"), "edited_at": edited, "in_reply_to_id": reply, "in_reply_to_account_id": replyTo,
		"sensitive": false, "spoiler_text": "", "visibility": p.visibility, "language": "en", "content": "<p>" + p.html + "</p>",
		"replies_count": 0, "reblogs_count": 0, "favourites_count": 0, "quotes_count": 0, "favourited": false, "reblogged": false, "muted": false, "bookmarked": false,
		"filtered": []any{}, "reblog": nil, "account": tw.accountJSON(p.acct), "media_attachments": []any{}, "mentions": mentions, "tags": tags, "emojis": []any{},
		"card": nil, "poll": nil, "application": map[string]any{"name": "Web", "website": nil},
	}
}

func (tw *town) noteJSON(n note) map[string]any {
	return map[string]any{
		"id": n.id, "type": "mention", "group_key": "ungrouped-" + n.id, "created_at": n.post.at.UTC().Format(time.RFC3339),
		"account": tw.accountJSON(n.post.acct), "status": tw.statusJSON(n.post),
	}
}

func (tw *town) instanceJSON() map[string]any {
	streaming := "wss://" + tw.host // GoToSocial announces wss on plain http too
	version := "4.7.0"
	if tw.gotosocial {
		version = "0.20.1+git-9cf0b0a"
	}
	if tw.away {
		streaming = "wss://127.0.0.1:1"
	}
	image := map[string]any{"url": "https://town.example/thumb.png"}
	return map[string]any{
		"domain": "town.example", "title": "Town", "version": version, "source_url": "https://github.com/mastodon/mastodon", "description": "A town",
		"usage": map[string]any{"users": map[string]any{"active_month": 3}}, "thumbnail": image, "icon": []any{}, "languages": []string{"en"},
		"configuration": map[string]any{
			"urls":     map[string]any{"streaming": streaming},
			"accounts": map[string]any{"max_featured_tags": 10, "max_pinned_statuses": 5},
			"statuses": map[string]any{"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23},
			"media_attachments": map[string]any{"supported_mime_types": []string{"image/png"}, "image_size_limit": 1, "image_matrix_limit": 1,
				"video_size_limit": 1, "video_frame_rate_limit": 1, "video_matrix_limit": 1, "description_limit": 1500},
			"polls":              map[string]any{"max_options": 4, "max_characters_per_option": 50, "min_expiration": 300, "max_expiration": 2629746},
			"translation":        map[string]any{"enabled": false},
			"timelines_access":   map[string]any{"live_feeds": map[string]any{"local": "public", "remote": "public"}, "hashtag_feeds": map[string]any{"local": "public", "remote": "public"}},
			"limited_federation": false,
		},
		"registrations": map[string]any{"enabled": true, "approval_required": false, "message": nil, "url": nil, "min_age": nil, "reason_required": false},
		"api_versions":  map[string]any{"mastodon": 7}, "contact": map[string]any{"email": "admin@town.example", "account": nil}, "rules": []any{},
		"urls": map[string]any{"streaming_api": streaming}, // of the older shape
	}
}
