package alert

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// english says everything in English, and Hebrew as English in brackets.
type english struct{}

func (english) Text(lang string, t desk.Text) string {
	if lang == "he" {
		return "[" + t.English() + "]"
	}
	return t.English()
}

// postbox keeps what is sent to it, or fails as it is told.
type postbox struct {
	mu   sync.Mutex
	got  []Message
	fail error
}

func (p *postbox) Send(_ context.Context, m Message) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return "", p.fail
	}
	p.got = append(p.got, m)
	return "receipt", nil
}

func (o *office) mailman(box *postbox) *Mailman {
	return &Mailman{
		Post: o.db, Speak: english{}, URL: "https://desk.example", Log: slog.New(slog.DiscardHandler),
		Sender: func(desk.Way) (Sender, error) { return box, nil },
	}
}

// storm lets the monitor hear three posts and opens an alert that shows them.
func (o *office) storm(t *testing.T) desk.Alert {
	t.Helper()
	b := desk.Batch{SourceID: o.source.ID}
	for i, text := range []string{"never again <script>alert(1)</script>", "they lost\nmy suitcase", "אל תטוסו איתם"} {
		b.Mentions = append(b.Mentions, desk.Mention{
			Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint(i)}, SourceID: o.source.ID, Kind: desk.KindPost, Text: text,
			URL: "https://social.example/" + fmt.Sprint(i), Author: desk.Author{Handle: "maria"}, Published: time.Now(),
			Mood: desk.Negative, Monitors: []int64{o.monitor.ID},
		})
	}
	_, err := o.db.Append(t.Context(), []desk.Batch{b})
	check(t, err)
	page, err := o.db.Mentions(t.Context(), desk.Filter{Monitors: []int64{o.monitor.ID}})
	check(t, err)
	s := o.signal("surge", desk.Issue, 120)
	for _, m := range page.Mentions {
		s.Evidence.Mentions = append(s.Evidence.Mentions, m.ID)
	}
	s.Evidence.Networks = []desk.Share{{Name: "mastodon", Count: 90}, {Name: "bluesky", Count: 30}}
	s.Evidence.Words = []desk.Share{{Name: "suitcase", Count: 20}}
	check(t, o.router.Take(t.Context(), []desk.Signal{s}))
	return o.alerts(t)[0]
}

func TestMessageArrives(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.storm(t)
	box := &postbox{}
	m := o.mailman(box)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	waitFor(t, "the message", func() bool {
		box.mu.Lock()
		defer box.mu.Unlock()
		return len(box.got) == 1
	})
	waitFor(t, "the job's end", func() bool { return len(o.messages(t)) == 0 })
	cancel()
	check(t, <-done)

	got := box.got[0]
	if want := "Issue: Many more mentions than usual: Aurora Airlines"; got.Subject != want {
		t.Errorf("subject = %q, want %q", got.Subject, want)
	}
	if got.Key != key(a.ID, o.team.ID, desk.Issue, "") || got.Link != fmt.Sprintf("https://desk.example/alerts/%d", a.ID) {
		t.Errorf("key %q, link %q", got.Key, got.Link)
	}
	for _, want := range []string{
		"120 mentions of Aurora Airlines in 15 minutes.", "Since: 2026-11-18 10:00 CET", "Networks: mastodon 90, bluesky 30",
		"Words: suitcase", "- maria (mastodon): they lost my suitcase", "https://social.example/1", got.Link,
	} {
		if !strings.Contains(got.Text, want) {
			t.Errorf("plain text lacks %q:\n%s", want, got.Text)
		}
	}
	if strings.Contains(got.HTML, "<script>") || !strings.Contains(got.HTML, "never again &lt;script&gt;") {
		t.Errorf("a stranger's markup is not escaped:\n%s", got.HTML)
	}
	if !strings.Contains(got.HTML, `dir="ltr"`) || !strings.Contains(got.HTML, `href="https://desk.example/alerts/`) {
		t.Errorf("HTML lacks direction or link:\n%s", got.HTML)
	}
	w, err := o.db.Way(t.Context(), o.team.ID)
	check(t, err)
	if w.LastOK.IsZero() || w.Problem != "" {
		t.Errorf("way = %+v, want a time of success and no problem", w)
	}
}

func TestMessageInHebrew(t *testing.T) {
	t.Parallel()
	l := letter{lang: "he", zone: time.UTC, link: "https://desk.example/alerts/1", alert: desk.Alert{Level: desk.Watch, Title: desk.Say("A title")}}
	l.posts = []desk.Mention{{Text: "x", URL: "javascript:alert(1)"}}
	subject, text, html, err := write(english{}, l)
	check(t, err)
	if !strings.Contains(html, `lang="he" dir="rtl"`) || subject != "[Watch]: [A title]" {
		t.Errorf("subject %q, HTML:\n%s", subject, html)
	}
	if strings.Contains(html+text, "javascript:") {
		t.Errorf("an address that is no web address was kept:\n%s", html)
	}
}

func TestMessageFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		fail    error
		waiting int // messages that are tried again
		problem desk.Text
		journal int // lines that somebody was not told
	}{
		{"asks us to wait", &desk.Retry{After: time.Minute, Err: errors.New("450 busy")}, 1, problemLater, 0},
		{"takes too long", fmt.Errorf("send: %w", context.DeadlineExceeded), 1, problemLater, 0},
		{"refuses the password", fmt.Errorf("535: %w", desk.ErrDenied), 1, problemDenied, 0},
		{"refuses the message", &desk.Problem{Say: problemRefused, Err: errors.New("550 no such mailbox")}, 0, problemRefused, 1},
		{"fails as nobody foresaw", errors.New("no file descriptors left"), 1, problemLater, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.storm(t)
			m := o.mailman(&postbox{fail: tt.fail})
			if n, err := o.round(t, m); n != 1 || err != nil {
				t.Fatalf("round = %d, %v", n, err)
			}
			if got := len(o.messages(t)); got != tt.waiting {
				t.Errorf("%d messages wait, want %d", got, tt.waiting)
			}
			if n, err := o.round(t, m); n != 0 || err != nil {
				t.Errorf("tried again at once: %d, %v", n, err)
			}
			w, err := o.db.Way(t.Context(), o.team.ID)
			check(t, err)
			if w.Problem != tt.problem.Say {
				t.Errorf("problem = %q, want %q", w.Problem, tt.problem.Say)
			}
			unsent, err := o.db.Journal(t.Context(), desk.EntryFilter{Do: "alert.unsent"})
			check(t, err)
			if len(unsent) != tt.journal {
				t.Errorf("%d journal lines, want %d", len(unsent), tt.journal)
			}
		})
	}
}

func TestMessageNobodyNeeds(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.storm(t)
	_, err := o.router.End(o.ana, a.ID, "false alarm")
	check(t, err)
	box := &postbox{}
	if n, err := o.round(t, o.mailman(box)); n != 1 || err != nil {
		t.Fatalf("round = %d, %v", n, err)
	}
	if len(box.got) != 0 || len(o.messages(t)) != 0 {
		t.Errorf("%d sent, %d wait; want none: the alert ended before", len(box.got), len(o.messages(t)))
	}
}

func TestVerdictBacksOff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		attempts int
		after    time.Duration // asked for
		want     time.Duration
	}{{1, 0, 15 * time.Second}, {2, 0, 30 * time.Second}, {9, 0, 30 * time.Minute}, {1000, 0, 30 * time.Minute}, {1, time.Hour, time.Hour}} {
		if _, again := verdict(&desk.Retry{After: tt.after}, tt.attempts, start); again.Sub(start) != tt.want {
			t.Errorf("after try %d, asked for %s: again in %s, want %s", tt.attempts, tt.after, again.Sub(start), tt.want)
		}
	}
}

func TestTry(t *testing.T) {
	t.Parallel()
	box := &postbox{}
	m := &Mailman{Speak: english{}, URL: "https://desk.example", Sender: func(desk.Way) (Sender, error) { return box, nil }}
	check(t, m.Try(t.Context(), desk.Way{ID: 3}))
	if len(box.got) != 1 || !strings.Contains(box.got[0].Text, "only a test") || !strings.HasPrefix(box.got[0].Key, "test:3/") {
		t.Errorf("sent %+v", box.got)
	}
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("waited ten seconds for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// A storm is told to a channel that a team reads in a handful of messages, and all of it; a program gets every alert.
func TestStormIsTold(t *testing.T) {
	t.Parallel()
	const storm = 600
	wall, since := time.Now().UTC(), time.Duration(0)
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler),
		Clock: &store.Clock{Wall: func() time.Time { return wall }, Since: func() time.Duration { return since }, Boot: "test"}})
	check(t, err)
	defer db.Close()
	act := desk.Act{Who: "desk", Do: "test"}
	boxes := make(map[int64]*postbox)
	var ways []desk.Way
	for _, kind := range []string{"mail", "chat", "pager"} {
		w, err := db.ChangeWay(t.Context(), 0, act, func(w *desk.Way, out *desk.Out) error {
			w.Name, w.Kind, out.Say = kind, kind, desk.Say("made")
			return nil
		})
		check(t, err)
		ways, boxes[w.ID] = append(ways, w), &postbox{}
	}
	m := (&office{db: db}).mailman(nil)
	m.Sender = func(w desk.Way) (Sender, error) { return boxes[w.ID], nil }
	m.Each = func(w desk.Way) bool { return w.Kind == "pager" }
	pass := func(d time.Duration) {
		wall, since = wall.Add(d), since+d
		for n := 1; n > 0; m.under.Wait() {
			n, err = m.start(t.Context())
			check(t, err)
		}
	}
	for range 60 {
		for range storm / 60 {
			_, err := db.ChangeAlert(t.Context(), 0, act, func(a *desk.Alert, out *desk.Out) error {
				a.State, a.Level, a.Title, out.Say = desk.AlertOpen, desk.Issue, desk.Say("Many more mentions than usual: {name}", "name", "x"), desk.Say("made")
				out.Jobs = messages(*a, ways, wall)
				return nil
			})
			check(t, err)
		}
		pass(time.Second)
	}
	for range 20 {
		pass(time.Minute)
	}
	for _, w := range ways {
		got := boxes[w.ID].got
		named := 0
		for _, msg := range got {
			n := 1
			_, _ = fmt.Sscanf(msg.Subject, "%d alerts", &n)
			named += n
		}
		if w.Kind == "pager" && len(got) != storm || w.Kind != "pager" && len(got) > desk.MessagesAnHour || named != storm {
			t.Errorf("%s got %d messages that name %d of %d alerts", w.Name, len(got), named, storm)
		}
	}
}

// round sends what is due and waits until it is sent.
func (o *office) round(t *testing.T, m *Mailman) (int, error) {
	t.Helper()
	defer m.under.Wait()
	return m.start(t.Context())
}
