package fetch

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// Library is this door for a library that speaks HTTP by itself: a call takes at most total, an answer is at most limit bytes, and no
// redirection is followed, so that nothing that is sent ends up elsewhere.
func (c *Client) Library(limit int64, total time.Duration) *http.Client {
	return &http.Client{
		Transport:     narrow{c.http.Transport, c.conf.UserAgent, limit},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       total,
	}
}

// narrow names us and bounds what comes back.
type narrow struct {
	http.RoundTripper
	agent string
	limit int64
}

func (n narrow) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && r.URL.Scheme != "http" {
		return nil, &Address{Why: "must begin with http:// or https://"}
	}
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", n.agent)
	res, err := n.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	res.Body = &bounded{res.Body, r.URL.Host, n.limit, n.limit}
	return res, nil
}

// bounded fails when more than limit is read.
type bounded struct {
	io.ReadCloser
	host        string
	left, limit int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, &TooLarge{Host: b.host, Max: b.limit}
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 && (err == nil || errors.Is(err, io.EOF)) {
		return n, &TooLarge{Host: b.host, Max: b.limit}
	}
	return n, err
}
