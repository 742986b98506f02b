package test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/needs"
)

// updates is a desk whose crisis centre writes to its subscribers through a real mail server.
type updates struct {
	*served
	mail     *needs.MailServer
	ana, ben *http.Client // writes; leads and signs
	brand    desk.Brand
	channel  desk.Channel
	incident desk.Incident
}

func newUpdates(t *testing.T) *updates {
	t.Helper()
	u := &updates{mail: needs.Mail(t), served: newDesk(t, "--allow-private", "127.0.0.1/32")}
	u.ana = u.client(t)
	send[desk.User](t, u.ana, u.at("/users"), map[string]any{"email": "ben@example.org", "name": "Ben", "role": "lead", "password": "a harbour in every storm"})
	u.ben = demoDesk{url: u.url, email: "ben@example.org", password: "a harbour in every storm"}.client(t)
	u.brand = send[desk.Brand](t, u.ana, u.at("/brands"), map[string]any{"name": "Aurora", "zone": "UTC"})
	u.channel = send[desk.Channel](t, u.ana, u.at("/channels"), map[string]any{"kind": desk.CentreKind, "name": "Help", "brand_id": fmt.Sprint(u.brand.ID), "lang": "en", "settings": desk.Settings{"path": "aurora"}})
	host, port, _ := strings.Cut(u.mail.Addr, ":")
	put[desk.Carrier](t, u.ana, u.at("/brands/%d/letters", u.brand.ID), map[string]any{"settings": desk.Settings{"from": "Aurora <news@aurora.example>", "host": host, "port": port, "security": "none"}})
	u.incident = send[desk.Incident](t, u.ben, u.at("/incidents"), map[string]any{"brand_id": fmt.Sprint(u.brand.ID), "title": "The kettle burns", "level": int(desk.Watch)})
	return u
}

func (u *updates) at(path string, a ...any) string {
	return u.url + "/api/v1" + fmt.Sprintf(path, a...)
}

// say has Ana write an update with letters to whom notify says and Ben sign it, and lets it out when it is due. It gives its post.
func (u *updates) say(t *testing.T, notify, title, text string, due time.Time) desk.Post {
	t.Helper()
	w := desk.Words{Title: title, Kind: "holding", Level: desk.Watch, Notify: notify, Messages: []desk.KeyMessage{{Text: text}},
		Variants: []desk.Variant{{ID: "v1", ChannelID: u.channel.ID, Kind: u.channel.Kind, Lang: "en", Title: title, Text: text}}}
	st := send[hashed](t, u.ana, u.at("/statements"), map[string]any{"incident_id": fmt.Sprint(u.incident.ID), "words": w})
	st = send[hashed](t, u.ana, u.at("/statements/%d/submit", st.ID), map[string]any{"version": st.Version})
	if !st.Passed() {
		st = send[hashed](t, u.ben, u.at("/statements/%d/sign", st.ID), map[string]any{"verdict": desk.Approved, "hash": st.Words})
	}
	send[any](t, u.ben, u.at("/statements/%d/posts", st.ID), map[string]any{"due": due})
	posts := read[struct{ Items []desk.Post }](t, u.ben, u.at("/posts?statement=%d", st.ID)).Items
	if len(posts) != 1 {
		t.Fatalf("%d posts of one update: %+v", len(posts), posts)
	}
	return posts[0]
}

// public is everything that the crisis centre shows the public: its pages and its feeds.
func (u *updates) public(t *testing.T, c desk.Centre) (all string) {
	t.Helper()
	for _, path := range []string{"", c.Slug + "/", "feed.xml", "feed.atom", "feed.json", "summary.json"} {
		for _, dir := range []string{"", c.Slug + "/"} {
			res, err := http.Get(u.url + "/c/aurora/" + dir + path)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			if res.StatusCode == http.StatusOK {
				all += fmt.Sprintf("--- %s%s\n%s\n", dir, path, b)
			}
		}
	}
	return all
}

// form sends a form of the public pages, as a browser without script would.
func form(t *testing.T, address string, values url.Values) {
	t.Helper()
	res, err := http.PostForm(address, values)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		t.Fatalf("POST %s: %s\n%s", address, res.Status, b)
	}
}

var confirmLink = regexp.MustCompile(`http\S+/-/confirm/\S+`)

