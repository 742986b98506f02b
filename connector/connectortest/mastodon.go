package connectortest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Mastodon is one account's side of a Mastodon-compatible server: statuses, media, the queue of scheduled statuses. It is as strict
// as Mastodon's description of its API (OpenAPI of 4.7.0; shapes and parameters checked against it): a request that the
// description does not know fails the test. Its account is @harbour@town.example, its token is Secret.
type Mastodon struct {
	T          testing.TB
	GoToSocial bool // forgets keys, counts links and runes in full, has no queue, deletes a little later
	Working    int  // how often it is asked about a picture before that is ready

	mu       sync.Mutex // guards what follows
	last     int
	statuses []*MastodonStatus // oldest first
	byKey    map[string]*MastodonStatus
	leaving  map[string]bool // deleted, and still shown
	media    map[string]*MastodonMedia
	queue    []map[string]any
}

// MastodonStatus is a status that the server has.
type MastodonStatus struct {
	ID, Text, Language, Visibility, ReplyTo, Spoiler string
	Media                                            []*MastodonMedia
	At, Edited                                       time.Time // Edited zero: never
}

// MastodonMedia is a file that was uploaded.
type MastodonMedia struct {
	ID, Type, Description, SHA256 string

	working int
}

// Statuses are what the server has, oldest first.
func (m *Mastodon) Statuses() []MastodonStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]MastodonStatus, len(m.statuses))
	for i, st := range m.statuses {
		all[i] = *st
	}
	return all
}

// Say has the account say something by another tool.
func (m *Mastodon) Say(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.statuses = append(m.statuses, &MastodonStatus{ID: m.id(), Text: text, Visibility: "public", At: time.Now()})
}

// Queue puts a status into the queue of what the server itself posts later.
func (m *Mastodon) Queue(text string, at time.Time) (id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.enqueue(text, at)["id"].(string)
}

// Queued is how many statuses wait in the server's own queue.
func (m *Mastodon) Queued() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.queue)
}

func (m *Mastodon) enqueue(text string, at time.Time) map[string]any {
	one := map[string]any{"id": m.id(), "scheduled_at": stamp(at), "media_attachments": []any{},
		"params": map[string]any{"text": text, "visibility": "public", "poll": nil, "media_ids": nil, "sensitive": nil, "spoiler_text": nil, "in_reply_to_id": nil, "language": nil, "application_id": 1, "idempotency": nil, "with_rate_limit": false}}
	m.queue = append(m.queue, one)
	return one
}

// id is the next one: servers' ids grow with time and are strings.
func (m *Mastodon) id() string {
	m.last++
	return strconv.Itoa(115_000_000_000_000_000 + m.last)
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// mastodonParams are the parameters of the calls, by method and path, as the description has them.
var mastodonParams = map[string][]string{
	"GET /api/v1/instance":                    {},
	"GET /api/v2/instance":                    {},
	"GET /api/v1/apps/verify_credentials":     {},
	"GET /api/v1/accounts/verify_credentials": {},
	"GET /api/v1/accounts/*/statuses":         {"exclude_reblogs", "exclude_replies", "limit", "max_id", "min_id", "only_media", "pinned", "since_id", "tagged"},
	"POST /api/v1/statuses":                   {},
	"GET /api/v1/statuses/*":                  {},
	"PUT /api/v1/statuses/*":                  {},
	"DELETE /api/v1/statuses/*":               {"delete_media"},
	"GET /api/v1/statuses/*/source":           {},
	"POST /api/v2/media":                      {},
	"GET /api/v1/media/*":                     {},
	"GET /api/v1/scheduled_statuses":          {"limit", "max_id", "min_id", "since_id"},
	"DELETE /api/v1/scheduled_statuses/*":     {},
	"GET /.well-known/nodeinfo":               {},
	"GET /nodeinfo/2.0":                       {},
}

var idInPath = regexp.MustCompile(`^(/api/v1/(?:accounts|statuses|media|scheduled_statuses)/)([0-9]+)`)

func (m *Mastodon) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	path, id := r.URL.Path, ""
	if found := idInPath.FindStringSubmatch(path); found != nil {
		id, path = found[2], found[1]+"*"+path[len(found[0]):]
	}
	call := r.Method + " " + path
	if problem := wrongCall(call, r); problem != "" {
		m.T.Errorf("%s: %s", call, problem)
		m.fail(w, http.StatusNotFound, "Record not found")
		return
	}
	open := strings.HasSuffix(path, "instance") || strings.Contains(path, "nodeinfo")
	if r.Header.Get("Authorization") != "Bearer "+Secret && !open {
		m.fail(w, http.StatusUnauthorized, "The access token is invalid")
		return
	}
	w.Header().Set("X-RateLimit-Limit", "300")
	w.Header().Set("X-RateLimit-Remaining", "299")
	w.Header().Set("X-RateLimit-Reset", time.Now().Add(5*time.Minute).UTC().Format(time.RFC3339Nano))
	m.answer(w, r, call, id)
}

