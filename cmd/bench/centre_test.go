package main

import (
	"strings"
	"testing"
	"time"
)

// Every reference that is missed is said, and none that is kept.
func TestMissesOfTheCentre(t *testing.T) {
	t.Parallel()
	good, told := crowded{ratio: 0.8, p99: 9.9}, pressed{seen: 59, took: time.Minute}
	if got := good.misses(49_999, 20_000, told); len(got) != 0 {
		t.Errorf("kept, and said to be missed: %q", got)
	}
	for want, got := range map[string][]string{
		"nginx's requests": (&crowded{ratio: 0.79, p99: 1}).misses(1, 1, told),
		"p99 10.00":        (&crowded{ratio: 1, p99: 10}).misses(1, 1, told),
		"58 publishes":     good.misses(1, 1, pressed{seen: 58, took: time.Minute}),
		"50000 bytes":      good.misses(50_000, 20_000, told),
	} {
		if len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%s: %q", want, got)
		}
	}
}
