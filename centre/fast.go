package centre

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// Listen lets plain requests for the crisis centre be answered where they arrive, without the machinery that everything else needs: in a
// crisis everybody asks for the same page at once. A connection on which something else comes, a range, a form, another method, an odd
// header, is handed over whole with what was read of it, and stays with the server that ln is for.
func (s *Site) Listen(ln net.Listener) net.Listener { return &listener{ln, s} }

type listener struct {
	net.Listener
	site *Site
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, site: l.site}, nil
}

const (
	firstRequest = 10 * time.Second // that a request may take to arrive, and the first one to begin
	idle         = 2 * time.Minute  // between requests, while there is room (internal/door closes the idlest when there is none)
	maxRequest   = 4 << 10          // bytes; a longer one is not ours to answer
	restamp      = 5 * time.Second  // that of idleness is as exact as this: setting it anew costs as much as a small answer
)

// conn is a connection that answers what it can before its server hears of it. Only the server's one reader uses it.
type conn struct {
	net.Conn
	site   *Site
	passed bool      // to the server: everything from here on is its
	buf    []byte    // read, and not answered
	until  time.Time // the deadline that was set
	begun  bool      // it is that of the request of which the buffer has a part
}

// Read gives the server what is not answered here.
func (c *conn) Read(p []byte) (int, error) {
	for !c.passed {
		if err := c.answer(); err != nil {
			return 0, err
		}
	}
	if len(c.buf) > 0 {
		n := copy(p, c.buf)
		if c.buf = c.buf[n:]; len(c.buf) == 0 {
			c.buf = nil
		}
		return n, nil
	}
	return c.Conn.Read(p)
}

// answer reads on and answers one request, or decides that the connection is the server's.
func (c *conn) answer() error {
	if end := bytes.Index(c.buf, []byte("\r\n\r\n")); end >= 0 {
		r, ok := parse(c.buf[:end+2])
		if !ok {
			return c.pass()
		}
		f := c.site.quick(r)
		if f == nil {
			return c.pass()
		}
		n := copy(c.buf, c.buf[end+4:])
		c.buf, c.begun = c.buf[:n], false
		return c.send(f)
	}
	if len(c.buf) >= maxRequest || len(c.buf) >= 4 && !bytes.HasPrefix(c.buf, []byte("GET ")) || bytes.Count(c.buf, lf) != bytes.Count(c.buf, crlf) {
		return c.pass() // the server knows of lines that end otherwise, too
	}
	return c.more()
}

// more reads what has come.
func (c *conn) more() error {
	if err := c.allow(time.Now()); err != nil {
		return err
	}
	if c.buf == nil {
		c.buf = make([]byte, 0, maxRequest)
	}
	n, err := c.Conn.Read(c.buf[len(c.buf):cap(c.buf)])
	c.buf = c.buf[:len(c.buf)+n]
	switch {
	case n > 0:
		return nil
	case errors.Is(err, io.EOF) && len(c.buf) > 0: // cut short: the server has words for that
		return c.pass()
	}
	return err
}

// allow sets by when something must have come: a request as a whole, once its first byte is there, however its bytes trickle in; else the
// next one's first byte.
func (c *conn) allow(now time.Time) error {
	switch {
	case len(c.buf) > 0 && c.begun, len(c.buf) == 0 && c.until.Sub(now) > idle-restamp:
		return nil
	case len(c.buf) > 0, c.until.IsZero():
		c.until, c.begun = now.Add(firstRequest), len(c.buf) > 0
	default:
		c.until = now.Add(idle)
	}
	return c.Conn.SetReadDeadline(c.until)
}

// NetConn is the connection beneath.
func (c *conn) NetConn() net.Conn { return c.Conn }

// pass hands the connection over. Its deadlines are the server's again.
func (c *conn) pass() error {
	c.passed = true
	return c.Conn.SetReadDeadline(time.Now().Add(firstRequest)) // the server set one before the first byte, and does so again
}

// send writes a whole answer.
func (c *conn) send(answer []byte) error {
	_, err := c.Conn.Write(answer)
	return err
}

// request is what of a request decides about its answer.
type request struct {
	path, host   []byte
	accept, have []byte // Accept-Encoding, If-None-Match
}

// notPlain are headers that change what the answer is, or where the request ends: the server knows about them. All others that browsers,
// feed readers and proxies send have no effect here.
var notPlain = [][]byte{
	[]byte("range"), []byte("if-modified-since"), []byte("if-match"), []byte("if-unmodified-since"), []byte("if-range"), []byte("content-length"),
	[]byte("transfer-encoding"), []byte("upgrade"), []byte("expect"), []byte("trailer"), []byte("te"),
}

