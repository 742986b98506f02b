package webhook

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/connector"
	"breakwater/desk"
)

var secret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("a key of twenty-four byte"))

// house is what stands behind the door: one source, and all that was kept.
type house struct {
	mu      sync.Mutex
	source  desk.Source
	kept    []desk.Batch
	refuse  error
	unheard int // mentions of each batch that no monitor listens for
}

func (h *house) Source(_ context.Context, id int64) (desk.Source, error) {
	if id != h.source.ID {
		return desk.Source{}, desk.ErrNotFound
	}
	return h.source, nil
}

func (h *house) Keep(_ context.Context, b desk.Batch) (desk.Stored, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refuse != nil {
		return desk.Stored{}, h.refuse
	}
	h.kept = append(h.kept, b)
	return desk.Stored{New: len(b.Mentions) - h.unheard, Unmatched: h.unheard, Gone: len(b.Gone)}, nil
}

func newHouse() *house {
	return &house{source: desk.Source{ID: 3, Kind: "webhook", Settings: desk.Settings{"secret": secret, "network": "shop"}}}
}

// serve is the handler as app mounts it.
func (h *house) serve() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/in/{source}", &Handler{Sources: h, Keeper: h, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	return mux
}

// delivered is a request as a sender signs it.
func delivered(t testing.TB, body string, edit ...func(*http.Request)) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/in/3", strings.NewReader(body))
	sign(t, r, body, "msg_1", time.Now())
	for _, e := range edit {
		e(r)
	}
	return r
}

func sign(t testing.TB, r *http.Request, body, id string, at time.Time) {
	t.Helper()
	w, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := w.Sign(id, at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("webhook-signature", signature)
	r.Header.Set("Content-Type", "application/json")
}

func send(h *house, r *http.Request) (int, string) {
	w := httptest.NewRecorder()
	h.serve().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestADeliveryIsKept(t *testing.T) {
	t.Parallel()
	const one = `{"id":"7","network":"Mastodon","text":"Hello","author":{"handle":"@ana","followers":120},"published":"2026-11-20T08:00:00Z","url":"https://m.example/7","tags":["#tea"]}`
	want := desk.Mention{
		Ref: desk.Ref{Network: "mastodon", NativeID: "7"}, SourceID: 3, Kind: desk.KindPost, Text: "Hello", URL: "https://m.example/7",
		Author: desk.Author{NativeID: "ana", Handle: "ana", Followers: 120}, Published: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC),
		Tags: []string{"tea"}, Late: true,
	}
	for name, body := range map[string]string{
		"one":   one,
		"list":  "[" + one + "]",
		"named": `{"mentions":[` + one + `]}`,
		"lines": one + "\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse()
			code, answer := send(h, delivered(t, body, func(r *http.Request) {
				if name == "lines" {
					r.Header.Set("Content-Type", "application/x-ndjson; charset=utf-8")
				}
			}))
			if code != http.StatusAccepted || !strings.Contains(answer, `"kept":1,"new":1`) {
				t.Fatalf("%s answered %d %s", body, code, answer)
			}
			if diff := cmp.Diff([]desk.Mention{want}, h.kept[0].Mentions); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
			if !h.kept[0].OwnOnly || !h.kept[0].Durable || h.kept[0].SourceID != 3 {
				t.Errorf("the sender is told kept, but the batch is %+v", h.kept[0])
			}
		})
	}
}

func TestAForeignShapeIsMapped(t *testing.T) {
	t.Parallel()
	h := newHouse()
	h.source.Settings["mapping"] = "records = data.items\ntext = attributes.body\npublished = attributes.ts\nauthor.handle = who[0].name\ntags = attributes.marks[*].t\nid = ref"
	body := `{"data":{"items":[{"ref":12,"attributes":{"body":"Hej","ts":1763712000000,"marks":[{"t":"a"},{"t":"b"}]},"who":[{"name":"nils"}]},{"ref":13,"deleted":true}]}}`
	if code, answer := send(h, delivered(t, body)); code != http.StatusAccepted {
		t.Fatalf("answered %d %s", code, answer)
	}
	m := h.kept[0].Mentions[0]
	if m.Text != "Hej" || m.NativeID != "12" || m.Author.Handle != "nils" || !m.Published.Equal(time.UnixMilli(1763712000000)) || !cmp.Equal(m.Tags, []string{"a", "b"}) || m.Network != "shop" {
		t.Errorf("read %+v", m)
	}
	if diff := cmp.Diff([]desk.Ref{{Network: "shop", NativeID: "13"}}, h.kept[0].Gone); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
}

