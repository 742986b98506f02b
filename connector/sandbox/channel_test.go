package sandbox

import (
	"errors"
	"strings"
	"testing"

	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/publish"
)

func TestSpeaksInTheSandbox(t *testing.T) {
	t.Parallel()
	connectortest.Speak(t, New().Kind(), func(*testing.T) connectortest.Stage {
		lines := &memory{lines: map[string][]desk.Line{}}
		return connectortest.Stage{
			Settings: func(string) desk.Settings { return desk.Settings{} },
			Live: func() (n int) {
				lines.mu.Lock()
				defer lines.mu.Unlock()
				for _, shelf := range lines.lines {
					for _, l := range shelf {
						if l.State == copyLive {
							n++
						}
					}
				}
				return n
			},
			Long: strings.Repeat("a", usualLimit+1), Lines: lines,
		}
	})
}

func TestTheSandboxSpeaks(t *testing.T) {
	t.Parallel()
	n := New()
	m := n.Mouth()
	p := desk.Post{Key: "k", Title: "Recall", Text: "We recall the kettle."}
	if _, err := m.(publish.Finder).Find(t.Context(), p); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("before: %v", err)
	}
	for range 2 {
		r, err := m.Send(t.Context(), publish.Letter{Post: p})
		if err != nil || r.NativeID != "k" {
			t.Fatalf("send: %+v, %v", r, err)
		}
		p.NativeID = r.NativeID
	}
	if live, err := n.Mouth().(publish.Reader).Read(t.Context(), p); err != nil || live.Text != p.Text || live.Title != p.Title {
		t.Errorf("reads back %+v, %v", live, err)
	}
	p.Text = "Corrected."
	if _, err := m.(publish.Editor).Edit(t.Context(), publish.Letter{Post: p}); err != nil {
		t.Error(err)
	}
	if live, err := m.(publish.Reader).Read(t.Context(), p); err != nil || live.Text != p.Text || live.Edited.IsZero() {
		t.Errorf("after the edit %+v, %v", live, err)
	}
	for range 2 {
		if err := m.(publish.Retracter).Retract(t.Context(), p); err != nil {
			t.Error(err)
		}
	}
	if _, err := m.(publish.Reader).Read(t.Context(), p); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("after it was taken back: %v", err)
	}
	var wrong *desk.Invalid
	if _, err := m.Send(t.Context(), publish.Letter{Post: desk.Post{Key: "l", Text: strings.Repeat("a", usualLimit+1)}}); !errors.As(err, &wrong) {
		t.Errorf("too long: %v", err)
	}
}
