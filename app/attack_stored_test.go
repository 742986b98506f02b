package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"breakwater/desk"
	"breakwater/drill"
	"breakwater/internal/link"
	"breakwater/internal/needs"
	"breakwater/internal/seal"
	"breakwater/oncall"
	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/web"
)

// evil is what strangers write when they mean harm, in every place that they can fill. It leaves an attribute, a text, a script, a
// title, a style, a comment and a template; runs by a tag, an attribute, a picture; breaks lines of calendars and cards.
const evil = `"'><script>window.pwned=1</script><img src="//evil.example/p" onerror="window.pwned=1"><svg onload="window.pwned=1"></textarea></title></style>--></script><script>window.pwned=1</script>` +
	"<a href=\"javascript:window.pwned=1\" autofocus onfocus=window.pwned=1>x</a>{{.}}${7*7}<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>\r\nX-Injected: yes\r\nATTACH:https://evil.example\r\nEND:VEVENT\u2028\u202e"

const evilLink = `javascript:window.pwned=1//https://x/"onmouseover="window.pwned=1`

// poison puts evil into every text of a desk's database that is not a name or number of our own.
func poison(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	query := func(q string, args ...any) (all [][]string) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), q, args...)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, _ := rows.Columns()
		for rows.Next() {
			row := make([]sql.NullString, len(names))
			into := make([]any, len(names))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, one := range row {
				texts = append(texts, one.String)
			}
			all = append(all, texts)
		}
		return all
	}
	// What is ours: keys, sums, what is counted or learned.
	ours := []string{"sessions", "tokens", "jobs", "house", "sso", "engines", "learned", "lessons", "settings", "counters", "identity", "calendar_keys", "goose_db_version", "looks", "seen", "folds", "answers", "rollups", "arrivals", "blobs", "cue_lists", "exhibit_blobs"}
	changed := 0
	for _, table := range query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'`) {
		if slices.Contains(ours, table[0]) {
			continue
		}
		for _, column := range query(`SELECT name FROM pragma_table_info(?) WHERE type = 'TEXT' AND pk = 0`, table[0]) {
			for _, row := range query(`SELECT rowid, "` + column[0] + `" FROM "` + table[0] + `" WHERE typeof("` + column[0] + `") = 'text'`) {
				to := poisonedText(column[0], row[1])
				if to == row[1] {
					continue
				}
				if _, err := db.ExecContext(t.Context(), `UPDATE "`+table[0]+`" SET "`+column[0]+`" = ? WHERE rowid = ?`, to, row[0]); err != nil {
					t.Logf("%s.%s: %v", table[0], column[0], err) // unique; it stays as it is
				}
				changed++
			}
		}
	}
	if changed < 200 {
		t.Fatalf("only %d texts were poisoned", changed)
	}
}

func poisonedText(column, s string) string {
	var v any
	if strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") {
		d := json.NewDecoder(strings.NewReader(s))
		d.UseNumber()
		if d.Decode(&v) == nil {
			b, err := json.Marshal(poisoned(column, v))
			if err == nil {
				return string(b)
			}
		}
		return s
	}
	return poisoned(column, s).(string)
}

var (
	// ofOurs are values of our own making: words of programs, sums, times.
	ofOurs = regexp.MustCompile(`^[a-z0-9_.:@+/-]*$|^\d{4}-\d\d-\d\d|^[A-Za-z0-9+/_=-]{20,}$`)
	// freely are fields that people or strangers fill, whatever stands there.
	freely = strings.Fields("name title text handle author bio note notes value department firm why problem about alt agent link url native_id answer question place who where subject summary by_name")
	// never are fields that only programs write, or that must be right for the page to show anything.
	never = strings.Fields("password totp recovery passkeys pin email hash hashes words_hash sum key secret query zone lang langs kind state body_hash say fold network state_key on do channels level how verdict reach color role_id part")
)

func poisoned(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, one := range v {
			if k == "settings" {
				if set, ok := one.(map[string]any); ok && set["url"] != nil {
					set["url"] = evilLink
				}
				continue
			}
			v[k] = poisoned(k, one)
		}
	case []any:
		for i, one := range v {
			v[i] = poisoned(name, one)
		}
	case string:
		switch {
		case slices.Contains(never, name) || v == "" && name != "url" && name != "bio":
		case strings.HasPrefix(v, "http://"), strings.HasPrefix(v, "https://"), name == "url", name == "link":
			return evilLink
		case slices.Contains(freely, name), !ofOurs.MatchString(v):
			return v + evil
		}
	}
	return v
}

