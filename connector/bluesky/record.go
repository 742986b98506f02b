package bluesky

import (
	"encoding/json"
	"strings"
	"time"

	"breakwater/desk"
)

const (
	network = "bluesky"
	posts   = "app.bsky.feed.post" // the collection that posts are in
)

// record is a post as its author wrote it (lexicon app.bsky.feed.post, November 2026). Only what we use.
type record struct {
	Text      string   `json:"text"`
	CreatedAt string   `json:"createdAt"` // the author's word; never trusted alone
	Langs     []string `json:"langs"`
	Tags      []string `json:"tags"` // besides those in the text
	Facets    []struct {
		Features []struct {
			Type string `json:"$type"`
			URI  string `json:"uri"`
			Tag  string `json:"tag"`
			DID  string `json:"did"`
		} `json:"features"`
	} `json:"facets"`
	Reply *struct {
		Parent struct {
			URI string `json:"uri"`
		} `json:"parent"`
	} `json:"reply"`
	Embed *embed `json:"embed"`
}

// embed is what a post carries: a link, pictures, a video, another post, or another post with one of these.
type embed struct {
	External *struct {
		URI         string `json:"uri"`
		Title       string `json:"title"`
		Description string `json:"description"`
	} `json:"external"`
	Images []struct {
		Alt string `json:"alt"`
	} `json:"images"`
	Alt    string          `json:"alt"`    // of a video
	Record json.RawMessage `json:"record"` // the quoted post, one level deeper when there is media too
	Media  *embed          `json:"media"`
}

// postRef names a post: its address in the network, which stays the same whoever shows it.
func postRef(did, rkey string) desk.Ref {
	return desk.Ref{Network: network, NativeID: "at://" + did + "/" + posts + "/" + rkey}
}

// splitURI takes the address of a post apart; ok is false for anything else.
func splitURI(uri string) (did, rkey string, ok bool) {
	rest, ok := strings.CutPrefix(uri, "at://")
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 || parts[1] != posts || parts[0] == "" || parts[2] == "" {
		return "", "", false
	}
	return parts[0], parts[2], true
}

// pageOf is where people read a post or, without rkey, see its author.
func pageOf(did, rkey string) string {
	page := "https://bsky.app/profile/" + did
	if rkey != "" {
		page += "/post/" + rkey
	}
	return page
}

// trustedFor is how far the author's clock may be from the network's.
const trustedFor = 5 * time.Minute

// published is when a post counts: the author's word where the network saw the post within trustedFor of it, else when the
// network saw it. Importers write dates of years ago, and some clients dates of 1976.
func published(createdAt string, seen time.Time) time.Time {
	t, err := time.Parse(time.RFC3339, createdAt)
	if err != nil || t.Sub(seen).Abs() > trustedFor {
		return seen.UTC()
	}
	return t.UTC()
}

// mention is a post in our words. Of the author no more is known here than the DID.
func (r *record) mention(did, rkey string, seen time.Time) desk.Mention {
	m := desk.Mention{
		Ref:       postRef(did, rkey),
		Kind:      desk.KindPost,
		URL:       pageOf(did, rkey),
		Text:      r.Text,
		Author:    desk.Author{NativeID: did, Handle: did, URL: pageOf(did, ""), Followers: -1},
		Published: published(r.CreatedAt, seen),
		Tags:      r.Tags,
	}
	if r.Reply != nil {
		m.Kind, m.InReplyTo = desk.KindReply, r.Reply.Parent.URI
	}
	if len(r.Langs) == 1 { // with two, who knows
		m.Lang = r.Langs[0]
	}
	for _, f := range r.Facets {
		for _, feature := range f.Features {
			switch feature.Type {
			case "app.bsky.richtext.facet#link":
				m.Links = append(m.Links, feature.URI)
			case "app.bsky.richtext.facet#tag":
				m.Tags = append(m.Tags, feature.Tag)
			case "app.bsky.richtext.facet#mention":
				m.Names = append(m.Names, feature.DID)
			}
		}
	}
	r.Embed.addTo(&m)
	return m
}

// addTo adds what the embed says. A post that is only a picture or a link says what these are described with.
func (e *embed) addTo(m *desk.Mention) {
	if e == nil {
		return
	}
	var said []string
	if x := e.External; x != nil {
		m.Links = append(m.Links, x.URI)
		said = append(said, x.Title, x.Description)
	}
	for _, i := range e.Images {
		said = append(said, i.Alt)
	}
	said = append(said, e.Alt)
	for _, s := range said {
		if strings.TrimSpace(m.Text) == "" {
			m.Text = s
		}
	}
	if quoted := e.quotes(); quoted != "" {
		if did, rkey, ok := splitURI(quoted); ok {
			m.Links = append(m.Links, pageOf(did, rkey))
		}
	}
	e.Media.addTo(m)
}

// quotes is the address of the quoted post, if there is one.
func (e *embed) quotes() string {
	var r struct {
		URI    string `json:"uri"`
		Record struct {
			URI string `json:"uri"`
		} `json:"record"`
	}
	if len(e.Record) == 0 || json.Unmarshal(e.Record, &r) != nil {
		return ""
	}
	if r.URI != "" {
		return r.URI
	}
	return r.Record.URI
}
