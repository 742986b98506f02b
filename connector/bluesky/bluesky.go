// Package bluesky hears Bluesky in two ways: everything that is posted, by Jetstream, without an account (Kind); and searches
// and what is addressed to us, with an account (Search). It speaks with an account too.
package bluesky

import (
	"context"
	"net/url"
	"strings"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/source"
)

// DefaultHosts are the public Jetstream servers (docs.bsky.app and the Jetstream readme, November 2026).
const DefaultHosts = "jetstream1.us-east.bsky.network\njetstream2.us-east.bsky.network\njetstream1.us-west.bsky.network\njetstream2.us-west.bsky.network"

// Kind hears all posts of the network as they are written, their edits and deletions, and keeps what a monitor answers.
//
// Reposts are left out: Jetstream says of them only which post they repeat, and no monitor can answer that. Nor does it say
// who an author is besides their DID, so handles and followers are not known here.
var Kind = connector.Kind{
	Spec: desk.Spec{
		Kind:     "bluesky",
		Title:    "Bluesky, everything",
		Help:     "Hears every post on Bluesky within a second, without an account, and keeps what your monitors ask for.",
		Firehose: true,
		Fields: []desk.Field{
			{Name: "hosts", Label: "Jetstream servers", Kind: "lines", Default: DefaultHosts, Help: "One on each line, best first. When one is away the next is taken."},
		},
	},
	Source:      newFirehose,
	Check:       checkFirehose,
	Channel:     newMouth,
	ChannelSpec: speech,
	Exists:      exists,
}

func newFirehose(set desk.Settings, env connector.Env) (source.Source, error) {
	hosts, err := hosts(set["hosts"])
	if err != nil {
		return nil, err
	}
	return &firehose{fetch: env.Fetch, log: env.Log, hosts: hosts, still: stillMost}, nil
}

// hosts are the addresses of the Jetstream servers. A bare name is reached by TLS.
func hosts(setting string) ([]string, error) {
	if strings.TrimSpace(setting) == "" {
		setting = DefaultHosts
	}
	var out []string
	for line := range strings.Lines(setting) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if !strings.Contains(line, "://") {
			line = "wss://" + line
		}
		u, err := url.Parse(line)
		if err != nil || u.Host == "" {
			return nil, desk.Wrong("hosts", "{host} is not the address of a server.", "host", line)
		}
		switch u.Scheme {
		case "wss", "https":
			u.Scheme = "https"
		case "ws", "http":
			u.Scheme = "http"
		default:
			return nil, desk.Wrong("hosts", "{host} is not the address of a server.", "host", line)
		}
		out = append(out, u.Scheme+"://"+u.Host)
	}
	return out, nil
}

// checkFirehose says which server takes us.
func checkFirehose(ctx context.Context, set desk.Settings, env connector.Env) (desk.Text, error) {
	hosts, err := hosts(set["hosts"])
	if err != nil {
		return desk.Text{}, err
	}
	f := &firehose{fetch: env.Fetch, log: env.Log, hosts: hosts}
	defer f.hangUp()
	if err := f.connect(ctx); err != nil {
		return desk.Text{}, err
	}
	return desk.Say("Connected to {server}.", "server", hostName(f.socket.host)), nil
}
