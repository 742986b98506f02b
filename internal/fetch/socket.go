package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Socket is a websocket that reads by itself into a bounded queue: while the queue is full nothing is read, so the other side
// waits. It notices when the other side went away without a word. Close ends it.
type Socket struct {
	// Messages are what came, in order. It is closed at the end of the connection; Err then says why.
	Messages <-chan []byte

	conn   *websocket.Conn
	host   string
	cancel context.CancelFunc
	all    sync.WaitGroup
	err    error // written before Messages is closed
}

const (
	pingEvery = 30 * time.Second // as often as Mastodon, GoToSocial and Jetstream ping us
	pongIn    = 20 * time.Second
)

// Socket dials like Websocket and starts to read. At most queue messages wait to be taken.
func (c *Client) Socket(ctx context.Context, address string, header http.Header, queue int) (*Socket, error) {
	conn, err := c.Websocket(ctx, address, header)
	if err != nil {
		return nil, err
	}
	host := ""
	if u, err := url.Parse(address); err == nil {
		host = u.Host
	}
	live, cancel := context.WithCancel(context.WithoutCancel(ctx))
	messages := make(chan []byte, queue)
	s := &Socket{Messages: messages, conn: conn, host: host, cancel: cancel}
	s.all.Go(func() { s.read(live, messages) })
	s.all.Go(func() { s.keepAlive(live) })
	return s, nil
}

// Send writes one text message.
func (s *Socket) Send(ctx context.Context, message []byte) error {
	if err := s.conn.Write(ctx, websocket.MessageText, message); err != nil {
		return failure(ctx, s.host, err)
	}
	return nil
}

// Err says why the connection ended: *TooLarge or *Unreachable. It may be called once Messages is closed.
func (s *Socket) Err() error { return s.err }

// Close ends the connection and returns when nothing of it runs any more.
func (s *Socket) Close() {
	s.cancel()
	_ = s.conn.CloseNow()
	s.all.Wait()
}

func (s *Socket) read(ctx context.Context, messages chan<- []byte) {
	defer close(messages)
	defer s.cancel()
	for {
		_, b, err := s.conn.Read(ctx)
		if errors.Is(err, websocket.ErrMessageTooBig) {
			s.err = &TooLarge{Host: s.host, Max: MaxMessage}
			return
		}
		if err != nil {
			s.err = &Unreachable{Host: s.host, Err: err}
			return
		}
		select {
		case messages <- b:
		case <-ctx.Done():
			s.err = &Unreachable{Host: s.host, Err: ctx.Err()}
			return
		}
	}
}

func (s *Socket) keepAlive(ctx context.Context) {
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
		// The answer is not read while the queue is full: that is we being slow, not they being gone.
		if err != nil && len(s.Messages) < cap(s.Messages) {
			_ = s.conn.CloseNow()
			return
		}
	}
}
