package store_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// Strangers who write to nobody's address again and again fill no log; the source has how many they are.
func TestTheLogIsNotFilledByWhatNoBrandHas(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	db := open(t, store.Config{Path: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil))})
	act := desk.Act{Who: "desk", Do: "source.save"}
	src, err := db.ChangeSource(t.Context(), 0, act, func(s *desk.Source, out *desk.Out) error {
		s.Kind, s.Name, out.Say = "mailbox", "Care", desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		in := desk.Incoming{SourceID: src.ID, Private: true, Message: desk.Message{Ref: desk.Ref{Network: "email", NativeID: fmt.Sprint(i)}, Via: desk.ViaMail, At: time.Now(), Text: "?"}}
		if err := db.Receive(t.Context(), []desk.Incoming{in}); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(log.String(), "of no brand"); n != 1 {
		t.Errorf("the log says so %d times", n)
	}
	if s, err := db.Source(t.Context(), src.ID); err != nil || s.Health.Rejects != 5 {
		t.Errorf("the source has %d, %v", s.Health.Rejects, err)
	}
}