// wrongCall is what the description has against a request.
func wrongCall(call string, r *http.Request) string {
	params, known := mastodonParams[call]
	if !known {
		return "no such call"
	}
	for name, values := range r.URL.Query() {
		if !slices.Contains(params, name) {
			return "no parameter " + name
		}
		if n, err := strconv.Atoi(values[0]); name == "limit" && (err != nil || n < 1 || n > 40) {
			return "limit " + values[0]
		}
	}
	if strings.Contains(r.URL.RawQuery, Secret) {
		return "the token is in the address"
	}
	return ""
}

func (m *Mastodon) answer(w http.ResponseWriter, r *http.Request, call, id string) {
	switch call {
	case "GET /api/v1/instance", "GET /api/v2/instance":
		m.reply(w, http.StatusOK, m.instance())
	case "GET /.well-known/nodeinfo":
		m.reply(w, http.StatusOK, map[string]any{"links": []any{map[string]any{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "http://" + r.Host + "/nodeinfo/2.0"}}})
	case "GET /nodeinfo/2.0":
		m.reply(w, http.StatusOK, map[string]any{"version": "2.0", "software": map[string]any{"name": map[bool]string{true: "gotosocial", false: "mastodon"}[m.GoToSocial], "version": "1"}})
	case "GET /api/v1/apps/verify_credentials":
		m.reply(w, http.StatusOK, map[string]any{"id": "3", "name": "desk", "website": nil, "scopes": []string{"read", "write"}, "redirect_uri": "urn:ietf:wg:oauth:2.0:oob", "redirect_uris": []string{"urn:ietf:wg:oauth:2.0:oob"}, "vapid_key": ""})
	case "GET /api/v1/accounts/verify_credentials":
		m.reply(w, http.StatusOK, townAccount())
	case "GET /api/v1/accounts/*/statuses":
		m.timeline(w, id, r.URL.Query())
	case "POST /api/v1/statuses":
		m.create(w, r)
	case "POST /api/v2/media":
		m.upload(w, r)
	case "GET /api/v1/media/*":
		m.oneMedia(w, id)
	case "GET /api/v1/scheduled_statuses", "DELETE /api/v1/scheduled_statuses/*":
		m.scheduled(w, r, id)
	default:
		m.one(w, r, call, id)
	}
}

func (m *Mastodon) fail(w http.ResponseWriter, code int, message string) {
	m.reply(w, code, map[string]any{"error": message})
}

func (m *Mastodon) reply(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // who hung up reads nothing
}

// limits of a text and of the media of one status.
const (
	townText  = 500
	townLink  = 23
	townMedia = 4
	townAlt   = 1500
)

