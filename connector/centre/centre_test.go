package centre

import (
	"context"
	"errors"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/publish"
)

// wall is a board that keeps posts by key.
type wall map[string]publish.Live

func (w wall) Put(_ context.Context, _ desk.Channel, p desk.Post) (publish.Live, error) {
	if _, known := w[p.Key]; !known {
		w[p.Key] = publish.Live{Receipt: publish.Receipt{NativeID: "1/" + p.Key, Link: "https://example.org/", At: time.Now()}, Title: p.Title, Text: p.Text}
	}
	return w[p.Key], nil
}

func (w wall) Change(ctx context.Context, ch desk.Channel, p desk.Post) (publish.Live, error) {
	return w.Put(ctx, ch, p)
}

func (w wall) Take(_ context.Context, _ desk.Channel, p desk.Post) error {
	delete(w, p.Key)
	return nil
}

func (w wall) Shown(_ context.Context, _ desk.Channel, p desk.Post) (publish.Live, error) {
	l, ok := w[p.Key]
	if !ok {
		return l, desk.ErrNotFound
	}
	return l, nil
}

func TestSpeaksOnTheBoard(t *testing.T) {
	t.Parallel()
	connectortest.Speak(t, Kind, func(*testing.T) connectortest.Stage {
		w := wall{}
		return connectortest.Stage{Settings: func(string) desk.Settings { return desk.Settings{"path": "aurora"} }, Live: func() int { return len(w) }, Board: w}
	})
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		set   desk.Settings
		field string
	}{
		"good":         {desk.Settings{"path": "aurora", "host": "help.example.org"}, ""},
		"no path":      {desk.Settings{}, "path"},
		"capitals":     {desk.Settings{"path": "Aurora Home"}, "path"},
		"host as link": {desk.Settings{"path": "aurora", "host": "https://help.example.org"}, "host"},
		"host as word": {desk.Settings{"path": "aurora", "host": "help"}, "host"},
		"host as IP":   {desk.Settings{"path": "aurora", "host": "192.0.2.1"}, "host"},
	} {
		_, err := Kind.Channel(tt.set, connector.Env{Board: wall{}})
		var wrong *desk.Invalid
		errors.As(err, &wrong)
		if tt.field == "" && err != nil || tt.field != "" && (wrong == nil || wrong.Field != tt.field) {
			t.Errorf("%s: %v, want something about %q", name, err, tt.field)
		}
	}
}
