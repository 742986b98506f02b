package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"breakwater/internal/fetch"
)

// event is one message of the streaming API (docs.joinmastodon.org/methods/streaming; November 2026).
type event struct {
	Stream  []string `json:"stream"`
	Event   string   `json:"event"`
	Payload string   `json:"payload"` // JSON in a string; of a deletion the bare id
	Error   string   `json:"error"`   // a subscription that was refused
}

// parseEvent reports whether the message is one of the streaming API at all.
func parseEvent(b []byte) (e event, ok bool) {
	err := json.Unmarshal(b, &e)
	return e, err == nil && (e.Event != "" || e.Error != "")
}

// queued is how many events wait for us; beyond that the server waits.
const queued = 256

// dial opens the stream at the first of addresses that is there, and subscribes to streams.
//
// The token goes in a header, never in the address. The first stream is named in the address and the others in messages:
// servers that know only one of these ways give at least that one, and polling sees to the rest.
func dial(ctx context.Context, c *client, addresses []string, streams [][]string) (*fetch.Socket, error) {
	s, err := dialFirst(ctx, c, addresses, streams[0])
	if err != nil {
		return nil, err
	}
	for _, name := range streams[1:] {
		msg := map[string]string{"type": "subscribe", "stream": name[0]}
		if len(name) > 1 {
			msg["tag"] = name[1]
		}
		b, err := json.Marshal(msg)
		if err == nil {
			err = s.Send(ctx, b)
		}
		if err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

func dialFirst(ctx context.Context, c *client, addresses []string, name []string) (*fetch.Socket, error) {
	query := url.Values{"stream": {name[0]}}
	if len(name) > 1 {
		query.Set("tag", name[1])
	}
	var errs error
	for _, a := range addresses {
		s, err := c.fetch.Socket(ctx, a+"?"+query.Encode(), c.header(), queued)
		if err == nil {
			return s, nil
		}
		errs = errors.Join(errs, err)
		var away *fetch.Unreachable
		if !errors.As(err, &away) { // an announced name that is known only inside the server's network is common with GoToSocial
			break
		}
	}
	return nil, errs
}