// poisonedDesk is a whole desk in which every text is evil.
func poisonedDesk(t *testing.T) (f *fort, ids map[string]int64, links []string) {
	t.Helper()
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := open(t.Context(), Config{Data: dir, Log: slog.New(slog.DiscardHandler)})
	must(err)
	ctx := t.Context()
	running, stop := context.WithCancel(ctx)
	stopped := make(chan struct{})
	go func() { defer close(stopped); _ = s.flow.Run(running) }() // it ends with running, that is its error
	var people []desk.User
	for _, u := range demoPeople {
		added, err := s.gate.AddUser(ctx, u, demoPassword)
		must(err)
		people = append(people, added)
	}
	story := drill.Cases()[0]
	brand, source, err := seedBrand(ctx, s, story)
	must(err)
	must(seedDesk(ctx, s, brand, people, time.Now()))
	ids = storetest.Furnish(t, s.db, brand.ID)
	b := desk.Batch{SourceID: source}
	for i := range 12 {
		b.Mentions = append(b.Mentions, desk.Mention{
			Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint(i, evil)}, Kind: desk.KindPost, URL: evilLink, Title: evil, Text: story.Brand().Name + " made me sick " + evil, Links: []string{evilLink, "https://evil.example/" + evil},
			Tags: []string{evil}, Author: desk.Author{Handle: fmt.Sprint("h", i, evil), Name: evil, URL: evilLink, Followers: 5_000_000}, Published: time.Now().Add(-time.Duration(i+1) * time.Minute), Lang: "en",
		})
	}
	_, err = s.flow.Keep(ctx, b)
	must(err)
	must(s.db.SetHealth(ctx, ids["source"], desk.Health{State: desk.HealthBroken, Problem: desk.Say("{host} said {what}.", "host", evil, "what", evil)}))
	links = evilLinks(t, s, dir, ids)
	_, err = s.outbox.Press(ctx, desk.Hold{}, evil)
	must(err)
	kept, err := s.assess.Locker.Keep(ctx, ids["incident"], ids["mention"], evil, false)
	must(err)
	ids["exhibit"] = kept.ID
	stop()
	<-stopped
	must(s.close())
	poison(t, filepath.Join(dir, store.File))
	return newFort(t, Config{Data: dir}), ids, links
}

// evilLinks are the pages that people without a sign-in are led to by links, and the calendars by secret addresses.
func evilLinks(t *testing.T, s *stages, dir string, ids map[string]int64) []string {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	box, err := seal.File(filepath.Join(dir, keyFile))
	must(err)
	sign, call, _, _ := linkKeys(box)
	_, err = s.db.ChangeContact(ctx, ids["contact"], desk.ActOf(ctx, "contact.save", ""), func(c *desk.Contact, out *desk.Out) error {
		c.Kind, c.Name, c.Ways, out.Say = desk.ContactStaff, evil, []desk.ContactWay{{Kind: desk.ReachPhone, Value: evilLink, Note: evil}}, desk.Say("x")
		return nil
	})
	must(err)
	filled := strings.NewReplacer("{", "(", "}", ")").Replace(evil) // braces are what is still to be filled in
	_, err = s.db.ChangeBriefing(ctx, ids["briefing"], desk.ActOf(ctx, "briefing.save", ""), func(b *desk.Briefing, out *desk.Out) error {
		b.Texts = []desk.BriefingText{{Lang: "en", Title: filled, Happened: filled, Doing: filled, MaySay: filled, MayNot: filled, Questions: filled}}
		b.Shares, out.Say = []desk.Sharing{{ID: "1", Network: "x", Lang: "en", Text: filled, Link: "https://desk.example/x"}}, desk.Say("x")
		return nil
	})
	must(err)
	_, err = s.staff.Publish(ctx, ids["briefing"], 0, evil)
	must(err)
	one, err := s.db.Contact(ctx, ids["contact"])
	must(err)
	schedule, err := s.db.Schedule(ctx, ids["schedule"])
	must(err)
	meetings, err := s.committee.Renew(ctx, 1)
	must(err)
	staff := link.New(sign, "what staff are told").Name(ids["briefing"], ids["contact"])
	return []string{
		"/staff/" + staff, "/staff/" + staff + "/card", "/reach/" + link.New(sign, "how we reach you").Name(ids["contact"], int64(one.Round), time.Now().Add(time.Hour).Unix()),
		"/call/" + oncall.Links{Key: call}.ToCall(ids["escalation"], 0, ids["way"], time.Now()), "/calendar/oncall/" + s.roster.Feed(schedule, 0), "/committee/feed/" + meetings.Reveal() + ".ics", "/holds/1",
	}
}

