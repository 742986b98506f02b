// Package wordpress publishes on a WordPress site by its REST API (wp/v2, November 2026), signed in with an application password.
package wordpress

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/publish"
)

// Kind is the WordPress connector.
var Kind = connector.Kind{Channel: newMouth, Spec: desk.Spec{
	Kind:  "wordpress",
	Title: "WordPress",
	Help:  "Publishes posts with title, text and pictures on a WordPress site; changes and deletes them.",
	Fields: []desk.Field{
		{Name: "url", Label: "Site address", Kind: "url", Required: true, Help: "For example https://blog.example.org."},
		{Name: "user", Label: "User name", Required: true, Help: "Of somebody who may publish: an author or an editor."},
		{Name: "password", Label: "Application password", Kind: "secret", Required: true, Help: "From the profile of that user in WordPress. Not the password that people sign in with."},
		{Name: "category", Label: "Category number", Kind: "number", Help: "Empty: the site's usual one."},
	},
}}

// site is a WordPress site, and who we are there.
type site struct {
	fetch    *fetch.Client
	base     string // without the last slash
	user     string
	password desk.Secret
	category int
}

func newMouth(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	u, err := url.Parse(strings.TrimSpace(set["url"]))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, desk.Wrong("url", "Enter a whole address, like https://example.org/feed.")
	}
	s := &site{fetch: env.Fetch, base: u.Scheme + "://" + u.Host + strings.TrimSuffix(u.Path, "/"), user: strings.TrimSpace(set["user"])}
	// WordPress shows application passwords in groups of four; the spaces mean nothing.
	s.password = desk.Secret(strings.ReplaceAll(set["password"], " ", ""))
	for name, v := range map[string]string{"user": s.user, "password": s.password.Reveal()} {
		if v == "" {
			return nil, desk.Wrong(name, "Fill this in.")
		}
	}
	if set["category"] != "" {
		if s.category, err = strconv.Atoi(set["category"]); err != nil {
			return nil, desk.Wrong("category", "Enter a whole number.")
		}
	}
	return s, nil
}

// call makes a call. The route goes as a parameter: that works on every site, however its addresses are made.
func (s *site) call(ctx context.Context, method, route string, query url.Values, r fetch.Request, out any) error {
	if query == nil {
		query = url.Values{}
	}
	query.Set("rest_route", route)
	r.Method, r.URL = method, s.base+"/?"+query.Encode()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(s.user+":"+s.password.Reveal())))
	_, err := s.fetch.JSON(ctx, r, out)
	return err
}

func (s *site) get(ctx context.Context, route string, query url.Values, out any) error {
	return s.call(ctx, http.MethodGet, route, query, fetch.Request{}, out)
}

func (s *site) post(ctx context.Context, route string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return s.call(ctx, http.MethodPost, route, nil, fetch.Request{Body: body, Header: http.Header{"Content-Type": {"application/json"}}}, out)
}

// article is a post as the site gives it to who may edit it.
type article struct {
	ID       int64  `json:"id"`
	Link     string `json:"link"`
	Date     string `json:"date_gmt"` // without a zone
	Modified string `json:"modified_gmt"`
	Status   string `json:"status"`
	Slug     string `json:"slug"`
	Title    struct {
		Raw string `json:"raw"`
	} `json:"title"`
	Content struct {
		Raw string `json:"raw"`
	} `json:"content"`
	Featured int64 `json:"featured_media"`
}

// draft is what we send of a post.
type draft struct {
	Title      string `json:"title"`
	Content    string `json:"content"`
	Slug       string `json:"slug,omitempty"`
	Status     string `json:"status,omitempty"`
	Featured   int64  `json:"featured_media"`
	Categories []int  `json:"categories,omitempty"`
}

func (a *article) receipt() publish.Receipt {
	return publish.Receipt{NativeID: strconv.FormatInt(a.ID, 10), Link: a.Link, At: gmt(a.Date)}
}

