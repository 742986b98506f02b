package mastodon

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/publish"
)

// stage is a server with one account that the contract speaks with.
func stage(m *connectortest.Mastodon) connectortest.Stage {
	return connectortest.Stage{
		Handler:  m,
		Settings: func(base string) desk.Settings { return desk.Settings{"server": base, "token": connectortest.Secret} },
		Says:     func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == "/api/v1/statuses" },
		Live:     func() int { return len(m.Statuses()) },
		Long:     strings.Repeat("a", 501),
	}
}

func TestSpeaksOnMastodon(t *testing.T) {
	t.Parallel()
	connectortest.Speak(t, Kind, func(t *testing.T) connectortest.Stage { return stage(&connectortest.Mastodon{T: t}) })
}

func TestSpeaksOnGoToSocial(t *testing.T) {
	t.Parallel()
	connectortest.Speak(t, Kind, func(t *testing.T) connectortest.Stage { return stage(&connectortest.Mastodon{T: t, GoToSocial: true}) })
}

// speaking is a mouth at a server of a test's own.
func speaking(t *testing.T, server *connectortest.Mastodon, set ...string) *mouth {
	t.Helper()
	srv := httptest.NewServer(server)
	t.Cleanup(srv.Close)
	settings := stage(server).Settings(srv.URL)
	for i := 0; i+1 < len(set); i += 2 {
		settings[set[i]] = set[i+1]
	}
	m, err := newMouth(settings, env())
	if err != nil {
		t.Fatal(err)
	}
	return m.(*mouth)
}

func TestScheduledStatusesAreCancelled(t *testing.T) {
	t.Parallel()
	for _, gotosocial := range []bool{false, true} {
		server := &connectortest.Mastodon{T: t, GoToSocial: gotosocial}
		m := speaking(t, server)
		var ids []string
		for i := range 45 { // more than a page
			ids = append(ids, server.Queue(fmt.Sprint("Monday joke ", i), time.Now().Add(time.Hour)))
		}
		list, err := m.Scheduled(t.Context())
		want := len(ids)
		if gotosocial {
			want = 0
		}
		if err != nil || len(list) != want || want > 0 && (list[0].Text != "Monday joke 44" || list[0].Due.IsZero()) {
			t.Errorf("scheduled: %+v, %v", list, err)
		}
		for range 2 {
			if err := m.Cancel(t.Context(), ids[7]); err != nil {
				t.Errorf("cancel: %v", err)
			}
		}
		if left := server.Queued(); !gotosocial && left != 44 {
			t.Errorf("%d wait after one was cancelled, want 44", left)
		}
		about, err := m.Inspect(t.Context())
		link := map[bool]int{false: 23, true: 0}[gotosocial]
		if err != nil || about.Account != "@harbour@town.example" || about.Limits.Text != 500 || about.Limits.As != map[bool]string{true: "gotosocial"}[gotosocial] || about.Limits.PerLink != link || about.Limits.Alt != 1500 || about.Limits.Media != 4 {
			t.Errorf("inspect: %+v, %v", about, err)
		}
	}
}

// drawing is a letter with a picture.
func drawing(text string, media ...desk.Media) publish.Letter {
	now := time.Now().UTC()
	return publish.Letter{
		Post: desk.Post{Key: strings.ToLower(rand.Text()), Lang: "zh-Hant", Text: text, Media: media, First: now, Claimed: now, Attempts: 1},
		Body: func(_ context.Context, m desk.Media) ([]byte, error) { return []byte("the bytes of " + m.Hash), nil },
	}
}

