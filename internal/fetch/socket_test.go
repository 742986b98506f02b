package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// talk serves a websocket that does what the test says.
func talk(t *testing.T, say func(*websocket.Conn)) *Socket {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		say(conn)
	}))
	t.Cleanup(server.Close)
	s, err := New(Config{AllowPrivate: Loopback()}).Socket(t.Context(), server.URL, nil, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestSocketWaitsForUs(t *testing.T) {
	t.Parallel()
	sent := make(chan int, 1000)
	s := talk(t, func(conn *websocket.Conn) {
		for i := range 500 {
			// Large, so that what the system buffers on the way is soon full.
			if conn.Write(t.Context(), websocket.MessageText, append(fmt.Appendf(nil, "%d", i), bytes.Repeat([]byte(" "), 256<<10)...)) != nil {
				return
			}
			sent <- i
		}
	})
	time.Sleep(100 * time.Millisecond) // time enough to send everything, if nothing held it
	if n := len(sent); n > 100 {
		t.Errorf("%d messages were taken while nobody read", n)
	}
	for i := range 500 {
		if got := string(bytes.TrimSpace(<-s.Messages)); got != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, got)
		}
	}
}

func TestSocketSaysWhyItEnded(t *testing.T) {
	t.Parallel()
	var (
		large *TooLarge
		away  *Unreachable
	)
	s := talk(t, func(conn *websocket.Conn) {
		_ = conn.Write(t.Context(), websocket.MessageText, make([]byte, MaxMessage+1))
		conn.CloseRead(t.Context())
		<-t.Context().Done()
	})
	if _, open := <-s.Messages; open || !errors.As(s.Err(), &large) {
		t.Errorf("after a huge message: %v", s.Err())
	}
	s = talk(t, func(conn *websocket.Conn) { _ = conn.CloseNow() })
	if _, open := <-s.Messages; open || !errors.As(s.Err(), &away) {
		t.Errorf("after a cut: %v", s.Err())
	}
}

func TestSocketCloses(t *testing.T) {
	t.Parallel()
	s := talk(t, func(conn *websocket.Conn) {
		for conn.Write(t.Context(), websocket.MessageText, []byte("more")) == nil {
		}
	})
	<-s.Messages
	s.Close() // returns although the queue is full and more comes
	for range s.Messages {
	}
}
