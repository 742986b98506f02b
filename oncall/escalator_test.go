package oncall

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
	"breakwater/store"
)

// night is a desk with three people, a clock that tests set, and a receiver that counts.
type night struct {
	*testing.T
	db    *store.DB
	e     *Escalator
	p     *Postman
	brand int64
	ids   []int64
	wall  time.Time
	since time.Duration

	mu   sync.Mutex // guards what follows
	fail error      // what carrying answers with
	sent []string   // "person: escalations"
	told map[int64]map[int64]bool
}

func newNight(t *testing.T) *night {
	t.Helper()
	n := &night{T: t, wall: time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), told: map[int64]map[int64]bool{}}
	clock := &store.Clock{Wall: func() time.Time { return n.wall }, Since: func() time.Duration { return n.since }, Boot: "x"}
	quiet := slog.New(slog.DiscardHandler)
	var err error
	n.db, err = store.Open(t.Context(), store.Config{Path: t.TempDir(), Clock: clock, Log: quiet})
	n.must(err)
	t.Cleanup(func() { n.db.Close() })
	act := desk.Act{Who: "desk", Do: "test"}
	b, err := n.db.ChangeBrand(t.Context(), 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Aurora", "UTC", desk.Say("x")
		return nil
	})
	n.must(err)
	n.brand = b.ID
	for i, role := range []desk.Role{desk.Responder, desk.Lead, desk.Responder} {
		u, err := n.db.ChangeUser(t.Context(), 0, act, func(u *desk.User, out *desk.Out) error {
			u.Name, u.Email, u.Role, out.Say = string(rune('A'+i)), fmt.Sprint(i, "@example.org"), role, desk.Say("x")
			return nil
		})
		n.must(err)
		n.ids = append(n.ids, u.ID)
	}
	n.e = NewEscalator(n.db, Links{Key: []byte("key")}, quiet)
	n.p = NewPostman(n.db, n.e, quiet)
	n.p.Carry = func(_ context.Context, l desk.Letter, about []desk.Escalation) (string, error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.fail != nil {
			return "", n.fail
		}
		n.sent = append(n.sent, fmt.Sprintf("%c: %d", 'A'+slices.Index(n.ids, l.UserID), len(about)))
		for _, e := range about {
			if n.told[l.UserID] == nil {
				n.told[l.UserID] = map[int64]bool{}
			}
			n.told[l.UserID][e.Number()] = true
		}
		return "ok", nil
	}
	return n
}

func (n *night) must(err error) {
	n.Helper()
	if err != nil {
		n.Fatal(err)
	}
}

// pass lets time pass and works what is due.
func (n *night) pass(d time.Duration) {
	n.Helper()
	n.wall, n.since = n.wall.Add(d), n.since+d
	for {
		a, err := n.e.Round(n.Context())
		n.must(err)
		b, err := n.p.Round(n.Context())
		n.must(err)
		if a+b == 0 {
			return
		}
	}
}

func (n *night) begin(about string, level desk.Level) {
	n.Helper()
	n.must(n.e.Begin(n.Context(), desk.Matter{About: about, Stage: desk.StageAlert, BrandID: n.brand, Level: level, Title: desk.Say("Something moved")}))
	n.pass(0)
}

func (n *night) about(about string) desk.Escalation {
	n.Helper()
	e, err := n.db.EscalationAbout(n.Context(), about)
	n.must(err)
	return e
}

// got are the messages since it was asked last.
func (n *night) got(want string) {
	n.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	slices.Sort(n.sent)
	if got := strings.Join(n.sent, ", "); got != want {
		n.Errorf("messages %q, want %q", got, want)
	}
	n.sent = nil
}

// onCall puts the first person on call.
func (n *night) onCall() {
	n.Helper()
	s := weekly("UTC", n.ids[0])
	_, err := n.db.ChangeSchedule(n.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(x *desk.Schedule, out *desk.Out) error {
		*x, out.Say = s, desk.Say("x")
		x.ID = 1
		return nil
	})
	n.must(err)
}

