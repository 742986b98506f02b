package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"breakwater/detect/series"
)

// alertScore is the score from which a row is an alert, in files and when they are scored.
const alertScore = 0.5

// benchDetect scores series of brand mentions as the desk would and, where labels are there, says how well.
func benchDetect(args []string) error {
	flags := flag.NewFlagSet("detect", flag.ContinueOnError)
	data := flags.String("data", "", "folder with Twitter_volume_*.csv (timestamp,value) and, to be scored, labels.json")
	out := flags.String("out", "", "folder to write timestamp,value,anomaly_score to, a file for each")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *data == "" || *out == "" {
		return errors.New("--data and --out say where to read and where to write")
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(*data, "Twitter_volume_*.csv"))
	if err != nil || len(names) == 0 {
		return fmt.Errorf("no Twitter_volume_*.csv in %s", *data)
	}
	volumes := make([]volumeFile, len(names))
	for i, name := range names {
		if volumes[i], err = readVolume(name); err != nil {
			return err
		}
		volumes[i].detect()
		if err := volumes[i].write(filepath.Join(*out, filepath.Base(name))); err != nil {
			return err
		}
	}
	labels, err := readLabels(filepath.Join(*data, "labels.json"))
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("%d files scored; without labels.json nothing says how well.\n", len(names))
		return nil
	}
	if err != nil {
		return err
	}
	return printVolumes(volumes, labels)
}

// volumeFile is one brand's mentions, five minutes a row.
type volumeFile struct {
	name   string
	texts  [][]string // the rows as they came
	at     []time.Time
	counts []float64
	scores []float64
}

func readVolume(name string) (v volumeFile, err error) {
	f, err := os.Open(name)
	if err != nil {
		return v, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return v, fmt.Errorf("read %s: %w", name, err)
	}
	v = volumeFile{name: filepath.Base(name), texts: rows[min(1, len(rows)):]}
	for _, row := range v.texts {
		at, err1 := time.Parse(time.DateTime, row[0])
		n, err2 := strconv.ParseFloat(row[1], 64)
		if err := errors.Join(err1, err2); err != nil {
			return v, fmt.Errorf("read %s: %w", name, err)
		}
		v.at, v.counts = append(v.at, at), append(v.counts, n)
	}
	return v, nil
}

// detect scores every row by what came until then: at least alertScore on the rows that open an alert, less on all others.
func (v *volumeFile) detect() {
	d := series.NewVolume(series.VolumeStart)
	v.scores = make([]float64, len(v.at))
	for i, at := range v.at {
		score, alert, bar := d.Step(at.Unix(), v.counts[i])
		if alert {
			v.scores[i] = 1 - 0.5*math.Exp(-max(0, score-bar))
			continue
		}
		v.scores[i] = min(0.49, max(0, 0.49*score/max(bar, 0.1)))
	}
}

func (v *volumeFile) write(name string) error {
	var b strings.Builder
	b.WriteString("timestamp,value,anomaly_score\n")
	for i, row := range v.texts {
		fmt.Fprintf(&b, "%s,%s,%.5f\n", row[0], row[1], v.scores[i])
	}
	return os.WriteFile(name, []byte(b.String()), 0o644)
}

// readLabels reads the windows in which something happened, by file name.
func readLabels(name string) (map[string][][2]time.Time, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var texts map[string][][2]string
	if err := json.Unmarshal(raw, &texts); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	labels := map[string][][2]time.Time{}
	for file, windows := range texts {
		base := filepath.Base(file)
		labels[base] = [][2]time.Time{}
		for _, w := range windows {
			from, err1 := time.Parse(time.DateTime, w[0])
			to, err2 := time.Parse(time.DateTime, w[1])
			if err := errors.Join(err1, err2); err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			labels[base] = append(labels[base], [2]time.Time{from, to})
		}
	}
	return labels, nil
}

// developed are the brands of the half that was looked at while detectors were made; the other five were kept back.
var developed = []string{"AAPL", "CRM", "GOOG", "IBM", "PFE"}

