package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/coder/websocket"

	"breakwater/internal/fetch"
)

// event is one message of the streaming API (docs.joinmastodon.org/methods/streaming; November 2026).
type event struct {
	Stream  []string `json:"stream"`
	Event   string   `json:"event"`
	Payload string   `json:"payload"` // JSON in a string; of a deletion the bare id
	Error   string   `json:"error"`   // a subscription that was refused
	garbage bool     // not one of these at all
}

const (
	queued    = 256              // events that wait for us; beyond that the server waits
	pingEvery = 30 * time.Second // as often as Mastodon and GoToSocial ping us
	pongIn    = 20 * time.Second
)

// socket is an open connection to the streaming API. It reads by itself until it is closed from either side.
type socket struct {
	conn   *websocket.Conn
	events chan event // closed at the end of the connection
	cancel context.CancelFunc
	all    sync.WaitGroup
}

// dial opens the stream at the first of addresses that is there, and subscribes to streams.
//
// The token goes in a header, never in the address. The first stream is named in the address and the others in messages:
// servers that know only one of these ways give at least that one, and polling sees to the rest.
func dial(ctx context.Context, c *client, addresses []string, streams [][]string) (*socket, error) {
	conn, err := dialFirst(ctx, c, addresses, streams[0])
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
			err = conn.Write(ctx, websocket.MessageText, b)
		}
		if err != nil {
			conn.CloseNow()
			return nil, fmt.Errorf("subscribe: %w", err)
		}
	}
	live, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &socket{conn: conn, events: make(chan event, queued), cancel: cancel}
	s.all.Go(func() { s.read(live) })
	s.all.Go(func() { s.keepAlive(live) })
	return s, nil
}

func dialFirst(ctx context.Context, c *client, addresses []string, name []string) (*websocket.Conn, error) {
	query := url.Values{"stream": {name[0]}}
	if len(name) > 1 {
		query.Set("tag", name[1])
	}
	var errs error
	for _, a := range addresses {
		conn, err := c.fetch.Websocket(ctx, a+"?"+query.Encode(), c.header())
		if err == nil {
			return conn, nil
		}
		errs = errors.Join(errs, err)
		var away *fetch.Unreachable
		if !errors.As(err, &away) { // an announced name that is known only inside the server's network is common with GoToSocial
			break
		}
	}
	return nil, errs
}

func (s *socket) read(ctx context.Context) {
	defer close(s.events)
	defer s.cancel()
	for {
		_, b, err := s.conn.Read(ctx)
		if err != nil {
			return
		}
		var e event
		if json.Unmarshal(b, &e) != nil || e.Event == "" && e.Error == "" {
			e = event{garbage: true, Payload: string(b[:min(len(b), 200)])}
		}
		select {
		case s.events <- e:
		case <-ctx.Done():
			return
		}
	}
}

// keepAlive ends a connection whose other side went away without a word.
func (s *socket) keepAlive(ctx context.Context) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		late, cancel := context.WithTimeout(ctx, pongIn)
		err := s.conn.Ping(late)
		cancel()
		// Nobody reads the answer while the queue is full: that is we being slow, not they being gone.
		if err != nil && len(s.events) < cap(s.events) {
			s.conn.CloseNow()
			return
		}
	}
}

// close ends the connection and waits until nothing of it runs any more.
func (s *socket) close() {
	s.cancel()
	s.conn.CloseNow()
	s.all.Wait()
}
