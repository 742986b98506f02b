package detect

import (
	"math"
	"testing"
	"time"

	"breakwater/desk"
)

// flat is n times x.
func flat(n int, x float64) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = x
	}
	return xs
}

func TestForecast(t *testing.T) {
	t.Parallel()
	rising, falling := flat(ForecastPast, 2), flat(ForecastPast, 2)
	for i := range 12 {
		rising[ForecastPast-12+i] = 2 * math.Exp2(float64(i)/3)
		falling[ForecastPast-12+i] = 2 * math.Exp2(float64(11-i)/3)
	}
	usual, ahead := flat(ForecastPast, 2), flat(ForecastHours*hourSteps, 2)
	for _, tt := range []struct {
		name   string
		counts []float64
		first  [2]float64 // the first step is between
		last   [2]float64 // and the last
	}{
		{"as usual", flat(ForecastPast, 2), [2]float64{1.5, 2.5}, [2]float64{1.5, 3}},
		{"nothing at all", flat(ForecastPast, 0), [2]float64{0, 0.5}, [2]float64{0.5, 2.5}},
		{"rising", rising, [2]float64{15, 30}, [2]float64{2, 6}},
		{"falling", falling, [2]float64{2, 8}, [2]float64{1, 4}},
	} {
		got := Forecast(now, tt.counts, usual, ahead)
		if len(got) != ForecastHours*hourSteps {
			t.Fatalf("%s: %d steps", tt.name, len(got))
		}
		first, last := got[0].Expected, got[len(got)-1].Expected
		if first < tt.first[0] || first > tt.first[1] || last < tt.last[0] || last > tt.last[1] {
			t.Errorf("%s: from %.1f to %.1f, want within %v and %v", tt.name, first, last, tt.first, tt.last)
		}
		for i, b := range got {
			if !(b.Low >= 0 && b.Low <= b.Expected && b.Expected <= b.High) || !b.At.Equal(now.Add(time.Duration(i)*ForecastStep)) {
				t.Errorf("%s: step %d is %+v", tt.name, i, b)
			}
		}
	}
	if got := Forecast(now, flat(ForecastPast, 0), flat(ForecastPast, 0), flat(3, 0)); len(got) != 3 || got[0].Expected != 0 {
		t.Errorf("of nothing, %+v; want three steps of nothing", got)
	}
}

// Steps of other lengths hold the same mentions.
func TestForecastSteps(t *testing.T) {
	t.Parallel()
	bands := Forecast(now, flat(ForecastPast, 30), flat(ForecastPast, 10), flat(ForecastHours*hourSteps, 10))
	sum := func(bands []desk.Band) (n float64) {
		for _, b := range bands {
			n += b.Expected
		}
		return n
	}
	for _, step := range []time.Duration{time.Minute, 2 * time.Minute, 15 * time.Minute, time.Hour} {
		got := stepped(bands, now, now.Add(2*time.Hour), step)
		if want := sum(bands[:2*hourSteps]); len(got) != int(2*time.Hour/step) || math.Abs(sum(got)-want) > 0.001 {
			t.Errorf("steps of %v: %d with %.2f mentions, want %d with %.2f", step, len(got), sum(got), int(2*time.Hour/step), want)
		}
	}
}