func (m *Mastodon) instance() map[string]any {
	in := map[string]any{
		"domain": "town.example", "title": "Town", "version": "4.7.0", "source_url": "https://github.com/mastodon/mastodon", "description": "A town", "languages": []string{"en"},
		"api_versions": map[string]any{"mastodon": 7}, "contact": map[string]any{"email": "mayor@town.example", "account": nil}, "icon": []any{}, "rules": []any{},
		"registrations": map[string]any{"enabled": false, "approval_required": false}, "thumbnail": map[string]any{"url": "https://town.example/t.png"}, "usage": map[string]any{"users": map[string]any{"active_month": 3}},
		"configuration": map[string]any{
			"accounts": map[string]any{"max_featured_tags": 10, "max_pinned_statuses": 5}, "translation": map[string]any{"enabled": false}, "urls": map[string]any{},
			"polls":    map[string]any{"max_characters_per_option": 50, "max_expiration": 2629746, "max_options": 4, "min_expiration": 300},
			"statuses": map[string]any{"max_characters": townText, "characters_reserved_per_url": townLink, "max_media_attachments": townMedia},
			"media_attachments": map[string]any{"supported_mime_types": []string{"image/png", "image/jpeg", "image/webp"}, "image_size_limit": 16 << 20, "description_limit": townAlt,
				"image_matrix_limit": 33177600, "video_frame_rate_limit": 120, "video_matrix_limit": 8294400, "video_size_limit": 99 << 20},
		},
	}
	if m.GoToSocial { // says 25 for a link, and counts it in full
		in["version"], in["source_url"] = "0.20.2+git-5b765d7", "https://codeberg.org/superseriousbusiness/gotosocial"
		in["configuration"].(map[string]any)["statuses"] = map[string]any{"max_characters": townText, "characters_reserved_per_url": 25, "max_media_attachments": townMedia}
	}
	return in
}

// townAccount has every field that the description requires.
func townAccount() map[string]any {
	const page, pic = "https://town.example/@harbour", "https://town.example/avatars/missing.png"
	return map[string]any{
		"id": "9", "username": "harbour", "acct": "harbour", "url": page, "uri": "https://town.example/users/harbour", "display_name": "Harbour", "note": "<p>hello</p>",
		"avatar": pic, "avatar_static": pic, "header": pic, "header_static": pic, "locked": false, "bot": false, "group": false, "indexable": true, "discoverable": true,
		"fields": []any{}, "emojis": []any{}, "roles": []any{}, "created_at": "2024-02-03T00:00:00.000Z", "last_status_at": "2026-11-20",
		"statuses_count": 10, "followers_count": 42, "following_count": 7,
		"source": map[string]any{"note": "hello", "fields": []any{}, "privacy": "public", "sensitive": false, "language": "en", "follow_requests_count": 0},
		"role":   map[string]any{"id": "-99", "name": "", "permissions": "0", "color": "", "highlighted": false},
	}
}

// wanted is a status as it may be sent.
type wanted struct {
	Status      string   `json:"status"`
	MediaIDs    []string `json:"media_ids"`
	InReplyToID string   `json:"in_reply_to_id"`
	Sensitive   bool     `json:"sensitive"`
	SpoilerText string   `json:"spoiler_text"`
	Visibility  string   `json:"visibility"`
	Language    string   `json:"language"`
	ScheduledAt string   `json:"scheduled_at"`
	QuotePolicy string   `json:"quote_approval_policy"`
}

// rewanted is a status as it may be changed: where it is seen and what it answers stays.
type rewanted struct {
	Status      string   `json:"status"`
	MediaIDs    []string `json:"media_ids"`
	Sensitive   bool     `json:"sensitive"`
	SpoilerText string   `json:"spoiler_text"`
	Language    string   `json:"language"`
	QuotePolicy string   `json:"quote_approval_policy"`
}

// take reads a body that has only what the description knows.
func (m *Mastodon) take(w http.ResponseWriter, r *http.Request, v any) bool {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = Exactly(body, v)
	}
	if kind := r.Header.Get("Content-Type"); err != nil || kind != "application/json" {
		m.T.Errorf("%s %s: %v, content type %q", r.Method, r.URL.Path, err, kind)
		m.fail(w, http.StatusUnprocessableEntity, "Validation failed")
		return false
	}
	return true
}