func TestGoodRecordsAreKeptAndBadOnesReported(t *testing.T) {
	t.Parallel()
	h := newHouse()
	body := `[{"text":"fine"},{"text":""},{"text":"x","published":"soon"},7,{"text":"y","published":"0000-01-01T00:00:00Z"},{"text":"z","published":"9999-12-31T23:59:59Z"}]`
	code, answer := send(h, delivered(t, body))
	var got struct {
		Kept   int
		Errors []reject
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil || code != http.StatusAccepted || got.Kept != 1 {
		t.Fatalf("answered %d %s (%v)", code, answer, err)
	}
	var fields []string
	for _, e := range got.Errors {
		fields = append(fields, fmt.Sprintf("%d %s", e.Index, e.Field))
	}
	if diff := cmp.Diff([]string{"1 text", "2 published", "3 record", "4 published", "5 published"}, fields); diff != "" {
		t.Errorf("bad records (-want +got):\n%s\n%s", diff, answer)
	}
	if len(h.kept[0].Rejects) != 5 {
		t.Errorf("%d rejects counted, want 5", len(h.kept[0].Rejects))
	}
}

func TestSendingAgainIsHarmless(t *testing.T) {
	t.Parallel()
	h := newHouse()
	body := `[{"text":"no id, no time"},{"text":"no id, no time"}]`
	for i := range 2 {
		r := delivered(t, body)
		sign(t, r, body, "msg_9", time.Now().Add(time.Duration(i)*time.Minute)) // a retry carries a new timestamp
		if code, answer := send(h, r); code != http.StatusAccepted {
			t.Fatalf("answered %d %s", code, answer)
		}
	}
	first, second := h.kept[0].Mentions, h.kept[1].Mentions
	if first[0].Key() != second[0].Key() || first[1].Key() != second[1].Key() || first[0].Key() == first[1].Key() {
		t.Errorf("ids of a delivery %v, %v; of its repetition %v, %v", first[0].Ref, first[1].Ref, second[0].Ref, second[1].Ref)
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	tests := []struct {
		name, body string
		edit       func(*http.Request)
		house      func(*house)
		status     int
		says       string
	}{
		{name: "no signature", edit: header("webhook-signature", ""), status: 401, says: "webhook-signature"},
		{name: "another signature", edit: header("webhook-signature", "v1,AAAA"), status: 401, says: "does not match"},
		{name: "another id", edit: header("webhook-id", "msg_2"), status: 401, says: "does not match"},
		{name: "old", edit: func(r *http.Request) { sign(t, r, `{"text":"a"}`, "m", time.Now().Add(-6*time.Minute)) }, status: 401, says: "five minutes"},
		{name: "from the future", edit: func(r *http.Request) { sign(t, r, `{"text":"a"}`, "m", time.Now().Add(6*time.Minute)) }, status: 401, says: "five minutes"},
		{name: "no number", edit: header("webhook-timestamp", "now"), status: 401, says: "seconds since 1970"},
		{name: "an empty secret", house: func(h *house) { h.source.Settings["secret"] = "" }, status: 401, says: "cannot be checked"},
		{name: "a prefix alone", house: func(h *house) { h.source.Settings["secret"] = "whsec_" }, status: 401, says: "cannot be checked"},
		{name: "get", edit: func(r *http.Request) { r.Method = http.MethodGet }, status: 405, says: "POST"},
		{name: "unknown source", edit: func(r *http.Request) { r.URL.Path = "/in/4" }, status: 404, says: "no webhook source"},
		{name: "no number as source", edit: func(r *http.Request) { r.URL.Path = "/in/x" }, status: 404, says: "no webhook source"},
		{name: "another kind", house: func(h *house) { h.source.Kind = "feed" }, status: 404, says: "no webhook source"},
		{name: "paused", house: func(h *house) { h.source.Paused = true }, status: 503, says: "paused"},
		{name: "form", edit: header("Content-Type", "application/x-www-form-urlencoded"), status: 415, says: "application/json"},
		{name: "gzip", edit: header("Content-Encoding", "gzip"), status: 415, says: "uncompressed"},
		{name: "no JSON", body: `{"text": "a"`, status: 400, says: "line 1"},
		{name: "two documents", body: `{"text":"a"} {"text":"b"}`, status: 400, says: "after the end"},
		{name: "nothing", body: ` `, status: 400, says: "not JSON"},
		{name: "deep", body: deep, status: 400, says: "64 levels"},
		{name: "many values", body: "[" + strings.Repeat("1,", 300_000) + "1]", status: 400, says: "200000 values"},
		{name: "many records", body: "[" + strings.Repeat("{},", MaxRecords) + "{}]", status: 413, says: "at most 10000"},
		{name: "none good", body: `{"text":"","author":"ana"}`, status: 422, says: `"field":"text"`},
		{name: "large", body: `{"text":"` + strings.Repeat("a", 10<<20) + `"}`, status: 413, says: "at most 5 MB"},
		{name: "wrong bytes", body: "{\"text\":\"\xff\xfe\"", status: 400, says: "not JSON"},
		{name: "store in trouble", house: func(h *house) { h.refuse = errors.New("disk full: /var/secret") }, status: 503, says: "Send it again"},
		{name: "nothing where it should be", house: func(h *house) { h.source.Settings["mapping"] = "records = a.b" }, status: 400, says: "mapping"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse()
			if tt.house != nil {
				tt.house(h)
			}
			if tt.body == "" {
				tt.body = `{"text":"a"}`
			}
			if tt.edit == nil {
				tt.edit = func(*http.Request) {}
			}
			began := time.Now()
			code, answer := send(h, delivered(t, tt.body, tt.edit))
			if code != tt.status || !strings.Contains(answer, tt.says) || !json.Valid([]byte(answer)) {
				t.Errorf("answered %d %s, want %d with %q", code, answer, tt.status, tt.says)
			}
			if strings.Contains(answer, "/var/secret") || strings.Contains(answer, secret) {
				t.Errorf("%s tells too much", answer)
			}
			for _, b := range h.kept {
				if len(b.Mentions) > 0 {
					t.Errorf("kept %v all the same", b.Mentions)
				}
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestAChunkedBodyHasItsLimitToo(t *testing.T) {
	t.Parallel()
	h := newHouse()
	body := `{"text":"` + strings.Repeat("a", 6<<20) + `"}`
	code, _ := send(h, delivered(t, body, func(r *http.Request) { r.ContentLength = -1 }))
	if code != http.StatusRequestEntityTooLarge {
		t.Errorf("6 MB in chunks answered %d", code)
	}
}

func TestWhatNoMonitorListensForIsNotCalledKept(t *testing.T) {
	t.Parallel()
	h := newHouse()
	h.unheard = 1
	code, answer := send(h, delivered(t, `[{"text":"about us"},{"text":"about others"}]`))
	if code != http.StatusAccepted || !strings.Contains(answer, `"kept":1,"new":1`) || !strings.Contains(answer, `"unmatched":1`) {
		t.Errorf("answered %d %s", code, answer)
	}
}

// Many programs write all they have before they read: they must hear the answer all the same.
func TestWhoWritesBeforeTheyReadHearsTheAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newHouse().serve())
	defer server.Close()
	body := strings.Repeat("a", 10<<20)
	for name, want := range map[string]int{"signed": http.StatusRequestEntityTooLarge, "unsigned": http.StatusUnauthorized} {
		var d net.Dialer
		c, err := d.DialContext(t.Context(), "tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		r := delivered(t, body, func(r *http.Request) {
			r.Header.Set("Connection", "close")
			if name == "unsigned" {
				r.Header.Del("webhook-signature")
			}
		})
		if err := r.Write(c); err != nil {
			t.Fatalf("%s: the rest could not be written: %v", name, err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(c), r)
		if err != nil {
			t.Fatalf("%s: no answer: %v", name, err)
		}
		if answer.Body.Close(); answer.StatusCode != want {
			t.Errorf("%s: answered %d, want %d", name, answer.StatusCode, want)
		}
	}
}

// Strangers who send much at once and never end take no more memory than is set aside for them, and others come in again
// when they have gone.
func TestStrangersDoNotFillTheMemory(t *testing.T) {
	t.Parallel()
	h := newHouse()
	door := h.serve()
	ends := make(chan struct{})
	began := make(chan struct{})
	var all sync.WaitGroup
	for range unread / MaxBody {
		all.Go(func() {
			body := io.MultiReader(strings.NewReader(strings.Repeat(" ", MaxBody-1)), waiting{began, ends})
			door.ServeHTTP(httptest.NewRecorder(), delivered(t, "", func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(body), -1 }))
		})
		<-began
	}
	const good = `{"id":"7","text":"Hello"}`
	w := httptest.NewRecorder()
	door.ServeHTTP(w, delivered(t, strings.Repeat(" ", MaxBody-len(good))+good))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("with a full house: %d %s, want 503 and when to come again", w.Code, w.Body)
	}
	close(ends)
	all.Wait()
	w = httptest.NewRecorder()
	door.ServeHTTP(w, delivered(t, good))
	if w.Code != http.StatusAccepted {
		t.Errorf("afterwards: %d %s, want 202", w.Code, w.Body)
	}
}

// waiting is the rest of a body that does not come.
type waiting struct{ began, ends chan struct{} }

func (w waiting) Read([]byte) (int, error) {
	w.began <- struct{}{}
	<-w.ends
	return 0, io.ErrClosedPipe
}

func TestTwoSecretsWhileTheyChange(t *testing.T) {
	t.Parallel()
	h := newHouse()
	h.source.Settings["secret"] = "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)) + " " + secret
	if code, answer := send(h, delivered(t, `{"text":"a"}`)); code != http.StatusAccepted {
		t.Errorf("the second of two secrets: %d %s", code, answer)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for field, set := range map[string]desk.Settings{
		"mapping": {"secret": secret, "mapping": "colour = data.colour"},
		"secret":  {"secret": "whsec_abc"},
	} {
		var wrong *desk.Invalid
		if _, err := Kind.Source(set, connector.Env{}); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%v: %v, want the field %s named", set, err, field)
		}
	}
	if _, err := Kind.Source(desk.Settings{"secret": secret}, connector.Env{}); err != nil {
		t.Error(err)
	}
}

func FuzzWebhook(f *testing.F) {
	f.Add([]byte(`{"mentions":[{"text":"a","published":1763712000}]}`), "")
	f.Add([]byte(`{"data":{"items":[{"t":"x","d":true,"id":[1]}]}}`), "records = data.items\ntext = t\ndeleted=d\nid=id[0]")
	f.Add([]byte(`[[[[{"A b":null}]]]]`), "text = a[*].b[0][1]")
	f.Add([]byte("{\"text\":\"\xff\",\"author\":{\"handle\":\"\\u0000\"}}"), "$.text=text")
	f.Fuzz(func(t *testing.T, body []byte, mapping string) {
		h := newHouse()
		h.source.Settings["mapping"] = mapping
		if _, err := newDoor(h.source.Settings, connector.Env{}); err != nil {
			return
		}
		code, answer := send(h, delivered(t, string(body)))
		if code >= 500 || !json.Valid([]byte(answer)) {
			t.Errorf("answered %d %s", code, answer)
		}
		for _, b := range h.kept {
			for _, m := range b.Mentions {
				if m.NativeID == "" || m.Network == "" || m.Text == "" || m.Published.IsZero() || len(m.NativeID) > 512 {
					t.Errorf("kept %+v", m)
				}
				if len(m.Text) > len(body)+len(body)/2 {
					t.Errorf("a body of %d bytes made a text of %d", len(body), len(m.Text))
				}
			}
		}
	})
}