func (n *night) policy(p desk.EscalationPolicy) {
	n.Helper()
	_, err := n.db.ChangeEscalationPolicy(n.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(x *desk.EscalationPolicy, out *desk.Out) error {
		id := x.ID
		*x, out.Say = p, desk.Say("x")
		x.ID, x.Name, x.Stage = id, "Test", desk.StageAlert
		return x.Check()
	})
	n.must(err)
}

// A desk that said nothing: who is on call, then the leads, then everybody, and again.
func TestTheDefaultEscalates(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.onCall()
	n.begin("alert:1", desk.Issue)
	n.got("A: 1")
	n.pass(4*time.Minute + 59*time.Second)
	n.got("")
	n.pass(time.Second)
	n.got("B: 1") // nobody has the role, so the leads
	n.pass(5 * time.Minute)
	n.got("A: 1, B: 1, C: 1")
	n.pass(10 * time.Minute)
	n.got("A: 1")
	n.pass(time.Hour) // one timer after another, each only when the one before it was worked
	n.pass(time.Hour)
	n.pass(time.Hour)
	n.pass(time.Hour)
	n.pass(time.Hour)
	n.pass(time.Hour)
	if e := n.about("alert:1"); e.State != desk.EscalationSpent || e.Round != 2 {
		t.Errorf("after everything it is %s in round %d", e.State, e.Round)
	}
}

// Nobody on call: the step that reaches nobody takes no time.
func TestAStepWithoutPeopleTakesNoTime(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.begin("alert:1", desk.Issue)
	n.got("B: 1")
}

func TestTaking(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.onCall()
	n.begin("alert:1", desk.Issue)
	n.got("A: 1")
	link := n.e.Links.ToCall(n.about("alert:1").ID, n.ids[0], 0, n.wall)
	for range 3 { // programs open links
		a, err := n.e.ByLink(t.Context(), link)
		n.must(err)
		if a.Done() || a.User.Name != "A" {
			t.Fatalf("the link asks %+v", a)
		}
	}
	if e := n.about("alert:1"); len(e.Acks) != 0 || !e.Live() {
		t.Errorf("looking took it up: %+v", e)
	}
	for range 2 { // pressing twice is no error
		a, err := n.e.TakeByLink(t.Context(), link, "link")
		n.must(err)
		if !a.Done() || a.Escalation.State != desk.EscalationTaken || len(a.Escalation.Acks) != 1 {
			t.Errorf("after the press: %+v", a.Escalation)
		}
	}
	n.pass(time.Hour)
	n.got("")
	n.begin("alert:1", desk.Issue) // told again, no worse
	n.got("")
	n.begin("alert:1", desk.Crisis)
	n.got("A: 1")
	entries, err := n.db.Journal(t.Context(), desk.EntryFilter{Do: "escalation.take"})
	n.must(err)
	if len(entries) != 1 || entries[0].Name != "A" || entries[0].Who != fmt.Sprint("user:", n.ids[0]) {
		t.Errorf("the journal has %+v", entries)
	}
	viewer := desk.WithActor(t.Context(), desk.Actor{Who: "user:9", Role: desk.Viewer})
	if _, err := n.e.Take(viewer, 1, "console"); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a viewer takes it up: %v", err)
	}
}

func TestEachMustAcknowledge(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.policy(desk.EscalationPolicy{Repeat: 1, Steps: []desk.EscalationStep{{To: []desk.Callee{{Kind: desk.CalleeEverybody}}, Wait: 60, Each: true}}})
	n.begin("alert:1", desk.Issue)
	n.got("A: 1, B: 1, C: 1")
	take := func(i int) desk.Escalation {
		ctx := desk.WithActor(t.Context(), desk.Actor{Who: "user", UserID: n.ids[i], Name: string(rune('A' + i)), Role: desk.Responder})
		e, err := n.e.Take(ctx, n.about("alert:1").ID, "console")
		n.must(err)
		return e
	}
	if e := take(1); !e.Live() {
		t.Errorf("one of three took it up: %s", e.State)
	}
	n.pass(time.Minute)
	n.got("A: 1, C: 1") // who answered is left alone
	take(0)
	if e := take(2); e.State != desk.EscalationTaken {
		t.Errorf("all of three took it up: %s", e.State)
	}
}

