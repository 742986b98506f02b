package series

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// dice are made so that any language rolls the same.
type dice uint64

func (d *dice) roll() float64 {
	*d = *d*6364136223846793005 + 1442695040888963407
	return float64(*d>>11) / (1 << 53)
}

// invent makes days of counts with a rhythm of the day, bursts of which some are angry, and late arrivals. Only sums, products
// and truncation: the numbers are the same wherever they are made.
func invent(seed dice, perBucket float64, days int) []Counts {
	burst, angry := 0.0, 0.0
	var all []Counts
	for i := range days * day {
		h := i % day
		season := 0.4 + 1.2*float64(min(h, day-h))/144
		if seed.roll() < 0.002 {
			burst = perBucket * 30 * seed.roll()
			angry = seed.roll()
		}
		n := Counts{Total: math.Trunc(perBucket*season*(seed.roll()+seed.roll()) + burst*(0.5+seed.roll()))}
		share := 0.15
		if burst > perBucket {
			share = 0.15 + 0.6*angry
		}
		n.Negative = min(math.Trunc(n.Total*share*2*seed.roll()*0.999), n.Total)
		n.Topic = math.Trunc(n.Total * 0.2 * seed.roll())
		n.TopicNegative = min(n.Negative, math.Trunc(n.Topic*seed.roll()))
		if seed.roll() < 0.01 {
			n.Late = math.Trunc(n.Total * seed.roll())
		}
		burst *= 0.93
		all = append(all, n)
	}
	return all
}

// golden is what the specification's own program gives for an invented series: the buckets that alert, and every 431st bucket's
// scores.
type golden struct {
	Seed      dice    `json:"seed"`
	PerBucket float64 `json:"per_bucket"`
	Sum       float64 `json:"sum"`    // of all mentions, to know that the same was invented
	Alerts    []int   `json:"alerts"` // of Volume
	Crises    []int   `json:"crises"` // every bucket with a score of at least CrisisStart
	Sample    []sample
}

// sample is a bucket's number, HourZ, Surge, Share, Volume's score and bar, Crisis.
type sample [7]float64

const began = 1704067200 + 1373 // not on the hour

func TestReference(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []golden
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for _, want := range all {
		counts := invent(want.Seed, want.PerBucket, 30)
		got := golden{Seed: want.Seed, PerBucket: want.PerBucket}
		var z HourZ
		volume, surge, share, crisis := NewVolume(VolumeStart), NewSurge(4), NewShare(), NewCrisis()
		for i, n := range counts {
			at := began + int64(i)*Bucket
			got.Sum += n.Total
			score, alert, bar := volume.Step(at, n.Total)
			s := sample{float64(i), z.Step(n.Total), surge.Step(at, n.Total), share.Step(n.Negative, n.Total), score, bar, crisis.Step(at, n)}
			if alert {
				got.Alerts = append(got.Alerts, i)
			}
			if s[6] >= CrisisStart {
				got.Crises = append(got.Crises, i)
			}
			if i%431 == 430 {
				got.Sample = append(got.Sample, s)
			}
		}
		if got.Sum != want.Sum {
			t.Fatalf("seed %d: %v mentions invented, want %v", want.Seed, got.Sum, want.Sum)
		}
		if !slices.Equal(got.Alerts, want.Alerts) {
			t.Errorf("seed %d: alerts = %v, want %v", want.Seed, got.Alerts, want.Alerts)
		}
		if !slices.Equal(got.Crises, want.Crises) {
			t.Errorf("seed %d: crises = %v, want %v", want.Seed, got.Crises, want.Crises)
		}
		for k, s := range want.Sample {
			for j := range s {
				if d := math.Abs(got.Sample[k][j] - s[j]); d > 1e-9*(1+math.Abs(s[j])) {
					t.Errorf("seed %d, bucket %v: figure %d = %v, want %v", want.Seed, s[0], j, got.Sample[k][j], s[j])
				}
			}
		}
	}
}