// signIn gives the admin's browser.
func (f *fort) signIn() *http.Client {
	f.t.Helper()
	jar, err := cookiejar.New(nil)
	f.must(err)
	c := &http.Client{Jar: jar, Timeout: 30 * time.Second}
	res, err := c.PostForm(f.url+"/sign-in", url.Values{"email": {"ana@example.org"}, "password": {fortPassword}})
	f.must(err)
	res.Body.Close()
	if res.Request.URL.Path != "/" {
		f.t.Fatalf("sign-in leads to %s", res.Request.URL)
	}
	return c
}

// shown are the addresses of all pages with something behind them.
func shown(ids map[string]int64) (all []string) {
	things := map[string]string{"alerts": "alert", "facts": "fact", "claims": "claim", "incidents": "incident", "evidence": "exhibit", "posts": "post", "channels": "channel", "by-hand": "byhand", "mentions": "mention",
		"monitors": "monitor", "occasions": "occasion", "plans": "plan", "promises": "promise", "policies": "policy", "briefings": "briefing", "removals": "removal", "sources": "source", "statements": "statement",
		"voices": "mention", "ways": "way", "brands": "brand", "contacts": "contact", "schedules": "schedule", "oncall": "escalation"}
	for _, pattern := range web.Addresses() {
		path, ok := strings.CutPrefix(pattern, "GET ")
		if !ok || path == "/events" {
			continue
		}
		parts := strings.Split(path, "/")
		id := "1"
		for _, part := range parts {
			if n := ids[things[part]]; n != 0 {
				id = fmt.Sprint(n)
			}
		}
		if strings.HasPrefix(path, "/oncall/policies") {
			id = fmt.Sprint(ids["escalation policy"])
		}
		path = strings.NewReplacer("{$}", "", "{id}", id, "{format}", "html", "{part}", "goals", "{file}", "rendering.html").Replace(path)
		all = append(all, path)
	}
	return append(all, "/mentions?q="+url.QueryEscape(evil), "/mentions?monitor="+fmt.Sprint(ids["monitor"]), "/?span=7d", "/journal?do="+url.QueryEscape(evil), "/help?x="+url.QueryEscape(evil), "/incidents/new?alert="+fmt.Sprint(ids["alert"]),
		"/sources/new?kind="+url.QueryEscape(evil), "/sources/new?kind=feed", "/people/3", "/mentions/2", "/calendar?view=agenda", "/posts?show=held", "/sign-in?next="+url.QueryEscape("/"+evil), "/nothing/"+url.PathEscape(evil), "/plans/1", "/statements/1", "/posts/1", "/monitors/1", "/channels/1")
}

// alive finds what would do something in a page: scripts that are not ours, handlers in attributes, links that run or lead where
// no page leads, pictures and frames of strangers.
func alive(page string) (found []string) {
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			src := ""
			for _, a := range tag.Attr {
				value := strings.ToLower(strings.Map(func(r rune) rune {
					if r <= ' ' {
						return -1
					}
					return r
				}, a.Val))
				switch {
				case strings.HasPrefix(a.Key, "on"), a.Key == "srcdoc", a.Key == "style", strings.HasPrefix(a.Key, "hx-on"), strings.HasPrefix(a.Key, "data-hx-on"):
					found = append(found, tag.String())
				case strings.HasPrefix(value, "javascript:"), strings.HasPrefix(value, "vbscript:"), strings.HasPrefix(value, "data:text/html"):
					if slices.Contains([]string{"href", "src", "action", "formaction", "xlink:href", "hx-get", "hx-post", "data", "poster"}, a.Key) {
						found = append(found, tag.String())
					}
				case slices.Contains([]string{"src", "action", "formaction", "hx-get", "hx-post", "data", "poster", "srcset", "background"}, a.Key):
					src = value
					if !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "data:image/") && !strings.HasPrefix(value, "?") && !strings.HasPrefix(value, "#") && value != "" || strings.HasPrefix(value, "//") {
						found = append(found, tag.String())
					}
				}
			}
			switch tag.Data {
			case "script":
				if !strings.HasPrefix(src, "/static/") {
					found = append(found, tag.String())
				}
			case "iframe":
				if !strings.HasPrefix(src, "/") || strings.HasPrefix(src, "//") {
					found = append(found, tag.String())
				}
			case "object", "embed", "base":
				found = append(found, tag.String())
			}
		}
	}
}

