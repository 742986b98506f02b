package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Request is one call. Only URL is needed.
type Request struct {
	Method   string // empty is GET
	URL      string // http or https; a user and password before the @ become basic authentication
	Header   http.Header
	Body     []byte // sent once: the transport never repeats it by itself
	ETag     string // as Answer.Header had it: ask only for something newer
	Modified string // the same for Last-Modified
	MaxBody  int64  // bytes of the answer; 0 is the client's
	Total    time.Duration
}

// Answer is a success, or "not modified" to a conditional Request.
type Answer struct {
	Code   int
	Header http.Header
	Body   []byte
	URL    string // that answered at last, without user and password
	Moved  string // where a permanent redirection sends us from now on; empty: stay
}

// NotModified reports whether nothing changed since the ETag or Modified of the request.
func (a Answer) NotModified() bool { return a.Code == http.StatusNotModified }

// Do makes a call and reads the answer whole.
//
// Errors are *Status, *Private, *TooLarge, *Astray, *Garbled, *Address, *Unreachable, or the end of ctx.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	whole, cancel := context.WithTimeoutCause(ctx, orElse(r.Total, c.conf.Total), errSlow)
	defer cancel()
	res, way, err := c.open(whole, ctx, r, c.conf.Idle)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	a := Answer{Code: res.StatusCode, Header: res.Header, URL: way.last, Moved: way.moved}
	if a.NotModified() {
		return a, nil
	}
	limit := orElse(r.MaxBody, c.conf.MaxBody)
	a.Body, err = c.readAll(whole, res, limit)
	if err != nil {
		return Answer{}, bodyFailure(ctx, res.Request.URL.Host, limit, err)
	}
	return a, nil
}

// Stream makes a call and leaves the answer's body to the caller, who closes it: for server-sent events and long lines.
// Reading ends with an error when nothing came for idle (0: the client's); the whole has no limit in time or size.
func (c *Client) Stream(ctx context.Context, r Request, idle time.Duration) (io.ReadCloser, error) {
	res, _, err := c.open(ctx, ctx, r, orElse(idle, c.conf.Idle))
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// GetJSON calls url and decodes the answer into out.
func (c *Client) GetJSON(ctx context.Context, url string, header http.Header, out any) (Answer, error) {
	return c.JSON(ctx, Request{URL: url, Header: header}, out)
}

// PostJSON sends in as JSON, once, and decodes the answer into out (nil: the answer does not matter).
func (c *Client) PostJSON(ctx context.Context, url string, header http.Header, in, out any) (Answer, error) {
	body, err := encode(in)
	if err != nil {
		return Answer{}, err
	}
	return c.JSON(ctx, Request{Method: http.MethodPost, URL: url, Header: with(header, "Content-Type", "application/json"), Body: body}, out)
}

// encode writes JSON that is no part of a page: <, > and & stay as they are, where services count bytes.
func encode(in any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(in)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// PostForm sends values as a form, once, and decodes the answer into out (nil: the answer does not matter).
func (c *Client) PostForm(ctx context.Context, url string, header http.Header, values url.Values, out any) (Answer, error) {
	return c.JSON(ctx, Request{Method: http.MethodPost, URL: url, Body: []byte(values.Encode()),
		Header: with(header, "Content-Type", "application/x-www-form-urlencoded")}, out)
}

// JSON makes a call and decodes its answer into out, unless that is nil. An empty answer is *Garbled, except with status 204.
func (c *Client) JSON(ctx context.Context, r Request, out any) (Answer, error) {
	if r.Header.Get("Accept") == "" {
		r.Header = with(r.Header, "Accept", "application/json")
	}
	a, err := c.Do(ctx, r)
	if err != nil || out == nil || a.Code == http.StatusNoContent {
		return a, err
	}
	if err := json.Unmarshal(a.Body, out); err != nil {
		return a, &Garbled{Host: host(a.URL), Err: err}
	}
	return a, nil
}

func with(h http.Header, key, value string) http.Header {
	h = h.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set(key, value)
	return h
}

// open sends the request under live and turns everything but a success into an error; ctx is the caller's own. The body of
// the response ends with an error when nothing came for idle.
func (c *Client) open(live, ctx context.Context, r Request, idle time.Duration) (*http.Response, *way, error) {
	w := &way{}
	live, cancel := context.WithCancelCause(context.WithValue(live, wayKey{}, w))
	res, err := c.send(live, ctx, r, w)
	if err != nil {
		cancel(nil)
		return nil, nil, err
	}
	res.Body = &body{
		ReadCloser: res.Body, host: res.Request.URL.Host, ctx: ctx, cancel: cancel,
		idle: idle, timer: time.AfterFunc(idle, func() { cancel(errSlow) }),
	}
	return res, w, nil
}

func (c *Client) send(live, ctx context.Context, r Request, w *way) (*http.Response, error) {
	req, err := c.request(live, r)
	if err != nil {
		return nil, err
	}
	w.last = bare(req.URL)
	stood := false // GotConn is called before Do returns, by the same goroutine
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { stood = true }}))
	res, err := c.http.Do(req)
	if err != nil {
		err = failure(ctx, req.URL.Host, err)
		if lost, ok := err.(*Unreachable); ok { //nolint:errorlint // made just now
			lost.Unsent = !stood
		}
		return nil, err
	}
	conditional := r.ETag != "" || r.Modified != ""
	if res.StatusCode/100 == 2 || conditional && res.StatusCode == http.StatusNotModified {
		return res, nil
	}
	defer res.Body.Close()
	return nil, statusOf(res)
}