// parse reads the head of a request, its last line end included; ok is false for whatever is not as plain as can be.
func parse(head []byte) (r request, ok bool) {
	line, rest, _ := bytes.Cut(head, crlf)
	target, is := bytes.CutPrefix(line, []byte("GET "))
	if !is {
		return r, false
	}
	r.path, is = bytes.CutSuffix(target, []byte(" HTTP/1.1"))
	if !is || len(r.path) == 0 || r.path[0] != '/' || bytes.ContainsAny(r.path, " ?%#\\\t\r\n") || bytes.Contains(r.path, []byte("//")) || bytes.Contains(r.path, []byte("/.")) {
		return r, false
	}
	if bytes.ContainsFunc(head, hidden) {
		return r, false
	}
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, crlf)
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 || bytes.ContainsAny(line, "\r\n") || !all(line[:colon], inName) || !r.header(line[:colon], bytes.Trim(line[colon+1:], " \t")) {
			return r, false
		}
	}
	return r, len(r.host) > 0
}

var crlf, lf = []byte("\r\n"), []byte("\n")

// hidden are letters that no head has but at the ends of its lines.
func hidden(c rune) bool { return c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f }

// inName and inHost are what names of headers and hosts are commonly made of. The server knows of more.
func inName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}
func inHost(c byte) bool { return inName(c) || c == '.' || c == ':' || c == '[' || c == ']' }

func all(word []byte, are func(byte) bool) bool {
	for _, c := range word {
		if !are(c) {
			return false
		}
	}
	return true
}

// header takes one header; false: the request is not plain.
func (r *request) header(name, value []byte) bool {
	switch {
	case bytes.EqualFold(name, []byte("host")):
		return set(&r.host, value) && all(value, inHost)
	case bytes.EqualFold(name, []byte("accept-encoding")):
		return set(&r.accept, value)
	case bytes.EqualFold(name, []byte("if-none-match")):
		return set(&r.have, value)
	case bytes.EqualFold(name, []byte("connection")):
		return bytes.EqualFold(value, []byte("keep-alive"))
	}
	for _, n := range notPlain {
		if bytes.EqualFold(name, n) {
			return false
		}
	}
	return true
}

// set is false for what was set before: which of two counts, the server knows.
func set(at *[]byte, value []byte) bool {
	once := *at == nil
	if *at = value; value == nil {
		*at = []byte{}
	}
	return once
}

// quick is the whole answer to a plain request; nil when it is none of ours, or not simply a file.
func (s *Site) quick(r request) []byte {
	e := s.now.Load()
	if e == nil {
		return nil
	}
	f, _ := e.find(string(r.host), string(r.path))
	if f == nil || len(f.Body) > largestQuick || f.Status != 0 && f.Status != http.StatusOK {
		return nil
	}
	v := &f.plain
	if f.gzip != nil && wantsGzip(string(r.accept)) {
		v = &f.packed
	}
	switch {
	case len(r.have) == 0:
		return v.stamped()
	case bytes.Equal(bytes.TrimPrefix(r.have, []byte("W/")), v.tag):
		return v.same.stamped()
	case bytes.ContainsAny(r.have, ",*"):
		return nil
	}
	return v.stamped()
}

// answerOf is an answer but for its date.
type answerOf struct {
	head []byte // up to the date
	body []byte
	now  atomic.Pointer[dated]
}

// largestQuick is the largest body that is answered here, in bytes: stamped keeps a copy of each answer, and files for the press are large.
const largestQuick = 256 << 10

// dated is an answer as it goes out during one second.
type dated struct {
	second int64
	bytes  []byte
}

// variant is a file in one encoding.
type variant struct {
	answerOf
	same answerOf // 304
	tag  []byte
}

// stamped is the answer with the date of this second: it is put together once a second, and then sent as often as it is asked for.
func (v *answerOf) stamped() []byte {
	now := time.Now()
	if d := v.now.Load(); d != nil && d.second == now.Unix() {
		return d.bytes
	}
	b := make([]byte, 0, len(v.head)+48+len(v.body))
	b = append(b, v.head...)
	b = append(b, "Date: "...)
	b = now.UTC().AppendFormat(b, http.TimeFormat)
	b = append(b, "\r\n\r\n"...)
	b = append(b, v.body...)
	v.now.Store(&dated{now.Unix(), b})
	return b
}

// freeze makes a file's quick answers of its headers and bodies.
func (f *ready) freeze() {
	f.plain.make(f.header, "", f.etag, f.Body)
	if f.gzip != nil {
		f.packed.make(f.header, "gzip", f.gztag, f.gzip)
	}
}

func (v *variant) make(h http.Header, encoding, tag string, body []byte) {
	v.tag, v.body = []byte(tag), body
	h = h.Clone()
	h.Set("Etag", tag)
	same := h.Clone()
	same.Del("Content-Type")
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	v.head, v.same.head = headOf("200 OK", h), headOf("304 Not Modified", same)
}

func headOf(status string, h http.Header) []byte {
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 " + status + "\r\n")
	_ = h.Write(&b) // into memory
	return b.Bytes()
}
