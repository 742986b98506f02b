package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/unicode/norm"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/plain"
	"breakwater/publish"
)

// speech is the settings of an account that we speak with.
var speech = desk.Spec{
	Kind:  "mastodon",
	Title: "Mastodon, GoToSocial and the like",
	Help:  "Posts with one account: text, pictures with descriptions, answers; changes and deletes them, and stops what is scheduled there.",
	Fields: []desk.Field{
		{Name: "server", Label: "Server address", Kind: "url", Required: true, Help: "For example https://mastodon.social."},
		{Name: "token", Label: "Access token", Kind: "secret", Required: true, Help: "From the server's settings, under development, with the rights to read and to write."},
		{Name: "visibility", Label: "Who sees the posts", Kind: "choice", Choices: []string{"public", "unlisted", "private"}, Default: "public", Help: "Unlisted: everybody who looks, but on no timeline. Private: followers only."},
	},
}

// mouth speaks with one account.
type mouth struct {
	client     *client
	visibility string
	others     func(ctx context.Context, nativeID string, but int64) (bool, error) // whether a copy is that of another post

	mu sync.Mutex // guards me
	me string     // id of our account, once it is known
}

func newMouth(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	c, err := newClient(set, env)
	if err != nil {
		return nil, err
	}
	if c.token == "" {
		return nil, desk.Wrong("token", "Fill this in.")
	}
	m := &mouth{client: c, visibility: set["visibility"], others: env.Says}
	if m.visibility == "" {
		m.visibility = "public"
	}
	return m, nil
}

// call makes one call; in is sent as JSON, none when it is nil.
func (m *mouth) call(ctx context.Context, method, path string, in, out any, header ...string) (fetch.Answer, error) {
	r := fetch.Request{Method: method, URL: m.client.base + path, Header: m.client.header()}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return fetch.Answer{}, err
		}
		r.Body = body
		r.Header.Set("Content-Type", "application/json")
	}
	return m.client.fetch.JSON(ctx, r, out)
}

// draft is a status as it is sent.
type draft struct {
	Status     string   `json:"status"`
	Spoiler    string   `json:"spoiler_text,omitempty"` // warning that the text is folded behind
	MediaIDs   []string `json:"media_ids,omitempty"`
	Visibility string   `json:"visibility,omitempty"` // not in an edit
	Language   string   `json:"language,omitempty"`
	InReplyTo  string   `json:"in_reply_to_id,omitempty"`
}

// Send posts. The key keeps servers that know it from posting twice; the others are looked at before a second try.
func (m *mouth) Send(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	if l.Attempts > 1 {
		if r, err := m.Find(ctx, l.Post); !errors.Is(err, desk.ErrNotFound) {
			return r, err
		}
	}
	answers, err := m.localID(l.ReplyTo)
	if err != nil {
		return publish.Receipt{}, err
	}
	media, err := m.upload(ctx, l)
	if err != nil {
		return publish.Receipt{}, err
	}
	seen := m.visibility
	if l.Answer != nil && l.Answer.Visibility != "" { // no wider than what it answers
		seen = narrow(l.Answer.Visibility)
	}
	in := draft{Status: l.Text, Spoiler: warning(&l.Post), MediaIDs: media, Visibility: seen, Language: language(l.Lang), InReplyTo: answers}
	var st status
	_, err = m.call(ctx, http.MethodPost, "/api/v1/statuses", in, &st, "Idempotency-Key", l.Key)
	if err == nil && st.ID == "" {
		err = &fetch.Garbled{Host: m.client.place.host, Err: errNoID}
	}
	if err != nil {
		return publish.Receipt{}, connector.SendFailure(err)
	}
	return m.receipt(&st), nil
}

func (m *mouth) receipt(st *status) publish.Receipt {
	return publish.Receipt{NativeID: m.client.place.nativeID(st.ID), Link: link(st), At: when(st.CreatedAt)}
}

// warning is what an answer is folded behind, as what it answers was. Other posts' titles are not shown on this network.
func warning(p *desk.Post) string {
	if p.Answer == nil {
		return ""
	}
	return p.Title
}

// language is a tag as the servers take it: ISO 639-1, without script and region.
func language(tag string) string {
	lang, _, _ := strings.Cut(tag, "-")
	return lang
}

// localID is the server's own id of a native id of ours; an answer can only be given to a post of the same server.
func (m *mouth) localID(nativeID string) (string, error) {
	if nativeID == "" {
		return "", nil
	}
	id, ok := strings.CutPrefix(nativeID, m.client.place.host+"/")
	if !ok || id == "" {
		return "", desk.Wrong("reply_to", "This answers a post that {server} does not know by that name. Answer with an account of the server where it was found.", "server", m.client.place.host)
	}
	return id, nil
}

func (m *mouth) path(p desk.Post, after string) (string, error) {
	id, err := m.localID(p.NativeID)
	if err == nil && id == "" {
		err = desk.ErrNotFound
	}
	return "/api/v1/statuses/" + url.PathEscape(id) + after, err
}

// Edit changes the status in place.
func (m *mouth) Edit(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	path, err := m.path(l.Post, "")
	if err != nil {
		return publish.Receipt{}, err
	}
	media, err := m.upload(ctx, l)
	if err != nil {
		return publish.Receipt{}, err
	}
	var st status
	if _, err := m.call(ctx, http.MethodPut, path, draft{Status: l.Text, Spoiler: warning(&l.Post), MediaIDs: media, Language: language(l.Lang)}, &st); err != nil {
		return publish.Receipt{}, connector.SendFailure(err)
	}
	return m.receipt(&st), nil
}