var (
	townURL     = regexp.MustCompile(`https?://[^\s]+`)
	townMention = regexp.MustCompile(`(@[A-Za-z0-9_]+)@[A-Za-z0-9.-]+`)
)

// length counts a text as the server does.
func (m *Mastodon) length(text string) int {
	if m.GoToSocial {
		return utf8.RuneCountInString(text)
	}
	text = townURL.ReplaceAllString(text, strings.Repeat("x", townLink))
	return uniseg.GraphemeClusterCount(townMention.ReplaceAllString(text, "$1"))
}

// refuses is what the server has against words, with the code that it says it with; empty when nothing.
func (m *Mastodon) refuses(text, visibility, language string, media []string) string {
	switch {
	case m.length(text) > townText:
		return fmt.Sprintf("Validation failed: Text character limit of %d exceeded", townText)
	case strings.TrimSpace(text) == "" && len(media) == 0:
		return "Validation failed: Text can't be blank"
	case visibility != "" && !slices.Contains([]string{"public", "unlisted", "private", "direct"}, visibility):
		return "Validation failed: Visibility is not included in the list"
	case language != "" && len(language) != 2 && len(language) != 3:
		return "Validation failed: Language is invalid"
	case len(media) > townMedia:
		return "Validation failed: Cannot attach more than 4 files"
	}
	for _, id := range media {
		switch one := m.media[id]; {
		case one == nil:
			return "Validation failed: Media not found"
		case one.working > 0:
			return "Cannot attach files that have not finished processing. Try again in a moment!"
		}
	}
	return ""
}

// refuse says no: Mastodon with 422, GoToSocial with 400.
func (m *Mastodon) refuse(w http.ResponseWriter, why string) {
	code := http.StatusUnprocessableEntity
	if m.GoToSocial {
		code = http.StatusBadRequest
	}
	m.fail(w, code, why)
}

func (m *Mastodon) create(w http.ResponseWriter, r *http.Request) {
	var in wanted
	if !m.take(w, r, &in) {
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		m.T.Errorf("a status without a key")
	}
	if known := m.byKey[key]; known != nil && !m.GoToSocial {
		m.reply(w, http.StatusOK, m.shape(known))
		return
	}
	if why := m.refuses(in.Status, in.Visibility, in.Language, in.MediaIDs); why != "" {
		m.refuse(w, why)
		return
	}
	if in.InReplyToID != "" && m.find(in.InReplyToID) < 0 {
		m.fail(w, http.StatusNotFound, "The post you are trying to reply to does not appear to exist.")
		return
	}
	if in.ScheduledAt != "" {
		at, err := time.Parse(time.RFC3339, in.ScheduledAt)
		if m.GoToSocial || err != nil || time.Until(at) < 5*time.Minute {
			m.refuse(w, "Validation failed: Scheduled at must be in the future")
			return
		}
		m.reply(w, http.StatusOK, m.enqueue(in.Status, at))
		return
	}
	st := &MastodonStatus{ID: m.id(), Text: in.Status, Language: in.Language, Visibility: in.Visibility, ReplyTo: in.InReplyToID, Spoiler: in.SpoilerText, Media: m.files(in.MediaIDs), At: time.Now()}
	if st.Visibility == "" {
		st.Visibility = "public"
	}
	m.statuses = append(m.statuses, st)
	if m.byKey == nil {
		m.byKey = make(map[string]*MastodonStatus)
	}
	m.byKey[key] = st
	m.reply(w, http.StatusOK, m.shape(st))
}

func (m *Mastodon) files(ids []string) (all []*MastodonMedia) {
	for _, id := range ids {
		all = append(all, m.media[id])
	}
	return all
}

