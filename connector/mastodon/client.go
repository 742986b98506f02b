package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// client makes the calls.
type client struct {
	fetch *fetch.Client
	base  string // scheme and host
	token desk.Secret
	place place
	spare time.Time // until then the server has few calls left for us
}

// get makes one call and decodes its answer.
func (c *client) get(ctx context.Context, path string, query url.Values, out any) (fetch.Answer, error) {
	address := c.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	a, err := c.fetch.GetJSON(ctx, address, c.header(), out)
	c.budget(a.Header)
	if err == nil && len(a.Body) == 0 {
		err = &fetch.Garbled{Host: c.place.host, Err: io.ErrUnexpectedEOF}
	}
	return a, err
}

// budget notes when the server's limit (300 calls in 5 minutes by default) is nearly used up.
func (c *client) budget(h http.Header) {
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	most, err2 := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	if err != nil || err2 != nil || left*5 > most {
		return
	}
	if reset := when(h.Get("X-RateLimit-Reset")); !reset.IsZero() {
		c.spare = reset
	}
}

// instance is what a server says about itself: the newer shape and the older one, where they differ.
type instance struct {
	Domain        string `json:"domain"`
	URI           string `json:"uri"`
	Version       string `json:"version"`
	Configuration struct {
		URLs struct {
			Streaming string `json:"streaming"`
		} `json:"urls"`
	} `json:"configuration"`
	URLs struct {
		Streaming string `json:"streaming_api"`
	} `json:"urls"`
}

func (in instance) domain(otherwise string) string {
	for _, d := range []string{in.Domain, strings.TrimPrefix(strings.TrimPrefix(in.URI, "https://"), "http://")} {
		if d = strings.Trim(d, "/ "); d != "" {
			return strings.ToLower(d)
		}
	}
	return otherwise
}

func (c *client) instance(ctx context.Context) (instance, error) {
	var in instance
	_, err := c.get(ctx, "/api/v2/instance", nil, &in)
	var status *fetch.Status
	if errors.As(err, &status) && status.Gone() {
		_, err = c.get(ctx, "/api/v1/instance", nil, &in)
	}
	return in, err
}

// streaming are the addresses at which the stream may be, best first: where the server says, and beside its API. The scheme
// is that of the API, because GoToSocial announces wss on plain http too.
func (c *client) streaming(in instance) []string {
	const path = "/api/v1/streaming"
	own := c.base + path
	said := in.Configuration.URLs.Streaming
	if said == "" {
		said = in.URLs.Streaming
	}
	u, err := url.Parse(said)
	if err != nil || u.Host == "" {
		return []string{own}
	}
	scheme, _, _ := strings.Cut(c.base, ":")
	announced := scheme + "://" + strings.ToLower(u.Host) + strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), path) + path
	if announced == own {
		return []string{own}
	}
	return []string{announced, own}
}

// item is one entry of a timeline.
type item struct {
	id     string  // in that timeline; a notification has one of its own
	status *status // nil: nothing for us, but it counts for where we are
}

// page asks for one page of a timeline and gives it newest first, as the servers do. What cannot be read is a Reject.
func (c *client) page(ctx context.Context, t timeline, paging url.Values) (items []item, full bool, rejects []desk.Reject, err error) {
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
	for _, more := range []url.Values{t.query, paging} {
		for k, v := range more {
			query[k] = v
		}
	}
	var raw []json.RawMessage
	if t.shape == results {
		var found struct {
			Statuses []json.RawMessage `json:"statuses"`
		}
		_, err = c.get(ctx, t.path, query, &found)
		raw = found.Statuses
	} else {
		_, err = c.get(ctx, t.path, query, &raw)
	}
	if err != nil {
		return nil, false, nil, connector.Failure(err)
	}
	for _, r := range raw {
		it, err := decodeItem(r, t.shape)
		if err != nil {
			rejects = append(rejects, c.reject(r))
		}
		if it.id != "" {
			items = append(items, it)
		}
	}
	return items, len(raw) >= pageSize, rejects, nil
}

// pageSize is the most that Mastodon gives at once (docs.joinmastodon.org/methods/timelines; November 2026).
const pageSize = 40

var errNoID = errors.New("no id")

// decodeItem reads an entry. One that cannot be read keeps its id, if it has one.
func decodeItem(raw json.RawMessage, s shape) (item, error) {
	var entry struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(raw, &entry); err != nil {
		return item{}, err
	}
	if entry.ID == "" {
		return item{}, errNoID
	}
	it := item{id: entry.ID}
	var (
		n   notification
		st  status
		err error
	)
	if s == notifications {
		err = json.Unmarshal(raw, &n)
		if n.Type == "mention" && n.Status != nil { // older GoToSocial ignores the filter
			st = *n.Status
		}
	} else {
		err = json.Unmarshal(raw, &st)
	}
	if err == nil && st.ID != "" && (st.public() || s == notifications) {
		it.status = &st
	}
	return it, err
}

func (c *client) reject(raw []byte) desk.Reject {
	return desk.Reject{Reason: desk.Say("{server} sent a post that cannot be read.", "server", c.place.host), Sample: string(raw[:min(len(raw), 200)])}
}

// exists reports whether a status is still there for us.
func (c *client) exists(ctx context.Context, id string) (bool, error) {
	var st status
	_, err := c.get(ctx, "/api/v1/statuses/"+url.PathEscape(id), nil, &st)
	var code *fetch.Status
	if errors.As(err, &code) && code.Gone() {
		return false, nil
	}
	return err == nil, err
}
