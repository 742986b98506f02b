package store

import "time"

// processClock counts from now on.
func processClock() Clock {
	start := time.Now()
	return Clock{Wall: time.Now, Since: func() time.Duration { return time.Since(start) }}
}
