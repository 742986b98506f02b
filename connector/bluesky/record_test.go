package bluesky

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	seen := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	author := desk.Author{NativeID: "did:plc:ana", Handle: "did:plc:ana", URL: "https://bsky.app/profile/did:plc:ana", Followers: -1}
	ref := desk.Ref{Network: "bluesky", NativeID: "at://did:plc:ana/app.bsky.feed.post/3k"}
	page := "https://bsky.app/profile/did:plc:ana/post/3k"
	tests := []struct {
		name, json string
		want       desk.Mention
	}{
		{
			name: "plain",
			json: `{"$type":"app.bsky.feed.post","text":"The kettle broke","createdAt":"2026-11-20T11:59:58.123Z","langs":["en"]}`,
			want: desk.Mention{Kind: "post", Text: "The kettle broke", Lang: "en", Published: seen.Add(-1877 * time.Millisecond)},
		},
		{
			name: "reply with a link, a tag in the text and one beside it",
			json: `{"text":"see news.example/k… #kettle","createdAt":"2026-11-20T12:00:00Z","langs":["en","sv"],"tags":["harbour"],
				"reply":{"root":{"uri":"at://did:plc:bo/app.bsky.feed.post/1","cid":"x"},"parent":{"uri":"at://did:plc:bo/app.bsky.feed.post/2","cid":"x"}},
				"facets":[{"index":{"byteStart":4,"byteEnd":20},"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://news.example/kettles"}]},
					{"features":[{"$type":"app.bsky.richtext.facet#tag","tag":"kettle"},{"$type":"app.bsky.richtext.facet#mention","did":"did:plc:x"}]}]}`,
			want: desk.Mention{Kind: "reply", Text: "see news.example/k… #kettle", InReplyTo: "at://did:plc:bo/app.bsky.feed.post/2", Published: seen,
				Links: []string{"https://news.example/kettles"}, Tags: []string{"harbour", "kettle"}, Names: []string{"did:plc:x"}},
		},
		{
			name: "a date of 1976 is not believed",
			json: `{"text":"x","createdAt":"1976-01-01T00:00:00Z"}`,
			want: desk.Mention{Kind: "post", Text: "x", Published: seen},
		},
		{
			name: "nor one of tomorrow, nor none",
			json: `{"text":"x","createdAt":"2026-11-21T12:00:00Z"}`,
			want: desk.Mention{Kind: "post", Text: "x", Published: seen},
		},
		{
			name: "a link card alone says its title",
			json: `{"text":"","embed":{"$type":"app.bsky.embed.external","external":{"uri":"https://news.example/k","title":"Kettles explode","description":"All of them"}}}`,
			want: desk.Mention{Kind: "post", Text: "Kettles explode", Published: seen, Links: []string{"https://news.example/k"}},
		},
		{
			name: "a quote with pictures",
			json: `{"text":"","embed":{"$type":"app.bsky.embed.recordWithMedia","record":{"$type":"app.bsky.embed.record","record":{"uri":"at://did:plc:bo/app.bsky.feed.post/9","cid":"c"}},
				"media":{"$type":"app.bsky.embed.images","images":[{"alt":"","image":{}},{"alt":"A kettle in pieces","image":{}}]}}}`,
			want: desk.Mention{Kind: "post", Text: "A kettle in pieces", Published: seen, Links: []string{"https://bsky.app/profile/did:plc:bo/post/9"}},
		},
		{
			name: "a plain quote",
			json: `{"text":"look","embed":{"$type":"app.bsky.embed.record","record":{"uri":"at://did:plc:bo/app.bsky.feed.post/9","cid":"c"}}}`,
			want: desk.Mention{Kind: "post", Text: "look", Published: seen, Links: []string{"https://bsky.app/profile/did:plc:bo/post/9"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var r record
			if err := json.Unmarshal([]byte(tt.json), &r); err != nil {
				t.Fatal(err)
			}
			tt.want.Ref, tt.want.URL, tt.want.Author = ref, page, author
			if diff := cmp.Diff(tt.want, r.mention("did:plc:ana", "3k", seen)); diff != "" {
				t.Errorf("mention (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSplitURI(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]bool{
		"at://did:plc:a/app.bsky.feed.post/3k":   true,
		"at://did:plc:a/app.bsky.feed.repost/3k": false,
		"at://did:plc:a":                         false,
		"https://bsky.app":                       false,
		"":                                       false,
	} {
		if _, _, ok := splitURI(uri); ok != want {
			t.Errorf("splitURI(%q) is %v, want %v", uri, ok, want)
		}
	}
}
