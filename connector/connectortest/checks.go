package connectortest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

func hearsOnce(t *testing.T, d *desktop) {
	all, _ := d.hear(t, d.open(t), "", d.First)
	if len(all) != d.First {
		t.Errorf("heard %d mentions, want %d", len(all), d.First)
	}
	seen := map[desk.Ref]bool{}
	for _, m := range all {
		if seen[m.Ref] {
			t.Errorf("%v came twice", m.Ref)
		}
		seen[m.Ref] = true
		if problem := flaw(m); problem != "" {
			t.Errorf("%v: %s: %+v", m.Ref, problem, m)
		}
	}
}

// flaw is what is wrong with a mention as a connector must make it; empty when nothing is.
func flaw(m desk.Mention) string {
	kinds := []string{desk.KindPost, desk.KindReply, desk.KindRepost, desk.KindArticle, desk.KindComment}
	switch {
	case m.Network == "" || m.NativeID == "":
		return "no network or no native id"
	case m.SourceID != 0 && m.SourceID != 7:
		return "another source's id"
	case !slices.Contains(kinds, m.Kind):
		return "unknown kind"
	case m.Text == "" && m.Title == "" && m.Kind != desk.KindRepost:
		return "nothing to read"
	case !utf8.ValidString(m.Title+m.Text) || strings.ContainsRune(m.Title+m.Text, 0):
		return "text is not clean UTF-8"
	case strings.HasPrefix(m.Author.Handle, "@"):
		return "handle with @"
	case slices.ContainsFunc(m.Tags, func(tag string) bool { return strings.HasPrefix(tag, "#") }):
		return "tag with #"
	case !webAddress(m.URL) || !webAddress(m.Author.URL):
		return "address that is not of the web"
	}
	return ""
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return s == "" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func sameAgain(t *testing.T, d *desktop) {
	first, _ := d.hear(t, d.open(t), "", d.First)
	again, _ := d.hear(t, d.open(t), "", d.First)
	if diff := cmp.Diff(refs(first), refs(again)); diff != "" {
		t.Error(diff)
	}
}

func goesOn(t *testing.T, d *desktop) {
	first, cursor := d.hear(t, d.open(t), "", d.First)
	if cursor == "" {
		t.Fatal("no cursor")
	}
	if strings.Contains(cursor, Secret) {
		t.Errorf("the cursor shows a secret: %s", cursor)
	}
	if more, _ := d.hear(t, d.open(t), cursor, 0); len(more) > 0 {
		t.Errorf("after a restart %v came again", refs(more))
	}
	if d.Post == nil {
		return
	}
	d.Post()
	more, _ := d.hear(t, d.open(t), cursor, 1)
	if len(more) != 1 || slices.Contains(refs(first), more[0].Ref) {
		t.Errorf("after one post and a restart got %v, want one new mention", refs(more))
	}
}

func refs(ms []desk.Mention) []desk.Ref {
	out := make([]desk.Ref, len(ms))
	for i, m := range ms {
		out[i] = m.Ref
	}
	slices.SortFunc(out, func(a, b desk.Ref) int { return strings.Compare(a.Network+a.NativeID, b.Network+b.NativeID) })
	return out
}

func ends(t *testing.T, d *desktop) {
	asked := make(chan struct{}, 100)
	d.failWith(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		io.Copy(io.Discard, r.Body) // before that, a server does not notice that the caller went away
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	s := d.open(t)
	go func() { _, err := s.Pull(ctx, ""); ended <- err }()
	wait(t, "the connector to ask", asked)
	cancel()
	if err := wait(t, "Pull to return after its context ended", ended); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the end of the context", err)
	}
}

func wait[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(10 * time.Second):
		t.Fatalf("waited 10 s for %s", what)
		panic("unreachable")
	}
}

// fault is a way in which a network fails, and what that must mean.
type fault struct {
	name   string
	answer http.HandlerFunc
	means  func(error) bool
}

func faults(t *testing.T) []fault {
	retry := func(err error) bool { var r *desk.Retry; return errors.As(err, &r) }
	stuck := func(err error) bool { return errors.Is(err, desk.ErrBroken) || retry(err) }
	denied := func(err error) bool { return errors.Is(err, desk.ErrDenied) }
	limited := func(err error) bool {
		var r *desk.Retry
		return errors.As(err, &r) && r.Limited && r.After == 2*time.Minute
	}
	return []fault{
		{"401", status(http.StatusUnauthorized), denied},
		{"403", status(http.StatusForbidden), denied},
		{"429", status(http.StatusTooManyRequests), limited},
		{"500", status(http.StatusInternalServerError), retry},
		{"503", status(http.StatusServiceUnavailable), retry},
		{"cut", cut, retry},
		{"garbage", garbage, stuck},
		{"empty", func(http.ResponseWriter, *http.Request) {}, stuck},
		{"huge", huge(t), stuck},
		{"astray", astray, stuck},
	}
}

func failures(t *testing.T, d *desktop) {
	for _, f := range faults(t) {
		d.failWith(f.answer)
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		b, err := d.open(t).Pull(ctx, "")
		cancel()
		if err == nil || !f.means(err) {
			t.Errorf("%s: got %v (%d mentions), which means something else", f.name, err, len(b.Mentions))
		}
		d.noSecret(t, err)
	}
	d.fault.Store(nil)
	if all, _ := d.hear(t, d.open(t), "", d.First); len(all) != d.First {
		t.Errorf("after the trouble: heard %d mentions, want %d", len(all), d.First)
	}
}

// status answers with an error and, as bad servers do, with everything that it was sent.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(code)
		sent, _ := io.ReadAll(io.LimitReader(r.Body, 1<<10))
		fmt.Fprintf(w, `{"error": "bad token %s %v %s"}`, r.URL, r.Header, sent)
	}
}

func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	io.WriteString(w, "{")
}

func garbage(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "\xff\xfe\x00<%s %v", r.URL, r.Header)
}

func astray(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", "http://%zz/"+r.Header.Get("Authorization")+r.URL.RawQuery)
	w.WriteHeader(http.StatusFound)
}

// huge goes on until the connector hangs up, which it must do long before the end.
func huge(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		piece := []byte("[" + strings.Repeat(" ", 64<<10-1))
		for range 256 << 20 / len(piece) {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
		t.Error("the connector read an answer of 256 MB to its end")
	}
}

func refusesSettings(t *testing.T, d *desktop) {
	for _, f := range d.kind.Spec.Fields {
		if !f.Required {
			continue
		}
		set := d.Settings(d.base)
		delete(set, f.Name)
		_, err := d.kind.Source(set, d.env())
		var invalid *desk.Invalid
		if !errors.As(err, &invalid) || invalid.Field != f.Name {
			t.Errorf("without %s: got %v, want a *desk.Invalid for it", f.Name, err)
		}
	}
}
