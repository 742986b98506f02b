package bluesky

import (
	"context"
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/publish"
)

// A statement goes out on a real Bluesky network, once; it reads back, an answer hangs on it, and it goes.
func TestSpeaksOnARealNetwork(t *testing.T) {
	t.Parallel()
	network := needs.Bluesky(t)
	us, ana := network.Account(t, "harbour"), network.Account(t, "ana")
	made, err := Kind.Channel(desk.Settings{"service": network.PDS, "identifier": us.Handle, "password": us.AppPassword(t)}, env())
	if err != nil {
		t.Fatal(err)
	}
	m := made.(*mouth)
	about, err := m.Inspect(t.Context())
	if err != nil || about.Account != "@harbour.test" || about.Limits.Text != 300 {
		t.Fatalf("inspect: %+v, %v", about, err)
	}
	asked := ana.Post(t, "My kettle exploded")
	now := time.Now().UTC()
	l := publish.Letter{Post: desk.Post{Key: "k1", Lang: "en", First: now, Due: now, ReplyTo: asked,
		Text: "שלום @ana.test, we recall the kettle: https://example.org/kettle #kettle", Media: []desk.Media{{Hash: "aa", Type: "image/png", Alt: "The kettle", Width: 1, Height: 1}}},
		Body: func(context.Context, desk.Media) ([]byte, error) {
			return base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")
		}}
	var first publish.Receipt
	for deadline := time.Now().Add(30 * time.Second); ; { // the network shows Ana's post a moment later
		first, err = m.Send(t.Context(), l)
		if err == nil || time.Now().After(deadline) {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	again, err := m.Send(t.Context(), l)
	found, err2 := m.Find(t.Context(), l.Post)
	if err != nil || err2 != nil || again.NativeID != first.NativeID || found.NativeID != first.NativeID {
		t.Errorf("sent again %+v (%v), found %+v (%v), want %+v", again, err, found, err2, first)
	}
	l.NativeID = first.NativeID
	if live, err := m.Read(t.Context(), l.Post); err != nil || live.Text != l.Text || live.Media != 1 {
		t.Errorf("reads back %+v, %v", live, err)
	}
	for range 2 {
		if err := m.Retract(t.Context(), l.Post); err != nil {
			t.Errorf("take back: %v", err)
		}
	}
	if _, err := m.Read(t.Context(), l.Post); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("after it was taken back: %v", err)
	}
	wrong, err := Kind.Channel(desk.Settings{"service": network.PDS, "identifier": us.Handle, "password": "wrong"}, env())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.(*mouth).Inspect(t.Context()); !errors.Is(err, desk.ErrDenied) || desk.ProblemOf(connector.Failure(err)).IsZero() {
		t.Errorf("a wrong password: %v", err)
	}
}
