// Package postiz stops what is scheduled in Postiz (https://postiz.com), by its public API (read November 2026). It publishes
// nothing: it is one of the other systems that a hold reaches.
package postiz

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/plain"
	"breakwater/publish"
)

// Kind is the Postiz adapter.
var Kind = connector.Kind{Channel: newMouth, Mute: true, Spec: desk.Spec{
	Kind:  "postiz",
	Title: "Postiz (another scheduler)",
	Help:  "When Hold is pressed, posts that wait in Postiz become drafts there. Nothing is published through it.",
	Fields: []desk.Field{
		{Name: "url", Label: "API address", Kind: "url", Required: true, Default: "https://api.postiz.com", Help: "Of your own Postiz: its address and /api."},
		{Name: "key", Label: "API key", Kind: "secret", Required: true, Help: "From the settings of Postiz, under Public API."},
	},
}}

// ahead is how far into the future the queue is read, and behind how far back: what is due right now may be there still.
const (
	ahead  = 2 * 366 * 24 * time.Hour
	behind = time.Hour
)

// queued is the state of a post that waits (the schema of Postiz: QUEUE, PUBLISHED, ERROR, DRAFT).
const queued = "QUEUE"

// queue is the calendar of one organisation in Postiz.
type queue struct {
	fetch *fetch.Client
	base  string
	key   desk.Secret
}

func newMouth(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	u, err := url.Parse(strings.TrimSpace(set["url"]))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, desk.Wrong("url", "Enter a whole address, like https://example.org/feed.")
	}
	q := &queue{env.Fetch, u.Scheme + "://" + u.Host + strings.TrimSuffix(u.Path, "/") + "/public/v1", desk.Secret(strings.TrimSpace(set["key"]))}
	if q.key == "" {
		return nil, desk.Wrong("key", "Fill this in.")
	}
	return q, nil
}

// Send never sends.
func (*queue) Send(context.Context, publish.Letter) (publish.Receipt, error) {
	return publish.Receipt{}, desk.Wrong("channel", "Nothing is published here: it is only told to stop.")
}

func (q *queue) call(ctx context.Context, method, path, body string, out any) error {
	r := fetch.Request{Method: method, URL: q.base + path, Header: http.Header{"Authorization": {q.key.Reveal()}}}
	if body != "" {
		r.Body = []byte(body)
		r.Header.Set("Content-Type", "application/json")
	}
	_, err := q.fetch.JSON(ctx, r, out)
	return err
}

// waiting is a post in the calendar.
type waiting struct {
	ID      string    `json:"id"`
	Content string    `json:"content"` // HTML
	Due     time.Time `json:"publishDate"`
	State   string    `json:"state"`
}

// Scheduled lists the posts that wait.
func (q *queue) Scheduled(ctx context.Context) ([]publish.Scheduled, error) {
	now := time.Now().UTC()
	query := url.Values{"startDate": {now.Add(-behind).Format(time.RFC3339)}, "endDate": {now.Add(ahead).Format(time.RFC3339)}}
	var got struct {
		Posts []json.RawMessage `json:"posts"`
	}
	if err := q.call(ctx, http.MethodGet, "/posts?"+query.Encode(), "", &got); err != nil {
		return nil, connector.Failure(err)
	}
	var all []publish.Scheduled
	for _, raw := range got.Posts {
		var p waiting
		if err := json.Unmarshal(raw, &p); err != nil {
			return nil, connector.Failure(&fetch.Garbled{Host: q.base, Err: err})
		}
		if p.State == queued && p.ID != "" {
			all = append(all, publish.Scheduled{ID: p.ID, Due: p.Due.UTC(), Text: plain.Text(p.Content), Raw: raw})
		}
	}
	return all, nil
}

// Cancel makes a draft of a post, so that nothing is lost there. Versions of Postiz that cannot do that delete it; its text is
// in the list that was read before.
func (q *queue) Cancel(ctx context.Context, id string) error {
	path := "/posts/" + url.PathEscape(id)
	err := q.call(ctx, http.MethodPut, path+"/status", `{"status":"draft"}`, nil)
	var s *fetch.Status
	if errors.As(err, &s) && (s.Gone() || s.Code == http.StatusMethodNotAllowed) {
		err = q.call(ctx, http.MethodDelete, path, "", nil)
	}
	if errors.As(err, &s) && (s.Gone() || s.Code == http.StatusBadRequest) { // it says 400 of a post that it does not have
		return nil
	}
	return connector.Failure(err)
}

// Inspect asks whether the key is good, and who it belongs to.
func (q *queue) Inspect(ctx context.Context) (publish.About, error) {
	var accounts []struct {
		Name     string `json:"name"`
		Disabled bool   `json:"disabled"`
	}
	if err := q.call(ctx, http.MethodGet, "/integrations", "", &accounts); err != nil {
		return publish.About{}, connector.Failure(err)
	}
	var names []string
	for _, a := range accounts {
		if !a.Disabled {
			names = append(names, a.Name)
		}
	}
	return publish.About{Account: strings.Join(names, ", ")}, nil
}
