package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// benchHold measures the race that the product is built around: posts that fall due in one second, a hold pressed at a random
// moment, desks that are killed, networks that are slow and cut connections. The network is another process and writes down when
// each post arrived; a violation is an arrival after the hold's answer.
//
// References: 0 violations, 0 lost, 0 doubled; the press answers within a second when networks answer (p99).
func benchHold(args []string) error {
	fs := flag.NewFlagSet("hold", flag.ContinueOnError)
	rounds := fs.Int("rounds", 60, "how often; 60 take some three minutes, 1000 an hour")
	posts := fs.Int("posts", 200, "posts that fall due in the same second, on four channels")
	dsn := fs.String("dsn", "", "an empty PostgreSQL database to use instead of SQLite; two desks share it then")
	role := fs.String("role", "", "of a process that the bench starts: network, desk")
	data := fs.String("data", "", "folder of the desk's database; empty: a temporary one")
	bases := fs.String("networks", "", "for a desk: addresses of the channels")
	seed := fs.Uint64("seed", 1, "of the moments")
	if err := fs.Parse(args); err != nil {
		return err
	}
	switch *role {
	case "network":
		return serveHoldNetwork()
	case "desk":
		return serveHoldDesk(store.Config{Path: *data, DSN: *dsn}, *dsn == "", strings.Split(*bases, ","))
	}
	if *data == "" {
		dir, err := os.MkdirTemp("", "breakwater-hold-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		*data = dir
	}
	b := &holdBench{posts: *posts, dsn: *dsn, data: *data, planning: time.Second, rand: rand.New(rand.NewPCG(*seed, 0)), took: map[holdKind][]time.Duration{}}
	defer b.close()
	if err := b.open(); err != nil {
		return err
	}
	began, told := time.Now(), time.Now()
	for i := range *rounds {
		if err := b.round(holdKinds[i%len(holdKinds)]); err != nil {
			return fmt.Errorf("round %d: %w", i, err)
		}
		if time.Since(told) > holdProgress {
			told = time.Now()
			left := time.Since(began) / time.Duration(i+1) * time.Duration(*rounds-i-1)
			fmt.Fprintf(os.Stderr, "%d of %d rounds, %d violations, %d lost, %d doubled; %s left\n", i+1, *rounds, b.violations, b.lost, b.doubled, left.Round(time.Second))
		}
	}
	b.report(*rounds)
	if b.violations+b.lost+b.doubled+b.untrue > 0 {
		return errors.New("a promise was broken")
	}
	return nil
}

// holdKind is what happens in a round beside the press.
type holdKind struct{ slow, killed bool }

// holdKinds are the kinds of rounds, over and over: the time of the press is judged by the half in which nothing else happens.
var holdKinds = []holdKind{{}, {slow: true}, {}, {killed: true}, {}, {slow: true, killed: true}, {}, {slow: true}, {}, {killed: true}}

// holdProgress is how often the bench says how far it is.
const holdProgress = 10 * time.Second

// holdBench is one run.
type holdBench struct {
	posts     int
	dsn, data string
	rand      *rand.Rand

	planning time.Duration // that it takes to schedule the posts of a round

	network *holdChild
	slow    slowness
	desks   []*holdChild
	base    string

	violations, lost, doubled, untrue int
	named, inFlight, arrived          int
	took                              map[holdKind][]time.Duration // from press to answer
}

// holdChild is a process of the bench.
type holdChild struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startHoldChild(args ...string) (*holdChild, error) {
	return startChild(append([]string{"hold"}, args...)...)
}

// startChild starts this program anew with other arguments.
func startChild(args ...string) (*holdChild, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &holdChild{cmd: exec.Command(self, args...)}
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewReader(out)
	return c, c.cmd.Start()
}

// kill ends it as a power cut would.
func (c *holdChild) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait() // it was killed
}

// errKilled says that a desk died before it answered.
var errKilled = errors.New("the desk was killed")

// ask gives an order and reads the answer.
func (c *holdChild) ask(o holdOrder) (a holdAnswer, err error) {
	b, err := json.Marshal(o)
	if err != nil {
		return a, err
	}
	if _, err := c.in.Write(append(b, '\n')); err != nil {
		return a, errors.Join(errKilled, err)
	}
	line, err := c.out.ReadBytes('\n')
	if err != nil {
		return a, errors.Join(errKilled, err)
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return a, err
	}
	if a.Err != "" {
		return a, fmt.Errorf("%s: %s", o.Do, a.Err)
	}
	return a, nil
}

func (b *holdBench) open() (err error) {
	if b.network, err = startHoldChild("-role", "network"); err != nil {
		return err
	}
	line, err := b.network.out.ReadString('\n')
	if err != nil {
		return err
	}
	b.base = strings.TrimSpace(line)
	if b.slow, err = newSlowness(b.base); err != nil {
		return err
	}
	n := 1
	if b.dsn != "" {
		n = 2
	}
	for range n {
		d, err := b.startDesk()
		if err != nil {
			return err
		}
		b.desks = append(b.desks, d)
	}
	return nil
}

