package fetch

import (
	"context"
	"net/http"
	"strings"

	"github.com/coder/websocket"
)

// MaxMessage is the largest websocket message that we take, in bytes. A post with all its media, cards and custom emoji is some
// tens of kilobytes.
const MaxMessage = 1 << 20

// Websocket dials address (ws, wss, http or https) and shakes hands. The connection outlives ctx; the caller closes it and
// gives each read a deadline of its own. A message above MaxMessage ends the connection.
//
// Errors are those of Do; a refused handshake is a *Status.
func (c *Client) Websocket(ctx context.Context, address string, header http.Header, subprotocols ...string) (*websocket.Conn, error) {
	if rest, ok := strings.CutPrefix(strings.TrimSpace(address), "ws"); ok {
		address = "http" + rest // wss becomes https
	}
	live, cancel := context.WithTimeoutCause(ctx, c.conf.Total, errSlow)
	defer cancel()
	req, err := c.request(live, Request{URL: address, Header: header})
	if err != nil {
		return nil, err
	}
	conn, res, err := websocket.Dial(live, req.URL.String(), &websocket.DialOptions{
		HTTPClient: c.http, HTTPHeader: req.Header, Subprotocols: subprotocols,
	})
	if res != nil && res.Body != nil {
		defer res.Body.Close()
	}
	if err != nil && res != nil && res.StatusCode != http.StatusSwitchingProtocols {
		return nil, statusOf(res)
	}
	if err != nil {
		return nil, failure(ctx, req.URL.Host, err)
	}
	conn.SetReadLimit(MaxMessage)
	return conn, nil
}
