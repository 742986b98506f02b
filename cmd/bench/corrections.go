package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
	"breakwater/enrich"
	"breakwater/internal/confusion"
	"breakwater/store"
)

// correctionStages are after how many corrections it is measured.
var correctionStages = []int{30, 100, 300, 1000}

// protocols are the ways in which people correct.
var protocols = []struct {
	name, say string
	mistakes  bool
}{
	{"random", "posts at random are told right, as in the study", false},
	{"mistakes", "only what is read wrongly is corrected, as people do", true},
}

// benchCorrections measures what a brand's corrections do, through the store as in the product: posts of the brand are stored
// as read, some are corrected, the desk learns and reads the stored ones again, and those that nobody corrected are compared
// with their labels. The base is the model of open licences, which has not seen the brand.
func benchCorrections(args []string) error {
	flags := flag.NewFlagSet("corrections", flag.ContinueOnError)
	dir := flags.String("data", "", "folder of <language>.train.tsv.gz and <language>.dev.tsv.gz with their .src.gz")
	lang := flags.String("lang", "en", "language")
	brand := flags.String("brand", "airline", "the source set that stands for the brand")
	other := flags.String("other", "brands-sxsw", "the source set that stands for another brand")
	seeds := flags.Int("seeds", 3, "draws of the corrections")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("--data says in which folder the labelled texts lie")
	}
	b := &correctionBench{base: enrich.NewOpenMoods(), lang: *lang}
	if err := b.read(*dir, *brand, *other); err != nil {
		return err
	}
	fmt.Printf("%s: macro-F1 in %% on %d posts that nobody corrects, %d to correct, of another brand %d; the base is the open model, which has not seen them\n\n",
		*brand, len(b.scored), len(b.pool), len(b.others))
	sums, err := b.runs(*seeds)
	if err != nil {
		return err
	}
	b.table(sums)
	r, m := sums[0], sums[1]
	at := func(s correctionSum, n int) float64 { return mean(s.f1[n]) }
	fmt.Printf("f1_base=%.1f f1_100=%.1f f1_1000=%.1f lift_100=%.1f lift_1000=%.1f leaked=%d mistakes_lift_100=%.1f mistakes_lift_1000=%.1f left_after_undo=%d\n",
		at(r, 0), at(r, 100), at(r, 1000), at(r, 100)-at(r, 0), at(r, 1000)-at(r, 0), r.leaked+m.leaked,
		at(m, 100)-at(m, 0), at(m, 1000)-at(m, 0), r.left+m.left)
	return nil
}

// correctionBench is what is measured with.
type correctionBench struct {
	base                 *enrich.Moods
	lang                 string
	pool, scored, others []labelled
}

// correctionSum is what runs of one protocol gave.
type correctionSum struct {
	f1     map[int][]float64 // by corrections, one a seed
	took   time.Duration     // to learn from the most corrections and read everything again, the longest
	leaked int               // readings of the other brand that changed
	left   int               // readings of the brand that were not as before when everything was taken back
}

// Posts to score and to correct from the training set, beside the development set: enough that 3 points are no chance.
const (
	scoredPosts = 2000
	poolPosts   = 4000
	otherPosts  = 500
)

// read divides the posts.
func (b *correctionBench) read(dir, brand, other string) error {
	for _, w := range b.base.Head.Weights {
		if w.Lang == b.lang && w.Sources[brand] > 0 {
			return fmt.Errorf("the base has learned from %s: nothing would be shown", brand)
		}
	}
	var train []labelled
	for _, part := range []string{"train", "dev", "test"} {
		rows, err := readLabelledFile(filepath.Join(dir, b.lang+"."+part+".tsv.gz"), b.lang)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		for _, r := range rows {
			switch {
			case r.source == other && len(b.others) < otherPosts:
				b.others = append(b.others, r)
			case r.source == brand && part == "train":
				train = append(train, r)
			case r.source == brand:
				b.scored = append(b.scored, r)
			}
		}
	}
	random := rand.New(rand.NewPCG(4, 1))
	if len(train) == 0 { // only kept-back posts: half of them are corrected
		random.Shuffle(len(b.scored), func(i, k int) { b.scored[i], b.scored[k] = b.scored[k], b.scored[i] })
		train, b.scored = b.scored[len(b.scored)/2:], b.scored[:len(b.scored)/2]
	}
	random.Shuffle(len(train), func(i, k int) { train[i], train[k] = train[k], train[i] })
	n := min(scoredPosts, len(train)/3)
	b.scored, b.pool = append(b.scored, train[:n]...), train[n:min(n+poolPosts, len(train))]
	if len(b.scored) < 100 || len(b.pool) < 100 {
		return fmt.Errorf("%d posts of %s are too few", len(b.scored)+len(b.pool), brand)
	}
	return nil
}

