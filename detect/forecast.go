package detect

import (
	"math"
	"time"

	"breakwater/desk"
)

// ForecastStep is the length of one step of what a forecast is made of and for.
const ForecastStep = 5 * time.Minute

const (
	// ForecastHours is how far ahead a forecast looks.
	ForecastHours = 6
	hourSteps     = int(time.Hour / ForecastStep)
	// ForecastPast is how many steps of the past a forecast looks at.
	ForecastPast = 3 * hourSteps
	// steadied is how many mentions an hour are added before counts are compared: what is known of few is little.
	steadied = 4.0
	// eighty is the standard score between which and its negative lie eight of ten.
	eighty = 1.2816
)

// outlook is how one hour ahead depends on now.
type outlook struct {
	Quarter, Hour, Three float64 // weights of how far the last 15 minutes, hour and three hours stand out of what is usual
	Bias                 float64 // on top
	Spread               float64 // standard deviation of the logarithm, beside that of counting
}

// outlooks are those of the hours ahead: damped growth. What stands out now stands out less and less (the weights add up to less
// than one and fall), and what grows goes on growing for a while (the last minutes weigh more than the hours before). They are
// fitted by least squares to the logarithms on invented storms (go run ./cmd/bench forecast -fit), and held against other ones.
var outlooks = [ForecastHours]outlook{
	{0.445, 0.153, 0.132, -0.028, 0.315},
	{0.247, 0.070, 0.162, 0.006, 0.388},
	{0.184, 0.056, 0.088, 0.039, 0.402},
	{0.147, -0.038, 0.083, 0.101, 0.384},
	{0.149, -0.138, 0.099, 0.157, 0.394},
	{0.073, -0.084, 0.029, 0.223, 0.389},
}

// Standing is how far counts stand out of what is usual at present, as logarithms of ratios.
type Standing struct{ Quarter, Hour, Three float64 }

// Stand works it out from the counts of the last ForecastPast steps, oldest first, and what is usual in each.
func Stand(counts, usual []float64) Standing {
	over := func(steps int) float64 {
		steps = min(steps, len(counts))
		c := steadied * float64(steps) / float64(hourSteps)
		return math.Log(total(counts[len(counts)-steps:])+c) - math.Log(total(usual[len(usual)-steps:])+c)
	}
	return Standing{over(hourSteps / 4), over(hourSteps), over(3 * hourSteps)}
}

func total(xs []float64) (sum float64) {
	for _, x := range xs {
		sum += x
	}
	return sum
}

// Forecast is what is to be expected next: for each step of usual, which is what is usual in the steps to come (at most
// ForecastHours), how many mentions, and the band in which eight of ten such counts lie. counts and past are the last
// ForecastPast steps, oldest first, and what was usual in them.
func Forecast(from time.Time, counts, past, usual []float64) []desk.Band {
	now := Stand(counts, past)
	bands := make([]desk.Band, min(len(usual), ForecastHours*hourSteps))
	for i := range bands {
		ratio, spread := now.ahead((float64(i) + 0.5) / float64(hourSteps))
		const c = steadied / 12
		bands[i] = spreadOut(from.Add(time.Duration(i)*ForecastStep), max(0, (usual[i]+c)*math.Exp(ratio)-c), spread)
	}
	return bands
}

// ForecastHour is the forecast of one whole hour, the n-th ahead from 1, when so many mentions are usual in it.
func ForecastHour(now Standing, n int, usual float64) desk.Band {
	o := outlooks[n-1]
	return spreadOut(time.Time{}, max(0, (usual+steadied)*math.Exp(o.ratio(now))-steadied), o.Spread)
}

func (o outlook) ratio(s Standing) float64 {
	return o.Quarter*s.Quarter + o.Hour*s.Hour + o.Three*s.Three + o.Bias
}

// ahead is the log ratio and its spread so many hours ahead: between the middles of the hours in a straight line, and from now to
// the middle of the first.
func (s Standing) ahead(hours float64) (ratio, spread float64) {
	at := hours - 0.5
	if at <= 0 {
		mix := max(0, hours/0.5)
		first := outlooks[0]
		return (1-mix)*s.Quarter + mix*first.ratio(s), first.Spread * (0.5 + 0.5*mix)
	}
	i := min(int(at), ForecastHours-1)
	j := min(i+1, ForecastHours-1)
	mix := min(at-float64(i), 1)
	a, b := outlooks[i], outlooks[j]
	return (1-mix)*a.ratio(s) + mix*b.ratio(s), (1-mix)*a.Spread + mix*b.Spread
}

// spreadOut is a band around an expected count: lognormal, with the noise of counting.
func spreadOut(at time.Time, expected, spread float64) desk.Band {
	sd := eighty * math.Sqrt(spread*spread+1/(expected+1))
	b := desk.Band{At: at, Expected: expected, Low: expected * math.Exp(-sd), High: (expected + 0.5) * math.Exp(sd)}
	if expected < 2 {
		b.Low = 0
	}
	return b
}
