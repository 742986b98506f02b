package assess

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/bundle"
	"breakwater/internal/fetch"
)

// png is the smallest picture.
var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89")

// A kept post has its page and media, stays when it is deleted at its network, and leaves in an archive that proves itself.
func TestLocker(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var site *httptest.Server
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/post":
			fmt.Fprintf(w, `<!doctype html><html><meta property="og:image" content="/a.png"><meta property="og:image" content="http://10.0.0.1/secret"><meta name="twitter:image" content="%s/page.js">`, site.URL)
		case "/a.png", "/b.png":
			w.Write(append(png, r.URL.Path...))
		case "/huge.png":
			w.Write(append(png, make([]byte, maxMedia)...))
		default:
			fmt.Fprint(w, "var x")
		}
	}))
	t.Cleanup(site.Close)
	l := &Locker{Store: b.db, Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()}), Log: slog.New(slog.DiscardHandler)}
	ref := desk.Ref{Network: "mastodon", NativeID: "1"}
	m := desk.Mention{Ref: ref, Kind: desk.KindPost, Text: "Glass! <script>alert(1)</script>", Lang: "en", URL: site.URL + "/post", Links: []string{site.URL + "/b.png", site.URL + "/huge.png", site.URL + "/read.html"},
		Author: desk.Author{Handle: "nina"}, Published: noon, Monitors: desk.IDs{b.monitor.ID}}
	m.Fold = m.Key().Fold()
	_, err := b.db.Append(t.Context(), []desk.Batch{{Mentions: []desk.Mention{m}}})
	check(t, err)
	kept, err := b.db.MentionByRef(t.Context(), ref)
	check(t, err)

	if _, err := l.Keep(b.viewer, b.room.ID, kept.ID, "", true); field(err) != desk.ErrForbidden.Error() {
		t.Errorf("a viewer keeps a post: %v", err)
	}
	if _, err := l.Bundle(b.responder, b.room.ID); field(err) != "evidence" {
		t.Errorf("nothing is exported: %v", err)
	}
	e, err := l.Keep(b.responder, b.room.ID, kept.ID, "It began here", true)
	check(t, err)
	if again, err := l.Keep(b.responder, b.room.ID, kept.ID, "", false); err != nil || again.ID != e.ID {
		t.Errorf("kept twice: %+v, %v", again, err)
	}
	if e.Name() != "E1" || !e.Pending || len(e.Files) != 2 || e.Hash != e.Files[0].Hash {
		t.Errorf("kept %+v", e)
	}
	check(t, l.round(t.Context()))
	e, err = l.One(b.viewer, e.ID)
	check(t, err)
	var names []string
	for _, f := range e.Files {
		names = append(names, f.Name)
	}
	if want := []string{"post.json", "rendering.html", "page.html", "media-1.png", "media-2.png"}; e.Pending || !slices.Equal(names, want) {
		t.Errorf("files %v, want %v; pending %t", names, want, e.Pending)
	}
	var problems []string
	for _, p := range e.Problems {
		problems = append(problems, p.English())
	}
	if len(problems) != 2 || problems[0] != "10.0.0.1 lies in a private network and is not asked." {
		t.Errorf("problems %q, want the private address and the file that is too large", problems)
	}

	// Gone at its network: the post's text is wiped, the exhibit is not.
	_, err = b.db.Append(t.Context(), []desk.Batch{{Gone: []desk.Ref{ref}}})
	check(t, err)
	if gone, err := b.db.Mention(t.Context(), kept.ID); err != nil || gone.Text != "" {
		t.Fatalf("the mention still says %q, %v", gone.Text, err)
	}
	f, err := l.File(b.viewer, e.ID, "post.json")
	if err != nil || !bytes.Contains(f.Body, []byte("Glass!")) {
		t.Errorf("kept %s, %v", f.Body, err)
	}
	if f, err = l.File(b.viewer, e.ID, "rendering.html"); err != nil || bytes.Contains(f.Body, []byte("<script")) || !bytes.Contains(f.Body, []byte(e.Hash)) {
		t.Errorf("rendered %s, %v", f.Body, err)
	}
	if _, err := l.File(b.viewer, e.ID, "../post.json"); field(err) != desk.ErrNotFound.Error() {
		t.Errorf("a file that is none: %v", err)
	}

	z, err := l.Bundle(b.responder, b.room.ID)
	check(t, err)
	report, err := bundle.Verify(bytes.NewReader(z.Body), int64(len(z.Body)))
	if err != nil || len(report.Problems) > 0 || report.Files != 7 || !bytes.Contains(report.Manifest, []byte(`"hash": "`+e.Hash)) {
		t.Errorf("the archive: %+v, %v", report, err)
	}
	entries, err := b.db.Journal(t.Context(), desk.EntryFilter{Do: "evidence.export"})
	if err != nil || len(entries) != 1 || !bytes.Contains([]byte(entries[0].Detail), []byte(report.Sum)) {
		t.Errorf("the journal says %+v, %v", entries, err)
	}
	head, err := b.db.Journal(t.Context(), desk.EntryFilter{Do: "evidence.fetch"})
	if err != nil || len(head) != 1 || !bytes.Contains(report.Manifest, []byte(head[0].Hash)) {
		t.Errorf("the manifest does not hold the journal's head %s, %v", head[0].Hash, err)
	}

	// The law: a period, and a way to delete.
	if _, err := l.KeepUntil(b.leader, e.ID, time.Now().AddDate(50, 0, 0), "x"); field(err) != "until" {
		t.Errorf("kept for ever: %v", err)
	}
	check(t, l.Purge(t.Context(), time.Now()))
	if _, err := l.One(b.viewer, e.ID); err != nil {
		t.Errorf("deleted before its day: %v", err)
	}
	if err := l.Discard(b.responder, e.ID, "asked to"); field(err) != desk.ErrForbidden.Error() {
		t.Errorf("a responder deletes: %v", err)
	}
	check(t, l.Purge(t.Context(), e.Until.Add(time.Second)))
	if _, err := l.One(b.viewer, e.ID); field(err) != desk.ErrNotFound.Error() {
		t.Errorf("kept after its day: %v", err)
	}
	if _, err := b.db.Blob(t.Context(), e.Hash); field(err) != desk.ErrNotFound.Error() {
		t.Errorf("its bytes are still there: %v", err)
	}
	if _, err := l.Keep(b.responder, b.room.ID, kept.ID, "", false); field(err) != "mention" {
		t.Errorf("a deleted post is kept: %v", err)
	}
}
