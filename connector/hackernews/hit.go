package hackernews

import (
	"slices"
	"strconv"
	"time"

	"breakwater/desk"
	"breakwater/internal/plain"
)

const (
	network = "hackernews"
	site    = "https://news.ycombinator.com"
)

// hit is a story or a comment as the search gives it. Fields that do not apply are null.
type hit struct {
	ID       string   `json:"objectID"`
	At       int64    `json:"created_at_i"` // seconds since 1970
	Author   string   `json:"author"`
	Title    string   `json:"title"`
	URL      string   `json:"url"`
	Story    string   `json:"story_text"`   // HTML
	Comment  string   `json:"comment_text"` // HTML
	Parent   int64    `json:"parent_id"`
	Points   int      `json:"points"`
	Comments int      `json:"num_comments"`
	Tags     []string `json:"_tags"`
}

// mention turns a hit into a mention. ok is false when there is nothing in it to name or to read. The title of the story that
// a comment stands under is left out: it would make every comment answer the monitors that the story answers.
func (h hit) mention(source int64) (m desk.Mention, ok bool) {
	markup, kind := h.Story, desk.KindPost
	if slices.Contains(h.Tags, "comment") {
		markup, kind = h.Comment, desk.KindComment
	}
	m = desk.Mention{
		Ref:        desk.Ref{Network: network, NativeID: h.ID},
		SourceID:   source,
		Kind:       kind,
		URL:        site + "/item?id=" + h.ID,
		Title:      plain.Text(h.Title),
		Text:       plain.Text(markup),
		Author:     desk.Author{NativeID: h.Author, Handle: h.Author, URL: site + "/user?id=" + h.Author, Followers: -1},
		Published:  time.Unix(h.At, 0).UTC(),
		Links:      plain.Links(markup),
		Engagement: desk.Engagement{Likes: h.Points, Replies: h.Comments},
	}
	if h.URL != "" {
		m.Links = append([]string{h.URL}, m.Links...)
	}
	if h.Parent != 0 {
		m.InReplyTo = strconv.FormatInt(h.Parent, 10)
	}
	_, err := strconv.ParseInt(h.ID, 10, 64)
	return m, err == nil && h.Author != "" && (m.Title != "" || m.Text != "")
}
