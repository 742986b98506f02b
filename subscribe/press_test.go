package subscribe_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"breakwater/connector/email"
	"breakwater/desk"
	"breakwater/store"
	"breakwater/subscribe"
)

// around is a desk with one brand whose crisis centre has one page.
type around struct {
	set   desk.Settings
	words []desk.MailingText
	mu    sync.Mutex
	bells []string
}

func (a *around) home() subscribe.Home {
	return subscribe.Home{BrandID: 1, ChannelID: 5, Brand: "Aurora", URL: "https://desk.example/c/aurora", Site: "https://help.example", Lang: "en"}
}
func (a *around) HomeOf(context.Context, int64) (subscribe.Home, error) { return a.home(), nil }
func (a *around) HomeAt(_ context.Context, path string) (subscribe.Home, error) {
	switch path {
	case "aurora":
		return a.home(), nil
	case "another":
		return subscribe.Home{BrandID: 2, Brand: "Another", URL: "/c/another"}, nil
	}
	return subscribe.Home{}, desk.ErrNotFound
}
func (a *around) TopicOf(_ context.Context, id int64, _ string) (subscribe.Topic, error) {
	return subscribe.Topic{CentreID: id, BrandID: 1, Title: "Kettle recall", Slug: "kettle"}, nil
}
func (a *around) TopicAt(_ context.Context, _ int64, slug, _ string) (subscribe.Topic, error) {
	if slug != "kettle" {
		return subscribe.Topic{}, desk.ErrNotFound
	}
	return subscribe.Topic{CentreID: 7, BrandID: 1, Title: "Kettle recall", Slug: "kettle"}, nil
}
func (a *around) Server(context.Context, int64) (desk.Settings, error) { return a.set, nil }
func (a *around) Held(m *desk.Mailing, holds []desk.Hold) bool {
	for _, h := range holds {
		if h.Covers(&desk.Post{BrandID: m.BrandID, ChannelID: m.ChannelID}) {
			return true
		}
	}
	return false
}
func (a *around) Words(context.Context, subscribe.Order) ([]desk.MailingText, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.words) == 0 {
		return nil, desk.ErrNotFound
	}
	return a.words, nil
}

// say changes the public words; none: they were withdrawn.
func (a *around) say(words ...desk.MailingText) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.words = words
}
func (a *around) Alarm(_ context.Context, _ int64, _ string, what desk.Text) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bells = append(a.bells, what.English())
}

// office is a mail server that counts what it takes, slow and fussy as it is told.
type office struct {
	delay time.Duration
	rcpt  func(to string) error
	data  func(n int) error // nth mail that was written whole; counted from 1

	mu    sync.Mutex // guards what follows
	n     int
	got   map[string]int // by receiver and Message-ID
	mails []*mail.Message
	froms []string
}

func (o *office) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &talk{office: o}, nil }

type talk struct {
	*office
	from, to string
}

func (s *talk) Mail(from string, _ *gosmtp.MailOptions) error { s.from = from; return nil }
func (s *talk) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	if s.rcpt != nil {
		if err := s.rcpt(to); err != nil {
			return err
		}
	}
	s.to = to
	return nil
}
func (s *talk) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	m.Body = strings.NewReader(string(body))
	time.Sleep(s.delay) // a slow server, which is what is tried
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	if s.data != nil {
		if err := s.data(s.n); err != nil {
			return err
		}
	}
	if s.got == nil {
		s.got = map[string]int{}
	}
	s.got[s.to+" "+m.Header.Get("Message-ID")]++
	s.mails, s.froms = append(s.mails, m), append(s.froms, s.from)
	return nil
}
func (s *talk) Reset()        {}
func (s *talk) Logout() error { return nil }

// open starts the server and gives the settings of it.
func (o *office) open(t testing.TB) desk.Settings {
	t.Helper()
	return o.openAs(t, o)
}

func (o *office) openAs(t testing.TB, door gosmtp.Backend) desk.Settings {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := gosmtp.NewServer(door)
	s.Domain, s.ErrorLog = "mail.test", slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	ended := make(chan struct{})
	go func() { defer close(ended); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); <-ended })
	host, port, _ := net.SplitHostPort(l.Addr().String())
	return desk.Settings{"from": "Aurora <news@aurora.example>", "host": host, "port": port, "security": "none"}
}

