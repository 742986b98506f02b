package mastodon

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"breakwater/desk"

	"github.com/google/go-cmp/cmp"
)

var here = place{host: "town.example", domain: "town.example"}

func decode(t *testing.T, s string) *status {
	t.Helper()
	var st status
	if err := json.Unmarshal([]byte(s), &st); err != nil {
		t.Fatal(err)
	}
	return &st
}

func TestMention(t *testing.T) {
	t.Parallel()
	ana := `"account":{"id":"7","acct":"ana","display_name":"Ana","url":"https://town.example/@ana","followers_count":12}`
	author := desk.Author{NativeID: "ana@town.example", Handle: "ana@town.example", Name: "Ana", URL: "https://town.example/@ana", Followers: 12}
	at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		name, json string
		want       desk.Mention
	}{
		{
			name: "a post with everything",
			json: `{"id":"100","uri":"https://town.example/users/ana/statuses/100","url":"https://town.example/@ana/100","created_at":"2026-11-20T10:00:00.000Z",
				"edited_at":"2026-11-20T10:05:00.000Z","content":"<p>The kettle broke <a href=\"https://news.example/k\">news</a></p>","spoiler_text":"kettles","visibility":"public","language":"en",
				"in_reply_to_id":null,"reblog":null,` + ana + `,"tags":[{"name":"kettle","url":"https://town.example/tags/kettle"}],"replies_count":1,"reblogs_count":2,"favourites_count":3}`,
			want: desk.Mention{
				Ref: desk.Ref{Network: "mastodon", NativeID: "town.example/100"}, Kind: desk.KindPost, URL: "https://town.example/@ana/100",
				Title: "kettles", Text: "The kettle broke news", Author: author, Published: at, Edited: at.Add(5 * time.Minute), Lang: "en",
				Links: []string{"https://news.example/k"}, Tags: []string{"kettle"}, Engagement: desk.Engagement{Likes: 3, Reposts: 2, Replies: 1},
			},
		},
		{
			name: "a reply from another server, without an address of its own",
			json: `{"id":"101","uri":"https://far.example/objects/9","url":null,"created_at":"2026-11-20T10:00:00Z","content":"yes","visibility":"unlisted","in_reply_to_id":"100",
				"account":{"id":"8","acct":"Bo@Far.example","display_name":"","url":"https://far.example/@Bo","followers_count":0}}`,
			want: desk.Mention{
				Ref: desk.Ref{Network: "mastodon", NativeID: "town.example/101"}, Kind: desk.KindReply, URL: "https://far.example/objects/9", Text: "yes",
				Author:    desk.Author{NativeID: "bo@far.example", Handle: "Bo@Far.example", URL: "https://far.example/@Bo"},
				Published: at, InReplyTo: "town.example/100", Visibility: "unlisted",
			},
		},
		{
			name: "a boost says what the boosted said",
			json: `{"id":"102","uri":"https://town.example/users/ana/statuses/102/activity","created_at":"2026-11-20T10:00:00Z","content":"","visibility":"public",` + ana + `,
				"reblog":{"id":"50","uri":"https://far.example/objects/5","url":"https://far.example/5","created_at":"2026-11-19T10:00:00Z","content":"<p>Boom</p>","language":"sv","account":{"id":"8","acct":"bo@far.example"}}}`,
			want: desk.Mention{
				Ref: desk.Ref{Network: "mastodon", NativeID: "town.example/102"}, Kind: desk.KindRepost, URL: "https://far.example/5", Text: "Boom", Lang: "sv",
				Author: author, Published: at, RepostOf: "town.example/50",
			},
		},
		{
			name: "a card's link counts when the text has none",
			json: `{"id":"103","uri":"u","created_at":"yesterday","content":"look","card":{"url":"https://news.example/c"},` + ana + `}`,
			want: desk.Mention{
				Ref: desk.Ref{Network: "mastodon", NativeID: "town.example/103"}, Kind: desk.KindPost, URL: "u", Text: "look", Author: author,
				Links: []string{"https://news.example/c"},
			},
		},
		{
			name: "a shortened link comes out whole; people and hashtags are no links",
			json: `{"id":"104","uri":"u","content":"<p><a href=\"https://a.example/@bo\" class=\"u-url mention\">@<span>bo</span></a> <a href=\"https://a.example/tags/Kettle\" class=\"mention hashtag\" rel=\"tag\">#<span>Kettle</span></a> <a href=\"https://news.example/a/long/way\"><span class=\"invisible\">https://</span><span class=\"ellipsis\">news.example/a</span><span class=\"invisible\">/long/way</span></a></p>",
				"mentions":[{"id":"9","url":"https://a.example/@bo"}],` + ana + `}`,
			want: desk.Mention{
				Ref: desk.Ref{Network: "mastodon", NativeID: "town.example/104"}, Kind: desk.KindPost, URL: "u",
				Text: "@bo #Kettle https://news.example/a/long/way", Author: author, Links: []string{"https://news.example/a/long/way"},
			},
		},
		{
			name: "a picture alone says what its description says",
			json: `{"id":"105","uri":"u","content":"","media_attachments":[{"description":null},{"description":"A broken kettle"}],` + ana + `}`,
			want: desk.Mention{
				Ref: desk.Ref{Network: "mastodon", NativeID: "town.example/105"}, Kind: desk.KindPost, URL: "u", Text: "A broken kettle", Author: author,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, here.mention(decode(t, tt.json))); diff != "" {
				t.Errorf("mention (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever a server streams, a mention that comes of it is whole.
func FuzzTake(f *testing.F) {
	f.Add([]byte(`{"stream":["hashtag","kettle"],"event":"update","payload":"{\"id\":\"1\",\"content\":\"<p>x</p>\",\"account\":{\"acct\":\"a\"},\"reblog\":{\"id\":\"2\"}}"}`))
	f.Add([]byte(`{"stream":["user"],"event":"notification","payload":"{\"id\":\"5\",\"type\":\"mention\",\"status\":{\"id\":\"1\"}}"}`))
	f.Add([]byte(`{"stream":["user"],"event":"notification","payload":"{\"id\":\"5\",\"type\":\"mention\",\"status\":{}}"}`))
	f.Add([]byte(`{"stream":["user"],"event":"delete","payload":"1"}`))
	f.Add([]byte(`{"event":"filters_changed"}`))
	f.Fuzz(func(t *testing.T, m []byte) {
		user := &heard{timeline: timeline{name: "mentions", stream: []string{"user"}}}
		tag := &heard{timeline: timeline{name: "tag:kettle", stream: []string{"hashtag", "kettle"}}}
		s := &stream{client: &client{place: here}, log: slog.New(slog.DiscardHandler), known: newKnown(), timelines: []*heard{user, tag}}
		var b desk.Batch
		s.take(m, true, &b)
		for _, m := range b.Mentions {
			if m.Kind == "" || m.Author.NativeID == "" || !strings.HasPrefix(m.NativeID, "town.example/") || m.NativeID == "town.example/" {
				t.Errorf("half a mention: %+v", m)
			}
		}
		for _, r := range b.Gone {
			if r.NativeID == "town.example/" {
				t.Error("the deletion of nothing")
			}
		}
	})
}
