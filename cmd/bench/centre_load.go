package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// What asks in the bench of the crisis centre: connections that write one request after the other and read every answer whole. It is as
// small as it can be, so that the servers are measured and not the asking.

// target is what is asked for.
type target struct {
	address string
	gzip    bool
	trust   *tls.Config // nil: without TLS
}

// answer is a page as it came.
type answer struct {
	etag string
	body []byte
}

// asker is one connection. An answer that is not whole is half; one that is older than the answer before went back.
type asker struct {
	conn       net.Conn
	request    []byte
	buf        []byte
	known      *bodies
	gzip       bool
	half, back int
	last       int // number of the publish seen last
}

// bodies are those seen whole, by ETag: what comes again is compared with them byte by byte.
type bodies struct {
	mu sync.RWMutex // guards of
	of map[string]edition
}

// edition is a body, and the number of the publish that it shows.
type edition struct {
	body  []byte
	count int
}

func newBodies() *bodies { return &bodies{of: make(map[string]edition)} }

func dialAsker(t target, known *bodies) (*asker, error) {
	u, err := url.Parse(t.address)
	if err != nil {
		return nil, err
	}
	c, err := net.DialTimeout("tcp", u.Host, 10*time.Second)
	if err != nil {
		return nil, err
	}
	if t.trust != nil {
		c = tls.Client(c, t.trust)
	}
	head := "GET " + u.Path + " HTTP/1.1\r\nHost: " + u.Host + "\r\nUser-Agent: bench\r\nAccept: text/html\r\n"
	if t.gzip {
		head += "Accept-Encoding: gzip\r\n"
	}
	return &asker{conn: c, request: []byte(head + "\r\n"), buf: make([]byte, 0, 64<<10), known: known, gzip: t.gzip}, nil
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
	count, whole := a.known.whole(p, a.gzip)
	switch {
	case !whole:
		a.half++
	case count < a.last:
		a.back++
	}
	a.last = max(a.last, count)
	return nil
}

var headEnd, lengthName, etagName = []byte("\r\n\r\n"), []byte("\r\nContent-Length: "), []byte("\r\nEtag: ")

// read reads one answer of a length that it says.
func (a *asker) read() (p answer, err error) {
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
	return answer{field(a.buf[:end], etagName), a.buf[end:]}, nil
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
// end as a page does, and must be what our ETags are made of. count is the number of the publish that it shows.
func (b *bodies) whole(p answer, zip bool) (count int, ok bool) {
	b.mu.RLock()
	seen := b.of[p.etag]
	b.mu.RUnlock()
	if seen.body != nil {
		return seen.count, bytes.Equal(seen.body, p.body)
	}
	body := p.body
	if zip {
		z, err := gzip.NewReader(bytes.NewReader(p.body))
		if err != nil {
			return 0, false
		}
		if body, err = io.ReadAll(z); err != nil {
			return 0, false
		}
	}
	sum := sha256.Sum256(body)
	ours := hex.EncodeToString(sum[:12])
	tag := strings.TrimSuffix(strings.Trim(p.etag, `"`), "-gzip")
	if len(tag) == len(ours) && tag != ours || !bytes.HasSuffix(bytes.TrimSpace(body), []byte("</html>")) || p.etag == "" {
		return 0, false
	}
	count = countIn(body)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.of[p.etag] = edition{bytes.Clone(p.body), count}
	return count, true
}

// fetch asks once.
func fetch(t target) (answer, error) {
	a, err := dialAsker(t, nil)
	if err != nil {
		return answer{}, err
	}
	defer a.conn.Close()
	if err := a.conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return answer{}, err
	}
	if _, err := a.conn.Write(a.request); err != nil {
		return answer{}, err
	}
	return a.read()
}

// rushed is what a round of asking as fast as possible came to.
type rushed struct {
	perSecond  float64
	half, back int
	err        error
}

// rush asks over n connections, each as fast as it is answered.
func rush(t target, n int, span time.Duration) (r rushed) {
	askers, err := dialAll(t, n)
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
		r.half, r.back = r.half+a.half, r.back+a.back
	}
	r.perSecond = float64(count.Load()) / took.Seconds()
	return r
}

func dialAll(t target, n int) (all []*asker, err error) {
	known := newBodies()
	for range n {
		a, err := dialAsker(t, known)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}
