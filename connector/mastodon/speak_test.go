package mastodon

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"breakwater/connector/connectortest"
	"breakwater/desk"
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
		if err != nil || about.Account != "@harbour@town.example" || about.Limits.Text != 500 || about.Limits.PerLink != link || about.Limits.Alt != 1500 || about.Limits.Media != 4 {
			t.Errorf("inspect: %+v, %v", about, err)
		}
	}
}
