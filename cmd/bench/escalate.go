package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// benchEscalate measures what an alert is worth at night: many escalations in flight, each with several steps, while the desk is
// killed again and again, its clock is set forward and back by an hour (also while it is down), and receivers answer 500 and 429,
// cut connections, or take a message without ever saying so. The receivers count by idempotency key.
//
// References: 0 steps lost, doubled or early, the messages of an escalation to one receiver in order, 99 of 100 messages there
// within 5 s after they were due and the desk and their receiver were back.
func benchEscalate(args []string) error {
	fs := flag.NewFlagSet("escalate", flag.ContinueOnError)
	n := fs.Int("escalations", 1000, "in flight together")
	kills := fs.Int("kills", 20, "times that the desk is killed")
	steps := fs.Int("steps", 4, "of each escalation")
	wait := fs.Int("wait", 10, "seconds between steps")
	seed := fs.Uint64("seed", 1, "of the moments")
	data := fs.String("data", "", "folder of the desk's database; empty: a temporary one")
	role := fs.String("role", "", "of a process that the bench starts: desk")
	receiver := fs.String("receiver", "", "for a desk: where messages go")
	offset := fs.Duration("offset", 0, "for a desk: how wrong its clock is")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *role == "desk" {
		return serveEscalateDesk(*data, *receiver, *offset)
	}
	if *data == "" {
		dir, err := os.MkdirTemp("", "breakwater-escalate-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		*data = dir
	}
	b := &escalateBench{n: *n, kills: *kills, steps: *steps, wait: time.Duration(*wait) * time.Second, data: *data, rand: rand.New(rand.NewPCG(*seed, 0)), began: time.Now()}
	if err := b.prepare(); err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	if err := b.run(); err != nil {
		return err
	}
	return b.report()
}

const (
	escalateGroups = 8                       // brands, each with a policy of its own and three people
	escalateRamp   = 10 * time.Second        // in which the escalations begin
	escalatePeople = 3                       // of a group, who are called by turns
	escalateJump   = time.Hour               // by which the clock is set
	escalateFault  = 2500 * time.Millisecond // that a receiver is in trouble
)

// escalateBench is one run.
type escalateBench struct {
	n, kills, steps int
	wait            time.Duration
	data            string
	rand            *rand.Rand
	began           time.Time

	receiver *escalateReceiver
	desk     *holdChild
	offset   time.Duration
	ups      []time.Time // when the desk was back
	jumps    int
}

// prepare makes the people, their ways, the policies, and the escalations that begin one after another.
func (b *escalateBench) prepare() error {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{Path: b.data, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer db.Close()
	for g := range escalateGroups {
		if err := b.group(ctx, db, g); err != nil {
			return err
		}
	}
	var jobs []desk.Job
	start := time.Now().Add(time.Second)
	for i := range b.n {
		m := desk.Matter{About: "alert:" + strconv.Itoa(i+1), Stage: desk.StageAlert, BrandID: int64(i%escalateGroups + 1), Level: desk.Crisis, Title: desk.Say("x")}
		j := m.Job()
		j.Due = start.Add(escalateRamp * time.Duration(i) / time.Duration(b.n))
		jobs = append(jobs, j)
	}
	_, err = db.Record(ctx, desk.Act{Who: "desk", Do: "bench"}, "bench:1", desk.Out{Say: desk.Say("x"), Jobs: jobs})
	return err
}

func (b *escalateBench) group(ctx context.Context, db *store.DB, g int) error {
	act := desk.Act{Who: "desk", Do: "bench"}
	brand, err := db.ChangeBrand(ctx, 0, act, func(x *desk.Brand, out *desk.Out) error {
		x.Name, x.Zone, out.Say = fmt.Sprint("Brand ", g), "UTC", desk.Say("x")
		return nil
	})
	if err != nil {
		return err
	}
	var people []int64
	for i := range escalatePeople {
		u, err := db.ChangeUser(ctx, 0, act, func(u *desk.User, out *desk.Out) error {
			u.Name, u.Email, u.Role, out.Say = fmt.Sprint("P", g, i), fmt.Sprintf("p%d.%d@example.org", g, i), desk.Responder, desk.Say("x")
			return nil
		})
		if err != nil {
			return err
		}
		people = append(people, u.ID)
		_, err = db.ChangeReach(ctx, u.ID, act, func(r *desk.Reach, out *desk.Out) error {
			r.Cap, out.Say = desk.Uncapped, desk.Say("x")
			return nil
		})
		if err != nil {
			return err
		}
		if _, err := db.ChangeWay(ctx, 0, act, func(w *desk.Way, out *desk.Out) error {
			w.Name, w.Kind, w.UserID, out.Say = u.Name, "bench", u.ID, desk.Say("x")
			return nil
		}); err != nil {
			return err
		}
	}
	_, err = db.ChangeEscalationPolicy(ctx, 0, act, func(p *desk.EscalationPolicy, out *desk.Out) error {
		p.Name, p.Stage, p.BrandID, out.Say = "Bench", desk.StageAlert, brand.ID, desk.Say("x")
		for i := range b.steps {
			p.Steps = append(p.Steps, desk.EscalationStep{To: []desk.Callee{{Kind: desk.CalleePerson, ID: people[i%escalatePeople]}}, Wait: int(b.wait / time.Second)})
		}
		return nil
	})
	return err
}

// run starts the desk, torments it, and waits until everything has arrived or nothing does any more.
func (b *escalateBench) run() (err error) {
	if b.receiver, err = newEscalateReceiver(); err != nil {
		return err
	}
	defer b.receiver.close()
	if err := b.start(); err != nil {
		return err
	}
	defer func() { b.desk.kill() }()
	length := escalateRamp + time.Duration(b.steps-1)*b.wait
	every := (length - 2*time.Second) / time.Duration(max(b.kills, 1))
	jump := map[int]bool{}
	for _, at := range []int{4, 9, 13, 17} { // forward while down, back while it runs, and once more the other way round
		jump[at*b.kills/20] = true
	}
	next := time.Now().Add(2 * time.Second)
	for i := range b.kills {
		time.Sleep(time.Until(next) + time.Duration(b.rand.IntN(400))*time.Millisecond)
		next = next.Add(every)
		b.receiver.trouble(int64(1+b.rand.IntN(escalateGroups*escalatePeople)), b.rand.IntN(escalateFaults))
		b.receiver.trouble(int64(1+b.rand.IntN(escalateGroups*escalatePeople)), b.rand.IntN(escalateFaults))
		if jump[i] && b.jumps%2 == 1 {
			if err := b.set(); err != nil {
				return err
			}
		}
		b.desk.kill()
		if jump[i] && b.jumps%2 == 0 && b.jumps < 4 {
			b.turn()
		}
		if err := b.start(); err != nil {
			return fmt.Errorf("after kill %d: %w", i+1, err)
		}
	}
	return b.settle()
}

// turn sets the clock: forward when it is right, else back.
func (b *escalateBench) turn() {
	b.jumps++
	if b.offset == 0 {
		b.offset = escalateJump
	} else {
		b.offset = 0
	}
}

// set is turn while the desk runs.
func (b *escalateBench) set() error {
	b.turn()
	_, err := fmt.Fprintln(b.desk.in, int64(b.offset/time.Second))
	time.Sleep(300 * time.Millisecond) // it works on under the new time before it is killed
	return err
}

func (b *escalateBench) start() error {
	self, err := startEscalateDesk(b.data, b.receiver.base, b.offset)
	if err != nil {
		return err
	}
	b.desk = self
	if _, err := b.desk.out.ReadString('\n'); err != nil { // it is open
		return err
	}
	b.ups = append(b.ups, time.Now())
	return nil
}

func startEscalateDesk(data, receiver string, offset time.Duration) (*holdChild, error) {
	return startChild("escalate", "-role", "desk", "-data", data, "-receiver", receiver, "-offset", offset.String())
}

// settle waits until every step has arrived, at the longest as long as two steps take.
func (b *escalateBench) settle() error {
	last, since := -1, time.Now()
	for {
		n := b.receiver.steps()
		if n >= b.n*b.steps {
			return nil
		}
		if n != last {
			last, since = n, time.Now()
		}
		if time.Since(since) > 2*b.wait+10*time.Second {
			return nil // what is missing is lost
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// report judges what the receivers saw.
func (b *escalateBench) report() error {
	v := b.receiver.judge(b)
	fmt.Printf("%d escalations of %d steps, %d kills, %d jumps of the clock by an hour, %d faults of receivers, %.0f s\n", b.n, b.steps, b.kills, b.jumps, v.faults, time.Since(b.began).Seconds())
	fmt.Printf("%-46s %10s  reference\n", "", "measured")
	for _, row := range []struct {
		name, reference string
		value           any
	}{
		{"steps delivered", fmt.Sprint(b.n * b.steps), v.steps}, {"lost", "0", v.lost}, {"doubled (two keys for one step)", "0", v.doubled}, {"before their time", "0", v.early},
		{"out of order at one receiver", "0", v.disorder}, {"tries that were answered with a fault", "", v.refused}, {"the same message twice under its one key", "", v.again},
		{"lateness p50 after recovery, s", "", fmt.Sprintf("%.2f", v.p50)}, {"lateness p99 after recovery, s", "< 5", fmt.Sprintf("%.2f", v.p99)}, {"lateness at worst, s", "", fmt.Sprintf("%.2f", v.worst)},
	} {
		fmt.Printf("%-46s %10v  %s\n", row.name, row.value, row.reference)
	}
	fmt.Printf("escalations=%d kills=%d steps=%d lost=%d doubled=%d out_of_order=%d early=%d lateness_p99_s=%.2f\n", b.n, b.kills, v.steps, v.lost, v.doubled, v.disorder, v.early, v.p99)
	if v.lost+v.doubled+v.disorder+v.early > 0 {
		return errors.New("a promise was broken")
	}
	return nil
}

// escalateNote is what a message says.
type escalateNote struct {
	Key   string   `json:"key"`
	Way   int64    `json:"way"`
	Calls []string `json:"calls"`
	Made  int64    `json:"made"` // microseconds, by the clock that the desk believed
}

func (n escalateNote) body() ([]byte, error) { return json.Marshal(n) }
