package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"breakwater/detect/series"
	"breakwater/drill/scene"
)

// shape is how many tweets each five minutes of the first day after a real event brought.
type shape struct {
	name   string
	minute float64 // of the day, UTC, when it happened
	counts []float64
}

// quietBrands are how many brands each real shape is added to.
const quietBrands = 4

// benchShapes adds the shapes of real crises to quiet brands, as some share of their daily volume, and looks which are found within a
// day of the event itself: what Twitter needed to hear of it counts against the detector.
func benchShapes(dir string, seed int64) error {
	shapes, err := readShapes(dir)
	if err != nil {
		return err
	}
	fmt.Printf("\nReal shapes: %d events of CrisisLexT26 added to %d quiet brands each, three in four meant badly; found within a day of the event, and the\nmedian minutes. A tracked topic is one in two of them, where there is one.\n\n", len(shapes), quietBrands)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "of daily volume\tbreakwater\tminutes\twithout a topic\tminutes\treference, without\tminutes\tmean + SDs, mentions\tminutes\t")
	for _, share := range []float64{.05, .15, .5} {
		var with, without, ref, plain scene.KindTally
		acts := make([][2]*act, len(shapes)*quietBrands)
		each(len(acts), func(i int) {
			for k, topic := range []float64{.5, 0} {
				acts[i][k] = newAct(inject(shapes[i/quietBrands], share, topic, seed, i))
			}
		})
		for _, a := range acts {
			add := func(k *scene.KindTally, s *scene.Scene, scores []float32, bar float64) {
				var t scene.Tally
				t.Add(s, scene.Alerts(scores, 5, bar))
				k.Events, k.Hit, k.After = k.Events+t.Kinds[s.Kind].Events, k.Hit+t.Kinds[s.Kind].Hit, append(k.After, t.Kinds[s.Kind].After...)
			}
			add(&with, a[0].scene, a[0].buckets, series.AngerStart)
			add(&without, a[1].scene, a[1].buckets, series.AngerStart)
			add(&ref, a[1].scene, a[1].rivals[0], rivals[0].threshold)
			add(&plain, a[1].scene, a[1].rivals[1], rivals[1].threshold)
		}
		fmt.Fprintf(table, "%.2f\t%.2f\t%s\t%.2f\t%s\t%.2f\t%s\t%.2f\t%s\t\n", share, with.Rate(), minutesOf(&with), without.Rate(), minutesOf(&without),
			ref.Rate(), minutesOf(&ref), plain.Rate(), minutesOf(&plain))
	}
	return table.Flush()
}

// inject adds a shape to a quiet brand at its own time of the day.
func inject(sh shape, share, topic float64, seed int64, number int) *scene.Scene {
	r := rand.New(rand.NewPCG(uint64(seed), uint64(number)))
	s := scene.Make("none", seed, 1000+number, 28)
	at := float64(15+r.IntN(8))*1440 + sh.minute
	sum := 0.0
	for _, n := range sh.counts {
		sum += n
	}
	for i, n := range sh.counts {
		for range poisson(r, n*share*s.Brand.Daily/sum) {
			s.Add(scene.Post{Minute: int32(at + float64(i)*5 + r.Float64()*5), Topic: r.Float64() < topic, Author: r.Uint64(), Event: true, Parent: -1},
				r.Float64() < .75, r.Float64())
		}
	}
	s.Sort()
	s.Kind, s.Events = "flash", []scene.Span{{From: at, To: at + 1440}}
	return s
}

func poisson(r *rand.Rand, mean float64) int {
	if mean > 60 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	limit, n := math.Exp(-mean), 0
	for p := r.Float64(); p > limit; p *= r.Float64() {
		n++
	}
	return n
}

// readShapes reads the events whose onset is known.
func readShapes(dir string) ([]shape, error) {
	if nested := filepath.Join(dir, "crisislex_t26"); isDir(nested) {
		dir = nested
	}
	raw, err := os.ReadFile(filepath.Join(dir, "onsets.json"))
	if err != nil {
		return nil, err
	}
	var onsets map[string]struct {
		Onset string `json:"onset_utc"`
	}
	if err := json.Unmarshal(raw, &onsets); err != nil {
		return nil, fmt.Errorf("onsets.json: %w", err)
	}
	var out []shape
	for name, o := range onsets {
		at, err := time.Parse("2006-01-02 15:04", o.Onset)
		if err != nil {
			return nil, fmt.Errorf("onset of %s: %w", name, err)
		}
		s, err := readShape(filepath.Join(dir, name+".csv"), at)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		s.name = name
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b shape) int { return slices.Compare([]byte(a.name), []byte(b.name)) })
	return out, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// readShape reads timestamp,value rows of five minutes.
func readShape(file string, onset time.Time) (shape, error) {
	f, err := os.Open(file)
	if err != nil {
		return shape{}, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		return shape{}, fmt.Errorf("read counts: %w", err)
	}
	s := shape{minute: float64(onset.Hour()*60 + onset.Minute()), counts: make([]float64, 288)}
	for _, r := range rows[1:] {
		at, err := time.Parse("2006-01-02 15:04:05", r[0])
		if err != nil {
			return shape{}, err
		}
		n, err := strconv.ParseFloat(r[1], 64)
		if err != nil {
			return shape{}, err
		}
		if i := int(math.Floor(at.Sub(onset).Minutes() / 5)); i >= 0 && i < len(s.counts) {
			s.counts[i] += n
		}
	}
	return s, nil
}