func (b *correctionBench) runs(seeds int) ([]correctionSum, error) {
	sums := make([]correctionSum, len(protocols))
	var mu sync.Mutex // guards sums
	var group errgroup.Group
	group.SetLimit(3) // a run waits for its disk more than it works
	for i, p := range protocols {
		sums[i].f1 = map[int][]float64{}
		for seed := range seeds {
			group.Go(func() error {
				one := correctionSum{f1: map[int][]float64{}}
				if err := b.run(&one, p.mistakes, uint64(seed)); err != nil {
					return fmt.Errorf("%s, seed %d: %w", p.name, seed, err)
				}
				mu.Lock()
				defer mu.Unlock()
				sums[i].add(one)
				return nil
			})
		}
	}
	return sums, group.Wait()
}

// add takes the runs of another.
func (s *correctionSum) add(o correctionSum) {
	for n, f := range o.f1 {
		s.f1[n] = append(s.f1[n], f...)
	}
	s.took, s.leaked, s.left = max(s.took, o.took), s.leaked+o.leaked, s.left+o.left
}

// correctionDesk is one run's desk.
type correctionDesk struct {
	db      *store.DB
	learner *enrich.Learner
	brands  [2]int64
	labels  map[string]desk.Mood // of the brand's posts, by native id
}

// run corrects more and more of the pool and scores the rest.
func (b *correctionBench) run(sum *correctionSum, mistakes bool, seed uint64) error {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "bench-corrections-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	d, err := b.open(ctx, dir, seed)
	if err != nil {
		return err
	}
	defer d.db.Close()
	before, err := d.readings(ctx, 0)
	if err != nil {
		return err
	}
	theirs, err := d.readings(ctx, 1)
	if err != nil {
		return err
	}
	sum.f1[0] = append(sum.f1[0], d.score(before))
	todo := d.toCorrect(before, mistakes, seed)
	done := 0
	for _, n := range correctionStages {
		if n > len(todo) {
			break
		}
		for ; done < n; done++ {
			if _, err := d.db.Correct(ctx, todo[done].ID, d.labels[todo[done].NativeID], desk.Act{Who: "user:1", Name: "Bench", Do: "mention.correct"}); err != nil {
				return err
			}
		}
		began := time.Now()
		if err := d.learner.CatchUp(ctx); err != nil {
			return err
		}
		sum.took = max(sum.took, time.Since(began))
		now, err := d.readings(ctx, 0)
		if err != nil {
			return err
		}
		sum.f1[n] = append(sum.f1[n], d.score(now))
	}
	after, err := d.readings(ctx, 1)
	if err != nil {
		return err
	}
	sum.leaked += differing(theirs, after)
	for _, m := range todo[:done] {
		if err := d.db.Uncorrect(ctx, m, desk.Act{Who: "user:1", Name: "Bench", Do: "mention.uncorrect"}); err != nil {
			return err
		}
	}
	if err := d.learner.CatchUp(ctx); err != nil {
		return err
	}
	end, err := d.readings(ctx, 0)
	sum.left += differing(before, end)
	return err
}

// open makes a desk with two brands that heard all posts, in an order drawn from the seed, in the last days.
func (b *correctionBench) open(ctx context.Context, dir string, seed uint64) (*correctionDesk, error) {
	log := slog.New(slog.DiscardHandler)
	db, err := store.Open(ctx, store.Config{Path: dir, Log: log})
	if err != nil {
		return nil, err
	}
	e := &enrich.Enricher{Sentiment: b.base, Cues: enrich.NewCueList(), Folder: enrich.NewFolder()}
	d := &correctionDesk{db: db, learner: enrich.NewLearner(db, e, log), labels: map[string]desk.Mood{}}
	act := desk.Act{Who: "user:1", Name: "Bench", Do: "bench"}
	for i, rows := range [][]labelled{slices.Concat(b.scored, b.pool), b.others} {
		brand, err := db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
			b.Name, out.Say = "Brand", desk.Say("added")
			return nil
		})
		if err != nil {
			return nil, err
		}
		monitor, err := db.ChangeMonitor(ctx, 0, act, func(m *desk.Monitor, out *desk.Out) error {
			m.BrandID, m.Name, out.Say = brand.ID, "Monitor", desk.Say("added")
			return nil
		})
		if err != nil {
			return nil, err
		}
		d.brands[i] = brand.ID
		if err := d.hear(ctx, e, rows, len(b.scored), monitor.ID, seed); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// hear stores posts as read; the first of them are scored and never corrected.