// Whatever strangers write, wherever it is shown: it stays words. All pages and files of a desk in which every text is evil are read,
// and those that a browser shows are shown in one, which runs nothing, fetches nothing from elsewhere and has nothing to complain of.
func TestAttackStoredScript(t *testing.T) {
	f, ids, links := poisonedDesk(t)
	c := f.signIn()
	var pages []string
	met := 0
	for _, path := range append(shown(ids), links...) {
		res, err := c.Get(f.url + path)
		f.must(err)
		b, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
		f.must(err)
		res.Body.Close()
		body := string(b)
		if res.StatusCode >= 500 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		if res.Header.Get("X-Injected") != "" {
			t.Errorf("%s: words became a header", path)
		}
		kind := res.Header.Get("Content-Type")
		if strings.Contains(body, "pwned") {
			met++
		}
		if res.StatusCode != http.StatusOK && slices.Contains(links, path) {
			t.Errorf("%.80s: %d", path, res.StatusCode)
		}
		switch {
		case strings.HasPrefix(kind, "text/html"):
			for _, tag := range alive(body) {
				t.Errorf("%s: %.200s", path, tag)
			}
			if res.StatusCode == http.StatusOK {
				pages = append(pages, path)
			}
		case strings.HasPrefix(kind, "text/calendar"), strings.HasPrefix(kind, "text/vcard"):
			if regexp.MustCompile(`(?m)^(ATTACH|X-Injected)`).MatchString(body) {
				t.Errorf("%s: words became a line of their own", path)
			}
		case strings.Contains(kind, "json"):
			if strings.Contains(body, "</script") {
				t.Errorf("%s: words would end a script that this stands in", path)
			}
		case !strings.Contains(res.Header.Get("Content-Disposition"), "attachment") && strings.Contains(body, "pwned"):
			t.Errorf("%s shows %s in the browser", path, kind)
		}
	}
	t.Logf("%d pages, evil in %d answers", len(pages), met)
	if met < 40 {
		t.Errorf("evil was met in %d answers only, so this proves little", met)
	}
	f.browse(pages)
}

// browse shows pages in a real browser.
func (f *fort) browse(pages []string) {
	t := f.t
	t.Helper()
	tab := needs.Chromium(t)
	var mu sync.Mutex
	var said []string
	go func() {
		for m, err := range chromedp.Console(tab) {
			if err != nil {
				return
			}
			if s := fmt.Sprint(m); m.IsException() || strings.Contains(s, "Content Security Policy") || strings.Contains(s, "Uncaught") {
				mu.Lock()
				said = append(said, s)
				mu.Unlock()
			}
		}
	}()
	f.must(chromedp.Do(tab, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(f.url+"/sign-in"),
		chromedp.SendKeys(chromedp.CSS("#email"), "ana@example.org"), chromedp.SendKeys(chromedp.CSS("#password"), fortPassword+"\r"), chromedp.WaitVisible(chromedp.CSS("#radar"))))
	const look = `(() => {
	  for (const d of document.querySelectorAll("details")) d.open = true;
	  const bad = [];
	  if (window.pwned) bad.push("a script of a stranger ran");
	  for (const r of performance.getEntriesByType("resource")) if (!r.name.startsWith(location.origin + "/") && !r.name.startsWith("data:")) bad.push("fetched " + r.name);
	  for (const a of document.querySelectorAll("a[href], area[href], form[action], button[formaction]")) { let u = a.href || a.action || a.formAction; u = u.baseVal ? new URL(u.baseVal, location).href : u; if (u && !/^(https?|mailto|tel|sms):/.test(String(u)) ) bad.push("leads to " + u); }
	  for (const e of document.querySelectorAll("*")) for (const n of e.getAttributeNames()) if (n.startsWith("on")) bad.push(e.tagName + " " + n);
	  return bad.slice(0, 5).join("; ");
	})()`
	for _, path := range pages {
		if path == "/worker.js" {
			continue
		}
		if err := chromedp.Do(tab, chromedp.Navigate(f.url+path)); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		bad, err := chromedp.Run(tab, chromedp.Evaluate[string](look))
		if err != nil || bad != "" {
			t.Errorf("%s: %s %v", path, bad, err)
		}
		mu.Lock()
		for _, s := range said {
			t.Errorf("%s: the browser says %s", path, s)
		}
		said = nil
		mu.Unlock()
	}
}
