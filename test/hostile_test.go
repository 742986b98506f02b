package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/source"
)

// memoryLimit is the most memory that a desk may ever have taken, whatever strangers send it: in MiB, as the system counts the
// process. Measured on two cores: 110.
const memoryLimit = 256

// besieged is a desk with its default settings, save that it may reach the hostile servers of the tests.
type besieged struct {
	*served
	client *http.Client
	nginx  string // address of a real web server
	www    string // its folder
}

// TestHostile gives a desk everything that strangers may think of, all at once. For each case: a clear sentence, the source
// marked, what came before and after is kept, and the process stays below its limit.
func TestHostile(t *testing.T) {
	t.Parallel()
	b := besieged{served: newDesk(t, "--allow-private", "127.0.0.1")}
	b.client = b.served.client(t)
	base, folder := needs.Nginx(t, `
		location ~ \.gz$ { root www; add_header Content-Encoding gzip; types {} default_type application/rss+xml; }
		location = /inside.rss { return 302 http://127.0.0.2:1/feed; }`)
	b.nginx, b.www = base, filepath.Join(folder, "www")
	watched := b.source(t, "webhook", nil)
	b.deliver(t, watched, mention("calm-1", "All is well before", time.Now())).want(t, http.StatusAccepted, "")

	t.Run("all", func(t *testing.T) { // ends when all within have ended
		for _, c := range feedCases {
			t.Run(c.name, func(t *testing.T) { t.Parallel(); b.feed(t, c) })
		}
		t.Run("a redirection inside", func(t *testing.T) {
			t.Parallel()
			s := b.source(t, "feed", desk.Settings{"url": b.nginx + "/inside.rss"})
			b.waitFor(t, s, desk.HealthBroken, "127.0.0.2 is an address inside a private network")
		})
		t.Run("webhook", func(t *testing.T) { t.Parallel(); b.webhook(t) })
		t.Run("import", func(t *testing.T) { t.Parallel(); b.importFile(t) })
		t.Run("Jetstream", func(t *testing.T) { t.Parallel(); b.jetstream(t) })
		t.Run("Mastodon", func(t *testing.T) { t.Parallel(); b.mastodon(t) })
	})

	b.deliver(t, watched, mention("calm-2", "All is well after", time.Now())).want(t, http.StatusAccepted, "")
	b.wantHeard(t, watched, "calm-1", "calm-2")
	if s := b.read(t, watched); s.Health.State != desk.HealthOK && s.Health.State != desk.HealthNew {
		t.Errorf("a source that nothing was wrong with is %q: %s", s.Health.State, s.Health.Problem.English())
	}
	if got := peak(t, b.cmd.Process.Pid); got > memoryLimit {
		t.Errorf("the desk took %d MiB at its peak, want at most %d", got, memoryLimit)
	} else {
		t.Logf("the desk took %d MiB at its peak", got)
	}
}

// peak is the most memory that a process ever had, in MiB.
func peak(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kb, err := strconv.Atoi(number)
	if err != nil {
		t.Fatalf("VmHWM of the desk: %v", err)
	}
	return kb >> 10
}

// source adds a source that keeps everything.
func (b besieged) source(t *testing.T, kind string, set desk.Settings) desk.Source {
	t.Helper()
	if set == nil {
		set = desk.Settings{}
	}
	return send[desk.Source](t, b.client, b.url+"/api/v1/sources", map[string]any{"kind": kind, "name": t.Name(), "settings": set, "keep_all": true})
}

func (b besieged) read(t *testing.T, s desk.Source) desk.Source {
	t.Helper()
	return read[desk.Source](t, b.client, fmt.Sprintf("%s/api/v1/sources/%d", b.url, s.ID))
}

// waitFor waits until a source is marked so, with a problem that says this.
func (b besieged) waitFor(t *testing.T, s desk.Source, state, problem string) {
	t.Helper()
	var last desk.Health
	defer func() {
		if t.Failed() {
			t.Logf("health: %+v, %s", last, last.Problem.English())
		}
	}()
	waitFor(t, fmt.Sprintf("a source marked %q because %q", state, problem), func() bool {
		last = b.read(t, s).Health
		return last.State == state && strings.Contains(last.Problem.English(), problem)
	})
}

// again makes the desk ask a source at once, which it would do by itself some minutes later.
func (b besieged) again(t *testing.T, s desk.Source) {
	t.Helper()
	send[desk.Source](t, b.client, fmt.Sprintf("%s/api/v1/sources/%d/pause", b.url, s.ID), map[string]any{})
	b.waitFor(t, s, desk.HealthPaused, "")
	send[desk.Source](t, b.client, fmt.Sprintf("%s/api/v1/sources/%d/resume", b.url, s.ID), map[string]any{})
}