func (d *correctionDesk) hear(ctx context.Context, e *enrich.Enricher, rows []labelled, scored int, monitor int64, seed uint64) error {
	start := time.Now().Add(-20 * 24 * time.Hour)
	order := rand.New(rand.NewPCG(seed, 2)).Perm(len(rows))
	var batch desk.Batch
	for at, i := range order {
		group := "pool"
		if i < scored {
			group = "scored"
		}
		m := desk.Mention{Ref: desk.Ref{Network: "bench", NativeID: fmt.Sprintf("%s-%d-%d", group, monitor, i)}, Kind: desk.KindPost, Text: rows[i].text, Lang: rows[i].lang,
			Author: desk.Author{Handle: fmt.Sprint("a", i)}, Published: start.Add(time.Duration(at) * time.Minute), Arrived: time.Now(), Monitors: desk.IDs{monitor}}
		e.Rest(&m)
		d.labels[m.NativeID] = desk.Mood(rows[i].class) - 1
		if batch.Mentions = append(batch.Mentions, m); len(batch.Mentions) == 1000 || at == len(order)-1 {
			if _, err := d.db.Append(ctx, []desk.Batch{batch}); err != nil {
				return err
			}
			batch = desk.Batch{}
		}
	}
	return nil
}

// readings are the mentions of a brand as they are stored, by native id.
func (d *correctionDesk) readings(ctx context.Context, brand int) (map[string]desk.Mention, error) {
	all, err := d.db.BrandMentions(ctx, d.brands[brand], time.Unix(0, 0), 0, 1<<30)
	out := make(map[string]desk.Mention, len(all))
	for _, m := range all {
		out[m.NativeID] = m
	}
	return out, err
}

// score is the macro-F1 in percent of the posts that nobody corrects.
func (d *correctionDesk) score(all map[string]desk.Mention) float64 {
	var c confusion.Table
	for id, m := range all {
		if strings.HasPrefix(id, "scored") {
			c.Add(uint8(d.labels[id]+1), uint8(m.Mood+1), 1)
		}
	}
	return 100 * c.MacroF1()
}

// toCorrect are the pool's posts in an order drawn from the seed.
func (d *correctionDesk) toCorrect(all map[string]desk.Mention, mistakes bool, seed uint64) (todo []desk.Mention) {
	for id, m := range all {
		if strings.HasPrefix(id, "pool") && (!mistakes || m.Mood != d.labels[id]) {
			todo = append(todo, m)
		}
	}
	slices.SortFunc(todo, func(a, b desk.Mention) int { return strings.Compare(a.NativeID, b.NativeID) })
	rand.New(rand.NewPCG(seed, 3)).Shuffle(len(todo), func(i, k int) { todo[i], todo[k] = todo[k], todo[i] })
	return todo
}

// differing counts readings that are not the same to the bit.
func differing(before, after map[string]desk.Mention) (n int) {
	for id, m := range before {
		now := after[id]
		if m.Mood != now.Mood || math.Float64bits(m.Sentiment) != math.Float64bits(now.Sentiment) ||
			math.Float64bits(m.Confidence) != math.Float64bits(now.Confidence) || m.CorrectedBy != now.CorrectedBy {
			n++
		}
	}
	return n + max(0, len(after)-len(before))
}

func (b *correctionBench) table(sums []correctionSum) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "corrections\tnone\t")
	for _, n := range correctionStages {
		fmt.Fprintf(w, "%d\t", n)
	}
	fmt.Fprintln(w)
	for i, p := range protocols {
		fmt.Fprintf(w, "%s\t", p.name)
		for _, n := range append([]int{0}, correctionStages...) {
			if f := sums[i].f1[n]; len(f) > 0 {
				fmt.Fprintf(w, "%.1f ±%.1f\t", mean(f), spread(f))
			} else {
				fmt.Fprint(w, "–\t")
			}
		}
		fmt.Fprintln(w)
	}
	if b.lang == "en" {
		fmt.Fprint(w, "the study\t63.5\t–\t–\t66.8\t–\t69.3\t\n")
	}
	w.Flush()
	fmt.Println()
	for i, p := range protocols {
		fmt.Printf("%s: %s; learning and reading %d stored posts again took %.1f s at the most\n", p.name, p.say, len(b.scored)+len(b.pool), sums[i].took.Seconds())
	}
	fmt.Println("± is the spread (standard deviation) over draws; the study (LANGUAGE.md 0) trained its model anew with the labels weighed threefold")
	fmt.Println()
}

func mean(all []float64) float64 {
	sum := 0.0
	for _, x := range all {
		sum += x
	}
	return sum / float64(max(len(all), 1))
}

// spread is the standard deviation, 0 of one.
func spread(all []float64) float64 {
	if len(all) < 2 {
		return 0
	}
	m, sum := mean(all), 0.0
	for _, x := range all {
		sum += (x - m) * (x - m)
	}
	return math.Sqrt(sum / float64(len(all)-1))
}
