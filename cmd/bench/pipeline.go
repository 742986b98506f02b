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
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"breakwater/app"
	"breakwater/desk"
	"breakwater/enrich"
	"breakwater/match"
	"breakwater/store"
)

// What the pipeline bench feeds: posts of 1 KB from eight sources in batches of 500, for 1,000 Boolean monitors.
const (
	pipelineSources  = 8
	pipelineBatch    = 500
	pipelineMonitors = 1000
	pipelineSize     = 1000 // bytes of text
	pipelineRound    = 4    // batches that the bare loop inserts in one transaction: as many as the pipeline gathers
)

// benchProfile names a file for a processor profile of the measured part, for those who tune it.
const benchProfile = "BREAKWATER_BENCH_PROFILE"

// benchPipeline measures posts per second from the connectors' hand-over to the durable commit, beside a bare loop that only
// inserts the same rows with the same indexes, and then kills the pipeline in the middle to count what is lost or doubled.
// Every part runs in a process of its own, so that the memory is the pipeline's alone.
func benchPipeline(args []string) error {
	fs := flag.NewFlagSet("pipeline", flag.ContinueOnError)
	posts := fs.Int("posts", 120_000, "posts to measure with")
	kills := fs.Int("kills", 3, "times that the pipeline is killed in the middle")
	part := fs.String("part", "", "run one part in this process: pipeline, bare")
	dir := fs.String("data", "", "folder of the part's database")
	if err := fs.Parse(args); err != nil {
		return err
	}
	switch *part {
	case "pipeline":
		return report(runPipeline(*dir, *posts))
	case "bare":
		return report(runBare(*dir, *posts))
	}
	tmp, err := os.MkdirTemp("", "breakwater-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)

	bare, err := inProcess("bare", filepath.Join(tmp, "bare"), *posts)
	if err != nil {
		return fmt.Errorf("bare loop: %w", err)
	}
	full, err := inProcess("pipeline", filepath.Join(tmp, "full"), *posts)
	if err != nil {
		return fmt.Errorf("pipeline: %w", err)
	}
	lost, doubled, err := killed(filepath.Join(tmp, "killed"), *posts/4, *kills)
	if err != nil {
		return fmt.Errorf("killed pipeline: %w", err)
	}
	fmt.Printf("%-44s %12s %12s %10s\n", "", "posts/s", "CPU µs/post", "RSS MiB")
	for _, r := range []struct {
		name string
		m    partResult
	}{{"bare loop of INSERTs, same rows and indexes", bare}, {"pipeline, 1,000 monitors", full}} {
		fmt.Printf("%-44s %12.0f %12.1f %10.0f\n", r.name, r.m.PerSecond, r.m.CPU, r.m.RSS)
	}
	fmt.Printf("\n%d posts of 1 KB, %.2f monitors answered per post, %d MiB on disk; killed %d times in the middle of %d posts: %d lost, %d doubled\n",
		*posts, full.Hits, full.Disk>>20, *kills, *posts/4, lost, doubled)
	fmt.Printf("posts_per_second=%.0f ratio_to_bare_store=%.2f max_rss_mib=%.0f lost=%d doubled=%d\n",
		full.PerSecond, bare.PerSecond/full.PerSecond, full.RSS, lost, doubled)
	return nil
}

// partResult is what one part found out, as it prints it for its parent.
type partResult struct {
	PerSecond, CPU, RSS, Hits float64
	Disk                      int64
}

func report(m partResult, err error) error {
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(m)
}

func partCommand(part, dir string, posts int) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "pipeline", "-part", part, "-data", dir, "-posts", strconv.Itoa(posts))
	cmd.Stderr = os.Stderr
	return cmd, nil
}

func inProcess(part, dir string, posts int) (partResult, error) {
	var m partResult
	cmd, err := partCommand(part, dir, posts)
	if err != nil {
		return m, err
	}
	out, err := cmd.Output()
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(out, &m)
}

// feed is one source's posts: the same for the same source, so that a cursor can resume it.
type feed struct {
	source int64
	poster *poster
	from   time.Time
	next   int // of the next post
	total  int
}

func newFeed(source int64, number, total int) *feed {
	f := &feed{source: source, poster: newPoster(uint64(100 + number)), total: total, from: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}
	f.poster.seq = number * 10_000_000
	return f
}

// skip goes on after cursor.
func (f *feed) skip(cursor string) error {
	if cursor == "" {
		return nil
	}
	n, err := strconv.Atoi(cursor)
	if err != nil {
		return err
	}
	for f.next < n {
		f.post()
	}
	return nil
}

func (f *feed) post() desk.Mention {
	at := f.from.Add(time.Duration(f.next) * 400 * time.Millisecond)
	f.next++
	return f.poster.post(pipelineSize, at)
}

