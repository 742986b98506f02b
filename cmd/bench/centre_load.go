package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// What asks in the bench of the crisis centre: connections that write one request after the other and read every answer whole. It is as
// small as it can be, so that the servers are measured and not the asking.

// page is an answer.
type page struct {
	etag string
	body []byte
}

// asker is one connection. An answer that is not whole is half.
type asker struct {
	conn    net.Conn
	request []byte
	buf     []byte
	known   *bodies
	gzip    bool
	half    int
}

// bodies are those seen whole, by ETag: what comes again is compared with them byte by byte.
type bodies struct {
	mu sync.RWMutex // guards of
	of map[string][]byte
}

func dialAsker(address string, zip bool, known *bodies) (*asker, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	c, err := net.DialTimeout("tcp", u.Host, 10*time.Second)
	if err != nil {
		return nil, err
	}
	head := "GET " + u.Path + " HTTP/1.1\r\nHost: " + u.Host + "\r\nUser-Agent: bench\r\nAccept: text/html\r\n"
	if zip {
		head += "Accept-Encoding: gzip\r\n"
	}
	return &asker{conn: c, request: []byte(head + "\r\n"), buf: make([]byte, 0, 64<<10), known: known, gzip: zip}, nil
}

// ask asks once and reads the answer.
func (a *asker) ask() error {
	if err := a.conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return err
	}
	if _, err := a.conn.Write(a.request); err != nil {
		return err
	}
	p, err := a.read()
	if err != nil {
		return err
	}
	if !a.known.whole(p, a.gzip) {
		a.half++
	}
	return nil
}

var headEnd, lengthName, etagName = []byte("\r\n\r\n"), []byte("\r\nContent-Length: "), []byte("\r\nEtag: ")

// read reads one answer of a length that it says.
func (a *asker) read() (p page, err error) {
	a.buf = a.buf[:0]
	end, length := -1, 0
	for end < 0 || len(a.buf) < end+length {
		if len(a.buf) == cap(a.buf) {
			return p, errors.New("an answer is larger than any page of ours")
		}
		n, err := a.conn.Read(a.buf[len(a.buf):cap(a.buf)])
		a.buf = a.buf[:len(a.buf)+n]
		if err != nil {
			return p, fmt.Errorf("read an answer: %w", err)
		}
		if end >= 0 {
			continue
		}
		if at := bytes.Index(a.buf, headEnd); at >= 0 {
			end = at + len(headEnd)
			if !bytes.HasPrefix(a.buf, []byte("HTTP/1.1 200 ")) {
				return p, fmt.Errorf("an answer: %s", a.buf[:at])
			}
			if length, err = strconv.Atoi(field(a.buf[:end], lengthName)); err != nil {
				return p, fmt.Errorf("an answer without its length: %s", a.buf[:at])
			}
		}
	}
	if len(a.buf) > end+length {
		return p, errors.New("more came than was said")
	}
	return page{field(a.buf[:end], etagName), a.buf[end:]}, nil
}

// field is the value of a header; servers write ETag in two ways.
func field(head, name []byte) string {
	i := bytes.Index(head, name)
	if i < 0 && bytes.Equal(name, etagName) {
		i = bytes.Index(head, []byte("\r\nETag: "))
	}
	if i < 0 {
		return ""
	}
	value, _, _ := bytes.Cut(head[i+len(name):], []byte("\r\n"))
	return string(value)
}

// whole reports whether an answer is a whole page: the same bytes as every other answer with its ETag; the first of them is unpacked, must
// end as a page does, and must be what our ETags are made of.
func (b *bodies) whole(p page, zip bool) bool {
	b.mu.RLock()
	seen := b.of[p.etag]
	b.mu.RUnlock()
	if seen != nil {
		return bytes.Equal(seen, p.body)
	}
	body := p.body
	if zip {
		z, err := gzip.NewReader(bytes.NewReader(p.body))
		if err != nil {
			return false
		}
		if body, err = io.ReadAll(z); err != nil {
			return false
		}
	}
	sum := sha256.Sum256(body)
	ours := hex.EncodeToString(sum[:12])
	tag := strings.TrimSuffix(strings.Trim(p.etag, `"`), "-gzip")
	if len(tag) == len(ours) && tag != ours || !bytes.HasSuffix(bytes.TrimSpace(body), []byte("</html>")) || p.etag == "" {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.of[p.etag] = bytes.Clone(p.body)
	return true
}

// fetch asks once.
func fetch(address string, zip bool) (page, error) {
	a, err := dialAsker(address, zip, &bodies{of: make(map[string][]byte)})
	if err != nil {
		return page{}, err
	}
	defer a.conn.Close()
	if _, err := a.conn.Write(a.request); err != nil {
		return page{}, err
	}
	return a.read()
}

// rushed is what a round of asking as fast as possible came to.
type rushed struct {
	perSecond float64
	half      int
	err       error
}

// rush asks over n connections, each as fast as it is answered.
func rush(address string, zip bool, n int, span time.Duration) (r rushed) {
	known := &bodies{of: make(map[string][]byte)}
	askers, err := dialAll(address, zip, n, known)
	if err != nil {
		return rushed{err: err}
	}
	var count atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	began := time.Now()
	for _, a := range askers {
		all.Go(func() {
			defer a.conn.Close()
			asked := 0
			for time.Since(began) < span {
				if err := a.ask(); err != nil {
					failed.Store(&err)
					return
				}
				asked++
			}
			count.Add(int64(asked))
		})
	}
	all.Wait()
	took := time.Since(began)
	if err := failed.Load(); err != nil {
		return rushed{err: *err}
	}
	for _, a := range askers {
		r.half += a.half
	}
	r.perSecond = float64(count.Load()) / took.Seconds()
	return r
}

func dialAll(address string, zip bool, n int, known *bodies) (all []*asker, err error) {
	for range n {
		a, err := dialAsker(address, zip, known)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// visited is what visitors at a steady pace met.
type visited struct {
	took []float64 // ms from the moment that a request was due to its last byte, in order
	half int
	err  error
}

// at is the share-th of the times.
func (v visited) at(share float64) float64 {
	if len(v.took) == 0 {
		return 0
	}
	return v.took[min(int(share*float64(len(v.took))), len(v.took)-1)]
}

// visit asks over n connections at rate requests a second together, each connection at its own moments. Half of them take compressed
// pages. A request whose connection is still busy is late, and its time counts from when it was due.
func visit(address string, n int, rate float64, span time.Duration) (v visited) {
	plain, packed := &bodies{of: make(map[string][]byte)}, &bodies{of: make(map[string][]byte)}
	one, err := dialAll(address, false, n/2, plain)
	if err != nil {
		return visited{err: err}
	}
	two, err := dialAll(address, true, n-n/2, packed)
	if err != nil {
		return visited{err: err}
	}
	askers := append(one, two...)
	every := time.Duration(float64(n) / rate * float64(time.Second))
	took := make([][]float64, n)
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	began := time.Now().Add(100 * time.Millisecond)
	for i, a := range askers {
		due := began.Add(time.Duration(rand.Float64() * float64(every)))
		all.Go(func() {
			defer a.conn.Close()
			for ; due.Sub(began) < span; due = due.Add(every) {
				time.Sleep(time.Until(due))
				if err := a.ask(); err != nil {
					failed.Store(&err)
					return
				}
				took[i] = append(took[i], float64(time.Since(due))/float64(time.Millisecond))
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return visited{err: *err}
	}
	for i, a := range askers {
		v.half += a.half
		v.took = append(v.took, took[i]...)
	}
	slices.Sort(v.took)
	return v
}