// heard are the mentions of a source by the end of their ids.
func (b besieged) heard(t *testing.T, s desk.Source) map[string]desk.Mention {
	t.Helper()
	page := read[struct{ Items []desk.Mention }](t, b.client, fmt.Sprintf("%s/api/v1/mentions?limit=200&source=%d", b.url, s.ID))
	all := make(map[string]desk.Mention)
	for _, m := range page.Items {
		name := m.NativeID[strings.LastIndexAny(m.NativeID, "/:")+1:]
		if _, twice := all[name]; twice {
			t.Errorf("%s is there twice", name)
		}
		all[name] = m
		if y := m.Published.Year(); y < 1995 || y > time.Now().Year()+1 {
			t.Errorf("%s is kept as of the year %d", name, y)
		}
		if strings.Contains(m.Text, "\u200d\u200d\u200d\u200d") || len(m.Text) > desk.MaxText {
			t.Errorf("%s is kept with %d bytes of text", name, len(m.Text))
		}
	}
	return all
}

// wantHeard waits until just these mentions are there, each once.
func (b besieged) wantHeard(t *testing.T, s desk.Source, names ...string) {
	t.Helper()
	waitFor(t, strings.Join(names, ", "), func() bool { return len(b.heard(t, s)) >= len(names) })
	got := b.heard(t, s)
	for _, n := range names {
		if _, ok := got[n]; !ok {
			t.Errorf("%s is lost", n)
		}
		delete(got, n)
	}
	for n := range got {
		t.Errorf("%s is there too", n)
	}
}

// mention is one as JSON, with a time written as it comes.
func mention(id, text string, at any) map[string]any {
	if tm, ok := at.(time.Time); ok {
		at = tm.UTC().Format(time.RFC3339Nano)
	}
	return map[string]any{"id": id, "text": text, "author": map[string]any{"handle": "mallory"}, "published": at}
}

// verdict is how the desk answered.
type verdict struct {
	status int
	body   string
}

func (v verdict) want(t *testing.T, status int, says string) {
	t.Helper()
	if v.status != status || !strings.Contains(v.body, says) {
		t.Errorf("answered %d, %.300s; want %d and %q", v.status, v.body, status, says)
	}
}

// deliver signs and sends what v is as JSON, or v itself when it is bytes.
func (b besieged) deliver(t *testing.T, s desk.Source, v any) verdict {
	t.Helper()
	body, raw := v.([]byte)
	if !raw {
		var err error
		if body, err = json.Marshal(v); err != nil {
			t.Fatal(err)
		}
	}
	signer, err := standardwebhooks.NewWebhook(s.Settings["secret"])
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	signature, err := signer.Sign("d", now, body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/in/%d", b.url, s.ID), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range map[string]string{"Content-Type": "application/json", "Webhook-Id": "d", "Webhook-Timestamp": fmt.Sprint(now.Unix()), "Webhook-Signature": signature} {
		req.Header.Set(k, v)
	}
	return answered(t, b.client, req)
}

func answered(t *testing.T, c *http.Client, req *http.Request) verdict {
	t.Helper()
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return verdict{res.StatusCode, string(answer)}
}

const joiner = "\u200d"

var (
	deep    = strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	joiners = strings.Repeat(joiner, 1<<20/len(joiner)) // 1 MB that nobody sees
)

// webhook sends what programs send that went wrong, or that belong to somebody else.
func (b besieged) webhook(t *testing.T) {
	s := b.source(t, "webhook", nil)
	b.deliver(t, s, mention("1", "before", time.Now())).want(t, http.StatusAccepted, `"new":1`)
	b.deliver(t, s, mention("large", strings.Repeat("x", 10<<20), time.Now())).want(t, http.StatusRequestEntityTooLarge, "Send at most 5 MB at once.")
	b.deliver(t, s, []byte(`{"id":"deep","text":"x","published":`+deep+`}`)).want(t, http.StatusBadRequest, "nested more than 64 levels deep")
	b.deliver(t, s, []byte("{\"id\":\"bytes\",\"text\":\"caf\xe9\",")).want(t, http.StatusBadRequest, "This is not JSON")
	b.deliver(t, s, []any{mention("year-0", "x", "0000-01-01T00:00:00Z"), mention("2", "among bad ones", time.Now()), mention("year-9999", "x", "9999-12-31T23:59:59Z")}).
		want(t, http.StatusAccepted, "The time 9999-12-31T23:59:59Z lies before 1995 or in the future.")
	b.deliver(t, s, mention("year-0", "x", "0000-01-01T00:00:00Z")).want(t, http.StatusUnprocessableEntity, "None of the records can be kept.")
	b.deliver(t, s, mention("joined", "a "+joiners+" storm", time.Now())).want(t, http.StatusAccepted, `"new":1`)
	b.deliver(t, s, mention("3", "after", time.Now())).want(t, http.StatusAccepted, `"new":1`)
	b.wantHeard(t, s, "1", "2", "3", "joined")
	if text := b.heard(t, s)["joined"].Text; !strings.HasSuffix(text, " storm") {
		t.Errorf("what was hidden behind joiners is lost: %q", text)
	}
	if got := b.read(t, s).Health.Rejects; got != 5 { // the deep one, the bytes, and three years
		t.Errorf("the source counts %d records that could not be read, want 5", got)
	}
}

