//go:build unix

package main

import (
	"syscall"
	"time"
)

// cpuTime is what this process has had of the processors: of one core's time, what other programs take does not count.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return time.Duration(time.Now().UnixNano())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
