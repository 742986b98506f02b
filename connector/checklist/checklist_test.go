package checklist

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/publish"
)

// board keeps tasks by name.
type board map[string]desk.ByHand

func (b board) Ask(_ context.Context, t desk.ByHand) (desk.ByHand, error) {
	if known, ok := b[t.Name()]; ok {
		return known, nil
	}
	t.Made = time.Now()
	b[t.Name()] = t
	return t, nil
}

func (b board) Asked(_ context.Context, _ int64, name string) (desk.ByHand, error) {
	t, ok := b[name]
	if !ok {
		return t, desk.ErrNotFound
	}
	return t, nil
}

func (b board) tick(t *testing.T, name string, photo desk.Media) error {
	t.Helper()
	task := b[name]
	err := task.Tick("Ana", "", photo, time.Now())
	b[name] = task
	return err
}

func TestSpeaksByHand(t *testing.T) {
	t.Parallel()
	connectortest.Speak(t, Kind, func(t *testing.T) connectortest.Stage {
		b := board{}
		return connectortest.Stage{
			Settings: func(string) desk.Settings { return desk.Settings{"where": "The sign at the door"} },
			Live: func() (n int) {
				for name := range b {
					if key, ok := strings.CutPrefix(name, desk.ByHandSay+" "); ok {
						if gone := b[desk.ByHandRemove+" "+key]; !gone.Done() {
							n++
						}
					}
				}
				return n
			},
			ByHand: b,
			Hands: func() {
				for name, task := range b {
					if !task.Done() {
						if err := b.tick(t, name, desk.Media{Hash: "photo"}); err != nil {
							t.Error(err)
						}
					}
				}
			},
		}
	})
}

// The words are live when somebody ticks them with a photo, and gone when somebody ticks that.
func TestPeopleSpeak(t *testing.T) {
	t.Parallel()
	b := board{}
	m, err := Kind.Channel(desk.Settings{"where": "PBX > night", "who": "Ana"}, connector.Env{ByHand: b, Channel: desk.Channel{ID: 3, BrandID: 1, Name: "Phone line"}})
	if err != nil {
		t.Fatal(err)
	}
	p := desk.Post{Key: "k", Text: "We are closed today.", IncidentID: 5}
	if _, err := m.(publish.Finder).Find(t.Context(), p); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("before: %v", err)
	}
	for range 2 {
		if r, err := m.Send(t.Context(), publish.Letter{Post: p}); err != nil || r.NativeID != "k" {
			t.Fatalf("send: %+v, %v", r, err)
		}
	}
	if len(b) != 1 || b["say k"].Channel != "Phone line" || b["say k"].IncidentID != 5 {
		t.Errorf("tasks %+v", b)
	}
	var retry *desk.Retry
	if _, err := m.(publish.Reader).Read(t.Context(), p); !errors.As(err, &retry) {
		t.Errorf("before the tick: %v, want later", err)
	}
	var wrong *desk.Invalid
	if err := b.tick(t, "say k", desk.Media{}); !errors.As(err, &wrong) {
		t.Errorf("a tick without a photo: %v", err)
	}
	if err := b.tick(t, "say k", desk.Media{Hash: "x"}); err != nil {
		t.Fatal(err)
	}
	if live, err := m.(publish.Reader).Read(t.Context(), p); err != nil || live.Text != p.Text {
		t.Errorf("after the tick: %+v, %v", live, err)
	}
	if err := m.(publish.Retracter).Retract(t.Context(), p); !errors.As(err, &retry) {
		t.Errorf("taking down: %v, want later", err)
	}
	if err := b.tick(t, "remove k", desk.Media{}); err != nil {
		t.Fatal(err)
	}
	if err := m.(publish.Retracter).Retract(t.Context(), p); err != nil {
		t.Errorf("taken down: %v", err)
	}
}