// Retract deletes the status. GoToSocial deletes a little later; asked again it says yes again.
func (m *mouth) Retract(ctx context.Context, p desk.Post) error {
	path, err := m.path(p, "")
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = m.call(ctx, http.MethodDelete, path, nil, nil)
	if gone(err) {
		return nil
	}
	return connector.Failure(err)
}

func gone(err error) bool {
	var s *fetch.Status
	return errors.As(err, &s) && s.Gone()
}

// Read gives the status as its author wrote it; where the server does not tell that, the text that it shows.
func (m *mouth) Read(ctx context.Context, p desk.Post) (publish.Live, error) {
	path, err := m.path(p, "")
	if err != nil {
		return publish.Live{}, err
	}
	var st status
	if _, err := m.call(ctx, http.MethodGet, path, nil, &st); err != nil {
		return publish.Live{}, missing(err)
	}
	text, err := m.source(ctx, &st)
	return publish.Live{Receipt: m.receipt(&st), Text: text, Media: len(st.Media), Edited: when(st.EditedAt)}, err
}

func missing(err error) error {
	if gone(err) {
		return desk.ErrNotFound
	}
	return connector.Failure(err)
}

// source is the text as it was sent. Servers show mentions without their host and addresses in pieces.
func (m *mouth) source(ctx context.Context, st *status) (string, error) {
	var src struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	}
	_, err := m.call(ctx, http.MethodGet, "/api/v1/statuses/"+url.PathEscape(st.ID)+"/source", nil, &src)
	var s *fetch.Status
	switch {
	case err == nil && src.ID != "":
		return src.Text, nil
	case err == nil, errors.As(err, &s) && !s.Temporary():
		return plain.Text(st.Content), nil
	}
	return "", connector.Failure(err)
}

const (
	// skew is how far the server's clock may be from ours.
	skew = 10 * time.Minute
	// findPages is how many pages of our own statuses are looked through at most, of 40 each: what a busy account says in a day.
	findPages = 25
)

// Find looks through our own statuses since the first try for one that says just this and is not the copy of another post. Statuses
// do not show their key. publish.ErrBlind when more was said since than can be looked through.
func (m *mouth) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	me, err := m.account(ctx)
	if err != nil {
		return publish.Receipt{}, err
	}
	query := url.Values{"limit": {"40"}, "exclude_reblogs": {"true"}}
	for range findPages {
		var page []status
		if _, err := m.call(ctx, http.MethodGet, "/api/v1/accounts/"+url.PathEscape(me)+"/statuses?"+query.Encode(), nil, &page); err != nil {
			return publish.Receipt{}, connector.Failure(err)
		}
		if len(page) == 0 {
			return publish.Receipt{}, desk.ErrNotFound // that was all the account ever said
		}
		for i := range page {
			st := &page[i]
			if when(st.CreatedAt).Before(tried(&p).Add(-skew)) {
				return publish.Receipt{}, desk.ErrNotFound
			}
			if is, err := m.is(ctx, st, &p); err != nil || is {
				r := m.receipt(st)
				r.ByWords = true
				return r, err
			}
		}
		query.Set("max_id", page[len(page)-1].ID)
	}
	return publish.Receipt{}, publish.ErrBlind
}

// is reports whether a status may be the post: it says the same, and no other post of ours is known to be it.
func (m *mouth) is(ctx context.Context, st *status, p *desk.Post) (bool, error) {
	same, err := m.says(ctx, st, p)
	if err != nil || !same || m.others == nil {
		return same, err
	}
	other, err := m.others(ctx, m.client.place.nativeID(st.ID), p.ID)
	return !other, err
}

// tried is when the first try began, as far as it is known.
func tried(p *desk.Post) time.Time {
	if p.First.IsZero() {
		return p.Claimed
	}
	return p.First
}

// says reports whether a status says what the post does, in the same place.
func (m *mouth) says(ctx context.Context, st *status, p *desk.Post) (bool, error) {
	switch {
	case len(st.Media) != len(p.Media) || m.client.place.nativeID(st.InReplyToID) != p.ReplyTo:
		return false, nil
	case squeezed(plain.Text(st.Content)) == squeezed(p.Text):
		return true, nil
	case !strings.ContainsRune(p.Text, '@'): // only mentions are shown otherwise than they are written
		return false, nil
	}
	text, err := m.source(ctx, st)
	return squeezed(text) == squeezed(p.Text), err
}

// squeezed is a text without what servers change in it: spaces and the forms of letters.
func squeezed(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), "") }

// account is the id of our account.
func (m *mouth) account(ctx context.Context) (string, error) {
	m.mu.Lock()
	id := m.me
	m.mu.Unlock()
	if id != "" {
		return id, nil
	}
	var me account
	if _, err := m.call(ctx, http.MethodGet, "/api/v1/accounts/verify_credentials", nil, &me); err != nil {
		return "", connector.Failure(err)
	}
	if me.ID == "" {
		return "", connector.Failure(&fetch.Garbled{Host: m.client.place.host, Err: errNoID})
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.me = me.ID
	return me.ID, nil
}
