// Package centre speaks on the brand's own crisis centre: a post becomes an update on the public page of its crisis, or the page's own
// words.
package centre

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/publish"
)

// Kind is the crisis centre.
var Kind = connector.Kind{Channel: newMouth, Spec: desk.Spec{
	Kind:  desk.CentreKind,
	Title: "Crisis centre (our own page)",
	Help:  "The public page that everybody is sent to in a crisis, served by this program. What is published here becomes a dated update on the page of its crisis.",
	Fields: []desk.Field{
		{Name: "path", Label: "Address under /c/", Required: true, Help: "Small letters, digits and hyphens: aurora."},
		{Name: "host", Label: "Own host name", Help: "Such as help.example.org, when it leads to this program. Certificates are a setting of the program."},
		{Name: "url", Label: "Public address", Kind: "url", Help: "Where people reach it when that is not here: the address of a copy on other servers, or of what stands before this program."},
	},
}}

// mouth puts posts on the house's own board.
type mouth struct {
	board   publish.Noticeboard
	channel desk.Channel
}

func newMouth(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	path, host := set["path"], set["host"]
	if path == "" || path != desk.Slug(path) {
		return nil, desk.Wrong("path", "The address takes small letters, digits and hyphens: kettle-recall.")
	}
	if u, err := url.Parse("//" + host); host != "" && (err != nil || u.Hostname() != host || !strings.Contains(host, ".") || net.ParseIP(host) != nil) {
		return nil, desk.Wrong("host", "Enter a host name alone, like help.example.org.")
	}
	if env.Board == nil {
		return nil, errors.New("there is no crisis centre in this program")
	}
	return &mouth{env.Board, env.Channel}, nil
}

// Send puts a post up, once for its key.
func (m *mouth) Send(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	live, err := m.board.Put(ctx, m.channel, l.Post)
	return live.Receipt, err
}

// Edit puts corrected words in the place of those that stand there.
func (m *mouth) Edit(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	live, err := m.board.Change(ctx, m.channel, l.Post)
	return live.Receipt, err
}

// Find looks for a post by its key.
func (m *mouth) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	live, err := m.board.Shown(ctx, m.channel, p)
	return live.Receipt, err
}

// Read is what the page shows of a post.
func (m *mouth) Read(ctx context.Context, p desk.Post) (publish.Live, error) {
	return m.board.Shown(ctx, m.channel, p)
}

// Retract takes a post off its page; its address says that it was withdrawn.
func (m *mouth) Retract(ctx context.Context, p desk.Post) error {
	return m.board.Take(ctx, m.channel, p)
}

// Inspect has nothing to try: the page is ours.
func (m *mouth) Inspect(context.Context) (publish.About, error) {
	return publish.About{Account: "/c/" + m.channel.Settings["path"] + "/"}, nil
}
