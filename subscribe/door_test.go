package subscribe_test

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"breakwater/desk"
	"breakwater/subscribe"
)

func door(d *subscribe.Desk) *subscribe.Door {
	return &subscribe.Door{Desk: d, PathOf: func(r *http.Request) (home, rest string, ok bool) {
		p, ok := strings.CutPrefix(r.URL.Path, "/c/")
		home, rest, _ = strings.Cut(p, "/")
		return home, rest, ok
	}}
}

func visit(t testing.TB, h http.Handler, method, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, strings.TrimPrefix(path, "https://desk.example"), strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var link = regexp.MustCompile(`https://desk\.example/c/aurora/-/\w+/[\w-]+`)

// linkIn is the link of ours in the newest letter to somebody.
func linkIn(t testing.TB, o *office, to string) string {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := len(o.mails) - 1; i >= 0; i-- {
		if o.mails[i].Header.Get("To") != "<"+to+">" {
			continue
		}
		raw, _ := io.ReadAll(o.mails[i].Body)
		o.mails[i].Body = bytes.NewReader(raw)
		plain, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
		if found := link.FindString(string(plain)); found != "" {
			return found
		}
	}
	t.Fatalf("no letter to %s has a link", to)
	return ""
}

// Somebody asks on the public page, confirms by the link in the letter, gets an update, and leaves by one click.
func TestAskConfirmReadLeave(t *testing.T) {
	t.Parallel()
	var o office
	d, db, _ := newDesk(t, o.open(t))
	h := door(d)
	form := visit(t, h, "GET", "/c/aurora/-/subscribe?page=kettle&lang=he", nil)
	if form.Code != 200 || !strings.Contains(form.Body.String(), `dir="rtl"`) || len(form.Result().Cookies()) != 0 || strings.Contains(form.Body.String(), "<script") {
		t.Fatalf("the form: %d %s", form.Code, form.Body)
	}
	answer := visit(t, h, "POST", "/c/aurora/-/subscribe?page=kettle&lang=he", url.Values{"address": {"ana@EXAMPLE.org"}})
	again := visit(t, h, "POST", "/c/aurora/-/subscribe?page=kettle&lang=he", url.Values{"address": {"ana@example.org"}})
	if answer.Code != 200 || answer.Body.String() != again.Body.String() {
		t.Errorf("a known address is answered otherwise")
	}
	round := func() {
		if _, err := d.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	round()
	confirm := linkIn(t, &o, "ana@example.org")
	for range 3 { // what only looks at a link changes nothing
		if w := visit(t, h, "GET", confirm, nil); w.Code != 200 || !strings.Contains(w.Body.String(), "<form") {
			t.Fatalf("the link: %d %s", w.Code, w.Body)
		}
	}
	if c, _ := db.CountSubscribers(t.Context(), 1, desk.Mailing{}.Made); c.States[desk.SubscriberLive] != 0 {
		t.Fatal("subscribed without a press of the button")
	}
	if w := visit(t, h, "POST", confirm, url.Values{}); w.Code != 200 {
		t.Fatalf("confirm: %d", w.Code)
	}
	order(t, d, db, first)
	settled(t, d, db, desk.MailingDone)
	leave := linkIn(t, &o, "ana@example.org")
	if !strings.Contains(leave, "/leave/") {
		t.Fatalf("the update's link is %s", leave)
	}
	if got := o.mails[len(o.mails)-1].Header.Get("Content-Language"); got != "he" {
		t.Errorf("the update is in %s", got)
	}
	if w := visit(t, h, "GET", leave, nil); !strings.Contains(w.Body.String(), "<form") {
		t.Errorf("the page to leave: %s", w.Body)
	}
	if w := visit(t, h, "POST", leave, url.Values{"List-Unsubscribe": {"One-Click"}}); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("one click: %d %q", w.Code, w.Body)
	}
	all, err := db.Subscribers(t.Context(), 1, "", 0, 10)
	if err != nil || len(all) != 1 || all[0].State != desk.SubscriberLeft || all[0].Address != "" {
		t.Errorf("after leaving: %+v, %v", all, err)
	}
	before := len(o.mails)
	second := first
	second.Number = 2
	order(t, d, db, second)
	settled(t, d, db, desk.MailingDone)
	if len(o.mails) != before {
		t.Error("who left was written to")
	}
	if w := visit(t, h, "POST", confirm, url.Values{}); !strings.Contains(w.Body.String(), "/-/subscribe") {
		t.Errorf("a link that was used subscribes again: %s", w.Body)
	}
}

func TestTheDoorIsTight(t *testing.T) {
	t.Parallel()
	var o office
	d, _, _ := newDesk(t, o.open(t))
	h := door(d)
	for path, want := range map[string]int{
		"/c/aurora/-/": 404, "/c/aurora/-/confirm/x": 404, "/c/aurora/-/leave/" + strings.Repeat("A", 55): 404, "/c/other/-/subscribe": 404, "/c/aurora/-/subscribe?page=nothing": 404,
	} {
		if w := visit(t, h, "GET", path, nil); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	for _, bad := range []string{"", "ana", "ana@x", "a b@example.org", "ana@example.org\r\nBcc: x@example.org", strings.Repeat("a", 65) + "@example.org", `"a"@example.org`} {
		if w := visit(t, h, "POST", "/c/aurora/-/subscribe", url.Values{"address": {bad}}); w.Code != 422 {
			t.Errorf("%q: %d", bad, w.Code)
		}
	}
	if w := visit(t, h, "POST", "/c/aurora/-/subscribe", url.Values{"address": {"a@example.org"}, "website": {"x"}}); w.Code != 200 {
		t.Errorf("a program: %d", w.Code)
	}
	busy := 0
	for i := range 40 {
		w := visit(t, h, "POST", "/c/aurora/-/subscribe", url.Values{"address": {string(rune('a'+i%26)) + "@example.org"}})
		if w.Code == http.StatusTooManyRequests {
			busy++
		}
	}
	if busy != 20 {
		t.Errorf("%d of 40 questions from one address were turned away, want 20", busy)
	}
	if _, err := d.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	to := map[string]int{}
	for _, m := range o.mails {
		to[m.Header.Get("To")]++
	}
	for who, n := range to {
		if n > 3 {
			t.Errorf("%s got %d letters to confirm", who, n)
		}
	}
}
