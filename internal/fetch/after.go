package fetch

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MaxAfter is the longest pause that we believe: a server that asks for more is tried again after a day.
const MaxAfter = 24 * time.Hour

// resets are the headers that name the end of a limit where Retry-After is missing: Mastodon writes a time, X and Bluesky
// seconds since 1970, others seconds from now.
var resets = []string{"X-RateLimit-Reset", "X-Rate-Limit-Reset", "RateLimit-Reset"}

// After is how long the answer asks us to wait, in 0 … MaxAfter; 0 when it does not say.
func After(h http.Header, now time.Time) time.Duration {
	if v := strings.TrimSpace(h.Get("Retry-After")); v != "" {
		if d, ok := pause(v, now); ok {
			return d
		}
	}
	for _, name := range resets {
		if d, ok := pause(strings.TrimSpace(h.Get(name)), now); ok {
			return d
		}
	}
	return 0
}

func pause(v string, now time.Time) (time.Duration, bool) {
	if t, err := http.ParseTime(v); err == nil {
		return within(t.Sub(now)), true
	}
	if t, err := time.Parse(time.RFC3339, v); err == nil {
		return within(t.Sub(now)), true
	}
	s, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsNaN(s) || s < 0 {
		return 0, false
	}
	if s > 1e9 { // seconds since 1970: 1e9 was in 2001, and as a pause it would be 31 years
		s -= float64(now.Unix())
	}
	return within(time.Duration(min(s, MaxAfter.Seconds()) * float64(time.Second))), true
}

func within(d time.Duration) time.Duration { return min(max(d, 0), MaxAfter) }
