package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/posttext"
	"breakwater/publish"
)

// speech is the settings of an account that we speak with.
var speech = desk.Spec{
	Kind:  "bluesky",
	Title: "Bluesky",
	Help:  "Posts with one account: text with links, mentions and hashtags, pictures with descriptions, answers; deletes them. Posts cannot be changed there.",
	Fields: []desk.Field{
		{Name: "identifier", Label: "Handle", Required: true, Help: "For example brand.bsky.social."},
		{Name: "password", Label: "App password", Kind: "secret", Required: true, Help: "From the account's settings, under privacy and security. Not the account's own password."},
		{Name: "service", Label: "Server of the account", Kind: "url", Default: DefaultService},
	},
}

// Limits of a post (lexicon app.bsky.feed.post and app.bsky.embed.images, November 2026). Servers of before 2026 take a million
// bytes of a picture.
var limits = desk.Limits{Text: 300, Bytes: 3000, Media: 4, MediaSize: 2_000_000, Types: []string{"image/jpeg", "image/png", "image/webp", "image/gif"}, Alt: 2000}

// mouth speaks with one account. Its session is kept: signing in is limited to 300 times a day.
type mouth struct {
	mu      sync.Mutex // guards session
	session *session
}

func newMouth(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	base, err := service(set["service"])
	if err != nil {
		return nil, err
	}
	who := strings.TrimPrefix(strings.TrimSpace(set["identifier"]), "@")
	if who == "" {
		return nil, desk.Wrong("identifier", "Fill this in.")
	}
	if set["password"] == "" {
		return nil, desk.Wrong("password", "Fill this in.")
	}
	return &mouth{session: &session{fetch: env.Fetch, service: base, identifier: who, password: desk.Secret(set["password"])}}, nil
}

// as makes a call with a good access token; one that expired meanwhile is refreshed, once.
func (m *mouth) as(ctx context.Context, call func(token http.Header) error) error {
	token, err := m.token(ctx, "")
	if err != nil {
		return err
	}
	err = call(bearer(token))
	if !expired(err) {
		return err
	}
	if token, err = m.token(ctx, token); err != nil {
		return err
	}
	return call(bearer(token))
}

// token gives an access token; stale is one that is not good any more.
func (m *mouth) token(ctx context.Context, stale desk.Secret) (desk.Secret, error) {
	m.mu.Lock()
	defer m.mu.Unlock() // others wait for the same session anyway
	s := m.session
	var err error
	switch {
	case s.access == "":
		err = s.signIn(ctx)
	case s.access == stale:
		err = s.renew(ctx)
	}
	if err != nil && ctx.Err() != nil { // nothing was said yet
		err = &desk.Retry{Err: err}
	}
	return s.access, err
}

// ask asks a question.
func (m *mouth) ask(ctx context.Context, method string, query url.Values, out any) error {
	return m.as(ctx, func(token http.Header) error {
		_, err := m.session.fetch.GetJSON(ctx, m.session.url(method)+"?"+query.Encode(), token, out)
		return err
	})
}

// do calls a procedure.
func (m *mouth) do(ctx context.Context, method string, in, out any) error {
	return m.as(ctx, func(token http.Header) error {
		_, err := m.session.fetch.PostJSON(ctx, m.session.url(method), token, in, out)
		return err
	})
}

// account is the DID of our account.
func (m *mouth) account(ctx context.Context) (string, error) {
	if _, err := m.token(ctx, ""); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.session.did, nil
}

// made is what the network answers about a record that was put.
type made struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

// Send puts the post under a name of our own, so that sent twice it is there once.
func (m *mouth) Send(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	if r := posttext.Read("bluesky", posttext.Limits{}, l.Text); r.Length > limits.Text || r.Bytes > limits.Bytes {
		return publish.Receipt{}, desk.Wrong("text", "This is longer than the {limit} characters that fit.", "limit", limits.Text)
	}
	did, err := m.account(ctx)
	if err != nil {
		return publish.Receipt{}, err
	}
	rec, err := m.record(ctx, l)
	if err != nil {
		return publish.Receipt{}, err
	}
	var out made
	rkey := recordKey(&l.Post)
	err = m.do(ctx, "com.atproto.repo.putRecord", map[string]any{"repo": did, "collection": posts, "rkey": rkey, "record": rec, "validate": true}, &out)
	if err == nil && out.URI == "" {
		err = &fetch.Garbled{Host: hostName(m.session.service), Err: errNotAnEvent}
	}
	if err != nil {
		return publish.Receipt{}, connector.SendFailure(err)
	}
	return receipt(did, rkey, rec.CreatedAt), nil
}

