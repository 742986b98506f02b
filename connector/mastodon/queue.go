package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/publish"
)

// queuePages is how many pages of scheduled statuses are read at most; Mastodon lets an account have 300.
const queuePages = 10

// waiting is a scheduled status.
type waiting struct {
	ID     string    `json:"id"`
	At     time.Time `json:"scheduled_at"`
	Params struct {
		Text string `json:"text"`
		Lang string `json:"language"`
	} `json:"params"`
}

// Scheduled lists what waits on the server to be posted by our account. A server that cannot schedule has nothing waiting.
func (m *mouth) Scheduled(ctx context.Context) ([]publish.Scheduled, error) {
	var all []publish.Scheduled
	query := url.Values{"limit": {"40"}}
	for range queuePages {
		var page []json.RawMessage
		_, err := m.call(ctx, http.MethodGet, "/api/v1/scheduled_statuses?"+query.Encode(), nil, &page)
		if gone(err) || notBuilt(err) {
			return nil, nil
		}
		if err != nil {
			return nil, connector.Failure(err)
		}
		for _, raw := range page {
			s := waiting{}
			if err := json.Unmarshal(raw, &s); err != nil || s.ID == "" {
				return nil, connector.Failure(&fetch.Garbled{Host: m.client.place.host, Err: errors.Join(err, errNoID)})
			}
			all = append(all, publish.Scheduled{ID: s.ID, Due: s.At.UTC(), Text: s.Params.Text, Lang: s.Params.Lang, Raw: raw})
		}
		if len(page) < 40 {
			break
		}
		query.Set("max_id", all[len(all)-1].ID)
	}
	return all, nil
}

// notBuilt reports whether the server says that it has no such thing.
func notBuilt(err error) bool {
	var s *fetch.Status
	return errors.As(err, &s) && s.Code == http.StatusNotImplemented
}

// Cancel deletes a scheduled status.
func (m *mouth) Cancel(ctx context.Context, id string) error {
	_, err := m.call(ctx, http.MethodDelete, "/api/v1/scheduled_statuses/"+url.PathEscape(id), nil, nil)
	if gone(err) {
		return nil
	}
	return connector.Failure(err)
}

// rules is what a server says about what it takes; older ones in other places.
type rules struct {
	instance
	SourceURL     string `json:"source_url"`
	MaxChars      int    `json:"max_toot_chars"` // Pleroma and old forks
	Configuration struct {
		Statuses struct {
			Max     int `json:"max_characters"`
			PerLink int `json:"characters_reserved_per_url"`
			Media   int `json:"max_media_attachments"`
		} `json:"statuses"`
		Media struct {
			Types []string `json:"supported_mime_types"`
			Size  int64    `json:"image_size_limit"`
			Alt   int      `json:"description_limit"`
		} `json:"media_attachments"`
	} `json:"configuration"`
}

// gotosocial reports whether the server is one. It names its source since 0.6; forks keep the word in their version.
func (in *rules) gotosocial() bool {
	return strings.Contains(strings.ToLower(in.SourceURL+" "+in.Version), "gotosocial")
}

// limits are the server's own; where it says nothing, Mastodon's usual ones.
func (in *rules) limits() desk.Limits {
	st, me := in.Configuration.Statuses, in.Configuration.Media
	l := desk.Limits{Text: st.Max, PerLink: st.PerLink, Media: st.Media, MediaSize: me.Size, Types: me.Types, Alt: me.Alt}
	if l.Text == 0 {
		l.Text = in.MaxChars
	}
	if l.Text == 0 {
		l.Text, l.PerLink = 500, 23
	}
	if l.Media == 0 {
		l.Media = 4
	}
	if in.gotosocial() {
		l.As, l.PerLink = "gotosocial", 0 // it says 25, and counts links and handles in full
	}
	return l
}

func (m *mouth) rules(ctx context.Context) (rules, error) {
	var in rules
	_, err := m.call(ctx, http.MethodGet, "/api/v2/instance", nil, &in)
	if gone(err) {
		_, err = m.call(ctx, http.MethodGet, "/api/v1/instance", nil, &in)
	}
	return in, err
}

// Inspect says who we are there, what the server takes, and whether we may post at all.
func (m *mouth) Inspect(ctx context.Context) (publish.About, error) {
	in, err := m.rules(ctx)
	if err != nil {
		return publish.About{}, connector.Failure(err)
	}
	var me account
	if _, err := m.call(ctx, http.MethodGet, "/api/v1/accounts/verify_credentials", nil, &me); err != nil {
		return publish.About{}, connector.Failure(err)
	}
	if err := m.mayWrite(ctx); err != nil {
		return publish.About{}, err
	}
	who := place{host: m.client.place.host, domain: in.domain(m.client.place.host)}.author(me)
	return publish.About{Account: "@" + who.Handle, Limits: in.limits()}, nil
}

// mayWrite asks what the token may do. Servers that do not say are believed to allow it.
func (m *mouth) mayWrite(ctx context.Context) error {
	var app struct {
		Scopes []string `json:"scopes"`
	}
	_, err := m.call(ctx, http.MethodGet, "/api/v1/apps/verify_credentials", nil, &app)
	var s *fetch.Status
	switch {
	case errors.As(err, &s) && !s.Temporary():
		return nil
	case err != nil:
		return connector.Failure(err)
	}
	if len(app.Scopes) == 0 || slices.Contains(app.Scopes, "write") || slices.Contains(app.Scopes, "write:statuses") {
		return nil
	}
	say := desk.Say("The access token may read, but not post. Make one with the right to write.")
	return &desk.Problem{Say: say, Err: desk.ErrDenied}
}
