package detect

import (
	"math"

	"breakwater/desk"
)

// rarely says how often a score as high comes by chance, from the logarithm of how many six-hour blocks lie between two. It is
// what a monitor's own highest scores say (series): an estimate, rounded to what such an estimate can know.
func rarely(blocks float64) desk.Text {
	days := math.Pow(10, blocks) / 4
	switch {
	case blocks < 0 || days < 1.5:
		return desk.Say("by chance about once a day")
	case days < 14:
		return desk.Say("by chance about once in {n} days", "n", int(math.Round(days)))
	case days < 60:
		return desk.Say("by chance about once in {n} weeks", "n", int(math.Round(days/7)))
	case days < 700:
		return desk.Say("by chance about once in {n} months", "n", int(math.Round(days/30.4)))
	case days < 100*365:
		return desk.Say("by chance about once in {n} years", "n", int(math.Round(days/365)))
	}
	return desk.Say("by chance less than once in a hundred years")
}