// find is where the status lies, -1 when it is not there.
func (m *Mastodon) find(id string) int {
	return slices.IndexFunc(m.statuses, func(st *MastodonStatus) bool { return st.ID == id })
}

func (m *Mastodon) one(w http.ResponseWriter, r *http.Request, call, id string) {
	i := m.find(id)
	if i < 0 {
		m.fail(w, http.StatusNotFound, "Record not found")
		return
	}
	st := m.statuses[i]
	switch call {
	case "GET /api/v1/statuses/*":
		m.reply(w, http.StatusOK, m.shape(st))
	case "GET /api/v1/statuses/*/source":
		m.reply(w, http.StatusOK, map[string]any{"id": id, "text": st.Text, "spoiler_text": ""})
	case "PUT /api/v1/statuses/*":
		m.edit(w, r, st)
	case "DELETE /api/v1/statuses/*":
		shown := m.shape(st)
		shown["text"] = st.Text
		if m.GoToSocial && !m.leaving[id] { // it goes a little later, and until then is deleted again without complaint
			if m.leaving == nil {
				m.leaving = make(map[string]bool)
			}
			m.leaving[id] = true
		} else {
			m.statuses = slices.Delete(m.statuses, i, i+1)
		}
		m.reply(w, http.StatusOK, shown)
	}
}

func (m *Mastodon) edit(w http.ResponseWriter, r *http.Request, st *MastodonStatus) {
	var in rewanted
	if !m.take(w, r, &in) {
		return
	}
	if why := m.refuses(in.Status, "", in.Language, in.MediaIDs); why != "" {
		m.refuse(w, why)
		return
	}
	st.Text, st.Media, st.Edited = in.Status, m.files(in.MediaIDs), time.Now()
	if in.Language != "" {
		st.Language = in.Language
	}
	m.reply(w, http.StatusOK, m.shape(st))
}

// timeline is the account's own statuses, newest first.
func (m *Mastodon) timeline(w http.ResponseWriter, account string, q url.Values) {
	if account != "9" {
		m.fail(w, http.StatusNotFound, "Record not found")
		return
	}
	limit := 20
	if n, err := strconv.Atoi(q.Get("limit")); err == nil {
		limit = n
	}
	page := []any{}
	for _, st := range slices.Backward(m.statuses) {
		if len(page) < limit && (!q.Has("max_id") || st.ID < q.Get("max_id")) {
			page = append(page, m.shape(st))
		}
	}
	m.reply(w, http.StatusOK, page)
}

// upload takes one file. What is worked on for longer is answered with 202 and no address.
func (m *Mastodon) upload(w http.ResponseWriter, r *http.Request) {
	file, header, err := r.FormFile("file")
	if err != nil {
		m.T.Errorf("an upload without a file: %v", err)
		m.fail(w, http.StatusUnprocessableEntity, "Validation failed: File can't be blank")
		return
	}
	for name := range r.MultipartForm.Value {
		if name != "description" && name != "focus" {
			m.T.Errorf("an upload has no %s", name)
		}
	}
	body, err := io.ReadAll(file)
	kind, _, err2 := mime.ParseMediaType(header.Header.Get("Content-Type"))
	alt := r.FormValue("description")
	switch {
	case errors.Join(err, err2) != nil || !strings.HasPrefix(kind, "image/"):
		m.fail(w, http.StatusUnprocessableEntity, "Validation failed: File content type is invalid")
		return
	case utf8.RuneCountInString(alt) > townAlt:
		m.fail(w, http.StatusUnprocessableEntity, "Validation failed: Description is too long")
		return
	}
	sum := sha256.Sum256(body)
	one := &MastodonMedia{ID: m.id(), Type: kind, Description: alt, SHA256: hex.EncodeToString(sum[:]), working: m.Working}
	if m.media == nil {
		m.media = make(map[string]*MastodonMedia)
	}
	m.media[one.ID] = one
	m.reply(w, map[bool]int{true: http.StatusAccepted, false: http.StatusOK}[one.working > 0], one.shape())
}

