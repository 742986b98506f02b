package publish_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/publish"
	"breakwater/store"
)

// town is a network of its own in this process, with what it was told to say.
type town struct {
	mu       sync.Mutex // guards what follows
	live     map[string]publish.Live
	arrivals []string // keys, in the order in which sends began
	fail     func(p publish.Letter) error
	gate     chan struct{} // a send waits for it once it has arrived
	queue    []publish.Scheduled
	stopped  []bool
	deaf     error // what it answers questions with
}

func newTown() *town { return &town{live: map[string]publish.Live{}} }

// mouth speaks in the town and can do everything.
type mouth struct {
	*town
	account string
}

func (m mouth) Send(ctx context.Context, p publish.Letter) (publish.Receipt, error) {
	m.mu.Lock()
	m.arrivals = append(m.arrivals, p.Key)
	fail, gate := m.fail, m.gate
	m.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return publish.Receipt{}, ctx.Err()
		}
	}
	var err error
	if fail != nil {
		err = fail(p)
	}
	if err != nil && !errors.Is(err, errLost) {
		return publish.Receipt{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r := publish.Receipt{NativeID: "n-" + p.Key, Link: "https://town.example/" + p.Key, At: time.Now().UTC()}
	m.live[p.Key] = publish.Live{Receipt: r, Title: p.Title, Text: p.Text, Media: len(p.Media)}
	if err != nil {
		return publish.Receipt{}, publish.ErrUnsure
	}
	return r, nil
}

// errLost has the town take a post and lose its answer.
var errLost = errors.New("answer lost")

func (m mouth) Find(_ context.Context, p desk.Post) (publish.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.live[p.Key]
	if m.deaf != nil || !ok {
		return publish.Receipt{}, errors.Join(m.deaf, desk.ErrNotFound)
	}
	return l.Receipt, nil
}

func (m mouth) Read(_ context.Context, p desk.Post) (publish.Live, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.live {
		if l.NativeID == p.NativeID {
			return l, nil
		}
	}
	return publish.Live{}, desk.ErrNotFound
}

func (m mouth) Retract(_ context.Context, p desk.Post) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.live, strings.TrimPrefix(p.NativeID, "n-"))
	return nil
}

func (m mouth) Edit(_ context.Context, p publish.Letter) (publish.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := strings.TrimPrefix(p.NativeID, "n-")
	l, ok := m.live[key]
	if !ok {
		return publish.Receipt{}, errors.New("no such post")
	}
	l.Text = p.Text
	m.live[key] = l
	return l.Receipt, nil
}

func (m mouth) Scheduled(context.Context) ([]publish.Scheduled, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.queue), m.deaf
}

func (m mouth) Cancel(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queue = slices.DeleteFunc(m.queue, func(s publish.Scheduled) bool { return s.ID == id })
	return nil
}

func (m mouth) Stop(_ context.Context, _ desk.Hold, stop bool) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = append(m.stopped, stop)
	return 0, m.deaf
}

// deskAt is an outbox with a brand, its channels and a town behind them.
type deskAt struct {
	*publish.Outbox
	db       *store.DB
	town     *town
	brand    int64
	channels []desk.Channel
	alarms   chan desk.Text
	dir      string // of the store
}

// hurry is the timing of tests.
var hurry = func() publish.Timing {
	t := publish.Usual
	t.Tick, t.Quiet, t.Patience, t.Bound, t.Wire = 5*time.Millisecond, 100*time.Millisecond, 100*time.Millisecond, time.Second, 50*time.Millisecond
	return t
}

// newDesk makes a desk on an empty database with n channels; it does not run yet.
func newDesk(t *testing.T, n int) *deskAt {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), store.Config{Path: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	d := &deskAt{db: db, dir: dir, town: newTown(), alarms: make(chan desk.Text, 100)}
	d.Outbox = publish.New(db, func(_ context.Context, c desk.Channel) (publish.Mouth, error) { return mouth{d.town, c.Account}, nil }, slog.New(slog.DiscardHandler))
	d.Sole, d.Timing = true, hurry()
	d.Alarm = func(_ context.Context, _ int64, _ string, what desk.Text) { d.alarms <- what }
	b, err := db.ChangeBrand(t.Context(), 0, act("brand.save"), func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Acme", "UTC", desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.brand = b.ID
	for i := range n {
		c, err := db.ChangeChannel(t.Context(), 0, act("channel.save"), func(c *desk.Channel, out *desk.Out) error {
			c.BrandID, c.Kind, c.Name, c.Account, c.Order, out.Say = b.ID, []string{"mastodon", "bluesky", "wordpress", "email"}[i%4], fmt.Sprint("Channel ", i+1), fmt.Sprint("@", i+1), i, desk.Say("x")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		d.channels = append(d.channels, c)
	}
	return d
}

func act(do string) desk.Act { return desk.Act{Who: "user:1", Name: "Ana", Do: do} }

// as is a context in which somebody with the role acts.
func as(t *testing.T, r desk.Role) context.Context {
	return desk.WithActor(t.Context(), desk.Actor{Who: "user:1", Name: "Ana", Role: r})
}

// approved makes an approved statement for all channels.
func (d *deskAt) approved(t *testing.T, text string, change ...func(*desk.Statement)) desk.Statement {
	t.Helper()
	s, err := d.db.ChangeStatement(t.Context(), 0, act("statement.save"), func(s *desk.Statement, out *desk.Out) error {
		s.BrandID, s.Kind, s.Title, s.State = d.brand, "ordinary", text, desk.StatementApproved
		s.Variants = []desk.Variant{{ID: "v1", Lang: "en", Text: text}}
		for _, f := range change {
			f(s)
		}
		out.Say = desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs the outbox until the test ends.
func (d *deskAt) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := d.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); done.Wait() })
}

// schedule schedules a statement.
func (d *deskAt) schedule(t *testing.T, s desk.Statement, due time.Time) []desk.Post {
	t.Helper()
	ps, err := d.Schedule(as(t, desk.Lead), s.ID, due)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

// until waits for a condition about a post.
func (d *deskAt) until(t *testing.T, id int64, what string, is func(desk.Post) bool) desk.Post {
	t.Helper()
	var p desk.Post
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		var err error
		if p, err = d.db.Post(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if is(p) {
			return p
		}
	}
	t.Fatalf("post %d is not %s: %+v", id, what, p)
	return p
}

func (d *deskAt) state(t *testing.T, id int64, want string) desk.Post {
	t.Helper()
	return d.until(t, id, want, func(p desk.Post) bool { return p.State == want })
}

func (t *town) began() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.arrivals)
}

func (t *town) said(key string) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l, ok := t.live[key]
	return l.Text, ok
}

func (t *town) with(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f()
}
