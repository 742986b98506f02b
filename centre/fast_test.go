package centre

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// served starts a server with the quick way before it, and gives its address and how many requests came past that way.
func served(t *testing.T, s *Site) (address string, passed chan string) {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	passed = make(chan string, 100)
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		passed <- r.URL.Path
		if r.URL.Path == "/api" {
			body, err := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s %v", r.Method, body, err)
			return
		}
		s.ServeHTTP(w, r)
	})}
	ended := make(chan struct{})
	go func() { _ = srv.Serve(s.Listen(ln)); close(ended) }()
	t.Cleanup(func() { _ = srv.Close(); <-ended })
	return ln.Addr().String(), passed
}

func aSite() *Site {
	s := new(Site)
	page := []byte("<!doctype html><p>" + strings.Repeat("Please stop using the kettle. ", 100) + "</p></html>")
	s.Replace(Edition{Homes: map[string]map[string]File{"aurora": {
		"index.html": {Type: "text/html; charset=utf-8", Body: page}, "old/index.html": {Type: "text/html; charset=utf-8", Body: page, Status: http.StatusGone},
		"tiny.json": {Type: "application/json", Body: []byte("{}")},
	}}, Hosts: map[string]string{"help.example.org": "aurora"}}, time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	return s
}

// What is as plain as can be is answered before the server hears of it; all else is left to the server.
func TestWhatGoesTheQuickWay(t *testing.T) {
	t.Parallel()
	s := aSite()
	address, passed := served(t, s)
	etag := s.now.Load().homes["aurora"]["index.html"].etag
	for name, tt := range map[string]struct {
		path, head string
		quick      bool
	}{
		"page":             {"/c/aurora/", "", true},
		"file":             {"/c/aurora/tiny.json", "", true},
		"compressed":       {"/c/aurora/", "Accept-Encoding: br, gzip;q=0.8\r\n", true},
		"not compressed":   {"/c/aurora/", "Accept-Encoding: gzip;q=0\r\n", true},
		"unknown encoding": {"/c/aurora/", "Accept-Encoding: br\r\n", true},
		"known":            {"/c/aurora/", "If-None-Match: " + etag + "\r\n", true},
		"known, weakly":    {"/c/aurora/", "if-none-match: W/" + etag + "\r\n", true},
		"changed":          {"/c/aurora/", "If-None-Match: \"x\"\r\n", true},
		"several tags":     {"/c/aurora/", "If-None-Match: \"x\", " + etag + "\r\n", false},
		"range":            {"/c/aurora/", "Range: bytes=5-9\r\n", false},
		"since":            {"/c/aurora/", "If-Modified-Since: Sat, 21 Nov 2026 12:00:00 GMT\r\n", false},
		"taken down":       {"/c/aurora/old/", "", false},
		"nothing there":    {"/c/aurora/x", "", false},
		"no slash":         {"/c/aurora", "", false},
		"query":            {"/c/aurora/?x=1", "", false},
		"escaped":          {"/c/aurora/%74iny.json", "", false},
		"last one":         {"/c/aurora/", "Connection: close\r\n", false},
		"many headers":     {"/c/aurora/", strings.Repeat("X-A: "+strings.Repeat("a", 90)+"\r\n", 60), false},
	} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		got := answerTo(t, c, "GET "+tt.path+" HTTP/1.1\r\nHost: x\r\n"+tt.head+"\r\n")
		c.Close()
		if _, err := http.ParseTime(got.Header.Get("Date")); err != nil {
			t.Errorf("%s: no date: %v", name, err)
		}
		if past := len(passed) > 0; past == tt.quick {
			t.Errorf("%s went to the server: %v", name, past)
		}
		for len(passed) > 0 {
			<-passed
		}
	}
}

type answered struct {
	*http.Response
	body []byte
}

func answerTo(t *testing.T, c net.Conn, raw string) answered {
	t.Helper()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{res, body}
}

// One connection asks for pages, then for something else with a body, in pieces and all at once: nothing is lost in between.
func TestAConnectionIsHandedOverWhole(t *testing.T) {
	t.Parallel()
	address, _ := served(t, aSite())
	get := "GET /c/aurora/tiny.json HTTP/1.1\r\nHost: x\r\n\r\n"
	post := "POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
	for name, pieces := range map[string][]string{
		"at once":      {get + get + post + get},
		"one by one":   {get, get, post, get},
		"in pieces":    strings.Split(get+get+post+get, ""),
		"something of": {get[:10], get[10:] + get[:3], get[3:] + post[:30], post[30:] + get},
	} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		go func() {
			for _, p := range pieces {
				if _, err := io.WriteString(c, p); err != nil {
					t.Error(err)
				}
			}
		}()
		r := bufio.NewReader(c)
		var got []string
		for range 4 {
			res, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatalf("%s: %v after %q", name, err, got)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(body))
		}
		if fmt.Sprint(got) != "[{} {} POST hello <nil> {}]" {
			t.Errorf("%s: %q", name, got)
		}
		c.Close()
	}
}

