package web

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"breakwater/desk"
	"breakwater/internal/door"
	links "breakwater/internal/link"
	"breakwater/oncall"
	"breakwater/store"
	"breakwater/store/storetest"
)

// tables tells every table of the desk's database apart from every other state of it.
type tables struct {
	t  *testing.T
	db *sql.DB
}

func (h *house) tables() *tables {
	h.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.dir, store.File)+"?mode=ro")
	h.must(err)
	h.t.Cleanup(func() { db.Close() })
	return &tables{h.t, db}
}

// now is a sum of each table's rows. Sessions are left out: being seen is no act.
func (c *tables) now() map[string]string {
	c.t.Helper()
	var names []string
	for _, row := range c.rows(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('sessions', 'sqlite_sequence') AND sql NOT LIKE 'CREATE VIRTUAL%'`) {
		names = append(names, fmt.Sprint(row[0]))
	}
	sums := make(map[string]string)
	for _, name := range names {
		sum := sha256.New()
		for _, row := range c.rows(`SELECT * FROM "` + name + `"`) {
			fmt.Fprintln(sum, row...)
		}
		sums[name] = string(sum.Sum(nil))
	}
	if len(sums) < 30 {
		c.t.Fatalf("only %d tables: the sums mean nothing", len(sums))
	}
	return sums
}

func (c *tables) rows(query string) (all [][]any) {
	c.t.Helper()
	rows, err := c.db.QueryContext(c.t.Context(), query)
	if err != nil {
		c.t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		c.t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			c.t.Fatal(err)
		}
		all = append(all, values)
	}
	if err := rows.Err(); err != nil {
		c.t.Fatal(err)
	}
	return all
}

// changed names the tables that are not as they were.
func changed(before, after map[string]string) (names []string) {
	for name, sum := range after {
		if before[name] != sum {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// paths are the addresses of a route with something behind each of its parts: things of the brand, and links that are good.
func (h *house) filled(pattern string, things map[string]int64, links map[string]string) string {
	_, path, _ := strings.Cut(pattern, " ")
	word, _ := thingOf(pattern)
	id := "1"
	if things[word] != 0 {
		id = itoa(things[word])
	}
	for prefix, link := range links {
		if strings.HasPrefix(path, prefix) {
			path = strings.NewReplacer("{link}", link, "{address}", link, "{key}", link).Replace(path)
		}
	}
	return strings.NewReplacer("{$}", "", "{id}", id, "{session}", "00ff", "{key}", "00ff", "{file}", "post.json", "{format}", "md", "{part}", "goals",
		"{link}", "x", "{address}", "x", "{share}", "1", "{hash}", strings.Repeat("0", 64)).Replace(path)
}

// links are good links to what Furnish made, by the beginning of their addresses.
func (h *house) links(things map[string]int64) map[string]string {
	h.t.Helper()
	ctx, key, until := desk.WithActor(h.t.Context(), desk.Actor{Who: "desk", Role: desk.Admin}), []byte("key"), time.Now().Add(time.Hour).Unix()
	_, err := h.db.ChangeContact(ctx, things["contact"], desk.ActOf(ctx, "contact.save", ""), func(c *desk.Contact, out *desk.Out) error {
		c.Kind, out.Say = desk.ContactStaff, desk.Say("x")
		return nil
	})
	h.must(err)
	_, err = h.db.ChangeBriefing(ctx, things["briefing"], desk.ActOf(ctx, "briefing.save", ""), func(b *desk.Briefing, out *desk.Out) error {
		b.Texts = []desk.BriefingText{{Lang: "en", Title: "What we know", Happened: "Little.", Doing: "Much.", MaySay: "That.", MayNot: "More.", Questions: "To us."}}
		b.Shares, out.Say = []desk.Sharing{{ID: "1", Network: "x", Lang: "en", Text: "All is well."}}, desk.Say("x")
		return nil
	})
	h.must(err)
	_, err = h.c.Staff.Publish(ctx, things["briefing"], 0, "")
	h.must(err)
	one, err := h.db.Contact(ctx, things["contact"])
	h.must(err)
	schedule, err := h.db.Schedule(ctx, things["schedule"])
	h.must(err)
	meetings, err := h.c.Committee.Renew(ctx, 1)
	h.must(err)
	return map[string]string{
		"/staff/":           links.New(key, "what staff are told").Name(things["briefing"], things["contact"]),
		"/reach/":           links.New(key, "how we reach you").Name(things["contact"], int64(one.Round), until),
		"/call/":            oncall.Links{Key: key}.ToCall(things["escalation"], 0, things["way"], time.Now()),
		"/calendar/oncall/": h.c.Roster.Feed(schedule, 0),
		"/committee/feed/":  meetings.Reveal() + ".ics",
	}
}

// Another site cannot do anything here: whatever it has a signed-in admin's browser post, or load, is refused and changes nothing.
func TestAttackCrossSite(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	things := storetest.Furnish(t, h.db, 1)
	b := h.signedIn(desk.Admin)
	kept := h.tables()
	before := kept.now()
	const browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"
	for name, head := range map[string]map[string]string{
		"a foreign site":            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
		"a form of a foreign site":  {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
		"a neighbour in the domain": {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
		"an older browser":          {"Origin": "https://evil.example"},
		"a sandboxed frame":         {"Origin": "null"},
		"a browser that says nothing of where it comes from": {"User-Agent": browser},
	} {
		for _, rt := range h.c.routes() {
			method, _, _ := strings.Cut(rt.pattern, " ")
			page := method == http.MethodGet
			if page && head["Sec-Fetch-Mode"] != "cors" {
				continue // anybody may link to a page
			}
			req, err := http.NewRequestWithContext(t.Context(), method, h.url+h.filled(rt.pattern, things, nil), strings.NewReader("name=x&text=x&why=x"))
			h.must(err)
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for k, v := range head {
				req.Header.Set(k, v)
			}
			if status, _, _ := b.do(req); status != http.StatusForbidden {
				t.Errorf("%s from %s: %d, want 403", rt.pattern, name, status)
			}
		}
	}
	if names := changed(before, kept.now()); len(names) > 0 {
		t.Errorf("other sites changed %v", names)
	}
	if status, _, _ := b.get("/me"); status != http.StatusOK {
		t.Errorf("other sites ended the session: %d", status)
	}
}

// Reading changes nothing: programs that follow every link before people do, and pictures that lead to us, act for nobody. That
// counts for one-time links too: they show by GET and act by POST.
func TestAttackPrefetch(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	things := storetest.Furnish(t, h.db, 1)
	links := h.links(things)
	who := []*browser{h.signedIn(desk.Admin), h.browser()}
	kept := h.tables()
	before := kept.now()
	for _, rt := range h.c.routes() {
		if !strings.HasPrefix(rt.pattern, "GET ") || strings.HasPrefix(rt.pattern, "GET /events") {
			continue
		}
		path := h.filled(rt.pattern, things, links)
		for _, b := range who {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				req, err := http.NewRequestWithContext(t.Context(), method, h.url+path, nil)
				h.must(err)
				req.Header.Set("Sec-Purpose", "prefetch")
				status, _, _ := b.do(req)
				if strings.Contains(rt.pattern, "{link}") && !strings.Contains(rt.pattern, "{share}") && links[strings.Split(rt.pattern, "{")[0][len("GET "):]] != "" && status != http.StatusOK {
					t.Errorf("%s %s: %d: the link is none, so this proves nothing", method, rt.pattern, status)
				}
			}
		}
		after := kept.now()
		// What a signed-in person looked at last is noted for them alone: what is new is shown by it.
		if names := slices.DeleteFunc(changed(before, after), func(name string) bool { return name == "looks" && rt.least > 0 }); len(names) > 0 {
			t.Errorf("%s changed %v", rt.pattern, names)
		}
		before = after
	}
}

// No parameter leads away from the desk, and no address does.
func TestAttackOpenRedirect(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	things := storetest.Furnish(t, h.db, 1)
	away := []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/\t/evil.example", "/\n/evil.example", `\\evil.example`, "///evil.example", "/%09/evil.example", "http:evil.example",
		"javascript:alert(1)", "data:text/html,x", " //evil.example", "/..//evil.example", "/.//evil.example", "/%2f/evil.example", "/@evil.example", "//evil.example%2f..", "https:/evil.example", "\u2028//evil.example"}
	check := func(what, to string) {
		if to == "" {
			return
		}
		base, err := url.Parse("https://desk.example/a/b")
		h.must(err)
		// As browsers read it: tabs and line ends are left out, \ is /.
		u, err := base.Parse(strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(strings.TrimSpace(to)))
		if err != nil || u.Host != "desk.example" || u.Scheme != "https" {
			t.Errorf("%s leads to %q", what, to)
		}
	}
	for _, path := range []string{"//evil.example", "/%2f/evil.example", "/.//evil.example", "/x/..//evil.example", "/%5cevil.example", "/static//evil.example"} {
		_, to, _ := h.browser().get(path)
		check(path, to)
	}
	names := []string{"next", "back", "return", "to", "url", "redirect", "goto", "continue", "return_to", "callback"}
	admin := h.signedIn(desk.Admin)
	for _, evil := range away {
		if local(evil) {
			check("a parameter that counts as local", evil)
		}
	}
	for _, evil := range []string{away[0], away[1], away[3]} {
		form := url.Values{}
		for _, name := range names {
			form.Set(name, evil)
		}
		for _, b := range []*browser{h.browser(), admin} {
			for _, rt := range h.c.routes() {
				method, _, _ := strings.Cut(rt.pattern, " ")
				path := h.filled(rt.pattern, things, nil)
				if path == "/events" || path == "/sign-out" && b == admin || strings.HasPrefix(path, "/sign-in") && method == http.MethodPost {
					continue // signing in is tried below, once each: it is slowed
				}
				if method == http.MethodGet && evil != away[0] && rt.least > 0 && b == admin {
					continue // no page that is shown leads on, whatever it is asked
				}
				var to string
				if method == http.MethodGet {
					_, to, _ = b.get(path + "?" + form.Encode())
				} else {
					_, to, _ = b.post(path, form)
				}
				check(rt.pattern+" with "+evil, to)
			}
		}
		signing := url.Values{"email": {"lead@example.org"}, "password": {secretWords}, "next": {evil}}
		_, to, _ := h.browser().post("/sign-in", signing)
		check("sign-in", to)
	}
}

// A form that is too large is refused whole: nothing of it is used, and no file of it stays behind.
func TestAttackOversizedForms(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	h := open(t).furnish()
	things := storetest.Furnish(t, h.db, 1)
	b := h.signedIn(desk.Admin)
	kept := h.tables()
	before := kept.now()
	long := "name=x&text=" + strings.Repeat("a", maxForm+1)
	var parts bytes.Buffer
	form := multipart.NewWriter(&parts)
	f, err := form.CreateFormFile("file", "x.bin")
	h.must(err)
	if _, err := io.CopyN(f, zeros{}, inMemory+(12<<20)); err != nil { // more than is held in memory
		t.Fatal(err)
	}
	h.must(form.Close())
	var whole []func() // forms that are not too large, to be sent last
	for _, rt := range h.c.routes() {
		method, _, _ := strings.Cut(rt.pattern, " ")
		if method != http.MethodPost || rt.least == 0 && strings.Contains(rt.pattern, "sign-out") {
			continue
		}
		path := h.filled(rt.pattern, things, nil)
		post := func(kind string, body io.Reader) int {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+path, body)
			h.must(err)
			req.Header.Set("Content-Type", kind)
			req.Header.Set("Sec-Fetch-Site", "same-origin")
			status, _, _ := b.do(req)
			return status
		}
		limit, takesFiles := fileForms[rt.pattern]
		if rt.pattern != "POST /contacts/import" {
			if got := post("application/x-www-form-urlencoded", strings.NewReader(long)); got != http.StatusRequestEntityTooLarge {
				t.Errorf("%s answers %d to a form of %d bytes, want 413", rt.pattern, got, len(long))
			}
		}
		if got := post("application/x-www-form-urlencoded", strings.NewReader("name=%zz")); got != http.StatusUnprocessableEntity {
			t.Errorf("%s answers %d to a form that cannot be read, want 422", rt.pattern, got)
		}
		if !takesFiles || limit < int64(parts.Len()) {
			if got := post(form.FormDataContentType(), bytes.NewReader(parts.Bytes())); got != http.StatusRequestEntityTooLarge {
				t.Errorf("%s answers %d to a file of %d bytes, want 413", rt.pattern, got, parts.Len())
			}
		}
		if takesFiles && limit > int64(parts.Len()) {
			whole = append(whole, func() { post(form.FormDataContentType(), bytes.NewReader(parts.Bytes())) })
		}
	}
	if names := changed(before, kept.now()); len(names) > 0 {
		t.Errorf("forms that were refused changed %v", names)
	}
	for _, send := range whole {
		send()
	}
	left, err := os.ReadDir(temp)
	h.must(err)
	for _, f := range left {
		if strings.HasPrefix(f.Name(), "multipart") {
			t.Errorf("%s stayed behind", f.Name())
		}
	}
	for pattern := range fileForms {
		if !slices.ContainsFunc(h.c.routes(), func(rt route) bool { return rt.pattern == pattern }) {
			t.Errorf("fileForms has %s, which is no address", pattern)
		}
	}
	for pattern := range costly {
		if !slices.ContainsFunc(h.c.routes(), func(rt route) bool { return rt.pattern == pattern }) {
			t.Errorf("costly has %s, which is no address", pattern)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Who asks without end is told to wait, alone: others go on. Streams are counted too.
func TestAttackTooOften(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	slow := door.Rate{Every: time.Hour, Burst: 20}
	h.c.Limits = &door.Limits{Strangers: door.NewLimiter(slow), Accounts: door.NewLimiter(slow), Costly: door.NewLimiter(door.Rate{Every: time.Hour, Burst: 3}), Streams: door.NewGauge(2)}
	ask := func(b *browser, path string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+path, nil)
		h.must(err)
		res, err := b.client.Do(req)
		h.must(err)
		res.Body.Close()
		return res.StatusCode, res.Header.Get("Retry-After")
	}
	until := func(b *browser, path string, most int) {
		t.Helper()
		for range most + 1 {
			if status, after := ask(b, path); status == http.StatusTooManyRequests {
				if after == "" {
					t.Errorf("%s: 429 without Retry-After", path)
				}
				return
			}
		}
		t.Errorf("%s was answered %d times", path, most+1)
	}
	lead, admin := h.signedIn(desk.Lead), h.signedIn(desk.Admin)
	for range 2 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/events", nil)
		h.must(err)
		res, err := lead.client.Do(req)
		h.must(err)
		defer res.Body.Close()
	}
	if status, after := ask(lead, "/events"); status != http.StatusTooManyRequests || after == "" {
		t.Errorf("a third stream of one person: %d, want 429", status)
	}
	until(lead, "/help", 20)
	until(admin, "/cues/export", 3)
	if status, _ := ask(admin, "/help"); status != http.StatusOK {
		t.Errorf("somebody else was slowed: %d", status)
	}
	until(h.browser(), "/staff/guess", 20)
}
