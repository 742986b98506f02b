package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/posttext"
	"breakwater/publish"
)

// written is a post as we put it (lexicon app.bsky.feed.post, November 2026).
type written struct {
	Type      string   `json:"$type"`
	Text      string   `json:"text"`
	CreatedAt string   `json:"createdAt"`
	Langs     []string `json:"langs,omitempty"`
	Facets    []facet  `json:"facets,omitempty"`
	Reply     *answers `json:"reply,omitempty"`
	Embed     *images  `json:"embed,omitempty"`
}

type facet struct {
	Index    place     `json:"index"`
	Features []feature `json:"features"`
}

// place is in bytes of UTF-8.
type place struct {
	Start int `json:"byteStart"`
	End   int `json:"byteEnd"`
}

type feature struct {
	Type string `json:"$type"`
	URI  string `json:"uri,omitempty"`
	Tag  string `json:"tag,omitempty"`
	DID  string `json:"did,omitempty"`
}

type answers struct {
	Root   made `json:"root"`
	Parent made `json:"parent"`
}

type images struct {
	Type   string    `json:"$type"`
	Images []picture `json:"images"`
}

type picture struct {
	Image json.RawMessage `json:"image"`
	Alt   string          `json:"alt"`
	Ratio *ratio          `json:"aspectRatio,omitempty"`
}

type ratio struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// record makes the record of a letter. It is the same for every try: its time is that of the first.
func (m *mouth) record(ctx context.Context, l publish.Letter) (*written, error) {
	at := l.First
	if at.IsZero() {
		at = time.Now()
	}
	w := &written{Type: posts, Text: l.Text, CreatedAt: at.UTC().Format("2006-01-02T15:04:05.000Z")}
	if l.Lang != "" {
		w.Langs = []string{l.Lang}
	}
	var err error
	if w.Facets, err = m.facets(ctx, l.Text); err != nil {
		return nil, err
	}
	if l.ReplyTo != "" {
		if w.Reply, err = m.reply(ctx, l.ReplyTo); err != nil {
			return nil, err
		}
	}
	if len(l.Media) > 0 {
		w.Embed = &images{Type: "app.bsky.embed.images"}
		w.Embed.Images, err = m.images(ctx, &l)
	}
	return w, err
}

// facets say what of a text is a link, a hashtag, a mention: the network itself does not look for them. A mention of somebody
// who does not exist stays text.
func (m *mouth) facets(ctx context.Context, text string) (all []facet, err error) {
	read := posttext.Read("bluesky", posttext.Limits{}, text)
	for _, e := range read.All() {
		f := feature{}
		switch e.Kind {
		case posttext.Link:
			f.Type, f.URI = "app.bsky.richtext.facet#link", e.Name
		case posttext.Hashtag:
			f.Type, f.Tag = "app.bsky.richtext.facet#tag", e.Name
		case posttext.Mention:
			did, err := m.resolve(ctx, e.Name)
			if errors.Is(err, desk.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			f.Type, f.DID = "app.bsky.richtext.facet#mention", did
		default:
			continue
		}
		all = append(all, facet{place{e.Bytes[0], e.Bytes[1]}, []feature{f}})
	}
	return all, nil
}

// resolve finds the DID of a handle. desk.ErrNotFound when nobody has it.
func (m *mouth) resolve(ctx context.Context, handle string) (string, error) {
	var got struct{ DID string }
	err := m.ask(ctx, "com.atproto.identity.resolveHandle", url.Values{"handle": {handle}}, &got)
	var status *fetch.Status
	if errors.As(err, &status) && status.Code == 400 || err == nil && got.DID == "" {
		return "", desk.ErrNotFound
	}
	return got.DID, connector.Failure(err)
}

// reply refers to the post that is answered and to the beginning of its thread, in the versions that are there now.
func (m *mouth) reply(ctx context.Context, uri string) (*answers, error) {
	var got struct {
		Posts []struct {
			made
			Record struct {
				Reply *answers `json:"reply"`
			} `json:"record"`
		} `json:"posts"`
	}
	if _, _, ok := splitURI(uri); !ok {
		return nil, desk.Wrong("reply_to", "This answers a post of another network.")
	}
	if err := m.ask(ctx, "app.bsky.feed.getPosts", url.Values{"uris": {uri}}, &got); err != nil {
		return nil, connector.Failure(err)
	}
	if len(got.Posts) == 0 || got.Posts[0].CID == "" {
		return nil, desk.Wrong("reply_to", "The post that this answers is not there any more.")
	}
	parent := got.Posts[0]
	r := &answers{Root: parent.made, Parent: parent.made}
	if parent.Record.Reply != nil {
		r.Root = parent.Record.Reply.Root
	}
	return r, nil
}