// A page that is asked for while it changes is there every time, and it is the old one or the new one, whole, with its own ETag.
func TestNobodySeesHalfOfAChange(t *testing.T) {
	t.Parallel()
	s := aSite()
	address, _ := served(t, s)
	swap := func(body []byte) string {
		s.Replace(Edition{Homes: map[string]map[string]File{"aurora": {"index.html": {Type: "text/plain", Body: body}}}}, time.Now())
		return s.now.Load().homes["aurora"]["index.html"].etag
	}
	old, next := bytes.Repeat([]byte("old "), 5000), bytes.Repeat([]byte("new "), 7000)
	tags := map[string][]byte{swap(old): old}
	tags[swap(next)] = next
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				swap([][]byte{old, next}[i%2])
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	seen := make(map[string]bool)
	for asked := 0; asked < 300 || len(seen) < 2; asked++ {
		a := answerTo(t, c, "GET /c/aurora/ HTTP/1.1\r\nHost: x\r\n\r\n")
		tag := a.Header.Get("Etag")
		if want, known := tags[tag]; a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "text/plain" || !known || !bytes.Equal(a.body, want) {
			t.Fatalf("%s with %d bytes of %q under %s, which is neither edition", a.Status, len(a.body), a.Header.Get("Content-Type"), tag)
		}
		if seen[tag] = true; asked > 100000 {
			t.Fatal("only one edition was ever seen")
		}
	}
}

// What a builder kept is there again before anything else is known: on its own host name, and what was taken down says so.
func TestWake(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	down := aPage()
	down.ID, down.Slug, down.Stage, down.Ended = 8, "old", "withdrawn", time.Now()
	e := Edition{Homes: map[string]map[string]File{"aurora": filesOf(t, aPage(), down)}, Hosts: map[string]string{"help.aurora.example": "aurora"}}
	if err := Write(filepath.Join(dir, "aurora"), e.Homes["aurora"]); err != nil {
		t.Fatal(err)
	}
	was, err := e.note(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := e.note(filepath.Join(dir, "none"), was); err != nil || string(again) != string(was) {
		t.Errorf("the same is noted again: %v", err)
	}
	var s Site
	if err := s.Wake(dir); err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]int{"http://help.aurora.example/kettle/": 200, "/c/aurora/old/": 410, "/c/aurora/none/": 404} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", target, w.Code, want)
		}
	}
	if err := new(Site).Wake(t.TempDir()); err != nil {
		t.Errorf("nothing kept: %v", err)
	}
}

// Between requests somebody may take their time; one that has begun must be there soon, however its bytes trickle in.
func TestARequestThatTrickles(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first string        // asked before, at once
		every time.Duration // between two bytes
		ends  time.Duration // when it is given up, since the first byte
	}{
		"at first": {"", 3 * time.Second, firstRequest},
		"later":    {"GET /c/aurora/tiny.json HTTP/1.1\r\nHost: x\r\n\r\n", 3 * time.Second, firstRequest},
		"silent":   {"GET /c/aurora/tiny.json HTTP/1.1\r\nHost: x\r\n\r\n", time.Hour, idle},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := net.Pipe()
				c := &conn{Conn: server, site: aSite()}
				gone := make(chan error, 1)
				go func() { _, err := c.Read(make([]byte, 100)); gone <- err }()
				if tt.first != "" {
					answerTo(t, client, tt.first)
				}
				began := time.Now()
				var trickle sync.WaitGroup
				trickle.Go(func() {
					for _, b := range []byte("GET /c/aurora/" + strings.Repeat("x", 5000)) {
						if tt.every == time.Hour {
							return
						}
						if _, err := client.Write([]byte{b}); err != nil {
							return
						}
						time.Sleep(tt.every)
					}
				})
				err := <-gone
				if spent := time.Since(began); !errors.Is(err, os.ErrDeadlineExceeded) || spent != tt.ends {
					t.Errorf("given up after %s: %v; want %s", spent, err, tt.ends)
				}
				client.Close()
				server.Close()
				trickle.Wait()
			})
		})
	}
}

// What did not change between two writes is not written again.
func TestOnlyWhatChangedIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, page := new(Site), strings.Repeat("Please stop using the kettle. ", 100)
	edition := func(words string) Edition {
		return Edition{Homes: map[string]map[string]File{"aurora": {"index.html": {Type: "text/html", Body: []byte(page + words)}, "old.html": {Type: "text/html", Body: []byte(page)}}}}
	}
	s.Replace(edition("one"), time.Now())
	first := s.ready("aurora")
	if err := write(dir, first, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"index.html", "index.html.gz", "old.html", "old.html.gz"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("mark"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.Replace(edition("two"), time.Now())
	if err := write(dir, s.ready("aurora"), first); err != nil {
		t.Fatal(err)
	}
	for name, changed := range map[string]bool{"index.html": true, "index.html.gz": true, "old.html": false, "old.html.gz": false} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || (string(got) != "mark") != changed {
			t.Errorf("%s: %.20q, %v; written anew should be %v", name, got, err, changed)
		}
	}
	if files, err := Read(dir); err != nil || len(files) != 2 {
		t.Errorf("%d files are listed: %v", len(files), err)
	}
}
