package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"breakwater/desk"
	"breakwater/store"
	"breakwater/subscribe"
)

// benchSubscribers measures that an update reaches its subscribers once each: tens of thousands of addresses, a mail server in another
// process that is slow, strict and moody, a desk that is killed (SIGKILL) in the middle, and people who leave by one click meanwhile. The
// server writes down each letter; at the end what it has is held against what the desk says it sent.
//
// What SMTP does not permit is to know of a letter whose end was written and whose answer was not read. The desk notes each letter before
// it writes its end and when it has read the answer, so a kill leaves only those between the two, at most one for each connection: these
// are named as unknown and never sent again by itself.
//
// References: doubled 0, lost 0, untrue 0, unsubscribed_after 0; unknown at most kills × connections.
func benchSubscribers(args []string) error {
	fs := flag.NewFlagSet("subscribers", flag.ContinueOnError)
	b := &lettersBench{got: map[string][]takenLetter{}, leave: map[string]string{}, left: map[string]time.Time{}}
	fs.IntVar(&b.readers, "subscribers", 50_000, "addresses that are written to")
	fs.IntVar(&b.kills, "kills", 8, "how often the desk is killed")
	fs.IntVar(&b.leavers, "leavers", 1000, "people who leave meanwhile, by one click")
	fs.IntVar(&b.connections, "connections", 32, "to the mail server at once, at most; a desk begins with 3, and without a setting takes up to 32")
	fs.DurationVar(&b.latency, "latency", 20*time.Millisecond, "that the mail server takes for every command")
	fs.StringVar(&b.at.DSN, "dsn", "", "an empty PostgreSQL database to use instead of SQLite")
	fs.StringVar(&b.at.Path, "data", "", "folder of the desk's database; empty: a temporary one")
	role := fs.String("role", "", "of a process that the bench starts: server, desk")
	fs.StringVar(&b.server, "server", "", "for a desk: the mail server")
	seed := fs.Uint64("seed", 1, "of who leaves, and of the moments of the kills")
	if err := fs.Parse(args); err != nil {
		return err
	}
	switch *role {
	case "server":
		return serveSlowMail(b.latency)
	case "desk":
		return serveLettersDesk(b.at, b.server, b.connections)
	}
	if b.at.Path == "" {
		dir, err := os.MkdirTemp("", "breakwater-subscribers-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		b.at.Path = dir
	}
	b.rand = rand.New(rand.NewPCG(*seed, 0))
	return b.run(context.Background())
}

// lettersBench is one run.
type lettersBench struct {
	readers, kills, leavers, connections int
	latency                              time.Duration
	at                                   store.Config
	server                               string // address of the mail server
	rand                                 *rand.Rand
	who                                  map[int64]string // addresses by subscriber; the store forgets those of who leaves

	desk atomic.Pointer[string] // its address; nil: it is dead
	main atomic.Int64           // letters of the main update that the server has

	mu       sync.Mutex // guards what follows
	got      map[string][]takenLetter
	leave    map[string]string    // links to leave, of the letter before
	left     map[string]time.Time // when the desk answered that they left
	breaches []string
}

func (b *lettersBench) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	office, err := startChild("subscribers", "-role", "server", "-latency", b.latency.String())
	if err != nil {
		return err
	}
	defer office.kill()
	line, err := office.out.ReadString('\n')
	if err != nil {
		return err
	}
	b.server = strings.TrimSpace(line)
	listened := make(chan struct{})
	go func() { b.listen(office); close(listened) }()
	took := time.Now()
	if err := b.furnish(ctx); err != nil {
		return err
	}
	fmt.Printf("%d addresses were taken in within %.1f s\n", b.readers, time.Since(took).Seconds())
	// The letter before, from which the leavers have their links.
	if err := b.mail(ctx, subscribersBefore, func(desk *holdChild) (*holdChild, error) { return desk, nil }, func() bool { return true }); err != nil {
		return err
	}
	began := time.Now()
	leaving := b.leaving(ctx)
	kills := 0
	err = b.mail(ctx, subscribersPage, func(desk *holdChild) (*holdChild, error) {
		if kills == b.kills || int(b.main.Load()) < (kills+1)*b.readers/(b.kills+1) {
			return desk, nil
		}
		kills++
		time.Sleep(time.Duration(b.rand.IntN(500)) * time.Millisecond) // any moment
		b.desk.Store(nil)
		desk.kill()
		fmt.Printf("killed after %d letters, %.0f s\n", b.main.Load(), time.Since(began).Seconds())
		return b.start()
	}, leaving)
	if err != nil {
		return err
	}
	spent := time.Since(began)
	_ = office.in.Close() // it ends, and what it wrote down is read to the end
	<-listened
	return b.report(ctx, kills, spent)
}

