package series

const (
	// VolumeStart is the score from which volume is told at first; lower is more sensitive.
	VolumeStart  = 3.4
	volumeLow    = 2.0 // below the start, at the least
	volumeHigh   = 3.0 // above it, at the most
	volumeLift   = 0.4 // by each alert
	volumeWeekly = 0.5 // alerts a week at which lifting and falling are even
	volumeFast   = 1.5 // weight of Surge against HourZ
	volumeRest   = day // buckets between two alerts
)

// Volume says when a series' volume is worth an alert: at most once a day, with a bar that each alert lifts and quiet time
// lowers (DETECTION.md 2.3).
type Volume struct {
	HourZ HourZ
	Surge Surge

	start, bar float64
	t, last    int
	byHour     bool    // the last score was that of HourZ
	rare       float64 // the last score of Surge
}

// rise tells of the buckets that stood out most at the last step.
func (v *Volume) rise() (buckets int, observed, expected float64) {
	if v.byHour {
		return v.HourZ.last.Buckets, v.HourZ.last.Observed, v.HourZ.last.Expected
	}
	return v.Surge.rise()
}

// NewVolume makes a series with a bar of start; VolumeStart is the measured one.
func NewVolume(start float64) Volume {
	return Volume{Surge: NewSurge(4), start: start, bar: start, last: -1 << 30}
}

// Step takes the count of the bucket that begins at the Unix time at, and gives its score, whether it is worth an alert, and the
// bar that it was held against.
func (v *Volume) Step(at int64, y float64) (score float64, alert bool, bar float64) {
	z := v.HourZ.Step(y)
	v.rare = v.Surge.Step(at, y)
	score, v.byHour = max(z, volumeFast*v.rare), z > volumeFast*v.rare
	if v.t > 2*day {
		v.bar = max(v.bar-volumeLift*volumeWeekly/(7*day), v.start-volumeLow)
	}
	bar = v.bar
	if alert = score >= bar && v.t-v.last >= volumeRest; alert {
		v.bar, v.last = min(v.bar+volumeLift, v.start+volumeHigh), v.t
	}
	v.t++
	return score, alert, bar
}

func (v *Volume) walk(b *blob) {
	v.HourZ.walk(b)
	v.Surge.walk(b)
	b.float(&v.start, &v.bar)
	b.int(&v.t, &v.last)
}