func (m *Mastodon) oneMedia(w http.ResponseWriter, id string) {
	one := m.media[id]
	if one == nil {
		m.fail(w, http.StatusNotFound, "Record not found")
		return
	}
	one.working = max(one.working-1, 0)
	m.reply(w, map[bool]int{true: http.StatusPartialContent, false: http.StatusOK}[one.working > 0], one.shape())
}

func (f *MastodonMedia) shape() map[string]any {
	var address any
	if f.working == 0 {
		address = "https://town.example/media/" + f.ID
	}
	return map[string]any{"id": f.ID, "type": "image", "url": address, "preview_url": address, "remote_url": nil, "meta": nil, "description": f.Description, "blurhash": nil}
}

func (m *Mastodon) scheduled(w http.ResponseWriter, r *http.Request, id string) {
	i := slices.IndexFunc(m.queue, func(s map[string]any) bool { return s["id"] == id })
	switch {
	case m.GoToSocial || r.Method == http.MethodDelete && i < 0:
		m.fail(w, http.StatusNotFound, "Record not found")
	case r.Method == http.MethodDelete:
		m.queue = slices.Delete(m.queue, i, i+1)
		m.reply(w, http.StatusOK, map[string]any{})
	default:
		q := r.URL.Query()
		limit := 20
		if n, err := strconv.Atoi(q.Get("limit")); err == nil {
			limit = n
		}
		page := []any{}
		for _, one := range slices.Backward(m.queue) {
			if len(page) < limit && (!q.Has("max_id") || one["id"].(string) < q.Get("max_id")) {
				page = append(page, one)
			}
		}
		m.reply(w, http.StatusOK, page)
	}
}

// shape is a status as the server shows it, with every field that the description requires.
func (m *Mastodon) shape(st *MastodonStatus) map[string]any {
	media := []any{}
	for _, f := range st.Media {
		media = append(media, f.shape())
	}
	var edited, reply, language any
	if !st.Edited.IsZero() {
		edited = stamp(st.Edited)
	}
	if st.ReplyTo != "" {
		reply = st.ReplyTo
	}
	if st.Language != "" {
		language = st.Language
	}
	return map[string]any{
		"id": st.ID, "uri": "https://town.example/users/harbour/statuses/" + st.ID, "url": "https://town.example/@harbour/" + st.ID, "created_at": stamp(st.At), "edited_at": edited,
		"in_reply_to_id": reply, "in_reply_to_account_id": nil, "sensitive": false, "spoiler_text": st.Spoiler, "visibility": st.Visibility, "language": language, "content": townHTML(st.Text),
		"replies_count": 0, "reblogs_count": 0, "favourites_count": 0, "quotes_count": 0, "favourited": false, "reblogged": false, "muted": false, "bookmarked": false, "pinned": false,
		"reblog": nil, "account": townAccount(), "media_attachments": media, "mentions": []any{}, "tags": []any{}, "emojis": []any{}, "card": nil, "poll": nil,
	}
}

// townHTML is a text as the servers show it: addresses in pieces, of which the first and the last are not seen; mentions without
// their host.
func townHTML(text string) string {
	shown := html.EscapeString(text)
	shown = townURL.ReplaceAllStringFunc(shown, func(u string) string {
		scheme, rest, _ := strings.Cut(u, "://")
		seen := rest[:min(30, len(rest))]
		return fmt.Sprintf(`<a href="%s" target="_blank" rel="nofollow noopener" translate="no"><span class="invisible">%s://</span><span class="ellipsis">%s</span><span class="invisible">%s</span></a>`, u, scheme, seen, rest[len(seen):])
	})
	shown = townMention.ReplaceAllString(shown, `<span class="h-card" translate="no"><a href="https://town.example/x" class="u-url mention">$1</a></span>`)
	return "<p>" + strings.ReplaceAll(strings.ReplaceAll(shown, "\n\n", "</p><p>"), "\n", "<br />") + "</p>"
}