// subscribe asks on the public page and confirms by the link in the letter, which is the nth of all.
func (u *updates) subscribe(t *testing.T, address string, n int) {
	t.Helper()
	form(t, u.url+"/c/aurora/-/subscribe", url.Values{"address": {address}})
	letter := u.mail.Received(t, n)[n-1]
	link := confirmLink.FindString(letter.Text(t))
	if letter.Header.Get("To") != "<"+address+">" || link == "" {
		t.Fatalf("the letter to confirm is %v", letter.Header)
	}
	if live := read[desk.SubscriberCount](t, u.ana, u.at("/brands/%d/subscribers/count", u.brand.ID)).States[desk.SubscriberLive]; live != n-1 {
		t.Errorf("before the link was pressed %d get updates, want %d", live, n-1)
	}
	form(t, link, nil)
}

// mailings waits until n mailings are done.
func (u *updates) mailings(t *testing.T, n int) {
	t.Helper()
	waitFor(t, "the update to have gone to its subscribers", func() bool {
		all := read[struct{ Items []desk.Mailing }](t, u.ana, u.at("/mailings")).Items
		return len(all) == n && !slices.ContainsFunc(all, func(m desk.Mailing) bool { return m.State != desk.MailingDone })
	})
}

// TestUpdatesByMail is an update's way to the public and to those who subscribed, on a real desk and a real mail server. They ask on the
// page and confirm by a letter. While STOP is pressed an approved update is on no page, in no feed and in no letter; let go, it is in all
// of them. Who leaves by one click gets the next one no more.
func TestUpdatesByMail(t *testing.T) {
	t.Parallel()
	u := newUpdates(t)
	u.say(t, desk.NotifyNobody, "We are looking into it", "We know that kettles burn. We are looking into it.", time.Now())
	var page desk.Centre
	waitFor(t, "the page to be public", func() bool {
		pages := read[struct{ Items []desk.Centre }](t, u.ana, u.at("/centre?brand=%d", u.brand.ID)).Items
		if len(pages) == 1 {
			page = pages[0]
		}
		return len(pages) == 1 && strings.Contains(u.public(t, page), "We are looking into it")
	})
	if !strings.Contains(u.public(t, page), "/-/subscribe") {
		t.Error("nobody can subscribe on the public page")
	}
	u.subscribe(t, "eva@home.example", 1)
	u.subscribe(t, "dan@home.example", 2)

	p := u.say(t, desk.NotifyBrand, "Kettles are recalled", "Bring every kettle back.", time.Now().Add(time.Hour))
	h := send[desk.Hold](t, u.ana, u.at("/holds"), map[string]any{"brand_id": fmt.Sprint(u.brand.ID), "why": "Are the words right?"})
	waitFor(t, "the post to be held", func() bool {
		now := read[desk.Post](t, u.ana, u.at("/posts/%d", p.ID))
		return now.State == desk.PostHeld
	})
	send[desk.Post](t, u.ben, u.at("/posts/%d/decide", p.ID), map[string]any{"decision": "now"})
	u.subscribe(t, "zoe@home.example", 3) // somebody else's letter comes through meanwhile: one of the update would have, too
	if letters := u.mail.Received(t, 3); len(letters) != 3 {
		t.Errorf("%d letters under a hold, want the three to confirm", len(letters))
	}
	if shown := u.public(t, page); strings.Contains(shown, "Bring every kettle back") || strings.Contains(shown, "Kettles are recalled") {
		t.Errorf("words that are held are public:\n%s", shown)
	}
	if now := read[desk.Post](t, u.ana, u.at("/posts/%d", p.ID)); now.State != desk.PostHeld {
		t.Errorf("under a hold, to go out when it has ended, the post is %s", now.State)
	}
	send[desk.Hold](t, u.ben, u.at("/holds/%d/end", h.ID), map[string]any{"why": "They are right"})
	waitFor(t, "the update on the page and in its feeds", func() bool { return strings.Count(u.public(t, page), "Bring every kettle back") > 3 })
	u.mailings(t, 1)
	leave := ""
	for _, l := range u.mail.Received(t, 6)[3:] {
		if l.Header.Get("Subject") != "Kettles are recalled" || l.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Errorf("a letter of the update is %v", l.Header)
		}
		if l.Header.Get("To") == "<eva@home.example>" {
			leave = strings.Trim(l.Header.Get("List-Unsubscribe"), "<>")
		}
	}
	form(t, leave, url.Values{"List-Unsubscribe": {"One-Click"}})

	u.say(t, desk.NotifyBrand, "New kettles are here", "The new ones are safe.", time.Now())
	u.mailings(t, 2)
	for _, l := range u.mail.Received(t, 8)[6:] {
		if l.Header.Get("To") == "<eva@home.example>" || l.Header.Get("Subject") != "New kettles are here" {
			t.Errorf("after Eva left a letter is %v", l.Header)
		}
	}
	if n := len(u.mail.Received(t, 8)); n != 8 {
		t.Errorf("after Eva left there are %d letters, want 8: two of the last update", n)
	}
}
