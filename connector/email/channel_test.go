package email

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/publish"
)

// ledger keeps lines in memory; it can stop keeping, as a process that was killed.
type ledger struct {
	mu    sync.Mutex // guards what follows
	lines map[string]desk.Line
	dead  func(desk.Line) bool
}

func (l *ledger) ChannelLines(context.Context, int64, string) (all []desk.Line, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.lines {
		all = append(all, one)
	}
	return all, nil
}

func (l *ledger) KeepChannelLine(_ context.Context, _ int64, _ string, one desk.Line) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead != nil && l.dead(one) {
		return errors.New("killed")
	}
	l.lines[one.Name] = one
	return nil
}

func newLedger() *ledger { return &ledger{lines: map[string]desk.Line{}} }

func openList(t *testing.T, addr string, lines publish.Lines, to ...string) *list {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	m, err := newList(desk.Settings{"list": strings.Join(to, "\n"), "from": "Harbour <desk@a.example>", "host": host, "port": port, "security": "none"},
		connector.Env{Lines: lines, Channel: desk.Channel{ID: 3}})
	if err != nil {
		t.Fatal(err)
	}
	return m.(*list)
}

func aLetter() publish.Letter {
	return publish.Letter{Post: desk.Post{Key: "key-1", Title: "Recall of the kettle", Text: "We recall the kettle.\n\nשלום 新聞", Lang: "en", First: time.Now()}}
}

// Everybody on a list gets a statement once from a real mail server, however often it is sent.
func TestListOnARealServer(t *testing.T) {
	t.Parallel()
	server := needs.Mail(t)
	lines := newLedger()
	l := openList(t, server.Addr, lines, "Ana <ana@b.example>", "ben@b.example", "BEN@b.example")
	for range 3 {
		if r, err := l.Send(t.Context(), aLetter()); err != nil || r.NativeID == "" || !r.Note.IsZero() {
			t.Fatalf("send: %+v, %v", r, err)
		}
	}
	seen := map[string]bool{}
	for _, m := range server.Received(t, 2) {
		seen[m.Header.Get("Message-ID")] = true
		if !strings.HasPrefix(m.Header.Get("Subject"), "Recall of the kettle") {
			t.Errorf("delivered:\n%s", m.Raw)
		}
	}
	if len(seen) != 2 || len(lines.lines) != 2 {
		t.Errorf("%d different mails, %d lines; want 2 and 2", len(seen), len(lines.lines))
	}
}

// A crash with one mail in the server's hands: nobody gets it twice, the others get it, and people are told of the one.
func TestListAfterACrash(t *testing.T) {
	t.Parallel()
	server := needs.Mail(t)
	lines := newLedger()
	lines.dead = func(one desk.Line) bool { return one.Name == "b1@b.example" && one.State == desk.LineSent }
	to := []string{"b0@b.example", "b1@b.example", "b2@b.example"}
	if _, err := openList(t, server.Addr, lines, to...).Send(t.Context(), aLetter()); err == nil {
		t.Fatal("the crash went unnoticed")
	}
	lines.dead = nil
	again := openList(t, server.Addr, lines, to...)
	r, err := again.Send(t.Context(), aLetter())
	if err != nil || fmt.Sprint(r.Note.With["doubt"]) != "1" || fmt.Sprint(r.Note.With["sent"]) != "2" {
		t.Errorf("sent again: %+v, %v", r, err)
	}
	var got []string
	for _, m := range server.Received(t, 3) {
		got = append(got, m.Header.Get("To"))
	}
	slices.Sort(got)
	if len(slices.Compact(got)) != 3 {
		t.Errorf("delivered to %v", got)
	}
}

func TestListsAreRead(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"", "ana", "a@b.example\nnot an address"} {
		_, err := newList(desk.Settings{"list": wrong, "from": "a@b.example", "host": "h"}, connector.Env{})
		var invalid *desk.Invalid
		if !errors.As(err, &invalid) || invalid.Field != "list" {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}
