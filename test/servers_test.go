package test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/desk"
)

// live asks a server for its copy of a post, in the words in which it has it.
func (s *crisis) live(t *testing.T, kind string, p desk.Post) (v desk.Variant) {
	t.Helper()
	switch kind {
	case "bluesky":
		var got struct {
			Value struct {
				Text  string
				Langs []string
			}
		}
		if code := fetchJSON(t, s.blueskyRecord(p), nil, &got); code != http.StatusOK {
			t.Fatalf("Bluesky says %d about %s", code, p.NativeID)
		}
		v.Text, v.Lang = got.Value.Text, strings.Join(got.Value.Langs, " ")
	case "mastodon":
		all := s.mastodon.Statuses()
		if len(all) != 1 { // a correction changes it in place
			t.Fatalf("Mastodon has %d statuses, want 1", len(all))
		}
		v.Text, v.Lang = all[0].Text, all[0].Language
	case "wordpress":
		v.Title, v.Text = s.article(t, p)
	case "hook":
		got, ok := s.intranet.post(p.NativeID)
		if !ok {
			t.Fatalf("the intranet has no %s", p.NativeID)
		}
		v.Title, v.Text, v.Lang = got.Title, got.Text, got.Lang
	case "email":
		v = s.newestMail(t)
	}
	return v
}

// shows reports whether a server still shows a post.
func (s *crisis) shows(t *testing.T, kind string, p desk.Post) bool {
	t.Helper()
	switch kind {
	case "bluesky":
		return fetchJSON(t, s.blueskyRecord(p), nil, nil) == http.StatusOK
	case "mastodon":
		return len(s.mastodon.Statuses()) > 0
	case "wordpress":
		return fetchJSON(t, s.wordpress.URL+"/?rest_route=/wp/v2/posts/"+lastNumber(p.NativeID), nil, nil) == http.StatusOK
	case "hook":
		_, ok := s.intranet.post(p.NativeID)
		return ok
	}
	return false
}

func (s *crisis) blueskyRecord(p desk.Post) string {
	return s.bluesky.PDS + "/xrpc/com.atproto.repo.getRecord?" + url.Values{"repo": {s.us.DID}, "collection": {"app.bsky.feed.post"}, "rkey": {p.NativeID[strings.LastIndexByte(p.NativeID, '/')+1:]}}.Encode()
}

// article is a post as WordPress has it, its paragraphs as they were written.
func (s *crisis) article(t *testing.T, p desk.Post) (title, text string) {
	t.Helper()
	var got struct {
		Title, Content struct{ Raw string }
	}
	key := base64.StdEncoding.EncodeToString([]byte(s.wordpress.User + ":" + s.wordpress.Password))
	address := s.wordpress.URL + "/?rest_route=/wp/v2/posts/" + lastNumber(p.NativeID) + "&context=edit"
	if code := fetchJSON(t, address, http.Header{"Authorization": {"Basic " + key}}, &got); code != http.StatusOK {
		t.Fatalf("WordPress says %d about %s", code, p.NativeID)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(got.Content.Raw))
	if err != nil {
		t.Fatal(err)
	}
	var paragraphs []string
	doc.Find("p").Each(func(_ int, one *goquery.Selection) { paragraphs = append(paragraphs, one.Text()) })
	heading, err := goquery.NewDocumentFromReader(strings.NewReader(got.Title.Raw))
	if err != nil {
		t.Fatal(err)
	}
	return heading.Text(), strings.Join(paragraphs, "\n\n")
}

// lastNumber is the server's own number in a native id.
func lastNumber(id string) string {
	return id[strings.LastIndexFunc(id, func(r rune) bool { return r < '0' || r > '9' })+1:]
}

// newestMail is the mail that arrived last.
func (s *crisis) newestMail(t *testing.T) (v desk.Variant) {
	t.Helper()
	all := s.mail.Received(t, 1)
	l := all[len(all)-1]
	var err error
	if v.Title, err = new(mime.WordDecoder).DecodeHeader(l.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	body := l.Body
	if strings.EqualFold(l.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	v.Text = strings.TrimSpace(strings.ReplaceAll(string(b), "\r\n", "\n"))
	v.Lang = l.Header.Get("Content-Language")
	return v
}

// ask makes one call of the API.
func ask(t *testing.T, c *http.Client, method, address string, body any) (code int, answer []byte) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(method, address, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if answer, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer
}

// put changes something by the API and reads the answer.
func put[T any](t *testing.T, c *http.Client, address string, body any) (v T) {
	t.Helper()
	code, answer := ask(t, c, http.MethodPut, address, body)
	if code >= 300 {
		t.Fatalf("PUT %s: %d\n%s", address, code, answer)
	}
	if err := json.Unmarshal(answer, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// fetchJSON asks a server that is not the desk, and gives its code.
func fetchJSON(t *testing.T, address string, header http.Header, v any) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusOK && v != nil {
		if err := json.NewDecoder(res.Body).Decode(v); err != nil {
			t.Fatalf("GET %s: %v", address, err)
		}
	}
	return res.StatusCode
}

// intranet is a program of the brand's own that takes posts by signed webhook, once for each id, and says what is live. What is
// not signed fails the test.
type intranet struct {
	*httptest.Server
	secret string

	mu    sync.Mutex // guards what follows
	posts map[string]intranetPost
	seen  map[string]string // id of the post that a message made
}

type intranetPost struct {
	Key, ID, Lang, Title, Text, Hash string
	Media                            []struct{ Name string }
}

func newIntranet(t *testing.T) *intranet {
	t.Helper()
	n := &intranet{secret: "whsec_" + base64.StdEncoding.EncodeToString([]byte("a secret of twenty-four b")), posts: map[string]intranetPost{}, seen: map[string]string{}}
	signer, err := standardwebhooks.NewWebhook(n.secret)
	if err != nil {
		t.Fatal(err)
	}
	n.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = signer.Verify(body, r.Header)
		}
		var in struct {
			Type string
			Data intranetPost
		}
		if err == nil {
			err = json.Unmarshal(body, &in)
		}
		if err != nil {
			t.Errorf("the intranet got %s: %v", body, err)
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		n.take(w, in.Type, r.Header.Get("webhook-id"), in.Data)
	}))
	t.Cleanup(n.Close)
	return n
}

func (n *intranet) take(w http.ResponseWriter, kind, message string, in intranetPost) {
	n.mu.Lock()
	defer n.mu.Unlock()
	live, known := n.posts[in.ID]
	switch {
	case kind == "post.publish" && n.seen[message] == "":
		in.ID = fmt.Sprint("notice-", len(n.seen)+1)
		n.posts[in.ID], n.seen[message] = in, in.ID
	case kind == "post.publish":
		in.ID = n.seen[message]
	case slices.Contains([]string{"post.edit", "post.retract", "post.read"}, kind) && !known:
		http.Error(w, "gone", http.StatusNotFound)
		return
	case kind == "post.edit":
		n.posts[in.ID] = in
	case kind == "post.retract":
		delete(n.posts, in.ID)
	case kind == "post.read":
		in = live
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"id": in.ID, "url": n.URL + "/" + in.ID, "title": in.Title, "text": in.Text, "media": len(in.Media)})
}

func (n *intranet) post(id string) (intranetPost, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p, ok := n.posts[id]
	return p, ok
}