// listen reads what the mail server took.
func (b *lettersBench) listen(office *holdChild) {
	in := json.NewDecoder(office.out)
	for {
		var l takenLetter
		if err := in.Decode(&l); err != nil {
			return
		}
		b.mu.Lock()
		if l.Breach != "" {
			b.breaches = append(b.breaches, l.Breach)
		}
		switch l.Subject {
		case lettersSubject(subscribersBefore):
			b.leave[l.To] = l.Leave
		case lettersSubject(subscribersPage):
			b.got[l.To] = append(b.got[l.To], l)
			b.main.Add(1)
		}
		b.mu.Unlock()
	}
}

// furnish takes in the list: those who will leave want everything of the brand, and are spread among the others.
func (b *lettersBench) furnish(ctx context.Context) error {
	db, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	d := lettersDesk(db, b.server, b.connections)
	admin := desk.WithActor(ctx, desk.Actor{Who: "user:1", Name: "Ana", Role: desk.Admin})
	const pieces = 20
	n := 0
	for range pieces {
		for _, part := range []struct {
			page int64
			n    int
		}{{desk.WholeBrand, b.leavers / pieces}, {subscribersPage, (b.readers - b.leavers) / pieces}} {
			var list strings.Builder
			for range part.n {
				fmt.Fprintf(&list, "reader%d@d%d.example\n", n, n%97)
				n++
			}
			done, err := d.Import(admin, subscribe.Import{BrandID: 1, CentreID: part.page, Lang: "en", Consent: "asked for it at the fair"}, strings.NewReader(list.String()))
			if err != nil || done.Added != part.n {
				return fmt.Errorf("%d of %d addresses were taken in: %w", done.Added, part.n, err)
			}
		}
	}
	b.readers = n
	b.who = make(map[int64]string, n)
	for after := int64(0); ; {
		all, err := db.Subscribers(ctx, 1, "", after, 1000)
		if err != nil || len(all) == 0 {
			return err
		}
		for _, one := range all {
			after = one.ID
			b.who[one.ID] = one.Address
		}
	}
}

// order has the update of a page sent.
func (b *lettersBench) order(ctx context.Context, page int64) error {
	db, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	jobs := subscribe.Order{CentreID: page, Number: 1, StatementID: 3, Notify: desk.NotifyCrisis, ChannelID: 5, BrandID: 1}.Jobs()
	jobs[0].Wait = 0
	return db.NoteSubscribers(ctx, 1, desk.Act{Who: "desk", Do: "bench"}, desk.Out{Say: desk.Say("An update goes to its subscribers."), Jobs: jobs})
}

func (b *lettersBench) open(ctx context.Context) (*store.DB, error) {
	at := b.at
	at.Log = slog.New(slog.DiscardHandler)
	return store.Open(ctx, at)
}

// start starts a desk.
func (b *lettersBench) start() (*holdChild, error) {
	c, err := startChild("subscribers", "-role", "desk", "-data", b.at.Path, "-dsn", b.at.DSN, "-server", b.server, "-connections", fmt.Sprint(b.connections))
	if err != nil {
		return nil, err
	}
	line, err := c.out.ReadString('\n')
	if err != nil {
		return c, fmt.Errorf("the desk did not start: %w", err)
	}
	address := strings.TrimSpace(line)
	b.desk.Store(&address)
	return c, nil
}

// lettersPatience bounds the bench.
const lettersPatience = 30 * time.Minute

// mail has a desk send the update of a page until it is done and also says so; meddle may put another desk in its place.
func (b *lettersBench) mail(ctx context.Context, page int64, meddle func(*holdChild) (*holdChild, error), also func() bool) error {
	if err := b.order(ctx, page); err != nil {
		return err
	}
	c, err := b.start()
	if err != nil {
		return err
	}
	defer func() { b.desk.Store(nil); c.kill() }()
	for end := time.Now().Add(lettersPatience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if c, err = meddle(c); err != nil {
			return err
		}
		body, err := b.ask(ctx, http.MethodGet, "/state?key="+url.QueryEscape(fmt.Sprintf("%d/1", page)), nil)
		if err != nil {
			continue
		}
		var s lettersState
		if err := json.Unmarshal(body, &s); err != nil {
			return err
		}
		if s.State == desk.MailingDone && also() {
			return nil
		}
		if s.State != desk.MailingDone && s.State != desk.MailingSending {
			return fmt.Errorf("the mailing is %s: %v", s.State, s.Count)
		}
	}
	return fmt.Errorf("the update of page %d is not done after %s", page, lettersPatience)
}

// ask asks the desk that lives.
func (b *lettersBench) ask(ctx context.Context, method, path string, form url.Values) ([]byte, error) {
	at := b.desk.Load()
	if at == nil {
		return nil, errKilled
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+*at+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("the desk says %s", res.Status)
	}
	return body, err
}