// Whatever the stage of the matter learns is found at the next step at the latest.
func TestStanding(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		now   Standing
		state string
	}{
		{"over", Standing{Over: true}, desk.EscalationOver}, {"seen in the console", Standing{Taken: "Kim"}, desk.EscalationTaken},
		{"muted", Standing{Muted: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}, desk.EscalationMuted},
	} {
		n := newNight(t)
		n.begin("alert:1", desk.Issue)
		n.got("B: 1")
		n.e.Standing = func(context.Context, desk.Matter) (Standing, error) { return tt.now, nil }
		n.pass(5 * time.Minute)
		if e := n.about("alert:1"); e.State != tt.state {
			t.Errorf("%s: it is %s", tt.name, e.State)
		}
		n.got("")
	}
}

// A clock that is set by an hour neither hurries nor delays a step; a receiver in trouble delays its own messages alone.
func TestFaults(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.onCall()
	n.begin("alert:1", desk.Issue)
	n.got("A: 1")
	n.pass(2 * time.Minute)
	n.wall = n.wall.Add(time.Hour)
	n.pass(2*time.Minute + 59*time.Second)
	n.got("")
	n.wall = n.wall.Add(-2 * time.Hour)
	n.fail = &desk.Retry{Err: errors.New("down")}
	n.pass(2 * time.Second) // the step comes, its message does not get through
	n.got("")
	n.fail = nil
	n.wall = n.wall.Add(-time.Hour)
	n.pass(2 * time.Second)
	n.got("B: 1")
}

// A thousand alerts in a minute: each person gets a handful of messages, and every alert is in one of them. (bench calls: ten
// thousand.)
func TestAStormIsTold(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.policy(desk.EscalationPolicy{MinLevel: desk.Watch, Steps: []desk.EscalationStep{{To: []desk.Callee{{Kind: desk.CalleeEverybody}}, Wait: 3600}}})
	const storm, batch = 1000, 50
	for i := 0; i < storm; i += batch {
		var jobs []desk.Job
		for k := range batch {
			m := desk.Matter{About: fmt.Sprint("alert:", i+k+1), Stage: desk.StageAlert, BrandID: n.brand, Level: desk.Issue, Title: desk.Say("Unusually many mentions of {monitor}", "monitor", fmt.Sprint("M", (i+k)%7))}
			jobs = append(jobs, m.Job())
		}
		_, err := n.db.Record(t.Context(), desk.Act{Who: "desk", Do: "test"}, "x:1", desk.Out{Say: desk.Say("x"), Jobs: jobs})
		n.must(err)
		n.pass(time.Minute / (storm / batch))
	}
	n.pass(10 * time.Minute)
	for _, id := range n.ids {
		messages := 0
		for _, s := range n.sent {
			if int64(s[0]-'A') == id-n.ids[0] {
				messages++
			}
		}
		if messages > 6 || len(n.told[id]) != storm {
			t.Errorf("person %d got %d messages that name %d of %d alerts", id, messages, len(n.told[id]), storm)
		}
		t.Logf("person %d: %d messages name %d alerts", id, messages, len(n.told[id]))
	}
	all, err := n.db.EscalationsByID(t.Context(), func() (ids []int64) {
		for i := range int64(storm) {
			ids = append(ids, i+1)
		}
		return ids
	}())
	n.must(err)
	var matters []desk.Matter
	for _, e := range all {
		matters = append(matters, e.Matter)
	}
	if got := desk.Numbers(matters); got != "1–1000" || len(desk.Piles(matters)) != 7 {
		t.Errorf("told as %q in %d groups", got, len(desk.Piles(matters)))
	}
}

func TestRehearsal(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.must(func() error { _, err := n.e.Rehearse(t.Context(), n.brand); return err }())
	n.pass(0)
	n.got("A: 1, B: 1, C: 1")
	e, err := n.e.LastRehearsal(t.Context(), n.brand)
	n.must(err)
	told, err := n.p.About(t.Context(), e)
	n.must(err)
	if len(told) != 3 || told[0].State != desk.LetterSent || len(e.Missing()) != 3 {
		t.Errorf("letters %+v, missing %v", told, e.Missing())
	}
}
