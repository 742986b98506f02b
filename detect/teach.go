package detect

import (
	"slices"

	"breakwater/desk"
)

// taught asks signals for as much more as their monitor learned from alerts that were not useful. The organisation's own
// thresholds are asked for what people set.
func taught(signals []desk.Signal, m desk.Monitor) []desk.Signal {
	if m.Taught <= 0 {
		return signals
	}
	signals = slices.Clone(signals)
	for i := range signals {
		if signals[i].Detector != "threshold" {
			signals[i].Strength /= 1 + min(m.Taught, desk.MaxTaught)
		}
	}
	return slices.DeleteFunc(signals, func(s desk.Signal) bool { return s.Strength < 1 })
}