func (o *office) receivers() (letters, doubled int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, n := range o.got {
		if letters++; n > 1 {
			doubled++
		}
	}
	return letters, doubled
}

func newDesk(t testing.TB, set desk.Settings) (*subscribe.Desk, *store.DB, *around) {
	t.Helper()
	return deskIn(t, set, t.TempDir())
}

func newAround(set desk.Settings) *around {
	return &around{set: set, words: []desk.MailingText{
		{Lang: "en", Title: "Kettles recalled", Text: "Stop using the kettle.\n\nBring it back.", Link: "https://help.example/kettle/update-1.html"},
		{Lang: "he", Title: "הקומקומים מוחזרים", Text: "הפסיקו להשתמש.", Link: "https://help.example/kettle/update-1.he.html"},
	}}
}

func deskIn(t testing.TB, set desk.Settings, dir string) (*subscribe.Desk, *store.DB, *around) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	a := newAround(set)
	d := deskOn(t, db, a)
	return d, db, a
}

// deskOn is a desk on any store.
func deskOn(t testing.TB, s subscribe.Store, a *around) *subscribe.Desk {
	return subscribe.New(s, []byte(strings.Repeat("k", 32)), a, func(ctx context.Context, set desk.Settings) (subscribe.Conversation, error) {
		return email.Converse(ctx, set)
	}, slog.New(slog.NewTextHandler(t.Output(), nil)))
}

func lead(t testing.TB) context.Context {
	return desk.WithActor(t.Context(), desk.Actor{Who: "user:1", Name: "Ana", Role: desk.Admin})
}

// crowd subscribes n addresses to the brand.
func crowd(t testing.TB, d *subscribe.Desk, n int, lang string) {
	t.Helper()
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "reader%d@d%d.example,%s\n", i, i%7, lang)
	}
	got, err := d.Import(lead(t), subscribe.Import{BrandID: 1, Consent: "asked at the fair", Lang: "en"}, strings.NewReader(b.String()))
	if err != nil || got.Added != n {
		t.Fatalf("Import = %+v, %v", got, err)
	}
}

// order makes the mailing of update 1 and gives it.
func order(t testing.TB, d *subscribe.Desk, db *store.DB, o subscribe.Order) {
	t.Helper()
	jobs := o.Jobs()
	for i := range jobs {
		jobs[i].Wait = 0
	}
	if err := db.NoteSubscribers(t.Context(), 1, desk.Act{Who: "desk", Do: "test"}, desk.Out{Say: desk.Say("x"), Jobs: jobs}); err != nil {
		t.Fatal(err)
	}
}

// settled runs rounds until the newest mailing is in a state.
func settled(t testing.TB, d *subscribe.Desk, db *store.DB, state string) (desk.Mailing, desk.MailingCount) {
	t.Helper()
	var m desk.Mailing
	until(t, "the mailing is "+state, func() bool {
		if _, err := d.Round(t.Context()); err != nil {
			t.Log(err)
		}
		all, err := db.Mailings(t.Context(), 1, 0, desk.Paging{})
		if err == nil && len(all) > 0 {
			m = all[0]
		}
		return m.State == state
	})
	c, err := db.CountDeliveries(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	return m, c
}

var first = subscribe.Order{CentreID: 7, Number: 1, StatementID: 3, Notify: desk.NotifyCrisis, ChannelID: 5, BrandID: 1}

func TestAnUpdateReachesEverybodyOnce(t *testing.T) {
	t.Parallel()
	var o office
	d, db, _ := newDesk(t, o.open(t))
	crowd(t, d, 700, "en")
	order(t, d, db, first)
	order(t, d, db, first) // asked for twice, made once
	_, c := settled(t, d, db, desk.MailingDone)
	if n, doubled := o.receivers(); n != 700 || doubled != 0 || c[desk.DeliverySent] != 700 || c.All() != 700 {
		t.Errorf("the server has %d letters, %d doubled; noted %v", n, doubled, c)
	}
	m := o.mails[0]
	for _, name := range []string{"List-Id", "List-Unsubscribe", "Message-Id", "Date", "To", "From", "Subject", "Content-Language"} {
		if m.Header.Get(name) == "" {
			t.Errorf("a letter has no %s", name)
		}
	}
	if m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.HasPrefix(m.Header.Get("List-Unsubscribe"), "<https://desk.example/c/aurora/-/leave/") {
		t.Errorf("one click: %v", m.Header)
	}
}

// until waits for a condition.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
