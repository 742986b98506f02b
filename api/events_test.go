package api

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
	"breakwater/journal"
	"breakwater/store/storetest"
)

// following starts a reader of the event stream as somebody of a role, and gives its lines.
func following(t *testing.T, hub *journal.Hub, role desk.Role, last string, beat time.Duration) *bufio.Scanner {
	t.Helper()
	s := &server{Stages: Stages{Live: hub, Log: quiet()}, beat: beat}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := desk.WithActor(r.Context(), desk.Actor{Who: "user:1", Role: role})
		ctx = context.WithValue(ctx, printerKey{}, say.For("sv", ""))
		write, err := s.follow(ctx, &followIn{LastEventID: last})
		if err == nil {
			err = write(w)
		}
		if err != nil && ctx.Err() == nil {
			t.Errorf("the stream failed: %v", err)
		}
	}))
	t.Cleanup(srv.Close)
	return linesOf(t, srv)
}

// linesOf reads what a server streams, from when the stream stands.
func linesOf(t *testing.T, srv *httptest.Server) *bufio.Scanner {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	until(t, lines, ": here")
	return lines
}

// until reads lines up to one that begins so, and gives it.
func until(t *testing.T, lines *bufio.Scanner, begin string) string {
	t.Helper()
	var read []string
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), begin) {
			return lines.Text()
		}
		read = append(read, lines.Text())
	}
	t.Fatalf("the stream ended before a line %q; it had %q", begin, read)
	return ""
}

func TestEventsAreTold(t *testing.T) {
	t.Parallel()
	hub := journal.NewHub()
	lines := following(t, hub, desk.Viewer, "", time.Hour)
	hub.Entry(desk.Entry{Seq: 1863947561234567168, Do: "alert.see", On: "alert:7", From: "192.0.2.7", Say: desk.Say("{name} signed in.", "name", "Ana")})
	hub.Tick([]int64{2, 3})

	id := until(t, lines, "id: ")
	until(t, lines, "event: entry")
	data := until(t, lines, "data: ")
	if !strings.Contains(data, `"seq":"1863947561234567168"`) || strings.Contains(data, "192.0.2.7") || !strings.Contains(data, `"text":"`) {
		t.Errorf("an entry for a viewer is %s, want an exact id, a sentence, and no address", data)
	}
	until(t, lines, "event: tick")
	if data := until(t, lines, "data: "); data != `data: {"monitors":["2","3"]}` {
		t.Errorf("a tick is %s", data)
	}

	again := following(t, hub, desk.Viewer, strings.TrimPrefix(id, "id: "), time.Hour)
	until(t, again, "event: tick")
	lost := following(t, hub, desk.Viewer, "another-run-7", time.Hour)
	until(t, lost, "event: reload")
	hub.Close()
}

func TestAdminsSeeAddresses(t *testing.T) {
	t.Parallel()
	hub := journal.NewHub()
	lines := following(t, hub, desk.Admin, "", time.Hour)
	hub.Entry(desk.Entry{Seq: 1, From: "192.0.2.7"})
	if data := until(t, lines, "data: "); !strings.Contains(data, "192.0.2.7") {
		t.Errorf("an entry for an admin is %s, want the address", data)
	}
	hub.Close()
}

func TestTheStreamBeats(t *testing.T) {
	t.Parallel()
	hub := journal.NewHub()
	lines := following(t, hub, desk.Viewer, "", time.Millisecond)
	until(t, lines, ": still here")
	hub.Close()
	for lines.Scan() { // ends when the hub closes
	}
}

// A revoked token ends the streams that it opened.
func TestTheStreamOfALeaverEnds(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	admin := desk.WithActor(t.Context(), desk.Actor{Who: "desk", Role: desk.Admin})
	token, secret, err := d.gate.AddToken(admin, "wall", desk.Viewer, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Stages: Stages{Gate: d.gate, Live: journal.NewHub(), Log: quiet()}, beat: time.Millisecond}
	srv := httptest.NewServer(s.admit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if write, err := s.follow(r.Context(), &followIn{}); err == nil {
			_ = write(w) // the reader sees how it ended
		}
	})))
	t.Cleanup(srv.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret.Reveal())
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	until(t, lines, ": still here")
	if err := d.gate.RevokeToken(admin, token.ID); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // ends, or the test runs out of time
	}
}

// Of brands that somebody has no right to, nothing comes by the stream: no entry, no numbers, no room.
func TestAttackEventsOfOtherBrands(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	hub := journal.NewHub()
	s := &server{Stages: Stages{Live: hub, Brands: d.db, Log: quiet()}, beat: time.Hour}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := desk.WithActor(r.Context(), desk.Actor{Who: "token:9", Role: desk.Lead, Grants: []desk.Grant{{BrandID: 1, Role: desk.Lead}}})
		if write, err := s.follow(context.WithValue(ctx, printerKey{}, say.For("", "")), &followIn{}); err == nil {
			_ = write(w) // the reader sees how it ended
		}
	}))
	t.Cleanup(srv.Close)
	foreign, mine := storetest.Furnish(t, d.db, 2), storetest.Furnish(t, d.db, 1)
	lines := linesOf(t, srv)
	for word, id := range foreign {
		hub.Entry(desk.Entry{Do: "x", On: word + ":" + num(id), Say: desk.Say("of another brand")})
	}
	hub.Entry(desk.Entry{Do: "x", On: "user:1", Say: desk.Say("of no brand")})
	hub.Entry(desk.Entry{Do: "x", On: "statement:" + num(mine["statement"]), IncidentID: foreign["incident"], Say: desk.Say("in a room of another brand")})
	hub.Moved(foreign["incident"])
	hub.Tick([]int64{foreign["monitor"], mine["monitor"]})
	for _, want := range []string{`data: {"monitors":["` + num(mine["monitor"]) + `"]}`} {
		if got := until(t, lines, "data: "); got != want {
			t.Errorf("came %s, want %s first", got, want)
		}
	}
	hub.Close()
}
