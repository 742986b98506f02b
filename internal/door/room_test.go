package door

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"
)

// crowded is a server with little room: /team is asked by somebody signed in, /stay answers until the test ends.
func crowded(t *testing.T, room Room) (address string, staying chan struct{}) {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	staying = make(chan struct{}, room.All)
	srv := &http.Server{ReadHeaderTimeout: time.Minute, ConnState: State, ConnContext: WithConn, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/team":
			Welcome(r.Context())
		case "/stay":
			staying <- struct{}{}
			<-t.Context().Done()
		}
		fmt.Fprint(w, "answered")
	})}
	ended := make(chan struct{})
	go func() { _ = srv.Serve(ListenFor(ln, nil, room)); close(ended) }()
	t.Cleanup(func() { _ = srv.Close(); <-ended })
	return ln.Addr().String(), staying
}

// visitor is a connection from an address that stays open until the test ends.
func visitor(t *testing.T, from, to string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.DialContext(t.Context(), "tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// ask asks on a connection and reads the answer.
func ask(c net.Conn, path string) error {
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path); err != nil {
		return err
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err == nil {
		err = res.Body.Close()
	}
	return err
}

// A crowd that looked at a page and keeps its connections open makes room for who comes next, the idlest first. The team's connections
// stay, and so does one on which an answer is on its way.
func TestTheIdlestMakeRoom(t *testing.T) {
	t.Parallel()
	address, staying := crowded(t, Room{All: 64, Kept: 8, Each: 1000, Read: time.Minute})
	team := visitor(t, "127.0.0.1", address)
	if err := ask(team, "/team"); err != nil {
		t.Fatal(err)
	}
	live := visitor(t, "127.0.0.1", address)
	fmt.Fprint(live, "GET /stay HTTP/1.1\r\nHost: x\r\n\r\n")
	<-staying
	var last net.Conn
	for i := range 500 {
		last = visitor(t, "127.0.0.1", address)
		if err := ask(last, "/"); err != nil {
			t.Fatalf("visitor %d: %v", i, err)
		}
	}
	if err := ask(team, "/"); err != nil {
		t.Errorf("the team's connection was closed: %v", err)
	}
	if err := ask(last, "/"); err != nil {
		t.Errorf("who came last was closed: %v", err)
	}
	if err := live.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := live.Read(make([]byte, 1)); err == nil || !isTimeout(err) {
		t.Errorf("an answer on its way was cut: %v", err)
	}
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// When every place is taken and none is idle, there is still one for an address where somebody signed in, and for no other.
func TestPlacesAreKeptForTheTeam(t *testing.T) {
	t.Parallel()
	address, staying := crowded(t, Room{All: 32, Kept: 4, Each: 1000, Rest: time.Hour, Read: time.Minute})
	desk := visitor(t, "127.0.0.2", address)
	if err := ask(desk, "/team"); err != nil {
		t.Fatal(err)
	}
	for range 27 {
		fmt.Fprint(visitor(t, "127.0.0.1", address), "GET /stay HTTP/1.1\r\nHost: x\r\n\r\n")
		<-staying
	}
	if err := ask(visitor(t, "127.0.0.1", address), "/"); err == nil {
		t.Error("a visitor got a place that is kept")
	}
	if err := ask(visitor(t, "127.0.0.2", address), "/"); err != nil {
		t.Errorf("the team got none: %v", err)
	}
}