func (b *holdBench) startDesk() (*holdChild, error) {
	d, err := startHoldChild("-role", "desk", "-data", b.data, "-dsn", b.dsn, "-networks", strings.Join(b.slow.addresses(), ","))
	if err != nil {
		return nil, err
	}
	_, err = d.out.ReadString('\n') // it is open
	return d, err
}

func (b *holdBench) close() {
	for _, d := range b.desks {
		d.kill()
	}
	if b.slow != nil {
		b.slow.close()
	}
	if b.network != nil {
		b.network.kill()
	}
}

// How a round unfolds.
const (
	holdSpread = 900 * time.Millisecond // in which the press and the kill fall
	holdAfter  = 400 * time.Millisecond // that the network is watched after the answer: longer than anything is on its way
	holdSettle = 3 * time.Minute        // until everything has gone out after the release; usually a second
)

// holdRound is what is found out about one round.
type holdRound struct {
	holdKind
	posts    []desk.Post
	arrivals []arrival
}

func (b *holdBench) round(kind holdKind) error {
	r := &holdRound{holdKind: kind}
	began := time.Now()
	due := began.Add(b.planning)
	planned, err := b.desks[0].ask(holdOrder{Do: "plan", N: b.posts, Due: due})
	if err != nil {
		return err
	}
	b.planning = max(time.Since(began)*5/4, 200*time.Millisecond)
	r.posts = planned.Posts
	if r.slow {
		if err := b.trouble(true); err != nil {
			return err
		}
	}
	h, err := b.race(r, due)
	if err != nil {
		return err
	}
	time.Sleep(holdAfter)
	if err := b.gather(r); err != nil {
		return err
	}
	b.judge(r, h)
	if r.slow {
		if err := b.trouble(false); err != nil {
			return err
		}
	}
	if _, err := b.desks[0].ask(holdOrder{Do: "release", Hold: h.ID}); err != nil {
		return err
	}
	return b.finish(r)
}

// trouble makes the way to the network slow and unreliable, and the network itself lose answers.
func (b *holdBench) trouble(on bool) error {
	res, err := http.Post(fmt.Sprintf("http://%s/trouble/%t", b.base, on), "", nil) //nolint:noctx // a process of our own
	if err != nil {
		return err
	}
	res.Body.Close()
	return b.slow.trouble(on)
}

// race presses at a random moment, and kills a desk at another: with one desk that which presses, with two either of them.
func (b *holdBench) race(r *holdRound, due time.Time) (h desk.Hold, err error) {
	pressAt, killAt := due.Add(time.Duration(b.rand.Int64N(int64(holdSpread)))), due.Add(time.Duration(b.rand.Int64N(int64(holdSpread))))
	victim, presser := b.rand.IntN(len(b.desks)), len(b.desks)-1
	died := make(chan error, 1)
	if r.killed {
		go func() {
			time.Sleep(time.Until(killAt))
			_ = b.desks[victim].cmd.Process.Kill()
			died <- b.desks[victim].cmd.Wait()
		}()
	}
	time.Sleep(time.Until(pressAt))
	dead := r.killed // and not alive again
	if dead && victim == presser && killAt.Before(pressAt) {
		if err := b.revive(victim, died); err != nil {
			return h, err
		}
		dead = false
	}
	a, err := b.desks[presser].ask(holdOrder{Do: "press"})
	if dead && errors.Is(err, errKilled) { // who pressed saw no answer, and presses again
		if err := b.revive(victim, died); err != nil {
			return h, err
		}
		dead = false
		a, err = b.desks[presser].ask(holdOrder{Do: "press"})
	}
	if err != nil {
		return h, err
	}
	b.took[r.holdKind] = append(b.took[r.holdKind], a.Took)
	if r.holdKind == (holdKind{}) && a.Took > time.Second {
		fmt.Fprintf(os.Stderr, "a press took %d ms, %d until nothing was under way of %+v\n", a.Took.Milliseconds(), a.Hold.Answered.Sub(a.Hold.At).Milliseconds(), a.Hold.Flying)
	}
	if dead {
		err = b.revive(victim, died)
	}
	return a.Hold, err
}

// revive starts a desk again after it died.
func (b *holdBench) revive(i int, died chan error) (err error) {
	<-died
	b.desks[i], err = b.startDesk()
	return err
}

// gather fetches what arrived since.
func (b *holdBench) gather(r *holdRound) error {
	res, err := http.Get("http://" + b.base + "/arrivals") //nolint:noctx // a process of our own
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var more []arrival
	if err := json.NewDecoder(res.Body).Decode(&more); err != nil {
		return err
	}
	r.arrivals = append(r.arrivals, more...)
	return nil
}