// A picture goes up with its description and is waited for, the status changes in place, is seen by whom it should, and answers
// what it answers.
func TestPicturesEditsAndAnswers(t *testing.T) {
	t.Parallel()
	for _, gotosocial := range []bool{false, true} {
		server := &connectortest.Mastodon{T: t, GoToSocial: gotosocial, Working: map[bool]int{false: 2}[gotosocial]}
		m := speaking(t, server, "visibility", "unlisted")
		l := drawing("We recall the kettle.\n\nAsk @ana@other.example or read https://example.org/a/rather/long/way/to/the/kettle?from=us", desk.Media{Hash: "one", Type: "image/png", Alt: "The kettle"})
		first, err := m.Send(t.Context(), l)
		if err != nil {
			t.Fatalf("send: %v", err)
		}
		st := server.Statuses()[0]
		if st.Visibility != "unlisted" || st.Language != "zh" || len(st.Media) != 1 || st.Media[0].Description != "The kettle" || st.Media[0].Type != "image/png" {
			t.Errorf("the server has %+v", st)
		}
		if found, err := m.Find(t.Context(), l.Post); err != nil || found.NativeID != first.NativeID {
			t.Errorf("find: %+v, %v", found, err)
		}
		l.NativeID = first.NativeID
		l.Text, l.Media = "Corrected: two kettles.", append(l.Media, desk.Media{Hash: "two", Type: "image/jpeg", Alt: "The other one"})
		again, err := m.Edit(t.Context(), l)
		if err != nil || again.NativeID != first.NativeID || again.Link != first.Link {
			t.Errorf("edit: %+v, %v; want %+v", again, err, first)
		}
		live, err := m.Read(t.Context(), l.Post)
		if err != nil || live.Text != l.Text || live.Media != 2 || live.Edited.IsZero() {
			t.Errorf("reads back %+v, %v", live, err)
		}
		if all := server.Statuses(); len(all) != 1 || all[0].Visibility != "unlisted" || all[0].Media[1].Description != "The other one" {
			t.Errorf("after the edit the server has %+v", all)
		}
		answer := drawing("The next word comes at 17:00.")
		answer.ReplyTo = first.NativeID
		if _, err := m.Send(t.Context(), answer); err != nil || server.Statuses()[1].ReplyTo != st.ID {
			t.Errorf("an answer: %+v, %v", server.Statuses()[1], err)
		}
		lost := drawing("The next word comes at 17:00.") // the same words, but no answer
		if _, err := m.Find(t.Context(), lost.Post); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("the same words in another place: %v", err)
		}
		answer.ReplyTo = "elsewhere.example/7"
		var wrong *desk.Invalid
		if _, err := m.Send(t.Context(), answer); !errors.As(err, &wrong) {
			t.Errorf("an answer to a status of another server: %v", err)
		}
		answer = drawing("To something that was deleted.")
		answer.ReplyTo = m.client.place.nativeID("115")
		if _, err := m.Send(t.Context(), answer); err == nil || errors.Is(err, publish.ErrUnsure) {
			t.Errorf("an answer to what is gone: %v", err)
		}
	}
}

// A picture that is worked on for too long is no send of which nobody knows: nothing was said yet.
func TestAPictureThatIsNeverReady(t *testing.T) {
	t.Parallel()
	server := &connectortest.Mastodon{T: t, Working: 1000}
	m := speaking(t, server)
	ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer cancel()
	var retry *desk.Retry
	if _, err := m.Send(ctx, drawing("Look.", desk.Media{Hash: "one", Type: "image/png"})); !errors.As(err, &retry) || errors.Is(err, publish.ErrUnsure) {
		t.Errorf("got %v, want later", err)
	}
	if n := len(server.Statuses()); n != 0 {
		t.Errorf("%d statuses", n)
	}
}

// A busy account: the status lies behind more of its others than one look used to read. Where more was said since than can be read,
// nobody says that it is not there, and so it is not sent again.
func TestFindsWhatLiesFarBack(t *testing.T) {
	t.Parallel()
	for others, want := range map[int]error{300: nil, 40 * findPages: publish.ErrBlind} {
		server := &connectortest.Mastodon{T: t, GoToSocial: true}
		m := speaking(t, server)
		l := drawing("We recall the kettle.")
		first, err := m.Send(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		for i := range others {
			server.Say(fmt.Sprint("Thank you ", i))
		}
		found, err := m.Find(t.Context(), l.Post)
		if !errors.Is(err, want) || err == nil && found.NativeID != first.NativeID {
			t.Errorf("behind %d others: %+v, %v; want %v", others, found, err, want)
		}
		l.Attempts = 2
		if _, err := m.Send(t.Context(), l); !errors.Is(err, want) {
			t.Errorf("sent again behind %d others: %v; want %v", others, err, want)
		}
		if n := len(server.Statuses()); n != others+1 {
			t.Errorf("the server has %d statuses, want %d", n, others+1)
		}
	}
	server := &connectortest.Mastodon{T: t}
	if _, err := speaking(t, server).Find(t.Context(), drawing("Never said.").Post); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("on an account that never said anything: %v", err)
	}
}

// The same words twice: a copy that is known as that of one post is not taken for the other's.
func TestTheCopyOfAnotherPostIsNotFound(t *testing.T) {
	t.Parallel()
	server := &connectortest.Mastodon{T: t, GoToSocial: true}
	m := speaking(t, server)
	l := drawing("Office hours: 9 to 5.")
	first, err := m.Send(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	m.others = func(_ context.Context, nativeID string, but int64) (bool, error) {
		return nativeID == first.NativeID && but != 1, nil
	}
	for id, want := range map[int64]error{1: nil, 2: desk.ErrNotFound} {
		l.ID = id
		if found, err := m.Find(t.Context(), l.Post); !errors.Is(err, want) || err == nil && !found.ByWords {
			t.Errorf("post %d: %+v, %v; want %v", id, found, err, want)
		}
	}
}
