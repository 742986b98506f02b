package main

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"breakwater/drill/scene"
)

// Every rival's score rises when the mentions do, and most of all then.
func TestRivalsSeeAStorm(t *testing.T) {
	t.Parallel()
	for _, r := range rivals {
		step, calm, storm := r.start(), 0.0, 0.0
		for i := range 10 * bucketsDay {
			row := scene.Row{Total: int32(4 + i%3), Negative: int32(i % 2)}
			if i >= 9*bucketsDay && i < 9*bucketsDay+12 {
				row.Total, row.Negative, row.Topic, row.TopicNegative = 60, 40, 30, 25
			}
			score := step(i, row)
			switch {
			case i >= 9*bucketsDay && i < 9*bucketsDay+12:
				storm = max(storm, score)
			case i >= 7*bucketsDay && i < 9*bucketsDay:
				calm = max(calm, score)
			}
		}
		if storm < r.threshold || calm >= r.threshold {
			t.Errorf("%s: %.2f in the storm, %.2f before it, bar %.2f", r.name, storm, calm, r.threshold)
		}
	}
}

func TestActsAreTheSameAgain(t *testing.T) {
	t.Parallel()
	kinds := []scene.Kind{"flash", "outage_backfill"}
	a, b := perform(kinds[:1], kinds[1:], 5, 1), perform(kinds[:1], kinds[1:], 5, 1)
	for i := range a {
		if !reflect.DeepEqual(a[i].minutes, b[i].minutes) || !reflect.DeepEqual(a[i].rivals, b[i].rivals) {
			t.Errorf("%s is scored otherwise the second time", a[i].scene.Kind)
		}
	}
	s := scene.MakeOf("brigade", 5, 1, 28, 300)
	known := angerFound(s, 5)
	if !reflect.DeepEqual(known, angerFound(scene.MakeOf("brigade", 5, 1, 28, 300), 5)) {
		t.Error("topics are found otherwise the second time")
	}
}

func TestShapes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"onsets.json": `{"2020_Storm_in_a_Teacup": {"onset_utc": "2020-03-01 10:02"}}`,
		"2020_Storm_in_a_Teacup.csv": "timestamp,value\n2020-03-01 09:55:00,50\n2020-03-01 10:05:00,3\n2020-03-01 10:10:00,40\n" +
			"2020-03-02 09:00:00,7\n2020-03-02 10:05:00,90\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shapes, err := readShapes(dir)
	if err != nil || len(shapes) != 1 {
		t.Fatalf("%d shapes, %v", len(shapes), err)
	}
	sum := 0.0
	for _, n := range shapes[0].counts {
		sum += n
	}
	if s := shapes[0]; s.minute != 602 || s.counts[0] != 3 || s.counts[1] != 40 || sum != 50 {
		t.Errorf("minute %g, counts %v…, %g in all: want those of a day from the onset", s.minute, s.counts[:3], sum)
	}
	quiet, s := scene.Make("none", 4, 1003, 28), inject(shapes[0], .5, 0, 4, 3)
	if n := len(s.Posts) - len(quiet.Posts); float64(n) < .3*s.Brand.Daily || float64(n) > .7*s.Brand.Daily || len(s.Events) != 1 {
		t.Errorf("%d posts were added to a brand of %.0f a day, want half of that", n, s.Brand.Daily)
	}
}