func receipt(did, rkey, at string) publish.Receipt {
	t, _ := time.Parse(time.RFC3339, at) // zero: the caller's now
	return publish.Receipt{NativeID: postRef(did, rkey).NativeID, Link: pageOf(did, rkey), At: t}
}

// sortable is the alphabet of record names (atproto.com/specs/tid).
const sortable = "234567abcdefghijklmnopqrstuvwxyz"

// recordKey is the name that a post has at the network: a TID of when it was first tried and of its key, so that every try has
// the same one.
func recordKey(p *desk.Post) string {
	h := fnv.New64a()
	h.Write([]byte(p.Key))
	at := p.First
	if at.IsZero() {
		at = p.Due
	}
	v := uint64(max(at.UnixMicro(), 0))<<10 | h.Sum64()&1023
	v &= 1<<63 - 1
	var tid [13]byte
	for i := len(tid) - 1; i >= 0; i-- {
		tid[i] = sortable[v&31]
		v >>= 5
	}
	return string(tid[:])
}

// name is where a post lies at the network: where it was put, or would be.
func (m *mouth) name(ctx context.Context, p *desk.Post) (did, rkey string, err error) {
	if p.NativeID != "" {
		did, rkey, ok := splitURI(p.NativeID)
		if !ok {
			err = desk.ErrNotFound
		}
		return did, rkey, err
	}
	did, err = m.account(ctx)
	return did, recordKey(p), err
}

// Find looks whether there is a record of the post's name.
func (m *mouth) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	live, err := m.Read(ctx, p)
	return live.Receipt, err
}

// Read gives the record as it lies in the account's repository.
func (m *mouth) Read(ctx context.Context, p desk.Post) (publish.Live, error) {
	did, rkey, err := m.name(ctx, &p)
	if err != nil {
		return publish.Live{}, err
	}
	var got struct {
		Value json.RawMessage `json:"value"`
	}
	err = m.ask(ctx, "com.atproto.repo.getRecord", url.Values{"repo": {did}, "collection": {posts}, "rkey": {rkey}}, &got)
	if errorName(err) == "RecordNotFound" {
		return publish.Live{}, desk.ErrNotFound
	}
	if err != nil {
		return publish.Live{}, connector.Failure(err)
	}
	var rec record
	if err := json.Unmarshal(got.Value, &rec); err != nil {
		return publish.Live{}, connector.Failure(&fetch.Garbled{Host: hostName(m.session.service), Err: err})
	}
	live := publish.Live{Receipt: receipt(did, rkey, rec.CreatedAt), Text: rec.Text}
	if rec.Embed != nil {
		live.Media = len(rec.Embed.Images)
	}
	return live, nil
}

// Retract deletes the record. One that is gone already is deleted once more, which the network takes for done.
func (m *mouth) Retract(ctx context.Context, p desk.Post) error {
	did, rkey, err := m.name(ctx, &p)
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return connector.Failure(m.do(ctx, "com.atproto.repo.deleteRecord", map[string]any{"repo": did, "collection": posts, "rkey": rkey}, nil))
}

// Inspect says who we are.
func (m *mouth) Inspect(ctx context.Context) (publish.About, error) {
	var me struct{ Handle string }
	if err := m.ask(ctx, "com.atproto.server.getSession", url.Values{}, &me); err != nil {
		return publish.About{}, connector.Failure(err)
	}
	return publish.About{Account: "@" + me.Handle, Limits: limits}, nil
}

// uploaded is a picture as the network keeps it.
type uploaded struct {
	Blob json.RawMessage `json:"blob"`
}

// images brings the pictures of a letter to the account's server. What no record refers to the server throws away by itself.
func (m *mouth) images(ctx context.Context, l *publish.Letter) ([]picture, error) {
	if len(l.Media) > limits.Media {
		return nil, desk.Wrong("media", "At most {most} pictures fit.", "most", limits.Media)
	}
	var all []picture
	for _, one := range l.Media {
		if !one.IsImage() {
			return nil, desk.Wrong("media", "Only pictures can be posted there.")
		}
		body, err := l.Body(ctx, one)
		if err != nil {
			return nil, fmt.Errorf("read media %s: %w", one.Hash, err)
		}
		var got uploaded
		err = m.as(ctx, func(token http.Header) error {
			token.Set("Content-Type", one.Type)
			_, err := m.session.fetch.JSON(ctx, fetch.Request{Method: http.MethodPost, URL: m.session.url("com.atproto.repo.uploadBlob"), Header: token, Body: body}, &got)
			return err
		})
		if err != nil {
			return nil, connector.Failure(err)
		}
		p := picture{Image: got.Blob, Alt: one.Alt}
		if one.Width > 0 && one.Height > 0 {
			p.Ratio = &ratio{one.Width, one.Height}
		}
		all = append(all, p)
	}
	return all, nil
}
