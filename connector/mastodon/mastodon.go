// Package mastodon hears, and speaks on, Mastodon and the servers that speak its API (GoToSocial, Pleroma, Akkoma …): hashtags, the public
// timelines, mentions of our account and search words.
//
// What can be streamed is streamed, everything is polled as well: often where the stream does not deliver (GoToSocial accepts
// hashtag streams and sends nothing into them), once a minute where it does. So nothing depends on what a server promises.
package mastodon

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/source"
)

// Kind is the Mastodon connector.
var Kind = connector.Kind{
	Spec: desk.Spec{
		Kind:  "mastodon",
		Title: "Mastodon, GoToSocial and the like",
		Help:  "Hears hashtags, public timelines, mentions of your account and search words on one server, as they are posted.",
		Fields: []desk.Field{
			{Name: "server", Label: "Server address", Kind: "url", Required: true, Help: "For example https://mastodon.social."},
			{Name: "token", Label: "Access token", Kind: "secret", Help: "From the server's settings, under development, with the right to read. Without it only what the server shows to everybody is heard."},
			{Name: "hashtags", Label: "Hashtags", Kind: "lines", Help: "One on each line, with or without #."},
			{Name: "public", Label: "Public timeline", Kind: "choice", Choices: []string{"none", "local", "federated"}, Default: "none", Help: "Local: what people of this server post. Federated: everything that reaches it."},
			{Name: "mentions", Label: "Mentions of our account", Kind: "bool", Default: "true", Help: "Needs an access token."},
			{Name: "search", Label: "Search words", Kind: "lines", Help: "One search on each line. Needs an access token and a server with full-text search."},
		},
	},
	Address:     address,
	Source:      newSource,
	Check:       check,
	Channel:     newMouth,
	ChannelSpec: speech,
	Exists:      exists,
}

// MaxTimelines is how many things one source hears at most: more would be polled more rarely than is of use (see pace).
const MaxTimelines = 60

func newSource(set desk.Settings, env connector.Env) (source.Source, error) {
	c, err := newClient(set, env)
	if err != nil {
		return nil, err
	}
	timelines, err := wanted(set, c.token != "")
	if err != nil {
		return nil, err
	}
	return &stream{client: c, log: env.Log, timelines: timelines, known: newKnown(), pace: pace(len(timelines))}, nil
}

// newClient reads where the server is and who we are there.
func newClient(set desk.Settings, env connector.Env) (*client, error) {
	u, err := url.Parse(strings.TrimSpace(set["server"]))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, desk.Wrong("server", "Give the address of the server, beginning with https://.")
	}
	c := &client{fetch: env.Fetch, base: u.Scheme + "://" + strings.ToLower(u.Host), token: desk.Secret(strings.TrimSpace(set["token"]))}
	c.place = place{host: strings.ToLower(u.Host), domain: strings.ToLower(u.Host)}
	return c, nil
}

// timeline is one thing that we hear on the server.
type timeline struct {
	name   string     // in the cursor
	path   string     // of the API
	query  url.Values // besides paging
	shape  shape      // of the answer
	stream []string   // its name in the streaming API, as events carry it; nil: cannot be streamed
}

type shape int

const (
	statuses      shape = iota // an array of statuses
	notifications              // an array of notifications
	results                    // the answer to a search
)

// wanted makes the timelines from the settings.
func wanted(set desk.Settings, token bool) ([]*heard, error) {
	var list []timeline
	if set["mentions"] == "true" && token {
		list = append(list, timeline{name: "mentions", path: "/api/v1/notifications", query: url.Values{"types[]": {"mention"}}, shape: notifications, stream: []string{"user"}})
	}
	switch set["public"] {
	case "", "none":
	case "local":
		list = append(list, timeline{name: "public:local", path: "/api/v1/timelines/public", query: url.Values{"local": {"true"}}, stream: []string{"public:local"}})
	case "federated":
		list = append(list, timeline{name: "public", path: "/api/v1/timelines/public", stream: []string{"public"}})
	default:
		return nil, desk.Wrong("public", "Choose none, local or federated.")
	}
	for _, t := range lines(set["hashtags"]) {
		t = strings.ToLower(strings.TrimPrefix(t, "#"))
		if t == "" || strings.ContainsAny(t, " /?#") {
			return nil, desk.Wrong("hashtags", "A hashtag is one word: {tag} is not.", "tag", t)
		}
		list = append(list, timeline{name: "tag:" + t, path: "/api/v1/timelines/tag/" + url.PathEscape(t), stream: []string{"hashtag", t}})
	}
	for _, words := range lines(set["search"]) {
		if !token {
			return nil, desk.Wrong("search", "Searching needs an access token.")
		}
		list = append(list, timeline{name: "search:" + words, path: "/api/v2/search", query: url.Values{"q": {words}, "type": {"statuses"}}, shape: results})
	}
	switch {
	case len(list) == 0:
		return nil, desk.Wrong("hashtags", "Say what to hear: hashtags, a public timeline, mentions of your account or search words.")
	case len(list) > MaxTimelines:
		return nil, desk.Wrong("hashtags", "That is too much for one source. Hear at most {n} things with it.", "n", MaxTimelines)
	}
	all := make([]*heard, len(list))
	seen := make(map[string]bool, len(list))
	for i, t := range list {
		if seen[t.name] {
			return nil, desk.Wrong("hashtags", "{name} is there twice.", "name", strings.TrimPrefix(strings.TrimPrefix(t.name, "tag:"), "search:"))
		}
		seen[t.name] = true
		all[i] = &heard{timeline: t}
	}
	return all, nil
}

// lines are the lines of a setting that say something.
func lines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// check says who we are on which server.
func check(ctx context.Context, set desk.Settings, env connector.Env) (desk.Text, error) {
	c, err := newClient(set, env)
	if err != nil {
		return desk.Text{}, err
	}
	if _, err := wanted(set, c.token != ""); err != nil {
		return desk.Text{}, err
	}
	in, err := c.instance(ctx)
	if err != nil {
		return desk.Text{}, connector.Failure(err)
	}
	if c.token == "" {
		return desk.Say("{server} answers (version {version}). Without an access token only what it shows to everybody is heard.", "server", in.domain(c.place.host), "version", in.Version), nil
	}
	var me account
	if _, err := c.get(ctx, "/api/v1/accounts/verify_credentials", nil, &me); err != nil {
		return desk.Text{}, connector.Failure(err)
	}
	c.place.domain = in.domain(c.place.host)
	return desk.Say("Connected to {server} as {account}.", "server", c.place.domain, "account", "@"+c.place.author(me).Handle), nil
}

func (c *client) header() http.Header {
	h := http.Header{}
	if c.token != "" {
		h.Set("Authorization", "Bearer "+c.token.Reveal())
	}
	return h
}
