package store

import (
	"os"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// bootClock is CLOCK_BOOTTIME: what has passed since the machine started, its sleep included (clock_gettime(2)).
const bootClock = 7

// machineClock is this machine's. The run of the machine has a name that is the same whenever it is asked for.
func machineClock() Clock {
	if _, ok := boottime(); !ok {
		return processClock()
	}
	return Clock{Wall: time.Now, Boot: bootID(), Since: func() time.Duration { d, _ := boottime(); return d }}
}

func boottime() (time.Duration, bool) {
	var ts syscall.Timespec
	_, _, no := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, bootClock, uintptr(unsafe.Pointer(&ts)), 0)
	return time.Duration(ts.Nano()), no == 0
}

// bootID is empty where the system makes up another one each time.
func bootID() string {
	const path = "/proc/sys/kernel/random/boot_id"
	a, err := os.ReadFile(path)
	b, err2 := os.ReadFile(path)
	if err != nil || err2 != nil || string(a) != string(b) {
		return ""
	}
	return strings.TrimSpace(string(a))
}