// body gives up on a server that stops talking.
type body struct {
	io.ReadCloser
	host   string
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	idle   time.Duration
}

func (b *body) Read(p []byte) (int, error) {
	b.timer.Reset(b.idle)
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = failure(b.ctx, b.host, err)
	}
	return n, err
}

func (b *body) Close() error {
	b.timer.Stop()
	b.cancel(nil)
	return b.ReadCloser.Close()
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	u, err := parse(r.URL)
	if err != nil {
		return nil, err
	}
	req := (&http.Request{Method: orElse(r.Method, http.MethodGet), URL: u, Header: r.Header.Clone(), Host: u.Host}).WithContext(ctx)
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if u.User != nil && req.Header.Get("Authorization") == "" {
		password, _ := u.User.Password()
		req.SetBasicAuth(u.User.Username(), password)
	}
	u.User = nil
	for key, value := range map[string]string{"User-Agent": c.conf.UserAgent, "If-None-Match": r.ETag, "If-Modified-Since": r.Modified} {
		if value != "" {
			req.Header.Set(key, value)
		}
	}
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		// A body that cannot be rewound, even an empty one, keeps net/http from repeating a call with an Idempotency-Key
		// on a new connection when the old one breaks.
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(r.Body)), int64(len(r.Body))
	}
	return req, nil
}

func parse(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	switch {
	case err != nil:
		return nil, &Address{Why: "cannot be read"}
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, &Address{Why: "does not begin with http:// or https://"}
	case u.Hostname() == "":
		return nil, &Address{Why: "has no host"}
	}
	return u, nil
}

func host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}

func statusOf(res *http.Response) *Status {
	body, _ := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	return &Status{Host: res.Request.URL.Host, Code: res.StatusCode, After: After(res.Header, time.Now()), Header: res.Header, Body: body}
}

var errLarge = errors.New("larger than the limit")

// readAll reads at most limit bytes, in pieces that grow with what comes and not with what was announced; what announces
// more than limit is not read at all.
func (c *Client) readAll(ctx context.Context, res *http.Response, limit int64) ([]byte, error) {
	if res.ContentLength > limit {
		return nil, errLarge
	}
	var pieces [][]byte
	var total int64
	for size := 16 << 10; ; size = min(2*size, Large) {
		piece := make([]byte, size)
		n, err := io.ReadFull(res.Body, piece)
		pieces, total = append(pieces, piece[:n]), total+int64(n)
		switch {
		case total > limit:
			return nil, errLarge
		case err == io.EOF || err == io.ErrUnexpectedEOF: // ReadFull's word for a last piece; a cut body has our own error
			return slices.Concat(pieces...), nil
		case err != nil:
			return nil, err
		case size == Large/2:
			done, err := c.Turn(ctx)
			if err != nil {
				return nil, err
			}
			defer done()
		}
	}
}

// Large is from how many bytes on an answer is read, and should be worked on, in turns.
const Large = 1 << 20

// turns is how many large answers are worked on at the same time, so that many hostile servers at once take no more memory
// than three of them.
const turns = 3

// Turn waits for a turn at work on a large answer; done ends it. The only error is the end of ctx.
func (c *Client) Turn(ctx context.Context) (done func(), err error) {
	select {
	case c.turns <- struct{}{}:
		return func() { <-c.turns }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func bodyFailure(ctx context.Context, host string, limit int64, err error) error {
	var (
		corrupt flate.CorruptInputError
		ours    *Unreachable
	)
	switch {
	case errors.Is(err, errLarge):
		return &TooLarge{Host: host, Max: limit}
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return &Garbled{Host: host, Err: err}
	case errors.As(err, &ours), ctx.Err() != nil:
		return err
	}
	return failure(ctx, host, err)
}
