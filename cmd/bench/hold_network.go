package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Channels of the hold bench, by what their network can do.
const (
	holdFinds  = 0 // can be asked whether it has a post
	holdFinds2 = 1
	holdOnce   = 2 // takes a key once, cannot be asked
	holdBlind  = 3 // neither: only a person can look
	holdWays   = 4
)

// arrival is a post that reached the network.
type arrival struct {
	Key     string
	Channel int
	At      time.Time // the request's head was read
	Taken   bool      // it is live now; false: its key was known
}

// holdNetwork is the network that the posts of the hold bench go to, in a process of its own. It writes down each arrival before it
// answers, and in times of trouble loses an answer now and then.
type holdNetwork struct {
	trouble  atomic.Bool
	mu       sync.Mutex // guards what follows
	arrivals []arrival
	known    map[string]bool
}

// lostAnswers is the share of answers that are cut off after the post was taken, in times of trouble.
const lostAnswers = 0.03

// serveHoldNetwork answers on a port of its own until standard input ends; it prints the address.
func serveHoldNetwork() error {
	n := &holdNetwork{known: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{channel}/posts/{key}", n.take)
	mux.HandleFunc("GET /{channel}/posts/{key}", n.show)
	mux.HandleFunc("GET /arrivals", n.list)
	mux.HandleFunc("POST /trouble/{on}", func(_ http.ResponseWriter, r *http.Request) { n.trouble.Store(r.PathValue("on") == "true") })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(ln.Addr())
	go func() {
		bufio.NewReader(os.Stdin).ReadString('\n') //nolint:errcheck // its end is what we wait for
		os.Exit(0)
	}()
	return http.Serve(ln, mux)
}

func (n *holdNetwork) take(w http.ResponseWriter, r *http.Request) {
	a := arrival{Key: r.PathValue("key"), At: time.Now(), Taken: true}
	fmt.Sscan(r.PathValue("channel"), &a.Channel) //nolint:errcheck // our own client wrote it
	n.mu.Lock()
	if a.Channel == holdOnce {
		a.Taken = !n.known[a.Key]
	}
	n.known[a.Key] = true
	n.arrivals = append(n.arrivals, a)
	n.mu.Unlock()
	time.Sleep(time.Duration(rand.IntN(4000)) * time.Microsecond)
	if n.trouble.Load() && rand.Float64() < lostAnswers {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusCreated)
}

func (n *holdNetwork) show(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.known[r.PathValue("key")] {
		w.WriteHeader(http.StatusNotFound)
	}
}

// list gives all arrivals since it was asked last, and forgets them.
func (n *holdNetwork) list(w http.ResponseWriter, _ *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	_ = json.NewEncoder(w).Encode(n.arrivals) // nobody to tell
	n.arrivals = nil
}