// published are other detectors' figures on the ten files of NAB's realTweets, made from its own results with its own published
// thresholds: standard, low false positives, low false negatives, for all files, the developed half and the half kept back.
var published = []struct {
	name            string
	all, half, kept [3]float64
}{
	{"ARTime", [3]float64{81.8, 70.1, 87.9}, [3]float64{80.6, 67.5, 87.1}, [3]float64{83.0, 72.5, 88.7}},
	{"contextOSE (CAD-OSE)", [3]float64{74.5, 73.1, 76.5}, [3]float64{78.6, 76.8, 80.9}, [3]float64{70.6, 69.7, 72.4}},
	{"earthgeckoSkyline", [3]float64{68.9, 45.3, 78.3}, [3]float64{67.9, 45.8, 76.5}, [3]float64{69.9, 44.9, 79.9}},
	{"numenta (HTM)", [3]float64{68.0, 61.1, 72.6}, [3]float64{64.5, 55.4, 70.1}, [3]float64{71.3, 66.4, 75.0}},
	{"htmjava", [3]float64{65.0, 52.4, 70.6}, [3]float64{63.1, 54.2, 69.2}, [3]float64{66.8, 50.8, 72.0}},
	{"knncad", [3]float64{64.3, 42.2, 73.2}, [3]float64{72.0, 48.5, 81.3}, [3]float64{57.1, 36.2, 65.5}},
	{"numentaTM", [3]float64{62.4, 57.7, 67.9}, [3]float64{55.7, 51.6, 62.1}, [3]float64{68.7, 63.4, 73.3}},
	{"relativeEntropy", [3]float64{59.8, 55.0, 63.1}, [3]float64{52.2, 47.0, 55.6}, [3]float64{66.9, 62.5, 70.1}},
	{"twitterADVec (S-H-ESD)", [3]float64{59.6, 35.8, 69.0}, [3]float64{63.3, 43.4, 71.3}, [3]float64{56.2, 28.7, 66.9}},
	{"windowedGaussian", [3]float64{51.4, 16.3, 64.6}, [3]float64{55.0, 32.4, 63.7}, [3]float64{48.0, 1.2, 65.4}},
	{"randomCutForest", [3]float64{48.1, 46.9, 62.2}, [3]float64{48.2, 46.7, 62.6}, [3]float64{48.1, 47.1, 61.9}},
	{"skyline (Etsy)", [3]float64{29.4, 31.8, 50.9}, [3]float64{41.4, 34.8, 56.8}, [3]float64{18.1, 29.1, 45.4}},
	{"random", [3]float64{21.3, 13.0, 31.4}, [3]float64{12.2, 6.0, 22.7}, [3]float64{29.9, 19.5, 39.5}},
}

// printVolumes scores all files by all profiles beside the published detectors.
func printVolumes(volumes []volumeFile, labels map[string][][2]time.Time) error {
	var files []nabFile
	half, kept := 0, 0
	for i := range volumes {
		v := &volumes[i]
		windows, ok := labels[v.name]
		if !ok {
			fmt.Printf("labels.json says nothing of %s: it is not scored.\n", v.name)
			continue
		}
		f, err := newNABFile(v.at, v.scores, windows)
		if err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
		files = append(files, f)
		if slices.ContainsFunc(developed, func(b string) bool { return strings.Contains(v.name, b) }) {
			half++
		} else {
			kept++
		}
	}
	if len(files) == 0 {
		return errors.New("labels.json says nothing of any file")
	}
	var ours [3]nabResult
	for i, p := range nabProfiles {
		ours[i] = nabScore(files, alertScore, p)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "detector\tstandard\tlow_fp\tlow_fn\twindows found\tfalse rows\t\n")
	fmt.Fprintf(table, "breakwater\t%.1f\t%.1f\t%.1f\t%d of %d\t%d\t\n", ours[0].score, ours[1].score, ours[2].score, ours[0].found, ours[0].windows, ours[0].wrong)
	for _, p := range published {
		figures := p.all
		switch {
		case kept == 0:
			figures = p.half
		case half == 0:
			figures = p.kept
		}
		fmt.Fprintf(table, "%s\t%.1f\t%.1f\t%.1f\t\t\t\n", p.name, figures[0], figures[1], figures[2])
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Printf("\n%d files, threshold %v on every row. The others' figures are NAB's published results on the same part of its realTweets.\n", len(files), alertScore)
	fmt.Printf("standard=%.2f low_fp=%.2f low_fn=%.2f\n", ours[0].score, ours[1].score, ours[2].score)
	return nil
}