// importFile imports lines of which most are bad.
func (b besieged) importFile(t *testing.T) {
	s := b.source(t, "file", nil)
	line := func(id, text string, at any) string {
		j, err := json.Marshal(mention(id, text, at))
		if err != nil {
			t.Fatal(err)
		}
		return string(j)
	}
	now := time.Now()
	lines := []struct{ text, bad string }{
		{line("1", "before", now), ""},
		{`{"id":"deep","text":` + deep + `}`, "nested more than"},
		{line("year-0", "x", "0000-01-01T00:00:00Z"), "lies before"},
		{line("year-9999", "x", "9999-12-31T23:59:59Z"), "lies before"},
		{"{\"id\":\"bytes\",\"text\":\"caf\xe9\"}", "not in UTF-8"},
		{line("joined", "a "+joiners[:len(joiners)/2]+" storm", now), ""},
		{line("long", joiners+joiners, now), "longer than 1024 KB"},
		{line("2", "after", now), ""},
	}
	var file bytes.Buffer
	want := make(map[int]string)
	for i, l := range lines {
		file.WriteString(l.text + "\n")
		if l.bad != "" {
			want[i+1] = l.bad
		}
	}
	req, err := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/api/v1/sources/%d/import", b.url, s.ID), &file)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	v := answered(t, b.client, req)
	var r source.Report
	if err := json.Unmarshal([]byte(v.body), &r); err != nil || v.status != http.StatusOK {
		t.Fatalf("answered %d, %.300s", v.status, v.body)
	}
	for _, bad := range r.Rejects {
		if says := want[bad.Line]; says == "" || !strings.Contains(bad.Reason.English(), says) {
			t.Errorf("line %d: %s; want %q", bad.Line, bad.Reason.English(), says)
		}
	}
	if r.Rejected != len(want) || r.New != len(lines)-len(want) {
		t.Errorf("%d new and %d bad rows, want %d and %d", r.New, r.Rejected, len(lines)-len(want), len(want))
	}
	b.wantHeard(t, s, "1", "joined", "2")
}

// TestPrivateAddresses gives sources, tests of sources and ways addresses that lead inside, to a desk that was not told to
// allow any.
func TestPrivateAddresses(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		fmt.Fprint(w, goodFeed("inside", "secret"))
	}))
	t.Cleanup(inside.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(inside.URL, "http://"), ":")
	b := besieged{served: newDesk(t)}
	b.client = b.served.client(t)
	const says = "is an address inside a private network"
	way := send[desk.Way](t, b.client, b.url+"/api/v1/ways", map[string]any{"kind": "hook", "name": "Inside", "settings": map[string]string{"url": inside.URL}})
	req, err := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/api/v1/ways/%d/test", b.url, way.ID), nil)
	if err != nil {
		t.Fatal(err)
	}
	answered(t, b.client, req).want(t, http.StatusUnprocessableEntity, says)
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "[fd00::1]", "[64:ff9b::7f00:1]"} {
		address := "http://" + host + ":" + port
		for kind, set := range map[string]desk.Settings{
			"feed": {"url": address + "/feed"}, "mastodon": {"server": address, "public": "local"}, "bluesky": {"hosts": "ws://" + host + ":" + port},
		} {
			t.Run(kind+" "+host, func(t *testing.T) {
				t.Parallel()
				body, err := json.Marshal(map[string]any{"kind": kind, "name": t.Name(), "settings": set})
				if err != nil {
					t.Fatal(err)
				}
				req, err := http.NewRequest(http.MethodPost, b.url+"/api/v1/sources/test", bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Content-Type", "application/json")
				answered(t, b.client, req).want(t, http.StatusUnprocessableEntity, says)
				b.waitFor(t, b.source(t, kind, set), desk.HealthBroken, says)
			})
		}
	}
	t.Cleanup(func() { // after the parallel ones
		if n := asked.Load(); n > 0 {
			t.Errorf("what is inside was asked %d times", n)
		}
	})
}
