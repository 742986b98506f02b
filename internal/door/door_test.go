package door

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestLimiter(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	l := NewLimiter(Rate{Every: time.Second, Burst: 3})
	for i := range 3 {
		if wait := l.Take("a", at); wait != 0 {
			t.Errorf("request %d waits %s", i, wait)
		}
	}
	if wait := l.Take("a", at); wait != time.Second {
		t.Errorf("one too many waits %s, want 1s", wait)
	}
	if l.Spent("a", at) != time.Second || l.Spent("b", at) != 0 || l.Take("b", at) != 0 {
		t.Error("somebody else is slowed, or the spent one is not")
	}
	if wait := l.Take("a", at.Add(time.Second)); wait != 0 {
		t.Errorf("after its wait it waits %s", wait)
	}
	l.most = 10
	for i := range 1000 {
		l.Take(fmt.Sprint("stranger ", i), at.Add(time.Second))
	}
	if len(l.full) > 11 {
		t.Errorf("%d askers are remembered, want at most 11", len(l.full))
	}
	if wait := l.Take("one more", at.Add(time.Second)); wait == 0 {
		t.Error("with a full table everybody goes through")
	}
	if wait := l.Take("one more", at.Add(time.Hour)); wait != 0 {
		t.Errorf("an hour later one waits %s", wait)
	}
	if (*Limiter)(nil).Take("a", at) != 0 {
		t.Error("no limiter limits")
	}
}

func TestAsker(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "pipe": "pipe",
	} {
		if got := Asker(from); got != want {
			t.Errorf("Asker(%s) = %s, want %s", from, got, want)
		}
	}
}

func TestForeign(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method string
		head   map[string]string
		want   bool
	}{
		{"POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, false},
		{"POST", map[string]string{"Sec-Fetch-Site": "none"}, false},
		{"POST", map[string]string{"Sec-Fetch-Site": "same-site"}, true},
		{"POST", map[string]string{"Origin": "http://desk.example"}, false},
		{"POST", map[string]string{"Origin": "http://desk.example.evil.example"}, true},
		{"DELETE", map[string]string{"Origin": "null"}, true},
		{"POST", map[string]string{"User-Agent": "curl/8"}, false},
		{"POST", map[string]string{"User-Agent": "Mozilla/5.0"}, true},
		{"GET", map[string]string{"User-Agent": "Mozilla/5.0"}, false},
		{"GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, false},
		{"GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "embed"}, true},
		{"GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, true},
		{"GET", map[string]string{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, true},
	} {
		r := httptest.NewRequest(tt.method, "http://desk.example/x", nil)
		for k, v := range tt.head {
			r.Header.Set(k, v)
		}
		if got := Foreign(r); got != tt.want {
			t.Errorf("Foreign(%s, %v) = %t", tt.method, tt.head, got)
		}
	}
	if _, ok := NewGauge(0).Hold("a"); ok {
		t.Error("a gauge of nothing holds something")
	}
	var h http.Header
	Headers(true, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { h = w.Header() })).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if h.Get("Strict-Transport-Security") == "" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers are %v", h)
	}
}