func gmt(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04:05", s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// slug is the post's address on the site. It is made of its key, so that every try has the same, behind the words of its title
// that an address can have.
func slug(p *desk.Post) string {
	sum := sha256.Sum256([]byte(p.Key))
	words := strings.FieldsFunc(strings.ToLower(p.Title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	for len(words) > 0 && len(strings.Join(words, "-")) > 60 {
		words = words[:len(words)-1]
	}
	return strings.Join(append(words, hex.EncodeToString(sum[:6])), "-")
}

// Send publishes, unless a post of the same key is there.
func (s *site) Send(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	if r, err := s.Find(ctx, l.Post); !errors.Is(err, desk.ErrNotFound) {
		return r, err
	}
	d, err := s.draft(ctx, &l)
	if err != nil {
		return publish.Receipt{}, err
	}
	d.Slug, d.Status = slug(&l.Post), "publish"
	if s.category != 0 {
		d.Categories = []int{s.category}
	}
	return s.write(ctx, "/wp/v2/posts", d)
}

// Edit changes the post in place.
func (s *site) Edit(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	route, err := route(&l.Post)
	if err != nil {
		return publish.Receipt{}, err
	}
	d, err := s.draft(ctx, &l)
	if err != nil {
		return publish.Receipt{}, err
	}
	return s.write(ctx, route, d)
}

func (s *site) write(ctx context.Context, route string, d draft) (publish.Receipt, error) {
	var a article
	err := s.post(ctx, route, d, &a)
	if err == nil && a.ID == 0 {
		err = &fetch.Garbled{Host: s.host(), Err: errNoPost}
	}
	if err != nil {
		return publish.Receipt{}, connector.SendFailure(err)
	}
	if a.Status != "publish" { // an account that may write, but not publish
		say := desk.Say("The site took the post, but shows it to nobody: the user may not publish.")
		return publish.Receipt{}, &desk.Problem{Say: say, Err: desk.ErrDenied}
	}
	return a.receipt(), nil
}

var errNoPost = errors.New("no post in the answer")

func (s *site) host() string {
	u, err := url.Parse(s.base)
	if err != nil {
		return ""
	}
	return u.Host
}

// route names the post at the site.
func route(p *desk.Post) (string, error) {
	id, err := strconv.ParseInt(p.NativeID, 10, 64)
	if err != nil || id <= 0 {
		return "", desk.ErrNotFound
	}
	return "/wp/v2/posts/" + strconv.FormatInt(id, 10), nil
}

// Find looks for a post with our slug.
func (s *site) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	var found []article
	query := url.Values{"slug": {slug(&p)}, "status": {"publish"}, "context": {"edit"}}
	if err := s.get(ctx, "/wp/v2/posts", query, &found); err != nil {
		return publish.Receipt{}, connector.Failure(err)
	}
	if len(found) == 0 {
		return publish.Receipt{}, desk.ErrNotFound
	}
	return found[0].receipt(), nil
}

// Read gives the post as it is stored, without what themes and plugins make of it.
func (s *site) Read(ctx context.Context, p desk.Post) (publish.Live, error) {
	route, err := route(&p)
	if err != nil {
		return publish.Live{}, err
	}
	var a article
	err = s.get(ctx, route, url.Values{"context": {"edit"}}, &a)
	if gone(err) || err == nil && a.Status != "publish" {
		return publish.Live{}, desk.ErrNotFound
	}
	if err != nil {
		return publish.Live{}, connector.Failure(err)
	}
	live := publish.Live{Receipt: a.receipt(), Title: unescaped(a.Title.Raw), Text: readText(a.Content.Raw), Media: countImages(a.Content.Raw)}
	if a.Featured != 0 {
		live.Media++
	}
	if a.Modified != a.Date {
		live.Edited = gmt(a.Modified)
	}
	if live.Title == "" && p.Title != "" {
		live.Title = "…" // an empty one would mean that the network has no titles
	}
	return live, nil
}

// Retract deletes the post for good, past the bin.
func (s *site) Retract(ctx context.Context, p desk.Post) error {
	route, err := route(&p)
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	if err := s.call(ctx, http.MethodDelete, route, url.Values{"force": {"true"}}, fetch.Request{}, nil); !gone(err) {
		return connector.Failure(err)
	}
	return nil
}

func gone(err error) bool {
	var st *fetch.Status
	return errors.As(err, &st) && st.Gone()
}

// Inspect says who we are on the site, and whether we may publish there.
func (s *site) Inspect(ctx context.Context) (publish.About, error) {
	var me struct {
		Name string          `json:"name"`
		Can  map[string]bool `json:"capabilities"`
	}
	if err := s.get(ctx, "/wp/v2/users/me", url.Values{"context": {"edit"}}, &me); err != nil {
		return publish.About{}, connector.Failure(err)
	}
	if !me.Can["publish_posts"] {
		return publish.About{}, &desk.Problem{Say: desk.Say("This user may not publish. Take an author or an editor."), Err: desk.ErrDenied}
	}
	return publish.About{Account: me.Name + " · " + s.host()}, nil
}