// judge counts what arrived after the answer. A send that the answer names as unknown is no violation, and is counted apart.
func (b *holdBench) judge(r *holdRound, h desk.Hold) {
	unsure := map[string]bool{}
	for _, f := range h.Flying {
		b.inFlight++
		if f.Sure() {
			continue
		}
		for _, p := range r.posts {
			if p.ID == f.PostID {
				unsure[p.Key] = true
			}
		}
	}
	for _, a := range r.arrivals {
		if !a.At.After(h.Answered) {
			continue
		}
		if unsure[a.Key] {
			b.named++
			continue
		}
		b.violations++
		fmt.Fprintf(os.Stderr, "violation: %s in channel %d arrived %s after the answer\n", a.Key, a.Channel, a.At.Sub(h.Answered))
	}
}

// finish waits until everything went out that was released, and compares what the desk says with what the network has.
func (b *holdBench) finish(r *holdRound) error {
	var now []desk.Post
	for end := time.Now().Add(holdSettle); ; time.Sleep(100 * time.Millisecond) {
		if err := b.gather(r); err != nil {
			return err
		}
		known := map[string]bool{}
		for _, a := range r.arrivals {
			known[a.Key] = true
		}
		if _, err := b.desks[0].ask(holdOrder{Do: "settle", Known: known}); err != nil {
			return err
		}
		a, err := b.desks[0].ask(holdOrder{Do: "posts", N: len(r.posts)})
		if err != nil {
			return err
		}
		now = a.Posts
		open := slices.IndexFunc(now, func(p desk.Post) bool { return !p.Published() && p.State != desk.PostFailed })
		if open < 0 || time.Now().After(end) {
			break
		}
	}
	if err := b.gather(r); err != nil {
		return err
	}
	taken := map[string]int{}
	for _, a := range r.arrivals {
		if a.Taken {
			taken[a.Key]++
		}
	}
	for _, p := range now {
		n := taken[p.Key]
		b.arrived += n
		switch {
		case n > 1:
			b.doubled += n - 1
			fmt.Fprintf(os.Stderr, "doubled: %s in channel %d arrived %d times\n", p.Key, p.ChannelID, n)
		case n == 0:
			b.lost++
			fmt.Fprintf(os.Stderr, "lost: %s in channel %d is %s\n", p.Key, p.ChannelID, p.State)
		}
		if p.Published() != (n > 0) {
			b.untrue++
			fmt.Fprintf(os.Stderr, "untrue: %s in channel %d is %s and arrived %d times\n", p.Key, p.ChannelID, p.State, n)
		}
	}
	return nil
}

func (b *holdBench) report(rounds int) {
	engine := "SQLite, one desk"
	if b.dsn != "" {
		engine = fmt.Sprintf("PostgreSQL, %d desks", len(b.desks))
	}
	fmt.Printf("%d posts due in the same second on %d channels, a hold at a random moment of the next %s; %s; %s between desk and network\n\n", b.posts, holdWays, holdSpread, engine, b.slow.name())
	row := func(what string, v any, reference string) { fmt.Printf("%-52s %12v   %s\n", what, v, reference) }
	row("", "measured", "reference")
	row("rounds", rounds, "")
	row("posts at the network", b.arrived, fmt.Sprint(rounds*b.posts))
	row("arrivals after the answer of a hold", b.violations, "0")
	row("  of sends that the answer named as unknown", b.named, "")
	row("sends under way that a hold waited for", b.inFlight, "")
	row("lost", b.lost, "0")
	row("doubled", b.doubled, "0")
	row("states that are not true", b.untrue, "0")
	for _, k := range []struct {
		holdKind
		name, reference string
	}{
		{holdKind{}, "quiet", "p99 under 1000"},
		{holdKind{slow: true}, "slow: delays, cut connections, lost answers", ""},
		{holdKind{killed: true}, "killed: a desk by kill -9", ""},
		{holdKind{true, true}, "slow and killed", ""},
	} {
		took := b.took[k.holdKind]
		row("rounds "+k.name, len(took), "")
		row("  press to answer, p50 and p99, ms", fmt.Sprintf("%d / %d", percentile(took, 0.5).Milliseconds(), percentile(took, 0.99).Milliseconds()), k.reference)
	}
	fmt.Printf("rounds=%d violations=%d lost=%d doubled=%d press_p99_ms=%d\n", rounds, b.violations, b.lost, b.doubled, percentile(b.took[holdKind{}], 0.99).Milliseconds())
}

// percentile is the nearest-rank percentile; 0 without values.
func percentile(all []time.Duration, p float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(int(p*float64(len(sorted))), len(sorted)-1)]
}