// batch is the next piece with the cursor after it; it is empty at the end.
func (f *feed) batch() desk.Batch {
	b := desk.Batch{SourceID: f.source}
	for len(b.Mentions) < pipelineBatch && f.next < f.total {
		b.Mentions = append(b.Mentions, f.post())
	}
	b.Cursor = strconv.Itoa(f.next)
	return b
}

// pipeline is a flow on a store with its sources and monitors, as app makes it.
type pipeline struct {
	db   *store.DB
	flow *app.Flow
	ids  []int64 // of the sources
}

func openPipeline(ctx context.Context, dir string) (*pipeline, error) {
	app.Frugal()
	db, err := store.Open(ctx, store.Config{Path: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	p := &pipeline{db: db}
	act := desk.Act{Who: "desk", Name: "bench", Do: "source.save", At: time.Now()}
	known, err := db.Sources(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range known {
		p.ids = append(p.ids, s.ID)
	}
	for len(p.ids) < pipelineSources {
		s, err := db.ChangeSource(ctx, 0, act, func(s *desk.Source, out *desk.Out) error {
			s.Kind, s.Name, s.KeepAll = "sandbox", fmt.Sprintf("Source %d", len(p.ids)+1), true
			out.Say = desk.Say("{name} was added.", "name", s.Name)
			return nil
		})
		if err != nil {
			return nil, err
		}
		p.ids = append(p.ids, s.ID)
	}
	monitors, err := p.monitors(ctx, act)
	if err != nil {
		return nil, err
	}
	set, err := match.NewSet(monitors)
	if err != nil {
		return nil, err
	}
	keep := make(map[int64]bool)
	for _, id := range p.ids {
		keep[id] = true
	}
	p.flow = app.NewFlow(db, enrich.New())
	p.flow.Hear(&app.Hearing{Monitors: set, KeepAll: keep})
	return p, nil
}

// monitors are in the store, made when they are not there yet.
func (p *pipeline) monitors(ctx context.Context, act desk.Act) ([]desk.Monitor, error) {
	list, err := p.db.Monitors(ctx, 0)
	if err != nil || len(list) > 0 {
		return list, err
	}
	brand, err := p.db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, out.Say = "Bench", desk.Say("{name} was added.", "name", "Bench")
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, want := range newPoster(99).monitors(pipelineMonitors, pipelineSize, 1.5) {
		m, err := p.db.ChangeMonitor(ctx, 0, act, func(m *desk.Monitor, out *desk.Out) error {
			want.ID, want.BrandID, want.Version = m.ID, brand.ID, m.Version
			*m, out.Say = want, desk.Say("{name} was added.", "name", want.Name)
			return nil
		})
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// feedAll hands over what the sources still have and waits until all of it is durable and searches find it.
func (p *pipeline) feedAll(ctx context.Context, feeds []*feed) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go p.flow.Run(ctx)
	errs := make(chan error, len(feeds))
	var wg sync.WaitGroup
	for _, f := range feeds {
		wg.Go(func() {
			for {
				b := f.batch()
				if len(b.Mentions) == 0 {
					return
				}
				if _, err := p.flow.Keep(ctx, b); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	return errors.Join(<-errs, p.db.Searchable(ctx))
}

// runPipeline is the part that is measured.
func runPipeline(dir string, posts int) (m partResult, err error) {
	ctx := context.Background()
	p, err := openPipeline(ctx, dir)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, p.db.Close()) }()
	var hits, told atomic.Int64
	p.flow.Kept = func(batches []desk.Batch, _ []desk.Stored) {
		for _, b := range batches {
			for i := range b.Mentions {
				hits.Add(int64(len(b.Mentions[i].Monitors)))
			}
			told.Add(int64(len(b.Mentions)))
		}
	}
	feeds, err := p.feeds(ctx, posts)
	if err != nil {
		return m, err
	}
	stop, err := profile()
	if err != nil {
		return m, err
	}
	defer stop()
	start, cpu := time.Now(), cpuTime()
	if err := p.feedAll(ctx, feeds); err != nil {
		return m, err
	}
	took := time.Since(start)
	m = partResult{PerSecond: float64(posts) / took.Seconds(), CPU: (cpuTime() - cpu).Seconds() * 1e6 / float64(posts), RSS: peakRSS(), Hits: float64(hits.Load()) / float64(max(told.Load(), 1))}
	m.Disk, err = folderSize(dir)
	return m, err
}

// runBare prepares the same posts and measures only the loop that inserts them.
func runBare(dir string, posts int) (m partResult, err error) {
	ctx := context.Background()
	p, err := openPipeline(ctx, dir)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, p.db.Close()) }()
	feeds, err := p.feeds(ctx, posts)
	if err != nil {
		return m, err
	}
	stop, err := profile()
	if err != nil {
		return m, err
	}
	defer stop()
	var took, cpu time.Duration
	turn := 0
	for left := true; left; {
		left = false
		var round []*store.Prepared
		for range pipelineRound {
			f := feeds[turn%len(feeds)]
			turn++
			b := f.batch()
			left = left || len(b.Mentions) > 0
			p.flow.Prepare(&b, time.Now())
			ready, err := p.db.Prepare(ctx, b)
			if err != nil {
				return m, err
			}
			round = append(round, ready)
		}
		start, before := time.Now(), cpuTime()
		if err := p.db.Bare(ctx, round); err != nil {
			return m, err
		}
		took += time.Since(start)
		cpu += cpuTime() - before
	}
	m = partResult{PerSecond: float64(posts) / took.Seconds(), CPU: cpu.Seconds() * 1e6 / float64(posts), RSS: peakRSS()}
	m.Disk, err = folderSize(dir)
	return m, err
}

// feeds are the sources' posts, each from where its cursor stands.
func (p *pipeline) feeds(ctx context.Context, posts int) ([]*feed, error) {
	var feeds []*feed
	for i, id := range p.ids {
		f := newFeed(id, i, posts/pipelineSources)
		cursor, err := p.db.Cursor(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := f.skip(cursor); err != nil {
			return nil, err
		}
		feeds = append(feeds, f)
	}
	return feeds, nil
}

// killed runs the pipeline in a process that is killed -9 in the middle, several times, then to its end, and counts what is
// missing and what is there twice: in the rows and in the roll-ups.
func killed(dir string, posts, kills int) (lost, doubled int, err error) {
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 3))
	for range kills {
		cmd, err := partCommand("pipeline", dir, posts)
		if err != nil {
			return 0, 0, err
		}
		if err := cmd.Start(); err != nil {
			return 0, 0, err
		}
		time.Sleep(500*time.Millisecond + time.Duration(r.IntN(700))*time.Millisecond)
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return 0, 0, err
		}
		_ = cmd.Wait() // it was killed: that is its error
	}
	if _, err := inProcess("pipeline", dir, posts); err != nil {
		return 0, 0, err
	}
	return count(dir, posts)
}

// count compares what the store holds with what was posted.
func count(dir string, posts int) (lost, doubled int, err error) {
	ctx := context.Background()
	p, err := openPipeline(ctx, dir)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, p.db.Close()) }()
	seen := make(map[desk.Ref]int, posts)
	for before := int64(0); ; {
		page, err := p.db.Mentions(ctx, desk.Filter{Before: before, Limit: 200})
		if err != nil {
			return 0, 0, err
		}
		for _, m := range page.Mentions {
			seen[m.Ref]++
		}
		if before = page.Next; before == 0 {
			break
		}
	}
	for i, id := range p.ids {
		f := newFeed(id, i, posts/pipelineSources)
		for f.next < f.total {
			if n := seen[f.post().Ref]; n == 0 {
				lost++
			} else if n > 1 {
				doubled += n - 1
			}
		}
	}
	counted, err := p.rolledUp(ctx)
	if err != nil {
		return 0, 0, err
	}
	answered, err := p.answered(ctx)
	if err != nil {
		return 0, 0, err
	}
	if diff := counted - answered; diff > 0 {
		doubled += diff
	} else {
		lost -= diff
	}
	return lost, doubled, nil
}

