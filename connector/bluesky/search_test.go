package bluesky

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/connector/connectortest"
	"breakwater/desk"
)

func searchSettings(base string) desk.Settings {
	return desk.Settings{"service": base, "identifier": "@harbour.example", "password": connectortest.Secret, "search": "kettle\nharbour coffee"}
}

func TestSearchContract(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, Search, func(t *testing.T) connectortest.Network {
		p := newPDS(t)
		for i := range 9 {
			p.write([]string{"a kettle", "kettle at harbour coffee", "hello @harbour.example"}[i%3], []string{"", "mention", "reply"}[i%3])
		}
		return connectortest.Network{Handler: p, Settings: searchSettings, First: 9, Post: func() { p.write("one more kettle", "") }}
	})
}

// search makes a source that asks without pause.
func search(t *testing.T, p *pds) (*ear, *searches) {
	t.Helper()
	e := listen(t, Search, searchSettings(p.serve()))
	s := e.s.(*searches)
	s.lookFor = 0
	return e, s
}

func TestSearch(t *testing.T) {
	t.Parallel()
	p := newPDS(t)
	e, _ := search(t, p)
	e.until("the first answer", func() bool { return len(e.batches) > 0 })
	uri := p.write("the kettle of harbour coffee", "mention") // found three times
	p.write("", "like")
	p.write("nothing to do with us", "")
	e.until("the post", e.heard("the kettle of harbour coffee"))
	p.edit(uri, "the mended kettle")
	e.until("the edit", e.heard("the mended kettle"))
	p.delete(uri)
	e.until("the deletion", func() bool { posts, _ := e.gone(); return len(posts) > 0 })
	e.until("some more answers", func() bool { return p.calls["app.bsky.feed.searchPosts"] > 20 })

	if diff := cmp.Diff([]string{"the kettle of harbour coffee", "the mended kettle"}, e.texts()); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
	first, second := e.mentions()[0], e.mentions()[1]
	want := desk.Author{NativeID: "did:plc:ana", Handle: "ana.example", Name: "Ana", URL: "https://bsky.app/profile/did:plc:ana", Followers: 1234}
	if diff := cmp.Diff(want, first.Author); diff != "" {
		t.Errorf("author (-want +got):\n%s", diff)
	}
	if posts, _ := e.gone(); !slices.Equal(posts, []string{uri}) || first.Ref != second.Ref || second.Edited.IsZero() {
		t.Errorf("post %v, edit %v, deletions %v are not of one", first.Ref, second.Ref, posts)
	}
	if p.signIns != 1 || p.calls["app.bsky.actor.getProfiles"] != 1 {
		t.Errorf("%d sign-ins and %d questions for one author, want one of each", p.signIns, p.calls["app.bsky.actor.getProfiles"])
	}
}

func TestSearchCatchesUp(t *testing.T) {
	t.Parallel()
	p := newPDS(t)
	e, _ := search(t, p)
	for i := range 70 {
		p.write(fmt.Sprint("kettle ", i), "")
	}
	e.until("the newest", e.heard("kettle 69"))
	if n := len(e.mentions()); n != pageSize {
		t.Errorf("a new source heard %d posts, want a page", n)
	}
	for i := range 320 {
		p.write(fmt.Sprint("more kettle ", i), []string{"", "mention"}[i%2])
		p.write("", "like")
	}
	again := listen(t, Search, searchSettings(p.serve()))
	again.cursor = e.cursor
	again.until("what was missed", func() bool { return len(again.mentions()) >= 320 })
	if err := again.pull(); err != nil || len(again.mentions()) != 320 || !again.heard("more kettle 0")() {
		t.Errorf("heard %d posts after the gap (%v), want 320", len(again.mentions()), err)
	}
}

// An access token lives for two hours. What follows must not be a new sign-in, of which there are 300 a day.
func TestSessionIsRefreshed(t *testing.T) {
	t.Parallel()
	p := newPDS(t)
	e, s := search(t, p)
	p.write("kettle", "")
	e.until("the post", e.heard("kettle"))
	s.access = "access-0"
	p.write("second kettle", "")
	e.until("the post after the access token expired", e.heard("second kettle"))
	if p.signIns != 1 || p.renewed != 1 {
		t.Errorf("signed in %d times and refreshed %d times, want once each", p.signIns, p.renewed)
	}
	s.access, s.refresh = "access-0", "refresh-0"
	p.write("third kettle", "")
	e.until("the post after both tokens expired", e.heard("third kettle"))
	if p.signIns != 2 {
		t.Errorf("signed in %d times, want twice", p.signIns)
	}
}

// A pull that fails halfway loses nothing of what its first half found.
func TestSearchFailsHalfway(t *testing.T) {
	t.Parallel()
	p := newPDS(t)
	e, _ := search(t, p)
	e.until("the first answer", func() bool { return len(e.batches) > 0 })
	p.write("hello @harbour.example", "mention")
	p.set(func() {
		p.fault = func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/xrpc/app.bsky.feed.searchPosts" {
				refuse(w, http.StatusBadGateway, "UpstreamFailure")
				return
			}
			p.answer(w, r, r.URL.Path[len("/xrpc/"):], r.URL.Query())
		}
	})
	var retry *desk.Retry
	if err := e.trouble(); !errors.As(err, &retry) {
		t.Errorf("got %v, want to try again", err)
	}
	p.set(func() { p.fault = nil })
	e.until("the mention", e.heard("hello @harbour.example"))
}

func TestSignInRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"AuthenticationRequired", "AuthFactorTokenRequired"} {
		p := newPDS(t)
		p.fault = func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusUnauthorized, name) }
		e, _ := search(t, p)
		if err := e.trouble(); !errors.Is(err, desk.ErrDenied) || desk.ProblemOf(err).IsZero() {
			t.Errorf("%s: got %v, want refused credentials and a sentence", name, err)
		}
		if n := p.calls["com.atproto.server.createSession"]; n != 1 {
			t.Errorf("%s: tried %d times", name, n)
		}
	}
}

func TestSearchSettings(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(desk.Settings){
		"service":    func(s desk.Settings) { s["service"] = "bsky.social" },
		"identifier": func(s desk.Settings) { s["identifier"] = " @ " },
		"password":   func(s desk.Settings) { s["password"] = " " },
		"search":     func(s desk.Settings) { s["search"], s["mentions"] = "\n", "false" },
	} {
		set := searchSettings("https://pds.example")
		change(set)
		_, err := Search.Source(set, env())
		var invalid *desk.Invalid
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
	if got := pace(1); got > 4*time.Second {
		t.Errorf("one list is asked every %v, too late for five seconds", got)
	}
}

func TestSearchCheck(t *testing.T) {
	t.Parallel()
	said, err := Search.Check(t.Context(), searchSettings(newPDS(t).serve()), env())
	if err != nil || said.With["account"] != "@harbour.example" {
		t.Errorf("got %q, %v", said.English(), err)
	}
}
