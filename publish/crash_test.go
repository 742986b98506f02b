package publish_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/publish"
	"breakwater/store"
)

// Kinds of mouth, by what keeps a second try from being a second post.
const (
	kindFinds = "finds" // can be asked
	kindOnce  = "once"  // takes a key once
	kindBlind = "blind" // neither
)

// What a child process is told: where the store is, its network, at which step it dies.
const (
	crashDir     = "BREAKWATER_CRASH_DIR"
	crashNetwork = "BREAKWATER_CRASH_NETWORK"
	crashStep    = "BREAKWATER_CRASH_STEP"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := crash(dir, os.Getenv(crashNetwork), os.Getenv(crashStep)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// crashTiming is longer than anything takes on the test's network.
func crashTiming() publish.Timing {
	t := publish.Usual
	t.Tick, t.Quiet, t.Wire, t.Patience, t.Bound = 5*time.Millisecond, 3*time.Second, 3*time.Second, 4*time.Second, 6*time.Second
	return t
}

// crash runs a desk that kills itself at a step, or ends when nothing is left to do.
func crash(dir, network, step string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := store.Open(ctx, store.Config{Path: dir})
	if err != nil {
		return err
	}
	die := func(name string) {
		if name == step {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until it is dead
		}
	}
	mouths := func(_ context.Context, c desk.Channel) (publish.Mouth, error) {
		m := wired{network + "/" + c.Account}
		switch c.Account {
		case kindFinds:
			return wiredFinder{m}, nil
		case kindOnce:
			return wiredOnce{m}, nil
		}
		return m, nil
	}
	timing := crashTiming()
	if told := os.Getenv(crashSettings); told != "" {
		if mouths, err = realMouths(db, told, die); err != nil {
			return err
		}
		timing.Quiet = realQuiet(told)
	}
	o := publish.New(db, mouths, slog.New(slog.DiscardHandler))
	o.Sole, o.Timing, o.Step = true, timing, die
	run, stop := context.WithCancel(stepsOnWire(ctx, die))
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- o.Run(run) }()
	if strings.HasPrefix(step, "press") || step == "answered" {
		if _, err := o.Press(ctx, desk.Hold{}, "fire"); err != nil {
			return err
		}
	}
	for {
		busy := false
		posts, err := db.Posts(ctx, desk.PostFilter{})
		if err != nil {
			return err
		}
		holds, err := db.LiveHolds(ctx)
		if err != nil {
			return err
		}
		for _, p := range posts {
			busy = busy || p.State == desk.PostWaiting || p.State == desk.PostClaimed || p.State == desk.PostUnknown && !p.Next.IsZero() && len(holds) == 0
		}
		for _, h := range holds {
			busy = busy || h.Answered.IsZero()
		}
		if !busy {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	stop()
	return errors.Join(<-ended, db.Close())
}

// wired says posts over HTTP.
type wired struct{ base string }

func (w wired) ask(ctx context.Context, method, key string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, method, w.base+"/"+key, nil)
	if err != nil {
		return 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	res.Body.Close()
	return res.StatusCode, nil
}

func (w wired) Send(ctx context.Context, p publish.Letter) (publish.Receipt, error) {
	if _, err := w.ask(ctx, http.MethodPost, p.Key); err != nil {
		return publish.Receipt{}, errors.Join(publish.ErrUnsure, err)
	}
	return publish.Receipt{NativeID: p.Key}, nil
}

type wiredFinder struct{ wired }

func (w wiredFinder) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	switch status, err := w.ask(ctx, http.MethodGet, p.Key); {
	case err != nil:
		return publish.Receipt{}, err
	case status == http.StatusNotFound:
		return publish.Receipt{}, desk.ErrNotFound
	}
	return publish.Receipt{NativeID: p.Key}, nil
}

type wiredOnce struct{ wired }

func (wiredOnce) KeepsKeys(desk.Post) time.Duration { return time.Hour }

// wire is the network of the children, in the test's own process.
type wire struct {
	mu    sync.Mutex // guards taken
	taken map[string]int
}

// slowly is how long the network takes until it has a post that it was sent: a desk that died meanwhile asks too early at first.
const slowly = 1200 * time.Millisecond

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	kind, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if r.Method == http.MethodPost {
		rw.WriteHeader(http.StatusEarlyHints) // it has the request: who wants to die with it on its way may do so now
		time.Sleep(slowly)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case r.Method == http.MethodGet && w.taken[key] == 0:
		rw.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodPost && (kind != kindOnce || w.taken[key] == 0):
		w.taken[key]++
	}
}

func (w *wire) count(key string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.taken[key]
}

// A desk that dies at any step of the send path, once or again while it takes up its work, says every post exactly once; where
// nobody can know, a person is asked, and nothing is said a second time by itself.
func TestExactlyOnceWhereverTheDeskDies(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{kindFinds, kindOnce, kindBlind} {
		for _, steps := range [][]string{
			{"claimed"}, {"saying"}, {"wrote"}, {"said"}, {"written"}, {"said", "asked"}, {"wrote", "wrote"}, {"claimed", "asked", "claimed"}, {"saying", "saying", "said"},
		} {
			t.Run(kind+" "+strings.Join(steps, ", "), func(t *testing.T) {
				t.Parallel()
				w := &wire{taken: map[string]int{}}
				net := httptest.NewServer(w)
				t.Cleanup(net.Close)
				d := newDesk(t, 1)
				d.account(t, kind)
				p := d.schedule(t, d.approved(t, "x"), time.Time{})[0]
				for _, step := range append(steps, "") {
					d.child(t, net.URL, step)
				}
				got := d.post(t, p.ID)
				if got.State == desk.PostUnknown && kind == kindBlind {
					d.until(t, p.ID, "long enough ago", func(p desk.Post) bool { return time.Since(p.Claimed) > crashTiming().Quiet })
					if _, err := d.Settle(as(t, desk.Lead), p.ID, w.count(p.Key) > 0, ""); err != nil {
						t.Fatal(err)
					}
					d.child(t, net.URL, "")
					got = d.post(t, p.ID)
				}
				if n := w.count(p.Key); n != 1 || !got.Published() {
					t.Errorf("the network has it %d times, the desk says %s (%s)", n, got.State, got.Problem.English())
				}
			})
		}
	}
}

// A desk that dies while STOP is being pressed holds all the same, and answers when it is back.
func TestAHoldSurvivesTheDesk(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"pressed", "answered"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			w := &wire{taken: map[string]int{}}
			net := httptest.NewServer(w)
			t.Cleanup(net.Close)
			d := newDesk(t, 1)
			d.account(t, kindFinds)
			p := d.schedule(t, d.approved(t, "x"), time.Now().Add(time.Second))[0]
			d.child(t, net.URL, step)
			d.until(t, p.ID, "overdue", func(p desk.Post) bool { return time.Now().After(p.Due) })
			d.child(t, net.URL, "")
			if got := d.post(t, p.ID); got.State != desk.PostHeld || w.count(p.Key) != 0 {
				t.Errorf("after the hold the post is %s, at the network %d times", got.State, w.count(p.Key))
			}
			if hs, err := d.db.LiveHolds(t.Context()); err != nil || len(hs) != 1 || hs[0].Answered.IsZero() {
				t.Errorf("holds %+v, %v", hs, err)
			}
		})
	}
}

// account names the channel's account after the kind of mouth that a child gives it.
func (d *deskAt) account(t *testing.T, kind string) {
	t.Helper()
	if _, err := d.db.ChangeChannel(t.Context(), d.channels[0].ID, act("channel.save"), func(c *desk.Channel, out *desk.Out) error {
		c.Account, out.Say = kind, desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	d.Timing = crashTiming()
}

// child runs a desk in a process of its own until it dies at the step, or has nothing left to do.
func (d *deskAt) child(t *testing.T, network, step string, env ...string) (died bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(append(os.Environ(), env...), crashDir+"="+filepath.Clean(d.dir), crashNetwork+"="+network, crashStep+"="+step)
	out, err := cmd.CombinedOutput()
	if err != nil && !strings.Contains(err.Error(), "killed") {
		t.Fatalf("child: %v\n%s", err, out)
	}
	return err != nil
}

func (d *deskAt) post(t *testing.T, id int64) desk.Post {
	t.Helper()
	p, err := d.db.Post(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