// rolledUp is how many answers the roll-ups count over all monitors.
func (p *pipeline) rolledUp(ctx context.Context) (n int, err error) {
	points, err := p.db.Series(ctx, desk.Ask{Monitors: monitorIDs(), From: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)})
	for _, pt := range points {
		n += pt.Count
	}
	return n, err
}

// answered is how many answers the rows hold.
func (p *pipeline) answered(ctx context.Context) (n int, err error) {
	for before := int64(0); ; {
		page, err := p.db.Mentions(ctx, desk.Filter{Before: before, Limit: 200})
		if err != nil {
			return 0, err
		}
		for _, m := range page.Mentions {
			n += len(m.Monitors)
		}
		if before = page.Next; before == 0 {
			return n, nil
		}
	}
}

func monitorIDs() []int64 {
	ids := make([]int64, pipelineMonitors)
	for i := range ids {
		ids[i] = int64(i + 1)
	}
	return ids
}

// cpuTime is the processor time that this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakRSS is the most memory that this process ever held, in MiB.
func peakRSS() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kb / 1024
		}
	}
	return 0
}

func folderSize(dir string) (n int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	return n, err
}

// profile starts a processor profile when one is asked for.
func profile() (stop func(), err error) {
	path := os.Getenv(benchProfile)
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); f.Close() }, pprof.StartCPUProfile(f)
}
